"""Text whose columns are parted by blanks: rows are in their columns, or are said not to be."""

from __future__ import annotations

from pathlib import Path

import pytest

from extract.batch.run import Options, convert_all
from extract.doors import read_document, text
from extract.doors.rows.doubt import DOUBTFUL
from extract.errors import Overfull
from extract.paper.model import TablePart
from extract.paper.stitching import join
from parsers.parse import parse

_TABLE = """某局2024年部门预算

表1 支出总表                                    单位：万元
科目名称                    合计        基本支出        项目支出
教育支出                 3,582.93       1,127.93       2,455.00
文化支出                   582.93         127.93         455.00
卫生健康支出                 300.00         100.00         200.00
住房保障支出                  35.00          35.00           0.00
合计                   4,500.86       1,390.86       3,110.00
"""
_SURE = "教育支出                 3,582.93       1,127.93       2,455.00\n"


def _doubtful(content: str) -> list[str]:
    document = read_document(content.encode(), ".txt")
    tables = [block for page in document.pages for block in page.blocks if isinstance(block, TablePart)]
    assert tables
    return [cell.text for table in tables for cell in table.cells if DOUBTFUL in cell.marks]


def _status(content: str, folder: Path) -> tuple[str, str | None]:
    path = folder / "a.txt"
    path.write_text(content)
    (result,) = convert_all([str(path)], folder / "out", Options(jobs=0, quiet=True)).results
    return result.status, result.error_code


def test_rows_on_the_edges_of_their_columns_are_certain(tmp_path: Path) -> None:
    assert _doubtful(_TABLE) == []
    assert _status(_TABLE, tmp_path) == ("成功", None)


@pytest.mark.parametrize(
    ("row", "cell"),
    [
        ("教育支出                 3,582.93            1,127.93\n", "1,127.93"),  # off every edge
        ("教育支出（含所属各学校、幼儿园） 3,582.93 1,127.93 2,455.00 1.00\n", "3,582.93"),  # a figure too many
        ("教育支\n" + _SURE.replace("教育支出", "出      "), "3,582.93"),  # a name on two lines
        ("                       3,582.93       1,127.93       2,455.00\n", "3,582.93"),  # no name
    ],
)
def test_a_row_off_its_columns_is_said(row: str, cell: str, tmp_path: Path) -> None:
    content = _TABLE.replace(_SURE, row)
    assert any(cell in text for text in _doubtful(content))
    assert _status(content, tmp_path) == ("部分", "RowsUnread")


def test_figures_under_no_word_are_said(tmp_path: Path) -> None:
    assert _status(_TABLE.replace("        项目支出\n", "\n"), tmp_path) == ("部分", "RowsUnread")


def test_a_header_whose_brackets_are_torn_is_said(tmp_path: Path) -> None:
    torn = _TABLE.replace("合计        基本支出", "合计（万元      基本支出", 1)
    assert _status(torn, tmp_path) == ("部分", "RowsUnread")


def test_rows_times_columns_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "MOST_PLACES", 100)
    ragged = "a\t1\n" * 20 + "\t".join("12345") + "\n"
    with pytest.raises(Overfull, match="21 rows and 5 columns"):
        read_document(ragged.encode(), ".txt")
    monkeypatch.setattr(text, "MOST_PLACES", 105)
    read_document(ragged.encode(), ".txt")
    monkeypatch.setattr(text, "MOST_FILLED", 4)
    with pytest.raises(Overfull):
        read_document(ragged.encode(), ".txt")


def _page(shift: int, header: str, codes: range) -> str:
    rows = "".join(f"{' ' * shift}201{n:02}    第{n}项支出      {n},000.00\n" for n in codes)
    return f"{' ' * shift}{header}\n{rows}"


@pytest.mark.parametrize(
    ("again", "count"), [("科目编码  科目名称         决算数", 1), ("单位编码  单位名称         执行数", 2)]
)
def test_pages_with_blanks_of_their_own_make_one_table(again: str, count: int) -> None:
    first, shifted = _page(0, "科目编码  科目名称         决算数", range(10, 20)), _page(9, again, range(20, 30))
    content = f"某市2019年财政决算\n\n表1 一般公共预算支出决算表\n单位：万元\n{first}\n —1—\n\f{shifted}\n —2—\n"
    parsed = parse(read_document(content.encode(), ".txt"), "0" * 16, join)
    tables = [table for table in parsed.tables if table.raw is not None]
    assert len(tables) == count
    assert sum(len(table.raw.rows) for table in tables if table.raw) == 22


def _rows(content: str) -> list[list[str]]:
    (table,) = (
        b for page in read_document(content.encode(), ".txt").pages for b in page.blocks if isinstance(b, TablePart)
    )
    return [[cell.text for cell in table.cells if cell.row == row] for row in range(table.nrows)]


def test_a_name_that_a_long_figure_pushes_aside_is_put_back() -> None:
    rows = _rows(
        "         项目          预算数               项目           预算数\n"
        "一、财政拨款收入              29,410,610,000 一、一般公共服务支出          4,619,600,000\n"
        "二、事业收入                           二、公共安全支出            3,878,050,000\n"
        "三、其他收入                           三、教育支出              4,602,060,000\n"
        "                                 四、科学技术支出            1,955,430,000\n"
    )
    assert rows[1:3] == [
        ["一、财政拨款收入", "29,410,610,000", "一、一般公共服务支出", "4,619,600,000"],
        ["二、事业收入", "", "二、公共安全支出", "3,878,050,000"],
    ]


def test_a_total_in_the_middle_of_codes_and_names_stands_among_the_names() -> None:
    rows = _rows(
        "  科目编码            科目名称              合计         基本支出\n"
        "       301 人民政府办公厅              22,652.39    16,671.05\n"
        "    301013 企业服务中心               11,652.39    10,671.05\n"
        "    301014 财政服务中心               11,000.00     6,000.00\n"
        "         合计                     22,652.39    16,671.05\n"
    )
    assert [row[:2] for row in rows[1:]] == [
        ["301", "人民政府办公厅"], ["301013", "企业服务中心"], ["301014", "财政服务中心"], ["", "合计"],
    ]  # fmt: skip
