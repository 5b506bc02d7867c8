"""Every format that documents come in, read into the one model of ``extract.paper``."""

from __future__ import annotations

from extract.doors.text import read_text
from extract.paper.model import Document
from extract.paper.reading import read_pdf, with_text

TEXT_SUFFIXES = frozenset({".txt", ".md"})


def read_document(data: bytes, suffix: str, engine: str = "pdfium") -> Document:
    """Lay out a source by its ``suffix``; raises ``ExtractError`` for what cannot be read."""
    if suffix in TEXT_SUFFIXES:
        return with_text(read_text(data))
    return read_pdf(data, engine)
