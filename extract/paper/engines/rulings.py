"""From painted paths to rulings: what any engine's paths must become."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence

from extract.paper.geometry import join_spans
from extract.paper.model import Ruling

THIN = 3.0  # points: a filled box no thicker than this is a drawn line
_STRAIGHT = 1.0  # points: a segment that strays less than this is horizontal or vertical
_SHORTEST = 1.5  # points: shorter ones are dots, of a dotted border or dirt
_DOT_ROW = 0.5  # points: dots that stand no further apart across their row are in one row
_DOT_GAP = 3.2  # points: dots further apart along their row make no border
_LEAST_DOTS = 6


class Fences:
    """Vertical rulings of a page, asked whether one of them stands inside a stretch of a text line."""

    def __init__(self, verticals: Sequence[Ruling]) -> None:
        self._sorted = sorted(verticals)
        self._xs = [r.x0 for r in self._sorted]

    def part(self, x0: float, x1: float, y: float) -> bool:
        """Does a ruling cross height ``y`` strictly between ``x0`` and ``x1``?"""
        start = bisect_right(self._xs, x0)
        for _, top, _, bottom in self._sorted[start : bisect_left(self._xs, x1, start)]:
            if top - 1 <= y <= bottom + 1:
                return True
        return False


def _dotted(dots: list[tuple[float, float]]) -> Iterator[tuple[float, float, float]]:
    """Rows of close dots, given as (along, across): ``position``, and where along it the row begins and ends."""
    rows: dict[int, list[float]] = defaultdict(list)
    for along, position in dots:
        rows[round(position / _DOT_ROW)].append(along)
    for row, places in rows.items():
        if len(places) < _LEAST_DOTS:
            continue
        for start, end in join_spans(((p, p) for p in places), _DOT_GAP):
            if end - start >= _LEAST_DOTS * _DOT_GAP / 2:
                yield row * _DOT_ROW, start, end


class RulingSink:
    """Collects rulings of a page of ``width`` by ``height`` points, clipped to it."""

    def __init__(self, width: float, height: float) -> None:
        self._width = width
        self._height = height
        self.horizontals: list[Ruling] = []
        self.verticals: list[Ruling] = []
        self._dots: list[tuple[float, float]] = []

    def join_dots(self) -> None:
        """Make rulings of dotted borders that are drawn dot by dot; call it when all paths are in."""
        for y, x0, x1 in _dotted(self._dots):
            self._horizontal(x0, x1, y)
        for x, y0, y1 in _dotted([(y, x) for x, y in self._dots]):
            self._vertical(x, y0, y1)
        self._dots.clear()

    def thin_box(self, x0: float, y0: float, x1: float, y1: float) -> bool:
        """Take a thin box as a ruling along its longer side; ``False`` if it is not thin."""
        w, h = x1 - x0, y1 - y0
        if w > THIN and h > THIN:
            return False
        if w < _SHORTEST and h < _SHORTEST:
            self._dots.append(((x0 + x1) / 2, (y0 + y1) / 2))
            return True
        if w >= h:
            self._horizontal(x0, x1, (y0 + y1) / 2)
        else:
            self._vertical((x0 + x1) / 2, y0, y1)
        return True

    def subpath(self, points: Sequence[tuple[float, float]], filled: bool, stroked: bool, curved: bool) -> None:
        """Take the straight segments of one sub-path given in displayed points."""
        if len(points) < 2 or curved:
            return
        xs = [p[0] for p in points]
        ys = [p[1] for p in points]
        if self.thin_box(min(xs), min(ys), max(xs), max(ys)):
            return
        if not stroked:
            return  # a filled area is a background, its edge is no ruling
        for (xa, ya), (xb, yb) in zip(points, points[1:], strict=False):
            if abs(ya - yb) <= _STRAIGHT and abs(xa - xb) >= _SHORTEST:
                self._horizontal(min(xa, xb), max(xa, xb), (ya + yb) / 2)
            elif abs(xa - xb) <= _STRAIGHT and abs(ya - yb) >= _SHORTEST:
                self._vertical((xa + xb) / 2, min(ya, yb), max(ya, yb))

    def _horizontal(self, x0: float, x1: float, y: float) -> None:
        x0, x1 = max(x0, 0.0), min(x1, self._width)
        if x1 > x0 and -1 <= y <= self._height + 1:
            self.horizontals.append(Ruling(x0, y, x1, y))

    def _vertical(self, x: float, y0: float, y1: float) -> None:
        y0, y1 = max(y0, 0.0), min(y1, self._height)
        if y1 > y0 and -1 <= x <= self._width + 1:
            self.verticals.append(Ruling(x, y0, x, y1))
