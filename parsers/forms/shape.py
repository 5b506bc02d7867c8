"""A form told from a table by its shape: labels with their values beside them, sections that open one after another."""

from __future__ import annotations

from collections.abc import Iterable

from extract.paper.model import Cell
from parsers.specs.loader import Section, Spec, kept, specs
from parsers.text import key

_TOP_ROWS = 8
FORM_PAIRS = 3  # labels with values beside them that make a page a form


@kept()
def _pair_sections() -> tuple[Section, ...]:
    return tuple(section for spec in specs() for section in spec.sections if section.kind == "pairs")


@kept(8192)
def _field(text: str) -> str | None:
    """The field of a form that a label names.  Kept: most cells of a form's pages are read several times."""
    return next((c.field for s in _pair_sections() for c in s.columns if c.fits(text)), None)


def pairs_in(rows: Iterable[list[str]]) -> dict[str, str]:
    """Fields whose label stands left of a value, with that value.

    Labels beside labels are the header of a list, and so is one row alone that holds them all: 项目名称 | 金额.
    """
    found: dict[str, str] = {}
    holding = 0
    for row in rows:
        fields = [_field(text) for text in row]
        values = list(zip(fields, fields[1:], row[1:], strict=False))
        pairs = {label: value for label, beside, value in values if label is not None and beside is None}
        holding += bool(pairs)
        found = {**pairs, **found}
    return found if holding > 1 else {}


def project_named(cells: Iterable[Cell]) -> str | None:
    """The project that a page of labels and values names at its top; ``None`` where none starts."""
    return pairs_in(printed_rows(cells, _TOP_ROWS)).get("项目名称")


def sections_in(rows: Iterable[list[str]], spec: Spec) -> int:
    """How many kinds of sections of a form open in ``rows``, those of labels and values left out."""
    opened: set[str] = set()
    for row in rows:
        for section in spec.sections:
            by_label = bool(row) and section.kind != "pairs" and section.start.search(row[0])
            if by_label or (section.start_row is not None and section.start_row.search("|".join(row))):
                opened.add(section.dataset)
    return len(opened)


def printed_rows(cells: Iterable[Cell], most: int) -> list[list[str]]:
    """The texts of the first ``most`` rows of a grid, left to right, for matching."""
    rows: dict[int, list[str]] = {}
    for cell in sorted((c for c in cells if c.text), key=lambda c: (c.row, c.col)):
        rows.setdefault(cell.row, []).append(key(cell.text))
    return [rows[row] for row in sorted(rows)][:most]
