"""From rulings to grids.

In: the horizontal and vertical rulings of a page.  Out: one ``Grid`` for each connected net of rulings, with
doubled rulings merged, sides that the printer left open closed, and spans found.  Knows nothing of text.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

from extract.paper.geometry import cluster, join_spans, nearest
from extract.paper.model import Box, Page, Ruling

_LEAST_DASHES = 6
_LONGEST_DASH = 8.0  # points

Span = tuple[int, int, int, int]  # row, col, rowspan, colspan


@dataclass(frozen=True, slots=True)
class GridOptions:
    """How far apart rulings may stand and still be one; in points, scaled by the page's text height."""

    merge_ratio: float = 0.3  # of the median char height: doubled borders stand about 2 points apart
    merge_least: float = 1.6
    merge_most: float = 3.6
    gap: float = 4.0  # bridged inside a ruling: corners are often left open by this much
    least_side: float = 10.0  # a net smaller than this in both directions is no table


@dataclass(slots=True)
class Grid:
    """``xs`` and ``ys`` ascend; ``spans`` tile the rectangle they bound."""

    xs: list[float]
    ys: list[float]
    spans: list[Span]

    @property
    def bbox(self) -> Box:
        return Box(self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])


Track = tuple[float, list[tuple[float, float]]]  # position, covered intervals


def merge_tolerance(page: Page, options: GridOptions) -> float:
    """Distance under which two parallel rulings are one, from the size of the page's text."""
    heights = sorted([c[4] - c[2] for c in page.words])
    median = heights[len(heights) // 2] if heights else 10.0
    return min(max(options.merge_ratio * median, options.merge_least), options.merge_most)


def _tracks(rulings: list[Ruling], horizontal: bool, tolerance: float, gap: float) -> list[Track]:
    """Merge parallel rulings to tracks: one position, the union of their extents."""
    if horizontal:
        items = [(r.top, r.x0, r.x1) for r in rulings]
    else:
        items = [(r.x0, r.top, r.bottom) for r in rulings]
    centres = cluster(((p, b - a) for p, a, b in items), tolerance)
    spans: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for p, a, b in items:
        spans[nearest(centres, p)].append((a, b))
    return [(centres[i], join_spans(spans[i], max(gap, _between_dashes(spans[i])))) for i in sorted(spans)]


def _between_dashes(pieces: list[tuple[float, float]]) -> float:
    """How far apart pieces of a dashed ruling may stand where two of its stretches meet; 0 if it is not dashed."""
    if len(pieces) < _LEAST_DASHES:
        return 0.0
    dashes = join_spans(pieces, 0.0)
    length = sorted(b - a for a, b in dashes)[len(dashes) // 2]
    if len(dashes) < _LEAST_DASHES or length > _LONGEST_DASH:
        return 0.0
    white = sorted(b[0] - a[1] for a, b in pairwise(dashes))[len(dashes) // 2 - 1]
    return length + 2 * white if white <= _LONGEST_DASH else 0.0


def find_grids(page: Page, options: GridOptions | None = None) -> list[Grid]:
    """All ruled grids of ``page``, from the top down."""
    options = options or GridOptions()
    tolerance = merge_tolerance(page, options)
    gap = options.gap
    horizontals = _tracks(page.horizontals, True, tolerance, gap)
    verticals = _tracks(page.verticals, False, tolerance, gap)
    segments_h = [(y, a, b) for y, spans in horizontals for a, b in spans]
    segments_v = [(x, a, b) for x, spans in verticals for a, b in spans]
    grids = []
    for hs, vs in _components(segments_h, segments_v, gap):
        grid = _build(hs, vs, tolerance, gap)
        if grid and (
            grid.xs[-1] - grid.xs[0] > 2 * options.least_side and grid.ys[-1] - grid.ys[0] > options.least_side
        ):
            grids.append(grid)
    return _outermost(sorted(grids, key=lambda g: (g.ys[0], g.xs[0])))


def _outermost(grids: list[Grid]) -> list[Grid]:
    """Drop nets that lie inside another one (boxes drawn in a cell)."""
    kept: list[Grid] = []
    for grid in grids:
        box = grid.bbox
        inside = any(
            other is not grid
            and other.xs[0] - 1 <= box.x0
            and box.x1 <= other.xs[-1] + 1
            and other.ys[0] - 1 <= box.top
            and box.bottom <= other.ys[-1] + 1
            and len(other.spans) >= len(grid.spans)
            for other in grids
        )
        if not inside:
            kept.append(grid)
    return kept


Segments = list[tuple[float, float, float]]


def _components(hs: Segments, vs: Segments, gap: float) -> list[tuple[Segments, Segments]]:
    """Connected nets of crossing segments."""
    parent = list(range(len(hs) + len(vs)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    order = sorted(range(len(hs)), key=lambda i: hs[i][0])
    for j, (x, top, bottom) in enumerate(vs, start=len(hs)):
        mine = root(j)
        for i in order:
            y, x0, x1 = hs[i]
            if y > bottom + gap:
                break
            if y >= top - gap and x0 - gap <= x <= x1 + gap and parent[i] != mine:
                parent[root(i)] = mine
    nets: dict[int, tuple[Segments, Segments]] = defaultdict(lambda: ([], []))
    for i, h in enumerate(hs):
        nets[root(i)][0].append(h)
    for j, v in enumerate(vs):
        nets[root(len(hs) + j)][1].append(v)
    return [net for net in nets.values() if net[0] and net[1]]


def _build(hs: Segments, vs: Segments, tolerance: float, gap: float) -> Grid | None:
    _close_open_sides(hs, vs, gap)
    ys = cluster(((y, b - a) for y, a, b in hs), tolerance)
    xs = cluster(((x, b - a) for x, a, b in vs), tolerance)
    if len(xs) < 2 or len(ys) < 2:
        return None
    right = _borders(vs, xs, ys, gap)
    below = _borders(hs, ys, xs, gap)
    nrows, ncols = len(ys) - 1, len(xs) - 1
    spans = _spans(nrows, ncols, right, below)
    return Grid(xs, ys, spans)


def _close_open_sides(hs: Segments, vs: Segments, gap: float) -> None:
    """Add the outer rulings that a page break or an open house style left out."""
    top, bottom = min(y for y, _, _ in hs), max(y for y, _, _ in hs)
    left, right = min(x for x, _, _ in vs), max(x for x, _, _ in vs)
    reach_top, reach_bottom = min(a for _, a, _ in vs), max(b for _, _, b in vs)
    reach_left, reach_right = min(a for _, a, _ in hs), max(b for _, _, b in hs)
    least, drawn = 2 * gap, len(hs)
    if reach_top < top - least:
        hs.append((reach_top, left, right))
    if reach_bottom > bottom + least:
        hs.append((reach_bottom, left, right))
    top, bottom = min(top, reach_top), max(bottom, reach_bottom)
    # one of several rulings that reaches farther may underline a title; the only one bounds the rows
    enough = min(2, drawn)
    if reach_left < left - least and sum(a < left - least for _, a, _ in hs) >= enough:
        vs.append((reach_left, top, bottom))
    if reach_right > right + least and sum(b > right + least for _, _, b in hs) >= enough:
        vs.append((reach_right, top, bottom))


def _borders(segments: Segments, tracks: list[float], marks: list[float], gap: float) -> list[list[bool]]:
    """``result[t][m]``: does track ``t`` bear a ruling along the interval between marks ``m`` and ``m + 1``?"""
    table = [[False] * (len(marks) - 1) for _ in tracks]
    for position, a, b in segments:
        line = table[nearest(tracks, position)]
        for m in range(len(marks) - 1):
            lo, hi = marks[m], marks[m + 1]
            if a - gap <= lo + (hi - lo) * 0.25 and b + gap >= hi - (hi - lo) * 0.25:
                line[m] = True
    return table


def _spans(nrows: int, ncols: int, right: list[list[bool]], below: list[list[bool]]) -> list[Span]:
    """Merge unit cells that no ruling parts into rectangles."""
    label = [[-1] * ncols for _ in range(nrows)]
    spans: list[Span] = []
    for r in range(nrows):
        for c in range(ncols):
            if label[r][c] >= 0:
                continue
            if right[c][r] and right[c + 1][r] and below[r][c] and below[r + 1][c]:
                label[r][c] = len(spans)
                spans.append((r, c, 1, 1))
                continue
            area = _flood(r, c, nrows, ncols, right, below, label, len(spans))
            rows = [p[0] for p in area]
            cols = [p[1] for p in area]
            r0, r1, c0, c1 = min(rows), max(rows), min(cols), max(cols)
            if (r1 - r0 + 1) * (c1 - c0 + 1) == len(area):
                spans.append((r0, c0, r1 - r0 + 1, c1 - c0 + 1))
            else:
                spans.extend(_row_runs(area, label, len(spans)))
    return spans


def _flood(
    r: int, c: int, nrows: int, ncols: int,
    right: list[list[bool]], below: list[list[bool]], label: list[list[int]], mark: int,
) -> list[tuple[int, int]]:  # fmt: skip
    label[r][c] = mark
    area = [(r, c)]
    for i, j in area:
        if j + 1 < ncols and label[i][j + 1] < 0 and not right[j + 1][i]:
            label[i][j + 1] = mark
            area.append((i, j + 1))
        if j > 0 and label[i][j - 1] < 0 and not right[j][i]:
            label[i][j - 1] = mark
            area.append((i, j - 1))
        if i + 1 < nrows and label[i + 1][j] < 0 and not below[i + 1][j]:
            label[i + 1][j] = mark
            area.append((i + 1, j))
        if i > 0 and label[i - 1][j] < 0 and not below[i][j]:
            label[i - 1][j] = mark
            area.append((i - 1, j))
    return area


def _row_runs(area: list[tuple[int, int]], label: list[list[int]], first: int) -> list[Span]:
    """An area that is no rectangle (a ruling is missing) falls back to one span per run of a row."""
    spans: list[Span] = []
    for r, c in sorted(area):
        if spans and spans[-1][0] == r and spans[-1][1] + spans[-1][3] == c:
            spans[-1] = (r, spans[-1][1], 1, spans[-1][3] + 1)
        else:
            spans.append((r, c, 1, 1))
        label[r][c] = first + len(spans) - 1
    return spans
