"""Every form of heading opens its table in a whole document; contents and narrative open none."""

from __future__ import annotations

import pytest

from extract.doors import read_document
from extract.paper.stitching import join
from parsers.parse import Parsed, parse

BODY = "科目编码\t科目名称\t合计\t基本支出\t项目支出\n\t合计\t12.50\t10.00\t2.50\n201\t一般公共服务支出\t12.50\t10.00\t2.50\n"
HEADINGS = {
    "表3\n支出总表\n单位：万元\n": "表3",
    "表 3 支出总表\n单位：万元\n": "表3",
    "表三 支出总表\n单位：万元\n": "表三",
    "附表3\n部门支出总表\n单位：万元\n": "附表3",
    "公开03表\n部门：云溪区教育局\n支出总表\n单位：万元\n": "公开03表",
    "公开 03 表：支出总表\n单位：万元\n": "公开03表",
    "公开表三\n支出总表\n单位：万元\n": "公开表三",
    "预算03表\n支出总表\n单位：万元\n": "预算03表",
    "（预算公开 03 表）\n单位支出总体情况表\n单位：万元\n": "预算公开03表",
    "三、支出预算总表\n单位：万元\n": None,
    "3. 2025年部门支出预算总表\n编制部门：云溪区教育局\t单位：万元\n": None,
    "云溪区教育局2025年部门支出总表\n单位：云溪区教育局\n单位：万元\n": None,
    "《单位支出总表》\n单位：万元\n": None,
    "表3-1. 部门支出总表\n金额单位：万元\n": "表3-1",
}
COVER = "云溪区教育局2025年部门预算\n\n"


def parsed(text: str) -> Parsed:
    return parse(read_document(text.encode(), ".txt", "pdfium"), "0" * 16, join)


@pytest.mark.parametrize("heading", HEADINGS)
def test_heading_opens_its_table(heading: str) -> None:
    (table,) = parsed(COVER + heading + BODY).tables
    assert (table.dataset, table.number, table.unit, table.status) == ("支出总表", HEADINGS[heading], "万元", "已提取")
    assert [str(r["金额"]) for r in table.records()["支出总表"]][:3] == ["125000.0000", "100000.0000", "25000.0000"]


def test_contents_open_no_table_and_what_is_missing_is_listed() -> None:
    contents = "目录\n表1 收支总表……1\n表2 收入总表……2\n表3 支出总表……3\n\n第三部分 说明\n"
    tables = {t.number: t.status for t in parsed(COVER + contents + "表3\n支出总表\n单位：万元\n" + BODY).tables}
    assert tables == {"表3": "已提取", "表1": "正文缺失", "表2": "正文缺失"}


def test_narrative_items_open_no_table() -> None:
    narrative = "三、支出预算安排情况\n2025年支出总表列示支出12.50万元。\n四、收支总表情况说明\n"
    (table,) = parsed(COVER + "表3\n支出总表\n单位：万元\n" + BODY + "\n" + narrative).tables
    assert table.number == "表3"


def test_declared_empty() -> None:
    head = "表8\n政府性基金预算支出表\n单位：万元\n科目编码\t科目名称\t合计\t基本支出\t项目支出\n"
    note = "注：本单位2025年没有使用政府性基金预算拨款安排的支出，故本表为空表。\n"
    assert [(t.status, t.note) for t in parsed(COVER + head + note).tables] == [("空表有说明", note.strip())]
    assert [t.status for t in parsed(COVER + head).tables] == ["空表无说明"]


def test_a_row_without_figures_is_no_note_though_its_name_denies_something() -> None:
    head = "表6\n一般公共预算基本支出表\n单位：万元\n科目编码\t科目名称\t合计\t人员经费\t公用经费\n"
    rows = "310\t资本性支出\t5.00\t\t5.00\n31022\t无形资产购置\t\t\t\n31023\t没有列出的支出\t\t\t\n\t未成年人保护支出\t\t\t\n"
    (table,) = parsed(COVER + head + rows).tables
    (records,) = table.records().values()
    names = list(dict.fromkeys(r["科目名称"] for r in records))
    assert names == ["资本性支出", "无形资产购置", "没有列出的支出", "未成年人保护支出"]


def test_note_that_lies_does_not_drop_rows() -> None:
    head = "表8\n政府性基金预算支出表\n单位：万元\n科目编码\t科目名称\t合计\t基本支出\t项目支出\n"
    row = "212\t城乡社区支出\t47.91\t\t47.91\n注：无政府性基金预算，故本表为空表。\n"
    (table,) = parsed(COVER + head + row).tables
    assert (table.status, table.amounts) == ("有数却说明为空", 2)


def test_unit_of_a_neighbour_is_marked() -> None:
    tables = parsed(
        COVER + "表3\n支出总表\n单位：万元\n" + BODY + "\n表2\n收入总表\n" + BODY.replace("支出", "收入")
    ).tables
    assert [t.unit for t in tables] == ["万元", "万元"]
    assert all("单位推断" in r["标记"] for rows in tables[1].records().values() for r in rows if r["金额"] is not None)


def test_unknown_table_keeps_every_amount() -> None:
    body = "地区\t价值\n东\t1,234.50\n西\t2,345.60\n南\t3.00\n"
    (table,) = parsed(COVER + "附表9\n国有资产分布一览表\n单位：万元\n" + body).tables
    assert table.status == "未识别"
    assert [r["原文"] for r in table.records()["未识别表"] if r["金额"] is not None] == ["1,234.50", "2,345.60", "3.00"]


def test_only_one_row_without_a_name_is_the_total() -> None:
    """A column of names that was not understood once made fifteen totals of one table."""
    head = "表8\n政府采购预算表\n单位：万元\n品目名称\t合计\n"

    def levels(rows: str) -> list[tuple[str | None, bool]]:
        (table,) = parsed(COVER + head + rows).tables
        return [(r["级次"], r["末级"]) for r in table.records()["政府采购预算表"]]

    assert levels("\t3.00\n货物\t1.00\n服务\t2.00\n")[0] == ("合计", False)
    assert levels("合计\t3.00\n\t1.00\n\t2.00\n") == [("合计", False), (None, True), (None, True)]
