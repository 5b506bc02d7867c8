"""The measure of a table that prints none: what agrees with tables that print theirs, else what most of them print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from parsers.numbers import FACTORS, rounded
from parsers.values import Amount, Parsed

_USUAL = ("元", "万元", "亿元")  # what a table may be printed in though no other table of the document is
_TELLING_TOTAL = 3  # digits, without noughts at the end, that make equal totals more than chance
_TELLING = 4  # the same for equal figures of other rows
_FEW = 2  # equal figures that tables must share where no total is

Numbers = dict[Decimal, set[Decimal]]  # absolute values in yuan by rounding step


class _Known:
    """Figures of the tables with a measure, by rounding step, rounded to coarser ones once for a whole table."""

    def __init__(self, numbers: Numbers) -> None:
        self.numbers = numbers
        self._coarser: dict[tuple[Decimal, Decimal], set[Decimal]] = {}

    def at(self, step: Decimal, coarse: Decimal) -> set[Decimal]:
        """The figures printed to ``step``, rounded to ``coarse``; as printed unless it is the coarser one."""
        if step >= coarse:
            return self.numbers[step]
        if (step, coarse) not in self._coarser:
            self._coarser[step, coarse] = {rounded(v, coarse) for v in self.numbers[step]}
        return self._coarser[step, coarse]


@dataclass(slots=True)
class PrintedUnits:
    """What the tables with a printed measure say about those without one."""

    tables: Counter[tuple[str, str]] = field(default_factory=Counter)  # by kind of table and unit
    totals: Numbers = field(default_factory=dict)
    others: Numbers = field(default_factory=dict)

    def take(self, kind: str, unit: str, parsed: Parsed) -> None:
        """Keep the figures of a table that prints its measure; ``kind``: amounts or form."""
        self.tables[kind, unit] += 1
        for amount in _money(parsed):
            if amount.unit is not None and amount.value is not None and amount.step is not None:
                numbers = self.totals if amount.row.is_total else self.others
                numbers.setdefault(amount.step, set()).add(abs(amount.value))

    def unit_for(self, kind: str, parsed: Parsed) -> str | None:
        """The measure of a table read without one (its numbers stand for yuan); ``None`` where nothing tells."""
        return self._agreed(parsed) or self._usual(kind)

    def _agreed(self, parsed: Parsed) -> str | None:
        """The one measure with which most totals, or else most figures, are those of other tables."""
        free = [a for a in _money(parsed) if a.unit is None]
        totals = {(abs(a.value), a.step) for a in free if a.row.is_total and a.value and a.step}
        every = {(abs(a.value), a.step) for a in free if a.value and a.step}
        units = dict.fromkeys([*(unit for _, unit in self.tables), *_USUAL])
        known_totals, known_others = _Known(self.totals), _Known(self.others)
        for printed, known, digits, least in (
            (totals, [known_totals], _TELLING_TOTAL, 1),
            (every, [known_totals, known_others], _TELLING, _FEW),
        ):
            found = Counter({u: _shared(printed, FACTORS[u], known, digits) for u in units if u in FACTORS})
            ranked = found.most_common(2)
            if ranked and ranked[0][1] >= least and (len(ranked) < 2 or ranked[0][1] > ranked[1][1]):
                return ranked[0][0]
        return None

    def _usual(self, kind: str) -> str | None:
        """What most tables print, those of the same kind before all; ``None`` where as many print another."""
        own = Counter({unit: n for (k, unit), n in self.tables.items() if k == kind})
        every: Counter[str] = Counter()
        for (_, unit), n in self.tables.items():
            every[unit] += n
        ranked = (own or every).most_common(2)
        if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
            return None
        return ranked[0][0]


def _money(parsed: Parsed) -> Iterable[Amount]:
    for table in parsed.amounts.values():
        yield from (a for a in table.amounts() if a.column.money)


def _shared(printed: Iterable[tuple[Decimal, Decimal]], factor: Decimal, known: list[_Known], digits: int) -> int:
    """How many printed numbers are figures of the other tables, the finer of two rounded to the coarser."""
    return sum(_stands(value * factor, step * factor, known, digits) for value, step in printed)


def _stands(value: Decimal, step: Decimal, known: list[_Known], digits: int) -> bool:
    for figures in known:
        for other_step, printed in figures.numbers.items():
            coarse = max(step, other_step)
            wanted = rounded(value, coarse)
            if _digits(wanted) < digits:
                continue
            if wanted in printed or wanted in figures.at(other_step, coarse):
                return True
    return False


def _digits(value: Decimal) -> int:
    return len(value.normalize().as_tuple().digits)
