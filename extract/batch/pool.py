"""Worker processes that the run owns: a document that crashes, hangs or eats memory costs itself only.

A ``ProcessPoolExecutor`` loses every waiting task when one worker dies and cannot stop one that hangs, so the
supervisor here owns each worker's process and pipe.  A worker converts one document at a time and is replaced after
``_RECYCLE`` of them.
"""

from __future__ import annotations

import atexit
import contextlib
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any

from extract.batch.fork_server import main_unseen, safe_path, worker_context
from extract.batch.sources import Source
from extract.batch.system import Thrift, bound_memory, children_awake, resident, set_alarm, wake_children
from extract.batch.task import Task
from extract.errors import Crashed, ExtractError, Killed, OutputError, TimedOut, TooMuchMemory
from extract.files import MIB
from extract.paper.model import DocumentResult
from extract.paper.page_watch import watched

_RECYCLE = 500  # documents
_TICK = 0.2  # seconds between looks at clocks and memory
_LAST = 2  # seconds that idle workers have to end by themselves
_GRACE = 5  # seconds after which a worker whose supervisor is gone ends itself

atexit.register(wake_children)  # a fork server that somebody stopped after the last document would outlive the command


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may take: ``timeout`` in seconds, of a scan for every page; ``memory`` in MiB; its file ``max_size`` MiB."""

    timeout: float = 120.0
    memory: int = 2048
    max_size: int = 512

    def __str__(self) -> str:
        return f"{self.timeout:g} s, {self.memory} MiB, files of {self.max_size} MiB"


@dataclass(frozen=True, slots=True)
class PageDone:
    """A worker's word that it has recognised a page."""

    number: int


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

    ``stop()`` lets the running documents finish and starts no more; leaving the generator kills what runs.  With
    ``keep`` idle workers wait for another ``run`` until ``close()``.
    """

    task: Task
    jobs: int
    limits: Limits = field(default_factory=Limits)
    keep: bool = False
    seen: Callable[[Source | str, int], None] | None = None  # called with the number of each page that is recognised
    _workers: list[_Worker] = field(default_factory=list)
    _stopping: bool = False

    def stop(self) -> None:
        self._stopping = True

    def run(self, sources: Iterable[Source | str]) -> Iterator[DocumentResult]:
        """Raises ``OutputError`` when a worker finds that the output cannot be written."""
        waiting = deque(sources)
        workers = self._workers
        try:
            while (waiting and not self._stopping) or any(w.source for w in workers):
                self._feed(workers, waiting)
                busy = {w.pipe: w for w in workers if w.source}
                for pipe in wait(list(busy), timeout=_TICK):
                    result = self._take(busy[pipe], workers)  # type: ignore[index]
                    if result is not None:
                        yield result
                yield from self._over_limits(workers)
        finally:
            self._end([w for w in workers if w.source or not self.keep])

    def close(self) -> None:
        """End the workers that are left."""
        self._end(list(self._workers))

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
        with safe_path(), main_unseen(), children_awake():  # a server that stands still forks nobody
            context: Any = worker_context()
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(theirs, self.task, self.limits), daemon=True)
            process.start()
        theirs.close()
        return _Worker(process, ours)

    def _take(self, worker: _Worker, workers: list[_Worker]) -> DocumentResult | None:
        """The result that a worker sends; ``None`` where it only says that it is getting on."""
        source = worker.source
        assert source is not None
        try:
            answer = worker.pipe.recv()
        except (EOFError, OSError):
            wake_children()
            worker.process.join(_GRACE)
            code = worker.process.exitcode
            error = Killed if _ending(code) == "SIGKILL" else Crashed
            return self._lose(worker, workers, error(f"the worker ended ({_ending(code)})"))
        if isinstance(answer, PageDone):
            worker.since = time.monotonic()
            if self.seen is not None:
                self.seen(source, answer.number)
            return None
        worker.source = None
        worker.done += 1
        if isinstance(answer, OutputError):
            raise answer
        if worker.done >= _RECYCLE:
            self._end([worker])
        result: DocumentResult = answer
        return result

    def _over_limits(self, workers: list[_Worker]) -> Iterator[DocumentResult]:
        now = time.monotonic()
        for worker in [w for w in workers if w.source]:
            if now - worker.since > self.limits.timeout:
                yield self._lose(worker, workers, TimedOut(f"not done after {self.limits.timeout:g} s"))
            elif (resident(worker.process.pid) or 0) > self.limits.memory:
                yield self._lose(worker, workers, TooMuchMemory(f"took more than {self.limits.memory} MiB"))

    def _lose(self, worker: _Worker, workers: list[_Worker], error: ExtractError) -> DocumentResult:
        """End a worker and write its document's 失败 row."""
        source = worker.source
        assert source is not None
        self._end([worker])
        return self.task.fail(source, error)

    def _end(self, ending: list[_Worker]) -> None:
        """End workers: those with a document at once, idle ones when they find their pipe closed, or soon."""
        for worker in ending:
            self._workers.remove(worker)
            if worker.source:
                worker.process.kill()
            worker.pipe.close()
        wake_children()  # the server tells how they ended
        deadline = time.monotonic() + _LAST
        for worker in ending:
            worker.process.join(max(deadline - time.monotonic(), 0))
            if worker.process.exitcode is None:  # somebody has stopped it
                worker.process.kill()
                worker.process.join(_GRACE)


def _work(pipe: Connection, task: Task, limits: Limits) -> None:
    """A worker's life: receive a source, convert it, send what became of it; end when the supervisor does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the supervisor decides
    bound_memory((limits.memory + 2048) * MIB)  # of address space: for what grows faster than anyone looks
    thrift = Thrift()
    while True:
        try:
            source: Source | str = pipe.recv()
        except (EOFError, OSError):
            return
        # the kernel ends this process if nobody is left to do so
        set_alarm(limits.timeout + _GRACE)
        answer: DocumentResult | OutputError
        try:
            with watched(lambda number: _report(pipe, number, limits)):
                answer = task.convert(source)
        except OutputError as error:
            answer = error
        set_alarm(0)
        try:
            pipe.send(answer)
        except (BrokenPipeError, OSError):
            return
        thrift.look()


def _report(pipe: Connection, number: int, limits: Limits) -> None:
    """A recognised page costs seconds: every one of them starts the clock of its document anew."""
    set_alarm(limits.timeout + _GRACE)
    with contextlib.suppress(OSError):
        pipe.send(PageDone(number))


def _ending(code: int | None) -> str:
    if code is None:
        return "no exit code"
    if code < 0:
        with contextlib.suppress(ValueError):
            return signal.Signals(-code).name
    return f"exit code {code}"
