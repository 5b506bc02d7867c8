"""Governments' books as text: their datasets, the identities of debt, limits and scopes, a balance of both sides."""

from __future__ import annotations

import pytest

from extract.doors import read_document
from extract.paper.stitching import join
from parsers.checking.checker import Checker, Outcome
from parsers.parse import ParsedTable, parse

COVER = "某市2025年政府预算\n某市财政局\n2025年1月\n"
DEBT = (
    "表1-2\n2024年地方政府专项债务余额情况表\n单位：亿元\n项目\t预算数\t执行数\n一、2023年末地方政府专项债务余额实际数\t\t100.00\n"
    "二、2024年末地方政府专项债务限额\t150.00\t\n三、2024年地方政府专项债务发行额\t\t30.00\n"
    "四、2024年地方政府专项债务还本额\t\t10.00\n五、2024年末地方政府专项债务余额预计执行数\t\t120.00\n"
)
PLACES = (
    "表3\n2024年全市政府债务限额余额情况表\n单位：万元\n地区\t2024年债务限额\t\t\t2024年债务余额\t\t\n"
    "\t小计\t一般债务\t专项债务\t小计\t一般债务\t专项债务\n合计\t300\t100\t200\t250\t90\t160\n"
    "市本级\t150\t50\t100\t120\t45\t75\n东区\t100\t30\t70\t90\t28\t62\n云岭县\t50\t20\t30\t40\t17\t23\n"
)


def tables(text: str) -> list[ParsedTable]:
    return list(parse(read_document(text.encode(), ".txt"), "0" * 16, join).tables)


def outcomes(text: str, rule: str) -> list[Outcome]:
    checker = Checker("0" * 16, "执行")
    for table in tables(text):
        checker.take(table.parsed)
    return [t for t in checker.tested() if t.rule == rule]


def test_stock_of_debt() -> None:
    assert [t.dataset for t in tables(COVER + DEBT)] == ["政府债务限额余额表"]
    assert [t.grade for t in outcomes(COVER + DEBT, "G1")] == ["通过"]


@pytest.mark.parametrize(
    ("printed", "changed", "grades"),
    [
        ("120.00", "121.00", ["矛盾"]),
        ("四、", "四、2024年采取其他方式化解专项债务额\t\t5.00\n五、", ["矛盾"]),
        ("专项债务", "一般债务", ["通过"]),
    ],
)
def test_what_a_stock_promises(printed: str, changed: str, grades: list[str]) -> None:
    assert [t.grade for t in outcomes(COVER + DEBT.replace(printed, changed), "G1")] == grades


def test_foreign_loans_move_with_rates_of_exchange() -> None:
    general = COVER + DEBT.replace("专项债务", "一般债务")
    assert outcomes(general.replace("120.00", "120.90"), "G1") == []
    assert [t.grade for t in outcomes(general.replace("120.00", "140.00"), "G1")] == ["矛盾"]


def test_limit_is_no_less_than_the_stock() -> None:
    assert [t.grade for t in outcomes(COVER + DEBT, "G2")] == ["通过"]
    assert [t.grade for t in outcomes(COVER + DEBT.replace("150.00", "110.00"), "G2")] == ["矛盾"]


def test_limits_of_places() -> None:
    (table,) = tables(COVER + PLACES)
    (rows,) = (t.rows for t in table.parsed.amounts.values())
    assert table.dataset == "政府债务限额余额表"
    assert {r.scheme for r in rows} == {"地区"}
    assert [t.grade for t in outcomes(COVER + PLACES, "G2")] == ["通过"] * 12
    assert [t.grade for t in outcomes(COVER + PLACES.replace("\t50\t20\t30\t40", "\t50\t20\t30\t60"), "G2")].count(
        "矛盾"
    ) == 1


SCOPES = (
    "表2\n2024年一般公共预算收入决算表\n单位：万元\n项目\t2024年决算数\t\t\n\t全市\t市本级\t县区级\n合计\t30.00\t10.00\t20.00\n"
    "税收收入\t20.00\t5.00\t15.00\n非税收入\t10.00\t5.00\t5.00\n"
)


@pytest.mark.parametrize(("taxes", "others", "wrong"), [("15.00", "5.00", 0), ("16.00", "4.00", 2)])
def test_a_whole_is_its_own_level_and_those_below(taxes: str, others: str, wrong: int) -> None:
    """The columns add up either way; the rows do not."""
    text = SCOPES.replace("5.00\t15.00", f"5.00\t{taxes}").replace("5.00\t5.00", f"5.00\t{others}")
    found = outcomes(COVER + text, "G3")
    assert len(found) == 3
    assert [t.grade for t in found].count("矛盾") == wrong


REVENUE = (
    "表1\n2024年全市一般公共预算收入决算表\n单位：万元\n项目\t2023年决算数\t2024年决算数\n"
    "税收收入\t50.00\t60.00\n非税收入\t40.00\t30.00\n收入合计\t90.00\t90.50\n"
)
BALANCE = (
    "表4\n2024年全市一般公共预算收支决算平衡表\n单位：万元\n收入\t\t支出\t\n项目\t2024年决算数\t项目\t2024年决算数\n"
    "一、一般公共预算收入\t90.50\t一、一般公共预算支出\t100.00\n二、上级补助收入\t20.00\t二、上解支出\t10.50\n"
    "收入总计\t110.50\t支出总计\t110.50\n"
)
OTHER = BALANCE.replace("90.50", "97.50").replace("20.00", "13.00")  # it adds up all the same


@pytest.mark.parametrize(("text", "grades"), [(BALANCE, ["通过"]), (OTHER, ["矛盾"])])
def test_the_same_total_in_two_tables(text: str, grades: list[str]) -> None:
    """2023 stands in one of them only, and is not compared."""
    assert [t.dataset for t in tables(COVER + REVENUE + text)] == ["一般公共预算收入表", "收支平衡表"]
    assert [t.grade for t in outcomes(COVER + REVENUE + text, "G4")] == grades
    assert [t.grade for t in outcomes(COVER + REVENUE + text, "W2")] == ["通过"]


OPEN = BALANCE.replace("收入总计\t110.50", "收入总计\t150.50")


@pytest.mark.parametrize(
    ("text", "grades"),
    [
        (OPEN, ["矛盾"]),
        (OPEN.replace("收入总计", "本年收入合计").replace("支出总计", "本年支出合计"), []),
        (OPEN.replace("一般公共预算", "养老保险").replace("补助", "保险补助").replace("上解", "保险"), []),
    ],
)
def test_only_what_must_balance_is_asked_to(text: str, grades: list[str]) -> None:
    """A year's own revenue and expenditure need not be equal, nor those of an insurance fund."""
    assert [t.grade for t in outcomes(COVER + text, "W2")] == grades


def test_tables_of_another_scope_are_not_compared() -> None:
    assert outcomes(COVER + REVENUE + OTHER.replace("全市", "市本级"), "G4") == []
