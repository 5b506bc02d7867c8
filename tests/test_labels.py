"""``--labels en``: every closed value has an English word, and what is read back is what was written."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from extract.cli import app
from extract.store.reader import open_outputs
from extract.store.schema import Labels, from_columns, schema
from parsers.checking.verdicts import GRADES
from parsers.specs.loader import fields, marks, measures, schemes, value_labels

SAMPLES = Path(__file__).resolve().parent.parent / "samples"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    found = {}
    for language in ("zh", "en"):
        out = found[language] = tmp_path_factory.mktemp(language)
        arguments = ["extract", str(SAMPLES / "numbered_text.txt"), str(SAMPLES / "portrait_numbered.pdf")]
        CliRunner().invoke(app, [*arguments, "-o", str(out), "--labels", language, "-q", "--jobs", "0"])
    return found


def test_both_label_sets_read_the_same(runs: dict[str, Path]) -> None:
    zh, en = (open_outputs(runs[language]) for language in ("zh", "en"))
    assert zh.datasets() == en.datasets() and len(zh.datasets()) > 15
    for dataset in zh.datasets():
        assert zh.table(dataset).to_pylist() == en.table(dataset).to_pylist(), dataset


def test_values_are_english(runs: dict[str, Path]) -> None:
    table = pq.read_table(runs["en"] / "total_expenditure")
    assert table.schema.field("direction").type == pa.dictionary(pa.int32(), pa.string())
    assert set(table["direction"].to_pylist()) == {"expenditure"}
    assert {"total", "basic_expenditure"} <= set(table["measure"].to_pylist())
    assert set(table["scheme"].to_pylist()) == {"functional"}


def test_closed_vocabularies_have_a_word_for_every_value() -> None:
    words = value_labels()
    assert set(words) <= {f.name for columns in fields().values() for f in columns}
    assert set(words["等级"]) == set(GRADES)
    assert sorted(set(words["科目体系"]) - set(schemes())) == []
    assert set(words["指标"]) & set(measures())
    assert set(words["标记"]) & set(marks())
    for column, values in words.items():
        assert all(v.isascii() and len(v) <= 32 for v in values.values()), column


def test_lists_and_unknown_values_survive() -> None:
    wanted = schema("支出总表")
    blank = {name: [None, None] for name in wanted.names}
    table = from_columns("支出总表", {**blank, "标记": [["跨页续行", "新的"], []], "指标": ["合计", "街道所印"]})
    labels = Labels("en")
    named = labels.table(table, "支出总表")
    assert named["marks"].to_pylist() == [["joined_over_pages", "新的"], []]
    assert named["measure"].to_pylist() == ["total", "街道所印"]
    assert labels.chinese(named, "支出总表").to_pylist() == table.to_pylist()
