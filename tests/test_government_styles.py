"""Tables of governments' books as provinces, cities and counties print them: what each column and row is."""

from __future__ import annotations

import pytest

from extract.doors import read_document
from extract.paper.stitching import join
from parsers.parse import ParsedTable, parse
from parsers.records import Record

BUDGET, FINAL = "东湖市2025年市级预算\n\n", "东湖市2024年财政决算\n\n"


def table(text: str) -> ParsedTable:
    (found,) = parse(read_document(text.encode(), ".txt", "pdfium"), "0" * 16, join).tables
    return found


def rows(text: str) -> list[Record]:
    return [r for records in table(text).records().values() for r in records]


def columns(text: str) -> list[tuple[object, ...]]:
    """年度, 口径, 范围 and 指标 of every column."""
    found = {r["列号"]: (r["年度"], r["口径"], r["范围"], r["指标"]) for r in rows(text)}
    return [found[n] for n in sorted(found)]


LIMITS = (
    "表12\n2024年东湖市地方政府债务限额及余额决算情况表\n单位：亿元\n"
    "地区\t2024年债务限额\t\t\t2024年债务余额（决算数）\t\t\n\t\t一般债务\t专项债务\t\t一般债务\t专项债务\n"
    "公式\tA=B+C\tB\tC\tD=E+F\tE\tF\n"
    "东湖市\t300.00\t120.00\t180.00\t290.00\t115.00\t175.00\n东湖市本级\t100.00\t40.00\t60.00\t95.00\t38.00\t57.00\n"
    "一区\t120.00\t50.00\t70.00\t118.00\t48.00\t70.00\n二县\t80.00\t30.00\t50.00\t77.00\t29.00\t48.00\n"
)


def test_row_of_formulas_is_header_and_no_measure() -> None:
    names = ["债务限额", "债务限额/一般债务", "债务限额/专项债务", "债务余额", "债务余额/一般债务", "债务余额/专项债务"]
    assert columns(FINAL + LIMITS) == [(2024, "决算", None, name) for name in names]
    assert {r["行号"] for r in rows(FINAL + LIMITS)} == {1, 2, 3, 4}


def test_a_ratio_is_of_what_is_compared() -> None:
    text = (
        "附表1\n2024年东湖市一般公共预算收入执行情况表\n单位：万元\n"
        "项目\t2023年决算数\t2024年执行数\t执行数为上年决算数的%\t比上年±%\n"
        "税收收入\t100.0\t110.0\t110.0\t10.0\n非税收入\t50.0\t60.0\t120.0\t20.0\n收入合计\t150.0\t170.0\t113.3\t13.3\n"
    )
    assert columns(BUDGET + text) == [
        (2023, "决算", None, "决算数"), (2024, "执行", None, "执行数"), (2024, "执行", None, "执行数为上年决算数的%"),
        (2024, "执行", None, "比上年±%"),
    ]  # fmt: skip


def test_stocks_at_a_year_s_end() -> None:
    text = (
        "表9\n2025年东湖市政府债务余额情况表\n单位：万元\n地区\t2023年末余额\t2024年末余额预计执行数\n"
        "一区\t10.00\t12.00\n二县\t20.00\t22.00\n三县\t30.00\t32.00\n"
    )
    assert columns(BUDGET + text) == [(2023, "决算", None, "年末余额"), (2024, "执行", None, "年末余额")]


@pytest.mark.parametrize(
    ("title", "dataset", "scope"),
    [
        ("2025年市对县（市、区）税收返还和转移支付预算分地区表", "转移支付表", "对下"),
        ("2024年东湖市地方政府债务相关情况表", "政府债务发行还本付息表", None),
    ],
)
def test_titles(title: str, dataset: str, scope: str | None) -> None:
    text = f"表4\n{title}\n单位：万元\n地区\t合计\t一般债务\n合计\t30.00\t3.00\n一区\t10.00\t1.00\n二县\t20.00\t2.00\n"
    found = rows(BUDGET + text)
    assert {(r["数据集"], r["范围"]) for r in found} == {(dataset, scope)}


def test_use_of_bonds_in_a_final_account_is_no_budget() -> None:
    text = (
        "表14\n2024年东湖市本级新增政府债券资金使用安排情况表\n单位：万元\n项目名称\t债券性质\t发行额度\n"
        "合计\t\t100.00\n轨道交通一期\t专项债券\t80.00\n道路改造\t一般债券\t20.00\n"
    )
    assert columns(FINAL + text) == [(2024, "决算", "市本级", "债券规模")]


def test_classes_by_their_names_where_no_code_is_printed() -> None:
    spending = "表2\n2025年东湖市一般公共预算支出表\n单位：万元\n项目\t预算数\n一、一般公共服务支出\t30\n二、教育支出\t70\n支出合计\t100\n"
    codes = {r["科目名称"]: (r["科目编码"], r["编码来源"], r["级次"]) for r in rows(BUDGET + spending)}
    assert codes["教育支出"] == ("205", "名称推断", "类")
    assert codes["支出合计"] == (None, None, "合计")
    income = (
        "表1\n2025年东湖市一般公共预算收入表\n单位：万元\n项目\t预算数\n"
        "一、税收收入\t90\n增值税\t60\n契税\t30\n二、非税收入\t10\n收入合计\t100\n"
    )
    found = {r["科目名称"]: (r["科目编码"], r["上级编码"], r["末级"]) for r in rows(BUDGET + income)}
    assert found["增值税"] == ("10101", "101", True)
    assert found["非税收入"] == ("103", None, True)


def test_total_with_its_unit_above_the_rows_is_no_header() -> None:
    text = (
        "表22\n2021年省本级新增地方政府债券使用情况表\n单位：亿元\n项目名称\t项目编号\t债券性质\t债券规模\t发行时间（年/月）\n"
        "债券规模\t\t\t120亿元\t\n预算内基本建设\tP211300-0049\t一般债券\t23\t2021/4\n农村公路建设\tP211300-0017\t一般债券\t30\t2021/4\n"
    )
    assert {r["指标"] for r in rows(FINAL + text) if r["原文"] == "23"} == {"债券规模"}
    assert {r["计量单位"] for r in rows(FINAL + text) if r["原文"] == "23"} == {"亿元"}


@pytest.mark.parametrize("first", [True, False])
def test_whole_of_the_book_without_the_word_total(first: bool) -> None:
    whole = "全区一般公共预算收入\t120\n"
    parts = (
        "一、税收收入\t80\n　　增值税\t50\n　　企业所得税\t30\n二、非税收入\t40\n　　专项收入\t15\n　　罚没收入\t25\n"
    )
    text = f"表一\n东湖区2024年一般公共预算收入执行情况表\n单位：万元\n项目\t执行数\n{whole + parts if first else parts + whole}"
    found = {r["科目名称"]: (r["级次"], r["末级"]) for r in rows(BUDGET + text)}
    assert found["全区一般公共预算收入"] == ("合计", False)
    assert sorted(name for name, (_, leaf) in found.items() if leaf) == sorted(
        ["增值税", "企业所得税", "专项收入", "罚没收入"]
    )


def test_classes_without_the_word_expenditure() -> None:
    text = (
        "表三\n东湖区2024年一般公共预算支出执行情况表\n单位：万元\n项目\t预算数\t执行数\t执行率\n"
        "一、一般公共服务\t30\t29\t96.7%\n二、公共安全\t20\t20\t100.0%\n三、教育\t50\t49\t98.0%\n一般公共预算支出合计\t100\t98\t98.0%\n"
    )
    found = rows(BUDGET + text)
    assert {r["数据集"] for r in found} == {"一般公共预算支出表"}
    assert {r["科目名称"]: r["科目编码"] for r in found}["教育"] == "205"


def test_list_of_bonds() -> None:
    """期限 stands behind the amounts, and is no name."""
    text = (
        "东湖市2024年地方政府债券发行情况表\n单位：亿元\n债券名称\t债券类型\t发行日期\t发行金额\t期限\t利率\n"
        "2024年一般债券（一期）\t新增一般\t2024-03-12\t50.00\t10年\t2.55%\n2024年专项债券（一期）\t新增专项\t2024-03-12\t80.00\t15年\t2.70%\n"
        "2024年再融资债券（一期）\t再融资专项\t2024-05-20\t30.00\t7年\t2.43%\n合计\t\t\t160.00\t\t\n"
    )
    names = {r["科目名称"] for r in rows(BUDGET + text)}
    assert names == {"2024年一般债券（一期）", "2024年专项债券（一期）", "2024年再融资债券（一期）", "合计"}


def test_local_expenditure_beside_what_is_carried_over() -> None:
    text = (
        "表1-2\n2025年东湖县一般公共预算支出预算表（功能分类）\n单位:万元\n科目编码\t科目名称\t合计\t本级支出\t上年结转\n"
        "201\t一般公共服务支出\t20\t18\t2\n20101\t人大事务\t20\t18\t2\n205\t教育支出\t60\t55\t5\n20502\t普通教育\t60\t55\t5\n\t支出合计\t80\t73\t7\n"
    )
    assert [c[-1] for c in columns(BUDGET + text)] == ["合计", "本级支出", "上年结转"]
