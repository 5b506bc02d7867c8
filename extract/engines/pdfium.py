"""The default engine: pdfium's C API through pypdfium2's raw bindings.

Reads loose char boxes (advance width by font height, so that chars of a line share a baseline box) and
turns stroked lines, stroked rectangles and thin filled rectangles into rulings, in displayed space.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import pypdfium2.raw as pdfium
from pypdfium2_raw import bindings

from extract.engines.glyphs import NAMELESS, RADICALS, drop_overprints, join_numbers
from extract.engines.rulings import Fences, RulingSink
from extract.errors import Damaged, Encrypted, NotAPDF
from extract.model import BROKEN, Char, Page

Matrix = tuple[float, float, float, float, float, float]
Turn = Callable[[float, float, float, float], tuple[float, float, float, float]]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_SOFT_HYPHEN = 0x02  # pdfium's code for a hyphen at a line's end
_INVISIBLE = frozenset((0xA0, 0x3000, 0xFFFE, 0xFFFF, 0x200B, 0xFEFF))
_WORD = re.compile("[^\x00\x01\x03-\x20\xa0\u3000\uffff\u200b\ufeff]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_RADICAL = re.compile("[\u2e80-\u2fdf]")
_MAX_FORM_DEPTH = 6
_initialised = False


class Handle(ctypes.c_void_p):
    """A pdfium handle as ctypes passes it on without converting it."""


@lru_cache(maxsize=1)
def _fast() -> Any:
    """pdfium's functions that are called once per char or path, without argument checks and without
    releasing the interpreter lock: a third of the cost of a call through the checked bindings."""
    library = ctypes.PyDLL(None, handle=bindings._libs["pdfium"]._handle)
    for name in ("FPDFPage_GetObject", "FPDFFormObj_GetObject", "FPDFPath_GetPathSegment"):
        getattr(library, name).restype = Handle
    return library


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
            return Page(number, 0.0, 0.0, [], [], [], marks=(BROKEN,))
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
    sink = RulingSink(shown[0], shown[1])
    images = _read_paths(handle, turn, sink)
    chars = _read_chars(handle, turn, Fences(sink.verticals), *shown)
    return Page(number, shown[0], shown[1], chars, sink.horizontals, sink.verticals, images)


def _turner(rotation: int, left: float, top: float, width: float, height: float) -> Turn:
    """Map boxes of page space (origin bottom left) to displayed space (origin top left, rotation applied).

    In: ``x0 <= x1``, ``y0 <= y1``; out: ``x0, top, x1, bottom`` in order as well.
    """
    right, bottom = left + width, top - height
    if rotation == 1:
        return lambda x0, y0, x1, y1: (y0 - bottom, x0 - left, y1 - bottom, x1 - left)
    if rotation == 2:
        return lambda x0, y0, x1, y1: (right - x1, y0 - bottom, right - x0, y1 - bottom)
    if rotation == 3:
        return lambda x0, y0, x1, y1: (top - y1, right - x1, top - y0, right - x0)
    return lambda x0, y0, x1, y1: (x0 - left, top - y1, x1 - left, top - y0)


def _read_chars(handle: Any, turn: Turn, fences: Fences, width: float, height: float) -> list[Char]:
    text = pdfium.FPDFText_LoadPage(handle)
    if not text:
        return []
    try:
        chars = _CharReader(text, turn).read(fences)
    finally:
        pdfium.FPDFText_ClosePage(text)
    # content off the page is not displayed, so it is not published
    shown = [c for c in chars if 0 <= c[1] + c[3] <= 2 * width and 0 <= c[2] + c[4] <= 2 * height]
    return drop_overprints(shown)


class _CharReader:
    """Chars of one text page: whole words where two boxes tell all, else glyph by glyph."""

    def __init__(self, text: Any, turn: Turn) -> None:
        self._text = ctypes.cast(text, Handle)
        self._checked = text
        self._loose_box = _fast().FPDFText_GetLooseCharBox
        self._turn = turn
        self._rect = pdfium.FS_RECTF()
        self._ref = ctypes.byref(self._rect)
        self._count = int(pdfium.FPDFText_CountChars(text))
        buffer = (ctypes.c_ushort * (self._count + 1))()
        length = int(pdfium.FPDFText_GetText(text, 0, self._count, buffer)) - 1 if self._count else 0
        units = bytes(buffer)[: 2 * self._count].decode("utf-16-le", "surrogatepass")
        # The text runs beside the char boxes unless pdfium left some out (no Unicode) or one takes two units.
        self._units = units if length == self._count == len(units) and not _SURROGATE.search(units) else None
        self._mend = bool(_RADICAL.search(units))

    def read(self, fences: Fences) -> list[Char]:
        if self._units is None or "\0" in self._units:
            return list(join_numbers(self._glyphs(range(self._count)), fences))
        chars: list[Char] = []
        for match in _WORD.finditer(self._units):
            word = self._word(match[0], match.start(), match.end() - 1, fences)
            if word is None:
                chars.extend(join_numbers(self._glyphs(range(match.start(), match.end())), fences))
            else:
                chars.append(word)
        return chars

    def _word(self, word: str, first: int, last: int, fences: Fences) -> Char | None:
        """The word as one ``Char`` if it is printed evenly on one line and no ruling parts it."""
        if not word.isprintable() or "\ufffe" in word:
            return None
        a = self._box(first)
        b = a if first == last else self._box(last)
        if a is None or b is None:
            return None
        size = a[3] - a[1]
        if first != last:
            if abs(a[1] - b[1]) > 0.1 * size or abs(a[3] - b[3]) > 0.1 * size:
                return None
            narrow = len(word) if word.isascii() else sum(map(str.isascii, word))
            wide = len(word) - narrow
            span = b[2] - a[0]
            if not (0.18 * narrow + 0.6 * wide) * size <= span <= (0.62 * narrow + 1.05 * wide) * size:
                return None
            if fences.part(a[0], b[2], (a[1] + a[3]) / 2):
                return None
        return Char(word.translate(RADICALS) if self._mend else word, a[0], min(a[1], b[1]), b[2], max(a[3], b[3]))

    def _glyphs(self, indexes: range) -> Iterator[Char]:
        for i in indexes:
            code = pdfium.FPDFText_GetUnicode(self._checked, i)
            if code == _SOFT_HYPHEN:
                code = 45
            elif code == 0:
                code = ord(NAMELESS)
            elif code <= 32 or code in _INVISIBLE:
                continue
            box = self._box(i)
            if box is not None:
                yield Char(RADICALS.get(code) or chr(code), *box)

    def _box(self, index: int) -> tuple[float, float, float, float] | None:
        if not self._loose_box(self._text, index, self._ref):
            return None
        rect = self._rect
        left, bottom, right, top = rect.left, rect.bottom, rect.right, rect.top
        if left > right:
            left, right = right, left
        if bottom > top:
            bottom, top = top, bottom
        return self._turn(left, bottom, right, top)


def _read_paths(handle: Any, turn: Turn, sink: RulingSink) -> bool:
    """Feed every painted path to ``sink``; say whether the page holds a picture of some size."""
    reader = _PathReader(turn, sink)
    page, get, kind_of = ctypes.cast(handle, Handle), _fast().FPDFPage_GetObject, _fast().FPDFPageObj_GetType
    for i in range(pdfium.FPDFPage_CountObjects(handle)):
        obj = get(page, i)
        kind = kind_of(obj)
        if kind != pdfium.FPDF_PAGEOBJ_TEXT:
            reader.visit(obj, kind, _IDENTITY, 0)
    return reader.images


class _PathReader:
    def __init__(self, turn: Turn, sink: RulingSink) -> None:
        self._turn = turn
        self._sink = sink
        self.images = False
        self._bounds = (ctypes.c_float * 4)()
        self._refs = [ctypes.byref(self._bounds, 4 * i) for i in range(4)]
        self._fill, self._stroke = ctypes.c_int(), ctypes.c_int()
        self._modes = (ctypes.byref(self._fill), ctypes.byref(self._stroke))
        self._fast = _fast()

    def visit(self, obj: Any, kind: int, matrix: Matrix, depth: int) -> None:
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            self._path(obj, matrix)
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _MAX_FORM_DEPTH:
            inner = _multiply(_matrix(obj), matrix)
            for i in range(self._fast.FPDFFormObj_CountObjects(obj)):
                child = self._fast.FPDFFormObj_GetObject(obj, i)
                self.visit(child, self._fast.FPDFPageObj_GetType(child), inner, depth + 1)
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            self.images = True

    def _path(self, obj: Any, matrix: Matrix) -> None:
        fast = self._fast
        if not fast.FPDFPath_GetDrawMode(obj, *self._modes):
            return
        filled, stroked = self._fill.value != 0, self._stroke.value != 0
        if not (filled or stroked) or not fast.FPDFPageObj_GetBounds(obj, *self._refs):
            return
        left, bottom, right, top = self._bounds
        if matrix is not _IDENTITY:
            left, bottom, right, top = _bounds(matrix, left, bottom, right, top)
        x0, y0, x1, y1 = self._turn(left, bottom, right, top)
        segments = fast.FPDFPath_CountSegments(obj)
        if segments <= 6 and self._sink.thin_box(x0, y0, x1, y1):
            return
        if not stroked and segments <= 6:
            return  # one filled area of some size: a background, its edge is no ruling
        self._walk(obj, _multiply(_matrix(obj), matrix), segments, filled, stroked)

    def _walk(self, obj: Any, matrix: Matrix, segments: int, filled: bool, stroked: bool) -> None:
        """Break a path into sub-paths of displayed points."""
        fast = self._fast
        x, y = ctypes.c_float(), ctypes.c_float()
        rx, ry = ctypes.byref(x), ctypes.byref(y)
        points: list[tuple[float, float]] = []
        curved = False
        for i in range(min(segments, 200_000)):
            segment = fast.FPDFPath_GetPathSegment(obj, i)
            kind = fast.FPDFPathSegment_GetType(segment)
            fast.FPDFPathSegment_GetPoint(segment, rx, ry)
            if kind == pdfium.FPDF_SEGMENT_MOVETO:
                self._sink.subpath(points, filled, stroked, curved)
                points, curved = [], False
            elif kind == pdfium.FPDF_SEGMENT_BEZIERTO:
                curved = True
            points.append(self._turn(*_apply(matrix, x.value, y.value) * 2)[:2])
            if fast.FPDFPathSegment_GetClose(segment) and points:
                points.append(points[0])
        self._sink.subpath(points, filled, stroked, curved)


def _matrix(obj: Any) -> Matrix:
    m = pdfium.FS_MATRIX()
    if not _fast().FPDFPageObj_GetMatrix(obj, ctypes.byref(m)):
        return _IDENTITY
    return (m.a, m.b, m.c, m.d, m.e, m.f)


def _multiply(m: Matrix, n: Matrix) -> Matrix:
    """Apply ``m`` first, then ``n``."""
    if n is _IDENTITY:
        return m
    a, b, c, d, e, f = m
    p, q, r, s, t, u = n
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def _bounds(m: Matrix, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
    """Bounds of a turned box: all four corners count."""
    corners = [_apply(m, x, y) for x in (left, right) for y in (bottom, top)]
    xs, ys = [c[0] for c in corners], [c[1] for c in corners]
    return min(xs), min(ys), max(xs), max(ys)


def _apply(m: Matrix, x: float, y: float) -> tuple[float, float]:
    return (m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5])
