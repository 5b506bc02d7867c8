"""A document as pandas dataframes keyed by 科目编码, for notebooks: the rows that a run writes to Parquet."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from extract.api import read_tables
from extract.store.schema import to_table
from parsers.records import Record

_KEY = ["文档", "表序", "行号", "列号"]
_ROW = ["文档", "表序", "表号", "行号", "方向", "科目编码", "科目名称"]


def read_frames(path: str | Path, engine: str = "pdfium") -> dict[str, pd.DataFrame]:
    """Tidy dataframes of one document by dataset: the rows and columns that a run writes (docs/dictionary.md).

    Amount datasets have 科目编码 as their index and one row per cell of an amount column.  金额 and 末位 are ``Decimal`` in
    yuan, missing ones ``None``; x0 y0 x1 y1 are points.  Raises ``ExtractError`` for a path or a document that cannot be
    read.
    """
    records: dict[str, list[Record]] = {}
    for table in read_tables(path, engine):
        for dataset, rows in table.records().items():
            records.setdefault(dataset, []).extend(rows)
    frames = {dataset: to_table(dataset, rows).to_pandas() for dataset, rows in records.items()}
    return {d: f.set_index("科目编码") if "科目编码" in f.columns else f for d, f in frames.items()}


def as_printed(frame: pd.DataFrame) -> pd.DataFrame:
    """One amount dataset wide again, as printed: a row for each 行号 of a table, a column for each 列号.

    A column is named by its 指标, and by its 表头 or 列号 too where several columns of the frame share the 指标.
    Raises ``ValueError`` where two rows have one key (文档, 表序, 行号, 列号): nothing is dropped in silence.
    """
    flat = frame.reset_index()
    double = flat.duplicated(_KEY, keep=False)
    if double.any():
        raise ValueError(f"two amounts for one (文档, 表序, 行号, 列号): {flat.loc[double, _KEY].iloc[0].tolist()}")
    flat = flat.astype(dict.fromkeys(_ROW, object))
    flat["_名"] = _column_names(flat)
    order = flat.sort_values(_KEY, kind="stable")["_名"].unique()
    wide = flat.set_index([*_ROW, "_名"])["金额"].unstack("_名")
    return (
        wide[list(order)].reset_index().sort_values(["文档", "表序", "行号"], kind="stable").rename_axis(columns=None)
    )


def _column_names(flat: pd.DataFrame) -> pd.Series[str]:
    """指标; with its 表头, then its 列号, where one row of the frame has it twice."""
    names = flat["指标"].astype(object).fillna("")
    for other in ("表头", "列号"):
        twice = flat.assign(_名=names).duplicated([*_ROW, "_名"], keep=False)
        names = names.where(~names.isin(set(names[twice])), names + " [" + flat[other].astype(str) + "]")
    return names
