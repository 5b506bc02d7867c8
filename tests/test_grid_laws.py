"""Properties of every grid: its spans tile it, and one that is drawn is found again."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from extract.paper.model import Page, Ruling, Word
from extract.paper.ruled.cells import allot, fill
from extract.paper.ruled.grid import Grid, Span, find_grids

_STEP = 30.0


@st.composite
def rulings(draw: st.DrawFn) -> Page:
    """Pieces of rulings between the points of a lattice, any of them missing."""
    rows, cols = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    horizontals = [
        Ruling(c * _STEP, r * _STEP, (c + 1) * _STEP, r * _STEP)
        for r in range(rows + 1) for c in range(cols) if draw(st.booleans())
    ]  # fmt: skip
    verticals = [
        Ruling(c * _STEP, r * _STEP, c * _STEP, (r + 1) * _STEP)
        for c in range(cols + 1) for r in range(rows) if draw(st.booleans())
    ]  # fmt: skip
    return Page(1, 600, 800, [], horizontals, verticals)


@st.composite
def tilings(draw: st.DrawFn) -> Grid:
    """A grid cut into spans along random lines, every boundary drawn somewhere."""
    whole = (0, 0, draw(st.integers(1, 6)), draw(st.integers(1, 6)))
    spans = [whole]
    for _ in range(draw(st.integers(0, 14))):
        row, col, height, width = spans.pop(draw(st.integers(0, len(spans) - 1)))
        if height > 1 and draw(st.booleans()):
            cut = draw(st.integers(1, height - 1))
            spans += [(row, col, cut, width), (row + cut, col, height - cut, width)]
        elif width > 1:
            cut = draw(st.integers(1, width - 1))
            spans += [(row, col, height, cut), (row, col + cut, height, width - cut)]
        else:
            spans.append((row, col, height, width))
    gaps = st.floats(11, 80)
    xs, ys = [draw(st.floats(5, 90))], [draw(st.floats(5, 90))]
    rows, cols = _tracks_used(spans)
    for _ in range(len(cols) - 1):
        xs.append(xs[-1] + draw(gaps))
    for _ in range(len(rows) - 1):
        ys.append(ys[-1] + draw(gaps))
    return Grid(xs, ys, sorted(_renumbered(span, rows, cols) for span in spans))


def _tracks_used(spans: list[Span]) -> tuple[list[int], list[int]]:
    rows = sorted({e for r, _, h, _ in spans for e in (r, r + h)})
    return rows, sorted({e for _, c, _, w in spans for e in (c, c + w)})


def _renumbered(span: Span, rows: list[int], cols: list[int]) -> Span:
    row, col, height, width = span
    top, left = rows.index(row), cols.index(col)
    return top, left, rows.index(row + height) - top, cols.index(col + width) - left


def drawn(grid: Grid) -> Page:
    """A page with the four sides of every span of ``grid``."""
    horizontals, verticals = [], []
    for row, col, height, width in grid.spans:
        x0, x1, top, bottom = grid.xs[col], grid.xs[col + width], grid.ys[row], grid.ys[row + height]
        horizontals += [Ruling(x0, y, x1, y) for y in (top, bottom)]
        verticals += [Ruling(x, top, x, bottom) for x in (x0, x1)]
    return Page(1, 600, 800, [], horizontals, verticals)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(rulings())
def test_spans_tile_every_grid(page: Page) -> None:
    for grid in find_grids(page):
        places = Counter(
            (r, c) for row, col, h, w in grid.spans for r in range(row, row + h) for c in range(col, col + w)
        )
        wanted = {(r, c) for r in range(len(grid.ys) - 1) for c in range(len(grid.xs) - 1)}
        assert set(places) == wanted and set(places.values()) == {1}
        assert grid.xs == sorted(grid.xs) and grid.ys == sorted(grid.ys)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(tilings())
def test_a_drawn_grid_is_found_again(grid: Grid) -> None:
    found = find_grids(drawn(grid))
    if grid.xs[-1] - grid.xs[0] > 20 and grid.ys[-1] - grid.ys[0] > 10:
        (again,) = found
        assert sorted(again.spans) == grid.spans
        assert all(abs(a - b) < 0.01 for a, b in zip(again.xs + again.ys, grid.xs + grid.ys, strict=True))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(tilings())
def test_a_word_stands_in_the_span_that_it_is_printed_in(grid: Grid) -> None:
    words = []
    for row, col, height, width in grid.spans:
        x = (grid.xs[col] + grid.xs[col + width]) / 2
        y = (grid.ys[row] + grid.ys[row + height]) / 2
        words.append(Word(f"{row}:{col}", x - 1, y - 1, x + 1, y + 1))
    beside = Word("注", grid.xs[-1] + 5, grid.ys[0] + 1, grid.xs[-1] + 15, grid.ys[0] + 11)
    inside, outside = allot(grid, [*words, beside])
    assert [[w.text for w in cell] for cell in inside] == [[w.text] for w in words]
    assert outside == [beside]
    part, _ = fill(grid, words, 7)
    assert [(c.row, c.col, c.rowspan, c.colspan, c.text, c.page) for c in part.cells] == [
        (*span, w.text, 7) for span, w in zip(grid.spans, words, strict=True)
    ]
