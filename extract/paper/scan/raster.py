"""A page as a picture made fit for reading: even light, no stamp, upright.

All lengths are in pixels of the picture unless a name says points.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from extract.paper.scan.models import Grey

DPI = 200
_MOST_PIXELS = 16_000_000  # A3 at 240 dpi
_LONGEST, _COARSE = 1300.0, 1.4  # points: a page longer than this with so few pixels a point: its paper is smaller
_PAPER = 842.0  # points: the longer side of the paper that such a page stands for
_LIGHT = 0.09  # inches: letters are thinner, so the lightest grey of such a square is paper
_DARK = 0.76  # of the paper's grey: below it stands ink
_SMALL = 1100  # pixels: the longer side of the picture that the angle is found on
_MOST_SKEW = 4.0  # degrees
_STEPS = (0.5, 0.1, 0.02)
_RED = 45  # of 255: by so much red ink outshines its green and blue
_EDGE = 0.06  # inches: the ink of a seal fades out beyond its edge
_LIFT = 1.25  # of the red channel where a seal stands
_DRAWN, _AT_EDGE = 0.85, 0.025  # of the picture's height: so much of it a streak covers, and begins so near to its edge
_THIN, _MOST_STREAKS = 0.05, 3  # inches: a streak is no wider; and so many at most
_STAMP = 0.7  # inches: a round or oval stamp is at least this wide and high


@dataclass(frozen=True, slots=True)
class Sheet:
    """The picture of a page; ``grey`` is dark on white, ``ink`` is 255 where ink stands."""

    grey: Grey
    ink: Grey
    scale: float  # pixels per point of the paper

    @property
    def inch(self) -> float:
        return self.scale * 72


def scale_of(width: float, height: float, dots: float | None) -> tuple[float, float]:
    """Pixels per point for a page of so many points, and how many points of it make one of its paper.

    ``dots``: pixels per point of the picture on it, if it is one.
    """
    enlarged = max(width, height) > _LONGEST and dots is not None and dots <= _COARSE
    unit = max(width, height) / _PAPER if enlarged else 1.0
    scale = DPI / 72 / unit
    scale = min(scale, (_MOST_PIXELS / max(width * height, 1.0)) ** 0.5)
    return scale, unit


def flat_grey(picture: Image.Image, inch: float) -> Grey:
    """The picture in grey, paper white whatever its light, stamps gone."""
    colours: npt.NDArray[np.uint8] = np.asarray(picture)
    grey = cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY)
    red = colours[:, :, 0]
    edge = round(_EDGE * inch)
    for x, y, w, h in _stamps(colours, inch):
        place = slice(max(y - edge, 0), y + h + edge), slice(max(x - edge, 0), x + w + edge)
        grey[place] = np.minimum(red[place].astype(np.int16) * _LIFT, 255)  # what is left of the seal is pale
    return _evenly_lit(grey, inch)


def _stamps(colours: npt.NDArray[np.uint8], inch: float) -> list[tuple[int, int, int, int]]:
    """Boxes of red shapes about as high as wide: seals.  Red text, which is long and low, is none."""
    small = colours[::4, ::4].astype(np.int16)
    red = (small[:, :, 0] - np.maximum(small[:, :, 1], small[:, :, 2]) > _RED).astype(np.uint8)
    if not red.any():
        return []
    size = max(round(inch * 0.08 / 4), 1)
    joined = cv2.morphologyEx(red, cv2.MORPH_CLOSE, np.ones((size, size), np.uint8))
    _, _, found, _ = cv2.connectedComponentsWithStats(joined)
    least = _STAMP * inch / 4
    return [
        (4 * int(x), 4 * int(y), 4 * int(w), 4 * int(h))
        for x, y, w, h, _ in found[1:]
        if w >= least and h >= least and max(w, h) <= 2.2 * min(w, h)
    ]


def _evenly_lit(grey: Grey, inch: float) -> Grey:
    height, width = grey.shape
    small = cv2.resize(grey, (max(width // 4, 1), max(height // 4, 1)), interpolation=cv2.INTER_AREA)
    size = max(round(_LIGHT * inch / 4), 2)
    paper = cv2.dilate(small, np.ones((size, size), np.uint8))
    paper = cv2.blur(paper, (2 * size + 1, 2 * size + 1))
    paper = np.maximum(cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR), 40)
    return np.asarray(cv2.divide(grey, paper, scale=255.0), np.uint8)


def ink_of(grey: Grey) -> Grey:
    """255 where ink stands on evenly lit paper."""
    smooth = cv2.GaussianBlur(grey, (3, 3), 0)
    return np.asarray(np.where(smooth < round(_DARK * 255), 255, 0), np.uint8)


def without_streaks(grey: Grey, inch: float) -> tuple[Grey, Grey]:
    """The picture as scanned without the lines that dust on the glass drew from edge to edge, and 255 where they stood.

    No ruling goes so far; what stands beside such a line is drawn on over it.
    """
    ink = ink_of(grey)
    lines = [(axis, *line) for axis in (0, 1) for line in _streaks(ink if axis == 0 else ink.T, inch)]
    streaks = np.zeros_like(grey)
    if not 0 < len(lines) <= _MOST_STREAKS:
        return grey, streaks  # the edges of the picture are those of a table
    mended = grey.copy()
    for axis, first, last in lines:
        picture, mask = (mended, streaks) if axis == 0 else (mended.T, streaks.T)
        a, b = max(first - 3, 0), min(last + 3, picture.shape[1] - 1)
        share = np.linspace(0, 1, b - a + 1)
        picture[:, a : b + 1] = picture[:, [a]] * (1 - share) + picture[:, [b]] * share
        mask[:, a : b + 1] = 255
    return mended, streaks


def _streaks(ink: Grey, inch: float) -> list[tuple[int, int]]:
    """First and last column of each line from the upper to the lower edge."""
    drawn = (ink > 0).mean(axis=0) >= _DRAWN
    columns = np.flatnonzero(drawn)
    groups = np.split(columns, np.flatnonzero(np.diff(columns) > 2) + 1)
    edge = max(round(_AT_EDGE * ink.shape[0]), 1)
    found = []
    for group in groups:
        if not len(group) or group[-1] - group[0] > _THIN * inch:
            continue
        mine = ink[:, group[0] : group[-1] + 1]
        if mine[:edge].any() and mine[-edge:].any():
            found.append((int(group[0]), int(group[-1])))
    return found


def skew_of(ink: Grey) -> float:
    """Degrees, counter-clockwise as displayed, by which to turn the picture so that its lines run level."""
    if not ink.any():
        return 0.0  # a blank page lies level as well as any other way
    factor = _SMALL / max(ink.shape)
    small = cv2.resize(ink, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) if factor < 1 else ink
    best, reach = 0.0, _MOST_SKEW
    for step in _STEPS:
        count = round(reach / step)
        tried = [best + k * step for k in range(-count, count + 1)]
        best = max(tried, key=lambda angle: (_levelness(small, angle), -abs(angle)))
        reach = step
    return best


def _levelness(ink: Grey, angle: float) -> float:
    """How sharply rows of ink and rows of none part, once turned; columns too, for a page that lies on its side."""
    turned = turned_by(ink, angle, 0)
    return sum(float(np.square(np.diff(turned.mean(axis=axis))).sum()) for axis in (0, 1))


def turned_by(picture: Grey, angle: float, paper: int = 255) -> Grey:
    """The picture turned counter-clockwise about its middle by ``angle`` degrees."""
    if not angle:
        return picture
    height, width = picture.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    turned = cv2.warpAffine(picture, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=(paper,))
    return np.asarray(turned, np.uint8)
