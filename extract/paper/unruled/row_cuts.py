"""Rows that no ruling parts: where the lines of neighbouring columns make rows.

In: what each column prints, line by line.  Out: the heights at which one row ends and the next begins.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field, replace
from itertools import pairwise

from extract.paper.geometry import overlap
from extract.paper.model import half_width
from extract.paper.numbers import begins_item, continues, is_entry

_WHOLE = re.compile(r"(\d{1,3}(,?\d{3})*\.\d\d\n?){2,}|((0|\d{1,3}(,\d{3})+)\n?){2,}")
_ONE_DECIMAL = re.compile(r"^[^.]*\.\d$")
LEAST_ROWS = 3  # amounts under one another that show that a ruled band holds several rows
_ROW_PITCH = 0.8  # of the distance between amounts: only where lines stand closer than this, texts are wrapped
_WRAPPED = 1.15  # of the least distance between lines: as far apart may the lines of a wrapped text stand
_LEAST_HEIGHT = 0.35  # of a font's box: letters are higher than this
_MOST_LEADING = 2.0  # letter heights: lines of one text stand no further apart
_FULL = 1.2  # letter heights: less room than this is left in a line that goes on in the next
_SAME_PITCH = 0.97
_SAME_LINE = 0.3  # of the lower height: what overlaps by more stands in one row


def is_column(lines: list[str]) -> bool:
    """Do several amounts stand under one another?"""
    return sum(is_entry(t) for t in lines) >= LEAST_ROWS


def is_pair(lines: list[str]) -> bool:
    """Are the lines amounts that are whole, so that they cannot be the parts of a wrapped one?"""
    return len(lines) > 1 and _WHOLE.fullmatch(half_width("\n".join(lines))) is not None


@dataclass(slots=True)
class Stack:
    """The printed lines of one cell: their tops and bottoms, and which of them are amounts.

    ``left_free`` says that every line but the last leaves room for more in its cell: none of them is wrapped.
    """

    lines: list[tuple[float, float]]
    texts: list[str]
    left_free: bool = False
    rights: list[float] = field(default_factory=list)  # where every line ends; empty if that is not known

    def middles(self, entries: bool) -> list[float]:
        return [(a + b) / 2 for (a, b), t in zip(self.lines, self.texts, strict=True) if not entries or is_entry(t)]

    @property
    def is_pair(self) -> bool:
        """Does it hold several amounts, none of which can be a part of a wrapped one?"""
        if is_pair(self.texts):
            return True
        return self.left_free and len(self.texts) > 1 and all(map(is_entry, self.texts))


def _full_lines(stack: Stack) -> list[bool]:
    """Which lines of a text reach so near to the right edge of its column that another letter had no room."""
    if not stack.rights or stack.left_free:
        return [False] * len(stack.lines)
    edge = max(stack.rights)
    return [edge - x1 < _FULL * (b - a) for x1, (a, b) in zip(stack.rights, stack.lines, strict=True)]


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


def _numbers_whole(stack: Stack, close: float) -> Stack:
    """The stack with every number that a narrow column wraps, ``2,108.3`` over ``8``, as one line.

    ``close``: as far apart stand the lines of a wrapped text.  A column of numbers with one decimal wraps none.
    """
    cut = [
        continues(above, below) and b - a <= close
        for (above, below), (a, b) in zip(pairwise(stack.texts), pairwise(stack.middles(False)), strict=True)
    ]
    short = sum(_ONE_DECIMAL.search(t) is not None for t in stack.texts)
    if not any(cut) or short > sum(cut):
        return stack
    whole = replace(stack, lines=stack.lines[:1], texts=stack.texts[:1], rights=stack.rights[:1])
    for i, joined in enumerate(cut, start=1):
        if joined:
            whole.lines[-1] = whole.lines[-1][0], stack.lines[i][1]
            whole.texts[-1] += stack.texts[i]
        else:
            whole.lines.append(stack.lines[i])
            whole.texts.append(stack.texts[i])
            whole.rights.extend(stack.rights[i : i + 1])
    return whole


def _flattened(stack: Stack, height: float) -> Stack:
    """The stack with its lines no higher than ``height``: some fonts name boxes that reach over several lines."""
    lines = [((a + b - height) / 2, (a + b + height) / 2) if b - a > height else (a, b) for a, b in stack.lines]
    return replace(stack, lines=lines)


@dataclass(frozen=True, slots=True)
class _Spacing:
    """Distances between lines of a band, in points."""

    wrapped: float  # at most so far apart are the lines of one text, whatever they print; 0 if that is not known
    close: float  # the least
    rows: float  # between two rows of a line each; 0 if there are none


def _items(stack: Stack, spacing: _Spacing, anchors: list[list[float]]) -> list[tuple[float, float]]:
    """Tops and bottoms of what a cell prints, the lines of a wrapped text together.

    A line that fills its column goes on in the next one; no text stands beside two amounts of a column.
    """
    full = _full_lines(stack)
    items: list[list[tuple[float, float]]] = []
    last = 0.0
    for i, ((top, bottom), text) in enumerate(zip(stack.lines, stack.texts, strict=True)):
        middle = (top + bottom) / 2
        apart = middle - last
        goes_on = items and not is_entry(text)
        by_distance = apart <= spacing.wrapped
        by_width = i > 0 and full[i - 1] and _may_wrap(stack, i, apart, spacing, anchors, sum(full))
        if goes_on and (by_distance or by_width):
            items[-1].append((top, bottom))
        else:
            items.append([(top, bottom)])
        last = middle
    made: list[tuple[float, float]] = []
    for lines in items:
        whole = lines[0][0], lines[-1][1]
        beside_two = any(bisect_left(at, whole[1]) - bisect_right(at, whole[0]) > 1 for at in anchors)
        made.extend(lines if beside_two else [whole])
    return made


def _may_wrap(stack: Stack, i: int, apart: float, spacing: _Spacing, anchors: list[list[float]], full: int) -> bool:
    """May line ``i`` be the rest of the full line over it?"""
    if apart > _WRAPPED * spacing.close or is_entry(stack.texts[i - 1]) or begins_item(stack.texts[i]):
        return False
    if apart < _SAME_PITCH * spacing.rows:
        return True
    # as far apart as rows: the longest name of all need not be wrapped, and no text has so much white between its lines
    top, bottom = stack.lines[i]
    if apart > _MOST_LEADING * (bottom - top):
        return False
    row = any(_has_near(at, (top + bottom) / 2, bottom - top) for at in anchors)
    return not row and (full > 1 or len(stack.texts[i]) * 3 <= len(stack.texts[i - 1]))


def _row_pitch(stacks: list[Stack], anchors: list[list[float]]) -> float:
    """The least distance between two lines of a text that have an amount beside each."""
    found = []
    for stack in stacks:
        size = min(b - a for a, b in stack.lines)
        for a, b in pairwise(stack.middles(False)):
            if any(_has_near(at, a, size) and _has_near(at, b, size) for at in anchors):
                found.append(b - a)
    return min(found, default=0.0)


def _has_near(sorted_places: list[float], y: float, size: float) -> bool:
    i = bisect_left(sorted_places, y - _SAME_LINE * size)
    return i < len(sorted_places) and sorted_places[i] <= y + _SAME_LINE * size


def row_cuts(stacks: list[Stack], known: bool, headed: bool) -> list[float]:
    """Where the rows of a band are parted: between its amounts, and between labels as far apart as those.

    ``known``: the band is none that is drawn.  What stands over the first amount of a band that is ``headed`` is its
    header, and stays whole.
    """
    close = min((b - a for s in stacks for a, b in pairwise(s.middles(False))), default=0.0)
    least_height = _LEAST_HEIGHT * min((b - a for s in stacks for a, b in s.lines), default=0.0)
    stacks = [_flattened(s, max(close, least_height)) for s in stacks] if close else stacks
    stacks = [_numbers_whole(s, _WRAPPED * close) for s in stacks]
    pairs = [s for s in stacks if s.is_pair]
    certain = len(pairs) > 1 or (not headed and any(_beside(s, stacks) for s in pairs))
    least = 1 if known else 2 if certain else LEAST_ROWS
    anchors = [at for s in stacks if len(at := s.middles(True)) >= least]
    if not anchors or sum(len(s.lines) >= least for s in stacks) < 2:
        return []
    pitch = min((b - a for at in anchors for a, b in pairwise(at)), default=0.0)
    wrapped = _WRAPPED * close if close < _ROW_PITCH * pitch else 0.0
    spacing = _Spacing(wrapped, close, _row_pitch(stacks, anchors))
    items = [item for stack in stacks for item in _items(stack, spacing, anchors)]
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
        header_bottoms = [bottom for _, bottom in items if bottom <= first]
        rows = [(0.0, max(header_bottoms)), *rows] if header_bottoms else rows
    return [(a[1] + b[0]) / 2 for a, b in pairwise(rows)]
