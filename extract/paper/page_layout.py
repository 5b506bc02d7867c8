"""One page of paper: its ruled tables, its tables without rulings, and its lines, in reading order."""

from __future__ import annotations

import re
from dataclasses import replace

from extract.paper.geometry import turned
from extract.paper.model import Box, Cell, Line, Page, PageLayout, TablePart, Word
from extract.paper.numbers import is_figure, join_spaced
from extract.paper.ruled.cells import NARROW_GAP, fill, make_lines
from extract.paper.ruled.grid import Grid, find_grids
from extract.paper.unruled.alignment import ALIGNED, find_aligned, may_hold_rows
from extract.paper.unruled.completion import complete, continued, is_frame, lengthened

# "12", "— 12 —", "第 12 页 共 30 页": what stands at the edge of a page and belongs to no text
_PAGE_NUMBER = re.compile(r"^[-—–－~\s·]*(第)?\s*\d{1,4}\s*(页)?[-—–－~\s·,，]*(/|共)?\s*\d*\s*(页)?[-—–－~\s·]*$")
TURNED = "页面转正"  # mark of a cell on a page that lies on its side as displayed
_MOST_NAMES = 6  # lines under a table that may be its last rows
_WIDE_BLANK = re.compile(r"\s{2,}")
_SEVERAL = 2  # figures beside a name
_EDGE = 0.12  # share of the page height at which furniture stands


def lay_out(page: Page, above: TablePart | None = None) -> PageLayout:
    """Part a page into blocks, from the top down; every char lands in exactly one of them.

    ``above`` is the table that ends the page before, if ``running`` finds one.
    """
    blocks: list[Line | TablePart] = []
    chars = join_spaced(page.words, [(r.x0, r.top, r.bottom) for r in page.verticals])
    ruled: list[tuple[Grid, TablePart, list[Word], list[Word]]] = []
    for grid in find_grids(page):
        table, outside = fill(grid, chars, page.number)
        if is_frame(table):
            continue
        table, outside = _completed(grid, table, outside, chars, page.number)
        ruled.append((grid, table, chars, outside))
        chars = outside
    lines = _lines(chars, page)
    for grid, table, before, after in ruled:
        longer = lengthened(grid, table, lines)
        if longer is not None:
            others = set(map(id, after))
            chars = [*chars, *(c for c in before if id(c) not in others)]
            table, chars = _filled(longer, chars, page.number, len(grid.ys) - 1)
            lines = _lines(chars, page)
        blocks.append(table)
    rest = continued(above, lines) if above is not None and not page.turn else None
    if rest is not None:
        table, chars = _filled(rest, chars, page.number, 0)
        blocks.append(table)
        lines = _lines(chars, page)
    if may_hold_rows(lines):
        blocks.extend(
            find_aligned(lines, page.number, make_lines(chars, page.number, NARROW_GAP), above, page.horizontals)
        )
    else:
        blocks.extend(lines)
    blocks.sort(key=lambda b: (b.bbox.top, b.bbox.x0) if b.bbox else (0.0, 0.0))
    if page.turn:
        for table in (b for b in blocks if isinstance(b, TablePart)):
            table.cells = [_as_displayed(cell, page) for cell in table.cells]
    return PageLayout(page.number, blocks, page.width, page.height, page.marks)


def loose_rows(content: PageLayout) -> int:
    """How many lines of a page look like rows of a table, a name and several figures, but stand in none."""
    return sum(isinstance(b, Line) and not b.furniture and _is_loose_row(b) for b in content.blocks)


def _is_loose_row(line: Line) -> bool:
    texts = [word for chunk in line.chunks for word in _WIDE_BLANK.split(chunk.text)]
    figures = sum(map(is_figure, texts))
    return figures >= _SEVERAL and any(not is_figure(text) and not text.isascii() for text in texts)


def running(content: PageLayout) -> TablePart | None:
    """The table without all of its rulings that the page ends with, and that the next page may go on with."""
    skipped: list[Line] = []
    for block in reversed(content.blocks):
        if isinstance(block, TablePart):
            return block if block.origin == "aligned" and _beside_names(skipped, block) else None
        if not block.furniture:
            skipped.append(block)
    return None


def _beside_names(lines: list[Line], table: TablePart) -> bool:
    """Are the lines under a table at most a few names without amounts, which stand where its own do?"""
    lefts = {round(cell.bbox.x0) for cell in table.cells if cell.bbox and cell.text and cell.colspan == 1}
    return len(lines) <= _MOST_NAMES and all(
        line.bbox is not None and len(line.chunks) == 1 and round(line.bbox.x0) in lefts for line in lines
    )


def _lines(chars: list[Word], page: Page) -> list[Line]:
    lines = make_lines(chars, page.number)
    for line in lines:
        line.furniture = _is_furniture(line, page.height)
    return lines


def _filled(grid: Grid, chars: list[Word], number: int, band: int | None = None) -> tuple[TablePart, list[Word]]:
    """The table in ``grid``, rulings that are not drawn added (``band`` as for ``complete``), and the other chars."""
    return _completed(grid, *fill(grid, chars, number), chars, number, band)


def _completed(
    grid: Grid, table: TablePart, outside: list[Word], chars: list[Word], number: int, band: int | None = None
) -> tuple[TablePart, list[Word]]:
    whole = complete(grid, table, chars, band)
    if whole is None:
        return table, outside
    table, outside = fill(whole.grid, chars, number)
    for cell in table.cells:
        if (cell.row, cell.col, cell.rowspan, cell.colspan) in whole.implied:
            cell.marks = (*cell.marks, ALIGNED)
    table.origin = "aligned"
    return table, outside


def _as_displayed(cell: Cell, page: Page) -> Cell:
    """A cell of a page that was turned: it was found on the upright page, its box is told on the displayed one."""
    box = Box(*turned(cell.bbox, -page.turn, page.width, page.height)) if cell.bbox else None
    return replace(cell, bbox=box, marks=(*cell.marks, TURNED))


def _is_furniture(line: Line, height: float) -> bool:
    if line.bbox is None or (height * _EDGE <= line.bbox.bottom and line.bbox.top <= height * (1 - _EDGE)):
        return False
    return _PAGE_NUMBER.match(line.text) is not None
