"""A second engine's reading: of pages that look broken in the first one's, and of single cells that do not add up."""

from __future__ import annotations

import gc
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache

from extract.errors import ExtractError
from extract.paper.cpu_limit import CpuLimitReached, address_space, bounded
from extract.paper.engines import Engine, open_engine
from extract.paper.engines.glyphs import NAMELESS
from extract.paper.geometry import turned
from extract.paper.model import BROKEN, GARBLED, MUTE, Box, Document, Page, PageLayout, TablePart
from extract.paper.page_layout import lay_out
from extract.paper.ruled.cells import OVERFLOWING, join_lines
from extract.paper.third_engine import ThirdEngine

_NAMELESS = re.compile(f"[{NAMELESS}\ue000-\uf8ff]")
SECOND = "第二引擎"  # mark of a cell that the second engine read
# letters with accents and of scripts that nobody writes beside Chinese, which a font with a wrong table of characters
# puts among the ideographs; Tibetan, Mongolian, Uyghur, Yi and Korean stand on bilingual pages
_FOREIGN = re.compile(
    "[\x80-\xa2\xa4\xa6\xa8-\xaf\xb2-\xb6\xb8-\xd6\xd8-\xf6\xf8-\u024f\u0370-\u05ff\u0700-\u0eff\u1000-\u17ff\ufffd]"
)
_HAN = re.compile("[\u4e00-\u9fff]")
_SYMBOL = re.compile(
    r"""[!"#$&'’;<>?@\\^`{|}~]"""
)  # the first codes of a font without a table of characters, given as they are
_SYMBOL_SHARE = 0.1  # of the characters of a page
_GARBLED_LEAST, _GARBLED_SHARE = 8, 0.03  # of the ideographs and foreign characters of a page
_NAMELESS_SHARE = 0.2  # of the characters of a page: with more nameless glyphs it says nothing
_RARE_SHARE = 0.3  # of the ideographs of a page: a text holds fewer that are not common, a wrong table many
_FEW = 3  # nameless glyphs on a page that are no reason to doubt it
_IN_VAIN = 5  # opinions that changed nothing before the question is dropped: the document is simply like that
_IN_VAIN_UNRULED = 2  # the same for tables without rulings: engines seldom differ in what is drawn
_MOST_PAGES = 20  # of one document that are read a second time for single cells
_CPU_LIMIT = 6.0  # CPU seconds that a second opinion on one page may take: twenty times the usual
_MEMORY = 384 << 20  # bytes of address space, more than the first reading took


@dataclass(frozen=True, slots=True)
class Flaws:
    """What looks broken on a page, as counts; a reading with less of each is the better one."""

    nameless: int  # glyphs without a character, or with one from a private-use area
    overflowing: int  # numbers that stand over two cells
    unruled: int  # tables without rulings
    foreign: int  # characters that have no place in a Chinese text, if there are many
    unread: int  # the engine could not read the page at all, or none of its text

    def __bool__(self) -> bool:
        return self.in_text or bool(self.unruled)

    @property
    def in_text(self) -> bool:
        """Is more wrong than that rulings are missed?"""
        return bool(self.nameless > _FEW or self.overflowing or self.foreign or self.unread)


def flaws(page: Page, content: PageLayout) -> Flaws:
    tables = [b for b in content.blocks if isinstance(b, TablePart)]
    text = "".join([char.text for char in page.words])
    nameless = len(_NAMELESS.findall(text))
    foreign = _foreign(text)
    if nameless >= max(_GARBLED_LEAST, _NAMELESS_SHARE * len(text)):
        foreign = max(foreign, nameless)
    overflowing = sum(OVERFLOWING in cell.marks for table in tables for cell in table.cells)
    unruled = sum(table.origin == "aligned" for table in tables)
    return Flaws(nameless, overflowing, unruled, foreign, int(BROKEN in page.marks or MUTE in page.marks))


def _foreign(text: str) -> int:
    """How many characters have no place in a Chinese text; 0 for so few that they may."""
    counts = Counter(text)
    distinct = "".join(counts)  # a page prints a few hundred of them
    han = _HAN.findall(distinct)
    ideographs, rare = sum(counts[c] for c in han), sum(counts[c] for c in han if not _common(c))
    foreign, symbols = (sum(counts[c] for c in pattern.findall(distinct)) for pattern in (_FOREIGN, _SYMBOL))
    if symbols >= max(_GARBLED_LEAST, _SYMBOL_SHARE * len(text)):
        foreign += symbols
    found = foreign if foreign >= max(_GARBLED_LEAST, _GARBLED_SHARE * (foreign + ideographs)) else 0
    return found + (rare if rare >= max(_GARBLED_LEAST, _RARE_SHARE * ideographs) else 0)


@lru_cache(maxsize=1 << 14)
def _common(ideograph: str) -> bool:
    """Is it one of the common ideographs of GB 2312 or, for traditional ones, of Big5: their first levels?"""
    simplified, traditional = (ideograph.encode(code, "ignore")[:1] for code in ("gb2312", "big5"))
    return b"\xb0" <= simplified <= b"\xd7" or b"\xa4" <= traditional <= b"\xc6"


@dataclass(slots=True)
class Opinions:
    """Asks ``second`` for its page where the first reading has flaws; keeps the better of the two."""

    second: Callable[[int], Page | None]
    changed: list[int] = field(default_factory=list)  # page numbers
    _in_vain: Counter[bool] = field(default_factory=Counter)  # by whether more was wrong than missing rulings

    def better(self, page: Page, content: PageLayout, above: TablePart | None = None) -> PageLayout:
        """``content`` or the second reading of its page; ``above`` as for ``lay_out``."""
        found = flaws(page, content)
        if found and self._in_vain[found.in_text] < (_IN_VAIN if found.in_text else _IN_VAIN_UNRULED):
            other = self.second(page.number)
            if other is not None and len(other.words) > 0:
                other.printed = page.printed
                reading = lay_out(other, above)
                its = flaws(other, reading)
                if _beats(its, found):
                    self.changed.append(page.number)
                    self._in_vain.clear()
                    return _with_findings(_marked(reading), its)
            self._in_vain[found.in_text] += 1
        return _with_findings(content, found)


def _beats(a: Flaws, b: Flaws) -> bool:
    if b.unread:
        return True
    if any(getattr(a, f.name) > getattr(b, f.name) for f in fields(a)):
        return False
    return a != b


def _with_findings(content: PageLayout, found: Flaws) -> PageLayout:
    if found.foreign:
        content.marks = (*content.marks, GARBLED)
    return content


def _marked(content: PageLayout) -> PageLayout:
    for table in content.blocks:
        if isinstance(table, TablePart):
            table.cells = [replace(cell, marks=(*cell.marks, SECOND)) for cell in table.cells]
    return content


def other_engine(engine: str) -> str:
    """The engine that gives the second reading."""
    return "plumber" if engine == "pdfium" else "pdfium"


class SecondEngine:
    """The other engine, opened at the first question, and not asked for longer than it is worth."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        self._data = data
        self._engine: Engine | None = None
        self._refused = False
        self._ceiling = 0

    def page(self, number: int) -> Page | None:
        """Its reading of a page; ``None`` where it has none, or none soon."""
        if self._refused:
            return None
        try:
            self._ceiling = self._ceiling or address_space() + _MEMORY
            with bounded(_CPU_LIMIT, self._ceiling):
                if self._engine is None:
                    self._engine = open_engine(self.name, self._data)
                return self._engine.page(number) if number <= self._engine.page_count() else None
        except (CpuLimitReached, MemoryError):
            self._refused = True
        except ExtractError:
            self._refused = self._engine is None
        if self._refused:
            self.close()
        gc.collect()  # pdfminer wraps a MemoryError, too; what it had in hand goes in circles
        return None

    def close(self) -> None:
        if self._engine is not None:
            self._engine.close()
            self._engine = None


class CellReader:
    """A second reading of single cells, for numbers that do not add up."""

    def __init__(self, document: Document, data: bytes) -> None:
        self._second = self._third = None
        engine = document.engine.partition("+")[0]
        if engine in ("pdfium", "plumber"):
            self._second = SecondEngine(other_engine(engine), data)
        self._recognised = frozenset(document.recognised)
        if self._recognised:
            self._third = ThirdEngine(data)
        self._pages: dict[int, Page | None] = {}

    def __enter__(self) -> CellReader:
        return self

    def __exit__(self, *_: object) -> None:
        for engine in (self._second, self._third):
            if engine is not None:
                engine.close()

    def others(self, page: int | None, box: tuple[float, float, float, float] | None) -> list[str]:
        """Other readings of a cell that was recognised, the most frequent first; none of any other cell."""
        if self._third is None or page not in self._recognised or page is None or box is None:
            return []
        return self._third.others(page, Box(*box))

    def confirm(self, page: int | None, box: tuple[float, float, float, float] | None, text: str) -> bool | None:
        """Does the second engine read the same digits in the cell?  ``None`` where it cannot say."""
        if page in self._recognised:
            others = self.others(page, box)
            return _digits(others[0]) == _digits(text) if others else None
        if self._second is None or page is None or box is None:
            return None
        if page not in self._pages:
            if len(self._pages) >= _MOST_PAGES:
                return None
            self._pages[page] = self._second.page(page)
        reading = self._pages[page]
        if reading is None:
            return None
        displayed = (reading.height, reading.width) if reading.turn % 2 else (reading.width, reading.height)
        x0, top, x1, bottom = turned(box, reading.turn, *displayed)
        mine = [c for c in reading.words if x0 <= (c.x0 + c.x1) / 2 <= x1 and top <= (c.top + c.bottom) / 2 <= bottom]
        return _digits(join_lines(mine)) == _digits(text)


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit() or c in ".-")
