"""A total over several panels: 公用经费合计 stands under the last of the panels that its label spans."""

from __future__ import annotations

from decimal import Decimal

from parsers.values import TOTAL, Amount, Row


def settle_totals_across(panels: list[list[Row]]) -> None:
    """Take a panel's total for that of all panels beside it that measure the same, where only theirs make its sum.

    ``panels`` hold the rows of each panel with their levels settled.  Such a row is the total of no one printed column:
    its 级次 is empty, its parts are the topmost rows of all of these panels.  A label printed again over blanks in
    a panel to the left is no row of that panel.
    """
    for k in range(1, len(panels)):
        totals = [row for row in panels[k] if row.level == TOTAL]
        if len(totals) != 1 or not any(a.value for a in totals[0].amounts):
            continue
        total = totals[0]
        first = k
        while first and _same_measures(panels[first - 1], panels[k]) and not _totals_printed(panels[first - 1]):
            first -= 1
        for start in range(first, k):
            together = [row for rows in panels[start : k + 1] for row in rows]
            if not _makes(total, panels[k]) and _makes(total, together):
                _span(total, panels[start : k + 1])
                break


def _same_measures(left: list[Row], right: list[Row]) -> bool:
    def kinds(rows: list[Row]) -> list[tuple[object, ...]]:
        columns = [a.column for a in rows[0].amounts]
        return [(c.measure, c.year, c.phase, c.scope) for c in columns]

    return bool(left) and bool(right) and kinds(left) == kinds(right)


def _totals_printed(rows: list[Row]) -> bool:
    return any(row.level == TOTAL and any(a.text for a in row.amounts) for row in rows)


def _makes(total: Row, rows: list[Row]) -> bool:
    """Do the leaves among ``rows`` add up to every amount of ``total``?"""
    for position, whole in enumerate(total.amounts):
        parts = [row.amounts[position] for row in rows if row.leaf]
        printed = [a for a in parts if a.value is not None]
        if whole.value is None or whole.step is None:
            continue
        if abs(sum((a.value for a in printed if a.value is not None), Decimal(0)) - whole.value) > _slack(
            whole, printed
        ):
            return False
    return True


def _slack(whole: Amount, parts: list[Amount]) -> Decimal:
    step = max(a.step for a in (whole, *parts) if a.step is not None)
    return (len(parts) + 1) * step / 2


def _span(total: Row, panels: list[list[Row]]) -> None:
    total.level = None
    for rows in panels:
        rows[:] = [r for r in rows if r is total or r.level != TOTAL or any(a.text for a in r.amounts)]
        below = {child for row in rows for child in row.children}
        total.children.extend(r for r in rows if r is not total and r not in below and not r.detail)
