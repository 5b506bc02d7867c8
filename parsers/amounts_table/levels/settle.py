"""Which row is part of which: witnesses propose a tree, sums choose.  末级 is what the chosen tree says.

Witnesses are codes, unit rows, project levels, ordinals and indents.  Each proposes for every row the nearest row
above that it belongs to.  A tree is judged by the printed totals and by its own sums; where none of them adds up to
the total, the sums alone are asked (a row belongs to the rows that it equals).
"""

from __future__ import annotations

from itertools import pairwise

from parsers.amounts_table.levels.choice import Judged, best_tree
from parsers.amounts_table.levels.leaves import (
    keep_incomplete_whole,
    settle_running_totals,
    settle_subtotals,
    settle_total_above_more,
    settle_whole,
)
from parsers.amounts_table.levels.sums import Sums
from parsers.amounts_table.levels.witnesses import SAME_INDENT
from parsers.values import TOTAL, Row

_WIDTH_OF_DETAIL = 4.0  # em: 其中： and a little


def settle_levels(rows: list[Row]) -> None:
    """Set ``children``, ``leaf`` and, for projects, ``parent_code`` of one panel's rows."""
    for row in rows:
        row.children = []
        row.leaf = row.level != TOTAL and not row.detail
    _align_indents(rows)
    _head_details(rows)
    items = [r for r in rows if r.level != TOTAL and not r.detail]
    if not items:
        return
    sums = Sums(rows, items)
    best = best_tree(items, sums)
    if (best.total_bad or best.short or not best.total_good) and any(r.detail and r.level != TOTAL for r in rows):
        items, sums, best = _with_other_details(rows, items, sums, best)
    for child, parent in best.tree.items():
        items[parent].children.append(items[child])
    for row in items:
        row.leaf = not row.children
    settle_whole(rows, items, sums)
    settle_total_above_more(rows, items, sums)
    settle_subtotals(items, sums)
    settle_running_totals(items, sums)
    keep_incomplete_whole(items, sums)
    _set_project_parents(items)


def _head_details(rows: list[Row]) -> None:
    """The row without an ordinal right above 其中：（一）… stands one level higher."""
    for above, row in pairwise(rows):
        if row.detail and row.depth is not None and above.depth is None and not (above.detail or above.is_subtotal):
            above.depth = row.depth - 1


def _with_other_details(rows: list[Row], items: list[Row], sums: Sums, best: Judged) -> tuple[list[Row], Sums, Judged]:
    """Other readings of 其中: it opens the items themselves, or the rows below it are of it as well, if sums say so."""
    every = [r for r in rows if r.level != TOTAL]
    fewer = [r for r in every if not r.detail and r not in _below_details(every)]
    chosen = items, sums, best
    for other in (every, fewer):
        if other and other != items:
            its = Sums(rows, other)
            judged = best_tree(other, its)
            proved = bool(sums.totals) or not judged.bad  # without a total no sum may speak against it
            if proved and judged.rank > chosen[2].rank:
                chosen = other, its, judged
    for row in every:
        row.detail = row not in chosen[0]
        row.leaf = row.leaf and not row.detail
    return chosen


def _below_details(every: list[Row]) -> list[Row]:
    """Rows that follow a 其中 at its own indent, without an ordinal or a code of their own."""
    found: list[Row] = []
    indent: float | None = None
    for row in every:
        if row.detail:
            indent = row.indent
        elif indent is not None and row.depth is None and not row.code and row.indent >= indent - SAME_INDENT:
            found.append(row)
        else:
            indent = None
    return found


def _align_indents(rows: list[Row]) -> None:
    """A row without a name stands in as far as the row above it; 其中 as far as the names below that are set behind it."""
    for above, row in pairwise(rows):
        if not row.name and not row.code:
            row.indent = above.indent
        if above.detail and not row.detail and SAME_INDENT < row.indent - above.indent <= _WIDTH_OF_DETAIL:
            above.indent = row.indent


def _set_project_parents(items: list[Row]) -> None:
    for row in items:
        for child in row.children:
            if child.scheme == "项目":
                child.parent_code = row.code
