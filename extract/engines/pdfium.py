"""The default engine: pdfium's C API through pypdfium2's raw bindings.

Reads loose char boxes (advance width by font height, so that chars of a line share a baseline box) and
turns stroked lines, stroked rectangles and thin filled rectangles into rulings, in displayed space.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from typing import Any

import pypdfium2.raw as pdfium

from extract.engines.glyphs import RADICALS, drop_overprints
from extract.engines.rulings import RulingSink
from extract.errors import Damaged, Encrypted, NotAPDF
from extract.model import Char, Page

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_SOFT_HYPHEN = 0x02  # pdfium's code for a hyphen at a line's end
_MAX_FORM_DEPTH = 6
_initialised = False


def _initialise() -> None:
    global _initialised
    if not _initialised:
        pdfium.FPDF_InitLibrary()
        _initialised = True


class PdfiumEngine:
    """One open document.  pdfium is not thread-safe: use processes."""

    name = "pdfium"

    def __init__(self, data: bytes) -> None:
        if b"%PDF-" not in data[:1024]:
            raise NotAPDF("no %PDF- header")
        _initialise()
        self._data = data  # pdfium reads from this buffer for as long as the document is open
        self._doc: Any = pdfium.FPDF_LoadMemDocument64(data, len(data), None)
        if not self._doc:
            error = pdfium.FPDF_GetLastError()
            if error in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
                raise Encrypted("the document is encrypted")
            raise Damaged("pdfium cannot open it")
        self._count = int(pdfium.FPDF_GetPageCount(self._doc))
        if self._count < 1:
            self.close()
            raise Damaged("it holds no page")

    def page_count(self) -> int:
        return self._count

    def pages(self) -> Iterator[Page]:
        for number in range(1, self._count + 1):
            yield self.page(number)

    def page(self, number: int) -> Page:
        handle = pdfium.FPDF_LoadPage(self._doc, number - 1)
        if not handle:
            return Page(number, 0.0, 0.0, [], [], [], marks=("页损坏",))
        try:
            return _read_page(handle, number)
        finally:
            pdfium.FPDF_ClosePage(handle)

    def close(self) -> None:
        if self._doc:
            pdfium.FPDF_CloseDocument(self._doc)
            self._doc = None


def _read_page(handle: Any, number: int) -> Page:
    box = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(handle, ctypes.byref(box))
    left, top = box.left, box.top
    width, height = box.right - box.left, box.top - box.bottom
    rotation = int(pdfium.FPDFPage_GetRotation(handle))
    shown = (height, width) if rotation % 2 else (width, height)
    turn = _turner(rotation, left, top, width, height)
    chars = _read_chars(handle, turn, *shown)
    sink = RulingSink(shown[0], shown[1])
    images = _read_paths(handle, turn, sink)
    return Page(number, shown[0], shown[1], chars, sink.horizontals, sink.verticals, images)


def _turner(
    rotation: int, left: float, top: float, width: float, height: float
) -> Callable[[float, float], tuple[float, float]]:
    """Map page space (origin bottom left) to displayed space (origin top left, rotation applied)."""
    if rotation == 1:
        return lambda x, y: (height - (top - y), x - left)
    if rotation == 2:
        return lambda x, y: (width - (x - left), height - (top - y))
    if rotation == 3:
        return lambda x, y: (top - y, width - (x - left))
    return lambda x, y: (x - left, top - y)


def _read_chars(
    handle: Any, turn: Callable[[float, float], tuple[float, float]], width: float, height: float
) -> list[Char]:
    text = pdfium.FPDFText_LoadPage(handle)
    if not text:
        return []
    rect = pdfium.FS_RECTF()
    ref = ctypes.byref(rect)
    unicode_of, loose_box = pdfium.FPDFText_GetUnicode, pdfium.FPDFText_GetLooseCharBox
    chars: list[Char] = []
    try:
        for i in range(pdfium.FPDFText_CountChars(text)):
            code = unicode_of(text, i)
            if code <= 32:
                if code != _SOFT_HYPHEN:
                    continue
                code = 45
            elif code in (0xA0, 0x3000, 0xFFFE, 0xFFFF, 0x200B, 0xFEFF):
                continue
            if not loose_box(text, i, ref):
                continue
            xa, ya = turn(rect.left, rect.top)
            xb, yb = turn(rect.right, rect.bottom)
            x0, x1 = (xa, xb) if xa <= xb else (xb, xa)
            y0, y1 = (ya, yb) if ya <= yb else (yb, ya)
            x_mid, y_mid = (x0 + x1) / 2, (y0 + y1) / 2
            if not (0 <= x_mid <= width and 0 <= y_mid <= height):
                continue  # content off the page is not displayed, so it is not published
            chars.append(Char(RADICALS.get(code) or chr(code), x0, y0, x1, y1))
    finally:
        pdfium.FPDFText_ClosePage(text)
    return drop_overprints(chars)


def _read_paths(handle: Any, turn: Callable[[float, float], tuple[float, float]], sink: RulingSink) -> bool:
    """Feed every painted path to ``sink``; say whether the page holds a picture of some size."""
    count = pdfium.FPDFPage_CountObjects(handle)
    reader = _PathReader(turn, sink)
    for i in range(count):
        reader.visit(pdfium.FPDFPage_GetObject(handle, i), _IDENTITY, 0)
    return reader.images


class _PathReader:
    def __init__(self, turn: Callable[[float, float], tuple[float, float]], sink: RulingSink) -> None:
        self._turn = turn
        self._sink = sink
        self.images = False
        self._b = [ctypes.c_float() for _ in range(4)]
        self._refs = [ctypes.byref(b) for b in self._b]
        self._fill, self._stroke = ctypes.c_int(), ctypes.c_int()

    def visit(self, obj: Any, matrix: Matrix, depth: int) -> None:
        kind = pdfium.FPDFPageObj_GetType(obj)
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            self._path(obj, matrix)
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _MAX_FORM_DEPTH:
            inner = _multiply(_matrix(obj), matrix)
            for i in range(pdfium.FPDFFormObj_CountObjects(obj)):
                self.visit(pdfium.FPDFFormObj_GetObject(obj, i), inner, depth + 1)
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            self.images = True

    def _path(self, obj: Any, matrix: Matrix) -> None:
        if not pdfium.FPDFPath_GetDrawMode(obj, ctypes.byref(self._fill), ctypes.byref(self._stroke)):
            return
        filled, stroked = bool(self._fill.value), bool(self._stroke.value)
        if not (filled or stroked):
            return
        if not pdfium.FPDFPageObj_GetBounds(obj, *self._refs):
            return
        left, bottom, right, top = (b.value for b in self._b)
        corners = [_apply(matrix, left, bottom), _apply(matrix, right, top)]
        (xa, ya), (xb, yb) = (self._turn(x, y) for x, y in corners)
        x0, x1, y0, y1 = min(xa, xb), max(xa, xb), min(ya, yb), max(ya, yb)
        segments = pdfium.FPDFPath_CountSegments(obj)
        if segments <= 6 and self._sink.thin_box(x0, y0, x1, y1):
            return
        self._walk(obj, _multiply(_matrix(obj), matrix), segments, filled, stroked)

    def _walk(self, obj: Any, matrix: Matrix, segments: int, filled: bool, stroked: bool) -> None:
        """Break a path into sub-paths of displayed points."""
        x, y = ctypes.c_float(), ctypes.c_float()
        rx, ry = ctypes.byref(x), ctypes.byref(y)
        points: list[tuple[float, float]] = []
        curved = False
        for i in range(min(segments, 200_000)):
            segment = pdfium.FPDFPath_GetPathSegment(obj, i)
            kind = pdfium.FPDFPathSegment_GetType(segment)
            pdfium.FPDFPathSegment_GetPoint(segment, rx, ry)
            if kind == pdfium.FPDF_SEGMENT_MOVETO:
                self._sink.subpath(points, filled, stroked, curved)
                points, curved = [], False
            elif kind == pdfium.FPDF_SEGMENT_BEZIERTO:
                curved = True
            points.append(self._turn(*_apply(matrix, x.value, y.value)))
            if pdfium.FPDFPathSegment_GetClose(segment) and points:
                points.append(points[0])
        self._sink.subpath(points, filled, stroked, curved)


def _matrix(obj: Any) -> Matrix:
    m = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(obj, ctypes.byref(m)):
        return _IDENTITY
    return (m.a, m.b, m.c, m.d, m.e, m.f)


def _multiply(m: Matrix, n: Matrix) -> Matrix:
    """Apply ``m`` first, then ``n``."""
    if n is _IDENTITY:
        return m
    a, b, c, d, e, f = m
    p, q, r, s, t, u = n
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def _apply(m: Matrix, x: float, y: float) -> tuple[float, float]:
    return (m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5])
