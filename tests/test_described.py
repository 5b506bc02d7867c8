"""What tests the description of outputs finds each kind of fault."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.described import faults_of


def _outputs(folder: Path, rows: list[dict[str, Any]], types: dict[str, str]) -> Path:
    fields = [{"name": n, "type": t} for n, t in types.items()]
    foreign = [{"fields": ["文档"], "reference": {"resource": "documents", "fields": ["文档"]}}]
    resources = [
        {
            "name": "documents",
            "path": "d.parquet",
            "schema": {"fields": [{"name": "文档", "type": "string"}], "primaryKey": ["文档"]},
        },
        {
            "name": "rows",
            "path": "r.parquet",
            "schema": {"fields": fields, "primaryKey": ["文档", "行号"], "foreignKeys": foreign},
        },
    ]
    (folder / "datapackage.json").write_text(json.dumps({"name": "x", "resources": resources}), encoding="utf-8")
    pq.write_table(pa.table({"文档": ["a"]}), folder / "d.parquet")
    pq.write_table(pa.Table.from_pylist(rows), folder / "r.parquet")
    return folder


TYPES = {"文档": "string", "行号": "integer"}


@pytest.mark.parametrize(
    ("rows", "types", "fault"),
    [
        ([{"文档": "a", "行号": 1}], TYPES, None),
        ([{"文档": "a", "行号": 1}, {"文档": "a", "行号": 1}], TYPES, "is no key"),
        ([{"文档": "b", "行号": 1}], TYPES, "documents lacks"),
        ([{"文档": "a", "行号": "1"}], TYPES, "is no integer"),
        ([{"文档": "a", "行号": None}, {"文档": "a", "行号": 1}], TYPES, "null in the key"),
        ([{"行号": 1, "文档": "a"}], TYPES, "columns"),
    ],
)
def test_each_fault_is_found(
    tmp_path: Path, rows: list[dict[str, Any]], types: dict[str, str], fault: str | None
) -> None:
    found = faults_of(_outputs(tmp_path, rows, types), tmp_path / "short")
    assert (found == []) if fault is None else any(fault in f for f in found)
