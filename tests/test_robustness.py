"""Bad input: one clear line, the right exit code, a 失败 row; the others still convert."""

from __future__ import annotations

import shutil
from pathlib import Path

import pikepdf
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from extract.cli import app

SAMPLE = Path(__file__).resolve().parent.parent / "samples" / "portrait_numbered.pdf"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["extract", *map(str, arguments)])


def rows(out: Path) -> dict[str, tuple[str, str | None]]:
    table = pq.read_table(out / "文档清单").to_pylist()
    return {Path(r["来源"]).name: (r["状态"], r["错误代码"]) for r in table}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    source = tmp_path / "in"
    source.mkdir()
    shutil.copy(SAMPLE, source / "good.pdf")
    return source


def encrypted(target: Path) -> None:
    with pikepdf.open(SAMPLE) as pdf:
        pdf.save(target, encryption=pikepdf.Encryption(user="a", owner="b"))


BAD = {
    "web.pdf": (b"<html><body>404</body></html>", "NotAPDF"),
    "cut.pdf": (SAMPLE.read_bytes()[:20_000], "Damaged"),
    "stub.pdf": (b"%PDF-1.7\n", "Damaged"),
    "empty.pdf": (b"", "Empty"),
    "picture.txt": (bytes(range(256)) * 20, "NotText"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_file_costs_only_itself(folder: Path, tmp_path: Path, name: str) -> None:
    data, code = BAD[name]
    (folder / name).write_bytes(data)
    done = run(folder, "-o", tmp_path / "out")
    assert done.exit_code == 1
    assert rows(tmp_path / "out") == {name: ("失败", code), "good.pdf": ("成功", None)}
    lines = [line for line in done.stderr.splitlines() if name in line]
    assert len(lines) == 1 and code in lines[0]
    assert done.stdout == ""


def test_encrypted_file(folder: Path, tmp_path: Path) -> None:
    encrypted(folder / "locked.pdf")
    assert run(folder, "-o", tmp_path / "out").exit_code == 1
    assert rows(tmp_path / "out")["locked.pdf"] == ("失败", "Encrypted")


def test_owner_password_only_is_readable(folder: Path, tmp_path: Path) -> None:
    with pikepdf.open(SAMPLE) as pdf:
        pdf.save(folder / "restricted.pdf", encryption=pikepdf.Encryption(user="", owner="b"))
    assert run(folder, "-o", tmp_path / "out").exit_code == 0


def test_pictures_only(folder: Path, tmp_path: Path) -> None:
    pdf = pikepdf.new()
    page = pdf.add_blank_page()
    image = pikepdf.Stream(pdf, b"\0" * 300)
    image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    image.Width = image.Height = 10
    image.ColorSpace, image.BitsPerComponent = pikepdf.Name.DeviceRGB, 8
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=image))
    page.Contents = pdf.make_stream(b"q 500 0 0 700 20 20 cm /Im0 Do Q")
    pdf.save(folder / "scan.pdf")
    assert run(folder, "-o", tmp_path / "out").exit_code == 1
    assert rows(tmp_path / "out")["scan.pdf"] == ("失败", "NoTextLayer")


def test_missing_path(folder: Path, tmp_path: Path) -> None:
    done = run(folder, tmp_path / "nowhere.pdf", "-o", tmp_path / "out")
    assert done.exit_code == 1
    assert rows(tmp_path / "out") == {"nowhere.pdf": ("失败", "Unreadable"), "good.pdf": ("成功", None)}


def test_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    done = run(tmp_path / "in", "-o", tmp_path / "out")
    assert done.exit_code == 4
    assert len(done.stderr.strip().splitlines()) == 1


def test_output_cannot_be_written(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file, no folder")
    done = run(folder, "-o", tmp_path / "out")
    assert done.exit_code == 5
    assert len(done.stderr.strip().splitlines()) == 1


def test_usage(folder: Path) -> None:
    assert run().exit_code == 2
    assert run(folder, "--engine", "nonsense").exit_code == 2


def test_bug_is_named_as_a_bug(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("something of ours")

    monkeypatch.setattr("extract.convert.parse_stream", broken)
    done = run(folder, "-o", tmp_path / "out")
    assert done.exit_code == 70
    assert rows(tmp_path / "out") == {"good.pdf": ("失败", "Internal")}
    assert "something of ours" in done.stderr


def test_invalid_spec_stops_the_run(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from extract.errors import SpecError

    def broken() -> None:
        raise SpecError("03.toml: unknown keys ['titel']")

    monkeypatch.setattr("extract.run.specs", broken)
    assert run(folder, "-o", tmp_path / "out").exit_code == 9
    assert not (tmp_path / "out").exists()


def test_odd_names(folder: Path, tmp_path: Path) -> None:
    shutil.copy(SAMPLE.parent / "numbered_text.txt", folder / "a\nb\x1b[31m.txt")
    shutil.copy(SAMPLE.parent / "caption_in_grid.pdf", folder / "-q.PDF")
    done = run(folder, "-o", tmp_path / "out")
    assert done.exit_code == 0
    assert len(rows(tmp_path / "out")) == 3
    assert "\x1b" not in done.stderr
