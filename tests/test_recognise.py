"""Which spec claims a table: a title alone claims nothing, revenue is no expenditure, panels side by side are neither."""

from __future__ import annotations

import pytest

from extract.doors import read_document
from extract.paper.stitching import join
from parsers.amounts_table.evidence import DEPARTMENT, FUNCTION, GOVERNMENT, REVENUE, gather, sides_of
from parsers.amounts_table.recognise import Match, recognise
from parsers.outline.captions import Caption
from parsers.outline.sections import segment
from parsers.parse import parse

FUNCTION_ROWS = "合计\t30.00\n一、一般公共服务支出\t10.00\n二、教育支出\t20.00\n"
REVENUE_ROWS = "合计\t30.00\n税收收入\t20.00\n增值税\t20.00\n非税收入\t10.00\n"
PANELS = "收入\t\t支出\t\n项目\t预算数\t项目\t预算数\n基金收入\t10.00\t城乡社区支出\t8.00\n转移性收入\t1.00\t调出资金\t3.00\n"


def match(title: str | None, rows: str) -> Match:
    sections = segment(read_document(rows.encode(), ".txt")).sections
    return recognise(Caption(title=title), join(sections[0].tables))


def dataset(title: str | None, rows: str) -> str | None:
    spec = match(title, rows).spec
    return spec.dataset if spec else None


def test_title_alone_claims_nothing() -> None:
    found = match("2024年一般公共预算支出表", "地区\t上年\t今年\n东区\t1.00\t2.00\n西区\t3.00\t4.00\n")
    assert found.spec is None
    assert found.confidence == 0
    assert any("只有标题相符" in e for e in found.evidence)


def test_rows_of_the_classification_bear_a_title_out() -> None:
    assert dataset("2024年全市一般公共预算支出执行情况表", "预算科目\t快报数\n" + FUNCTION_ROWS) == "一般公共预算支出表"


@pytest.mark.parametrize(
    "title", ["2024年全市政府性基金收入决算表", "2024年国有资本经营预算收入执行情况表", "2024年一般公共预算收支平衡表"]
)
def test_revenue_and_balances_are_no_expenditure(title: str) -> None:
    spec = match(title, "项目\t预算数\t决算数\n国有土地使用权出让收入\t10.00\t12.00\n彩票公益金收入\t1.00\t2.00\n").spec
    assert spec is None or spec.direction != "支出"


def test_rows_of_revenue_speak_against_expenditure() -> None:
    spec = match("2024年政府性基金预算表", "项目\t基金\n" + REVENUE_ROWS).spec
    assert spec is None or spec.direction != "支出"


def test_two_panels_are_no_table_of_one_side() -> None:
    spec = match("2024年全市政府性基金预算收支表", PANELS).spec
    assert spec is None or spec.direction is None


def test_revenue_by_functional_class_stays_revenue() -> None:
    rows = "科目编码\t科目名称\t合计\t财政拨款收入\n205\t教育支出\t10.00\t10.00\n206\t科学技术支出\t3.00\t3.00\n208\t社会保障和就业支出\t5.00\t5.00\n"
    assert dataset("收入总表", rows) == "收入总表"


def test_empty_table_is_claimed_by_title_and_the_header_of_any_table_by_subjects() -> None:
    found = match("政府性基金预算支出表", "科目编码\t科目名称\t合计\t基本支出\t项目支出\n\t\t\t\t\n")
    assert found.spec is not None
    assert found.spec.dataset == "政府性基金预算支出表"
    assert found.confidence < 0.8


def test_confidence_falls_with_the_evidence() -> None:
    full = match(
        "支出总表",
        "科目编码\t科目名称\t合计\t基本支出\t项目支出\n205\t教育支出\t3.00\t1.00\t2.00\n20502\t普通教育\t3.00\t1.00\t2.00\n",
    )
    half = match(
        "支出总表",
        "科目编码\t科目名称\t合计\t基本支出\n205\t教育支出\t3.00\t3.00\n208\t社会保障和就业支出\t3.00\t3.00\n",
    )
    assert full.confidence == 1.0
    assert half.spec is not None
    assert half.confidence < full.confidence


@pytest.mark.parametrize(
    ("rows", "families"),
    [
        ("编码\t名称\t金额\n101\t税收收入\t5.00\n10101\t增值税\t5.00\n", {REVENUE}),
        ("编码\t名称\t金额\n208\t社会保障和就业支出\t5.00\n20805\t行政事业单位养老支出\t5.00\n", {FUNCTION}),
        ("编码\t名称\t金额\n301\t工资福利支出\t5.00\n30101\t基本工资\t5.00\n", {DEPARTMENT}),
        ("编码\t名称\t金额\n501\t机关工资\t5.00\n50101\t工资奖金\t5.00\n", {GOVERNMENT}),
        ("地区\t数量\n东区\t201\n西区\t305\n南区\t512\n", set()),
    ],
)
def test_families(rows: str, families: set[str]) -> None:
    sections = segment(read_document(rows.encode(), ".txt")).sections
    assert gather(join(sections[0].tables)).families == families


@pytest.mark.parametrize(
    ("title", "sides"),
    [("政府性基金收入表", {"收入"}), ("收支平衡表", {"收入", "支出"}), ("三公经费表", {"支出"}), ("债务限额表", set())],
)
def test_sides(title: str, sides: set[str]) -> None:
    assert sides_of(title) == sides


def test_revenue_by_function_is_no_expenditure() -> None:
    """Rows named by function (教育支出) once turned a table whose title says 收入 to 支出."""
    text = (
        "某局2025年部门预算\n表2\n部门收入总体情况表\n单位：元\n科目编码\t科目名称\t合计\t财政拨款收入\n205\t教育支出\t5.00\t5.00\n"
        "208\t社会保障和就业支出\t3.00\t3.00\n210\t卫生健康支出\t2.00\t2.00\n合计\t\t10.00\t10.00\n"
    )
    (table,) = parse(read_document(text.encode(), ".txt"), "0" * 16, join).tables
    assert {a.direction for t in table.parsed.amounts.values() for a in t.amounts()} == {"收入"}
