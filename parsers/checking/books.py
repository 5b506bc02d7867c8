"""Sums that the tables of governments' books promise: stocks of debt, their limits, a whole and its governments.

As in ``identities``, every function yields ``Identity`` values for one table; which of them run on which dataset the
table specs declare.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

import regex

from parsers.checking.identities import Identity, Maker
from parsers.specs.model import InsideRule, Words
from parsers.text import key
from parsers.values import TOTAL, Amount, AmountTable, Row

_YEAR = regex.compile(r"(20\d\d)年")
_EXCHANGE = Decimal("0.02")  # of a stock: as much as rates of exchange may move one that holds foreign loans
_PLACE_OF_LIMIT = regex.compile(r"限额|余额|\(.*?\)|决算数|执行数|预计|数$|政府|地方|债务|末|20\d\d年|情况|[/\s]")
_OWN = "本级"
_KIND = regex.compile(r"一般|专项")


def stock(table: AmountTable, rule: InsideRule) -> Iterator[Identity]:
    """年末余额 = 上年末余额 + 发行 − 还本 − 其他方式化解, among the topmost rows of a panel, column by column.

    Foreign loans move with rates of exchange: where they may be in the stock (专项债务 has none), a small difference
    proves nothing.
    """
    patterns = rule.patterns
    for rows in _panels(table):
        top = _topmost(rows)
        found = {name: [r for r in top if patterns[name].search(_name(r))] for name in ("stock", "inflow", "outflow")}
        if [len(found[name]) for name in ("stock", "inflow", "outflow")] != [2, 1, 1]:
            continue
        opening, closing = found["stock"]
        domestic = patterns["domestic"].search(_name(closing)) is not None
        others = [r for r in top if patterns["others"].search(_name(r))]
        for amount in closing.amounts:
            parts = [_at(r, amount.column.number) for r in (opening, found["inflow"][0], found["outflow"][0])]
            if amount.value is None or any(p is None or p.value is None for p in parts):
                continue
            before, issued, repaid = (p for p in parts if p is not None)
            away = [p for r in others if (p := _at(r, amount.column.number)) is not None and p.value is not None]
            items = [before, issued, *map(_less, (repaid, *away))]
            identity = Identity(amount, items, "年末余额＝上年末余额＋发行－还本")
            beyond = abs(identity.difference) > identity.tolerance
            if domestic or not beyond or abs(identity.difference) > _EXCHANGE * abs(amount.value):
                yield identity


def limit(table: AmountTable, rule: InsideRule) -> Iterator[Identity]:
    """限额 ≥ 余额 of one year, as columns of a row or as topmost rows of a panel."""
    limits, stocks = rule.patterns["limit"], rule.patterns["stock"]
    for row in table.rows:
        yield from _limit_columns(row, limits, stocks)
    for rows in _panels(table):
        top = _topmost(rows)
        for over in (r for r in top if limits.search(_name(r))):
            under = [r for r in top if stocks.search(_name(r)) and _year(r) == _year(over) is not None]
            if len(under) == 1:
                yield from _limit_rows(over, under[0])


def _limit_columns(row: Row, limits: Words, stocks: Words) -> Iterator[Identity]:
    of: dict[tuple[int | None, str], dict[str, list[Amount]]] = {}
    for amount in row.amounts:
        header = key(amount.header)
        side = "limit" if limits.search(header) else "stock" if stocks.search(header) else None
        if side and amount.value is not None and amount.column.money:
            place = (amount.column.year, _PLACE_OF_LIMIT.sub("", header))
            of.setdefault(place, {}).setdefault(side, []).append(amount)
    for sides in of.values():
        over, under = sides.get("limit", []), sides.get("stock", [])
        if len(over) == 1 and len(under) == 1:
            yield Identity(over[0], under, "限额不少于余额", ">=")


def _limit_rows(over: Row, under: Row) -> Iterator[Identity]:
    """In the columns that both print, else the one figure of each (限额 under 预算数, 余额 under 执行数)."""
    if set(_KIND.findall(_name(over))) != set(_KIND.findall(_name(under))):
        return
    mine, its = _figures(over), _figures(under)
    both = [n for n in mine if n in its]
    pairs = [(mine[n], its[n]) for n in both]
    if not both and len(mine) == len(its) == 1:
        pairs = [(next(iter(mine.values())), next(iter(its.values())))]
    for whole, part in pairs:
        yield Identity(whole, [part], "限额不少于余额", ">=")


def scopes(table: AmountTable, rule: InsideRule) -> Iterator[Identity]:
    """全省 = 省本级 + 市县 in a row whose columns print all of them for one year, phase and measure."""
    wholes = rule.patterns["whole"]
    for row in table.rows:
        groups: dict[tuple[int | None, str | None, str], list[Amount]] = {}
        for amount in row.amounts:
            if amount.column.scope and amount.column.money and amount.value is not None:
                column = amount.column
                groups.setdefault((column.year, column.phase, amount.measure), []).append(amount)
        for amounts in groups.values():
            whole = [a for a in amounts if wholes.search(a.column.scope or "")]
            parts = [a for a in amounts if a not in whole]
            own = [a for a in parts if len(whole) == 1 and _is_own(a.column.scope or "", whole[0].column.scope or "")]
            if len(own) == 1 and len(parts) > 1:
                yield Identity(whole[0], parts, f"{whole[0].column.scope}＝本级与以下各级之和")


def _is_own(scope: str, whole: str) -> bool:
    """市本级 of 全市, 自治区本级 of 全区; 区本级 is not 全市's own."""
    return scope == _OWN or (scope.endswith(_OWN) and scope.removesuffix(_OWN).endswith(whole.removeprefix("全")))


def _panels(table: AmountTable) -> Iterator[list[Row]]:
    for panel in dict.fromkeys(r.panel for r in table.rows):
        yield [r for r in table.rows if r.panel == panel and r.level != TOTAL]


def _topmost(rows: Sequence[Row]) -> list[Row]:
    """Rows of the first ordinal where there are ordinals, else those that are below no other."""
    depths = [r.depth for r in rows if r.depth is not None]
    if depths:
        return [r for r in rows if r.depth == min(depths)]
    below = {child for row in rows for child in row.children}
    return [r for r in rows if r not in below and not r.detail]


def _name(row: Row) -> str:
    return key(row.name or "")


def _year(row: Row) -> str | None:
    match = _YEAR.search(_name(row))
    return match[1] if match else None


def _at(row: Row, number: int) -> Amount | None:
    return next((a for a in row.amounts if a.column.number == number), None)


def _figures(row: Row) -> dict[int, Amount]:
    return {a.column.number: a for a in row.amounts if a.value is not None and a.column.money}


def _less(amount: Amount) -> Amount:
    """What is taken away, as an item of a sum."""
    value = -amount.value if amount.value is not None else None
    return replace(amount, value=value, text=f"-{amount.text}")


MAKERS: dict[str, Maker] = {"stock": stock, "limit": limit, "scopes": scopes}
