"""The narrative as rows: 情况说明, 说明数字, and its part of 核对结果."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from parsers.checking.between_tables import Book
from parsers.narrative.figures import Figure, Paragraph, figures
from parsers.narrative.links import LinkedFigure, cell_of, named_code
from parsers.narrative.rules import Verdict, verdicts
from parsers.outline.cover import DocumentInfo
from parsers.records import CheckRow, FigureRow, ParagraphRow
from parsers.specs.rules import links


@dataclass(slots=True)
class LinkedNarrative:
    """All figures of a document with what they speak of."""

    document: str
    year: int | None
    organisation: str | None
    linked: list[LinkedFigure] = field(default_factory=list)
    by_figure: dict[Figure, LinkedFigure] = field(default_factory=dict)

    def read(self, paragraphs: Iterable[Paragraph], book: Book) -> None:
        for paragraph in paragraphs:
            for figure in figures(paragraph, links().other_basis, self.year, self.organisation):
                cell = cell_of(figure, book) if figure.kind == "金额" and figure.plain else None
                code = named_code(figure, cell, book)
                linked = LinkedFigure(len(self.linked) + 1, figure, cell, code)
                self.linked.append(linked)
                self.by_figure[figure] = linked

    def verdicts(self) -> list[Verdict]:
        """Every test of the rules N1 to N7."""
        return verdicts(self.linked, self.by_figure)

    def rows(self) -> list[FigureRow]:
        """Rows of 说明数字."""
        return [self._row(t) for t in self.linked]

    def _row(self, linked: LinkedFigure) -> FigureRow:
        f = linked.figure
        base = f.anchor
        of = self._about(linked).figure
        code = self._about(linked).code
        prior = base.value - f.sign * f.value if f.kind == "增减额" and base is not None else None
        cell = linked.cell
        return {
            "文档": self.document, "年度": self.year, "编制单位": self.organisation, "表序": cell.row.table.context.ordinal if cell else None, "表号": None, "行号": linked.number,
            "页码": f.paragraph.page, "章节": f.paragraph.chapter, "科目编码": code, "项目": "/".join(of.path) or of.words or f.words or None, "类型": f.kind,
            "数值": f.number, "数值单位": f.unit,
            "方向": None if f.kind in ("金额", "占比") else "减少" if f.sign < 0 else "增加",
            "上年推算": prior, "原文": f.printed, "对应数据集": cell.row.table.dataset if cell else None,
            "对应行号": cell.row.number if cell else None, "对应指标": cell.measure if cell else None,
        }  # fmt: skip

    def _about(self, linked: LinkedFigure) -> LinkedFigure:
        """The amount that a figure changes or parts, or itself."""
        figure = linked.figure
        while figure.anchor is not None:
            figure = figure.anchor
        return self.by_figure[figure]

    def checks(self) -> list[CheckRow]:
        """Rows of 核对结果."""
        return [self._check(v) for v in self.verdicts()]

    def _check(self, v: Verdict) -> CheckRow:
        """行号 is that of 说明数字; 表序 and 列号 are those of the linked cell."""
        f, about = v.linked.figure, self._about(v.linked)
        cell = v.linked.cell or about.cell
        return {
            "文档": self.document, "规则": v.rule, "等级": v.grade, "数据集": "说明数字",
            "表序": cell.row.table.context.ordinal if cell else None, "表号": None, "行号": v.linked.number,
            "列号": cell.column.number if cell else None, "科目编码": about.code, "指标": f.kind,
            "公布值": f.value, "应有值": v.expected, "差额": v.difference, "容差": v.tolerance, "说明": v.note,
            "页码": f.paragraph.page, "x0": None, "y0": None, "x1": None, "y1": None,
        }  # fmt: skip


def paragraph_rows(paragraphs: Iterable[Paragraph], document: str, info: DocumentInfo) -> list[ParagraphRow]:
    """Rows of 情况说明."""
    return [
        {
            "文档": document, "表序": None, "年度": info.year, "编制单位": info.organisation, "表号": None, "行号": n, "页码": p.page,
            "部分": p.part, "章节": p.chapter, "段号": p.number, "文本": p.text,
        }
        for n, p in enumerate(paragraphs, start=1)
    ]  # fmt: skip
