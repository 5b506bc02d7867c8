"""``yusuan status``, ``--version``, completion, the last line, and terminals that know ASCII only."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pikepdf
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from extract.batch.run import Options, convert_all
from extract.cli import app
from tests.test_pool import batch
from tests.test_robustness import SAMPLE, add_picture

ROOT = Path(__file__).resolve().parent.parent


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments)])


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    (path, _) = batch(tmp_path / "in", 2)
    (tmp_path / "in" / "web.pdf").write_bytes(b"<html>")
    convert_all([str(tmp_path / "in")], tmp_path / "out", Options(quiet=True, jobs=0))
    path.unlink()
    return tmp_path / "out"


def test_status_names_what_needs_a_look(outputs: Path) -> None:
    done = run("status", outputs)
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[0] == "3 documents: 1 失败, 2 成功, 1 来源不在"
    assert "NotAPDF" in done.stdout and "extract --prune drops it" in done.stdout
    assert "001.txt" not in done.stdout and "001.txt" in run("status", outputs, "--all").stdout
    rows = [json.loads(line) for line in run("status", outputs, "--json").stdout.splitlines()]
    assert {Path(r["来源"]).name: len(r["去向"]) for r in rows} == {"000.txt": 1, "001.txt": 0, "web.pdf": 1}


def test_status_finds_damage(outputs: Path) -> None:
    path = next((outputs / "支出总表").glob("*.parquet"))
    data = path.read_bytes()
    path.write_bytes(data[:40] + bytes(40) + data[80:])
    assert run("status", outputs).exit_code == 0
    done = run("status", outputs, "--verify")
    assert done.exit_code == 1 and f"{path.name}: not what was written" in done.stdout
    path.unlink()
    done = run("status", outputs)
    assert done.exit_code == 1 and f"{path.name}: missing" in done.stdout and "1 损坏" in done.stdout
    assert run("status", outputs / "nowhere").exit_code == 2


def test_version_and_completion() -> None:
    assert run("--version").stdout.startswith("yusuan ")
    assert "--install-completion" in run("--help").stdout


def test_one_document_is_no_plural(tmp_path: Path) -> None:
    batch(tmp_path / "in", 1)
    done = run("extract", tmp_path / "in", "-o", tmp_path / "out", "-q", "--jobs", 0)
    assert done.stderr.startswith("1 document (0 current, 0 failed), ")
    assert done.stderr.endswith("see {0}/文档清单 and {0}/表格清单\n".format(tmp_path / "out"))
    done = run("extract", tmp_path / "in", "-o", tmp_path / "en", "-q", "--jobs", 0, "--labels", "en")
    assert done.stderr.endswith("see {0}/documents and {0}/tables\n".format(tmp_path / "en"))


@pytest.mark.parametrize(("place", "state"), [(0, "成功"), (3, "部分")])
def test_a_picture_on_the_cover_alone_loses_nothing(
    place: int, state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the extra that recognises pictures."""
    for module in ("extract.paper.scan", "extract.paper.reading", "extract.shortfall"):
        monkeypatch.setattr(f"{module}.available", lambda: False)
    with pikepdf.open(SAMPLE) as pdf:
        add_picture(pdf)
        page = pdf.pages[-1]
        del pdf.pages[-1]
        pdf.pages.insert(place, page)
        (tmp_path / "in").mkdir()
        pdf.save(tmp_path / "in" / "cover.pdf")
    done = run("extract", tmp_path / "in", "-o", tmp_path / "out", "-q", "--jobs", 0)
    (row,) = pq.read_table(tmp_path / "out" / "文档清单").to_pylist()
    assert row["状态"] == state and f"第 {place + 1} 页只有图像" in row["错误"]
    assert ("1 partial (部分)" in done.stderr) is (state == "部分")


@pytest.mark.skipif(os.name != "posix", reason="a POSIX locale")
def test_a_locale_that_knows_no_chinese(tmp_path: Path) -> None:
    """LC_ALL=POSIX with UTF-8 mode off could name no folder: every document had crashed."""
    batch(tmp_path / "in", 1)
    environment = {**os.environ, "LC_ALL": "POSIX", "PYTHONPATH": str(ROOT), "PYTHONUTF8": "0"}
    command = [sys.executable, "-X", "utf8=0", "-m", "extract.cli", "extract", "in", "-o", "out", "-q", "--jobs", "1"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    assert "文档清单" in done.stderr.decode()
    assert list((tmp_path / "out" / "支出总表").glob("*.parquet"))
