"""Where the header of a table ends, and what each column under it means."""

from __future__ import annotations

from dataclasses import dataclass

import regex

from extract.paper.model import Cell, Table
from parsers.numbers import parse_amount
from parsers.specs.loader import Spec, Vocabulary, vocabulary
from parsers.text import ORDINAL, is_total, key

_YEAR_FIRST = regex.compile(r"^20\d\d年")
_SMALL = regex.compile(r"^\d{1,2}$")
_LONG_NUMBER = regex.compile(r"^\d{3,}$")
_CODE = regex.compile(r"^\d{3}(\d\d){0,3}$")
_ORDER_NUMBERS = regex.compile(r"^\d{1,2}(=.*)?$|^[（(]?\d{1,2}[)）]?$|^栏次$|^\d=[\d+\-]+$")
_MAX_HEADER = 8


@dataclass(slots=True)
class Leaf:
    """One column of the body.  ``role``: code, part, name, text, skip or measure."""

    col: int
    width: int
    path: tuple[str, ...]
    role: str
    panel: int = 0

    @property
    def printed(self) -> str:
        return "/".join(self.path)


@dataclass(slots=True)
class Panel:
    """Columns that belong together: codes, a name, measures."""

    codes: list[Leaf]
    names: list[Leaf]
    texts: list[Leaf]
    measures: list[Leaf]


def header_rows(table: Table, first: int) -> int:
    """Index of the first body row, given that rows before ``first`` are caption."""
    words = vocabulary()
    matrix = table.matrix()
    end = first
    for r in range(first, min(len(table.rows), first + _MAX_HEADER)):
        cells = [c for c in table.rows[r].cells if c.text]
        if not cells and r > first and any(_covers(c, r) for row in table.rows[first:r] for c in row.cells):
            end = r + 1
            continue
        if not cells or not _is_header_row(cells, words, matrix[r], r - first):
            break
        end = r + 1
    if end == first and _heads_amounts(table, first):
        return first + 1
    return max(end, first)


def _heads_amounts(table: Table, first: int) -> bool:
    """Is the first row, of words that the vocabulary lacks, a header all the same: words above amounts?"""
    rows = [row for row in table.rows[first:] if any(c.text for c in row.cells)]
    if len(rows) < 3:
        return False
    words = {c.col: c.text for c in rows[0].cells if c.text}
    if len(words) < 2 or any(parse_amount(t) is not None or ORDINAL.match(t) or is_total(t) for t in words.values()):
        return False
    amounts = {c.col for row in rows[1:] for c in row.cells if parse_amount(c.text) is not None}
    return bool(amounts) and amounts <= set(words)


def _covers(cell: Cell, row: int) -> bool:
    return bool(cell.text) and cell.row + cell.rowspan > row


def _is_header_row(cells: list[Cell], words: Vocabulary, line: list[Cell | None], depth: int) -> bool:
    texts = [key(c.text) for c in cells]
    if all(_ORDER_NUMBERS.match(t) for t in texts) and len(texts) > 1:
        return True
    if (
        sum(bool(_ORDER_NUMBERS.match(t)) or t in ("类", "款", "项", "合计", "栏次") for t in texts) == len(texts)
        and "栏次" in texts
    ):
        return True
    plain = [t for t in texts if not _YEAR_FIRST.match(t)]
    if any(parse_amount(t) is not None or _CODE.match(t) for t in plain):
        return False
    if any(ORDINAL.match(c.text) for c in cells):
        return False
    filled = [c for c in line if c is not None and c.text]
    if len(cells) == 1 and depth and is_total(texts[0]) and len({id(c) for c in filled}) == 1:
        return False
    good = sum(bool(words.header_word.match(t) or words.code.match(t) or words.name.match(t)) for t in texts)
    if len(cells) == 1 and depth == 0:
        return good == 1
    return good >= 0.5 * len(texts) and (depth > 0 or len(texts) > 1)


def is_order_row(table: Table, row: int) -> bool:
    """A 栏次 row: column numbers 1 2 3, no amounts."""
    printed = [c.text for c in table.rows[row].cells if c.text]
    if len(printed) < 2 or max(map(len, printed)) > 48:
        return False
    texts = [key(t) for t in printed]
    if max(map(len, texts)) > 24:
        return False
    numbers = [int(t) for t in texts if _SMALL.match(t)]
    if len(numbers) < 2:
        return False
    others = [t for t in texts if not _ORDER_NUMBERS.match(t) and t not in ("类", "款", "项", "合计")]
    return not others and all(b - a == 1 for a, b in zip(numbers, numbers[1:], strict=False))


def leaves(table: Table, first: int, end: int) -> list[Leaf]:
    """Columns under the header rows ``first`` to ``end``, left to right, with their header paths."""
    words = vocabulary()
    matrix = table.matrix()
    edges = _leaf_edges(table, matrix, first, end)
    rows = [r for r in range(first, end) if not table.rows[r].repeated and not is_order_row(table, r)]
    found: list[Leaf] = []
    for a, b in zip(edges, edges[1:], strict=False):
        path = _path(rows, matrix, first, end, a)
        found.append(Leaf(a, b - a, path, _role(path, words)))
    _settle_roles(table, found, end)
    panel = 0
    seen_measure = False
    for leaf in found:
        if leaf.role in ("code", "part", "name") and seen_measure:
            panel += 1
            seen_measure = False
        seen_measure = seen_measure or leaf.role == "measure"
        leaf.panel = panel
    _set_unit_codes_aside(found)
    return found


def _set_unit_codes_aside(found: list[Leaf]) -> None:
    """科目编码 beside 单位代码: the row is keyed by its 科目; the unit's code is said about it."""
    words = vocabulary()
    for leaf in found:
        if leaf.role == "code" and words.unit_code.match(key(leaf.path[-1])):
            others = [x for x in found if x.panel == leaf.panel and x is not leaf and x.role in ("code", "part")]
            if any(x.role == "part" or not words.unit_code.match(key(x.path[-1])) for x in others):
                leaf.role = "text"


def _leaf_edges(table: Table, matrix: list[list[Cell | None]], first: int, end: int) -> list[int]:
    """Column boundaries that the body, or failing that the header, uses."""
    votes = [0] * (table.ncols + 1)
    rows = [r for r in range(end, len(table.rows)) if not table.rows[r].repeated] or list(range(first, end))
    for r in rows:
        for c in {id(x): x for x in matrix[r] if x is not None}.values():
            votes[c.col] += 1
            votes[min(c.col + c.colspan, table.ncols)] += 1
    header = {c.col for r in range(first, end) for c in table.rows[r].cells} if end > first else set()
    least = max(1, len(rows) // 20)
    return [
        0,
        *[i for i in range(1, table.ncols) if votes[i] >= least and (votes[i] > 2 * least or i in header)],
        table.ncols,
    ]


def _path(rows: list[int], matrix: list[list[Cell | None]], first: int, end: int, col: int) -> tuple[str, ...]:
    path: list[str] = []
    last: Cell | None = None
    for r in rows:
        cell = _carry(matrix, r, first, end, col)
        if cell is None or cell is last:
            continue
        last = cell
        text = "".join(cell.text.split())
        if text and (not path or path[-1] != text):
            path.append(text)
    return tuple(path)


def _carry(matrix: list[list[Cell | None]], r: int, first: int, end: int, col: int) -> Cell | None:
    """A blank behind a header cell means that the cell spans on, if more header stands beneath.

    So it is in text, and on paper where the publisher merged no cells.  Under a header of its own column a blank is
    that header going down, not its neighbour going on; behind merged cells it is a blank.
    """
    cell = matrix[r][col]
    below = any(matrix[i][col] is not None and matrix[i][col].text for i in range(r + 1, end))  # type: ignore[union-attr]
    if cell is None or cell.text or not below:
        return cell
    if any(matrix[i][col] is not None and matrix[i][col].text for i in range(first, r)):  # type: ignore[union-attr]
        return cell
    for c in range(col - 1, -1, -1):
        left = matrix[r][c]
        if left is not None and left.text:
            return left if left.colspan == 1 else cell
    return cell


def _role(path: tuple[str, ...], words: Vocabulary) -> str:
    if not path:
        return "measure"
    leaf = key(path[-1])
    if words.code_part.match(leaf):
        return "part"
    for role in ("code", "skip", "text"):
        if getattr(words, role).match(leaf):
            return role
    return "name" if words.name.match(leaf) else "measure"


def _settle_roles(table: Table, found: list[Leaf], end: int) -> None:
    """Let the body decide where the header does not: words make no measure, 3-digit parts are codes."""
    words = vocabulary()
    rows = [row for row in table.rows[end:] if not row.repeated]
    for leaf in found:
        texts = [key(c.text) for row in rows for c in row.cells if c.text and leaf.col <= c.col < leaf.col + leaf.width]
        if leaf.role == "measure" and texts:
            numbers = sum(parse_amount(t) is not None or t in ("-", "--", "---") or t.endswith("%") for t in texts)
            wordy = not leaf.path or not all(words.header_word.match(t) for t in texts)
            if numbers < 0.3 * len(texts) and wordy:
                leaf.role = "name" if not any(x.role == "name" for x in found) or not leaf.path else "text"
        elif leaf.role == "name" and texts and all(_LONG_NUMBER.match(t) for t in texts):
            leaf.role = "code"
        elif leaf.role in ("name", "code") and len(leaf.path) == 0:
            leaf.role = "measure"
        if leaf.role == "measure" and not leaf.path and not texts:
            leaf.role = "skip"


def panels(found: list[Leaf]) -> list[Panel]:
    """Group leaves to panels; leaves without any measure behind them join the panel before."""
    count = max((leaf.panel for leaf in found), default=-1) + 1
    result = [Panel([], [], [], []) for _ in range(count)]
    for leaf in found:
        panel = result[leaf.panel]
        {
            "code": panel.codes, "part": panel.codes, "name": panel.names, "text": panel.texts,
            "measure": panel.measures, "skip": [],
        }[leaf.role].append(leaf)  # fmt: skip
    return result


def measure_name(path: tuple[str, ...], spec: Spec | None) -> str:
    """指标 of a header path: canonical where a rule knows it, else as printed."""
    return known_measure(path, spec) or (path[-1] if path else "金额")


def known_measure(path: tuple[str, ...], spec: Spec | None) -> str | None:
    """Canonical 指标 of a header path by the spec's own rules, then the shared ones; ``None`` if none fits."""
    joined = "/".join(key(p) for p in path)
    for pattern, name in spec.measures if spec else ():
        if pattern.search(joined):
            return name
    for pattern, name in vocabulary().measures:
        if pattern.search(joined):
            return name
    return None
