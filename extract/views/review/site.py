"""A run as a folder of pages that open without a server."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from extract.errors import Damaged, OutputError
from extract.views.review.model import DocumentView, Piece, Run
from extract.views.review.page import document_html, index_html
from extract.views.review.pictures import PagePictures, Sources
from parsers.records import DocumentRow


@dataclass(slots=True)
class PageShown:
    """A page as it is shown: its picture, if there is one, with its size in points, and the tables printed on it."""

    number: int | None
    pieces: list[Piece]
    picture: str | None = None  # address
    width: float = 0.0
    height: float = 0.0


def pages_of(view: DocumentView, pictures: PagePictures, every: bool) -> list[PageShown]:
    """The pages of a document to be shown: those with tables or findings, or all."""
    numbers: list[int | None] = [*view.pages()]
    if every and view.row["页数"] and pictures.there:
        numbers = [*range(1, int(view.row["页数"]) + 1)]
    if any(p.page is None for p in view.pieces):
        numbers.append(None)
    shown = [PageShown(n, [p for p in view.pieces if p.page == n]) for n in numbers]
    for page in shown:
        if page.number is None or not pictures.there:
            continue
        try:
            page.width, page.height = pictures.size(page.number)
        except Damaged:
            continue
        page.picture = f"../p/{view.row['文档']}/{page.number}.webp"
    return shown


def opened(document: DocumentRow, sources: Sources) -> PagePictures:
    """The pictures of a document; none where pdfium cannot open it."""
    try:
        return PagePictures(document, sources)
    except Damaged:
        return PagePictures({**document, "来源": "", "别名": []}, Sources())


def write_site(outputs: Path, out: Path, sources: Path | None, every: bool) -> tuple[int, int]:
    """Write the pages; returns how many documents there are, and of how many the source is gone.

    Raises ``UsageError`` where no run stands, ``OutputError`` for what cannot be written.
    """
    run = Run(outputs)
    found = Sources(sources)
    lost = 0
    try:
        for document, row in run.documents.items():
            pictures = opened(row, found)
            try:
                view = run.view(document)
                pages = pages_of(view, pictures, every)
                _write_pictures(out, document, pages, pictures)
                _write(
                    out / "d" / f"{document}.html", document_html(view, pages, pictures.source_found, False).encode()
                )
            finally:
                pictures.close()
            lost += not pictures.source_found and row["状态"] != "失败"  # what cannot be opened has no pictures
        rows = list(run.documents.values())
        _write(out / "index.html", index_html(rows, {d: run.findings(d) for d in run.documents}, False).encode())
    except OSError as error:
        raise OutputError(f"cannot write {out}: {error.strerror or error}") from error
    return len(run.documents), lost


def _write_pictures(out: Path, document: str, pages: list[PageShown], pictures: PagePictures) -> None:
    """What is there is current: a document is named by its bytes."""
    for page in pages:
        target = out / "p" / document / f"{page.number}.webp"
        if page.picture is None or page.number is None or target.is_file():
            continue
        try:
            _write(target, pictures.webp(page.number))
        except Damaged:
            page.picture = None


def _write(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    temporary.write_bytes(data)
    os.replace(temporary, target)
