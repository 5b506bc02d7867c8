"""One page of paper: its ruled tables, its tables without rulings, and its lines, in reading order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, pairwise
from typing import NamedTuple

from extract.paper.geometry import join_spans, turned
from extract.paper.model import Box, Cell, Chunk, Line, Page, PageLayout, Ruling, TablePart, Word, union
from extract.paper.numbers import join_spaced
from extract.paper.ruled.cells import NARROW_GAP, WIDE_GAP, fill, make_lines
from extract.paper.ruled.grid import Grid, find_grids
from extract.paper.slanted import slanted_words
from extract.paper.unruled.alignment import ALIGNED, find_aligned, is_caption, may_hold_rows
from extract.paper.unruled.completion import complete, continued, is_frame, lengthened

# "12", "— 12 —", "第 12 页 共 30 页": what stands at the edge of a page and belongs to no text
_PAGE_NUMBER = re.compile(r"^[-—–－~\s·]*(第)?\s*\d{1,4}\s*(页)?[-—–－~\s·,，]*(/|共)?\s*\d*\s*(页)?[-—–－~\s·]*$")
TURNED = "页面转正"  # mark of a cell on a page that lies on its side as displayed
_MOST_NAMES = 6  # lines under a table that may be its last rows
_CENTRED = 6.0  # points from the middle of the page
_COVERS = 3  # pages that may bear no number or another one before those that do
_LEAST_TRACKS = 3  # rulings across: a grid of fewer rows is no table beside another
_BESIDE = 0.5  # of the height of the lower one
_EDGE = 0.12  # share of the page height at which furniture stands


class _Ruled(NamedTuple):
    """A grid, the table in it, the words that it was filled from, and those of them that stand beside it."""

    grid: Grid
    table: TablePart
    before: list[Word]
    outside: list[Word]


@dataclass(slots=True)
class _Work:
    """A page on its way: what each stage took and what it left."""

    page: Page
    above: TablePart | None
    words: list[Word]  # that stand in no table
    ruled: list[_Ruled] = field(default_factory=list)
    tables: list[TablePart] = field(default_factory=list)  # without all of their rulings
    lines: list[Line] = field(default_factory=list)
    slanted: list[Line] = field(default_factory=list)
    lined: bool = False  # the words are grouped to lines

    def layout(self) -> PageLayout:
        """The page as it is after a stage, its blocks in reading order."""
        tables = [*(ruled.table for ruled in self.ruled), *self.tables]
        if self.page.turn:
            tables = [replace(t, cells=[_as_displayed(cell, self.page) for cell in t.cells]) for t in tables]
        lines = self.lines if self.lined else _lines(self.words, self.page)
        blocks: list[Line | TablePart] = [*tables, *lines, *self.slanted]
        blocks.sort(key=lambda b: (b.bbox.top, b.bbox.x0) if b.bbox else (0.0, 0.0))
        return PageLayout(self.page.number, blocks, self.page.width, self.page.height, self.page.marks)


def _set_slanted_aside(work: _Work) -> None:
    """A text slanted over the page, such as a watermark, is a line of its own whatever it crosses."""
    slanted = slanted_words(work.words)
    if slanted:
        chosen = set(slanted)
        work.words = [word for word in work.words if word not in chosen]
        chunks = tuple(Chunk(w.text, Box(w.x0, w.top, w.x1, w.bottom)) for w in slanted)
        box = union(chunk.bbox for chunk in chunks)
        work.slanted.append(Line(chunks, work.page.number, box, box.bottom - box.top, furniture=True))


def _join_spaced_numbers(work: _Work) -> None:
    """Words as they are meant: the digits of a letter-spaced number together."""
    work.words = join_spaced(work.words, [(r.x0, r.top, r.bottom) for r in work.page.verticals])


def _fill_grids(work: _Work) -> None:
    """Every net of rulings becomes a table with the words that stand in it; a frame around a text is none."""
    for grid in find_grids(work.page):
        table, outside = fill(grid, work.words, work.page.number)
        if not is_frame(table):
            work.ruled.append(_Ruled(grid, table, work.words, outside))
            work.words = outside
    work.lines, work.lined = _lines(work.words, work.page), True


def _complete_grids(work: _Work) -> None:
    """Rulings that a table leaves out between some of its columns or rows are added."""
    for i, (grid, table, before, outside) in enumerate(work.ruled):
        table, outside = _completed(grid, table, outside, before, work.page.number)
        work.ruled[i] = _Ruled(grid, table, before, outside)


def _lengthen_headers(work: _Work) -> None:
    """A ruled header over rows without rulings takes them in."""
    for i, (grid, table, before, outside) in enumerate(work.ruled):
        longer = lengthened(grid, table, _lines(work.words, work.page, NARROW_GAP))
        if longer is not None:
            others = set(map(id, outside))
            words = [*work.words, *(w for w in before if id(w) not in others)]
            table, work.words = _filled(longer, words, work.page.number, len(grid.ys) - 1)
            work.ruled[i] = _Ruled(grid, table, words, work.words)
            work.lines = _lines(work.words, work.page)


def _continue_above(work: _Work) -> None:
    """Rows at the head of a page go on with the table that ends the page before."""
    if work.above is None or _is_turned(work.above) != bool(work.page.turn):
        return
    rest = continued(work.above, _lines(work.words, work.page, NARROW_GAP))
    if rest is not None:
        table, work.words = _filled(_around(rest, work.words), work.words, work.page.number, 0)
        table.xs[0], table.xs[-1] = rest.xs[0], rest.xs[-1]  # as ``above`` has them
        work.tables.append(table)
        work.lines = _lines(work.words, work.page)


def _around(grid: Grid, words: list[Word]) -> Grid:
    """The grid, its outer columns as wide as the words beside it: without rulings they reach as far as what they hold."""
    inside = [w for w in words if grid.ys[0] < (w.top + w.bottom) / 2 < grid.ys[-1]]
    left, right = min(w.x0 for w in inside), max(w.x1 for w in inside)
    return replace(grid, xs=[min(grid.xs[0], left), *grid.xs[1:-1], max(grid.xs[-1], right)])


def _find_aligned_tables(work: _Work) -> None:
    """Lines whose amounts stand under one another are tables without rulings between their columns."""
    if not may_hold_rows(work.lines):
        return
    close = make_lines(work.words, work.page.number, NARROW_GAP)
    blocks = find_aligned(work.lines, work.page.number, close, work.above, work.page.horizontals)
    work.tables.extend(b for b in blocks if isinstance(b, TablePart))
    work.lines = [b for b in blocks if isinstance(b, Line)]


STAGES: dict[str, Callable[[_Work], None]] = {
    "slanted": _set_slanted_aside, "numbers": _join_spaced_numbers, "ruled": _fill_grids, "completed": _complete_grids, "lengthened": _lengthen_headers,
    "continued": _continue_above, "aligned": _find_aligned_tables,
}  # fmt: skip


def stages(page: Page, above: TablePart | None = None) -> Iterator[tuple[str, PageLayout]]:
    """The page after every stage of ``STAGES``, in their order; ``above`` as for ``lay_out``."""
    work = _Work(page, above, page.words)
    for name, stage in STAGES.items():
        stage(work)
        yield name, work.layout()


def lay_out(page: Page, above: TablePart | None = None) -> PageLayout:
    """Part a page into blocks, from the top down; every char lands in exactly one of them.

    ``above`` is the table that ends the page before, if ``running`` finds one.
    """
    x = gutter(page)
    if x is None:
        return _one(page, above)
    left = _one(_half(page, 0.0, x), above)
    right = _one(_half(page, x, page.width), running(left))
    blocks = [*left.blocks, *(_shifted(block, x) for block in right.blocks)]
    return PageLayout(page.number, blocks, page.width, page.height, page.marks)


def _one(page: Page, above: TablePart | None) -> PageLayout:
    work = _Work(page, above, page.words)
    for stage in STAGES.values():
        stage(work)
    return work.layout()


def gutter(page: Page) -> float | None:
    """Where a wide sheet parts into two pages, or two tables with a caption each, side by side; ``None`` if it does not.

    Nothing crosses it; two pages bear numbers that follow, each on its own middle.
    """
    if page.turn or page.width <= page.height:
        return None
    free = _free_spans(page)
    middle = page.width / 2
    if any(a <= middle <= b for a, b in free):
        left, right = (_foot_number(_half(page, a, b)) for a, b in ((0.0, middle), (middle, page.width)))
        if left is not None and right == left + 1:
            return middle
    grids = sorted((g for g in find_grids(page) if len(g.ys) > _LEAST_TRACKS), key=lambda g: g.xs[0]) if free else []
    for one, other in pairwise(grids):
        x = (one.xs[-1] + other.xs[0]) / 2
        level = min(one.ys[-1], other.ys[-1]) - max(one.ys[0], other.ys[0])
        height = min(one.ys[-1] - one.ys[0], other.ys[-1] - other.ys[0])
        parted = any(a <= x <= b for a, b in free) and level > _BESIDE * height
        if parted and _is_captioned(page, 0.0, x, one) and _is_captioned(page, x, page.width, other):
            return x
    return None


def _free_spans(page: Page) -> list[tuple[float, float]]:
    """The stretches between the outermost words and rulings of a page over which nothing stands at any height."""
    boxes: tuple[Word | Ruling, ...] = (*page.words, *page.horizontals)
    return [(a[1], b[0]) for a, b in pairwise(join_spans([(box.x0, box.x1) for box in boxes], 0.0))]


def _is_captioned(page: Page, x0: float, x1: float, grid: Grid) -> bool:
    """Does a caption stand over the grid in its part of the sheet?"""
    over = [w for w in page.words if x0 <= w.x0 < x1 and w.bottom <= grid.ys[0] + 1]
    return any(map(is_caption, make_lines(over, page.number))) if over else False


def _half(page: Page, x0: float, x1: float) -> Page:
    """A part of a sheet as a page of its own, its left edge at 0."""

    def inside(box: Word | Ruling) -> bool:
        return (x0 <= 0 or box.x0 >= x0) and (x1 >= page.width or box.x1 <= x1)

    words = [w._replace(x0=w.x0 - x0, x1=w.x1 - x0) for w in page.words if inside(w)]
    across, upright = (
        [r._replace(x0=r.x0 - x0, x1=r.x1 - x0) for r in rulings if inside(r)]
        for rulings in (page.horizontals, page.verticals)
    )
    return replace(page, width=x1 - x0, words=words, horizontals=across, verticals=upright)


def _shifted(block: Line | TablePart, x: float) -> Line | TablePart:
    """What the right part of a sheet holds, its boxes where they stand on the sheet; ``xs`` of tables stay, to join pages by."""

    def moved(box: Box | None) -> Box | None:
        return box._replace(x0=box.x0 + x, x1=box.x1 + x) if box else None

    if isinstance(block, TablePart):
        return replace(block, bbox=moved(block.bbox), cells=[replace(c, bbox=moved(c.bbox)) for c in block.cells])
    chunks = tuple(Chunk(c.text, c.bbox._replace(x0=c.bbox.x0 + x, x1=c.bbox.x1 + x)) for c in block.chunks)
    return replace(block, chunks=chunks, bbox=moved(block.bbox))


def running(content: PageLayout) -> TablePart | None:
    """The table without all of its rulings that the page ends with, and that the next page may go on with."""
    skipped: list[Line] = []
    for block in reversed(content.blocks):
        if isinstance(block, TablePart):
            return block if block.origin == "aligned" and _beside_names(skipped, block) else None
        if not block.furniture:
            skipped.append(block)
    return None


def _beside_names(lines: list[Line], table: TablePart) -> bool:
    """Are the lines under a table at most a few names without amounts, which stand where its own do?"""
    lefts = {round(cell.bbox.x0) for cell in table.cells if cell.bbox and cell.text and cell.colspan == 1}
    return len(lines) <= _MOST_NAMES and all(
        line.bbox is not None and len(line.chunks) == 1 and round(line.bbox.x0) in lefts for line in lines
    )


def _lines(chars: list[Word], page: Page, gap: float = WIDE_GAP) -> list[Line]:
    lines = make_lines(chars, page.number, gap)
    for line in lines:
        line.furniture = _is_furniture(line, page.height)
    if lines:
        lines[-1].furniture = lines[-1].furniture or _is_own_number(lines[-1], page)
    return lines


def _filled(grid: Grid, chars: list[Word], number: int, band: int | None = None) -> tuple[TablePart, list[Word]]:
    """The table in ``grid``, rulings that are not drawn added (``band`` as for ``complete``), and the other chars."""
    return _completed(grid, *fill(grid, chars, number), chars, number, band)


def _completed(
    grid: Grid, table: TablePart, outside: list[Word], chars: list[Word], number: int, band: int | None = None
) -> tuple[TablePart, list[Word]]:
    whole = complete(grid, table, chars, band)
    if whole is None:
        return table, outside
    table, outside = fill(whole.grid, chars, number)
    for cell in table.cells:
        if (cell.row, cell.col, cell.rowspan, cell.colspan) in whole.undrawn:
            cell.marks = (*cell.marks, ALIGNED)
    table.origin = "aligned"
    return table, outside


def _is_turned(table: TablePart) -> bool:
    return any(TURNED in cell.marks for cell in table.cells)


def _as_displayed(cell: Cell, page: Page) -> Cell:
    """A cell of a page that was turned: it was found on the upright page, its box is told on the displayed one."""
    box = Box(*turned(cell.bbox, -page.turn, page.width, page.height)) if cell.bbox else None
    return replace(cell, bbox=box, marks=(*cell.marks, TURNED), lines=())


def _is_furniture(line: Line, height: float) -> bool:
    if line.bbox is None or (height * _EDGE <= line.bbox.bottom and line.bbox.top <= height * (1 - _EDGE)):
        return False
    return _PAGE_NUMBER.match(line.text) is not None


def _is_own_number(line: Line, page: Page) -> bool:
    """Is the last line of a page its number, alone on the middle of the page, close under what it follows?"""
    if line.bbox is None or len(line.chunks) != 1 or not _PAGE_NUMBER.match(line.text):
        return False
    number = re.search(r"\d+", line.text)
    if number is None or abs(line.bbox.x_mid - page.width / 2) > _CENTRED:
        return False
    return int(number[0]) == page.printed or abs(int(number[0]) - page.number) <= _COVERS


def with_printed_numbers(pages: Iterable[Page]) -> Iterator[Page]:
    """The pages, one looked at ahead, each with ``Page.printed`` where a neighbour proves it."""
    before = page = None
    for after in chain(pages, (None,)):
        if page is not None:
            mine = _foot_number(page)
            beside = {n - p.number for p in (before, after) if p is not None and (n := _foot_number(p)) is not None}
            page.printed = mine if mine is not None and mine - page.number in beside else None
            yield page
        before, page = page, after


def _foot_number(page: Page) -> int | None:
    """The number that stands alone in the last line of a page, on its middle."""
    if not page.words:
        return None
    last = max(page.words, key=lambda word: word.bottom)
    line = [word for word in page.words if word is last or word.bottom > last.top]  # a damaged word has no height
    middle = (min(word.x0 for word in line) + max(word.x1 for word in line)) / 2
    text = "".join(word.text for word in sorted(line, key=lambda word: word.x0))
    number = re.search(r"\d+", text)
    if number is None or not _PAGE_NUMBER.match(text) or abs(middle - page.width / 2) > _CENTRED:
        return None
    return int(number[0])
