"""One large file per dataset, and SQL over a run."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from extract.cli import app
from extract.store.schema import schema
from tests.described import faults_of

SAMPLES = Path(__file__).resolve().parent.parent / "samples"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments)])


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("outputs")
    assert run("extract", SAMPLES, "-o", out, "-q", "--jobs", 0).exit_code == 0
    return out


def test_collected_rows_are_the_rows(outputs: Path, tmp_path: Path) -> None:
    assert run("collect", outputs, "-o", tmp_path / "panel").exit_code == 0
    folders = {p.name for p in outputs.iterdir() if p.is_dir()}
    assert {p.stem for p in (tmp_path / "panel").glob("*.parquet")} == folders | {"单位清单"}
    for name in folders:
        merged, parts = pq.read_table(tmp_path / "panel" / f"{name}.parquet"), pq.read_table(outputs / name)
        if "编制单位" in merged.column_names:
            assert merged["单位号"].null_count == 0
            merged = merged.drop_columns("单位号")
        assert merged.schema.remove_metadata() == schema(name).remove_metadata()
        count = [Counter(map(repr, t.to_pylist())) for t in (merged, parts)]
        assert count[0] == count[1], name


def test_row_groups_end_between_documents(outputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extract.store.panel.collect._ROWS", 1)
    assert run("collect", outputs, "-o", tmp_path).exit_code == 0
    file = pq.ParquetFile(tmp_path / "支出总表.parquet")
    groups = [set(file.read_row_group(i, columns=["文档"])["文档"].to_pylist()) for i in range(file.num_row_groups)]
    assert all(len(g) == 1 for g in groups)
    assert len(groups) == len({d for g in groups for d in g}) > 1


def test_by_year_reads_as_one_table(outputs: Path, tmp_path: Path) -> None:
    assert run("collect", outputs, "-o", tmp_path, "--by-year").exit_code == 0
    folder = tmp_path / "支出总表"
    for part in folder.iterdir():
        assert set(map(str, pq.ParquetFile(part).read()["年度"].to_pylist())) == {part.stem}
    whole = pd.read_parquet(folder)
    assert str(whole["年度"].dtype) == "int16"
    assert len(whole) == len(pd.read_parquet(outputs / "支出总表"))
    assert duckdb.connect().execute(f"select count(*) from '{folder}/*.parquet'").fetchone() == (len(whole),)
    assert len(pl.read_parquet(f"{folder}/*.parquet")) == len(whole)
    assert run("check", tmp_path).stdout == run("check", outputs).stdout


def test_a_panel_in_another_layout_leaves_nothing_of_the_former(outputs: Path, tmp_path: Path) -> None:
    kept = tmp_path / "notes.txt"
    kept.write_text("mine", encoding="utf-8")
    assert run("collect", outputs, "-o", tmp_path, "--by-year").exit_code == 0
    assert run("collect", outputs, "-o", tmp_path).exit_code == 0
    assert kept.exists() and not [p for p in tmp_path.iterdir() if p.is_dir()]


@pytest.mark.parametrize("options", [(), ("--by-year",)])
def test_a_panel_describes_itself(outputs: Path, tmp_path: Path, options: tuple[str, ...]) -> None:
    assert run("collect", outputs, "-o", tmp_path, *options).exit_code == 0
    package = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    spending = next(r for r in package["resources"] if r["title"] == "支出总表")
    assert spending["schema"]["primaryKey"] == ["文档", "表序", "行号", "列号"]
    assert spending["schema"]["foreignKeys"][0]["reference"] == {"resource": "documents", "fields": ["文档"]}
    assert faults_of(tmp_path, tmp_path / "short") == []


def test_uncommitted_documents_are_left_out(outputs: Path, tmp_path: Path) -> None:
    stray = next((outputs / "支出总表").glob("*.parquet"))
    other = stray.with_name("0123456789abcdef__3.parquet")
    other.write_bytes(stray.read_bytes())
    try:
        assert run("collect", outputs, "-o", tmp_path).exit_code == 0
    finally:
        other.unlink()
    assert pq.read_metadata(tmp_path / "支出总表.parquet").num_rows == pq.read_table(outputs / "支出总表").num_rows


def test_sql(outputs: Path) -> None:
    sql = "select count(*) as n, sum(金额) as s from \"支出总表\" where 级次 = '合计' and 指标 = '合计'"
    done = run("query", sql, "--outputs", outputs, "--csv")
    rows = [r for r in pq.read_table(outputs / "支出总表").to_pylist() if r["级次"] == r["指标"] == "合计"]
    assert done.stdout.splitlines() == ["n,s", f"{len(rows)},{sum(r['金额'] for r in rows)}"]


@pytest.mark.parametrize("sql", ["select nothing", "select * from '/etc/passwd'", "copy (select 1) to '/tmp/x.csv'"])
def test_wrong_or_prying_sql(outputs: Path, sql: str) -> None:
    done = run("query", sql, "--outputs", outputs)
    assert (done.exit_code, done.stdout) == (2, "")


@pytest.mark.parametrize("command", [("collect",), ("query", "select 1", "--outputs")])
def test_no_outputs(command: tuple[str, ...], tmp_path: Path) -> None:
    assert run(*command, tmp_path).exit_code == 2


def test_cells_are_no_formulas_in_csv(outputs: Path) -> None:
    """What a document prints must not run in the spreadsheet that opens our CSV."""
    sql = "select '=cmd|calc' a, '@SUM(A1)' b, '-A1' c, '-12.50' d, '合计' e, -3 f"
    done = run("query", sql, "--outputs", outputs, "--csv")
    assert done.stdout.splitlines()[1] == "'=cmd|calc,'@SUM(A1),'-A1,-12.50,合计,-3"
