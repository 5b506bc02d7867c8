"""A second engine's opinion on a page that looks broken in the first one's reading."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from extract.cells import OVERFLOWING
from extract.engines.glyphs import NAMELESS
from extract.layout import lay_out
from extract.model import BROKEN, MUTE, Page, PageContent, PageTable

_NAMELESS = re.compile(f"[{NAMELESS}\ue000-\uf8ff]")
SECOND = "第二引擎"  # mark of a cell that the second engine read
_FEW = 3  # nameless glyphs on a page that are no reason to doubt it
_PATIENCE = 5  # opinions that changed nothing before the question is dropped: the document is simply like that


@dataclass(frozen=True, slots=True)
class Flaws:
    """What looks broken on a page, as counts; a reading with less of each is the better one."""

    nameless: int  # glyphs without a character, or with one from a private-use area
    overflowing: int  # numbers that stand over two cells
    unruled: int  # tables without rulings
    unread: int  # the engine could not read the page at all, or none of its text

    def __bool__(self) -> bool:
        return bool(self.nameless > _FEW or self.overflowing or self.unruled or self.unread)


def flaws(page: Page, content: PageContent) -> Flaws:
    tables = [b for b in content.blocks if isinstance(b, PageTable)]
    nameless = len(_NAMELESS.findall("".join([char.text for char in page.chars])))
    overflowing = sum(OVERFLOWING in cell.marks for table in tables for cell in table.cells)
    unruled = sum(table.origin == "aligned" for table in tables)
    return Flaws(nameless, overflowing, unruled, int(BROKEN in page.marks or MUTE in page.marks))


@dataclass(slots=True)
class Opinions:
    """Asks ``second`` for its page where the first reading has flaws; keeps the better of the two."""

    second: Callable[[int], Page | None]
    changed: list[int] = field(default_factory=list)  # page numbers
    _in_vain: int = 0

    def better(self, page: Page, content: PageContent) -> PageContent:
        found = flaws(page, content)
        if not found or self._in_vain >= _PATIENCE:
            return content
        other = self.second(page.number)
        if other is not None and len(other.chars) > 0:
            reading = lay_out(other)
            if _beats(flaws(other, reading), found):
                self.changed.append(page.number)
                self._in_vain = 0
                return _marked(reading)
        self._in_vain += 1
        return content


def _beats(a: Flaws, b: Flaws) -> bool:
    if b.unread:
        return True
    if a.nameless > b.nameless or a.overflowing > b.overflowing or a.unruled > b.unruled:
        return False
    return a != b


def _marked(content: PageContent) -> PageContent:
    for table in content.blocks:
        if isinstance(table, PageTable):
            table.cells = [replace(cell, marks=(*cell.marks, SECOND)) for cell in table.cells]
    return content
