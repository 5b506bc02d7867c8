"""``yusuan inspect``: what a user sees of one document."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from typer.testing import CliRunner, Result

from extract.cli import app

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


def test_no_such_thing() -> None:
    assert run(SAMPLES / "nowhere.pdf").exit_code == 1
    assert run(SAMPLES / "caption_in_grid.pdf", "--table", 99).exit_code == 2
    assert run(SAMPLES / "caption_in_grid.pdf", "--page", 99).exit_code == 2
    assert run(SAMPLES / "numbered_text.txt", "--page", 1).exit_code == 2
