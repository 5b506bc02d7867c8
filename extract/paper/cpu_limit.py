"""A bound on work that may fail: a second opinion must not cost the first."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any


class CpuLimitReached(BaseException):
    """Raised inside the bounded work; no library's own handlers of ``Exception`` swallow it."""


@contextmanager
def bounded(seconds: float, ceiling: int) -> Iterator[None]:
    """Let the work inside take ``seconds`` of CPU, and the process ``ceiling`` bytes of address space in all.

    Raises ``CpuLimitReached`` or ``MemoryError`` in it.  Interpreted work can be stopped so, compiled work cannot; outside
    the main thread, and on a system without timers or limits (Windows), nothing is bounded.
    """
    resource = _resource()
    main = threading.current_thread() is threading.main_thread()
    if resource is None or not main or not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _stop)
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    bound = ceiling if soft == resource.RLIM_INFINITY else min(ceiling, soft)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (bound, hard))
        signal.setitimer(signal.ITIMER_VIRTUAL, max(seconds, 0.01), 0.5)  # again, in case a bare except swallows it
        yield
    finally:
        try:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        finally:  # the last signal may arrive on the line above
            signal.signal(signal.SIGVTALRM, before)
            resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _resource() -> Any:
    try:
        return import_module("resource")
    except ImportError:
        return None


def _stop(number: int, frame: FrameType | None) -> None:
    raise CpuLimitReached


def address_space() -> int:
    """Bytes of address space of this process; a guess where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError, AttributeError):
        return 4 << 30
