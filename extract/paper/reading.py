"""A source's bytes to a laid-out document: which engine reads, who is asked when the reading looks broken, and what
is said of pages that cannot be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

from extract.errors import Blank, Damaged, ExtractError, NoTextLayer
from extract.paper.engines import open_engine
from extract.paper.engines.qpdf import Content, Structure, rewrite
from extract.paper.model import BROKEN, OPAQUE, UNREAD, Document, Line, Page, PageLayout
from extract.paper.page_layout import lay_out, loose_rows, running
from extract.paper.second_engine import Opinions, SecondEngine, other_engine

_HEADER, _HEADER_WITHIN = b"%PDF-", 1024  # bytes
_HEADLESS = "文件头缺失或不在开头"
_LOOSE = 2  # lines like rows of a table that stand in none: one may be a sentence
_REWRITTEN = "文件损坏，经 qpdf 重写后读出，可能缺页"


def read_pdf(data: bytes, engine: str) -> Document:
    """Lay out a PDF; what the first engine cannot read goes to the second, then once through qpdf.

    The document says so in its marks.  Raises ``ExtractError`` for what nobody can read.
    """
    headed = _with_header(data)
    try:
        document = _read_pdf(headed, engine)
        if document.unread:
            document = _rewritten(headed, engine, document)
    except Damaged as error:
        document = _salvaged(headed, engine, error)
    if headed is not data:
        document.marks = (_HEADLESS, *document.marks)
    return with_text(document)


def _with_header(data: bytes) -> bytes:
    """``data`` with its header where engines look for it, if objects of a PDF stand in it: mail and web servers put
    lines before a PDF, editors cut its first."""
    if _HEADER in data[:_HEADER_WITHIN] or b"endobj" not in data:
        return data
    start = data.find(_HEADER)
    return data[start:] if start > 0 else b"%PDF-1.4\n" + data


def with_text(document: Document) -> Document:
    """The document, if it prints anything at all; raises ``NoTextLayer`` or ``Blank``."""
    for content in document.pages:
        for block in content.blocks:
            if isinstance(block, Line) or any(cell.text for cell in block.cells):
                return document
    if document.drawn:
        raise NoTextLayer("no page holds any text")
    raise Blank("no page can be read" if document.unread else "every page is blank")


def _salvaged(data: bytes, engine: str, error: Damaged) -> Document:
    """What the second engine, or qpdf, makes of a file that the first engine refuses."""
    other = other_engine(engine)
    with suppress(Damaged):
        document = _read_pdf(data, other)
        document.marks = (f"{engine}不能读，改用{other}", *document.marks)
        return _rewritten(data, engine, document) if document.unread else document
    mended = rewrite(data)
    if mended is None:
        raise error  # nobody can: the first one's reason stands
    document = _read_pdf(mended, engine)
    document.marks = (_REWRITTEN, *document.marks)
    return document


def _rewritten(data: bytes, engine: str, document: Document) -> Document:
    """``document``, or its reading after qpdf has mended the file if that has more to read."""
    mended = rewrite(data)
    if mended is None:
        return document
    with suppress(ExtractError):
        again = _read_pdf(mended, engine)
        again.promised = document.promised
        if again.unread < document.unread:
            again.marks = (_REWRITTEN, *again.marks)
            return again
    return document


def _read_pdf(data: bytes, engine: str) -> Document:
    opened = open_engine(engine, data)
    second, structure = SecondEngine(other_engine(engine), data), Structure(data)
    opinions = Opinions(second.page)
    pages: list[PageLayout] = []
    bare: list[int] = []
    drawn = False
    try:
        for page in opened.pages():
            if page.has_images and not page.words:
                bare.append(page.number)
            drawn = drawn or not page.empty
            _doubt_bare(page, structure)
            above = running(pages[-1]) if pages else None
            content = opinions.better(page, lay_out(page, above), above)
            if loose_rows(content) >= _LOOSE:
                content.marks = (*content.marks, UNREAD)
            pages.append(content)
        count = opened.page_count()
        promised = structure.page_count()
    finally:
        opened.close()
        second.close()
        structure.close()
    marks = tuple(named_pages(opinions.changed, f"改用{second.name}"))
    return Document(pages, count, engine, marks, tuple(bare), promised, drawn)


def _doubt_bare(page: Page, structure: Structure) -> None:
    """Mark a page that shows nothing although its content would: silence is the worst failure."""
    if not page.empty:
        return
    content = structure.content(page.number)
    if content is Content.SOMETHING:
        page.marks = (BROKEN,)  # the second engine is asked
    elif content is Content.UNKNOWN:
        page.marks = (OPAQUE,)  # a bomb, perhaps: nobody else is asked to open it


def named_pages(numbers: Sequence[int | None], what: str) -> Iterator[str]:
    """``第 3、4 页改用plumber``; nothing where there are no pages."""
    if numbers:
        yield f"第 {'、'.join(map(str, numbers))} 页{what}"
