"""A source's bytes to a laid-out document: which engine reads, who is asked when the reading looks broken, and what
is said of pages that cannot be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

from extract.errors import Blank, Damaged, ExtractError, NoTextLayer
from extract.paper.engines import open_engine
from extract.paper.engines.qpdf import Content, Structure, rewrite
from extract.paper.model import BROKEN, OPAQUE, Document, Page, PageLayout
from extract.paper.page_layout import lay_out, running, with_printed_numbers
from extract.paper.scan import available
from extract.paper.second_engine import Opinions, SecondEngine, other_engine
from extract.paper.third_engine import OCR, Recognition, ThirdEngine, prints

_HEADER, _HEADER_WITHIN = b"%PDF-", 1024  # bytes
_HEADLESS = "文件头缺失或不在开头"
_REWRITTEN = "文件损坏，经 qpdf 重写后读出，可能缺页"


def read_pdf(data: bytes, engine: str, how: Recognition | None = None) -> Document:
    """Lay out a PDF; what the first engine cannot read goes to the second, then once through qpdf.

    Pages without text that can be trusted are recognised, where the extra ``ocr`` is installed.  The document says so in its marks.  Raises ``ExtractError`` for what nobody can read.
    """
    headed = _with_header(data)
    try:
        document = _read_pdf(headed, engine, how)
        if document.unread:
            document = _rewritten(headed, engine, document, how)
    except Damaged as error:
        document = _salvaged(headed, engine, error, how)
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
    if any(prints(content) for content in document.pages):
        return document
    if document.drawn:
        error = NoTextLayer("no page holds any text")
        if available():
            error.advice = "its pages are pictures, or text drawn as outlines, in which nothing legible was recognised"
        raise error
    raise Blank("no page can be read" if document.unread else "every page is blank")


def _salvaged(data: bytes, engine: str, error: Damaged, how: Recognition | None) -> Document:
    """What the second engine, or qpdf, makes of a file that the first engine refuses."""
    other = other_engine(engine)
    with suppress(Damaged):
        document = _read_pdf(data, other, how)
        document.marks = (f"{engine}不能读，改用{other}", *document.marks)
        return _rewritten(data, engine, document, how) if document.unread else document
    mended = rewrite(data)
    if mended is None:
        raise error  # nobody can: the first one's reason stands
    document = _read_pdf(mended, engine, how)
    document.marks = (_REWRITTEN, *document.marks)
    return document


def _rewritten(data: bytes, engine: str, document: Document, how: Recognition | None) -> Document:
    """``document``, or its reading after qpdf has mended the file if that has more to read."""
    mended = rewrite(data)
    if mended is None:
        return document
    with suppress(ExtractError):
        again = _read_pdf(mended, engine, how)
        again.promised = document.promised
        if again.unread < document.unread:
            again.marks = (_REWRITTEN, *again.marks)
            return again
    return document


def _read_pdf(data: bytes, engine: str, how: Recognition | None) -> Document:
    opened = open_engine(engine, data)
    second, structure = SecondEngine(other_engine(engine), data), Structure(data)
    opinions, third = Opinions(second.page), ThirdEngine(data, how or Recognition())
    pages: list[PageLayout] = []
    bare: list[int] = []
    drawn = False
    try:
        for page in with_printed_numbers(opened.pages()):
            if page.has_images and not page.words:
                bare.append(page.number)
            drawn = drawn or not page.empty
            _doubt_bare(page, structure)
            above = running(pages[-1]) if pages else None
            content = opinions.better(page, lay_out(page, above), above)
            pages.extend(third.better(page, content, above))
        count = opened.page_count()
        promised = structure.page_count()
    finally:
        opened.close()
        second.close()
        third.close()
        structure.close()
    recognised = frozenset(third.read)
    marks = (
        *named_pages([n for n in opinions.changed if n not in recognised], f"改用{second.name}"),
        *recognised_pages(third.read),
    )
    name = f"{engine}+{OCR}" if recognised else engine
    still = tuple(n for n in bare if n not in recognised and n not in third.blank)
    return Document(pages, count, name, marks, still, promised, drawn, tuple(third.read))


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


def recognised_pages(numbers: Sequence[int]) -> Iterator[str]:
    """``第 1–24、26 页由图像识别``; nothing where there are no pages."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][-1] + 1:
            spans[-1][1:] = [number]
        else:
            spans.append([number])
    if spans:
        yield f"第 {'、'.join('–'.join(map(str, span)) for span in spans)} 页由图像识别"
