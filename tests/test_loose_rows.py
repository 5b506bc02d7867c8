"""Rows of figures that stand in no table: said, never lost in silence."""

from __future__ import annotations

import io

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from extract.doors import read_document

pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))


def pdf(lines: list[list[tuple[float, str]]]) -> bytes:
    buffer = io.BytesIO()
    page = Canvas(buffer, pagesize=(500, 500))
    page.setFont("STSong-Light", 10)
    for i, line in enumerate(lines):
        for x, text in line:
            page.drawString(x, 400 - 40 * i, text)
    page.save()
    return buffer.getvalue()


def test_rows_too_few_for_a_table_are_named() -> None:
    rows = [
        [(50, name), (200 + 7 * i, f"{i}1.00"), (300 - 9 * i, "2,345.67")] for i, name in enumerate(("教育", "卫生"))
    ]
    document = read_document(pdf([[(50, "各项支出如下。")], *rows]), ".pdf")
    assert document.unread_rows


@pytest.mark.parametrize(
    "lines",
    [
        [[(50, "本年支出12.00万元，比上年34.00万元减少22.00万元。")], [(50, "其中：教育5.00万元，卫生7.00万元。")]],
        [[(50, "表一"), (300, "3")], [(50, "表二"), (300, "5")]],
        [[(50, "教育"), (200, "1.00"), (300, "2.00")]],
    ],
)
def test_text_and_contents_are_no_rows(lines: list[list[tuple[float, str]]]) -> None:
    assert not read_document(pdf(lines), ".pdf").unread_rows
