"""Put every char of a page into exactly one cell or one line, and join chars to text."""

from __future__ import annotations

from bisect import bisect_right
from operator import itemgetter
from statistics import median

from extract.geometry import interval, overlap
from extract.grid import Grid
from extract.model import BBox, Cell, Char, Line, PageTable, Run

OVERFLOWING = "数字跨格"
_SPILL = 1.5  # points: a number that reaches further than this over its cell's ruling overflows
_WIDE_GAP = 1.5  # chars: a gap wider than this parts two runs of a line
NARROW_GAP = 0.4  # chars: the least that columns without rulings stand apart


def allot(grid: Grid, chars: list[Char]) -> tuple[list[list[Char]], list[Char]]:
    """The chars that stand in each span of ``grid``, and those that stand in none."""
    xs, ys = grid.xs, grid.ys
    inside: list[list[Char]] = [[] for _ in grid.spans]
    owner: list[list[list[Char]]] = [[inside[0]] * (len(xs) - 1) for _ in ys[1:]]
    for (r, c, rows, cols), mine in zip(grid.spans, inside, strict=True):
        for i in range(r, r + rows):
            owner[i][c : c + cols] = [mine] * cols
    outside: list[Char] = []
    for char in chars:
        _, x0, top, x1, bottom = char
        row = interval(ys, (top + bottom) / 2)
        col = interval(xs, (x0 + x1) / 2) if row is not None else None
        if row is None or col is None:
            outside.append(char)
        else:
            owner[row][col].append(char)
    return inside, outside


def fill(grid: Grid, chars: list[Char], page: int) -> tuple[PageTable, list[Char]]:
    """Return the table that ``grid`` holds, and the chars that are not in it."""
    xs, ys = grid.xs, grid.ys
    inside, outside = allot(grid, chars)
    cells = []
    for (r, c, rows, cols), mine in zip(grid.spans, inside, strict=True):
        box = BBox(xs[c], ys[r], xs[c + cols], ys[r + rows])
        marks = (OVERFLOWING,) if mine and _spills(mine, box) else ()
        cells.append(Cell(r, c, rows, cols, join_lines(mine), page, box, marks))
    table = PageTable(page, grid.bbox, list(xs), len(ys) - 1, cells, "ruled")
    return table, outside


def _spills(chars: list[Char], box: BBox) -> bool:
    """Does a number reach over the rulings beside it?"""
    left, right = box.x0 - _SPILL, box.x1 + _SPILL
    return any((x0 < left or x1 > right) and text[-1].isdigit() for text, x0, _, x1, _ in chars)


def group_lines(chars: list[Char]) -> list[list[Char]]:
    """Chars of one printed line together, lines from the top down, chars from left to right."""
    lines: list[list[Char]] = []
    bands: list[tuple[float, float]] = []
    if len(chars) == 1:
        return [chars]
    for char in sorted(chars, key=lambda c: (c[2] + c[4], c[1])):
        if bands:
            top, bottom = bands[-1]
            height = min(bottom - top, char[4] - char[2])
            if overlap(top, bottom, char[2], char[4]) > 0.5 * height:
                lines[-1].append(char)
                continue
        lines.append([char])
        bands.append((char.top, char.bottom))
    for line in lines:
        line.sort(key=itemgetter(1))
    return lines


def join_chars(line: list[Char]) -> str:
    """Join the chars of one line: a space only where Latin text had one."""
    if len(line) == 1:
        return line[0].text
    parts: list[str] = []
    previous: Char | None = None
    for char in line:
        if previous is not None and _parted(previous, char):
            parts.append(" ")
        parts.append(char.text)
        previous = char
    return "".join(parts)


def _parted(a: Char, b: Char) -> bool:
    gap = b.x0 - a.x1
    size = max(a.bottom - a.top, 1.0)
    if gap <= 0.15 * size:
        return False
    latin = a.text[-1].isascii() and b.text[0].isascii()
    return latin or gap > size * 2


def join_lines(chars: list[Char]) -> str:
    """Text of a cell, printed lines parted by ``\\n``."""
    if not chars:
        return ""
    return "\n".join(join_chars(line) for line in group_lines(chars))


def make_lines(chars: list[Char], page: int, gap: float = _WIDE_GAP) -> list[Line]:
    """Lines of text from chars that stand in no table; runs are parted by gaps wider than ``gap`` chars."""
    lines = []
    for group in group_lines(chars):
        size = median([c[4] - c[2] for c in group])
        runs: list[Run] = []
        current: list[Char] = []
        for char in group:
            if current and char[1] - max([c[3] for c in current[-3:]]) > gap * size:
                runs.append(_run(current))
                current = []
            current.append(char)
        runs.append(_run(current))
        box = BBox(
            min(r.bbox.x0 for r in runs), min(r.bbox.top for r in runs),
            max(r.bbox.x1 for r in runs), max(r.bbox.bottom for r in runs),
        )  # fmt: skip
        lines.append(Line(tuple(runs), page, box, size))
    return lines


def _run(chars: list[Char]) -> Run:
    _, lefts, tops, rights, bottoms = zip(*chars, strict=True)
    return Run(join_chars(chars), BBox(min(lefts), min(tops), max(rights), max(bottoms)))


def column_of(xs: list[float], x: float) -> int:
    """Column that holds ``x``, clamped to the table."""
    return min(max(bisect_right(xs, x) - 1, 0), len(xs) - 2)
