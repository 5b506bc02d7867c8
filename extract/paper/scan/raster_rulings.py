"""Rulings of a picture: long thin stretches of ink that meet others, or stand alone longer than any stroke."""

from __future__ import annotations

import cv2
import numpy as np

from extract.paper.model import Ruling
from extract.paper.scan.models import Grey
from extract.paper.scan.raster import Sheet
from extract.paper.scan.seals import Seals

_LEAST_H, _LEAST_V = 0.22, 0.13  # inches: strokes of a letter are shorter, but for those of titles
_ALONE = 0.6  # inches: a ruling this long needs to meet no other
_THICK = 0.06  # inches: what is thicker is a bar or a hole, no ruling
_BLOT, _RIM = 0.15, 0.05  # inches: least size of a blot both ways, and how far its ragged edge reaches
_BREAK = 0.015  # inches: noise breaks a ruling by so much
_HOLE = 0.4  # inches: a punched hole or a blot takes so much of a ruling
_STROKE = 0.16  # inches: so far a letter's stroke goes on beyond the ruling that it touches
_KEEPS = 0.8  # of a straight stretch: so much of it on the ring of a seal is a part of the ring
_MEETS = 0.03  # inches: the end of a ruling stands so near to the one it meets


def rulings_of(sheet: Sheet, blots: Grey, seals: Seals) -> tuple[list[Ruling], list[Ruling], Grey]:
    """Horizontal and vertical rulings in points, and the pixels (255) that they and ``blots`` cover.

    What is straight of the ring of a seal is no ruling.
    """
    inch = sheet.inch
    ink = np.where(blots > 0, np.uint8(0), sheet.ink)
    level = _off(_stretches(ink, round(_LEAST_H * inch), round(_BREAK * inch), inch), seals.rings)
    upright = _off(_stretches(ink.T, round(_LEAST_V * inch), round(_BREAK * inch), inch), seals.rings.T)
    hidden = np.maximum(blots, seals.discs)
    level, upright = _bridged(level, hidden, inch), _bridged(upright, hidden.T, inch)
    level, upright = _meeting(level, upright, inch)
    upright = [_without_stroke(s, level, inch) for s in upright]
    covered = blots.copy()
    for y, x0, x1, thick in level:
        half = thick / 2 + 1.5
        covered[max(round(y - half), 0) : round(y + half) + 1, x0 : x1 + 1] = 255
    for x, y0, y1, thick in upright:
        half = thick / 2 + 1.5
        covered[y0 : y1 + 1, max(round(x - half), 0) : round(x + half) + 1] = 255
    horizontals = [Ruling(a / sheet.scale, y / sheet.scale, b / sheet.scale, y / sheet.scale) for y, a, b, _ in level]
    verticals = [Ruling(x / sheet.scale, a / sheet.scale, x / sheet.scale, b / sheet.scale) for x, a, b, _ in upright]
    return horizontals, verticals, covered


def blots_of(ink: Grey, inch: float) -> Grey:
    """255 on punched holes, bars and the dark edges of the glass: ink too wide both ways for a stroke."""
    size = round(_BLOT * inch)
    core = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((size, size), np.uint8))
    if not core.any():
        return np.zeros_like(ink)
    rim = 2 * round(_RIM * inch) + 1
    return np.asarray(cv2.dilate(core, np.ones((rim, rim), np.uint8)), np.uint8)


def _off(stretches: list[_Stretch], rings: Grey) -> list[_Stretch]:
    """Stretches that do not keep to a ring."""
    if not rings.any():
        return stretches
    return [s for s in stretches if (rings[round(s[0]), s[1] : s[2] + 1] > 0).mean() < _KEEPS]


def _bridged(stretches: list[_Stretch], blots: Grey, inch: float) -> list[_Stretch]:
    """Stretches of one line that a blot broke, joined over it."""
    made: list[_Stretch] = []
    for place, first, last, thick in sorted(stretches, key=lambda s: s[1]):
        for i, (other, a, b, width) in enumerate(made):
            gap = slice(min(b, first), max(b, first))
            if (
                abs(other - place) <= _MEETS * inch
                and 0 < first - b <= _HOLE * inch + 2
                and blots[round(place), gap].any()
            ):
                made[i] = (
                    (other * (b - a) + place * (last - first)) / (b - a + last - first),
                    a,
                    last,
                    max(width, thick),
                )
                break
        else:
            made.append((place, first, last, thick))
    return made


_Stretch = tuple[float, int, int, float]  # position, first and last pixel along it, thickness


def _stretches(ink: Grey, least: int, gap: int, inch: float) -> list[_Stretch]:
    """Horizontal stretches of at least ``least`` pixels."""
    if not ink.any():
        return []
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, max(gap, 1)), np.uint8))
    found = cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((1, max(least, 2)), np.uint8))
    thick = cv2.morphologyEx(found, cv2.MORPH_OPEN, np.ones((round(_THICK * inch) + 2, 1), np.uint8))
    if thick.any():  # a ruling goes on from a star or a bar
        found = np.where(thick > 0, np.uint8(0), found)
        found = cv2.morphologyEx(found, cv2.MORPH_OPEN, np.ones((1, max(least, 2)), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(found)
    stretches = []
    for i, (x, y, w, h, area) in enumerate(stats[1:], start=1):
        thick = area / w
        if thick > _THICK * inch or h > 3 * _THICK * inch:
            continue
        rows = (labels[y : y + h, x : x + w] == i).sum(axis=1)
        middle = float((rows * np.arange(h)).sum() / max(rows.sum(), 1)) + y
        stretches.append((middle, int(x), int(x + w - 1), float(thick)))
    return stretches


def _meeting(level: list[_Stretch], upright: list[_Stretch], inch: float) -> tuple[list[_Stretch], list[_Stretch]]:
    """Without the short ones whose ends do not both meet a ruling the other way: strokes of letters."""
    slack = _MEETS * inch
    while True:
        kept_level = [s for s in level if _stands(s, upright, level, slack, inch)]
        kept_upright = [s for s in upright if _stands(s, kept_level, upright, slack, inch)]
        if (len(kept_level), len(kept_upright)) == (len(level), len(upright)):
            return kept_level, kept_upright
        level, upright = kept_level, kept_upright


def _stands(stretch: _Stretch, others: list[_Stretch], fellows: list[_Stretch], slack: float, inch: float) -> bool:
    """Is it long, does it meet rulings at both ends, or at one and go on with a long one (a hole broke it)?"""
    place, first, last, _ = stretch
    if last - first >= _ALONE * inch:
        return True
    ends = [False, False]
    for position, a, b, _ in others:
        if a - slack <= place <= b + slack:
            ends[0] = ends[0] or abs(position - first) <= slack
            ends[1] = ends[1] or abs(position - last) <= slack
    return all(ends) or (any(ends) and any(_goes_on(stretch, f, slack, inch) for f in fellows))


def _without_stroke(upright: _Stretch, level: list[_Stretch], inch: float) -> _Stretch:
    """The ruling without the stroke of a letter (车, 中) that touches one it ends at, and runs on from there."""
    x, first, last, thick = upright
    slack = _MEETS * inch
    crossed = [y for y, a, b, _ in level if a - slack <= x <= b + slack and first - slack <= y <= last + slack]
    if crossed and slack < min(crossed) - first <= _STROKE * inch:
        first = round(min(crossed))
    if crossed and slack < last - max(crossed) <= _STROKE * inch:
        last = round(max(crossed))
    return x, first, last, thick


def _goes_on(stretch: _Stretch, fellow: _Stretch, slack: float, inch: float) -> bool:
    place, first, last, _ = stretch
    position, a, b, _ = fellow
    apart = max(first - b, a - last)
    return abs(position - place) <= slack / 2 and b - a >= _ALONE * inch and 0 < apart <= _HOLE * inch
