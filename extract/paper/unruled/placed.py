"""Runs of a line, alone and joined: the words from which tables without rulings are made."""

from __future__ import annotations

from extract.paper.geometry import overlap
from extract.paper.model import Box, Chunk, union

Span = tuple[float, float]  # where a column begins and ends
Placed = dict[int, list[Chunk]]  # chunks by the column that they stand in


def joined(chunks: list[Chunk], by: str) -> Chunk:
    """One chunk of several, their texts parted ``by`` something; at least one."""
    box = union(chunk.bbox for chunk in chunks)
    return Chunk(by.join(chunk.text for chunk in chunks), box)


def height_of(box: Box) -> float:
    """In points."""
    return box.bottom - box.top


def extent(texts: Placed) -> tuple[float, float]:
    """Top and bottom of all that stands in a row, in points."""
    boxes = [chunk.bbox for chunks in texts.values() for chunk in chunks]
    return min(b.top for b in boxes), max(b.bottom for b in boxes)


def text_of(chunks: list[Chunk]) -> str:
    """Text of a cell: a new line where the print has one, a blank where it has a wide one or parts Latin words."""
    text = ""
    for before, chunk in zip([None, *chunks], chunks, strict=False):
        if before is not None:
            latin = before.text[-1].isascii() and chunk.text[0].isascii()
            below = chunk.bbox.y_mid > before.bbox.bottom
            text += (
                "\n" if below else " " if latin or chunk.bbox.x0 - before.bbox.x1 > 2 * height_of(before.bbox) else ""
            )
        text += chunk.text
    return text


def placed_in(chunks: list[Chunk], xs: list[float]) -> Placed:
    """Runs by the column that holds most of them."""
    texts: Placed = {}
    for chunk in chunks:
        shares = [overlap(chunk.bbox.x0, chunk.bbox.x1, a, b) for a, b in zip(xs, xs[1:], strict=False)]
        texts.setdefault(shares.index(max(shares)), []).append(chunk)
    return texts
