"""Pages that are pictures: what is recognised, how sure that is, and what happens where nothing can be recognised."""

from __future__ import annotations

import io
import socket
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import cast

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFont

from extract.doors import read_document
from extract.errors import NoTextLayer
from extract.paper import reading, scan, third_engine
from extract.paper.engines.render import Pictures
from extract.paper.model import Box, Cell, Document, PageLayout, TablePart, Word
from extract.paper.second_engine import CellReader
from extract.proofread import proofread
from samples.font import FONT
from samples.make import SCANNED, SCANS, shortened
from samples.paper import write_pdf
from samples.scanned import Scanner, scanned
from tests.truth import expected_from, extracted, found_in

pytestmark = pytest.mark.skipif(not scan.available(), reason="the extra ocr is not installed")


@lru_cache(maxsize=1)
def printed() -> bytes:
    return write_pdf(shortened("B", 22, 1))


def cells(document: Document) -> list[Cell]:
    tables = [b for page in document.pages for b in page.blocks if isinstance(b, TablePart)]
    return [cell for table in tables for cell in sorted(table.cells, key=lambda c: (c.row, c.col))]


def texts(document: Document) -> list[str]:
    return ["".join(cell.text.split()) for cell in cells(document)]


def pdf_of(*pictures: Image.Image) -> bytes:
    out = io.BytesIO()
    pictures[0].save(out, "PDF", save_all=True, append_images=pictures[1:], resolution=200)
    return out.getvalue()


def table_page() -> int:
    document = read_document(printed(), ".pdf")
    return next(i for i, page in enumerate(document.pages) if any(isinstance(b, TablePart) for b in page.blocks))


@pytest.mark.parametrize("name", [name for name, *_ in SCANNED][1:])
def test_every_row_of_the_sample(name: str) -> None:
    document, parsed = extracted((SCANS / f"{name}.pdf").read_bytes(), ".pdf")
    expected, found = expected_from(SCANS / f"{name}.truth.jsonl"), found_in(parsed)
    assert found - expected == {}
    assert expected - found == {}
    assert document.engine == "pdfium+OCR"
    assert document.marks == (f"第 1–{document.page_count} 页由图像识别",)


@pytest.mark.parametrize("turn", [0, 2])
def test_a_scan_has_the_cells_of_its_text_layer_in_their_places(turn: int) -> None:
    page = table_page()
    document = read_document(scanned(printed(), 1, Scanner(turn=turn, skew=0.5), [page]), ".pdf")
    shown = read_document(printed(), ".pdf")
    first = shown.pages[page]
    wanted = Document([first], 1, "pdfium")
    assert texts(document) == texts(wanted)
    for mine, theirs in zip(cells(document), cells(wanted), strict=True):
        assert mine.bbox is not None and theirs.bbox is not None
        assert ("OCR" in mine.marks) == bool(mine.text)
        assert (mine.confidence is not None) == bool(mine.text)
        box = theirs.bbox
        if turn == 2:
            box = box._replace(
                x0=first.width - box.x1, x1=first.width - box.x0, top=first.height - box.bottom,
                bottom=first.height - box.top,
            )  # fmt: skip
        assert abs(mine.bbox.x_mid - box.x_mid) < 6 and abs(mine.bbox.y_mid - box.y_mid) < 6


def test_two_pages_on_one_sheet_are_read_in_order() -> None:
    page = table_page()
    shown = read_document(printed(), ".pdf")
    both = [page - 1, page]
    document = read_document(scanned(printed(), 1, Scanner(spread=True, turn=1, skew=0.4), both), ".pdf")
    assert [content.number for content in document.pages] == [1, 1]
    assert document.recognised == (1,)
    for mine, theirs in zip(document.pages, both, strict=True):
        first = shown.pages[theirs]
        assert texts(Document([mine], 1, "pdfium")) == texts(Document([first], 1, "pdfium"))
        for a, b in zip(cells(Document([mine], 1, "")), cells(Document([first], 1, "")), strict=True):
            assert a.bbox is not None and b.bbox is not None
            x, y = b.bbox.x_mid + (first.width if theirs == page else 0), b.bbox.y_mid
            assert abs(a.bbox.x_mid - (first.height - y)) < 6 and abs(a.bbox.y_mid - x) < 6
            assert "页面转正" in a.marks


def ruled_picture(specks: bool = False) -> Image.Image:
    """Three rows of two cells; the numbers of the second column are one."""
    picture = Image.new("RGB", (1200, 700), "white")
    draw = ImageDraw.Draw(picture)
    for x in (100, 500, 900):
        draw.line((x, 100, x, 400), fill="black", width=3)
    for y in (100, 200, 300, 400):
        draw.line((100, y, 900, y), fill="black", width=3)
    for y in (120, 220, 320):
        draw.text((600, y), "1,234.56", fill="black", font_size=36)
        if not specks or y != 220:
            draw.text((150, y), "2080501", fill="black", font_size=36)
    if specks:
        draw.ellipse((300, 250, 303, 253), fill="black")
    return picture


def test_a_speck_leaves_its_cell_empty_and_doubted() -> None:
    document = read_document(pdf_of(ruled_picture(specks=True)), ".pdf")
    assert [c.text for c in cells(document)] == ["2080501", "1,234.56", "", "1,234.56", "2080501", "1,234.56"]
    assert [c.marks for c in cells(document)][2] == ("OCR", "OCR存疑")


def test_specks_beside_a_number_are_no_part_of_it() -> None:
    picture = ruled_picture()
    draw = ImageDraw.Draw(picture)
    for x in (575, 790):
        draw.ellipse((x, 145, x + 4, 149), fill="black")
    document = read_document(pdf_of(picture), ".pdf")
    assert [c.text for c in cells(document)] == ["2080501", "1,234.56"] * 3


def test_columns_without_rulings_that_stand_near_are_two() -> None:
    from extract.paper.scan.picture import upright_pictures
    from extract.paper.scan.readings import read_all

    picture = Image.new("RGB", (1200, 700), "white")
    draw = ImageDraw.Draw(picture)
    font = ImageFont.truetype(FONT, 30)
    rows = [
        ("205", "教育支出", "1,234.56", "1.20"),
        ("20502", "普通教育", "234.56", "12,121.20"),
        ("2050202", "小学教育", "14.56", "7.00"),
    ]
    for y, (code, name, first, second) in zip((100, 160, 220), rows, strict=True):
        draw.text((100, y), code, fill="black", font=font)
        draw.text((240, y), name, fill="black", font=font)
        draw.text((540, y), first, fill="black", font=font, anchor="ra")
        draw.text((700, y), second, fill="black", font=font, anchor="ra")
    (sheet,) = upright_pictures(Pictures(pdf_of(picture)), 1)
    _, readings = read_all(sheet.grey, sheet.ink, sheet.boxes)
    assert sorted(r.text for r in readings) == sorted(text for row in rows for text in row)


def test_one_line_is_one_text() -> None:
    """A unit stands near behind its number; the strokes of 二 are no dash above the line."""
    from extract.paper.scan.picture import upright_pictures
    from extract.paper.scan.readings import read_all

    picture = Image.new("RGB", (1200, 700), "white")
    draw = ImageDraw.Draw(picture)
    font = ImageFont.truetype(FONT, 24)
    draw.text((100, 100), "2025", fill="black", font=font)
    draw.text((100 + draw.textlength("2025", font) + 9, 100), "年预算收入", fill="black", font=font)
    draw.text((100, 200), "二、专项债务对应项目专项收入", fill="black", font=font)
    (sheet,) = upright_pictures(Pictures(pdf_of(picture)), 1)
    _, readings = read_all(sheet.grey, sheet.ink, sheet.boxes)
    assert sorted("".join(r.text.split()) for r in readings) == ["2025年预算收入", "二、专项债务对应项目专项收入"]


def test_a_number_in_pieces_is_doubted_and_its_separators_are_told_apart() -> None:
    from extract.paper.scan.dictionary import Dictionary
    from extract.paper.scan.marking import Marking
    from extract.paper.scan.picture import upright_pictures
    from extract.paper.scan.readings import Reading

    (picture,) = upright_pictures(Pictures(pdf_of(ruled_picture())), 1)
    box = Box(216, 40, 320, 70)
    words = {
        Word("2.", 220, 50, 230, 60): Reading("2.", 0.99, 0.99),
        Word("981.13", 232, 50, 260, 60): Reading("981.13", 0.99, 0.99),
    }
    part = TablePart(1, box, [216, 320], 1, [Cell(0, 0, 1, 1, "2.981.13", 1, box)], "ruled")
    Marking(picture, words, Dictionary(frozenset())).mark(PageLayout(1, [part]))
    assert (part.cells[0].text, part.cells[0].marks) == ("2,981.13", ("OCR", "OCR存疑"))


def test_a_dash_as_thin_as_a_hair_is_read() -> None:
    picture = ruled_picture()
    draw = ImageDraw.Draw(picture)
    draw.rectangle((560, 215, 890, 265), fill="white")
    draw.line((700, 240, 724, 240), fill="black", width=1)
    document = read_document(pdf_of(picture), ".pdf")
    found = [c for c in cells(document) if (c.row, c.col) == (1, 1)]
    assert [c.text for c in found] == ["—"]


def test_a_red_stamp_over_numbers_hides_none() -> None:
    stamp = Image.new("RGB", (1200, 700), "white")
    ImageDraw.Draw(stamp).ellipse((520, 150, 820, 450), outline=(220, 30, 40), width=12)
    document = read_document(pdf_of(ImageChops.multiply(ruled_picture(), stamp)), ".pdf")
    assert [c.text for c in cells(document)] == ["2080501", "1,234.56"] * 3


def test_paper_without_ink_is_no_page_that_could_not_be_read() -> None:
    document = read_document(pdf_of(ruled_picture(), Image.new("RGB", (1200, 700), (250, 250, 246))), ".pdf")
    assert document.recognised == (1,)
    assert document.without_text == ()


def test_a_table_without_any_text_is_no_page_that_could_not_be_read() -> None:
    picture = Image.new("RGB", (1200, 700), "white")
    for y in (100, 200, 300):
        ImageDraw.Draw(picture).line((100, y, 900, y), fill="black", width=3)
    document = read_document(pdf_of(ruled_picture(), picture), ".pdf")
    assert document.without_text == ()


def test_a_picture_of_no_text_stays_unread() -> None:
    picture = Image.effect_mandelbrot((900, 700), (-2, -1.5, 1, 1.5), 60)
    with pytest.raises(NoTextLayer) as caught:
        read_document(pdf_of(picture), ".pdf")
    assert "recognised" in caught.value.line()


def test_without_the_extra_the_line_to_type_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (scan, reading, third_engine.scan):
        monkeypatch.setattr(module, "available", lambda: False)
    with pytest.raises(NoTextLayer, match="no page") as caught:
        read_document(pdf_of(ruled_picture()), ".pdf")
    assert "pip install 'yusuan[ocr]'" in caught.value.line()


def test_the_model_is_in_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    from extract.paper.scan.models import Recogniser

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("nothing is downloaded")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert "rapidocr" not in sys.modules
    Recogniser()
    assert "rapidocr" not in sys.modules  # its models are used, not its code


def test_a_document_with_text_loads_nothing_of_recognition() -> None:
    code = (
        "import sys; from pathlib import Path; from extract.doors import read_document\n"
        "read_document(Path('samples/caption_in_grid.pdf').read_bytes(), '.pdf')\n"
        "print([m for m in ('numpy', 'cv2', 'onnxruntime', 'rapidocr') if m in sys.modules])"
    )
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)
    assert done.stdout.strip() == "[]"


class TestGrammar:
    @pytest.mark.parametrize(
        ("read", "put", "doubted"),
        [
            ("1,234.56", "1,234.56", False),
            ("1.234.56", "1,234.56", False),
            ("1,234,56", "1,234.56", False),
            ("1，234.56", "1,234.56", False),
            ("12 345.60", "12345.60", False),
            ("-1.234.567.80", "-1,234,567.80", False),
            ("1.234.567", "1,234.567", True),
            ("12,34.56", "12,34.56", True),
            ("1,,234", "1,234", True),
            ("2080505", "2080505", False),
            ("教育支出", "教育支出", False),
        ],
    )
    def test_separators_are_told_apart(self, read: str, put: str, doubted: bool) -> None:
        from extract.paper.scan.grammar import separated

        assert separated(read) == (put, doubted)

    @pytest.mark.parametrize(
        ("column", "found"),
        [
            (["1,234.56", "一", "12.00"], [1]),
            (["预算数", "一", "一"], [1, 2]),
            (["一", "二", "三"], []),
            (["一", "教育支出"], []),
        ],
    )
    def test_a_stroke_in_a_column_of_numbers_is_a_dash(self, column: list[str], found: list[int]) -> None:
        from extract.paper.scan.grammar import dashes

        assert dashes(column) == found

    @pytest.mark.parametrize(("text", "dirt"), [("•", True), (".,", True), ("—", False), ("1.", False), ("（", False)])
    def test_points_alone_are_dirt(self, text: str, dirt: bool) -> None:
        from extract.paper.scan.grammar import is_dirt

        assert is_dirt(text) is dirt

    @pytest.mark.parametrize(
        ("column", "odd"),
        [
            (["1,234.56", "12.00", "345.60", "7.8"], {3}),
            (["1,234.56", "12,345.00", "3,345.60", "4567.80"], {3}),
            (["1,234.56", "0", "3,345.60", "5.00"], set()),
            (["1,234.56", "I2.00", "3,345.60", "5.00"], {1}),
            (["1,234.56", "0.00\ne tee", "3,345.60", "5.00"], {1}),
            (["合计", "教育支出", "1,234.5", "12.00"], set()),
            (["预算数", "1,234.56", "12.00", "345.60"], set()),
        ],
    )
    def test_what_breaks_the_habit_of_its_column_is_odd(self, column: list[str], odd: set[int]) -> None:
        from extract.paper.scan.grammar import odd_ones

        assert odd_ones(column) == odd


class Readings:
    """Stands for a reader of cells: the same other readings of every cell that reads ``first``."""

    def __init__(self, document: Document, first: str, others: list[str]) -> None:
        self.places = {(c.page, c.bbox) for c in cells(document) if c.text == first}
        self.readings = others

    def others(self, page: int | None, box: Box | None) -> list[str]:
        return self.readings if (page, box) in self.places else []


@pytest.mark.parametrize(
    ("others", "then", "marks"),
    [
        (["3,677,490,000.00", "3,077,490,000.00"], "3,077,490,000.00", ("OCR", "OCR复读")),
        (["3,677,490,000.00", "3,077,490,001.50"], "3,677,490,000.00", ("OCR", "OCR存疑")),  # arithmetic never writes
    ],
)
def test_a_reading_gives_way_to_another_that_the_sums_confirm(
    others: list[str], then: str, marks: tuple[str, ...]
) -> None:
    document = read_document(printed(), ".pdf")
    document.recognised = tuple(range(1, (document.page_count or 0) + 1))
    misread = next(c for c in cells(document) if c.text == "3,077,490,000.00")
    misread.text, misread.marks = "3,677,490,000.00", ("OCR", "OCR存疑")
    reader = Readings(document, misread.text, others)
    first = proofread(document, "0" * 16, cast(CellReader, reader))
    assert misread.text == then
    assert misread.marks == marks
    assert list(first.values()) == ([] if "OCR存疑" in marks else ["3,677,490,000.00"])
