"""Put every char of a page into exactly one cell or one line, and join chars to text."""

from __future__ import annotations

from operator import itemgetter
from statistics import median

from extract.paper.geometry import interval, overlap
from extract.paper.model import Box, Cell, Chunk, Line, TablePart, Word, union
from extract.paper.numbers import has_ordinal, is_amount
from extract.paper.ruled.grid import Grid

OVERFLOWING = "数字跨格"
DIGITS = frozenset("0123456789０１２３４５６７８９")
_CURRENCY = frozenset("¥￥")
_SPILL = 1.5  # points: a number that reaches further than this over its cell's ruling overflows
WIDE_GAP = 1.5  # chars: a gap wider than this parts two chunks of a line
_CROSSING = 0.15  # of its height: a line that reaches so far over a ruling stands on it
_LEADING = 0.5  # chars: less white parts the lines of one word
_TOUCHING = 0.1  # chars: a name that begins further behind an amount stands in another column
_NAMES_APART = 0.15  # chars: ideographs of one word stand closer, but where it is letter-spaced
NARROW_GAP = 0.4  # chars: the least that columns without rulings stand apart


def allot(grid: Grid, chars: list[Word]) -> tuple[list[list[Word]], list[Word]]:
    """The chars that stand in each span of ``grid``, and those that stand in none."""
    xs, ys = grid.xs, grid.ys
    inside: list[list[Word]] = [[] for _ in grid.spans]
    owner: list[list[list[Word]]] = [[inside[0]] * (len(xs) - 1) for _ in ys[1:]]
    for (r, c, rows, cols), mine in zip(grid.spans, inside, strict=True):
        for i in range(r, r + rows):
            owner[i][c : c + cols] = [mine] * cols
    outside: list[Word] = []
    for char in chars:
        _, x0, top, x1, bottom = char
        row = interval(ys, (top + bottom) / 2)
        col = interval(xs, (x0 + x1) / 2) if row is not None else None
        if row is None or col is None:
            outside.append(char)
        else:
            owner[row][col].append(char)
    return inside, outside


def fill(grid: Grid, chars: list[Word], page: int) -> tuple[TablePart, list[Word]]:
    """Return the table that ``grid`` holds, and the chars that are not in it."""
    xs, ys = grid.xs, grid.ys
    inside, outside = allot(grid, chars)
    _give_back_first_lines(grid, inside)
    cells = []
    for (r, c, rows, cols), mine in zip(grid.spans, inside, strict=True):
        box = Box(xs[c], ys[r], xs[c + cols], ys[r + rows])
        marks = (OVERFLOWING,) if mine and _spills(mine, box) else ()
        lines = group_lines(mine) if mine else []
        text, indent = _text_and_indent(lines, box.x0)
        cells.append(Cell(r, c, rows, cols, text, page, box, marks, indent, lines=_middles(lines)))
    table = TablePart(page, grid.bbox, list(xs), len(ys) - 1, cells, "ruled")
    return table, outside


def _give_back_first_lines(grid: Grid, inside: list[list[Word]]) -> None:
    """A header word taller than its cell begins over the ruling above: its first line is its own, not the group's.

    It crosses the ruling, stands right over the word and over its middle, and is not all that the group's cell holds.
    """
    below = {(r, c): i for i, (r, c, _, _) in enumerate(grid.spans)}
    for i, (row, col, rows, cols) in enumerate(grid.spans):
        y = grid.ys[row + rows]
        over = [w for w in inside[i] if w.bottom > y + _CROSSING * (w.bottom - w.top)] if cols > 1 else []
        if not over or len(over) == len(inside[i]):
            continue
        for c in range(col, col + cols):
            j = below.get((row + rows, c))
            if j is None or not inside[j] or grid.spans[j][3] >= cols:
                continue
            x0, x1 = grid.xs[c], grid.xs[c + grid.spans[j][3]]
            mine = [w for w in over if x0 < (w.x0 + w.x1) / 2 < x1]
            if mine and _stands_right_over(mine, group_lines(inside[j])[0]):
                inside[j] = [*mine, *inside[j]]
                inside[i] = [w for w in inside[i] if not any(w is m for m in mine)]


def _stands_right_over(line: list[Word], below: list[Word]) -> bool:
    size = min(w.bottom - w.top for w in below)
    near = min(w.top for w in below) - max(w.bottom for w in line) < _LEADING * size
    off = (line[0].x0 + max(w.x1 for w in line)) / 2 - (below[0].x0 + below[-1].x1) / 2
    return near and abs(off) < size / 2


def _spills(chars: list[Word], box: Box) -> bool:
    """Does a number reach over the rulings beside it?"""
    left, right = box.x0 - _SPILL, box.x1 + _SPILL
    return any((x0 < left or x1 > right) and text[-1].isdigit() for text, x0, _, x1, _ in chars)


def group_lines(chars: list[Word]) -> list[list[Word]]:
    """Chars of one printed line together, lines from the top down, chars from left to right."""
    lines: list[list[Word]] = []
    heights: list[tuple[float, float]] = []
    if len(chars) == 1:
        return [chars]
    for char in sorted(chars, key=lambda c: (c[2] + c[4], c[1])):
        if heights:
            top, bottom = heights[-1]
            height = min(bottom - top, char[4] - char[2])
            if overlap(top, bottom, char[2], char[4]) > 0.5 * height:
                lines[-1].append(char)
                continue
        lines.append([char])
        heights.append((char.top, char.bottom))
    for line in lines:
        line.sort(key=itemgetter(1))
    return lines


def join_chars(line: list[Word]) -> str:
    """Join the chars of one line: a space only where Latin text had one."""
    if len(line) == 1:
        return line[0].text
    parts: list[str] = []
    previous: Word | None = None
    for char in line:
        if previous is not None and _parted(previous, char):
            parts.append(" ")
        parts.append(char.text)
        previous = char
    return "".join(parts)


def _parted(a: Word, b: Word) -> bool:
    gap = b.x0 - a.x1
    size = max(a.bottom - a.top, 1.0)
    if gap <= 0.15 * size:
        return False
    latin = a.text[-1].isascii() and (b.text[0].isascii() or b.text[0] in _CURRENCY)
    return latin or gap > size * 2


def join_lines(chars: list[Word]) -> str:
    """Text of a cell, printed lines parted by ``\\n``."""
    return _text_and_indent(group_lines(chars) if chars else [], 0.0)[0]


def _middles(lines: list[list[Word]]) -> tuple[float, ...]:
    return tuple([(line[0].top + line[0].bottom) / 2 for line in lines])


def _text_and_indent(lines: list[list[Word]], left: float) -> tuple[str, float]:
    """Text of a cell, printed lines parted by ``\\n``, and how far it begins beside ``left``, in letter heights."""
    if not lines:
        return "", 0.0
    text = "\n".join(join_chars(line) for line in lines)
    _, x0, top, _, bottom = lines[0][0]
    return text, indent_of(text, x0 - left, bottom - top)


def indent_of(text: str, distance: float, size: float) -> float:
    """``Cell.indent`` of a text that begins ``distance`` points beside its column's edge; 0 for a number."""
    return 0.0 if text[-1] in DIGITS else round(distance / max(size, 1.0), 2)


def make_lines(chars: list[Word], page: int, gap: float = WIDE_GAP) -> list[Line]:
    """Lines of text from chars that stand in no table; chunks are parted by gaps wider than ``gap`` chars."""
    lines = []
    for group in group_lines(chars):
        size = median([c[4] - c[2] for c in group])
        chunks: list[Chunk] = []
        current: list[Word] = []
        for char in group:
            if current and (
                char[1] - max([c[3] for c in current[-3:]]) > gap * size or (gap < WIDE_GAP and _touches(current, char))
            ):
                chunks.append(_run(current))
                current = []
            current.append(char)
        chunks.append(_run(current))
        box = union(chunk.bbox for chunk in chunks)
        lines.append(Line(tuple(chunks), page, box, size))
    return lines


def _touches(current: list[Word], word: Word) -> bool:
    """Does the next column begin right behind a word: a name or one more amount behind an amount, or a name behind one with some white?

    A unit does not stand apart from its number.
    """
    if _is_ideograph(current[-1].text[-1]) and _is_ideograph(word.text[0]):
        return word.x0 - current[-1].x1 > _NAMES_APART * (word.bottom - word.top)
    apart = word.x0 - current[-1].x1 > _TOUCHING * (word.bottom - word.top)
    if word.text[0].isascii() and word.text[0] != "(":
        return apart and _has_decimals(word.text) and _has_decimals(current[-1].text)
    text = join_chars(current)
    if not is_amount(text):
        return False
    return has_ordinal(word.text) or (apart and not text.isdigit())


def _has_decimals(text: str) -> bool:
    """Is it an amount that is certainly whole at both ends?"""
    return "." in text and is_amount(text)


def _is_ideograph(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff"


def _run(chars: list[Word]) -> Chunk:
    _, lefts, tops, rights, bottoms = zip(*chars, strict=True)
    return Chunk(join_chars(chars), Box(min(lefts), min(tops), max(rights), max(bottoms)))
