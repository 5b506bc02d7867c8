"""Markdown pipe tables: their cells, and headers of several levels that a tool has flattened to ``上级.下级``."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from extract.paper.model import Cell

_SEPARATOR = re.compile(r"^[\s|:⇥\t+-]*-{3,}[\s|:\t+-]*$")
_SHORT_SEPARATOR = re.compile(r"^\s*\|(\s*:?-+:?\s*\|)+\s*$")
_UNESCAPED = re.compile(r"(?<!\\)\|")
_BARE_SEPARATOR = re.compile(r"^\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)+$")
_FILLERS = ("Unnamed: {0}", "Col{1}")  # what tools call a header cell without a word, by its place from 0 and from 1
_NOTHING = frozenset({"NaN", "nan"})  # what they write for a cell without a text
_LEVEL = re.compile(r"\.(?!\d)")  # the dot of 1.5 parts no levels


def is_separator(raw: str) -> bool:
    """A row of dashes under a header, or a rule."""
    return bool(_SEPARATOR.match(raw) or _SHORT_SEPARATOR.match(raw))


def pipe_cells(raw: str) -> list[str] | None:
    """Cells of a row between pipes; ``None`` for a line that is no such row."""
    bare = raw.strip()
    if len(bare) < 3 or not bare.startswith("|") or not bare.endswith("|"):
        return None
    return [cell.replace("\\|", "|") for cell in _UNESCAPED.split(bare[1:-1])]


def with_outer_pipes(lines: list[str]) -> list[str]:
    """The lines; rows of a table without pipes at their ends, told by the dashes under its header, have them."""
    made = list(lines)
    for i, line in enumerate(lines):
        if i == 0 or not _BARE_SEPARATOR.match(line) or lines[i - 1].count("|") != line.count("|"):
            continue
        end = i
        while end < len(lines) and "|" in lines[end]:
            end += 1
        made[i - 1 : end] = [f"| {row} |" for row in lines[i - 1 : end]]
    return made


def without_fillers(row: list[str], header: bool) -> list[str]:
    """The texts of a row without those that a tool puts where nothing stands."""
    return [
        "" if text in _NOTHING or (header and text in (f.format(c, c + 1) for f in _FILLERS)) else text
        for c, text in enumerate(row)
    ]


@dataclass(frozen=True, slots=True)
class Levels:
    """A flattened header in rows again: its cells, neighbours of one text joined."""

    rows: int
    cells: list[Cell]


def split_levels(header: list[str]) -> Levels | None:
    """``支出.合计 | 支出.小计`` as two rows of header; ``None`` where the texts are not of one number of levels.

    The columns of a tool that flattens all have as many levels, and some neighbours share the upper ones.
    """
    parts = [_LEVEL.split(text) for text in header if text]
    if len(parts) < 2:
        return None
    depth = Counter(map(len, parts)).most_common(1)[0][0]
    if depth < 2 or any(len(p) != depth for p in parts):
        return None
    uppers = Counter(p[0].strip() for p in parts)
    if uppers.most_common(1)[0][1] < 2 and not any(len({x.strip() for x in p}) == 1 for p in parts):
        return None
    columns = [[x.strip() for x in _LEVEL.split(text)] if text else [""] * depth for text in header]
    cells: list[Cell] = []
    for level in range(depth):
        col = 0
        while col < len(columns):
            end = col + 1
            path = columns[col][: level + 1]
            while end < len(columns) and level < depth - 1 and columns[end][: level + 1] == path:
                end += 1
            cells.append(Cell(level, col, 1, end - col, path[level], None, None))
            col = end
    return Levels(depth, cells)
