"""科目体系 of rows that print no codes, by their names: a fund's expenditure may be shown by economic class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from parsers.specs.codebook import schemes_of
from parsers.text import key, strip_ordinal
from parsers.values import TOTAL, Row

_ECONOMIC = ("政府经济分类", "部门经济分类")
_SETTLED = frozenset(("功能分类", *_ECONOMIC))
_LEAST = 2  # names that only one classification has
_SHARE = 0.5  # of the names: as many are in the codebook


def settle_schemes(rows: Sequence[Row]) -> None:
    """Set an economic 科目体系 where the names, or the codes of most rows, are of that classification."""
    named = [row for row in rows if row.name and row.level != TOTAL]
    if not named or any(row.scheme not in _SETTLED for row in rows):
        return
    coded = Counter(row.scheme for row in named if row.code)
    scheme = next(iter(coded)) if len(coded) == 1 else None if coded else _by_names(named)
    if scheme in _ECONOMIC:
        for row in rows:
            if not row.code:
                row.scheme = scheme


def _by_names(rows: Sequence[Row]) -> str | None:
    """The classification that most names are in; of two economic ones that with more names that are its alone."""
    known = [schemes_of(strip_ordinal(key(row.name or ""))) for row in rows]
    economic = [found for found in known if found & set(_ECONOMIC) and "功能分类" not in found]
    if len(economic) < max(_LEAST, _SHARE * len(rows)):
        return None
    alone = Counter(scheme for found in known if len(found) == 1 for scheme in found)
    best, other = sorted(_ECONOMIC, key=lambda scheme: -alone[scheme])
    return best if alone[best] >= _LEAST and alone[best] > alone[other] else None
