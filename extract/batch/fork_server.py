"""The fork server from which worker processes come: it loads once what all of them need.

Imports nothing heavy, so that the server can load while the supervisor is still loading itself.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext


@contextmanager
def safe_path() -> Iterator[None]:
    """Interpreters that start inside do not look for modules in the current folder.

    The standard library starts its servers as ``python -c …``, which puts the current folder first on their path:
    a ``numbers.py`` among the documents would be run (Python's PYTHONSAFEPATH, 3.11).
    """
    before = os.environ.get("PYTHONSAFEPATH")
    os.environ["PYTHONSAFEPATH"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONSAFEPATH"]
        else:
            os.environ["PYTHONSAFEPATH"] = before


def fork_context() -> ForkServerContext:
    """The context whose processes are forked from a server that has imported ``extract.batch.worker``; it runs."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["extract.batch.worker"])
    with safe_path():
        forkserver.ensure_running()
    return context


def warm_up() -> None:
    """Start the server now; a later ``fork_context`` finds it."""
    fork_context()
