"""Joining the parts of a table over pages."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.paper.model import Box, Cell, TablePart, same_columns
from extract.paper.stitching import join


def part(page: int, rows: list[list[str]], xs: list[float] | None = None) -> TablePart:
    xs = xs or [100.0 * c for c in range(len(rows[0]) + 1)]
    cells = [
        Cell(r, c, 1, 1, text, page, Box(xs[c], 20 * r, xs[c + 1], 20 * r + 20))
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
    ]
    return TablePart(page, Box(xs[0], 0, xs[-1], 20 * len(rows)), xs, len(rows), cells, "ruled")


def texts(*parts: TablePart) -> list[list[str]]:
    return [[c.text for c in row.cells] for row in join(list(parts)).rows if not row.repeated]


HEAD = ["科目编码", "科目名称", "合计"]


def test_repeated_header_is_dropped_from_the_body_only() -> None:
    table = join([part(1, [HEAD, ["201", "甲", "1"]]), part(2, [HEAD, ["202", "乙", "2"]])])
    assert [row.repeated for row in table.rows] == [False, False, True, False]
    assert [cell.page for cell in table.rows[3].cells] == [2, 2, 2]
    assert table.pages == [1, 2]


def test_rows_go_on_without_header() -> None:
    assert texts(part(1, [HEAD, ["201", "甲", "1"]]), part(2, [["202", "乙", "2"]]))[-1] == ["202", "乙", "2"]


def test_rest_of_a_cut_cell_is_joined_and_marked() -> None:
    table = join(
        [part(1, [HEAD, ["208", "社会保障和就", "1.00"]]), part(2, [["", "业支出", ""], ["210", "卫生", "2.00"]])]
    )
    assert table.rows[1].cells[1].text == "社会保障和就\n业支出"
    assert table.rows[1].cells[1].marks == ("跨页续行",)
    assert len(table.rows) == 3


@pytest.mark.parametrize(
    ("above", "rest"),
    [
        (["212", "城乡社", "1,599.0", "1,599.0"], ["", "区支出", "3", "3"]),
        (["212010", "行政运", "1,599.0", ""], ["1", "行", "3", ""]),
        (["42010625301T", "专项调查", "386.33", "386.33"], ["000000100", "研究经费", "", ""]),
        (["20805", "行政事业单", "2.00", "2.00"], ["", "位养老支出", "", ""]),
        (["20805", "其他中小企业发展和管理支", "2.00", "2.00"], ["", "出", "", ""]),
    ],
)
def test_a_cut_row_is_joined_however_long_its_rest_is(above: list[str], rest: list[str]) -> None:
    rows = [
        ["科目编码", "科目名称", "合计", "支出"],
        ["201", "甲", "1.00", "1.00"],
        ["202", "乙", "1.00", "1.00"],
        above,
    ]
    found = texts(part(1, rows), part(2, [rest, ["229", "其他支出", "9.00", "9.00"]]))
    assert len(found) == 5
    assert [t.replace("\n", "") for t in found[3]] == [a + b for a, b in zip(above, rest, strict=True)]


def test_a_new_item_is_no_rest() -> None:
    """A bug found by the generator: （五）… after the break was glued to the item before it."""
    first = part(1, [["", "", "（四）科学技术支出", "5"]])
    second = part(2, [["", "", "（五）文化旅游体育与传媒支出", ""]])
    assert len(texts(first, second)) == 2


def test_a_label_as_long_as_the_one_above_is_no_rest() -> None:
    first = part(1, [["收入构成", "财政拨款", "1.00", "2.00"]])
    second = part(2, [["", "单位资金", "", ""]])
    assert len(texts(first, second)) == 2


def test_a_number_of_its_own_makes_a_row() -> None:
    assert len(texts(part(1, [["208", "社会", "1.00"]]), part(2, [["", "其他", "2.00"]]))) == 2


def test_a_part_with_fewer_columns_is_mapped() -> None:
    table = join([part(1, [["201", "甲", "1", "2"]]), part(2, [["合计", "3", "4"]], [0.0, 200.0, 300.0, 400.0])])
    assert [(c.col, c.colspan, c.text) for c in table.rows[1].cells] == [(0, 2, "合计"), (2, 1, "3"), (3, 1, "4")]


def test_every_cell_stands_in_its_row() -> None:
    table = join([part(1, [HEAD, ["1", "2", "3"]]), part(2, [HEAD, ["4", "5", "6"]])])
    assert all(cell.row == i for i, row in enumerate(table.rows) for cell in row.cells)


def test_same_columns_needs_the_same_outer_edges() -> None:
    assert same_columns(part(1, [HEAD]), part(2, [HEAD]))
    assert not same_columns(part(1, [HEAD]), part(2, [HEAD], [150.0, 200.0, 300.0, 400.0]))


WIDE = [70.0, 130.0, 300.0, 360.0, 430.0, 500.0]
WIDE_HEAD = ["科目编码", "科目名称", "合计", "基本支出", "项目支出"]


def rows_of(page: int, first: int, count: int) -> list[list[str]]:
    return [[f"2010{i:03}", f"科目{i}", f"{i}.00", f"{i}.00", ""] for i in range(first, first + count)]


@pytest.mark.parametrize("shift", [-30.0, -5.7, -4.1, 3.0, 5.7, 14.2])
def test_mirrored_margins_make_no_twin_columns(shift: float) -> None:
    moved = [x + shift for x in WIDE]
    parts = [
        part(1, [WIDE_HEAD, *rows_of(1, 0, 5)], WIDE),
        part(2, [WIDE_HEAD, *rows_of(2, 5, 5)], moved),
        part(3, rows_of(3, 10, 5), WIDE),
    ]
    assert same_columns(parts[0], parts[1]) and same_columns(parts[1], parts[2])
    table = join(parts)
    assert table.ncols == 5
    assert all(
        [c.col for c in row.cells] == list(range(5)) and {c.colspan for c in row.cells} == {1} for row in table.rows
    )


def test_mirrored_margins_with_fewer_columns() -> None:
    """A part that lacks a column is moved by the boundaries that it has."""
    xs = [x + 6 for x in [*WIDE[:2], *WIDE[3:]]]
    table = join([part(1, [WIDE_HEAD, *rows_of(1, 0, 3)], WIDE), part(2, [["201", "甲", "1.00", "2.00"]], xs)])
    assert table.ncols == 5
    assert [(c.col, c.colspan) for c in table.rows[-1].cells] == [(0, 1), (1, 2), (3, 1), (4, 1)]


def test_a_boundary_that_the_first_part_lacks_is_a_new_one() -> None:
    xs = sorted([*WIDE, 215.0])
    table = join([part(1, rows_of(1, 0, 3), WIDE), part(2, [["201", "甲", "乙", "1.00", "2.00", "3.00"]], xs)])
    assert table.xs == xs
    assert [(c.col, c.colspan) for c in table.rows[0].cells] == [(0, 1), (1, 2), (3, 1), (4, 1), (5, 1)]


@given(
    st.lists(st.floats(20, 120), min_size=2, max_size=12),
    st.floats(-40, 40),
    st.lists(st.floats(-1, 1), min_size=13, max_size=13),
)
def test_the_columns_of_a_part_that_moves_as_a_whole_are_the_first_ones(
    widths: list[float], shift: float, jitter: list[float]
) -> None:
    xs = [50.0, *(50 + sum(widths[: i + 1]) for i in range(len(widths)))]
    other = [x + shift + j for x, j in zip(xs, jitter, strict=False)]
    row = [str(c) for c in range(len(widths))]
    first, second = part(1, [row], xs), part(2, [row], other)
    if not same_columns(first, second):
        return  # too few boundaries to be sure
    table = join([first, second])
    assert len({c.col for c in table.rows[1].cells}) == len(widths)


@pytest.mark.parametrize(
    "order", [["栏次", "", "1", "2", "3"], ["1", "2", "3", "4", "5"], ["", "", "(1)", "(2)", "(3)=(1)+(2)"]]
)
def test_numbers_of_columns_belong_to_a_header_that_is_printed_again(order: list[str]) -> None:
    table = join(
        [part(1, [WIDE_HEAD, order, *rows_of(1, 0, 2)], WIDE), part(2, [WIDE_HEAD, order, *rows_of(2, 2, 2)], WIDE)]
    )
    assert [row.repeated for row in table.rows] == [False] * 4 + [True] * 2 + [False] * 2


def test_a_caption_over_the_header_is_printed_again_with_it() -> None:
    def caption(text: str) -> list[str]:
        return [text, "", "", "", ""]

    first = part(1, [caption("支出总表"), WIDE_HEAD, *rows_of(1, 0, 2)], WIDE)
    table = join([first, part(2, [caption("支出总表（续）"), WIDE_HEAD, *rows_of(2, 2, 2)], WIDE)])
    assert [row.repeated for row in table.rows] == [False] * 4 + [True] * 2 + [False] * 2


def test_amounts_that_are_printed_again_are_no_header() -> None:
    total = ["", "合计", "10.00", "10.00", ""]
    table = join([part(1, [WIDE_HEAD, total], WIDE), part(2, [WIDE_HEAD, total], WIDE)])
    assert [row.repeated for row in table.rows] == [False, False, True, False]


@pytest.mark.parametrize(
    ("above", "rest", "whole"),
    [
        ("23,669,472.", "55", "23,669,472.\n55"),
        ("23,669,", "472.55", "23,669,\n472.55"),
        ("1,234,567", ".89", "1,234,567\n.89"),
    ],
)
def test_a_figure_that_the_page_break_cuts_is_joined(above: str, rest: str, whole: str) -> None:
    first = part(1, [HEAD, ["201", "一般公共服务支", above]])
    table = join([first, part(2, [["", "出", rest], ["202", "外交支出", "2.00"]])])
    assert [c.text for c in table.rows[1].cells] == ["201", "一般公共服务支\n出", whole]
    assert "跨页续行" in table.rows[1].marks and "跨页续行" in table.rows[1].cells[2].marks
    assert len(table.rows) == 3


@pytest.mark.parametrize(
    ("above", "rest"), [("23,669,472.55", "55"), ("36,775", "36,775"), ("100", "00.5"), ("甲", "55")]
)
def test_two_figures_are_never_joined_over_a_page_break(above: str, rest: str) -> None:
    table = join([part(1, [HEAD, ["201", "一般公共服务支", above]]), part(2, [["", "出", rest]])])
    assert [row.cells[2].text for row in table.rows] == ["合计", above, rest]


@pytest.mark.parametrize(("above", "rest", "rows"), [("20", "8", 5), ("208", "9", 6), ("20", "88", 6)])
def test_a_code_that_the_page_break_cuts_is_joined(above: str, rest: str, rows: int) -> None:
    codes = [[code, "外交支出", "1.00"] for code in ("201", "202", "203")]
    first = part(1, [HEAD, *codes, [above, "社会保障和就业支出", "1.00"]])
    assert len(join([first, part(2, [[rest, "", ""]])]).rows) == rows


def spanned(page: int, *cells: tuple[int, int, str]) -> TablePart:
    """One row of three columns: column, columns spanned, text."""
    made = [Cell(0, c, 1, n, text, page, Box(100 * c, 0, 100 * (c + n), 20)) for c, n, text in cells]
    return TablePart(page, Box(0, 0, 300, 20), [0, 100, 200, 300], 1, made, "ruled")


def test_a_line_over_the_whole_table_is_no_rest() -> None:
    first = part(1, [["二、社会保障和就业事务管理费用", "甲", "1.00"]])
    assert len(join([first, spanned(2, (0, 3, "其他支出"))]).rows) == 2


def test_a_rest_may_stand_beside_a_wide_blank() -> None:
    first = part(1, [["208", "05", "社会保障和就"]])
    assert len(join([first, spanned(2, (0, 2, ""), (2, 1, "业支出"))]).rows) == 1


def test_a_boundary_that_stands_nearer_to_another_ones_place_leaves_it_free() -> None:
    """Where two boundaries of a page could be one of the table's, the nearer one is, and the other is new."""
    first = part(1, [["a", "b", "c"]], [0, 100, 200, 300])
    table = join([first, part(2, [["d", "e", "f", "g"]], [0, 96, 101, 200, 300])])
    assert table.xs == [0, 96, 100, 200, 300]
    assert [(c.col, c.colspan) for c in table.rows[1].cells] == [(0, 1), (1, 1), (2, 1), (3, 1)]


def test_a_joined_cell_has_the_marks_of_both_halves_once() -> None:
    first, second = part(1, [["208", "社会保障和就", "1.00"]]), part(2, [["", "业支出", ""]])
    first.cells[1].marks, second.cells[1].marks = ("OCR",), ("OCR", "OCR存疑")
    first.cells[1].confidence, second.cells[1].confidence = 0.9, 0.7
    cell = join([first, second]).rows[0].cells[1]
    assert (cell.marks, cell.confidence) == (("OCR", "OCR存疑", "跨页续行"), 0.7)


def test_indents_are_measured_from_the_leftmost_name_of_the_column() -> None:
    made = part(1, [["一、税收收入", "1.00"], ["增值税", "2.00"], ["总计", "3.00"]])
    for cell, indent in zip(made.cells[::2], (1.5, 3.5, 0.5), strict=True):
        cell.indent = indent
    made.cells[4] = replace(made.cells[4], colspan=2)  # what spans columns stands in none of them
    table = join([replace(made, cells=made.cells[:5])])
    assert [row.cells[0].indent for row in table.rows] == [0.0, 2.0, 0.0]


@pytest.mark.parametrize(("rows", "joined"), [(["", "业", "", ""], True), (["", "业", "甲", ""], False)])
def test_a_rest_is_of_a_third_of_the_cells_at_most(rows: list[str], joined: bool) -> None:
    above = ["208", "社会保障和就", "某某中学部", "说明文字若干"]
    assert (len(join([part(1, [above]), part(2, [rows])]).rows) == 1) is joined
