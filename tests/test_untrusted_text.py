"""Pages whose text layer is garbled, or whose text is drawn as outlines: recognised page by page, and said to be so."""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path

import pytest
from fontTools import subset
from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont
from reportlab.pdfbase import pdfmetrics, ttfonts
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

from extract.doors import read_document
from extract.paper import scan
from extract.paper.model import Cell, Document, TablePart
from samples.font import FONT

pytestmark = pytest.mark.skipif(not scan.available(), reason="the extra ocr is not installed")
ROWS = (
    ("205", "教育支出", "1,234.56"),
    ("20502", "普通教育", "1,004.50"),
    ("2050202", "小学教育", "1,004.50"),
    ("20508", "进修及培训", "230.06"),
)
CHARACTERS = "".join(sorted({c for row in ROWS for text in row for c in text}))
XS, TOP, HIGH, SIZE = (60.0, 160.0, 340.0, 500.0), 760.0, 30.0, 12.0
WRONG = {"letters": 0xC0, "private": 0xE000, "ideographs": 0x9F00, "indexes": 0x0E01}  # first of the wrong characters


@lru_cache(maxsize=1)
def small_font() -> bytes:
    """The samples' font with the characters of ``ROWS`` only."""
    font = TTFont(str(FONT))
    cutter = subset.Subsetter(subset.Options(layout_features=[], hinting=False))
    cutter.populate(text=CHARACTERS)
    cutter.subset(font)
    return bytes_of(font)


def bytes_of(font: TTFont) -> bytes:
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


@lru_cache(maxsize=1 + len(WRONG))
def font_of(first: int | None = None) -> str:
    """Name of the font; its glyphs bear the characters from ``first`` on, other ones than they show."""
    name = f"Font{first}"
    font = TTFont(io.BytesIO(small_font()))
    glyphs = font.getBestCmap()
    if first is not None:
        wrong = {first + i: glyphs[ord(c)] for i, c in enumerate(CHARACTERS)}
        for table in font["cmap"].tables:
            table.cmap = dict(wrong)
    for record in font["name"].names:  # by which reportlab knows it
        record.string = name
    pdfmetrics.registerFont(ttfonts.TTFont(name, io.BytesIO(bytes_of(font))))
    return name


class Outline(BasePen):  # type: ignore[misc]
    """Draws a glyph into a path of the canvas."""

    def __init__(self, glyphs: object, path: PDFPathObject, x: float, y: float, scale: float) -> None:
        super().__init__(glyphs)
        self.path, self.x, self.y, self.scale = path, x, y, scale

    def _at(self, point: tuple[float, float]) -> tuple[float, float]:
        return self.x + point[0] * self.scale, self.y + point[1] * self.scale

    def _moveTo(self, point: tuple[float, float]) -> None:
        self.path.moveTo(*self._at(point))

    def _lineTo(self, point: tuple[float, float]) -> None:
        self.path.lineTo(*self._at(point))

    def _curveToOne(self, a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> None:
        self.path.curveTo(*self._at(a), *self._at(b), *self._at(c))

    def _closePath(self) -> None:
        self.path.close()


def draw_outlines(canvas: Canvas, x: float, y: float, text: str) -> None:
    font = TTFont(io.BytesIO(small_font()))
    glyphs, names, scale = font.getGlyphSet(), font.getBestCmap(), SIZE / font["head"].unitsPerEm
    path = canvas.beginPath()
    for character in text:
        glyph = glyphs[names[ord(character)]]
        glyph.draw(Outline(glyphs, path, x, y, scale))
        x += glyph.width * scale
    canvas.drawPath(path, stroke=0, fill=1)


def page(canvas: Canvas, how: str) -> None:
    """The table of ``ROWS``, its text ``plain``, as ``outlines``, or with the wrong characters of ``WRONG``."""
    for i in range(len(ROWS) + 1):
        canvas.line(XS[0], TOP - i * HIGH, XS[-1], TOP - i * HIGH)
    for x in XS:
        canvas.line(x, TOP, x, TOP - len(ROWS) * HIGH)
    for i, row in enumerate(ROWS):
        for x, text in zip(XS, row, strict=False):
            at = x + 6, TOP - (i + 0.65) * HIGH
            if how == "outlines":
                draw_outlines(canvas, *at, text)
                continue
            canvas.setFont(font_of(WRONG.get(how)), SIZE)
            if how in WRONG:
                text = "".join(chr(WRONG[how] + CHARACTERS.index(c)) for c in text)
            canvas.drawString(*at, text)
    canvas.showPage()


def document_of(*pages: str) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842), invariant=True)
    for how in pages:
        page(canvas, how)
    canvas.save()
    return out.getvalue()


def cells(document: Document, index: int) -> list[Cell]:
    (table,) = [b for b in document.pages[index].blocks if isinstance(b, TablePart)]
    return sorted(table.cells, key=lambda c: (c.row, c.col))


@pytest.mark.parametrize("how", ["outlines", *WRONG])
def test_a_page_whose_text_says_nothing_is_recognised(how: str) -> None:
    document = read_document(document_of("plain", how), ".pdf")
    for index in (0, 1):
        found = cells(document, index)
        assert [c.text for c in found] == [text for row in ROWS for text in row]
        assert {"OCR" in c.marks for c in found} == {index == 1}
    assert document.recognised == (2,)
    assert document.engine == "pdfium+OCR"
    assert "第 2 页由图像识别" in document.marks
    assert document.garbled == []


def test_the_run_says_which_engine_read(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    from extract.convert import convert
    from extract.recipe import Recipe

    source = tmp_path / "a.pdf"
    source.write_bytes(document_of("plain", "letters"))
    result = convert(source, Recipe(tmp_path / "out"))
    record = pq.read_table(tmp_path / "out" / "文档清单" / f"{result.document}.parquet").to_pylist()[0]
    assert record["引擎"] == "pdfium+OCR"
    assert record["错误"] == "第 2 页由图像识别"
