"""``--parts``: the rows of a plain run in few files, whole after a kill at any moment."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from extract.batch.run import Options, convert_all
from extract.cli import app
from extract.errors import OutputError, UsageError
from extract.store.documents import read_documents
from extract.store.integrity import damaged
from extract.store.panel.collect import collect
from extract.store.parts.log import Log, locked
from extract.store.parts.loose import loose_files
from extract.store.reader import Outputs, open_outputs
from extract.store.schema import Labels
from tests.test_documents import budget
from tests.test_pool import batch, contents

PARTS = Options(quiet=True, jobs=0, parts=True)


def small(folder: Path, count: int) -> None:
    folder.mkdir(exist_ok=True)
    for n in range(count):
        (folder / f"s{n}.txt").write_text(budget(f"第{n}局", f"{n + 10}.00"), encoding="utf-8")


def rows(out: Path) -> dict[str, pa.Table]:
    """What readers see, in an order of its own."""
    run = open_outputs(out)
    return {d: run.table(d).sort_by("文档").cast(run.table(d).schema) for d in run.datasets()}


def same(one: Path, other: Path) -> bool:
    first, second = rows(one), rows(other)
    return {d: t.to_pylist() for d, t in first.items()} == {d: t.to_pylist() for d, t in second.items()}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("parts")
    batch(place / "in", 3)
    small(place / "in", 4)
    convert_all([str(place / "in")], place / "plain", Options(quiet=True, jobs=0))
    with pytest.MonkeyPatch.context() as few:
        few.setattr("extract.store.parts.packing.FULL", 3)
        convert_all([str(place / "in")], place / "out", PARTS)
    return place


def test_rows_are_those_of_a_plain_run(made: Path) -> None:
    assert same(made / "plain", made / "out")
    parts = Log(made / "out").parts()
    assert sum(len(p.documents) for p in parts) == 7 and len(parts) > 1
    assert loose_files(made / "out") == []
    before = contents(made / "out")
    outcome = convert_all([str(made / "in")], made / "out", PARTS)
    assert all(r.skipped for r in outcome.results) and contents(made / "out") == before


def test_a_part_is_sorted_and_says_what_it_holds(made: Path) -> None:
    path = made / "out" / Log(made / "out").parts()[0].files["支出总表"][0]
    ids = pq.read_table(path)["文档"].to_pylist()
    assert ids == sorted(ids)
    group = pq.read_metadata(path).row_group(0)
    told = {group.column(i).path_in_schema: group.column(i).statistics for i in range(group.num_columns)}
    assert (told["文档"].min, told["文档"].max) == (ids[0], ids[-1]) and told["金额"] is None


def test_layouts_are_not_mixed(made: Path) -> None:
    for out, options in (("plain", PARTS), ("out", Options(quiet=True, jobs=0))):
        with pytest.raises(UsageError, match="--parts"):
            convert_all([str(made / "in")], made / out, options)
    with pytest.raises(UsageError, match="this machine"):
        convert_all([str(made / "in")], "memory://out", PARTS)
    with locked(made / "out"), pytest.raises(UsageError, match="another run"):
        convert_all([str(made / "in")], made / "out", PARTS)


def test_documents_change_come_back_and_go(tmp_path: Path) -> None:
    """来源, 被取代, 同额于 and --prune as in a plain run, whatever is converted again."""
    folder = tmp_path / "in"
    folder.mkdir()
    steps = [
        {"a": "10.00", "b": "11.00", "c": "12.00"}, {"a": "10.50", "c": None}, {"a": "10.00", "d": "11.00"}, {"b": None},
    ]  # fmt: skip
    for n, step in enumerate(steps):
        for name, amount in step.items():
            path = folder / f"{name}.txt"
            path.unlink() if amount is None else path.write_text(budget(name, amount), encoding="utf-8")
        for out in ("plain", "out"):
            options = Options(quiet=True, jobs=0, parts=out == "out", prune=n == 3, force=n == 2)
            convert_all([str(folder)], tmp_path / out, options)
        assert same(tmp_path / "plain", tmp_path / "out"), n
        figures = [
            {d: e.figures for d, e in read_documents(tmp_path / out, Labels()).items()} for out in ("plain", "out")
        ]
        assert figures[0] == figures[1]
    assert len(rows(tmp_path / "out")["文档清单"]) == 2


def test_what_could_not_be_read_and_now_can(tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    convert_all([str(source)], tmp_path / "out", PARTS)
    assert [r["状态"] for r in rows(tmp_path / "out")["文档清单"].to_pylist()] == ["失败"]
    source.write_text(budget("a", "1.00"), encoding="utf-8")
    convert_all([str(source)], tmp_path / "out", PARTS)
    assert [r["状态"] for r in rows(tmp_path / "out")["文档清单"].to_pylist()] == ["成功"]


def test_english_labels(tmp_path: Path) -> None:
    english = Options(quiet=True, jobs=0, parts=True, language="en")
    for count in (1, 2):  # the second part takes the first one in
        small(tmp_path / "in", count)
        convert_all([str(tmp_path / "in")], tmp_path / "out", english)
    convert_all([str(tmp_path / "in")], tmp_path / "plain", Options(quiet=True, jobs=0))
    assert same(tmp_path / "plain", tmp_path / "out") and len(Log(tmp_path / "out").parts()) == 1


def test_a_damaged_part_is_left_out_and_mended(tmp_path: Path) -> None:
    small(tmp_path / "in", 2)
    convert_all([str(tmp_path / "in")], tmp_path / "out", PARTS)
    wanted = contents(tmp_path / "out")
    next((tmp_path / "out" / "支出总表").glob("*")).write_bytes(b"")
    assert list(damaged(tmp_path / "out", tmp_path)) == ["part 000001"]
    assert open_outputs(tmp_path / "out").documents.num_rows == 0
    outcome = convert_all([str(tmp_path / "in")], tmp_path / "out", PARTS)
    assert not any(r.skipped for r in outcome.results)
    assert not damaged(tmp_path / "out", tmp_path)
    assert len(contents(tmp_path / "out")) == len(wanted)


@pytest.mark.parametrize("moment", range(7))
def test_killed_at_every_step_of_packing(moment: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ``moment``-th rename or removal while documents are packed is where it ends."""
    small(tmp_path / "in", 3)
    convert_all([str(tmp_path / "in" / "s0.txt")], tmp_path / "out", PARTS)
    left = 3 * moment + 2  # the first two put documents in place

    def counted(real):  # type: ignore[no-untyped-def]
        def act(*arguments, **options):  # type: ignore[no-untyped-def]
            nonlocal left
            left -= 1
            if left < 0:
                raise OSError("killed")
            return real(*arguments, **options)

        return act

    with monkeypatch.context() as dying:
        dying.setattr("os.replace", counted(os.replace))
        dying.setattr("pathlib.Path.unlink", counted(Path.unlink))
        with suppress(OutputError, OSError):
            convert_all([str(tmp_path / "in")], tmp_path / "out", PARTS)
    seen = open_outputs(tmp_path / "out")
    known = seen.documents["文档"].to_pylist()
    assert len(known) == len(set(known)) >= 1
    assert set(seen.table("支出总表")["文档"].to_pylist()) == set(known)
    convert_all([str(tmp_path / "in")], tmp_path / "out", PARTS)
    convert_all([str(tmp_path / "in")], tmp_path / "plain", Options(quiet=True, jobs=0))
    assert same(tmp_path / "plain", tmp_path / "out")
    used = {f[0] for part in Log(tmp_path / "out").parts() for f in part.files.values()}
    there = {p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*.parquet")}
    assert there == used


@pytest.mark.skipif(sys.platform != "linux", reason="kills processes")
def test_killed_at_random_moments(made: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "extract.cli", "extract", str(made / "in"), "-o", str(tmp_path / "out"), "-q"]
    rng = random.Random(5)
    for _ in range(2):
        run = subprocess.Popen([*command, "--parts", "-j", "1"], stderr=subprocess.DEVNULL, start_new_session=True)
        while run.poll() is None and not (tmp_path / "out" / "parts").exists():
            time.sleep(0.01)
        time.sleep(rng.uniform(0.1, 0.6))
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
    convert_all([str(made / "in")], tmp_path / "out", PARTS)
    assert same(made / "plain", tmp_path / "out")


def panel(outputs: Path, out: Path, **options: object) -> dict[str, bytes]:
    collect(outputs, out, bool(options))
    return {name: data for name, data in contents(out).items() if not name.startswith(".")}


@pytest.mark.parametrize("by_year", [{}, {"by_year": True}])
def test_a_panel_is_the_same_whatever_it_is_made_from(
    made: Path, tmp_path: Path, by_year: dict[str, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("extract.store.panel.collect._ROWS", 500)
    wanted = panel(made / "plain", tmp_path / "first", **by_year)
    assert panel(made / "out", tmp_path / "parts", **by_year) == wanted
    with monkeypatch.context() as other:
        other.setattr("extract.store.reader._AT_ONCE", 50)
        assert panel(made / "plain", tmp_path / "little", **by_year) == wanted


def test_findings_are_the_same_of_a_run_of_parts_and_of_a_panel(made: Path, tmp_path: Path) -> None:
    collect(made / "plain", tmp_path / "panel", False)
    told = [
        CliRunner().invoke(app, ["check", str(place), "--json", "--tails", "--grade", "通过", "--grade", "矛盾"]).stdout
        for place in (made / "plain", made / "out", tmp_path / "panel")
    ]
    assert len(told[0].splitlines()) > 100
    assert sorted(told[0].splitlines()) == sorted(told[1].splitlines()) == sorted(told[2].splitlines())


def test_collect_reads_what_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small(tmp_path / "in", 3)
    plain = Options(quiet=True, jobs=0, prune=True)
    convert_all([str(tmp_path / "in")], tmp_path / "out", plain)
    collect(tmp_path / "out", tmp_path / "panel", False)
    small(tmp_path / "in", 4)
    (tmp_path / "in" / "s0.txt").unlink()
    (tmp_path / "in" / "s1.txt").write_text(budget("第1局", "99.00"), encoding="utf-8")
    convert_all([str(tmp_path / "in")], tmp_path / "out", plain)
    wanted = panel(tmp_path / "out", tmp_path / "scratch")
    asked: list[set[str]] = []
    real = Outputs.rows_of

    def rows_of(self: Outputs, dataset: str, documents: list[str], columns: list[str] | None = None) -> pa.Table:
        if dataset == "支出总表" and self.folder.name == "out" and columns and "原文" in columns and "标记" in columns:
            asked.append(set(documents))
        return real(self, dataset, documents, columns)

    monkeypatch.setattr(Outputs, "rows_of", rows_of)
    assert panel(tmp_path / "out", tmp_path / "panel") == wanted
    assert [len(documents) for documents in asked] == [2]  # of three, one has not changed
    (tmp_path / "panel" / "支出总表.parquet").write_bytes(b"")  # not what was left: made from scratch
    assert panel(tmp_path / "out", tmp_path / "panel") == wanted
