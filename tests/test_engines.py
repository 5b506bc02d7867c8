"""What the engines promise of a page: displayed space, clipped, no double prints, radicals mapped."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from extract.doors.text import read_text
from extract.paper.engines import open_engine
from extract.paper.engines.glyphs import NAMELESS, RADICALS, drop_overprints, mend
from extract.paper.engines.rulings import RulingSink
from extract.paper.geometry import turned, upright
from extract.paper.model import OPAQUE, Page, TablePart, Word
from extract.paper.page_layout import TURNED, lay_out

FONT = Path(__file__).resolve().parent.parent / "samples" / "fonts" / "YusuanSample.ttf"
ENGINES = ("pdfium", "plumber")


def drawn(draw: Callable[[Canvas], None], size: tuple[float, float] = (400, 300)) -> bytes:
    pdfmetrics.registerFont(TTFont("sample", FONT))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=size)
    canvas.setFont("sample", 10)
    draw(canvas)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def page_of(data: bytes, engine: str) -> Page:
    opened = open_engine(engine, data)
    try:
        return opened.page(1)
    finally:
        opened.close()


def text_of(page: Page) -> str:
    return "".join(c.text for c in page.words)


def cells_of(page: Page) -> list[list[tuple[int, int, str]]]:
    return [
        sorted((c.row, c.col, c.text) for c in block.cells if c.text)
        for block in lay_out(page).blocks
        if isinstance(block, TablePart)
    ]


def table(canvas: Canvas) -> None:
    canvas.grid([50, 150, 250, 350], [100, 130, 160, 190])
    for i, text in enumerate(("合计", "12,345.67", "支出")):
        canvas.drawString(55 + 100 * i, 140, text)


EXPECTED = [[(1, 0, "合计"), (1, 1, "12,345.67"), (1, 2, "支出")]]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("angle", [0, 90, 180, 270])
def test_rotated_page_reads_as_displayed(engine: str, angle: int) -> None:
    """/Rotate turns the display: the content is drawn turned back, so that it stands upright again."""

    def draw(canvas: Canvas) -> None:
        canvas.translate(300, 300)
        canvas.rotate(angle)
        canvas.translate(-200, -150)
        table(canvas)

    with pikepdf.open(io.BytesIO(drawn(draw, (600, 600)))) as pdf:
        pdf.pages[0].Rotate = angle
        buffer = io.BytesIO()
        pdf.save(buffer)
    assert math.isclose(page_of(buffer.getvalue(), engine).width, 600)
    assert cells_of(page_of(buffer.getvalue(), engine)) == EXPECTED


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("angle", [90, 180, 270])
def test_page_that_lies_on_its_side(engine: str, angle: int) -> None:
    """A landscape table on a portrait page once came out as reversed words and numbers, and nobody said so.

    It is read upright; the boxes are of the page as displayed, and the cells say what was done.
    """

    def draw(canvas: Canvas) -> None:
        canvas.translate(300, 200)
        canvas.rotate(angle)
        canvas.translate(-200, -150)
        table(canvas)

    page = page_of(drawn(draw, (600, 400)), engine)
    assert cells_of(page) == EXPECTED
    (laid,) = (b for b in lay_out(page).blocks if isinstance(b, TablePart))
    (cell,) = (c for c in laid.cells if c.text == "12,345.67")
    assert TURNED in cell.marks
    # its middle stands at (200, 145) of the drawing, 5 below the turning point, which is displayed at (300, 200)
    x, y = {90: (305, 200), 180: (300, 195), 270: (295, 200)}[angle]
    assert cell.bbox is not None
    assert (cell.bbox.x_mid, cell.bbox.y_mid) == pytest.approx((x, y), abs=0.5)


@pytest.mark.parametrize("engine", ENGINES)
def test_dotted_border_drawn_dot_by_dot(engine: str) -> None:
    """A browser draws each dot as a square of its own; all of a table's rulings once were left out as dirt."""

    def draw(canvas: Canvas) -> None:
        for x in (50, 150, 250, 350):
            for i in range(61):
                canvas.rect(x, 100 + 1.5 * i, 0.75, 0.75, stroke=0, fill=1)
        for y in (100, 130, 160, 190):
            for i in range(201):
                canvas.rect(50 + 1.5 * i, y, 0.75, 0.75, stroke=0, fill=1)
        for i, text in enumerate(("合计", "12,345.67", "支出")):
            canvas.drawString(55 + 100 * i, 140, text)

    assert cells_of(page_of(drawn(draw), engine)) == EXPECTED


def test_specks_make_no_ruling() -> None:
    sink = RulingSink(600, 800)
    for i in range(200):
        sink.thin_box(x := (i * 37) % 590, y := (i * 91) % 790, x + 0.5, y + 0.5)
    sink.join_dots()
    assert (sink.horizontals, sink.verticals) == ([], [])


@pytest.mark.parametrize("turns", range(4))
def test_turning_back_is_the_inverse(turns: int) -> None:
    box = (10.0, 20.0, 40.0, 30.0)
    width, height = (300.0, 200.0) if turns % 2 else (200.0, 300.0)
    assert turned(turned(box, turns, 200.0, 300.0), -turns, width, height) == box


@pytest.mark.parametrize("engine", ENGINES)
def test_page_without_one_direction_stays_as_displayed(engine: str) -> None:
    """Half of the text runs along, half up: no majority turns the page, least of all back over its own /Rotate."""

    def draw(canvas: Canvas) -> None:
        canvas.drawString(100, 100, "收入支出")
        canvas.rotate(90)
        canvas.drawString(150, -250, "收入支出")

    with pikepdf.open(io.BytesIO(drawn(draw))) as pdf:
        pdf.pages[0].Rotate = 90
        buffer = io.BytesIO()
        pdf.save(buffer)
    page = page_of(buffer.getvalue(), engine)
    assert (page.width, page.height, page.turn) == (300, 400, 0)


def test_few_slanting_words_turn_no_page() -> None:
    assert [upright([0.0] * 9 + [math.pi / 2] * 5), upright([math.pi / 2] * 9 + [0.0] * 5), upright([])] == [0, 1, 0]
    assert upright([math.nan] * 3) == 0


@pytest.mark.parametrize("engine", ENGINES)
def test_content_off_the_page_is_not_read(engine: str) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 150, "收入")
        canvas.drawString(50, -40, "支出")

    assert text_of(page_of(drawn(draw), engine)) == "收入"


@pytest.mark.parametrize("engine", ENGINES)
def test_fake_bold_is_read_once(engine: str) -> None:
    def draw(canvas: Canvas) -> None:
        for shift in (0, 0.3, 0.6):
            canvas.drawString(50 + shift, 150, "合计12.50")

    assert text_of(page_of(drawn(draw), engine)) == "合计12.50"


@pytest.mark.parametrize("engine", ENGINES)
def test_thin_rectangles_are_rulings(engine: str) -> None:
    def draw(canvas: Canvas) -> None:
        for x in (50, 150, 250, 350):
            canvas.rect(x, 100, 0.5, 90, stroke=0, fill=1)
        for y in (100, 130, 160, 190):
            canvas.rect(50, y, 300, 0.5, stroke=0, fill=1)
        for i, text in enumerate(("合计", "12,345.67", "支出")):
            canvas.drawString(55 + 100 * i, 140, text)

    assert cells_of(page_of(drawn(draw), engine)) == EXPECTED


@pytest.mark.parametrize("engine", ENGINES)
def test_shaded_areas_are_no_rulings(engine: str) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFillGray(0.9)
        canvas.rect(60, 105, 80, 20, stroke=0, fill=1)
        canvas.setFillGray(0)
        table(canvas)

    assert cells_of(page_of(drawn(draw), engine)) == EXPECTED


@pytest.mark.parametrize("engine", ENGINES)
def test_a_word_over_a_ruling_is_parted(engine: str) -> None:
    """Two numbers printed without a gap belong to the cells that they stand in."""

    def draw(canvas: Canvas) -> None:
        canvas.grid([50, 150, 250, 350], [100, 130, 160, 190])
        width = canvas.stringWidth("1,234.50")
        canvas.drawString(150 - width, 140, "1,234.509,876.00")

    assert cells_of(page_of(drawn(draw), engine)) == [[(1, 0, "1,234.50"), (1, 1, "9,876.00")]]


def test_content_below_an_offset_page_box() -> None:
    with pikepdf.open(io.BytesIO(drawn(table))) as pdf:
        pdf.pages[0].MediaBox = [20, 30, 380, 290]
        buffer = io.BytesIO()
        pdf.save(buffer)
    seen = [cells_of(page_of(buffer.getvalue(), engine)) for engine in ENGINES]
    assert seen == [EXPECTED, EXPECTED]


def test_radicals() -> None:
    assert mend("⼀般公共预算⽀出 ⻋辆 ⻔ ⻓") == "一般公共预算支出 车辆 门 长"
    assert all(len(RADICALS[c]) == 1 for c in range(0x2F00, 0x2FD6))


def test_neighbours_are_no_overprint() -> None:
    chars = [Word("1", 10, 10, 15, 20), Word("1", 15, 10, 20, 20), Word("1", 10.4, 10.2, 15.4, 20.2)]
    assert drop_overprints(chars) == chars[:2]


def test_unknown_engine() -> None:
    from extract.errors import UsageError

    with pytest.raises(UsageError):
        open_engine("camelot", b"%PDF-")


def test_text_tags_pipes_and_separators() -> None:
    document = read_text("表1\n|科目|<b>金额</b>|\n|---|---|\n|<p>办公费</p>|5.00|\n\n\t水费\t1.00\n".encode())
    (part,) = [b for b in document.pages[0].blocks if isinstance(b, TablePart)]
    rows = [[c.text for c in part.cells if c.row == r] for r in range(part.nrows)]
    assert rows[:2] == [["科目", "金额", ""], ["办公费", "5.00", ""]]
    assert part.gaps == {2}


def test_a_line_of_dashes_and_tabs_heads_no_new_table() -> None:
    document = read_text("名称\t说明\n长期\t甲\n\n年度\t乙\n------\t--\n其他\t丙\n".encode())
    (part,) = [b for b in document.pages[0].blocks if isinstance(b, TablePart)]
    assert part.nrows == 4


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_encodings(encoding: str) -> None:
    document = read_text("收支总表\n收入\t1.00\n".encode(encoding))
    assert document.pages[0].blocks[0].text == "收支总表"  # type: ignore[union-attr]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("unit", "read"), [("D840DC0B", "\U0002000b"), ("D840", NAMELESS), ("DC0B", NAMELESS)])
def test_characters_of_two_units(engine: str, unit: str, read: str) -> None:
    """Rare ideographs of names take two units; half of one once ended a document as a bug of ours."""
    with pikepdf.open(io.BytesIO(drawn(lambda canvas: canvas.drawString(50, 50, "合计")))) as pdf:
        (font,) = (f for f in pdf.pages[0].Resources.Font.values() if "/ToUnicode" in f)
        cmap = font.ToUnicode.read_bytes().replace(b"<5408>", f"<{unit}>".encode())
        font.ToUnicode = pdf.make_stream(cmap)
        buffer = io.BytesIO()
        pdf.save(buffer)
    assert text_of(page_of(buffer.getvalue(), engine)) == f"{read}计"


def nested(canvas: Canvas, depth: int) -> None:
    """A table drawn in a form in a form in a form …, ``depth`` of them."""
    for level in range(depth):
        canvas.beginForm(f"form{level}")
        if level:
            canvas.doForm(f"form{level - 1}")
        else:
            canvas.setFont("sample", 10)
            table(canvas)
        canvas.endForm()
    canvas.doForm(f"form{depth - 1}")


@pytest.mark.parametrize(("depth", "marks"), [(1, ()), (12, ()), (16, (OPAQUE,))])
def test_table_in_nested_forms(depth: int, marks: tuple[str, ...]) -> None:
    """What stands too deep to be followed is said, not left out in silence."""
    page = page_of(drawn(lambda canvas: nested(canvas, depth)), "pdfium")
    assert page.marks == marks
    assert marks or cells_of(page) == EXPECTED
