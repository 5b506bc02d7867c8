"""Columns that hold no money but the ratio of two others."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from extract.paper.model import Table
from parsers.numbers import parse_amount
from parsers.text import key
from parsers.values import Column

_SAMPLE = 400  # body rows that are looked at


def are_rates(texts: list[str]) -> bool:
    """Do the texts of a column end in %?"""
    numbers = [t for t in texts if any(c.isdigit() for c in t)]
    return len(numbers) > 1 and sum(t.endswith("%") for t in numbers) >= 0.5 * len(numbers)


def rates_by_value(table: Table, found: list[Column], end: int) -> list[Column]:
    """A column under unknown words whose numbers are the ratio, in percent, of two amounts beside it is no money."""
    doubtful = [c for c in found if c.role == "measure" and c.money and not c.known]
    sure = [c for c in found if c.role == "measure" and c.money and c not in doubtful]
    if not doubtful or len(sure) < 2:
        return found
    values = {c.number: _values(table, c, end) for c in (*doubtful, *sure)}
    rates = {d.number for d in doubtful if any(_is_ratio(values, d, a, b) for a in sure for b in sure if a is not b)}
    return [replace(c, money=False) if c.number in rates else c for c in found]


def _values(table: Table, column: Column, end: int) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for r, row in enumerate(table.rows[end : end + _SAMPLE], start=end):
        for cell in row.cells:
            if column.col <= cell.col < column.col + column.width:
                amount = parse_amount(key(cell.text))
                if amount is not None:
                    found[r] = amount.value
    return found


def _is_ratio(values: dict[int, dict[int, Decimal]], rate: Column, a: Column, b: Column) -> bool:
    """Is ``rate`` a/b or a/b − 1 in percent, in nearly every row?"""
    numbers = values[rate.number]
    rows = [r for r in numbers if values[a.number].get(r) is not None and values[b.number].get(r) and numbers[r]]
    if len(rows) < 4 or len(rows) < 0.6 * len(numbers):
        return False
    for less in (0, 100):
        hits = sum(
            abs(values[a.number][r] / values[b.number][r] * 100 - less - numbers[r]) <= Decimal("0.06") for r in rows
        )
        if hits >= 0.8 * len(rows):
            return True
    return False
