"""Golden tests on the committed samples, and fresh documents of every style from the generator."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from extract.paper.engines import open_engine
from extract.paper.model import TablePart
from extract.paper.page_layout import lay_out, running
from samples.government import build_book
from samples.house import build
from samples.make import COMMITTED
from samples.paper import write_pdf
from samples.plain import write_text
from tests.truth import expected_from, expected_of, extracted, found_in, placed_chars

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
FILES = sorted(p for p in SAMPLES.iterdir() if p.suffix in {".pdf", ".txt"})
PDFS = [p for p in FILES if p.suffix == ".pdf"]


def test_every_sample_is_there() -> None:
    assert {p.stem for p in FILES} == {name for name, *_ in COMMITTED}


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_every_row_of_the_sample(path: Path) -> None:
    _, parsed = extracted(path.read_bytes(), path.suffix)
    expected = expected_from(path.with_name(f"{path.stem}.truth.jsonl"))
    found = found_in(parsed)
    assert found - expected == {}
    assert expected - found == {}


@pytest.mark.parametrize("style", "ABC")
@pytest.mark.parametrize("seed", range(100, 115))
def test_fresh_pdf(style: str, seed: int) -> None:
    sample = build(style, seed)
    _, parsed = extracted(write_pdf(sample), ".pdf")
    found, expected = found_in(parsed), expected_of(sample)
    assert found - expected == {}
    assert expected - found == {}


@pytest.mark.parametrize("seed", range(300, 303))
def test_fresh_book_of_a_government(seed: int) -> None:
    """Twenty-six tables, one of them over several pages whose margins are mirrored."""
    sample = build_book(seed)
    _, parsed = extracted(write_pdf(sample), ".pdf")
    assert len(parsed.tables) == len(sample.tables) == 26
    assert max(len(t.raw.pages) for t in parsed.tables if t.raw) > 3
    found, expected = found_in(parsed), expected_of(sample)
    assert found - expected == {}
    assert expected - found == {}


@pytest.mark.parametrize("style", "ABC")
@pytest.mark.parametrize("seed", range(200, 220))
def test_fresh_text(style: str, seed: int) -> None:
    sample = build(style, seed)
    for table in sample.tables:
        table.inside = False
    _, parsed = extracted(write_text(sample, seed).encode(), ".txt")
    found, expected = found_in(parsed), expected_of(sample)
    assert found - expected == {}
    assert expected - found == {}


@pytest.mark.parametrize("path", PDFS, ids=lambda p: p.name)
def test_engines_agree_on_cells(path: Path) -> None:
    """Both engines see the same cells with the same text on every page of every sample."""
    data = path.read_bytes()
    seen = {}
    for name in ("pdfium", "plumber"):
        engine = open_engine(name, data)
        seen[name] = [
            [
                sorted((c.row, c.col, c.rowspan, c.colspan, c.text) for c in block.cells)
                for block in lay_out(page).blocks
                if isinstance(block, TablePart)
            ]
            for page in engine.pages()
        ]
        engine.close()
    assert seen["pdfium"] == seen["plumber"]


@pytest.mark.parametrize("path", PDFS, ids=lambda p: p.name)
def test_no_char_is_lost(path: Path) -> None:
    _conserved(path.read_bytes())


@pytest.mark.parametrize("body", ["columns", "rows", "none", "bare"])
def test_no_char_is_lost_where_rulings_are_not_drawn(body: str) -> None:
    _conserved(write_pdf(build("A", 100), body))


def _conserved(data: bytes) -> None:
    """First conservation law: every char of a page is in exactly one cell or one line."""
    engine = open_engine("pdfium", data)
    above = None
    for page in engine.pages():
        printed = sorted(c for char in page.words for c in char.text)
        content = lay_out(page, above)
        above = running(content)
        assert placed_chars(content) == printed
    engine.close()


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_no_number_is_lost(path: Path) -> None:
    """Second law: every amount printed in the body of a table is a row of a dataset or of 未识别表."""
    from parsers.numbers import parse_amount

    _, parsed = extracted(path.read_bytes(), path.suffix)
    for table in parsed.tables:
        if table.raw is None:
            continue
        claimed = sorted(
            str(v).replace("\n", "")
            for rows in table.records().values()
            for r in rows
            for k, v in r.items()
            if k in {"原文", "科目编码", "项目总预算", "前年", "上年", "指标值", "起始年度", "终止年度", "_"} and v
        )
        for cell in table.raw.cells():
            text = cell.text.replace("\n", "")
            amount = parse_amount(text)
            if amount is None or table.raw.rows[cell.row].repeated or len(text) < 4 or text.isdigit():
                continue
            assert any(text == c or c.replace(",", "").endswith(text.replace(",", "")) for c in claimed), text


def test_samples_are_reproducible() -> None:
    data = [hashlib.sha256(write_pdf(build("C", 13))).hexdigest() for _ in range(2)]
    assert data[0] == data[1]
    assert hashlib.sha256((SAMPLES / "caption_in_grid.pdf").read_bytes()).hexdigest() == data[0]
