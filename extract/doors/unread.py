"""Rows of figures that no door made a table of: a document that holds them is not whole."""

from __future__ import annotations

import re

from extract.doors.rows.doubt import DOUBTFUL
from extract.paper.model import UNREAD, Document, Line, PageLayout, TablePart, half_width

_FIGURE = re.compile(r"^[-−(（]?(\d{1,3}([,，]\d{3})+|\d+)(\.\d+)?[)）]?%?$")
_MONEY = re.compile(r"\d[,，]\d{3}|\d\.\d|\d{4,}")
_GLUED = re.compile(r"\d\.\d\d(?=\d+\.\d\d|\d{1,3},\d{3})")
_LEADERS = re.compile(r"\.{4,}|…{2,}|·{4,}")
_MANY = 3  # figures in a line
_LEAST = 2  # lines
_CERTAIN = 4  # amounts of a line that is a row by itself: what a page break leaves of a table
_AMOUNT = re.compile(r"[-−(（]?(\d{1,3}([,，]\d{3})+|\d+)\.\d{2}[)）]?")
_LONE = re.compile(r"[-−]?(\d{1,3}([,，]\d{3})+(\.\d+)?|\d+\.\d{2}|[1-9]\d{6})")  # an amount or a 项 code
_MOST_GLUED = 8  # amounts between blanks in one cell: a table that became a text
_MOST_LONE = 8  # lines of nothing but amounts or codes: a table whose every cell became a line


def with_unread_rows(document: Document) -> Document:
    """The document, its pages marked where lines hold rows of figures, or rows whose columns are not certain."""
    for page in document.pages:
        if _count(page) >= _LEAST or _is_doubtful(page):
            page.marks = (*page.marks, UNREAD)
    return document


def _is_doubtful(page: PageLayout) -> bool:
    tables = (block for block in page.blocks if isinstance(block, TablePart))
    return any(DOUBTFUL in cell.marks or _is_glued(cell.text) for table in tables for cell in table.cells)


def _is_glued(text: str) -> bool:
    """Does a cell hold rows of a table: amounts among short words, and no sentences?"""
    if len(text) < 4 * _MOST_GLUED:
        return False
    words = text.split()
    amounts = sum(_AMOUNT.fullmatch(word) is not None for word in words)
    return amounts >= _MOST_GLUED and 4 * amounts > len(words)


def _count(page: PageLayout) -> int:
    lines = [half_width(block.text) for block in page.blocks if isinstance(block, Line)]
    lone = sum(all(map(_LONE.fullmatch, line.split())) for line in lines if line.strip())
    return sum(map(_weight, lines)) + (_LEAST if lone >= _MOST_LONE else 0) + _shared_cells(page)


def _shared_cells(page: PageLayout) -> int:
    """Cells that print several amounts in a line and nothing else: two columns were read as one."""
    cells = (cell for block in page.blocks if isinstance(block, TablePart) for cell in block.cells if " " in cell.text)
    lines = ([line.split() for line in half_width(cell.text).split("\n")] for cell in cells)
    return sum(any(len(words) > 1 and all(map(_AMOUNT.fullmatch, words)) for words in cell) for cell in lines)


def _weight(text: str) -> int:
    if _LEADERS.search(text):
        return 0  # a contents line
    if _GLUED.search(text):
        return _LEAST
    words = text.split()
    figures = [w for w in words if _FIGURE.match(w)]
    amounts = sum(_AMOUNT.fullmatch(w) is not None for w in figures)
    if amounts >= _CERTAIN and 2 * len(figures) > len(words):
        return _LEAST
    if amounts > 1 and len(words) <= amounts + 1:
        return 1  # behind a code or a name, or nothing
    return int(len(figures) >= _MANY and 2 * len(figures) > len(words) and any(_MONEY.search(f) for f in figures))
