"""Join the parts of a table that stand on several pages.

A later part may repeat the header (dropped from the body, kept as printed), may hold fewer columns (its
boundaries are mapped on the whole table's), and may begin with the rest of a row that the page break cut.
"""

from __future__ import annotations

import re
from dataclasses import replace

from extract.paper.geometry import cluster, nearest
from extract.paper.model import Cell, Row, Table, TablePart, compact
from extract.paper.ruled.cells import DIGITS

_SAME_EDGE = 4.0  # points
_NUMBER = re.compile(r"^[-−]?[\d,，]+(\.\d+)?%?$")
_BEGINS_ITEM = re.compile(
    r"^([一二三四五六七八九十廿卅]+[、.]|[（(][一二三四五六七八九十\d]+[)）]|\d+[.、．)]|其中|注|合|总|本年|上年|年)"
)
_HEADER_SEARCH = 8
_RUNNING = 30  # characters: a cell this long is running text, no label


def moved(cell: Cell, row: int, col: int, colspan: int) -> Cell:
    """The cell in another place of its table."""
    return replace(cell, row=row, col=col, colspan=colspan)


def join(parts: list[TablePart]) -> Table:
    """Stitch ``parts`` in page order to one table."""
    parts = [_like_the_first(part, parts[0]) for part in parts]
    xs = _common_edges(parts)
    rows: list[Row] = []
    first_rows: list[list[str]] = []
    for k, part in enumerate(parts):
        incoming = _rows(part, xs)
        repeated = _repeated_rows(first_rows, incoming) if k else 0
        for i, row in enumerate(incoming):
            row.repeated = i < repeated
            cut = (k > 0 and i == repeated) or i in part.gaps
            if cut and rows and _is_rest(rows, row):
                _append_rest(rows[-1], row)
            else:
                rows.append(row)
        if not k:
            first_rows = [_texts(row) for row in incoming[:_HEADER_SEARCH]]
    for index, row in enumerate(rows):
        row.cells = [c if c.row == index else moved(c, index, c.col, c.colspan) for c in row.cells]
    _measure_indents(rows)
    return Table(xs, rows, parts[0].origin)


def _measure_indents(rows: list[Row]) -> None:
    """Measure every indent from the leftmost text of its column rather than from the column's edge."""
    least: dict[int, float] = {}
    for cell in (c for row in rows for c in row.cells if c.text and c.colspan == 1 and c.text[-1] not in DIGITS):
        least[cell.col] = min(cell.indent, least.get(cell.col, cell.indent))
    for row in rows:
        row.cells = [
            replace(c, indent=round(max(c.indent - least.get(c.col, 0.0), 0.0), 2)) if c.indent else c
            for c in row.cells
        ]


def _common_edges(parts: list[TablePart]) -> list[float]:
    if parts[0].origin == "text":
        return max((p.xs for p in parts), key=len)
    edges = [(x, 1.0) for part in parts for x in part.xs]
    return cluster(edges, _SAME_EDGE) if len(parts) > 1 else list(parts[0].xs)


def _like_the_first(part: TablePart, first: TablePart) -> TablePart:
    """A part whose columns are our judgement, as many as the first's: they are the same, wherever its page has them."""
    judged = part.origin == first.origin == "aligned" and len(part.xs) == len(first.xs)
    return replace(part, xs=first.xs) if judged else part


def _rows(part: TablePart, xs: list[float]) -> list[Row]:
    """Rows of a part with its columns counted by the common edges ``xs``."""
    at = [nearest(xs, x) for x in part.xs]
    rows = [Row([], part.page) for _ in range(part.nrows)]
    for cell in sorted(part.cells, key=lambda c: (c.row, c.col)):
        left, right = at[cell.col], at[cell.col + cell.colspan]
        span = max(right - left, 1)
        same = left == cell.col and span == cell.colspan
        rows[cell.row].cells.append(cell if same else moved(cell, cell.row, left, span))
    return rows


def _texts(row: Row) -> list[str]:
    return [compact(cell.text) for cell in row.cells if cell.text]


def _repeated_rows(first: list[list[str]], incoming: list[Row]) -> int:
    """How many of the incoming rows print the table's first rows again."""
    if not incoming:
        return 0
    head = _texts(incoming[0])
    start = next((i for i, texts in enumerate(first) if texts and texts == head), None)
    if start is None:
        return 0
    count = 0
    for texts, row in zip(first[start:], incoming, strict=False):
        if texts != _texts(row) or any(_NUMBER.match(t) for t in texts):
            break
        count += 1
    return count


def _is_rest(rows: list[Row], row: Row) -> bool:
    """Is ``row`` the rest of the row above, cut by the page break?

    The rest of a row fills few of the cells that the row above fills, and none with a number of its own.
    """
    rest = {c.col: c.text for c in row.cells if c.text}
    above = {c.col: c.text for c in rows[-1].cells if c.text}
    if not rest or not set(rest) <= set(above) or rows[-1].repeated:
        return False
    if len(row.cells) == 1 and row.cells[0].colspan > 1:
        return False  # a line across the whole table is a heading, not the rest of a cell
    if any(_NUMBER.match(compact(text)) for text in rest.values()):
        return False
    if len(rest) > max(1, len(above) // 3):
        return False
    if min(rest) > min(above):
        return all(_may_continue(compact(above[c]), compact(t)) for c, t in rest.items())
    text, over = compact(next(iter(rest.values()))), compact(above[min(rest)])
    return bool(_BEGINS_ITEM.match(over)) and not _BEGINS_ITEM.match(text) and len(text) <= 8


def _may_continue(above: str, rest: str) -> bool:
    """Can ``rest`` be the last line of a cell that begins with ``above``?

    A label that wraps is cut to lines of one width, so its last line is shorter than what stands before it.
    """
    return len(above) >= _RUNNING or (len(rest) < len(above) and not _BEGINS_ITEM.match(rest))


def _append_rest(above: Row, row: Row) -> None:
    rest = {c.col: c for c in row.cells if c.text}
    above.cells = [_lengthened(c, rest[c.col]) if c.col in rest and c.text else c for c in above.cells]
    above.marks = (*above.marks, "跨页续行")


def _lengthened(cell: Cell, rest: Cell) -> Cell:
    """The cell with what the next page prints of it; as sure as its less sure half."""
    marks = (*cell.marks, *(m for m in rest.marks if m not in cell.marks), "跨页续行")
    sure = [c for c in (cell.confidence, rest.confidence) if c is not None]
    return replace(cell, text=f"{cell.text}\n{rest.text}", marks=marks, confidence=min(sure, default=None))
