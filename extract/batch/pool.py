"""Worker processes that the run owns: a document that crashes, hangs or eats memory costs itself only.

A ``ProcessPoolExecutor`` loses every waiting task when one worker dies and cannot stop one that hangs, so the
supervisor here owns each worker's process and pipe.  A worker converts one document at a time and is replaced after
``_RECYCLE`` of them.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from extract.batch.fork_server import fork_context
from extract.batch.sources import Source
from extract.batch.task import Task
from extract.errors import Crashed, ExtractError, Killed, OutputError, TimedOut, TooMuchMemory
from extract.paper.model import DocumentResult

_RECYCLE = 500  # documents
_TICK = 0.2  # seconds between looks at clocks and memory
_GRACE = 5  # seconds after which a worker whose supervisor is gone ends itself


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may take: ``timeout`` in seconds, ``memory`` in MiB; its file ``max_size`` MiB."""

    timeout: float = 120.0
    memory: int = 2048
    max_size: int = 512

    def __str__(self) -> str:
        return f"{self.timeout:g} s, {self.memory} MiB, files of {self.max_size} MiB"


@dataclass(slots=True)
class _Worker:
    process: Any
    pipe: Connection
    source: Source | str | None = None
    since: float = 0.0
    done: int = 0


@dataclass(slots=True)
class Pool:
    """Converts sources in ``jobs`` processes; yields a result for each, in the order they end.

    ``stop()`` lets the running documents finish and starts no more; leaving the generator kills what runs.
    """

    task: Task
    jobs: int
    limits: Limits = field(default_factory=Limits)
    _stopping: bool = False

    def stop(self) -> None:
        self._stopping = True

    def run(self, sources: Iterable[Source | str]) -> Iterator[DocumentResult]:
        """Raises ``OutputError`` when a worker finds that the output cannot be written."""
        waiting = deque(sources)
        workers: list[_Worker] = []
        try:
            while (waiting and not self._stopping) or any(w.source for w in workers):
                self._feed(workers, waiting)
                busy = {w.pipe: w for w in workers if w.source}
                for pipe in wait(list(busy), timeout=_TICK):
                    yield self._take(busy[pipe], workers)  # type: ignore[index]
                yield from self._over_limits(workers)
        finally:
            for worker in workers:
                self._end(worker, kill=worker.source is not None)

    def _feed(self, workers: list[_Worker], waiting: deque[Source | str]) -> None:
        while waiting and not self._stopping:
            idle = next((w for w in workers if w.source is None), None)
            if idle is None:
                if len(workers) >= self.jobs:
                    return
                idle = self._start()
                workers.append(idle)
            idle.source = waiting.popleft()
            idle.since = time.monotonic()
            with contextlib.suppress(OSError):  # a dead worker is noticed by its pipe
                idle.pipe.send(idle.source)

    def _start(self) -> _Worker:
        context = fork_context()
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs, self.task, self.limits), daemon=True)
        process.start()
        theirs.close()
        return _Worker(process, ours)

    def _take(self, worker: _Worker, workers: list[_Worker]) -> DocumentResult:
        source = worker.source
        assert source is not None
        try:
            answer = worker.pipe.recv()
        except (EOFError, OSError):
            worker.process.join(_GRACE)
            code = worker.process.exitcode
            error = Killed if code == -signal.SIGKILL else Crashed
            return self._lose(worker, workers, error(f"the worker ended ({_ending(code)})"))
        worker.source = None
        worker.done += 1
        if isinstance(answer, OutputError):
            raise answer
        if worker.done >= _RECYCLE:
            workers.remove(worker)
            self._end(worker, kill=False)
        result: DocumentResult = answer
        return result

    def _over_limits(self, workers: list[_Worker]) -> Iterator[DocumentResult]:
        now = time.monotonic()
        for worker in [w for w in workers if w.source]:
            if now - worker.since > self.limits.timeout:
                yield self._lose(worker, workers, TimedOut(f"not done after {self.limits.timeout:g} s"))
            elif _resident(worker.process.pid) > self.limits.memory:
                yield self._lose(worker, workers, TooMuchMemory(f"took more than {self.limits.memory} MiB"))

    def _lose(self, worker: _Worker, workers: list[_Worker], error: ExtractError) -> DocumentResult:
        """End a worker and write its document's 失败 row."""
        source = worker.source
        assert source is not None
        workers.remove(worker)
        self._end(worker, kill=True)
        return self.task.fail(source, error)

    def _end(self, worker: _Worker, kill: bool) -> None:
        if kill:
            worker.process.kill()
        worker.pipe.close()
        worker.process.join()


def _work(pipe: Connection, task: Task, limits: Limits) -> None:
    """A worker's life: receive a source, convert it, send what became of it; end when the supervisor does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the supervisor decides
    ceiling = (limits.memory + 2048) * 1024 * 1024  # of address space: for what grows faster than anyone looks
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling))
    while True:
        try:
            source: Source | str = pipe.recv()
        except (EOFError, OSError):
            return
        # the kernel ends this process if nobody is left to do so
        signal.setitimer(signal.ITIMER_REAL, limits.timeout + _GRACE)
        answer: DocumentResult | OutputError
        try:
            answer = task.convert(source)
        except OutputError as error:
            answer = error
        signal.setitimer(signal.ITIMER_REAL, 0)
        try:
            pipe.send(answer)
        except (BrokenPipeError, OSError):
            return


def _resident(pid: int | None) -> float:
    """Resident memory of a process in MiB; 0 where the system does not tell."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError, ValueError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024 / 1024


def _ending(code: int | None) -> str:
    if code is None:
        return "no exit code"
    if code < 0:
        with contextlib.suppress(ValueError):
            return signal.Signals(-code).name
    return f"exit code {code}"
