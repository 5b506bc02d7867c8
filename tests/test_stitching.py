"""Joining the parts of a table over pages."""

from __future__ import annotations

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
