"""Processes that somebody stops (SIGSTOP), and limits that hold on a cluster as they do elsewhere."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from extract.batch.cluster import _in_flight, local_client
from extract.batch.pool import Limits, Pool
from extract.batch.run import Options, convert_all
from extract.batch.sources import Source
from extract.batch.system import _children, not_bounded, resident
from extract.batch.task import Task
from extract.convert import Recipe
from tests.test_pool import Misbehaving, batch, contents, in_session

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def stop(pids: list[int]) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)


def test_stopped_idle_workers_do_not_hang_the_end(tmp_path: Path) -> None:
    """The supervisor waited for them without end."""
    paths = batch(tmp_path / "in", 3)
    pool = Pool(Task(Recipe(tmp_path / "out")), 2)
    start = time.monotonic()
    for n, _ in enumerate(pool.run([Source(p) for p in paths])):
        idle = [w.process.pid for w in pool._workers if w.source is None]
        if n == len(paths) - 1:
            stop(idle)
    assert idle and time.monotonic() - start < 20
    assert all(resident(pid) == 0 for pid in idle)


def test_stopped_fork_server_does_not_hang(tmp_path: Path) -> None:
    first, second = batch(tmp_path / "in", 2)
    list(Pool(Task(Recipe(tmp_path / "out")), 1).run([Source(first)]))
    stop(_children())  # the server from which workers come, and the standard library's tracker of resources
    (result,) = Pool(Task(Recipe(tmp_path / "out")), 1).run([Source(second)])
    assert result.status == "成功"


def test_a_server_stopped_after_the_last_document_ends_with_the_command(tmp_path: Path) -> None:
    """It stood still for ever: the supervisor ended without waking it."""
    (path,) = batch(tmp_path / "in", 1)
    script = f"""
import os, pathlib, signal
from extract.batch.pool import Pool
from extract.batch.sources import Source
from extract.batch.system import _children
from extract.batch.task import Task
from extract.convert import Recipe
list(Pool(Task(Recipe(pathlib.Path({str(tmp_path / "out")!r}))), 1).run([Source(pathlib.Path({str(path)!r}))]))
for pid in _children():
    os.kill(pid, signal.SIGSTOP)
"""
    run = subprocess.Popen([sys.executable, "-c", script], start_new_session=True)
    assert run.wait(60) == 0
    deadline = time.monotonic() + 10
    while in_session(run.pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    left = in_session(run.pid)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert not left


def listening() -> set[str]:
    """Ports of this process that somebody could connect to."""
    mine = {str(f.readlink()) for f in Path("/proc/self/fd").iterdir() if f.is_symlink()}
    lines = [line.split() for t in ("tcp", "tcp6") for line in Path(f"/proc/net/{t}").read_text().splitlines()[1:]]
    return {line[1] for line in lines if line[3] == "0A" and f"socket:[{line[9]}]" in mine}


@pytest.mark.filterwarnings("ignore")
def test_local_cluster_opens_no_port() -> None:
    distributed: Any = pytest.importorskip("dask.distributed")
    before = listening()
    with local_client(distributed, 2) as client:
        assert client.submit(lambda: 1).result() == 1
        assert listening() <= before


@pytest.mark.filterwarnings("ignore")
def test_limits_hold_on_a_cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``--cluster`` took ``--timeout`` and ``--memory`` and did not keep them."""
    paths = batch(tmp_path / "in", 2)
    for name in ("hangs", "eats", "crashes"):
        (tmp_path / "in" / f"{name}.txt").write_text(name, encoding="utf-8")
    monkeypatch.setattr("extract.batch.run.Task", Misbehaving)
    options = Options(quiet=True, jobs=2, cluster="local", limits=Limits(timeout=4, memory=400))
    found = convert_all([str(tmp_path / "in")], tmp_path / "out", options).results
    assert {Path(r.source).stem: r.error_code for r in found} == {
        **{p.stem: None for p in paths}, "hangs": "TimedOut", "eats": "TooMuchMemory", "crashes": "Crashed",
    }  # fmt: skip


@dataclass(frozen=True, eq=False)
class Done:
    lost: bool
    batch: list[str]

    def exception(self) -> Exception | None:
        return RuntimeError("lost") if self.lost else None

    def result(self) -> list[str]:
        return self.batch


class Stub:
    """A client whose tasks are done when they are asked for; a batch that holds ``lost`` is lost."""

    def __init__(self, lost: str) -> None:
        self.lost = lost
        self.sizes: list[int] = []
        self.flying = self.most = 0

    def nthreads(self) -> dict[str, int]:
        return {"a": 1, "b": 2}

    def submit(self, function: Any, task: Any, batch: list[str], *_: object, **__: object) -> Any:
        self.sizes.append(len(batch))
        self.flying += 1
        self.most = max(self.most, self.flying)
        return Done(self.lost in batch, batch)

    def as_completed(self) -> Any:
        waiting: deque[Any] = deque()

        class Finished:
            add = staticmethod(waiting.append)

            def __next__(_) -> Any:
                self.flying -= 1
                return waiting.popleft()

        return Finished()


def test_a_cluster_is_given_batches_and_not_all_at_once() -> None:
    client = Stub("7")
    task: Any = SimpleNamespace(fail=lambda source, error: f"{source} failed")
    found = list(_in_flight(client, client, [str(n) for n in range(1000)], task, Limits()))
    assert sorted(map(str, found)) == sorted([*(str(n) for n in range(1000) if n != 7), "7 failed"])
    assert client.most == 6 and client.sizes.count(50) == 20 and client.sizes.count(1) == 50


def test_a_pool_that_is_kept(tmp_path: Path) -> None:
    paths = batch(tmp_path / "in", 2)
    pool = Pool(Task(Recipe(tmp_path / "out")), 1, keep=True)
    pids = set()
    for path in paths:
        list(pool.run([Source(path)]))
        pids |= {w.process.pid for w in pool._workers}
    assert len(pids) == 1
    pool.close()
    assert pool._workers == [] and contents(tmp_path / "out")


def test_what_is_not_held_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not_bounded() == []
    monkeypatch.setattr("extract.batch.system.resident", lambda pid: None)
    assert "psutil" in not_bounded()[0]
