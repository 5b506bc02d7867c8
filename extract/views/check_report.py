"""What ``yusuan check`` shows: which printed totals hold, and what does not add up."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

from extract.store.writer import DOCUMENTS, labels_of, read_rows
from extract.views.terminal import print_table, shown
from parsers.checking.verdicts import CONTRADICTION, DOUBT, GRADES, NOTICE, TAIL
from parsers.specs.dictionary import meanings

Row = dict[str, Any]
CHECKS = "核对结果"


def report(outputs: Path, tails: bool, as_json: bool) -> int:
    """Print the findings of a run; returns how many are 矛盾 or 存疑.  Raises ``UsageError`` for no run."""
    labels = labels_of(outputs)
    documents = {row["文档"]: row for row in read_rows(outputs, DOCUMENTS, labels)}
    counts: dict[str, Counter[str]] = {d: Counter() for d in documents}
    by_rule: dict[str, Counter[str]] = {}
    findings: list[Row] = []
    notices: list[Row] = []
    wanted = {CONTRADICTION, DOUBT, *([TAIL] if tails else [])}
    for row in read_rows(outputs, CHECKS, labels):
        if row["文档"] not in documents:
            continue  # not committed
        counts[row["文档"]][row["等级"]] += 1
        by_rule.setdefault(row["规则"], Counter())[row["等级"]] += 1
        if row["等级"] in wanted:
            findings.append(row)
        elif str(row["说明"]).startswith(NOTICE):
            notices.append(row)
    if as_json:
        for row in [*findings, *notices]:
            print(json.dumps({**row, "来源": documents[row["文档"]]["来源"]}, ensure_ascii=False, default=_plain))
    else:
        _show(documents, counts, by_rule, [*findings, *notices])
    return sum(row["等级"] in (CONTRADICTION, DOUBT) for row in findings)


def _plain(value: object) -> object:
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


def _show(
    documents: dict[str, Row], counts: dict[str, Counter[str]], by_rule: dict[str, Counter[str]], findings: list[Row]
) -> None:
    print_table(
        None, ("文档", "来源", "状态", *GRADES),
        [[d, _name(row), row["状态"], *(str(counts[d][g]) for g in GRADES)] for d, row in documents.items()],
    )  # fmt: skip
    said = meanings()
    print_table(
        None,
        ("规则", *GRADES, "含义"),
        [[rule, *(str(c[g]) for g in GRADES), said.get(rule, "")] for rule, c in sorted(by_rule.items(), key=_order)],
    )
    if findings:
        heads = ("等级", "规则", "来源", "页", "数据集", "行号", "科目编码", "指标", "公布值", "应有值", "差额", "说明")
        print_table(None, heads, [_line(row, documents) for row in findings])


def _order(item: tuple[str, object]) -> tuple[str, int]:
    return item[0][0], int(item[0][1:])


def _name(row: Row) -> str:
    return shown(Path(str(row["来源"])).name)


def _line(row: Row, documents: dict[str, Row]) -> list[str]:
    return [
        row["等级"], row["规则"], _name(documents[row["文档"]]), _text(row["页码"]),
        " ".join(x for x in (row["表号"], row["数据集"]) if x), _text(row["行号"]), _text(row["科目编码"]), _text(row["指标"]),
        _money(row["公布值"]), _money(row["应有值"]), _money(row["差额"]), row["说明"] or "",
    ]  # fmt: skip


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _money(value: Decimal | None) -> str:
    if value is None:
        return ""
    return f"{value:,.2f}" if value == value.quantize(Decimal("0.01")) else f"{value:,f}"
