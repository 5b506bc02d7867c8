"""Files of a run that are cut, lost or torn: the next run mends them, readers name them, nobody ends in a traceback."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from extract.batch.run import Options, convert_all
from extract.cli import app
from extract.store.integrity import faults
from extract.store.schema import Labels
from extract.store.writer import torn
from tests.test_pool import batch, contents


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments)])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("damaged")
    batch(place / "in", 2)
    convert_all([str(place / "in")], place / "out", Options(quiet=True, jobs=0))
    return place


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made / "out", tmp_path / "out")
    shutil.copytree(made / "in", tmp_path / "in")
    return tmp_path


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


WAYS = {"cut": cut, "empty": lambda p: p.write_bytes(b""), "lost": Path.unlink}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("dataset", ["支出总表", "单元格", "表格清单", "文档清单"])
def test_next_run_mends_what_is_damaged(way: str, dataset: str, place: Path) -> None:
    whole = contents(place / "out")
    WAYS[way](next((place / "out" / dataset).glob("*.parquet")))
    outcome = convert_all([str(place / "in")], place / "out", Options(quiet=True, jobs=0))
    assert [r.skipped for r in outcome.results].count(True) == 1
    # the names differ between the places, and stand in 文档清单
    assert {k: v for k, v in contents(place / "out").items() if "文档清单" not in k} == {
        k: v for k, v in whole.items() if "文档清单" not in k
    }


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("dataset", ["支出总表", "文档清单"])
def test_readers_name_what_is_damaged(way: str, dataset: str, place: Path) -> None:
    path = next((place / "out" / dataset).glob("*.parquet"))
    document = path.stem.split("__")[0]
    WAYS[way](path)
    uncommitted = way == "lost" and dataset == "文档清单"
    sql = 'select distinct "文档" from "支出总表"'
    for done in (
        run("query", sql, "--outputs", place / "out", "--csv"),
        run("collect", place / "out", "-o", place / "p"),
    ):
        assert done.exit_code == (0 if uncommitted else 1), done.output
        assert (f"{document}: left out" in done.stderr) is not uncommitted
        assert document not in done.stdout
    assert document not in pq.read_table(place / "p" / "支出总表.parquet")["文档"].to_pylist()
    assert run("check", place / "out").exit_code == 0


def test_bytes_that_changed_are_found_and_named(place: Path) -> None:
    """A file of the right size is only read to verify it; who reads it meanwhile gets a line, not a traceback."""
    path = next((place / "out" / "支出总表").glob("*.parquet"))
    data = bytearray(path.read_bytes())
    data[4:200] = bytes(196)
    path.write_bytes(data)
    mark = place / "out" / "文档清单" / f"{path.stem.split('__')[0]}.parquet"
    assert faults(place / "out", mark) == []
    assert faults(place / "out", mark, deep=True) == [f"支出总表/{path.name}: not what was written"]
    for done in (
        run("query", 'select * from "支出总表"', "--outputs", place / "out"),
        run("collect", place / "out", "-o", place / "p"),
    ):
        assert done.exit_code == 2 and isinstance(done.exception, SystemExit), done.output


def test_torn_document_is_swept(place: Path) -> None:
    """A kill between the files and the row: pandas saw such files, and no later run removed them."""
    mark = next((place / "out" / "文档清单").glob("*.parquet"))
    mark.unlink()
    assert torn(place / "out", Labels()) == [mark.stem]
    unfinished = place / "out" / ".tmp" / f"{mark.stem}.elsewhere.1.0"
    unfinished.parent.mkdir()
    unfinished.touch()
    assert torn(place / "out", Labels()) == []  # its commit is under way
    unfinished.unlink()
    (other,) = batch(place / "other", 1)
    other.write_text(other.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    convert_all([str(other)], place / "out", Options(quiet=True, jobs=0))
    assert not [p for p in contents(place / "out") if mark.stem in p]
