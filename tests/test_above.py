"""The lines above a table: what stands at one height, in the margin, and over two lines, at the edge of every measure."""

from __future__ import annotations

import pytest

from extract.paper.model import Box, Cell, Chunk, Line, TablePart, union
from parsers.outline.above import AboveLine, lines_above
from parsers.outline.bodiless import bodiless
from parsers.outline.captions import Caption
from parsers.outline.grid_caption import caption_rows
from parsers.outline.sections import Section

TABLE = TablePart(1, Box(100, 300, 500, 400), [100.0, 300.0, 500.0], 0, [], "ruled")
HALVES = "2025年一般公共预算“三公”经费、会议费", "和培训费支出预算情况表"


def line(text: str, x0: float = 200, top: float = 100, width: float = 200, height: float = 10, page: int = 1) -> Line:
    """A line of one chunk."""
    box = Box(x0, top, x0 + width, top + height)
    return Line((Chunk(text, box),), page, box)


def texts(*lines: Line, most: int = 9) -> list[list[str]]:
    return [row.parts for row in lines_above(list(lines), TABLE, most)]


@pytest.mark.parametrize(
    ("second", "one"),
    [
        ({"top": 122.0}, True),  # 1.2 heights below
        ({"top": 122.1}, False),
        ({"top": 122.0, "height": 16.0}, True),
        ({"top": 122.0, "height": 16.1}, False),
        ({"x0": 210.0}, True),  # the middles 10 points apart
        ({"x0": 210.1}, False),
        ({"x0": 190.0}, True),
        ({"x0": 189.9}, False),
        ({"page": 2}, False),
    ],
)
def test_two_lines_of_one_title(second: dict[str, float], one: bool) -> None:
    below = line(HALVES[1], **{"top": 115.0, **second})  # type: ignore[arg-type]
    found = texts(line(HALVES[0]), below)
    assert found == ([["".join(HALVES)]] if one else [[HALVES[0]], [HALVES[1]]])


def test_a_title_is_of_three_lines_at_most() -> None:
    first = "2025年一般公共预算财政拨款安排的"
    four = [line(first, top=100.0 + 15 * n) for n in range(3)] + [line(HALVES[1], top=145.0)]
    assert texts(*four) == [[first], [first * 2 + HALVES[1]]]
    (row,) = lines_above(four[1:], TABLE, 9)
    assert (row.lines, row.first) == (3, 0)


def test_a_number_before_the_first_line_stays_in_front() -> None:
    box = Box(200, 100, 400, 110)
    first = Line(
        (Chunk("表9", Box(100, 100, 120, 110)), Chunk(HALVES[0], box)), 1, union([Box(100, 100, 120, 110), box])
    )
    assert texts(first, line(HALVES[1], x0=150, top=115)) == [["表9", "".join(HALVES)]]


@pytest.mark.parametrize(
    ("first", "second"), [("单位：万元", HALVES[1]), (HALVES[0], "单位：万元"), ("支出总表", HALVES[1])]
)
def test_what_is_no_half_of_a_title(first: str, second: str) -> None:
    assert texts(line(first), line(second, top=115.0)) == [[first], [second]]


@pytest.mark.parametrize(
    ("second", "parts"),
    [
        ({"x0": 420.0}, ["支出总表", "单位：万元"]),
        ({"x0": 420.0, "top": 102.9}, ["支出总表", "单位：万元"]),  # 0.71 of the height in common
        ({"x0": 80.0, "width": 100.0}, ["单位：万元", "支出总表"]),
        ({"x0": 405.9}, ["支出总表单位：万元"]),  # less than 0.6 heights between
        ({"x0": 406.1}, ["支出总表", "单位：万元"]),
        ({"x0": 399.0}, ["支出总表单位：万元"]),  # a point over one another
    ],
)
def test_what_stands_at_one_height_is_one_line(second: dict[str, float], parts: list[str]) -> None:
    assert texts(line("支出总表"), line("单位：万元", **second)) == [parts]  # type: ignore[arg-type]


@pytest.mark.parametrize("second", [{"x0": 420.0, "top": 103.1}, {"x0": 398.9}, {"x0": 420.0, "page": 2}])
def test_what_stands_lower_or_over_another_is_a_line_of_its_own(second: dict[str, float]) -> None:
    found = texts(line("支出总表"), line("单位：万元", **second))  # type: ignore[arg-type]
    assert found == [["支出总表"], ["单位：万元"]]


def test_a_page_number_in_the_margin_is_passed_over() -> None:
    assert texts(line("12", x0=80, width=15.0)) == []
    assert texts(line("12", x0=80, width=15.1)) == [["12"]]
    assert texts(line("12", x0=505.0, width=10)) == []
    assert texts(line("12", x0=504.9, width=10)) == [["12"]]
    assert texts(line("-123-", x0=80, width=10)) == [["-123-"]]  # five characters
    assert texts(line("续表", x0=80, width=10)) == [["续表"]]
    assert texts(line("12", x0=80, width=10, page=2)) == [["12"]]


def test_only_the_last_lines_count() -> None:
    found = lines_above([line(f"说明{n}", top=100.0 + 20 * n) for n in range(4)], TABLE, 2)
    assert [(row.text, row.first) for row in found] == [("说明2", 2), ("说明3", 3)]


def test_pieces_of_a_title_are_joined() -> None:
    pieces = [line(c, x0=200.0 + 30 * n, width=10) for n, c in enumerate("支出总表")]
    assert texts(*pieces) == [["支 出 总 表"]]


def test_furnishing() -> None:
    assert all(AboveLine([part], 0, 1, None).furnishing for part in ("单位：万元", "表3", "部门：东湖市财政局"))
    assert not AboveLine(["单位：万元", "支出总表"], 0, 1, None).furnishing


# --- below a table --------------------------------------------------------------------------------------------------


def notes(*below: str) -> list[str]:
    return Section(Caption(), [TABLE], after=[line(text) for text in below]).notes()


def test_notes_below_a_table() -> None:
    empty = "本单位2025年没有使用政府性基金预算拨款安排的支出，故本表为空表"
    assert notes(empty) == [empty]
    assert notes("注：金额为约数。") == ["注：金额为约数。"]
    assert notes(f"{'说明' * (40 - len(empty) // 2 - 1)}{empty}") != []
    assert notes(f"{'说明' * 30}{empty}") == []  # a paragraph
    assert notes("说明" * 20, empty) == [empty]  # 40 characters are no paragraph
    assert notes("说明" * 20 + "书", empty) == []
    assert notes(*["说明"] * 5, empty) == [empty] and notes(*["说明"] * 6, empty) == []


def test_names_without_a_table() -> None:
    def found(*lines: str) -> list[tuple[str | None, str | None]]:
        return [(b.caption.number, b.caption.title) for b in bodiless([line(text) for text in lines])[1]]

    assert found("表8", "政府性基金预算支出表", "单位：万元") == [("表8", "政府性基金预算支出表")]
    assert found("政府性基金预算支出表") == []
    both = found("表8", "政府性基金预算支出表", "单位：万元", "表9", "国有资本经营预算支出表", "单位：万元")
    assert both == [("表8", "政府性基金预算支出表"), ("表9", "国有资本经营预算支出表")]
    rest, _ = bodiless([line(text) for text in ("说明", "表8", "政府性基金预算支出表", "单位：万元")])
    assert [r.text for r in rest] == ["说明"]


# --- captions inside a grid -----------------------------------------------------------------------------------------


def grid(*rows: list[str]) -> TablePart:
    """Three columns; a row of one text spans them."""
    cells = [
        Cell(r, c, 1, 3 if len(texts) == 1 else 1, text, 1, Box(0, r, 1, r + 1))
        for r, texts in enumerate(rows) for c, text in enumerate(texts)
    ]  # fmt: skip
    return TablePart(1, Box(0, 0, 3, len(rows)), [0.0, 1.0, 2.0, 3.0], len(rows), cells, "ruled")


def test_rows_of_a_grid_that_are_its_caption() -> None:
    head, body = ["科目编码", "科目名称", "合计"], ["201", "一般公共服务支出", "12.50"]
    assert caption_rows(grid(head, body)) == 0
    assert caption_rows(grid(["支出总表"], head, body)) == 1
    assert caption_rows(grid(["支出总表"], ["单位：万元"], head, body)) == 2
    assert caption_rows(grid(["支出总表"], [""], ["单位：万元"], head, body)) == 3
