"""Every habit of samples/habits.py through every way a budget comes in: share of right rows, sums, findings, losses.

    python -m tests.bench.habits [--ways pdf,columns,…] [--habits a,b] [--seeds 4] [--first 500] [--show 3]

A line for each habit and way that is not perfect, its first differences below it: amounts right, and where the others
went (``tests.bench.verdicts``).  Totals by way last, worst habits of each first.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from extract.doors import read_document
from extract.paper.stitching import join
from parsers.parse import ParsedDocument, parse
from samples import other, page, plain
from samples.habits import HABITS, build_with
from samples.house import Sample
from samples.paper import write_pdf
from tests.bench.verdicts import Verdicts, judge
from tests.test_habits import doubts, sums_that_fail
from tests.truth import expected_of, found_in

Way = tuple[str, Callable[[Sample], bytes]]


def _browser(body: str) -> Callable[[Sample], bytes]:
    def write(sample: Sample) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "sample.pdf"
            page.print_pdf(sample, target, sample.body if sample.body == "three" else body)
            return target.read_bytes()

    return write


def _office(write: Callable[[Sample], bytes], suffix: str) -> Callable[[Sample], bytes]:
    """A document of a word processor or a sheet, printed by LibreOffice."""

    def printed(sample: Sample) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / f"sample{suffix}"
            source.write_bytes(write(sample))
            command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf"]
            subprocess.run([*command, "--outdir", folder, str(source)], check=True, capture_output=True, timeout=180)
            return source.with_suffix(".pdf").read_bytes()

    return printed


def _ruled(body: str) -> Callable[[Sample], bytes]:
    return lambda sample: write_pdf(sample, sample.body if sample.body == "three" else body)


WAYS: dict[str, Way] = {
    "all": (".pdf", _ruled("all")),
    "rows": (".pdf", _ruled("rows")),
    "columns": (".pdf", _ruled("columns")),
    "none": (".pdf", _ruled("none")),
    "three": (".pdf", _ruled("three")),
    "bare": (".pdf", _ruled("bare")),
    "browser": (".pdf", _browser("all")),
    **{f"browser_{b}": (".pdf", _browser(b)) for b in ("rows", "columns", "none", "three", "bare")},
    "office_docx": (".pdf", _office(other.write_docx, ".docx")),
    "office_html": (".pdf", _office(lambda s: page.write_html(s).encode(), ".html")),
    "text": (".txt", lambda s: plain.write_text(s, 1).encode()),
    "pipes": (".md", lambda s: other.write_pipes(s).encode()),
    "html": (".html", lambda s: other.write_html(s).encode()),
    "docx": (".docx", other.write_docx),
    "xlsx": (".xlsx", other.write_xlsx),
}


def differences(sample: Sample, parsed: ParsedDocument) -> list[str]:
    """What is wrong, in words."""
    expected, found = expected_of(sample), found_in(parsed)
    left, more = expected - found, found - expected
    periods = {
        (t.dataset, a.column.measure, a.column.year, a.column.phase)
        for t in parsed.tables for x in t.parsed.amounts.values() for a in x.amounts()
    }  # fmt: skip
    wrong = [f"- {row} x{n}" for row, n in left.items()] + [f"+ {row} x{n}" for row, n in more.items()]
    wrong += [f"period {p}" for p in sample.periods if p not in periods]
    return wrong + [f"sum {s}" for s in sums_that_fail(parsed)] + [f"finding {d}" for d in doubts(parsed)]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--ways", default=",".join(WAYS))
    parser.add_argument("--habits", default=",".join(HABITS))
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--first", type=int, default=500)
    parser.add_argument("--show", type=int, default=4)
    args = parser.parse_args()
    whole: dict[tuple[str, str], Verdicts] = {}
    for habit in args.habits.split(","):
        for way in args.ways.split(","):
            suffix, write = WAYS[way]
            for seed in range(args.first, args.first + args.seeds):
                sample = build_with(habit, seed)
                if suffix == ".pdf" and way not in (
                    "all",
                    "browser",
                    "office_docx",
                    "office_html",
                ):  # nobody prints a form without rulings
                    sample.tables = [t for t in sample.tables if "绩效" not in t.title]
                document = read_document(write(sample), suffix)
                parsed = parse(document, "0" * 16, join)
                verdicts = judge(sample, parsed, document.unread_rows)
                wrong = differences(sample, parsed)
                whole.setdefault((way, habit), Verdicts()).add(verdicts)
                if wrong:
                    print(f"{habit} {way} {seed}: {verdicts}, {len(wrong)} differences", flush=True)
                    print("".join(f"    {w}\n" for w in wrong[: args.show]), end="")
    for way in args.ways.split(","):
        total = Verdicts()
        by_habit = [(v, habit) for (w, habit), v in whole.items() if w == way]
        for verdicts, habit in sorted(by_habit, key=lambda pair: pair[0].right / max(pair[0].amounts, 1)):
            total.add(verdicts)
            if not verdicts.is_perfect:
                print(f"  {way} {habit}: {verdicts}")
        print(f"{way}: {total}")


if __name__ == "__main__":
    main()
