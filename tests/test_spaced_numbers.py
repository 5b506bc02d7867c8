"""Numbers whose digits are set apart, and numbers with a currency sign, on paper."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from extract.doors import read_document
from extract.paper.model import GARBLED, Document, TablePart, Word
from extract.paper.numbers import counted, join_spaced

pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
ROWS = [
    ("一、年末余额实际数", "3,509.35"),
    ("二、年末余额限额", "6,504.70"),
    ("三、年度发行额", "70.81"),
    ("四、年度还本额", "1,035.20"),
]
WIDTHS = (200.0, 110.0)


def form(draw: Callable[[Canvas, float, float, str], None]) -> bytes:
    """A form of a box around columns, its amounts drawn by ``draw`` from (right edge, baseline)."""
    buffer = io.BytesIO()
    page = Canvas(buffer, pagesize=(400, 400))
    page.setFont("STSong-Light", 10)
    xs, top = [50.0, 250.0, 360.0], 350.0
    for x in xs:
        page.line(x, top, x, top - 25 * (len(ROWS) + 1))
    for y in (top, top - 25, top - 25 * (len(ROWS) + 1)):
        page.line(xs[0], y, xs[-1], y)
    for i, (name, amount) in enumerate([("项目", "执行数"), *ROWS]):
        page.drawString(xs[0] + 4, top - 25 * i - 16, name)
        draw(page, xs[-1] - 6, top - 25 * i - 16, amount)
    page.save()
    return buffer.getvalue()


def spaced(gap: float, together: int) -> Callable[[Canvas, float, float, str], None]:
    """Draw a text in pieces of ``together`` glyphs with ``gap`` points between them."""

    def draw(page: Canvas, right: float, y: float, text: str) -> None:
        pieces = [text[i : i + together] for i in range(0, len(text), together)]
        for piece in reversed(pieces):
            page.drawRightString(right, y, piece)
            right -= page.stringWidth(piece) + gap

    return draw


def cells(document: Document) -> list[tuple[str, str]]:
    (table,) = [b for b in document.pages[0].blocks if isinstance(b, TablePart)]
    rows: dict[int, list[str]] = {}
    for cell in table.cells:
        rows.setdefault(cell.row, []).append(cell.text)
    return [(row[0], row[-1]) for row in rows.values()][1:]


@pytest.mark.parametrize("gap", [1.6, 2.4, 3.2])
@pytest.mark.parametrize("together", [1, 2])
def test_letter_spaced_digits_are_one_number(gap: float, together: int) -> None:
    assert cells(read_document(form(spaced(gap, together)), ".pdf")) == ROWS


def test_a_currency_sign_is_no_reason_to_doubt_a_page() -> None:
    def draw(page: Canvas, right: float, y: float, text: str) -> None:
        page.setFont("Helvetica", 10)
        page.drawRightString(right, y, f"\xa5{text}" if text[0].isdigit() else "")
        page.setFont("STSong-Light", 10)

    document = read_document(form(draw), ".pdf")
    assert GARBLED not in document.pages[0].marks
    assert [amount for _, amount in cells(document)] == [f"\xa5{amount}" for _, amount in ROWS]


def words(*texts: str, gap: float = 2.0) -> list[Word]:
    made, x = [], 100.0
    for text in texts:
        made.append(Word(text, x, 50.0, x + 5 * len(text), 60.0))
        x += 5 * len(text) + gap
    return made


@pytest.mark.parametrize(
    ("pieces", "read"),
    [
        (("3", ",5", "0", "9", ".3", "5"), ["3,509.35"]), (("2,", "282.", "44"), ["2,282.44"]),
        (("12", "1,234.50"), ["12", "1,234.50"]), (("5.", "5.", "5"), ["5.", "5.", "5"]), (("甲", "1", "."), ["甲", "1", "."]),
    ],
)  # fmt: skip
def test_only_what_is_certainly_one_number_is_joined(pieces: tuple[str, ...], read: list[str]) -> None:
    assert [w.text for w in join_spaced(words(*pieces), [])] == read


def test_neither_wide_gaps_nor_rulings_are_joined_over() -> None:
    pieces = ("2,", "282.", "44")
    assert len(join_spaced(words(*pieces, gap=6.0), [])) == 3
    assert len(join_spaced(words(*pieces), [(111.0, 40.0, 70.0)])) == 3
    assert len(join_spaced(words(*pieces), [(111.0, 80.0, 99.0)])) == 1
    lower = [*words("2,", "282."), Word("44", 134.0, 55.0, 144.0, 65.0)]
    assert len(join_spaced(lower, [])) == 3
    uneven = [*words("2,", "282."), Word("44", 138.5, 50.0, 148.5, 60.0)]
    assert [w.text for w in join_spaced(uneven, [])] == ["2,", "282.", "44"]


@pytest.mark.parametrize("texts", [["1", "2", "3"], ["栏次", "1", "2"], ["(1)", "(2)", "(3)=(1)+(2)"], ["4", "5"]])
def test_numbers_of_columns(texts: list[str]) -> None:
    assert counted(texts)
    assert not counted([*texts, "100"])
