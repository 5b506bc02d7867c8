"""Titles of tables: over two lines, without the word 表, with codes before and tails behind; contents lists that name them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extract.doors import read_document
from extract.paper.model import Box, Cell, Chunk, Document, Line, PageLayout, TablePart
from extract.paper.stitching import join
from parsers.amounts_table.columns import find_columns
from parsers.amounts_table.periods import read_title
from parsers.outline.captions import Caption, is_title, parse_number, read_caption
from parsers.outline.sections import segment
from parsers.parse import Parsed, parse
from parsers.values import TableContext

ROWS = [["项目", "预算数"], ["合计", "30.00"], ["增值税", "20.00"], ["契税", "10.00"]]


def line(text: str, top: float, mid: float = 300, size: float = 20, page: int = 1) -> Line:
    """A line of text centred on ``mid``; glyphs are as wide as high."""
    half = len(text) * size / 2
    box = Box(mid - half, top, mid + half, top + size)
    return Line((Chunk(text, box),), page, box)


def grid(top: float, rows: list[list[str]] | None = None, page: int = 1, left: float = 50) -> TablePart:
    rows = rows or ROWS
    width = 500 / len(rows[0])
    xs = [left + width * i for i in range(len(rows[0]) + 1)]
    cells = [
        Cell(r, c, 1, 1, text, page, Box(xs[c], top + 20 * r, xs[c + 1], top + 20 * r + 20))
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
    ]
    return TablePart(page, Box(xs[0], top, xs[-1], top + 20 * len(rows)), xs, len(rows), cells, "ruled")


def captions(*pages: list[Line | TablePart]) -> list[Caption]:
    layouts = [PageLayout(n, blocks, 600, 800) for n, blocks in enumerate(pages, start=1)]
    return [s.caption for s in segment(Document(layouts, len(pages), "test")).sections]


def parsed(text: str) -> Parsed:
    return parse(read_document(text.encode(), ".txt"), "0" * 16, join)


def test_title_over_two_lines() -> None:
    (found,) = captions(
        [line("表7", 60), line("2024年市本级一般公共预算支出决算", 90), line("明细表（7）", 114), line("单位：万元", 150, 500, 10), grid(170)]
    )  # fmt: skip
    assert (found.number, found.title) == ("表7", "2024年市本级一般公共预算支出决算明细表（7）")
    assert found.unit == "万元"


def test_bracket_below_a_title_belongs_to_it() -> None:
    (found,) = captions([line("2024年市级转移支付表", 90), line("（按项目分地区）", 112, size=18), grid(140)])
    assert found.title == "2024年市级转移支付表（按项目分地区）"


def test_paragraph_above_a_title_is_not_its_half() -> None:
    text = line("本年度支出按照项目分地区列示", 90, 170, 20)
    (found,) = captions([text, line("2024年市级转移支付表", 112), grid(140)])
    assert found.title == "2024年市级转移支付表"


def test_title_without_the_word_table() -> None:
    (found,) = captions([line("全市2025年一般公共预算收入预算草案", 90), line("单位：万元", 120, 500, 10), grid(140)])
    assert found.title == "全市2025年一般公共预算收入预算草案"


def test_number_between_a_title_without_the_word_and_the_table() -> None:
    (found,) = captions(
        [line("2026年东湖市一般公共预算收入草案", 90), Line((*line("表7", 120, 90, 10).chunks, *line("单位：万元", 120, 500, 10).chunks), 1, Box(80, 120, 550, 130)), grid(140)]
    )  # fmt: skip
    assert (found.number, found.title, found.unit) == ("表7", "2026年东湖市一般公共预算收入草案", "万元")


def test_heading_of_the_narrative_is_no_title() -> None:
    (found,) = captions([line("（一）2025年收入预算情况说明", 90, 150, 14), grid(140)])
    assert found.title is None


def test_page_number_in_the_margin_is_no_part_of_the_title() -> None:
    title = line("2025年市级转移支付情况表", 90)
    margin = Chunk("6", Box(20, 92, 30, 102))
    both = Line((margin, *title.chunks), 1, Box(20, 90, 420, 110))
    (found,) = captions([both, grid(140)])
    assert found.title == "2025年市级转移支付情况表"


def test_long_table_prints_its_number_on_the_first_page_only() -> None:
    head = [line("2025年东湖市支出执行情况表", 90), grid(140)]
    again: list[Line | TablePart] = [line("2025年东湖市支出执行情况表", 90, page=2), grid(140, page=2, left=56)]
    assert len(captions([line("表1-2", 60, 80), *head], again)) == 1


def test_two_tables_of_one_title_stay_two() -> None:
    other = [["地区", "余额"], ["合计", "5.00"]]
    first: list[Line | TablePart] = [line("2025年政府债务情况表", 90), grid(140)]
    assert len(captions(first, [line("2025年政府债务情况表", 90, page=2), grid(140, other, 2)])) == 2


def test_second_table_under_one_caption_shares_it() -> None:
    other = [["项目", "上年数", "预算数"], ["接待批次", "1.00", "2.00"], ["接待人次", "3.00", "4.00"]]
    first: list[Line | TablePart] = [line("表7", 60), line("2025年三公经费支出表", 90), grid(140)]
    found = captions([*first, grid(400, other, left=80)])
    assert [(c.number, c.title) for c in found] == [("表7", "2025年三公经费支出表")] * 2
    alone = captions(
        [*first, line("下列项目另行公开，详见各部门网站的说明。", 380, 250, 10), grid(400, other, left=80)]
    )
    assert alone[1].title is None


@pytest.mark.parametrize(
    ("text", "number", "title"),
    [
        ("§3 2021年某省收入决算表", "§3", "2021年某省收入决算表"),
        ("1.2 2020年某省收入决算表", "1.2", "2020年某省收入决算表"),
        ("1-5.2025年市级转移支付情况表", "1-5", "2025年市级转移支付情况表"),
        ("附表1-2 2025年收入表", "附表1-2", "2025年收入表"),
        ("表1 2025年收入表", "表1", "2025年收入表"),
        ("表二十四 2020年各市县支出决算表", "表二十四", "2020年各市县支出决算表"),
        ("—表3-5", "表3-5", ""),
        ("表 1 -1", "表1-1", ""),
    ],
)
def test_numbers(text: str, number: str, title: str) -> None:
    assert parse_number(text) == (number, title)


@pytest.mark.parametrize("text", ["1.2 亿元的支出", "3.5 2021年评价结果", "2.1 收入预算3582.93万元"])
def test_no_numbers(text: str) -> None:
    assert parse_number(text) is None


def test_tail_behind_dashes() -> None:
    assert is_title("2026年市级一般公共预算转移支付表--对下分地区")
    assert not is_title("收支总表-12")


def test_administrative_code_before_a_title() -> None:
    assert (
        read_caption(["表1-1", "42云州省2022年地方政府一般债务余额情况表"]).title
        == "云州省2022年地方政府一般债务余额情况表"
    )
    assert read_caption(["2022年全市收入表"]).title == "2022年全市收入表"


def test_number_and_measure_on_one_line() -> None:
    found = read_caption(["2025年全市收入表", "附表1-2  单位：万元"])
    assert (found.number, found.title, found.unit) == ("附表1-2", "2025年全市收入表", "万元")


CONTENTS = "目录\n1\t2025年东湖市收入总表\t3\n2\t2025年东湖市支出总表\t4\n3\t2025年东湖市收支总表\t5\n"


def test_contents_drawn_as_a_grid_is_no_table() -> None:
    text = CONTENTS + "2025年东湖市收入总表\n单位：万元\n项目\t合计\n合计\t10.00\n教育收费\t10.00\n"
    tables = parsed(text).tables
    assert [t.title for t in tables if t.raw] == ["2025年东湖市收入总表"]
    assert {t.title for t in tables if t.status == "正文缺失"} == {"2025年东湖市支出总表", "2025年东湖市收支总表"}


def test_listed_table_that_stands_under_two_lines_is_not_missing() -> None:
    rows: list[Line | TablePart] = [
        line("目录", 40),
        *(line(f"2024年市本级{name}…………{n}", 80 + 30 * n) for n, name in enumerate(("收入总表", "支出总表", "一般公共预算基本支出决算明细表"))),
    ]  # fmt: skip
    body: list[Line | TablePart] = [
        line("2024年市本级一般公共预算基本", 90, page=2), line("支出决算明细表", 112, page=2), grid(140, page=2),
    ]  # fmt: skip
    layouts = [PageLayout(n, blocks, 600, 800) for n, blocks in enumerate((rows, body), start=1)]
    found = parse(Document(layouts, 2, "test"), "0" * 16, join).tables
    assert "一般公共预算基本支出表" not in {t.dataset for t in found if t.status == "正文缺失"}


def spanned(rows: list[tuple[str, int] | list[str]]) -> TablePart:
    """A grid of four columns; a tuple is a row of one cell over that many columns."""
    xs = [50.0 + 125 * i for i in range(5)]
    cells: list[Cell] = []
    for r, row in enumerate(rows):
        texts = [(row[0], row[1])] if isinstance(row, tuple) else [(text, 1) for text in row]
        for c, (text, width) in enumerate(texts):
            cells.append(Cell(r, c, 1, width, text, 1, Box(xs[c], 20.0 * r, xs[c + width], 20.0 * r + 20)))
    return TablePart(1, Box(50, 0, 550, 20.0 * len(rows)), xs, len(rows), cells, "ruled")


@pytest.mark.parametrize("title", ["2026年东湖市一般公共预算收入草案", "2026年东湖市一般公共预算收入表"])
def test_title_in_a_merged_row_of_the_grid(title: str) -> None:
    header = ["项目", "上年数", "预算数", "增减"]
    (found,) = captions(
        [spanned([("附表1-2", 4), (title, 4), ("单位：万元", 4), header, ["合计", "1.00", "2.00", "1.00"]])]
    )
    assert (found.number, found.title, found.unit) == ("附表1-2", title, "万元")


def test_merged_header_is_no_title() -> None:
    (found,) = captions(
        [spanned([("2026年预算数", 4), ["项目", "收入", "支出", "结余"], ["合计", "1.00", "2.00", "1.00"]])]
    )
    assert found.title is None


def test_a_blank_over_two_headers_is_not_the_header_beside_it_that_goes_down() -> None:
    texts = [
        ["地区", "小计", "返还", "", "", "专项"],
        ["", "", "", "一般", "其中：共同", ""],
        ["合计", "9.00", "2.00", "4.00", "1.00", "3.00"],
    ]
    part = grid(100, texts)
    cells = [c for c in part.cells if not (c.row == 1 and not c.text) and not (c.row == 0 and c.col == 4)]
    cells = [
        replace(c, rowspan=2) if c.row == 0 and c.text else replace(c, colspan=2) if c.row == 0 else c for c in cells
    ]
    table = join([replace(part, cells=cells)])
    columns = find_columns(table, 0, 2, TableContext("d", 1), None)
    assert [c.header for c in columns] == ["地区", "小计", "返还", "一般", "其中：共同", "专项"]


@pytest.mark.parametrize(
    ("title", "scope"),
    [
        ("2025年某市市级一般公共预算支出表", "市本级"),
        ("某县县本级2025年一般公共预算收入表", "县本级"),
        ("2025年市县级转移支付表", "市县级"),
        ("2025年全市一般公共预算支出表", "全市"),
        ("2025年某市一般公共预算支出表", None),
    ],
)
def test_the_level_behind_a_place_of_the_same_word(title: str, scope: str | None) -> None:
    assert read_title(title).scope == scope
