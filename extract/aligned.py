"""Tables without rulings: rows and columns from the alignment of runs.

A block of lines is taken for a table when at least four lines in a row hold several runs and most of their
runs fall into the same columns.  Everything else stays a line.
"""

from __future__ import annotations

import re

from extract.geometry import overlap
from extract.model import BBox, Cell, Line, PageTable, Run

_AMOUNT = re.compile(r"^[-−(（]?\d{1,3}(,?\d{3})*(\.\d+)?[)）]?$")
_LEAST_ROWS = 4
_ROW_GAP = 3.2  # line heights: a wider white band ends a table


def find_aligned(lines: list[Line], page: int) -> list[Line | PageTable]:
    """Replace every stretch of aligned lines by one table; the other lines are returned as they are."""
    blocks: list[Line | PageTable] = []
    stretch: list[Line] = []
    for line in lines:
        if stretch and not _follows(stretch[-1], line):
            blocks.extend(_close(stretch, page))
            stretch = []
        if len(line.runs) > 1 or (stretch and not line.furniture and len(line.text) < 30):
            stretch.append(line)
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


def _close(stretch: list[Line], page: int) -> list[Line | PageTable]:
    """Turn a stretch into a table if amounts stand under one another in it."""
    start = next((i for i, line in enumerate(stretch) if len(line.runs) > 1 and not _caption(line)), None)
    if start is None:
        return list(stretch)
    body = stretch[start:]
    tail: list[Line] = []
    while body and len(body[-1].runs) == 1:
        tail.insert(0, body.pop())
    with_amounts = [line for line in body if any(_AMOUNT.match(r.text) for r in line.runs)]
    if len(with_amounts) < _LEAST_ROWS or len(with_amounts) < len(body) / 2:
        return list(stretch)
    columns = _columns([r for line in body for r in line.runs])
    if len(columns) < 2:
        return list(stretch)
    return [*stretch[:start], _table(body, columns, page), *tail]


def _caption(line: Line) -> bool:
    return any(("：" in r.text or ":" in r.text) for r in line.runs)


def _columns(runs: list[Run]) -> list[tuple[float, float]]:
    """Column extents: unions of overlapping runs, wide header runs that bridge columns left aside."""
    spans = sorted((r.bbox.x0, r.bbox.x1) for r in runs)
    widths = sorted(b - a for a, b in spans)
    limit = max(widths[len(widths) // 2] * 4, widths[int(len(widths) * 0.9)])
    columns: list[tuple[float, float]] = []
    for a, b in spans:
        if b - a > limit:
            continue
        if columns and a < columns[-1][1]:
            columns[-1] = (columns[-1][0], max(columns[-1][1], b))
        else:
            columns.append((a, b))
    return columns


def _table(body: list[Line], columns: list[tuple[float, float]], page: int) -> PageTable:
    boxes = [line.bbox for line in body if line.bbox]
    xs = [min(b.x0 for b in boxes)]
    xs += [(a[1] + b[0]) / 2 for a, b in zip(columns, columns[1:], strict=False)]
    xs.append(max(b.x1 for b in boxes))
    cells: list[Cell] = []
    for row, line in enumerate(body):
        texts: dict[int, list[Run]] = {}
        for run in line.runs:
            shares = [overlap(run.bbox.x0, run.bbox.x1, xs[c], xs[c + 1]) for c in range(len(columns))]
            texts.setdefault(shares.index(max(shares)), []).append(run)
        for col in range(len(columns)):
            runs = texts.get(col, [])
            box = (
                BBox(runs[0].bbox.x0, runs[0].bbox.top, runs[-1].bbox.x1, runs[-1].bbox.bottom)
                if runs
                else BBox(xs[col], line.bbox.top if line.bbox else 0, xs[col + 1], line.bbox.bottom if line.bbox else 0)
            )
            cells.append(Cell(row, col, 1, 1, " ".join(r.text for r in runs), page, box))
    top, bottom = min(b.top for b in boxes), max(b.bottom for b in boxes)
    return PageTable(page, BBox(xs[0], top, xs[-1], bottom), xs, len(body), cells, "aligned")
