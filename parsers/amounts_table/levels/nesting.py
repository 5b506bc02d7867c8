"""Trees that the sums make: a row is the parent of the fewest rows right below it that add up to it."""

from __future__ import annotations

from decimal import Decimal

from parsers.amounts_table.levels.sums import MOST_CHILDREN, Sums, Vector
from parsers.amounts_table.levels.witnesses import Tree, lies_below, unrelated
from parsers.values import Row


def tree_by_sums(items: list[Row], sums: Sums) -> Tree:
    """A row is the parent of the fewest rows right below it that add up to it."""
    tree: Tree = {}
    nest_by_sums(list(range(len(items))), items, sums, tree)
    return tree


def nest_by_sums(siblings: list[int], items: list[Row], sums: Sums, tree: Tree) -> None:
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
    deeper = bool(following) and lies_below(items[i], items[following[-1]])
    for n, child in enumerate(reversed(following[-MOST_CHILDREN:]), start=1):
        if unrelated(items[i], items[child]):
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
