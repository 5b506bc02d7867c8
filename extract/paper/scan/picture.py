"""A page as a picture: made upright, an open book cut at its gutter, taken apart into rulings and stretches of text."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from extract.paper.engines.render import Pictures
from extract.paper.geometry import join_spans, turned
from extract.paper.model import Box, Page, Ruling
from extract.paper.ruled.grid import find_grids
from extract.paper.scan.models import Grey, recogniser
from extract.paper.scan.raster import Sheet, flat_grey, ink_of, scale_of, skew_of, turned_by, without_streaks
from extract.paper.scan.raster_rulings import blots_of, rulings_of
from extract.paper.scan.readings import FIRST
from extract.paper.scan.seals import seals_of
from extract.paper.scan.segments import Segment, fences_of, segments, strip_of, text_ink

_ASKED = 8  # lines of a page that tell which way is up
_UPRIGHT = 0.8  # mean probability of characters that are read the right way up
_LEVEL = 0.85  # share of upright text in lines wider than high; letters that lie on their side are read, too
_WIDER = 1.6  # times as wide as high is such a line
_TELLING = 8.0  # letters: a line that tells, and costs little
_MOST_TEXT = 3000  # stretches of text on one page: more is a photograph
_BLANK_SHARE = 0.0005  # of a page: less ink than this is dirt
_SPREAD = 1.2  # times as wide as high is a sheet of two pages
_GUTTER = 0.5  # inches: two pages of an open book stand so far apart
_CENTRAL = 0.06  # of the sheet's width from its middle: there is their gutter
_EACH = 2  # stretches of text on each of them
_FOLD = 0.7  # of the height of the sheet: so long is the shadow in the gutter


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an upright picture lies on its page as displayed; lengths in points of the paper.

    The page was turned by ``angle`` degrees to lie level, then by ``turn`` quarters clockwise; ``unit`` is points of the
    page for one of its paper.  One page of an open book stands ``left`` from the edge of the upright ``sheet``.
    """

    width: float
    height: float
    turn: int = 0
    angle: float = 0.0
    unit: float = 1.0
    sheet: Placement | None = None
    left: float = 0.0

    def displayed(self, box: Box) -> Box:
        """From the upright picture to points of the page as displayed."""
        width, height = self.width, self.height
        shown = (height, width) if self.turn % 2 else (width, height)
        box = Box(*turned(box, -self.turn, width, height))
        box = Box(*(v * self.unit for v in _askew(box, self.angle, (shown[0] / 2, shown[1] / 2))))
        if self.sheet is None:
            return box
        return self.sheet.displayed(box._replace(x0=box.x0 + self.left, x1=box.x1 + self.left))

    def upright(self, box: Box) -> Box:
        """From points of the page as displayed to the upright picture."""
        if self.sheet is not None:
            box = self.sheet.upright(box)
            box = box._replace(x0=box.x0 - self.left, x1=box.x1 - self.left)
        shown = (self.height, self.width) if self.turn % 2 else (self.width, self.height)
        paper = Box(*(v / self.unit for v in box))
        level = _askew(paper, -self.angle, (shown[0] / 2, shown[1] / 2))
        return Box(*turned(level, self.turn, *shown))


@dataclass(slots=True)
class Picture:
    """A page made upright: its picture without rulings, its rulings in points, its stretches of text."""

    grey: Grey
    ink: Grey
    scale: float
    place: Placement
    horizontals: list[Ruling]
    verticals: list[Ruling]
    boxes: list[Segment]
    specks: list[Segment]
    blots: Grey  # 255 where a hole, a blot or a seal may hide something
    streaks: Grey  # 255 where a line of dust was taken away

    @property
    def lies(self) -> bool:
        """Does the page lie on its side, or on its head, as displayed?"""
        return bool((self.place.sheet or self.place).turn)

    @property
    def blank(self) -> bool:
        """Is there next to no ink on it, but for rulings?"""
        little = np.count_nonzero(self.ink) < _BLANK_SHARE * self.ink.size
        return bool(little) and not self.boxes

    def blotted(self, box: Box) -> bool:
        """Does a blot or a seal reach into ``box`` (points, upright)?"""
        x0, top, x1, bottom = (max(round(v * self.scale), 0) for v in box)
        return bool(self.blots[top:bottom, x0:x1].any())

    def struck(self, box: Segment) -> bool:
        """Did a streak go through it?"""
        return bool(self.streaks[box.top : box.bottom, box.x0 : box.x1].any())

    def boxes_in(self, box: Box, boxes: list[Segment]) -> Iterator[Segment]:
        """Those of ``boxes`` whose middle stands in ``box`` (points, upright)."""
        x0, top, x1, bottom = (v * self.scale for v in box)
        return (s for s in boxes if x0 <= (s.x0 + s.x1) / 2 <= x1 and top <= (s.top + s.bottom) / 2 <= bottom)


def upright_pictures(pictures: Pictures, number: int) -> list[Picture]:
    """Page ``number`` (1-based) upright; the two pages of an open book, left before right."""
    scale, unit = scale_of(*pictures.size(number), pictures.dots(number))
    grey = flat_grey(pictures.render(number, scale), scale * unit * 72)
    scale *= unit  # pixels for a point of the paper
    grey, streaks = without_streaks(grey, scale * 72)
    angle = skew_of(ink_of(grey))
    grey, streaks = turned_by(grey, angle), turned_by(streaks, angle, 0)
    best: tuple[float, Grey, Picture] | None = None
    for turn in (0, 2, 1, 3):
        way = np.ascontiguousarray(np.rot90(grey, -turn))
        found = _taken_apart(way, scale, Placement(way.shape[1] / scale, way.shape[0] / scale, turn, angle, unit))
        sure, level = _legible(found), _levelled(found.boxes)
        if best is None or sure * level > best[0]:
            best = sure * level, way, found
        if sure >= _UPRIGHT and level >= _LEVEL:
            break
    assert best is not None
    _, way, picture = best
    picture.streaks = np.ascontiguousarray(np.rot90(streaks, -picture.place.turn))
    gutter = _gutter(picture)
    return [picture] if gutter is None else [_page_of(way, picture, part) for part in ((0, gutter), (gutter, None))]


def _gutter(sheet: Picture) -> int | None:
    """Where an open book is to be cut: nothing but the shadow of its fold stands in the middle."""
    height, width = sheet.ink.shape
    if width < _SPREAD * height:
        return None
    least = _GUTTER * 72 * sheet.scale
    spans = [(float(b.x0), float(b.x1)) for b in sheet.boxes]
    spans += [(r.x0 * sheet.scale, r.x1 * sheet.scale) for r in sheet.horizontals]
    folds = [r for r in sheet.verticals if (r.bottom - r.top) * sheet.scale > _FOLD * height]
    spans += [(r.x0 * sheet.scale, r.x0 * sheet.scale) for r in sheet.verticals if r not in folds]
    covered = join_spans(spans, least)
    for (_, a), (b, _) in zip(covered, covered[1:], strict=False):
        a, b = max(a, (0.5 - _CENTRAL) * width), min(b, (0.5 + _CENTRAL) * width)
        if b - a >= least:
            middle = (a + b) / 2
            left = sum(s.x1 <= middle for s in sheet.boxes)
            return round(middle) if min(left, len(sheet.boxes) - left) >= _EACH else None
    return None


def _page_of(grey: Grey, sheet: Picture, part: tuple[int, int | None]) -> Picture:
    """One page of an open book; each lies a little askew in its own way."""
    mine = np.ascontiguousarray(grey[:, slice(*part)])
    angle = skew_of(ink_of(mine))
    height, width = (v / sheet.scale for v in mine.shape)
    place = Placement(width, height, angle=angle, sheet=sheet.place, left=part[0] / sheet.scale)
    page = _taken_apart(turned_by(mine, angle), sheet.scale, place)
    page.streaks = turned_by(np.ascontiguousarray(sheet.streaks[:, slice(*part)]), angle, 0)
    return page


def _taken_apart(grey: Grey, scale: float, place: Placement) -> Picture:
    sheet = Sheet(grey, ink_of(grey), scale)
    blots = blots_of(sheet.ink, sheet.inch)
    seals = seals_of(sheet.ink, sheet.inch)
    horizontals, verticals, covered = rulings_of(sheet, blots, seals)
    height, width = grey.shape
    bare = Page(1, width / scale, height / scale, [], horizontals, verticals)
    cells = [
        (grid.xs[c], grid.ys[r], grid.xs[c + cols], grid.ys[r + rows])
        for grid in find_grids(bare)
        for r, c, rows, cols in grid.spans
    ]
    ink = text_ink(sheet, covered)
    boxes, specks = segments(ink, fences_of(covered, cells, scale), sheet.inch)
    if len(boxes) > _MOST_TEXT:
        boxes = []
    clean = np.where(covered > 0, np.uint8(255), grey)
    return Picture(
        clean,
        ink,
        scale,
        place,
        horizontals,
        verticals,
        boxes,
        specks,
        np.maximum(blots, seals.discs),
        np.zeros_like(grey),
    )


def _legible(picture: Picture) -> float:
    """Mean probability of the characters of some lines, long ones if there are any; 1 where there are none."""
    if not picture.boxes:
        return 1.0
    long = sorted(picture.boxes, key=lambda b: abs(b.width / b.letter - _TELLING))
    found = recogniser().read([strip_of(picture.grey, box, *FIRST) for box in long[:_ASKED]])
    return float(np.median([r.mean for r in found]))


def _levelled(boxes: list[Segment]) -> float:
    """Share of the page's text that stands in lines wider than high; letters of a page on its side stand alone."""
    areas = [(b.width * b.height, b.width > _WIDER * b.height) for b in boxes]
    return (sum(area for area, wide in areas if wide) + 1) / (sum(area for area, _ in areas) + 1)


def _spun(x: float, y: float, angle: float, middle: tuple[float, float]) -> tuple[float, float]:
    """A point turned clockwise by ``angle`` degrees about ``middle``."""
    sine, cosine = math.sin(math.radians(angle)), math.cos(math.radians(angle))
    dx, dy = x - middle[0], y - middle[1]
    return middle[0] + cosine * dx - sine * dy, middle[1] + sine * dx + cosine * dy


def _askew(box: Box, angle: float, middle: tuple[float, float]) -> Box:
    """The level box through the middles of the edges of ``box`` once it is turned."""
    left, right = _spun(box.x0, box.y_mid, angle, middle)[0], _spun(box.x1, box.y_mid, angle, middle)[0]
    top, bottom = _spun(box.x_mid, box.top, angle, middle)[1], _spun(box.x_mid, box.bottom, angle, middle)[1]
    return Box(left, top, right, bottom)
