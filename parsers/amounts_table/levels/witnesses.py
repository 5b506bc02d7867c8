"""What says that a row is part of the row above it: codes, ordinals, indents, a colon; each witness makes a tree."""

from __future__ import annotations

from collections.abc import Callable

from parsers.values import Row

SAME_INDENT = 0.35  # em
_PROJECT_RANK = {"部门": 0, "单位": 0, "一级项目": 1, "二级项目": 2}
_COLONS = (":", "：")
Above = Callable[[Row, Row], bool]
Tree = dict[int, int]  # position of a child → position of its parent


def tree_of(items: list[Row], above: Above, closed: set[int]) -> Tree:
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


def by_code(a: Row, b: Row) -> bool:
    if a.scheme == b.scheme == "项目":
        x, y = _PROJECT_RANK.get(a.level or ""), _PROJECT_RANK.get(b.level or "")
        return x is not None and y is not None and x < y
    if a.scheme == b.scheme:
        return bool(
            a.code and b.code and a.code_source == "印刷" and b.code.startswith(a.code) and len(b.code) > len(a.code)
        )
    return a.scheme == "单位"


def by_code_or_below(a: Row, b: Row) -> bool:
    """As by code; a row without a code belongs to the coded row above it."""
    if b.code is None:
        return a.code is not None
    return by_code(a, b)


def by_function(a: Row, b: Row) -> bool:
    """As by code, but rows of another classification are parts of the row above (economic classes under a 项)."""
    if a.scheme == b.scheme:
        return by_code(a, b)
    return a.scheme == "单位" or (a.scheme == "功能分类" and b.scheme in ("部门经济分类", "政府经济分类", "项目"))


def by_ordinal(a: Row, b: Row) -> bool:
    return a.depth is not None and b.depth is not None and a.depth < b.depth


def by_ordinal_or_below(a: Row, b: Row) -> bool:
    """A row without an ordinal belongs to the row above that has one."""
    if b.depth is None:
        return a.depth is not None
    return by_ordinal(a, b)


def by_indent(a: Row, b: Row) -> bool:
    return b.indent - a.indent > SAME_INDENT


def by_ordinal_then_indent(a: Row, b: Row) -> bool:
    if a.depth is not None and b.depth is not None and a.depth != b.depth:
        return a.depth < b.depth
    if a.depth is not None and b.depth is None:
        return b.indent - a.indent > -SAME_INDENT
    if a.depth is None and b.depth is not None:
        return False
    return by_indent(a, b)


def by_code_then_indent(a: Row, b: Row) -> bool:
    if a.code and b.code:
        return by_code(a, b)
    return by_indent(a, b)


def by_colon(a: Row, b: Row) -> bool:
    """A name that ends with a colon heads the rows below it."""
    return (a.name or "").endswith(_COLONS) and not (b.name or "").endswith(_COLONS)


WITNESSES: tuple[Above, ...] = (
    by_code, by_ordinal, by_ordinal_then_indent, by_indent, by_code_then_indent, by_code_or_below, by_function,
    by_ordinal_or_below, by_colon,
)  # fmt: skip


def unrelated(a: Row, b: Row) -> bool:
    """Codes of one classification that are not nested, or a deeper ordinal over a higher one.

    Indents do not part rows here: centred names have any.
    """
    if a.scheme == b.scheme and a.code and b.code and a.code_source == b.code_source == "印刷":
        return not b.code.startswith(a.code) or len(b.code) <= len(a.code)
    if a.depth is not None and b.depth is not None:
        return b.depth <= a.depth
    return False


def lies_below(a: Row, b: Row) -> bool:
    """A single row that equals the row above is its part only where another witness says so."""
    return (
        by_code(a, b) or by_ordinal(a, b) or by_indent(a, b) or a.is_subtotal
        or (a.scheme != b.scheme and a.code is not None and b.code is not None)
    )  # fmt: skip
