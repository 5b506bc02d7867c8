"""A document's printed amounts as identities see them: tables of rows, without paper.

Small on purpose: the facts of every table stay until the last table is read, their cells do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import regex

from parsers.text import is_total, key

Record = dict[str, Any]
# what makes a reading doubtful when a number does not add up
UNIT_MARKS = frozenset(("单位推断", "单位未知"))  # the same for all of a table: no doubt inside it
REPAIRS = UNIT_MARKS | {"按对齐成格", "列位修复", "数字跨格", "第二引擎", "OCR"}
_DETAIL = regex.compile(r"^其中")


@dataclass(slots=True)
class Fact:
    """One amount cell.  ``value`` and ``step`` in yuan; ``None`` where nothing, or no number, is printed."""

    value: Decimal | None
    step: Decimal | None
    text: str | None
    measure: str
    header: str
    kind: str | None
    page: int | None
    box: tuple[float, float, float, float] | None
    marks: tuple[str, ...]
    row: FactRow


@dataclass(slots=True)
class FactRow:
    """One panel's part of a printed row."""

    table: FactTable
    number: int
    panel: int
    scheme: str | None
    code: str | None
    name: str
    level: str | None
    depth: int | None
    detail: bool  # 其中…: part of the row above, no item beside it
    direction: str | None
    owner: str | None = None
    facts: list[Fact] = field(default_factory=list)

    @property
    def is_total(self) -> bool:
        return self.level == "合计" or is_total(self.name)


@dataclass(slots=True)
class FactTable:
    """The rows of one table that stand in one dataset."""

    dataset: str
    number: str | None
    unit: str | None
    rows: list[FactRow] = field(default_factory=list)

    def columns(self) -> dict[tuple[str | None, str, str | None], list[Fact]]:
        """Facts by (方向, 指标, 口径), panel after panel, from the top down."""
        found: dict[tuple[str | None, str, str | None], list[Fact]] = {}
        for row in sorted(self.rows, key=lambda r: (r.panel, r.number)):
            for fact in row.facts:
                found.setdefault((row.direction, fact.measure, fact.kind), []).append(fact)
        return found

    def printed_columns(self) -> dict[tuple[int, str | None, str], list[Fact]]:
        """Facts by (panel, 方向, 表头): the columns as they stand on paper."""
        found: dict[tuple[int, str | None, str], list[Fact]] = {}
        for row in self.rows:
            for fact in row.facts:
                found.setdefault((row.panel, row.direction, fact.header), []).append(fact)
        return found


def tables_of(rows: dict[str, list[Record]], number: str | None, unit: str | None) -> Iterator[FactTable]:  # fmt: skip
    """The facts of one parsed table, by dataset; datasets without amounts yield nothing."""
    for dataset, records in rows.items():
        if records and "指标" in records[0]:
            table = FactTable(dataset, number, unit)
            table.rows.extend(_rows(table, records))
            _restore_trimmed(table)
            yield table
        elif dataset == "项目基本信息":
            yield from (_project(number, unit, record) for record in records)


def _restore_trimmed(table: FactTable) -> None:
    """Where trailing zeros are left out (2455 beside 1012.35), every number is as exact as the finest one."""
    facts = [f for row in table.rows for f in row.facts if f.value is not None and f.step is not None]
    if any("." in (f.text or "") and key(f.text or "").rstrip(")").endswith("0") for f in facts):
        return
    finest = min((f.step for f in facts if f.step is not None and f.value), default=None)
    for fact in facts:
        fact.step = finest if finest is not None else fact.step


def _rows(table: FactTable, records: Iterable[Record]) -> list[FactRow]:
    rows: dict[tuple[int, int], FactRow] = {}
    for r in records:
        place = r["行号"], r.get("_panel", 0)
        row = rows.get(place)
        if row is None:
            get = r.get
            printed = str(get("_printed") or get("科目名称") or "")
            row = FactRow(
                table, r["行号"], place[1], get("科目体系"), get("科目编码"), get("科目名称") or "", get("级次"),
                get("_depth"), bool(_DETAIL.match(key(printed))), get("方向"), get("归属编码") or get("归属"),
            )  # fmt: skip
            rows[place] = row
        box = (r["x0"], r["y0"], r["x1"], r["y1"]) if r["x0"] is not None else None
        marks = tuple(m for m in r["标记"] if m in REPAIRS)
        row.facts.append(_fact(r, box, marks, row))
    return list(rows.values())


def _fact(r: Record, box: tuple[float, float, float, float] | None, marks: tuple[str, ...], row: FactRow) -> Fact:
    measure, header = r.get("指标") or "", r.get("表头") or ""
    return Fact(r["金额"], r["末位"], r["原文"], measure, header, r.get("口径"), r["页码"], box, marks, row)


def _project(number: str | None, unit: str | None, record: Record) -> FactTable:
    """The two amounts that a project form prints among its particulars."""
    table = FactTable("项目基本信息", number, unit)
    code, name = record.get("项目编码"), record.get("项目名称") or ""
    row = FactRow(table, 1, 0, "项目", code, name, None, None, False, "支出", code or name)
    for measure in ("项目总预算", "项目当年预算"):
        value = record.get(measure)
        if value is not None:
            text = format(value.normalize(), "f")
            row.facts.append(Fact(value, None, text, measure, measure, None, record.get("页码"), None, (), row))
    table.rows.append(row)
    return table
