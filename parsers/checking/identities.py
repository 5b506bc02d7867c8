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

from parsers.amounts_table.levels import INCOMPLETE
from parsers.checking.verdicts import NOTICE
from parsers.numbers import rounded
from parsers.text import SUBTOTAL, key
from parsers.values import TOTAL, Amount, AmountTable, Row

Params = dict[str, Any]
_SUM = regex.compile(r"(合计|小计|总计|总额)$")
_NO_PART = regex.compile(r"其中|(上年|去年|前年)(?!.{0,6}结[转余])|增减|增长|比上|完成|占|人数|数量|单价|备注|执行数|%")
_GRAND = regex.compile(r"总计$|^总额$")
_THIS_YEAR = regex.compile(r"^(本年|当年|年度)(收入|支出)$")
_SHARE = regex.compile(r"^(\d+(?:\.\d+)?)[%％]$")
_MAIN = regex.compile(r"(合计|总计|小计)$")


@dataclass(slots=True)
class Identity:
    """``published`` should be the sum of ``parts`` (or at least that, where ``relation`` is ``>=``)."""

    published: Amount
    parts: list[Amount]
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
        units = {f.unit for f in (self.published, *self.parts)}
        if len(units) > 1:
            step = self.step
            published, expected = rounded(published, step), rounded(expected, step)
        return published - expected

    @property
    def step(self) -> Decimal:
        """The coarsest last digit among the numbers that are not nought."""
        facts = [f for f in (self.published, *self.parts) if f.precision is not None]
        steps = [f.precision for f in facts if f.value] or [f.precision for f in facts]
        return max((s for s in steps if s is not None), default=Decimal(0))

    @property
    def tolerance(self) -> Decimal:
        """(n + 1) / 2 units of the last digit for a sum of n rounded items."""
        return (self.items + 1) * self.step / 2

    @property
    def items(self) -> int:
        return sum(p.value is not None for p in self.parts)


def _sum(facts: list[Amount]) -> Decimal:
    return sum((f.value for f in facts if f.value is not None), Decimal(0))


Maker = Callable[[AmountTable, Params], Iterator[Identity]]


def tree(table: AmountTable, params: Params) -> Iterator[Identity]:
    """A row is the sum of the rows below it, 合计 of the topmost ones: the tree that 末级 states, column by column."""
    for rows in _by_panel(table):
        below = {child for row in rows for child in row.children}
        for row in rows:
            if row.children and INCOMPLETE in row.marks:
                yield from _incomplete(row)
            elif row.children:
                yield from _sums(row, row.children, f"{row.name}＝下级之和")
            for child in row.children:
                yield from _holes(row, child)
        total = _single_total(rows)
        if total is not None:
            tops = [r for r in rows if r not in below and not r.is_total and not r.detail and not _is_subtotal(r)]
            yield from _sums(total, tops, "合计＝各顶级科目之和")


def _holes(above: Row, row: Row) -> Iterator[Identity]:
    """A blank between figures above and below it should print the sum of those below."""
    printed = {a.column.number for a in above.amounts if a.value is not None}
    for amount in row.amounts:
        if amount.value is None and amount.column.number in printed and amount.column.money:
            below = [a for c in row.children for a in c.amounts if a.column.number == amount.column.number]
            if any(a.value for a in below):
                yield Identity(amount, below, f"{row.name}空白，下级有数")


def _incomplete(row: Row) -> Iterator[Identity]:
    """One notice for a row whose parts are not all printed, in the column where most is missing."""
    found = [i for i in _sums(row, row.children, f"{NOTICE}：{row.name}{INCOMPLETE}") if i.difference > 0]
    for identity in sorted(found, key=lambda i: i.difference)[-1:]:
        yield replace(identity, relation=">=")


def leaves(table: AmountTable, params: Params) -> Iterator[Identity]:
    """合计 = Σ末级, in every column of every panel with one total."""
    for rows in _by_panel(table):
        total = _single_total(rows)
        if total is not None:
            yield from _sums(total, [r for r in rows if r.leaf], "合计＝末级之和")


def _by_panel(table: AmountTable) -> Iterator[list[Row]]:
    for panel in dict.fromkeys(r.panel for r in table.rows):
        yield [r for r in table.rows if r.panel == panel]


def _single_total(rows: list[Row]) -> Row | None:
    totals = [r for r in rows if r.level == TOTAL]
    return totals[0] if len(totals) == 1 else None


def _is_subtotal(row: Row) -> bool:
    return not row.leaf and bool(SUBTOTAL.search(key(row.name or "")))


def _sums(whole: Row, parts: list[Row], what: str) -> Iterator[Identity]:
    """One identity for each column in which the whole and a part print a number."""
    by_column: dict[int, list[Amount]] = {}
    for part in parts:
        for amount in part.amounts:
            by_column.setdefault(amount.column.number, []).append(amount)
    for amount in whole.amounts:
        items = by_column.get(amount.column.number, [])
        if amount.column.money and amount.value is not None and any(i.value is not None for i in items):
            yield Identity(amount, items, what)


def row(table: AmountTable, params: Params) -> Iterator[Identity]:
    """合计 = 基本支出 + 项目支出 + …, 小计 = 人员经费 + 公用经费, as the column headers nest."""
    for line in table.rows:
        columns = [
            (f.column.path, f) for f in line.amounts if f.column.money and not _NO_PART.search(f.header)
        ]  # fmt: skip
        if len(columns) > 2:
            yield from _group(columns, 0)[1]


Columns = list[tuple[tuple[str, ...], Amount]]


def _group(columns: Columns, depth: int) -> tuple[list[Amount], list[Identity]]:
    """The facts that stand for a group of columns (its total, or else its parts) and the identities inside it."""
    total: Amount | None = None
    parts: list[Amount] = []
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


def parts(table: AmountTable, params: Params) -> Iterator[Identity]:
    """Columns named in the rule: 合计 = 出国 + 用车 + 接待; ``also`` names columns that some publishers count in."""
    for line in table.rows:
        for kind in {(f.column.phase, f.column.year) for f in line.amounts}:
            by_measure = {f.measure: f for f in line.amounts if (f.column.phase, f.column.year) == kind}
            for rule in params["sums"]:
                total = by_measure.get(rule["total"])
                items = [by_measure[m] for m in rule["parts"] if m in by_measure]
                if total is None or total.value is None or len(items) != len(rule["parts"]):
                    continue
                more = [by_measure[m] for m in rule.get("also", ()) if m in by_measure]
                choices = [items, *([*items, *more[: i + 1]] for i in range(len(more)))]
                chosen = min(choices, key=lambda c: abs(total.value - _sum(c)))  # type: ignore[operator]
                yield Identity(total, chosen, f"{rule['total']}＝{'＋'.join(p.measure for p in chosen)}")


def outline(table: AmountTable, params: Params) -> Iterator[Identity]:
    """一、 = Σ（一）…, by the ordinals before the names."""
    for column in table.printed_columns().values():
        stack: list[tuple[int, Amount]] = []
        children: dict[int, tuple[Amount, list[Amount]]] = {}
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


def totals(table: AmountTable, params: Params) -> Iterator[Identity]:
    """本年收入合计 = Σ income rows; 收入总计 = 本年收入合计 + 上年结转 + …: each column from the top down.

    ``details`` names rows that only part the carried-over row above them.  Where some rows bear ordinals, those
    without may be items or parts of the row above (not every publisher prints 其中): either reading may hold.
    """
    details, carried = regex.compile(params["details"]), regex.compile(params["carried"])
    for column in table.printed_columns().values():
        items: list[Amount] = []
        least = min((f.row.depth for f in column if f.row.depth), default=None)
        after_carried = False
        for fact in column:
            line = fact.row
            name = key(line.name or "")
            if (_MAIN.search(name) and line.is_total) or (line.depth is None and _THIS_YEAR.search(name)):
                if fact.value is not None and any(i.value is not None for i in items):
                    strict = [
                        i for i in items if i.row.depth or i.row.is_total or carried.search(key(i.row.name or ""))
                    ]
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


def balance(table: AmountTable, params: Params) -> Iterator[Identity]:
    """收入总计 = 支出总计."""
    last: dict[tuple[int, int, str | None], Amount] = {}
    for place, column in table.printed_columns().items():
        grand = [f for f in column if f.row.is_total and f.value is not None]
        if grand and column[-1].row.number - grand[-1].row.number <= 1:
            last[place] = grand[-1]
    income = next((f for (_, _, d), f in last.items() if d == "收入"), None)
    spent: dict[int, Amount] = {}
    for (panel, _, direction), fact in last.items():
        if direction == "支出":
            spent.setdefault(panel, fact)
    if income is not None:
        for fact in spent.values():
            if bool(_GRAND.search(key(income.row.name or ""))) == bool(_GRAND.search(key(fact.row.name or ""))):
                yield Identity(income, [fact], "收入总计＝支出总计")


def column_sum(table: AmountTable, params: Params) -> Iterator[Identity]:
    """合计 = Σ the rows beside it, in every column of a short list; 其中 rows part the total or the row above."""
    for printed in table.printed_columns().values():
        column = [_percent(f) for f in printed]
        total = [f for f in column if f.row.is_total]
        every = [f for f in column if not f.row.is_total]
        if len(total) != 1 or total[0].value is None or all(f.value is None for f in every):
            continue
        choices = ([f for f in every if not f.row.detail], every)
        yield min((Identity(total[0], c, "合计＝各行之和") for c in choices), key=lambda i: abs(i.difference))


def _percent(fact: Amount) -> Amount:
    """A share (28.25%) as a number of its own: shares add up as well."""
    match = _SHARE.match(fact.text or "") if fact.value is None else None
    if not match:
        return fact
    places = len(match[1].partition(".")[2])
    step = Decimal(1).scaleb(-places)
    return replace(fact, value=Decimal(match[1]), step=step, precision=step)


MAKERS: dict[str, Maker] = {
    "tree": tree, "leaves": leaves, "row": row, "parts": parts, "outline": outline, "totals": totals, "balance": balance,
    "column": column_sum,
}  # fmt: skip
