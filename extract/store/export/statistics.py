"""Frames as files of Stata and SPSS: variable labels, codes as text, amounts as numbers with their exact text beside them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa

from extract.store.export.frames import Frame, with_exact_text

_STATA_LABEL = 80  # characters of a variable label
_STATA_TEXT = 2045  # bytes of a plain string; a longer one is kept as strL
_YES: dict[int | float, str] = {0: "否", 1: "是"}


def to_stata(frames: Iterator[Frame], out: Path) -> list[Path]:
    """``<name>.dta`` for each frame (Stata 14 and later); a blank amount is missing, a blank text is empty."""
    made = []
    for frame in frames:
        path = out / f"{frame.name}.dta"
        table, labels = with_exact_text(frame)
        data = _data(table)
        texts = [n for n in data.columns if data[n].dtype == object]
        long = [n for n in texts if data[n].map(lambda v: len(v.encode())).max() > _STATA_TEXT] if len(data) else []
        data.to_stata(
            path, write_index=False, version=118, convert_strl=long, data_label=frame.name,
            variable_labels={n: (labels[n] or n)[:_STATA_LABEL] for n in data.columns},
            value_labels={f.name: {0.0: "否", 1.0: "是"} for f in table.schema if pa.types.is_boolean(f.type)},
        )  # fmt: skip
        made.append(path)
    return made


def to_spss(frames: Iterator[Frame], out: Path) -> list[Path]:
    """``<name>.sav`` for each frame."""
    import pyreadstat

    made = []
    for frame in frames:
        path = out / f"{frame.name}.sav"
        table, labels = with_exact_text(frame)
        pyreadstat.write_sav(
            _data(table), path, row_compress=True, file_label=frame.name, column_labels=labels,
            variable_value_labels={f.name: _YES for f in table.schema if pa.types.is_boolean(f.type)},
        )  # fmt: skip
        made.append(path)
    return made


def _data(table: pa.Table) -> pd.DataFrame:
    """Numbers as floats where some are missing, bools as 0 and 1, missing text as empty text."""
    columns: dict[str, pd.Series[float] | pd.Series[str]] = {}
    for field in table.schema:
        column = table[field.name]
        if pa.types.is_string(field.type):
            columns[field.name] = pd.Series(["" if v is None else v for v in column.to_pylist()], dtype=object)
        elif column.null_count:
            columns[field.name] = pd.Series(column.cast(pa.float64()).to_pylist(), dtype="float64")
        else:
            kind = (
                "int8"
                if pa.types.is_boolean(field.type)
                else "float64"
                if pa.types.is_floating(field.type)
                else "int32"
            )
            columns[field.name] = pd.Series(column.to_pylist(), dtype=kind)
    return pd.DataFrame(columns)
