"""Where text stands on a picture: one box for each stretch of a printed line, parted by rulings and wide gaps.

A box cut from the picture with some paper around it is a strip, which the recogniser reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from extract.paper.geometry import join_spans, overlap
from extract.paper.scan.models import Grey
from extract.paper.scan.raster import Sheet

_LETTER_LEAST, _LETTER_MOST = 0.06, 0.45  # inches: heights of letters
_USUAL_LETTER = 0.14  # inches: where nothing tells
_SPECK = 0.036  # inches: ink no larger either way is dirt, if it stands alone
_BESIDE_TEXT = 0.3  # letters: or so far from the first or the last letter of a line
_HAIR = 0.011  # inches: thinner ink of any length is what is left of a ruling
_BESIDE = 0.03  # inches: what is left of a ruling stands so near to it
_FLAT, _SLIVER = 0.3, 0.15  # letters: and is no higher, or no wider
_DASH = 2.2  # letters: a dash is no longer
_REACH = 0.9  # letters: ink of one line stands no further apart
_ABOVE = 0.45  # letters: strokes of one letter stand no further above each other
_WIDE = 1.3  # letters: a wider gap parts two stretches of one line
_LOW, _TALL = 0.6, 1.25  # letters: what is lower may be part of a letter, which is no taller
_TOUCH = 0.08  # of the most ink of a row: more ink than this joins no two lines
_TWO_LINES, _PITCH = 1.7, 1.3  # letters: the height of two lines that touch, and the usual distance of lines


Mask = npt.NDArray[np.bool_]


@dataclass(slots=True)
class Segment:
    """Box of a stretch of text in pixels; ``letter`` is the height of a letter there."""

    x0: int
    top: int
    x1: int
    bottom: int
    letter: float

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.x1 - self.x0


def text_ink(sheet: Sheet, covered: Grey) -> Grey:
    """Ink that belongs to no ruling and no blot."""
    ink = cv2.bitwise_and(sheet.ink, cv2.bitwise_not(covered))
    if not ink.any():
        return np.asarray(ink, np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink)
    dropped = [i for i in range(1, count) if max(stats[i, 2], stats[i, 3]) <= 2]
    if dropped:
        gone = np.zeros(count, bool)
        gone[dropped] = True
        ink[gone[labels]] = 0
    return np.asarray(ink, np.uint8)


def letter_height(ink: Grey, inch: float) -> float:
    """Height of an ideograph of the page's usual text, in pixels."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(_joined(ink, round(0.06 * inch)))
    heights = [
        int(h) for _, _, w, h, _ in stats[1:] if _LETTER_LEAST * inch <= h <= _LETTER_MOST * inch and w > 1.5 * h
    ]
    return float(np.median(heights)) if heights else _USUAL_LETTER * inch


def segments(ink: Grey, fences: Grey, inch: float) -> tuple[list[Segment], list[Segment]]:
    """Stretches of text, and specks.  ``fences`` is 255 where a ruling parts cells."""
    if not ink.any():
        return [], []
    letter = letter_height(ink, inch)
    near = cv2.dilate(ink, np.ones((max(round(_ABOVE * letter), 1), max(round(_REACH * letter), 1)), np.uint8))
    joined = cv2.bitwise_and(near, cv2.bitwise_not(fences))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    boxes: list[Segment] = []
    for i in range(1, count):
        x, y, w, h, _ = (int(v) for v in stats[i])
        mine = (labels[y : y + h, x : x + w] == i) & (ink[y : y + h, x : x + w] > 0)
        for top, bottom in _lines(mine, letter):
            boxes.extend(_parted(mine[top:bottom], x, y + top, letter))
    boxes = _side_by_side(boxes, fences)
    trimmed = [_without_specks(box, ink, _SPECK * inch) for box in boxes]
    boxes = [box for box, _ in trimmed] + [speck for _, specks in trimmed for speck in specks]
    hair, beside = _HAIR * inch, round(_BESIDE * inch)
    boxes = [box for box in boxes if not _rest(box, fences, beside)]
    dirt = [
        max(b.width, b.height) <= _SPECK * inch or (b.width if _dash(b) else min(b.width, b.height)) <= hair
        for b in boxes
    ]
    specks = [box for box, is_dirt in zip(boxes, dirt, strict=True) if is_dirt]
    text = [box for box, is_dirt in zip(boxes, dirt, strict=True) if not is_dirt]
    return text, specks


def _without_specks(box: Segment, ink: Grey, size: float) -> tuple[Segment, list[Segment]]:
    """The box without dirt at its ends, and that dirt: specks as far from the text as no point or comma stands."""
    specks: list[Segment] = []
    spans = stretches_of(np.asarray((ink[box.top : box.bottom, box.x0 : box.x1] > 0).any(axis=0)))
    for at in (0, -1):
        while len(spans) > 1:
            apart = spans[1][0] - spans[0][1] if at == 0 else spans[-1][0] - spans[-2][1]
            speck = _at(box, spans[at], ink)
            if apart <= _BESIDE_TEXT * box.letter or max(speck.width, speck.height) > size:
                break
            specks.append(speck)
            del spans[at]
    if not specks:
        return box, []
    return _at(box, (spans[0][0], spans[-1][1]), ink), specks


def _at(box: Segment, span: tuple[int, int], ink: Grey) -> Segment:
    """The part of ``box`` between two of its columns, as high as its ink."""
    x0, x1 = box.x0 + span[0], box.x0 + span[1]
    rows = np.flatnonzero((ink[box.top : box.bottom, x0:x1] > 0).any(axis=1))
    return replace(box, x0=x0, x1=x1, top=box.top + int(rows[0]), bottom=box.top + int(rows[-1]) + 1)


def _dash(box: Segment) -> bool:
    """A dash may be as thin as a hair."""
    return _FLAT * box.letter < box.width < _DASH * box.letter and box.height < box.width


def _rest(box: Segment, fences: Grey, beside: int) -> bool:
    """Is it what is left of a ruling: a flat or thin sliver along one?"""
    height, width = fences.shape
    if box.height <= _FLAT * box.letter and box.width > box.height:
        rows = fences[max(box.top - beside, 0) : min(box.bottom + beside, height), box.x0 : box.x1]
        return bool((rows > 0).any(axis=0).mean() > 0.8)
    if box.width <= _SLIVER * box.letter:
        columns = fences[box.top : box.bottom, max(box.x0 - beside, 0) : min(box.x1 + beside, width)]
        return bool((columns > 0).any(axis=1).mean() > 0.8)
    return False


def _side_by_side(boxes: list[Segment], fences: Grey) -> list[Segment]:
    """Pieces of one printed line as one box, where neither a ruling nor a wide gap stands between."""
    while True:  # a box that has grown may hold a stroke that stood beside it before
        merged = _merged(boxes, fences)
        if len(merged) == len(boxes):
            return merged
        boxes = merged


def _merged(boxes: list[Segment], fences: Grey) -> list[Segment]:
    merged: list[Segment] = []
    for box in sorted(boxes, key=lambda b: (b.x0, -b.x1)):
        for other in reversed(merged):
            level = overlap(box.top, box.bottom, other.top, other.bottom) / min(box.height, other.height)
            whole = max(box.bottom, other.bottom) - min(box.top, other.top)
            tall = _TALL * max(box.letter, box.height, other.height)
            if (
                box.x0 - other.x1 <= _WIDE * box.letter
                and level > 0.5
                and whole <= tall
                and not _fenced(other, box, fences)
            ):
                other.x0, other.top = min(other.x0, box.x0), min(other.top, box.top)
                other.x1, other.bottom = max(other.x1, box.x1), max(other.bottom, box.bottom)
                break
        else:
            merged.append(box)
    return merged


def _fenced(left: Segment, right: Segment, fences: Grey) -> bool:
    """Does a ruling stand between two boxes?"""
    y = max(left.top, right.top) + min(left.height, right.height) // 2
    row = fences[min(y, fences.shape[0] - 1)]
    middles = sorted(((left.x0 + left.x1) // 2, (right.x0 + right.x1) // 2))
    return bool(row[middles[0] : middles[1] + 1].any())


def _joined(ink: Grey, reach: int) -> Grey:
    """Ink smeared along the line by ``reach`` pixels in all."""
    return np.asarray(cv2.dilate(ink, np.ones((1, max(reach, 1)), np.uint8)), np.uint8)


def _lines(mine: Mask, letter: float) -> list[tuple[int, int]]:
    """First row and the row after the last of each printed line in a block of ink."""
    rows = mine.sum(axis=1)
    lines: list[tuple[int, int]] = []
    for top, bottom in stretches_of(rows > 0):
        if lines and _one_line(lines[-1], (top, bottom), letter):
            lines[-1] = lines[-1][0], bottom
        else:
            lines.append((top, bottom))
    return [part for line in lines for part in _cut(rows, *line, letter)]


def _one_line(above: tuple[int, int], below: tuple[int, int], letter: float) -> bool:
    """Strokes of one letter that stand above each other (二, 三, 昌), or a mark over or under a line."""
    low = min(above[1] - above[0], below[1] - below[0]) < _LOW * letter
    return low and below[1] - above[0] <= _TALL * max(letter, above[1] - above[0], below[1] - below[0])


def _cut(rows: npt.NDArray[np.int64], top: int, bottom: int, letter: float) -> list[tuple[int, int]]:
    """Lines that touch each other, cut where the least ink stands between them."""
    height = bottom - top
    count = round(height / (_PITCH * letter))
    if height < _TWO_LINES * letter or count < 2:
        return [(top, bottom)]
    cuts = [top]
    for k in range(1, count):
        middle, reach = top + height * k / count, 0.35 * letter
        first, last = max(round(middle - reach), cuts[-1] + 1), min(round(middle + reach), bottom - 1)
        if first < last:
            cuts.append(first + int(rows[first:last].argmin()))
    if max(rows[cuts[1:]], default=0) > _TOUCH * rows[top:bottom].max():
        return [(top, bottom)]  # a tall letter, not two lines
    cuts.append(bottom)
    return [(a, b) for a, b in zip(cuts, cuts[1:], strict=False) if b > a + 1]


def _parted(mine: Mask, x: int, y: int, letter: float) -> list[Segment]:
    """A line cut at its wide gaps: what stands there may belong to two columns."""
    spans = [(float(a), float(b)) for a, b in stretches_of(np.asarray(mine.any(axis=0)))]
    parts = []
    for a, b in join_spans(spans, _WIDE * letter):
        rows = np.flatnonzero(mine[:, int(a) : int(b)].any(axis=1))
        parts.append(Segment(x + int(a), y + int(rows[0]), x + int(b), y + int(rows[-1]) + 1, letter))
    return parts


def stretches_of(inked: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and the one after the last of each unbroken stretch."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], inked.astype(np.int8), [0]))))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def fences_of(covered: Grey, boxes: Sequence[tuple[float, float, float, float]], scale: float) -> Grey:
    """255 on rulings, and on the edges of the cells (points) that they make."""
    fences = covered.copy()
    for x0, top, x1, bottom in boxes:
        corners = [round(v * scale) for v in (x0, top, x1, bottom)]
        cv2.rectangle(fences, (corners[0], corners[1]), (corners[2], corners[3]), (255,), 1)
    return fences


def high_of(box: Segment) -> int:
    """Height of the text in a strip: a dash is as high as the letters beside it."""
    return max(box.height, round(0.75 * box.letter))


def side_of(box: Segment) -> int:
    """Pixels of paper left and right of the text in a strip."""
    return max(round(0.25 * high_of(box)), 3)


def strip_of(grey: Grey, box: Segment, fill: float, stretch: float = 1.0) -> Grey:
    """The line in ``box``, its letters ``fill`` of the strip's height; ``stretch`` widens it."""
    high = high_of(box)
    margin = high * (1 / fill - 1) / 2
    middle = (box.top + box.bottom) / 2
    top, bottom = round(middle - high / 2 - margin), round(middle + high / 2 + margin)
    side = side_of(box)
    left, right = box.x0 - side, box.x1 + side
    height, width = grey.shape
    cut = grey[max(top, 0) : min(bottom, height), max(left, 0) : min(right, width)]
    above, below, before, after = max(-top, 0), max(bottom - height, 0), max(-left, 0), max(right - width, 0)
    if above or below or before or after:
        cut = cv2.copyMakeBorder(cut, above, below, before, after, cv2.BORDER_CONSTANT, value=(255,))
    if stretch != 1.0:
        cut = cv2.resize(cut, (max(round(cut.shape[1] * stretch), 1), cut.shape[0]), interpolation=cv2.INTER_CUBIC)
    return np.asarray(cut, np.uint8)
