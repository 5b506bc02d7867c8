"""What makes a reading doubtful when a number does not add up, and the amounts that forms print among particulars."""

from __future__ import annotations

from decimal import Decimal

from parsers.values import Amount, AmountTable, Column, Row, TextRow

# what makes a reading doubtful when a number does not add up
UNIT_MARKS = frozenset(("单位推断", "单位未知"))  # the same for all of a table: no doubt inside it
REPAIRS = UNIT_MARKS | {"按对齐成格", "列位修复", "数字跨格", "第二引擎", "OCR存疑"}
PROJECTS = "项目基本信息"
_MONEY = ("项目总预算", "项目当年预算")


def repairs_of(amount: Amount) -> frozenset[str]:
    """Marks of ``amount`` that make it doubtful."""
    return REPAIRS.intersection(amount.marks)


def project_amounts(text: TextRow) -> AmountTable:
    """The two amounts that a project form prints among its particulars, as a table of one row."""
    table = AmountTable(PROJECTS, text.context)
    code, name = text.text("项目编码") or None, text.text("项目名称")
    row = Row(1, direction="支出", scheme="项目", code=code, name=name, owner=name, owner_code=code)
    row.table = table
    for number, measure in enumerate(_MONEY, start=1):
        value = text.fields.get(measure)
        if isinstance(value, Decimal):
            printed = format(value.normalize(), "f")
            column = Column(number, 0, 1, (measure,), "measure", measure=measure)
            row.amounts.append(Amount(row, column, value, None, printed, text.context.unit, precision=None))
    table.rows.append(row)
    return table
