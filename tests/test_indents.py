"""How far a name is indented comes with its cell, from paper and from text."""

from __future__ import annotations

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Table

from extract.doors import read_document
from extract.paper.model import Cell, Document, TablePart
from extract.paper.stitching import join
from tests.test_paper import GRID, paper

pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
HEADER = ["项目", "预算数"]
NAMES = {"一、税收收入": 0, "增值税": 2, "其中：改征增值税": 4, "企业所得税": 2, "二、非税收入": 0}
BODY = [[f"{'　' * n}{name}", f"{1000 + i}.00"] for i, (name, n) in enumerate(NAMES.items())]
BARE = [("FONT", (0, 0), (-1, -1), "STSong-Light", 9), ("ALIGN", (1, 0), (1, -1), "RIGHT")]


def cells(document: Document) -> list[Cell]:
    (part,) = [b for page in document.pages for b in page.blocks if isinstance(b, TablePart)]
    return list(join([part]).cells())


def indents(document: Document) -> dict[str, float]:
    return {c.text.replace("\n", ""): c.indent for c in cells(document) if c.col == 0}


@pytest.mark.parametrize("style", [[*BARE, *GRID], BARE], ids=["ruled", "bare"])
def test_a_name_on_paper_keeps_its_indent(style: list[object]) -> None:
    body = [[name, amount] for name, amount in BODY]
    pdf = paper([Table([HEADER, *body], [200, 100], style=style)])
    found = indents(read_document(pdf, ".pdf"))
    assert {name: round(found[name]) for name in NAMES} == NAMES


@pytest.mark.parametrize("row", ["\t".join, lambda cells: "| " + " | ".join(cells) + " |"], ids=["tabs", "pipes"])
def test_a_name_in_text_keeps_its_indent(row: object) -> None:
    text = "\n".join(map(row, [HEADER, *BODY]))  # type: ignore[arg-type]
    found = indents(read_document(text.encode(), ".txt"))
    assert {name: found[name] for name in NAMES} == {k: float(v) for k, v in NAMES.items()}


def test_blanks_count_half() -> None:
    found = indents(read_document("项目\t数\n甲\t1\n    乙\t2\n".encode(), ".txt"))
    assert found["乙"] == 2.0


def test_numbers_have_no_indent() -> None:
    pdf = paper([Table([HEADER, *BODY], [200, 100], style=[*BARE, *GRID])])
    assert {c.indent for c in cells(read_document(pdf, ".pdf")) if c.col == 1 and c.row} == {0.0}
