"""README and the pages of docs/ say what is so: their blocks run, their commands and options exist, their links lead
somewhere, the rows shown are those of a run.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from extract.cli import app
from extract.convert import doc_id_of
from parsers.specs.rulebook import KINDS, page
from parsers.specs.rules import KINDS as known_kinds
from parsers.specs.rules import meanings
from tests.laws import leaves_add_up, read_run
from tests.notebook import code_cells, draws, run_cells
from tests.pages import PAGES, ROOT, blocks, broken_links, commands, known_commands, run_block

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = blocks(ROOT / "README.md")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with samples/ but its scans, outputs/ and panel/."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "samples").mkdir()
    for sample in (*(ROOT / "samples").glob("*.pdf"), *(ROOT / "samples").glob("*.txt")):
        shutil.copy(sample, folder / "samples")
    runner = CliRunner()
    runner.invoke(app, ["extract", f"{folder}/samples", "-o", str(folder / "outputs"), "-q"])
    assert runner.invoke(app, ["collect", str(folder / "outputs"), "-o", str(folder / "panel")]).exit_code == 0
    return folder


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.name)
def test_every_block_runs(path: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    for language, text in blocks(path):
        run_block(language, text)


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(path: Path) -> None:
    assert broken_links(path) == []


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A head\n[a](page.md#a-head) [b](none.md) [c](#no-head) [d](https://example.org)\n", encoding="utf-8"
    )
    assert broken_links(page) == ["none.md", "#no-head"]


@pytest.mark.parametrize("path", PAGES[1:], ids=lambda p: p.name)  # README's list is tested below
def test_options_of_commands_exist(path: Path) -> None:
    known = known_commands()
    for _, text in blocks(path):
        for words in commands(text):
            command = next(c for c in (" ".join(words[:2]), words[0]) if c in known)
            assert {w for w in words if re.match("--?[a-z]", w)} <= known[command], words


def test_stata_lines_name_variables_of_the_export(place: Path, tmp_path: Path) -> None:
    import pyreadstat

    (text,) = (text for language, text in blocks(ROOT / "docs" / "tutorial.md") if language == "stata")
    options = re.findall(r"yusuan (.+)", text)[0].split()
    options[1] = str(place / "panel")
    assert CliRunner().invoke(app, [*options, "-o", str(tmp_path)]).exit_code == 0
    (name,) = re.findall(r"use export/(\S+),", text)
    _, read = pyreadstat.read_dta(str(tmp_path / name), metadataonly=True)
    for wanted in ("is_leaf", "measure", "amount_yuan", "unit_id", "fiscal_year"):
        assert wanted in text and wanted in read.column_names


def test_rules_are_fresh() -> None:
    """``make docs`` after a change of the specs."""
    assert (ROOT / "docs" / "rules.md").read_text(encoding="utf-8") == page()
    assert set(KINDS) == set(known_kinds)
    assert all(f"| {rule} |" in page() for rule in meanings())


def test_the_notebook_is_fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its figures need the extra ``docs``; what it prints must be what it shows."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    notebook = json.loads((ROOT / "docs" / "figures.ipynb").read_text(encoding="utf-8"))
    cells = [cell for cell in code_cells(notebook) if not draws(cell)]
    shown = ["".join(t for o in cell["outputs"] for t in o.get("text", ())) for cell in cells]
    assert run_cells(cells, tmp_path) == shown
    drawn = [cell["outputs"] for cell in code_cells(notebook) if draws(cell)]
    assert len(drawn) == 2 and all("image/png" in o[-1]["data"] for o in drawn)


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


def test_commands_and_options_exist() -> None:
    known = known_commands()
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
