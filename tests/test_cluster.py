"""The cluster path: a real Dask scheduler, a worker killed, fsspec file systems, S3 as moto serves it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from uuid import uuid4

import fsspec
import pyarrow.parquet as pq
import pytest

from extract.batch.run import Options, convert_all
from extract.batch.task import Task
from extract.convert import Recipe
from extract.errors import Killed, UsageError
from tests.test_pool import batch, contents

pytestmark = pytest.mark.filterwarnings("ignore")  # Dask's and boto's own
SAMPLES = Path(__file__).resolve().parent.parent / "samples"


def undisturbed(inputs: Path, out: Path) -> dict[str, bytes]:
    convert_all([str(inputs)], out, Options(quiet=True, jobs=0))
    return contents(out)


def spawn(*command: str) -> subprocess.Popen[bytes]:
    # workers import extract and parsers from here
    environment = {**os.environ, "PYTHONPATH": str(SAMPLES.parent)}
    return subprocess.Popen(
        [sys.executable, "-m", *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    )


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers, each a process of its own."""
    found = tmp_path / "scheduler.json"
    processes = [
        spawn("distributed.cli.dask_scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", str(found))
    ]
    while not found.exists():
        time.sleep(0.1)
    address = __import__("json").loads(found.read_text())["address"]
    workers = [
        spawn("distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(tmp_path / f"w{n}"))
        for n in range(2)
    ]  # fmt: skip
    try:
        yield address, workers
    finally:
        for process in [*workers, *processes]:
            process.kill()
            process.wait()


def test_cluster_makes_the_same_bytes_though_a_worker_dies(
    cluster: tuple[str, list[subprocess.Popen[bytes]]], tmp_path: Path
) -> None:
    address, workers = cluster
    batch(tmp_path / "in", 16)
    wanted = undisturbed(tmp_path / "in", tmp_path / "whole")

    def kill_one() -> None:
        while len(list((tmp_path / "out" / "文档清单").glob("*.parquet"))) < 3:
            time.sleep(0.005)
        workers[0].kill()

    killer = Thread(target=kill_one)
    killer.start()
    outcome = convert_all([str(tmp_path / "in")], tmp_path / "out", Options(quiet=True, cluster=address))
    killer.join()
    assert [r.status for r in outcome.results] == ["成功"] * 16
    assert contents(tmp_path / "out") == wanted


def test_no_scheduler(tmp_path: Path) -> None:
    batch(tmp_path / "in", 1)
    with pytest.raises(UsageError, match="no Dask scheduler"):
        options = Options(quiet=True, cluster="tcp://127.0.0.1:1")
        convert_all([str(tmp_path / "in")], tmp_path / "out", options)


def test_memory_file_system(tmp_path: Path) -> None:
    batch(tmp_path / "in", 3)
    wanted = undisturbed(tmp_path / "in", tmp_path / "whole")
    fs, root = fsspec.filesystem("memory"), f"/{uuid4().hex}"
    fs.put(str(tmp_path / "in"), f"{root}/in", recursive=True)
    out = f"memory:/{root}/out"
    first = convert_all([f"memory:/{root}/in"], out, Options(jobs=0, quiet=True))
    assert [r.status for r in first.results] == ["成功"] * 3
    made = {p.removeprefix(f"{root}/out/"): fs.cat_file(p) for p in fs.find(f"{root}/out")}
    assert made.keys() == wanted.keys()
    assert {k: v for k, v in made.items() if "文档清单" not in k} == {
        k: v for k, v in wanted.items() if "文档清单" not in k
    }
    with pytest.MonkeyPatch.context() as other:
        other.setattr("extract.convert.file_stem", lambda number, ordinal: f"old{ordinal}")
        convert_all([f"memory:/{root}/in"], out, Options(jobs=0, quiet=True, force=True))
    assert any("__old" in p for p in fs.find(f"{root}/out"))
    convert_all([f"memory:/{root}/in"], out, Options(jobs=0, quiet=True, force=True))
    assert {p.removeprefix(f"{root}/out/") for p in fs.find(f"{root}/out")} == made.keys()
    again = convert_all([f"memory:/{root}/in"], out, Options(jobs=0, quiet=True))
    assert all(r.skipped for r in again.results)


@pytest.fixture
def bucket() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_ENDPOINT_URL": f"http://{host}:{port}"}
    before = {k: os.environ.get(k) for k in keys}
    os.environ.update(keys)
    try:
        fsspec.filesystem("s3", skip_instance_cache=True).mkdir("budgets")
        yield "s3://budgets"
    finally:
        server.stop()
        for k, v in before.items():
            os.environ.pop(k) if v is None else os.environ.__setitem__(k, v)


def test_workers_convert_remote_paths(tmp_path: Path) -> None:
    """Local documents to an fsspec path: links out of the folder are refused there too, twins listed, limits kept."""
    batch(tmp_path / "in", 2)
    shutil.copy(tmp_path / "in" / "000.txt", tmp_path / "in" / "twin.txt")
    (tmp_path / "secret.txt").write_text("somebody else's", encoding="utf-8")
    (tmp_path / "in" / "link.txt").symlink_to(tmp_path / "secret.txt")
    out = f"file://{tmp_path}/out"
    convert_all([str(tmp_path / "in")], out, Options(jobs=2, quiet=True))
    rows = pq.read_table(tmp_path / "out" / "文档清单").to_pylist()
    assert sorted((Path(r["来源"]).name, r["错误代码"]) for r in rows) == [
        ("000.txt", None), ("001.txt", None), ("link.txt", "Unreadable"),
    ]  # fmt: skip


def test_remote_failure_is_a_row(tmp_path: Path) -> None:
    task = Task(Recipe(tmp_path), f"file://{tmp_path}/out")
    batch(tmp_path / "in", 1)
    result = task.fail(f"file://{tmp_path}/in/000.txt", Killed("as if"))
    (row,) = pq.read_table(tmp_path / "out" / "文档清单").to_pylist()
    assert (result.error_code, row["错误代码"], row["来源"]) == ("Killed", "Killed", result.source)


def test_s3(bucket: str, tmp_path: Path) -> None:
    batch(tmp_path / "in", 2)
    fs = fsspec.filesystem("s3", skip_instance_cache=True)
    fs.put(str(tmp_path / "in"), f"{bucket}/in", recursive=True)
    outcome = convert_all([f"{bucket}/in"], f"{bucket}/out", Options(jobs=0, quiet=True))
    assert [r.status for r in outcome.results] == ["成功"] * 2
    fs.get(f"{bucket}/out", str(tmp_path / "got"), recursive=True)
    rows = pq.read_table(tmp_path / "got" / "文档清单").to_pylist()
    assert sorted(r["来源"] for r in rows) == [f"{bucket}/in/000.txt", f"{bucket}/in/001.txt"]
    wanted = undisturbed(tmp_path / "in", tmp_path / "whole")
    shutil.rmtree(tmp_path / "got" / "文档清单")
    assert contents(tmp_path / "got") == {k: v for k, v in wanted.items() if "文档清单" not in k}
