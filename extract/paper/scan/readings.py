"""What the recogniser makes of each stretch of text, and how far that is to be believed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from extract.paper.scan.grammar import like_number, numeric, separated, strict
from extract.paper.scan.models import Grey, Letter, Recognised, recogniser
from extract.paper.scan.parting import parts_of
from extract.paper.scan.segments import Segment, strip_of

FIRST, SECOND, THIRD = (0.55, 1.0), (0.72, 1.0), (0.62, 1.12)  # fill and stretch of a strip
OTHERS = ((0.5, 1.0), (0.8, 0.92), (0.66, 1.2), (0.6, 0.88), (0.85, 1.0))
LARGE = (0.8, 1.0)
_AFTER_ORDINAL = ("、", "．")  # no line begins so: the strokes of 一, 二, 三 before it were passed over
SURE_NUMBER = 0.9  # probability of the least sure character
SURE_TEXT = 0.5
_PIECE = 2  # pixels: a piece of ink is at least this wide


@dataclass(frozen=True, slots=True)
class Reading:
    """Text of one stretch, the probability of its least sure character, their mean, and whether it is doubted.

    ``letters`` are the characters of a text that is no number.
    """

    text: str
    confidence: float
    mean: float
    doubted: bool = False
    letters: tuple[Letter, ...] = ()


def read_all(grey: Grey, ink: Grey, boxes: Sequence[Segment]) -> tuple[list[Segment], list[Reading]]:
    """Read every box; what may be a number twice, at two sizes, and a third time where those differ.

    The boxes come back as they were read: cut where a number and a name, or two numbers, stand in one.
    """
    if not boxes:
        return [], []  # the models of a page without text need no loading
    boxes, first = _columns_parted(grey, ink, boxes)
    readings = [_first(found) for found in first]
    lost = [i for i, r in enumerate(readings) if r.text.startswith(_AFTER_ORDINAL)]
    for i, found in zip(lost, recogniser().read([strip_of(grey, boxes[i], *LARGE) for i in lost]), strict=True):
        readings[i] = replace(_first(found), doubted=found.text.startswith(_AFTER_ORDINAL))
    again = [i for i, r in enumerate(readings) if _may_be_number(r.text)]
    second = recogniser().read([strip_of(grey, boxes[i], *SECOND) for i in again])
    apart: list[int] = []
    for i, found in zip(again, second, strict=True):
        readings[i] = _twice(readings[i], _first(found))
        if pieces(ink, boxes[i]) > len(readings[i].text):
            readings[i] = replace(readings[i], doubted=True)  # more pieces of ink than characters: one was passed over
        if readings[i].text != _first(found).text or not _written_well(readings[i].text):
            apart.append(i)
    third = recogniser().read([strip_of(grey, boxes[i], *THIRD) for i in apart])
    seconds = dict(zip(again, second, strict=True))
    for i, found in zip(apart, third, strict=True):
        readings[i] = _voted([readings[i], _first(seconds[i]), _first(found)])
    return boxes, readings


def _columns_parted(grey: Grey, ink: Grey, boxes: Sequence[Segment]) -> tuple[list[Segment], list[Recognised]]:
    """The boxes, cut where their first reading shows two columns in one, and what is read in each."""
    first = recogniser().read([strip_of(grey, box, *FIRST) for box in boxes])
    parted = [parts_of(box, found, ink) for box, found in zip(boxes, first, strict=True)]
    cut = [part for parts in parted if len(parts) > 1 for part in parts]
    again = iter(recogniser().read([strip_of(grey, part, *FIRST) for part in cut]))
    made = [(p, next(again) if len(parts) > 1 else f) for parts, f in zip(parted, first, strict=True) for p in parts]
    return [box for box, _ in made], [found for _, found in made]


def other_readings(grey: Grey, box: Segment) -> list[str]:
    """What other sizes and widths of the strip read, the most frequent first."""
    found = recogniser().read([strip_of(grey, box, *size) for size in (SECOND, THIRD, *OTHERS)])
    return [text for text, _ in Counter(_first(r).text for r in found).most_common()]


def pieces(ink: Grey, box: Segment) -> int:
    """How many pieces of ink stand side by side."""
    inked = (ink[box.top : box.bottom, box.x0 : box.x1] > 0).any(axis=0)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], inked.astype(np.int8), [0]))))
    return int((edges[1::2] - edges[::2] >= _PIECE).sum())


def _first(found: Recognised) -> Reading:
    text = found.text.strip()
    confidence = found.confidence
    if numeric(text):
        text, doubted = separated(text)
        return Reading(text, confidence, found.mean, doubted or confidence < SURE_NUMBER)
    return Reading(text, confidence, found.mean, confidence < SURE_TEXT, found.letters)


def _written_well(text: str) -> bool:
    return not numeric(text) or (strict(text) and not separated(text)[1] and len(text.partition(".")[2]) <= 4)


def _may_be_number(text: str) -> bool:
    return not text or numeric(text) or like_number(text) or (len(text) <= 2 and text.isascii())


def _twice(a: Reading, b: Reading) -> Reading:
    """Two readings that agree are as sure as the surer one."""
    if a.text != b.text:
        return replace(a, doubted=True)
    best = a if a.confidence >= b.confidence else b
    return replace(best, doubted=best.doubted or min(a.confidence, b.confidence) < SURE_TEXT)


def _voted(readings: Sequence[Reading]) -> Reading:
    """The reading that is written as numbers are, that two of three share, else the surest; doubted either way."""
    votes = Counter(r.text for r in readings)
    best = max(readings, key=lambda r: (_written_well(r.text), votes[r.text], r.confidence))
    return replace(best, doubted=True)
