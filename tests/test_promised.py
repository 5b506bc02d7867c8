"""What the contents promise and what the body names without a table: each is said, and nothing that stands there."""

from __future__ import annotations

import pytest

from extract.doors import read_document
from extract.paper.model import Box, Cell, Chunk, Line, TablePart
from extract.paper.stitching import join
from parsers.outline.captions import Caption
from parsers.outline.contents import is_contents, listed_captions
from parsers.parse import ParsedTable, parse
from parsers.promised import Standing, absent, plain_number

REVENUE = "项目\t预算数\n一、税收收入\t100\n增值税\t60\n企业所得税\t40\n二、非税收入\t50\n收入合计\t150\n"


def tables(text: str) -> dict[str | None, ParsedTable]:
    found = parse(read_document(text.encode(), ".txt", "pdfium"), "0" * 16, join).tables
    return {t.number: t for t in found}


def kinds(title: str) -> tuple[str, ...]:
    return ("收入",) if "收入" in title else ("支出",) if "支出" in title else ()


def missing(
    listed: list[tuple[str | None, str]], standing: list[tuple[str | None, str | None, str | None]]
) -> list[str]:
    gone = absent([Caption(n, t) for n, t in listed], [Standing(*s) for s in standing], kinds)
    return [c.title or "" for c in gone]


def test_numbered_contents_divide_what_a_list_without_numbers_names() -> None:
    listed = [(None, "支出表(分科目,分单位)"), ("表1-1", "支出表(分科目)"), ("表1-2", "支出表(分单位)")]
    standing = [("表1-1", "支出表(分科目)", "支出"), ("表1-2", "支出表(分单位)", "支出")]
    assert missing(listed, standing) == []


def test_another_table_of_its_kind_does_not_stand_for_it() -> None:
    listed = [("表1", "2025年全市收入表"), ("表2", "2025年市级收入表"), ("表3", "2025年市级支出表")]
    standing = [("表1", "2025年全市收入表", "收入"), ("表3", "2025年市级支出表", "支出")]
    assert missing(listed, standing) == ["2025年市级收入表"]


@pytest.mark.parametrize(
    "printed",
    [
        ("附表1-2", "市级收入情况", "收入"),  # number, and a title that is like it
        ("表一之二", "2025年市级收入完成情况表", "收入"),
        (None, "市级收入（草案）", "收入"),  # its place between two others
        (None, None, None),  # a table that names itself nowhere
    ],
)
def test_other_wording_is_no_absence(printed: tuple[str | None, str | None, str | None]) -> None:
    listed = [("表1-1", "2025年全市收入表"), ("表1-2", "2025年市级收入表"), ("表1-3", "2025年市级支出表")]
    standing = [("表1-1", "2025年全市收入表", "收入"), printed, ("表1-3", "2025年市级支出表", "支出")]
    assert missing(listed, standing) == []


def test_contents_of_a_part_repeat_those_of_the_whole() -> None:
    listed = [("表1", "2025年全市收入表"), (None, "2025年全市收入表"), ("附表一", "2025年全市收入表")]
    assert missing(listed, [("表1", "2025年全市收入表", "收入")]) == []


@pytest.mark.parametrize(
    ("number", "plain"),
    [("附表1-2", "1-2"), ("表二十四", "24"), ("表十", "10"), ("表3-1", "3-1"), ("公开01表", "1"), (None, None)],
)
def test_numbers_for_comparison(number: str | None, plain: str | None) -> None:
    assert plain_number(number) == plain


def test_name_with_measure_and_note_alone() -> None:
    """The note is none of the table above, and the empty table is said."""
    text = (
        f"东湖市2025年政府预算\n表1\n2025年东湖市一般公共预算收入表\n单位：万元\n{REVENUE}\n"
        "表2\n2025年东湖市国有资本经营预算转移支付表\n单位：万元\n注：本表无数据。\n"
        f"表3\n2024年东湖市一般公共预算收入执行情况表\n单位：万元\n{REVENUE}"
        "表4\n2025年东湖市国有资本经营预算支出表\n单位：万元\n"
    )
    found = tables(text)
    assert {n: (t.status, t.dataset) for n, t in found.items()} == {
        "表1": ("已提取", "一般公共预算收入表"), "表2": ("空表有说明", "转移支付表"),
        "表3": ("已提取", "一般公共预算收入表"), "表4": ("空表无说明", "国有资本经营预算支出表"),
    }  # fmt: skip
    assert found["表1"].note is None
    assert found["表2"].note == "注：本表无数据。"


def test_header_without_rows_is_the_table_that_its_title_says() -> None:
    text = "东湖市2025年政府预算\n表3\n2025年东湖市国有资本经营预算支出表\n单位：万元\n项目\t预算数\n注：我市2025年没有国有资本经营预算支出。\n"
    (table,) = tables(text).values()
    assert (table.status, table.dataset) == ("空表有说明", "国有资本经营预算支出表")


def test_one_row_and_its_total() -> None:
    text = "东湖市2025年政府预算\n表4\n2025年东湖市政府性基金预算支出表\n单位：万元\n项目\t预算数\n一、城乡社区支出\t20\n支出合计\t20\n"
    (table,) = tables(text).values()
    assert table.dataset == "政府性基金预算支出表"


def contents_line(text: str) -> Line:
    return Line((Chunk(text, Box(50, 50, 300, 66)),), 1, None)


def test_dots_of_a_contents_page_on_lines_of_their_own() -> None:
    lines = [
        "1-1.2025年全市一般公共预算收入执行情况表", "………………(10)", "1-2.2025年市级一般公共预算安排的基本支出草案表", "(按经济分类)………(12)",
        "1-3.2025年市级税收返还和转移支付情况表", "………………(20)",
    ]  # fmt: skip
    found = [(c.number, c.title) for c in listed_captions(map(contents_line, lines), 5)]
    assert found == [
        ("1-1", "2025年全市一般公共预算收入执行情况表"), ("1-2", "2025年市级一般公共预算安排的基本支出草案表(按经济分类)"),
        ("1-3", "2025年市级税收返还和转移支付情况表"),
    ]  # fmt: skip


def test_contents_whose_dots_make_a_grid() -> None:
    """Dots under one another look like a column; they lead to pages."""
    names = "\n".join(["一、一般公共预算", *(f"1-{i}.2025年市级收入执行情况表{i}" for i in range(1, 5))])
    rows = [["目 录", ""], [names, "………(1)\n…(2)\n…(4)\n……(33)\n……(34)"]]
    cells = [Cell(r, c, 1, 1, text, 1, Box(0, 0, 10, 10)) for r, row in enumerate(rows) for c, text in enumerate(row)]
    assert is_contents(TablePart(1, Box(0, 0, 10, 10), [0, 5, 10], 2, cells, "aligned"), under_heading=True)
