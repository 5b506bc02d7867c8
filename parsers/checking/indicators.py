"""绩效指标 of the whole unit against the same indicators of its projects: a dash in one and a nought in the other."""

from __future__ import annotations

from dataclasses import dataclass, field

import regex

from parsers.checking.amount_rows import Record
from parsers.checking.verdicts import NOTICE, PASSED
from parsers.text import key

RULE = "C1"
MEANING = "同一绩效指标在两张表里，一处作“—”或空，一处作 0：提示，不判对错"
_COLUMNS = ("前年", "上年", "指标值")
_POINTS = regex.compile(r"[/、,，;；]")
_BLANKS = frozenset(("", "-", "--", "/", "无"))


@dataclass(slots=True)
class Indicators:
    """Collects 绩效指标 rows table by table."""

    document: str
    _first: dict[tuple[str, ...], Record] = field(default_factory=dict)
    _notes: list[Record] = field(default_factory=list)

    def take(self, rows: list[Record]) -> None:
        for row in rows:
            name = tuple(_POINTS.sub("", key(row.get(k) or "")) for k in ("一级指标", "二级指标", "三级指标", "指标值"))
            other = self._first.setdefault(name, row)
            if other is not row and other["表号"] != row["表号"]:
                self._compare(other, row)

    def _compare(self, a: Record, b: Record) -> None:
        for column in _COLUMNS:
            values = [key(r.get(column) or "") for r in (a, b)]
            if "0" in values and any(v in _BLANKS for v in values):
                said = "，".join(f"{r['表号']} 作 {r.get(column) or '空'}" for r in (a, b))
                self._notes.append(_note(self.document, b, column, f"{NOTICE}：{b['三级指标']} 的{column}，{said}"))

    def records(self) -> list[Record]:
        """Rows of 核对结果."""
        return list(self._notes)


def _note(document: str, row: Record, column: str, text: str) -> Record:
    return {
        "文档": document, "规则": RULE, "等级": PASSED, "数据集": "绩效指标", "表号": row["表号"], "行号": row["行号"],
        "科目编码": None, "指标": column, "公布值": None, "应有值": None, "差额": None, "容差": None, "说明": text,
        "页码": row.get("页码"),
    }  # fmt: skip
