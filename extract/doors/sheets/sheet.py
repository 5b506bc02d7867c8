"""A sheet of a workbook, as a reader sees it, to titles and tables."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from extract.doors.grid import MOST_PLACES, GridBuilder, Span, a1, line_of
from extract.errors import Overfull
from extract.paper.model import Chunk, Line, TablePart

_WIDE = 0.6  # share of the columns that a title spans
_MOST_SPAN = 100_000  # rows
_MOST_CELLS = 2_000_000  # with text
Cells = dict[int, "Filled"]  # by column, of one row


@dataclass(frozen=True, slots=True)
class Filled:
    """A cell with text; ``figure``: it holds a number."""

    text: str
    figure: bool
    indent: float = 0.0


@dataclass(slots=True)
class Sheet:
    """Rows and columns count from 0; ``merges`` hold the first and the last row and column."""

    name: str
    rows: dict[int, Cells] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    boxes: list[str] = field(default_factory=list)  # text that lies over the cells
    count: int = 0

    def put(self, row: int, col: int, cell: Filled) -> None:
        """Raises ``Overfull``."""
        self.count += 1
        if self.count > _MOST_CELLS:
            raise Overfull(f"the sheet {self.name} holds more than {_MOST_CELLS} cells with text")
        self.rows.setdefault(row, {})[col] = cell

    def notes_left_out(self) -> list[str]:
        """That something of it is hidden and left out."""
        rows = len([r for r in self.hidden_rows if r <= max(self.rows, default=-1)])
        last = max((c for cells in self.rows.values() for c in cells), default=-1)
        columns = len([c for c in self.hidden_columns if c <= last])
        what = [f"{n} {kind}" for n, kind in ((rows, "行"), (columns, "列")) if n]
        return [f"工作表 {self.name} 隐藏的 {'、'.join(what)}未读"] if what else []


class _Shown(NamedTuple):
    """A visible cell with how many visible columns and rows it spans."""

    cell: Filled
    width: int
    height: int
    place: str


@dataclass(slots=True)
class _Row:
    """A visible row: its cells with text by visible column."""

    number: int
    cells: dict[int, _Shown]

    @property
    def figures(self) -> int:
        return sum(shown.cell.figure for shown in self.cells.values())


def sheet_blocks(sheet: Sheet) -> list[Line | TablePart]:
    """Titles, tables and notes of a sheet in order; hidden rows and columns are not there."""
    rows = _visible(sheet)
    width = max((c + shown.width for row in rows for c, shown in row.cells.items()), default=0)
    blocks: list[Line | TablePart] = []
    body: list[_Row] = []
    for group in _groups(rows):
        titles, rest, notes = _parted(group, width)
        if titles or not rest:
            blocks.extend(_table(sheet, body))
            body = []
        blocks.extend(line for row in titles if (line := _line(row)))
        body.extend(rest)
        if notes:
            blocks.extend(_table(sheet, body))
            body = []
            blocks.extend(line for row in notes if (line := _line(row)))
    boxes = (line for text in sheet.boxes if (line := line_of(text)))
    return [*blocks, *_table(sheet, body), *boxes]


def _visible(sheet: Sheet) -> list[_Row]:
    """Rows counted without the hidden ones; a row that a cell from above covers is there without cells."""
    down, right = _Counted(sheet.hidden_rows), _Counted(sheet.hidden_columns)
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    for top, left, bottom, last in sheet.merges:
        if left in sheet.rows.get(top, {}):
            spans[top, left] = (down.between(top, bottom), right.between(left, last))
    made: dict[int, dict[int, _Shown]] = {}
    for r, cells in sheet.rows.items():
        for c, cell in cells.items():
            height, width = spans.get((r, c), (down.between(r, r), right.between(c, c)))
            if height and width:  # what spans hidden ones shows in the rest
                shown = _Shown(cell, width, height, f"{sheet.name}!{a1(r, c)}")
                made.setdefault(down.before(r), {})[right.before(c)] = shown
                for i in range(1, min(height, _MOST_SPAN)):
                    made.setdefault(down.before(r) + i, {})
    return [_Row(r, made[r]) for r in sorted(made)]


class _Counted:
    """Counts visible rows (or columns)."""

    def __init__(self, hidden: set[int]) -> None:
        self._hidden = sorted(hidden)

    def before(self, index: int) -> int:
        return index - bisect_left(self._hidden, index)

    def original(self, visible: int) -> int:
        """The index, hidden ones counted, of a visible one."""
        index = visible
        for hidden in self._hidden:
            if hidden > index:
                break
            index += 1
        return index

    def between(self, first: int, last: int) -> int:
        return self.before(last + 1) - self.before(first)


def _groups(rows: list[_Row]) -> Iterator[list[_Row]]:
    """Rows between blank ones."""
    group: list[_Row] = []
    for row in rows:
        if group and row.number > group[-1].number + 1:
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def _parted(group: list[_Row], width: int) -> tuple[list[_Row], list[_Row], list[_Row]]:
    """Title rows, rows of a table and rows of notes of a group that stands alone."""
    if not any(len(row.cells) > 1 for row in group):
        first_figure = any(row.figures for row in group)
        return ([], group, []) if first_figure else (group, [], [])
    start = 0
    while start < len(group) and len(group[start].cells) == 1 and not group[start].figures:
        start += 1
    if start < len(group) and group[start].figures and not _spans_all(group[start - 1], width):
        start = 0 if not any(_spans_all(row, width) for row in group[:start]) else start
    table = group[start:]
    if len([row for row in table if len(row.cells) > 1]) < 2 and not any(row.figures for row in table):
        return group, [], []  # 编制单位 beside 单位：万元, and the table stands further down
    end = len(table)
    while (
        end > 1 and len(table[end - 1].cells) == 1 and not table[end - 1].figures and _spans_all(table[end - 1], width)
    ):
        end -= 1
    return group[:start], table[:end], table[end:]


def _spans_all(row: _Row, width: int) -> bool:
    return any(shown.width >= max(2, _WIDE * width) for shown in row.cells.values())


def _line(row: _Row) -> Line | None:
    """A row of titles or notes as a line, a chunk for each cell."""
    chunks: list[Chunk] = []
    for col in sorted(row.cells):
        line = line_of(row.cells[col].cell.text.replace("\n", " "))
        chunks.extend(line.chunks if line else ())
    return Line(tuple(chunks), None, None) if chunks else None


def _table(sheet: Sheet, rows: list[_Row]) -> Iterator[TablePart]:
    """The rows as a table of the columns that they use; nothing for rows without text."""
    first = min((c for row in rows for c in row.cells), default=0)
    end = max((c + shown.width for row in rows for c, shown in row.cells.items()), default=0)
    if (end - first) * len(rows) > MOST_PLACES:
        raise Overfull(f"a table has {len(rows)} rows and {end - first} columns")
    at = {row.number: i for i, row in enumerate(rows)}
    down, right = _Counted(sheet.hidden_rows), _Counted(sheet.hidden_columns)
    columns = {c: right.original(c) for c in range(first, end)}
    builder = GridBuilder()
    taken: set[tuple[int, int]] = set()
    for row in rows:
        spans: list[Span] = []
        original = down.original(row.number)
        for c in range(first, end):
            if (row.number, c) in taken:
                continue
            shown = row.cells.get(c)
            if shown is None:
                spans.append(Span("", place=f"{sheet.name}!{a1(original, columns[c])}"))
                continue
            below = [i for i in range(shown.height) if row.number + i in at]
            taken.update((row.number + i, c + j) for i in below for j in range(shown.width))
            spans.append(Span(shown.cell.text, len(below), shown.width, shown.place, shown.cell.indent))
        builder.row(spans)
    yield from builder.parts()
