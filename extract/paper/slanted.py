"""Text slanted over a page: a watermark, whose letters stand neither beside nor under one another."""

from __future__ import annotations

from extract.paper.model import Word

_LARGER = 1.8  # times the height of most of the page's words
_SQUARE = 0.8  # of its height is a turned letter wide, at least
_NEAR = (0.25, 1.3)  # letter heights: so far apart, both ways, stand letters of a slanted text
_LEVEL = 0.2  # letter heights: letters closer in height stand in one line
_MOST = 2_000  # letters; a page with more of them is no text under a watermark


def slanted_words(words: list[Word]) -> list[Word]:
    """The letters of slanted texts among the words of a page, in their order; only what is larger than the text is told."""
    heights = sorted(word.bottom - word.top for word in words)
    least = _LARGER * heights[len(heights) // 2] if heights else 0.0
    large = [w for w in words if len(w.text) == 1 and w.bottom - w.top > least and _is_square(w)]
    if not 2 <= len(large) <= _MOST:
        return []
    return [word for word in large if _is_slanted(word, large)]


def _is_square(word: Word) -> bool:
    """Is its box as wide as it is high, as that of a turned letter is?  Digits and quotes of some fonts are but high."""
    return word.x1 - word.x0 > _SQUARE * (word.bottom - word.top)


def _is_slanted(word: Word, others: list[Word]) -> bool:
    """Does a letter stand aslant of the word, and none beside it?"""
    size = word.bottom - word.top
    aslant = False
    for other in others:
        across = abs(other.x0 + other.x1 - word.x0 - word.x1) / 2 / size
        down = abs(other.top + other.bottom - word.top - word.bottom) / 2 / size
        if other is not word and down < _LEVEL and across < _NEAR[1]:
            return False
        aslant = aslant or (_NEAR[0] < across < _NEAR[1] and _NEAR[0] < down < _NEAR[1])
    return aslant
