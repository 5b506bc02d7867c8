"""The reference engine: pdfplumber, ten times slower, for second opinions and files pdfium refuses."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException
from pdfminer.pdfparser import PDFSyntaxError
from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

from extract.engines.glyphs import NAMELESS, drop_overprints, join_numbers, mend
from extract.engines.rulings import Fences, RulingSink
from extract.errors import Damaged, Encrypted, NotAPDF
from extract.model import Char, Page

logging.getLogger("pdfminer").setLevel(logging.CRITICAL)  # what it complains of shows on the page, or is raised
# pdfminer raises these of its own and bare built-in ones on broken objects
_BROKEN = (
    PDFException,
    MalformedPDFException,
    PdfminerException,
    PDFSyntaxError,
    TypeError,
    ValueError,
    KeyError,
    IndexError,
)


class PlumberEngine:
    name = "plumber"

    def __init__(self, data: bytes) -> None:
        if b"%PDF-" not in data[:1024]:
            raise NotAPDF("no %PDF- header")
        try:
            self._pdf = pdfplumber.open(io.BytesIO(data))
            self._pages = self._pdf.pages
        except (PDFPasswordIncorrect, *_BROKEN) as error:
            if isinstance(error, PDFPasswordIncorrect) or "PasswordIncorrect" in repr(error):
                raise Encrypted("the document is encrypted") from error
            raise Damaged(f"pdfplumber cannot open it: {type(error).__name__}") from error
        if not self._pages:
            raise Damaged("it holds no page")

    def page_count(self) -> int:
        return len(self._pages)

    def pages(self) -> Iterator[Page]:
        for number in range(1, len(self._pages) + 1):
            yield self.page(number)

    def page(self, number: int) -> Page:
        source = self._pages[number - 1]
        try:
            return _read_page(source, number)
        except _BROKEN as error:
            raise Damaged(f"pdfplumber cannot read page {number}: {type(error).__name__}") from error
        finally:
            source.close()

    def close(self) -> None:
        self._pdf.close()


def _read_page(source: Any, number: int) -> Page:
    width, height = float(source.width), float(source.height)
    chars = []
    dx, dy = float(source.bbox[0]), float(source.bbox[1])
    for c in source.chars:
        nameless = c["text"].startswith("(cid:") or c["text"] in ("", "\0")
        text = NAMELESS if nameless else mend(c["text"])
        if not text.strip():
            continue
        char = Char(text.strip(), c["x0"] - dx, c["top"] - dy, c["x1"] - dx, c["bottom"] - dy)
        if 0 <= (char.x0 + char.x1) / 2 <= width and 0 <= (char.top + char.bottom) / 2 <= height:
            chars.append(char)
    sink = RulingSink(width, height)
    for kind in ("lines", "rects", "curves"):
        for shape in getattr(source, kind):
            points = [(x - dx, y - dy) for x, y in shape["pts"]]
            if kind == "rects":
                points.append(points[0])
            filled, stroked = bool(shape["fill"]), bool(shape["stroke"]) or kind == "lines"
            sink.subpath(points, filled, stroked, curved=False)
    chars = drop_overprints(list(join_numbers(chars, Fences(sink.verticals))))
    empty = not any(source.objects.values())
    return Page(number, width, height, chars, sink.horizontals, sink.verticals, bool(source.images), empty=empty)
