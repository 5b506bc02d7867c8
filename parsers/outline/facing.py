"""A table set over two facing pages: the right page goes on with columns, its rows are those of the left page."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from statistics import median

import regex

from extract.paper.model import PAPERLESS, Cell, TablePart, compact

_HAN = regex.compile(r"\p{Han}")
_REMARKS = regex.compile(r"^(备注|说明|附注)$")
_LEAST_ROWS = 3
_LEAST_PAIRS = 6  # rows between rulings: as many on both pages are the same rows, whatever their heights
_NEAR = 0.5  # of the distance between rows: so far from a row may stand what is printed in it
_SAME_RULING = 2.0  # points
_SAME_HEIGHT = 0.3  # of the distance between rows: lines that differ by less stand beside one another

_Extent = tuple[float, float]


def widened(left: TablePart, right: TablePart) -> TablePart | None:
    """Both pages as one part, the right page's columns behind the left page's; ``None`` where they are no such pair.

    The right page must stand next, hold no names of rows (its left edge would), and have its rows at the height of
    different rows of the left page, or as many rows between rulings.  Cells keep the page and the box that they are
    printed at.  Two names that the left page prints without an amount are two rows where the right page has two.
    """
    if left.origin in PAPERLESS or left.page is None or right.page is None or right.page != _last_page(left) + 1:
        return None
    return _beside(left, right)


def over(parts: list[TablePart], place: int, right: TablePart) -> TablePart | None:
    """Part ``place`` of a sheet printed downwards first, and the columns that ``right`` goes on with.

    Every row is ruled and as high on both pages; ``right`` follows the pages of the parts, and of those widened before it.
    """
    left = parts[place]
    pages = [page for part in parts if part.origin == "ruled" for page in (part.page, _last_page(part))]
    ordered = len(pages) == 2 * len(parts) > 2 and right.origin == "ruled" and right.nrows == left.nrows
    if not ordered or right.page is None or right.page != max(p for p in pages if p is not None) + 1:
        return None
    mine, other = _extents(left), _extents(right)
    same = [abs(a - b) < _SAME_RULING for r in mine if r in other for a, b in zip(mine[r], other[r], strict=True)]
    return _beside(left, right) if same and all(same) else None


def _beside(left: TablePart, right: TablePart) -> TablePart | None:
    if left.origin in PAPERLESS or not _names_rows(left):
        return None
    right = _without_names(left, right)
    if _holds_names(right):
        return None
    above = left.bbox.top - right.bbox.top if left.bbox and right.bbox else 0.0
    for shift in dict.fromkeys((0.0, above)):
        mine, other = _headers_as_high(left, right, shift)
        mine = _names_parted(mine, other, shift)
        rows = _matching_rows(mine, other, shift)
        if rows is not None:
            return _joined(mine, other, rows)
    rows = _row_by_row(left, right)
    return None if rows is None else _joined(left, right, rows)


def _last_page(table: TablePart) -> int:
    return max(cell.page for cell in table.cells if cell.page is not None)


def _joined(left: TablePart, right: TablePart, rows: list[int]) -> TablePart:
    ncols = len(left.xs) - 1
    cells = [
        replace(c, row=rows[c.row], col=c.col + ncols, rowspan=rows[c.row + c.rowspan - 1] - rows[c.row] + 1)
        for c in right.cells
    ]
    shift = left.xs[-1] - right.xs[0]
    xs = [*left.xs, *(x + shift for x in right.xs[1:])]
    return TablePart(left.page, left.bbox, xs, left.nrows, [*left.cells, *cells], left.origin)


def _without_names(left: TablePart, right: TablePart) -> TablePart:
    """The right page without the columns of names that it prints again, row by row, left of columns of its own."""
    if left.nrows != right.nrows:
        return right
    printed, again = _texts(left), _texts(right)
    ncols = min(len(left.xs), len(right.xs)) - 1
    same = next((c for c in range(ncols) if printed.get(c) != again.get(c)), ncols)
    spanning = any(c.col < same < c.col + c.colspan for c in right.cells)
    if same == ncols or spanning or not any(_HAN.search(t) for c in range(same) for _, t in printed.get(c, ())):
        return right
    cells = [replace(c, col=c.col - same) for c in right.cells if c.col >= same]
    return replace(right, xs=right.xs[same:], cells=cells)


def _texts(table: TablePart) -> dict[int, list[tuple[int, str]]]:
    """Rows and texts of every column."""
    found: dict[int, list[tuple[int, str]]] = {}
    for cell in sorted(table.cells, key=lambda c: c.row):
        if cell.text:
            found.setdefault(cell.col, []).append((cell.row, compact(cell.text)))
    return found


def _names_rows(table: TablePart) -> bool:
    return sum(bool(_HAN.search(c.text)) for c in table.cells if c.col < 3 and c.row > 0) >= _LEAST_ROWS


def _holds_names(table: TablePart) -> bool:
    """Has it names of rows?  Below its header rows a right page holds figures only, and remarks behind them."""
    first = _first_figures(table)
    if first is None:
        return True
    last = len(table.xs) - 2
    remarks = any(_REMARKS.match(c.text) for c in table.cells if c.row < first and c.col == last)
    return any(_HAN.search(c.text) for c in table.cells if c.row >= first and not (remarks and c.col == last))


def _first_figures(table: TablePart) -> int | None:
    """The first row that holds a figure: what stands over it is header."""
    return min((c.row for c in table.cells if c.text and not _HAN.search(c.text)), default=None)


def _headers_as_high(left: TablePart, right: TablePart, shift: float) -> tuple[TablePart, TablePart]:
    """Both pages with as many header rows: the lower header's last cells reach down beside the other's."""
    other = _first_figures(right) or 0
    end = max((c.bbox.bottom for c in right.cells if c.row < other and c.bbox), default=0.0) + shift
    mine = sum((top + bottom) / 2 < end for top, bottom in _extents(left).values())
    if not mine or not other or mine == other:
        return left, right
    if mine < other:
        return _lowered(left, mine, other - mine), right
    return left, _lowered(right, other, mine - other)


def _lowered(table: TablePart, header: int, by: int) -> TablePart:
    """The table with its last header cells ``by`` rows taller."""
    cells = []
    for cell in table.cells:
        if cell.row >= header:
            cells.append(replace(cell, row=cell.row + by))
        elif cell.row + cell.rowspan == header:
            cells.append(replace(cell, rowspan=cell.rowspan + by))
        else:
            cells.append(cell)
    return replace(table, nrows=table.nrows + by, cells=cells)


def _matching_rows(left: TablePart, right: TablePart, shift: float) -> list[int] | None:
    """For each row of the right page, moved down by ``shift``, the row of the left page at its height."""
    header = _first_figures(right) or 0
    extents = {row: extent for row, extent in _extents(left).items() if row >= header}
    near = _NEAR * _pitch(extents)
    found = list(range(header))
    for row, heights in sorted(_heights(right).items()):
        if row < header:
            continue
        y = sum(heights) / len(heights) + shift
        best = min(extents, key=lambda r: _distance(y, extents[r]), default=None)
        if best is None or _away(y, extents[best]) > near or (found and best <= found[-1]):
            return None
        found.append(best)
    return found if len(found) == right.nrows and len(found) >= _LEAST_ROWS else None


def _row_by_row(left: TablePart, right: TablePart) -> list[int] | None:
    """Rows in their order, where rulings bound as many on both pages."""
    ruled = left.origin == right.origin == "ruled"
    return list(range(left.nrows)) if ruled and left.nrows == right.nrows >= _LEAST_PAIRS else None


def _away(y: float, extent: _Extent) -> float:
    return max(extent[0] - y, y - extent[1], 0.0)


def _distance(y: float, extent: _Extent) -> tuple[float, float]:
    return _away(y, extent), abs(y - (extent[0] + extent[1]) / 2)


def _pitch(extents: dict[int, _Extent]) -> float:
    """The usual distance between two rows, in points."""
    middles = sorted((a + b) / 2 for a, b in extents.values())
    return median(b - a for a, b in pairwise(middles)) if len(middles) > 1 else 0.0


def _extents(table: TablePart) -> dict[int, _Extent]:
    """Top and bottom of every row."""
    found: dict[int, _Extent] = {}
    for cell in table.cells:
        if cell.rowspan == 1 and cell.bbox is not None and cell.page == table.page:
            top, bottom = found.get(cell.row, (cell.bbox.top, cell.bbox.bottom))
            found[cell.row] = min(top, cell.bbox.top), max(bottom, cell.bbox.bottom)
    return found


def _heights(table: TablePart) -> dict[int, list[float]]:
    """Where every row prints its lines; the middle of the row where it prints nothing."""
    printed: dict[int, list[float]] = {}
    for cell in table.cells:
        if cell.rowspan == 1 and cell.text and cell.lines and not _HAN.search(cell.text):
            printed.setdefault(cell.row, []).append(sum(cell.lines) / len(cell.lines))
    drawn = {row: [(top + bottom) / 2] for row, (top, bottom) in _extents(table).items()}
    return {**drawn, **printed}


def _names_parted(left: TablePart, right: TablePart, shift: float) -> TablePart:
    """The left page with every row in two that prints two lines of a name, no amount, and two amounts on the right page."""
    cells: dict[int, list[Cell]] = {}
    for cell in left.cells:
        if cell.rowspan == 1:
            cells.setdefault(cell.row, []).append(cell)
    extents = _extents(left)
    near = _SAME_HEIGHT * _pitch(extents)
    middles = [sum(heights) / len(heights) + shift for heights in _heights(right).values()]
    twice = Counter(
        row for row, printed in cells.items() for y in middles
        for name in (c for c in printed if c.text) if len(name.lines) == 2 and any(abs(y - at) < near for at in name.lines)
    )  # fmt: skip
    for row in sorted((r for r, n in twice.items() if n == 2), reverse=True):
        names = [c for c in cells[row] if c.text]
        if len(names) == 1 and all(c.rowspan == 1 or not c.row <= row < c.row + c.rowspan for c in left.cells):
            left = _split(left, row, sum(names[0].lines) / 2)
    return left


def _split(table: TablePart, row: int, y: float) -> TablePart:
    """The table with one row in two, the lines of its name parted at ``y``."""
    cells = []
    for cell in table.cells:
        if cell.row < row:
            cells.append(cell)
        elif cell.row > row:
            cells.append(replace(cell, row=cell.row + 1))
        else:
            texts = cell.text.split("\n") if cell.text else ["", ""]
            for i in (0, 1):
                box = cell.bbox._replace(**{("bottom", "top")[i]: y}) if cell.bbox else None
                cells.append(replace(cell, row=row + i, text=texts[i], bbox=box, lines=cell.lines[i : i + 1]))
    return replace(table, nrows=table.nrows + 1, cells=cells)
