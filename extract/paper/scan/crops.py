"""Strips for the recogniser: one line of text, cut from the picture with some paper around it."""

from __future__ import annotations

import cv2
import numpy as np

from extract.paper.scan.models import Grey
from extract.paper.scan.segments import Segment


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
