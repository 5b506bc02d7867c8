"""Runs of the command that are watched, killed and stopped."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from threading import Thread

from extract.batch.system import resident
from extract.store.integrity import damaged
from extract.store.schema import DOCUMENTS
from tests.test_pool import in_session

_LONGEST = 120  # seconds after which a disturbed run counts as hung


class Watched:
    """A run in a session of its own, with the most memory that it takes."""

    def __init__(self, folder: Path, out: Path, options: list[str]) -> None:
        command = [
            sys.executable,
            "-m",
            "extract.cli",
            "extract",
            str(folder),
            "-o",
            str(out),
            "-q",
            "--json",
            *options,
        ]
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        )
        self.pid = self._process.pid
        self.supervisor = self.worker = self.longest = 0.0  # MiB, MiB, seconds between two results
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()
        self._watcher = Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        last = time.monotonic()
        with self._process.stdout as lines:
            for _ in lines:
                self.longest = max(self.longest, time.monotonic() - last)
                last = time.monotonic()

    def _watch(self) -> None:
        while self._process.poll() is None:
            for pid in in_session(self.pid):
                taken = resident(pid) or 0.0
                if pid == self.pid:
                    self.supervisor = max(self.supervisor, taken)
                else:
                    self.worker = max(self.worker, taken)
            time.sleep(0.1)

    def wait(self, timeout: float | None = None) -> int | None:
        """The exit code; ``None`` for a run that does not end in time."""
        try:
            return self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None

    def signal(self, number: int, rng: random.Random, supervisor: bool) -> None:
        """Send a signal to the supervisor or to one of the others, at random."""
        others = [p for p in in_session(self.pid) if p != self.pid]
        if not supervisor and not others:
            return  # too early, or too late
        target = self.pid if supervisor else rng.choice(others)
        try:
            os.kill(target, number)
        except ProcessLookupError:
            return

    def left(self) -> list[int]:
        """Processes of the run that outlive it by more than ten seconds.

        One that was stopped after its supervisor had ended has nobody to wake it: it is woken here, and has to end.
        """
        for pid in in_session(self.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        deadline = time.monotonic() + 10
        while in_session(self.pid) and time.monotonic() < deadline:
            time.sleep(0.1)
        return in_session(self.pid)

    def end(self) -> None:
        """Kill what is left of the session."""
        for pid in in_session(self.pid):
            os.kill(pid, signal.SIGKILL)
        self._process.wait()
        self._reader.join()
        self._watcher.join()


def disturb(folder: Path, out: Path, options: list[str], kills: int, stops: int, rng: random.Random) -> Counter[str]:
    """Disturb a run ``kills`` + ``stops`` times at random moments, then let one end; counts what went wrong."""
    found: Counter[str] = Counter(torn=0, hung=0, left=0)
    ways = [signal.SIGKILL] * kills + [signal.SIGSTOP] * stops
    rng.shuffle(ways)
    for number in ways:
        run = Watched(folder, out, [*options, "--force"])
        time.sleep(rng.uniform(0.2, 2.5))
        # a supervisor that is stopped stands still by right: the others are
        run.signal(number, rng, supervisor=number == signal.SIGKILL and rng.random() < 0.5)
        found["hung"] += run.wait(_LONGEST) is None
        found["left"] += bool(run.left())
        run.end()
        found["torn"] += bool(out.is_dir() and damaged(out, out / DOCUMENTS, deep=True))
    last = Watched(folder, out, options)
    last.wait()
    last.end()
    return found
