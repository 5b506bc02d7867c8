"""Names of the classifications to their codes, old names and printed variants included.

Source: ``codes/*.csv``.  No complete machine-readable list of 政府收支分类科目 is published; each row says in
``evidence`` whether code and name were seen printed together (observed), in an excerpt, or only recalled.  A code that
is not in them is a notice, never an error.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import regex

from parsers.specs.loader import kept, schemes
from parsers.text import key

_HERE = Path(__file__).parent / "codes"
_BRACKETED = regex.compile(r"\(.*\)$")
_FILLERS = regex.compile(r"[和与及、的]")  # 其他商品服务支出 is 其他商品和服务支出
UNKNOWN_CODE = "编码未收录"


def _read(name: str) -> Iterator[dict[str, str]]:
    with (_HERE / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        yield from csv.DictReader(handle)


@kept()
def _books() -> dict[str, str]:
    """Scheme → file of its codebook, for those that have one."""
    return {name: entry["codebook"] for name, entry in schemes().items() if "codebook" in entry}


@lru_cache(maxsize=4)
def _names(scheme: str, longest: int) -> dict[str, str]:
    """Bare name → code of at most ``longest`` digits; names that several codes bear are left out."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in _read(_books()[scheme]):
        if len(row["code"]) <= longest:
            found[_bare(row["name"])].add(row["code"])
    for row in _read("changes"):
        fits = row["scheme"] == scheme and len(row["code"]) <= longest
        if fits and row["old_name"] and _bare(row["old_name"]) not in found:
            found[_bare(row["old_name"])].add(row["code"])
    return {name: next(iter(codes)) for name, codes in found.items() if len(codes) == 1}


@lru_cache(maxsize=4)
def _classes(scheme: str) -> frozenset[str]:
    return frozenset(row["code"] for row in _read(_books()[scheme]) if len(row["code"]) == 3)


def printed_names() -> Iterator[str]:
    """Names and codes of every classification, old names too."""
    for book in _books().values():
        for row in _read(book):
            yield from (row["code"], row["name"])
    for row in _read("changes"):
        yield from filter(None, (row["old_name"],))


def _bare(name: str) -> str:
    return _FILLERS.sub("", key(name))


def class_code(name: str) -> str | None:
    """``社会保障和就业支出`` → ``208``; ``None`` for a name that is no 类 of the functional classification."""
    return _names("功能分类", 3).get(_bare(_BRACKETED.sub("", key(name))))


def revenue_code(name: str) -> str | None:
    """``非税收入`` → ``103``, ``增值税`` → ``10101``; ``None`` for a name that is no 类 or 款 of revenue."""
    return _names("收入分类", 5).get(_bare(_BRACKETED.sub("", key(name))))


def economic_code(name: str) -> str | None:
    """``其他商品服务支出`` → ``30299``, in the departments' economic classification."""
    names = _names("部门经济分类", 5)
    return names.get(_bare(name)) or names.get(_bare(_BRACKETED.sub("", key(name))))


@lru_cache(maxsize=4096)
def schemes_of(name: str) -> frozenset[str]:
    """Classifications of expenditure that have a 类 or 款 of this name."""
    bare = _bare(name)
    return frozenset(s for s in ("功能分类", "部门经济分类", "政府经济分类") if bare in _all_names(s))


@lru_cache(maxsize=4)
def _all_names(scheme: str) -> frozenset[str]:
    return frozenset(_bare(row["name"]) for row in _read(_books()[scheme]) if len(row["code"]) <= 5)


def is_known_class(code: str, scheme: str | None) -> bool:
    """Is the code's 类 in the codebook?  A scheme without a codebook knows every code."""
    return scheme not in _books() or code[:3] in _classes(scheme)


ECONOMIC = ("政府经济分类", "部门经济分类")  # the classifications by economic class
# first digits of a 类 by classification; 101–110 are revenue, 2xx functions, 301–399 and 501–599 economic classes
_FAMILIES = (
    (range(101, 111), "收入分类"), (range(201, 235), "功能分类"), (range(301, 314), "部门经济分类"),
    (range(399, 400), "部门经济分类"), (range(501, 515), "政府经济分类"), (range(599, 600), "政府经济分类"),
)  # fmt: skip


@lru_cache(maxsize=2048)
def family_of(code: str) -> str | None:
    """The classification that a code of 3, 5, 7 or 9 digits can belong to by its 类; ``None`` if to none."""
    if not code.isdigit() or len(code) not in (3, 5, 7, 9):
        return None
    first = int(code[:3])
    return next((name for numbers, name in _FAMILIES if first in numbers), None)
