"""README says what is so: its Python runs, its commands and options exist, its rows are those of a run."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from typer.main import get_command
from typer.testing import CliRunner

from extract.cli import app
from extract.convert import doc_id_of
from tests.laws import leaves_add_up, read_run

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", README, re.S)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with samples/ and outputs/, as ``make extract`` leaves it."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "samples").symlink_to(ROOT / "samples")
    CliRunner().invoke(app, ["extract", str(folder / "samples") + "/", "-o", str(folder / "outputs"), "-q"])
    return folder


def test_every_python_block_runs(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    blocks = [text for language, text in BLOCKS if language == "python"]
    assert blocks
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})


def test_the_rows_shown_are_those_of_the_outputs(place: Path) -> None:
    (sample,) = re.findall(r"A printed table, page \d+ of `(\S+)`", README)
    document = doc_id_of((ROOT / sample).read_bytes())
    rows = [r for r in pq.read_table(place / "outputs" / "支出总表").to_pylist() if r["文档"] == document]
    written = {
        (r["行号"], r["指标"], "null" if r["金额"] is None else str(r["金额"]), r["原文"] or "null", f"{r['x0']:.1f}")
        for r in rows
    }
    shown = [line.split() for line in next(t for _, t in BLOCKS if t.startswith("表号")).splitlines()[1:]]
    assert shown and {(int(c[1]), c[8], c[9], c[10], c[13]) for c in shown} <= written


def test_sums_over_leaves_are_the_printed_totals(place: Path) -> None:
    """Sum only 末级 rows: in every printed column that has one total they add up to it."""
    run = read_run(place / "outputs")
    assert sum(1 for r in run.claimed if r["级次"] == "合计") > 50
    assert list(leaves_add_up(run)) == []


def test_duckdb_reads_a_folder(place: Path) -> None:
    files = place / "outputs" / "支出总表" / "*.parquet"
    (count,) = duckdb.connect().execute(f"select count(*) from '{files}'").fetchall()[0]
    assert count == pq.read_table(files.parent).num_rows


def _commands(group: Any, name: str = "") -> dict[str, set[str]]:
    found = {name.strip(): {o for p in group.params for o in p.opts}}
    for inner, command in getattr(group, "commands", {}).items():
        found |= _commands(command, f"{name} {inner}")
    return found


def test_commands_and_options_exist() -> None:
    known = _commands(get_command(app))
    command, seen = "", set()
    for line in next(text for _, text in BLOCKS if text.startswith("yusuan extract")).splitlines():
        if line.startswith("yusuan "):
            words = line.split()[1:]
            command = next(c for c in (" ".join(words[:2]), words[0]) if c in known)
            seen.add(command)
        for option in re.findall(r"(?<![\w-])--?[a-z][a-z-]*", line):
            assert option in known[command], (command, option)
    assert {"extract", "check", "collect", "query", "export", "inspect"} <= seen
    assert os.sep == "/" or seen


TUTORIAL = re.findall(r"```(\w*)\n(.*?)```", (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8"), re.S)


def test_the_tutorial_runs(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    assert CliRunner().invoke(app, ["collect", "outputs", "-o", "panel"]).exit_code == 0
    for language, text in TUTORIAL:
        if language == "python":
            exec(compile(text, "tutorial.md", "exec"), {})
        elif language == "sql":
            done = CliRunner().invoke(app, ["query", text, "--outputs", "panel", "--csv"])
            assert done.exit_code == 0 and len(done.stdout.splitlines()) > 2, done.stderr
    known = _commands(get_command(app))
    for words in re.findall(r"yusuan ([a-z]+[^`\n]*)", (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")):
        assert set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", words)) <= known[words.split()[0]], words
