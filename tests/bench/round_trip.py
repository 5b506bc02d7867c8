"""Does a document's text read back to the document?  ``yusuan text`` and ``--html``, compared row by row.

    python -m tests.bench.round_trip FILE…           files
    python -m tests.bench.round_trip --generated 30  documents of the generator, through PDF

A line for each document and form: rows before, rows lost, rows gained; what ``yusuan text`` itself did not name is
counted as silent.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from extract.errors import ExtractError
from extract.views.as_text import as_text
from samples.government import build_book
from samples.habits import HABITS, build_with
from samples.house import Sample, build
from samples.paper import write_pdf
from tests.bench.doors import Rows, columns_that_differ, rows_of
from tests.truth import extracted


def differences(path: Path, only_html: bool) -> tuple[int, Rows, Rows, list[str]]:
    """Rows before, rows lost, rows gained, and the tables that ``yusuan text`` names itself."""
    written = as_text(path, only_html=only_html)
    before = rows_of(extracted(path.read_bytes(), path.suffix.lower())[1])
    after = rows_of(extracted(written.text.encode(), ".md")[1])
    return before.total(), before - after, after - before, written.changed


def generated(count: int) -> list[tuple[str, Sample]]:
    """Budgets of departments in every style and with every habit in turn, and books of governments."""
    habits = list(HABITS)
    found: list[tuple[str, Sample]] = []
    for n in range(count):
        seed = 9000 + n
        if n % 3 == 0:
            found.append((f"style {'ABC'[n // 3 % 3]} {seed}", build("ABC"[n // 3 % 3], seed)))
        elif n % 3 == 1:
            habit = habits[n // 3 % len(habits)]
            found.append((f"{habit} {seed}", build_with(habit, seed)))
        else:
            found.append((f"book {seed}", build_book(seed)))
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--generated", type=int, default=0)
    parser.add_argument("--show", type=int, default=4)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = []
        for n, (name, sample) in enumerate(generated(args.generated)):
            path = Path(folder) / f"{n:03} {name}.pdf"
            path.write_bytes(write_pdf(sample))
            made.append(path)
        for path in [*args.files, *made]:
            for only_html in (False, True):
                _report(path, only_html, args.show)


def _report(path: Path, only_html: bool, show: int) -> None:
    try:
        total, lost, gained, named = differences(path, only_html)
    except ExtractError as error:
        print(f"{path.name}: {error}", flush=True)
        return
    silent = "" if named or not (lost or gained) else ", SILENT"
    form = "html" if only_html else "text"
    print(
        f"{path.name} {form}: {total} rows, {lost.total()} lost, {gained.total()} gained{silent} {named} {dict(columns_that_differ(lost, gained))}",
        flush=True,
    )
    print("".join(f"    - {row}\n" for row in list(lost)[:show]), end="")
    print("".join(f"    + {row}\n" for row in list(gained)[:show]), end="")


if __name__ == "__main__":
    main()
