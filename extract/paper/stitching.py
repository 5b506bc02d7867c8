"""Join the parts of a table that stand on several pages.

A later part may repeat the header (dropped from the body, kept as printed), may hold fewer columns (its
boundaries are mapped on the whole table's), and may begin with the rest of a row that the page break cut.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from extract.paper.geometry import nearest
from extract.paper.model import PAPERLESS, Cell, Row, Table, TablePart, common_shift, compact
from extract.paper.numbers import begins_item, continues, counted, is_figure, is_figure_part
from extract.paper.ruled.cells import DIGITS

_SAME_EDGE = 4.0  # points: boundaries of two parts no further apart are one
_SLIVER = 9.0  # points: between boundaries of two parts no further apart there is no column
_HEADER_SEARCH = 8
_ALIKE = 3  # codes of one length show how long they are
_MOST_CAPTIONS = 2  # rows over a header that is printed again
_RUNNING = 30  # characters: a cell this long is running text, no label
_CODE = 6  # characters: codes with letters are at least this long
_WRAPPED = 8  # characters: a name this long may be cut before its last letter


def moved(cell: Cell, row: int, col: int, colspan: int) -> Cell:
    """The cell in another place of its table."""
    return replace(cell, row=row, col=col, colspan=colspan)


BeginsItem = Callable[[str], bool]


def join(parts: list[TablePart], begins: BeginsItem = begins_item) -> Table:
    """Stitch ``parts`` in page order to one table.

    ``begins`` says of a text without blanks that it begins an item, so that it cannot be the rest of a cut one.
    """
    parts = [_like_the_first(part, parts[0]) for part in parts]
    xs, placed = _common_edges(parts)
    rows: list[Row] = []
    first_rows: list[list[str]] = []
    for k, part in enumerate(parts):
        incoming = _rows(part, xs, placed[k])
        repeated = _repeated_rows(first_rows, incoming) if k else 0
        for i, row in enumerate(incoming):
            row.repeated = i < repeated
            cut = (k > 0 and i == repeated) or i in part.gaps
            if cut and rows and _is_rest(rows, row, begins):
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


def _common_edges(parts: list[TablePart]) -> tuple[list[float], list[list[float]]]:
    """The boundaries of the whole table, and those of every part as they are among them.

    A later part is moved as a whole to where the first one stands (odd and even pages have mirrored margins); then
    each of its boundaries is one of the table's, or a new one where the part has more columns.
    """
    if parts[0].origin in PAPERLESS:
        longest = max((p.xs for p in parts), key=len)
        return longest, [longest[: len(p.xs)] for p in parts]
    common = list(parts[0].xs)
    placed = [common]
    for part in parts[1:]:
        shift = common_shift(part.xs, common)
        mine = _snapped([x - shift for x in part.xs], common)
        common = sorted({*common, *mine})
        placed.append(mine)
    return common, placed


def _snapped(xs: list[float], common: list[float]) -> list[float]:
    """Each of ``xs`` as the one of ``common`` that it is; no two are the same, and their order stays."""
    if len(xs) == len(common) and all(nearest(common, x) == i for i, x in enumerate(xs)):
        return common
    pairs = sorted((abs(x - c), i, j) for i, x in enumerate(xs) for j, c in enumerate(common) if abs(x - c) < _SLIVER)
    found: dict[int, int] = {}
    for distance, i, j in pairs:
        free = i not in found and j not in found.values()
        ordered = all((i < k) == (j < m) for k, m in found.items())
        beside = any(abs(common[j] - x) < distance for k, x in enumerate(xs) if k != i) and distance > _SAME_EDGE
        if free and ordered and not beside:
            found[i] = j
    return [common[found[i]] if i in found else x for i, x in enumerate(xs)]


def _like_the_first(part: TablePart, first: TablePart) -> TablePart:
    """A part whose columns are our judgement, as many as the first's: they are the same, wherever its page has them."""
    judged = part.origin == first.origin == "aligned" and len(part.xs) == len(first.xs)
    return replace(part, xs=first.xs) if judged else part


def _rows(part: TablePart, xs: list[float], placed: list[float]) -> list[Row]:
    """Rows of a part whose boundaries are ``placed`` among the whole table's ``xs``."""
    at = [nearest(xs, x) for x in placed]
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
    """How many of the incoming rows print the table's first rows again, a caption over them included."""
    texts = [_texts(row) for row in incoming[: _HEADER_SEARCH + _MOST_CAPTIONS]]
    for over in range(min(_MOST_CAPTIONS + 1, len(texts))):
        count = _equal_rows(first, texts[over:])
        if count and (not over or count > 1 or len(texts[over]) > 2):
            return over + count
        if len(texts[over]) > 2 or any(map(is_figure, texts[over])):
            break  # no caption
    return 0


def _equal_rows(first: list[list[str]], incoming: list[list[str]]) -> int:
    """How many rows from the first of ``incoming`` on are printed in ``first``, too; amounts are no header."""
    start = next((i for i, texts in enumerate(first) if texts and texts == incoming[0]), None)
    if start is None:
        return 0
    count = 0
    for texts, row in zip(first[start:], incoming, strict=False):
        if texts != row or (any(map(is_figure, row)) and not counted(row)):
            break
        count += 1
    return count


def _is_rest(rows: list[Row], row: Row, begins: BeginsItem) -> bool:
    """Is ``row`` the rest of the row above, cut by the page break?

    The rest of a row fills few of the cells that the row above fills, and none with a number of its own: figures
    of it are certainly the end of those above (``23,669,472.`` and ``55``).
    """
    rest = {c.col: c.text for c in row.cells if c.text}
    above = {c.col: c.text for c in rows[-1].cells if c.text}
    if not rest or not set(rest) <= set(above) or rows[-1].repeated:
        return False
    if len(row.cells) == 1 and row.cells[0].colspan > 1:
        return False  # a line across the whole table is a heading, not the rest of a cell
    figures = {c for c, text in rest.items() if is_figure(compact(text)) or is_figure_part(text)}
    if len(rest) == 1 and _completes_code(rows, *next(iter(rest.items()))):
        return True
    if figures:
        # a number or a code that is certainly cut shows that the whole row is, whatever its name and its code
        certain = [c for c in figures if continues(above[c], rest[c]) or _is_cut_code(above[c])]
        others = [(above[c], rest[c]) for c in figures if c not in certain]
        codes = all(compact(a).isdigit() and compact(t).isdigit() for a, t in others)
        return bool(certain) and codes and not any(begins(compact(t)) for c, t in rest.items() if c not in figures)
    if len(rest) > max(1, len(above) // 3):
        return False
    if min(rest) > min(above):
        if len(rest) == 1 and _always_numbered(rows, min(above)):
            return not begins(compact(next(iter(rest.values()))))
        return all(_may_continue(compact(above[c]), compact(t), begins) for c, t in rest.items())
    text, over = compact(next(iter(rest.values()))), compact(above[min(rest)])
    if len(text) == 1 and len(over) >= _WRAPPED and not text.isascii():
        return True  # no name is one letter
    return begins(over) and not begins(text) and len(text) <= 8


def _always_numbered(rows: list[Row], col: int) -> bool:
    """Have the last rows all digits in a column, as those of a table with codes have?"""
    last = rows[-_ALIKE:]
    return len(last) == _ALIKE and all(
        any(c.col == col and compact(c.text).isdigit() for c in row.cells) for row in last
    )


def _is_cut_code(text: str) -> bool:
    """Is the text digits and a few letters, as a project's code is, that no number can be?"""
    code = compact(text)
    return len(code) >= _CODE and code.isascii() and code.isalnum() and not code.isdigit() and not is_figure(code)


def _completes_code(rows: list[Row], col: int, rest: str) -> bool:
    """Are the digits ``rest`` the end of those above: together as many as others of their column have, alone fewer?"""
    texts = [compact(c.text) for row in rows for c in row.cells if c.col == col and c.text]
    if not rest.isdigit() or not texts[-1].isdigit():
        return False
    lengths = Counter(len(t) for t in texts[:-1] if t.isdigit())
    return lengths[len(texts[-1]) + len(rest)] >= _ALIKE and not lengths[len(texts[-1])]


def _may_continue(above: str, rest: str, begins: BeginsItem) -> bool:
    """Can ``rest`` be the last line of a cell that begins with ``above``?

    A label that wraps is cut to lines of one width, so its last line is shorter than what stands before it.
    """
    return len(above) >= _RUNNING or (len(rest) < len(above) and not begins(rest))


def _append_rest(above: Row, row: Row) -> None:
    rest = {c.col: c for c in row.cells if c.text}
    above.cells = [_lengthened(c, rest[c.col]) if c.col in rest and c.text else c for c in above.cells]
    above.marks = (*above.marks, "跨页续行")


def _lengthened(cell: Cell, rest: Cell) -> Cell:
    """The cell with what the next page prints of it; as sure as its less sure half."""
    marks = (*cell.marks, *(m for m in rest.marks if m not in cell.marks), "跨页续行")
    sure = [c for c in (cell.confidence, rest.confidence) if c is not None]
    return replace(cell, text=f"{cell.text}\n{rest.text}", marks=marks, confidence=min(sure, default=None))
