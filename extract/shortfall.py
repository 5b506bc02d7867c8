"""What of a document could not be read: its 错误代码, and a line for each thing that is missing."""

from __future__ import annotations

from dataclasses import dataclass

from extract.errors import (
    OCR_LINE,
    PAGE_DAMAGED,
    PAGE_GARBLED,
    PAGE_WITHOUT_TEXT,
    PAGES_MISSING,
    ROWS_UNREAD,
    VALUES_MISSING,
)
from extract.paper.model import Document
from extract.paper.reading import named_pages
from extract.paper.scan import available

_SHORT = 2  # pages of a document whose first one is hardly a cover


@dataclass(frozen=True, slots=True)
class Shortfall:
    """``code`` is of the worst thing that is missing, ``None`` where nothing is; ``ocr``: recognition could mend it."""

    code: str | None
    notes: tuple[str, ...]
    ocr: bool


def shortfall(document: Document, title: str | None) -> Shortfall:
    """What could not be read of a document that is called ``title``."""
    broken, garbled, bare = document.broken, document.garbled, document.without_text
    without = "" if available() else f"，{OCR_LINE} 后可识别"
    notes = [*document.marks, *named_pages(broken, "不能读"), *named_pages(bare, f"只有图像，没有文字{without}")]
    if document.missing:
        notes.append(f"qpdf 数得 {document.promised} 页，只读出 {document.page_count} 页")
    notes.extend(named_pages(garbled, f"文字层不可信，多为乱码{without}"))
    if document.unread_rows:
        notes.append("有成行的数字未能成表，或列位存疑")
    wrong = (
        (PAGE_DAMAGED, broken),
        (PAGES_MISSING, document.missing),
        (PAGE_GARBLED, garbled),
        (PAGE_WITHOUT_TEXT, bare and not _only_cover(document, title)),
        (ROWS_UNREAD, document.unread_rows),
        (VALUES_MISSING, document.valueless),
    )
    return Shortfall(next((code for code, found in wrong if found), None), tuple(notes), bool(bare or garbled))


def _only_cover(document: Document, title: str | None) -> bool:
    """Is the one page that is a picture a cover?  It holds nothing more, if the title is known."""
    return document.without_text == (1,) and title is not None and (document.page_count or 0) > _SHORT
