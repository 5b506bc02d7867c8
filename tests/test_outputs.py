"""What a run leaves beside the tables: findings, a description, English names, a dictionary."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import regex as re
from typer.testing import CliRunner, Result

from extract.cli import app
from extract.errors import Blank, Internal, NoTextLayer, TimedOut
from extract.store.schema import to_table
from parsers import records
from parsers.specs.dictionary import markdown
from parsers.specs.loader import english_names, fields, marks
from tests.described import faults_of

ROOT = Path(__file__).resolve().parent.parent
BAD = (
    "东湖市司法局2024年部门预算\n表3\n支出总表\n单位：万元\n科目编码\t科目名称\t合计\t基本支出\t项目支出\n"
    "\t合计\t300.00\t200.00\t90.00\n204\t公共安全支出\t300.00\t200.00\t90.00\n"
)
SAMPLES = (ROOT / "samples" / "*.pdf", ROOT / "samples" / "*.txt")  # not its scans: they cost seconds


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments)])


@pytest.fixture(scope="module", params=["zh", "en"])
def outputs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp(request.param)
    bad = tmp_path_factory.mktemp("in") / "bad.txt"
    bad.write_text(BAD, encoding="utf-8")
    assert run("extract", *SAMPLES, bad, "-o", out, "--labels", request.param, "-q").exit_code == 0
    return out


def test_check_names_what_does_not_add_up(outputs: Path) -> None:
    done = run("check", outputs)
    assert done.exit_code == 0
    card = done.stdout[done.stdout.index("矛盾 W4") :].splitlines()
    assert "bad.txt" in card[0]
    assert card[2].split() == ["公布值", "3,000,000.00", "应有值", "2,900,000.00", "差额", "100,000.00"]
    assert run("check", outputs, "--strict").exit_code == 3


def test_findings_as_json(outputs: Path) -> None:
    lines = [json.loads(line) for line in run("check", outputs, "--json").stdout.splitlines()]
    assert {(r["等级"], r["规则"], r["差额"]) for r in lines} == {("矛盾", "W4", "100000")}
    assert all(r["来源"].endswith("bad.txt") for r in lines)


def test_check_needs_outputs(tmp_path: Path) -> None:
    done = run("check", tmp_path)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "holds no outputs" in done.stderr


def test_datapackage_is_valid_and_whole(outputs: Path, tmp_path: Path) -> None:
    assert faults_of(outputs, tmp_path) == []
    amounts = json.loads((outputs / "datapackage.json").read_text(encoding="utf-8"))
    assert {r["path"] for r in amounts["resources"]} == {p.name for p in outputs.iterdir() if p.is_dir()}
    types = {f.get("columnType") for r in amounts["resources"] for f in r["schema"]["fields"]}
    assert {"value", "date:fiscal-year", "functional-classification:generic:code"} <= types


def test_english_names(outputs: Path) -> None:
    if (outputs / "文档清单").is_dir():
        pytest.skip("Chinese names")
    names = english_names()
    by_english = {english: dataset for dataset, english in names.items()}
    for folder in (p for p in outputs.iterdir() if p.is_dir()):
        table = pq.read_table(folder)
        assert table.column_names == [f.english for f in fields()[by_english[folder.name]]]
        assert all(n.isascii() and len(n) <= 32 for n in (folder.name, *table.column_names))
        if "dataset" in table.column_names and folder.name not in ("checks", "tables", "cells"):
            assert set(table["dataset"].to_pylist()) == {folder.name}


def test_english_run_is_current_the_second_time(outputs: Path) -> None:
    language = "zh" if (outputs / "文档清单").is_dir() else "en"
    done = run("extract", *SAMPLES, "-o", outputs, "--labels", language, "-q")
    assert re.match(r"(\d+) documents \(\1 current", done.stderr.splitlines()[-1])


def test_english_names_are_unique_in_a_dataset() -> None:
    for dataset, columns in fields().items():
        english = [c.english for c in columns]
        assert len(set(english)) == len(english), dataset


def test_dictionary_is_fresh() -> None:
    """``make docs`` after a change of the specs."""
    assert (ROOT / "docs" / "dictionary.md").read_text(encoding="utf-8") == markdown()


def test_decimals_finer_or_longer_than_the_column() -> None:
    """A tolerance of half a unit of 0.0001 yuan once ended a document as a bug of ours."""
    rows = [{"公布值": Decimal("1.00005"), "应有值": Decimal(10) ** 16, "差额": None, "容差": Decimal("0.00015")}]
    (made,) = to_table("核对结果", rows).to_pylist()
    assert (made["公布值"], made["应有值"], made["差额"]) == (Decimal("1.0001"), None, None)
    assert made["容差"] == Decimal("0.0002")


def test_every_mark_of_the_code_is_explained() -> None:
    """A mark is a Chinese word that some module puts into 标记; the dictionary lists them all and no others."""
    sources = [p for name in ("extract", "parsers") for p in (ROOT / name).rglob("*.py")]
    text = "\n".join(p.read_text(encoding="utf-8") for p in sources)
    assert [mark for mark in marks() if f'"{mark}"' not in text] == []
    used = re.findall(r'marks(?:\.append\(|, |=\(|\.extend\(\()"(\p{Han}+)"', text)
    assert used and set(used) <= set(marks())


def test_marks_of_a_run_are_explained(outputs: Path) -> None:
    english = (outputs / "documents").is_dir()
    column = "marks" if english else "标记"
    for folder in (p for p in outputs.iterdir() if p.is_dir()):
        if column in pq.ParquetDataset(folder).schema.names:
            seen = {m for row in pq.read_table(folder, columns=[column]).to_pylist() for m in row[column] or ()}
            assert seen <= set(marks()), folder.name


def test_error_codes_are_a_closed_list() -> None:
    page = markdown()
    assert all(f"| {e.code} |" in page for e in (NoTextLayer, Blank, TimedOut, Internal)) and "PagesMissing" in page


@pytest.mark.parametrize(
    ("dataset", "row"),
    [
        ("文档清单", records.DocumentRow),
        ("表格清单", records.TableRow),
        ("核对结果", records.CheckRow),
        ("单元格", records.CellRow),
        ("支出总表", records.AmountRow),
        ("情况说明", records.ParagraphRow),
        ("说明数字", records.FigureRow),
    ],
)
def test_typed_rows_have_the_columns_of_their_dataset(dataset: str, row: type) -> None:
    assert list(row.__annotations__) == [field.name for field in fields()[dataset]]
