"""Text whose columns are parted by blanks, as ``pdftotext -layout`` leaves it.

Every char has its place on such a page: it is laid out like a page of paper without rulings, an ideograph two columns wide.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace

from extract.paper.model import Line, Page, TablePart, Word
from extract.paper.page_layout import lay_out, running

_COLUMN = 5.0  # points: width of half an ideograph of the size below
_LEADING = 18.0  # so far apart that no line is the rest of another's cell
_SIZE = 10.0
_FIELDS = re.compile(r"\S(?:.*?\S)??(?=\s{2,}|$)")
_FIGURE = re.compile(r"^[-−(（]?\d[\d,，]*(\.\d+)?[)）]?%?$")
_MARGIN = 100.0  # points above the first line, so that no row counts as the furniture of the page's edge
_LEAST = 3  # rows
_MOST_LINES = 120  # on one page; pdftotext parts pages by form feeds


def is_parted_by_blanks(lines: list[str]) -> bool:
    """Do several lines hold figures in columns, without a tab or a pipe to part them?"""
    count = 0
    for line in lines:
        if "\t" in line or line.lstrip().startswith("|"):
            return False
        fields = _FIELDS.findall(line.strip())
        count += len(fields) > 1 and any(_FIGURE.match(f) for f in fields)
    return count >= _LEAST


def lay_out_blanks(text: str) -> list[Line | TablePart]:
    """Blocks of a text page by page; they have no boxes and no page numbers."""
    blocks: list[Line | TablePart] = []
    above: TablePart | None = None
    for number, lines in enumerate(_pages(text), start=1):
        content = lay_out(_page(number, lines), above)
        above = running(content)
        blocks.extend(content.blocks)
    return [_without_paper(block) for block in blocks if isinstance(block, TablePart) or not block.furniture]


def _pages(text: str) -> Iterator[list[str]]:
    for page in text.split("\f"):
        lines = page.splitlines()
        start = 0
        while len(lines) - start > _MOST_LINES:  # cut at a blank line, not in a table
            blank = [i for i in range(start + 1, start + _MOST_LINES) if not lines[i].strip()]
            end = blank[-1] if blank else start + _MOST_LINES
            yield lines[start:end]
            start = end
        yield lines[start:]


def _page(number: int, lines: list[str]) -> Page:
    words = [word for i, line in enumerate(lines) for word in _words(line, _MARGIN + i * _LEADING)]
    width = max((w.x1 for w in words), default=0.0) + 50
    return Page(number, width, 2 * _MARGIN + len(lines) * _LEADING, words, [], [])


def _words(line: str, top: float) -> Iterator[Word]:
    col = 0
    start, text = 0, ""
    for char in line.expandtabs():
        if char.isspace():
            if text:
                yield _word(text, start, col, top)
            text = ""
        elif not text:
            start, text = col, char
        else:
            text += char
        col += 2 if unicodedata.east_asian_width(char) in "WF" else 1
    if text:
        yield _word(text, start, col, top)


def _word(text: str, start: int, end: int, top: float) -> Word:
    return Word(text, 20 + start * _COLUMN, top, 20 + end * _COLUMN, top + _SIZE)


def _without_paper(block: Line | TablePart) -> Line | TablePart:
    if isinstance(block, Line):
        return replace_line(block)
    cells = [replace(cell, page=None, bbox=None) for cell in block.cells]
    return replace(block, page=None, bbox=None, cells=cells)


def replace_line(line: Line) -> Line:
    """The line without its place on the page."""
    return Line(line.chunks, None, None, 0.0, False)
