"""What holds in every run, whatever is printed: no truth is needed.  ``python -m tests.laws OUTPUTS`` tests any folder.

A law is a function from the rows of a run to what breaks it, a line each.
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from parsers.numbers import in_yuan, parse_amount

Row = dict[str, Any]
INDEXES = ("文档清单", "表格清单", "核对结果", "单元格")
KEY = ("文档", "表序", "行号", "列号")
UNKNOWN = "未识别表"
_FIGURE = re.compile(r"[-−]?\d[\d,，]*\.\d\d(?!\d)")
_YEAR = re.compile(r"20\d\d(?=年)")
_OWN_YEAR = re.compile(r"20\d\d|二[○〇零O]|[上去前本当]一?年|年初|年末|增|减|比|±")
_FIGURES = 8  # a document of fewer may well print no amount
_HEADING = re.compile(r"^(第.{1,3}部分|附[件录表]?|目录|注|备注|表\d|20\d\d|关于|[一二三四五六七八九十]+、)|[:：。]$")


@dataclass(frozen=True, slots=True)
class Run:
    """The rows of a folder of outputs."""

    amounts: list[Row]
    documents: list[Row]
    tables: list[Row]
    cells: list[Row]

    @property
    def printed(self) -> list[Row]:
        """Amounts that are no blanks."""
        return [r for r in self.amounts if r["金额"] is not None]

    @property
    def claimed(self) -> list[Row]:
        """Printed amounts of named datasets."""
        return [r for r in self.printed if r["数据集"] != UNKNOWN]


def read_run(outputs: Path) -> Run:
    """Every row of a run whose columns have their Chinese names."""
    amounts: list[Row] = []
    for folder in sorted(p for p in outputs.iterdir() if p.is_dir() and not p.name.startswith(".")):
        rows = _rows(folder)
        if folder.name not in INDEXES and rows and "金额" in rows[0] and "列号" in rows[0]:
            amounts += rows
    return Run(amounts, *(_rows(outputs / name) for name in ("文档清单", "表格清单", "单元格")))


def _rows(folder: Path) -> list[Row]:
    return [row for path in sorted(folder.glob("*.parquet")) for row in pq.ParquetFile(path).read().to_pylist()]


def _at(row: Row) -> str:
    return " ".join(str(row.get(c)) for c in ("数据集", *KEY, "科目名称", "指标", "原文"))


def keys_are_unique(run: Run) -> Iterator[str]:
    """文档, 表序, 行号, 列号 name one amount."""
    count = Counter(tuple(r[c] for c in KEY) for r in run.amounts)
    yield from (_at(r) for r in run.amounts if count[tuple(r[c] for c in KEY)] > 1 or any(r[c] is None for c in KEY))


def a_cell_gives_one_amount(run: Run) -> Iterator[str]:
    """No two amounts lie in one box of a page, or at one place of a source without pages."""
    places: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    for r in run.printed:
        if r["x0"] is not None:
            places[tuple(r[c] for c in ("文档", "页码", "x0", "y0", "x1", "y1"))].append(r)
        elif r.get("位置"):
            places[r["文档"], r["位置"]].append(r)
    yield from (_at(r) for rows in places.values() if len(rows) > 1 for r in rows)


def an_amount_has_header_and_unit(run: Run) -> Iterator[str]:
    """What a dataset claims stands under a printed header and knows its measure."""
    yield from (_at(r) for r in run.claimed if not r["表头"] or not r["计量单位"])


def figures_stay_as_printed(run: Run) -> Iterator[str]:
    """金额 is what 原文 says, in yuan; a blank is no amount; 原文 holds one figure."""
    for r in run.amounts:
        text = r["原文"] or ""
        printed = parse_amount(text)
        if len(_FIGURE.findall(text)) > 1:
            yield f"two figures: {_at(r)}"
        elif r["金额"] is not None and (printed is None or in_yuan(printed, r["计量单位"]).value != r["金额"]):
            yield f"{r['金额']} is not: {_at(r)}"


def a_code_is_no_amount(run: Run) -> Iterator[str]:
    """A row without a name and without a code whose figure could be a subject code is no row."""
    code = re.compile(r"[1235]\d\d(\d\d){0,2}")
    for r in run.printed:
        if not r["科目编码"] and not r["科目名称"] and code.fullmatch(r["原文"] or ""):
            yield _at(r)


def totals_are_no_leaves(run: Run) -> Iterator[str]:
    """A row of 级次 合计 has no code and is no leaf."""
    yield from (_at(r) for r in run.amounts if r["级次"] == "合计" and (r["末级"] or r["科目编码"] is not None))


def leaves_add_up(run: Run) -> Iterator[str]:
    """In a printed column with one total the 末级 rows add up to it, within what rounding explains."""
    columns: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    for r in run.claimed:
        columns[r["文档"], r["表序"], r["列号"], r["方向"]].append(r)
    for rows in columns.values():
        totals, leaves = [r for r in rows if r["级次"] == "合计"], [r for r in rows if r["末级"]]
        if len(totals) == 1 and leaves and len({r["数据集"] for r in rows}) == 1:
            off = sum((r["金额"] for r in leaves), Decimal(0)) - totals[0]["金额"]
            if abs(off) > (len(leaves) + 1) * max(r["末位"] for r in (*leaves, *totals)) / 2:
                yield f"off by {off}: {_at(totals[0])}"


def revenue_is_no_expenditure(run: Run) -> Iterator[str]:
    """A table whose title speaks of revenue only has no row of 方向 支出."""
    titles = _titles(run)
    for r in run.claimed:
        title = titles.get((r["文档"], r["表序"]), "")
        if "收入" in title and not re.search("支|平衡", title) and r["方向"] == "支出":
            yield f"{title}: {_at(r)}"


def years_follow_titles(run: Run) -> Iterator[str]:
    """年度 is the year of the table's title, unless the column's header speaks of a time of its own."""
    titles = _titles(run)
    for r in run.claimed:
        years = _YEAR.findall(titles.get((r["文档"], r["表序"]), ""))
        if len(set(years)) == 1 and not _OWN_YEAR.search(r["表头"] or "") and r["年度"] != int(years[0]):
            yield f"{years[0]}: {r['年度']} {_at(r)}"


def _titles(run: Run) -> dict[tuple[object, object], str]:
    return {(t["文档"], t["表序"]): t["表名"] or "" for t in run.tables}


def every_table_is_listed(run: Run) -> Iterator[str]:
    """The table of an amount stands in 表格清单, its document in 文档清单."""
    documents, tables = {d["文档"] for d in run.documents}, _titles(run)
    yield from (_at(r) for r in run.amounts if r["文档"] not in documents or (r["文档"], r["表序"]) not in tables)


def success_means_amounts(run: Run) -> Iterator[str]:
    """A document that prints figures in cells and gives no amount is not 成功."""
    figures = Counter(c["文档"] for c in run.cells if len(c["文本"] or "") > 2 and _is_figure(c["文本"]))
    for d in run.documents:
        if d["状态"] == "成功" and not d["金额数"] and figures[d["文档"]] >= _FIGURES:
            yield f"{d['来源']}: {figures[d['文档']]} figures"


def _is_figure(text: str) -> bool:
    return re.fullmatch(r"-?\d[\d,， ]*(\.\d[\d ]*)?", text) is not None


def publishers_are_names(run: Run) -> Iterator[str]:
    """编制单位 of a document with amounts is there, and no heading."""
    for d in run.documents:
        if d["金额数"] and (not d["编制单位"] or _HEADING.search(d["编制单位"])):
            yield f"{d['来源']}: {d['编制单位']}"


LAWS: tuple[Callable[[Run], Iterable[str]], ...] = (
    keys_are_unique, a_cell_gives_one_amount, an_amount_has_header_and_unit, figures_stay_as_printed, a_code_is_no_amount,
    totals_are_no_leaves, leaves_add_up, revenue_is_no_expenditure, years_follow_titles, every_table_is_listed,
    success_means_amounts, publishers_are_names,
)  # fmt: skip


def main() -> int:
    run = read_run(Path(sys.argv[1]))
    broken = 0
    for law in LAWS:
        found = list(law(run))
        broken += bool(found)
        print(f"{law.__name__}: {len(found) or 'holds'}", *(f"    {text[:140]}" for text in found[:3]), sep="\n")
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
