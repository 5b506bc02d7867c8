"""Amounts of one table against amounts of others, as ``document.toml`` declares them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import regex

from parsers.checking.identities import Identity
from parsers.text import key
from parsers.values import Amount, AmountTable, Row

Selector = dict[str, Any]
Rule = dict[str, Any]
_MAIN = ("合计", "预算数", "决算数", "金额", "小计", "支出", "收入", "财政拨款支出")
_MAIN_LIKE = regex.compile(r"合计$|预算数$|决算数$")


@dataclass(slots=True)
class Book:
    """The tables of one document by dataset."""

    phase: str | None
    year: int | None = None
    tables: dict[str, list[AmountTable]] = field(default_factory=dict)
    _rows: dict[str, list[Row]] = field(default_factory=dict)
    _coded: dict[tuple[str, str], list[Row]] = field(default_factory=dict)

    def add(self, table: AmountTable) -> None:
        self.tables.setdefault(table.dataset, []).append(table)
        self._rows.setdefault(table.dataset, []).extend(table.rows)
        for row in table.rows:
            if row.code:
                self._coded.setdefault((table.dataset, row.code), []).append(row)

    def rows(self, dataset: str) -> list[Row]:
        return self._rows.get(dataset, [])

    def measured(self, row: Row, pattern: str | None, only: ColumnKey | None = None) -> Amount | None:
        """The row's amount of a 指标, or its main one: of the document's own 口径 and 年度 where columns of others stand.

        ``only`` asks for the columns of one year, 口径 and 范围.
        """
        money = [a for a in row.amounts if a.column.money]
        if only is not None:
            same = [a for a in money if column_key(a) == only]
            return same[0] if len(same) == 1 else None
        if pattern:
            wanted = compiled(pattern)
            money = [a for a in money if wanted.search(a.measure)]
        own = [a for a in money if a.column.phase == self.phase] or money
        own = [a for a in own if a.column.year == self.year] or own
        if pattern:
            return own[0] if own else None
        for name in _MAIN:
            for fact in own:
                if fact.measure == name:
                    return fact
        return next((f for f in own if _MAIN_LIKE.search(f.header)), own[0] if len(own) == 1 else None)

    def select(self, selector: Selector) -> list[Amount]:
        """Facts that fit; of several rows in several tables all, the caller decides."""
        found = []
        dataset, at = selector["dataset"], selector.get("at")
        for row in self._coded.get((dataset, at), ()) if at else self.rows(dataset):
            if _fits(row, selector):
                fact = self.measured(row, selector.get("measure"), selector.get("column"))
                if fact is not None and (fact.value is not None or selector.get("sum")):
                    found.append(fact)
        return found

    def one(self, selector: Selector) -> Amount | None:
        """The fact that fits, if all that fit say the same (a table printed twice)."""
        found = self.select(selector)
        if not found or len({f.value for f in found}) > 1:
            return None
        return found[0]


ColumnKey = tuple[int | None, str | None, str | None]


def column_key(amount: Amount) -> ColumnKey:
    """Year, 口径 and 范围 of an amount: what two tables must share to speak of the same."""
    return amount.column.year, amount.column.phase, amount.column.scope


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> regex.Pattern[str]:
    return regex.compile(pattern)


def _fits(row: Row, selector: Selector) -> bool:
    if "direction" in selector and row.direction != selector["direction"]:
        return False
    if selector.get("total") and not (row.is_total and row.level == "合计"):
        return False
    if selector.get("sum") and (row.is_total or row.detail):
        return False
    if "owner" in selector and selector["owner"] not in (row.owner_code or row.owner, row.code):
        return False
    if "code" in selector and not compiled(selector["code"]).search(row.code or ""):
        return False
    return "name" not in selector or bool(compiled(selector["name"]).search(key(row.name or "")))


def identities(rule: Rule, book: Book) -> Iterator[Identity]:
    """Every test that ``rule`` makes on the document."""
    if any(name not in book.tables for name in rule.get("need", ())):
        return
    if "when" in rule:
        a, b = (book.one(selector) for selector in rule["when"])
        if a is None or b is None or a.value != b.value:
            return
    for bound in _bound(rule, book):
        for measure in rule.get("measures", [None]):
            with_measure = {**bound, "measure": measure} if measure else bound
            found = _test(rule, book, with_measure)
            if found is not None:
                yield found


def _bound(rule: Rule, book: Book) -> Iterator[Selector]:
    """The values that ``each`` runs over, as extra selector keys."""
    each = rule.get("each")
    if each is None:
        yield {}
        return
    rows = [r for r in book.rows(rule["left"]["dataset"]) if _fits(r, rule["left"])]
    if each == "column":
        columns = {column_key(a) for r in rows for a in r.amounts if a.value is not None}
        yield from ({"column": column} for column in sorted(columns, key=str))
        return
    if each == "owner":
        names = {name for r in rows if (name := r.owner_code or r.owner)}
        yield from ({"owner": name} for name in sorted(names))
        return
    if each == "name":
        yield from ({"name": f"^{regex.escape(name)}$"} for name in sorted({key(r.name) for r in rows if r.name}))
        return
    codes = Counter(r.code for r in rows if r.code and (each == "code" or len(r.code) == 3))
    for code, times in codes.items():
        if times == 1:
            yield {"at": code}


def _test(rule: Rule, book: Book, bound: Selector) -> Identity | None:
    left = book.one({**rule["left"], **bound})
    if left is None:
        return None
    best: Identity | None = None
    for alternative in rule["any"]:
        parts = _parts(alternative, book, bound)
        if parts is None or any(p is left for p in parts):
            continue
        found = Identity(left, parts, rule["meaning"], rule.get("relation", "="))
        if best is None or abs(found.difference) < abs(best.difference):
            best = found
    if best is not None and rule.get("soft") and best.difference:
        return None
    return best


def _parts(alternative: list[Selector], book: Book, bound: Selector) -> list[Amount] | None:
    parts: list[Amount] = []
    for selector in alternative:
        wanted = {**bound, **selector}
        if selector.get("sum"):
            items = book.select(wanted)
            if not items:
                return None
            parts.extend(items)
            continue
        fact = book.one(wanted)
        if fact is not None:
            parts.append(fact)
        elif not selector.get("optional") and len(alternative) == 1:
            return None
    return parts or None
