"""What was not understood of a table, and laws of the data that it breaks: findings that ``check --strict`` counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from parsers.checking.identities import Identity
from parsers.checking.verdicts import DOUBT
from parsers.records import CheckRow
from parsers.specs.columns import column_words
from parsers.text import TOTAL_WORD, key
from parsers.values import Amount, AmountTable, Column, Parsed

_UNKNOWN = "未识别表"
_UNCLAIMED = "列头未识别"


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding at a cell, which stands for all of its kind."""

    rule: str
    amount: Amount
    note: str


def findings(parsed: Parsed) -> Iterator[Finding]:
    """What is to be said of one table, once a kind and, for columns, once a column."""
    unknown = parsed.amounts.get(_UNKNOWN)
    if unknown is not None:
        left = [a for a in unknown.amounts() if _counts(a)]
        lost = [a for a in left if _UNCLAIMED in a.marks]
        yield from _finding("T1", [a for a in left if _UNCLAIMED not in a.marks], "未识别的表印有 {} 个金额")
        yield from _finding("T3", lost, "{} 个金额不属于任何列")
    for table in parsed.amounts.values():
        if table.dataset != _UNKNOWN:
            for column in parsed.unmapped:
                yield from _unmapped(column, table)
            yield from _finding("T4", [a for a in table.amounts() if _counts(a) and not a.header], "{} 个金额没有列头")
            yield from _finding("T6", _totals_beside(table), "{} 个金额的列头与同一列头下另一列都是合计，列头层次可疑")
            yield from _finding("T7", list(_beside_total(table)), "{} 列的合计为空，邻列却只有合计，列位可疑")
    yield from _finding("T5", _collisions(parsed.amounts.values()), "{} 个金额与别的金额同格或同在一行一列")


def _counts(amount: Amount) -> bool:
    return amount.value is not None and amount.column.money


def _finding(rule: str, amounts: Sequence[Amount], note: str) -> Iterator[Finding]:
    if amounts:
        yield Finding(rule, amounts[0], note.format(len(amounts)))


def unproved(found: Iterable[Finding], sums: Iterable[Identity]) -> Iterator[Finding]:
    """``found`` without the columns under unknown words that a sum which holds proves to be what they seem."""
    proved = {
        (a.row.table, a.column.number)
        for i in sums if abs(i.difference) <= i.tolerance and i.published.value
        for a in (i.published, *i.parts) if a.value
    }  # fmt: skip
    for finding in found:
        if finding.rule != "T2" or (finding.amount.row.table, finding.amount.column.number) not in proved:
            yield finding


def _unmapped(column: Column, table: AmountTable) -> Iterator[Finding]:
    if column.money:
        under = [a for a in table.amounts() if a.column.number == column.number and _counts(a) and a.value]
        yield from _finding("T2", under, f"列头“{column.header}”未收录，其下 {{}} 个金额")


def _beside_total(table: AmountTable) -> Iterator[Amount]:
    """The first amount of every column that the total leaves blank, beside one in which the total stands alone.

    Numbers of one column that stand at both of its edges were read as two.
    """
    columns = list(table.printed_columns().items())
    for (side, column), (other_side, other) in (*pairwise(columns), *pairwise(columns[::-1])):
        parts = [a for a in column if a.value and not a.row.is_total]
        totals = [a for a in other if a.value and a.row.is_total]
        same = (side[0], side[2]) == (other_side[0], other_side[2])
        if same and len(parts) > 1 and totals and all(_counts(a) for a in (*parts, *totals)):
            blank = [a.row for a in column if a.value is None and a.row.is_total]
            alone = not any(a.value for a in other if not a.row.is_total)
            if alone and all(a.row in blank for a in totals):
                yield parts[0]


def _totals_beside(table: AmountTable) -> list[Amount]:
    """Amounts under a word for a total beside another such word under the same header (基本支出 over 合计 and 小计).

    No publisher prints that: one of the words stands over columns that are not its own.
    """
    words: dict[tuple[int, str | None, tuple[str, ...]], set[str]] = {}
    totals: list[tuple[tuple[int, str | None, tuple[str, ...]], Amount]] = []
    for amount in filter(_counts, table.amounts()):
        path = amount.column.path
        last = key(column_words().header_unit.sub("", path[-1])) if path else ""
        if TOTAL_WORD.match(last):
            group = (amount.row.panel, amount.direction, path[:-1])
            words.setdefault(group, set()).add(last)
            totals.append((group, amount))
    return [amount for group, amount in totals if len(words[group]) > 1]


def _collisions(tables: Iterable[AmountTable]) -> list[Amount]:
    """Amounts of a cell that another amount has, or at its 行号 and 列号."""
    keys: set[tuple[int, int]] = set()
    cells: set[tuple[int | None, int, int]] = set()
    found: list[Amount] = []
    for table in tables:
        for amount in table.amounts():
            key = (amount.row.number, amount.column.number)
            cell = amount.cell
            place = (cell.page, cell.row, cell.col) if cell is not None else None
            if key in keys or (amount.value is not None and place in cells):
                found.append(amount)
            keys.add(key)
            if place is not None and amount.value is not None:
                cells.add(place)
    return found


def record(document: str, finding: Finding) -> CheckRow:
    """A row of 核对结果."""
    amount = finding.amount
    context = amount.row.table.context
    x0, y0, x1, y1 = amount.box or (None, None, None, None)
    return {
        "文档": document, "规则": finding.rule, "等级": DOUBT, "数据集": amount.row.table.dataset,
        "表序": context.ordinal, "表号": context.number, "行号": amount.row.number, "列号": amount.column.number,
        "科目编码": amount.row.code, "指标": amount.column.measure, "公布值": None, "应有值": None, "差额": None,
        "容差": None, "说明": finding.note, "页码": amount.page, "x0": x0, "y0": y0, "x1": x1, "y1": y1,
    }  # fmt: skip
