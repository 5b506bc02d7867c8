"""Round seals on a page without colours: nothing but their shape tells their ink from that of the text under them.

The ring of a seal is ink all the way round, with little close inside and outside of it; no lines of text make such a
circle.  Every circle of the sizes that seals have is tried by convolution (Hough's transform for a known radius).
Lengths are in pixels of a small picture of the page unless a name says inches.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from extract.paper.scan.models import Grey

_DOTS = 30  # an inch of the small picture: a ring is a pixel or two wide
_LEAST, _MOST = 0.45, 1.3  # inches: radii of seals
_APART = 0.12  # inches from the ring: there is less ink on either side
_VISIBLE = 0.3  # of a ring that may be cut by the edge of the page
_CONTRAST = 0.36  # inked share of the ring less that beside it: at most 0.3 on 73 pages without a seal or a pie chart
_RIM = 0.08  # inches beyond the ring that its ink may reach
_BAND = 0.11  # inches from the ring: what is straight of it strays no further
_MOST_SEALS = 8

_Map = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Seals:
    """255 on the whole discs of seals, and on their rings."""

    discs: Grey
    rings: Grey


def seals_of(ink: Grey, inch: float) -> Seals:
    """Every round seal of a page; ``inch`` is pixels of ``ink``."""
    discs, rings = np.zeros_like(ink), np.zeros_like(ink)
    factor = _DOTS / inch
    small = cv2.resize(ink, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    for x, y, radius in _circles(small.astype(np.float32) / 255):
        middle = round(x / factor), round(y / factor)
        cv2.circle(discs, middle, round((radius / _DOTS + _RIM) * inch), (255,), -1)
        cv2.circle(rings, middle, round(radius / _DOTS * inch), (255,), round(2 * _BAND * inch))
    return Seals(discs, rings)


def _circles(ink: _Map) -> list[tuple[float, float, float]]:
    """Middle and radius of every ring, the clearest first."""
    height, width = ink.shape
    rings, shares, shape = _rings(height, width)
    page = np.zeros(shape, np.float32)
    page[:height, :width] = ink
    spectrum = cv2.dft(page)
    inked = [_convolved(spectrum, ring) * share for ring, share in zip(rings, shares, strict=True)]
    beside = round(_APART * _DOTS)
    clearest = np.zeros(shape, np.float32)
    radius = np.zeros(shape, np.float32)
    for i in range(beside, len(inked) - beside):
        contrast = inked[i] - np.maximum(inked[i - beside], inked[i + beside])
        better = contrast > clearest
        clearest[better], radius[better] = contrast[better], _radii()[i]
    found: list[tuple[float, float, float]] = []
    while len(found) < _MOST_SEALS and clearest.max() >= _CONTRAST:
        row, column = (int(v) for v in np.unravel_index(clearest.argmax(), shape))
        mine = float(radius[row, column])
        y, x = (v - n if v > size + _reach() else v for v, n, size in zip((row, column), shape, ink.shape, strict=True))
        found.append((float(x), float(y), mine))
        rows, columns = (np.minimum(d, n - d) for d, n in zip(_away(shape, row, column), shape, strict=True))
        clearest[np.hypot(rows[:, None], columns[None, :]) < mine] = 0
    return found


def _away(shape: tuple[int, int], row: int, column: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    return np.abs(np.arange(shape[0]) - row), np.abs(np.arange(shape[1]) - column)


def _radii() -> npt.NDArray[np.float64]:
    beside = round(_APART * _DOTS)
    return np.arange(round(_LEAST * _DOTS) - beside, round(_MOST * _DOTS) + beside + 1, dtype=float)


def _reach() -> int:
    """How far the middle of a seal may lie beyond the edge of the page."""
    return round(_MOST * _DOTS)


@lru_cache(maxsize=4)
def _rings(height: int, width: int) -> tuple[list[_Map], list[_Map], tuple[int, int]]:
    """Spectra of a ring of each radius, what a sum over it is to be multiplied by to be a share, and their shape.

    The share is that of the part of the ring that lies on the page; nought where too little of it does.
    """
    shape = tuple(cv2.getOptimalDFTSize(n + 2 * _reach() + 4) for n in (height, width))
    page = np.zeros(shape, np.float32)
    page[:height, :width] = 1
    spectrum = cv2.dft(page)
    rows, columns = (np.minimum(np.arange(n), n - np.arange(n)) for n in shape)
    distance = np.hypot(rows[:, None], columns[None, :])
    rings, shares = [], []
    for radius in _radii():
        ring = np.clip(1 - np.abs(distance - radius), 0, 1).astype(np.float32)
        rings.append(cv2.dft(ring))
        visible = _convolved(spectrum, rings[-1])
        shares.append(np.where(visible >= _VISIBLE * ring.sum(), 1 / np.maximum(visible, 1), 0).astype(np.float32))
    return rings, shares, (shape[0], shape[1])


def _convolved(page: _Map, ring: _Map) -> _Map:
    made = cv2.dft(cv2.mulSpectrums(page, ring, 0), flags=cv2.DFT_INVERSE | cv2.DFT_SCALE | cv2.DFT_REAL_OUTPUT)
    return np.asarray(made, np.float32)
