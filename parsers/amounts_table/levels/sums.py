"""The values of a panel's rows by column, what they add up to, and the printed totals that the leaves must make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from parsers.values import TOTAL, Amount, Row

MOST_CHILDREN = 600
_MOST_COLUMNS = 16  # that are added up
Vector = list[Decimal | None]  # by column


class Sums:
    """The values of rows by column, and the totals that the leaves must add up to."""

    def __init__(self, rows: list[Row], items: list[Row]) -> None:
        amounts = [a for row in rows for a in row.amounts if a.column.money and a.value is not None]
        counts = Counter(a.column.number for a in amounts)
        self.columns = sorted(number for number, _ in counts.most_common(_MOST_COLUMNS))
        self.steps = [_step(amounts, c) for c in self.columns]
        self.values = [vector_of(row, self.columns) for row in items]  # by position among the items
        # by column: what no sum may exceed a whole by, that ever comes back to it; None where a value is negative
        self.beyond = [
            None if min(values) < 0 else (MOST_CHILDREN + 1) * step / 2
            for step, values in zip(self.steps, self._by_column(), strict=True)
        ]
        # the items that a printed total covers, and its values
        self.totals: list[tuple[slice, Vector]] = list(_totals(rows, items, self.columns))
        self.closed = _closed_by_totals(rows, items)
        self._last: tuple[list[int], list[Decimal], list[int]] = [], *self._nothing()

    def _by_column(self) -> list[list[Decimal]]:
        return [[v[k] or Decimal(0) for v in self.values] for k in range(len(self.columns))]

    def _nothing(self) -> tuple[list[Decimal], list[int]]:
        return [Decimal(0)] * len(self.columns), [0] * len(self.columns)

    def add(self, chosen: Sequence[int]) -> list[Decimal]:
        """Sum of items by column; a blank counts as nothing."""
        return self._add(chosen)[0]

    def _add(self, chosen: Sequence[int]) -> tuple[list[Decimal], list[int]]:
        """As ``add``, with how many of the items print a value in each column."""
        which, added, counts = self._last
        start = len(which)
        if list(chosen[:start]) != which:  # most questions put a few rows to those of the last one
            (added, counts), start = self._nothing(), 0
        added, counts = added.copy(), counts.copy()
        for i in chosen[start:]:
            for k, value in enumerate(self.values[i]):
                if value is not None:
                    added[k] += value
                    counts[k] += 1
        self._last = list(chosen), added, counts
        return added, counts

    def fits(self, whole: Vector, parts: Sequence[int]) -> tuple[int, int]:
        """In how many columns ``parts`` add up to ``whole`` within rounding, and in how many not."""
        good = bad = 0
        added, counts = self._add(parts)
        for k, value in enumerate(whole):
            items = counts[k]
            if value is None or not items:
                continue  # a blank whole promises nothing; parts that are all blank say nothing
            if abs(added[k] - value) <= (items + 1) * self.steps[k] / 2:
                good += bool(value) or bool(added[k])
            else:
                bad += 1
        return good, bad

    def fit_totals(self, leaves: set[int]) -> tuple[int, int]:
        """In how many columns these items add up to the printed totals, and in how many not."""
        good = bad = 0
        for reach, total in self.totals:
            g, b = self.fits(total, [i for i in range(len(self.values))[reach] if i in leaves])
            good, bad = good + g, bad + b
        return good, bad


def falls_short(parent: int, parts: list[int], sums: Sums) -> bool:
    """Do the rows below a row add up to less than it in several of its columns, and to more in none?

    A difference in one column of several is a wrong cell, no row left out.
    """
    added = sums.add(parts)
    less = filled = 0
    for k, value in enumerate(sums.values[parent]):
        if not value:
            continue
        slack = (len(parts) + 1) * sums.steps[k] / 2
        if added[k] > value + slack:
            return False
        filled += 1
        less += added[k] < value - slack
    return less >= 2 or 2 * less >= filled > 0


def _step(amounts: list[Amount], column: int) -> Decimal:
    steps = (a.precision for a in amounts if a.column.number == column)
    return max((s for s in steps if s is not None), default=Decimal(0))


def vector_of(row: Row, columns: list[int]) -> Vector:
    by_column = {a.column.number: a.value for a in row.amounts}
    return [by_column.get(c) for c in columns]


def _totals(rows: list[Row], items: list[Row], columns: list[int]) -> list[tuple[slice, Vector]]:
    """A single total covers every item; the first of several covers what stands above it."""
    places = [i for i, row in enumerate(rows) if row.level == TOTAL and any(a.value is not None for a in row.amounts)]
    if len(places) == 1:
        return [(slice(0, len(items)), vector_of(rows[places[0]], columns))]
    if places:
        covered = set(rows[: places[0]])
        above = sum(1 for row in items if row in covered)
        if above:
            return [(slice(0, above), vector_of(rows[places[0]], columns))]
    return []


def _closed_by_totals(rows: list[Row], items: list[Row]) -> set[int]:
    """Positions of the items right below a total that follows others: they are of no row above that total."""
    mine = {row: i for i, row in enumerate(items)}
    closed: set[int] = set()
    begun = pending = False
    for row in rows:
        if row.level == TOTAL:
            pending = begun
        elif row in mine:
            if pending:
                closed.add(mine[row])
            begun, pending = True, False
    return closed
