"""A document as pandas dataframes keyed by 科目编码, for notebooks: the rows that a run writes to Parquet."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from extract.convert import doc_id_of
from extract.doors import read_document
from extract.files import read_file
from extract.paper.stitching import join
from extract.store.writer import to_table
from parsers.parse import parse

_CELL = ["页码", "x0", "y0", "x1", "y1"]


def read_frames(path: str | Path, engine: str = "pdfium") -> dict[str, pd.DataFrame]:
    """Tidy dataframes of one document by dataset; amount datasets have 科目编码 as their index.

    Amounts are ``Decimal`` in yuan, missing ones ``None``.  Raises ``ExtractError`` for a path or a document that
    cannot be read.
    """
    path = Path(path)
    data = read_file(path)
    parsed = parse(read_document(data, path.suffix.lower(), engine), doc_id_of(data), join)
    records: dict[str, list[dict[str, object]]] = {}
    for table in parsed.tables:
        for dataset, rows in table.records().items():
            records.setdefault(dataset, []).extend(rows)
    frames = {dataset: to_table(dataset, rows).to_pandas() for dataset, rows in records.items()}
    return {d: f.set_index("科目编码") if "科目编码" in f.columns else f for d, f in frames.items()}


def as_printed(frame: pd.DataFrame) -> pd.DataFrame:
    """One amount dataset wide again, as printed: a row per 行号, a column per 指标."""
    keys = ["文档", "表号", "行号", "方向", "科目编码", "科目名称"]
    flat = frame.reset_index()[[*keys, "指标", "金额"]].astype(dict.fromkeys(keys, object))
    measures = list(dict.fromkeys(flat["指标"]))
    wide = flat.groupby([*keys, "指标"], sort=False, dropna=False)["金额"].first().unstack("指标")
    return wide[measures].reset_index().sort_values(["文档", "行号"], kind="stable").rename_axis(columns=None)
