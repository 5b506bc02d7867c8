"""Rows of text that have lost their leading tabs, put right by what the columns of the other rows hold.

Only a table whose rows are of different lengths can have lost some.  A row of the body moves where its codes, words and
figures fit the columns better, or where its ordinal goes on with the one above; a row of the header moves under the
cells that leave room for it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from math import log

from extract.paper.model import one_number

_CODE = re.compile(r"^\d{3,12}$")
_FIGURE = re.compile(r"^[-−(（]?(\d{1,3}([,，]\d{3})+|\d+)(\.\d+)?[)）]?%?$|^[-—]+$")
_ORDINAL = re.compile(r"^\s*[（(]?([一二三四五六七八九十廿卅]{1,3}|\d{1,2})[)）、.．](?!\d)")
_NUMERALS = "一二三四五六七八九"
_MOST_SHIFT = 12
_MARGIN = 1.5  # by how much a place must fit better, in nats; about a kind that four in five rows of its column have
_RUNNING = 60  # chars
_FIGURES = 0.2  # share of the cells of a table with text
_MOST_HEADER = 5  # rows
_LABEL = 40  # chars
_NEXT = 2.0  # what an ordinal that goes on with its column's counts for
_ALIKE = 3.0  # what the ending of a word counts for that all words of its column have
_LEAST = 0.02  # share of a kind that a column never showed
_STEADY = 0.7  # share of the main kind of a column in a table that is one
Row = list[str]


def put_right(rows: list[Row], ncols: int) -> dict[int, int]:
    """By how many columns each row that lost leading tabs must move; rows that stand well are not named."""
    first = next((r for r, row in enumerate(rows) if _kinds(row) & {"figure", "code"}), len(rows))
    body = rows[first:]
    if _is_form(body) or (body and all(len(row) == ncols for row in rows)) or len(rows) > len(body) + _MOST_HEADER:
        return {}
    # with no body to say how wide the table is, the last cell of the header may have lost the blanks behind it
    shifts = _header_shifts(rows[:first], ncols if body else 2 * ncols)
    moved = _body_shifts(body, ncols)
    return {**shifts, **{first + r: shift for r, shift in moved.items()}}


def goes_on_counting(line: str, rows: list[Row]) -> bool:
    """Is a line without a tab the next item after one of ``rows``, which stand right above it?"""
    number = _ordinal(line)
    if number is None or len(line.strip()) > _LABEL:
        return False
    return any(_ordinal(text) == number - 1 for row in rows for text in row)


def holds_figures(row: Row) -> bool:
    """Is it no row of a header?"""
    return bool(_kinds(row) & {"figure", "code"})


def _header_shifts(header: list[Row], ncols: int) -> dict[int, int]:
    """Header rows under one with room: a cell with blanks behind it spans them, and has its parts below."""
    shifts: dict[int, int] = {}
    above: Row | None = None
    for r, row in enumerate(header):
        texts = [bool(t) for t in row]
        if above is not None and len(row) < ncols and row and row[0]:
            places = range(min(ncols - len(row), _last(above)) + 1)
            best = max(places, key=lambda s: (_under(above or [], texts, s), -s))
            if best and _under(above, texts, best) > _under(above, texts, 0):
                shifts[r] = best
        if sum(texts) > 1:
            above = [*[""] * shifts.get(r, 0), *row]
            above += [""] * (ncols - len(above))
    return shifts


def _last(row: Row) -> int:
    return max((c for c, text in enumerate(row) if text), default=0)


def _under(above: Row, texts: list[bool], shift: int) -> int:
    """How well texts stand under the row above, moved by ``shift``."""
    score = 0
    for i, text in enumerate(texts):
        c = i + shift
        spans = not above[c] or (c + 1 < len(above) and not above[c + 1])
        score += (1 if spans else -1) if text else 0
    after = shift + len(texts)
    # the parts of a cell end where the next cell begins
    return 2 * score + (after == len(above) or bool(above[after])) + (bool(above[shift]))


def _is_form(body: list[Row]) -> bool:
    """Running text, or few figures among many words: a form has no columns that go all the way down."""
    kinds = Counter(_kind(text) for row in body for text in row)
    filled = kinds.total() - kinds["blank"]
    running = any(len(text) > _RUNNING for row in body for text in row)
    return running or kinds["figure"] + kinds["code"] < _FIGURES * filled


def _body_shifts(body: list[Row], ncols: int) -> dict[int, int]:
    shifts: dict[int, int] = {}
    for _ in range(2):  # once more with columns that the first pass has cleaned
        columns = _columns(body, shifts, ncols)
        if not columns:
            return {}
        shifts = _fitted(body, columns, ncols)
    return shifts


@dataclass(slots=True)
class _Column:
    """Shares of the kinds of its cells, and of the last letters of its words."""

    kinds: dict[str, float]
    tails: dict[str, float]


def _columns(body: list[Row], shifts: dict[int, int], ncols: int) -> list[_Column]:
    """What each column holds; nothing where the columns are no steady ones, as in a form."""
    counts, tails = ([Counter[str]() for _ in range(ncols)] for _ in range(2))
    for r, row in enumerate(body):
        weight = 3 if len(row) == ncols or r in shifts else 1
        for c, text in enumerate(row, start=shifts.get(r, 0)):
            counts[c][_kind(text)] += weight
            if weight > 1 and _kind(text) == "word":
                tails[c][_tail(text)] += 1
    filled = [Counter({k: n for k, n in count.items() if k != "blank"}) for count in counts]
    steady = [c.most_common(1)[0][1] / c.total() >= _STEADY for c in filled if c.total()]
    if not steady or sum(steady) < _STEADY * len(steady) or not any("figure" in c for c in filled):
        return []
    return [_Column(_shares(count), _shares(tail)) for count, tail in zip(counts, tails, strict=True)]


def _shares(count: Counter[str]) -> dict[str, float]:
    return {key: n / count.total() for key, n in count.items()}


def _tail(text: str) -> str:
    return text.strip()[-2:]


def _fitted(body: list[Row], columns: list[_Column], ncols: int) -> dict[int, int]:
    shifts: dict[int, int] = {}
    last: dict[int, int] = {}  # column → its last ordinal
    before: tuple[int, tuple[str, ...]] = (0, ())  # shift and kinds of the row above, if it was short
    for r, row in enumerate(body):
        kinds = tuple(_kind(text) for text in row)
        best = 0
        if len(row) < ncols and row and row[0]:
            scores = {
                s: _fit(kinds, columns, s) + _sequence(row, s, last) + _alike(row, kinds, columns, s)
                for s in range(min(ncols - len(row), _MOST_SHIFT) + 1)
            }
            top = max(scores, key=lambda s: (scores[s], -s))
            if scores[top] > scores[0] + _MARGIN:
                best = top
            elif (
                before[0]
                and before[1] == kinds
                and scores.get(before[0], -99.0) >= scores[0]
                and not _counts(row, 0, last)
            ):
                best = before[0]  # goes on as the row above did
        if best:
            shifts[r] = best
        before = (best, kinds)
        for c, text in enumerate(row, start=best):
            number = _ordinal(text)
            if number is not None:
                last[c] = number
    return shifts


def _fit(kinds: tuple[str, ...], columns: list[_Column], shift: int) -> float:
    return sum(
        log(max(columns[c].kinds.get(kind, 0.0), _LEAST))
        for c, kind in enumerate(kinds, start=shift)
        if kind != "blank"
    )


def _alike(row: Row, kinds: tuple[str, ...], columns: list[_Column], shift: int) -> float:
    """Does the first word of the row end as the words of its column do (…收入, …支出)?"""
    for c, (text, kind) in enumerate(zip(row, kinds, strict=True), start=shift):
        if kind == "word":
            return _ALIKE * columns[c].tails.get(_tail(text), 0.0)
    return 0.0


def _sequence(row: Row, shift: int, last: dict[int, int]) -> float:
    """Does the first ordinal of the row go on with its column's there, or break off?"""
    for c, text in enumerate(row, start=shift):
        number = _ordinal(text)
        if number is not None:
            if number == last.get(c, 0) + 1:
                return _NEXT
            return -_NEXT if c in last or number > 1 else 0.0
    return 0.0


def _counts(row: Row, shift: int, last: dict[int, int]) -> bool:
    return _sequence(row, shift, last) > 0


def _ordinal(text: str) -> int | None:
    match = _ORDINAL.match(text)
    if not match:
        return None
    digits = match[1].replace("廿", "二十").replace("卅", "三十")
    if digits.isdigit():
        return int(digits)
    tens, ten, ones = digits.rpartition("十") if "十" in digits else ("", "", digits)
    high = (_NUMERALS.find(tens) + 1 or 1) if ten else 0
    return high * 10 + (_NUMERALS.find(ones) + 1 if ones else 0)


def _kinds(row: Row) -> set[str]:
    return {_kind(text) for text in row}


def _kind(text: str) -> str:
    bare = text.strip()
    if not bare:
        return "blank"
    if _CODE.match(bare):
        return "code"
    return "figure" if _FIGURE.match(bare) or one_number(bare) is not None else "word"
