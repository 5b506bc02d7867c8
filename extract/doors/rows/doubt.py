"""Which rows of text parted by blanks stand in their columns for certain.

A tool that lays out text moves what stands behind a long name to the right, row by row, and leaves nothing between
columns that stand close.  A row with a figure in every column is certain wherever it stands; any other needs its
figures on the edges that the figures of its columns share.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from extract.paper.model import Cell, TablePart

DOUBTFUL = "列位存疑"  # mark of a cell of text whose column is not certain
_FIGURE = re.compile(r"[-−(（]?(\d{1,3}([,，]\d{3})+|\d+)(\.\d+)?[)）]?")
_MONEY = re.compile(r"\d[,，]\d{3}|\d\.\d|^0$")
_PART_AND_NAME = re.compile(r"\d{1,2}\s?[\u4e00-\u9fff]")
_WORD = re.compile(r"[\u4e00-\u9fff]")
_SEPARATOR = re.compile(r"^:?-{3,}:?$")
_NEAR = 1.5  # columns
_MOST_CELLS = 0.1  # share of rows in doubt: with more, the columns themselves are


def with_doubts(table: TablePart, column: float) -> TablePart:
    """The table, the mark ``列位存疑`` on every cell of a row in doubt; a char is ``column`` points wide."""
    body = _body(table)
    money = _money_columns(body)
    rows = {r for r, cells in body.items() if _is_doubtful(cells, money, column)}
    rows |= _beside_lone_words(body) | _below_lone_word(table, body, money)
    if len(rows) > max(1.0, _MOST_CELLS * len(body)) or not _is_headed(table, body, money):
        rows = set(range(table.nrows))
    if not rows:
        return table
    cells = [replace(c, marks=(*c.marks, DOUBTFUL)) if c.row in rows and c.text else c for c in table.cells]
    return replace(table, cells=cells)


def with_doubtful_columns(table: TablePart) -> TablePart:
    """The table, all of it in doubt where figures stand under no word of a header that has words beside them.

    A tool that misses a column shifts its figures: their own header is blank, or stands over nothing.
    """
    body = _body(table)
    money = {c.col for cells in body.values() for c in cells if _is_money(c.text)}
    first = min(body, default=0)
    words = {c.col for c in table.cells if c.row < first and _WORD.search(c.text)}
    flat = any(_SEPARATOR.match(c.text) for c in table.cells)  # a whole table, dashes and all, in one row
    if not flat and (len(words) < 2 or money <= words):
        return table
    return replace(table, cells=[replace(c, marks=(*c.marks, DOUBTFUL)) if c.text else c for c in table.cells])


def _body(table: TablePart) -> dict[int, list[Cell]]:
    """Cells with text of the rows from the first one on that holds a money figure."""
    rows: dict[int, list[Cell]] = {}
    for cell in table.cells:
        if cell.text:
            rows.setdefault(cell.row, []).append(cell)
    first = min((r for r, cells in rows.items() if any(_is_money(c.text) for c in cells)), default=table.nrows)
    return {r: rows[r] for r in sorted(rows) if r >= first}


def _is_money(text: str) -> bool:
    return _FIGURE.fullmatch(text.strip()) is not None and _MONEY.search(text.strip()) is not None


def _money_columns(body: dict[int, list[Cell]]) -> dict[int, float]:
    """Columns that hold money figures, and the right edge that most of them end at."""
    edges: dict[int, Counter[int]] = {}
    for cells in body.values():
        for cell in cells:
            if cell.bbox and _is_money(cell.text):
                edges.setdefault(cell.col, Counter())[round(cell.bbox.x1)] += 1
    return {col: float(count.most_common(1)[0][0]) for col, count in edges.items()}


def _is_doubtful(cells: list[Cell], money: dict[int, float], column: float) -> bool:
    """Does a cell hold two figures, or a word and a figure, or does a figure stand off the edge of its column?"""
    if not any(_WORD.search(cell.text) for cell in cells):
        return True  # its name is wrapped on lines of their own
    if any(_PART_AND_NAME.match(cell.text) for cell in cells):
        return True  # the last part of a code stands with the name
    if any("\n" in cell.text for cell in cells):
        return True  # whose line it is, blanks do not say
    if any(_is_glued(cell.text) or (cell.col in money and _WORD.search(cell.text)) for cell in cells):
        return True
    figures = [c for c in cells if c.col in money and _FIGURE.fullmatch(c.text.strip())]
    if len(figures) == len(money):
        return False
    return any(c.bbox is not None and abs(c.bbox.x1 - money[c.col]) > _NEAR * column for c in figures)


def _beside_lone_words(body: dict[int, list[Cell]]) -> set[int]:
    """Rows of one word alone, which may be the rest of a name or the beginning of one, and those right beside them."""
    lone = {r for r, cells in body.items() if len(cells) == 1 and not _FIGURE.fullmatch(cells[0].text.strip())}
    return {near for r in lone for near in (r - 1, r, r + 1) if near in body}


def _below_lone_word(table: TablePart, body: dict[int, list[Cell]], money: dict[int, float]) -> set[int]:
    """The first row, where one word alone among the names stands right above it: header or name, blanks do not say."""
    first = min(body, default=0)
    above = [cell for cell in table.cells if cell.row == first - 1 and cell.text]
    alone = len(above) == 1 and above[0].colspan == 1 and above[0].col not in money
    return {first} if alone and first - 1 > min(c.row for c in table.cells if c.text) else set()


def _is_glued(text: str) -> bool:
    words = text.split()
    figures = sum(_FIGURE.fullmatch(w) is not None and _MONEY.search(w) is not None for w in words)
    return figures > 0 and len(words) > 1


def _is_half(text: str) -> bool:
    """Does a bracket open or close that has no other half in the cell?"""
    return sum(text.count(c) for c in "（(") != sum(text.count(c) for c in "）)")


def _is_headed(table: TablePart, body: dict[int, list[Cell]], money: dict[int, float]) -> bool:
    """Does a word stand over every column of figures?"""
    first = min(body, default=0)
    if any(_is_half(c.text) for c in table.cells if c.row < first):
        return False  # words of the header stand in other cells than they belong to
    words = [c for c in table.cells if c.row < first and _WORD.search(c.text)]
    return all(any(c.col <= col < c.col + c.colspan for c in words) for col in money)
