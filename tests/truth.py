"""Compare what was extracted with what a generator knows."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

from extract.doors import read_document
from extract.paper.model import Document, PageLayout, TablePart
from extract.paper.stitching import join
from parsers.parse import ParsedDocument, parse
from samples.house import Expected, Sample

# a generator's truth knows no codes of classes that these print by their names
_NAMED_ONLY = {
    "一般公共预算收入表",
    "一般公共预算支出表",
    "政府性基金预算支出表",
    "国有资本经营预算支出表",
    "收支平衡表",
    "支出总表",
}
TEXT = {"绩效指标", "绩效目标", "项目基本信息"}


def expected_of(sample: Sample) -> Counter[Expected]:
    return Counter(row for table in sample.tables for row in table.expected)


def expected_from(path: Path) -> Counter[Expected]:
    rows: Counter[Expected] = Counter()
    for line in path.read_text(encoding="utf-8").splitlines():
        r = json.loads(line)
        amount = None if r["金额"] is None else Decimal(r["金额"])
        rows[r["数据集"], r["科目编码"], r["科目名称"], r["方向"], r["指标"], amount] += 1
    return rows


def found_in(parsed: ParsedDocument) -> Counter[Expected]:
    rows: Counter[Expected] = Counter()
    for table in parsed.tables:
        for dataset, records in table.records().items():
            if dataset in TEXT:
                continue
            for r in records:
                rows[_key(dataset, r)] += 1
    return rows


def _key(dataset: str, r: dict[str, Any]) -> Expected:
    inferred = r.get("编码来源") == "名称推断" and dataset in _NAMED_ONLY
    return dataset, None if inferred else r.get("科目编码"), r["科目名称"], r.get("方向"), r["指标"], r["金额"]


def placed_chars(content: PageLayout) -> list[str]:
    """Every char that the cells and lines of a page hold, sorted."""
    texts: list[str] = []
    for block in content.blocks:
        texts += [c.text for c in block.cells] if isinstance(block, TablePart) else [r.text for r in block.chunks]
    return sorted(c for text in texts for c in text if not c.isspace())


def extracted(data: bytes, suffix: str, engine: str = "pdfium") -> tuple[Document, ParsedDocument]:
    document = read_document(data, suffix, engine)
    return document, parse(document, "0" * 16, join)
