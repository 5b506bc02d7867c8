"""The default engine: pdfium's C API through pypdfium2's raw bindings, whose helpers nobody loads for text.

Reads loose char boxes (advance width by font height, so that chars of a line share a baseline box) and
turns stroked lines, stroked rectangles and thin filled rectangles into rulings, in displayed space.
"""

from __future__ import annotations

import ctypes
import math
import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import repeat
from typing import Any

from pypdfium2_raw import bindings as pdfium

from extract.errors import Damaged, Encrypted, NotAPDF
from extract.paper.engines.glyphs import NAMELESS, RADICALS, drop_overprints, join_numbers
from extract.paper.engines.rulings import Fences, RulingSink
from extract.paper.geometry import SAMPLE, Bounds, upright
from extract.paper.model import BROKEN, MUTE, OPAQUE, Page, Word

Matrix = tuple[float, float, float, float, float, float]
Turn = Callable[[float, float, float, float], Bounds]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_SOFT_HYPHEN = 0x02  # pdfium's code for a hyphen at a line's end
_CONTROL = re.compile("[\x00\x01\x03-\x08\x0b\x0c\x0e-\x1f]")
_NAMELESS = frozenset(range(32)) - {_SOFT_HYPHEN, 9, 10, 13}  # codes that a font gives for want of a character
_INVISIBLE = frozenset((9, 10, 13, 32, 0xA0, 0x3000, 0xFFFE, 0xFFFF, 0x200B, 0xFEFF))
_WORD = re.compile("[^\x00\x01\x03-\x20\xa0\u3000\uffff\u200b\ufeff]+")
_GLUED = re.compile(
    "(?<=[0-9][.,][0-9]{2})[\u4e00-\u9fff(（]|(?<=[0-9][.,][0-9]{3})[\u4e00-\u9fff(（]|(?<=[0-9])[一二三四五六七八九十]{1,3}、"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_RADICAL = re.compile("[\u2e80-\u2fdf]")
_MAX_FORM_DEPTH = 12
_MOST_SEGMENTS = 200_000  # of one path
_initialised = False


@lru_cache(maxsize=1)
def _fast() -> Any:
    """pdfium's functions that are called once per char or path, without argument checks and without
    releasing the interpreter lock.  Handles and out-parameters are addresses, so that ``map`` can run a whole page
    through one function: a tenth of the cost of a call at a time through the checked bindings."""
    library = ctypes.PyDLL(None, handle=pdfium._libs["pdfium"]._handle)
    address, index = ctypes.c_void_p, ctypes.c_int
    for name in ("FPDFPage_GetObject", "FPDFFormObj_GetObject", "FPDFPath_GetPathSegment"):
        getattr(library, name).argtypes, getattr(library, name).restype = (address, index), address
    signatures: dict[str, tuple[Any, ...]] = {
        "FPDFPageObj_GetType": (address,), "FPDFFormObj_CountObjects": (address,),
        "FPDFPath_GetDrawMode": (address,) * 3, "FPDFPageObj_GetBounds": (address,) * 5,
        "FPDFPath_CountSegments": (address,), "FPDFPageObj_GetMatrix": (address,) * 2,
        "FPDFPathSegment_GetType": (address,), "FPDFPathSegment_GetPoint": (address,) * 3,
        "FPDFPathSegment_GetClose": (address,), "FPDFText_GetLooseCharBox": (address, index, address),
        "FPDFText_GetUnicode": (address, index), "FPDFText_GetText": (address, index, index, address), "FPDFText_HasUnicodeMapError": (address, index),
        "FPDFText_GetCharAngle": (address, index),
        "FPDFText_IsGenerated": (address, index),
    }  # fmt: skip
    for name, arguments in signatures.items():
        getattr(library, name).argtypes = arguments
    library.FPDFText_GetUnicode.restype = ctypes.c_uint
    library.FPDFText_GetCharAngle.restype = ctypes.c_float
    return library


def _address(handle: Any) -> int:
    return ctypes.cast(handle, ctypes.c_void_p).value or 0


def _room(code: str, count: int) -> array[Any]:
    """Room for ``count`` numbers that pdfium writes.  A ctypes array would be a new type for every length."""
    room = array(code)
    room.frombytes(bytes(room.itemsize * count))
    return room


def _places(room: array[Any], record: int, offset: int = 0) -> range:
    """The address of number ``offset`` in every record of ``record`` numbers."""
    start, length = room.buffer_info()
    step = record * room.itemsize
    return range(start + offset * room.itemsize, start + length * room.itemsize, step)


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
    count = int(pdfium.FPDFPage_CountObjects(handle))
    text = pdfium.FPDFText_LoadPage(handle)
    try:
        seen = int(pdfium.FPDFText_CountChars(text)) if text else 0
        displayed = int(pdfium.FPDFPage_GetRotation(handle))
        turns = _turns(text, seen, displayed)
        rotation = (displayed + turns) % 4
        shown = (height, width) if rotation % 2 else (width, height)
        turn = _turner(rotation, left, top, width, height)
        sink = RulingSink(*shown)
        paths = _read_paths(handle, count, turn, sink)
        chars = _CharReader(text, seen, turn).read(Fences(sink.verticals)) if seen > 0 else []
    finally:
        if text:
            pdfium.FPDFText_ClosePage(text)
    mute = seen < 1 and pdfium.FPDF_PAGEOBJ_TEXT in paths.kinds
    marks = (*((MUTE,) if mute else ()), *((OPAQUE,) if paths.cut else ()))
    images = pdfium.FPDF_PAGEOBJ_IMAGE in paths.kinds
    chars = drop_overprints(_displayed(chars, *shown))
    return Page(number, *shown, chars, sink.horizontals, sink.verticals, images, marks, not count, turns)


def _turns(text: Any, count: int, displayed: int) -> int:
    """Quarter turns clockwise from the page as ``displayed`` to where most of its text stands upright."""
    sample = range(0, count, max(count // SAMPLE, 1))
    fast, page = _fast(), repeat(_address(text))
    angles = list(map(fast.FPDFText_GetCharAngle, page, sample))
    if not displayed and max(angles, default=0.0) <= 0:
        return 0  # as on most pages
    made_up = map(fast.FPDFText_IsGenerated, page, sample)
    # pdfium counts them clockwise, on the page before it is rotated; -1: it cannot tell.  Blanks and line ends that it
    # has put in between lie along the page whatever the text does.
    return upright(
        [
            -angle - displayed * math.pi / 2
            for angle, made in zip(angles, made_up, strict=True)
            if angle >= 0 and made != 1
        ]
    )


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


def _displayed(chars: list[Word], width: float, height: float) -> list[Word]:
    """Without what lies off the page: it is not displayed, so it is not published."""
    return [c for c in chars if 0 <= c[1] + c[3] <= 2 * width and 0 <= c[2] + c[4] <= 2 * height]


class _CharReader:
    """Chars of one text page: whole words where two boxes tell all, else glyph by glyph."""

    def __init__(self, text: Any, count: int, turn: Turn) -> None:
        self._text = _address(text)
        self._turn = turn
        self._count = count
        room = _room("H", count + 1)
        length = _fast().FPDFText_GetText(self._text, 0, count, room.buffer_info()[0]) - 1
        units = room[:count].tobytes().decode("utf-16-le", "surrogatepass")
        # The text runs beside the char boxes unless pdfium left some out (no Unicode) or one takes two units.
        self._units = units if length == count == len(units) and not _SURROGATE.search(units) else None
        self._mend = bool(_RADICAL.search(units))
        # where a font does not say what its codes mean, pdfium gives the codes themselves: they are no characters
        self._guessed = bytes(map(_fast().FPDFText_HasUnicodeMapError, repeat(self._text), range(count)))

    def read(self, fences: Fences) -> list[Word]:
        if self._units is None or 1 in self._guessed or _CONTROL.search(self._units):
            return list(join_numbers(self._glyphs(range(self._count)), fences))
        units = self._units
        places = [place for m in _WORD.finditer(units) for place in _unglued(units, *m.span())]
        boxes = iter(self._boxes([i for start, end in places for i in (start, end - 1)]))
        chars: list[Word] = []
        for (start, end), first, last in zip(places, boxes, boxes, strict=True):
            word = self._word(units[start:end], first, last, fences)
            if word is None:
                chars.extend(join_numbers(self._glyphs(range(start, end)), fences))
            else:
                chars.append(word)
        return chars

    def _word(self, word: str, first: Bounds | None, last: Bounds | None, fences: Fences) -> Word | None:
        """The word as one ``Word`` if it is printed evenly on one line and no ruling parts it."""
        if first is None or last is None or not word.isprintable() or "\ufffe" in word:
            return None
        x0, top, x1, bottom = first
        if len(word) > 1:
            _, last_top, x1, last_bottom = last
            size = bottom - top
            slack = 0.3 * size  # fonts of one line differ in their ascent
            if not (-slack <= top - last_top <= slack and -slack <= bottom - last_bottom <= slack):
                return None
            narrow = len(word) if word.isascii() else sum(map(str.isascii, word))
            wide = len(word) - narrow
            if not (0.18 * narrow + 0.6 * wide) * size <= x1 - x0 <= (0.7 * narrow + 1.2 * wide) * size:
                return None
            if fences.part(x0, x1, (top + bottom) / 2):
                return None
            top, bottom = min(top, last_top), max(bottom, last_bottom)
        return Word(word.translate(RADICALS) if self._mend else word, x0, top, x1, bottom)

    def _glyphs(self, indexes: range) -> Iterator[Word]:
        codes = map(_fast().FPDFText_GetUnicode, repeat(self._text), indexes)
        answers = (0 if self._guessed[i] == 1 else code for i, code in zip(indexes, codes, strict=True))
        for code, box in _whole(zip(answers, self._boxes(indexes), strict=True)):
            text = _printed(code)
            if text and box is not None:
                yield Word(text, *box)

    def _boxes(self, indexes: Sequence[int]) -> list[Bounds | None]:
        """Boxes of the chars at ``indexes`` in displayed space; ``None`` where pdfium tells none."""
        room = _room("f", 4 * len(indexes))
        answers = list(map(_fast().FPDFText_GetLooseCharBox, repeat(self._text), indexes, _places(room, 4)))
        values = iter(room)
        rects = zip(values, values, values, values, strict=True)  # FS_RECTF: left, top, right, bottom
        turn = self._turn
        return [
            None if not ok else turn(x0, y0, x1, y1) if x0 <= x1 and y0 <= y1 else turn(*_ordered(x0, y0, x1, y1))
            for ok, (x0, y1, x1, y0) in zip(answers, rects, strict=True)
        ]


def _unglued(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where a word begins and ends; an amount and the name that touches it are two (``4,503.27一、支出``)."""
    for match in _GLUED.finditer(text, start, end):
        yield start, match.start()
        start = match.start()
    yield start, end


def _whole(units: Iterable[tuple[int, Bounds | None]]) -> Iterator[tuple[int, Bounds | None]]:
    """Join the two halves (surrogates) of a character beyond the first 65,536; a half alone stays what it is."""
    high: tuple[int, Bounds | None] | None = None
    for code, box in units:
        if high is not None:
            joins = 0xDC00 <= code < 0xE000
            yield (0x10000 + ((high[0] - 0xD800) << 10) + (code - 0xDC00), high[1]) if joins else high
            high = None
            if joins:
                continue
        if 0xD800 <= code < 0xDC00:
            high = code, box
        else:
            yield code, box
    if high is not None:
        yield high


def _printed(code: int) -> str:
    """The character of a code as pdfium gives it; empty for what is not seen."""
    if code == _SOFT_HYPHEN:
        return "-"
    if code in _NAMELESS or 0xD800 <= code < 0xE000 or code > 0x10FFFF:
        return NAMELESS
    return "" if code in _INVISIBLE else RADICALS.get(code) or chr(code)


def _ordered(xa: float, ya: float, xb: float, yb: float) -> Bounds:
    return min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb)


def _read_paths(handle: Any, count: int, turn: Turn, sink: RulingSink) -> _PathReader:
    """Feed every painted path among the page's objects to ``sink``; the reader knows what it met."""
    reader = _PathReader(turn, sink)
    reader.visit(list(map(_fast().FPDFPage_GetObject, repeat(_address(handle)), range(count))), _IDENTITY, 0)
    sink.join_dots()
    return reader


class _PathReader:
    def __init__(self, turn: Turn, sink: RulingSink) -> None:
        self._turn = turn
        self._sink = sink
        self.kinds: set[int] = set()
        self.cut = False  # has something been left unread for its size?
        self._fast = _fast()

    def visit(self, objects: list[int], matrix: Matrix, depth: int) -> None:
        """Take the objects of a page, or of a form whose space ``matrix`` maps to the page's."""
        fast = self._fast
        kinds = list(map(fast.FPDFPageObj_GetType, objects))
        self._paths([o for o, kind in zip(objects, kinds, strict=True) if kind == pdfium.FPDF_PAGEOBJ_PATH], matrix)
        self.kinds.update(kinds)
        if pdfium.FPDF_PAGEOBJ_FORM in kinds and depth == _MAX_FORM_DEPTH:
            self.cut = True
        elif pdfium.FPDF_PAGEOBJ_FORM in kinds:
            for obj, kind in zip(objects, kinds, strict=True):
                if kind == pdfium.FPDF_PAGEOBJ_FORM:
                    count = fast.FPDFFormObj_CountObjects(obj)
                    inner = list(map(fast.FPDFFormObj_GetObject, repeat(obj), range(count)))
                    self.visit(inner, _multiply(_matrix(obj), matrix), depth + 1)

    def _paths(self, objects: list[int], matrix: Matrix) -> None:
        if not objects:
            return
        fast, n = self._fast, len(objects)
        bounds, modes = _room("f", 4 * n), _room("i", 2 * n)
        bounded = list(map(fast.FPDFPageObj_GetBounds, objects, *(_places(bounds, 4, i) for i in range(4))))
        painted = list(map(fast.FPDFPath_GetDrawMode, objects, _places(modes, 2), _places(modes, 2, 1)))
        segments = list(map(fast.FPDFPath_CountSegments, objects))
        values, flags = iter(bounds), iter(modes)
        boxes: Iterable[Bounds] = zip(values, values, values, values, strict=True)
        if matrix is not _IDENTITY:
            boxes = (_bounds(matrix, *box) for box in boxes)
        turn, thin_box = self._turn, self._sink.thin_box
        for obj, answers, box, known, filled, stroked, count in zip(
            objects, bounded, boxes, painted, flags, flags, segments, strict=True
        ):
            if not (answers and known and (filled or stroked)):
                continue
            few = count <= 6
            if few and thin_box(*turn(*box)):
                continue
            if few and not stroked:
                continue  # one filled area of some size: a background, its edge is no ruling
            self._walk(obj, _multiply(_matrix(obj), matrix), count, bool(filled), bool(stroked))

    def _walk(self, obj: int, matrix: Matrix, segments: int, filled: bool, stroked: bool) -> None:
        """Break a path into sub-paths of displayed points."""
        fast, n = self._fast, min(segments, _MOST_SEGMENTS)
        self.cut = self.cut or n < segments
        room = _room("f", 2 * n)
        parts = list(map(fast.FPDFPath_GetPathSegment, repeat(obj), range(n)))
        kinds = list(map(fast.FPDFPathSegment_GetType, parts))
        closing = list(map(fast.FPDFPathSegment_GetClose, parts))
        for _ in map(fast.FPDFPathSegment_GetPoint, parts, _places(room, 2), _places(room, 2, 1)):
            pass
        values = iter(room)
        points: list[tuple[float, float]] = []
        curved = False
        for kind, closed, x, y in zip(kinds, closing, values, values, strict=True):
            if kind == pdfium.FPDF_SEGMENT_MOVETO:
                self._sink.subpath(points, filled, stroked, curved)
                points, curved = [], False
            elif kind == pdfium.FPDF_SEGMENT_BEZIERTO:
                curved = True
            points.append(self._turn(*_apply(matrix, x, y) * 2)[:2])
            if closed and points:
                points.append(points[0])
        self._sink.subpath(points, filled, stroked, curved)


def _matrix(obj: int) -> Matrix:
    m = pdfium.FS_MATRIX()
    if not _fast().FPDFPageObj_GetMatrix(obj, ctypes.addressof(m)):
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
