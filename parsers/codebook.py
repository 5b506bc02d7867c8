"""Class names of the functional classification to their codes, old names included.

Source: ``codes/classes.csv``, each row with the evidence that it was printed under that code.
"""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

import regex

from parsers.text import key

_BRACKETED = regex.compile(r"\(.*\)$")
_CSV = Path(__file__).parent / "codes" / "classes.csv"


@lru_cache(maxsize=1)
def _classes() -> dict[str, str]:
    with _CSV.open(encoding="utf-8", newline="") as handle:
        return {key(row["name"]): row["code"] for row in csv.DictReader(handle)}


def class_code(name: str) -> str | None:
    """``社会保障和就业支出`` → ``208``; ``None`` for a name that the codebook does not hold."""
    bare = _BRACKETED.sub("", key(name))
    return _classes().get(bare)
