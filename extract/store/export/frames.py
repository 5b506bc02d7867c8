"""A run or a panel for other programs: one frame for each dataset, plain columns, nothing rounded in silence.

An amount is there twice where a program has no decimals: as a number, and as exact text beside it.  标记 is joined, a code
stays text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from extract.errors import OutputError, UsageError
from extract.store.datapackage import KEY, numbered, with_checked
from extract.store.export.wide import widened
from extract.store.reader import Outputs, open_outputs
from extract.store.schema import DOCUMENTS, Labels, translated
from extract.store.verdicts import Applied, settled_amounts
from parsers.specs.loader import datasets, fields, value_labels

FORMATS = ("csv", "excel", "sqlite", "stata", "spss")
JOINT = "、"  # between the values of a list
_ORDINAL = "ordinal"  # 序 of a wide table
EXACT = {"zh": "_精确", "en": "_exact"}  # added to the name of a number's exact text


@dataclass(frozen=True, slots=True)
class Frame:
    """A dataset to be written: plain columns, a label for each, and what tells its rows."""

    name: str
    title: str
    table: pa.Table
    labels: dict[str, str]
    key: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """What is exported.  ``datasets``: all where none is named; ``names``: zh or en, as the panel where ``None``."""

    datasets: tuple[str, ...] = ()
    wide: bool = False
    names: str | None = None


def export(panel: Path, to: str, out: Path, choice: Choice, verdicts: Applied | None = None) -> list[Path]:
    """Write the datasets of ``panel`` to the folder ``out``; returns the files.

    Raises ``UsageError`` for an unknown format or dataset or a missing library, ``OutputError`` for what cannot be written.
    """
    if to not in FORMATS:
        raise UsageError(f"{to!r} is not known: choose {' '.join(FORMATS)}")
    if choice.names not in (None, "zh", "en"):
        raise UsageError(f"{choice.names!r} is not known: choose zh en")
    frames = frames_of(open_outputs(panel), choice, verdicts)
    try:
        out.mkdir(parents=True, exist_ok=True)
        if to in ("stata", "spss"):
            from extract.store.export import statistics

            return (statistics.to_stata if to == "stata" else statistics.to_spss)(frames, out)
        from extract.store.export import tables

        return {"csv": tables.to_csv, "excel": tables.to_excel, "sqlite": tables.to_sqlite}[to](frames, out)
    except ImportError as error:
        raise UsageError(f"{error.name} is not installed: pip install 'yusuan[export]'") from error
    except OSError as error:
        raise OutputError(f"cannot write {out}: {error.strerror or error}") from error


def frames_of(run: Outputs, choice: Choice, verdicts: Applied | None = None) -> Iterator[Frame]:
    """The frames, one at a time; raises ``UsageError`` for a dataset that is not there."""
    there = run.datasets()
    english = {d.english: name for name, d in datasets().items()}
    asked = [english.get(name, name) for name in choice.datasets]
    if strange := [name for name in asked if name not in there]:
        raise UsageError(f"{'、'.join(strange)} is not there: choose {' '.join(there)}")
    labels = Labels(choice.names or run.labels.language)
    for dataset in asked or there:
        columns = {f.name for f in fields()[dataset]}
        if choice.wide and not {"金额", *KEY} <= columns:
            if asked:
                raise UsageError(f"{dataset} holds no amounts: only those can be wide")
            continue
        yield _frame(run, dataset, labels, choice.wide, verdicts)


def _frame(run: Outputs, dataset: str, labels: Labels, wide: bool, verdicts: Applied | None) -> Frame:
    name = labels.folder(dataset)
    meant = {f.name: f for f in with_checked(list(fields()[dataset]))}
    table = run.table(dataset)
    if verdicts:
        table = verdicts.to(table, dataset)
    if wide:
        table = settled_amounts(table)
        return _wide_frame(name, dataset, *widened(table, run.documents), labels)
    named = {f.name: f.name if labels.language == "zh" else f.english for f in meant.values()}
    labels_by_name = {
        named[f.name]: f.title if labels.language == "zh" else f"{f.name}：{f.title}" for f in meant.values()
    }
    key = KEY if {"金额", *KEY} <= set(meant) else ("文档",) if dataset == DOCUMENTS else ()
    return Frame(name, dataset, plain(labels.table(table, dataset)), labels_by_name, tuple(named[k] for k in key))


def _wide_frame(name: str, dataset: str, table: pa.Table, keys: tuple[str, ...], labels: Labels) -> Frame:
    """A wide table; in English its columns are those of the dataset, 指标 and 口径 by their English values."""
    meant = {f.name: f for f in numbered(list(fields()[dataset]))}
    labels_by_name = {n: meant[n].title if n in meant and n in keys else n for n in table.column_names}
    if labels.language == "zh":
        return Frame(f"{name}_wide", dataset, table, labels_by_name, keys)
    words = value_labels()
    named: dict[str, str] = {n: meant[n].english if n in meant else _ORDINAL for n in keys}
    for i, column in enumerate((n for n in table.column_names if n not in keys), start=1):
        measure, _, phase = column.rpartition("_")
        english = words["指标"].get(measure), words["口径"].get(phase)
        named[column] = "_".join(x for x in english if x) if all(english) else f"m{i}_{english[1] or 'none'}"
    renamed = translated(table, words).rename_columns([named[n] for n in table.column_names])
    return Frame(
        f"{name}_wide",
        dataset,
        renamed,
        {named[n]: f"{n}：{t}" if t != n else n for n, t in labels_by_name.items()},
        tuple(named[k] for k in keys),
    )


def plain(table: pa.Table) -> pa.Table:
    """Columns of text, whole numbers, floats, bools and decimals; lists joined."""
    for i, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            table = table.set_column(i, field.name, table.column(i).cast(pa.string()))
        elif pa.types.is_list(field.type):
            table = table.set_column(i, field.name, pc.binary_join(table.column(i), JOINT))
    return table


def with_exact_text(frame: Frame) -> tuple[pa.Table, dict[str, str | None]]:
    """The frame's table with every decimal column as a float and its exact text after it; the labels with theirs."""
    columns: dict[str, Any] = {}
    labels: dict[str, str | None] = {}
    for name in frame.table.column_names:
        column = frame.table[name]
        labels[name] = frame.labels.get(name, name)
        if not pa.types.is_decimal(column.type):
            columns[name] = column
            continue
        columns[name] = column.cast(pa.float64())
        beside = name + EXACT["en" if name.isascii() else "zh"]
        columns[beside] = pa.array([exact(v) for v in column.to_pylist()], pa.string())
        labels[beside] = f"{labels[name]}（精确的文字）"
    return pa.table(columns), labels


def exact(value: Any) -> str | None:
    """A decimal as text without an exponent and without zeros at its end."""
    if value is None:
        return None
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
