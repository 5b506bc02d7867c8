"""Grids from rulings: doubled lines, spans, open sides, several on a page; chars into cells."""

from __future__ import annotations

import pytest

from extract.paper.model import Page, Ruling, Word
from extract.paper.ruled.cells import NARROW_GAP, fill, make_lines
from extract.paper.ruled.grid import Grid, GridOptions, find_grids, merge_tolerance


def horizontal(y: float, x0: float = 0, x1: float = 300) -> Ruling:
    return Ruling(x0, y, x1, y)


def vertical(x: float, y0: float = 0, y1: float = 60) -> Ruling:
    return Ruling(x, y0, x, y1)


def page(hs: list[Ruling], vs: list[Ruling], chars: list[Word] | None = None) -> Page:
    return Page(1, 600, 800, chars or [], hs, vs)


LINES = [horizontal(y) for y in (0, 20, 40, 60)]
POSTS = [vertical(x) for x in (0, 100, 200, 300)]


def test_plain_grid() -> None:
    (grid,) = find_grids(page(LINES, POSTS))
    assert (len(grid.ys) - 1, len(grid.xs) - 1) == (3, 3)
    assert all(span[2:] == (1, 1) for span in grid.spans)


def test_doubled_borders_are_one() -> None:
    doubled = [Ruling(r.x0 + d, r.top, r.x1 + d, r.bottom) for r in POSTS for d in (-0.9, 0.9)]
    (grid,) = find_grids(page([*LINES, *(horizontal(y + 1.5) for y in (0, 20, 40, 60))], doubled))
    assert (len(grid.ys) - 1, len(grid.xs) - 1) == (3, 3)


def test_spans() -> None:
    lines = [horizontal(0), horizontal(20, 100), horizontal(40), horizontal(60)]
    posts = [vertical(0), vertical(100), vertical(200, 20), vertical(300)]
    (grid,) = find_grids(page(lines, posts))
    assert (0, 0, 2, 1) in grid.spans and (0, 1, 1, 2) in grid.spans and (1, 1, 1, 1) in grid.spans
    assert sum(rows * cols for _, _, rows, cols in grid.spans) == 9


def test_dashes_drawn_one_by_one_are_a_ruling_over_open_corners() -> None:
    """Each cell's dashes begin anew: where the last one of a side found no room, a table fell to its columns."""
    hs = [horizontal(y, x + 4 * i, x + 4 * i + 3) for y in (0, 20, 40, 60) for x in (0, 100, 200) for i in range(24)]
    vs = [vertical(x, y + 4 * i, y + 4 * i + 3) for x in (0, 100, 200, 295) for y in (0, 20, 40) for i in range(5)]
    (grid,) = find_grids(page(hs, vs))
    assert (len(grid.ys) - 1, len(grid.xs) - 1) == (3, 3)


def test_broken_rulings_are_joined() -> None:
    """A border drawn cell by cell, with the corners left open."""
    pieces = [horizontal(r.top, x + 1.5, x + 98.5) for r in LINES for x in (0, 100, 200)]
    (grid,) = find_grids(page(pieces, POSTS))
    assert all(span[2:] == (1, 1) for span in grid.spans)


def test_side_left_open_at_a_page_break() -> None:
    (grid,) = find_grids(page([horizontal(0), horizontal(20), horizontal(40)], POSTS))
    assert len(grid.ys) - 1 == 3


def test_open_outer_sides() -> None:
    (grid,) = find_grids(page(LINES, [vertical(100), vertical(200)]))
    assert len(grid.xs) - 1 == 3


def test_the_only_horizontal_bounds_the_rows() -> None:
    """The last rows of a table on a page of their own: open at the top and at both sides."""
    (grid,) = find_grids(page([horizontal(60)], POSTS[1:3]))
    assert (grid.xs, grid.ys) == ([0, 100, 200, 300], [0, 60])


def test_two_tables_on_a_page() -> None:
    below = [Ruling(r.x0, r.top + 200, r.x1, r.bottom + 200) for r in LINES]
    posts = [Ruling(r.x0, r.top + 200, r.x1, r.bottom + 200) for r in POSTS]
    grids = find_grids(page([*LINES, *below], [*POSTS, *posts]))
    assert [g.ys[0] for g in grids] == [0, 200]


def test_an_underline_is_no_table() -> None:
    assert find_grids(page([horizontal(700, 50, 200)], [])) == []


def test_chars_go_to_cells_and_the_rest_stays() -> None:
    chars = [
        Word("合", 10, 5, 20, 15),
        Word("计", 20, 5, 30, 15),
        Word("1", 290, 45, 295, 55),
        Word("注", 10, 70, 20, 80),
    ]
    (grid,) = find_grids(page(LINES, POSTS))
    table, outside = fill(grid, chars, 1)
    assert {(c.row, c.col): c.text for c in table.cells if c.text} == {(0, 0): "合计", (2, 2): "1"}
    assert [c.text for c in outside] == ["注"]


def test_shifted_baselines_of_one_cell_stay_one_line() -> None:
    chars = [Word("基", 10, 5, 20, 15), Word("本", 20, 8, 30, 18)]
    (grid,) = find_grids(page(LINES, POSTS))
    table, _ = fill(grid, chars, 1)
    assert table.cells[0].text == "基本"


def test_a_header_word_taller_than_its_cell_keeps_its_first_line() -> None:
    """对附属单位补助支出 in three lines: the first one stood on the ruling under the group word, and became the group's."""
    words = [
        Word("本年支出", 130, 102, 170, 112),
        *(Word(text, 55, 114 + 11 * i, 95, 124 + 11 * i) for i, text in enumerate(("对附属", "单位补", "助支出"))),
        Word("基本支出", 130, 125, 170, 135), Word("项目支出", 205, 125, 245, 135),
    ]  # fmt: skip
    grid = Grid([50, 100, 200, 250], [100, 120.5, 150], [(0, 0, 1, 3), (1, 0, 1, 1), (1, 1, 1, 1), (1, 2, 1, 1)])
    table, outside = fill(grid, words, 1)
    assert not outside
    assert [cell.text for cell in table.cells] == ["本年支出", "对附属\n单位补\n助支出", "基本支出", "项目支出"]


def test_a_group_word_on_its_ruling_stays_the_groups() -> None:
    words = [
        Word("本年支出", 55, 114, 95, 124),
        Word("基本支出", 55, 125, 95, 135),
        Word("项目支出", 130, 125, 170, 135),
    ]
    grid = Grid([50, 100, 200], [100, 120.5, 150], [(0, 0, 1, 2), (1, 0, 1, 1), (1, 1, 1, 1)])
    table, _ = fill(grid, words, 1)
    assert [cell.text for cell in table.cells] == ["本年支出", "基本支出", "项目支出"]


@pytest.mark.parametrize(
    ("heights", "tolerance"),
    [([8, 9, 10, 11, 12], 3.0), ([2, 10, 12, 12, 30], 3.6), ([3, 4, 5], 1.6), ([20, 20], 3.6), ([], 3.0)],
)
def test_tolerance_follows_the_size_of_the_text(heights: list[float], tolerance: float) -> None:
    """Three tenths of the middle height, within bounds; 10 points where the page has no text."""
    words = [Word("字", 0, 0, 10, h) for h in heights]
    assert merge_tolerance(page([], [], words), GridOptions()) == pytest.approx(tolerance)


@pytest.mark.parametrize(("width", "height", "found"), [(21, 11, 1), (20, 11, 0), (21, 10, 0)])
def test_a_net_that_is_small_is_no_table(width: float, height: float, found: int) -> None:
    hs = [horizontal(y, 0, width) for y in (0, height)]
    assert len(find_grids(page(hs, [vertical(x, 0, height) for x in (0, width)]))) == found


def test_a_box_drawn_in_a_cell_is_no_table_of_its_own() -> None:
    hs = [*(horizontal(y) for y in (0, 60, 120)), horizontal(75, 120, 150), horizontal(105, 120, 150)]
    vs = [*(vertical(x, 0, 120) for x in (0, 100, 200, 300)), vertical(120, 75, 105), vertical(150, 75, 105)]
    (grid,) = find_grids(page(hs, vs))
    assert (len(grid.xs), len(grid.ys)) == (4, 3)


def test_a_table_that_reaches_out_of_another_is_one() -> None:
    """Beside, above or below: only what lies inside on all four sides is left out."""
    for dx, dy in ((320, 0), (0, 80), (-320, 0), (0, -80)):
        hs = [*LINES, *(Ruling(100 + dx, 20 + dy + k, 140 + dx, 20 + dy + k) for k in (0, 15))]
        vs = [*POSTS, *(Ruling(100 + dx + k, 20 + dy, 100 + dx + k, 35 + dy) for k in (0, 40))]
        assert len(find_grids(page(hs, vs))) == 2, (dx, dy)


@pytest.mark.parametrize(("missing", "merged"), [(0.2, False), (0.5, True)])
def test_a_ruling_parts_cells_if_it_is_drawn_along_most_of_them(missing: float, merged: bool) -> None:
    """A quarter of the side (and the gap of a corner) may be missing at either end."""
    for lo, hi in ((100 + 100 * missing, 200), (100, 200 - 100 * missing)):
        hs = [horizontal(0), horizontal(20, 0, 100), horizontal(20, lo, hi), horizontal(20, 200, 300), horizontal(40)]
        (grid,) = find_grids(page(hs, [vertical(x, 0, 40) for x in (0, 100, 200, 300)]))
        assert ((0, 1, 2, 1) in grid.spans) is merged, (lo, hi)


def test_an_area_that_is_no_rectangle_is_cut_by_rows() -> None:
    """Three of four cells hang together where two rulings are missing: rows hold, nothing is lost."""
    hs = [horizontal(0), horizontal(20, 100), horizontal(40)]
    vs = [vertical(0, 0, 40), vertical(100, 20, 40), vertical(200, 0, 40), vertical(300, 0, 40)]
    (grid,) = find_grids(page(hs, vs))
    assert sorted(grid.spans) == [(0, 0, 1, 2), (0, 2, 1, 1), (1, 0, 1, 1), (1, 1, 1, 1), (1, 2, 1, 1)]


@pytest.mark.parametrize(("reach", "rows"), [(7, 2), (9, 3)])
def test_posts_that_reach_further_than_two_gaps_bound_a_row(reach: float, rows: int) -> None:
    """Above the first ruling and below the last one."""
    lines = [horizontal(y) for y in (100, 120, 140)]
    for top, bottom in ((100 - reach, 140), (100, 140 + reach)):
        (grid,) = find_grids(page(lines, [vertical(x, top, bottom) for x in (0, 100, 200, 300)]))
        assert len(grid.ys) - 1 == rows


def texts_of(words: list[Word], gap: float) -> list[list[str]]:
    return [[chunk.text for chunk in line.chunks] for line in make_lines(words, 1, gap)]


def line(*items: tuple[str, float, float]) -> list[Word]:
    return [Word(text, x0, 0, x1, 10) for text, x0, x1 in items]


@pytest.mark.parametrize(
    ("words", "chunks"),
    [
        (line(("教育", 0, 20), ("支出", 21, 41)), ["教育支出"]),
        (line(("教育", 0, 20), ("支出", 22, 42)), ["教育", "支出"]),
        (line(("12.50", 0, 25), ("教育", 27, 47)), ["12.50", "教育"]),
        (line(("12.50", 0, 25), ("万元", 25.5, 45)), ["12.50万元"]),
        (line(("12.50", 0, 25), ("一、教育", 25.5, 65)), ["12.50", "一、教育"]),
        (line(("2024", 0, 20), ("年度", 22, 42)), ["2024年度"]),
        (line(("12.50", 0, 25), ("A", 27, 32)), ["12.50 A"]),
        (line(("教育", 0, 20), ("支出", 25, 45)), ["教育", "支出"]),
    ],
)
def test_a_name_right_behind_an_amount_begins_another_column(words: list[Word], chunks: list[str]) -> None:
    assert texts_of(words, NARROW_GAP) == [chunks]
    assert len(texts_of(words, 1.5)[0]) == 1


def test_lines_of_words_keep_their_order_and_their_box() -> None:
    words = [Word("二", 0, 20, 10, 30), Word("乙", 12, 1, 22, 11), Word("甲", 0, 0, 10, 10), Word("末", 40, 20, 50, 30)]
    lines = make_lines(words, 3)
    assert [found.text for found in lines] == ["甲乙", "二\t末"]
    assert [found.page for found in lines] == [3, 3] and lines[0].bbox == (0, 0, 22, 11) and lines[0].size == 10


def test_corners_left_open_by_less_than_a_gap_are_closed() -> None:
    """The outer rulings stand three points beyond where the others end, on each side."""
    lines = [horizontal(y) for y in (0, 20, 40, 60)]
    posts = [vertical(x) for x in (-3, 100, 200, 303)]
    (grid,) = find_grids(page(lines, posts))
    assert grid.xs == [-3, 100, 200, 303] and len(grid.spans) == 9
    lines = [horizontal(y) for y in (-3, 20, 40, 63)]
    (grid,) = find_grids(page(lines, POSTS))
    assert grid.ys == [-3, 20, 40, 63] and len(grid.spans) == 9
