"""The third engine: a page that is a picture, to the same layout as any page."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from extract.paper.engines.render import Pictures
from extract.paper.model import BLANK, Box, Page, PageLayout, TablePart, Word
from extract.paper.page_layout import lay_out, running
from extract.paper.scan.dictionary import Dictionary
from extract.paper.scan.grammar import is_dirt
from extract.paper.scan.marking import Marking
from extract.paper.scan.picture import Picture, upright_pictures
from extract.paper.scan.readings import Reading, other_readings, read_all
from extract.paper.scan.segments import Segment
from extract.paper.scan.variants import simplified

_LEGIBLE = 0.8  # mean probability of the characters of a stretch that is surely text
_LEAST_TEXT, _LEAST_SHARE = 1, 0.25  # characters of such stretches, and their share of a page of text
_FEW, _MOST_OF_FEW = 20, 0.6  # of so few characters this share: blots read as a few letters


@dataclass(slots=True)
class Scanner:
    """Reads pages of one PDF from their pictures; ``words`` are names and codes that documents of this kind print."""

    data: bytes
    words: frozenset[str] = frozenset()
    _dictionary: Dictionary = field(init=False, repr=False)
    _pictures: Pictures | None = None
    _last: tuple[int, list[Picture]] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self._dictionary = Dictionary(self.words)

    def page(self, number: int, above: TablePart | None = None) -> list[PageLayout]:
        """Page ``number`` (1-based) recognised and laid out, bare if it is no text; ``above`` as for ``lay_out``.

        The two pages of an open book are two layouts of one number.  Raises ``ExtractError``.
        """
        made: list[PageLayout] = []
        for picture in self._upright(number):
            content = self._read(number, picture, running(made[-1]) if made else above)
            made.append(content)
        return made

    def _read(self, number: int, picture: Picture, above: TablePart | None) -> PageLayout:
        width, height = picture.place.width, picture.place.height
        if picture.blank:
            return PageLayout(number, [], width, height, (BLANK,))
        boxes, readings = read_all(picture.grey, picture.ink, picture.boxes)
        if not _is_text(readings):
            return PageLayout(number, [], width, height)
        words: dict[Word, Reading] = {}
        for box, reading in zip(boxes, simplified(readings), strict=True):
            if is_dirt(reading.text):
                picture.specks.append(box)
            else:
                doubted = reading.doubted or picture.struck(box)
                words[_word(box, reading.text, picture.scale)] = replace(reading, doubted=doubted)
        page = Page(number, width, height, list(words), picture.horizontals, picture.verticals, True)
        content = lay_out(page, None if picture.lies else above)
        Marking(picture, words, self._dictionary).mark(content)
        return content

    def others(self, number: int, box: Box) -> list[str]:
        """Other readings of the cell in ``box`` (points as displayed), the most frequent first; none if it is blank."""
        for picture in self._upright(number):
            mine = list(picture.boxes_in(picture.place.upright(box), picture.boxes))
            if mine:
                return other_readings(picture.grey, mine[0]) if len(mine) == 1 else []
        return []

    def close(self) -> None:
        if self._pictures is not None:
            self._pictures.close()
            self._pictures = None
        self._last = None

    def _upright(self, number: int) -> list[Picture]:
        if self._last is None or self._last[0] != number:
            self._pictures = self._pictures or Pictures(self.data)
            self._last = number, upright_pictures(self._pictures, number)
        return self._last[1]


def _is_text(readings: list[Reading]) -> bool:
    """Is it a page of text?  Of a photograph, or of blots, few characters are read with any certainty."""
    sure = sum(len(r.text) for r in readings if r.mean >= _LEGIBLE)
    every = sum(len(r.text) for r in readings)
    return sure >= max(_LEAST_TEXT, (_LEAST_SHARE if every >= _FEW else _MOST_OF_FEW) * every)


def _word(box: Segment, text: str, scale: float) -> Word:
    """The word, as high as a letter is even where it is a dash."""
    spare = max(box.letter - box.height, 0) / 2
    return Word(text, box.x0 / scale, (box.top - spare) / scale, box.x1 / scale, (box.bottom + spare) / scale)
