"""Two pages on one sheet, and two tables with captions of their own side by side: each is read as if it stood alone."""

from __future__ import annotations

import io

import pikepdf
import pytest

from extract.doors import read_document
from extract.paper.model import Line, Page, PageLayout, Ruling, TablePart, Word
from extract.paper.page_layout import gutter, lay_out
from extract.paper.stitching import join
from parsers.parse import parse
from samples.habits import build_with
from samples.paper import write_pdf
from tests.test_habits import check

SIZE = 10.0
WIDTH, HEIGHT = 842.0, 595.0


def two_up(data: bytes) -> bytes:
    """The pages of a PDF, two of them side by side on each sheet."""
    made = pikepdf.new()
    with pikepdf.open(io.BytesIO(data)) as source:
        for i, page in enumerate(source.pages):
            if i % 2 == 0:
                made.add_blank_page(page_size=(1190, 842))
            made.pages[-1].add_overlay(page, pikepdf.Rectangle(595 * (i % 2), 0, 595 * (i % 2 + 1), 842))
        out = io.BytesIO()
        made.save(out)
    return out.getvalue()


@pytest.mark.parametrize("body", ["all", "bare"])
def test_two_pages_on_a_sheet(body: str) -> None:
    """Titles of both pages were one line, and the rows of one table those of the other's: most amounts wrong in silence."""
    sample = build_with("no_commas", 500)
    sample.tables = [t for t in sample.tables if "绩效" not in t.title]
    check(sample, parse(read_document(two_up(write_pdf(sample, body)), ".pdf"), "0" * 16, join))


def words(y: float, *placed: tuple[float, str]) -> list[Word]:
    return [
        Word(text, x, y, x + sum(SIZE if ord(c) > 0x2000 else SIZE / 2 for c in text), y + SIZE) for x, text in placed
    ]


def table(x: float, caption: str) -> tuple[list[Word], list[Ruling], list[Ruling]]:
    """A ruled table of four rows, 300 points wide, with a caption over it."""
    chars = words(60, (x + 100, caption))
    for i, name in enumerate(("项目", "合计", "办公费", "水费")):
        chars += words(95 + 20 * i, (x + 10, name), (x + 200, "金额" if i == 0 else f"{i}.00"))
    across = [Ruling(x, 90 + 20 * i, x + 300, 90 + 20 * i) for i in range(5)]
    return chars, across, [Ruling(x + d, 90, x + d, 170) for d in (0, 150, 300)]


def sheet(captions: tuple[str, str], title: str = "") -> Page:
    parts = [table(x, caption) for x, caption in zip((50.0, 450.0), captions, strict=True)]
    chars, across, upright = ([box for part in parts for box in part[i]] for i in range(3))
    return Page(
        1,
        WIDTH,
        HEIGHT,
        [*chars, *words(30, (421 - SIZE * len(title) / 2, title))] if title else chars,
        across,
        upright,
    )


def lines(content: PageLayout) -> list[str]:
    return [b.text for b in content.blocks if isinstance(b, Line)]


def test_two_captioned_tables_side_by_side() -> None:
    laid = sheet(("表7支出表", "表8收入表"))
    content = lay_out(laid)
    assert lines(content) == ["表7支出表", "表8收入表"]
    left, right = (b for b in content.blocks if isinstance(b, TablePart))
    assert [c.bbox.x0 for t in (left, right) for c in t.cells if c.bbox and (c.row, c.col) == (0, 0)] == [50, 450]
    assert sum(len(c.text) for t in (left, right) for c in t.cells) + 10 == sum(len(w.text) for w in laid.words)


@pytest.mark.parametrize(
    ("captions", "title"),
    [
        (("表7支出表", "表8收入表"), "某某市某某局二〇二五年部门预算公开表格"),  # one title over both
        (("表7支出表", "万元"), ""),  # panels of one table
    ],
)
def test_panels_of_one_table_stay_together(captions: tuple[str, str], title: str) -> None:
    assert gutter(sheet(captions, title)) is None
