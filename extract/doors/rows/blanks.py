"""Text whose columns are parted by blanks, as ``pdftotext -layout`` leaves it.

Every char has its place on such a page: it is laid out like a page of paper without rulings, an ideograph one or two columns wide.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest

from extract.doors.rows.doubt import DOUBTFUL, with_doubts
from extract.doors.rows.wrapped import Piece, rows_joined
from extract.paper.model import Line, Page, PageLayout, TablePart, Word, compact
from extract.paper.page_layout import lay_out, running

_COLUMN = 7.0  # points: width of half an ideograph of the size below
_LEADING = 18.0  # so far apart that no line is the rest of another's cell
_SIZE = 10.0
_FIELDS = re.compile(r"\S(?:.*?\S)??(?=\s{2,}|$)")
_FIGURE = re.compile(r"^[-−(（]?\d[\d,，]*(\.\d+)?[)）]?%?$")
_FIGURES = re.compile(r"(?<!\S)[-−(（]?\d[\d,，]*\.?\d*[)）]?(?!\S)")
_PIECES = re.compile(r"\s+|\S+")
_PAGE_NUMBER = re.compile(r"^[-—–\s]*\d{1,4}[-—–\s]*$")
_MONEY = re.compile(r"\d[,，]\d{3}|\d\.\d")
_OFTEN = 2  # rows
_LABEL = 4  # chars
_AROUND = 12  # lines
_APART = 0.7  # columns
_CODE_APART = 1.3  # columns: of a code from the name right behind it
_NEAR = 3  # rows
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
    wide = _ideograph(text)
    blocks: list[Line | TablePart] = []
    above: TablePart | None = None
    last: Line | TablePart | None = None
    for number, lines in enumerate(_pages(text), start=1):
        page = _page(number, lines, wide)
        content = lay_out(page, above)
        if above is not None and _glued(content):  # each page has blanks of its own: its columns may stand elsewhere
            content = min(content, lay_out(page), key=_glued)
        above = running(content)
        found = [_without_paper(block) for block in content.blocks if not _is_furniture(block)]
        if found and isinstance(last, TablePart):
            found[0] = _going_on(last, found[0])
        last = found[-1] if found else last
        blocks.extend(found)
    return blocks


def _is_furniture(block: Line | TablePart) -> bool:
    return isinstance(block, Line) and (block.furniture or _PAGE_NUMBER.match(block.text) is not None)


def _going_on(above: TablePart, block: Line | TablePart) -> Line | TablePart:
    """A table at the head of a page with the edges of the one that ends the page before, if it goes on with it.

    Each page has blanks of its own, so edges say nothing: the header is printed again, or there is none.
    """
    if isinstance(block, Line):
        return block
    if len(block.xs) < len(above.xs) and not _header(block) and _kinds(block) == _kinds(above)[: len(block.xs) - 1]:
        # its last columns are blank, and blanks say nothing of them: which ones are, is not certain
        cells = [replace(c, marks=(*{*c.marks, DOUBTFUL},)) if c.text else c for c in block.cells]
        return replace(block, xs=above.xs, cells=cells)
    if len(block.xs) != len(above.xs) or _header(block) not in ("", _header(above)):
        return block
    return replace(block, xs=above.xs)


def _kinds(table: TablePart) -> list[bool]:
    """Of each column: do money figures stand in it?"""
    money = {cell.col for cell in table.cells if _is_money(cell.text)}
    return [col in money for col in range(len(table.xs) - 1)]


def _is_money(text: str) -> bool:
    return _FIGURE.match(text) is not None and _MONEY.search(text) is not None


def _header(table: TablePart) -> str:
    """Text of the rows above the first figure, blanks removed."""
    first = min((cell.row for cell in table.cells if _FIGURE.match(cell.text)), default=table.nrows)
    return compact("".join(cell.text for cell in table.cells if cell.row < first))


def _glued(content: PageLayout) -> int:
    """How many cells hold two figures."""
    tables = (block for block in content.blocks if isinstance(block, TablePart))
    return sum(len(_FIGURES.findall(cell.text)) > 1 for table in tables for cell in table.cells)


def _ideograph(text: str) -> int:
    """How many columns an ideograph takes: tools count one or two.  The count that stands more figures on one edge."""
    return max((2, 1), key=lambda wide: _on_one_edge(text, wide))


def _on_one_edge(text: str, wide: int) -> int:
    """How many figures of a page end in the same column as another one does a few lines above."""
    count = 0
    for page in text.split("\f"):
        recent: list[set[int]] = []
        for line in page.splitlines():
            ends = set()
            for match in _FIGURES.finditer(line.expandtabs()):
                ends.add(sum(_columns(c, wide) for c in line.expandtabs()[: match.end()]))
            if ends:
                count += sum(any(end in row for row in recent[-_NEAR:]) for end in ends)
                recent.append(ends)
    return count


def _columns(char: str, wide: int) -> int:
    return wide if unicodedata.east_asian_width(char) in "WF" else 1


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


def _page(number: int, lines: list[str], wide: int) -> Page:
    rows = rows_joined([_placed(line, wide) for line in lines])
    lefts = Counter(left for row in rows for left in _lefts(row))
    rows = [_pulled(row, lefts) for row in rows]
    rows = [_beside_codes(row, rows[max(i - _AROUND, 0) : i + _AROUND]) for i, row in enumerate(rows)]
    words = [w for i, row in enumerate(rows) for w in _words(row, _MARGIN + i * _LEADING)]
    width = max((w.x1 for w in words), default=0.0) + 50
    return Page(number, width, 2 * _MARGIN + len(lines) * _LEADING, words, [], [])


def _placed(line: str, wide: int) -> list[Piece]:
    pieces: list[Piece] = []
    col = 0
    for text in _PIECES.findall(line.expandtabs()):
        end = col + sum(_columns(char, wide) for char in text)
        if not text.isspace():
            pieces.append(Piece(text, col, end))
        col = end
    return pieces


def _lefts(row: list[Piece]) -> list[int]:
    """Where words behind room for another column begin."""
    befores = [0, *(piece.end for piece in row)]
    return [p.start for end, p in zip(befores, row, strict=False) if p.start - end > 1 and not _is_figure(p)]


def _is_figure(piece: Piece) -> bool:
    return _FIGURES.fullmatch(piece.text) is not None


def _pulled(row: list[Piece], lefts: Counter[int]) -> list[Piece]:
    """The row with figure and name back where they stand in the rows around.

    A long figure right before the names of the next panel pushes its name to the right, and stands over the others.
    """
    row = list(row)
    for i in range(1, len(row)):
        figure, name = row[i - 1], row[i]
        if not _MONEY.search(figure.text) or not _is_figure(figure) or _is_figure(name) or name.start - figure.end != 1:
            continue
        left = max(range(figure.start, name.start), key=lambda col: (lefts[col], col))
        shift = name.start - left
        if lefts[left] >= _OFTEN and figure.start - shift > (row[i - 2].end if i > 1 else -1):
            row[i - 1] = Piece(figure.text, figure.start - shift, figure.end - shift)
            row[i] = Piece(name.text, left, name.end - shift)
    return row


def _beside_codes(row: list[Piece], around: list[list[Piece]]) -> list[Piece]:
    """The row with a short label that stands in the middle of codes and names, as that of a total, among the names."""
    coded = [r for r in around if len(r) > 2 and r[0].text.isdigit() and not _is_figure(r[1])]
    if len(row) < 2 or len(coded) < _OFTEN or len(row[0].text) > _LABEL or _is_figure(row[0]):
        return row
    label, left = row[0], max(r[1].start for r in coded)
    end = left + label.end - label.start
    between = label.start < left and label.end > min(r[0].end for r in coded) - 1 and _is_figure(row[1])
    return [Piece(label.text, left, end), *row[1:]] if between and end < row[1].start else row


def _words(row: list[Piece], top: float) -> Iterator[Word]:
    """Words between blanks; in a row of figures a blank behind a figure is wide enough to part columns."""
    figures = sum(map(_is_figure, row)) > 1
    money = any(_is_figure(piece) and _MONEY.search(piece.text) for piece in row)
    for piece, after in zip_longest(row, row[1:]):
        apart = _APART if figures and _is_figure(piece) else 0.0
        if money and after and piece.text.isdigit() and not _is_figure(after) and after.start - piece.end == 1:
            apart = _CODE_APART
        yield _word(piece.text, piece.start, max(piece.end - apart, piece.start + _APART), top)


def _word(text: str, start: int, end: float, top: float) -> Word:
    return Word(text, 20 + start * _COLUMN, top, 20 + end * _COLUMN, top + _SIZE)


def _without_paper(block: Line | TablePart) -> Line | TablePart:
    if isinstance(block, Line):
        return replace_line(block)
    block = with_doubts(block, _COLUMN)
    cells = [replace(cell, page=None, bbox=None) for cell in block.cells]
    return replace(block, page=None, bbox=None, cells=cells)


def replace_line(line: Line) -> Line:
    """The line without its place on the page."""
    return Line(line.chunks, None, None, 0.0, False)
