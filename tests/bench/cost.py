"""What a page costs: CPU seconds of a run's every process, start-up apart, against pdfplumber in the same run.

    python -m tests.bench.cost FOLDER [--copies 3] [--rounds 3] [--jobs 2]

Each contender reads every file N and 2N times, each copy a document of bytes of its own; the difference is what pages
cost.  Other work only adds to what a run takes, so the least of the rounds counts.  ``yusuan`` is the command with one
worker, PDF to Parquet; ``pdfplumber`` only runs ``extract_tables`` on every page.  Pages that go to the recogniser, which
takes tens of times as long and has no peer here, are taken out of their files and measured on their own.
This process adopts the orphans of what it starts and waits for each, so that no worker's CPU is missed.  Memory is the
proportional share (PSS) of all processes of a run with ``--jobs`` workers, sampled; its wall clock is taken in another
run, which nobody samples.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pikepdf

from extract import read_document
from extract.errors import ExtractError
from extract.paper.page_watch import watched

_SMALL = Path(__file__).resolve().parents[2] / "samples" / "portrait_numbered.pdf"  # what start-up is measured with
_PR_SET_CHILD_SUBREAPER = 36
_TICK = 0.05  # seconds between looks at memory
_PLUMBER = """
import sys, pdfplumber
for path in sys.argv[1:]:
    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            page.extract_tables()
            page.close()
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU and wall seconds of a command and of all it started."""

    cpu: float
    wall: float


@dataclass(frozen=True, slots=True)
class Round:
    """CPU seconds of two runs, of which the second reads ``pages`` more."""

    few: float
    many: float
    pages: int

    @property
    def page(self) -> float:
        """CPU seconds of a page."""
        return (self.many - self.few) / self.pages


def least(rounds: list[Round]) -> Round:
    return Round(min(r.few for r in rounds), min(r.many for r in rounds), rounds[0].pages)


def adopt_orphans() -> None:
    """From now on descendants whose parents end are this process's children.  Raises ``OSError`` off Linux."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "cannot adopt orphans")


def cost_of(command: list[str]) -> Cost:
    """Run ``command`` to the end of its last process.  ``adopt_orphans`` was called and no other child runs."""
    before, begun = _of_children(), time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        run.wait()
    wall = time.monotonic() - begun
    _wait_for_all()
    return Cost(_of_children() - before, wall)


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _wait_for_all() -> None:
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return


def peak_pss(command: list[str]) -> float:
    """MiB: the most that all processes of ``command`` share and own together."""
    peak, over = 0.0, threading.Event()

    def look() -> None:
        nonlocal peak
        while not over.wait(_TICK):
            peak = max(peak, sum(_pss(pid) for pid in _descendants(os.getpid())))

    watcher = threading.Thread(target=look)
    watcher.start()
    cost_of(command)
    over.set()
    watcher.join()
    return peak


def _descendants(root: int) -> list[int]:
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    found, new = [], [root]
    while new:
        new = [pid for pid, parent in parents.items() if parent in new]
        found += new
    return found


def _pss(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def copies(files: list[Path], times: int, folder: Path) -> list[Path]:
    """Every file ``times`` times, each copy a document of its own by a comment behind its end."""
    made = []
    folder.mkdir(parents=True, exist_ok=True)
    for n in range(times):
        for path in files:
            made.append(folder / f"{path.stem}-{n}.pdf")
            made[-1].write_bytes(path.read_bytes() + f"\n%% {folder.name} {n}\n".encode())
    return made


def parted(files: list[Path], place: Path) -> tuple[list[Path], list[Path]]:
    """``files`` without the pages that go to the recogniser, and files of nothing but those."""
    texts, pictures = [], []
    place.mkdir()
    for path in files:
        seen: set[int] = set()
        with watched(seen.add), suppress(ExtractError):
            read_document(path)
        if seen:
            texts += _kept(path, place / f"{path.stem}-text.pdf", lambda number, seen=seen: number not in seen)
            pictures += _kept(path, place / f"{path.stem}-pictures.pdf", lambda number, seen=seen: number in seen)
        else:
            texts.append(path)
    return texts, pictures


def _kept(path: Path, target: Path, wanted: Callable[[int], bool]) -> list[Path]:
    """The pages of a file whose number is wanted, as a file; none where there are none."""
    with pikepdf.open(path) as pdf:
        for number in range(len(pdf.pages), 0, -1):
            if not wanted(number):
                del pdf.pages[number - 1]
        pdf.remove_unreferenced_resources()
        pdf.save(target)
        return [target] if len(pdf.pages) else []


def page_count(path: Path) -> int:
    with pikepdf.open(path) as pdf:
        return len(pdf.pages)


class Bench:
    """Files to read, once and twice ``times``; outputs stay until the end: a deletion would slow what follows."""

    def __init__(self, files: list[Path], times: int, place: Path) -> None:
        self.pages = sum(map(page_count, files))
        self.times = times
        self._place = place
        self._outputs = 0
        self._few, self._many = (copies(files, times * k, place / f"in{k}") for k in (1, 2))
        self._once, self._twice = (copies(files, k, place / f"peer{k}") for k in (1, 2))

    def yusuan(self, jobs: int, *, many: bool) -> list[str]:
        return self._command(self._many[0].parent if many else self._few[0].parent, jobs)

    def _command(self, source: Path, jobs: int) -> list[str]:
        self._outputs += 1
        out = self._place / f"out{self._outputs}"
        return [sys.executable, "-m", "extract.cli", "extract", str(source), "-o", str(out), "-q", "--jobs", str(jobs)]

    def pdfplumber(self, *, many: bool) -> list[str]:
        return [sys.executable, "-c", _PLUMBER, *map(str, self._twice if many else self._once)]

    def of_yusuan(self) -> Round:
        few, many = (cost_of(self.yusuan(1, many=m)).cpu for m in (False, True))
        return Round(few, many, self.pages * self.times)

    def of_pdfplumber(self) -> Round:
        few, many = (cost_of(self.pdfplumber(many=m)).cpu for m in (False, True))
        return Round(few, many, self.pages)

    def start_up(self) -> float:
        """CPU seconds of the command on one small document."""
        return cost_of(self._command(_SMALL, 1)).cpu

    def walls(self, jobs: int) -> tuple[float, float, float]:
        """Seconds of the long run with one worker and with ``jobs``, and how many times faster the pages of the latter are."""
        one, more = ([cost_of(self.yusuan(j, many=m)).wall for m in (False, True)] for j in (1, jobs))
        return one[1], more[1], (one[1] - one[0]) / (more[1] - more[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument(
        "--copies", type=int, default=3, help="N; pdfplumber, slow enough, reads the files once and twice"
    )
    parser.add_argument("--rounds", type=int, default=3, help="contenders take turns; the least counts")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    files = sorted(f for p in options.paths for f in ([p] if p.is_file() else p.rglob("*.pdf")))
    if not files:
        parser.error("no PDF there")
    adopt_orphans()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        # bytecode is kept, as it is for users: an environment that forbids it compiles all of Python at every start
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ.setdefault("PYTHONPYCACHEPREFIX", str(place / "bytecode"))
        texts, pictures = parted(files, place / "parted")
        if not texts:
            parser.error("no page there is text")
        bench = Bench(texts, options.copies, place / "texts")
        scans = Bench(pictures, options.copies, place / "pictures") if pictures else None
        bench.start_up()  # what is compiled now, nobody compiles again
        rounds = [(bench.of_yusuan(), bench.of_pdfplumber(), bench.start_up()) for _ in range(options.rounds)]
        ours, theirs, starts = map(list, zip(*rounds, strict=True))
        print(f"{len(files)} files, {bench.pages} pages of text, {scans.pages if scans else 0} that are recognised;")
        print(f"CPU seconds of all processes, the least of {options.rounds} rounds")
        for who, page in (("yusuan", least(ours).page), ("pdfplumber", least(theirs).page)):
            print(f"{who:12} {page * 1000:.2f} ms a page of text: {1 / page:.0f} pages/CPU s")
        ratios = sorted(a.page / b.page for a, b in zip(theirs, ours, strict=True))
        ratio = least(theirs).page / least(ours).page
        print(f"ratio        {ratio:.1f} x pdfplumber's tables alone ({ratios[0]:.1f} to {ratios[-1]:.1f})")
        if scans:
            page = least([scans.of_yusuan() for _ in range(options.rounds)]).page
            print(f"recognised   {page * 1000:.0f} ms a page")
        print(f"start-up     {min(starts):.2f} s: one document of {page_count(_SMALL)} pages")
        one, more, gain = bench.walls(options.jobs)
        pages = 2 * options.copies * bench.pages
        print(
            f"wall         {pages} pages: {one:.1f} s with 1 worker, {more:.1f} s with {options.jobs}, pages {gain:.2f} x"
        )
        print(f"memory       {peak_pss(bench.yusuan(options.jobs, many=False)):.0f} MB PSS of all processes")
        if scans:
            print(f"             {peak_pss(scans.yusuan(options.jobs, many=False)):.0f} MB where pages are recognised")


if __name__ == "__main__":
    main()
