"""Run over any folder of documents, hostile ones above all, and say what the run did to the machine.

``python -m tests.attack FOLDER [--timeout 20] [--memory 1024]`` prints statuses and error codes, documents that passed a
limit, what was left behind (processes, temporary files, files without a row) and the most memory that the supervisor and
any worker took.  ``python -m tests.attack FOLDER --kills 200 --stops 20`` disturbs runs at random and compares what is
there in the end with an undisturbed run.  Not part of ``make test``.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq

from extract.store.integrity import damaged
from extract.store.schema import DOCUMENTS, Labels
from extract.store.writer import torn
from tests.attack.disturb import Watched, disturb


def survey(folder: Path, out: Path, options: list[str], slowest: float) -> None:
    """One undisturbed run, and what it did."""
    start = time.monotonic()
    run = Watched(folder, out, options)
    code = run.wait()
    print(f"exit {code} after {time.monotonic() - start:.0f} s; most memory: supervisor {run.supervisor:.0f} MiB, "
          f"worker {run.worker:.0f} MiB")  # fmt: skip
    rows = pq.read_table(out / DOCUMENTS).to_pylist()
    print("statuses:", dict(Counter(r["状态"] for r in rows).most_common()))
    print("errors:", dict(Counter(r["错误代码"] for r in rows if r["错误代码"]).most_common()))
    passed = [r for r in rows if r["错误代码"] in ("TimedOut", "TooMuchMemory", "Crashed", "Killed", "Internal")]
    print("limits passed, crashes, bugs:", len(passed))
    for row in passed:
        print("   ", row["错误代码"], row["来源"], row["错误"])
    print("longest without a result:", f"{run.longest:.1f} s", "(too long)" if run.longest > slowest else "")
    left(out, run)


def left(out: Path, run: Watched) -> None:
    """What a run left behind that it should not."""
    print("processes left:", run.left())
    print("temporary files left:", sorted(str(p) for p in out.rglob(".*") if p.is_file()))
    print("files without a row:", torn(out, Labels()), "damaged:", damaged(out, out / DOCUMENTS, deep=True))


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.attack", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--timeout", type=float, default=20)
    parser.add_argument("--memory", type=int, default=1024)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--stops", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    options = ["--timeout", str(given.timeout), "--memory", str(given.memory)]
    with tempfile.TemporaryDirectory() as place:
        whole, out = Path(place, "whole"), Path(place, "out")
        survey(given.folder, whole, options, given.timeout + 10)
        if given.kills + given.stops == 0:
            return 0
        found = disturb(given.folder, out, options, given.kills, given.stops, random.Random(given.seed))
        print(f"{given.kills} kills, {given.stops} stops: {found}")
        names = {str(p.relative_to(whole)): p.read_bytes() for p in whole.rglob("*.parquet")}
        again = {str(p.relative_to(out)): p.read_bytes() for p in out.rglob("*.parquet")}
        differ = sorted(n for n in names.keys() | again.keys() if names.get(n) != again.get(n))
        print("files that differ from the undisturbed run:", differ)
        shutil.rmtree(out)
        return 1 if differ or found["torn"] or found["hung"] or found["left"] else 0


if __name__ == "__main__":
    sys.exit(main())
