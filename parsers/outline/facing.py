"""A table set over two facing pages: the right page goes on with columns, its rows are those of the left page."""

from __future__ import annotations

from dataclasses import replace

import regex

from extract.paper.model import PAPERLESS, TablePart

_HAN = regex.compile(r"\p{Han}")
_COVERED = 0.6  # of a row's height that its other half must cover
_LEAST_ROWS = 3


def widened(left: TablePart, right: TablePart) -> TablePart | None:
    """Both pages as one part, the right page's columns behind the left page's; ``None`` where they are no such pair.

    The right page must stand next, hold no names of rows (its left edge would), and have its rows at the height of
    different rows of the left page.  Cells keep the page and the box that they are printed at.
    """
    if left.origin in PAPERLESS or left.page is None or right.page is None or right.page != left.page + 1:
        return None
    if not _names_rows(left) or _holds_names(right):
        return None
    rows = _matching_rows(left, right)
    if rows is None:
        return None
    ncols = len(left.xs) - 1
    cells = [
        replace(c, row=rows[c.row], col=c.col + ncols, rowspan=rows[c.row + c.rowspan - 1] - rows[c.row] + 1)
        for c in right.cells
    ]
    shift = left.xs[-1] - right.xs[0]
    xs = [*left.xs, *(x + shift for x in right.xs[1:])]
    return TablePart(left.page, left.bbox, xs, left.nrows, [*left.cells, *cells], left.origin)


def _names_rows(table: TablePart) -> bool:
    return sum(bool(_HAN.search(c.text)) for c in table.cells if c.col == 0 and c.row > 0) >= _LEAST_ROWS


def _holds_names(table: TablePart) -> bool:
    """Below its header rows a right page holds figures only."""
    figures = [c.row for c in table.cells if c.text and not _HAN.search(c.text)]
    if not figures:
        return True
    first = min(figures)
    return any(_HAN.search(c.text) for c in table.cells if c.row >= first)


def _matching_rows(left: TablePart, right: TablePart) -> list[int] | None:
    """For each row of the right page the row of the left page that it covers."""
    mine, other = _heights(left), _heights(right)
    found: list[int] = []
    for row in range(right.nrows):
        if row not in other:
            return None
        top, bottom = other[row]
        shares = {r: (min(bottom, b) - max(top, t)) / max(b - t, 1.0) for r, (t, b) in mine.items()}
        best = max(shares, key=lambda r: shares[r], default=None)
        if best is None or shares[best] < _COVERED or (found and best <= found[-1]):
            return None
        found.append(best)
    return found if len(found) >= _LEAST_ROWS and found[0] == 0 else None


def _heights(table: TablePart) -> dict[int, tuple[float, float]]:
    heights: dict[int, tuple[float, float]] = {}
    for cell in table.cells:
        if cell.rowspan == 1 and cell.bbox is not None:
            heights.setdefault(cell.row, (cell.bbox.top, cell.bbox.bottom))
    return heights
