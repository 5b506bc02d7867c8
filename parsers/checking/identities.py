"""Sums that a printed table promises, found by the structure of the table.

Every function yields ``Identity`` values: a printed total and the printed items that make it.  Which of them run
on which dataset is declared in ``identities.toml``; what a difference means is decided in ``checker``.  A blank
total promises nothing; a blank item counts as nothing; where no item prints a number nothing is tested.  Columns of
different years, phases or scopes are never parts of one sum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

import regex

from parsers.amounts_table.levels.leaves import INCOMPLETE
from parsers.checking.verdicts import NOTICE
from parsers.numbers import rounded
from parsers.specs.model import InsideRule
from parsers.text import is_grand_total, key
from parsers.values import TOTAL, Amount, AmountTable, Row

_SUM = regex.compile(r"(合计|小计|总计|总额)$")
_NO_PART = regex.compile(r"其中|(上年|去年|前年)(?!.{0,6}结[转余])|增减|增长|比上|完成|占|人数|数量|单价|备注|执行数|%")
_FEW_INSURANCES = 2  # rows of a balance that may name an insurance (社会保险基金 among the funds)
_THIS_YEAR = regex.compile(r"^(本年|当年|年度)(收入|支出)$")
_SHARE = regex.compile(r"^(\d+(?:\.\d+)?)[%％]$")
_MAIN = regex.compile(r"(合计|总计|小计)$")


@dataclass(frozen=True, slots=True, eq=False)
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
        units = {a.unit for a in (self.published, *self.parts)}
        if len(units) > 1:
            step = self.step
            published, expected = rounded(published, step), rounded(expected, step)
        return published - expected

    @property
    def tables(self) -> Iterator[tuple[int, int]]:
        """表序 of the table of ``published`` with that of each part, either way."""
        mine = self.published.row.table.context.ordinal
        for part in self.parts:
            other = part.row.table.context.ordinal
            yield from ((mine, other), (other, mine))

    @property
    def step(self) -> Decimal:
        """The coarsest last digit among the numbers that are not nought."""
        amounts = [a for a in (self.published, *self.parts) if a.precision is not None]
        steps = [a.precision for a in amounts if a.value] or [a.precision for a in amounts]
        return max((s for s in steps if s is not None), default=Decimal(0))

    @property
    def tolerance(self) -> Decimal:
        """(n + 1) / 2 units of the last digit for a sum of n rounded items."""
        return (sum(a.value is not None for a in self.parts) + 1) * self.step / 2


def _sum(amounts: list[Amount]) -> Decimal:
    return sum((f.value for f in amounts if f.value is not None), Decimal(0))


Maker = Callable[[AmountTable, InsideRule], Iterator[Identity]]
Basis = tuple[int | None, str | None, str | None]


def basis(amount: Amount) -> Basis:
    """年度, 口径 and 范围 of an amount: what may be added up and compared has all three in common."""
    column, context = amount.column, amount.row.table.context
    return (
        column.year if column.year is not None else context.year,
        column.phase or context.phase,
        column.scope,
    )  # fmt: skip


def tree(table: AmountTable, rule: InsideRule) -> Iterator[Identity]:
    """A row is the sum of the rows below it, 合计 of the topmost ones: the tree that 末级 states, column by column."""
    for rows in _by_panel(table):
        below = {child for row in rows for child in row.children}
        for row in rows:
            if row.children and INCOMPLETE in row.marks:
                yield from _incomplete(row)
            elif row.children:
                found = list(_sums(row, row.children, f"{row.name}＝下级之和"))
                yield from _incomplete(row) if _falls_short(found, _without_parts(row)) else found
            for child in row.children:
                yield from _holes(row, child)
        total = _single_total(rows)
        if total is not None:
            tops = [r for r in rows if r not in below and r.level != TOTAL and not r.detail and (r.leaf or r.children)]
            yield from _sums(total, tops, "合计＝各顶级科目之和")


def _holes(above: Row, row: Row) -> Iterator[Identity]:
    """A blank between figures above and below it should print the sum of those below."""
    printed = {a.column.number for a in above.amounts if a.value is not None}
    for amount in row.amounts:
        if amount.value is None and amount.column.number in printed and amount.column.money:
            below = [a for c in row.children for a in c.amounts if a.column.number == amount.column.number]
            if any(a.value for a in below):
                yield Identity(amount, below, f"{row.name}空白，下级有数")


def _falls_short(found: list[Identity], bare: int) -> bool:
    """Do the rows below a row add up to less in two columns at least and half of them, and to more in none?

    Publishers leave out 款 that they must not disclose; a difference in one column is a wrong cell, no row left out.
    ``bare`` are columns in which only the row prints a figure: nothing is tested there, but less it is.
    """
    beyond = [i.difference for i in found if abs(i.difference) > i.tolerance]
    less = len(beyond) + bare
    return bool(beyond) and less > 1 and 2 * less >= len(found) + bare and all(d > 0 for d in beyond)


def _without_parts(row: Row) -> int:
    """In how many columns of money the row prints a figure and no row below it does."""
    below = {a.column.number for child in row.children for a in child.amounts if a.value is not None}
    return sum(bool(a.value) and a.column.money and a.column.number not in below for a in row.amounts)


def _incomplete(row: Row) -> Iterator[Identity]:
    """One notice for a row whose parts are not all printed, in the column where most is missing."""
    found = [i for i in _sums(row, row.children, f"{NOTICE}：{row.name}{INCOMPLETE}") if i.difference > 0]
    for identity in sorted(found, key=lambda i: i.difference)[-1:]:
        yield replace(identity, relation=">=")


def leaves(table: AmountTable, rule: InsideRule) -> Iterator[Identity]:
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


def _sums(whole: Row, parts: list[Row], what: str) -> Iterator[Identity]:
    """One identity for each column in which the whole and a part print a number; a part in another panel has it there."""
    by_column: dict[int, list[Amount]] = {}
    for part in parts:
        for amount, beside in zip(
            part.amounts, part.amounts if part.panel == whole.panel else whole.amounts, strict=True
        ):
            by_column.setdefault(beside.column.number, []).append(amount)
    for amount in whole.amounts:
        items = by_column.get(amount.column.number, [])
        if amount.column.money and amount.value is not None and any(i.value is not None for i in items):
            yield Identity(amount, items, what)


def row(table: AmountTable, rule: InsideRule) -> Iterator[Identity]:
    """合计 = 基本支出 + 项目支出 + …, 小计 = 人员经费 + 公用经费, as the column headers nest.

    Words of a scope may be part of a name (县级基本财力保障): columns of one year and phase may add up over their scopes
    too, but a sum that then fails proves nothing.
    """
    for line in table.rows:
        alike = _row_sums(line, basis)
        kinds = {basis(amount) for amount in line.amounts}
        # with one scope for each year and phase both are the same
        pooled = alike if len(kinds) == len({k[:2] for k in kinds}) else _row_sums(line, lambda a: basis(a)[:2])
        for published in dict.fromkeys([*alike, *pooled]):
            mine, other = alike.get(published), pooled.get(published)
            if other is not None and abs(other.difference) <= other.tolerance:
                yield other
            elif mine is not None:
                yield mine


def _row_sums(line: Row, kind: Callable[[Amount], tuple[object, ...]]) -> dict[Amount, Identity]:
    """Sums of a row's columns that are of one kind, by the amount that should be the sum."""
    by_kind: dict[tuple[object, ...], Columns] = {}
    for amount in line.amounts:
        if amount.column.money and not _NO_PART.search(amount.header):
            by_kind.setdefault(kind(amount), []).append((amount.column.path, amount))
    found = [i for columns in by_kind.values() if len(columns) > 2 for i in _group(columns, 0)[1]]
    return {i.published: i for i in found}


Columns = list[tuple[tuple[str, ...], Amount]]


def _group(columns: Columns, depth: int) -> tuple[list[Amount], list[Identity]]:
    """The amounts that stand for a group of columns (its total, or else its parts) and the identities inside it."""
    total: Amount | None = None
    parts: list[Amount] = []
    found: list[Identity] = []
    groups: dict[str, Columns] = {}
    for path, amount in columns:
        groups.setdefault(path[depth] if depth < len(path) else "", []).append((path, amount))
    for name, inner in groups.items():
        if not name and len(inner) > 1:
            parts.extend(amount for _, amount in inner)  # columns that one header heads: none is the others' total
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


def parts(table: AmountTable, rule: InsideRule) -> Iterator[Identity]:
    """Columns named in the rule: 合计 = 出国 + 用车 + 接待; ``also`` names columns that some publishers count in."""
    for line in table.rows:
        for kind in dict.fromkeys(map(basis, line.amounts)):
            by_measure = {a.measure: a for a in line.amounts if basis(a) == kind}
            for named in rule.sums:
                total = by_measure.get(named.total)
                items = [by_measure[m] for m in named.parts if m in by_measure]
                if total is None or total.value is None or len(items) != len(named.parts):
                    continue
                more = [by_measure[m] for m in named.also if m in by_measure]
                choices = [items, *([*items, *more[: i + 1]] for i in range(len(more)))]
                chosen = min(choices, key=lambda c: abs(total.value - _sum(c)))  # type: ignore[operator]
                yield Identity(total, chosen, f"{named.total}＝{'＋'.join(p.measure for p in chosen)}")


def outline(table: AmountTable, rule: InsideRule) -> Iterator[Identity]:
    """一、 = Σ（一）…, by the ordinals before the names."""
    for column in table.printed_columns().values():
        stack: list[tuple[int, Amount]] = []
        children: dict[Amount, list[Amount]] = {}
        for amount in column:
            depth = amount.row.depth
            if depth is None or amount.row.is_total or amount.row.detail:
                stack = stack if amount.row.detail else []
                continue
            while stack and stack[-1][0] >= depth:
                stack.pop()
            if stack:
                children.setdefault(stack[-1][1], []).append(amount)
            stack.append((depth, amount))
        for parent, items in children.items():
            if parent.value is None or all(i.value is None for i in items):
                continue
            found = Identity(parent, items, f"{parent.row.name}＝所列各项之和")
            if len(items) > 1 or found.difference <= 0:  # one item alone may be a part that is worth naming
                yield found


def totals(table: AmountTable, rule: InsideRule) -> Iterator[Identity]:
    """本年收入合计 = Σ income rows; 收入总计 = 本年收入合计 + 上年结转 + …: each column from the top down.

    ``details`` names rows that only part the carried-over row above them.  Where some rows bear ordinals, those
    without may be items or parts of the row above (not every publisher prints 其中): either reading may hold.
    """
    details, carried = rule.patterns["details"], rule.patterns["carried"]
    for column in table.printed_columns().values():
        items: list[Amount] = []
        least = min((f.row.depth for f in column if f.row.depth), default=None)
        after_carried = False
        for amount in column:
            line = amount.row
            name = key(line.name or "")
            if (_MAIN.search(name) and line.is_total) or (line.depth is None and _THIS_YEAR.search(name)):
                if amount.value is not None and any(i.value is not None for i in items):
                    strict = [
                        i for i in items if i.row.depth or i.row.is_total or carried.search(key(i.row.name or ""))
                    ]
                    readings = [Identity(amount, r, f"{line.name}＝以上各项之和") for r in (list(items), strict) if r]
                    yield min(readings, key=lambda i: abs(i.difference))
                items = [amount]
                continue
            if line.detail or (line.depth is not None and least is not None and line.depth > least):
                continue
            if after_carried and details.search(name):
                continue
            after_carried = after_carried or bool(carried.search(name))
            items.append(amount)


def balance(table: AmountTable, rule: InsideRule) -> Iterator[Identity]:
    """收入总计 = 支出总计, each of one year, phase and scope.

    What comes in in a year (本年收入合计) need not go out in it, nor all that an insurance fund has.  Where no column
    balances, the publisher leaves a side open (结余, 调出): said of the first one only.
    """
    if sum("保险" in (row.name or "") for row in table.rows) > _FEW_INSURANCES:
        return
    income: dict[Basis, Amount] = {}
    spent: dict[tuple[Basis, int], Amount] = {}
    for (panel, _, direction), column in table.printed_columns().items():
        grand = [a for a in column if a.row.is_total and a.value is not None and a.column.money]
        if not grand or column[-1].row.number - grand[-1].row.number > 1:
            continue
        last = grand[-1]
        if direction == "收入":
            income.setdefault(basis(last), last)
        elif direction == "支出":
            spent.setdefault((basis(last), panel), last)
    found = [
        Identity(other, [amount], "收入总计＝支出总计")
        for (kind, _), amount in spent.items()
        if (other := income.get(kind)) is not None and _is_grand(other) is _is_grand(amount)
        and not (_of_the_year(other) and _of_the_year(amount))
    ]  # fmt: skip
    never = len(found) > 1 and all(abs(i.difference) > i.tolerance for i in found)
    yield from found[:1] if never else found


def _is_grand(amount: Amount) -> bool:
    return is_grand_total(amount.row.name or "")


def _of_the_year(amount: Amount) -> bool:
    """本年收入合计: one year's, without what is carried over."""
    return key(amount.row.name or "").startswith(("本年", "当年"))


def column_sum(table: AmountTable, rule: InsideRule) -> Iterator[Identity]:
    """合计 = Σ the rows beside it, in every column of a short list; 其中 rows part the total or the row above."""
    for printed in table.printed_columns().values():
        column = [_percent(f) for f in printed]
        total = [f for f in column if f.row.is_total]
        every = [f for f in column if not f.row.is_total]
        if len(total) != 1 or total[0].value is None or all(f.value is None for f in every):
            continue
        choices = ([f for f in every if not f.row.detail], every)
        yield min((Identity(total[0], c, "合计＝各行之和") for c in choices), key=lambda i: abs(i.difference))


def _percent(amount: Amount) -> Amount:
    """A share (28.25%) as a number of its own: shares add up as well."""
    match = _SHARE.match(amount.text or "") if amount.value is None else None
    if not match:
        return amount
    places = len(match[1].partition(".")[2])
    step = Decimal(1).scaleb(-places)
    return replace(amount, value=Decimal(match[1]), step=step, precision=step)


MAKERS: dict[str, Maker] = {
    "tree": tree, "leaves": leaves, "row": row, "parts": parts, "outline": outline, "totals": totals, "balance": balance,
    "column": column_sum,
}  # fmt: skip
