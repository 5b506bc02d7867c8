"""What the review pages show of a run: its documents with their findings, amounts and printed cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from extract.store.reader import Outputs, open_outputs
from extract.store.schema import DOCUMENTS
from extract.store.verdicts import Key, Verdict, key_of, read_verdicts
from extract.views.review.links import link
from parsers.checking.verdicts import CONTRADICTION, DOUBT, NOTICE, PASSED, TAIL
from parsers.records import AmountRow, CellRow, CheckRow, DocumentRow, FigureRow, ParagraphRow, TableRow
from parsers.specs.loader import fields
from parsers.specs.rules import meanings

ORDER = {CONTRADICTION: 0, DOUBT: 1, TAIL: 2, PASSED: 3}
_DOCUMENT = re.compile(r"[0-9a-f]{16}\Z")  # what may name a file of ours
_AMOUNT = (
    "文档", "数据集", "表序", "行号", "列号", "科目编码", "科目名称", "指标", "表头", "金额", "原文", "计量单位", "页码", "x0", "y0", "x1", "y1", "标记",
)  # fmt: skip
_CHECKS, _CELLS, _TABLES = "核对结果", "单元格", "表格清单"
_FIGURES, _TEXT = "说明数字", "情况说明"


@dataclass(slots=True)
class GridCell:
    """A printed cell; ``number`` names it on its page, ``amount`` is the row of its dataset where it is one."""

    number: int
    row: CellRow
    amount: AmountRow | None = None
    verdict: Verdict | None = None

    @property
    def key(self) -> str:
        return text_key(key_of(self.amount)) if self.amount else ""


@dataclass(slots=True)
class Finding:
    """A tested number that does not hold, or is worth reading: a row of 核对结果 and the cells it speaks of."""

    number: int
    row: CheckRow
    meaning: str
    key: str
    cell: GridCell | None = None
    items: list[GridCell] = field(default_factory=list)
    verdict: Verdict | None = None
    quoted: str = ""  # the paragraph that holds the figure, where it is one of the narrative


@dataclass(slots=True)
class Piece:
    """The rows of one table on one page (``page`` is ``None`` where the source has no pages)."""

    table: TableRow
    page: int | None
    rows: list[list[GridCell]]


@dataclass(slots=True)
class DocumentView:
    """A document with everything that its page shows."""

    row: DocumentRow
    pieces: list[Piece]
    findings: list[Finding]
    verdicts: dict[str, Verdict]

    @property
    def cells(self) -> Iterator[GridCell]:
        return (cell for piece in self.pieces for row in piece.rows for cell in row)

    def pages(self) -> list[int]:
        """Pages with tables or findings, in order."""
        found = {p.page for p in self.pieces} | {f.row["页码"] for f in self.findings}
        return sorted(page for page in found if page is not None)


class Run:
    """A folder of outputs, cut by document.  Raises ``UsageError`` where none stands or a file is broken."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._outputs: Outputs = open_outputs(folder)
        rows = [r for r in self._outputs.documents.to_pylist() if _DOCUMENT.match(r["文档"] or "")]
        self.documents: dict[str, DocumentRow] = {r["文档"]: r for r in sorted(rows, key=lambda r: str(r["来源"]))}
        self.verdicts: dict[Key, Verdict] = read_verdicts(folder)

    @cached_property
    def _checks(self) -> dict[str, pa.Table]:
        table = self._outputs.table(_CHECKS)
        wanted = pc.or_(
            pc.not_equal(table["等级"].cast(pa.string()), PASSED),
            pc.fill_null(pc.starts_with(table["说明"], NOTICE), False),
        )
        return _cut(table.filter(wanted))

    @cached_property
    def _parts(self) -> dict[str, dict[str, pa.Table]]:
        names = [d for d in self._outputs.datasets() if {"金额", "列号"} <= {f.name for f in fields()[d]}]
        amounts = {name: _cut(self._outputs.table(name, list(_AMOUNT))) for name in names}
        return {**amounts, **{name: _cut(self._outputs.table(name)) for name in (_CELLS, _TABLES, _FIGURES, _TEXT)}}

    def findings(self, document: str) -> list[CheckRow]:
        """Rows of 核对结果 that want looking at: the worst first, then as printed."""
        rows = _rows(self._checks.get(document))
        far = 1 << 30
        return sorted(rows, key=lambda r: (ORDER[r["等级"]], r["页码"] or far, r["表序"] or far, r["行号"] or 0))

    def view(self, document: str) -> DocumentView:
        """Everything of one document; raises ``KeyError`` where there is none."""
        parts = {name: _rows(table.get(document)) for name, table in self._parts.items()}
        amounts = [
            row for name, rows in parts.items() if name not in (_CELLS, _TABLES, _FIGURES, _TEXT) for row in rows
        ]
        pieces = list(_pieces(parts[_CELLS], parts[_TABLES]))
        rules = meanings()
        findings = [
            Finding(n, row, rules.get(row["规则"], ""), text_key(key_of(row)))
            for n, row in enumerate(self.findings(document), start=1)
        ]
        verdicts = {text_key(key): v for key, v in self.verdicts.items() if key[0] == document}
        view = DocumentView(self.documents[document], pieces, findings, verdicts)
        link(view, amounts)
        for finding in findings:
            if finding.row["数据集"] == _FIGURES:
                finding.quoted = _paragraph(finding.row, parts[_FIGURES], parts[_TEXT])
        return view


def text_key(key: Key) -> str:
    """A key within its document as the pages write it: ``数据集|表序|行号|列号``."""
    return "|".join("" if part is None else str(part) for part in key[1:])


def _cut(table: pa.Table) -> dict[str, pa.Table]:
    """The rows of each document; those of one stand together in the outputs, and a second stretch is joined."""
    found: dict[str, pa.Table] = {}
    start = 0
    for document, same in groupby(table["文档"].to_pylist()):
        count = sum(1 for _ in same)
        part = table.slice(start, count)
        found[document] = pa.concat_tables([found[document], part]) if document in found else part
        start += count
    return found


def _rows(table: pa.Table | None) -> list[Any]:
    return [] if table is None else list(table.to_pylist())


def _paragraph(finding: CheckRow, figures: list[FigureRow], paragraphs: list[ParagraphRow]) -> str:
    """The first paragraph of the figure's section that prints it; empty where none does."""
    figure = next((f for f in figures if f["行号"] == finding["行号"]), None)
    if figure is None or not figure["原文"]:
        return ""
    held = [p for p in paragraphs if figure["原文"] in (p["文本"] or "")]
    same = [p for p in held if p["章节"] and figure["章节"] and figure["章节"].endswith(p["章节"].split("/")[-1])]
    return next((p["文本"] for p in same or held), "")


def _pieces(cells: list[CellRow], tables: list[TableRow]) -> Iterator[Piece]:
    listed = {row["表序"]: row for row in tables if row["表序"] is not None}
    far = 1 << 30
    cells = sorted(cells, key=lambda c: (c["页码"] or far, c["表序"] or 0, c["行"], c["列"]))
    numbered = (GridCell(n, row) for n, row in enumerate(cells, start=1))
    for (page, ordinal), piece in groupby(numbered, key=lambda c: (c.row["页码"], c.row["表序"])):
        rows = [list(row) for _, row in groupby(piece, key=lambda c: c.row["行"])]
        first = rows[0][0].row
        blank: TableRow = {
            "文档": first["文档"], "表序": ordinal, "表号": None, "表名": None, "数据集": first["数据集"], "状态": "",
            "起始页": None, "结束页": None, "行数": 0, "计量单位": None, "说明": None, "置信度": None,
        }  # fmt: skip
        yield Piece(listed.get(ordinal, blank), page, rows)


__all__ = ["DOCUMENTS", "DocumentView", "Finding", "GridCell", "Piece", "Run", "text_key"]
