"""Names of tables under which no table stands: the publisher has nothing to report, and prints title, measure and a note."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from extract.paper.model import Line, compact
from parsers.outline.captions import Caption, find_unit, is_title, parse_number, read_caption
from parsers.outline.notes import declares_empty
from parsers.text import key

_REACH = 4  # lines under a title in which its measure or a note must stand
_LONGEST_NOTE = 80  # characters


@dataclass(frozen=True, slots=True)
class Bodiless:
    """A name of a table, the notes under it that say that it is empty, and its page."""

    caption: Caption
    notes: tuple[str, ...]
    page: int | None


def bodiless(lines: list[Line]) -> tuple[list[Line], list[Bodiless]]:
    """Part the lines between two tables: those under the first one, and the names without a table that follow.

    A title alone may be a heading or a reference: one that measure or a note of emptiness follows is a table's name.
    """
    places = [i for i, line in enumerate(lines) if _opens(line)]
    begins = [i for n, i in enumerate(places) if not n or not _one_caption(lines, places[n - 1], i)]
    found: list[Bodiless] = []
    first = len(lines)
    for begin, end in pairwise([*begins, len(lines)]):
        stretch = lines[begin:end]
        notes = tuple(compact(line.text) for line in stretch[1 : _REACH + 2] if _is_note(line))
        measured = any(_is_measure(line) for line in stretch[: _REACH + 1])
        caption = read_caption([line.text for line in stretch[:_REACH] if not _is_note(line)])
        if caption.title and (notes or measured):
            found.append(Bodiless(caption, notes, stretch[0].page))
            first = min(first, begin)
    return lines[:first], found


def _opens(line: Line) -> bool:
    return bool(parse_number(line.text) or is_title(line.text))


def _one_caption(lines: list[Line], above: int, below: int) -> bool:
    """Are they a number and its title, right under one another?"""
    number = parse_number(lines[above].text)
    return below == above + 1 and number is not None and not number[1] and is_title(lines[below].text)


def _is_measure(line: Line) -> bool:
    bare = key(line.text)
    return "单位" in bare and len(bare) < 30 and find_unit(line.text) is not None


def _is_note(line: Line) -> bool:
    return len(key(line.text)) < _LONGEST_NOTE and not is_title(line.text) and declares_empty(line.text)
