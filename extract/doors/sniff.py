"""What a source is: its first bytes decide, its name only where they do not."""

from __future__ import annotations

import io
import re
import zipfile

from extract.errors import Damaged, Encrypted, NotAPDF, NotOffice

TEXT_SUFFIXES = frozenset({".txt", ".md", ".csv", ".tsv"})
_ONLY_NAMED = frozenset({".csv", ".tsv"})  # read where they are named; those that lie in folders are seldom documents
_PAGES = frozenset({".html", ".htm", ".xhtml", ".mht"})
_BOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".et", ".xlsb", ".ods"})
_WORDS = frozenset({".docx", ".docm", ".doc", ".wps"})
SUFFIXES = frozenset({".pdf", *TEXT_SUFFIXES - _ONLY_NAMED, ".html", ".htm", *_BOOKS, *_WORDS})
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_PAGE = re.compile(
    rb"^(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body|table|meta|style)\b",
    re.IGNORECASE | re.DOTALL,
)
_PARTS = {
    "[Content_Types].xml": "", "xl/workbook.xml": "xlsx", "xl/workbook.bin": "xlsb", "word/document.xml": "docx",
}  # fmt: skip


def kind_of(data: bytes, suffix: str) -> str:
    """``pdf``, ``text``, ``html``, ``xlsx``, ``xls``, ``xlsb``, ``ods``, ``docx`` or ``doc``.

    Raises ``NotAPDF``, ``NotOffice``, ``Damaged`` or ``Encrypted`` for bytes that are nothing of the kind.
    """
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(_ZIP):
        return _kind_in_zip(data, suffix)
    if data.startswith(_OLE):
        return _kind_in_ole(data)
    if suffix == ".pdf" or (not suffix and not _PAGE.match(data[:2048])):
        return "pdf"  # its door says what is wrong with it
    if suffix in TEXT_SUFFIXES:
        return "text"
    if _PAGE.match(data[:4096]) or suffix in _PAGES:
        return "html"
    if suffix in _BOOKS and data[:2] == b"\t\x08":
        return "xls"  # BIFF without a container
    if suffix in (".xls", ".et") and _is_tab_text(data):
        return "text"
    raise NotOffice(f"the bytes are not of the kind that {suffix or 'a name without a suffix'} says")


def _kind_in_zip(data: bytes, suffix: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            mimetype = archive.read("mimetype")[:200] if "mimetype" in names else b""
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        if suffix == ".pdf":
            raise NotAPDF("a broken archive") from error
        raise Damaged(f"its archive is broken: {error}") from error
    kind = next((k for part, k in _PARTS.items() if k and part in names), None)
    if kind:
        return kind
    if b"opendocument.spreadsheet" in mimetype:
        return "ods"
    raise NotOffice("an archive that holds neither a workbook nor a document")


def _kind_in_ole(data: bytes) -> str:
    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in data

    if holds("EncryptedPackage"):
        raise Encrypted("it is locked with a password")
    if holds("Workbook") or b"B\0o\0o\0k\0\0\0" in data:
        return "xls"
    if holds("WordDocument"):
        if not _has_directory(data):  # LibreOffice would make a text of its bytes
            raise Damaged("its directory is cut off or broken")
        return "doc"
    raise NotOffice("an OLE file that holds neither a workbook nor a document")


def _has_directory(data: bytes) -> bool:
    """Does the directory of an OLE file begin where its header says?"""
    sector = 1 << min(int.from_bytes(data[30:32], "little"), 16)
    start = (int.from_bytes(data[48:52], "little") + 1) * sector
    return data[start : start + 20] == "Root Entry".encode("utf-16-le")


def _is_tab_text(data: bytes) -> bool:
    """Text with tabs that was given the name of a workbook, as old web systems do."""
    return b"\t" in data[:8192] and b"\0" not in data[:8192]
