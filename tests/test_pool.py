"""The batch: a document costs itself only, nothing is lost by a kill, and a rerun completes to the same bytes."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from extract.batch.pool import Limits, Pool
from extract.batch.run import Options, convert_all
from extract.batch.sources import Source, find_sources, listed
from extract.batch.task import Task
from extract.convert import Recipe
from extract.errors import Killed, NothingToDo
from extract.paper.model import DocumentResult
from samples.house import build
from samples.plain import write_text

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
YUSUAN = [sys.executable, "-m", "extract.cli", "extract"]


class Misbehaving(Task):
    """Converts, but for files named after a way to go wrong."""

    def convert(self, source: Source | str) -> DocumentResult:
        assert isinstance(source, Source)
        misbehave(source.path)
        return Task.convert(self, source)


def misbehave(path: Path) -> None:
    if path.stem == "hangs":
        time.sleep(600)
    if path.stem == "crashes":
        os.kill(os.getpid(), signal.SIGSEGV)
    if path.stem == "leaves":
        os._exit(3)
    if path.stem == "eats":
        kept = []
        while True:
            kept.append(b"x" * ((32 << 20) + len(kept)))
            time.sleep(0.02)
    if path.stem == "bombs":
        bytearray(1 << 40)


def batch(folder: Path, count: int) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for seed in range(count):
        path = folder / f"{seed:03d}.txt"
        path.write_text(write_text(build("ABC"[seed % 3], seed), seed), encoding="utf-8")
        paths.append(path)
    return paths


def contents(out: Path) -> dict[str, bytes]:
    return {str(p.relative_to(out)): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}


def test_bad_documents_cost_only_themselves(tmp_path: Path) -> None:
    good = batch(tmp_path / "in", 6)
    bad = [tmp_path / "in" / f"{name}.txt" for name in ("hangs", "crashes", "leaves", "eats", "bombs")]
    for n, path in enumerate(bad):
        path.write_text(f"x{n}", encoding="utf-8")
    pool = Pool(Misbehaving(Recipe(tmp_path / "out")), 2, Limits(timeout=4, memory=400))
    start = time.monotonic()
    results = {Path(r.source).stem: r for r in pool.run([Source(p) for p in [*bad, *good]])}
    assert time.monotonic() - start < 30
    assert {name: results[name].error_code for name in ("hangs", "crashes", "leaves", "eats")} == {
        "hangs": "TimedOut", "crashes": "Crashed", "leaves": "Crashed", "eats": "TooMuchMemory",
    }  # fmt: skip
    assert results["bombs"].status == "失败"
    assert all(results[p.stem].status == "成功" for p in good)
    rows = pq.read_table(tmp_path / "out" / "文档清单").to_pylist()
    assert Counter(r["状态"] for r in rows) == {"成功": 6, "失败": 5}
    assert "SIGSEGV" in next(r["错误"] for r in rows if r["来源"].endswith("crashes.txt"))


def test_pool_and_serial_make_the_same_bytes(tmp_path: Path) -> None:
    for name, jobs in (("serial", 0), ("pool", 2)):
        convert_all([str(SAMPLES / "*.pdf"), str(SAMPLES / "*.txt")], tmp_path / name, Options(jobs=jobs, quiet=True))
    assert contents(tmp_path / "serial") == contents(tmp_path / "pool")


def test_twins_are_converted_once_and_listed_once(tmp_path: Path) -> None:
    (path,) = batch(tmp_path / "in", 1)
    twin = shutil.copy(path, path.with_name("twin.txt"))
    outcome = convert_all([str(tmp_path / "in")], tmp_path / "out", Options(quiet=True))
    assert len(outcome.results) == 1
    (row,) = pq.read_table(tmp_path / "out" / "文档清单").to_pylist()
    assert (row["来源"], row["别名"]) == (str(path), [str(twin)])
    again = convert_all([str(tmp_path / "in")], tmp_path / "out", Options(quiet=True))
    assert again.results[0].skipped


def test_lists_of_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = batch(tmp_path / "in", 2)
    names = tmp_path / "names"
    names.write_text(f"{one}\n\n{two}\n", encoding="utf-8")
    assert list(listed([f"@{names}", "x.pdf"])) == [str(one), str(two), "x.pdf"]
    with names.open(encoding="utf-8") as handle:
        monkeypatch.setattr("sys.stdin", handle)
        assert list(listed(["-"])) == [str(one), str(two)]


def test_links_that_lead_out_are_refused(tmp_path: Path) -> None:
    (path,) = batch(tmp_path / "elsewhere", 1)
    inside = tmp_path / "in"
    inside.mkdir()
    (inside / "link.txt").symlink_to(path)
    (inside / "loop").symlink_to(inside)
    (inside / "gone.pdf").symlink_to(tmp_path / "nowhere.pdf")
    outcome = convert_all([str(inside)], tmp_path / "out", Options(quiet=True))
    assert {(Path(r.source).name, r.status, r.error_code) for r in outcome.results} == {
        ("link.txt", "失败", "Unreadable"), ("gone.pdf", "失败", "Unreadable"),
    }  # fmt: skip


def test_odd_names_stay_in_the_output(tmp_path: Path) -> None:
    (path,) = batch(tmp_path / "in", 1)
    for name in ("a\nb.txt", "..txt", "=cmd|'x'.txt", "-q.txt", "a b;$(id).txt"):
        (tmp_path / "in" / name).write_bytes(path.read_bytes() + name.encode())
    outcome = convert_all([str(tmp_path / "in")], tmp_path / "out", Options(quiet=True))
    assert Counter(r.status for r in outcome.results)["成功"] >= 5
    assert {p.name for p in tmp_path.iterdir()} == {"in", "out"}


def test_nothing_to_do(tmp_path: Path) -> None:
    with pytest.raises(NothingToDo):
        find_sources([str(tmp_path)])


def start(inputs: Path, out: Path, said: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
    command = [*YUSUAN, str(inputs), "-o", str(out), "-q", "--jobs", "2"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said, start_new_session=True)


def in_session(session: int) -> list[int]:
    """Processes that a command left behind."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == session and fields[0] != "Z":
                found.append(int(entry.name))
    return found


def assert_whole(out: Path) -> None:
    """What a reader sees at any moment: whole files, and none of a document but what its mark came last for."""
    for path in out.rglob("*.parquet"):
        try:
            pq.read_metadata(path)
        except FileNotFoundError:
            continue  # being replaced
    marks = {p.stem for p in (out / "文档清单").glob("*.parquet")} if (out / "文档清单").is_dir() else set()
    for mark in marks:
        (row,) = pq.ParquetFile(out / "文档清单" / f"{mark}.parquet").read().to_pylist()
        if row["状态"] == "失败":
            continue
        assert (out / "表格清单" / f"{mark}.parquet").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_random_kills_lose_nothing(tmp_path: Path) -> None:
    """kill -9 of the supervisor or of a worker at random points; then the run completes to the same bytes."""
    batch(tmp_path / "in", 24)
    undisturbed = start(tmp_path / "in", tmp_path / "whole")
    assert undisturbed.wait(120) == 0
    rng = random.Random(5)
    out = tmp_path / "out"
    for n in range(8):
        run = start(tmp_path / "in", out)
        time.sleep(rng.uniform(0.3, 1.6))
        if n % 2:
            run.kill()
        else:
            others = [p for p in in_session(run.pid) if p != run.pid]
            if others:
                os.kill(rng.choice(others), signal.SIGKILL)
        run.wait(120)
        if out.is_dir():
            assert_whole(out)
        deadline = time.monotonic() + 10
        while in_session(run.pid) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert in_session(run.pid) == []
    last = start(tmp_path / "in", out)
    assert last.wait(120) == 0
    assert contents(out) == contents(tmp_path / "whole")


@pytest.mark.skipif(sys.platform != "linux", reason="POSIX signals")
def test_interrupt_finishes_what_runs(tmp_path: Path) -> None:
    batch(tmp_path / "in", 40)
    run = start(tmp_path / "in", tmp_path / "out", subprocess.PIPE)
    while not list((tmp_path / "out" / "文档清单").glob("*.parquet")):
        time.sleep(0.02)
    run.send_signal(signal.SIGINT)
    said = run.communicate(timeout=60)[1].decode()
    assert run.returncode == 130
    assert "stopping" in said and "left: run the same command again" in said
    assert_whole(tmp_path / "out")
    assert start(tmp_path / "in", tmp_path / "out").wait(120) == 0
    assert len(list((tmp_path / "out" / "文档清单").glob("*.parquet"))) == 40


def test_failures_are_tried_again_only_where_that_may_help(tmp_path: Path) -> None:
    """A folder with a thousand scans once was read anew on every run."""
    batch(tmp_path / "in", 1)
    (tmp_path / "in" / "web.pdf").write_bytes(b"<html>")
    for name in ("hangs", "leaves"):
        (tmp_path / "in" / f"{name}.txt").write_text(name, encoding="utf-8")
    sources = find_sources([str(tmp_path / "in")])

    def run(timeout: float) -> dict[str, tuple[str | None, bool]]:
        limits = Limits(timeout=timeout, memory=400)
        pool = Pool(Misbehaving(Recipe(tmp_path / "out", limits=str(limits))), 2, limits)
        return {Path(r.source).stem: (r.error_code, r.skipped) for r in pool.run(sources)}

    first = {
        "000": (None, False),
        "web": ("NotAPDF", False),
        "hangs": ("TimedOut", False),
        "leaves": ("Crashed", False),
    }
    assert run(3.0) == first
    again = {
        (s.path.stem, timeout): Task(Recipe(tmp_path / "out", limits=str(Limits(timeout, 400)))).convert(s)
        for s in sources
        for timeout in (3, 9)
        if s.path.stem != "000"
    }
    assert {place for place, result in again.items() if not result.skipped} == {("hangs", 9), ("leaves", 9)}
    assert again["web", 9].status == "失败"
    Task(Recipe(tmp_path / "out")).fail(sources[0], Killed("the worker ended (SIGKILL)"))
    assert not Task(Recipe(tmp_path / "out")).convert(sources[0]).skipped
