"""The datasets as Arrow tables: schemas, rows and columns turned to tables, Chinese names and English ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from extract.errors import UsageError
from extract.store.verdicts import CHECKED, CHECKED_ENGLISH
from parsers.records import DocumentRow
from parsers.specs.loader import FieldSpec, english_names, fields, kept, value_labels

_TYPES: dict[str, pa.DataType] = {
    "string": pa.string(),
    "dictionary": pa.dictionary(pa.int32(), pa.string()),
    "int16": pa.int16(),
    "int32": pa.int32(),
    "bool": pa.bool_(),
    "float32": pa.float32(),
    "double": pa.float64(),
    "decimal": pa.decimal128(20, 4),
    "list": pa.list_(pa.field("element", pa.string())),
}
DOCUMENTS = "文档清单"
TABLES = "表格清单"
UNIT = "单位号"  # in the tables of a panel only


@kept(64)
def schema(dataset: str) -> pa.Schema:
    """Arrow schema of a dataset; the Chinese meaning and English name ride as field metadata."""
    return pa.schema([_field(f) for f in fields()[dataset]])


def _field(spec: FieldSpec) -> pa.Field:
    return pa.field(spec.name, _TYPES[spec.type], metadata={"title": spec.title, "english": spec.english})


def to_table(dataset: str, records: Sequence[Mapping[str, object]]) -> pa.Table:
    """Records to an Arrow table; a column that a record lacks is null."""
    names = schema(dataset).names
    rows = [tuple(map(record.get, names)) for record in records]
    return from_columns(dataset, dict(zip(names, zip(*rows, strict=True) if rows else [()] * len(names), strict=True)))


def from_columns(dataset: str, columns: Mapping[str, Sequence[Any]]) -> pa.Table:
    """Columns of equal length to an Arrow table; every column of the dataset must be there."""
    wanted = schema(dataset)
    arrays = []
    for field in wanted:
        values = columns[field.name]
        same = len(values) > 0 and values.count(values[0]) == len(values)
        if same and values[0] is None:
            arrays.append(pa.nulls(len(values), field.type))
        elif pa.types.is_dictionary(field.type):
            arrays.append(_encoded(values, field.type, same))
        elif pa.types.is_decimal(field.type):
            arrays.append(_decimals(values, field.type))
        else:
            arrays.append(pa.array(values, field.type))
    return pa.Table.from_arrays(arrays, schema=wanted)


def _decimals(values: Sequence[Decimal | None], wanted: pa.Decimal128Type) -> pa.Array:
    """Exact decimals; what has been derived finer than the column holds is rounded, what is longer is null."""
    try:
        return pa.array(values, wanted)
    except pa.ArrowInvalid:
        quantum = Decimal(1).scaleb(-wanted.scale)
        most = Decimal(10) ** (wanted.precision - wanted.scale)
        fitting = [None if v is None or abs(v) >= most else v.quantize(quantum, ROUND_HALF_UP) for v in values]
        return pa.array(fitting, wanted)


@lru_cache(maxsize=512)
def _zeros(count: int) -> pa.Array:
    return pa.array([0] * count, pa.int32())


def _encoded(values: Sequence[Any], wanted: pa.DictionaryType, same: bool) -> pa.Array:
    """Dictionary-encoded strings; most such columns hold one value all the way down."""
    if same:
        return pa.DictionaryArray.from_arrays(_zeros(len(values)), pa.array(values[:1], pa.string()))
    return pa.array(values, wanted)  # not dictionary_encode: that imports pyarrow.compute, 0.15 s of a worker


@dataclass(frozen=True, slots=True)
class Labels:
    """Names of folders and columns: Chinese as the contract has them, or their English ones (``en``)."""

    language: str = "zh"

    def folder(self, dataset: str) -> str:
        return dataset if self.language == "zh" else english_names()[dataset]

    def column(self, name: str) -> str:
        """The printed name of a column that means the same in every dataset."""
        if self.language == "zh":
            return name
        return next(f.english for columns in fields().values() for f in columns if f.name == name)

    def schema(self, dataset: str) -> pa.Schema:
        """Arrow schema of the dataset's files."""
        wanted = schema(dataset)
        if self.language == "zh":
            return wanted
        english = [f.english for f in fields()[dataset]]
        return pa.schema([f.with_name(name) for f, name in zip(wanted, english, strict=True)])

    def table(self, table: pa.Table, dataset: str) -> pa.Table:
        if self.language == "zh":
            return table
        return translated(table, _english_values()).rename_columns(
            [self._english(dataset)[n] for n in table.column_names]
        )

    def _english(self, dataset: str) -> dict[str, str]:
        """English column names of a dataset; a panel's tables have 单位号, and 金额_核定 where somebody looked, besides."""
        return {UNIT: self.column(UNIT), CHECKED: CHECKED_ENGLISH, **{f.name: f.english for f in fields()[dataset]}}

    def chinese(self, table: pa.Table, dataset: str) -> pa.Table:
        """A table of the dataset's files, or some of its columns, under Chinese names and values."""
        if self.language == "zh":
            return table
        names = {english: name for name, english in self._english(dataset).items()}
        return translated(table.rename_columns([names[n] for n in table.column_names]), _chinese_values())

    def mark(self, row: Mapping[str, Any]) -> DocumentRow:
        """A row of 文档清单 under its Chinese names."""
        back = _chinese_values()
        chinese: Any = (
            row
            if self.language == "zh"
            else {f.name: _one(row[f.english], back.get(f.name, {})) for f in fields()[DOCUMENTS]}
        )
        known: DocumentRow = chinese
        return known


def _one(value: Any, words: Mapping[str, str]) -> Any:
    return words.get(value, value) if isinstance(value, str) else value


def labels_of(outputs: Path) -> Labels:
    """How the datasets of a run or a panel are named; raises ``UsageError`` if none stands there."""
    for labels in (Labels(), Labels("en")):
        place = outputs / labels.folder(DOCUMENTS)
        if place.is_dir() or place.with_name(f"{place.name}.parquet").is_file():
            return labels
    raise UsageError(f"{outputs} holds no outputs of a run")


def require_labels(out: Path, labels: Labels) -> None:
    """Raises ``UsageError`` where a run with other labels stands: readers of a folder expect one set."""
    try:
        there = labels_of(out)
    except UsageError:
        return
    if there != labels:
        raise UsageError(
            f"{out} holds a run with --labels {there.language}: choose another folder for {labels.language}"
        )


@kept()
def _english_values() -> dict[str, dict[str, str]]:
    return {**value_labels(), "数据集": english_names(), "对应数据集": english_names()}


@kept()
def _chinese_values() -> dict[str, dict[str, str]]:
    return {
        column: {english: value for value, english in values.items()} for column, values in _english_values().items()
    }


def translated(table: pa.Table, words: Mapping[str, Mapping[str, str]]) -> pa.Table:
    """``table`` with other words in its text columns; a value without one stands as it is."""
    for i, field in enumerate(table.schema):
        if field.name in words and not pa.types.is_integer(field.type):
            table = table.set_column(i, field, _translated(table.column(i), field.type, words[field.name]))
    return table


def _translated(column: pa.ChunkedArray, wanted: pa.DataType, words: Mapping[str, str]) -> pa.Array:
    values = column.to_pylist()
    if pa.types.is_list(wanted):
        return pa.array([v and [words.get(x, x) for x in v] for v in values], wanted)
    return pa.array([words.get(v, v) for v in values], pa.string()).cast(wanted)
