"""Which row is part of which: witnesses propose a tree, sums choose.  末级 is what the chosen tree says.

Witnesses are codes, unit rows, project levels, ordinals and indents.  Each proposes for every row the nearest row
above that it belongs to.  A tree is judged by the printed totals and by its own sums; where none of them adds up to
the total, the sums alone are asked (a row belongs to the rows that it equals).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

import regex

from parsers.text import SUBTOTAL, key
from parsers.values import TOTAL, Amount, Row

INCOMPLETE = "下级未列全"  # the rows below a row do not exhaust it: they are of it, it stands for itself
_PROJECT_RANK = {"部门": 0, "单位": 0, "一级项目": 1, "二级项目": 2}
_SAME_INDENT = 0.35  # em
_WIDTH_OF_DETAIL = 4.0  # em: 其中： and a little
_MOST_COLUMNS = 16  # that are added up
_MOST_CHILDREN = 600
_MOST_MENDED = 12  # trees
Vector = list[Decimal | None]  # by column
Above = Callable[[Row, Row], bool]
_GRAND = regex.compile(r"总计$|^总额$")
_COLON = regex.compile(r"[:：]$")


def settle_levels(rows: list[Row]) -> None:
    """Set ``children``, ``leaf`` and, for projects, ``parent_code`` of one panel's rows."""
    for row in rows:
        row.children = []
        row.leaf = row.level != TOTAL and not row.detail
    _align_indents(rows)
    items = [r for r in rows if r.level != TOTAL and not r.detail]
    if not items:
        return
    sums = Sums(rows, items)
    best = _best_tree(items, sums)
    if (best.total_bad or best.short or not sums.totals) and any(r.detail and r.level != TOTAL for r in rows):
        items, sums, best = _with_other_details(rows, items, sums, best)
    for child, parent in best.tree.items():
        items[parent].children.append(items[child])
    for row in items:
        row.leaf = not row.children
    _settle_total_above_more(rows, items, sums)
    _settle_subtotals(items, sums)
    _settle_running_totals(items, sums)
    _keep_incomplete_whole(items, sums)
    _set_project_parents(items)


def _with_other_details(
    rows: list[Row], items: list[Row], sums: Sums, best: _Judged
) -> tuple[list[Row], Sums, _Judged]:
    """Other readings of 其中: it opens the items themselves, or the rows below it are of it as well, if sums say so."""
    every = [r for r in rows if r.level != TOTAL]
    fewer = [r for r in every if not r.detail and r not in _below_details(every)]
    chosen = items, sums, best
    for other in (every, fewer):
        if other and other != items:
            its = Sums(rows, other)
            judged = _best_tree(other, its)
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
        elif indent is not None and row.depth is None and not row.code and row.indent >= indent - _SAME_INDENT:
            found.append(row)
        else:
            indent = None
    return found


def _align_indents(rows: list[Row]) -> None:
    """A row without a name stands in as far as the row above it; 其中 as far as the names below that are set behind it."""
    for above, row in pairwise(rows):
        if not row.name and not row.code:
            row.indent = above.indent
        if above.detail and not row.detail and _SAME_INDENT < row.indent - above.indent <= _WIDTH_OF_DETAIL:
            above.indent = row.indent


# --- sums -----------------------------------------------------------------------------------------------------------


class Sums:
    """The values of rows by column, and the totals that the leaves must add up to."""

    def __init__(self, rows: list[Row], items: list[Row]) -> None:
        amounts = [a for row in rows for a in row.amounts if a.column.money and a.value is not None]
        counts: dict[int, int] = {}
        for a in amounts:
            counts[a.column.number] = counts.get(a.column.number, 0) + 1
        self.columns = sorted(sorted(counts, key=lambda c: -counts[c])[:_MOST_COLUMNS])
        self.steps = [_step(amounts, c) for c in self.columns]
        self.values = [_vector(row, self.columns) for row in items]  # by position among the items
        # by column: what no sum may exceed a whole by, that ever comes back to it; None where a value is negative
        self.beyond = [
            None if min(values, default=Decimal(0)) < 0 else (_MOST_CHILDREN + 1) * step / 2
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


def _step(amounts: list[Amount], column: int) -> Decimal:
    steps = (a.precision for a in amounts if a.column.number == column)
    return max((s for s in steps if s is not None), default=Decimal(0))


def _vector(row: Row, columns: list[int]) -> Vector:
    by_column = {a.column.number: a.value for a in row.amounts}
    return [by_column.get(c) for c in columns]


def _totals(rows: list[Row], items: list[Row], columns: list[int]) -> list[tuple[slice, Vector]]:
    """A single total covers every item; the first of several covers what stands above it."""
    places = [i for i, row in enumerate(rows) if row.level == TOTAL and any(a.value is not None for a in row.amounts)]
    if len(places) == 1:
        return [(slice(0, len(items)), _vector(rows[places[0]], columns))]
    if places and places[0] > 0:
        covered = set(rows[: places[0]])
        above = sum(1 for row in items if row in covered)
        if above:
            return [(slice(0, above), _vector(rows[places[0]], columns))]
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


# --- witnesses ------------------------------------------------------------------------------------------------------

Tree = dict[int, int]  # position of a child → position of its parent


def _tree(items: list[Row], above: Above, closed: set[int]) -> Tree:
    """The nearest row above that ``above`` accepts is a row's parent; none above one that is ``closed``."""
    parents: Tree = {}
    stack: list[int] = []
    for i, row in enumerate(items):
        if i in closed:
            stack.clear()
        while stack and not above(items[stack[-1]], row):
            stack.pop()
        if stack:
            parents[i] = stack[-1]
        stack.append(i)
    return parents


def _by_code(a: Row, b: Row) -> bool:
    if a.scheme == b.scheme == "项目":
        x, y = _PROJECT_RANK.get(a.level or ""), _PROJECT_RANK.get(b.level or "")
        return x is not None and y is not None and x < y
    if a.scheme == b.scheme:
        return bool(
            a.code and b.code and a.code_source == "印刷" and b.code.startswith(a.code) and len(b.code) > len(a.code)
        )
    return a.scheme == "单位"


def _by_code_or_below(a: Row, b: Row) -> bool:
    """As by code; a row without a code belongs to the coded row above it."""
    if b.code is None:
        return a.code is not None
    return _by_code(a, b)


def _by_function(a: Row, b: Row) -> bool:
    """As by code, but rows of another classification are parts of the row above (economic classes under a 项)."""
    if a.scheme == b.scheme:
        return _by_code(a, b)
    return a.scheme == "单位" or (a.scheme == "功能分类" and b.scheme in ("部门经济分类", "政府经济分类", "项目"))


def _by_ordinal(a: Row, b: Row) -> bool:
    return a.depth is not None and b.depth is not None and a.depth < b.depth


def _by_ordinal_or_below(a: Row, b: Row) -> bool:
    """A row without an ordinal belongs to the row above that has one."""
    if b.depth is None:
        return a.depth is not None
    return _by_ordinal(a, b)


def _by_indent(a: Row, b: Row) -> bool:
    return b.indent - a.indent > _SAME_INDENT


def _by_ordinal_then_indent(a: Row, b: Row) -> bool:
    if a.depth is not None and b.depth is not None and a.depth != b.depth:
        return a.depth < b.depth
    if a.depth is not None and b.depth is None:
        return b.indent - a.indent > -_SAME_INDENT
    if a.depth is None and b.depth is not None:
        return False
    return _by_indent(a, b)


def _by_code_then_indent(a: Row, b: Row) -> bool:
    if a.code and b.code:
        return _by_code(a, b)
    return _by_indent(a, b)


def _by_colon(a: Row, b: Row) -> bool:
    """A name that ends with a colon heads the rows below it."""
    return bool(_COLON.search(a.name or "")) and not _COLON.search(b.name or "")


_WITNESSES: tuple[Above, ...] = (
    _by_code, _by_ordinal, _by_ordinal_then_indent, _by_indent, _by_code_then_indent, _by_code_or_below, _by_function,
    _by_ordinal_or_below, _by_colon,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Judged:
    tree: Tree
    total_bad: int
    total_good: int
    bad: int
    good: int
    short: int = 0  # rows that stand for themselves because their parts are not all printed

    @property
    def sound(self) -> bool:
        return not self.total_bad and not self.bad and not self.short

    @property
    def rank(self) -> tuple[int, int, int]:
        """Higher is better: totals first, then the tree's own sums."""
        return (self.total_good - self.total_bad, self.good - 2 * self.bad, self.good)


def _best_tree(items: list[Row], sums: Sums) -> _Judged:
    coded = any(r.code for r in items) and any(r.code_source == "印刷" or r.scheme == "项目" for r in items)
    first = _judge(_tree(items, _by_code, sums.closed), items, sums) if coded else None
    if first is not None and first.sound:
        return first
    seen: list[_Judged] = [first] if first is not None else []
    for above in _WITNESSES:
        tree = _tree(items, above, sums.closed)
        if any(tree == j.tree for j in seen):
            continue
        judged = _judge(tree, items, sums)
        if judged.sound and (judged.good or judged.total_good) and tree:
            better = not seen or judged.rank > max(j.rank for j in seen)
            if better:
                return judged
        seen.append(judged)
    seen.append(_judge({}, items, sums))
    places = not sums.totals and all(r.scheme == "地区" for r in items)  # a province stands above its own cities
    if (places or any(j.total_bad or j.bad for j in seen)) and sums.columns:
        tree = _tree_by_sums(items, sums)
        if tree:
            seen.append(_judge(tree, items, sums))
    ranked = sorted(seen, key=lambda j: j.rank, reverse=True)  # the first of equals: witnesses stand in their order
    mended = [_mended(j, items, sums) for j in ranked[:_MOST_MENDED]]
    return max(mended, key=lambda j: j.rank)


def _judge(tree: Tree, items: list[Row], sums: Sums) -> _Judged:
    children = _children(tree)
    good = bad = 0
    short: set[int] = set()
    for parent, parts in children.items():
        g, b = sums.fits(sums.values[parent], parts)
        good, bad = good + g, bad + b
        if _falls_short(parent, parts, sums):
            short.add(parent)
    total_good, total_bad = _totals_of(set(range(len(items))) - set(children), items, sums)
    if short:
        # rows whose parts are not all printed stand for themselves
        whole = _leaves_above(short, children, len(items))
        whole_good, whole_bad = _totals_of(whole, items, sums)
        if whole_good - whole_bad > total_good - total_bad:
            kept = [sums.fits(sums.values[p], children[p])[1] for p in short]
            return _Judged(tree, whole_bad, whole_good, bad - sum(kept), good, len(short))
    return _Judged(tree, total_bad, total_good, bad, good)


def _children(tree: Tree) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for child, parent in tree.items():
        found.setdefault(parent, []).append(child)
    return found


def _leaves_above(whole: set[int], children: dict[int, list[int]], count: int) -> set[int]:
    """Leaves where the rows of ``whole`` stand for all that is below them."""
    inner = {c for parts in children.values() for c in parts}
    found: set[int] = set()
    stack = [i for i in range(count) if i not in inner]
    while stack:
        i = stack.pop()
        if i in whole or i not in children:
            found.add(i)
        else:
            stack.extend(children[i])
    return found


def _totals_of(leaves: set[int], items: list[Row], sums: Sums) -> tuple[int, int]:
    """In how many columns these leaves add up to the totals, and in how many not."""
    good = bad = 0
    for reach, total in sums.totals:
        mine = [i for i in range(len(items))[reach] if i in leaves and not SUBTOTAL.search(key(items[i].name or ""))]
        g, b = sums.fits(total, mine)
        good, bad = good + g, bad + b
    return good, bad


def _tree_by_sums(items: list[Row], sums: Sums) -> Tree:
    """A row is the parent of the fewest rows right below it that add up to it."""
    tree: Tree = {}
    _nest_by_sums(list(range(len(items))), items, sums, tree)
    return tree


def _nest_by_sums(siblings: list[int], items: list[Row], sums: Sums, tree: Tree) -> None:
    """Put into ``tree`` which of ``siblings`` are sums of the siblings right below them."""
    following: list[int] = []  # tops of the subtrees below, nearest last
    for i in reversed(siblings):
        taken = _absorbed(i, items, sums, following)
        if taken:
            for child in following[-taken:]:
                tree[child] = i
            del following[-taken:]
        following.append(i)


def _absorbed(i: int, items: list[Row], sums: Sums, following: list[int]) -> int:
    """How many of the subtrees below row ``i`` make its sum, in every column if any do, else in most; 0 if none do."""
    whole = sums.values[i]
    if not any(whole):
        return 0
    in_most = 0
    added = [Decimal(0)] * len(whole)
    counts = [0] * len(whole)
    deeper = bool(following) and _lies_below(items[i], items[following[-1]])
    for n, child in enumerate(reversed(following[-_MOST_CHILDREN:]), start=1):
        if _unrelated(items[i], items[child]):
            break
        for k, value in enumerate(sums.values[child]):
            if value is not None:
                added[k] += value
                counts[k] += 1
        exact = near = off = 0
        for k, value in enumerate(whole):
            if counts[k] and (value or added[k]):
                apart = abs(added[k] - (value or 0))
                exact += not apart
                within = apart <= (counts[k] + 1) * sums.steps[k] / 2
                near += bool(apart) and within
                off += not within
        good = exact + near if deeper or exact else 0  # small numbers add up to nearly anything
        if good >= max(1, 2 * off) and (n > 1 or deeper):
            if not off:
                return n
            in_most = in_most or n
        if off and _is_lost(added, whole, sums, in_most):
            break
    return in_most


def _is_lost(added: list[Decimal], whole: Vector, sums: Sums, in_most: int) -> bool:
    """Can no more rows make the sum, since values that are never negative have grown past it in too many columns?"""
    lost = sum(
        beyond is not None and more - (value or 0) > beyond
        for more, value, beyond in zip(added, whole, sums.beyond, strict=True)
    )
    return 2 * lost > len(whole) - lost or bool(in_most and lost)


def _mended(best: _Judged, items: list[Row], sums: Sums) -> _Judged:
    """The tree with rows that are sums of their own siblings made parents of them, as far as the totals agree."""
    if not best.total_bad:
        return best
    tree = dict(best.tree)
    for siblings in _sibling_lists(best.tree, len(items)):
        _nest_by_sums(siblings, items, sums, tree)
    judged = _judge(tree, items, sums)
    best = judged if judged.rank > best.rank else best
    if best.total_bad:
        best = _equal_pairs_nested(best, items, sums)
    return best


def _sibling_lists(tree: Tree, count: int) -> list[list[int]]:
    found: dict[int | None, list[int]] = {}
    for i in range(count):
        found.setdefault(tree.get(i), []).append(i)
    return list(found.values())


def _equal_pairs_nested(best: _Judged, items: list[Row], sums: Sums) -> _Judged:
    """A row that prints what its sibling above prints may be all that the sibling has: tried together, kept if totals agree."""
    tree = dict(best.tree)
    for siblings in _sibling_lists(best.tree, len(items)):
        for above, below in pairwise(siblings):
            equal = any(sums.values[above]) and sums.values[above] == sums.values[below]
            if equal and above not in tree.values() and not _unrelated(items[above], items[below]):
                tree[below] = above
    judged = _judge(tree, items, sums)
    return judged if judged.rank > best.rank else best


def _unrelated(a: Row, b: Row) -> bool:
    """Codes of one classification that are not nested, or a deeper ordinal over a higher one.

    Indents do not part rows here: centred names have any.
    """
    if a.scheme == b.scheme and a.code and b.code and a.code_source == b.code_source == "印刷":
        return not b.code.startswith(a.code) or len(b.code) <= len(a.code)
    if a.depth is not None and b.depth is not None:
        return b.depth <= a.depth
    return False


def _lies_below(a: Row, b: Row) -> bool:
    """A single row that equals the row above is its part only where another witness says so."""
    return (
        _by_code(a, b) or _by_ordinal(a, b) or _by_indent(a, b) or bool(SUBTOTAL.search(key(a.name or "")))
        or (a.scheme != b.scheme and a.code is not None and b.code is not None)
    )  # fmt: skip


# --- what the sums say of the chosen tree ----------------------------------------------------------------------------


def _settle_subtotals(items: list[Row], sums: Sums) -> None:
    """小计 adds up rows beside it, above or below: it is no leaf."""
    for i, row in enumerate(items):
        if row.children or not SUBTOTAL.search(key(row.name or "")) or not any(sums.values[i]):
            continue
        beside = [k for k, r in enumerate(items) if r.leaf and k != i]
        below, above = [k for k in beside if k > i], [k for k in beside[::-1] if k < i]
        if any(_first_fit(sums, i, run) for run in (below, above)):
            row.leaf = False


def _settle_total_above_more(rows: list[Row], items: list[Row], sums: Sums) -> None:
    """A single total above more rows is the sum of the rows above it.

    What stands below a 总计 (年终结余) is no part of it and no leaf; 本年支出合计 above transfers that no total covers is
    not the table's total.
    """
    totals = [i for i, row in enumerate(rows) if row.level == TOTAL]
    if len(totals) == 2 and _blank_beside(rows[totals[0]], rows[totals[1]]):
        good, bad = sums.fits(_vector(rows[totals[1]], sums.columns), [i for i, r in enumerate(items) if r.leaf])
        if good and not bad:
            rows[totals[0]].level = None  # the later one is the table's; it leaves out columns that this one fills
        return
    if len(totals) != 1 or totals[0] == 0 or totals[0] == len(rows) - 1:
        return
    place = sum(1 for row in items if row in rows[: totals[0]])
    leaves = [i for i, row in enumerate(items) if row.leaf]
    whole = _vector(rows[totals[0]], sums.columns)
    good, bad = sums.fits(whole, [i for i in leaves if i < place])
    _, bad_with_rest = sums.fits(whole, leaves)
    if not good or bad or not bad_with_rest:
        return
    if _GRAND.search(key(rows[totals[0]].name or "")):
        for row in items[place:]:
            row.leaf = False
    else:
        rows[totals[0]].level = None


def _blank_beside(first: Row, last: Row) -> bool:
    """Does the last total leave blank a column that the first one fills?"""
    filled = {a.column.number for a in last.amounts if a.value is not None}
    return any(
        a.value is not None and a.column.money and a.column.number not in filled for a in first.amounts
    ) and bool(filled)


def _first_fit(sums: Sums, i: int, near: list[int]) -> bool:
    for n in range(1, min(len(near), _MOST_CHILDREN) + 1):
        good, bad = sums.fits(sums.values[i], near[:n])
        if good and not bad:
            return True
    return False


def _state(items: list[Row], sums: Sums) -> tuple[int, int]:
    """In how many columns the leaves add up to the totals, and in how many not."""
    good = bad = 0
    for reach, total in sums.totals:
        g, b = sums.fits(total, [i for i in range(len(items))[reach] if items[i].leaf])
        good, bad = good + g, bad + b
    return good, bad


def _settle_running_totals(items: list[Row], sums: Sums) -> None:
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


def _keep_incomplete_whole(items: list[Row], sums: Sums) -> None:
    """Rows that print only some of a row's parts are of it (其中): the row stands for itself, if the total says so.

    Publishers leave out 款 that they must not disclose.
    """
    index = {row: i for i, row in enumerate(items)}
    if not sums.totals:
        return

    good, bad = _state(items, sums)
    changed: list[Row] = []
    for row in items:
        if not row.children or not _falls_short(index[row], [index[c] for c in row.children], sums):
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


def _falls_short(parent: int, parts: list[int], sums: Sums) -> bool:
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


def _close(row: Row) -> None:
    """The row stands for itself; nothing below it does."""
    row.leaf = True
    stack = list(row.children)
    while stack:
        child = stack.pop()
        child.leaf = False
        stack.extend(child.children)


def _set_project_parents(items: list[Row]) -> None:
    for row in items:
        for child in row.children:
            if child.scheme == "项目":
                child.parent_code = row.code
