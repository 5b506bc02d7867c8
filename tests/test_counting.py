"""Every number that a reader sees is somewhere: counted by other means than ours (``tests.bench.counting``)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from extract.batch.run import Options, convert_all
from extract.doors import read_document
from extract.paper.model import Line, TablePart
from samples import other
from samples.house import Sample, build
from tests.bench.counting import leaks


@pytest.mark.parametrize(
    ("suffix", "write"),
    [(".xlsx", other.write_xlsx), (".docx", other.write_docx), (".html", lambda s: other.write_html(s).encode())],
)
def test_no_number_is_lost(suffix: str, write: Callable[[Sample], bytes], tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(write(build("C", 320)))
    convert_all([str(path)], tmp_path / "out", Options(jobs=0, quiet=True))
    assert leaks(path, tmp_path / "out") == []


def _texts(data: bytes, suffix: str) -> list[str]:
    found: list[str] = []
    for page in read_document(data, suffix).pages:
        for block in page.blocks:
            found += [block.text] if isinstance(block, Line) else [c.text for c in block.cells if c.text]
    return found


def _with_parts(data: bytes, change: Callable[[str, bytes], bytes], more: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, text in more.items():
            new.writestr(name, text)
    return buffer.getvalue()


_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def test_text_boxes_in_cells_and_footnotes_are_read() -> None:
    import docx

    made = docx.Document()
    table = made.add_table(2, 2)
    for cell, text in zip((c for row in table.rows for c in row.cells), ("项目", "金额", "甲", "1.50"), strict=True):
        cell.text = text
    buffer = io.BytesIO()
    made.save(buffer)
    box = b"<w:pict><w:txbxContent><w:p><w:r><w:t>\xe6\xb3\xa8 2.50</w:t></w:r></w:p></w:txbxContent></w:pict>"
    notes = (
        f'<w:footnotes {_W}><w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:t>x</w:t></w:r></w:p></w:footnote>'
        '<w:footnote w:id="1"><w:p><w:r><w:t>含上年结转 3.50 万元</w:t></w:r></w:p></w:footnote></w:footnotes>'
    )

    def change(name: str, part: bytes) -> bytes:
        return part.replace(b"1.50</w:t>", b"1.50</w:t>" + box, 1) if name == "word/document.xml" else part

    data = _with_parts(buffer.getvalue(), change, {"word/footnotes.xml": notes})
    assert _texts(data, ".docx") == ["项目", "金额", "甲", "1.50", "注 2.50", "含上年结转 3.50 万元"]


def test_text_boxes_of_a_sheet_are_read() -> None:
    from openpyxl import Workbook

    book = Workbook()
    for row in (("项目", "金额"), ("甲", 1.5), ("乙", 2.5)):
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    office = "http://schemas.openxmlformats.org"
    drawing = (
        f'<xdr:wsDr xmlns:xdr="{office}/drawingml/2006/spreadsheetDrawing" xmlns:a="{office}/drawingml/2006/main">'
        "<xdr:sp><xdr:txBody><a:p><a:r><a:t>注：含</a:t></a:r><a:r><a:t>结转 9.50</a:t></a:r></a:p></xdr:txBody></xdr:sp>"
        "</xdr:wsDr>"
    )
    kind = f"{office}/officeDocument/2006/relationships/drawing"
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{kind}" Target="../drawings/drawing1.xml"/></Relationships>'
    )
    parts = {"xl/drawings/drawing1.xml": drawing, "xl/worksheets/_rels/sheet1.xml.rels": rels}
    data = _with_parts(buffer.getvalue(), lambda _, part: part, parts)
    assert _texts(data, ".xlsx") == ["项目", "金额", "甲", "1.5", "乙", "2.5", "注：含结转 9.50"]
    assert isinstance(read_document(data, ".xlsx").pages[0].blocks[0], TablePart)
