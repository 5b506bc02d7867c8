"""What a document says of itself: cover, title, organisation, year; documents without tables or without words."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from extract.cli import app
from parsers.outline.cover import DocumentInfo
from parsers.outline.publisher import is_organisation
from parsers.parse import Parsed
from tests.truth import extracted

TABLE = "\n表1\n收支总表\n单位：万元\n收入\t\t支出\t\n项目\t预算数\t项目\t预算数\n一、财政拨款收入\t10.00\t一、教育支出\t10.00\n"


def parsed(text: str) -> Parsed:
    return extracted(text.encode(), ".txt")[1]


def info(cover: str) -> DocumentInfo:
    return parsed(cover + TABLE).info


@pytest.mark.parametrize(
    ("cover", "title", "organisation", "year"),
    [
        ("东湖市财政局2024年部门预算\n", "东湖市财政局2024年部门预算", "东湖市财政局", 2024),
        ("东湖市财政局\n2024年度部门预算\n", "东湖市财政局2024年度部门预算", "东湖市财政局", 2024),
        (
            "东湖市水利和自然\n资源局\n2024年度部门预算\n目录\n一、东湖市水利和自然资源局概况\n",
            "东湖市水利和自然资源局2024年度部门预算", "东湖市水利和自然资源局", 2024,
        ),
        ("附件\n东湖市水利局\n2024年度部门预算\n", "东湖市水利局2024年度部门预算", "东湖市水利局", 2024),
        ("东湖市财政局二〇二四年部门预算\n", "东湖市财政局2024年部门预算", "东湖市财政局", 2024),
        ("东湖市财政局\n2024年\n部门预算\n", "2024年部门预算", "东湖市财政局", 2024),
    ],
)  # fmt: skip
def test_cover(cover: str, title: str, organisation: str, year: int) -> None:
    found = info(cover)
    assert (found.organisation, found.year, found.kind, found.level) == (organisation, year, "预算", "部门")
    assert found.title is not None
    assert found.title.endswith(title)


def test_title_of_a_table_is_no_title_of_the_document() -> None:
    found = parsed(
        "公开12表\n2019年政府采购预算表\n部门：东湖市财政局\t单位：万元\n采购品目\t金额\n台式机\t10.00\n"
    ).info
    assert found.title is None
    assert (found.organisation, found.year) == ("东湖市财政局", 2019)


def test_words_alone_are_a_document_without_tables() -> None:
    text = "东湖市财政局2024年部门预算情况说明\n一、收支预算总体情况\n2024年收入预算100.00万元，比上年增加5.00万元，增长5.26%。\n"
    found = parsed(text)
    assert found.tables == []
    assert (found.info.organisation, found.info.year, found.info.kind) == ("东湖市财政局", 2024, "预算")


REVENUE = "项目\t预算数\t执行数\n合计\t10.00\t12.00\n税收收入\t10.00\t12.00\n"


@pytest.mark.parametrize(
    ("text", "organisation", "year", "kind"),
    [
        ("表1-1\n42云州省2022年地方政府一般债务余额情况表\n单位：亿元\n" + REVENUE, "云州省", 2022, "预算"),
        ("2025年云溪市政府性基金预算收入执行情况表\n单位：万元\n" + REVENUE, "云溪市", 2025, "执行"),
        (
            "云溪市十四届人大\n四次会议文件（16）\n关于云溪市2024年预算执行情况和\n2025年预算草案的报告\n云溪市财政局\n"
            "2025年全市一般公共预算收入表\n单位：万元\n" + REVENUE,
            "云溪市", 2025, "预算",
        ),
        (
            "2021年度\n省本级及全省财政总决算公开\n云州省财政厅\n目录\n第一部分 2021年省本级财政决算\n"
            "2021年省本级一般公共预算收入决算表\n单位：万元\n" + REVENUE,
            "云州省财政厅", 2021, "决算",
        ),
        ("2024年末云溪市地方政府债务限额及余额决算情况表\n单位：万元\n" + REVENUE, "云溪市", 2024, "决算"),
        (
            "关于云溪市2024年预算执行情况与2025年全市及市级预算（草案）的报告\n2025年全市一般公共预算收入表\n单位：万元\n"
            + REVENUE,
            "云溪市", 2025, "预算",
        ),
        (
            "目录\n一、2025年全市预算执行情况和2026年预算草案的报告\n2026年云溪市本级一般公共预算收入表\n单位：万元\n"
            + REVENUE,
            "云溪市", 2026, "预算",
        ),
    ],
)  # fmt: skip
def test_government(text: str, organisation: str, year: int, kind: str) -> None:
    found = parsed(text).info
    assert (found.organisation, found.year, found.kind, found.level) == (organisation, year, kind, "政府")


@pytest.mark.parametrize("heading", ["第一部分", "附件1", "会议文件（十二）", "二〇二四年三月", "第二部分东湖市财政局"])
def test_heading_above_the_title_is_no_organisation(heading: str) -> None:
    assert parsed(f"{heading}\n2024年度部门预算\n" + TABLE).info.organisation is None


def test_department_that_prints_a_fund_table_is_no_government() -> None:
    text = "东湖市水利局\n2024年部门预算\n" + TABLE + "表2\n政府性基金预算收入支出表\n单位：万元\n" + REVENUE
    assert parsed(text).info.level == "部门"


@pytest.mark.parametrize(
    "text",
    [
        "东湖市图书馆\n2024年度报告\n表1\n馆藏图书统计表\n类别\t数量\t比上年\n文学\t1,234.00\t12.00\n史学\t2,345.00\t8.00\n",
        "东湖实业股份公司\n2024年年度报告\n三、主要财务数据\n1\n营业收入构成表\n单位：元\n产品\t本年\t上年\n水泵\t1,234.00\t1,200.00\n"
        "2\n合并利润表\n单位：元\n项目\t本年\t上年\n营业收入\t9,234.00\t8,200.00\n营业支出\t7,234.00\t6,200.00\n",
        "东湖市财政局\n政府信息公开工作年度报告\n收到政府信息公开申请情况表\n类别\t数量\t比上年\n自然人\t1,234\t1,200\n法人\t34.00\t20.00\n",
        "××市××局\n20××年部门预算\n" + TABLE.replace("10.00", ""),
    ],
)
def test_no_budget(text: str, tmp_path: Path) -> None:
    """An annual report and a blank template once were 成功 with 口径 预算."""
    source = tmp_path / "a.txt"
    source.write_text(text, encoding="utf-8")
    result = CliRunner().invoke(app, ["extract", str(source), "-o", str(tmp_path / "out")])
    assert result.exit_code == 0
    assert "1 非预算文档" in result.output
    (row,) = pq.read_table(tmp_path / "out" / "文档清单").to_pylist()
    assert (row["状态"], row["口径"]) == ("非预算文档", None)


def test_table_without_a_title_is_known_for_a_budget_by_its_header() -> None:
    text = "科目编码\t科目名称\t合计\t基本支出\t项目支出\n205\t教育支出\t3.00\t1.00\t2.00\n20502\t普通教育\t3.00\t1.00\t2.00\n"
    found = parsed(text)
    assert (found.info.kind, [t.dataset for t in found.tables]) == ("预算", ["支出总表"])


@pytest.mark.parametrize(
    "lines",
    [
        "收入加上补助，与支出相抵保持平衡，以上情况详见《东湖市\n2025年预算执行情况和2026年预算（草案）》（待办理正式决算后报告）",
        "政府性基金预算收支情况：2025年全市实现政府性基金收入",
    ],
)
def test_part_of_a_sentence_names_neither_document_nor_publisher(lines: str) -> None:
    info = parsed(f"{lines}\n").info
    assert (info.title, info.organisation) == (None, None)


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("东湖市2024年预算调整方案", "调整预算"),
        ("东湖市2024年调整预算", "调整预算"),
        ("东湖市2024年财政预算执行情况", "执行"),
        ("东湖市2024年财政决算", "决算"),
        ("东湖市2024年财政预算", "预算"),
    ],
)
def test_phase_of_the_title(title: str, kind: str) -> None:
    assert info(f"{title}\n").kind == kind


@pytest.mark.parametrize(("length", "named"), [(60, True), (61, False)])
def test_a_title_of_more_than_60_characters_is_none(length: int, named: bool) -> None:
    title = f"东湖市{'某' * (length - 12)}2024年部门预算"
    assert len(title) == length
    assert (info(f"{title}\n").title == title) is named


@pytest.mark.parametrize(
    ("name", "known"),
    [("东" * 39 + "局", True), ("东" * 40 + "局", False), ("东局", True), ("局", False), ("目录", False)],
)
def test_names_of_organisations(name: str, known: bool) -> None:
    assert is_organisation(name) is known
