"""The third engine: a page that is a picture, to the same layout as any page."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field, replace

import numpy as np

from extract.paper.engines.render import Pictures
from extract.paper.geometry import turned
from extract.paper.model import BLANK, Box, Cell, Page, PageLayout, Ruling, TablePart, Word
from extract.paper.page_layout import lay_out
from extract.paper.ruled.grid import find_grids
from extract.paper.scan.crops import strip_of
from extract.paper.scan.dictionary import Dictionary, Slip
from extract.paper.scan.grammar import DASH, dashes, is_dirt, odd_ones, separated
from extract.paper.scan.models import Grey, Letter, recogniser
from extract.paper.scan.raster import Sheet, flat_grey, ink_of, scale_of, skew_of, turned_by
from extract.paper.scan.raster_rulings import blots_of, rulings_of
from extract.paper.scan.readings import FIRST, SURE_TEXT, Reading, other_readings, read_all
from extract.paper.scan.segments import Segment, fences_of, segments, text_ink

OCR, DOUBTED, BY_WORD = "OCR", "OCR存疑", "OCR词典"  # marks of cells
_ASKED = 8  # lines of a page that tell which way is up
_UPRIGHT = 0.8  # mean probability of characters that are read the right way up
_LEVEL, _WIDER = 0.4, 1.6  # share of upright text in lines this much wider than high
_TELLING = 8.0  # letters: a line that tells, and costs little
_LEGIBLE = 0.8  # mean probability of the characters of a stretch that is surely text
_BLANK_SHARE = 0.0005  # of a page: less ink than this is dirt
_LEAST_TEXT, _LEAST_SHARE = 1, 0.25  # characters of such stretches, and their share of a page of text
_FEW, _MOST_OF_FEW = 20, 0.6  # of so few characters this share: blots read as a few letters
_MOST_TEXT = 3000  # stretches of text on one page: more is a photograph


@dataclass(slots=True)
class Picture:
    """A page made upright: its picture without rulings, its rulings in points, its stretches of text."""

    grey: Grey
    ink: Grey
    scale: float
    unit: float  # points of the page for one of its paper
    turn: int
    angle: float
    horizontals: list[Ruling]
    verticals: list[Ruling]
    boxes: list[Segment]
    specks: list[Segment]
    blots: Grey  # 255 where a hole or a blot may hide something

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in points of the paper, upright."""
        height, width = self.grey.shape
        return width / self.scale, height / self.scale

    def blotted(self, box: Box) -> bool:
        """Does a blot reach into ``box`` (points, upright)?"""
        x0, top, x1, bottom = (max(round(v * self.scale), 0) for v in box)
        return bool(self.blots[top:bottom, x0:x1].any())


@dataclass(slots=True)
class Scanner:
    """Reads pages of one PDF from their pictures; ``words`` are names and codes that documents of this kind print."""

    data: bytes
    words: frozenset[str] = frozenset()
    _dictionary: Dictionary = field(init=False, repr=False)
    _pictures: Pictures | None = None
    _last: tuple[int, Picture] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self._dictionary = Dictionary(self.words)

    def page(self, number: int, above: TablePart | None = None) -> PageLayout:
        """Page ``number`` (1-based) recognised and laid out, bare if it is no text; ``above`` as for ``lay_out``.

        Raises ``ExtractError``.
        """
        picture = self._picture(number)
        if not picture.boxes and not picture.horizontals and _is_paper(picture):
            return PageLayout(number, [], *picture.size, (BLANK,))
        boxes, readings = read_all(picture.grey, picture.ink, picture.boxes)
        if not _is_text(readings):
            return PageLayout(number, [], *picture.size)
        width, height = picture.size
        words: dict[Word, Reading] = {}
        for box, reading in zip(boxes, readings, strict=True):
            if is_dirt(reading.text):
                picture.specks.append(box)
            else:
                words[_word(box, reading.text, picture.scale)] = reading
        page = Page(number, width, height, list(words), picture.horizontals, picture.verticals, True, turn=picture.turn)
        content = lay_out(page, above)
        _Marking(picture, words, self._dictionary).mark(content)
        return content

    def others(self, number: int, box: Box) -> list[str]:
        """Other readings of the cell in ``box`` (points as displayed), the most frequent first; none if it is blank."""
        picture = self._picture(number)
        x0, top, x1, bottom = _upright(box, picture)
        mine = [
            s for s in picture.boxes
            if x0 <= (s.x0 + s.x1) / 2 / picture.scale <= x1 and top <= (s.top + s.bottom) / 2 / picture.scale <= bottom
        ]  # fmt: skip
        return other_readings(picture.grey, mine[0]) if len(mine) == 1 else []

    def close(self) -> None:
        if self._pictures is not None:
            self._pictures.close()
            self._pictures = None
        self._last = None

    def _picture(self, number: int) -> Picture:
        if self._last is None or self._last[0] != number:
            self._pictures = self._pictures or Pictures(self.data)
            self._last = number, _upright_picture(self._pictures, number)
        return self._last[1]


def _upright_picture(pictures: Pictures, number: int) -> Picture:
    scale, unit = scale_of(*pictures.size(number))
    inch = scale * unit * 72
    grey = flat_grey(pictures.render(number, scale), inch)
    angle = skew_of(ink_of(grey))
    grey = turned_by(grey, angle)
    best: tuple[float, Picture] | None = None
    for turn in (0, 2, 1, 3):
        found = _taken_apart(np.ascontiguousarray(np.rot90(grey, -turn)), scale * unit, unit, turn, angle)
        sure, level = _legible(found), _levelled(found.boxes)
        if best is None or sure * level > best[0]:
            best = sure * level, found
        if sure >= _UPRIGHT and level >= _LEVEL:
            break
    assert best is not None
    return best[1]


def _taken_apart(grey: Grey, scale: float, unit: float, turn: int, angle: float) -> Picture:
    sheet = Sheet(grey, ink_of(grey), scale)
    blots = blots_of(sheet.ink, sheet.inch)
    horizontals, verticals, covered = rulings_of(sheet, blots)
    height, width = grey.shape
    bare = Page(1, width / scale, height / scale, [], horizontals, verticals)
    cells = [
        (grid.xs[c], grid.ys[r], grid.xs[c + cols], grid.ys[r + rows])
        for grid in find_grids(bare)
        for r, c, rows, cols in grid.spans
    ]
    ink = text_ink(sheet, covered)
    boxes, specks = segments(ink, fences_of(covered, cells, scale), sheet.inch)
    if len(boxes) > _MOST_TEXT:
        boxes = []
    clean = np.where(covered > 0, np.uint8(255), grey)
    return Picture(clean, ink, scale, unit, turn, angle, horizontals, verticals, boxes, specks, blots)


def _legible(picture: Picture) -> float:
    """Mean probability of the characters of some lines, long ones if there are any; 1 where there are none."""
    if not picture.boxes:
        return 1.0
    long = sorted(picture.boxes, key=lambda b: abs(b.width / b.letter - _TELLING))
    found = recogniser().read([strip_of(picture.grey, box, *FIRST) for box in long[:_ASKED]])
    return float(np.median([r.mean for r in found]))


def _levelled(boxes: list[Segment]) -> float:
    """Share of the page's text that stands in lines wider than high; letters of a page on its side stand alone."""
    areas = [(b.width * b.height, b.width > _WIDER * b.height) for b in boxes]
    return (sum(area for area, wide in areas if wide) + 1) / (sum(area for area, _ in areas) + 1)


def _is_paper(picture: Picture) -> bool:
    """Is there next to no ink on the page?"""
    return bool(np.count_nonzero(picture.ink) < _BLANK_SHARE * picture.ink.size)


def _is_text(readings: list[Reading]) -> bool:
    """Is it a page of text?  Of a photograph, or of blots, few characters are read with any certainty."""
    sure = sum(len(r.text) for r in readings if r.mean >= _LEGIBLE)
    every = sum(len(r.text) for r in readings)
    return sure >= max(_LEAST_TEXT, (_LEAST_SHARE if every >= _FEW else _MOST_OF_FEW) * every)


def _word(box: Segment, text: str, scale: float) -> Word:
    """The word, as high as a letter is even where it is a dash."""
    spare = max(box.letter - box.height, 0) / 2
    return Word(text, box.x0 / scale, (box.top - spare) / scale, box.x1 / scale, (box.bottom + spare) / scale)


@dataclass(slots=True)
class _Marking:
    """Says of each cell of a page that it was recognised, and which are doubted."""

    picture: Picture
    words: dict[Word, Reading]
    dictionary: Dictionary

    def mark(self, content: PageLayout) -> None:
        for table in content.blocks:
            if isinstance(table, TablePart):
                table.cells = [self._marked(cell) for cell in table.cells]
                _read_dashes(table)
                _doubt_odd(table)
                for cell in table.cells:
                    if cell.bbox is not None:
                        cell.bbox = _as_displayed(cell.bbox, self.picture)

    def _marked(self, cell: Cell) -> Cell:
        box = cell.bbox
        if box is None:
            return replace(cell, marks=(*cell.marks, OCR))
        if self.picture.turn:
            width, height = self.picture.size
            shown = (height, width) if self.picture.turn % 2 else (width, height)
            box = Box(*turned(box, self.picture.turn, *shown))
        mine = [r for w, r in self.words.items() if _inside(box, (w.x0 + w.x1) / 2, (w.top + w.bottom) / 2)]
        scale = self.picture.scale
        speck = not cell.text and any(
            _inside(box, (s.x0 + s.x1) / 2 / scale, (s.top + s.bottom) / 2 / scale) for s in self.picture.specks
        )
        dirty = speck or self.picture.blotted(box)
        if not cell.text and not dirty:
            return cell
        doubted = dirty or any(r.doubted for r in mine)
        sure = min((r.confidence for r in mine), default=None)
        letters = _letters_of(cell.text, mine)
        slip = self.dictionary.slip(letters)
        if slip is not None:
            text = _with(cell.text, slip)
            doubted = dirty or min(x.sure for i, x in enumerate(letters) if i != slip.at) < SURE_TEXT
            cell = replace(cell, text=text, first=cell.text, marks=(*cell.marks, BY_WORD))
        return replace(cell, marks=(*cell.marks, OCR, *([DOUBTED] if doubted else [])), confidence=sure)


def _letters_of(text: str, readings: list[Reading]) -> list[Letter]:
    """The characters of a cell without blanks, in printed order; none where the readings do not make up its text."""
    left, letters, rest = list(readings), [], "".join(text.split())
    while rest:
        pieces = [r for r in left if r.letters and rest.startswith("".join(r.text.split()))]
        if not pieces:
            return []
        piece = max(pieces, key=lambda r: len(r.text))
        left.remove(piece)
        rest = rest[len("".join(piece.text.split())) :]
        letters += [letter for letter in piece.letters if not letter.text.isspace()]
    return letters


def _with(text: str, slip: Slip) -> str:
    """``text`` with one character put right; its blanks do not count."""
    at = [i for i, character in enumerate(text) if not character.isspace()][slip.at]
    return text[:at] + slip.character + text[at + 1 :]


def _inside(box: Box, x: float, y: float) -> bool:
    return box.x0 <= x <= box.x1 and box.top <= y <= box.bottom


def _read_dashes(table: TablePart) -> None:
    """A level stroke alone in a column of numbers is a dash, though it is read as the numeral one."""
    for cells in _columns(table):
        for i in dashes([cell.text for cell in cells]):
            cells[i].text = DASH


def _columns(table: TablePart) -> list[list[Cell]]:
    """The filled cells of each column that span no other."""
    columns: dict[int, list[Cell]] = defaultdict(list)
    for cell in table.cells:
        if cell.colspan == 1 and cell.text:
            columns[cell.col].append(cell)
    return list(columns.values())


def _doubt_odd(table: TablePart) -> None:
    """Doubt the numbers that break the habits of their column."""
    for cells in _columns(table):
        texts = [cell.text if "\n" in cell.text else separated(cell.text)[0] for cell in cells]
        for i in odd_ones(texts):
            if DOUBTED not in cells[i].marks:
                cells[i].marks = (*cells[i].marks, DOUBTED)


def _spun(x: float, y: float, angle: float, middle: tuple[float, float]) -> tuple[float, float]:
    """A point turned clockwise by ``angle`` degrees about ``middle``."""
    sine, cosine = math.sin(math.radians(angle)), math.cos(math.radians(angle))
    dx, dy = x - middle[0], y - middle[1]
    return middle[0] + cosine * dx - sine * dy, middle[1] + sine * dx + cosine * dy


def _askew(box: Box, angle: float, middle: tuple[float, float]) -> Box:
    """The level box through the middles of the edges of ``box`` once it is turned."""
    left, right = _spun(box.x0, box.y_mid, angle, middle)[0], _spun(box.x1, box.y_mid, angle, middle)[0]
    top, bottom = _spun(box.x_mid, box.top, angle, middle)[1], _spun(box.x_mid, box.bottom, angle, middle)[1]
    return Box(left, top, right, bottom)


def _shown_middle(picture: Picture) -> tuple[float, float]:
    width, height = picture.size
    return (height / 2, width / 2) if picture.turn % 2 else (width / 2, height / 2)


def _as_displayed(box: Box, picture: Picture) -> Box:
    """From the level picture to points of the page as displayed; quarter turns are undone already."""
    return Box(*(v * picture.unit for v in _askew(box, picture.angle, _shown_middle(picture))))


def _upright(box: Box, picture: Picture) -> Box:
    """From points of the page as displayed to the level, upright picture."""
    paper = Box(*(v / picture.unit for v in box))
    level = _askew(paper, -picture.angle, _shown_middle(picture))
    width, height = picture.size
    shown = (height, width) if picture.turn % 2 else (width, height)
    return Box(*turned(level, picture.turn, *shown))
