"""An Excel workbook for each document: a sheet for each printed table, laid out as printed, doubts coloured.

A figure is a number in the measure that the table prints; its note says page and box, its marks, and what was found of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

import pyarrow as pa
import pyarrow.compute as pc

from extract.errors import OutputError, UsageError
from extract.store.datapackage import KEY
from extract.store.documents import printable
from extract.store.reader import Outputs, open_outputs
from extract.store.verdicts import MARK, MENDED, WRONG, Applied, Verdict
from parsers.checking.verdicts import CONTRADICTION, DOUBT
from parsers.specs.loader import fields

Record = dict[str, Any]
_CELLS, _CHECKS, _TABLES = "单元格", "核对结果", "表格清单"
_NARROWEST, _WIDEST = 10, 44  # of a column, in letters
_COLOURS = {CONTRADICTION: "#F8B4B4", DOUBT: "#FBD38D", "标记": "#FEF3C7", "核定": "#C6F6D5"}
_NUMBER = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+\.\d+|-?\d{1,15}")
_UNFIT = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_BOX = ("页码", "x0", "y0", "x1", "y1")


@dataclass(slots=True)
class _Flag:
    """What is known of a printed figure besides its text."""

    marks: list[str] = field(default_factory=list)
    findings: list[Record] = field(default_factory=list)
    verdict: Verdict | None = None

    def colour(self) -> str | None:
        if self.verdict is not None:
            return CONTRADICTION if self.verdict.意见 == WRONG else "核定"
        grades = [f["等级"] for f in self.findings]
        return next((g for g in (CONTRADICTION, DOUBT) if g in grades), "标记" if self.marks else None)


def write_workbooks(folder: Path, out: Path, verdicts: Applied) -> list[Path]:
    """Write ``<编制单位>_<年度>_<文档>.xlsx`` for each document with tables; returns the files.

    Raises ``UsageError`` without XlsxWriter, ``OutputError`` for what cannot be written.
    """
    try:
        import xlsxwriter  # noqa: F401
    except ImportError as error:
        raise UsageError("XlsxWriter is not installed: pip install 'yusuan[export]'") from error
    run = open_outputs(folder)
    cells, checks, tables = (_by_document(run.table(name)) for name in (_CELLS, _CHECKS, _TABLES))
    amounts = [
        _by_document(_figures(run, d)) for d in run.datasets() if {"金额", *KEY} <= {f.name for f in fields()[d]}
    ]
    made = []
    try:
        out.mkdir(parents=True, exist_ok=True)
        for document in run.documents.to_pylist():
            name = document["文档"]
            if name not in cells:
                continue
            parts = (document["编制单位"], document["年度"], name)
            path = out / f"{_UNFIT.sub('', '_'.join(str(p) for p in parts if p))}.xlsx"
            own = [row for found in amounts for row in found.get(name, [])]
            looked = [_as_finding(row, verdict) for row in own if (verdict := verdicts.of(row))]
            flags = _flags(own, checks.get(name, []), verdicts)
            _write(path, document, cells[name], tables.get(name, []), [*looked, *checks.get(name, [])], flags)
            made.append(path)
    except OSError as error:
        raise OutputError(f"cannot write {out}: {error.strerror or error}") from error
    return made


def _figures(run: Outputs, dataset: str) -> pa.Table:
    return run.table(dataset, [*KEY, "数据集", "计量单位", "金额", "原文", "标记", *_BOX])


def _by_document(table: pa.Table) -> dict[str, list[Record]]:
    """Rows of each document; sorted by Arrow, so that a document's rows lie together."""
    found: dict[str, list[Record]] = {}
    order = pc.sort_indices(table, sort_keys=[("文档", "ascending")])
    for row in table.take(order).to_pylist():
        found.setdefault(row["文档"], []).append(row)
    return found


def _flags(amounts: list[Record], checks: list[Record], verdicts: Applied) -> dict[tuple[Any, ...], _Flag]:
    """What is known of each figure, by its box."""
    flags: dict[tuple[Any, ...], _Flag] = {}
    boxes: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for row in amounts:
        box = (row["表序"], *(row[k] for k in _BOX))
        boxes[tuple(row[k] for k in KEY[1:])] = box
        flag = flags.setdefault(box, _Flag())
        flag.marks += row["标记"] or []
        flag.verdict = verdicts.of(row) or flag.verdict
    for row in checks:
        if row["等级"] in (CONTRADICTION, DOUBT) and row["列号"] is not None:
            own = boxes.get(tuple(row[k] for k in KEY[1:]))
            if own is not None:
                flags[own].findings.append(row)
    return flags


def _write(
    path: Path,
    document: Record,
    cells: list[Record],
    tables: list[Record],
    checks: list[Record],
    flags: dict[tuple[Any, ...], _Flag],
) -> None:
    import xlsxwriter

    safe = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, safe) as book:
        formats = _Formats(book)
        front = book.add_worksheet("目录")
        grouped: dict[int, list[Record]] = {}
        for cell in cells:
            grouped.setdefault(cell["表序"], []).append(cell)
        named = {t["表序"]: t for t in tables}
        sheets = {n: _sheet_name(n, named.get(n, {})) for n in sorted(grouped)}
        _front(front, document, tables, sheets, formats)
        for ordinal, name in sheets.items():
            _table(book.add_worksheet(name), grouped[ordinal], flags, formats)
        _findings(book.add_worksheet("核对"), [c for c in checks if c["等级"] in (CONTRADICTION, DOUBT, MARK)], formats)


def _sheet_name(ordinal: int, table: Record) -> str:
    """At most 31 characters, none that Excel refuses, no two alike: the ordinal stands first."""
    title = _UNFIT.sub("", " ".join(x for x in (table.get("表号"), table.get("表名")) if x))
    return f"{ordinal} {title}"[:31].strip().strip("'")


def _as_finding(row: Record, verdict: Verdict) -> Record:
    """A verdict as a row among the findings: sources without boxes have no other place for it."""
    mended = f"，改为 {verdict.改为}" if verdict.意见 == MENDED else ""
    note = f"识读为 {verdict.原文 or '空'}{mended}（{verdict.核对人} {verdict.时间}）"
    return {**row, "等级": MARK, "规则": verdict.意见, "公布值": row["金额"], "说明": note}


class _Formats:
    """Cell formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[str | None, int | None], Any] = {}
        self.bold = book.add_format({"bold": True})

    def cell(self, colour: str | None, decimals: int | None) -> Any:
        key = (colour, decimals)
        if key not in self._made:
            wanted: dict[str, Any] = {"border": 1, "text_wrap": True, "valign": "vcenter"}
            if colour:
                wanted["bg_color"] = _COLOURS[colour]
            if decimals is not None:
                wanted["num_format"] = "#,##0" + (f".{'0' * decimals}" if decimals else "")
            self._made[key] = self._book.add_format(wanted)
        return self._made[key]


def _front(sheet: Any, document: Record, tables: list[Record], sheets: dict[int, str], formats: _Formats) -> None:
    for r, name in enumerate(("标题", "编制单位", "年度", "口径", "级别", "来源", "文档")):
        sheet.write_string(r, 0, name, formats.bold)
        sheet.write_string(r, 1, printable(str(document[name] if document[name] is not None else "")))
    column_names = ("表序", "表号", "表名", "数据集", "状态", "计量单位", "起始页", "结束页")
    for c, name in enumerate(column_names):
        sheet.write_string(8, c, name, formats.bold)
    for r, table in enumerate(tables, start=9):
        for c, name in enumerate(column_names):
            sheet.write_string(r, c, "" if table[name] is None else str(table[name]))
        if table["表序"] in sheets:
            target = sheets[table["表序"]].replace("'", "''")
            sheet.write_url(r, 2, f"internal:'{target}'!A1", string=table["表名"] or table["表号"] or "表")
    sheet.set_column(0, 1, 14)
    sheet.set_column(2, 3, 36)


def _widths(cells: list[Record]) -> dict[int, float]:
    """A width for each column, counted from 0, that holds its widest line; names longer than ``_WIDEST`` wrap."""
    found: dict[int, float] = {}
    for cell in cells:
        for place in range(cell["列"] - 1, cell["列"] - 1 + cell["列跨"]):
            found.setdefault(place, _NARROWEST)
        if cell["列跨"] == 1:
            lines = (cell["文本"] or "").splitlines()
            widest = max((sum(1 + (east_asian_width(c) in "WF") for c in line) for line in lines), default=0)
            found[cell["列"] - 1] = max(found[cell["列"] - 1], min(widest + 2, _WIDEST))
    return found


def _table(sheet: Any, cells: list[Record], flags: dict[tuple[Any, ...], _Flag], formats: _Formats) -> None:
    """The printed grid: cells where they stand, merged as they span."""
    for place, width in _widths(cells).items():
        sheet.set_column(place, place, width)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)  # as wide as a page, as long as it is
    for cell in cells:
        row, column = cell["行"] - 1, cell["列"] - 1
        flag = flags.get((cell["表序"], *(cell[k] for k in _BOX))) if cell["x0"] is not None else None
        text = cell["文本"] or ""
        if flag and flag.verdict and flag.verdict.意见 == MENDED:
            text = flag.verdict.改为
        number = _number(text) if flag is not None else None  # a figure is what became an amount, not a code
        decimals = len(text.partition(".")[2].strip()) if number is not None else None
        style = formats.cell(flag.colour() if flag else None, decimals)
        if cell["行跨"] > 1 or cell["列跨"] > 1:
            sheet.merge_range(row, column, row + cell["行跨"] - 1, column + cell["列跨"] - 1, "", style)
        if number is None:
            sheet.write_string(row, column, text, style)
        else:
            sheet.write_number(row, column, float(number), style)
        if text and cell["x0"] is not None:
            sheet.write_comment(row, column, _note(cell, flag), {"x_scale": 2})


def _number(text: str) -> Decimal | None:
    return Decimal(text.strip().replace(",", "")) if _NUMBER.fullmatch(text.strip()) else None


def _note(cell: Record, flag: _Flag | None) -> str:
    box = ", ".join(f"{cell[k]:.1f}" for k in _BOX[1:])
    lines = [f"第 {cell['页码']} 页 ({box})"]
    if flag and flag.marks:
        lines.append("标记：" + "、".join(dict.fromkeys(flag.marks)))
    if flag and flag.verdict:
        lines.append(f"人工核定：{flag.verdict.意见}（{flag.verdict.核对人}），识读为 {flag.verdict.原文 or '空'}")
    lines += [
        f"{f['等级']} {f['规则']}：应有值 {f['应有值']}，{f['说明'] or ''}" for f in (flag.findings if flag else [])
    ]
    return "\n".join(lines)


def _findings(sheet: Any, checks: list[Record], formats: _Formats) -> None:
    column_names = (
        "等级",
        "规则",
        "数据集",
        "表号",
        "行号",
        "科目编码",
        "指标",
        "公布值",
        "应有值",
        "差额",
        "说明",
        "页码",
    )
    for c, name in enumerate(column_names):
        sheet.write_string(0, c, name, formats.bold)
    for r, check in enumerate(checks, start=1):
        for c, name in enumerate(column_names):
            value = check.get(name)
            if isinstance(value, Decimal):
                sheet.write_number(r, c, float(value), formats.cell(None, 2))
            elif value is not None:
                sheet.write_string(r, c, str(value))
