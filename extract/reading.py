"""A source's bytes to a laid-out document: which engine reads, who is asked when the reading looks broken, and what
is said of pages that cannot be read.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import suppress

from extract.cells import join_lines
from extract.engines import Engine, open_engine
from extract.engines.qpdf import Content, Structure, rewrite
from extract.engines.text import read_text
from extract.errors import Blank, Damaged, ExtractError, NoTextLayer
from extract.geometry import turned
from extract.layout import lay_out, running
from extract.model import BROKEN, OPAQUE, Document, Line, Page, PageContent
from extract.opinion import Opinions
from extract.patience import OutOfPatience, address_space, bounded

TEXT_SUFFIXES = frozenset({".txt", ".md"})
_MOST_PAGES = 20  # of one document that are read a second time for single cells
_PATIENCE = 6.0  # CPU seconds that a second opinion on one page may take: twenty times the usual
_MEMORY = 384 << 20  # bytes of address space, more than the first reading took
_REWRITTEN = "文件损坏，经 qpdf 重写后读出，可能缺页"


def read_document(data: bytes, suffix: str, engine: str) -> Document:
    """Lay out a source; what the first engine cannot read goes to the second, then once through qpdf.

    The document says so in its marks.  Raises ``ExtractError`` for what nobody can read.
    """
    if suffix in TEXT_SUFFIXES:
        return _with_text(read_text(data))
    try:
        document = _read_pdf(data, engine)
    except Damaged as error:
        return _with_text(_salvaged(data, engine, error))
    if document.unread:
        document = _rewritten(data, engine, document)
    return _with_text(document)


def _with_text(document: Document) -> Document:
    """The document, if it prints anything at all."""
    for content in document.pages:
        for block in content.blocks:
            if isinstance(block, Line) or any(cell.text for cell in block.cells):
                return document
    if document.drawn:
        raise NoTextLayer("no page holds any text")
    raise Blank("no page can be read" if document.unread else "every page is blank")


def _salvaged(data: bytes, engine: str, error: Damaged) -> Document:
    """What the second engine, or qpdf, makes of a file that the first engine refuses."""
    other = _other(engine)
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
    second, structure = SecondEngine(_other(engine), data), Structure(data)
    opinions = Opinions(second.page)
    pages: list[PageContent] = []
    bare: list[int] = []
    drawn = False
    try:
        for page in opened.pages():
            if page.has_images and not page.chars:
                bare.append(page.number)
            drawn = drawn or not page.empty
            _doubt_bare(page, structure)
            above = running(pages[-1]) if pages else None
            pages.append(opinions.better(page, lay_out(page, above), above))
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


def _other(engine: str) -> str:
    return "plumber" if engine == "pdfium" else "pdfium"


def named_pages(numbers: Sequence[int | None], what: str) -> Iterator[str]:
    """``第 3、4 页改用plumber``; nothing where there are no pages."""
    if numbers:
        yield f"第 {'、'.join(map(str, numbers))} 页{what}"


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
            with bounded(_PATIENCE, self._ceiling):
                if self._engine is None:
                    self._engine = open_engine(self.name, self._data)
                return self._engine.page(number) if number <= self._engine.page_count() else None
        except (OutOfPatience, MemoryError):
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
        self._second = None
        if document.engine in ("pdfium", "plumber"):
            self._second = SecondEngine(_other(document.engine), data)
        self._pages: dict[int, Page | None] = {}

    def __enter__(self) -> CellReader:
        return self

    def __exit__(self, *_: object) -> None:
        if self._second is not None:
            self._second.close()

    def confirm(self, page: int | None, box: tuple[float, float, float, float] | None, text: str) -> bool | None:
        """Does the second engine read the same digits in the cell?  ``None`` where it cannot say."""
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
        mine = [c for c in reading.chars if x0 <= (c.x0 + c.x1) / 2 <= x1 and top <= (c.top + c.bottom) / 2 <= bottom]
        return _digits(join_lines(mine)) == _digits(text)


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit() or c in ".-")
