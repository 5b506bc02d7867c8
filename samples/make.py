"""Write the committed samples and their truth:  python -m samples.make

The truth is what the generator knows (``<name>.truth.jsonl``: dataset, code, name, direction, measure, amount in yuan);
nothing of it passes through the program under test.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from samples.government import build_book
from samples.house import Sample, build
from samples.page import print_pdf
from samples.paper import write_pdf
from samples.plain import write_text
from samples.scanned import Scanner, scanned

HERE = Path(__file__).parent
COMMITTED = (
    ("portrait_numbered", "A", 11, "reportlab"),
    ("landscape_split_codes", "B", 12, "reportlab"),
    ("caption_in_grid", "C", 13, "reportlab"),
    ("portrait_numbered_browser", "A", 14, "chromium"),
    ("landscape_split_codes_browser", "B", 15, "chromium"),
    ("numbered_text", "A", 16, "text"),
    ("government_book", "government", 17, "reportlab"),
)
# pictures of the first tables of a document: name, style, seed, tables, quarter turns clockwise
SCANNED = (("scanned_portrait", "A", 21, 2, 0), ("scanned_sideways", "B", 22, 1, 1))
SCANS = HERE / "scans"


def shortened(style: str, seed: int, tables: int) -> Sample:
    """A document of the first ``tables`` tables only: a picture is large."""
    sample = build(style, seed)
    return replace(sample, tables=sample.tables[:tables], contents=sample.contents[:tables])


def truth_lines(sample: Sample) -> list[str]:
    """One JSON object a line."""
    keys = ("数据集", "科目编码", "科目名称", "方向", "指标", "金额")
    return [
        json.dumps(
            dict(zip(keys, (*row[:5], None if row[5] is None else str(row[5])), strict=True)), ensure_ascii=False
        )
        for table in sample.tables
        for row in table.expected
    ]


def main() -> None:
    """Write every sample."""
    for name, style, seed, producer in COMMITTED:
        sample = build_book(seed) if style == "government" else build(style, seed)
        if producer == "reportlab":
            (HERE / f"{name}.pdf").write_bytes(write_pdf(sample))
        elif producer == "chromium":
            print_pdf(sample, HERE / f"{name}.pdf")
        else:
            (HERE / f"{name}.txt").write_text(write_text(sample, seed), encoding="utf-8")
        (HERE / f"{name}.truth.jsonl").write_text("\n".join(truth_lines(sample)) + "\n", encoding="utf-8")
    for name, style, seed, tables, turn in SCANNED:
        sample = shortened(style, seed, tables)
        scanner = Scanner(dpi=140, noise=4, quality=25, turn=turn)
        (SCANS / f"{name}.pdf").write_bytes(scanned(write_pdf(sample), seed, scanner))
        (SCANS / f"{name}.truth.jsonl").write_text("\n".join(truth_lines(sample)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
