"""Somebody who wants to know that a slow page is done: a document of many recognised pages takes long, and hangs not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_WATCH: ContextVar[Callable[[int], None] | None] = ContextVar("watch", default=None)


@contextmanager
def watched(watch: Callable[[int], None]) -> Iterator[None]:
    """Call ``watch`` with the number of every page that is recognised inside."""
    token = _WATCH.set(watch)
    try:
        yield
    finally:
        _WATCH.reset(token)


def page_done(number: int) -> None:
    """Page ``number`` has been recognised."""
    watch = _WATCH.get()
    if watch is not None:
        watch(number)
