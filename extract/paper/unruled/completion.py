"""Grids whose rulings part only some of their cells: what stands aligned inside is parted as if ruled.

House styles leave rulings out: columns without lines between the rows, rows without lines between the columns, a
header in a box over a body without any.  Such a grid holds several amounts in one cell.  In: the grid and the chars
of its page.  Out: the grid with the missing tracks, and which of its spans they bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise, takewhile, zip_longest

from extract.paper.model import Cell, Chunk, Line, TablePart, Word, compact
from extract.paper.numbers import amounts_in, counted, is_amount, is_entry
from extract.paper.ruled.cells import allot, group_lines, join_chars, make_lines
from extract.paper.ruled.grid import Grid, Span
from extract.paper.unruled.alignment import is_caption
from extract.paper.unruled.row_cuts import LEAST_ROWS, Stack, is_column, row_cuts

_REACH = 5.0  # line heights: a wider white band ends the body under a header
_SAME_ROW = 0.6  # line heights: a narrower white band parts the lines of one cell
_ROOM = 4.0  # letters: a line that leaves more than this in its cell, padding included, is not wrapped
_MOST_SHIFT = 12  # points: margins of odd and even pages differ by less
_UNDRAWN = 4.0  # line heights: as far beside the outermost words of the page before
_BESIDE = 6.0  # points: as far may a body reach out beside its header


@dataclass(frozen=True, slots=True)
class Completed:
    """A grid with the tracks that are not drawn; ``undrawn`` are the spans that they bound."""

    grid: Grid
    undrawn: frozenset[Span]


def complete(grid: Grid, table: TablePart, chars: list[Word], band: int | None = None) -> Completed | None:
    """Part the open cells of ``grid``, which holds ``table``; ``None`` if it has none.

    ``band`` is the row of the grid that is known to be none, but room for the rows of a body.
    """
    undrawn = {span for span in grid.spans if span[0] == band}
    wider = _columns_parted(grid, table, chars)
    if wider is not None:
        grid, undrawn = wider[0], undrawn | wider[1]
    stacked = _stacked(table)
    longer = _rulings_drawn_on(grid, chars) if stacked else None
    if longer is not None:
        grid, undrawn = longer[0], undrawn | longer[1]
    taller = _rows_parted(grid, chars, undrawn, band) if undrawn or stacked else None
    if taller is not None:
        grid, undrawn = taller
    return Completed(grid, frozenset(undrawn)) if undrawn else None


def is_frame(table: TablePart) -> bool:
    """Is it one box around a table rather than a grid of cells, or columns that rule no line of their header?

    Words over several columns have the rulings of those through them: such a header is told by where its words stand.
    """
    texts = [cell.text.split("\n") for cell in table.cells if cell.text]
    if len(table.xs) != 2:
        return table.nrows == 1 and _is_headed(texts)
    beside = [amounts_in(line) for lines in texts for line in lines if len(line.split()) > 1]
    return sum(n > 0 for n in beside) >= LEAST_ROWS or max(beside, default=0) >= LEAST_ROWS


def _is_headed(texts: list[list[str]]) -> bool:
    """Does a band of columns, each told by its lines, begin with a header and go on with rows of amounts?"""
    if any(amounts_in(lines[0]) for lines in texts):
        return False
    one_row = sum(amounts_in(lines[-1]) > 0 for lines in texts if len(lines) > 1)
    return one_row >= LEAST_ROWS or any(sum(amounts_in(line) > 0 for line in lines) >= LEAST_ROWS for lines in texts)


def lengthened(grid: Grid, table: TablePart, lines: list[Line]) -> Grid | None:
    """Where ``grid`` is a header without a body, numbers of its columns in the last row or not, and rows of amounts stand under it, the grid with room for them.

    ``lines`` are those of the page that stand in no grid, from the top down.
    """
    last = [cell for cell in table.cells if cell.row + cell.rowspan == table.nrows]
    if len(grid.xs) < 3 or not any(c.text for c in last) or _has_body(table):
        return None
    end = _body_end(grid.xs, grid.ys[-1], lines)
    if end is None:
        return None
    height = len(grid.ys) - 1
    return Grid(grid.xs, [*grid.ys, end], [*grid.spans, *_one_band(grid.xs, height)])


def _has_body(table: TablePart) -> bool:
    """Has a table rows of amounts?  Numbers of its columns are none, nor is the one row of totals that may follow them."""
    rows: dict[int, list[str]] = {}
    for cell in table.cells:
        rows.setdefault(cell.row, []).append(cell.text)
    numbered = [r for r in rows if counted(rows[r])]
    if numbered and numbered[0] >= table.nrows - 2:
        rows = {r: texts for r, texts in rows.items() if r < numbered[0]}
    return any(is_amount(text) for texts in rows.values() for text in texts)


def continued(above: TablePart, lines: list[Line]) -> Grid | None:
    """Room for the rows that go on with a table of the page before, whose rulings were not all drawn.

    They begin the page, without a header of their own but for a line that ``above`` has as well, and keep to its columns.
    """
    own_lines = [line for line in lines if not line.furniture]
    headings = next((i for i, line in enumerate(own_lines) if not _says_continued(line)), 0)
    own_lines = own_lines[headings:]
    if not own_lines or own_lines[0].bbox is None:
        return None
    if len(own_lines[0].chunks) > 1 and not amounts_in(own_lines[0].text) and not _is_row(own_lines[0], above):
        return None
    if _is_of_header(own_lines[0], above) and not _is_row(own_lines[0], above):
        return None
    top = own_lines[0].bbox.top - 1
    xs = [x + _shift(above.xs, own_lines) for x in above.xs]
    end = _body_end(xs, top, own_lines, drawn=above.origin != "aligned")
    return None if end is None else Grid(xs, [top, end], _one_band(xs, 0))


def _says_continued(line: Line) -> bool:
    """Is it a heading that says that the table goes on: 续表, 表3（续）?"""
    return len(line.chunks) == 1 and "续" in line.text and is_caption(line)


def _shift(xs: list[float], lines: list[Line]) -> float:
    """How far to the right lines stand of columns between ``xs``: 0, but where no chunk crosses a ruling once it is moved."""
    rows = takewhile(lambda line: not is_caption(line), lines)
    chunks = [chunk for line in rows if len(line.chunks) > 1 for chunk in line.chunks if " " not in chunk.text]
    crossing = {s: sum(_over(c, x + s) for c in chunks for x in xs) for s in range(-_MOST_SHIFT, _MOST_SHIFT + 1)}
    free = [s for s, n in crossing.items() if not n]
    if not crossing[0] or not free:
        return 0.0
    nearest = min(free, key=abs)
    stretch = [s for s in free if all(t in free for t in range(min(s, nearest), max(s, nearest)))]
    return sum(stretch) / len(stretch)


def _is_row(line: Line, table: TablePart) -> bool:
    """Does ``table`` print the line as one of its rows?"""
    texts = [compact(chunk.text) for chunk in line.chunks]
    rows: dict[int, list[str]] = {}
    for cell in table.cells:
        if cell.text:
            rows.setdefault(cell.row, []).append(compact(cell.text))
    return texts in rows.values()


def _is_of_header(line: Line, table: TablePart) -> bool:
    """Are the words of the line header words of ``table``, which stand over its first row of amounts?"""
    first = min((cell.row for cell in table.cells if is_amount(cell.text)), default=0)
    words = {compact(cell.text) for cell in table.cells if cell.text and cell.row < first}
    return all(compact(chunk.text) in words for chunk in line.chunks)


def _one_band(xs: list[float], row: int) -> list[Span]:
    return [(row, c, 1, 1) for c in range(len(xs) - 1)]


def _body_end(xs: list[float], top: float, lines: list[Line], drawn: bool = True) -> float | None:
    """Where the rows end that stand under ``top`` and keep to the columns between ``xs``; ``None`` if there are none.

    Where no ruling is ``drawn`` at the edges, the outer columns may be wider than what they hold on the page before.
    """
    end, rows, chunks, crossing = top, 0, 0, 0
    for line, below in zip_longest(lines, lines[1:]):
        if line.bbox is None or line.bbox.top < top - 1:
            continue
        reach = _BESIDE if drawn else _UNDRAWN * line.size
        inside = xs[0] - reach <= line.bbox.x0 and line.bbox.x1 <= xs[-1] + reach
        if not inside or line.furniture or is_caption(line) or line.bbox.top - end > _REACH * line.size:
            break
        over = sum(_crosses(chunk, xs) for chunk in line.chunks)
        amounts = amounts_in(line.text) > 0
        if over == len(line.chunks) and not amounts and not _goes_on(line, below):
            break  # a note under the table
        end = line.bbox.bottom + 1
        rows += amounts
        chunks += len(line.chunks)
        crossing += over
    return end if rows and 2 * crossing <= chunks else None


def _goes_on(line: Line, below: Line | None) -> bool:
    """Are amounts printed in a line so close under it that both are of one row, its cells wrapped?"""
    if below is None or below.bbox is None or line.bbox is None or not amounts_in(below.text):
        return False
    return below.bbox.top - line.bbox.bottom < _SAME_ROW * line.size


def _crosses(chunk: Chunk, xs: list[float]) -> bool:
    """Does a chunk reach over a ruling?  Words with a blank between them may stand on both sides of it."""
    return " " not in chunk.text and any(_over(chunk, x) for x in xs)


def _over(chunk: Chunk, x: float) -> bool:
    return chunk.bbox.x0 < x - 1 and x + 1 < chunk.bbox.x1


def _stacked(table: TablePart) -> bool:
    texts = [cell.text.split("\n") for cell in table.cells if "\n" in cell.text]
    return any(sum(map(is_entry, lines)) > 1 for lines in texts)


# columns that a header rules and its body does not


def _columns_parted(grid: Grid, table: TablePart, chars: list[Word]) -> tuple[Grid, set[Span]] | None:
    """Draw the rulings of the columns on through the rows that have none."""
    wide = [cell for cell in table.cells if cell.colspan > 1]
    open_rows: dict[tuple[int, int], list[Cell]] = {}
    for cell in wide:
        if " " in cell.text and any(amounts_in(line) > 0 for line in cell.text.split("\n")):
            open_rows.setdefault((cell.col, cell.colspan), []).append(cell)
    chosen: set[Span] = set()
    for (col, span), cells in open_rows.items():
        lines = [line for cell in cells for line in cell.text.split("\n") if amounts_in(line) > 0]
        if len(lines) < LEAST_ROWS:
            continue
        first, last = min(c.row for c in cells), max(c.row for c in cells)
        chosen |= {
            (c.row, c.col, c.rowspan, c.colspan)
            for c in wide
            if (c.col, c.colspan) == (col, span) and first <= c.row <= last
        }
    if not chosen:
        return None
    spans: list[Span] = []
    undrawn: set[Span] = set()
    for whole, held in zip(grid.spans, allot(grid, chars)[0], strict=True):
        if whole not in chosen:
            spans.append(whole)
            continue
        parts = _cut(whole, grid.xs, held)
        spans.extend(parts)
        undrawn.update(parts if len(parts) > 1 else ())
    return (Grid(grid.xs, grid.ys, spans), undrawn) if undrawn else None


def _cut(span: Span, xs: list[float], chars: list[Word]) -> list[Span]:
    """Part a span at the columns' rulings that none of its chars crosses."""
    row, col, rows, cols = span
    chunks = [chunk for line in make_lines(chars, 0) for chunk in line.chunks] if chars else []
    cuts = [c for c in range(col + 1, col + cols) if not any(_over(r, xs[c]) for r in chunks)]
    edges = [col, *cuts, col + cols]
    return [(row, a, rows, b - a) for a, b in pairwise(edges)]


# rows that no ruling parts


def _rulings_drawn_on(grid: Grid, chars: list[Word]) -> tuple[Grid, set[Span]] | None:
    """Draw a ruling on through a tall cell whose neighbour it bounds, where both print as many lines beside it.

    A header with a ruling under some of its words only: the names of the rows stand in one cell with theirs.
    """
    stacks = {
        span: _stack(held, grid.xs[span[1] + span[3]] - grid.xs[span[1]])
        for span, held in zip(grid.spans, allot(grid, chars)[0], strict=True)
        if held
    }
    columns = [span for span, stack in stacks.items() if is_column(stack.texts)]
    spans: list[Span] = []
    made: set[Span] = set()
    for span in grid.spans:
        row, col, rows, cols = span
        beside = [c for c in columns if span in stacks and _as_many(stacks[span], stacks[c], grid, c)]
        cuts = {edge for c in beside for edge in (c[0], c[0] + c[2]) if row < edge < row + rows}
        parts = [(a, col, b - a, cols) for a, b in pairwise([row, *sorted(cuts), row + rows])]
        spans.extend(parts)
        made.update(parts if cuts else ())
    return (Grid(grid.xs, grid.ys, sorted(spans)), made) if made else None


def _as_many(tall: Stack, column: Stack, grid: Grid, place: Span) -> bool:
    """Has a cell as many lines as a column of figures beside it, between the rulings of that?"""
    top, bottom = grid.ys[place[0]], grid.ys[place[0] + place[2]]
    return sum(top < y < bottom for y in tall.middles(False)) >= len(column.lines)


def _rows_parted(
    grid: Grid, chars: list[Word], undrawn: set[Span], open_band: int | None
) -> tuple[Grid, set[Span]] | None:
    """Draw rulings between the rows of every band in which amounts stand under one another."""
    stacks_by_rows: dict[tuple[int, int], list[Stack]] = {}
    for span, held in zip(grid.spans, allot(grid, chars)[0], strict=True):
        if held:
            width = grid.xs[span[1] + span[3]] - grid.xs[span[1]]
            stacks_by_rows.setdefault((span[0], span[2]), []).append(_stack(held, width))
    ys = list(grid.ys)
    cuts: dict[tuple[int, int], list[float]] = {}
    for band, stacks in stacks_by_rows.items():
        known = band[0] == open_band
        top, bottom = grid.ys[band[0]], grid.ys[sum(band)]
        # a char belongs to the row that its middle stands in: its box may reach over the band
        found = [y for y in row_cuts(stacks, known, headed=band[0] == 0 and not known) if top < y < bottom]
        if found:
            cuts[band] = found
            ys.extend(found)
    if not cuts:
        return None
    ys = sorted(set(ys))
    at = {y: i for i, y in enumerate(ys)}
    spans: list[Span] = []
    made: set[Span] = set()
    for span in grid.spans:
        row, col, rows, cols = span
        inside = sorted({at[y] for y in cuts.get((row, rows), ())})
        edges = [at[grid.ys[row]], *inside, at[grid.ys[row + rows]]]
        parts = [(a, col, b - a, cols) for a, b in pairwise(edges)]
        spans.extend(parts)
        made.update(parts if len(parts) > 1 or span in undrawn else ())
    return Grid(grid.xs, ys, sorted(spans)), made


def _stack(chars: list[Word], width: float) -> Stack:
    """The lines of a cell of ``width`` points."""
    groups = group_lines(chars)
    texts = [join_chars(g) for g in groups]
    longest = max(g[-1].x1 - g[0].x0 for g in groups)
    free = width - longest > _ROOM * longest / max(map(len, texts))
    lines = [(min(c.top for c in g), max(c.bottom for c in g)) for g in groups]
    return Stack(lines, texts, free, [g[-1].x1 for g in groups])
