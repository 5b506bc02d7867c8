"""Every format that documents come in, read into the one model of ``extract.paper``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from extract.doors.sniff import SUFFIXES, TEXT_SUFFIXES, kind_of
from extract.doors.unread import with_unread_rows
from extract.paper.model import Document

if TYPE_CHECKING:
    from extract.paper.third_engine import Recognition

__all__ = ["SUFFIXES", "TEXT_SUFFIXES", "WITHOUT_ENGINE", "kind_of", "read_document"]
WITHOUT_ENGINE = ("text", "html", "docx", "xlsx", "xls", "xlsb", "ods")  # 引擎 of what no PDF engine reads


def read_document(data: bytes, suffix: str, engine: str = "pdfium", how: Recognition | None = None) -> Document:
    """Lay out a source by what its bytes are, or by its ``suffix``; ``how`` is for the recognition of pictures.

    Raises ``ExtractError`` for what cannot be read.
    """
    from extract.paper.reading import read_pdf, with_text  # a supervisor only asks for SUFFIXES

    kind = kind_of(data, suffix)
    if kind == "pdf":
        return with_unread_rows(read_pdf(data, engine, how))
    return with_text(with_unread_rows(_read(kind, data, suffix)))


def _read(kind: str, data: bytes, suffix: str) -> Document:
    """The door of each kind; its libraries are loaded when the first document knocks."""
    if kind == "html":
        from extract.doors.html import read_html
        from extract.doors.text import read_lines

        return read_html(data, read_lines)
    if kind in ("xlsx", "xls", "xlsb", "ods"):
        from extract.doors.sheets.workbook import read_workbook

        return read_workbook(kind, data)
    if kind in ("docx", "doc"):
        from extract.doors.word.document import read_word

        return read_word(kind, data)
    from extract.doors.text import read_text

    return read_text(data, suffix)
