"""Rows and columns of the datasets as Arrow takes them, in one place; the names are those of ``fields.toml``.

金额, 公布值 and their like are ``Decimal`` in yuan, boxes are points on the page as displayed, pages and rows count from 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, TypedDict

from parsers.values import AmountTable, TextRow

Columns = dict[str, list[Any]]
Value = str | int | float | Decimal | list[str] | None
Record = dict[str, Value]  # a row of a dataset whose columns a spec declares


class DocumentRow(TypedDict):
    """A row of 文档清单."""

    文档: str
    来源: str
    别名: list[str]
    被取代: str | None
    同额于: str | None
    SHA256: str | None
    标题: str | None
    编制单位: str | None
    年度: int | None
    口径: str | None
    级别: str | None
    页数: int | None
    引擎: str
    状态: str
    错误代码: str | None
    错误: str | None
    表数: int
    金额数: int
    版本: str


class TableRow(TypedDict):
    """A row of 表格清单."""

    文档: str
    表序: int | None
    表号: str | None
    表名: str | None
    数据集: str
    状态: str
    起始页: int | None
    结束页: int | None
    行数: int
    计量单位: str | None
    说明: str | None
    置信度: float | None


class CheckRow(TypedDict):
    """A row of 核对结果."""

    文档: str
    规则: str
    等级: str
    数据集: str
    表序: int | None
    表号: str | None
    行号: int
    列号: int | None
    科目编码: str | None
    指标: str | None
    公布值: Decimal | None
    应有值: Decimal | None
    差额: Decimal | None
    容差: Decimal | None
    说明: str | None
    页码: int | None
    x0: float | None
    y0: float | None
    x1: float | None
    y1: float | None


class CellRow(TypedDict):
    """A row of 单元格."""

    文档: str
    表号: str | None
    数据集: str
    表序: int
    行: int
    列: int
    行跨: int
    列跨: int
    文本: str | None
    页码: int | None
    位置: str | None
    x0: float | None
    y0: float | None
    x1: float | None
    y1: float | None
    置信度: float | None


class AmountRow(TypedDict):
    """A row of an amount dataset."""

    文档: str
    表序: int
    年度: int | None
    口径: str | None
    范围: str | None
    级别: str | None
    编制单位: str | None
    数据集: str
    表号: str | None
    行号: int
    列号: int
    科目体系: str | None
    科目编码: str | None
    编码来源: str | None
    科目名称: str | None
    级次: str | None
    上级编码: str | None
    末级: bool
    方向: str | None
    指标: str
    表头: str | None
    金额: Decimal | None
    原文: str | None
    计量单位: str | None
    末位: Decimal | None
    页码: int | None
    位置: str | None
    x0: float | None
    y0: float | None
    x1: float | None
    y1: float | None
    标记: list[str] | None


class ParagraphRow(TypedDict):
    """A row of 情况说明."""

    文档: str
    表序: None
    年度: int | None
    编制单位: str | None
    表号: None
    行号: int
    页码: int | None
    部分: str | None
    章节: str | None
    段号: int
    文本: str


class FigureRow(TypedDict):
    """A row of 说明数字: ``表序`` and what follows 上年推算 are those of the cell it speaks of."""

    文档: str
    表序: int | None
    年度: int | None
    编制单位: str | None
    表号: None
    行号: int
    页码: int | None
    章节: str | None
    科目编码: str | None
    项目: str | None
    类型: str
    数值: Decimal
    数值单位: str | None
    方向: str | None
    上年推算: Decimal | None
    原文: str
    对应数据集: str | None
    对应行号: int | None
    对应指标: str | None


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
