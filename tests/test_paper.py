"""One table on many papers: whatever the borders, the page and its breaks, the same rows come out."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from reportlab.lib.colors import black
from reportlab.lib.pagesizes import A3, A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Table, TableStyle

from extract.doors import read_document
from extract.paper.stitching import join
from parsers.parse import ParsedTable, parse

FONT = Path(__file__).resolve().parent.parent / "samples" / "fonts" / "YusuanSample.ttf"
pdfmetrics.registerFont(TTFont("sample", FONT))
pdfmetrics.registerFontFamily("sample", normal="sample")
TEXT = ParagraphStyle("text", fontName="sample", fontSize=10, leading=14)
TITLE = ParagraphStyle("title", fontName="sample", fontSize=14, leading=20, alignment=1)
RIGHT = ParagraphStyle("right", fontName="sample", fontSize=10, leading=14, alignment=2)
GRID: list[Any] = [("GRID", (0, 0), (-1, -1), 0.5, black)]
HEADER = [
    ["功能分类科目编码", "", "", "科目名称", "合计", "基本支出", "项目支出"],
    ["类", "款", "项", "", "", "", ""],
]
SPANS: list[Any] = [("SPAN", (0, 0), (2, 0)), *[("SPAN", (c, 0), (c, 1)) for c in range(3, 7)]]
BODY = [
    ["", "", "", "合计", "3,000.50", "2,000.50", "1,000.00"],
    ["204", "", "", "公共安全支出", "2,900.50", "1,900.50", "1,000.00"],
    ["", "06", "", "司法", "2,900.50", "1,900.50", "1,000.00"],
    ["204", "06", "01", "行政运行", "1,900.50", "1,900.50", ""],
    ["204", "06", "99", "其他司法支出", "1,000.00", "", "1,000.00"],
    ["208", "", "", "社会保障和就业支出", "100.00", "100.00", ""],
    ["", "05", "", "行政事业单位养老支出", "100.00", "100.00", ""],
    ["208", "05", "05", "机关事业单位基本养老保险缴费支出", "100.00", "100.00", ""],
]
CODES = [None, "204", "20406", "2040601", "2040699", "208", "20805", "2080505"]


def number(text: str) -> Decimal | None:
    return Decimal(text.replace(",", "")) * 10000 if text else None


EXPECTED = {
    (code, measure): number(line[4 + i])
    for code, line in zip(CODES, BODY, strict=True)
    for i, measure in enumerate(("合计", "基本支出", "项目支出"))
}


def paper(story: list[Any], size: tuple[float, float] = A4, **margins: float) -> bytes:
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer, pagesize=size, **margins).build(story)
    return buffer.getvalue()


def caption(unit: str = "单位：万元") -> list[Any]:
    return [Paragraph("公开03表", TEXT), Paragraph("支出预算总表", TITLE), Paragraph(unit, RIGHT)]


def grid(rows: list[list[str]], style: list[Any], **options: Any) -> Table:
    common = [("FONT", (0, 0), (-1, -1), "sample", 9), ("ALIGN", (4, 0), (-1, -1), "RIGHT")]
    widths = [36, 28, 28, 150, 70, 70, 70]
    return Table(rows, colWidths=widths, style=TableStyle([*common, *style]), **options)


def ordinary(style: list[Any] = GRID, size: tuple[float, float] = A4, unit: str = "单位：万元") -> bytes:
    return paper([*caption(unit), grid(HEADER + BODY, [*SPANS, *style])], size)


def double_borders() -> bytes:
    return ordinary([("GRID", (0, 0), (-1, -1), 0.4, black, None, None, None, 2, 1.2)])


def filled_header() -> bytes:
    return ordinary([*GRID, ("BACKGROUND", (0, 0), (-1, 1), "#d9d9d9")])


def unmerged_header() -> bytes:
    """Blank cells beside and below the header's words, where others merge cells."""
    return paper([*caption(), grid(HEADER + BODY, GRID)])


def open_sides() -> bytes:
    inner: list[Any] = [("INNERGRID", (0, 0), (-1, -1), 0.5, black)]
    ends: list[Any] = [("LINEABOVE", (0, 0), (-1, 0), 1, black), ("LINEBELOW", (0, -1), (-1, -1), 1, black)]
    return ordinary([*inner, *ends])


def dashed() -> bytes:
    return ordinary([("GRID", (0, 0), (-1, -1), 0.5, black, None, (2, 2))])


def three_rules() -> bytes:
    """Rulings above and below the header and under the table only."""
    rules: list[Any] = [
        ("LINEABOVE", (0, 0), (-1, 0), 1, black), ("LINEBELOW", (0, 1), (-1, 1), 0.5, black),
        ("LINEBELOW", (0, -1), (-1, -1), 1, black),
    ]  # fmt: skip
    return ordinary(rules)


def no_rules() -> bytes:
    return ordinary([])


def turned() -> bytes:
    """A landscape page stored as a portrait one with /Rotate 90."""
    pdf = pikepdf.open(io.BytesIO(ordinary(size=landscape(A4))))
    page = pdf.pages[0]
    width, height = float(A4[0]), float(A4[1])
    page.contents_add(f"q 0 1 -1 0 {width} 0 cm".encode(), prepend=True)
    page.contents_add(b"Q")
    page.MediaBox = [0, 0, width, height]
    page.Rotate = 90
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def total_alone_on_its_page() -> bytes:
    """The total comes last, on a page of its own, with its code cells merged and no header."""
    rows = [*HEADER, *BODY[1:]]
    last = [["合计", "", "", "", *BODY[0][4:]]]
    return paper([*caption(), grid(rows, [*SPANS, *GRID]), PageBreak(), grid(last, [("SPAN", (0, 0), (3, 0)), *GRID])])


def header_again() -> bytes:
    table = grid(HEADER + BODY, [*SPANS, *GRID], repeatRows=2)
    return paper([*caption(), table], (595, 300))


def no_header_again() -> bytes:
    return paper([*caption(), grid(HEADER + BODY, [*SPANS, *GRID])], (595, 300))


def continued() -> bytes:
    """Every page with its caption, the later ones as 续表."""
    first, second = [*HEADER, *BODY[:4]], [*HEADER, *BODY[4:]]
    again = [Paragraph("支出预算总表（续表）", TITLE), Paragraph("单位：万元", RIGHT)]
    return paper([*caption(), grid(first, [*SPANS, *GRID]), PageBreak(), *again, grid(second, [*SPANS, *GRID])])


def caption_inside() -> bytes:
    top = [["支出预算总表", *[""] * 6], ["部门：东湖市司法局", *[""] * 4, "单位：万元", ""]]
    shifted = [(name, (a[0], a[1] + 2), (b[0], b[1] + 2)) for name, a, b in SPANS]
    spans: list[Any] = [("SPAN", (0, 0), (6, 0)), ("SPAN", (0, 1), (4, 1)), ("SPAN", (5, 1), (6, 1)), *shifted]
    return paper([grid([*top, *HEADER, *BODY], [*spans, *GRID])])


def blank_grid_page() -> bytes:
    blank = grid([[""] * 7 for _ in range(6)], GRID)
    return paper([*caption(), grid(HEADER + BODY, [*SPANS, *GRID]), PageBreak(), blank])


PAPERS: list[Callable[[], bytes]] = [
    ordinary, double_borders, filled_header, unmerged_header, open_sides, dashed, three_rules, no_rules, turned,
    total_alone_on_its_page, header_again, no_header_again, continued, caption_inside, blank_grid_page,
]  # fmt: skip


def tables_of(data: bytes, engine: str = "pdfium") -> list[ParsedTable]:
    return parse(read_document(data, ".pdf", engine), "0" * 16, join).tables


@pytest.mark.parametrize("make", PAPERS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("engine", ["pdfium", "plumber"])
def test_same_rows(make: Callable[[], bytes], engine: str) -> None:
    tables = tables_of(make(), engine)
    assert [(t.dataset, t.unit) for t in tables] == [("支出总表", "万元")]
    found = {(r["科目编码"], r["指标"]): r["金额"] for r in tables[0].records()["支出总表"]}
    assert found == EXPECTED
    assert set(tables[0].parsed.amounts) == {"支出总表"}


def test_large_paper() -> None:
    (table,) = tables_of(ordinary(size=landscape(A3)))
    assert {(r["科目编码"], r["指标"]): r["金额"] for r in table.records()["支出总表"]} == EXPECTED


@pytest.mark.parametrize("unit", ["单位：<br/>万元", "金额单位：万元", "(单位：万元)", "单位：万<br/>元"])
def test_unit_in_other_words(unit: str) -> None:
    (table,) = tables_of(ordinary(unit=unit))
    assert table.unit == "万元"
    assert table.records()["支出总表"][0]["标记"] == []
