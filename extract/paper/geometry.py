"""Small geometry on sorted numbers.  Plain floats and tuples: at page size they beat arrays."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence


def cluster(values: Iterable[tuple[float, float]], tolerance: float) -> list[float]:
    """Merge ``(position, weight)`` pairs closer than ``tolerance`` into weighted centres, ascending.

    A cluster never grows wider than twice the tolerance, so a fan of lines is not swallowed whole.
    """
    centres: list[float] = []
    start = last = total = weight = 0.0
    for position, w in sorted(values):
        if weight and position - last <= tolerance and position - start <= 2 * tolerance:
            total += position * w
            weight += w
            last = position
            continue
        if weight:
            centres.append(total / weight)
        start = last = position
        total, weight = position * w, w
    if weight:
        centres.append(total / weight)
    return centres


def nearest(centres: Sequence[float], value: float) -> int:
    """Index of the centre nearest to ``value``."""
    i = bisect_left(centres, value)
    if i == 0:
        return 0
    if i == len(centres) or value - centres[i - 1] <= centres[i] - value:
        return i - 1
    return i


def interval(edges: Sequence[float], value: float) -> int | None:
    """Index of the half-open interval of ``edges`` that holds ``value``; ``None`` outside."""
    i = bisect_right(edges, value) - 1
    return i if 0 <= i < len(edges) - 1 else None


def join_spans(spans: Iterable[tuple[float, float]], gap: float) -> list[tuple[float, float]]:
    """Union of intervals, bridging gaps of at most ``gap``."""
    joined: list[tuple[float, float]] = []
    for a, b in sorted(spans):
        if joined and a - joined[-1][1] <= gap:
            joined[-1] = (joined[-1][0], max(b, joined[-1][1]))
        else:
            joined.append((a, b))
    return joined


Bounds = tuple[float, float, float, float]
SAMPLE = 48  # chars of a page that are asked how they stand


def turned(box: Bounds, turns: int, width: float, height: float) -> Bounds:
    """Where ``box`` (x0, top, x1, bottom) stands when its page of ``width`` by ``height`` is turned clockwise.

    ``turns`` counts quarter turns; negative ones go back.
    """
    x0, top, x1, bottom = box
    for _ in range(turns % 4):
        x0, top, x1, bottom = height - bottom, x0, height - top, x1
        width, height = height, width
    return x0, top, x1, bottom


def upright(angles: Sequence[float]) -> int:
    """Quarter turns clockwise after which most of a page's text stands upright; radians, counter-clockwise."""
    votes = Counter(round(angle / (math.pi / 2)) % 4 for angle in angles if math.isfinite(angle))
    turn, count = votes.most_common(1)[0] if votes else (0, 0)
    return turn if 2 * count > len(angles) else 0


def overlap(a0: float, a1: float, b0: float, b1: float) -> float:
    """Length that two intervals share; 0 where they do not meet."""
    return max(0.0, min(a1, b1) - max(a0, b0))
