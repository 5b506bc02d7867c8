"""The batch: throughput over worker processes, memory over time, resume, hostile documents, random kills.

    python -m tests.bench.batch [--documents 2000] [--hostile 20] [--kills 0] [--parts]

Documents are generated, a third of them PDFs.  Memory is of the supervisor and all its workers together, sampled
while they run.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pyarrow.parquet as pq

from samples.house import build
from samples.paper import write_pdf
from samples.plain import write_text
from tests.test_parts import same as same_rows
from tests.test_pool import contents, in_session
from tests.test_robustness import hostile

_SCALING = 1200  # documents that one worker and two convert: enough for start-up not to count
LAYOUT: list[str] = []  # --parts, if it is asked for
KINDS = ("many rulings", "bomb", "forms that multiply", "deep forms")


def write(folder: Path, documents: int, bad: int) -> None:
    folder.mkdir(parents=True)
    for seed in range(documents - bad):
        sample = build("ABC"[seed % 3], seed)
        if seed % 3 == seed // 3 % 3:
            (folder / f"{seed:05d}.pdf").write_bytes(write_pdf(sample))
        else:
            (folder / f"{seed:05d}.txt").write_text(write_text(sample, seed), encoding="utf-8")
    for n in range(bad):
        # each a document of its own: twins would be listed, not converted
        data = b"not a PDF %d" % n if n % 5 == 4 else hostile(KINDS[n % 5]) + b"\n%% %d" % n
        (folder / f"hostile{n:02d}.pdf").write_bytes(data)


def start(inputs: Path, out: Path, jobs: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "extract.cli", "extract", str(inputs), "-o", str(out), "-q", "--jobs", str(jobs)]
    limits = ["--timeout", "20", "--memory", "800"]
    return subprocess.Popen([*command, *limits, *LAYOUT], stderr=subprocess.DEVNULL, start_new_session=True)


def resident(session: int) -> float:
    """MiB of all processes of a run."""
    total = 0.0
    for pid in in_session(session):
        try:
            total += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
        except (OSError, IndexError):
            continue
    return total


def timed(inputs: Path, out: Path, jobs: int) -> tuple[float, list[float]]:
    begun = time.monotonic()
    run = start(inputs, out, jobs)
    memory = []
    while run.poll() is None:
        memory.append(resident(run.pid))
        time.sleep(0.25)
    return time.monotonic() - begun, memory


def killed(inputs: Path, out: Path, kills: int) -> int:
    """Kill the supervisor or a worker at random points, again and again; returns how many processes stayed behind."""
    rng = random.Random(1)
    behind = 0
    for n in range(kills):
        run = start(inputs, out, 2)
        time.sleep(rng.uniform(0.2, 2.0))
        victims = [run.pid] if n % 2 else [p for p in in_session(run.pid) if p != run.pid] or [run.pid]
        with suppress(ProcessLookupError):
            os.kill(rng.choice(victims), signal.SIGKILL)
        run.wait()
        deadline = time.monotonic() + 10
        while in_session(run.pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        behind += len(in_session(run.pid))
    start(inputs, out, 2).wait()
    return behind


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--hostile", type=int, default=20)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--parts", action="store_true")
    options = parser.parse_args()
    LAYOUT.extend(["--parts"] if options.parts else [])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder / "in", options.documents, options.hostile)
        write(folder / "good", min(options.documents, _SCALING), 0)
        one, two = (timed(folder / "good", folder / f"good{jobs}", jobs)[0] for jobs in (1, 2))
        print(
            f"{min(options.documents, _SCALING)} documents: 1 worker {one:.1f} s, 2 workers {two:.1f} s, {one / two:.2f} x"
        )
        seconds, memory = timed(folder / "in", folder / "out", 2)
        rows = pq.read_table(folder / "out" / "文档清单").to_pylist()
        thirds = [max(memory[i * len(memory) // 3 : (i + 1) * len(memory) // 3]) for i in range(3)]
        print(f"{options.documents} documents: {options.documents / seconds:.0f}/s, {Counter(r['状态'] for r in rows)}")
        print(f"failed: {Counter(r['错误代码'] for r in rows if r['错误代码'])}")
        print(
            f"memory of all processes, by thirds of the run (the hostile come last): {', '.join(f'{m:.0f} MB' for m in thirds)}"
        )
        again = timed(folder / "in", folder / "out", 2)[0]
        print(f"resume: {options.documents / again:.0f} documents/s")
        if options.kills:
            behind = killed(folder / "good", folder / "torn", options.kills)
            # which documents share a part follows from the order in which they were done
            what, equal = ("rows", same_rows) if options.parts else ("bytes", lambda a, b: contents(a) == contents(b))
            same = equal(folder / "torn", folder / "good2")
            print(f"{options.kills} kills: {behind} processes behind, {what} {'equal' if same else 'DIFFER'}")


if __name__ == "__main__":
    main()
