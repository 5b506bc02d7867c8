"""A panel in other programs: what is read back is what was there."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pyreadstat
import pytest
from typer.testing import CliRunner, Result

from extract.cli import app

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
KEY = ["文档", "表序", "行号", "列号"]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments)])


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    sources = [SAMPLES / "portrait_numbered.pdf", SAMPLES / "landscape_split_codes.pdf"]
    assert run("extract", *sources, "-o", folder / "out", "-q", "--jobs", 0).exit_code == 0
    assert run("collect", folder / "out", "-o", folder / "panel").exit_code == 0
    return folder / "panel"


def rows(panel: Path, dataset: str) -> list[dict[str, Any]]:
    return pq.read_table(panel / f"{dataset}.parquet").to_pylist()


def text(value: Decimal | None) -> str:
    return "" if value is None else format(value.normalize(), "f")


def key(row: dict[str, Any]) -> tuple[Any, ...]:
    return (row[KEY[0]], *(int(row[k]) for k in KEY[1:]))


def by_duckdb(sql: str) -> list[dict[str, Any]]:
    done = duckdb.connect().execute(sql)
    heads = [column[0] for column in done.description or ()]
    return [dict(zip(heads, row, strict=True)) for row in done.fetchall()]


def test_csv_is_read_back_by_pandas_polars_and_duckdb(panel: Path, tmp_path: Path) -> None:
    assert run("export", panel, "--to", "csv", "-o", tmp_path).exit_code == 0
    path = tmp_path / "一般公共预算支出表.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    wanted = {
        key(r): (r["科目编码"] or "", text(r["金额"]), "、".join(r["标记"] or [])) for r in rows(panel, path.stem)
    }
    resource = next(
        r for r in json.loads((tmp_path / "schema.json").read_text("utf-8"))["resources"] if r["name"] == path.stem
    )
    kinds = {f["name"]: f["type"] for f in resource["schema"]["fields"]}
    assert (kinds["科目编码"], kinds["金额"], kinds["末级"]) == ("string", "number", "boolean")
    frames = {
        "pandas": pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig").to_dict("records"),
        "polars": pl.read_csv(path, infer_schema=False).to_dicts(),
        "duckdb": by_duckdb(f"select * from read_csv('{path}', all_varchar=true, header=true)"),
    }  # fmt: skip
    for reader, found in frames.items():
        assert {key(r): (r["科目编码"] or "", r["金额"] or "", r["标记"] or "") for r in found} == wanted, reader


@pytest.mark.parametrize("to", ["stata", "spss"])
def test_stata_and_spss_are_read_back(panel: Path, tmp_path: Path, to: str) -> None:
    assert (
        run("export", panel, "--to", to, "-o", tmp_path, "--dataset", "支出总表", "--dataset", "情况说明").exit_code
        == 0
    )
    path = tmp_path / f"支出总表.{'dta' if to == 'stata' else 'sav'}"
    read = pyreadstat.read_dta if to == "stata" else pyreadstat.read_sav
    frame, meta = read(str(path))
    wanted = rows(panel, "支出总表")
    found = {key(r): r for r in frame.to_dict("records")}
    assert len(found) == len(wanted)
    for row in wanted:
        got = found[key(row)]
        assert got["金额_精确"] == text(row["金额"])
        assert (got["科目编码"], got["原文"]) == (row["科目编码"] or "", row["原文"] or "")
        assert pd.isna(got["金额"]) if row["金额"] is None else got["金额"] == float(row["金额"])
        assert got["末级"] == int(row["末级"])
    assert meta.column_names_to_labels["金额"].startswith("以元计")
    assert meta.variable_value_labels["末级"] == {0: "否", 1: "是"}
    narrative, _ = read(str(path.with_stem("情况说明")))
    assert narrative["文本"].tolist() == [r["文本"] for r in rows(panel, "情况说明")]


def test_ascii_names_on_request(panel: Path, tmp_path: Path) -> None:
    done = run("export", panel, "--to", "stata", "-o", tmp_path, "--names", "en", "--dataset", "total_expenditure")
    assert done.exit_code == 0, done.stderr
    frame, meta = pyreadstat.read_dta(str(tmp_path / "total_expenditure.dta"))
    assert all(n.isascii() and len(n) <= 32 for n in frame.columns)
    assert meta.column_names_to_labels["amount_yuan"].startswith("金额")
    assert set(frame["direction"]) == {"expenditure"}


def test_sqlite_is_read_back(panel: Path, tmp_path: Path) -> None:
    assert run("export", panel, "--to", "sqlite", "-o", tmp_path).exit_code == 0
    with closing(sqlite3.connect(tmp_path / "panel.sqlite")) as database:
        database.row_factory = sqlite3.Row
        found = {key(dict(r)): dict(r) for r in database.execute('select * from "支出总表"')}
        names = {r[0] for r in database.execute("select name from sqlite_master where type = 'table'")}
        with pytest.raises(sqlite3.IntegrityError):
            database.execute('insert into "文档清单" select * from "文档清单"')
    assert names == {p.stem for p in panel.glob("*.parquet")}
    assert {k: (r["金额_精确"], r["科目编码"]) for k, r in found.items()} == {
        key(r): (text(r["金额"]) or None, r["科目编码"]) for r in rows(panel, "支出总表")
    }


def test_excel_is_read_back(panel: Path, tmp_path: Path) -> None:
    assert run("export", panel, "--to", "excel", "-o", tmp_path, "--dataset", "支出总表").exit_code == 0
    sheet = openpyxl.load_workbook(tmp_path / "panel.xlsx")["支出总表"]
    heads, *body = sheet.iter_rows(values_only=True)
    found = [dict(zip(heads, r, strict=True)) for r in body]
    assert {key(r): (r["科目编码"], r["金额"], r["金额_精确"]) for r in found} == {
        key(r): (r["科目编码"], None if r["金额"] is None else float(r["金额"]), text(r["金额"]) or None)
        for r in rows(panel, "支出总表")
    }


def test_wide_has_a_row_for_each_unit_year_and_code(panel: Path, tmp_path: Path) -> None:
    assert run("export", panel, "--to", "csv", "-o", tmp_path, "--wide", "--dataset", "支出总表").exit_code == 0
    found = pd.read_csv(tmp_path / "支出总表_wide.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    long = [r for r in rows(panel, "支出总表") if r["金额"] is not None]
    measures = [c for c in found.columns if c.endswith("_预算")]
    assert {"合计_预算", "基本支出_预算", "项目支出_预算"} <= set(measures)
    assert sum(Decimal(v) for c in measures for v in found[c] if v) == sum(r["金额"] for r in long)
    one = long[4]
    (row,) = found[(found["编制单位"] == one["编制单位"]) & (found["科目编码"] == one["科目编码"])].to_dict("records")
    assert Decimal(row[f"{one['指标']}_预算"]) == one["金额"]


def test_a_workbook_for_each_document_is_laid_out_as_printed(panel: Path, tmp_path: Path) -> None:
    done = run("export", panel, "--to", "excel", "--per", "document", "-o", tmp_path)
    assert done.exit_code == 0, done.stderr
    files = sorted(tmp_path.glob("*.xlsx"))
    assert len(files) == len(rows(panel, "文档清单")) == 2
    document = next(r["文档"] for r in rows(panel, "文档清单") if "landscape" in r["来源"])
    book = openpyxl.load_workbook(next(f for f in files if document in f.name))
    cells = [c for c in rows(panel, "单元格") if c["文档"] == document]
    boxes = {
        tuple(r[k] for k in ("表序", "页码", "x0", "y0")): r for r in rows(panel, "支出总表") if r["文档"] == document
    }
    numbers = 0
    for cell in cells:
        sheet = next(book[name] for name in book.sheetnames if name.split(" ")[0] == str(cell["表序"]))
        printed = sheet.cell(cell["行"], cell["列"])
        longest = max((len(line) for line in cell["文本"].splitlines()), default=0)
        if cell["列跨"] == 1 and longest <= 20 and not cell["文本"].isascii():  # else names lie over each other
            assert sheet.column_dimensions[printed.column_letter].width > longest
        amount = boxes.get((cell["表序"], cell["页码"], cell["x0"], cell["y0"]))
        if amount is not None and amount["金额"] is not None:
            numbers += 1
            assert printed.value == float(cell["文本"].replace(",", ""))
            assert f"第 {cell['页码']} 页" in printed.comment.text
    assert numbers == sum(r["金额"] is not None for r in boxes.values()) > 50
    spans = {(c["表序"], c["行"], c["列"]) for c in cells if c["列跨"] > 1 or c["行跨"] > 1}
    merged = {
        (int(s.title.split(" ")[0]), r.min_row, r.min_col) for s in book.worksheets[1:-1] for r in s.merged_cells.ranges
    }
    assert merged == spans and spans


@pytest.mark.parametrize(
    "wrong", [("--to", "pdf"), ("--to", "csv", "--dataset", "x"), ("--to", "csv", "--per", "document")]
)
def test_wrong_wishes(panel: Path, tmp_path: Path, wrong: tuple[str, ...]) -> None:
    assert run("export", panel, *wrong, "-o", tmp_path).exit_code == 2


@pytest.mark.parametrize("to", ["stata", "spss"])
@pytest.mark.parametrize("names", ["zh", "en"])
def test_wide_columns_are_variables(panel: Path, tmp_path: Path, to: str, names: str) -> None:
    """Measures such as 本年拨款/政府性基金预算 are no names of variables: their labels say the whole."""
    done = run("export", panel, "--to", to, "-o", tmp_path, "--wide", "--names", names)
    assert done.exit_code == 0, done.stderr
    for path in tmp_path.iterdir():
        frame, meta = (pyreadstat.read_dta if to == "stata" else pyreadstat.read_sav)(str(path))
        assert len(set(frame.columns)) == len(frame.columns) == len(meta.column_names_to_labels)
        assert names == "zh" or all(n.isascii() and len(n) <= (32 if to == "stata" else 64) for n in frame.columns)
        assert any("_预算" in label for label in meta.column_names_to_labels.values())


def test_wide_english_values(panel: Path, tmp_path: Path) -> None:
    assert (
        run(
            "export", panel, "--to", "csv", "-o", tmp_path, "--wide", "--names", "en", "--dataset", "支出总表"
        ).exit_code
        == 0
    )
    found = pd.read_csv(tmp_path / "total_expenditure_wide.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    assert {"unit_id", "fiscal_year", "ordinal", "total_budget", "basic_expenditure_budget"} <= set(found.columns)
    assert set(found["direction"]) == {"expenditure"}
