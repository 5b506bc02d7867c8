"""Lines of text that make one row: on a page whose rows stand apart by blank lines, lines right below each other are one."""

from __future__ import annotations

import re
from typing import NamedTuple

_FIGURE = re.compile(r"[-−(（]?\d[\d,，]*(\.\d*)?[)）]?%?")
_CUT_FIGURE = re.compile(r"[-−(（]?\d[\d,，]*(\.\d?|[,，])")  # goes on below
_MONEY = re.compile(r"\d[,，]\d{3}|\d\.\d")
_CODE = re.compile(r"\d{3,}[\dA-Z]*")
_MOST = 4  # lines of one row
_APART = 0.8  # share of the lines with figures that have a blank line or the next of their row on both sides
_LEAST = 5  # lines with figures


class Piece(NamedTuple):
    """What stands between blanks, and the columns where it begins and ends."""

    text: str
    start: int
    end: int


Line = list[Piece]


def rows_joined(lines: list[Line]) -> list[Line]:
    """The lines; those of a row in the place of its first one with figures, the others blank."""
    groups = _groups(lines)
    with_figures = [g for g in groups if any(_has_money(lines[i]) for i in g)]
    alone = sum(sum(_has_money(lines[i]) for i in g) == 1 and len(g) <= _MOST for g in with_figures)
    count = sum(_has_money(line) for line in lines)
    if count < _LEAST or alone < _APART * count:
        return lines
    made = list(lines)
    for group in with_figures:
        if 1 < len(group) <= _MOST:
            joined = _joined([lines[i] for i in group])
            if joined is not None:
                place = next(i for i in group if _has_money(lines[i]))
                for i in group:
                    made[i] = joined if i == place else []
    return made


def _groups(lines: list[Line]) -> list[list[int]]:
    groups: list[list[int]] = [[]]
    for i, line in enumerate(lines):
        if line:
            groups[-1].append(i)
        elif groups[-1]:
            groups.append([])
    return [group for group in groups if group]


def _has_money(line: Line) -> bool:
    return any(_FIGURE.fullmatch(piece.text) and _MONEY.search(piece.text) for piece in line)


def _joined(group: list[Line]) -> Line | None:
    """One row of a group of lines; ``None`` where a text stands over two, a figure over a whole one, or words are a header."""
    if len(group[0]) > 1 and not any(char.isdigit() for piece in group[0] for char in piece.text):
        return None  # a header right above the first row
    cells: list[Piece] = []
    for line in group:
        taken: set[int] = set()
        for piece in line:
            near = [i for i, cell in enumerate(cells) if piece.start < cell.end and cell.start < piece.end]
            if not near:
                cells.append(piece)
                taken.add(len(cells) - 1)
                continue
            if len(near) > 1 or near[0] in taken:
                return None
            above = cells[near[0]]
            if not _may_go_on(above.text, piece.text):
                return None
            taken.add(near[0])
            cells[near[0]] = Piece(above.text + piece.text, min(above.start, piece.start), max(above.end, piece.end))
    return sorted(cells, key=lambda cell: cell.start)


def _may_go_on(above: str, below: str) -> bool:
    if _FIGURE.fullmatch(above) and not _CODE.fullmatch(above):
        return _CUT_FIGURE.fullmatch(above) is not None and below.isdigit()
    if _FIGURE.fullmatch(below):
        return _CODE.fullmatch(above) is not None and below.isdigit()
    return True
