"""Equal totals in unlike measures: a printed or inferred 计量单位 is wrong by a power of ten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from parsers.checking.findings import Finding
from parsers.checking.identities import Identity
from parsers.checking.outcomes import place
from parsers.values import Amount, AmountTable

MEASURES = "U1"
_TELLING = 4  # digits, without noughts at the end


def unlike_measures(tables: Iterable[AmountTable], named: set[tuple[int, int]]) -> Iterator[Finding]:
    """One finding for each two tables that print the same total in two measures, unless ``named`` holds their 表序."""
    by_digits: dict[tuple[int, ...], list[Amount]] = {}
    for table in tables:
        for row in table.rows:
            if row.is_total:
                for amount in row.amounts:
                    if amount.value and amount.column.money and amount.unit:
                        by_digits.setdefault(digits(amount.value), []).append(amount)
    named = set(named)
    for figures, amounts in by_digits.items():
        if len(figures) < _TELLING or len({a.value for a in amounts}) < 2:
            continue
        first = amounts[0]
        for other in amounts[1:]:
            pair = (first.row.table.context.ordinal, other.row.table.context.ordinal)
            if other.value != first.value and pair[0] != pair[1] and pair not in named:
                named.add(pair)
                yield Finding(MEASURES, other, _note(other, first))


def digits(value: Decimal) -> tuple[int, ...]:
    """The digits of a number without noughts at its ends."""
    return value.normalize().as_tuple().digits


def in_unlike_measures(identity: Identity) -> bool:
    """Do two amounts that should be equal differ in the place of their point only?"""
    a, b = identity.expected, identity.published.value or Decimal(0)
    return bool(a) and a != b and len(digits(a)) >= _TELLING and digits(a) == digits(b)


def _note(amount: Amount, other: Amount) -> str:
    return f"{place(amount)} {amount.text} {amount.unit}，{place(other)} {other.text} {other.unit}：数字相同，单位不同"
