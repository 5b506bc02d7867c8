"""What ``yusuan check`` shows: which printed totals hold, and what does not add up, the most money first.

Fits a terminal of 80 columns: a finding is a card of a few lines.  Counted and sorted by Arrow, not row by row.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from extract.errors import UsageError
from extract.store.documents import file_name
from extract.store.reader import open_outputs
from extract.views.terminal import print_lines, print_table, shown
from parsers.checking.verdicts import CONTRADICTION, DOUBT, GRADES, NOTICE, PASSED, TAIL, UNTESTED, untested_rules
from parsers.records import CheckRow, DocumentRow
from parsers.specs.rules import meanings

CHECKS = "核对结果"
TABLES = "表格清单"
_DOCUMENT = ("来源", "编制单位", "状态", "错误")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which findings are shown.  ``grades``: 矛盾 and 存疑 where none is named; ``top``: 0 for all."""

    grades: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    unit: str | None = None  # a part of 编制单位
    top: int = 0
    tails: bool = False
    summary: bool = False


def report(outputs: Path, wanted: Wanted, as_json: bool) -> int:
    """Print the findings of a run or a panel; returns how many are 矛盾 or 存疑.

    Raises ``UsageError`` for no run, an unknown grade or an unknown rule.
    """
    for value, known in ((wanted.grades, GRADES), (wanted.rules, tuple(meanings()))):
        if strange := set(value) - set(known):
            raise UsageError(f"{'、'.join(sorted(strange))} is not known: choose {' '.join(known)}")
    run = open_outputs(outputs)
    documents = run.documents
    checks = run.table(CHECKS)
    if wanted.unit is not None:
        documents = documents.filter(pc.match_substring(documents["编制单位"], wanted.unit))
        checks = checks.filter(pc.is_in(checks["文档"], documents["文档"].combine_chunks()))
    if wanted.rules:
        checks = checks.filter(_among(checks["规则"], wanted.rules))
    findings = _findings(checks, wanted)
    doubts = int(pc.sum(_among(findings["等级"], (CONTRADICTION, DOUBT))).as_py() or 0)
    shortened = findings.slice(0, wanted.top or None)
    named = {row["文档"]: row for row in documents.select(["文档", *_DOCUMENT]).to_pylist()}
    if as_json:
        for row in shortened.to_pylist():
            print(json.dumps({**row, "来源": named[row["文档"]]["来源"]}, ensure_ascii=False, default=_plain))
        return doubts
    _show_documents(checks, named)
    _show_rules(checks)
    _show_untested(run.table(TABLES, ["文档", "说明"]), documents["文档"])
    if not wanted.summary:
        print_lines([line for row in shortened.to_pylist() for line in _card(row, named[row["文档"]])])
    if rest := findings.num_rows - (0 if wanted.summary else shortened.num_rows):
        print_lines([f"还有 {rest} 条" if not wanted.summary else f"{rest} 条，不用 --summary 则逐条列出"])
    return doubts


def _among(column: pa.ChunkedArray, values: Sequence[str]) -> pa.ChunkedArray:
    """Which rows hold one of ``values``.

    By a pattern: a Python value given to Arrow makes it import pandas, to ask whether that is a Series.
    """
    return pc.match_substring_regex(column.cast(pa.string()), f"^({'|'.join(map(re.escape, values))})$")


def _findings(checks: pa.Table, wanted: Wanted) -> pa.Table:
    """What is shown, the largest difference first, then in the order of the outputs."""
    grades = wanted.grades or (CONTRADICTION, DOUBT, *((TAIL,) if wanted.tails else ()))
    asked = _among(checks["等级"], grades)
    if not wanted.grades:
        asked = pc.or_kleene(asked, pc.starts_with(checks["说明"], NOTICE))
    found = checks.filter(asked)
    money = pc.abs(found["差额"].cast(pa.float64()))
    order = pc.sort_indices(  # stable: in the order of the outputs where these are equal
        pa.Table.from_arrays([_among(found["等级"], (PASSED,)), money], ["noticed", "money"]),
        sort_keys=[("noticed", "ascending"), ("money", "descending")],
    )
    return found.take(order)


def _counts(checks: pa.Table, by: str) -> dict[str, dict[str, int]]:
    """Rows of each grade by the values of a column."""
    found: dict[str, dict[str, int]] = {}
    for grade in GRADES:  # group_by would import pyarrow.dataset, and that pandas
        graded = checks.filter(_among(checks["等级"], (grade,)))
        for counted in pc.value_counts(graded[by].cast(pa.string())).to_pylist():
            found.setdefault(counted["values"], {})[grade] = counted["counts"]
    return found


def _show_documents(checks: pa.Table, named: dict[str, DocumentRow]) -> None:
    """The documents that want looking at, and a line for all others."""
    counts = _counts(checks, "文档")
    bad = {
        d: row for d, row in named.items()
        if row["状态"] != "成功" or any(counts.get(d, {}).get(g) for g in (CONTRADICTION, DOUBT))
    }  # fmt: skip
    rows = [[_name(row), row["状态"], *_numbers(counts.get(d, {}))] for d, row in bad.items()]
    rows.sort(key=lambda r: [-int(r[2 + GRADES.index(g)]) for g in (CONTRADICTION, DOUBT)])
    total = {g: sum(c.get(g, 0) for c in counts.values()) for g in GRADES}
    if len(named) > len(bad):
        rest = {g: sum(c.get(g, 0) for d, c in counts.items() if d not in bad) for g in GRADES}
        rows.append(
            [f"其余 {len(named) - len(bad)} 个文档" if bad else f"{len(named)} 个文档", "成功", *_numbers(rest)]
        )
    if bad and len(named) > 1:
        rows.append([f"共 {len(named)} 个文档", "", *_numbers(total)])
    print_table(None, ("来源", "状态", *GRADES), rows)


def _show_rules(checks: pa.Table) -> None:
    counts = _counts(checks, "规则")
    rule_meanings = meanings()
    print_table(
        None,
        ("规则", *GRADES, "含义"),
        [[rule, *_numbers(counts[rule]), rule_meanings.get(rule, "")] for rule in sorted(counts, key=_order)],
    )


def _show_untested(tables: pa.Table, documents: pa.ChunkedArray) -> None:
    """How many tables each rule was meant for and could not test; 说明 of 表格清单 says why."""
    shown_tables = tables.filter(pc.is_in(tables["文档"], documents.combine_chunks()))
    counts = Counter(rule for note in shown_tables["说明"].to_pylist() for rule in untested_rules(note or ""))
    if counts:
        print_lines([f"{UNTESTED}：" + "，".join(f"{r} {counts[r]} 表" for r in sorted(counts, key=_order))])


def _numbers(counts: dict[str, int]) -> list[str]:
    return [str(counts.get(g, 0)) for g in GRADES]


def _order(rule: str) -> tuple[str, int, str]:
    digits = "".join(c for c in rule if c.isdigit())
    return rule[:1], int(digits or 0), rule


def _name(row: DocumentRow) -> str:
    return shown(file_name(row))


def _card(row: CheckRow, document: DocumentRow) -> list[str]:
    """A finding in a few lines: what and where, the money, why."""
    place = [*(row[k] for k in ("表号", "数据集")), row["行号"] and f"行 {row['行号']}", row["科目编码"], row["指标"]]
    page = f"第 {row['页码']} 页" if row["页码"] is not None else ""
    amounts = (("公布值", row["公布值"]), ("应有值", row["应有值"]), ("差额", row["差额"]))
    money = [f"{name} {_money(value)}" for name, value in amounts if value is not None]
    lines = [
        " · ".join(x for x in (f"{row['等级']} {row['规则']}", _name(document), page) if x),
        "  " + " ".join(str(x) for x in place if x),
        "  " + "  ".join(money) if money else "",
        f"  {row['说明']}" if row["说明"] else "",
    ]
    return [*(shown(line) for line in lines if line.strip()), ""]


def _plain(value: object) -> object:
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


def _money(value: Decimal) -> str:
    return f"{value:,.2f}" if value == value.quantize(Decimal("0.01")) else f"{value:,f}"
