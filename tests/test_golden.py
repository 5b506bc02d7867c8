"""Golden cases: ``golden/NAME.txt`` is a document as text, ``golden/NAME.jsonl`` every column of every row it must give.

A new case is a new file:  python -m tests.test_golden NAME  writes its rows; read them before you commit them.
"""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from tests.truth import extracted

HERE = Path(__file__).resolve().parent / "golden"
CASES = sorted(path.stem for path in HERE.glob("*.txt"))


def rows_of(name: str) -> list[str]:
    """One JSON object a row: the dataset, then every column that is not null."""
    _, parsed = extracted((HERE / f"{name}.txt").read_bytes(), ".txt")
    lines = []
    for table in parsed.tables:
        for dataset, records in table.records().items():
            for record in records:
                shown = {k: _plain(v) for k, v in record.items() if v not in (None, []) and k not in ("文档", "数据集")}
                lines.append(json.dumps({"数据集": dataset, **shown}, ensure_ascii=False))
    return lines


def _plain(value: object) -> object:
    return format(value.normalize(), "f") if isinstance(value, Decimal) else value


@pytest.mark.parametrize("name", CASES)
def test_golden(name: str) -> None:
    expected = (HERE / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    assert rows_of(name) == expected


def test_there_are_cases() -> None:
    assert len(CASES) > 5


if __name__ == "__main__":
    for case in sys.argv[1:] or CASES:
        (HERE / f"{case}.jsonl").write_text("\n".join(rows_of(case)) + "\n", encoding="utf-8")
