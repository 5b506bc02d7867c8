"""Numbers that run over a ruling, and pages that the second engine reads better."""

from __future__ import annotations

import io
import resource
import signal
import time
from contextlib import suppress
from pathlib import Path

import pikepdf
import pytest
from reportlab.pdfgen.canvas import Canvas

from extract.convert import Recipe, convert
from extract.doors import read_document
from extract.paper.model import BROKEN, GARBLED, Box, Page, PageLayout, Ruling, TablePart, Word
from extract.paper.page_layout import lay_out
from extract.paper.ruled.cells import OVERFLOWING
from extract.paper.second_engine import SECOND, CellReader, Opinions, SecondEngine
from tests.test_engines import ENGINES, cells_of, drawn, page_of


def tables_of(content: PageLayout) -> list[TablePart]:
    return [b for b in content.blocks if isinstance(b, TablePart)]


def grid(canvas: Canvas) -> None:
    canvas.grid([50, 90, 150, 250], [100, 130, 160])


@pytest.mark.parametrize("engine", ENGINES)
def test_number_over_a_ruling_stays_whole(engine: str) -> None:
    """The amount fills its narrow column and runs on to the left, as spreadsheets print it."""

    def draw(canvas: Canvas) -> None:
        grid(canvas)
        canvas.drawRightString(148, 140, "123,456,789.01")
        canvas.drawString(160, 140, "支出")

    page = page_of(drawn(draw), engine)
    assert cells_of(page) == [[(0, 1, "123,456,789.01"), (0, 2, "支出")]]
    (table,) = tables_of(lay_out(page))
    assert [c.text for c in table.cells if OVERFLOWING in c.marks] == ["123,456,789.01"]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("left", "right"), [("10.00", "20.00"), ("1,234.50", "-6.10"), ("204", "99.10")])
def test_numbers_of_two_cells_stay_two(engine: str, left: str, right: str) -> None:
    def draw(canvas: Canvas) -> None:
        grid(canvas)
        canvas.drawRightString(88, 140, left)
        canvas.drawString(92, 140, right)

    assert cells_of(page_of(drawn(draw), engine)) == [[(0, 0, left), (0, 1, right)]]


def page(texts: str = "合计 12.50", ruled: bool = True, marks: tuple[str, ...] = ()) -> Page:
    chars = [Word(c, 10 + 10 * i, 22, 20 + 10 * i, 32) for i, c in enumerate(texts) if c != " "]
    hs = [Ruling(5, y, 200, y) for y in (20, 40, 60)] if ruled else []
    vs = [Ruling(x, 20, x, 60) for x in (5, 35, 200)] if ruled else []
    return Page(1, 300, 300, chars, hs, vs, marks=marks)


@pytest.mark.parametrize(
    ("first", "changed"),
    [
        (page(), False),
        (page("\ue001\ue002\ue003\ufffd 12.50"), True),
        (page("", ruled=False, marks=(BROKEN,)), True),
    ],
)
def test_second_engine_reads_what_looks_broken(first: Page, changed: bool) -> None:
    opinions = Opinions(lambda number: page())
    content = opinions.better(first, lay_out(first))
    assert opinions.changed == ([1] if changed else [])
    assert all((SECOND in cell.marks) is changed for table in tables_of(content) for cell in table.cells)


def test_first_reading_stands_when_the_second_is_no_better() -> None:
    first = page("\ue001\ue002\ue003\ufffd 12.50")
    for other in (None, page("\ue001\ue002\ue003\ufffd 12.50"), page("\ue001\ue002\ue003\ufffd\ufffd 12.50")):
        opinions = Opinions(lambda number, other=other: other)  # type: ignore[misc]
        content = lay_out(first)
        assert opinions.better(first, content) is content


def test_question_is_dropped_after_some_opinions_in_vain() -> None:
    asked: list[int] = []

    def second(number: int) -> None:
        asked.append(number)

    opinions = Opinions(second)
    first = page("\ue001\ue002\ue003\ufffd 12.50")
    for _ in range(50):
        opinions.better(first, lay_out(first))
    assert 0 < len(asked) < 10


def test_tables_without_rulings_do_not_use_up_the_questions_about_garbled_text() -> None:
    asked: list[int] = []

    def second(number: int) -> None:
        asked.append(number)

    opinions = Opinions(second)
    unruled = page()
    content = lay_out(unruled)
    content.blocks = [TablePart(1, Box(0, 0, 9, 9), [0, 9], 1, [], "aligned")]
    for _ in range(50):
        opinions.better(unruled, content)
    assert 0 < len(asked) < 5
    asked.clear()
    garbled = page("\ue001\ue002\ue003\ufffd 12.50")
    opinions.better(garbled, lay_out(garbled))
    assert asked == [1]


def test_rulings_that_only_one_engine_reaches() -> None:
    """Rulings in forms nested deeper than pdfium's reader follows: the page takes pdfplumber's grid, and says so."""

    def draw(canvas: Canvas) -> None:
        for row in range(6):
            for i, text in enumerate(("合计", "12,345.67", "98.00") if row else ("项目", "预算数", "决算数")):
                canvas.drawString(55 + 100 * i, 240 - 30 * row, text)

    pdf = pikepdf.open(io.BytesIO(drawn(draw)))
    content = b"".join(b"%d 80 m %d 260 l S " % (x, x) for x in (50, 150, 250, 350))
    content += b"".join(b"50 %d m 350 %d l S " % (y, y) for y in range(80, 261, 30))
    form = None
    for _ in range(15):
        stream = pikepdf.Stream(pdf, content if form is None else b"/F Do")
        stream.Type, stream.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
        stream.BBox = [0, 0, 400, 300]
        stream.Resources = pikepdf.Dictionary() if form is None else pikepdf.Dictionary(XObject={"/F": form})
        form = pdf.make_indirect(stream)
    first = pdf.pages[0]
    first.Resources.XObject = pikepdf.Dictionary(F=form)
    first.contents_add(b"/F Do")
    out = io.BytesIO()
    pdf.save(out)
    document = read_document(out.getvalue(), ".pdf", "pdfium")
    (table,) = tables_of(document.pages[0])
    assert table.origin == "ruled"
    assert [c.text for c in table.cells if c.row == 1] == ["合计", "12,345.67", "98.00"]
    assert all(SECOND in c.marks for c in table.cells)
    assert document.marks == ("第 1 页改用plumber",)


@pytest.mark.parametrize("engine", ENGINES)
def test_glyph_without_a_character_is_not_dropped(engine: str) -> None:
    """The font lacks these ideographs: its map says U+0000."""
    page = page_of(drawn(lambda canvas: canvas.drawString(50, 140, "项目\u9fa0\u9fa1人")), engine)
    assert "".join(c.text for c in page.words) == "项目\ufffd\ufffd人"


def test_second_opinion_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A damaged page on which the second engine worked for 47 seconds once cost the document that the first had read."""

    class Endless:
        def page_count(self) -> int:
            return 9

        def page(self, number: int) -> Page:
            while True:
                with suppress(Exception):
                    sum(range(1000))

        def close(self) -> None:
            pass

    monkeypatch.setattr("extract.paper.second_engine.open_engine", lambda name, data: Endless())
    monkeypatch.setattr("extract.paper.second_engine._CPU_LIMIT", 0.2)
    engine = SecondEngine("plumber", b"")
    begun = time.process_time()
    assert engine.page(1) is None and engine.page(2) is None
    assert time.process_time() - begun < 5
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)


def test_second_opinion_may_not_eat_all_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    class Greedy:
        def page_count(self) -> int:
            return 9

        def page(self, number: int) -> Page:
            return Page(1, len(bytearray(2 << 30)), 0.0, [], [], [])

        def close(self) -> None:
            pass

    monkeypatch.setattr("extract.paper.second_engine.open_engine", lambda name, data: Greedy())
    before = resource.getrlimit(resource.RLIMIT_AS)
    assert SecondEngine("plumber", b"").page(1) is None
    assert resource.getrlimit(resource.RLIMIT_AS) == before


@pytest.mark.parametrize("turn", [False, True])
def test_cells_of_a_turned_page_are_found_again(turn: bool) -> None:
    """The box that is told on the displayed page leads the second engine to the same cell."""

    def draw(canvas: Canvas) -> None:
        if turn:
            canvas.translate(400, 0)
            canvas.rotate(90)
        canvas.grid([50, 150, 250, 350], [100, 130, 160, 190])
        canvas.drawString(155, 140, "12,345.67")

    data = drawn(draw, (400, 400))
    document = read_document(data, ".pdf", "pdfium")
    (cell,) = (c for t in tables_of(document.pages[0]) for c in t.cells if c.text)
    with CellReader(document, data) as reader:
        assert reader.confirm(1, cell.bbox, "12,345.67") is True
        assert reader.confirm(1, cell.bbox, "12,345.76") is False


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("一般|共服á支出¯政Ïá行政运行Ïá一般行政管理Ïá合«Ï业收入", (GARBLED,)),
        ("气温 25°C，误差 ±0.5，3×4＝12，张·王，见 § 3，" + "一般公共服务支出" * 9, ()),
        ("é" * 8 + "一般公共服务支出" * 90, ()),  # a few foreign names on a long page
        ("鼄鼂鼇鼑鼓鼐鼋鼀鼂鼂鼆鼁鼇鼂" + "支出" * 9, (GARBLED,)),
        ("ฅฃจฒดฑฌกฃฃงขจฃ" * 2, (GARBLED,)),
        ("\ue004\ue002\ue007" * 4 + "支出", (GARBLED,)),
        ("一般公共預算財政撥款收支總表" * 3, ()),
        ("བོད་རང་སྐྱོང་ལྗོངས་" + "一般公共预算财政拨款收支总表", ()),
        ('!"#$%&’()*+,-２０２５&\'!"#;<=>?@AB' * 2, (GARBLED,)),  # a font's own codes
        ('《一般公共预算》("三公")<见附件>;' + "一般公共服务支出" * 9, ()),
        ("龑喆淼钰嫄堃犇翀" + "一般公共预算财政拨款收支总表" * 2, ()),  # rare names
    ],
)
def test_text_layer_of_wrong_characters_is_said(text: str, marks: tuple[str, ...]) -> None:
    page = Page(1, 600.0, 800.0, [Word(c, 10.0 * i, 10.0, 10.0 * i + 9, 20.0) for i, c in enumerate(text)], [], [])
    assert Opinions(lambda number: None).better(page, lay_out(page)).marks == marks


def test_garbled_document_is_partial(tmp_path: Path) -> None:
    """Whoever rewrote the file broke its tables of characters: every reader gets letters for ideographs."""

    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 200, "预算单位")
        canvas.setFont("Helvetica", 10)
        canvas.drawString(50, 180, "\xe1\xdf\xcf\xab\xaf\xff" * 4)

    path = tmp_path / "garbled.pdf"
    path.write_bytes(drawn(draw))
    result = convert(path, Recipe(tmp_path / "out"))
    assert (result.status, result.error_code) == ("部分", "PageGarbled")
    assert result.error == "第 1 页文字层不可信，多为乱码"
