"""Tables set over two facing pages: one table with the columns of both; and what must not be taken for one."""

from __future__ import annotations

from extract.paper.model import Box, Cell, Chunk, Document, Line, PageLayout, TablePart
from extract.paper.stitching import join
from parsers.outline.facing import widened
from parsers.parse import parse

LEFT = [
    ["项目", "东区", "西区"],
    ["合计", "3.00", "30.00"],
    ["教育支出", "1.00", "10.00"],
    ["卫生健康支出", "2.00", "20.00"],
]
RIGHT = [["南区", "北区"], ["300.00", "3,000.00"], ["100.00", "1,000.00"], ["200.00", "2,000.00"]]


def grid(
    rows: list[list[str]],
    page: int,
    heights: list[float] | None = None,
    printed: dict[int, tuple[float, ...]] | None = None,
) -> TablePart:
    tops = [100.0]
    for height in heights or [20.0] * len(rows):
        tops.append(tops[-1] + height)
    xs = [50.0 + 100 * i for i in range(len(rows[0]) + 1)]
    cells = [
        Cell(
            r,
            c,
            1,
            1,
            text,
            page,
            Box(xs[c], tops[r], xs[c + 1], tops[r + 1]),
            lines=(printed or {}).get(r, ((tops[r] + tops[r + 1]) / 2,)) if text else (),
        )
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
    ]
    return TablePart(page, Box(xs[0], 100, xs[-1], tops[-1]), xs, len(rows), cells, "ruled")


def line(text: str, page: int) -> Line:
    box = Box(100, 50, 300, 66)
    return Line((Chunk(text, box),), page, box)


def test_columns_of_both_pages() -> None:
    title = "2025年一般公共预算转移支付表（分地区）"
    pages = [
        PageLayout(1, [line(title, 1), grid(LEFT, 1)], 600, 800), PageLayout(2, [grid(RIGHT, 2)], 600, 800),
        PageLayout(3, [line(title, 3), grid(LEFT, 3)], 600, 800), PageLayout(4, [grid(RIGHT, 4)], 600, 800),
    ]  # fmt: skip
    (table,) = parse(Document(pages, 4, "test"), "0" * 16, join).tables
    rows = [r for records in table.records().values() for r in records if r["科目名称"] == "教育支出"]
    printed = [(r["表头"], r["原文"], r["页码"]) for r in rows]
    first = [("东区", "1.00", 1), ("西区", "10.00", 1), ("南区", "100.00", 2), ("北区", "1,000.00", 2)]
    assert printed == first + [(h, t, p + 2) for h, t, p in first]


def test_note_under_the_left_half() -> None:
    title, note = line("2025年一般公共预算转移支付表（分地区）", 1), line("备注：未分配的资金不作列示", 1)
    pages = [PageLayout(1, [title, grid(LEFT, 1), note], 600, 800), PageLayout(2, [grid(RIGHT, 2)], 600, 800)]
    (table,) = parse(Document(pages, 2, "test"), "0" * 16, join).tables
    rows = [r for records in table.records().values() for r in records if r["科目名称"] == "教育支出"]
    assert [r["原文"] for r in rows] == ["1.00", "10.00", "100.00", "1,000.00"]


def test_page_with_names_of_its_own_is_another_table() -> None:
    assert widened(grid(LEFT, 1), grid(LEFT, 2)) is None


def test_rows_at_other_heights_are_other_rows() -> None:
    assert widened(grid(LEFT, 1), grid(RIGHT, 2, [20, 45, 20, 20])) is None


def test_pages_apart_do_not_face() -> None:
    assert widened(grid(LEFT, 1), grid(RIGHT, 3)) is None


def test_blank_row_of_the_right_page_may_be_left_out() -> None:
    both = widened(grid(LEFT, 1), grid([RIGHT[0], RIGHT[1], RIGHT[3]], 2, [20, 30, 30]))
    assert both is not None
    assert [c.text for c in sorted(both.cells, key=lambda c: (c.row, c.col)) if c.row == 3] == [
        "卫生健康支出",
        "2.00",
        "20.00",
        "200.00",
        "2,000.00",
    ]


def texts(both: TablePart | None, row: int) -> list[str]:
    assert both is not None
    return [c.text for c in sorted(both.cells, key=lambda c: c.col) if c.row == row]


def test_rows_follow_what_is_printed_not_the_boxes() -> None:
    """Where no ruling bounds the rows, a row above a blank one reaches down to the middle of it."""
    left = [*LEFT, ["节能环保支出", "", ""], ["住房保障支出", "4.00", ""]]
    right = [*RIGHT, ["400.00", "4,000.00"]]
    both = widened(
        grid(left, 1), grid(right, 2, [20, 20, 20, 30, 30], {0: (110,), 1: (130,), 2: (150,), 3: (170,), 4: (210,)})
    )
    assert texts(both, 3) == ["卫生健康支出", "2.00", "20.00", "200.00", "2,000.00"]
    assert texts(both, 5) == ["住房保障支出", "4.00", "", "400.00", "4,000.00"]


def test_two_names_without_an_amount_are_the_rows_of_the_right_page() -> None:
    left = [*LEFT, ["节能环保支出\n住房保障支出", "", ""]]
    right = [*RIGHT, ["400.00", ""], ["500.00", ""]]
    both = widened(grid(left, 1, [20, 20, 20, 20, 40], {4: (190, 210)}), grid(right, 2))
    assert texts(both, 4) == ["节能环保支出", "", "", "400.00", ""]
    assert texts(both, 5) == ["住房保障支出", "", "", "500.00", ""]


def test_amount_in_the_middle_of_a_wrapped_name() -> None:
    left = [*LEFT, ["城乡居民\n补助", "", ""]]
    both = widened(
        grid(left, 1, [20, 20, 20, 20, 40], {4: (195, 205)}), grid([*RIGHT, ["4.00", ""]], 2, [20, 20, 20, 20, 40])
    )
    assert texts(both, 4) == ["城乡居民\n补助", "", "", "4.00", ""]


def test_header_of_two_rows_beside_one() -> None:
    left = [["项目", "东区"], *[[f"支出{i}", f"{i}.00"] for i in range(1, 5)]]
    right = [["南区", "北区"], ["预算数", "决算数"], *[[f"{i}0.00", f"{i}5.00"] for i in range(1, 5)]]
    both = widened(grid(left, 1, [20, 20, 20, 20, 20]), grid(right, 2, [10, 10, 20, 20, 20, 20]))
    assert texts(both, 2) == ["支出1", "1.00", "10.00", "15.00"]


def test_as_many_ruled_rows_of_other_heights() -> None:
    left = [["项目", "东区"], *[[f"支出{i}", f"{i}.00"] for i in range(1, 7)]]
    right = [["南区"], *[[f"{i}0.00"] for i in range(1, 7)]]
    both = widened(grid(left, 1, [20, 20, 70, 20, 20, 20, 20]), grid(right, 2))
    assert texts(both, 6) == ["支出6", "6.00", "60.00"]


def test_names_printed_again_on_the_right_page() -> None:
    right = [[a[0], *b] for a, b in zip(LEFT, RIGHT, strict=True)]
    both = widened(grid(LEFT, 1), grid(right, 2))
    assert texts(both, 2) == ["教育支出", "1.00", "10.00", "100.00", "1,000.00"]


def test_remarks_behind_the_figures() -> None:
    right = [[*RIGHT[0], "备注"], [*RIGHT[1], ""], [*RIGHT[2], "含上年结转"], [*RIGHT[3], ""]]
    assert texts(widened(grid(LEFT, 1), grid(right, 2)), 2)[-1] == "含上年结转"


def test_sheet_printed_downwards_first() -> None:
    """Both left pages stand before both right ones."""
    more = [
        ["项目", "东区", "西区"],
        ["农林水支出", "4.00", "40.00"],
        ["住房支出", "5.00", "50.00"],
        ["其他支出", "6.00", "60.00"],
    ]
    pages = [
        PageLayout(1, [line("2025年一般公共预算转移支付表（分地区）", 1), grid(LEFT, 1)], 600, 800),
        PageLayout(2, [grid(more, 2)], 600, 800),
        PageLayout(3, [grid(RIGHT, 3)], 600, 800),
        PageLayout(4, [grid([RIGHT[0], ["400.00", ""], ["500.00", ""], ["600.00", ""]], 4)], 600, 800),
    ]
    (table,) = parse(Document(pages, 4, "test"), "0" * 16, join).tables
    rows = [r for records in table.records().values() for r in records if r["科目名称"] == "住房支出"]
    assert [(r["表头"], r["原文"]) for r in rows] == [
        ("东区", "5.00"),
        ("西区", "50.00"),
        ("南区", "500.00"),
        ("北区", None),
    ]
