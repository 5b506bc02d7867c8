"""A form told from a table by its shape: labels with their values beside them, sections that open one after another."""

from __future__ import annotations

from collections.abc import Iterable

from extract.paper.model import Cell
from parsers.specs.loader import Section, Spec, kept, specs
from parsers.text import key

FORM_PAIRS = 3  # labels with values beside them that make a page a form


@kept()
def _pair_sections() -> tuple[Section, ...]:
    return tuple(section for spec in specs() for section in spec.sections if section.kind == "pairs")


def _field(text: str) -> str | None:
    """The field of a form that a label names."""
    return next((c.field for s in _pair_sections() for c in s.columns if c.fits(text)), None)


def pairs_in(rows: Iterable[list[str]]) -> set[str]:
    """Fields whose label stands left of a value; labels beside labels are the header of a list."""
    found: set[str] = set()
    for row in rows:
        fields = [_field(text) for text in row]
        for label, beside in zip(fields, fields[1:], strict=False):
            if label is not None and beside is None:
                found.add(label)
    return found


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
