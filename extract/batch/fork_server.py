"""The fork server from which worker processes come: it loads once what all of them need.

Imports nothing heavy, so that the server can load while the supervisor is still loading itself.  Where there is no fork
server (Windows), every worker is an interpreter of its own.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
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


def warm_up() -> None:
    """Start the server now; a later ``worker_context`` finds it."""
    worker_context()
