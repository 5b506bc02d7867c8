"""Headers without rulings: which chunks are one word, and which word stands over which column of the body.

Numbers stand at the right edge of a column and its header in the middle, so the two need not share any height; a
column without a number has nothing but its header.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from extract.paper.geometry import overlap
from extract.paper.model import Box, Chunk
from extract.paper.numbers import is_entry
from extract.paper.unruled.placed import Span, height_of, joined

HeaderWord = list[Chunk]  # its lines, from the top down

_SHARED = 0.01  # points: boxes that share no more of their width may stand over two columns
_LEADING = 0.35  # line heights: less white parts the lines of one wrapped word
_SAME_EDGE = 0.4  # line heights: lines of a word begin or are centred closer under one another
_SAME_TOP = 0.3  # line heights: words that begin closer begin in one line
_HEADLESS = 8.0  # line heights: a column that has no word over it costs as much as a word that stands so far beside one
_JOINED = 1.5  # line heights: what it costs to take a further column of the body for a part of one
_OVER = 0.4  # line heights: what a word shares with a column that it stands over, at least
_SIGNS_JOINED = 0.5  # line heights: if it has but dashes, or short words, for want of numbers
_SIGN = 3  # letters
_MOST_JOINED = 4
_MOST_CELLS = 10_000  # pairs of words and columns that are tried


def box_of(word: HeaderWord) -> Box:
    """Around all of its lines."""
    return joined(word, "").bbox


def header_words(chunks: list[Chunk]) -> list[HeaderWord]:
    """The chunks of a header as words, the lines of a wrapped one together; in the order of their first lines."""
    words: list[HeaderWord] = []
    for chunk in sorted(chunks, key=lambda c: (c.bbox.top, c.bbox.x0)):
        over = [word for word in words if _wraps(word[-1].bbox, chunk.bbox) and not _heads_several(word, chunk, chunks)]
        if over:
            min(over, key=lambda w: abs(w[-1].bbox.x_mid - chunk.bbox.x_mid)).append(chunk)
        else:
            words.append([chunk])
    return words


def _wraps(box: Box, under: Box) -> bool:
    """Does ``under`` stand as the next line of what ``box`` holds?"""
    size = height_of(box)
    near = min(abs(under.x_mid - box.x_mid), abs(under.x0 - box.x0))
    return under.y_mid > box.y_mid and under.top - box.bottom < _LEADING * size and near < _SAME_EDGE * size


def _heads_several(word: HeaderWord, below: Chunk, chunks: list[Chunk]) -> bool:
    """Does a word stand over ``below`` and others beside it, rather than be the first line of it?

    It does where it reaches over a neighbour; or where ``below`` is wrapped before it is as wide as the word, and
    another wrapped text begins beside it in the same line with nothing right over it.
    """
    last, size = word[-1].bbox, height_of(below.bbox)
    beside = [
        c.bbox for c in chunks if c is not below and abs(c.bbox.top - below.bbox.top) < _SAME_TOP * size
        and overlap(*_sides(c.bbox), *_sides(below.bbox)) <= _SHARED
    ]  # fmt: skip
    if any(overlap(*_sides(last), *_sides(b)) > _SHARED for b in beside):
        return True
    letter = (below.bbox.x1 - below.bbox.x0) / max(len(below.text), 1)
    narrower = below.bbox.x1 - below.bbox.x0 + letter < max(c.bbox.x1 - c.bbox.x0 for c in word)
    if not narrower or not any(_wraps(below.bbox, c.bbox) for c in chunks):
        return False
    return any(any(_wraps(b, c.bbox) for c in chunks) and not any(_wraps(c.bbox, b) for c in chunks) for b in beside)


def _sides(box: Box) -> Span:
    return box.x0, box.x1


def with_headers(columns: list[Span], words: list[HeaderWord], rows: list[list[Chunk]]) -> list[Span]:
    """The columns of a body, each as wide as the word over it, and one more for every word over nothing.

    Columns of which no row fills two are one column under one word: dashes stand left of the numbers that they stand
    for, names of one level right of those of another.
    """
    leaves = _leaves([box_of(word) for word in words])
    if not leaves or len(leaves) * len(columns) > _MOST_CELLS:
        return columns
    return _apart(_paired(leaves, columns, _filled(columns, rows), height_of(words[0][0].bbox)))


@dataclass(slots=True)
class _Filled:
    """Which rows print something in a column, and of what kind it is."""

    rows: set[int] = field(default_factory=set)
    figures: bool = True  # numbers, percentages and dashes alone
    pointed: bool = False  # some of them with a comma or a point, as codes have none
    signs: bool = True  # dashes or a short word for want of a number


def _filled(columns: list[Span], rows: list[list[Chunk]]) -> list[_Filled]:
    filled = [_Filled() for _ in columns]
    for i, row in enumerate(rows):
        for chunk in row:
            for mine, column in zip(filled, columns, strict=True):
                if overlap(*_sides(chunk.bbox), *column) > _SHARED:
                    mine.rows.add(i)
                    mine.figures = mine.figures and is_entry(chunk.text)
                    mine.pointed = mine.pointed or "," in chunk.text or "." in chunk.text
                    mine.signs = mine.signs and len(chunk.text) <= _SIGN and not any(map(str.isdigit, chunk.text))
    return filled


def _leaves(boxes: list[Box]) -> list[Span]:
    """Where the words stand that have no other one under them; words that share some width are one column's."""
    lowest = [box for box in boxes if not any(_under(other, box) for other in boxes)]
    own = [box for box in lowest if not _between(box, lowest)]
    spans: list[Span] = []
    for x0, x1 in sorted(map(_sides, own)):
        if spans and x0 < spans[-1][1] - _SHARED:
            spans[-1] = spans[-1][0], max(spans[-1][1], x1)
        else:
            spans.append((x0, x1))
    return spans


def _under(box: Box, above: Box) -> bool:
    return box.y_mid > above.bottom and overlap(*_sides(box), *_sides(above)) > _SHARED


def _between(box: Box, others: list[Box]) -> bool:
    """Do the words on both sides of ``box`` stand lower?  Then it is over both, narrower than the white between them."""
    before = max((o for o in others if o.x1 <= box.x0), key=lambda o: o.x1, default=None)
    after = min((o for o in others if o.x0 >= box.x1), key=lambda o: o.x0, default=None)
    return all(o is not None and o.y_mid > box.bottom for o in (before, after))


def _paired(leaves: list[Span], columns: list[Span], filled: list[_Filled], size: float) -> list[Span]:
    """Words and columns in their order, each word with the columns that it heads: the white between them is least."""
    # costs of pairing so many words with so many columns; how many of each the last step took
    best: dict[tuple[int, int], tuple[float, int, int]] = {(0, 0): (0.0, 0, 0)}
    for i in range(len(leaves) + 1):
        for j in range(len(columns) + 1):
            ways: list[tuple[float, int, int]] = []
            for n, joining in _joinable(filled, j) if i else ():
                whole = columns[j - n][0], columns[j - 1][1]
                if all(overlap(*leaves[i - 1], *c) > _OVER * size for c in columns[j - n : j]):
                    joining = 0.0  # it stands over each of them, as no word does over a column beside its own
                ways.append((best[i - 1, j - n][0] + _distance(leaves[i - 1], whole) + joining * size, 1, n))
            if i:
                ways.append((best[i - 1, j][0] + _cover(leaves[i - 1], columns, size), 1, 0))
            if j:
                ways.append((best[i, j - 1][0] + _HEADLESS * size, 0, 1))
            if ways:
                best[i, j] = min(ways)
    made: list[Span] = []
    i, j = len(leaves), len(columns)
    while i or j:
        _, words, taken = best[i, j]
        spans = [*leaves[i - words : i], *columns[j - taken : j]]
        made.append((min(a for a, _ in spans), max(b for _, b in spans)))
        i, j = i - words, j - taken
    return made[::-1]


def _joinable(filled: list[_Filled], end: int) -> Iterator[tuple[int, float]]:
    """How many of the columns before ``end`` may be one, since no row fills two of them; and what that costs."""
    seen: set[int] = set()
    cost = 0.0
    for n in range(1, min(_MOST_JOINED, end) + 1):
        mine = filled[end - n]
        if seen & mine.rows:
            return
        if n > 1:
            beside = filled[end - n + 1]
            signs = any(a.signs and b.figures and b.pointed for a, b in ((mine, beside), (beside, mine)))
            cost += _SIGNS_JOINED if signs else _JOINED
        seen |= mine.rows
        yield n, cost


def _distance(leaf: Span, column: Span) -> float:
    """The white between a word and a column; where they meet, next to nothing, least where their middles do."""
    gap = max(column[0] - leaf[1], leaf[0] - column[1], 0.0)
    return gap + abs(sum(leaf) - sum(column)) / 2_000


def _cover(leaf: Span, columns: list[Span], size: float) -> float:
    """What it costs to say that a word heads an empty column, where a column stands under it."""
    at = bisect_left(columns, (leaf[0], leaf[0]))
    near = columns[max(at - 1, 0) : at + 1]
    return size if any(overlap(*leaf, *c) > _SHARED for c in near) else 0.0


def _apart(spans: list[Span]) -> list[Span]:
    """The spans in their order; two that share some width part in the middle of it."""
    edges = [list(span) for span in spans]
    for left, right in pairwise(edges):
        if left[1] > right[0]:
            left[1] = right[0] = min(max((left[1] + right[0]) / 2, left[0] + _SHARED), right[1] - _SHARED)
    return [(a, b) for a, b in edges]
