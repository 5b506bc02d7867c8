"""Tests that could not be made, by table and rule: what is not said to be untested would pass for tested."""

from __future__ import annotations

from collections import Counter

from parsers.checking.identities import basis
from parsers.specs.model import InsideRule
from parsers.values import TOTAL, AmountTable, Row

_WHY = {
    "tree": "无合计和上下级", "row": "无合计列", "parts": "缺合计列或分项列", "outline": "无带序号的下级",
    "totals": "无合计行", "balance": "收支两方没有同一年度口径范围的总计", "column": "无合计行",
}  # fmt: skip
_FEW = 2  # rows with figures that a sum has at least


def why_untested(table: AmountTable, rule: InsideRule) -> str | None:
    """Why a rule that is meant for ``table`` tested nothing; ``None`` where there is nothing to test."""
    filled = [r for r in table.rows if any(a.value is not None and a.column.money for a in r.amounts)]
    if len(filled) < _FEW and rule.kind not in ("row", "parts"):
        return None
    if not filled or (rule.kind == "row" and not _may_add_up(filled[0])):
        return None
    if rule.kind == "leaves":
        totals = sum(r.level == TOTAL for r in table.rows)
        return "无合计行" if not totals else "合计不止一行" if totals > 1 else "合计或末级无数"
    return _WHY.get(rule.kind)  # rules of books look for what few tables print


def _may_add_up(row: Row) -> bool:
    """Has a row three columns of one year, phase and scope?"""
    return max(Counter(basis(a) for a in row.amounts if a.column.money).values(), default=0) > _FEW
