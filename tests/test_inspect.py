"""``yusuan inspect``: what a user sees of one document."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from typer.testing import CliRunner, Result

from extract.cli import app
from extract.paper.engines import open_engine
from extract.paper.model import TablePart
from extract.paper.page_layout import STAGES, lay_out, stages
from samples.house import build
from samples.paper import write_pdf

SAMPLES = Path(__file__).resolve().parent.parent / "samples"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["inspect", *map(str, arguments)])


def test_tables() -> None:
    done = run(SAMPLES / "portrait_numbered.pdf")
    assert done.exit_code == 0
    line = next(row for row in done.stdout.splitlines() if "表5-1" in row)
    assert "一般公共预算支出表(分功能科目)" in line and "已提取" in line and "7–8" in line
    assert any("空表有说明" in row for row in done.stdout.splitlines())


def test_rows_are_not_cut() -> None:
    done = run(SAMPLES / "portrait_numbered.pdf", "--table", 11)
    assert "42010125301T000000100" in done.stdout
    assert "…" not in done.stdout


def test_page_is_drawn(tmp_path: Path) -> None:
    png = tmp_path / "page.png"
    assert run(SAMPLES / "caption_in_grid.pdf", "--page", 3, "--png", png).exit_code == 0
    colours = {c for _, c in Image.open(png).convert("RGB").getcolors(1 << 24) or []}
    red = [c for c in colours if c[0] > 150 and c[1] < 80 and c[2] < 80]
    green = [c for c in colours if c[1] > c[0] + 40 and c[1] > c[2] + 40]
    blue = [c for c in colours if c[2] > c[0] + 60]
    assert red and green and blue


def test_every_stage_of_the_layout_is_drawn(tmp_path: Path) -> None:
    """A page without any ruling has no cell before the last stage."""
    pdf = tmp_path / "bare.pdf"
    pdf.write_bytes(write_pdf(build("A", 100), "bare"))
    opened = open_engine("pdfium", pdf.read_bytes())
    page = next(p for p in opened.pages() if any(isinstance(b, TablePart) for b in lay_out(p).blocks))
    opened.close()
    left = {name: [b for b in content.blocks if isinstance(b, TablePart)] for name, content in stages(page)}
    assert list(left) == list(STAGES)
    assert not left["continued"] and left["aligned"]
    drawn = {}
    for stage in ("ruled", "aligned"):
        png = tmp_path / f"{stage}.png"
        assert run(pdf, "--page", page.number, "--stage", stage, "--png", png).exit_code == 0
        drawn[stage] = png.read_bytes()
    assert drawn["ruled"] != drawn["aligned"]
    assert run(pdf, "--page", page.number, "--stage", "ruling").exit_code == 2


def test_no_such_thing() -> None:
    assert run(SAMPLES / "nowhere.pdf").exit_code == 1
    assert run(SAMPLES / "caption_in_grid.pdf", "--table", 99).exit_code == 2
    assert run(SAMPLES / "caption_in_grid.pdf", "--page", 99).exit_code == 2
    assert run(SAMPLES / "numbered_text.txt", "--page", 1).exit_code == 2
