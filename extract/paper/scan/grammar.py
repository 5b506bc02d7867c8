"""How a printed number is written, and where a reading breaks the habit of its column.

Nothing here changes a digit: separators are told apart, and what is odd is doubted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_LIKE_DIGITS = re.compile(r"[\d０-９]")
_NUMERIC = re.compile(
    r"[-−—－+(（¥￥]?[\d０-９.,，、。·．:;；：'’\s]*[\d０-９][\d０-９.,，、。·．:;；：'’\s]*[)）%％]?"
)
_STRICT = re.compile(r"[-−—－+(（]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?[)）%％]?")
_POINTS, _COMMAS = ".。·．", ",，、;；'’:："
_LETTERS = str.maketrans({"O": "0", "o": "0", "〇": "0", "○": "0", "D": "0", "l": "1", "I": "1", "|": "1", "]": "1", "[": "1", "i": "1", "S": "5", "s": "5", "B": "8", "Z": "2", "z": "2"})  # fmt: skip
_STROKES, _NUMERALS = ("一", "ー", "_"), tuple("二三四五六七八九十")
DASH = "—"
_DIRT = frozenset(" .·•。,，、'‘’`\"|丨;；:：…")
_USUAL = 0.7  # share of a column's numbers that make a habit
_LEAST = 3  # numbers
_COLUMN = 0.6  # share of a column's filled cells that make it one of numbers


def numeric(text: str) -> bool:
    """Is ``text`` a number, perhaps with its separators misread?"""
    return _NUMERIC.fullmatch(text.strip()) is not None


def strict(text: str) -> bool:
    """Is ``text`` a number as one is printed, thousands parted everywhere or nowhere?"""
    return _STRICT.fullmatch(text) is not None


def like_number(text: str) -> bool:
    """Could ``text`` be a number with letters read for digits?"""
    put = text.strip().translate(_LETTERS)
    return len(put) > 1 and numeric(put) and len(_LIKE_DIGITS.findall(text)) * 2 >= len(text)


def separated(text: str) -> tuple[str, bool]:
    """A numeric text with its separators told apart, and whether they left a doubt.

    One separator is often read as the other: three digits follow a comma, and only the last can be a point.
    """
    text = "".join(text.split())
    if strict(text) or not numeric(text):
        return text, False
    pieces = re.split(f"([{re.escape(_POINTS + _COMMAS)}]+)", text)
    groups, marks = pieces[::2], pieces[1::2]
    if not marks or "" in groups[1:] or not groups[0]:
        return text, True
    last = len(re.findall(r"\d", groups[-1]))
    pointed = last != 3 or marks[-1][0] in _POINTS
    put = groups[0] + "".join(
        ("." if pointed and i == len(marks) - 1 else ",") + group for i, group in enumerate(groups[1:])
    )
    return put, not strict(put) or last == 3 or last > 4 or any(len(mark) > 1 for mark in marks)


def odd_ones(texts: Sequence[str]) -> set[int]:
    """Indexes of the cells of one column that break its habits; empty texts are passed over.

    A column of numbers has habits: how many decimals, whether thousands are parted.
    """
    filled = [i for i, text in enumerate(texts) if text]
    numbers = [i for i in filled if strict(texts[i])]
    if len(numbers) < _COLUMN * len(filled) or not numbers:
        return set()
    odd = {i for i in filled if i not in numbers and any(_odd_line(line) for line in texts[i].split("\n"))}
    decimals = {i: len(texts[i].partition(".")[2].rstrip(")）%％")) for i in numbers}
    odd |= _unusual({i: n for i, n in decimals.items() if texts[i] not in ("0", "-0")})
    parted = {i: int("," in texts[i]) for i in numbers if len(_digits(texts[i].partition(".")[0])) > 3}
    return odd | _unusual(parted)


def dashes(texts: Sequence[str]) -> list[int]:
    """Indexes of the cells of one column whose level stroke is a dash, not the numeral one.

    It is where the column holds numbers, or several such strokes and no other numeral.
    """
    strokes = [i for i, text in enumerate(texts) if text in _STROKES]
    numerals = any(text in _NUMERALS for text in texts)
    numbers = any(strict(text) for text in texts)
    return strokes if not numerals and (numbers or len(strokes) > 1) else []


def is_dirt(text: str) -> bool:
    """Does the text hold nothing but points and strokes as dirt leaves them?"""
    return not set(text) - _DIRT


def _odd_line(line: str) -> bool:
    return bool(_digits(line)) and (numeric(line) or like_number(line))


def _digits(text: str) -> str:
    return "".join(_LIKE_DIGITS.findall(text))


def _unusual(habits: dict[int, int]) -> set[int]:
    if len(habits) < _LEAST:
        return set()
    usual, count = Counter(habits.values()).most_common(1)[0]
    return {i for i, habit in habits.items() if habit != usual} if count >= _USUAL * len(habits) else set()
