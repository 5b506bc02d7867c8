"""Runs of a line, alone and joined: the words from which tables without rulings are made."""

from __future__ import annotations

from extract.geometry import overlap
from extract.model import BBox, Run

Span = tuple[float, float]  # where a column begins and ends
Placed = dict[int, list[Run]]  # runs by the column that they stand in


def joined(runs: list[Run], by: str) -> Run:
    """One run of several, their texts parted ``by`` something; at least one."""
    boxes = [run.bbox for run in runs]
    box = BBox(
        min(b.x0 for b in boxes), min(b.top for b in boxes), max(b.x1 for b in boxes), max(b.bottom for b in boxes)
    )
    return Run(by.join(run.text for run in runs), box)


def height_of(box: BBox) -> float:
    """In points."""
    return box.bottom - box.top


def extent(texts: Placed) -> tuple[float, float]:
    """Top and bottom of all that stands in a row, in points."""
    boxes = [run.bbox for runs in texts.values() for run in runs]
    return min(b.top for b in boxes), max(b.bottom for b in boxes)


def text_of(runs: list[Run]) -> str:
    """Text of a cell: a new line where the print has one, a blank where it has a wide one or parts Latin words."""
    text = ""
    for before, run in zip([None, *runs], runs, strict=False):
        if before is not None:
            latin = before.text[-1].isascii() and run.text[0].isascii()
            below = run.bbox.y_mid > before.bbox.bottom
            text += "\n" if below else " " if latin or run.bbox.x0 - before.bbox.x1 > 2 * height_of(before.bbox) else ""
        text += run.text
    return text


def placed_in(runs: list[Run], xs: list[float]) -> Placed:
    """Runs by the column that holds most of them."""
    texts: Placed = {}
    for run in runs:
        shares = [overlap(run.bbox.x0, run.bbox.x1, a, b) for a, b in zip(xs, xs[1:], strict=False)]
        texts.setdefault(shares.index(max(shares)), []).append(run)
    return texts
