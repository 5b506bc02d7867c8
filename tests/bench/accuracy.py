"""Row accuracy against truth files: ``CORPUS/truth/<name>.jsonl`` holds the printed rows of ``CORPUS/<name>.pdf``.

A truth row is ``{"page", "code", "label", "amounts"}``.  A coded row is right when one output row of its page bears
its code and exactly its amounts; a table amount is right when it stands on its page under its label or code.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from extract.convert import read_document
from parsers.parse import Parsed, parse

Row = tuple[int | None, str | None]  # page, code


def number(text: str | None) -> Decimal | None:
    try:
        return Decimal((text or "").replace(",", "").replace("，", ""))
    except InvalidOperation:
        return None


def rows_of(parsed: Parsed) -> tuple[dict[Row, list[Counter[Decimal]]], dict[int | None, Counter[Decimal]]]:
    """Amounts of each output row by page and code, and all amounts of each page."""
    rows: dict[tuple[Any, ...], Counter[Decimal]] = defaultdict(Counter)
    pages: dict[int | None, Counter[Decimal]] = defaultdict(Counter)
    for index, table in enumerate(parsed.tables):
        for dataset, records in table.rows.items():
            for record in records:
                value = number(record.get("原文"))
                if value is None:
                    continue
                pages[record["页码"]][value] += 1
                if record.get("科目编码"):
                    name = (record["页码"], record["科目编码"], index, dataset, record["行号"])
                    rows[name][value] += 1
    grouped: dict[Row, list[Counter[Decimal]]] = defaultdict(list)
    for name, counter in rows.items():
        grouped[name[0], name[1]].append(counter)
    return grouped, pages


def score(corpus: Path) -> tuple[int, int, int, int, list[str]]:
    """Coded rows right and in all, amounts found and in all, and a line for every miss."""
    right = coded = found = amounts = 0
    misses: list[str] = []
    for truth in sorted((corpus / "truth").glob("*.jsonl")):
        source = next((p for p in corpus.glob(truth.stem + ".*") if p.suffix in {".pdf", ".txt", ".md"}), None)
        if source is None:
            misses.append(f"{truth.stem}: no such document")
            continue
        rows, pages = rows_of(parse(read_document(source.read_bytes(), source.suffix, "pdfium"), "bench"))
        for line in truth.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            wanted = Counter(Decimal(a) for a in row["amounts"])
            amounts += sum(wanted.values())
            lost = wanted - pages[row["page"]]
            found += sum(wanted.values()) - sum(lost.values())
            if row["code"]:
                coded += 1
                ok = wanted in rows[row["page"], row["code"]] or (not wanted and not lost)
                right += ok
                if not ok:
                    made = [dict(c) for c in rows[row["page"], row["code"]]]
                    misses.append(
                        f"{source.name} p{row['page']} {row['code']} {row['label']} {row['amounts']}: made {made}"
                    )
            elif lost:
                misses.append(f"{source.name} p{row['page']} {row['label']} {row['amounts']}: lost {dict(lost)}")
    return right, coded, found, amounts, misses


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--bar", type=float, default=0.97, help="least share of coded rows")
    parser.add_argument("--misses", type=int, default=40)
    args = parser.parse_args()
    right, coded, found, amounts, misses = score(args.corpus)
    for miss in misses[: args.misses]:
        print("miss", miss)
    if len(misses) > args.misses:
        print(f"… {len(misses) - args.misses} more misses")
    print(
        f"coded rows {right}/{coded} = {right / max(coded, 1):.4f}; amounts on their page {found}/{amounts} = {found / max(amounts, 1):.4f}"
    )
    return 0 if coded and right / coded >= args.bar else 1


if __name__ == "__main__":
    sys.exit(main())
