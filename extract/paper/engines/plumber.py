"""The reference engine: pdfplumber, ten times slower, for second opinions and files pdfium refuses."""

from __future__ import annotations

import io
import logging
import math
from collections.abc import Iterator
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException
from pdfminer.pdfparser import PDFSyntaxError
from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

from extract.errors import Damaged, Encrypted, NotAPDF
from extract.paper.engines.glyphs import NAMELESS, drop_overprints, join_numbers, mend
from extract.paper.engines.rulings import Fences, RulingSink
from extract.paper.geometry import SAMPLE, turned, upright
from extract.paper.model import Page, Word

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
    sample = source.chars[:: max(len(source.chars) // SAMPLE, 1)]
    turn = upright([math.atan2(c["matrix"][1], c["matrix"][0]) for c in sample])
    for c in source.chars:
        nameless = c["text"].startswith("(cid:") or c["text"] in ("", "\0")
        text = NAMELESS if nameless else mend(c["text"])
        if not text.strip():
            continue
        x0, top, x1, bottom = c["x0"] - dx, c["top"] - dy, c["x1"] - dx, c["bottom"] - dy
        if 0 <= x0 + x1 <= 2 * width and 0 <= top + bottom <= 2 * height:
            chars.append(Word(text.strip(), *turned((x0, top, x1, bottom), turn, width, height)))
    shown = (height, width) if turn % 2 else (width, height)
    sink = RulingSink(*shown)
    for kind in ("lines", "rects", "curves"):
        for shape in getattr(source, kind):
            points = [turned((x - dx, y - dy) * 2, turn, width, height)[:2] for x, y in shape["pts"]]
            if kind == "rects":
                points.append(points[0])
            filled, stroked = bool(shape["fill"]), bool(shape["stroke"]) or kind == "lines"
            sink.subpath(points, filled, stroked, curved=False)
    sink.join_dots()
    chars = drop_overprints(list(join_numbers(chars, Fences(sink.verticals))))
    empty = not any(source.objects.values())
    images = bool(source.images)
    return Page(number, *shown, chars, sink.horizontals, sink.verticals, images, (), empty, turn)
