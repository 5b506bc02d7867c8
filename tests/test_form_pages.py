"""Pages of labels and values: each is one form, goes to the form datasets with every amount, and joins no other."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from extract.doors import read_document
from extract.paper.model import Box, Cell, Document, Line, PageLayout, TablePart
from extract.paper.stitching import join
from parsers.parse import Parsed, parse

TITLE = "财政项目支出绩效目标填报表"


def form(name: str, total: str, year: str, department: str = "云溪区水利局") -> list[list[str]]:
    return [
        ["主管部门", department, "实施单位", "云溪区河道管理站"],
        ["项目名称", name, "项目类别", "特定目标类"],
        ["项目资金总额", total, "年度资金申请总额", year],
        ["其中：财政拨款", total, "其中：财政拨款", year],
        ["其他资金", "0.00", "其他资金", "0.00"],
        ["总体目标", "", "年度目标", ""],
        ["完成河道整治", "", "完成一期整治", ""],
        ["一级指标", "二级指标", "三级指标", "指标值"],
        ["产出指标", "数量指标", "整治河道长度", "≥12公里"],
    ]


def page(number: int, rows: list[list[str]], title: str | None) -> PageLayout:
    """One ruled form; ``title`` is a row of the grid over all of its columns."""
    xs = [50.0 + 125 * i for i in range(5)]
    cells: list[Cell] = []
    if title:
        cells.append(Cell(0, 0, 1, 4, title, number, Box(xs[0], 60, xs[4], 80)))
    first = 1 if title else 0
    for r, row in enumerate(rows, start=first):
        for c, text in enumerate(row):
            if text:
                width = 2 if c % 2 == 0 and c + 1 < len(row) and not row[c + 1] else 1
                box = Box(xs[c], 60 + 20 * r, xs[c + width], 80 + 20 * r)
                cells.append(Cell(r, c, 1, width, text, number, box))
    total = len(rows) + first
    return PageLayout(
        number, [TablePart(number, Box(50, 60, 550, 60 + 20 * total), xs, total, cells, "ruled")], 600, 800
    )


def parsed(*pages: PageLayout) -> Parsed:
    return parse(Document(list(pages), len(pages), "test"), "0" * 16, join)


def rows_of(found: Parsed, dataset: str) -> list[dict[str, Any]]:
    return [row for table in found.tables for row in table.records().get(dataset, [])]


@pytest.mark.parametrize("title", [TITLE, "项目支出绩效目标表", None])
def test_each_page_is_one_form(title: str | None) -> None:
    """One project's form has the same department, labels and columns as the next one's."""
    found = parsed(
        page(1, form("河道整治", "100.00", "40.00"), title), page(2, form("堤坝加固", "200.00", "80.00"), title)
    )
    assert [t.dataset for t in found.tables] == ["绩效目标", "绩效目标"]
    assert [r["项目名称"] for r in rows_of(found, "项目基本信息")] == ["河道整治", "堤坝加固"]


def test_every_amount_goes_to_the_form() -> None:
    found = parsed(page(1, form("河道整治", "100.00", "40.00"), TITLE))
    funding = [(r["科目名称"], r["原文"]) for r in rows_of(found, "项目资金来源")]
    assert sorted(funding) == sorted(
        [("项目资金总额", "100.00"), ("年度资金申请总额", "40.00"), ("其中：财政拨款", "100.00"), ("其中：财政拨款", "40.00"), ("其他资金", "0.00"), ("其他资金", "0.00")]
    )  # fmt: skip
    assert not rows_of(found, "未识别表")
    (info,) = rows_of(found, "项目基本信息")
    assert (info["项目主管部门"], info["项目执行单位"], info["支出项目类别"]) == (
        "云溪区水利局",
        "云溪区河道管理站",
        "特定目标类",
    )
    assert [r["指标值"] for r in rows_of(found, "绩效指标")] == ["≥12公里"]
    assert len(rows_of(found, "绩效目标")) == 2


def test_measure_beside_a_label() -> None:
    rows = form("河道整治", "100.00", "40.00")
    rows[2] = ["项目资金总额（万元）", "100.00", "年度资金申请总额（万元）", "40.00"]
    found = parsed(page(1, rows, TITLE))
    amounts = {r["科目名称"]: r["金额"] for r in rows_of(found, "项目资金来源") if "总额" in r["科目名称"]}
    assert set(amounts.values()) == {Decimal(1000000), Decimal(400000)}


def test_form_is_no_table_of_projects() -> None:
    text = "项目支出表\n单位：万元\n项目名称\t单位名称\t合计\n河道整治\t水利局\t40.00\n堤坝加固\t水利局\t80.00\n"
    (table,) = parse(read_document(text.encode(), ".txt"), "0" * 16, join).tables
    assert table.dataset == "项目支出表"


def test_form_that_goes_on_is_joined() -> None:
    rows = form("河道整治", "100.00", "40.00")
    rest: list[Line | TablePart] = list(page(2, rows[7:], None).blocks)
    found = parsed(page(1, rows[:7], TITLE), PageLayout(2, rest, 600, 800))
    assert len(found.tables) == 1
