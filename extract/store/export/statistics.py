"""Frames as files of Stata and SPSS: variable labels, codes as text, amounts as numbers with their exact text beside them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa

from extract.store.export.frames import Frame, with_exact_text

_STATA_NAME, _SPSS_NAME = 32, 64  # characters, and bytes, of a variable's name
_STATA_LABEL = 80  # characters of a variable label
_STATA_TEXT = 2045  # bytes of a plain string; a longer one is kept as strL
_YES: dict[int | float, str] = {0: "否", 1: "是"}


def to_stata(frames: Iterator[Frame], out: Path) -> list[Path]:
    """``<name>.dta`` for each frame (Stata 14 and later); a blank amount is missing, a blank text is empty."""
    made = []
    for frame in frames:
        path = out / f"{frame.name}.dta"
        table, labels = with_exact_text(frame)
        table, labels = _named(table, labels, lambda name: name[:_STATA_NAME])
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
        table, labels = _named(*with_exact_text(frame), lambda n: n.encode()[:_SPSS_NAME].decode(errors="ignore"))
        pyreadstat.write_sav(
            _data(table), path, row_compress=True, file_label=frame.name, column_labels=labels,
            variable_value_labels={f.name: _YES for f in table.schema if pa.types.is_boolean(f.type)},
        )  # fmt: skip
        made.append(path)
    return made


def _named(
    table: pa.Table, labels: dict[str, str | None], shortened: Callable[[str], str]
) -> tuple[pa.Table, dict[str, str | None]]:
    """Names that a program takes: letters and digits, a letter first, not too long, no two alike; labels say the whole."""
    made: dict[str, str] = {}
    for name in table.column_names:
        base = re.sub(r"\W", "_", name)
        base = base if base[:1].isalpha() else f"v{base}"
        tries = (_fitting(base, end, shortened) for end in ("", *map("_{}".format, range(2, 10_000))))
        made[name] = next(n for n in tries if n.lower() not in {m.lower() for m in made.values()})
    return table.rename_columns(list(made.values())), {made[n]: label for n, label in labels.items()}


def _fitting(base: str, end: str, shortened: Callable[[str], str]) -> str:
    stem = shortened(base)
    while shortened(stem + end) != stem + end:
        stem = stem[:-1]
    return stem + end


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
