"""The fork server from which worker processes come: it loads once what all of them need.

Imports nothing heavy, so that the server can load while the supervisor is still loading itself.
"""

from __future__ import annotations

import multiprocessing
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext


def fork_context() -> ForkServerContext:
    """The context whose processes are forked from a server that has imported ``extract.worker``."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["extract.worker"])
    return context


def warm_up() -> None:
    """Start the server now; a later ``fork_context`` finds it."""
    fork_context()
    forkserver.ensure_running()
