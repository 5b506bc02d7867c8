"""One page of paper: its ruled tables, its tables without rulings, and its lines, in reading order."""

from __future__ import annotations

import re
from dataclasses import replace

from extract.aligned import find_aligned
from extract.cells import fill, make_lines
from extract.geometry import turned
from extract.grid import find_grids
from extract.model import BBox, Cell, Line, Page, PageContent, PageTable

# "12", "— 12 —", "第 12 页 共 30 页": what stands at the edge of a page and belongs to no text
_PAGE_NUMBER = re.compile(r"^[-—–－~\s·]*(第)?\s*\d{1,4}\s*(页)?[-—–－~\s·,，]*(/|共)?\s*\d*\s*(页)?[-—–－~\s·]*$")
TURNED = "页面转正"  # mark of a cell on a page that lies on its side as displayed
_EDGE = 0.12  # share of the page height at which furniture stands


def lay_out(page: Page) -> PageContent:
    """Part a page into blocks, from the top down; every char lands in exactly one of them."""
    blocks: list[Line | PageTable] = []
    chars = page.chars
    for grid in find_grids(page):
        table, chars = fill(grid, chars, page.number)
        blocks.append(table)
    lines = make_lines(chars, page.number)
    for line in lines:
        line.furniture = _is_furniture(line, page.height)
    if not blocks:
        blocks.extend(find_aligned(lines, page.number))
    else:
        blocks.extend(lines)
    blocks.sort(key=lambda b: (b.bbox.top, b.bbox.x0) if b.bbox else (0.0, 0.0))
    if page.turn:
        for table in (b for b in blocks if isinstance(b, PageTable)):
            table.cells = [_as_displayed(cell, page) for cell in table.cells]
    return PageContent(page.number, blocks, page.width, page.height, page.marks)


def _as_displayed(cell: Cell, page: Page) -> Cell:
    """A cell of a page that was turned: it was found on the upright page, its box is told on the displayed one."""
    box = BBox(*turned(cell.bbox, -page.turn, page.width, page.height)) if cell.bbox else None
    return replace(cell, bbox=box, marks=(*cell.marks, TURNED))


def _is_furniture(line: Line, height: float) -> bool:
    if line.bbox is None or not _PAGE_NUMBER.match(line.text):
        return False
    return line.bbox.bottom < height * _EDGE or line.bbox.top > height * (1 - _EDGE)
