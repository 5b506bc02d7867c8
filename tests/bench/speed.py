"""Pages per CPU second and peak memory: the whole conversion, PDF to Parquet, against two peers.

    python -m tests.bench.speed FOLDER [--only yusuan,pdfplumber,pdfium] [--repeat 20] [--rounds 3]

Peers do less: ``pdfplumber`` only runs ``extract_tables`` on every page, ``pdfium`` only reads the bare text.
Contenders take turns, each round in a process of its own over the same files; CPU seconds are of the work, imports left out;
peak memory is of the whole process.  ``--repeat N`` converts the longest file written N times over, to show that memory
does not grow with the page count.  What the whole command costs, workers and all, is tests/bench/cost.py.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

CONTENDERS = ("yusuan", "pdfplumber", "pdfium")


def _yusuan(files: list[Path]) -> Callable[[Path], int]:
    import pandas  # noqa: F401  (pyarrow imports it with the first array)

    import extract.paper.engines.pdfium
    import extract.paper.engines.plumber  # noqa: F401
    from extract.convert import Recipe, convert, load_specs

    load_specs()  # as a run does before its first document

    return lambda out: sum(convert(path, Recipe(out)).pages for path in files)


def _pdfplumber(files: list[Path]) -> Callable[[Path], int]:
    import pdfplumber

    def work(_: Path) -> int:
        pages = 0
        for path in files:
            with pdfplumber.open(path) as pdf:
                for page in pdf.pages:
                    page.extract_tables()
                    page.close()
                    pages += 1
        return pages

    return work


def _pdfium(files: list[Path]) -> Callable[[Path], int]:
    import pypdfium2

    def work(_: Path) -> int:
        pages = 0
        for path in files:
            with pypdfium2.PdfDocument(path) as pdf:
                for page in pdf:
                    text = page.get_textpage()
                    text.get_text_bounded()
                    text.close()
                    page.close()
                    pages += 1
        return pages

    return work


def measure(name: str, files: list[Path]) -> dict[str, float]:
    """Run one contender here; returns pages, CPU seconds of the work, peak MB of the process."""
    work = {"yusuan": _yusuan, "pdfplumber": _pdfplumber, "pdfium": _pdfium}[name](files)
    with tempfile.TemporaryDirectory() as out:
        start = time.process_time()
        pages = work(Path(out))
        cpu = time.process_time() - start
    mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"pages": pages, "cpu": cpu, "mb": mb}


def _apart(name: str, files: list[Path]) -> dict[str, float]:
    """The same in a fresh process, so that no contender pays for another's memory."""
    command = [sys.executable, "-m", "tests.bench.speed", "--measure", name, *map(str, files)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _repeated(source: Path, times: int, folder: Path) -> Path:
    import pikepdf

    target = folder / f"{source.stem}-x{times}.pdf"
    with pikepdf.open(source) as pdf:
        pages = list(pdf.pages)
        for _ in range(times - 1):
            for page in pages:
                pdf.pages.append(page)
        pdf.save(target)
    return target


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--only", default=",".join(CONTENDERS))
    parser.add_argument("--repeat", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3, help="the median round of each contender counts")
    parser.add_argument("--measure", choices=CONTENDERS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.measure, options.paths)))
        return
    files = sorted(f for p in options.paths for f in ([p] if p.is_file() else p.rglob("*.pdf")))
    if not files:
        parser.error("no PDF there")
    names = options.only.split(",")
    rounds = [{name: _apart(name, files) for name in names} for _ in range(options.rounds)]
    results = {name: sorted((r[name] for r in rounds), key=lambda m: m["cpu"])[len(rounds) // 2] for name in names}
    base = results.get("pdfplumber")
    print(f"{len(files)} files")
    for name, r in results.items():
        ratio = f"{base['cpu'] / r['cpu']:6.1f} x pdfplumber" if base else ""
        print(f"{name:12} {r['pages']:5.0f} pages {r['pages'] / r['cpu']:8.1f} pages/CPU s {r['mb']:6.0f} MB {ratio}")
    if options.repeat > 1:
        _show_growth(max(files, key=lambda f: f.stat().st_size), options.repeat)


def _show_growth(source: Path, times: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        once, often = _apart("yusuan", [source]), _apart("yusuan", [_repeated(source, times, Path(folder))])
    growth = (often["mb"] - once["mb"]) / max(often["pages"] - once["pages"], 1)
    print(
        f"length: {once['pages']:.0f} pages {once['mb']:.0f} MB, {often['pages']:.0f} pages {often['mb']:.0f} MB "
        f"({growth * 1024:.0f} KB a page); CPU per page {often['cpu'] / often['pages'] * 1000:.1f} ms "
        f"against {once['cpu'] / once['pages'] * 1000:.1f} ms"
    )


if __name__ == "__main__":
    main()
