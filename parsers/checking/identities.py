"""Sums that a printed table promises, found by the structure of the table.

Every function yields ``Identity`` values: a printed total and the printed items that make it.  Which of them run
on which dataset is declared in ``document.toml``; what a difference means is decided in ``checks``.  A blank total
promises nothing; a blank item counts as nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import regex

from parsers.checking.amount_rows import Fact, FactRow, FactTable
from parsers.numbers import rounded
from parsers.text import key

Params = dict[str, Any]
_RANK = {"部门": 0, "单位": 0, "一级项目": 1, "二级项目": 2}
_SUM = regex.compile(r"(合计|小计|总计|总额)$")
_NO_PART = regex.compile(r"其中|(上年|去年|前年)(?!.{0,6}结[转余])|增减|增长|比上|完成|占|人数|数量|单价|备注|执行数|%")
_GRAND = regex.compile(r"总计$|^总额$")
_THIS_YEAR = regex.compile(r"^(本年|当年|年度)(收入|支出)$")
_SHARE = regex.compile(r"^(\d+(?:\.\d+)?)[%％]$")
_MAIN = regex.compile(r"(合计|总计|小计)$")


@dataclass(slots=True)
class Identity:
    """``published`` should be the sum of ``parts`` (or at least that, where ``relation`` is ``>=``)."""

    published: Fact
    parts: list[Fact]
    what: str
    relation: str = "="

    @property
    def expected(self) -> Decimal:
        return _sum(self.parts)

    @property
    def difference(self) -> Decimal:
        """Published less expected, both to the coarser of their last digits where their units differ."""
        published = self.published.value or Decimal(0)
        expected = self.expected
        units = {f.row.table.unit for f in (self.published, *self.parts)}
        if len(units) > 1:
            step = self.step
            published, expected = rounded(published, step), rounded(expected, step)
        return published - expected

    @property
    def step(self) -> Decimal:
        """The coarsest last digit among the numbers that are not nought."""
        facts = [f for f in (self.published, *self.parts) if f.step is not None]
        steps = [f.step for f in facts if f.value] or [f.step for f in facts]
        return max((s for s in steps if s is not None), default=Decimal(0))

    @property
    def tolerance(self) -> Decimal:
        """(n + 1) / 2 units of the last digit for a sum of n rounded items."""
        return (self.items + 1) * self.step / 2

    @property
    def items(self) -> int:
        return sum(p.value is not None for p in self.parts)


def _sum(facts: list[Fact]) -> Decimal:
    return sum((f.value for f in facts if f.value is not None), Decimal(0))


Maker = Callable[[FactTable, Params], Iterator[Identity]]


def tree(table: FactTable, params: Params) -> Iterator[Identity]:
    """类 = Σ款, 款 = Σ项, 合计 = Σ类, in every column; a row belongs to the nearest printed code above it."""
    for column in table.columns().values():
        totals = [f for f in column if f.row.is_total]
        children: dict[int, list[Fact]] = {}
        parents: dict[int, Fact] = {}
        top: list[Fact] = []
        stack: list[Fact] = []
        nameless = False
        for fact in column:
            row = fact.row
            if row.is_total or row.detail:
                continue
            nameless = nameless or not row.code
            while stack and not _above(stack[-1].row, row):
                stack.pop()
            if stack:
                parents[id(stack[-1])] = stack[-1]
                children.setdefault(id(stack[-1]), []).append(fact)
            else:
                top.append(fact)
            stack.append(fact)
        for k, parent in parents.items():
            if parent.value is not None:
                yield Identity(parent, children[k], f"{parent.row.name}＝下级之和")
        if len(totals) == 1 and top and not nameless and totals[0].value is not None:
            yield Identity(totals[0], top, "合计＝各顶级科目之和")


def _above(a: FactRow, b: FactRow) -> bool:
    if a.scheme == b.scheme == "项目":
        x, y = _RANK.get(a.level or ""), _RANK.get(b.level or "")
        return x is not None and y is not None and x < y
    if a.scheme == b.scheme:
        return bool(a.code and b.code and b.code.startswith(a.code) and len(b.code) > len(a.code))
    return a.scheme == "单位"


def row(table: FactTable, params: Params) -> Iterator[Identity]:
    """合计 = 基本支出 + 项目支出 + …, 小计 = 人员经费 + 公用经费, as the column headers nest."""
    for line in table.rows:
        columns = [(tuple(f.header.split("/")), f) for f in line.facts if not _NO_PART.search(f.header)]
        if len(columns) > 2:
            yield from _group(columns, 0)[1]


Columns = list[tuple[tuple[str, ...], Fact]]


def _group(columns: Columns, depth: int) -> tuple[list[Fact], list[Identity]]:
    """The facts that stand for a group of columns (its total, or else its parts) and the identities inside it."""
    total: Fact | None = None
    parts: list[Fact] = []
    found: list[Identity] = []
    groups: dict[str, Columns] = {}
    for path, fact in columns:
        groups.setdefault(path[depth] if depth < len(path) else "", []).append((path, fact))
    for name, inner in groups.items():
        if not name and len(inner) > 1:
            parts.extend(fact for _, fact in inner)  # columns that one header heads: none is the others' total
            continue
        alone = len(inner) == 1 and len(inner[0][0]) <= depth + 1
        if alone and (not name or _SUM.search(key(name))) and total is None:
            total = inner[0][1]
        elif alone and _SUM.search(key(name)):
            continue  # a second total beside the first: 总计 | 合计 | …
        elif alone:
            parts.append(inner[0][1])
        else:
            stands, deeper = _group(inner, depth + 1)
            parts.extend(stands)
            found.extend(deeper)
    if total is None:
        return parts, found
    if len(parts) > 1 and total.value is not None and any(p.value is not None for p in parts):
        found.append(Identity(total, parts, f"{total.header}＝同行各列之和"))
    return [total], found


def parts(table: FactTable, params: Params) -> Iterator[Identity]:
    """Columns named in the rule: 合计 = 出国 + 用车 + 接待; ``also`` names columns that some publishers count in."""
    for line in table.rows:
        for kind in {f.kind for f in line.facts}:
            by_measure = {f.measure: f for f in line.facts if f.kind == kind}
            for rule in params["sums"]:
                total = by_measure.get(rule["total"])
                items = [by_measure[m] for m in rule["parts"] if m in by_measure]
                if total is None or total.value is None or len(items) != len(rule["parts"]):
                    continue
                more = [by_measure[m] for m in rule.get("also", ()) if m in by_measure]
                choices = [items, *([*items, *more[: i + 1]] for i in range(len(more)))]
                chosen = min(choices, key=lambda c: abs(total.value - _sum(c)))  # type: ignore[operator]
                yield Identity(total, chosen, f"{rule['total']}＝{'＋'.join(p.measure for p in chosen)}")


def outline(table: FactTable, params: Params) -> Iterator[Identity]:
    """一、 = Σ（一）…, by the ordinals before the names."""
    for column in table.printed_columns().values():
        stack: list[tuple[int, Fact]] = []
        children: dict[int, tuple[Fact, list[Fact]]] = {}
        for fact in column:
            depth = fact.row.depth
            if depth is None or fact.row.is_total or fact.row.detail:
                stack = stack if fact.row.detail else []
                continue
            while stack and stack[-1][0] >= depth:
                stack.pop()
            if stack:
                parent = stack[-1][1]
                children.setdefault(id(parent), (parent, []))[1].append(fact)
            stack.append((depth, fact))
        for parent, items in children.values():
            if parent.value is None or all(i.value is None for i in items):
                continue
            found = Identity(parent, items, f"{parent.row.name}＝所列各项之和")
            if len(items) > 1 or found.difference <= 0:  # one item alone may be a part that is worth naming
                yield found


def totals(table: FactTable, params: Params) -> Iterator[Identity]:
    """本年收入合计 = Σ income rows; 收入总计 = 本年收入合计 + 上年结转 + …: each column from the top down.

    ``details`` names rows that only part the carried-over row above them.  Where some rows bear ordinals, those
    without may be items or parts of the row above (not every publisher prints 其中): either reading may hold.
    """
    details, carried = regex.compile(params["details"]), regex.compile(params["carried"])
    for column in table.printed_columns().values():
        items: list[Fact] = []
        least = min((f.row.depth for f in column if f.row.depth), default=None)
        after_carried = False
        for fact in column:
            line = fact.row
            name = key(line.name)
            if (_MAIN.search(name) and line.is_total) or (line.depth is None and _THIS_YEAR.search(name)):
                if fact.value is not None and any(i.value is not None for i in items):
                    strict = [i for i in items if i.row.depth or i.row.is_total or carried.search(key(i.row.name))]
                    readings = [Identity(fact, r, f"{line.name}＝以上各项之和") for r in (list(items), strict) if r]
                    yield min(readings, key=lambda i: abs(i.difference))
                items = [fact]
                continue
            if line.detail or (line.depth is not None and least is not None and line.depth > least):
                continue
            if after_carried and details.search(name):
                continue
            after_carried = after_carried or bool(carried.search(name))
            items.append(fact)


def balance(table: FactTable, params: Params) -> Iterator[Identity]:
    """收入总计 = 支出总计."""
    last: dict[tuple[int, str | None, str], Fact] = {}
    for place, column in table.printed_columns().items():
        grand = [f for f in column if f.row.is_total and f.value is not None]
        if grand and column[-1].row.number - grand[-1].row.number <= 1:
            last[place] = grand[-1]
    income = next((f for (_, d, _), f in last.items() if d == "收入"), None)
    spent: dict[int, Fact] = {}
    for (panel, direction, _), fact in last.items():
        if direction == "支出":
            spent.setdefault(panel, fact)
    if income is not None:
        for fact in spent.values():
            if bool(_GRAND.search(key(income.row.name))) == bool(_GRAND.search(key(fact.row.name))):
                yield Identity(income, [fact], "收入总计＝支出总计")


def column_sum(table: FactTable, params: Params) -> Iterator[Identity]:
    """合计 = Σ the rows beside it, in every column of a short list; 其中 rows part the total or the row above."""
    for printed in table.printed_columns().values():
        column = [_percent(f) for f in printed]
        total = [f for f in column if f.row.is_total]
        every = [f for f in column if not f.row.is_total]
        if len(total) != 1 or total[0].value is None or all(f.value is None for f in every):
            continue
        choices = ([f for f in every if not f.row.detail], every)
        yield min((Identity(total[0], c, "合计＝各行之和") for c in choices), key=lambda i: abs(i.difference))


def _percent(fact: Fact) -> Fact:
    """A share (28.25%) as a number of its own: shares add up as well."""
    match = _SHARE.match(fact.text or "") if fact.value is None else None
    if not match:
        return fact
    places = len(match[1].partition(".")[2])
    return replace(fact, value=Decimal(match[1]), step=Decimal(1).scaleb(-places))


MAKERS: dict[str, Maker] = {
    "tree": tree, "row": row, "parts": parts, "outline": outline, "totals": totals, "balance": balance,
    "column": column_sum,
}  # fmt: skip
