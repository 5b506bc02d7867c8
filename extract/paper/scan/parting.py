"""Where columns without rulings stand so near to each other that one stretch of text holds a number and a name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from extract.paper.scan.models import Grey, Letter, Recognised
from extract.paper.scan.segments import Segment, side_of, stretches_of

_GAP = 0.3  # letters: columns stand at least so far apart
_UNITS, _UNIT_GAP = tuple("年月日时分千百万亿元角"), 0.7  # letters: a unit stands so near behind its number
_SPACED = 2.0  # so many times as wide as the gaps inside a number is the gap behind it
_NUMBER = re.compile(r"[-−—+]?[¥￥]?[-−]?[\d,.，。]*\d[%％]?")
_AMOUNT = re.compile(r"[-−—+]?[¥￥]?[-−]?[\d,]+\.\d+[%％]?")
_BEGINS_NUMBER = re.compile(r"[-−+]?[¥￥]?[-−]?\d")
_MANY = 2  # characters: fewer make no column of their own


def parts_of(box: Segment, found: Recognised, ink: Grey) -> list[Segment]:
    """``box``, or the boxes that it is cut into at gaps with a number on one side and something else on the other."""
    gaps = _gaps(box, ink)
    if not gaps or not any(letter.text.isdigit() for letter in found.letters):
        return [box]
    parts: list[Segment] = []
    begin, done = box.x0, 0
    letters = [letter for letter in found.letters if not letter.text.isspace()]
    for left, right in gaps:
        here = _before(letters, box, (left + right) / 2)
        before, behind = "".join(x.text for x in letters[done:here]), "".join(x.text for x in letters[here:])
        inside = max((b - a for a, b in gaps_between(box, ink, begin, left)), default=0)
        near = behind[:1] in _UNITS and right - left < _UNIT_GAP * box.letter
        if not near and _apart(before, behind, right - left > _SPACED * inside):
            parts.append(_trimmed(replace(box, x0=begin, x1=left), ink))
            begin, done = right, here
    return [*parts, _trimmed(replace(box, x0=begin), ink)] if parts else [box]


def _apart(before: str, behind: str, wide: bool) -> bool:
    """Does a column end between two texts?  ``wide``: the gap is much wider than those inside the first."""
    if not before or not behind:
        return False
    if _AMOUNT.fullmatch(before):
        return wide or not behind[0].isdigit()
    if _NUMBER.fullmatch(before):
        return wide and len(before) >= _MANY and (not behind[0].isascii() or behind[0] in "¥(")
    return _ends_name(before[-1]) and bool(_BEGINS_NUMBER.match(behind)) and bool(re.search(r"[,.]|\d{3}", behind))


def _ends_name(character: str) -> bool:
    return not character.isascii() and character.isalpha()


def _gaps(box: Segment, ink: Grey) -> list[tuple[int, int]]:
    """Stretches without ink in the box, wide enough to part columns."""
    return [(a, b) for a, b in gaps_between(box, ink, box.x0, box.x1) if b - a >= _GAP * box.letter]


def gaps_between(box: Segment, ink: Grey, x0: int, x1: int) -> Iterator[tuple[int, int]]:
    """Stretches without ink, from left to right."""
    inked = np.asarray((ink[box.top : box.bottom, x0:x1] > 0).any(axis=0))
    spans = stretches_of(inked)
    for (_, a), (b, _) in zip(spans, spans[1:], strict=False):
        yield x0 + a, x0 + b


def _before(letters: list[Letter], box: Segment, x: float) -> int:
    """How many letters stand left of ``x``."""
    side = side_of(box)
    return sum(box.x0 - side + letter.at * (box.width + 2 * side) < x for letter in letters)


def _trimmed(box: Segment, ink: Grey) -> Segment:
    """The box as high as its ink."""
    rows = np.flatnonzero((ink[box.top : box.bottom, box.x0 : box.x1] > 0).any(axis=1))
    if not len(rows):
        return box
    return replace(box, top=box.top + int(rows[0]), bottom=box.top + int(rows[-1]) + 1)
