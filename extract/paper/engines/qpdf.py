"""What qpdf (through pikepdf) says of a PDF's structure: a second opinion on pages, and a rewriting of damaged files.

It reads no text.  It counts pages, tells whether a page that an engine found bare prints anything, and rebuilds a
broken cross-reference table from the objects that are there.
"""

from __future__ import annotations

import io
import logging
import re
import warnings
import zlib
from enum import Enum

import pikepdf

# pikepdf raises its own classes and bare built-in ones on broken objects
_BROKEN = (
    pikepdf.PdfError,
    pikepdf.PasswordError,
    ValueError,
    RuntimeError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
)
# an operator that shows text, paints a path or a shading, or draws an image or a form (PDF 32000-1, table 51)
_PAINTS = re.compile(rb"(?:^|[\s\])>])(?:Tj|TJ|'|\"|Do|EI|sh|[SsFfBb]|[fBb]\*)(?=$|[\s\[(/<%])")
_LOOKED_AT = 1 << 20  # bytes of decoded content: a bare page has next to none, a bomb has gigabytes
logging.getLogger("pikepdf").setLevel(logging.CRITICAL)  # what it complains of shows in its answers


class Content(Enum):
    """What a page's content stream would print."""

    NOTHING = "nothing"
    SOMETHING = "something"
    UNKNOWN = "unknown"  # it cannot be decoded, or not without limit


class Structure:
    """One PDF as qpdf sees it, opened at the first question."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._pdf: pikepdf.Pdf | None = None
        self._asked = False

    def page_count(self) -> int | None:
        """How many pages the page tree holds; ``None`` where qpdf cannot open the file."""
        try:
            return len(self._open().pages)
        except _BROKEN:
            return None

    def content(self, number: int) -> Content:
        """What page ``number`` (1-based) would print."""
        try:
            found = self._open().pages[number - 1].obj.get("/Contents")
            parts = list(found) if isinstance(found, pikepdf.Array) else [found]
            kinds = [_content(part) for part in parts if isinstance(part, pikepdf.Stream)]
        except _BROKEN:
            return Content.UNKNOWN
        return next((k for k in (Content.UNKNOWN, Content.SOMETHING) if k in kinds), Content.NOTHING)

    def close(self) -> None:
        if self._pdf is not None:
            self._pdf.close()

    def _open(self) -> pikepdf.Pdf:
        if self._pdf is None:
            if self._asked:
                raise ValueError("qpdf has refused it before")
            self._asked = True
            self._pdf = pikepdf.open(io.BytesIO(self._data), suppress_warnings=True)
        return self._pdf


def _content(stream: pikepdf.Stream) -> Content:
    filters = stream.get("/Filter")
    names = list(filters) if isinstance(filters, pikepdf.Array) else [filters] if filters is not None else []
    raw = stream.read_raw_bytes()
    if not raw:
        return Content.NOTHING
    if any(name != pikepdf.Name.FlateDecode for name in names) or len(names) > 1 or "/DecodeParms" in stream:
        return Content.UNKNOWN
    if names:
        try:
            raw = zlib.decompressobj().decompress(raw, _LOOKED_AT)
        except zlib.error:
            return Content.UNKNOWN
    if _PAINTS.search(raw[:_LOOKED_AT]):
        return Content.SOMETHING
    return Content.NOTHING if len(raw) < _LOOKED_AT else Content.UNKNOWN


def rewrite(data: bytes) -> bytes | None:
    """The same document with its structure mended, or ``None`` where qpdf cannot make one either."""
    out = io.BytesIO()
    try:
        with pikepdf.open(io.BytesIO(data), attempt_recovery=True, suppress_warnings=True) as pdf:
            if not len(pdf.pages):
                return None
            with warnings.catch_warnings(action="ignore"):  # about forms, which nobody fills in here
                pdf.save(out)
    except _BROKEN:
        return None
    return out.getvalue()
