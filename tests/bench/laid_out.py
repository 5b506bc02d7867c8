"""Text of ``pdftotext -layout``: how much of what the PDF says, and is the rest said?

    python -m tests.bench.laid_out FILE.pdf…       published documents: what their PDF gives is the truth
    python -m tests.bench.laid_out --generated 12  documents of the generator
    … --pitch 4.5 5.5                              ``-fixed`` pitches, too

An amount is right with its dataset, code, name, 方向, 指标 and value.  One that is not is *said* where its row bears 列位存疑 or
the document is 部分; *silent* where nothing tells.  Needs poppler's pdftotext.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

from extract.doors import read_document
from extract.doors.rows.doubt import DOUBTFUL
from extract.paper.model import Document
from extract.paper.stitching import join
from parsers.parse import ParsedDocument, parse
from samples.paper import write_pdf
from tests.bench.doors import documents
from tests.truth import TEXT

KEYS = ("科目编码", "科目名称", "方向", "指标", "金额")
Rows = Counter[tuple[object, ...]]


def amounts(parsed: ParsedDocument) -> tuple[Rows, Rows]:
    """Amounts that are no blanks, and those of them that stand in doubt."""
    rows, doubted = Rows(), Rows()
    for table in parsed.tables:
        for dataset, records in table.records().items():
            for r in records if dataset not in TEXT else ():
                if r.get("金额") is not None:
                    row = (dataset, *(r.get(key) for key in KEYS))
                    rows[row] += 1
                    doubted[row] += DOUBTFUL in str(r.get("标记"))
    return rows, +doubted


def laid_out(path: Path, options: list[str]) -> bytes:
    """What pdftotext makes of a PDF."""
    return subprocess.run(["pdftotext", *options, str(path), "-"], check=True, capture_output=True).stdout


def read(data: bytes, suffix: str) -> tuple[Document, ParsedDocument]:
    document = read_document(data, suffix)
    return document, parse(document, "0" * 16, join)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--generated", type=int, default=0)
    parser.add_argument("--pitch", nargs="*", default=[])
    parser.add_argument("--show", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="folder for the texts")
    args = parser.parse_args()
    ways = [["-layout"], *(["-fixed", pitch] for pitch in args.pitch)]
    whole: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        made = []
        for name, sample in documents(args.generated):
            made.append(Path(folder) / f"{name}.pdf")
            made[-1].write_bytes(write_pdf(sample))
        for path in [*args.files, *made]:
            wanted, _ = amounts(read(path.read_bytes(), ".pdf")[1])
            for way in ways:
                data = laid_out(path, way)
                if args.keep:
                    (args.keep / f"{path.stem}{''.join(way)}.txt").write_bytes(data)
                document, parsed = read(data, ".txt")
                found, doubted = amounts(parsed)
                right, wrong = (wanted & found).total(), found - wanted
                lost = (wanted - found).total()
                unmarked = (wrong - doubted).total()
                silent = 0 if document.unread_rows else lost + unmarked
                counts = {
                    "amounts": wanted.total(), "right": right, "lost": lost, "wrong": wrong.total(),
                    "wrong without a mark": unmarked, "silent": silent,
                }  # fmt: skip
                whole.update({f"{way[0]} {k}": n for k, n in counts.items()})
                print(f"{path.stem} {' '.join(way)}: {counts}", flush=True)
                print("".join(f"    - {r}\n" for r in list(wanted - found)[: args.show]), end="")
                print("".join(f"    + {r}\n" for r in list(wrong - doubted)[: args.show]), end="")
    for way in ways:
        counts = {k.partition(" ")[2]: n for k, n in whole.items() if k.startswith(way[0])}
        share = counts["right"] / max(counts["amounts"], 1)
        print(f"== {way[0]}: {share:.1%} right; {counts}")


if __name__ == "__main__":
    main()
