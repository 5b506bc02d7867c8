"""The shapes of printed numbers, as far as they tell rows, columns and words apart; what they are worth is not asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from extract.paper.model import Word, compact, half_width, one_number

_ENDS = frozenset("0123456789)０１２３４５６７８９）%％")
_MARKS = frozenset(",.，．")
_ORDINAL = re.compile(r"^([一二三四五六七八九十廿卅]+[、.]|[（(][一二三四五六七八九十\d]+[)）]|\d+[.、．)])")
_MEASURE = re.compile(r"([千百十万亿]*元|[%％])|[（(]([千百十万亿]*元|[%％])[）)]")
_NUMERAL = re.compile(r"\d+|[一二三四五六七八九十廿卅]+")
_ONES = "零一二三四五六七八九"
_BEGUN = re.compile(r"-?(¥\d{1,3}(,\d{3})*[.,]|\d{1,3}(,\d{3})*,\d{0,2}|\d{1,3}(,\d{3})+\.)")
_DASHES = frozenset("-−–—－")
_PIECES = frozenset("0123456789,.-()¥")
_SPACED = 0.45  # letter heights: digits of one letter-spaced number stand closer than this

_UNEVEN = 0.3  # letter heights: their gaps differ by less
_TOUCHING = 0.15  # letter heights: their boxes overlap by less
_LEVEL = 0.2  # letter heights: their middles stand on one height


def is_amount(text: str) -> bool:
    """Is the text one number, with or without a currency sign?"""
    return bool(text) and text[-1] in _ENDS and one_number(text) is not None


def is_figure(text: str) -> bool:
    """Is it a number or a percentage?"""
    return is_amount(text[:-1] if text.endswith(("%", "％")) else text)


def is_entry(text: str) -> bool:
    """Is it what a column of figures prints in a row: a number, a percentage, or a dash for want of one?"""
    return is_figure(text) or (bool(text) and set(text) <= _DASHES)


def begins_amount(text: str) -> bool:
    """Is it what a narrow column leaves of a number in its first line: ``2,108.``, ``¥386,``, ``２，１０``?"""
    return _BEGUN.fullmatch(half_width(text)) is not None


def is_pointed(text: str) -> bool:
    """Is it a number or the first line of one, with a comma or a point in it, as no year and no number of order has?"""
    return (is_amount(text) or begins_amount(text)) and not _MARKS.isdisjoint(text)


def begins_item(text: str) -> bool:
    """Does a text begin an item of its own, by its shape: an ordinal, or a word with a colon?"""
    return has_ordinal(text) or "：" in text or ":" in text


def has_ordinal(text: str) -> bool:
    """Does a text begin with an ordinal: ``一、``, ``（二）``, ``3.``?"""
    return _ORDINAL.match(text) is not None


def follows_ordinal(above: str, below: str) -> bool:
    """Does ``below`` begin with the ordinal that comes after that of ``above``, in the same dress: ``（十五）``, ``（十六）``?"""
    pair = [_ORDINAL.match(text) for text in (above, below)]
    if pair[0] is None or pair[1] is None:
        return False
    numbers = [_NUMERAL.search(match[0]) for match in pair if match]
    dress = [_NUMERAL.sub("", match[0]) for match in pair if match]
    first, second = (_value(n[0]) if n else 0 for n in numbers)
    return dress[0] == dress[1] and first + 1 == second


def _value(numeral: str) -> int:
    """``16`` and ``十六`` → 16; ``廿一`` → 21."""
    if numeral.isdigit():
        return int(numeral)
    tens, ten, ones = numeral.replace("廿", "二十").replace("卅", "三十").rpartition("十")
    return 10 * (_ONES.find(tens) if tens else 1) * bool(ten) + (_ONES.find(ones) if ones else 0)


def is_figure_part(text: str) -> bool:
    """Is the text made of digits and separators alone, though perhaps no whole number?"""
    return any(map(str.isdigit, text)) and set(half_width(compact(text))) <= _PIECES


def is_measure(text: str) -> bool:
    """Does a word say what figures are counted in and nothing else: 万元, （元）, %?"""
    return _MEASURE.fullmatch(text) is not None


def amounts_in(line: str) -> int:
    """How many of the words of a line are numbers."""
    return sum(map(is_amount, line.split()))


def continues(above: str, below: str) -> bool:
    """Is ``below`` certainly the rest of a number that ``above`` begins?  See ``one_number``."""
    return one_number(f"{above}\n{below}") is not None


def counted(texts: list[str]) -> bool:
    """Do the texts number columns: 1 2 3, or (1) (2) (3)=(1)+(2)?  Words may stand beside the numbers."""
    numbers = [
        int(text.strip("()")) for text in map(half_width, texts) if text.strip("()").isdecimal() and len(text) < 5
    ]
    return len(numbers) > 1 and all(b - a == 1 for a, b in pairwise(numbers))


def join_spaced(words: list[Word], parted: list[tuple[float, float, float]]) -> list[Word]:
    """The words of a page, the pieces of every letter-spaced number (``3 ,5 0 9 .3 5``) made one word.

    ``parted`` are the vertical rulings as ``(x, top, bottom)``.  Pieces are joined only where together they are one
    number, where not each of them is a number by itself, where the gaps between them are small and of one width, and
    where no ruling parts them.
    """
    if not any(word[0][0] in _MARKS or word[0][-1] in _MARKS for word in words):
        return words
    joined: dict[int, Word] = {}
    gone: set[int] = set()
    for line in _lines_of_pieces(words):
        for run in _close_stretches(line):
            number = _one_word(run, parted)
            if number is not None:
                joined[id(run[0])] = number
                gone.update(map(id, run[1:]))
    return [joined.get(id(word), word) for word in words if id(word) not in gone] if joined else words


def _lines_of_pieces(words: list[Word]) -> Iterator[list[Word]]:
    """Words made of digits and separators, those of one line together from left to right."""
    pieces = [word for word in words if set(half_width(word.text)) <= _PIECES]
    line: list[Word] = []
    for word in sorted(pieces, key=lambda w: (w.top + w.bottom, w.x0)):
        if line:
            last = line[-1]
            height = min(last.bottom - last.top, word.bottom - word.top)
            if abs(word.top + word.bottom - last.top - last.bottom) > 2 * _LEVEL * height:
                yield sorted(line, key=lambda w: w.x0)
                line = []
        line.append(word)
    if line:
        yield sorted(line, key=lambda w: w.x0)


def _close_stretches(line: list[Word]) -> Iterator[list[Word]]:
    stretch = line[:1]
    for a, b in pairwise(line):
        size = a.bottom - a.top
        if not -_TOUCHING * size <= b.x0 - a.x1 <= _SPACED * size:
            yield stretch
            stretch = []
        stretch.append(b)
    yield stretch


def _one_word(run: list[Word], parted: list[tuple[float, float, float]]) -> Word | None:
    if len(run) < 2 or one_number(" ".join(word.text for word in run)) is None:
        return None
    gaps = [b.x0 - a.x1 for a, b in pairwise(run)]
    x0, top, x1, bottom = run[0].x0, min(w.top for w in run), run[-1].x1, max(w.bottom for w in run)
    middle, size = (top + bottom) / 2, bottom - top
    if max(gaps) - min(gaps) > _UNEVEN * size:
        return None
    if any(x0 < x < x1 and above - 1 <= middle <= below + 1 for x, above, below in parted):
        return None
    return Word("".join(word.text for word in run), x0, top, x1, bottom)
