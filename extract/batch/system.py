"""What the operating system offers to bound a process, and what is not bounded where it offers less.

Linux has everything; macOS does not hold a bound on address space; Windows has neither bounds nor timers.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from threading import Event, Thread
from typing import Any

from extract.files import MIB

_LOOK = 0.5  # seconds


def module(name: str) -> Any:
    """A module that only some systems or installations have, or ``None``."""
    try:
        return import_module(name)
    except ImportError:
        return None


def bound_memory(size: int) -> bool:
    """Bound the address space of this process to ``size`` bytes; false where the system cannot."""
    resource = module("resource")
    if resource is None:
        return False
    try:
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
    except (ValueError, OSError):
        return False
    return True


def set_alarm(seconds: float) -> None:
    """The kernel ends this process after ``seconds``; 0: not any more.  Nothing happens where there are no timers."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def resident(pid: int | None) -> float | None:
    """Resident memory of a process in MiB, 0 for one that has ended; ``None`` where nobody tells (psutil would)."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / MIB
    except (OSError, IndexError, ValueError, AttributeError):
        psutil = module("psutil")
    if psutil is None:
        return 0.0 if Path("/proc/self/statm").exists() else None
    try:
        return float(psutil.Process(pid).memory_info().rss) / MIB
    except psutil.Error:
        return 0.0


@dataclass(slots=True)
class Thrift:
    """Gives back to the system what this process's allocator keeps free, when that has become much."""

    spare: float = 24.0  # MiB that it may keep
    _least: float = field(default_factory=lambda: resident(os.getpid()) or 0.0)

    def look(self) -> None:
        if (resident(os.getpid()) or 0.0) <= self._least + self.spare:
            return
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if os.name == "posix" else None  # glibc's
        if trim is not None:
            trim(0)
        self._least = resident(os.getpid()) or 0.0


def not_bounded() -> list[str]:
    """What limits do not hold here, in words."""
    if resident(os.getpid()) is None:
        return ["--memory is not held here: install psutil"]
    return []


def wake_children() -> None:
    """Continue children that somebody has stopped: whoever waits for one would wait for ever."""
    if not hasattr(signal, "SIGCONT"):
        return
    for pid in _children():
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGCONT)


@contextlib.contextmanager
def children_awake() -> Iterator[None]:
    """Inside, nobody of them stands still for long: for calls that wait for an answer without end."""
    done = Event()

    def watch() -> None:
        while not done.wait(_LOOK):
            wake_children()

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _children() -> list[int]:
    with contextlib.suppress(OSError, ValueError):
        return [int(p) for f in Path("/proc/self/task").glob("*/children") for p in f.read_text().split()]
    return []
