"""A whole run on the disk: what is written, what is skipped, that it is the same byte for byte."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from extract.cli import app
from extract.convert import Recipe, convert, fail
from extract.errors import Crashed, OutputError
from extract.store.schema import Labels, schema
from extract.store.writer import HOST, Writer, sweep
from parsers.specs.loader import fields

SAMPLES = Path(__file__).resolve().parent.parent / "samples"


def tree(out: Path) -> dict[str, str]:
    return {str(p.relative_to(out)): hashlib.sha256(p.read_bytes()).hexdigest() for p in out.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("run") / "out"
    done = CliRunner().invoke(app, ["extract", str(SAMPLES), "-o", str(out)])
    assert done.exit_code == 0, done.stderr
    return out


def test_same_bytes_again(outputs: Path, tmp_path: Path) -> None:
    """In an interpreter whose sets stand in another order."""
    again = tmp_path / "again"
    command = [sys.executable, "-m", "extract.cli", "extract", str(SAMPLES), "-o", str(again)]
    subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": "1"}, check=True, capture_output=True)
    assert tree(again) == tree(outputs)


def test_second_run_skips(outputs: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in outputs.rglob("*.parquet")}
    done = CliRunner().invoke(app, ["extract", str(SAMPLES), "-o", str(outputs)])
    assert "9 current" in done.stderr
    assert {p: p.stat().st_mtime_ns for p in outputs.rglob("*.parquet")} == before


def test_every_folder_reads_as_one_table(outputs: Path) -> None:
    for folder in (p for p in outputs.iterdir() if p.is_dir()):
        files = list(folder.glob("*.parquet"))
        assert files and {pq.read_schema(f).remove_metadata() for f in files} == {
            schema(folder.name).remove_metadata()
        }, folder.name


def test_contract_of_amounts(outputs: Path) -> None:
    wanted = {
        "文档": pa.string(), "年度": pa.int16(), "口径": pa.dictionary(pa.int32(), pa.string()),
        "科目编码": pa.string(), "金额": pa.decimal128(20, 4), "末位": pa.decimal128(20, 4), "末级": pa.bool_(),
        "行号": pa.int32(), "页码": pa.int32(), "x0": pa.float32(), "标记": pa.list_(pa.string()),
    }  # fmt: skip
    found = pq.read_schema(next((outputs / "支出总表").glob("*.parquet")))
    assert {name: found.field(name).type for name in wanted} == wanted
    rows = pq.read_table(outputs / "支出总表").to_pylist()
    for row in rows:
        if row["金额"] is not None:
            digits = Decimal(row["原文"].replace(",", ""))
            assert row["金额"] == digits * (10_000 if row["计量单位"] == "万元" else 1)
            assert row["金额"] % row["末位"] == 0
    assert any(r["级次"] == "合计" and r["科目编码"] is None and not r["末级"] for r in rows)


def test_amounts_lie_in_their_boxes(outputs: Path) -> None:
    for row in pq.read_table(outputs / "支出总表").to_pylist():
        if row["页码"] is not None and row["原文"]:
            assert row["x0"] < row["x1"] and row["y0"] < row["y1"] and row["页码"] >= 1


def test_sum_of_leaves_is_the_total(outputs: Path) -> None:
    rows = pq.read_table(outputs / "支出总表").to_pylist()
    for document in {r["文档"] for r in rows}:
        mine = [r for r in rows if r["文档"] == document and r["指标"] == "合计" and r["金额"] is not None]
        total = next(r["金额"] for r in mine if r["级次"] == "合计")
        assert sum(r["金额"] for r in mine if r["末级"]) == total


def test_personal_data_can_be_left_out(tmp_path: Path) -> None:
    source = tmp_path / "form.txt"
    source.write_text(
        "东湖市司法局2024年部门预算\n表12-1\n项目支出绩效目标表\n单位：万元\n项目名称\t系统维护\t项目编码\t42010124301T000000101\n"
        "项目负责人\t李建国\t联系电话\t80000000\n项目总预算\t12.00\t项目当年预算\t12.00\n",
        encoding="utf-8",
    )
    for omit in (False, True):
        out = tmp_path / str(omit)
        convert(source, Recipe(out, omit_personal=omit))
        (row,) = pq.read_table(out / "项目基本信息").to_pylist()
        cells = {c["文本"] for c in pq.read_table(out / "单元格").to_pylist()}
        assert (row["项目负责人"], row["联系电话"]) == ((None, None) if omit else ("李建国", "80000000"))
        assert row["项目名称"] == "系统维护"
        assert bool(cells & {"李建国", "80000000"}) is not omit


def test_changed_document_leaves_no_stale_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another version named the files otherwise; a failure later leaves nothing but its row."""
    source = SAMPLES / "numbered_text.txt"
    with monkeypatch.context() as other:
        other.setattr("extract.convert.file_stem", lambda number, ordinal: f"old{ordinal}")
        convert(source, Recipe(tmp_path))
    assert list(tmp_path.rglob("*__old*"))
    convert(source, Recipe(tmp_path, force=True))
    assert list(tmp_path.rglob("*__old*")) == []
    assert len(list((tmp_path / "支出总表").glob("*.parquet"))) == 1
    fail(source, Crashed("as if"), Recipe(tmp_path))
    assert [p.parent.name for p in tmp_path.rglob("*.parquet")] == ["文档清单"]


def test_nothing_is_visible_before_commit(tmp_path: Path) -> None:
    with Writer(tmp_path, "d" * 16) as writer:
        writer.add("支出总表", "3", [{"文档": "d" * 16}])
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_no_half_document_when_the_disk_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = 0
    write = pq.write_table

    def full(*args: object, **kwargs: object) -> None:
        nonlocal calls
        calls += 1
        if calls > 4:
            raise OSError(28, "No space left on device")
        write(*args, **kwargs)

    monkeypatch.setattr("extract.store.writer.pq.write_table", full)
    with pytest.raises(OutputError, match="No space"):
        convert(SAMPLES / "numbered_text.txt", Recipe(tmp_path))
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_schemas_cover_the_contract() -> None:
    assert {"文档清单", "表格清单", "单元格", "未识别表", "绩效指标", "绩效目标", "项目基本信息"} <= set(fields())
    english = [f.english for columns in fields().values() for f in columns]
    assert all(name.isascii() and len(name) <= 32 for name in english)


def test_leftovers_of_killed_processes_are_swept(tmp_path: Path) -> None:
    place = tmp_path / ".tmp"
    place.mkdir()
    ours = place / f"{'a' * 16}.{HOST}.{os.getpid()}.0"  # a run that goes on beside this one
    dead, elsewhere, old = (place / f"{'b' * 16}.{name}.0" for name in (f"{HOST}.999999999", "other.1", "other.2"))
    for path in (ours, dead, elsewhere, old):
        path.touch()
    os.utime(old, (0, 0))
    sweep(tmp_path, Labels())
    assert set(place.iterdir()) == {ours, elsewhere}
    ours.unlink()
    elsewhere.unlink()
    sweep(tmp_path, Labels())
    assert not place.exists()


def test_json_lines_say_what_became_of_each(tmp_path: Path) -> None:
    (tmp_path / "bad.pdf").write_bytes(b"<html>")
    done = CliRunner().invoke(
        app, ["extract", str(SAMPLES), str(tmp_path / "bad.pdf"), "-o", str(tmp_path / "out"), "--json"]
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert {Path(r["source"]).name: r["error_code"] for r in lines[:-1]}["bad.pdf"] == "NotAPDF"
    assert lines[-1]["documents"] == len(lines) - 1 > 7
    assert lines[-1]["failed"] == 1
