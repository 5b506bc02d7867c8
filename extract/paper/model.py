"""The values that flow from a page of paper to a table.

Coordinates are PDF points on the page as displayed, origin top left; pages count from 1.  A table read
from text has no paper: its boxes and pages are ``None`` and its columns are numbered instead of placed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

BROKEN = "页损坏"  # mark of a page that its engine could not read
GARBLED = "页乱码"  # mark of a page whose text layer names characters that no Chinese document prints
MUTE = "页无字"  # mark of a page whose text the engine sees without reading a single char of it
OPAQUE = "页不明"  # mark of a page that holds more than can be read within bounds: a bomb, paths without end
_MOST_SHIFT = 60.0  # points: mirrored margins move a page by less
BLANK = "页空白"  # mark of a picture that shows nothing but paper
# text, pipes: spans are lost, and in text tabs may be; grid: no paper, but spans are known
Origin = Literal["ruled", "aligned", "text", "pipes", "grid"]
PAPERLESS = frozenset({"text", "pipes", "grid"})
SPANLESS = frozenset({"text", "pipes"})
VALUELESS = "公式未存值"  # begins the mark of a document whose formulas were saved without their values
UNREAD = "表未读"  # mark of a page whose lines hold rows of figures that no table could be made of


class Box(NamedTuple):
    """A box in points: ``x0 <= x1`` and ``top <= bottom``."""

    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def x_mid(self) -> float:
        return (self.x0 + self.x1) / 2

    @property
    def y_mid(self) -> float:
        return (self.top + self.bottom) / 2


def union(boxes: Iterable[Box]) -> Box:
    """The smallest box around ``boxes``; there must be one."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))


class Word(NamedTuple):
    """Printed glyphs that stand together, or one glyph alone, with their advance box; never white space."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float


class Ruling(NamedTuple):
    """A horizontal (``top == bottom``) or vertical (``x0 == x1``) segment."""

    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(slots=True)
class Page:
    """What an engine reads from one page; the engine's own handle is closed already."""

    number: int
    width: float
    height: float
    words: list[Word]
    horizontals: list[Ruling]
    verticals: list[Ruling]
    has_images: bool = False
    marks: tuple[str, ...] = ()
    empty: bool = False  # the engine found nothing on it, not even a background
    # Quarter turns clockwise from the page as displayed to where its text stands upright; 0 but for pages that are
    # displayed lying on their side.  Every coordinate of this page is of the upright one.
    turn: int = 0
    printed: int | None = (
        None  # the number that its foot bears, where the page before or behind bears the one beside it
    )


class Chunk(NamedTuple):
    """Neighbouring words of a line without a wide gap between them."""

    text: str
    bbox: Box


@dataclass(slots=True, eq=False)
class Line:
    """A line of text outside every table: equal to itself only."""

    chunks: tuple[Chunk, ...]
    page: int | None
    bbox: Box | None
    size: float = 0.0
    furniture: bool = False
    level: int = 0  # Markdown heading depth in text input
    text: str = field(init=False)

    def __post_init__(self) -> None:
        self.text = "\t".join([chunk.text for chunk in self.chunks])


@dataclass(slots=True)
class Cell:
    """A printed cell.  ``row`` and ``col`` count from 0 in the table it now belongs to.

    ``indent`` is how far its first line begins to the right of the leftmost text of its column, in heights of its
    letters (an ideographic space is 1, a blank 0.5); in a part of a table, to the right of the column's edge.  It says
    something of names that begin at the left, nothing of words in the middle of their cell; numbers have 0.

    ``lines`` are the heights of the middles of its printed lines; empty where that is not known.  Of a cell that no ruling
    bounds, they say more of its row than its box does.

    ``confidence`` (0 to 1) is that of recognition; ``None`` where the text was not recognised from a picture.
    """

    row: int
    col: int
    rowspan: int
    colspan: int
    text: str
    page: int | None
    bbox: Box | None
    marks: tuple[str, ...] = ()
    indent: float = 0.0
    confidence: float | None = None
    first: str | None = None  # what was read before the dictionary put ``text`` right
    place: str | None = None  # where a source without pages has it: ``Sheet1!B5``, or ``#3!B5`` in its third table
    lines: tuple[float, ...] = ()


@dataclass(slots=True, eq=False)
class TablePart:
    """The part of a table that stands on one page, equal to itself only.

    ``xs`` holds ``ncols + 1`` column boundaries in points (column numbers for text input).
    """

    page: int | None
    bbox: Box | None
    xs: list[float]
    nrows: int
    cells: list[Cell]
    origin: Origin
    gaps: frozenset[int] = frozenset()  # text input: rows that stand after a blank line


@dataclass(slots=True)
class Row:
    """One printed row of a stitched table."""

    cells: list[Cell]
    page: int | None
    repeated: bool = False  # a header printed again on a later page
    marks: tuple[str, ...] = ()


@dataclass(slots=True)
class Table:
    """A table with its pages joined.  Every cell stands in ``rows[cell.row]`` exactly once."""

    xs: list[float]
    rows: list[Row]
    origin: Origin
    _matrix: list[list[Cell | None]] | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def ncols(self) -> int:
        return len(self.xs) - 1

    @property
    def pages(self) -> list[int]:
        return sorted({row.page for row in self.rows if row.page is not None})

    def cells(self) -> Iterator[Cell]:
        for row in self.rows:
            yield from row.cells

    def matrix(self) -> list[list[Cell | None]]:
        """Rows by columns; a spanned cell stands in every place that it covers.  Made once: rows are final."""
        if self._matrix is not None:
            return self._matrix
        width, height = self.ncols, len(self.rows)
        grid: list[list[Cell | None]] = [[None] * width for _ in self.rows]
        for cell in self.cells():
            for r in range(cell.row, min(cell.row + cell.rowspan, height)):
                for c in range(cell.col, min(cell.col + cell.colspan, width)):
                    if grid[r][c] is None or cell.text:
                        grid[r][c] = cell
        self._matrix = grid
        return grid


@dataclass(slots=True)
class PageLayout:
    """The tables and lines of a page in reading order."""

    number: int | None
    blocks: list[Line | TablePart]
    width: float = 0.0
    height: float = 0.0
    marks: tuple[str, ...] = ()


@dataclass(slots=True)
class Document:
    """All that is known of one source before anything about budgets is asked."""

    pages: list[PageLayout]
    page_count: int | None
    engine: str
    marks: tuple[str, ...] = ()
    without_text: tuple[int, ...] = ()  # pages that hold pictures only
    promised: int | None = None  # pages by a second count
    drawn: bool = False  # does any page show something, if only pictures or outlines?
    recognised: tuple[int, ...] = ()  # pages whose text was recognised from their picture

    @property
    def broken(self) -> list[int | None]:
        """Numbers of the pages that could not be read."""
        return [page.number for page in self.pages if BROKEN in page.marks or OPAQUE in page.marks]

    @property
    def garbled(self) -> list[int | None]:
        """Numbers of the pages whose text is not what they print."""
        return [page.number for page in self.pages if GARBLED in page.marks]

    @property
    def valueless(self) -> bool:
        """Were formulas saved without their values?"""
        return any(mark.startswith(VALUELESS) for mark in self.marks)

    @property
    def unread_rows(self) -> bool:
        """Do lines hold rows of figures that no table could be made of?"""
        return any(UNREAD in page.marks for page in self.pages)

    @property
    def missing(self) -> int:
        """How many pages the second count has more than were read."""
        return max((self.promised or 0) - (self.page_count or 0), 0)

    @property
    def unread(self) -> int:
        """Pages that are broken or missing."""
        return len(self.broken) + self.missing


@dataclass(slots=True)
class DocumentResult:
    """What became of one document; small, so that it can cross a process boundary."""

    source: str
    document: str
    status: str
    tables: int = 0
    amounts: int = 0
    pages: int = 0
    error_code: str | None = None
    error: str | None = None
    skipped: bool = False
    settled: bool = False  # skipped, and its row names every file that was given
    held: bool = False  # skipped, and another document holds all of its figures


# The one grammar of printed numbers, in half-width characters and without a currency sign: 3,582.93  9746  -12  (1.00)
_FIGURE = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_NUMBER = re.compile(rf"-?{_FIGURE}|\({_FIGURE}\)")
_DIGIT = re.compile(r"\d")
_WRAPPED = re.compile(r"-?[\d,]+\.(?:\d\n\d|\d{3}\n\d|\d{5}\n\d|\d{4}\n\d\d)")  # between its 2, 4 or 6 decimals
_SPACED_THOUSANDS = re.compile(r"-?[1-9]\d{0,2}(?:[ \xa0]\d{3})+\.\d\d(?:\d\d){0,2}")
_CURRENCY = re.compile(r"^(-?\(?)¥(?=-?[\d.])")
# △ before a number is how accountants print a decrease
_HALF_WIDTH = str.maketrans("０１２３４５６７８９，．－−△▲（）￥", "0123456789,.----()¥")
_NUMERIC = frozenset("0123456789,.-()¥ \n\t\u3000\xa0")
_MOST_DIGITS = 64  # characters: more are no number of anything


def half_width(text: str) -> str:
    """``text`` with the characters that numbers are printed in as ASCII, and ``¥`` for both yuan signs."""
    return text if text.isascii() else text.translate(_HALF_WIDTH)


def one_number(text: str) -> str | None:
    """The number that a cell prints, half-width and without blanks and currency sign; ``None`` if it is not one.

    Thousands are grouped by commas, by single blanks where decimals follow (``1 234.56``), or not at all.  Pieces that a blank or a line break parts are one number only if
    together they are well formed and not each of them is a number: ``3 ,509.3 5`` and ``23,669,472.⏎55`` are,
    ``36,775⏎36,775`` and ``100 200`` are not.  A narrow cell that wraps between its two decimals (``4,013.2⏎7``) prints
    one number.
    """
    if len(text) > _MOST_DIGITS or not _DIGIT.search(text):
        return None
    if _NUMBER.fullmatch(text):
        return text
    text = half_width(text)
    pieces = text.split()
    joined = _CURRENCY.sub(r"\1", "".join(pieces))
    if not _NUMBER.fullmatch(joined):
        return None
    if len(pieces) > 1 and not all(map(_holds_digits, text.split("\n"))):
        return None
    bare = text.strip()
    whole = _WRAPPED.fullmatch(bare) or _SPACED_THOUSANDS.fullmatch(bare) or _letter_spaced(pieces, joined)
    if len(pieces) > 1 and all(_NUMBER.fullmatch(p) for p in pieces) and not whole:
        return None
    return joined


def _letter_spaced(pieces: list[str], joined: str) -> bool:
    """``7 7 3.9 6``: digits that are all set apart, round a point or comma."""
    apart = all(len(p) == 1 or (not p.isdigit() and len(p) <= 3) for p in pieces)
    return len(pieces) > 2 and apart and not joined.isdigit()


def _holds_digits(line: str) -> bool:
    return line.strip() in ("", ")") or any(map(str.isdigit, line))


def unclear_number(text: str) -> bool:
    """Does a cell print figures alone, but not as one well-formed number?  Nobody can say what they are worth."""
    return one_number(text) is None and any(map(str.isdigit, text)) and set(half_width(text)) <= _NUMERIC


def compact(text: str) -> str:
    """Text without any white space."""
    return "".join(text.split())


def common_shift(xs: list[float], others: list[float]) -> float:
    """By how much boundaries stand to the right of ``others`` as a whole, in points; 0 where they do not, or may not.

    Most boundaries must agree after the move, at least three, and more than without it.
    """
    near = [x - other for x in xs for other in others if abs(x - other) <= _MOST_SHIFT]
    votes = Counter(round(d) for d in near)
    if not votes:
        return 0.0
    best = max(votes, key=lambda d: (votes[d - 1] + votes[d] + votes[d + 1], votes[d], -abs(d)))
    agreeing = sorted(d for d in near if abs(d - best) <= 1.5)
    fewer = min(len(xs), len(others))
    unmoved = sum(abs(d) <= 1.5 for d in near)
    if len(agreeing) < max(3, 0.7 * fewer) or len(agreeing) <= unmoved:
        return 0.0
    return agreeing[len(agreeing) // 2]


def same_columns(a: TablePart, b: TablePart) -> bool:
    """Do two parts share their outer edges, as parts of one table do, on pages whose margins may be mirrored?"""
    if a.origin in PAPERLESS or b.origin in PAPERLESS:
        return a.origin == b.origin == "text" or ({a.origin, b.origin} <= {"pipes", "grid"} and len(a.xs) == len(b.xs))
    width = max(a.xs[-1] - a.xs[0], 1.0)
    slack = max(6.0, 0.02 * width)
    shift = common_shift(b.xs, a.xs)
    return abs(a.xs[0] + shift - b.xs[0]) <= slack and abs(a.xs[-1] + shift - b.xs[-1]) <= slack
