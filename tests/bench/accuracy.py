"""Recall and precision against truth: of coded rows, of amounts, of tables; every miss is listed.

    python -m tests.bench.accuracy FOLDER [--bar 0.995] [--misses 40] [--fresh 0]

Two kinds of truth are read.  ``FOLDER/truth/<name>.jsonl`` holds the printed rows of ``FOLDER/<name>.pdf``, each
``{"page", "code", "label", "amounts"}``: a coded row is right when an output row of its page bears its code and
exactly its amounts; an amount is right when it stands on its page.  ``FOLDER/<name>.truth.jsonl`` holds tidy rows
``{"数据集", "科目编码", "科目名称", "方向", "指标", "金额"}``, as our own samples have them: a row is right when it is there.
``--fresh N`` adds N generated documents of every style.  Exit code 1 when a share is below the bar.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from extract.doors import read_document
from extract.paper.stitching import join
from parsers.numbers import parse_amount
from parsers.parse import ParsedDocument, parse
from samples.house import Expected, build
from samples.paper import write_pdf
from tests.truth import TEXT, expected_from, expected_of, found_in

SUFFIXES = (".pdf", ".txt", ".md")
_MEASURES: dict[str, Callable[[Expected], bool]] = {
    "coded rows": lambda row: bool(row[1]),
    "amounts": lambda row: row[-1] is not None,
}


@dataclass
class Score:
    """Counts of one measure: right of wanted (recall), right of made (precision)."""

    right: int = 0
    wanted: int = 0
    made: int = 0

    def add(self, right: int, wanted: int, made: int) -> None:
        self.right += right
        self.wanted += wanted
        self.made += made

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 1.0

    @property
    def precision(self) -> float:
        return self.right / self.made if self.made else 1.0


@dataclass
class Report:
    scores: dict[str, Score] = field(default_factory=lambda: defaultdict(Score))
    misses: list[str] = field(default_factory=list)

    def counters(self, name: str, wanted: Counter[Any], made: Counter[Any], where: str) -> None:
        """Compare two multisets and note each difference."""
        self.scores[name].add(sum((wanted & made).values()), sum(wanted.values()), sum(made.values()))
        for item in wanted - made:
            self.misses.append(f"{where}: missing {name} {_shown(item)}")
        for item in made - wanted:
            self.misses.append(f"{where}: extra {name} {_shown(item)}")


def _shown(item: object) -> str:
    return " ".join(str(x) for x in item) if isinstance(item, tuple) else str(item)


def _records(parsed: ParsedDocument) -> Iterator[tuple[int, str, dict[str, Any]]]:
    for index, table in enumerate(parsed.tables):
        for dataset, records in table.records().items():
            if dataset not in TEXT:
                yield from ((index, dataset, record) for record in records)


def _value(text: object) -> Decimal | None:
    amount = parse_amount(str(text or ""))
    return amount.value if amount else None


def printed(report: Report, name: str, parsed: ParsedDocument, truth: list[dict[str, Any]]) -> None:
    """Score one document against its printed rows."""
    rows: dict[tuple[Any, ...], Counter[Decimal]] = defaultdict(Counter)
    pages: dict[int | None, Counter[Decimal]] = defaultdict(Counter)
    for index, dataset, record in _records(parsed):
        value = _value(record.get("原文"))
        if value is not None:
            pages[record["页码"]][value] += 1
            if record.get("科目编码"):
                rows[record["页码"], record["科目编码"], index, dataset, record["行号"]][value] += 1
    made: dict[tuple[Any, Any], list[Counter[Decimal]]] = defaultdict(list)
    for key, counter in rows.items():
        made[key[0], key[1]].append(counter)
    wanted_pages: dict[int | None, Counter[Decimal]] = defaultdict(Counter)
    for line in truth:
        wanted = Counter(Decimal(a) for a in line["amounts"])
        wanted_pages[line["page"]] += wanted
        if line["code"]:
            right = wanted in made[line["page"], line["code"]] or not wanted
            report.scores["coded rows"].add(right, 1, 0)
            if not right:
                found = [dict(c) for c in made[line["page"], line["code"]]]
                report.misses.append(f"{name} p{line['page']}: row {line['code']} {line['label']} made {found}")
    for page in sorted({*pages, *wanted_pages}, key=lambda p: p or 0):
        report.counters("amounts", wanted_pages[page], pages[page], f"{name} p{page}")


def tidy(report: Report, name: str, parsed: ParsedDocument, wanted: Counter[Expected]) -> None:
    """Score one document against its tidy rows."""
    made = found_in(parsed)
    for label, counts in _MEASURES.items():
        report.counters(
            label, Counter({k: n for k, n in wanted.items() if counts(k)}),
            Counter({k: n for k, n in made.items() if counts(k)}), name,
        )  # fmt: skip
    report.counters("datasets", Counter({e[0] for e in wanted}), Counter({e[0] for e in made}), name)


def score(corpus: Path, fresh: int) -> Report:
    """Score every document of ``corpus`` that has a truth, and ``fresh`` generated ones of each style."""
    report = Report()
    for source in sorted(p for p in corpus.iterdir() if p.suffix in SUFFIXES):
        rows, records = corpus / "truth" / f"{source.stem}.jsonl", source.with_suffix(".truth.jsonl")
        if not rows.exists() and not records.exists():
            continue
        parsed = parse(read_document(source.read_bytes(), source.suffix, "pdfium"), "bench", join)
        if rows.exists():
            truth = [json.loads(line) for line in rows.read_text(encoding="utf-8").splitlines()]
            printed(report, source.name, parsed, truth)
        else:
            tidy(report, source.name, parsed, expected_from(records))
    for seed in range(10_000, 10_000 + fresh):
        for style in "ABC":
            sample = build(style, seed)
            parsed = parse(read_document(write_pdf(sample), ".pdf", "pdfium"), "bench", join)
            tidy(report, f"{style}{seed}", parsed, expected_of(sample))
    return report


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--bar", type=float, default=0.995, help="least recall and precision of every measure")
    parser.add_argument("--misses", type=int, default=40)
    parser.add_argument("--fresh", type=int, default=0)
    args = parser.parse_args()
    report = score(args.corpus, args.fresh)
    for miss in report.misses[: args.misses]:
        print("miss", miss)
    if len(report.misses) > args.misses:
        print(f"… {len(report.misses) - args.misses} more misses")
    good = bool(report.scores)
    for name, s in report.scores.items():
        precision = f", precision {s.precision:.4f} ({s.made} made)" if s.made else ""
        print(f"{name}: recall {s.right}/{s.wanted} = {s.recall:.4f}{precision}")
        good = good and s.recall >= args.bar and (not s.made or s.precision >= args.bar)
    if not report.scores:
        print(f"no truth in {args.corpus}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
