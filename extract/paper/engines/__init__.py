"""Readers of paper.  Only the modules of this package import a PDF library.

An engine opens bytes and yields the pages in order and nothing of the library's own
objects, so that engines can be compared cell by cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from extract.errors import UsageError
from extract.paper.model import Page


class Engine(Protocol):
    """Read a PDF from its bytes, a page at a time; raises ``ExtractError`` for what cannot be read."""

    name: str

    def page_count(self) -> int: ...

    def pages(self) -> Iterator[Page]: ...

    def page(self, number: int) -> Page: ...

    def close(self) -> None: ...


def open_engine(name: str, data: bytes) -> Engine:
    """Open ``data`` with the engine called ``name`` (``pdfium`` or ``plumber``)."""
    if name == "pdfium":
        from extract.paper.engines.pdfium import PdfiumEngine

        return PdfiumEngine(data)
    if name == "plumber":
        from extract.paper.engines.plumber import PlumberEngine

        return PlumberEngine(data)
    raise UsageError(f"no engine called {name!r}: choose pdfium or plumber")
