"""The fork server from which worker processes come: it has loaded once what all of them need.

The command's own is a copy of the command, made before it has threads: what both need is loaded once and stands in memory
once.  A caller's program, whose threads we do not know, gets a server that is an interpreter of its own.  Where there is
no fork server (Windows), every worker is one.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import util
from multiprocessing.context import BaseContext
from threading import RLock
from types import ModuleType

_ENVIRONMENT = RLock()  # it is the process's: threads that start workers take turns


@contextmanager
def safe_path() -> Iterator[None]:
    """Interpreters that start inside do not look for modules in the current folder.

    The standard library starts its servers as ``python -c …``, which puts the current folder first on their path:
    a ``numbers.py`` among the documents would be run (Python's PYTHONSAFEPATH, 3.11).
    """
    with _ENVIRONMENT:
        before = os.environ.get("PYTHONSAFEPATH")
        os.environ["PYTHONSAFEPATH"] = "1"
        try:
            yield
        finally:
            if before is None:
                del os.environ["PYTHONSAFEPATH"]
            else:
                os.environ["PYTHONSAFEPATH"] = before


@contextmanager
def main_unseen() -> Iterator[None]:
    """Workers that start inside do not run the main module again: nothing that they do is defined there.

    It is the command with its typer, 0.06 s of every worker, or a caller's script, which may lack its guard.
    """
    with _ENVIRONMENT:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main


def worker_context() -> BaseContext:
    """The context whose processes are forked from a server that has imported ``extract.batch.worker``; it runs.

    Start them inside ``safe_path`` and ``main_unseen``: without a fork server each is an interpreter of its own.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["extract.batch.worker"])
    with safe_path():
        import_module("multiprocessing.forkserver").ensure_running()
    return context


def fork_here() -> None:
    """Make the server a copy of this process, which is the command and has no threads yet; elsewhere do nothing.

    What it has imported, ``extract.batch.worker`` among it, the workers have too.
    """
    if sys.platform != "linux" or threading.active_count() > 1 or not hasattr(util, "spawnv_passfds"):
        return
    spawn = util.spawnv_passfds
    util.spawnv_passfds = _copy  # type: ignore[assignment]  # how the standard library starts its servers
    try:
        worker_context()
    finally:
        util.spawnv_passfds = spawn


def _copy(path: object, arguments: Sequence[str | bytes], kept: Sequence[int]) -> int:
    """Run ``python … -c PROGRAM`` in a copy of this process that has the standard streams and the files ``kept``; its id."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        below = 2
        for number in [*sorted(kept), os.sysconf("SC_OPEN_MAX")]:
            os.closerange(below + 1, number)
            below = number
        exec(arguments[-1], {"__name__": "server"})
        code = 0
    except SystemExit:
        code = 0
    finally:
        if code:
            traceback.print_exc()
        os._exit(code)
