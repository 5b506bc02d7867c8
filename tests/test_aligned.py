"""Tables without rulings: rows and columns by alignment, headers that stand centred over what they head."""

from __future__ import annotations

import pytest

from extract.aligned import ALIGNED, find_aligned
from extract.model import BBox, Line, PageTable, Run

SIZE = 10.0


def line(y: float, *runs: tuple[float, str]) -> Line:
    """A printed line of runs that begin at these x; an ideograph is as wide as the size, a digit half of it."""
    made = []
    for x, text in runs:
        width = sum(SIZE if ord(c) > 0x2000 else SIZE / 2 for c in text)
        made.append(Run(text, BBox(x, y, x + width, y + SIZE)))
    return Line(tuple(made), 1, BBox(made[0].bbox.x0, y, made[-1].bbox.x1, y + SIZE), SIZE)


def right(x: float, text: str) -> tuple[float, str]:
    return x - len(text) * SIZE / 2, text


def rows(lines: list[Line]) -> list[list[tuple[int, int, str]]]:
    (table,) = find_aligned(lines, 1)
    assert isinstance(table, PageTable)
    assert all(cell.marks == (ALIGNED,) for cell in table.cells)
    return [[(c.col, c.colspan, c.text) for c in table.cells if c.row == r and c.text] for r in range(table.nrows)]


BODY = [
    line(60 + 15 * i, (50, code), (150, name), right(400, amount), right(500, amount))
    for i, (code, name, amount) in enumerate(
        [("201", "一般公共服务支出", "1,200.00"), ("20106", "财政事务", "1,200.00"), ("2010601", "行政运行", "1,000.00"),
         ("2010602", "一般行政管理事务", "200.00")]
    )
]  # fmt: skip


def test_header_centred_over_columns_makes_no_columns_of_its_own() -> None:
    """The code column is wide: its centred header overlaps no code that stands at its left edge."""
    head = line(40, (90, "科目编码"), (260, "科目名称"), (340, "合计"), (455, "项目支出"))
    table = rows([head, *BODY])
    assert table[0] == [(0, 1, "科目编码"), (1, 1, "科目名称"), (2, 1, "合计"), (3, 1, "项目支出")]
    assert table[1] == [(0, 1, "201"), (1, 1, "一般公共服务支出"), (2, 1, "1,200.00"), (3, 1, "1,200.00")]


def test_header_over_several_columns_spans_them() -> None:
    def body(y: float, name: str, amount: str) -> Line:
        return line(y, (50, name), *(right(x, amount) for x in (250, 330, 410, 490, 570)))

    lines = [
        line(20, (60, "科目名称"), (225, "合计"), (375, "基本支出"), (535, "项目支出")),
        line(35, (310, "小计"), (375, "人员经费"), (455, "公用经费")),
        *(body(50 + 15 * i, "行政运行", "12.00") for i in range(4)),
    ]
    table = rows(lines)
    assert table[0] == [(0, 1, "科目名称"), (1, 1, "合计"), (2, 3, "基本支出"), (5, 1, "项目支出")]
    assert table[1] == [(2, 1, "小计"), (3, 1, "人员经费"), (4, 1, "公用经费")]


def test_wrapped_header_word_is_one_cell() -> None:
    head = [
        line(25, (355, "事业单位")),
        line(36, (50, "科目编码"), (150, "科目名称"), (355, "经营收入"), (455, "其他收入")),
    ]
    (table,) = (
        b for b in find_aligned([line(10, (50, "项目"), (455, "预算")), *head, *BODY], 1) if isinstance(b, PageTable)
    )
    assert "事业单位\n经营收入" in [c.text for c in table.cells]


@pytest.mark.parametrize(
    ("close", "first", "second"),
    [("13,297.11一、基本支出", "13,297.11", "一、基本支出"), ("07专项普查活动", "07", "专项普查活动")],
)
def test_what_stands_close_before_a_name_is_a_run_of_its_own(close: str, first: str, second: str) -> None:
    """A code glued to its name once took the code of the row above in its place."""
    lines = [line(60 + 15 * i, (50, close), right(400, "12.00")) for i in range(5)]
    assert rows(lines)[0] == [(0, 1, first), (1, 1, second), (2, 1, "12.00")]


@pytest.mark.parametrize("text", ["2024年预算", "12.50万元以上", "201年", "30个项目"])
def test_figures_of_a_sentence_are_not_parted(text: str) -> None:
    lines = [line(60 + 15 * i, (50, text), right(400, "12.00")) for i in range(5)]
    assert rows(lines)[0] == [(0, 1, text), (1, 1, "12.00")]
