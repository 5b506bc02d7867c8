"""A dataset of amounts wide: a row for each unit, year and code, a column for each 指标 and 口径.

Nothing is dropped: where one place has several figures that are not one figure printed in two documents, the second one
stands in a row of its own with 序 = 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

ROW = ("单位号", "编制单位", "级别", "年度", "范围", "方向", "科目体系", "科目编码", "科目名称", "级次", "末级")
ORDINAL = "序"
_SAME = (
    "单位号",
    "编制单位",
    "级别",
    "年度",
    "范围",
    "方向",
    "科目体系",
    "科目编码",
)  # with 科目名称 where no code is there


def widened(table: pa.Table, documents: pa.Table) -> tuple[pa.Table, tuple[str, ...]]:
    """The wide table, and the columns that tell its rows."""
    years = dict(zip(documents["文档"].to_pylist(), documents["年度"].to_pylist(), strict=True))
    present = [n for n in ROW if n in table.column_names]
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    documents_of: dict[tuple[Any, ...], dict[str, str]] = {}
    columns: dict[str, None] = {}
    for row in sorted(
        _rows(table), key=lambda r: years.get(r["文档"]) != r["年度"]
    ):  # what a document says of its own year first
        same = [n for n in _SAME if n in row and not (n == "编制单位" and row.get("单位号"))]
        place = (*(row[n] for n in same), None if row["科目编码"] else row["科目名称"])
        column = f"{row['指标'] or ''}_{row['口径'] or ''}".strip("_")
        columns.setdefault(column)
        for ordinal in range(1, 1 << 30):
            key = (*place, ordinal)
            cells = found.setdefault(key, {**{n: row[n] for n in present}, ORDINAL: ordinal})
            if column not in cells:
                cells[column] = row["金额"]
                documents_of.setdefault(key, {})[column] = row["文档"]
                break
            if cells[column] == row["金额"] and documents_of[key][column] != row["文档"]:
                break  # one figure, printed in two documents
    kinds = {n: table.schema.field(n).type for n in present}
    names = {**kinds, ORDINAL: pa.int32(), **dict.fromkeys(columns, pa.decimal128(20, 4))}
    made = {n: pa.array([cells.get(n) for cells in found.values()], _flat(kind)) for n, kind in names.items()}
    return pa.table(made), (*present, ORDINAL)


def _flat(kind: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_dictionary(kind) else kind


def _rows(table: pa.Table) -> Iterator[dict[str, Any]]:
    wanted = [n for n in ("文档", *ROW, "指标", "口径", "金额") if n in table.column_names]
    for batch in table.select(wanted).to_batches(max_chunksize=10_000):
        yield from batch.to_pylist()
