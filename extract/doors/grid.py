"""Rows of cells with spans, as HTML, Word and Excel have them, to a part of a table."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from extract.errors import Overfull
from extract.paper.model import Box, Cell, Chunk, Line, TablePart

NOWHERE = Box(0, 0, 0, 0)
MOST_PLACES = 4_000_000  # rows times columns of one table: what is larger is no table of a document
MOST_COLUMNS = 16_384  # of a sheet
MOST_FILLED = 1_000  # columns of one table that hold anything: what reads them compares each with each
_NUMBERED = re.compile(r"^(?=.*[\d一二三四五六七八九十]).{2,10}$")  # what may stand over a title
_FULL = 0.9  # share of the columns that a title inside a grid spans
FIGURE = re.compile(r"^[-−(（]?\d[\d,，]*(\.\d+)?[)）]?%?$")
_BLANKS = {" ": 0.5, "\u00a0": 0.5, "\u3000": 1.0, "\t": 2.0}
_WIDE_GAP = re.compile(r"\t+|[ \u00a0\u3000]{3,}")


@dataclass(slots=True)
class Span:
    """A cell as its source has it; its place in the table follows from what stands before it."""

    text: str
    rowspan: int = 1
    colspan: int = 1
    place: str | None = None
    indent: float = 0.0


class GridBuilder:
    """Places cells row by row; a cell that spans down keeps its columns in the rows below."""

    def __init__(self) -> None:
        self.rows: list[list[tuple[int, Span]]] = []
        self._until: dict[int, int] = {}  # column → first row that no cell from above covers any more

    def place(self, spans: list[tuple[int, Span]]) -> None:
        """Add a row of cells whose columns are known; they may still be lengthened."""
        if any(col + span.colspan > MOST_COLUMNS for col, span in spans):
            raise Overfull(f"a table has more than {MOST_COLUMNS} columns")
        self.rows.append(spans)

    def row(self, spans: Iterable[Span]) -> None:
        """Add a row of cells, each in the next column that no cell from above covers."""
        at, col = len(self.rows), 0
        placed: list[tuple[int, Span]] = []
        for span in spans:
            while self._until.get(col, 0) > at:
                col += 1
            placed.append((col, span))
            if col + span.colspan > MOST_COLUMNS:
                raise Overfull(f"a table has more than {MOST_COLUMNS} columns")
            if span.rowspan > 1:
                self._until.update((c, at + span.rowspan) for c in range(col, col + span.colspan))
            col += span.colspan
        self.rows.append(placed)

    def parts(self, ordinal: int | None = None) -> list[TablePart]:
        """As ``part``; several tables that stand in one grid are parted."""
        whole = self.part(ordinal)
        return parted(whole) if whole is not None else []

    def part(self, ordinal: int | None = None) -> TablePart | None:
        """The table without the rows and columns in which no cell begins; ``None`` if it holds no text.

        ``ordinal`` numbers the table in its source: cells without a place get theirs from it.
        """
        begun = {c for row in self.rows for c, _ in row}
        if not any(span.text for row in self.rows for _, span in row):
            return None
        rows = [r for r, row in enumerate(self.rows) if row]
        columns = sorted(begun)
        if len(rows) * len(columns) > MOST_PLACES or len(columns) > MOST_FILLED:
            raise Overfull(f"a table has {len(rows)} rows and {len(columns)} columns")
        at_row = {r: i for i, r in enumerate(rows)}
        at_col = {c: i for i, c in enumerate(columns)}
        cells: list[Cell] = []
        for r in rows:
            for c, span in self.rows[r]:
                height = sum(1 for i in range(r, min(r + span.rowspan, len(self.rows))) if i in at_row)
                width = sum(1 for i in range(c, c + span.colspan) if i in at_col)
                place = span.place or (f"#{ordinal}!{a1(r, c)}" if ordinal else None)
                cells.append(
                    Cell(at_row[r], at_col[c], height, width, span.text, None, None, (), span.indent, place=place)
                )
        return TablePart(None, None, [float(x) for x in range(len(columns) + 1)], len(rows), cells, "grid")


def parted(table: TablePart) -> list[TablePart]:
    """The table, cut where a new one begins in it: titles over all columns, two rows of them at least, over a header.

    A part whose title turns out to be none is the same table still: its columns are the same.
    """
    rows: list[list[Cell]] = [[] for _ in range(table.nrows)]
    for cell in table.cells:
        if cell.text:
            rows[cell.row].append(cell)
    starts = [0]
    row = 0
    while row < table.nrows:
        end = row
        while end < table.nrows and len(rows[end]) == 1 and not FIGURE.match(rows[end][0].text):
            end += 1
        title = next((r for r in range(row, end) if rows[r][0].colspan >= _FULL * (len(table.xs) - 1)), None)
        header_follows = end < table.nrows and len(rows[end]) > 1 and not any(FIGURE.match(c.text) for c in rows[end])
        if row and title is not None and end - row > 1 and header_follows:
            numbered = title > row and _NUMBERED.match(rows[title - 1][0].text)
            starts.append(title - 1 if numbered else title)
        row = max(end, row + 1)
    ends = [*starts[1:], table.nrows]
    return [_cut(table, a, b) for a, b in zip(starts, ends, strict=True)] if len(starts) > 1 else [table]


def _cut(table: TablePart, start: int, end: int) -> TablePart:
    cells = [
        replace(c, row=c.row - start, rowspan=min(c.rowspan, end - c.row)) for c in table.cells if start <= c.row < end
    ]
    return replace(table, cells=cells, nrows=end - start)


def a1(row: int, col: int) -> str:
    """Address of a cell, counted from 0: ``(4, 27)`` → ``AB5``."""
    letters, rest = "", col + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(65 + digit) + letters
    return f"{letters}{row + 1}"


def indent_of(text: str) -> float:
    """How far leading blanks move a text to the right, in letters."""
    width = 0.0
    for char in text:
        if char not in _BLANKS:
            break
        width += _BLANKS[char]
    return width


def line_of(text: str, level: int = 0) -> Line | None:
    """A line of text outside tables; wide gaps part it into chunks.  ``None`` for a blank one."""
    chunks = tuple(Chunk(part.strip(), NOWHERE) for part in _WIDE_GAP.split(text.strip()) if part.strip())
    return Line(chunks, None, None, level=level) if chunks else None
