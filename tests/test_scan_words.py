"""Names read with one character in doubt: the dictionary puts right what it makes unambiguous, and says so."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from extract.doors import read_document
from extract.paper import scan
from extract.paper.model import Cell, TablePart
from extract.paper.third_engine import Recognition
from samples.font import FONT

pytestmark = pytest.mark.skipif(not scan.available(), reason="the extra ocr is not installed")

NAME, MISREAD = "社会保障和就业支出", "社会保障和就业文出"
WORDS = frozenset(("行政运行", "事业运行", "事业运营", "住房公积金", "教育支出", "2080505"))


@pytest.mark.parametrize(
    ("read", "at", "others", "put"),
    [
        ("住房公积全", 4, "全金", "住房公积金"),
        ("（二）住房公积全", 7, "全金", "（二）住房公积金"),
        ("十、教育支山", 5, "山出", "十、教育支出"),
        ("住房公积全", 4, "全令", None),  # the recogniser never thought of it
        ("住房公积全", None, "", None),  # the recogniser is sure
        ("事业运竹", 3, "竹行营", None),  # two words fit
        ("事业运营", 3, "营行", None),  # a word as it stands
        ("任房公积全", 4, "全金", None),  # two characters apart
        ("2080506", 6, "65", None),  # a digit is never put right
    ],
)
def test_what_the_dictionary_puts_right(read: str, at: int | None, others: str, put: str | None) -> None:
    from extract.paper.scan.dictionary import Dictionary
    from extract.paper.scan.models import Letter

    letters = [Letter(c, 0.4, others) if i == at else Letter(c, 0.99) for i, c in enumerate(read)]
    slip = Dictionary(WORDS).slip(letters)
    assert (read[: slip.at] + slip.character + read[slip.at + 1 :] if slip else None) == put


@lru_cache(maxsize=1)
def one_page() -> bytes:
    """Two rows of a name and a number."""
    picture = Image.new("RGB", (1000, 340), "white")
    draw = ImageDraw.Draw(picture)
    for x in (60, 600, 900):
        draw.line((x, 60, x, 260), fill="black", width=3)
    for y in (60, 160, 260):
        draw.line((60, y, 900, y), fill="black", width=3)
    for y, name in ((90, NAME), (190, "教育支出")):
        draw.text((80, y), name, fill="black", font=ImageFont.truetype(FONT, 36))
        draw.text((640, y), "1,234.56", fill="black", font=ImageFont.truetype(FONT, 36))
    out = io.BytesIO()
    picture.save(out, "PDF", resolution=200)
    return out.getvalue()


def cells(words: frozenset[str]) -> list[Cell]:
    document = read_document(one_page(), ".pdf", how=Recognition(lambda: words))
    return [c for page in document.pages for b in page.blocks if isinstance(b, TablePart) for c in b.cells]


@pytest.mark.parametrize("known", [True, False])
def test_a_cell_keeps_its_first_reading(known: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    from extract.paper.scan import readings
    from extract.paper.scan.models import Grey, Recognised, recogniser

    class Misreads:
        """Reads 支 as 文 in one name, and is not sure of it."""

        def read(self, strips: Sequence[Grey]) -> list[Recognised]:
            return [self._misread(found) for found in recogniser().read(strips)]

        def _misread(self, found: Recognised) -> Recognised:
            if found.text != NAME:
                return found
            letters = [x._replace(text="文", sure=0.4, others="文支") if x.text == "支" else x for x in found.letters]
            return Recognised(tuple(letters))

    monkeypatch.setattr(readings, "recogniser", Misreads)
    found = next(c for c in cells(frozenset((NAME,)) if known else frozenset()) if c.text in (NAME, MISREAD))
    assert (found.text, found.first) == ((NAME, MISREAD) if known else (MISREAD, None))
    assert found.marks == (("OCR词典", "OCR") if known else ("OCR", "OCR存疑"))


def test_a_run_hands_its_words_to_the_recogniser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from extract import convert as conversion
    from extract.recipe import Recipe

    asked: list[frozenset[str]] = []
    real = conversion.read_document

    def noting(data: bytes, suffix: str, engine: str, how: Recognition) -> object:
        asked.append(how.words())
        return real(data, suffix, engine, how)

    monkeypatch.setattr(conversion, "read_document", noting)
    source = tmp_path / "a.txt"
    source.write_text("东湖市司法局2024年部门预算\n", encoding="utf-8")
    conversion.convert(source, Recipe(tmp_path / "out"))
    assert {"行政运行", "2080505", "一般公共预算支出表"} <= asked[0]


@pytest.mark.parametrize(
    ("column", "odd"),
    [
        ("201 20101 2010101 205 20502 2050202", ""),
        ("201 20101 2010101 205 20502 2030202", "2030202"),  # what it belongs under is not printed
        ("201 20101 2010101 2010108 205 20502 2050202", ""),  # unknown, but in its place
        ("201 20101 2010101 2050208 205 20502 2050202", "2050208"),  # out of order
        ("201 20101 2010101 205 20502 20598", "20598"),  # unknown, and not surely read
        ("1100 2100 2030202", ""),  # no column of codes
    ],
)
def test_codes_that_the_dictionary_does_not_hold(column: str, odd: str) -> None:
    from extract.paper.scan.dictionary import Dictionary

    codes = frozenset(["201", "20101", "2010101", "203", "205", "20502", "2050202"])
    texts = column.split()
    found = Dictionary(codes).odd_codes([(text, 0.95 if text == "20598" else 0.999) for text in texts])
    assert " ".join(texts[i] for i in sorted(found)) == odd
