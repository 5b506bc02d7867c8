"""Rulings of pictures: what is one, and what is a letter's stroke."""

from __future__ import annotations

import pytest
from PIL import Image, ImageChops, ImageDraw

from extract.doors import read_document
from extract.paper import scan
from extract.paper.engines.render import Pictures
from extract.paper.model import Box, TablePart
from tests.test_scan import cells, pdf_of, ruled_picture

pytestmark = pytest.mark.skipif(not scan.available(), reason="the extra ocr is not installed")


def test_a_stroke_that_touches_a_ruling_does_not_make_it_longer() -> None:
    """A ruling parts the lower row only; above it stands the upright stroke of a letter, which touches the line between."""
    import numpy as np

    from extract.paper.scan.raster import Sheet, ink_of
    from extract.paper.scan.raster_rulings import rulings_of
    from extract.paper.scan.seals import Seals

    picture = Image.new("L", (900, 400), 255)
    draw = ImageDraw.Draw(picture)
    for y in (60, 110, 200):
        draw.line((50, y, 850, y), fill=0, width=3)
    for x in (50, 850):
        draw.line((x, 60, x, 200), fill=0, width=3)
    draw.line((450, 110, 450, 200), fill=0, width=3)
    draw.line((450, 82, 450, 110), fill=0, width=3)
    grey = np.asarray(picture)
    none = np.zeros_like(grey)
    _, verticals, covered = rulings_of(Sheet(grey, ink_of(grey), 200 / 72), none, Seals(none, none))
    middle = next(r for r in verticals if abs(r.x0 - 450 * 72 / 200) < 1)
    assert middle.top == pytest.approx(110 * 72 / 200, abs=1)
    assert middle.bottom == pytest.approx(200 * 72 / 200, abs=1.5)
    assert not covered[84:105, 450].any()


def table_picture() -> Image.Image:
    """Three rows of a code and a number."""
    picture = Image.new("RGB", (1000, 460), "white")
    draw = ImageDraw.Draw(picture)
    for edge in (100, 500, 900):
        draw.line((edge, 60, edge, 360), fill="black", width=3)
    for edge in (60, 160, 260, 360):
        draw.line((100, edge, 900, edge), fill="black", width=3)
    for top in (90, 190, 290):
        draw.text((150, top), "2080501", fill="black", font_size=36)
        draw.text((600, top), "1,234.56", fill="black", font_size=36)
    return picture


def holed(x: int, y: int) -> bytes:
    """The table with a punched hole."""
    picture = table_picture()
    ImageDraw.Draw(picture).ellipse((x - 26, y - 26, x + 26, y + 26), fill=(30, 30, 30))
    return pdf_of(picture)


@pytest.mark.parametrize(("x", "y", "doubted"), [(100, 160, {0, 2}), (164, 210, {2}), (980, 210, set())])
def test_a_hole_breaks_no_ruling_and_what_it_may_hide_is_doubted(x: int, y: int, doubted: set[int]) -> None:
    document = read_document(holed(x, y), ".pdf")
    (table,) = [b for page in document.pages for b in page.blocks if isinstance(b, TablePart)]
    cells = sorted(table.cells, key=lambda c: (c.row, c.col))
    assert [(c.row, c.col) for c in cells] == [(r, c) for r in range(3) for c in range(2)]
    assert {i for i, c in enumerate(cells) if "OCR存疑" in c.marks} == doubted
    sure = [c.text for i, c in enumerate(cells) if i not in doubted]
    assert sure == [t for i, t in enumerate(["2080501", "1,234.56"] * 3) if i not in doubted]


@pytest.mark.parametrize(
    ("size", "dots", "unit"),
    [
        ((595, 842), 2.78, 1.0),
        ((1684, 595), 2.78, 1.0),  # two landscape pages on one sheet
        ((1654, 2339), 1.0, 2339 / 842),  # a point a pixel: A4 at 200 dpi
        ((3370, 2384), None, 1.0),  # a poster drawn as outlines
    ],
)
def test_how_large_the_paper_is(size: tuple[int, int], dots: float | None, unit: float) -> None:
    from extract.paper.scan.raster import scale_of

    assert scale_of(*size, dots)[1] == pytest.approx(unit)


def test_the_pixels_of_a_page_are_told() -> None:
    pictures = Pictures(holed(980, 210))
    assert pictures.dots(1) == pytest.approx(200 / 72, rel=0.01)
    pictures.close()


def test_a_line_of_dust_parts_no_cells_and_what_it_strikes_is_doubted() -> None:
    picture = table_picture()
    ImageDraw.Draw(picture).line((660, 0, 660, picture.height), fill=(60, 60, 60), width=2)
    document = read_document(pdf_of(picture), ".pdf")
    (table,) = [b for page in document.pages for b in page.blocks if isinstance(b, TablePart)]
    cells = sorted(table.cells, key=lambda c: (c.row, c.col))
    assert [(c.row, c.col) for c in cells] == [(r, c) for r in range(3) for c in range(2)]
    assert ["OCR存疑" in c.marks for c in cells] == [False, True] * 3
    assert [c.text for c in cells if c.col == 0] == ["2080501"] * 3


def test_a_table_that_fills_its_picture_is_no_dust() -> None:
    document = read_document(pdf_of(table_picture().crop((99, 59, 902, 362))), ".pdf")
    (table,) = [b for page in document.pages for b in page.blocks if isinstance(b, TablePart)]
    assert [c.text for c in sorted(table.cells, key=lambda c: (c.row, c.col))] == ["2080501", "1,234.56"] * 3


def test_a_box_that_grows_takes_in_the_stroke_above_it() -> None:
    """The lower stroke of 二, its upper one, and the rest of the line."""
    import numpy as np

    from extract.paper.scan.segments import Segment, _side_by_side

    pieces = [Segment(167, 912, 190, 920, 21), Segment(170, 899, 188, 901, 21), Segment(194, 897, 543, 920, 21)]
    (whole,) = _side_by_side(pieces, np.zeros((1000, 600), np.uint8))
    assert (whole.x0, whole.top, whole.x1, whole.bottom) == (167, 897, 543, 920)


def grey_seal(picture: Image.Image, x: int, y: int, radius: int, level: int = 95, width: int = 11) -> Image.Image:
    """A ring with a star, at 200 dpi, as dark as a red seal is in grey."""
    seal = Image.new("L", picture.size, 255)
    draw = ImageDraw.Draw(seal)
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=level, width=width)
    draw.regular_polygon((x, y, radius // 3), 5, fill=level)
    return ImageChops.multiply(picture, seal)


def tall_picture() -> Image.Image:
    """Eight rows of three cells, the middle ones empty."""
    picture = Image.new("L", (1200, 1000), 255)
    draw = ImageDraw.Draw(picture)
    for x in (100, 500, 700, 1100):
        draw.line((x, 100, x, 900), fill=0, width=3)
    for y in range(100, 901, 100):
        draw.line((100, y, 1100, y), fill=0, width=3)
    for y in range(130, 900, 100):
        draw.text((150, y), "2080501", fill=0, font_size=36)
        draw.text((840, y), "1,234.56", fill=0, font_size=36)
    return picture


@pytest.mark.parametrize("radius", [105, 160, 210])
@pytest.mark.parametrize(("level", "width"), [(95, 12), (160, 8)])
@pytest.mark.parametrize("place", [(450, 300), (30, 420)])
def test_a_seal_is_found_without_its_colour(radius: int, level: int, width: int, place: tuple[int, int]) -> None:
    import numpy as np

    from extract.paper.scan.raster import ink_of
    from extract.paper.scan.seals import seals_of

    plain = ruled_picture().convert("L")
    assert not seals_of(ink_of(np.asarray(plain)), 200).discs.any()
    seals = seals_of(ink_of(np.asarray(grey_seal(plain, *place, radius, level, width))), 200)
    y, x = np.ogrid[: plain.height, : plain.width]
    away = np.hypot(x - place[0], y - place[1])
    assert seals.discs[away <= radius + 5].all() and not seals.discs[away > radius + 30].any()
    assert seals.rings[abs(away - radius) < 5].all() and not seals.rings[away < radius - 40].any()


def test_rulings_go_on_under_a_seal_and_what_it_touches_is_doubted() -> None:
    plain = tall_picture()
    want = cells(read_document(pdf_of(plain), ".pdf"))
    got = cells(read_document(pdf_of(grey_seal(plain, 700, 430, 160)), ".pdf"))
    assert [(c.row, c.col, c.rowspan, c.colspan) for c in got] == [(c.row, c.col, c.rowspan, c.colspan) for c in want]
    wrong = [(a.text, b.text) for a, b in zip(want, got, strict=True) if a.text != b.text and "OCR存疑" not in b.marks]
    assert not wrong
    touched = [c for c in got if c.bbox and _touches(c.bbox, 700, 430, 160)]
    assert touched and all("OCR存疑" in c.marks for c in touched)
    assert any(c.text and "OCR存疑" not in c.marks for c in got)


def _touches(box: Box, x: int, y: int, radius: int) -> bool:
    """Does a disc (pixels at 200 dpi) reach into a box in points?"""
    x0, top, x1, bottom = (v * 200 / 72 for v in box)
    return bool((x - min(max(x, x0), x1)) ** 2 + (y - min(max(y, top), bottom)) ** 2 < radius**2)
