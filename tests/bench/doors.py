"""The same generated document through every door: equal rows in every column that does not speak of paper.

    python -m tests.bench.doors [--ways pdf,ods,…] [--documents 16] [--show 3]

What LibreOffice writes (.ods, .xls, .doc, .pdf, its own .xlsx, .docx and .html) is made from our .xlsx and .docx, all
documents of a format in one call.  A line for each document and way that differs from the document as HTML in Markdown,
which has every span and no paper; totals by way last.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from extract.doors import read_document
from extract.paper.model import compact
from extract.paper.stitching import join
from parsers.parse import ParsedDocument, parse
from samples import other, plain
from samples.government import build_book
from samples.habits import build_with
from samples.house import Sample, build
from samples.paper import write_pdf

# of paper, of the source's own numbering or of how it was read
_OWN = frozenset({"文档", "页码", "位置", "x0", "y0", "x1", "y1", "标记"})
_QUOTED = ("原文", "指标值")
Pairs = tuple[tuple[str, Any], ...]
Rows = Counter[tuple[str, Pairs]]
Way = tuple[str, Callable[[Sample], bytes]]
REFERENCE: Way = (".md", lambda s: other.write_html_in_markdown(s, one_line=True).encode())
WAYS: dict[str, Way] = {
    "pdf": (".pdf", write_pdf),
    "tabs": (".txt", lambda s: plain.write_text(s, 1).encode()),
    "pipes": (".md", lambda s: other.write_pipes(s).encode()),
    "markdown": (".md", lambda s: other.write_html_in_markdown(s, one_line=False).encode()),
    "html": (".html", lambda s: other.write_html(s).encode("gb18030").replace(b"utf-8", b"gb2312")),
    "docx": (".docx", other.write_docx),
    "xlsx": (".xlsx", other.write_xlsx),
}
# way → the way that it is made from, and LibreOffice's name of the format
OFFICE = {
    "ods": ("xlsx", "ods"), "xls": ("xlsx", "xls:MS Excel 97"), "xlsx again": ("xlsx", "xlsx"),
    "html of a sheet": ("xlsx", "html"), "doc": ("docx", "doc:MS Word 97"), "docx again": ("docx", "docx"),
    "pdf of a text": ("docx", "pdf"), "pdf of a sheet": ("xlsx", "pdf"), "html of a text": ("docx", "html"),
}  # fmt: skip
_STYLES = (
    "A", "B", "C", "two_years", "changes_beside", "subtotals", "unit_rows", "units_in_headers", "split_codes",
    "procurement", "order_rows", "many_projects", "final_accounts", "government", "book", "indents_only", "three_phases",
    "negatives", "remarks", "A",
)  # fmt: skip


def documents(count: int) -> list[tuple[str, Sample]]:
    """Documents of as many styles as there are."""
    found: list[tuple[str, Sample]] = []
    for n in range(count):
        style, seed = _STYLES[n % len(_STYLES)], 7000 + n
        sample = (
            build_book(seed) if style == "book" else build(style, seed) if len(style) == 1 else build_with(style, seed)
        )
        found.append((f"{style} {seed}", sample))
    return found


def rows_of(parsed: ParsedDocument) -> Rows:
    """Every row of every dataset, its columns by name."""
    rows: Rows = Counter()
    for table in parsed.tables:
        for dataset, records in table.records().items():
            rows.update((dataset, tuple(sorted((k, v) for k, v in r.items() if k not in _OWN))) for r in records)
    return rows


def without_blanks(rows: Rows) -> Rows:
    """The rows without blanks in what is quoted as printed: paper has none between an ideograph and what stands beside it."""
    bare: Rows = Counter()
    for (dataset, *pairs), n in rows.items():
        bare[dataset, *((k, compact(v) if k in _QUOTED and v else v) for k, v in pairs)] += n  # type: ignore[misc, has-type]
    return bare


def read(data: bytes, suffix: str) -> Rows:
    """Rows of a document's bytes."""
    return rows_of(parse(read_document(data, suffix), "0" * 16, join))


def columns_that_differ(lost: Rows, gained: Rows) -> Counter[str]:
    """Names of the columns in which rows of one key (表号, 行号, 列号) differ; ``row`` for one that is missing."""

    def keyed(rows: Rows) -> dict[object, dict[str, Any]]:
        found: dict[object, dict[str, Any]] = {}
        for dataset, pairs in rows:
            row = dict(pairs)
            found[dataset, row.get("表序"), row.get("行号"), row.get("列号")] = row
        return found

    before, after = keyed(lost), keyed(gained)
    counts: Counter[str] = Counter()
    for key in before.keys() | after.keys():
        if key in before and key in after:
            counts.update(k for k in before[key] if before[key][k] != after[key].get(k))
        else:
            counts["row"] += 1
    return counts


def made_by_office(samples: list[Sample], ways: list[str]) -> dict[str, list[bytes]]:
    """Every document in every format of LibreOffice that is asked for."""
    made: dict[str, list[bytes]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for way in ways:
            source, target = OFFICE[way]
            suffix, write = WAYS[source]
            names = []
            for n, sample in enumerate(samples):
                name = Path(folder) / f"{n:03}{suffix}"
                name.write_bytes(write(sample))
                names.append(str(name))
            out = Path(folder) / way.replace(" ", "_")
            command = [
                "soffice",
                f"-env:UserInstallation=file://{folder}/profile",
                "--headless",
                "--convert-to",
                target,
            ]
            subprocess.run([*command, "--outdir", str(out), *names], check=True, capture_output=True, timeout=900)
            made[way] = [(out / f"{n:03}.{target.partition(':')[0]}").read_bytes() for n in range(len(samples))]
    return made


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--ways", default=",".join([*WAYS, *(OFFICE if shutil.which("soffice") else ())]))
    parser.add_argument("--documents", type=int, default=len(_STYLES))
    parser.add_argument("--show", type=int, default=2)
    args = parser.parse_args()
    named = documents(args.documents)
    ways = args.ways.split(",")
    made = made_by_office([s for _, s in named], [w for w in ways if w in OFFICE])
    wanted = [read(REFERENCE[1](sample), REFERENCE[0]) for _, sample in named]
    for way in ways:
        total: Counter[str] = Counter()
        equal = 0
        for n, (name, sample) in enumerate(named):
            suffix = WAYS[way][0] if way in WAYS else "." + OFFICE[way][1].partition(":")[0]
            found = read(WAYS[way][1](sample) if way in WAYS else made[way][n], suffix)
            before = without_blanks(wanted[n]) if suffix == ".pdf" else wanted[n]
            found = without_blanks(found) if suffix == ".pdf" else found
            lost, gained = before - found, found - before
            columns = columns_that_differ(lost, gained)
            total.update(columns)
            equal += (before & found).total()
            if lost or gained:
                print(
                    f"{way} {name}: {wanted[n].total()} rows, {lost.total()} lost, {gained.total()} gained {dict(columns)}",
                    flush=True,
                )
                print("".join(f"    - {_short(row)}\n" for row in list(lost)[: args.show]), end="")
                print("".join(f"    + {_short(row)}\n" for row in list(gained)[: args.show]), end="")
        print(f"== {way}: {equal} of {sum(w.total() for w in wanted)} rows equal; {dict(total)}", flush=True)


def _short(row: tuple[str, Pairs]) -> str:
    return " ".join([row[0], *(f"{k}={v}" for k, v in row[1] if v is not None)])


if __name__ == "__main__":
    main()
