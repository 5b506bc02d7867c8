"""Every door gives the same tables; what a reader does not see stays outside; bad input is one clear reason."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from extract.archive import members, read_source
from extract.batch.run import Options, convert_all, summary
from extract.doors import read_document
from extract.doors.sheets.number_format import shown, shown_serial
from extract.doors.unread import with_unread_rows
from extract.errors import Blank, Damaged, Encrypted, ExtractError, NotAPDF, NotOffice, Overfull
from extract.paper.model import Box, Cell, Chunk, Document, Line, PageLayout, TablePart
from samples import other
from samples.house import Sample, build
from tests.truth import expected_of, extracted, found_in

WAYS: dict[str, tuple[str, Callable[[Sample], bytes]]] = {
    "pipes": (".md", lambda s: other.write_pipes(s).encode()),
    "HTML in Markdown": (".md", lambda s: other.write_html_in_markdown(s, one_line=True).encode()),
    "HTML in Markdown, a tag a line": (".md", lambda s: other.write_html_in_markdown(s, one_line=False).encode()),
    "HTML page": (".html", lambda s: other.write_html(s).encode("gb18030").replace(b"utf-8", b"gb2312")),
    "docx": (".docx", other.write_docx),
    "xlsx": (".xlsx", other.write_xlsx),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("style", "seed"), [("A", 300), ("B", 301), ("C", 302)])
def test_every_door_gives_the_same_rows(way: str, style: str, seed: int) -> None:
    suffix, write = WAYS[way]
    sample = build(style, seed)
    _, parsed = extracted(write(sample), suffix)
    found, expected = found_in(parsed), expected_of(sample)
    assert found - expected == {}
    assert expected - found == {}


def _tables(document: Document) -> list[TablePart]:
    return [b for page in document.pages for b in page.blocks if isinstance(b, TablePart)]


def _lines(document: Document) -> list[str]:
    return [b.text for page in document.pages for b in page.blocks if isinstance(b, Line)]


def _texts(table: TablePart) -> list[list[str]]:
    rows: list[list[str]] = [[] for _ in range(table.nrows)]
    for cell in sorted(table.cells, key=lambda c: (c.row, c.col)):
        rows[cell.row].append(cell.text)
    return rows


def test_layout_tables_of_a_page_are_no_tables() -> None:
    page = (
        "<html><body><table><tr><td>菜单</td><td><p>表1 收支总表</p><table><tr><td>项目</td><td>金额</td></tr>"
        "<tr><td rowspan=2>收入</td><td>1.00</td></tr><tr><td>2.00</td></tr>"
        "<tr style='display:none'><td>草稿</td><td>9.99</td></tr></table></td></tr></table></body></html>"
    )
    document = read_document(page.encode(), ".html")
    (table,) = _tables(document)
    assert [(c.row, c.col, c.rowspan, c.text, c.place) for c in table.cells][2:] == [
        (1, 0, 2, "收入", "#1!A2"), (1, 1, 1, "1.00", "#1!B2"), (2, 1, 1, "2.00", "#1!B3"),
    ]  # fmt: skip
    assert _lines(document) == ["菜单", "表1 收支总表"]


def test_flattened_header_has_its_levels_again() -> None:
    text = "| 科目.科目 | 支出.合计 | 支出.基本 |\n|---|---|---|\n| 甲 | 1.5 | 2.5 |\n"
    (table,) = _tables(read_document(text.encode(), ".md"))
    assert [(c.row, c.col, c.colspan, c.text) for c in table.cells][:5] == [
        (0, 0, 1, "科目"), (0, 1, 2, "支出"), (1, 0, 1, "科目"), (1, 1, 1, "合计"), (1, 2, 1, "基本"),
    ]  # fmt: skip
    (plain,) = _tables(read_document("| 1.项目 | 2.金额 |\n|---|---|\n| 甲 | 1.5 |\n".encode(), ".md"))
    assert plain.nrows == 2  # ordinals are no levels


def test_pipe_tables_with_nothing_but_a_blank_line_between_are_apart() -> None:
    """Each has dashes under its first row; pages of one table have them too, and go on where no caption stands."""
    first = "| 公开01表 | | |\n|---|---|---|\n| 收入预算总表 | | |\n| 项目 | 合计 | 拨款 |\n| 甲 | 1.50 | 1.00 |\n"
    more = "| 乙 | 2.50 | 2.00 |\n|---|---|---|\n| 丙 | 3.50 | 3.00 |\n"
    other = "| 公开02表 | |\n|---|---|\n| 支出预算总表 | |\n| 科目名称 | 基本支出 |\n| 教育支出 | 4.50 |\n"
    document, parsed = extracted("\n\n".join(["某局2024年部门预算", first, more, other]).encode(), ".md")
    assert [t.nrows for t in _tables(document)] == [4, 2, 4]
    assert [(t.number, t.dataset, t.amounts) for t in parsed.tables] == [
        ("公开01表", "收入总表", 6), ("公开02表", "支出总表", 1),
    ]  # fmt: skip


def test_rows_of_figures_that_make_no_table_are_said(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(
        "某局2024年部门预算\n合计 3,582.93 1,127.93 2,455.00 工资 1.00 2.00\n教育支出 3,582.93 1,127.93 2,455.00 3.00\n"
    )
    (result,) = convert_all([str(path)], tmp_path / "out", Options(jobs=0, quiet=True)).results
    assert (result.status, result.error_code) == ("部分", "RowsUnread")


def test_a_table_with_a_line_for_each_cell_is_said() -> None:
    """Text of tools that know no columns: amounts alone on their lines, paragraphs and years beside them count nothing."""
    lone = "\n\n".join(
        f"{name}\n{figure}" for name, figure in zip("甲乙丙丁戊己庚辛", ["1,234.50", "88.00"] * 4, strict=True)
    )
    assert read_document(lone.encode(), ".txt").unread_rows
    assert not read_document("\n\n".join(["2024", "1", "第 3 页", "2,024.50 万元"] * 9).encode(), ".txt").unread_rows


def test_a_reader_sees_numbers_as_their_formats_show_them() -> None:
    cases = [
        (0.1234, "0.00%", "12.34%"), (1234.5, "#,##0.00", "1,234.50"), (-1234.5, "#,##0.00;(#,##0.00)", "(1,234.50)"),
        (0.0, '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "-"), (1234567.0, "#,##0,", "1,235"),
        (2.5, '0.0"万元"', "2.5万元"), (0.5, "#.00", ".50"),
        (3582.9299999999998, "General", "3582.93"), (2080505.0, "General", "2080505"), (7.0, "000", "007"),
        (2.005, "0.00", "2.01"), (1e300, "0.00", "1e+300"), (1e19, "0.00%", "1" + "0" * 21 + ".00%"), (1.5, "0.##", "1.5"), (0.0, "0;-0;;@", ""), (12.0, "[$¥-804]#,##0.00", "¥12.00"),
    ]  # fmt: skip
    assert [shown(value, code) for value, code, _ in cases] == [text for *_, text in cases]
    assert shown_serial(45366.0, 'yyyy"年"m"月"d"日"', from_1904=False) == "2024年3月15日"


def test_workbook_keeps_places_and_says_what_is_hidden() -> None:
    document = read_document(other.write_xlsx(build("A", 303)), ".xlsx")
    table = _tables(document)[0]
    assert next(c.place for c in table.cells if c.text.startswith("一、")) == "Sheet2!A6"
    assert "隐藏的工作表 底稿 未读" in document.marks
    assert any("隐藏的 1 行、1 列未读" in mark for mark in document.marks)
    printed = {c.text for t in _tables(document) for c in t.cells}
    assert not printed & {"99999.99", "12345.67", "777.77", "888.88"}


def test_amounts_and_cells_keep_their_place(tmp_path: Path) -> None:
    from pyarrow.parquet import read_table

    path = tmp_path / "a.xlsx"
    path.write_bytes(other.write_xlsx(build("A", 304)))
    convert_all([str(path)], tmp_path / "out", Options(jobs=0, quiet=True))
    cells = read_table(tmp_path / "out" / "单元格").to_pylist()
    printed = {c["位置"]: c["文本"] for c in cells}
    rows = read_table(tmp_path / "out" / "支出总表").to_pylist()
    assert rows and all(r["页码"] is None and r["位置"].startswith("Sheet4!") for r in rows)
    assert all((printed[r["位置"]] or None) == r["原文"] for r in rows)


def _workbook(rows: list[list[object]], merges: tuple[str, ...] = ()) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    for row in rows:
        book.active.append(row)
    for merge in merges:
        book.active.merge_cells(merge)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_one_sheet_holds_several_tables() -> None:
    rows: list[list[object]] = [
        ["表1 收入总表", None], ["项目", "金额"], ["甲", 1.5], ["乙", 2.5], [None, None], ["表2 支出总表", None],
        ["项目", "金额"], ["丙", 3.5], [None, None], ["丁", 4.5],
    ]  # fmt: skip
    document = read_document(_workbook(rows), ".xlsx")
    assert [_texts(t)[1:] for t in _tables(document)] == [
        [["甲", "1.5"], ["乙", "2.5"]],
        [["丙", "3.5"], ["丁", "4.5"]],
    ]
    assert _lines(document) == ["表1 收入总表", "表2 支出总表"]


def _ods(rows: str, styles: str = "", table: str = "", more: dict[str, str] | None = None) -> bytes:
    """A sheet of an .ods, by hand."""
    buffer = io.BytesIO()
    names = " ".join(
        f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "style", "text")
    )
    content = (
        f'<office:document-content {names} xmlns:fo="urn:fo"><office:automatic-styles>{styles}</office:automatic-styles>'
        f'<office:body><office:spreadsheet><table:table table:name="甲" {table}>{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        for name, text in {"content.xml": content, **(more or {})}.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def _od(text: str, value: str = "", more: str = "") -> str:
    kind = f'office:value-type="float" office:value="{value}"' if value else 'office:value-type="string"'
    return f"<table:table-cell {kind} {more}><text:p>{text}</text:p></table:table-cell>"


_HIDING = '<style:style style:name="no"><style:table-properties table:display="false"/></style:style>'
_OD_ROWS = "".join([
    '<table:table-column/><table:table-column table:visibility="collapse"/><table:table-column/><table:table-row>',
    _od("项目"), _od("底稿"), _od("增长", more='table:number-columns-spanned="2"'),
    "<table:covered-table-cell/></table:table-row><table:table-row>",
    _od('<text:s text:c="2"/>甲'), _od("9", "9"), _od("12.3%", "0.1234567"), _od("1,234.50", "1234.5"),
    '</table:table-row><table:table-row table:visibility="filter">',
    _od("乙"), _od("8", "8"), _od("7", "7"),
    '</table:table-row><table:table-row table:number-rows-repeated="1048000">'
    '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>',
])  # fmt: skip


def test_ods_shows_what_its_program_showed() -> None:
    """Percent, decimals and thousands as displayed, hidden rows and columns left out and said, empty rows free."""
    document = read_document(_ods(_OD_ROWS), ".ods")
    (table,) = _tables(document)
    assert _texts(table) == [["项目", "增长"], ["甲", "12.3%", "1,234.50"]]
    assert [c.indent for c in table.cells if c.text == "甲"] == [1.0]
    assert {c.place for c in table.cells if c.text == "1,234.50"} == {"甲!D2"}
    assert document.marks == ("工作表 甲 隐藏的 1 行、1 列未读",)
    with pytest.raises(Blank):
        read_document(_ods(_OD_ROWS, _HIDING, 'table:style-name="no"'), ".ods")


def test_formulas_without_values_are_said(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(_workbook([["2024年部门收入预算表"], ["项目", "金额"], ["甲", 1.5], ["合计", "=SUM(B3)"]]))
    (result,) = convert_all([str(path)], tmp_path / "out", Options(jobs=0, quiet=True)).results
    assert (result.status, result.error_code) == ("部分", "ValuesMissing")


def test_list_numbers_of_word_are_printed() -> None:
    import docx

    made = docx.Document()
    for text in ("甲", "乙"):
        made.add_paragraph(text, style="List Number")
    buffer = io.BytesIO()
    made.save(buffer)
    assert _lines(read_document(buffer.getvalue(), ".docx")) == ["1.甲", "2.乙"]


def _with_part(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return buffer.getvalue()


def _bomb(xml: bytes) -> bytes:
    return xml.replace(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet', 1)


_BOOK = _workbook([["项目", "金额"], ["甲", 1.5], ["乙", 2.5]])
_SHEET = "xl/worksheets/sheet1.xml"
_WIDE = b'<row r="9">' + b"<c><v>1.5</v></c>" * 16_384 + b"</row>"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("data", "suffix", "error"),
    [
        (_BOOK[: len(_BOOK) // 2], ".xlsx", Damaged),
        (_with_part(_BOOK, _SHEET, _bomb), ".xlsx", Damaged),
        (_with_part(_BOOK, _SHEET, lambda xml: xml[:-40]), ".xlsx", Damaged),
        (_with_part(_BOOK, _SHEET, lambda xml: xml.replace(b'r="A1"', b'r="ZZZ1"')), ".xlsx", Damaged),
        (_OLE + "EncryptedPackage".encode("utf-16-le"), ".xlsx", Encrypted),
        (_OLE + "Workbook".encode("utf-16-le") + bytes(5000), ".xls", Damaged),
        (_OLE + bytes(600), ".doc", NotOffice),
        (_ods(_OD_ROWS, more={"META-INF/manifest.xml": "<m><encryption-data/></m>"}), ".ods", Encrypted),
        (_ods(_OD_ROWS + "<table:table-row>"), ".ods", Damaged),
        (_ods(_OD_ROWS.replace("1048000", "x")), ".ods", Damaged),
        (_ods(_OD_ROWS.replace('"1048000"><table:table-cell', '"1048000">' + _od("丙") + "<table:table-cell")), ".ods", Overfull),
        (_with_part(_BOOK, _SHEET, lambda xml: xml.replace(b"</sheetData>", _WIDE + b"</sheetData>")), ".xlsx", Overfull),
        (_OLE + "WordDocument".encode("utf-16-le") + bytes(5000), ".doc", Damaged),
        (("|" + "1|" * 2000 + "\n").encode() * 3, ".md", Overfull),
        (b"PK\x03\x04" + bytes(50), ".docx", Damaged),
        (b"\x89PNG" + bytes(50), ".xlsx", NotOffice),
        (b"PK\x03\x04" + bytes(50), ".pdf", NotAPDF),
        (b"<html><body>404</body></html>", ".pdf", NotAPDF),
    ],
)  # fmt: skip
def test_bad_input_is_one_clear_reason(data: bytes, suffix: str, error: type[ExtractError]) -> None:
    with pytest.raises(error) as raised:
        read_document(data, suffix)
    assert "\n" not in raised.value.line()


@pytest.mark.parametrize(
    ("data", "suffix"),
    [
        (_BOOK, ".xls"),
        (_BOOK, ".pdf"),
        (b"<table><tr><td>\xe9\xa1\xb9</td><td>1</td></tr><tr><td>2</td><td>3</td></tr></table>", ".xls"),
    ],
)
def test_bytes_decide_where_the_suffix_is_wrong(data: bytes, suffix: str) -> None:
    assert len(_tables(read_document(data, suffix))) == 1


def test_empty_rows_and_far_columns_cost_nothing() -> None:
    rows = b"".join(b'<row r="%d"><c r="XFD%d" s="0"/></row>' % (r, r) for r in range(10, 20_000))
    data = _with_part(_BOOK, _SHEET, lambda xml: xml.replace(b"</sheetData>", rows + b"</sheetData>"))
    (table,) = _tables(read_document(data, ".xlsx"))
    assert (table.nrows, len(table.xs) - 1) == (3, 2)


def test_comments_and_blank_rows_without_end_cost_nothing() -> None:
    """Each once cost its square, or a table of a million rows."""
    with pytest.raises(Blank):
        read_document(b"| a | b |\n|---|---|\n".replace(b"a", b" ").replace(b"b", b" ") + b"|  |  |\n" * 300_000, ".md")
    assert _lines(read_document(b"<!--" * 100_000 + "甲".encode(), ".md"))[-1].endswith("甲")
    headless = "|  |  |\n|---|---|\n| 甲 | 1.50 |\n\n|  |  |\n|---|---|\n| 乙 | 2.50 |\n"
    assert [t.nrows for t in _tables(read_document(headless.encode(), ".md"))] == [1, 1]


def _zip(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


def test_members_of_an_archive_are_documents(tmp_path: Path) -> None:
    text = Path("samples/numbered_text.txt").read_bytes()
    inner = _zip(tmp_path / "inner.zip", {"b.txt": text + b"\n"}).read_bytes()
    (tmp_path / "inner.zip").unlink()
    packed = _zip(
        tmp_path / "a.zip", {"QQQQ.txt": text, "in/inner.zip": inner, "photo.jpg": b"x", "__MACOSX/._b.txt": b"x"}
    )
    packed.write_bytes(packed.read_bytes().replace(b"QQQQ", "预算".encode("gbk")))  # as old tools name it
    (tmp_path / "same.txt").write_bytes(text)
    (tmp_path / "x.rar").write_bytes(b"Rar!")
    (tmp_path / "~$b.docx").write_bytes(b"a lock")
    out = tmp_path.parent / f"{tmp_path.name}-out"
    outcome = convert_all([str(tmp_path)], out, Options(jobs=0, quiet=True))
    found = {Path(r.source).name if "!" not in r.source else r.source.partition("a.zip!")[2] for r in outcome.results}
    assert {r.status for r in outcome.results} == {"成功"}
    assert found in ({"预算.txt", "in/inner.zip!b.txt"}, {"same.txt", "in/inner.zip!b.txt"})
    assert "1 .jpg, 1 .rar" in summary(outcome, out)
    assert "~$" not in str(outcome.results)
    for k in range(9):
        (tmp_path / f"x.k{k}").write_bytes(b"x")
    outcome = convert_all([str(tmp_path)], out, Options(jobs=0, quiet=True))
    assert "3 of other kinds" in summary(outcome, out)


def test_archives_keep_their_bounds(tmp_path: Path) -> None:
    bomb = _zip(tmp_path / "bomb.zip", {"a.txt": bytes(40 << 20)})
    with pytest.raises(Overfull):
        read_source(Path(f"{bomb}!a.txt"))
    broken = tmp_path / "broken.zip"
    broken.write_bytes(bomb.read_bytes()[:-30])
    with pytest.raises(Damaged):
        list(members(broken))
    (result,) = convert_all([str(broken)], tmp_path / "out", Options(jobs=0, quiet=True)).results
    assert (result.status, result.error_code) == ("失败", "Damaged")


@pytest.mark.parametrize(("text", "unread"), [("8,737.30 8,737.30", True), ("8 737.30", False), ("2024 2025", False)])
def test_two_amounts_in_a_cell_are_said(text: str, unread: bool) -> None:
    """Columns read as one held `8,737.30 8,737.30`, which is no number, and the document was 成功."""
    cells = [Cell(r, 1, 1, 1, text, 1, None) for r in range(2)]
    page = PageLayout(1, [TablePart(1, None, [0, 1, 2], 2, cells, "aligned")])
    assert with_unread_rows(Document([page], 1, "pdfium")).unread_rows is unread


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("301013 某局 17,807.52 9,070.22 5,124.63 8,737.30", True),  # what a page break leaves of a table
        ("收入 17,807.52 万元，支出 9,070.22 万元，结余 5,124.63 万元，其他 8,737.30 万元", False),
        ("2023 2024 2025 2026", False),
        ("６，６８６．１５　１，３６７．６８　１，３６７．６８　５，３１８．４７", True),
        ("8,737.30 8,737.30\n301 8,737.30 8,737.30", True),
        ("8,737.30 8,737.30", False),  # one such line may stand in a text
    ],
)
def test_one_line_of_amounts_is_a_row(text: str, unread: bool) -> None:
    page = PageLayout(
        1, [Line((Chunk(t, Box(50, 60, 500, 70)),), 1, Box(50, 60, 500, 70), 10.0) for t in text.split("\n")]
    )
    assert with_unread_rows(Document([page], 1, "pdfium")).unread_rows is unread
