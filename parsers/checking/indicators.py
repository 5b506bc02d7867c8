"""绩效指标 of the whole unit against the same indicators of its projects: a dash in one and a nought in the other."""

from __future__ import annotations

from dataclasses import dataclass, field

import regex

from parsers.checking.verdicts import NOTICE, PASSED
from parsers.records import CheckRow
from parsers.text import key
from parsers.values import TextRow

RULE = "C1"
_COLUMNS = ("前年", "上年", "指标值")
_POINTS = regex.compile(r"[/、,，;；]")
_BLANKS = frozenset(("", "-", "--", "/", "无"))


@dataclass(slots=True)
class Indicators:
    """Collects 绩效指标 rows table by table."""

    document: str
    _first: dict[tuple[str, ...], TextRow] = field(default_factory=dict)
    _notes: list[CheckRow] = field(default_factory=list)

    def take(self, row: TextRow) -> None:
        name = tuple(_POINTS.sub("", key(row.text(k))) for k in ("一级指标", "二级指标", "三级指标", "指标值"))
        other = self._first.setdefault(name, row)
        if other is not row and other.context.number != row.context.number:
            self._compare(other, row)

    def _compare(self, a: TextRow, b: TextRow) -> None:
        for column in _COLUMNS:
            values = [key(r.text(column)) for r in (a, b)]
            if "0" in values and any(v in _BLANKS for v in values):
                readings = "，".join(f"{r.context.number} 作 {r.text(column) or '空'}" for r in (a, b))
                self._notes.append(
                    _note(self.document, b, column, f"{NOTICE}：{b.text('三级指标')} 的{column}，{readings}")
                )

    def records(self) -> list[CheckRow]:
        """Rows of 核对结果."""
        return list(self._notes)


def _note(document: str, row: TextRow, column: str, text: str) -> CheckRow:
    return {
        "文档": document, "规则": RULE, "等级": PASSED, "数据集": "绩效指标", "表序": row.context.ordinal, "表号": row.context.number, "行号": row.number,
        "列号": None, "科目编码": None, "指标": column, "公布值": None, "应有值": None, "差额": None, "容差": None, "说明": text,
        "页码": row.page, "x0": None, "y0": None, "x1": None, "y1": None,
    }  # fmt: skip
