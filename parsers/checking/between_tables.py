"""Amounts of one table against amounts of others, as ``identities.toml`` declares them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import regex

from parsers.checking.identities import Basis, Identity, basis
from parsers.specs.model import BetweenRule, Selector, Words
from parsers.text import key
from parsers.values import Amount, AmountTable, Row

Index = dict[tuple[str, str], list[Row]]  # rows by dataset and value
_MAIN = ("合计", "预算数", "决算数", "金额", "小计", "支出", "收入", "财政拨款支出")
_MAIN_LIKE = regex.compile(r"合计$|预算数$|决算数$")


@dataclass(frozen=True, slots=True)
class Bound:
    """One of those that a rule runs over (``each``): rows of a code, a name or an owner, or columns of one kind."""

    code: str | None = None
    name: str | None = None  # as ``parsers.text.key`` makes it
    owner: str | None = None
    column: Basis | None = None


_FREE = Bound()


@dataclass(slots=True)
class Book:
    """The tables of one document by dataset, their rows also by code, name and owner."""

    phase: str | None
    year: int | None = None
    tables: dict[str, list[AmountTable]] = field(default_factory=dict)
    _rows: dict[str, list[Row]] = field(default_factory=dict)
    _coded: Index = field(default_factory=dict)
    _named: Index = field(default_factory=dict)
    _owned: Index = field(default_factory=dict)

    def add(self, table: AmountTable) -> None:
        dataset = table.dataset
        self.tables.setdefault(dataset, []).append(table)
        self._rows.setdefault(dataset, []).extend(table.rows)
        for row in table.rows:
            if row.code:
                self._coded.setdefault((dataset, row.code), []).append(row)
            if row.name:
                self._named.setdefault((dataset, key(row.name)), []).append(row)
            for owner in {row.owner_code or row.owner, row.code} - {None, ""}:
                self._owned.setdefault((dataset, str(owner)), []).append(row)

    def rows(self, dataset: str) -> list[Row]:
        return self._rows.get(dataset, [])

    def coded(self, dataset: str, code: str) -> list[Row]:
        return self._coded.get((dataset, code), [])

    def named(self, dataset: str, name: str) -> list[Row]:
        """Rows of a name as ``parsers.text.key`` makes it."""
        return self._named.get((dataset, name), [])

    def owned(self, dataset: str, owner: str) -> list[Row]:
        """Rows of an owner, and the row of the owner itself."""
        return self._owned.get((dataset, owner), [])

    def measured(self, row: Row, measure: Words | None = None, only: Basis | None = None) -> Amount | None:
        """The row's amount of a 指标, or its main one: of the document's own 口径 and 年度 where columns of others stand.

        ``only`` asks for the columns of one year, 口径 and 范围.
        """
        money = [a for a in row.amounts if a.column.money]
        if only is not None:
            same = [a for a in money if basis(a) == only]
            return same[0] if len(same) == 1 else None
        if measure:
            money = [a for a in money if measure.search(a.measure)]
        own = [a for a in money if a.column.phase == self.phase] or money
        own = [a for a in own if a.column.year == self.year] or own
        if measure:
            return own[0] if own else None
        for name in _MAIN:
            for amount in own:
                if amount.measure == name:
                    return amount
        return next((a for a in own if _MAIN_LIKE.search(a.header)), own[0] if len(own) == 1 else None)

    def select(self, selector: Selector, bound: Bound = _FREE) -> list[Amount]:
        """Amounts that fit; of several rows in several tables all, the caller decides."""
        found = []
        for row in self._near(selector.dataset, bound):
            if _fits(row, selector):
                amount = self.measured(row, selector.measure, bound.column)
                if amount is not None and (amount.value is not None or selector.sum):
                    found.append(amount)
        return found

    def _near(self, dataset: str, bound: Bound) -> list[Row]:
        """The rows that ``bound`` leaves."""
        if bound.code is not None:
            return self.coded(dataset, bound.code)
        if bound.name is not None:
            return self.named(dataset, bound.name)
        if bound.owner is not None:
            return self.owned(dataset, bound.owner)
        return self.rows(dataset)

    def one(self, selector: Selector, bound: Bound = _FREE) -> Amount | None:
        """The amount that fits, if all that fit say the same (a table printed twice)."""
        found = self.select(selector, bound)
        if not found or len({a.value for a in found}) > 1:
            return None
        return found[0]


def _fits(row: Row, selector: Selector) -> bool:
    if selector.direction is not None and row.direction != selector.direction:
        return False
    if selector.total and not (row.is_total and row.level == "合计"):
        return False
    if selector.sum and (row.is_total or row.detail):
        return False
    if selector.code is not None and not selector.code.search(row.code or ""):
        return False
    return selector.name is None or bool(selector.name.search(key(row.name or "")))


def identities(rule: BetweenRule, book: Book) -> Iterator[Identity]:
    """Every test that ``rule`` makes on the document."""
    if any(name not in book.tables for name in rule.need):
        return
    if rule.when:
        values = {a.value if a is not None else None for a in map(book.one, rule.when)}
        if len(values) > 1 or None in values:
            return
    for bound in _bounds(rule, book):
        for measure in rule.measures or (None,):
            found = _test(rule, book, bound, measure)
            if found is not None:
                yield found


def _bounds(rule: BetweenRule, book: Book) -> Iterator[Bound]:
    """What ``each`` runs over."""
    if rule.each is None:
        yield _FREE
        return
    rows = [r for r in book.rows(rule.left.dataset) if _fits(r, rule.left)]
    if rule.each == "column":
        columns = {basis(a) for r in rows for a in r.amounts if a.value is not None}
        yield from (Bound(column=column) for column in sorted(columns, key=str))
        return
    if rule.each == "owner":
        names = {name for r in rows if (name := r.owner_code or r.owner)}
        yield from (Bound(owner=name) for name in sorted(names))
        return
    if rule.each == "name":
        yield from (Bound(name=name) for name in sorted({key(r.name) for r in rows if r.name}))
        return
    codes = Counter(r.code for r in rows if r.code and (rule.each == "code" or len(r.code) == 3))
    yield from (Bound(code=code) for code, times in codes.items() if times == 1)


def _test(rule: BetweenRule, book: Book, bound: Bound, measure: Words | None) -> Identity | None:
    left = book.one(replace(rule.left, measure=measure or rule.left.measure), bound)
    if left is None:
        return None
    best: Identity | None = None
    for alternative in rule.any:
        wanted = [replace(selector, measure=selector.measure or measure) for selector in alternative]
        parts = _parts(wanted, book, bound)
        if parts is None or any(p is left or not _alike(p, left) for p in parts):
            continue
        found = Identity(left, parts, rule.meaning, rule.relation)
        if best is None or abs(found.difference) < abs(best.difference):
            best = found
    if best is not None and rule.soft and best.difference:
        return None
    return best


def _alike(a: Amount, b: Amount) -> bool:
    """Do two amounts speak of the same year, phase and scope, as far as both say it?"""
    return all(x == y or x is None or y is None for x, y in zip(basis(a), basis(b), strict=True))


def _parts(alternative: list[Selector], book: Book, bound: Bound) -> list[Amount] | None:
    parts: list[Amount] = []
    for selector in alternative:
        if selector.sum:
            items = book.select(selector, bound)
            if not items:
                return None
            parts.extend(items)
            continue
        amount = book.one(selector, bound)
        if amount is not None:
            parts.append(amount)
        elif not selector.optional and len(alternative) == 1:
            return None
    return parts or None
