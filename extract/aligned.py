"""Tables without rulings: rows and columns from the alignment of runs.

A block of lines is taken for a table when at least four lines in a row hold several runs and most of their
runs fall into the same columns.  Everything else stays a line.
"""

from __future__ import annotations

import re

from extract.geometry import overlap
from extract.model import BBox, Cell, Line, PageTable, Run

AMOUNT = re.compile(r"^[-−(（]?\d{1,3}(,?\d{3})*(\.\d+)?[)）]?$")
_AMOUNT_THEN_ITEM = re.compile(
    r"^(\d[\d,]*\.\d+)((?:[一二三四五六七八九十廿]+、|[（(][一二三四五六七八九十]+[)）]).+)$"
)
_CODE_THEN_NAME = re.compile(r"^(\d{2,3}|\d{5}|\d{7})((?![年月日个万元亿千百])[\u4e00-\u9fff].*)$")
ALIGNED = "按对齐成格"  # mark of a cell that no ruling bounds: which column it stands in is our judgement
_OFF_CENTRE = 0.3  # of a column: how far beside the middle of its columns a header word may stand
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
    rows = [[part for run in line.runs for part in _parted(run)] for line in body]
    with_amounts = [runs for runs in rows if any(AMOUNT.match(r.text) for r in runs)]
    if len(with_amounts) < _LEAST_ROWS or len(with_amounts) < len(body) / 2:
        return list(stretch)
    columns = _columns([r for runs in with_amounts for r in runs])
    if len(columns) < 2:
        return list(stretch)
    return [*stretch[:start], _table(body, rows, columns, page), *tail]


def _caption(line: Line) -> bool:
    return any(("：" in r.text or ":" in r.text) for r in line.runs)


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


def _columns(runs: list[Run]) -> list[tuple[float, float]]:
    """Column extents: unions of overlapping runs, wide runs that bridge columns left aside."""
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


def _table(body: list[Line], rows: list[list[Run]], columns: list[tuple[float, float]], page: int) -> PageTable:
    boxes = [line.bbox for line in body if line.bbox]
    xs = [min(b.x0 for b in boxes)]
    xs += [(a[1] + b[0]) / 2 for a, b in zip(columns, columns[1:], strict=False)]
    xs.append(max(b.x1 for b in boxes))
    placed = [_placed(runs, xs) for runs in rows]
    first = next(i for i, runs in enumerate(rows) if any(AMOUNT.match(r.text) for r in runs))
    cells: list[Cell] = []
    for row, (line, texts) in enumerate(zip(body, placed, strict=True)):
        spans = _header_spans(texts, placed[row + 1 : first], columns) if row < first else {}
        covered = {c for col, (left, span) in spans.items() for c in range(left, left + span) if c != col}
        for col in range(len(columns)):
            if col in covered:
                continue
            runs = texts.get(col, [])
            left, span = spans.get(col, (col, 1))
            box = (
                BBox(runs[0].bbox.x0, runs[0].bbox.top, runs[-1].bbox.x1, runs[-1].bbox.bottom)
                if runs
                else BBox(xs[col], line.bbox.top if line.bbox else 0, xs[col + 1], line.bbox.bottom if line.bbox else 0)
            )
            cells.append(Cell(row, left, 1, span, " ".join(r.text for r in runs), page, box, (ALIGNED,)))
    cells = _unwrapped(cells, first)
    top, bottom = min(b.top for b in boxes), max(b.bottom for b in boxes)
    return PageTable(page, BBox(xs[0], top, xs[-1], bottom), xs, len(body), cells, "aligned")


def _unwrapped(cells: list[Cell], first: int) -> list[Cell]:
    """Header words under one another in one column are one cell whose words were wrapped, not two levels."""
    above: dict[int, Cell] = {}
    joined: list[Cell] = []
    for cell in cells:
        over = above.get(cell.col)
        if (
            cell.row < first
            and cell.colspan == 1
            and cell.text
            and over is not None
            and over.row + over.rowspan == cell.row
        ):
            over.rowspan += 1
            over.text = f"{over.text}\n{cell.text}"
            if over.bbox and cell.bbox:
                over.bbox = BBox(
                    min(over.bbox.x0, cell.bbox.x0), over.bbox.top, max(over.bbox.x1, cell.bbox.x1), cell.bbox.bottom
                )
            continue
        joined.append(cell)
        if cell.row < first and cell.colspan == 1 and cell.text:
            above[cell.col] = cell
        else:
            above.pop(cell.col, None)
    return joined


Placed = dict[int, list[Run]]


def _placed(runs: list[Run], xs: list[float]) -> Placed:
    """Runs by the column that holds most of them."""
    texts: Placed = {}
    for run in runs:
        shares = [overlap(run.bbox.x0, run.bbox.x1, a, b) for a, b in zip(xs, xs[1:], strict=False)]
        texts.setdefault(shares.index(max(shares)), []).append(run)
    return texts


def _header_spans(texts: Placed, below: list[Placed], columns: list[tuple[float, float]]) -> dict[int, tuple[int, int]]:
    """Where a header run stands centred over several columns: its column → (first column, number of columns).

    Columns that have words of their own further down in the header, and none here, may be the run's; of the stretches
    of them that the run stands over the middle of, it spans the widest.
    """
    parted = {c for line in below for c in line}
    spans: dict[int, tuple[int, int]] = {}
    end = 0
    for col in sorted(c for c in texts if c in parted):
        left = right = col
        while left - 1 >= end and left - 1 in parted and left - 1 not in texts:
            left -= 1
        while right + 1 in parted and right + 1 not in texts:
            right += 1
        middle = (texts[col][0].bbox.x0 + texts[col][-1].bbox.x1) / 2
        stretches = [(b - a, a, b) for a in range(left, col + 1) for b in range(col, right + 1) if b > a]
        for _, a, b in sorted(stretches, reverse=True):
            (x0, _), (_, x1) = columns[a], columns[b]
            if abs((x0 + x1) / 2 - middle) <= _OFF_CENTRE * (x1 - x0) / (b - a + 1):
                spans[col] = a, b - a + 1
                end = b + 1
                break
    return spans
