"""The lines above a table as a reader sees them.

Page numbers in the margin are passed over, chunks at one height are one line, and a title set over two or three
lines is one: its lines are centred on each other, of one size, close together, and the first does not end a sentence.
"""

from __future__ import annotations

from dataclasses import dataclass

import regex

from extract.paper.model import Box, Chunk, Line, TablePart, union
from parsers.outline.captions import (
    ends_as_title,
    find_organisation,
    find_unit,
    is_date,
    is_title,
    may_be_half_title,
    parse_number,
)
from parsers.text import key

_CENTRED = 10.0  # points between the middles of two lines that are centred on each other
_SAME_SIZE = 1.6  # a line with a Latin digit is measured taller than one without
_CLOSE = 1.2  # of the smaller height: the gap between two lines of one title
_MOST_LINES = 3
_IN_MARGIN = regex.compile(r"^[-—\d]{1,4}$")


@dataclass(slots=True)
class AboveLine:
    """One line above a table; ``first`` is the index of the first of the printed lines that it is made of."""

    parts: list[str]
    first: int
    page: int | None
    box: Box | None
    lines: int = 1

    @property
    def text(self) -> str:
        """The whole line, parts that stand apart kept apart by a tab."""
        return "\t".join(self.parts)

    @property
    def furnishing(self) -> bool:
        """Measure, organisation, date or a bare number: what stands around a title and is none."""
        return all(is_furnishing(part) for part in self.parts)


def is_furnishing(part: str) -> bool:
    """Is a piece of a line measure, organisation, date or a bare table number?"""
    numbered = parse_number(part)
    if numbered is not None:
        return not numbered[1]
    return bool(find_unit(part) or find_organisation(part) or is_date(part))


def lines_above(pending: list[Line], table: TablePart, most: int) -> list[AboveLine]:
    """The last ``most`` lines of ``pending``, the page's margin left out and the lines of a title joined."""
    start = max(0, len(pending) - most)
    rows: list[AboveLine] = []
    for index in range(start, len(pending)):
        line = pending[index]
        chunks = _without_margin(line, table)
        if not chunks:
            continue
        if rows and _at_one_height(rows[-1], line, chunks):
            _merge(rows[-1], chunks)
        else:
            rows.append(_above_line(chunks, index, line))
    for row in rows:
        row.parts = _joined_parts(row.parts)
    return _join_titles(rows)


def _without_margin(line: Line, table: TablePart) -> list[Chunk]:
    """A page number set upright in the margin of a page on its side reaches into the lines of the text."""
    if line.page is None or line.page != table.page or table.bbox is None or line.bbox is None:
        return list(line.chunks)
    left, right = table.xs[0] - 5, table.xs[-1] + 5
    kept = [c for c in line.chunks if (left < c.bbox.x1 and c.bbox.x0 < right) or not _IN_MARGIN.match(key(c.text))]
    return kept if kept or not line.bbox else []


def _above_line(chunks: list[Chunk], index: int, line: Line) -> AboveLine:
    box = union(c.bbox for c in chunks) if line.bbox is not None else None
    return AboveLine([c.text for c in chunks], index, line.page, box)


def _at_one_height(above: AboveLine, line: Line, chunks: list[Chunk]) -> bool:
    if above.box is None or line.bbox is None or above.page != line.page:
        return False
    box = union(c.bbox for c in chunks)
    shared = min(above.box.bottom, box.bottom) - max(above.box.top, box.top)
    apart = box.x0 >= above.box.x1 - 1 or box.x1 <= above.box.x0 + 1
    return apart and shared > 0.7 * min(above.box.bottom - above.box.top, box.bottom - box.top)


def _merge(above: AboveLine, chunks: list[Chunk]) -> None:
    assert above.box is not None
    box = union(c.bbox for c in chunks)
    parts = [c.text for c in chunks]
    a = above.box
    left, right = (above.parts, parts) if box.x0 >= a.x0 else (parts, above.parts)
    gap = max(box.x0 - a.x1, a.x0 - box.x1)
    if gap < 0.6 * min(box.bottom - box.top, a.bottom - a.top):
        above.parts = [*left[:-1], left[-1] + right[0], *right[1:]]
    else:
        above.parts = [*left, *right]
    above.box = Box(min(a.x0, box.x0), min(a.top, box.top), max(a.x1, box.x1), max(a.bottom, box.bottom))


def _joined_parts(parts: list[str]) -> list[str]:
    """A title set with wide spaces comes in pieces: 收 入 总 表; pieces of its line that furnish stay apart."""
    if len(parts) < 2 or any(is_furnishing(p) or is_title(p) for p in parts):
        return parts
    whole = " ".join(parts)
    return [whole] if is_title(whole) else parts


def _join_titles(rows: list[AboveLine]) -> list[AboveLine]:
    """Join the lines of a title from the bottom up."""
    joined: list[AboveLine] = []
    for row in reversed(rows):
        below = joined[-1] if joined else None
        if below is not None and below.lines < _MOST_LINES and _one_title(row, below):
            joined[-1] = _joined(row, below)
        else:
            joined.append(row)
    joined.reverse()
    return joined


def _joined(above: AboveLine, below: AboveLine) -> AboveLine:
    number = parse_number(above.parts[0]) if len(above.parts) > 1 else None
    parts = [*above.parts[:-1], above.parts[-1] + below.parts[0]] if number else [above.parts[0] + below.parts[0]]
    return AboveLine(parts, above.first, above.page, above.box, above.lines + below.lines)


def _one_title(above: AboveLine, below: AboveLine) -> bool:
    first, second = above.parts[-1], below.parts[0]
    if len(below.parts) > 1 or len(above.parts) > 2 or (len(above.parts) == 2 and not is_furnishing(above.parts[0])):
        return False
    if is_furnishing(first) or is_furnishing(second) or not may_be_half_title(first):
        return False
    if not (ends_as_title(second) or key(second).startswith("(")):
        return False
    if is_title(first) and not key(second).startswith("("):
        return False
    if above.box is None or below.box is None:
        return False
    return _set_as_one(above, below)


def _set_as_one(above: AboveLine, below: AboveLine) -> bool:
    a, b = above.box, below.box
    assert a is not None and b is not None
    if above.page != below.page or b.top < a.top:
        return False
    heights = sorted((_height(above), _height(below)))
    close = b.top - a.bottom <= _CLOSE * heights[0]
    return close and heights[1] <= _SAME_SIZE * heights[0] and abs(a.x_mid - b.x_mid) <= _CENTRED


def _height(line: AboveLine) -> float:
    assert line.box is not None
    return max(line.box.bottom - line.box.top, 1.0)
