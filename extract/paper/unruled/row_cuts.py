"""Rows that no ruling parts: where the lines of neighbouring columns make rows.

In: what each column prints, line by line.  Out: the heights at which one row ends and the next begins.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise

from extract.paper.geometry import overlap
from extract.paper.numbers import is_entry

_WHOLE = re.compile(r"(\d{1,3}(,?\d{3})*\.\d\d\n?){2,}|((0|\d{1,3}(,\d{3})+)\n?){2,}")
LEAST_ROWS = 3  # amounts under one another that show that a ruled band holds several rows
_ROW_PITCH = 0.8  # of the distance between amounts: only where lines stand closer than this, texts are wrapped
_WRAPPED = 1.15  # of the least distance between lines: as far apart may the lines of a wrapped text stand
_LEAST_HEIGHT = 0.35  # of a font's box: letters are higher than this
_SAME_LINE = 0.3  # of the lower height: what overlaps by more stands in one row


def is_column(lines: list[str]) -> bool:
    """Do several amounts stand under one another?"""
    return sum(is_entry(t) for t in lines) >= LEAST_ROWS


def is_pair(lines: list[str]) -> bool:
    """Are the lines amounts that are whole, so that they cannot be the parts of a wrapped one?"""
    return len(lines) > 1 and _WHOLE.fullmatch("\n".join(lines)) is not None


@dataclass(slots=True)
class Stack:
    """The printed lines of one cell: their tops and bottoms, and which of them are amounts.

    ``left_free`` says that every line but the last leaves room for more in its cell: none of them is wrapped.
    """

    lines: list[tuple[float, float]]
    texts: list[str]
    left_free: bool = False

    def middles(self, entries: bool) -> list[float]:
        return [(a + b) / 2 for (a, b), t in zip(self.lines, self.texts, strict=True) if not entries or is_entry(t)]

    @property
    def is_pair(self) -> bool:
        """Does it hold several amounts, none of which can be a part of a wrapped one?"""
        if is_pair(self.texts):
            return True
        return self.left_free and len(self.texts) > 1 and all(map(is_entry, self.texts))


def _beside(pair: Stack, stacks: list[Stack]) -> bool:
    """Does another cell print as many lines at the heights of those of ``pair``?"""
    mine = pair.middles(False)
    size = min(b - a for a, b in pair.lines)
    return any(
        s is not pair
        and len(s.lines) == len(mine)
        and all(abs(a - b) < _SAME_LINE * size for a, b in zip(mine, s.middles(False), strict=True))
        for s in stacks
    )


def _flattened(stack: Stack, height: float) -> Stack:
    """The stack with its lines no higher than ``height``: some fonts name boxes that reach over several lines."""
    lines = [((a + b - height) / 2, (a + b + height) / 2) if b - a > height else (a, b) for a, b in stack.lines]
    return Stack(lines, stack.texts, stack.left_free)


def _items(stack: Stack, wrapped: float) -> list[tuple[float, float]]:
    """Tops and bottoms of what a cell prints, lines at most ``wrapped`` apart taken for one text."""
    items: list[tuple[float, float]] = []
    last = -wrapped
    for (top, bottom), text in zip(stack.lines, stack.texts, strict=True):
        middle = (top + bottom) / 2
        if items and not is_entry(text) and middle - last <= wrapped:
            items[-1] = (items[-1][0], bottom)
        else:
            items.append((top, bottom))
        last = middle
    return items


def row_cuts(stacks: list[Stack], known: bool, headed: bool) -> list[float]:
    """Where the rows of a band are parted: between its amounts, and between labels as far apart as those.

    ``known``: the band is none that is drawn.  What stands over the first amount of a band that is ``headed`` is its
    header, and stays whole.
    """
    close = min((b - a for s in stacks for a, b in pairwise(s.middles(False))), default=0.0)
    least_height = _LEAST_HEIGHT * min((b - a for s in stacks for a, b in s.lines), default=0.0)
    stacks = [_flattened(s, max(close, least_height)) for s in stacks] if close else stacks
    pairs = [s for s in stacks if s.is_pair]
    certain = len(pairs) > 1 or (not headed and any(_beside(s, stacks) for s in pairs))
    least = 1 if known else 2 if certain else LEAST_ROWS
    anchors = [at for s in stacks if len(at := s.middles(True)) >= least]
    if not anchors or sum(len(s.lines) >= least for s in stacks) < 2:
        return []
    pitch = min((b - a for at in anchors for a, b in pairwise(at)), default=0.0)
    wrapped = _WRAPPED * close if close < _ROW_PITCH * pitch else 0.0
    items = [item for stack in stacks for item in _items(stack, wrapped)]
    if any(bisect_left(at, b) - bisect_right(at, a) > 1 for a, b in items for at in anchors):
        items = [line for stack in stacks for line in stack.lines]  # these lines are as far apart as the rows
    rows: list[tuple[float, float]] = []
    for top, bottom in sorted(items):
        if rows:
            over, under = rows[-1]
            if overlap(over, under, top, bottom) > _SAME_LINE * min(under - over, bottom - top):
                rows[-1] = (over, max(under, bottom))
                continue
        rows.append((top, bottom))
    if headed:
        first = min(at[0] for at in anchors)
        rows = [(top, bottom) for top, bottom in rows if bottom > first]
        heads = [bottom for _, bottom in items if bottom <= first]
        rows = [(0.0, max(heads)), *rows] if heads else rows
    return [(a[1] + b[0]) / 2 for a, b in pairwise(rows)]
