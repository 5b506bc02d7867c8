"""The page of a document inside a notebook."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from extract.errors import Damaged, UsageError
from extract.views.review.model import DocumentView, Run
from extract.views.review.page import document_html
from extract.views.review.pictures import PagePictures, Sources
from extract.views.review.site import opened, pages_of

_DOCUMENT = re.compile(r"[0-9a-f]{16}\Z")
_MOST_PICTURES = 40  # they stand in the notebook itself


@dataclass(frozen=True, slots=True)
class Shown:
    """A page that a notebook shows by itself; ``html`` stands alone, pictures included."""

    html: str
    height: int = 760

    def _repr_html_(self) -> str:
        """In a frame of its own that can reach neither the notebook nor the network."""
        return (
            f'<iframe sandbox="allow-scripts allow-downloads" srcdoc="{escape(self.html, quote=True)}" '
            f'width="100%" height="{self.height}" frameborder="0"></iframe>'
        )


def show(document: str | Path, table: int | str | None = None, outputs: str | Path = "outputs") -> Shown:
    """A document, or one ``table`` of it (表序 or 表号), beside its pages.

    ``document`` is the id of one in ``outputs``, or a path, which is then converted for this view only.  Raises
    ``ExtractError`` for what is not there or cannot be read.
    """
    if isinstance(document, str) and _DOCUMENT.match(document) and not Path(document).exists():
        run = Run(Path(outputs))
        if document not in run.documents:
            raise UsageError(f"{outputs} holds no document {document}")
        return _shown(run.view(document), table)
    from extract.convert import Recipe, convert
    from extract.files import read_file

    path = Path(document)
    read_file(path)  # what is not there is no document with an error
    with TemporaryDirectory(prefix="yusuan-") as folder:
        made = convert(path, Recipe(Path(folder)))
        view = Run(Path(folder)).view(made.document)
    return _shown(view, table)


def _shown(view: DocumentView, table: int | str | None) -> Shown:
    if table is not None:
        _keep(view, table)
    pictures = opened(view.row, Sources())
    try:
        pages = pages_of(view, pictures, every=False)
        for n, page in enumerate(p for p in pages if p.picture and p.number):
            page.picture = _address(pictures, page.number or 0) if n < _MOST_PICTURES else None
    finally:
        pictures.close()
    return Shown(document_html(view, pages, pictures.source_found, serve=False, inline=True))


def _keep(view: DocumentView, table: int | str) -> None:
    """Leave one table and its findings; raises ``UsageError`` where there is no such table."""
    asked = {p.table["表序"] for p in view.pieces if table in (p.table["表序"], p.table["表号"])}
    if not asked:
        there = dict.fromkeys(str(p.table["表号"] or p.table["表序"]) for p in view.pieces)
        raise UsageError(f"no table {table}: choose {' '.join(there)}")
    view.pieces = [p for p in view.pieces if p.table["表序"] in asked]
    view.findings = [f for f in view.findings if f.row["表序"] in asked]


def _address(pictures: PagePictures, page: int) -> str | None:
    try:
        return "data:image/webp;base64," + base64.b64encode(pictures.webp(page)).decode()
    except Damaged:
        return None
