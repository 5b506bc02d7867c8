"""Which tree is right: each is judged by the printed totals and by its own sums, and mended where its siblings add up."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from parsers.amounts_table.levels.nesting import nest_by_sums, tree_by_sums
from parsers.amounts_table.levels.sums import Sums, falls_short
from parsers.amounts_table.levels.witnesses import WITNESSES, Tree, by_code, tree_of, unrelated
from parsers.values import Row


@dataclass(frozen=True, slots=True)
class Judged:
    """A tree, and in how many columns of how many sums it adds up (good) or does not (bad)."""

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


def best_tree(items: list[Row], sums: Sums) -> Judged:
    """The tree that adds up best; of equals the one whose witness stands first."""
    coded = any(r.code for r in items) and any(r.code_source == "印刷" or r.scheme == "项目" for r in items)
    first = _judge(tree_of(items, by_code, sums.closed), items, sums) if coded else None
    if first is not None and first.sound:
        return first
    seen: list[Judged] = [first] if first is not None else []
    for above in WITNESSES:
        tree = tree_of(items, above, sums.closed)
        if any(tree == j.tree for j in seen):
            continue
        judged = _judge(tree, items, sums)
        if judged.sound and (judged.total_good or (judged.good and sums.totals)) and tree:
            better = not seen or judged.rank > max(j.rank for j in seen)
            if better:
                return judged
        seen.append(judged)
    seen.append(_judge({}, items, sums))
    places = not sums.totals and all(r.scheme == "地区" for r in items)  # a province stands above its own cities
    if (places or any(j.total_bad or j.bad for j in seen)) and sums.columns:
        tree = tree_by_sums(items, sums)
        if tree:
            seen.append(_judge(tree, items, sums))
    ranked = sorted(seen, key=lambda j: j.rank, reverse=True)  # the first of equals: witnesses stand in their order
    mended = [_mended(j, items, sums) for j in ranked]
    return max(mended, key=lambda j: j.rank)


def _judge(tree: Tree, items: list[Row], sums: Sums) -> Judged:
    """How well ``tree`` adds up; where its leaves miss the totals, rows whose parts are not all printed may be leaves."""
    children = _children(tree)
    good = bad = 0
    short: set[int] = set()
    for parent, parts in children.items():
        g, b = sums.fits(sums.values[parent], parts)
        good, bad = good + g, bad + b
        if falls_short(parent, parts, sums):
            short.add(parent)
    total_good, total_bad = _totals_of(set(range(len(items))) - set(children), items, sums)
    if short:
        whole = _leaves_above(short, children, len(items))
        whole_good, whole_bad = _totals_of(whole, items, sums)
        if whole_good - whole_bad > total_good - total_bad:
            kept = [sums.fits(sums.values[p], children[p])[1] for p in short]
            return Judged(tree, whole_bad, whole_good, bad - sum(kept), good, len(short))
    return Judged(tree, total_bad, total_good, bad, good)


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
    """As ``Sums.fit_totals``; 小计 among the leaves adds up others of them."""
    return sums.fit_totals({i for i in leaves if not items[i].is_subtotal})


def _mended(best: Judged, items: list[Row], sums: Sums) -> Judged:
    """The tree with rows that are sums of their own siblings made parents of them, as far as the totals agree."""
    if not best.total_bad:
        return best
    tree = dict(best.tree)
    for siblings in _sibling_lists(best.tree, len(items)):
        nest_by_sums(siblings, items, sums, tree)
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


def _equal_pairs_nested(best: Judged, items: list[Row], sums: Sums) -> Judged:
    """A row that prints what its sibling above prints may be all that the sibling has: tried together, kept if totals agree."""
    tree = dict(best.tree)
    for siblings in _sibling_lists(best.tree, len(items)):
        for above, below in pairwise(siblings):
            equal = any(sums.values[above]) and sums.values[above] == sums.values[below]
            if equal and above not in tree.values() and not unrelated(items[above], items[below]):
                tree[below] = above
    judged = _judge(tree, items, sums)
    return judged if judged.rank > best.rank else best
