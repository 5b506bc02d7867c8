"""Header rows of text with fewer cells than their table has columns, put over the columns that they name.

A converter that unmerges cells into text may leave out the blanks behind a merged one: 预算科目 stands over the codes,
合计 over the names beside them, and every amount would be read one column too far left.
"""

from __future__ import annotations

from dataclasses import replace

from extract.paper.model import Cell, Table
from parsers.text import key
from parsers.values import Role

MISPLACED = "列位存疑"
MOVED = "列位修复"
Line = list[Cell | None]
Run = list[int]  # neighbouring columns that one cell of a row may span


def fit_headers(
    table: Table, rows: list[int], wordy: set[int], figures: set[int], roles: dict[str, Role]
) -> tuple[dict[int, Line], str | None]:
    """Header rows in the places that their words fit, and the mark that amounts under them bear.

    ``rows`` are the header's, ``wordy`` and ``figures`` the columns that the body fills with words or codes and with
    figures, ``roles`` what the vocabulary makes of each header text.  Only rows of text without spans are moved, and
    only if there is one way to do it; ``列位存疑`` where a measure stands over words, or a name over figures, and there is none.
    """
    matrix = table.matrix()
    headed = {c.col for r in rows for c in _filled(matrix[r])}
    nameless = figures - headed
    fitted: dict[int, Line] = {}
    doubt = False
    for r in rows:
        line = matrix[r]
        if not may_be_short(line):
            continue
        over_words = any(roles.get(key(c.text)) == "measure" for c in _filled(line) if c.col in wordy)
        over_figures = any(
            roles.get(key(c.text)) in ("code", "name", "text") for c in _filled(line) if c.col in figures
        )
        if not (over_words and nameless) and not over_figures:
            continue
        below = {c.col for other in rows if other != r for c in _filled(matrix[other])}
        places = _places(_filled(line), below, wordy, figures, roles, table.ncols)
        if places is None:
            doubt = True
        elif places != [c.col for c in _filled(line)]:
            fitted[r] = _moved(line, places)
    return fitted, MISPLACED if doubt else MOVED if fitted else None


def may_be_short(line: Line) -> bool:
    """Is it a row of text with blanks, whose cells span nothing and have no place on paper?"""
    spanless = all(c is not None and c.bbox is None and c.rowspan == c.colspan == 1 for c in line)
    return spanless and len(_filled(line)) < len(line)


def _filled(line: Line) -> list[Cell]:
    return [c for c in line if c is not None and c.text]


def _places(
    cells: list[Cell], below: set[int], wordy: set[int], figures: set[int], roles: dict[str, Role], ncols: int
) -> list[int] | None:  # fmt: skip
    """The column of each cell, where there is one way: each run begins with one, the one wide run may take more."""
    runs = _runs(below, wordy, ncols)
    spare = len(cells) - len(runs)
    wide = [run for run in runs if len(run) > 1 and not (set(run) & figures)]
    if spare < 0 or (spare and len(wide) != 1):
        return None
    places: list[int] = []
    for run in runs:
        more = spare if spare and run is wide[0] else 0
        places.extend((run[0], *run[len(run) - more :]))  # the first spans what the others leave
    if len(places) != len(cells):
        return None
    for cell, place in zip(cells, places, strict=True):
        role = roles.get(key(cell.text))
        # whatever the first is called, it heads the codes and names
        over_words = place in wordy and place not in below and place != places[0]
        if (role != "measure" and place in figures) or (role == "measure" and over_words):
            return None
    return places


def _runs(below: set[int], wordy: set[int], ncols: int) -> list[Run]:
    """Neighbours with other header cells are one run, so are neighbours of words without; each other column is one."""
    runs: list[Run] = []
    before = None
    for c in range(ncols):
        kind = "below" if c in below else "words" if c in wordy else None
        if kind is not None and kind == before and (c in wordy) == (c - 1 in wordy):
            runs[-1].append(c)
        else:
            runs.append([c])
        before = kind
    return runs


def _moved(line: Line, places: list[int]) -> Line:
    blank = next(c for c in line if c is not None and not c.text)
    moved: Line = [replace(blank, col=c) for c in range(len(line))]
    for cell, place in zip(_filled(line), places, strict=True):
        moved[place] = replace(cell, col=place)
    return moved
