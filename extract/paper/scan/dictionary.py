"""Words that documents of a kind print, and what they say of a name that was read with one character in doubt."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from extract.paper.scan.models import UNSURE, Letter

_LEAST = 4  # characters: shorter words are too much like each other
_LEAST_CODES, _KNOWN = 3, 0.4  # known codes of a column of codes, and their share of its cells
_USUAL = 0.7  # share of the codes whose column holds the one that they belong under
_SURE_CODE = 0.98  # probability: an unknown code that is less sure is doubted
_ORDINAL = re.compile(r"[(（]?[一二三四五六七八九十百\d]{1,4}[)）、.．]+|(其中)?[:：]")


@dataclass(frozen=True, slots=True)
class Slip:
    """One character of a reading that the dictionary puts right: its place in the text without blanks."""

    at: int
    character: str


@dataclass(slots=True)
class Dictionary:
    """Whole names; a text is met with its ordinal and without."""

    words: frozenset[str]
    _holed: dict[tuple[int, str], set[str]] = field(init=False, repr=False)  # words by one place and all but it

    def __post_init__(self) -> None:
        self._holed = defaultdict(set)
        for word in self.words:
            if len(word) >= _LEAST and not word.isascii():
                for i in range(len(word)):
                    self._holed[i, word[:i] + word[i + 1 :]].add(word)

    def slip(self, letters: Sequence[Letter]) -> Slip | None:
        """The misread character of a name without blanks, if one word alone differs from it by one character.

        The character must have been read with doubt, and the recogniser must have thought of the other one itself:
        what it is sure of stands, whatever the dictionary holds.
        """
        text = "".join(letter.text for letter in letters)
        slips = {slip for start in _starts(text) if (slip := self._only(text, start)) is not None}
        if len(slips) != 1:
            return None
        slip = slips.pop()
        letter = letters[slip.at]
        return slip if letter.sure < UNSURE and slip.character in letter.others else None

    def odd_codes(self, column: Sequence[tuple[str, float]]) -> set[int]:
        """Indexes of the codes of one column, with their confidence, that are misread, perhaps.

        Such a code is no word, and is not surely read, or stands out of order, or belongs under another one that the
        column does not hold though the others hold theirs.
        """
        codes = {i: text for i, (text, _) in enumerate(column) if text.isdigit() and len(text) > 2}
        known = [i for i, code in codes.items() if code in self.words]
        if len(known) < _LEAST_CODES or len(known) < _KNOWN * len(column):
            return set()
        printed = frozenset(codes.values())
        under = {i: self._above(code) for i, code in codes.items()}
        belong = [above in printed for above in under.values() if above]
        families = sum(belong) >= _USUAL * len(belong)
        order = list(codes)
        odd: set[int] = set()
        for k, i in enumerate(order):
            if i in known:
                continue
            before, behind = (codes[order[n]] if 0 <= n < len(order) else None for n in (k - 1, k + 1))
            lost = families and under[i] is not None and under[i] not in printed
            if lost or _out_of_order(before, codes[i], behind) or column[i][1] < _SURE_CODE:
                odd.add(i)
        return odd

    def _above(self, code: str) -> str | None:
        """The longest known code that ``code`` begins with."""
        return next((code[:n] for n in range(len(code) - 1, 1, -1) if code[:n] in self.words), None)

    def _only(self, text: str, start: int) -> Slip | None:
        """Where the one word stands apart that differs from ``text[start:]`` by one character."""
        name = text[start:]
        if name in self.words:
            return None
        near = {word: i for i in range(len(name)) for word in self._holed.get((i, name[:i] + name[i + 1 :]), ())}
        if len(near) != 1:
            return None
        ((word, i),) = near.items()
        return Slip(start + i, word[i])


def _out_of_order(before: str | None, code: str, behind: str | None) -> bool:
    """Does the code alone break the ascent of its column?"""
    if before is None or behind is None or behind < before:
        return False
    return not before <= code <= behind


def _starts(text: str) -> Iterator[int]:
    """Where the name may begin: at once, or after an ordinal."""
    yield 0
    ordinal = _ORDINAL.match(text)
    if ordinal is not None and ordinal.end() < len(text):
        yield ordinal.end()
