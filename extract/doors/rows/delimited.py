"""Sheets saved as text: every line has as many commas or tabs, quotes stand around what holds one."""

from __future__ import annotations

import csv
from collections import Counter

from extract.doors.grid import FIGURE, indent_of
from extract.doors.sheets.sheet import Filled, Sheet, sheet_blocks
from extract.errors import Overfull
from extract.paper.model import Line, TablePart

_LEAST = 3  # rows
_ALIKE = 0.95  # share of the lines that have as many delimiters as most
_CODE = 2  # digits: longer whole numbers without a comma are codes as soon as figures
_MOST_LINES = 1_000_000


def sheet_of_text(text: str, certain: bool = False) -> list[Line | TablePart] | None:
    """Blocks of a sheet that was saved as text; ``None`` for a text that is none.

    ``certain``: its name says so, and one comma in some of its lines is enough.
    """
    for delimiter in ("\t", ",", ";"):
        rows = _rows(text, delimiter, certain)
        if rows is not None:
            return sheet_blocks(_sheet(rows))
    return None


def _rows(text: str, delimiter: str, certain: bool) -> list[list[str]] | None:
    if delimiter not in text or text.count("\n") > _MOST_LINES:
        return None
    try:
        rows = list(csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    widths = Counter(len(row) for row in rows if row)
    if not widths:
        return None
    width, count = widths.most_common(1)[0]
    if certain:
        return rows if max(widths) > 1 else None
    # blank rows of a sheet keep their delimiters; a paragraph, a caption or a blank line has none
    alike = count >= _ALIKE * len(rows) and width > 1 and count >= _LEAST
    titled = any(sum(map(bool, row)) == 1 for row in rows)
    return rows if alike and (titled or delimiter == ",") else None


def _sheet(rows: list[list[str]]) -> Sheet:
    sheet = Sheet("")
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            bare = text.strip()
            if bare:
                figure = FIGURE.match(bare) is not None and not (bare.isdigit() and len(bare) > _CODE)
                sheet.put(r, c, Filled(bare, figure, indent_of(text)))
    if sheet.count > 0 and max(map(len, rows)) > 16_384:
        raise Overfull(f"a table has {len(rows)} rows and {max(map(len, rows))} columns")
    return sheet
