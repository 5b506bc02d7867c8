"""What the sums say of the chosen tree: 小计 and running totals are no leaves, rows with parts left out stand whole."""

from __future__ import annotations

from decimal import Decimal

from parsers.amounts_table.levels.sums import MOST_CHILDREN, Sums, falls_short, vector_of
from parsers.text import is_grand_total, names_whole
from parsers.values import TOTAL, Row

INCOMPLETE = "下级未列全"  # the rows below a row do not exhaust it: they are of it, it stands for itself


def settle_total_above_more(rows: list[Row], items: list[Row], sums: Sums) -> None:
    """A single total above more rows is the sum of the rows above it.

    What stands below a 总计 (年终结余) is no part of it and no leaf; 本年支出合计 above transfers that no total covers is
    not the table's total.
    """
    totals = [i for i, row in enumerate(rows) if row.level == TOTAL]
    if len(totals) == 2 and _blank_beside(rows[totals[0]], rows[totals[1]]):
        good, bad = sums.fits(vector_of(rows[totals[1]], sums.columns), [i for i, r in enumerate(items) if r.leaf])
        if good and not bad:
            rows[totals[0]].level = None  # the later one is the table's; it leaves out columns that this one fills
        return
    if len(totals) != 1:
        return
    place = sum(1 for row in items if row in rows[: totals[0]])
    leaves = [i for i, row in enumerate(items) if row.leaf]
    whole = vector_of(rows[totals[0]], sums.columns)
    good, bad = sums.fits(whole, [i for i in leaves if i < place])
    _, bad_with_rest = sums.fits(whole, leaves)
    if not good or bad or not bad_with_rest:
        return
    if is_grand_total(rows[totals[0]].name or ""):
        for row in items[place:]:
            row.leaf = False
    else:
        rows[totals[0]].level = None


def settle_whole(rows: list[Row], items: list[Row], sums: Sums) -> None:
    """Where no total is printed, 全市一般公共预算收入 above or below its parts is the total, if they add up to it."""
    if any(row.level == TOTAL for row in rows):
        return
    below = {id(child) for row in items for child in row.children}
    top = [i for i, row in enumerate(items) if id(row) not in below]
    for place in dict.fromkeys((top[0], top[-1])):
        row = items[place]
        others = [i for i in top if i != place] or [i for i, r in enumerate(items) if r.leaf]
        good, bad = sums.fits(sums.values[place], others)
        if len(others) > 1 and good and not bad and row.code is None and names_whole(row.name or ""):
            row.leaf = False
            if not sums.fits(sums.values[place], [i for i, r in enumerate(items) if r.leaf])[1]:
                row.level = TOTAL  # in every column: none leaves its parts out
            return


def _blank_beside(first: Row, last: Row) -> bool:
    """Does the last total leave blank a column that the first one fills?"""
    filled = {a.column.number for a in last.amounts if a.value is not None}
    return any(
        a.value is not None and a.column.money and a.column.number not in filled for a in first.amounts
    ) and bool(filled)


def settle_subtotals(items: list[Row], sums: Sums) -> None:
    """小计 adds up rows beside it, above or below: it is no leaf."""
    for i, row in enumerate(items):
        if row.children or not row.is_subtotal or not any(sums.values[i]):
            continue
        beside = [k for k, r in enumerate(items) if r.leaf and k != i]
        below, above = [k for k in beside if k > i], [k for k in beside[::-1] if k < i]
        if any(_first_fit(sums, i, run) for run in (below, above)):
            row.leaf = False


def _first_fit(sums: Sums, i: int, near: list[int]) -> bool:
    for n in range(1, min(len(near), MOST_CHILDREN) + 1):
        good, bad = sums.fits(sums.values[i], near[:n])
        if good and not bad:
            return True
    return False


def settle_running_totals(items: list[Row], sums: Sums) -> None:
    """当年收入 below its items, under any name: a row that equals the leaves above it is their sum, if the total says so."""
    good, bad = _state(items, sums)
    if not bad:
        return
    for i, row in enumerate(items):
        above = [k for k in range(i) if items[k].leaf]
        if not row.leaf or not above or not any(sums.values[i]):
            continue
        g, b = sums.fits(sums.values[i], above)
        if not g or b:
            continue
        row.leaf = False
        now_good, now_bad = _state(items, sums)
        if now_bad < bad and now_good >= good:
            good, bad = now_good, now_bad
        else:
            row.leaf = True


def _state(items: list[Row], sums: Sums) -> tuple[int, int]:
    """In how many columns the leaves add up to the totals, and in how many not."""
    return sums.fit_totals({i for i, row in enumerate(items) if row.leaf})


def keep_incomplete_whole(items: list[Row], sums: Sums) -> None:
    """Rows that print only some of a row's parts are of it (其中): the row stands for itself, if the total says so.

    Publishers leave out 款 that they must not disclose.
    """
    index = {row: i for i, row in enumerate(items)}
    if not sums.totals:
        return

    good, bad = _state(items, sums)
    changed: list[Row] = []
    for row in items:
        if not row.children or not falls_short(index[row], [index[c] for c in row.children], sums):
            continue
        if any(row in parent.children for parent in changed):
            continue
        changed.append(row)
    before = {row: row.leaf for row in items}
    for row in changed:
        _close(row)
    after_good, after_bad = _state(items, sums)
    if after_good - after_bad <= good - bad:
        for row in items:
            row.leaf = before[row]
        changed = _closed_one_by_one(changed, items, sums) if bad else []
    for row in changed:
        row.marks = (*row.marks, INCOMPLETE)
        for amount in row.amounts:
            amount.marks = (*amount.marks, INCOMPLETE)


def _closed_one_by_one(rows: list[Row], items: list[Row], sums: Sums) -> list[Row]:
    """The rows whose closing brings the leaves nearer to the totals; none if the totals are not reached."""
    before = {row: row.leaf for row in items}
    _, bad = _state(items, sums)
    off, kept = _distance(items, sums), []
    for row in rows:
        undo = {r: r.leaf for r in items}
        _close(row)
        now = _distance(items, sums)
        if now < off:
            off = now
            kept.append(row)
        else:
            for r in items:
                r.leaf = undo[r]
    if not kept or _state(items, sums)[1] >= bad:
        for row in items:
            row.leaf = before[row]
        return []
    return kept


def _distance(items: list[Row], sums: Sums) -> Decimal:
    """By how much the leaves miss the totals, over all columns."""
    off = Decimal(0)
    for reach, total in sums.totals:
        added = sums.add([i for i in range(len(items))[reach] if items[i].leaf])
        off += sum((abs(a - t) for a, t in zip(added, total, strict=True) if t is not None), Decimal(0))
    return off


def _close(row: Row) -> None:
    """The row stands for itself; nothing below it does."""
    row.leaf = True
    stack = list(row.children)
    while stack:
        child = stack.pop()
        child.leaf = False
        stack.extend(child.children)
