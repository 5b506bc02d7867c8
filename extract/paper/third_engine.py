"""The third engine: pages whose text no engine reads, because it is a picture, curves or garbled, are recognised.

What recognises is an optional extra (``extract.paper.scan``), loaded at the first such page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from extract.errors import ExtractError
from extract.paper import scan
from extract.paper.model import BLANK, BROKEN, GARBLED, OPAQUE, Box, Line, Page, PageLayout, TablePart
from extract.paper.page_watch import page_done

if TYPE_CHECKING:
    from extract.paper.scan.scanner import Scanner

OCR = "OCR"  # added to the name of the engine of a document some page of which was recognised


@dataclass(frozen=True, slots=True)
class Recognition:
    """What a caller knows of the pictures to be read.

    ``words`` gives the names and codes that documents of this kind print.
    """

    words: Callable[[], frozenset[str]] = frozenset


@dataclass(slots=True)
class ThirdEngine:
    """Recognises pages of one PDF where that helps; without the extra, none."""

    data: bytes
    how: Recognition = field(default_factory=Recognition)
    read: list[int] = field(default_factory=list)  # numbers of the pages that were recognised
    blank: list[int] = field(default_factory=list)  # of pages whose picture shows nothing
    _scanner: Scanner | None = None

    def better(self, page: Page, content: PageLayout, above: TablePart | None = None) -> list[PageLayout]:
        """``content``, or what recognition makes of its page, which may be two of an open book; ``above`` as for ``lay_out``."""
        if not unread(page, content) or not scan.available():
            return [content]
        try:
            recognised = self._open().page(page.number, above)
        except ExtractError:
            return [content]
        finally:
            page_done(page.number)
        if all(BLANK in part.marks for part in recognised):
            self.blank.append(page.number)
        if not any(map(prints, recognised)):
            return [content]
        self.read.append(page.number)
        return recognised

    def others(self, number: int, box: Box) -> list[str]:
        """Other readings of the cell in ``box`` of a recognised page, the most frequent first."""
        try:
            return self._open().others(number, box)
        except ExtractError:
            return []
        finally:
            page_done(number)  # it may have been rendered anew

    def close(self) -> None:
        if self._scanner is not None:
            self._scanner.close()

    def _open(self) -> Scanner:
        if self._scanner is None:
            from extract.paper.scan.scanner import Scanner

            self._scanner = Scanner(self.data, self.how.words())
        return self._scanner


def unread(page: Page, content: PageLayout) -> bool:
    """Does the page print more than was read of it?  Not if it is a bomb, or cannot be opened at all."""
    if page.empty or BROKEN in content.marks or OPAQUE in content.marks:
        return False
    if GARBLED in content.marks or not prints(content):
        return True
    # a scan on which a program printed page numbers
    return page.has_images and all(isinstance(block, Line) and block.furniture for block in content.blocks)


def prints(content: PageLayout) -> bool:
    """Does the page hold any text?"""
    return any(isinstance(b, Line) or any(cell.text for cell in b.cells) for b in content.blocks)
