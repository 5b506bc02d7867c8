"""Grids from rulings: doubled lines, spans, open sides, several on a page; chars into cells."""

from __future__ import annotations

from extract.paper.model import Page, Ruling, Word
from extract.paper.ruled.cells import fill
from extract.paper.ruled.grid import Grid, find_grids


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
