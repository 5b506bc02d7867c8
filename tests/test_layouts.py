"""House styles of many places, as text: titles above numbers, 行次 and 栏次, 单位代码 beside 科目编码, three 三公 orders."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from extract.doors import read_document
from extract.paper.stitching import join
from parsers.parse import ParsedTable, parse

HERE = Path(__file__).resolve().parent / "layouts"


@lru_cache
def tables(name: str) -> dict[str, ParsedTable]:
    document = read_document((HERE / f"{name}.txt").read_bytes(), ".txt", "pdfium")
    return {t.number or t.title or "": t for t in parse(document, "0" * 16, join).tables}


def row(table: ParsedTable, **wanted: object) -> dict[str, Any]:
    """指标 → 原文 of the one row that has the wanted fields."""
    (records,) = table.records().values()
    found = [r for r in records if all(r.get(k) == v for k, v in wanted.items())]
    assert len({(r["行号"], r["方向"]) for r in found}) == 1, wanted
    return {r["指标"]: r["原文"] for r in found}


def test_every_table_is_recognised() -> None:
    datasets = {n: [t.dataset for t in tables(n).values()] for n in ("final_with_order_rows", "title_above_number")}
    assert datasets["final_with_order_rows"] == [
        "收支总表", "收入总表", "支出总表", "财政拨款收支总表", "一般公共预算支出表", "一般公共预算基本支出表", "三公经费支出表",
        "政府性基金预算支出表",
    ]  # fmt: skip
    assert datasets["title_above_number"] == [
        "收支总表", "支出总表", "一般公共预算支出表", "三公经费支出表", "政府采购预算表", "政府采购预算表", "机关运行经费表",
        "财政拨款支出表", None, None,
    ]  # fmt: skip


def test_order_numbers_are_no_amounts() -> None:
    for name, table in tables("final_with_order_rows").items():
        amounts = [r["原文"] for rows in table.records().values() for r in rows if r.get("金额") is not None]
        assert all("." in a for a in amounts), name


def test_split_codes_under_a_merged_header() -> None:
    table = tables("final_with_order_rows")["公开02表"]
    assert row(table, 科目编码="2080505")["财政拨款收入"] == "234.50"
    assert {r["科目体系"] for r in table.records()["收入总表"]} == {"功能分类"}


def test_three_economic_blocks_side_by_side() -> None:
    table = tables("final_with_order_rows")["公开06表"]
    assert row(table, 科目编码="30101") == {"人员经费": "150.00"}
    assert row(table, 科目编码="30202") == {"公用经费": "4.50"}
    assert row(table, 科目编码="31001") == {"公用经费": None}


def test_twelve_columns_of_budget_and_final() -> None:
    rows = tables("final_with_order_rows")["公开07表"].records()["三公经费支出表"]
    assert {(r["指标"], r["口径"]): r["原文"] for r in rows} == {
        ("合计", "预算"): "8.00", ("因公出国(境)费", "预算"): None, ("公务用车购置及运行费", "预算"): "5.00",
        ("公务用车购置费", "预算"): None, ("公务用车运行费", "预算"): "5.00", ("公务接待费", "预算"): "3.00",
        ("合计", "决算"): "6.50", ("因公出国(境)费", "决算"): None, ("公务用车购置及运行费", "决算"): "4.00",
        ("公务用车购置费", "决算"): None, ("公务用车运行费", "决算"): "4.00", ("公务接待费", "决算"): "2.50",
    }  # fmt: skip


def test_income_column_of_a_spending_table() -> None:
    rows = tables("final_with_order_rows")["公开08表"].records()["政府性基金预算支出表"]
    assert {r["指标"]: r["方向"] for r in rows}["本年收入"] == "收入"
    assert {r["指标"]: r["方向"] for r in rows}["合计"] == "支出"


def test_unit_codes_beside_subject_codes() -> None:
    table = tables("split_codes_with_units")["表1-2"]
    assert row(table, 科目编码="2080101") == {"合计": "2,000.00", "基本支出": "2,000.00", "项目支出": None}
    assert row(tables("split_codes_with_units")["表3-1"], 科目编码="30201")["公用经费"] == "200.00"
    assert row(tables("split_codes_with_units")["表1-1"], 科目编码="301301")["合计"] == "2,345.67"


def test_absent_tables_are_listed() -> None:
    missing = [n for n, t in tables("split_codes_with_units").items() if t.status == "正文缺失"]
    assert missing == ["表2", "表2-1", "表3", "表4-1", "表5"]


def test_codes_with_hyphens_and_catalogue_codes() -> None:
    assert row(tables("title_above_number")["预算公开03表"], 科目编码="20103")["基本支出"] == "1,000,000.00"
    assert row(tables("title_above_number")["预算公开09表"], 科目编码="A0101") == {"预算数": "30,000.00"}


@pytest.mark.parametrize(
    ("number", "wanted"),
    [
        ("预算公开07表", {"公务用车购置及运行费": "30,000.00", "会议费": "10,000.00", "培训费": "5,000.00", "公务接待费": "20,000.00"}),
        ("预算公开08表", {"采购数量": None, "预算数": "170,000.00"}),
        ("预算公开11表", {"合计": "1,000,000.00", "一般公共预算": "1,000,000.00"}),
    ],
)  # fmt: skip
def test_total_rows(number: str, wanted: dict[str, str | None]) -> None:
    assert wanted.items() <= row(tables("title_above_number")[number], 级次="合计").items()


def test_counts_and_rates_are_no_money() -> None:
    for number, measure in (("预算公开08表", "采购数量"), ("预算公开05表", "增减%"), ("预算公开13表", "数量")):
        (rows,) = tables("title_above_number")[number].records().values()
        mine = [r for r in rows if r["指标"] == measure]
        assert mine and all(r["金额"] is None for r in mine) and any(r["原文"] for r in mine)


def test_unknown_tables_keep_their_headers() -> None:
    rows = tables("title_above_number")["预算公开13表"].records()["未识别表"]
    assert [(r["科目名称"], r["指标"], r["原文"]) for r in rows] == [
        ("房屋（平方米）", "数量", "1,200.00"), ("房屋（平方米）", "价值", "3,400,000.00"),
        ("车辆（台）", "数量", "3"), ("车辆（台）", "价值", "450,000.00"),
    ]  # fmt: skip
