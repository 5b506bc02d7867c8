"""Grids that rule only their header, only their columns, only their rows, or only a frame."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from extract.paper.engines import open_engine
from extract.paper.model import Page, Ruling, TablePart, Word
from extract.paper.page_layout import lay_out, running
from extract.paper.unruled.alignment import ALIGNED
from extract.paper.unruled.completion import complete
from samples.house import Expected, build
from samples.paper import write_pdf
from tests.truth import expected_of, extracted, found_in, placed_chars

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
SIZE = 10.0
XS = (50.0, 150.0, 300.0, 400.0)


def _coded(rows: Counter[Expected]) -> Counter[Expected]:
    """Amounts of tables; a form whose labels no ruling parts is none that can be read."""
    return Counter(
        {k: n for k, n in rows.items() if k[5] is not None and not k[0].startswith(("整体", "项目", "未识别"))}
    )


@pytest.mark.parametrize("body", ["columns", "rows", "none"])
@pytest.mark.parametrize("style", "ABC")
@pytest.mark.parametrize("seed", range(100, 103))
def test_every_amount_without_the_rulings_of_the_body(style: str, seed: int, body: str) -> None:
    """All of them once stood unread in one cell of a table said to be empty."""
    sample = build(style, seed)
    _, parsed = extracted(write_pdf(sample, body), ".pdf")
    assert _coded(found_in(parsed)) == _coded(expected_of(sample))


@pytest.mark.parametrize("style", "ABC")
@pytest.mark.parametrize("seed", [100, 101, 104])
def test_every_amount_without_any_ruling(style: str, seed: int) -> None:
    """Columns and the words that head them are found by where they stand."""
    sample = build(style, seed)
    _, parsed = extracted(write_pdf(sample, "bare"), ".pdf")
    assert _coded(found_in(parsed)) == _coded(expected_of(sample))


def test_what_is_read_without_rulings_is_marked() -> None:
    """The header is ruled and certain; the body is our judgement."""
    _, parsed = extracted(write_pdf(build("A", 100), "none"), ".pdf")
    table = next(t for t in parsed.tables if t.dataset == "支出总表")
    assert table.raw is not None
    cells = list(table.raw.cells())
    head, body = [c for c in cells if c.row == 0], [c for c in cells if c.row > 1]
    assert not any(ALIGNED in c.marks for c in head)
    assert all(ALIGNED in c.marks for c in body)
    assert table.confidence < 1


def words(y: float, *placed: tuple[float, str]) -> list[Word]:
    """Words that begin at these x; an ideograph is as wide as the size, a digit half of it."""
    return [
        Word(text, x, y, x + sum(SIZE if ord(c) > 0x2000 else SIZE / 2 for c in text), y + SIZE) for x, text in placed
    ]


def page(chars: list[Word], ys: tuple[float, ...], xs: tuple[float, ...] = XS, number: int = 1) -> Page:
    horizontals = [Ruling(xs[0], y, xs[-1], y) for y in ys]
    verticals = [Ruling(x, ys[0], x, ys[-1]) for x in xs] if ys else []
    return Page(number, 595.0, 842.0, chars, horizontals, verticals)


def texts(table: TablePart) -> list[list[str]]:
    return [[c.text for c in table.cells if c.row == r] for r in range(table.nrows)]


def tables(laid: Page, above: TablePart | None = None) -> list[TablePart]:
    return [b for b in lay_out(laid, above).blocks if isinstance(b, TablePart)]


HEAD = words(105, (60, "科目编码"), (160, "科目名称"), (310, "金额"))


def test_rows_of_a_band_and_a_label_that_wraps() -> None:
    """The amount stands beside the middle of its label's two lines; the next label has no amount at all."""
    chars = [
        *HEAD,
        *words(125, (60, "201"), (160, "一般公共服务支出"), (310, "1.00")),
        *words(145, (160, "机关事业单位职业年金")), *words(151, (60, "20805"), (310, "2.00")), *words(157, (160, "缴费支出")),
        *words(177, (60, "20899"), (160, "其他支出")),
        *words(197, (60, "210"), (160, "卫生健康支出"), (310, "3.00")),
    ]  # fmt: skip
    (table,) = tables(page(chars, (100, 120, 212)))
    assert texts(table)[1:] == [
        ["201", "一般公共服务支出", "1.00"],
        ["20805", "机关事业单位职业年金\n缴费支出", "2.00"],
        ["20899", "其他支出", ""],
        ["210", "卫生健康支出", "3.00"],
    ]


def test_a_row_without_amounts_below_the_longest_name() -> None:
    """Both names end at the same place, but far from their column's ruling: neither is the other's second line."""
    names = ("统计普查转移支付经费", "成本调查转移支付经费", "公共安全", "教育支出")
    chars = [*words(105, (60, "项目"), (310, "东区"))]
    for i, (name, amount) in enumerate(zip(names, ("10", "", "72", "41"), strict=True)):
        chars += words(125 + 20 * i, (60, name), *([(310, amount)] if amount else []))
    (table,) = tables(page(chars, (100, 120, 205), (50, 300, 400)))
    assert [row[0] for row in texts(table)[1:]] == list(names)


@pytest.mark.parametrize("wrapped", ["1234567\n8.90", "12,345,\n678.00", "1,234,5\n67.00", "1,117.2\n0"])
def test_a_number_that_wraps_is_one_row(wrapped: str) -> None:
    first, second = wrapped.split("\n")
    width = 15 + len(first) * SIZE / 2  # the first line fills its cell, or it would not be wrapped
    chars = [
        *HEAD,
        *words(122, (160, "社会保障和就"), (310, first), (310 + width, first)),
        *words(132, (60, "208"), (160, "业支出"), (310, second), (310 + width, second)),
    ]  # fmt: skip
    (table,) = tables(page(chars, (100, 120, 150), (*XS[:3], 300 + width, 300 + 2 * width)))
    assert texts(table)[1] == ["208", "社会保障和就\n业支出", wrapped, wrapped]


def test_two_amounts_that_leave_room_in_their_cell_are_two_rows() -> None:
    """917.68 and 873.05 in one cell of a table of two rows were no amount at all."""
    for first, second in (("6645", "6643"), ("917.68", "873.05"), ("-", "45,000"), ("11.8%", "100%")):
        chars = [*HEAD, *words(122, (160, "债务限额"), (360, first)), *words(140, (160, "债务余额"), (360, second))]
        (table,) = tables(page(chars, (100, 120, 160)))
        assert texts(table)[1:] == [["", "债务限额", first], ["", "债务余额", second]]


def test_letters_whose_boxes_reach_over_the_next_row() -> None:
    """Some fonts name boxes twice as high as their letters."""
    names = ["一、企业收入", "保险费收入", "利息收入", "其他收入"]
    chars = [*HEAD]
    for i, name in enumerate(names):
        chars += [*words(122 + 15 * i, (160, name))]
        chars += [Word(w.text, w.x0, w.top - 9, w.x1, w.bottom + 9) for w in words(122 + 15 * i, (310, f"{1000 + i}"))]
    (table,) = tables(page(chars, (100, 120, 185)))
    assert texts(table)[1:] == [["", name, f"{1000 + i}"] for i, name in enumerate(names)]


def test_a_header_whose_ruling_ends_before_the_names() -> None:
    """The names stand in one cell with their header, the amounts in a cell of their own."""
    chars = words(105, (160, "地区"), (310, "决算数"))
    for i, name in enumerate(("甲县", "乙县", "丙县", "丁市")):
        chars += words(122 + 15 * i, (160, name), (310, f"{1000 + i}"))
    paper = page(chars, (100, 185), (150.0, 300.0, 400.0))
    paper.horizontals.append(Ruling(300, 120, 400, 120))
    (table,) = tables(paper)
    assert texts(table) == [
        ["地区", "决算数"],
        *([name, f"{1000 + i}"] for i, name in enumerate(("甲县", "乙县", "丙县", "丁市"))),
    ]


def test_a_form_with_running_text_stays_as_it_is() -> None:
    """Two figures under one another beside a label are no two rows."""
    chars = [*words(105, (60, "资金")), *words(115, (60, "来源")), *words(105, (160, "财政拨款"), (310, "12.00")),
             *words(115, (160, "其他"), (310, "3.00"))]  # fmt: skip
    laid = page(chars, (100, 130))
    (table,) = tables(laid)
    assert texts(table) == [["资金\n来源", "财政拨款\n其他", "12.00\n3.00"]]
    assert table.origin == "ruled"


def _rows(y: float, count: int) -> list[Word]:
    return [
        c for i in range(count) for c in words(y + 20 * i, (60, f"20{i}"), (160, "一般公共服务支出"), (310, f"{i}.00"))
    ]


def test_rows_go_on_over_the_page_break_in_the_same_columns() -> None:
    first = lay_out(page([*HEAD, *_rows(130, 4)], (100, 120)))
    above = running(first)
    assert above is not None
    (rest,) = tables(page(_rows(60, 2), (), number=2), above)
    assert rest.xs == above.xs
    assert texts(rest) == [["200", "一般公共服务支出", "0.00"], ["201", "一般公共服务支出", "1.00"]]


def test_outer_columns_without_rulings_may_be_wider_on_the_next_page() -> None:
    """A page whose last column prints longer amounts than the page before was no continuation, or lost them."""

    def row(y: float, end: str) -> list[Word]:
        return words(y, (60, "201"), (160, "一般公共服务支出"), (310, "1.00"), (400, end))

    head = words(105, (60, "科目编码"), (160, "科目名称"), (310, "金额"), (400, "比"))
    title = words(85, (60, "单位：某局"), (400, "2025年"))
    above = running(lay_out(page([*title, *head, *(w for i in range(4) for w in row(130 + 20 * i, "1.00"))], ())))
    assert above is not None and above.origin == "aligned"
    (rest,) = tables(
        page([*row(60, "1.00"), *words(80, (60, "202"), (160, "外交支出"), (432, "9.00"))], (), number=2), above
    )
    assert rest.xs == above.xs
    assert texts(rest)[1] == ["202", "外交支出", "", "9.00"]


def test_text_after_a_table_is_none_of_its_rows() -> None:
    first = lay_out(page([*HEAD, *_rows(130, 4)], (100, 120)))
    prose = words(60, (50, "本单位本年支出合计一千二百万元，比上年增加三十万元，主要是人员增加。"))
    second = lay_out(page([*prose, *_rows(80, 2)], (), number=2), running(first))
    assert not any(isinstance(b, TablePart) for b in second.blocks)


def test_an_empty_row_is_a_body_and_not_a_header_to_lengthen() -> None:
    note = words(150, (60, "2024"), (160, "年没有支出"), (310, "0.00"))
    laid = lay_out(page([*HEAD, *note], (100, 120, 140)))
    (table,) = (b for b in laid.blocks if isinstance(b, TablePart))
    assert table.nrows == 2
    assert table.origin == "ruled"


def test_a_frame_around_a_table_is_no_cell() -> None:
    chars = [*words(105, (60, "科目编码"), (160, "科目名称"), (310, "金额")), *_rows(125, 5)]
    (table,) = tables(page(chars, (100, 230), (50.0, 400.0)))
    assert texts(table)[1] == ["200", "一般公共服务支出", "0.00"]


def test_columns_through_the_header_leave_its_levels_to_its_words() -> None:
    """No line parts the two lines of the header from each other or from the body."""
    xs = (40.0, 150.0, 300.0, 400.0, 500.0)
    head = [*words(105, (375, "本年支出")), *words(120, (60, "编码"), (160, "名称"), (310, "合计"), (410, "项目"))]
    body = [
        c
        for i in range(4)
        for c in words(140 + 15 * i, (60, f"20{i}"), (160, "一般公共服务支出"), (360, "1.00"), (460, "2.00"))
    ]
    (table,) = tables(page([*words(85, (420, "单位：元")), *head, *body], (100, 205), xs))
    assert [(c.col, c.colspan, c.text) for c in table.cells if c.row == 0 and c.text][-1] == (2, 2, "本年支出")
    assert texts(table)[2] == ["200", "一般公共服务支出", "1.00", "2.00"]


def test_a_grid_with_all_its_rulings_is_left_alone() -> None:
    from extract.paper.ruled.cells import fill
    from extract.paper.ruled.grid import find_grids

    laid = page([*HEAD, *_rows(125, 3)], (100, 120, 140, 160, 180))
    (grid,) = find_grids(laid)
    table, _ = fill(grid, laid.words, 1)
    assert complete(grid, table, laid.words) is None


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.pdf")), ids=lambda p: p.stem)
@pytest.mark.parametrize("seed", range(3))
def test_any_rulings_left_out_lose_no_char_and_leave_no_hole(path: Path, seed: int) -> None:
    """Random pages of random rulings and of chars out of line: every char is placed once, every table tiled."""
    dice = random.Random(seed)
    engine = open_engine("pdfium", path.read_bytes())
    above = None
    for whole in engine.pages():
        across, down, shift = (
            dice.choice((0, 0.1, 0.5, 0.9, 1)),
            dice.choice((0, 0.1, 0.5, 0.9, 1)),
            dice.choice((0, 1, 5)),
        )
        moved = [(c, dice.uniform(-shift, shift), dice.uniform(-shift, shift)) for c in whole.words]
        chars = [Word(c.text, c.x0 + x, c.top + y, c.x1 + x, c.bottom + y) for c, x, y in moved]
        horizontals = [r for r in whole.horizontals if dice.random() < across]
        verticals = [r for r in whole.verticals if dice.random() < down]
        content = lay_out(replace(whole, words=chars, horizontals=horizontals, verticals=verticals), above)
        above = running(content)
        found = [b for b in content.blocks if isinstance(b, TablePart)]
        assert placed_chars(content) == sorted("".join(c.text for c in chars))
        for table in found:
            tiles = Counter(
                (row, col)
                for c in table.cells
                for row in range(c.row, c.row + c.rowspan)
                for col in range(c.col, c.col + c.colspan)
            )
            assert set(tiles.values()) == {1}
            assert len(tiles) == table.nrows * (len(table.xs) - 1)
    engine.close()
