"""Tables without rulings between their columns, in many houses' styles: every printed row comes out as one row."""

from __future__ import annotations

import io
import random
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest
from reportlab.lib.colors import black
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from extract.doors import read_document
from extract.paper.model import TablePart, compact, same_columns
from extract.paper.stitching import join

pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
FONT = "STSong-Light"
NAMES = (
    "一般公共服务支出", "人大事务", "行政运行", "一般行政管理事务", "机关事业单位基本养老保险缴费支出", "住房公积金", "购房补贴",
    "机关事业单位职业年金缴费支出", "其他社会保障和就业支出", "卫生健康支出", "行政单位医疗", "教育支出", "小学教育", "其他支出",
    "国有土地使用权出让收入及对应专项债务收入安排的支出", "城市基础设施配套费安排的支出", "农林水支出", "住房改革支出",
)  # fmt: skip
MEASURES = ("合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出", "结转下年")
ORDINALS = "一二三四五六七八九十"
Texts = list[str]


@dataclass(frozen=True)
class Style:
    """What a house does; all of it drawn from one seed."""

    kind: str  # 编码, 名称, 缩进: one panel; 两栏: revenue beside expenditure
    rules: str  # three-line, rows, none, boxed header, ruled header lines
    size: float
    wraps: bool
    pad: int
    valign: str
    align: str
    rows: int
    measures: int
    touching: bool
    wide: bool


def style(seed: int) -> Style:
    r = random.Random(seed)
    return Style(
        kind=r.choice(["编码", "名称", "缩进", "两栏"]), rules=r.choice(["三线", "横线", "无线", "表头框", "表头线"]),
        size=r.choice([8, 9, 10.5]), wraps=r.random() < 0.5, pad=r.choice([1, 3, 6]), valign=r.choice(["MIDDLE", "TOP"]),
        align=r.choice(["RIGHT", "RIGHT", "CENTER"]), rows=r.choice([6, 12, 25, 60]), measures=r.choice([2, 3, 5, 7]),
        touching=r.random() < 0.4, wide=r.random() < 0.3,
    )  # fmt: skip


def amount(r: random.Random, blank: float = 0.15) -> str:
    most = r.choice([9, 999, 99_999])
    return "" if r.random() < blank else f"{r.uniform(most / 10, most):,.2f}"


def one_panel(r: random.Random, s: Style) -> tuple[list[Texts], list[float], list[float]]:
    """Texts of header and rows, the indents of the rows' names, and the columns' widths."""
    codes = ["科目编码"] if s.kind == "编码" else []
    name_width, code_width = s.size * (9 if s.wraps else 15), s.size * 6 if codes else 0.0
    room = (landscape(A4) if s.wide else A4)[0] - 100 - name_width - code_width
    measures = min(s.measures, int(room / (s.size * 6)))
    rows = [[*codes, "科目名称" if codes else "项目", *MEASURES[:measures]]]
    indents = [0.0]
    for i in range(s.rows):
        begins = s.kind == "名称" and i % 5 == 0
        name = (f"{ORDINALS[i // 5 % 10]}、" if begins else "") + r.choice(NAMES)
        blank = 1.0 if begins and r.random() < 0.4 else 0.15
        code = [r.choice(["201", "20101", "2010101", "2080505"])] if codes else []
        rows.append([*code, name, *(amount(r, blank) for _ in range(measures))])
        indents.append([0, 1, 2, 2, 1][i % 5] * s.size if s.kind == "缩进" else 0.0)
    total = ["合计", *([""] if codes else []), *(amount(r, 0) for _ in range(measures))]
    at = 1 if r.random() < 0.5 else len(rows)
    rows.insert(at, total)
    indents.insert(at, 0.0)
    widths = [*([code_width] if codes else []), name_width, *[min(room / measures, s.size * 9)] * measures]
    return rows, indents, widths


def two_panels(r: random.Random, s: Style) -> tuple[list[Texts], list[float], list[float]]:
    rows = [["收入", "", "支出", ""], ["项目", "预算数", "项目", "预算数"]]
    for i in range(min(s.rows, 24)):
        left = f"{ORDINALS[i]}、{r.choice(NAMES)}" if i < 8 else ""
        rows.append([left, amount(r) if left else "", f"{ORDINALS[i % 10]}、{r.choice(NAMES)}", amount(r, 0.3)])
    rows.append(["本年收入合计", amount(r, 0), "本年支出合计", amount(r, 0)])
    name = s.size * (10 if s.wraps else 20)
    return rows, [0.0] * len(rows), [name, s.size * 8, name, s.size * 8]


def draw(seed: int) -> tuple[bytes, Counter[tuple[str, ...]]]:
    """A document of one table, and its rows: the texts that each prints."""
    s, r = style(seed), random.Random(-seed - 1)
    two = s.kind == "两栏"
    rows, indents, widths = (two_panels if two else one_panel)(r, s)
    heads, first = (2, 0) if two else (1, 1 if s.kind == "编码" else 0)
    names = (0, 2) if two else (first,)
    plain = ParagraphStyle("name", fontName=FONT, fontSize=s.size, leading=s.size * 1.25, wordWrap="CJK")
    middle = ParagraphStyle("head", parent=plain, alignment=1)

    def cell(i: int, c: int, text: str) -> Any:
        if not text or (i >= heads and c not in names):
            return text
        return Paragraph(text, middle if i < heads else ParagraphStyle("in", parent=plain, leftIndent=indents[i]))

    commands: list[Any] = [
        ("FONT", (0, 0), (-1, -1), FONT, s.size), ("VALIGN", (0, 0), (-1, -1), s.valign),
        ("TOPPADDING", (0, 0), (-1, -1), s.pad), ("BOTTOMPADDING", (0, 0), (-1, -1), s.pad),
        *[("ALIGN", (c, heads), (c, -1), s.align) for c in range(len(widths)) if c not in names and c > first],
    ]  # fmt: skip
    if two:
        commands += [("SPAN", (0, 0), (1, 0)), ("SPAN", (2, 0), (3, 0))]
        if s.touching:
            commands += [
                ("ALIGN", (1, 2), (1, -1), "RIGHT"),
                ("RIGHTPADDING", (1, 2), (1, -1), 1),
                ("LEFTPADDING", (2, 2), (2, -1), 1),
            ]
    commands += {
        "三线": [("LINEABOVE", (0, 0), (-1, 0), 1, black), ("LINEBELOW", (0, heads - 1), (-1, heads - 1), 0.5, black), ("LINEBELOW", (0, -1), (-1, -1), 1, black)],
        "横线": [("LINEABOVE", (0, 0), (-1, -1), 0.5, black), ("LINEBELOW", (0, -1), (-1, -1), 0.5, black)],
        "无线": [], "表头框": [("GRID", (0, 0), (-1, heads - 1), 0.5, black)],
        "表头线": [("LINEBELOW", (0, 0), (-1, heads - 1), 0.5, black)],
    }[s.rules]  # fmt: skip
    table = Table(
        [[cell(i, c, text) for c, text in enumerate(row)] for i, row in enumerate(rows)],
        colWidths=widths,
        style=TableStyle(commands),
        repeatRows=heads,
    )
    title = Paragraph("部门支出预算总表", ParagraphStyle("title", fontName=FONT, fontSize=15, leading=22, alignment=1))
    unit = Paragraph("单位：万元", ParagraphStyle("unit", fontName=FONT, fontSize=10, alignment=2))
    buffer = io.BytesIO()
    size = landscape(A4) if s.wide else A4
    SimpleDocTemplate(buffer, pagesize=size, leftMargin=50, rightMargin=50).build([title, unit, Spacer(1, 6), table])
    return buffer.getvalue(), Counter(tuple(t for t in row if t) for row in rows[heads:])


def read(data: bytes) -> Counter[tuple[str, ...]]:
    """The rows of all tables; parts of as many columns are one table."""
    document = read_document(data, ".pdf")
    groups: list[list[TablePart]] = []
    for part in (b for page in document.pages for b in page.blocks if isinstance(b, TablePart)):
        if groups and (same_columns(groups[-1][-1], part) or len(groups[-1][-1].xs) == len(part.xs)):
            groups[-1].append(part)
        else:
            groups.append([part])
    rows = [row for group in groups for row in join(group).rows if not row.repeated]
    return Counter(tuple(compact(c.text) for c in row.cells if c.text) for row in rows)


def lost(seed: int) -> Counter[tuple[str, ...]]:
    data, expected = draw(seed)
    return expected - read(data)


if __name__ == "__main__":
    import sys

    total = wrong = 0
    for number in range(int(sys.argv[1]), int(sys.argv[2])):
        missing = lost(number)
        total += sum(draw(number)[1].values())
        wrong += missing.total()
        if missing:
            print(number, style(number), missing.total(), [" | ".join(row) for row in missing][:3])
    print(f"{total - wrong} of {total} rows, {1 - wrong / total:.3f}")


# rows without an amount that end a page or a table, with no ruling under them, stay lines: 3 and 11 of the first 40
@pytest.mark.parametrize("seed", [s for s in range(40) if s not in (3, 11)])
def test_every_row_of_a_table_without_column_rulings(seed: int) -> None:
    assert not lost(seed)


@pytest.mark.parametrize("seed", [3, 11])
def test_no_amount_is_lost_with_a_name(seed: int) -> None:
    assert all(len(row) == 1 for row in lost(seed))
