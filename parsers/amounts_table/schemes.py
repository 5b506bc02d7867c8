"""科目体系 of rows: which of two classifications side by side they are keyed by, and by names where no code is printed.

A fund's expenditure may be shown by economic class; a line of basic expenditure may bear its class among departments
and the one among governments, or its function.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import regex

from parsers.specs.codebook import ECONOMIC, family_of, schemes_of
from parsers.text import key, strip_ordinal
from parsers.values import TOTAL, Column, Row

_SETTLED = frozenset(("功能分类", *ECONOMIC))
_LEAST = 2  # names that only one classification has
_SHARE = 0.5  # of the names: as many are in the codebook
_PROJECT_CODE = regex.compile(r"^项目(编码|代码|编号)$")
_FILLED = 0.8  # of the rows that the other classification codes


def keep_one_classification(
    found: list[Column], texts: Mapping[int, Sequence[str]], scheme: str | None
) -> list[Column]:  # fmt: skip
    """Codes of two classifications in one panel: rows are keyed by ``scheme``'s, else by those further left.

    ``texts`` are what the body prints under each column.  The codes of the other and the names behind them become
    text, but not where they stand in rows that the first does not code.
    """
    aside: set[int] = set()
    for panel in {c.panel for c in found}:
        groups = _code_groups([c for c in found if c.panel == panel])
        families = {g[0].number: _family(g[0], texts[g[0].number]) for g in groups}
        groups = [g for g in groups if families[g[0].number]]
        if len({families[g[0].number] for g in groups}) < 2:
            continue
        kept = next((g for g in groups if families[g[0].number] == scheme), groups[0])
        for group in groups:
            if group is not kept and len(texts[kept[0].number]) >= _FILLED * len(texts[group[0].number]):
                aside |= {c.number for c in (*group, *_names_behind(found, group[-1]))}
    return [replace(c, role="text") if c.number in aside else c for c in found]


def _code_groups(columns: list[Column]) -> list[list[Column]]:
    """Columns of whole codes, and 类, 款, 项 that stand side by side."""
    groups: list[list[Column]] = []
    before: Column | None = None
    for column in columns:
        if column.role == "part" and before is not None and before.role == "part":
            groups[-1].append(column)
        elif column.role in ("code", "part"):
            groups.append([column])
        before = column
    return groups


def _family(column: Column, texts: Sequence[str]) -> str | None:
    """The classification that nearly all codes of a column can belong to, or 项目 by its header."""
    if column.path and _PROJECT_CODE.match(key(column.path[-1])):
        return "项目"
    families = Counter(family_of(t) for t in texts if t[:1].isdigit())
    best = families.most_common(1)
    return best[0][0] if best and best[0][1] >= _FILLED * families.total() else None


def _names_behind(found: list[Column], column: Column) -> list[Column]:
    """The columns of names between ``column`` and the next of codes or figures."""
    names: list[Column] = []
    for other in found[found.index(column) + 1 :]:
        if other.role != "name":
            break
        names.append(other)
    return names


def settle_schemes(rows: Sequence[Row]) -> None:
    """Set an economic 科目体系 where the names, or the codes of most rows, are of that classification."""
    named = [row for row in rows if row.name and row.level != TOTAL]
    if not named or any(row.scheme not in _SETTLED for row in rows):
        return
    coded = Counter(row.scheme for row in named if row.code)
    scheme = next(iter(coded)) if len(coded) == 1 else None if coded else _by_names(named)
    if scheme in ECONOMIC:
        for row in rows:
            if not row.code:
                row.scheme = scheme


def _by_names(rows: Sequence[Row]) -> str | None:
    """The classification that most names are in; of two economic ones that with more names that are its alone."""
    known = [schemes_of(strip_ordinal(key(row.name or ""))) for row in rows]
    economic = [found for found in known if found & set(ECONOMIC) and "功能分类" not in found]
    if len(economic) < max(_LEAST, _SHARE * len(rows)):
        return None
    alone = Counter(scheme for found in known if len(found) == 1 for scheme in found)
    best, other = sorted(ECONOMIC, key=lambda scheme: -alone[scheme])
    return best if alone[best] >= _LEAST and alone[best] > alone[other] else None
