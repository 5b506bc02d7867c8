"""Failures that look like a hierarchy misread: what was added up is no set of parts, or nothing proves that it is."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import accumulate

from parsers.checking.outcomes import Outcome
from parsers.checking.verdicts import CONTRADICTION
from parsers.values import Amount, AmountTable, Row

_SLACK = 2  # rounding steps by which a difference may miss the rows that explain it
TWICE = "差额恰为其中相连几行之和，层级可疑"
ROWS = "多列皆不相符，或有行未读出"
COLUMNS = "该列在多数行不等于各列之和，列头层次可疑"
NO_KIND = "表未识别，未必如此相加"
_MANY = 3  # rows
_UNKNOWN = "未识别表"
UNPROVED = "各列皆不相符，又无编码或序号可证其层级"


def doubt_levels(outcomes: Iterable[Outcome]) -> None:
    """``outcomes`` of the rules that add up rows by the levels we found: 矛盾 only where something proves the levels.

    Codes and ordinals prove them, a flat list needs no proof, and so does another column of the same rows that adds up.
    """
    groups: dict[tuple[str, Row], list[Outcome]] = {}
    for tested in outcomes:
        groups.setdefault((tested.rule, tested.identity.published.row), []).append(tested)
    for group in groups.values():
        proved = any(t.identity.published.value and not t.fails for t in group)
        many = sum(t.fails for t in group) > 1 and 2 * sum(t.fails for t in group) > len(group)
        for tested in group:
            if tested.grade != CONTRADICTION or tested.crossed:
                continue
            if _counted_twice(tested):
                tested.doubt(TWICE)
            elif not proved and not _printed_levels(tested):
                tested.doubt(UNPROVED)
            elif many and not any(a.row.code for a in tested.identity.parts):
                tested.doubt(ROWS)


def doubt_columns(outcomes: Iterable[Outcome]) -> None:
    """``outcomes`` of sums inside a row: where a column fails to be one in most rows, its header is misread."""
    groups: dict[tuple[AmountTable, int], list[Outcome]] = {}
    for tested in outcomes:
        published = tested.identity.published
        groups.setdefault((published.row.table, published.column.number), []).append(tested)
    for group in groups.values():
        failing = [t for t in group if t.fails]
        if len(failing) >= _MANY and 2 * len(failing) > len(group):
            for tested in failing:
                if tested.grade == CONTRADICTION:
                    tested.doubt(COLUMNS)


def doubt_unknown(outcomes: Iterable[Outcome]) -> None:
    """What was not recognised may promise nothing."""
    for tested in outcomes:
        if tested.grade == CONTRADICTION and tested.cell.row.table.dataset == _UNKNOWN:
            tested.doubt(NO_KIND)


def _counted_twice(tested: Outcome) -> bool:
    """Is what was added up too much, by the sum of some of its rows that follow one another?"""
    identity = tested.identity
    too_much, step = -tested.missing, identity.step
    values = [a.value for a in identity.parts if a.value]
    if too_much <= 0 or len(values) < 2:
        return False
    sums = list(accumulate(values, initial=Decimal(0)))
    misses = [n * step for n in range(-_SLACK, _SLACK + 1)]
    seen: set[Decimal] = set()
    for total in sums:
        if any(total - too_much + miss in seen for miss in misses):
            return True
        seen.add(total)
    return False


def _printed_levels(tested: Outcome) -> bool:
    """Do codes, ordinals or a list without levels say that these rows are the parts?"""
    published = tested.identity.published
    rows = [a.row for a in tested.identity.parts]
    if _flat(published):
        return True
    if published.row.code:
        return all((r.code or "").startswith(published.row.code) for r in rows)
    return all(r.code for r in rows) or (all(r.depth for r in rows) and len({r.depth for r in rows}) == 1)


def _flat(published: Amount) -> bool:
    """Has no row of the panel rows below it or beside it that are parts of another?"""
    panel = published.row.panel
    rows = [r for r in published.row.table.rows if r.panel == panel]
    return sum(r.is_total for r in rows) <= 1 and not any(r.children or r.detail for r in rows)
