"""What a notebook asks for: a document as it is printed, and its tables."""

from __future__ import annotations

from pathlib import Path

from extract.doors import read_document as lay_out
from extract.files import read_file
from extract.paper.model import Document
from extract.paper.stitching import join
from extract.recipe import doc_id_of
from parsers.parse import ParsedTable, parse


def read_document(path: str | Path, engine: str = "pdfium") -> Document:
    """A document as printed: ``pages`` of lines and parts of tables in reading order, before anything is known of budgets.

    Boxes are in PDF points (1/72 inch) on the page as displayed, origin top left; pages count from 1.  A source without
    pages (text, HTML, Word, Excel) is one page whose ``number`` and boxes are ``None``.  The format follows from the
    bytes, else from the ending of ``path``.

    Raises ``extract.errors.ExtractError`` for a path or a document that cannot be read; its ``code`` is the 错误代码.
    """
    path = Path(path)
    return lay_out(read_file(path), path.suffix.lower(), engine)


def read_tables(path: str | Path, engine: str = "pdfium") -> list[ParsedTable]:
    """The tables of one document in printed order, their pages joined; those that are promised but absent come last.

    ``number``, ``title``, ``dataset`` (``None`` where no spec claims it), ``status`` as in 表格清单, ``unit`` as printed.
    ``raw`` is the printed table (``raw.rows``, ``raw.matrix()`` with ``raw.ncols`` columns; ``None`` for an absent one),
    ``records()`` its rows by dataset as a run writes them, 金额 as ``Decimal`` in yuan.

    Raises ``extract.errors.ExtractError`` as ``read_document`` does.
    """
    path = Path(path)
    data = read_file(path)
    return parse(lay_out(data, path.suffix.lower(), engine), doc_id_of(data), join).tables
