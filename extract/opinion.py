"""A second engine's opinion on a page that looks broken in the first one's reading."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace

from extract.cells import OVERFLOWING
from extract.engines.glyphs import NAMELESS
from extract.layout import lay_out
from extract.model import BROKEN, GARBLED, MUTE, Page, PageContent, PageTable

_NAMELESS = re.compile(f"[{NAMELESS}\ue000-\uf8ff]")
SECOND = "第二引擎"  # mark of a cell that the second engine read
# letters with accents and the like, which a font with a wrong table of characters puts among the ideographs
_FOREIGN = re.compile("[\x80-\xa6\xa8-\xaf\xb2-\xb6\xb8-\xd6\xd8-\xf6\xf8-\u024f\ufffd]")
_HAN = re.compile("[\u4e00-\u9fff]")
_GARBLED_LEAST, _GARBLED_SHARE = 8, 0.03  # of the ideographs and foreign characters of a page
_FEW = 3  # nameless glyphs on a page that are no reason to doubt it
_PATIENCE = 5  # opinions that changed nothing before the question is dropped: the document is simply like that


@dataclass(frozen=True, slots=True)
class Flaws:
    """What looks broken on a page, as counts; a reading with less of each is the better one."""

    nameless: int  # glyphs without a character, or with one from a private-use area
    overflowing: int  # numbers that stand over two cells
    unruled: int  # tables without rulings
    foreign: int  # characters that have no place in a Chinese text, if there are many
    unread: int  # the engine could not read the page at all, or none of its text

    def __bool__(self) -> bool:
        return bool(self.nameless > _FEW or self.overflowing or self.unruled or self.foreign or self.unread)


def flaws(page: Page, content: PageContent) -> Flaws:
    tables = [b for b in content.blocks if isinstance(b, PageTable)]
    text = "".join([char.text for char in page.chars])
    nameless = len(_NAMELESS.findall(text))
    foreign = len(_FOREIGN.findall(text))
    if foreign < _GARBLED_LEAST or foreign < _GARBLED_SHARE * (foreign + len(_HAN.findall(text))):
        foreign = 0
    overflowing = sum(OVERFLOWING in cell.marks for table in tables for cell in table.cells)
    unruled = sum(table.origin == "aligned" for table in tables)
    return Flaws(nameless, overflowing, unruled, foreign, int(BROKEN in page.marks or MUTE in page.marks))


@dataclass(slots=True)
class Opinions:
    """Asks ``second`` for its page where the first reading has flaws; keeps the better of the two."""

    second: Callable[[int], Page | None]
    changed: list[int] = field(default_factory=list)  # page numbers
    _in_vain: int = 0

    def better(self, page: Page, content: PageContent, above: PageTable | None = None) -> PageContent:
        """``content`` or the second reading of its page; ``above`` as for ``lay_out``."""
        found = flaws(page, content)
        if found and self._in_vain < _PATIENCE:
            other = self.second(page.number)
            if other is not None and len(other.chars) > 0:
                reading = lay_out(other, above)
                its = flaws(other, reading)
                if _beats(its, found):
                    self.changed.append(page.number)
                    self._in_vain = 0
                    return _told(_marked(reading), its)
            self._in_vain += 1
        return _told(content, found)


def _beats(a: Flaws, b: Flaws) -> bool:
    if b.unread:
        return True
    if any(getattr(a, f.name) > getattr(b, f.name) for f in fields(a)):
        return False
    return a != b


def _told(content: PageContent, found: Flaws) -> PageContent:
    if found.foreign:
        content.marks = (*content.marks, GARBLED)
    return content


def _marked(content: PageContent) -> PageContent:
    for table in content.blocks:
        if isinstance(table, PageTable):
            table.cells = [replace(cell, marks=(*cell.marks, SECOND)) for cell in table.cells]
    return content
