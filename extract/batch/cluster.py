"""Conversion on a Dask cluster: the optional extra ``cluster``.

Every worker must see the sources and the output: a shared file system, or fsspec paths.  A worker that dies loses
nothing: its documents go to another one; one that kills its workers again and again becomes a 失败 row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from importlib import import_module
from threading import Lock
from typing import Any

from extract.batch.fork_server import safe_path
from extract.batch.sources import Source
from extract.batch.task import Task
from extract.errors import Killed, OutputError, UsageError
from extract.paper.model import DocumentResult

_ONE_AT_A_TIME = Lock()  # pdfium is not thread-safe; a worker may have several threads


def run_on_cluster(address: str, sources: Sequence[Source | str], task: Task, jobs: int) -> Iterator[DocumentResult]:
    """Convert on the scheduler at ``address`` (``tcp://…``), or on ``local`` workers made for this run."""
    try:
        distributed: Any = import_module("dask.distributed")
    except ImportError as error:
        raise UsageError("a cluster needs Dask: pip install 'yusuan[cluster]'") from error
    with ExitStack() as stack:
        stack.enter_context(safe_path())  # for as long as workers of our own may be started again
        try:
            client = (
                distributed.Client(n_workers=jobs, threads_per_worker=1, dashboard_address=None)
                if address == "local"
                else distributed.Client(address, timeout=10)
            )
        except (OSError, ValueError) as error:
            raise UsageError(f"no Dask scheduler at {address}: {error}") from error
        stack.enter_context(client)
        futures = {client.submit(_convert, task, s, pure=False, retries=1): s for s in sources}
        for future in distributed.as_completed(list(futures)):
            source = futures.pop(future)
            failure = future.exception()
            if failure is None:
                yield future.result()
            elif isinstance(failure, OutputError):
                raise failure
            else:
                yield task.fail(source, Killed(f"{type(failure).__name__} on the cluster"))


def _convert(task: Task, source: Source | str) -> DocumentResult:
    with _ONE_AT_A_TIME:
        return task.convert(source)
