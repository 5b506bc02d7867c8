"""Tables drawn with chars: grids of ``+---+``, and columns under dashes, as pandoc, docutils and tabulate write them.

Every char has its place: an ideograph is two columns wide, or one with tools that count chars.  What does not keep to
the places that its rules show is no drawn table.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from extract.doors.grid import GridBuilder, Span
from extract.paper.model import TablePart

_RULE = re.compile(r"^\s*\+([-=:]+\+)+\s*$")
_GRID_LINE = re.compile(r"^\s*[+|].*[+|]\s*$")
_DASHES = re.compile(r"^\s*(?:-{2,}(?: +-{2,})+|={2,}(?: +={2,})+)\s*$")
_ONE_DASH = re.compile(r"^\s*(?:-{5,}|={5,})\s*$")
_FEW_RULES = 3  # above, under the header and below: lines between are rows, and no cell has two
_MOST_HEADER = 6  # lines
_FILLER = "\0"  # stands behind an ideograph


class Drawn(NamedTuple):
    """A table and the lines that it takes: ``start`` to ``end`` without it."""

    start: int
    end: int
    parts: list[TablePart]
    inside: tuple[str, ...] = ()  # lines that one cell of one column holds: a box around a text is no table


def drawn_tables(lines: list[str]) -> Iterator[Drawn]:
    """Tables drawn among the lines, in order."""
    at = 0
    while at < len(lines):
        found = None
        if _RULE.match(lines[at]):
            found = _grid(lines, at)
        elif _DASHES.match(lines[at]):
            found = _dashed(lines, at)
        if found:
            yield found
        at = found.end if found else at + 1


def _grid(lines: list[str], start: int) -> Drawn | None:
    end = start
    while end < len(lines) and _GRID_LINE.match(lines[end]):
        end += 1
    block = lines[start:end]
    if sum(_is_ruling(line) for line in block) <= _FEW_RULES:
        return None
    for wide in (2, 1):
        rows = [_placed(line, wide) for line in block]
        if len({len(row.rstrip()) for row in rows}) == 1:
            if not any("+" in line.strip()[1:-1] for line in block if _RULE.match(line)):
                return Drawn(start, end, [], tuple(line.strip()[1:-1] for line in block if not _RULE.match(line)))
            return Drawn(start, end, _read_grid(rows))
    return None


def _is_ruling(line: str) -> bool:
    return re.search(r"\+[-=:]+\+", line) is not None


def _read_grid(rows: list[str]) -> list[TablePart]:
    """Cells between rulings; a ruling that leaves a column open lets its cell go on below."""
    rulings = [r for r, row in enumerate(rows) if _is_ruling(row)]
    edges = sorted({i for r in rulings for i, char in enumerate(rows[r]) if char == "+"})
    builder = GridBuilder()
    above: dict[int, Span] = {}  # column → the cell that may go on
    for top, bottom in pairwise(rulings):
        body = rows[top + 1 : bottom]
        spans: list[tuple[int, Span]] = []
        now: dict[int, Span] = {}
        col = 0
        while col < len(edges) - 1:
            end = col + 1
            while end < len(edges) - 1 and not all(row[edges[end]] in "|+" for row in body):
                end += 1
            left, right = edges[col] + 1, edges[end]
            text = _joined(row[left:right] for row in body)
            if set(rows[top][left:right]) <= set("-=:+"):
                span = Span(text, 1, end - col)
                spans.append((col, span))
            else:
                span = above[col] if col in above else Span("")
                more = _joined([rows[top][left:right].strip("-=:+|")])
                span.text = "\n".join(filter(None, (span.text, more, text)))
                span.rowspan += 1
            now[col] = span
            col = end
        builder.place(spans)
        above = now
    return _parts(builder)


def _parts(builder: GridBuilder) -> list[TablePart]:
    parts = builder.parts()
    for part in parts:
        if all(cell.rowspan == cell.colspan == 1 for cell in part.cells):
            part.origin = "pipes"
    return parts


def _dashed(lines: list[str], at: int) -> Drawn | None:
    """A table whose columns are as wide as the dashes of line ``at``: under its header, over it, or without one."""
    framed = lines[at].strip().startswith("=") or at + 1 == len(lines) or not lines[at + 1].strip()
    below = at + 1
    second = next((i for i in range(below, min(below + _MOST_HEADER, len(lines))) if _same(lines[i], lines[at])), None)
    header: list[str]
    if lines[at].strip().startswith("="):  # docutils: a rule over the header and one under it
        if second is None:
            return None
        start, header, below = at, lines[below:second], second + 1
    else:
        start = at
        while start and at - start < _MOST_HEADER and lines[start - 1].strip() and not _is_dashes(lines[start - 1]):
            start -= 1
        header = lines[start:at]
        framed = bool(start) and _ONE_DASH.match(lines[start - 1]) is not None
        start -= framed
    end = below
    while end < len(lines) and not _is_dashes(lines[end]) and (lines[end].strip() or framed):
        end += 1
    if framed and end == len(lines):
        return None
    body = lines[below:end]
    if framed or lines[at].strip().startswith("="):
        end += end < len(lines) and _is_dashes(lines[end])
    elif end < len(lines) and _is_dashes(lines[end]):
        end += 1
    for wide in (2, 1):
        read = _read_dashed(lines[at], header, body, framed, wide)
        if read:
            return Drawn(start, end, read)
    return None


def _is_dashes(line: str) -> bool:
    return bool(_DASHES.match(line) or _ONE_DASH.match(line))


def _same(line: str, dashes: str) -> bool:
    return line.strip() == dashes.strip()


def _read_dashed(dashes: str, header: list[str], body: list[str], framed: bool, wide: int) -> list[TablePart]:
    columns = [match.span() for match in re.finditer(r"[-=]+", dashes)]
    placed = [_placed(line, wide) for line in (*header, *body)]
    gaps = [range(a, b) for (_, a), (b, _) in pairwise(columns)]
    if any(i < len(row) and row[i] != " " for row in placed for gap in gaps for i in gap):
        return []
    if any(row[: columns[0][0]].strip() for row in placed):
        return []
    ends = [start for start, _ in columns[1:]]
    cuts = list(zip([start for start, _ in columns], [*ends, None], strict=True))
    builder = GridBuilder()
    rows = placed[len(header) :]
    groups = [[row] for row in placed[: len(header)]]
    groups += _between_blanks(rows) if framed and not all(row.strip() for row in rows) else [[row] for row in rows]
    for group in groups:
        texts = [_joined(row[a:b] for row in group) for a, b in cuts]
        builder.place([(c, Span(text)) for c, text in enumerate(texts)])
    return _parts(builder) if body or len(header) < _MOST_HEADER else []


def _between_blanks(rows: list[str]) -> list[list[str]]:
    groups: list[list[str]] = [[]]
    for row in rows:
        if row.strip():
            groups[-1].append(row)
        elif groups[-1]:
            groups.append([])
    return [group for group in groups if group]


def _placed(line: str, wide: int) -> str:
    """The line with a filler behind every ideograph that takes two columns."""
    if wide == 1:
        return line.rstrip()
    return "".join(c + _FILLER * (unicodedata.east_asian_width(c) in "WF") for c in line.rstrip())


def _joined(pieces: Iterator[str] | list[str]) -> str:
    return "\n".join(text for piece in pieces if (text := piece.replace(_FILLER, "").strip()))
