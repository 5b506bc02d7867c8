"""Every spec read and tried: what ``yusuan specs check`` says."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from extract.errors import SpecError
from parsers.specs.columns import column_words
from parsers.specs.entry import unknown
from parsers.specs.loader import SPECS, fields, fiscal_types, marks, schemes, specs, vocabulary
from parsers.specs.rules import between, by_code, inside, links

# how sure a line of a codebook is: code and name seen printed together, the name only, an excerpt, or from memory
EVIDENCE = ("observed", "name observed", "name in a form", "excerpt", "recalled", "recalled_unverified")


def load() -> None:
    """Read every spec; raises ``SpecError`` for the first that is invalid."""
    vocabulary(), column_words(), fields(), specs(), inside(), between(), by_code(), links(), marks(), fiscal_types()


def problems() -> list[str]:
    """What is wrong with the specs in use, a line each; none means that a run can use them."""
    try:
        load()
    except SpecError as error:
        return [str(error)]
    return [*_examples(), *_codebooks()]


def _examples() -> Iterator[str]:
    for spec in specs():
        if not spec.examples:
            yield f"{spec.name}.toml: key 'examples' is missing: titles that the spec claims"
        for title in spec.examples:
            if not spec.claims(title):
                yield f"{spec.name}.toml: examples: {title!r} is not claimed by title and title_not"
        for title in spec.not_examples:
            if spec.claims(title):
                yield f"{spec.name}.toml: not_examples: {title!r} is claimed"


def _codebooks() -> Iterator[str]:
    for path in sorted((SPECS / "codes").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as handle:
            for number, row in enumerate(csv.DictReader(handle), start=2):
                if row["evidence"] not in EVIDENCE:
                    yield f"{path.name}: line {number}: evidence: {unknown(row['evidence'], EVIDENCE)}"
                if row.get("scheme") is not None and row["scheme"] not in schemes():
                    yield f"{path.name}: line {number}: scheme: {unknown(row['scheme'], schemes())}"
