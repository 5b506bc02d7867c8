"""收入 or 支出 of the columns and rows of a panel, where its header as a whole does not say it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from parsers.amounts_table.periods import is_two_sided
from parsers.text import key
from parsers.values import Column, Row

SIDES = ("收入", "支出")


def side_of(text: str) -> str | None:
    """The one side that a text speaks of."""
    bare = key(text)
    if is_two_sided(bare):
        return None
    named = [side for side in SIDES if side in bare]
    return named[0] if len(named) == 1 else None


def with_sides(found: list[Column]) -> list[Column]:
    """Columns of both sides under one column of names: 一般公共预算收入 | 一般公共预算支出."""
    result = []
    sides = {c.number: next(filter(None, map(side_of, c.path)), None) for c in found if c.role == "measure"}
    for column in found:
        beside = {sides[c.number] for c in found if c.panel == column.panel and c.role == "measure"}
        side = sides.get(column.number)
        result.append(replace(column, direction=side) if side and beside >= set(SIDES) else column)
    return result


def settle_sections(rows: Sequence[Row]) -> None:
    """Rows of both sides in one panel: 一、收入 and what is below it, 二、支出 and what is below it, 三、结余 of neither.

    Without ordinals each row is of the side that its own name says.
    """
    if any(row.direction for row in rows):
        return
    tops = [row for row in rows if row.depth == 1]
    sides = {side_of(row.name or "") for row in tops or rows}
    if not sides >= set(SIDES):
        return
    side = None
    for row in rows:
        if not tops or row.depth == 1:
            side = side_of(row.name or "")
        row.direction = side
        for amount in row.amounts:
            amount.direction = amount.column.direction or side
