"""Headers without rulings: which columns a printed word heads.

A word over several columns stands over their middle, or begins where the first of them does.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, product
from math import prod

from extract.paper.geometry import overlap
from extract.paper.model import Box, Cell, Chunk
from extract.paper.numbers import is_measure
from extract.paper.unruled.header_match import HeaderWord, box_of
from extract.paper.unruled.placed import Placed, Span, extent, height_of, joined, placed_in, text_of

Head = tuple[int, int]  # the first column under a header word, and how many
_OFF_CENTRE = 0.3  # line heights: how far beside the middle of its columns a header word may stand
_LEVEL = 0.25  # line heights: words whose middles stand closer are of one level
_HIGHER = 0.25  # of the distance between two lines of a header
_FITS = 0.5  # of the white in which it may lie: as far from the middle of its columns stands a word that heads them
_LEAST_MEASURES = 2  # in one line: a single one is the second line of its word
_MOST_TILINGS = 1_000  # ways to part a header among its words that are tried
_SAME_EDGE = 0.4  # line heights: words that begin or are centred closer stand under one another


def header_cells(
    header: list[HeaderWord], xs: list[float], columns: list[Span], page: int, mark: str
) -> tuple[list[Cell], int]:
    """Cells of a header whose words are ``header``, and of how many levels it is.

    Over a column stand the words that head several columns, from the top down, and then its own: those may stand
    higher or lower than its neighbours' and be wrapped, but they are the last level.  A line of nothing but measures
    (万元 under each word) is a row of its own below them.
    """
    header, measures = _measures_apart(header, len(columns))
    over: list[list[Head]] = [[] for _ in columns]
    own: Placed = {}
    words: dict[Head, list[Chunk]] = {}
    placed = _lines_of(header, xs)
    for i, texts in enumerate(placed):
        texts = _flush(texts, placed[i + 1 :])
        spans = _header_spans(texts, placed[i + 1 :], columns)
        for col, chunks in texts.items():
            if col not in spans:
                own.setdefault(col, []).extend(chunks)
                continue
            left, span = spans[col]
            words[left, span] = [*words.get((left, span), []), *chunks]
            for c in range(left, left + span):
                if (left, span) not in over[c]:
                    over[c].append((left, span))
    levels = max((len(over[c]) + (c in own) for c in range(len(columns))), default=0)
    top, bottom = extent(own | dict(enumerate(words.values(), len(columns)))) if levels else (0.0, 0.0)
    cells: list[Cell] = []
    for key, (row, left, rows, span) in _blocks(_levels(over, own, levels)):
        # a word whose columns make no rectangle stands in the first of its cells
        chunks = words.pop(key, []) if key[1] > 1 else own.pop(key[0], [])
        box = joined(chunks, "").bbox if chunks else Box(xs[left], top, xs[left + span], bottom)
        cells.append(Cell(row, left, rows, span, text_of(chunks), page, box, (mark,)))
    if measures:
        top, bottom = extent({0: measures})
        under = placed_in(measures, xs)
        for col in range(len(columns)):
            chunks = under.get(col, [])
            box = joined(chunks, "").bbox if chunks else Box(xs[col], top, xs[col + 1], bottom)
            cells.append(Cell(levels, col, 1, 1, text_of(chunks), page, box, (mark,)))
    return cells, levels + bool(measures)


def _measures_apart(header: list[HeaderWord], columns: int) -> tuple[list[HeaderWord], list[Chunk]]:
    """The words without the measures that the last line of the header prints under them, and those measures.

    A measure under a word is no second line of it: a word that heads several columns may stand as low as others do.
    Where fewer than half of the columns print one there, it is the end of their words: 补助支出 over （万元）.
    """
    lowest = max((chunk.bbox.y_mid for word in header for chunk in word), default=0.0)
    last = [word[-1] for word in header if lowest - word[-1].bbox.y_mid < _LEVEL * height_of(word[-1].bbox)]
    if len(last) < max(_LEAST_MEASURES, columns / 2) or not all(is_measure(chunk.text) for chunk in last):
        return header, []
    measures = set(map(id, last))
    left = [[chunk for chunk in word if id(chunk) not in measures] for word in header]
    return [word for word in left if word], last


def _lines_of(words: list[HeaderWord], xs: list[float]) -> list[Placed]:
    """Words by their column, those whose middles stand at one height together, from the top down."""
    lines: list[Placed] = []
    last = 0.0
    for word in sorted(words, key=lambda w: box_of(w).y_mid):
        middle, whole = box_of(word).y_mid, joined(word, "")
        if not lines or middle - last > _LEVEL * height_of(word[0].bbox):
            lines.append({})
            last = middle
        ((col, _),) = placed_in([whole], xs).items()
        lines[-1].setdefault(col, []).extend(word)
    return lines


def _levels(over: list[list[Head]], own: Placed, levels: int) -> list[list[Head]]:
    """Which word heads each column on each level; the last one reaches down to the body."""
    rows: list[list[Head]] = [[] for _ in range(levels)]
    for c, headers in enumerate(over):
        bare = bool(headers) and not any(k in own for k in range(headers[-1][0], sum(headers[-1])))
        for level, row in enumerate(rows):
            row.append(headers[level] if level < len(headers) else headers[-1] if bare else (c, 1))
    return rows


def _blocks(rows: list[list[Head]]) -> Iterator[tuple[Head, tuple[int, int, int, int]]]:
    """Rectangles (row, column, rows, columns) of one word each that tile the levels of a header."""
    seen: set[tuple[int, int]] = set()
    for r, row in enumerate(rows):
        for c, key in enumerate(row):
            if (r, c) in seen:
                continue
            span = next((k for k in range(c, len(row)) if row[k] != key or (r, k) in seen), len(row)) - c
            height = next((k for k in range(r, len(rows)) if rows[k][c : c + span] != [key] * span), len(rows)) - r
            seen.update((i, k) for i in range(r, r + height) for k in range(c, c + span))
            yield key, (r, c, height, span)


def _flush(texts: Placed, below: list[Placed]) -> Placed:
    """A header line, words that begin where one below them begins moved over that one's column."""
    moved: Placed = {}
    for col, chunks in texts.items():
        size = height_of(chunks[0].bbox)
        at = (
            c
            for line in below
            for c, words in line.items()
            if c not in texts and abs(words[0].bbox.x0 - chunks[0].bbox.x0) < _SAME_EDGE * size
        )
        moved.setdefault(next(at, col), []).extend(chunks)
    return moved


def _header_spans(texts: Placed, below: list[Placed], columns: list[Span]) -> dict[int, Head]:
    """What the header words of a line head, where that is several columns, by the column that each stands in.

    Columns that have words of their own further down in the header, and none here, may be a word's.
    """
    headers: dict[int, Box] = {}
    free: dict[int, set[int]] = {}  # columns that may belong to the word in this one
    flush: set[int] = set()  # where it begins at the left edge, over the first of its columns
    for col in sorted(texts):
        box = joined(texts[col], "").bbox
        size = height_of(texts[col][0].bbox)
        if not any(col in line for line in below):
            continue
        under = _next_under(box, col, below)
        # a word beside that stands higher than those under this one heads a column from this line on
        least = max(under.y_mid - _HIGHER * (under.y_mid - box.y_mid), box.bottom)
        parted = {c for line in below for c, chunks in line.items() if joined(chunks, "").bbox.y_mid >= least}
        headers[col] = box
        free[col] = {c for c in _stretch(col, parted | {col}) if c == col or c not in texts or c in headers}
        if abs(under.x0 - box.x0) < _SAME_EDGE * size:
            flush.add(col)
    spans: dict[int, Head] = {}
    for group in _neighbours(sorted(headers), free):
        whole = set().union(*(free[c] for c in group))
        left, right = min(whole), max(whole)
        if all(c in flush for c in group) and left == group[0]:
            spans.update({c: (c, end - c) for c, end in pairwise([*group, right + 1])})
            continue
        spans.update(_tiled(group, headers, left, right, columns) or _apart(group, headers, free, columns))
    return {col: span for col, span in spans.items() if span[1] > 1}


def _stretch(col: int, parted: set[int]) -> range:
    """The unbroken chunk of ``parted`` columns around one of them."""
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


def _next_under(box: Box, col: int, below: list[Placed]) -> Box:
    """The first word in a line below that stands in the same column or shares some width; there is one."""
    boxes = ((c, joined(chunks, "").bbox) for line in below for c, chunks in line.items())
    return next(b for c, b in boxes if c == col or overlap(box.x0, box.x1, b.x0, b.x1) > 0)


def _tiled(
    group: list[int], headers: dict[int, Box], left: int, right: int, columns: list[Span]
) -> dict[int, Head] | None:
    """Part columns ``left`` to ``right`` among the words of ``group`` so that each stands over the middle of its own."""
    best: tuple[float, list[int]] | None = None
    between = [range(a + 1, b + 1) for a, b in pairwise(group)]
    if prod(map(len, between)) > _MOST_TILINGS:
        return None
    for cuts in product(*between):
        edges = [left, *cuts, right + 1]
        off = [
            _off_centre(headers[c].x_mid, *_middle(a, b - 1, columns, height_of(headers[c])))
            for c, (a, b) in zip(group, pairwise(edges), strict=True)
        ]
        if max(off) <= 1 and (best is None or sum(off) < best[0]):
            best = sum(off), edges
    return {c: (a, b - a) for c, (a, b) in zip(group, pairwise(best[1]), strict=True)} if best else None


def _apart(
    group: list[int], headers: dict[int, Box], free: dict[int, set[int]], columns: list[Span]
) -> dict[int, Head]:
    """Every word over the widest stretch that it stands over the middle of, or the nearest to that."""
    spans: dict[int, Head] = {}
    end = 0
    for col in group:
        mine = [c for c in free[col] if c >= end and not any(col < other <= c or c <= other < col for other in group)]
        off = {
            (a - b, a, b): _off_centre(headers[col].x_mid, *_middle(a, b, columns, height_of(headers[col])))
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
