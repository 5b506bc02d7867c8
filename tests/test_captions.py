"""Heading forms of many places, contents lines, narrative items, the two 单位 lines."""

from __future__ import annotations

import pytest

from parsers.amounts_table.recognise import title_matches
from parsers.outline.captions import (
    find_organisation,
    find_unit,
    is_contents_line,
    is_title,
    parse_number,
    read_caption,
)

NUMBERS = {  # the number without blanks, and the title that follows it
    "表1": ("表1", ""),
    "表 5-1": ("表5-1", ""),
    "表1-1. 部门收入总表": ("表1-1", "部门收入总表"),
    "表一": ("表一", ""),
    "附表1": ("附表1", ""),
    "公开01表": ("公开01表", ""),
    "公开 01 表：收支预算总表": ("公开01表", "收支预算总表"),
    "公开表一": ("公开表一", ""),
    "预算01表": ("预算01表", ""),
    "（预算公开 01 表）": ("预算公开01表", ""),
    "表8.政府性基金预算支出表": ("表8", "政府性基金预算支出表"),
}


@pytest.mark.parametrize("text", NUMBERS)
def test_number(text: str) -> None:
    assert parse_number(text) == NUMBERS[text]


@pytest.mark.parametrize(
    "text",
    ["表明了态度", "表中数据", "2024年", "第一部分", "三、收支预算总体安排情况说明", "见表1。", "表1所示的支出为100万元，其中项目支出20万元"],
)  # fmt: skip
def test_no_number(text: str) -> None:
    assert parse_number(text) is None


@pytest.mark.parametrize(
    "text",
    ["收支总表", "一、收支预算总表", "2025年部门财务收支预算总表", "某市某局2024年部门收支总表", "《收支预算总表》",
     "一般公共预算“三公”经费支出表"],
)  # fmt: skip
def test_title(text: str) -> None:
    assert is_title(text) and title_matches(text)


@pytest.mark.parametrize(
    "text",
    ["一、收支预算总体安排情况", "2024年收入预算3582.93万元，比上年增加707.96万元。", "（详见下表）", "单位：万元",
     "本单位2024年没有使用政府性基金预算拨款安排的支出，故本表为空表。"],
)  # fmt: skip
def test_no_title(text: str) -> None:
    assert not is_title(text)


def test_contents_line() -> None:
    assert is_contents_line("一、收支总表…………………3") == "一、收支总表"
    assert is_contents_line("表3 支出总表\t12") == "表3 支出总表"
    assert is_contents_line("收支总表 5") == "收支总表"
    assert is_contents_line("第二部分 2024年部门预算情况说明……5") is None


def test_two_unit_lines() -> None:
    caption = read_caption(["表1", "收支总表", "单位：武汉市某中心", "单位：万元"])
    assert (caption.number, caption.title, caption.organisation, caption.unit) == (
        "表1", "收支总表", "武汉市某中心", "万元",
    )  # fmt: skip


@pytest.mark.parametrize(
    "label", ["部门：", "编制部门：", "编制单位:", "预算单位：", "部门（单位）名称：", "单位名称："]
)
def test_organisation(label: str) -> None:
    assert find_organisation(f"{label}云溪区教育局") == "云溪区教育局"


def test_organisation_and_unit_on_one_line() -> None:
    assert find_unit("编制部门：云溪区教育局\t单位：元") == "元"
    caption = read_caption(["收支总表", "编制部门：云溪区教育局", "单位：元"])
    assert (caption.organisation, caption.unit) == ("云溪区教育局", "元")


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("单位：万元", "万元"),
        ("金额单位：元", "元"),
        ("单位:人民币万元", "万元"),
        ("（万元）", "万元"),
        ("单位：千元", "千元"),
        ("单位：某中心", None),
    ],
)
def test_unit(text: str, unit: str | None) -> None:
    assert find_unit(text) == unit


@pytest.mark.parametrize(
    ("text", "unit"), [("单位：万元", "万元"), ("单位ÿ元", "元"), ("单位 元", "元"), ("本单位5万元以下的采购", None)]
)
def test_measure_whose_colon_is_garbled(text: str, unit: str | None) -> None:
    """Yuan printed behind a broken colon once were taken for the 万元 of the table before."""
    assert find_unit(text) == unit


@pytest.mark.parametrize(
    ("lines", "number", "title"),
    [
        (["公开09表：“三公”经费、会议费、培训费", "支出预算表"], "公开09表", "“三公”经费、会议费、培训费支出预算表"),
        (["2024年一般公共预算财政拨款", "支出情况表"], None, "2024年一般公共预算财政拨款支出情况表"),
        (["收支总表", "公开01表"], "公开01表", "收支总表"),
        (["表9", "支出预算表"], "表9", "支出预算表"),
    ],
)
def test_caption_of_several_lines(lines: list[str], number: str | None, title: str) -> None:
    found = read_caption(lines)
    assert (found.number, found.title) == (number, title)


@pytest.mark.parametrize(("length", "joined"), [(4, True), (3, False), (40, True), (41, False)])
def test_half_a_title_is_of_4_to_40_characters(length: int, joined: bool) -> None:
    half = "云" * (length - 2) + "拨款"
    assert (read_caption([half, "支出情况表"]).title == f"{half}支出情况表") is joined


def test_measure_on_two_lines() -> None:
    assert read_caption(["支出总表", "单位：", "万元"]).unit == "万元"
    assert read_caption(["支出总表", "万元"]).unit is None
