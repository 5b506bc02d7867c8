"""Typed rows to columns of the datasets, in one place; the names are those of ``fields.toml``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from parsers.values import AmountTable, TextRow

Columns = dict[str, list[Any]]
Record = dict[str, Any]


def amount_columns(table: AmountTable) -> Columns:
    """Columns of an amount dataset, a value for each amount in printed order (by 行号, then 列号)."""
    amounts = sorted(table.amounts(), key=lambda a: (a.row.number, a.column.number))
    context, n = table.context, len(amounts)
    rows = [a.row for a in amounts]
    columns = [a.column for a in amounts]
    boxes: list[Sequence[float | None]] = [a.box or (None, None, None, None) for a in amounts]
    return {
        "文档": [context.document] * n,
        "表序": [context.ordinal] * n,
        "年度": [c.year if c.year is not None else context.year for c in columns],
        "口径": [c.phase or context.phase for c in columns],
        "范围": [c.scope for c in columns],
        "级别": [context.level] * n,
        "编制单位": [context.organisation] * n,
        "数据集": [table.dataset] * n,
        "表号": [context.number] * n,
        "行号": [r.number for r in rows],
        "列号": [c.number for c in columns],
        "科目体系": [r.scheme for r in rows],
        "科目编码": [r.code for r in rows],
        "编码来源": [r.code_source for r in rows],
        "科目名称": [r.name for r in rows],
        "级次": [r.level for r in rows],
        "上级编码": [r.parent_code for r in rows],
        "末级": [r.leaf for r in rows],
        "方向": [a.direction for a in amounts],
        "指标": [c.measure for c in columns],
        "表头": [c.header or None for c in columns],
        "金额": [a.value for a in amounts],
        "原文": [a.text for a in amounts],
        "计量单位": [a.unit for a in amounts],
        "末位": [a.step for a in amounts],
        "页码": [a.page for a in amounts],
        "位置": [a.place for a in amounts],
        "x0": [b[0] for b in boxes],
        "y0": [b[1] for b in boxes],
        "x1": [b[2] for b in boxes],
        "y1": [b[3] for b in boxes],
        "标记": [list(a.marks) for a in amounts],
        "归属": [r.owner for r in rows],
        "归属编码": [r.owner_code for r in rows],
        "说明": [r.remark for r in rows],
        "分组": [r.group for r in rows],
        "支出经济分类": [r.economic_class for r in rows],
    }


def text_record(row: TextRow) -> Record:
    """A row of a text dataset; a column that the form does not print is left out."""
    context = row.context
    return {
        "文档": context.document, "表序": context.ordinal, "年度": context.year, "口径": context.phase,
        "编制单位": context.organisation, "表号": context.number, "行号": row.number, "页码": row.page,
        **row.fields, "标记": list(row.marks),
    }  # fmt: skip


def text_records(rows: Iterable[TextRow]) -> dict[str, list[Record]]:
    """Rows of text datasets by dataset."""
    found: dict[str, list[Record]] = {}
    for row in rows:
        found.setdefault(row.dataset, []).append(text_record(row))
    return found


def as_records(columns: Columns) -> list[Record]:
    """Columns turned to one record a row."""
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
