"""Tables without rulings: rows and columns from the alignment of runs.

A block of lines is taken for a table when at least four of its lines hold amounts that stand under one another.
Everything else stays a line.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, product
from math import prod

from extract.bands import AMOUNT, Stack, row_cuts
from extract.geometry import cluster, overlap
from extract.model import BBox, Cell, Line, PageTable, Run

_AMOUNT_THEN_ITEM = re.compile(
    r"^(\d[\d,]*\.\d+|\d{1,3}(?:,\d{3})+)((?:[一二三四五六七八九十廿]+、|[（(][一二三四五六七八九十]+[)）]).+)$"
)
_CODE_THEN_NAME = re.compile(r"^(\d{2,3}|\d{5}|\d{7})((?![年月日个万元亿千百])[\u4e00-\u9fff].*)$")
_CAPTION = re.compile(
    r"表\s*([（(][^）)]*[）)]|[\d一二三四五六七八九十-]{1,5})?$|^\s*[附续]?表|(单位|部门|日期|时间)[^：:]{0,8}[：:]"
)
_PROSE = re.compile(r"[。；]|[，、：]$|^.{60,}，|^.{1,}，.{60,}")
ALIGNED = "按对齐成格"  # mark of a cell that no ruling bounds: which column it stands in is our judgement
_ENDS = frozenset("0123456789)）")
_OFF_CENTRE = 0.3  # line heights: how far beside the middle of its columns a header word may stand
_LEADING = 0.35  # line heights: less white parts the lines of one wrapped word
_HIGHER = 0.25  # of the distance between two lines of a header
_LEAST_ROWS = 4
_FITS = 0.5  # of the white in which it may lie: as far from the middle of its columns stands a word that heads them
_MOST_TILINGS = 1_000  # ways to part a header among its words that are tried
_LARGER = 1.15  # than the body's: the size of a title's letters
_ROW_GAP = 3.2  # line heights: a wider white band ends a table
_SAME_EDGE = 0.4  # line heights: amounts whose edges differ by less stand under one another
_LETTER_GAP = 2.5  # chars: single characters no further apart are one spaced word (合 计)


Span = tuple[float, float]
Placed = dict[int, list[Run]]
Head = tuple[int, int]  # the first column under a header word, and how many


@dataclass(frozen=True, slots=True)
class _Row:
    """A line, and its runs parted wherever a column may end."""

    line: Line
    runs: list[Run]
    letters: list[Run]  # as ``runs``, but spaced words in their letters

    @property
    def amounts(self) -> list[Run]:
        return [run for run in self.runs if AMOUNT.match(run.text)]


def may_hold_rows(lines: list[Line]) -> bool:
    """Does any line end with a number, as rows do and sentences do not?"""
    return any(line.text[-1] in _ENDS and not line.furniture for line in lines)


def find_aligned(lines: list[Line], page: int, close: list[Line] | None = None) -> list[Line | PageTable]:
    """Replace every stretch of aligned lines by one table; the other lines are returned as they are.

    ``close`` are the same lines with their runs parted by narrower gaps, for tables whose columns stand close.
    """
    blocks: list[Line | PageTable] = []
    stretch: list[_Row] = []
    for line, parted in zip(lines, close or lines, strict=True):
        row = _Row(line, [part for run in _spaced(parted) for part in _parted(run)], list(parted.runs))
        begun = any(r.amounts and len(r.runs) > 1 for r in stretch)
        if stretch and (not _follows(stretch[-1].line, line) or (begun and is_caption(line))):
            blocks.extend(_close(stretch, page))
            stretch = []
        tabular = len(line.runs) > 1 or (row.amounts and not _PROSE.search(line.text))
        if tabular or is_caption(line) or (stretch and not line.furniture and len(line.text) < 30):
            stretch.append(row)
        else:
            blocks.extend(_close(stretch, page))
            stretch = []
            blocks.append(line)
    blocks.extend(_close(stretch, page))
    return blocks


def _follows(above: Line, below: Line) -> bool:
    if above.bbox is None or below.bbox is None:
        return False
    return below.bbox.top - above.bbox.bottom < _ROW_GAP * max(above.size, below.size)


def _spaced(line: Line) -> list[Run]:
    """The runs of a line, single characters that make one spaced word together."""
    runs: list[Run] = []
    single = False
    for run in line.runs:
        letter = len(run.text) == 1 and not run.text.isascii()
        if letter and single and run.bbox.x0 - runs[-1].bbox.x1 < _LETTER_GAP * line.size:
            runs[-1] = _joined([runs[-1], run], "")
        else:
            runs.append(run)
        single = letter
    return runs


def _joined(runs: list[Run], by: str) -> Run:
    boxes = [run.bbox for run in runs]
    box = BBox(
        min(b.x0 for b in boxes), min(b.top for b in boxes), max(b.x1 for b in boxes), max(b.bottom for b in boxes)
    )
    return Run(by.join(run.text for run in runs), box)


def _close(stretch: list[_Row], page: int) -> list[Line | PageTable]:
    """Turn a stretch into a table if amounts stand under one another in it."""
    lines: list[Line | PageTable] = [row.line for row in stretch]
    first = next((i for i, row in enumerate(stretch) if len(row.runs) > 1 and row.amounts), None)
    if first is None:
        return lines
    start = first
    while start and not is_caption(stretch[start - 1].line):
        start -= 1
    size = stretch[first].line.size
    while len(stretch[start].runs) == 1 and stretch[start].line.size > _LARGER * size:
        start += 1
    end = len(stretch)
    while len(stretch[end - 1].runs) == 1:
        end -= 1
    header, body = stretch[start:first], stretch[first:end]
    with_amounts = [row for row in body if row.amounts]
    columns = _columns([run for row in with_amounts for run in row.runs])
    if header:
        header[-1] = _lettered(header[-1], columns)
    columns = _headed(columns, header)
    captioned = start > 0 and is_caption(stretch[start - 1].line) and _all_headed(columns, header)
    if len(with_amounts) < (1 if captioned else _LEAST_ROWS) or len(with_amounts) < len(body) / 3:
        return lines
    if len(columns) < 2 or not (captioned or _in_line(with_amounts, columns)):
        return lines
    return [*lines[:start], _table(header, body, columns, page), *lines[end:]]


def _lettered(lowest: _Row, columns: list[Span]) -> _Row:
    """The lowest line of a header; letters that stand over a column each are no spaced word (类 款 项)."""
    runs: list[Run] = []
    for run in lowest.runs:
        letters = [r for r in lowest.letters if run.bbox.x0 <= r.bbox.x0 and r.bbox.x1 <= run.bbox.x1]
        near = {_nearest(r, columns) for r in letters if columns}
        apart = len(letters) > 1 and len(near) == len(letters) and all(len(r.text) == 1 for r in letters)
        runs.extend(letters if apart else [run])
    return _Row(lowest.line, runs, lowest.letters)


def _headed(columns: list[Span], header: list[_Row]) -> list[Span]:
    """The columns, as wide as the headers that stand beside what they head; one more for a header over nothing.

    Numbers stand at the right edge of a column and its header in the middle, so they need not share any height.
    """
    runs = [run for row in header for run in row.runs]
    if not runs:
        return columns
    middle = (min(r.bbox.top for r in runs) + max(r.bbox.bottom for r in runs)) / 2
    leaves = [run for run in runs if run.bbox.bottom > middle and not any(_under(r, run) for r in runs)]
    told = _merged([(r.bbox.x0, r.bbox.x1) for r in leaves])
    paired = [(min(a, x0), max(b, x1)) for (a, b), (x0, x1) in zip(columns, told, strict=False)]
    if len(told) == len(columns) and all(left[1] < right[0] for left, right in pairwise(paired)):
        return paired
    wide = dict(enumerate(columns))
    claimed = {_over(run, columns)[0] for run in leaves if len(_over(run, columns)) == 1}
    bare = [run for run in leaves if not _over(run, columns)]
    near = sorted((_gap(run, c), i, n) for i, c in enumerate(columns) for n, run in enumerate(bare))
    for _, i, n in near:
        x0, x1 = bare[n].bbox.x0, bare[n].bbox.x1
        left, right = min(wide[i][0], x0), max(wide[i][1], x1)
        if i not in claimed and not any(overlap(left, right, *c) > 0 for j, c in wide.items() if j != i):
            wide[i] = left, right
            claimed.add(i)
    made = list(wide.values())
    for run in bare:
        over = _over(run, made)
        if not over:
            made.append((run.bbox.x0, run.bbox.x1))
        elif len(over) == 1 and over[0] >= len(columns):
            a, b = made[over[0]]
            made[over[0]] = min(a, run.bbox.x0), max(b, run.bbox.x1)
    return sorted(made)


def _over(run: Run, columns: list[Span]) -> list[int]:
    return [i for i, (a, b) in enumerate(columns) if overlap(run.bbox.x0, run.bbox.x1, a, b) > 0]


def _merged(spans: list[Span]) -> list[Span]:
    """Spans that share some width made one, ascending."""
    merged: list[Span] = []
    for a, b in sorted(spans):
        if merged and a < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], b))
        else:
            merged.append((a, b))
    return merged


def _nearest(run: Run, columns: list[Span]) -> int:
    gaps = [_gap(run, c) for c in columns]
    return gaps.index(min(gaps))


def _gap(run: Run, column: Span) -> float:
    return max(column[0] - run.bbox.x1, run.bbox.x0 - column[1])


def _under(run: Run, above: Run) -> bool:
    """Does ``run`` stand in a line under ``above``?"""
    shares = overlap(run.bbox.x0, run.bbox.x1, above.bbox.x0, above.bbox.x1) > 0
    return shares and run.bbox.y_mid > above.bbox.bottom


def _all_headed(columns: list[Span], header: list[_Row]) -> bool:
    """Is there a word in the header over every one of at least three columns?  Then a single row is a body."""
    runs = [run for row in header for run in row.runs]
    return len(columns) > 2 and all(any(overlap(r.bbox.x0, r.bbox.x1, *c) > 0 for r in runs) for c in columns)


def _in_line(rows: list[_Row], columns: list[Span]) -> bool:
    """Do the amounts of one column at least share an edge or their middle?  Those of a text do not."""
    size = rows[0].line.size
    for a, b in columns:
        boxes = [run.bbox for row in rows for run in row.amounts if a <= run.bbox.x_mid <= b]
        edges = ([x.x1 for x in boxes], [x.x0 for x in boxes], [x.x_mid for x in boxes])
        for places in map(sorted, edges):
            for centre in cluster(((x, 1.0) for x in places), _SAME_EDGE * size):
                first, end = (
                    bisect_left(places, centre - _SAME_EDGE * size),
                    bisect_right(places, centre + _SAME_EDGE * size),
                )
                if end - first >= max(3, len(rows) / 2):
                    return True
    return False


def is_caption(line: Line) -> bool:
    """Is it a line over a table rather than of its header: a title, a number, or who and what it is of?"""
    return _CAPTION.search(line.text) is not None


def _parted(run: Run) -> list[Run]:
    """What stands close before the name in the next column: ``13,297.11一、基本支出``, ``07专项普查活动`` are two runs."""
    match = _AMOUNT_THEN_ITEM.match(run.text) or _CODE_THEN_NAME.match(run.text)
    if match is None:
        return [run]
    first, second = match.groups()
    x0, top, x1, bottom = run.bbox
    share = len(first) / (len(first) + 2 * len(second))  # digits are half as wide as ideographs
    middle = x0 + share * (x1 - x0)
    return [Run(first, BBox(x0, top, middle, bottom)), Run(second, BBox(middle, top, x1, bottom))]


def _columns(runs: list[Run]) -> list[Span]:
    """Column extents: unions of overlapping runs, wide runs that bridge columns left aside."""
    spans = sorted((r.bbox.x0, r.bbox.x1) for r in runs)
    widths = sorted(b - a for a, b in spans)
    limit = max(widths[len(widths) // 2] * 4, widths[int(len(widths) * 0.9)])
    columns: list[Span] = []
    for a, b in spans:
        if b - a > limit:
            continue
        if columns and a < columns[-1][1]:
            columns[-1] = (columns[-1][0], max(columns[-1][1], b))
        else:
            columns.append((a, b))
    for a, b in spans:
        over = [i for i, c in enumerate(columns) if overlap(a, b, *c) > 0]
        if len(over) == 1:
            columns[over[0]] = min(columns[over[0]][0], a), max(columns[over[0]][1], b)
    return columns


def _table(header: list[_Row], body: list[_Row], columns: list[Span], page: int) -> PageTable:
    boxes = [row.line.bbox for row in (*header, *body) if row.line.bbox]
    xs = [min(b.x0 for b in boxes)]
    xs += [(a[1] + b[0]) / 2 for a, b in pairwise(columns)]
    xs.append(max(b.x1 for b in boxes))
    cells, heads = _header_cells(header, xs, columns, page)
    rows = _rows(body, xs)
    for row, texts in enumerate(rows, start=heads):
        top, bottom = _extent(texts)
        for col in range(len(columns)):
            runs = texts.get(col, [])
            box = _joined(runs, "").bbox if runs else BBox(xs[col], top, xs[col + 1], bottom)
            cells.append(Cell(row, col, 1, 1, _text(runs), page, box, (ALIGNED,)))
    top, bottom = min(b.top for b in boxes), max(b.bottom for b in boxes)
    return PageTable(page, BBox(xs[0], top, xs[-1], bottom), xs, heads + len(rows), cells, "aligned")


def _header_cells(header: list[_Row], xs: list[float], columns: list[Span], page: int) -> tuple[list[Cell], int]:
    """Cells of the header, and of how many levels it is.

    Over a column stand the words that head several columns, from the top down, and then its own: those may stand
    higher or lower than its neighbours' and be wrapped, but they are the last level.
    """
    placed = [_placed(row.runs, xs) for row in header]
    over: list[list[Head]] = [[] for _ in columns]
    own: Placed = {}
    words: dict[Head, list[Run]] = {}
    for i, texts in enumerate(placed):
        texts = _flush(texts, placed[i + 1 :])
        spans = _header_spans(texts, placed[i + 1 :], columns)
        for col, runs in texts.items():
            if col not in spans:
                own.setdefault(col, []).extend(runs)
                continue
            left, span = spans[col]
            words[left, span] = [*words.get((left, span), []), *runs]
            for c in range(left, left + span):
                if (left, span) not in over[c]:
                    over[c].append((left, span))
    levels = max((len(over[c]) + (c in own) for c in range(len(columns))), default=0)
    top, bottom = _extent(own | dict(enumerate(words.values(), len(columns)))) if levels else (0.0, 0.0)
    cells: list[Cell] = []
    for key, (row, left, rows, span) in _blocks(_levels(over, own, levels)):
        runs = words.pop(key, []) if key[1] > 1 else own.pop(key[0], [])
        box = _joined(runs, "").bbox if runs else BBox(xs[left], top, xs[left + span], bottom)
        cells.append(Cell(row, left, rows, span, _text(runs), page, box, (ALIGNED,)))
    return cells, levels


def _levels(over: list[list[Head]], own: Placed, levels: int) -> list[list[Head]]:
    """Which word heads each column on each level; the last one reaches down to the body."""
    rows: list[list[Head]] = [[] for _ in range(levels)]
    for c, heads in enumerate(over):
        bare = bool(heads) and not any(k in own for k in range(heads[-1][0], sum(heads[-1])))
        for level, row in enumerate(rows):
            row.append(heads[level] if level < len(heads) else heads[-1] if bare else (c, 1))
    return rows


def _blocks(rows: list[list[Head]]) -> Iterator[tuple[Head, tuple[int, int, int, int]]]:
    """Rectangles (row, column, rows, columns) of one word each that tile the levels of a header."""
    done: set[Head] = set()
    seen: set[tuple[int, int]] = set()
    for r, row in enumerate(rows):
        for c, key in enumerate(row):
            if (r, c) in seen:
                continue
            span = next((k for k in range(c, len(row)) if row[k] != key or (r, k) in seen), len(row)) - c
            height = next((k for k in range(r, len(rows)) if rows[k][c : c + span] != [key] * span), len(rows)) - r
            seen.update((i, k) for i in range(r, r + height) for k in range(c, c + span))
            yield key if key not in done else (-1, 2), (r, c, height, span)
            done.add(key)


def _flush(texts: Placed, below: list[Placed]) -> Placed:
    """A header line, words that begin where one below them begins moved over that one's column."""
    moved: Placed = {}
    for col, runs in texts.items():
        size = _height(runs[0].bbox)
        at = (
            c
            for line in below
            for c, words in line.items()
            if c not in texts and abs(words[0].bbox.x0 - runs[0].bbox.x0) < _SAME_EDGE * size
        )
        moved.setdefault(next(at, col), []).extend(runs)
    return moved


def _rows(body: list[_Row], xs: list[float]) -> list[Placed]:
    """Rows of the table from its lines: a label that wraps is one cell."""
    columns: Placed = {}
    for row in body:
        for col, runs in _placed(row.runs, xs).items():
            columns.setdefault(col, []).append(_joined(runs, ""))
    stacks = [Stack([(r.bbox.top, r.bbox.bottom) for r in runs], [r.text for r in runs]) for runs in columns.values()]
    cuts = row_cuts(stacks, known=True, headed=False)
    rows: list[Placed] = [{} for _ in range(len(cuts) + 1)]
    for row in body:
        for col, runs in _placed(row.runs, xs).items():
            middle = runs[0].bbox.y_mid
            rows[bisect_left(cuts, middle)].setdefault(col, []).extend(runs)
    return [row for row in rows if row]


def _extent(texts: Placed) -> tuple[float, float]:
    boxes = [run.bbox for runs in texts.values() for run in runs]
    return min(b.top for b in boxes), max(b.bottom for b in boxes)


def _text(runs: list[Run]) -> str:
    """Text of a cell: a new line where the print has one, a blank where it has a wide one or parts Latin words."""
    text = ""
    for before, run in zip([None, *runs], runs, strict=False):
        if before is not None:
            size = before.bbox.bottom - before.bbox.top
            latin = before.text[-1].isascii() and run.text[0].isascii()
            below = run.bbox.y_mid > before.bbox.bottom
            text += "\n" if below else " " if latin or run.bbox.x0 - before.bbox.x1 > 2 * size else ""
        text += run.text
    return text


def _placed(runs: list[Run], xs: list[float]) -> Placed:
    """Runs by the column that holds most of them."""
    texts: Placed = {}
    for run in runs:
        shares = [overlap(run.bbox.x0, run.bbox.x1, a, b) for a, b in zip(xs, xs[1:], strict=False)]
        texts.setdefault(shares.index(max(shares)), []).append(run)
    return texts


def _header_spans(texts: Placed, below: list[Placed], columns: list[Span]) -> dict[int, tuple[int, int]]:
    """Where a header run stands centred over several columns: its column → (first column, number of columns).

    Columns that have words of their own further down in the header, and none here, may be the run's; of the stretches
    of them that the run stands over the middle of, it spans the widest.
    """
    heads: dict[int, BBox] = {}
    free: dict[int, set[int]] = {}  # columns that may belong to the word in this one
    flush: set[int] = set()  # where it begins at the left edge, over the first of its columns
    for col in sorted(texts):
        box = _joined(texts[col], "").bbox
        size = _height(box)
        under = next((_joined(line[col], "").bbox for line in below if col in line), None)
        if under is None or _wraps(box, under):
            continue
        # a word beside that stands higher than those under this one heads a column from this line on
        least = max(under.y_mid - _HIGHER * (under.y_mid - box.y_mid), box.bottom)
        parted = {c for line in below for c, runs in line.items() if runs[0].bbox.y_mid >= least}
        heads[col] = box
        free[col] = {c for c in _stretch(col, parted | {col}) if c == col or c not in texts or c in heads}
        if abs(under.x0 - box.x0) < _SAME_EDGE * size:
            flush.add(col)
    spans: dict[int, tuple[int, int]] = {}
    for group in _neighbours(sorted(heads), free):
        whole = set().union(*(free[c] for c in group))
        left, right = min(whole), max(whole)
        if all(c in flush for c in group) and left == group[0]:
            spans.update({c: (c, end - c) for c, end in pairwise([*group, right + 1])})
            continue
        spans.update(_tiled(group, heads, left, right, columns) or _apart(group, heads, free, columns))
    return {col: span for col, span in spans.items() if span[1] > 1}


def _stretch(col: int, parted: set[int]) -> range:
    """The unbroken run of ``parted`` columns around one of them."""
    left = right = col
    while left - 1 in parted:
        left -= 1
    while right + 1 in parted:
        right += 1
    return range(left, right + 1)


def _neighbours(cols: list[int], free: dict[int, set[int]]) -> list[list[int]]:
    """Words whose columns may meet."""
    groups: list[list[int]] = []
    for col in cols:
        if groups and set(range(groups[-1][-1] + 1, col)) <= free[groups[-1][-1]] | free[col]:
            groups[-1].append(col)
        else:
            groups.append([col])
    return groups


def _tiled(
    group: list[int], heads: dict[int, BBox], left: int, right: int, columns: list[Span]
) -> dict[int, tuple[int, int]] | None:
    """Part columns ``left`` to ``right`` among the words of ``group`` so that each stands over the middle of its own."""
    best: tuple[float, list[int]] | None = None
    between = [range(a + 1, b + 1) for a, b in pairwise(group)]
    if prod(map(len, between)) > _MOST_TILINGS:
        return None
    for cuts in product(*between):
        edges = [left, *cuts, right + 1]
        off = [
            _off_centre(heads[c].x_mid, *_middle(a, b - 1, columns, _height(heads[c])))
            for c, (a, b) in zip(group, pairwise(edges), strict=True)
        ]
        if max(off) <= 1 and (best is None or sum(off) < best[0]):
            best = sum(off), edges
    return {c: (a, b - a) for c, (a, b) in zip(group, pairwise(best[1]), strict=True)} if best else None


def _apart(
    group: list[int], heads: dict[int, BBox], free: dict[int, set[int]], columns: list[Span]
) -> dict[int, tuple[int, int]]:
    """Every word over the widest stretch that it stands over the middle of, or the nearest to that."""
    spans: dict[int, tuple[int, int]] = {}
    end = 0
    for col in group:
        mine = [c for c in free[col] if c >= end and not any(col < other <= c or c <= other < col for other in group)]
        off = {
            (a - b, a, b): _off_centre(heads[col].x_mid, *_middle(a, b, columns, _height(heads[col])))
            for a in mine
            for b in mine
            if a <= col <= b and b > a
        }
        widest = sorted(s for s in off if off[s] <= _FITS)
        nearest = sorted((s for s in off if off[s] <= 1), key=off.__getitem__)
        for _, a, b in (widest or nearest)[:1]:
            spans[col] = a, b - a + 1
            end = b + 1
    return spans


def _height(box: BBox) -> float:
    return box.bottom - box.top


def _wraps(box: BBox, under: BBox) -> bool:
    """Is what stands next under a header word its own second line?"""
    size = _height(box)
    near = min(abs(under.x_mid - box.x_mid), abs(under.x0 - box.x0))
    return under.top - box.bottom < _LEADING * size and near < _SAME_EDGE * size


def _off_centre(x: float, least: float, most: float) -> float:
    """How far ``x`` stands beside the middle of an interval, in halves of it."""
    return abs(2 * x - least - most) / max(most - least, 1.0)


def _middle(a: int, b: int, columns: list[Span], size: float) -> Span:
    """Between which places the middle of columns ``a`` to ``b`` lies: their edges are somewhere in the white beside them."""
    x0, x1 = columns[a][0], columns[b][1]
    white = max([size, *(right[0] - left[1] for left, right in pairwise(columns[a : b + 1]))])
    before = columns[a - 1][1] if a else x0 - white
    after = columns[b + 1][0] if b + 1 < len(columns) else x1 + white
    return (before + x1) / 2 - _OFF_CENTRE * size, (x0 + after) / 2 + _OFF_CENTRE * size
