"""Conversion on a Dask cluster: the optional extra ``cluster``.

Every worker must see the sources and the output: a shared file system, or fsspec paths.  A Dask worker hands each
document to a process of its own, under the same limits as elsewhere.  A task is a batch of documents, and only so many
tasks are in flight as keep the workers busy: the scheduler's memory does not grow with the run.  A Dask worker that dies
loses nothing: its batch goes to another one, then a document at a time; one that kills its workers again and again
becomes a 失败 row.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib import import_module
from threading import Lock, local
from typing import Any

from extract.batch.fork_server import safe_path
from extract.batch.pool import Limits, Pool
from extract.batch.sources import Source
from extract.batch.task import Task
from extract.errors import Killed, OutputError, UsageError
from extract.paper.model import DocumentResult

_BATCH = 50  # documents of a task, at most
_AHEAD = 2  # tasks for each thread of the cluster: one to do, one at hand
_THREAD = local()  # each thread of a Dask worker keeps one process
_OPEN: list[Pool] = []
_OPENING = Lock()


def run_on_cluster(
    address: str, sources: Sequence[Source | str], task: Task, jobs: int, limits: Limits
) -> Iterator[DocumentResult]:
    """Convert on the scheduler at ``address`` (``tcp://…``), or on a ``local`` one inside this process."""
    try:
        distributed: Any = import_module("dask.distributed")
    except ImportError as error:
        raise UsageError("a cluster needs Dask: pip install 'yusuan[cluster]'") from error
    with ExitStack() as stack:
        try:
            client = (
                stack.enter_context(local_client(distributed, jobs))
                if address == "local"
                else stack.enter_context(distributed.Client(address, timeout=10))
            )
        except (OSError, ValueError) as error:
            raise UsageError(f"no Dask scheduler at {address}: {error}") from error
        yield from _in_flight(distributed, client, sources, task, limits)


def _in_flight(
    distributed: Any, client: Any, sources: Sequence[Source | str], task: Task, limits: Limits
) -> Iterator[DocumentResult]:
    threads = _threads(client)
    size = max(1, min(_BATCH, -(-len(sources) // (_AHEAD * threads))))
    waiting = deque(list(sources[i : i + size]) for i in range(0, len(sources), size))
    flying: dict[Any, list[Source | str]] = {}
    finished = distributed.as_completed()
    while waiting or flying:
        while waiting and len(flying) < _AHEAD * threads:
            batch = waiting.popleft()
            future = client.submit(_convert, task, batch, limits, pure=False, retries=1)
            flying[future] = batch
            finished.add(future)
        future = next(finished)
        batch = flying.pop(future)
        failure = future.exception()
        threads = _threads(client)
        if failure is None:
            yield from future.result()
        elif isinstance(failure, OutputError):
            raise failure
        elif len(batch) > 1:
            waiting.extendleft([source] for source in reversed(batch))
        else:
            yield task.fail(batch[0], Killed(f"{type(failure).__name__} on the cluster"))


def _threads(client: Any) -> int:
    """Documents that the cluster converts at once now; workers come and go."""
    threads: dict[str, int] = client.nthreads()
    return max(1, sum(threads.values()))


@contextmanager
def local_client(distributed: Any, jobs: int) -> Iterator[Any]:
    """A scheduler and ``jobs`` threads in this process, which nobody else can reach: no port is open."""
    dask: Any = import_module("dask")
    bare: dict[str, list[str]] = {"distributed.scheduler.http.routes": [], "distributed.worker.http.routes": []}
    here = "127.0.0.1:0"
    with dask.config.set(bare), safe_path():
        cluster = distributed.LocalCluster(
            n_workers=1, threads_per_worker=jobs, processes=False, dashboard_address=here, worker_dashboard_address=here
        )
    try:
        for server in (cluster.scheduler, *cluster.workers.values()):  # Dask has no switch for their status pages
            cluster.sync(_shut, server.http_server)
        with distributed.Client(cluster) as client:
            yield client
    finally:
        cluster.close()
        while _OPEN:
            _OPEN.pop().close()


async def _shut(server: Any) -> None:
    server.stop()


def _convert(task: Task, batch: list[Source | str], limits: Limits) -> list[DocumentResult]:
    """Convert in this thread's process.  Raises ``OutputError``."""
    pool: Pool | None = getattr(_THREAD, "pool", None)
    if pool is None or (pool.task, pool.limits) != (task, limits):
        multiprocessing.current_process().daemon = False  # Dask's nannies forbid their workers to have children
        if pool is not None:
            pool.close()
        _THREAD.pool = pool = Pool(task, 1, limits, keep=True)
        with _OPENING:
            _OPEN.append(pool)
    return list(pool.run(batch))
