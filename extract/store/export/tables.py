"""Frames as CSV, as one Excel workbook and as one SQLite database."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa

from extract.store.export.frames import Frame, exact, with_exact_text
from extract.store.formulas import harmless

_SHEET_ROWS = 1_048_576  # what a sheet of Excel holds, its header among them
_SQL = {"string": "TEXT", "double": "REAL", "float": "REAL", "bool": "INTEGER"}
_TABLE_SCHEMA = {"string": "string", "double": "number", "float": "number", "bool": "boolean"}


def to_csv(frames: Iterator[Frame], out: Path) -> list[Path]:
    """A file for each frame, UTF-8 with the byte order mark that Excel needs, and ``schema.json`` with the types.

    Amounts are exact text; an apostrophe disarms a cell that a spreadsheet would take for a formula.
    """
    made, resources = [], []
    for frame in frames:
        path = out / f"{frame.name}.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as handle:
            writer = csv.writer(handle)
            writer.writerow(frame.table.column_names)
            for row in _rows(frame.table):
                writer.writerow([_text(value) for value in row])
        made.append(path)
        resources.append(_resource(frame))
    schema = out / "schema.json"
    schema.write_text(
        json.dumps({"name": "yusuan", "resources": resources}, ensure_ascii=False, indent=1) + "\n", "utf-8"
    )
    return [*made, schema]


def _text(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return harmless(value)
    return exact(value)


def _resource(frame: Frame) -> dict[str, Any]:
    """As in a Frictionless Data Package: what reads a code as text and an amount as a number."""
    described = [
        {
            "name": f.name,
            "type": _kind(f.type, _TABLE_SCHEMA, "integer", "number"),
            "title": frame.labels.get(f.name, f.name),
        }
        for f in frame.table.schema
    ]
    schema: dict[str, Any] = {"fields": described, "missingValues": [""]}
    if frame.key and not frame.name.endswith("_wide"):  # a key of a wide row holds blanks
        schema["primaryKey"] = list(frame.key)
    return {
        "name": frame.name,
        "title": frame.title,
        "path": f"{frame.name}.csv",
        "encoding": "utf-8-sig",
        "schema": schema,
    }


def _kind(kind: pa.DataType, known: dict[str, str], whole: str, decimal: str) -> str:
    if pa.types.is_integer(kind):
        return whole
    return decimal if pa.types.is_decimal(kind) else known[str(kind)]


def _rows(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    for batch in table.to_batches(max_chunksize=10_000):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def to_sqlite(frames: Iterator[Frame], out: Path) -> list[Path]:
    """``panel.sqlite``: a table for each frame, amounts as numbers with their exact text beside them."""
    path = out / "panel.sqlite"
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as database, database:
        for frame in frames:
            table, _ = with_exact_text(frame)
            columns = [f"{_quoted(f.name)} {_kind(f.type, _SQL, 'INTEGER', 'REAL')}" for f in table.schema]
            if frame.key and not frame.name.endswith("_wide"):
                columns.append(f"PRIMARY KEY ({', '.join(map(_quoted, frame.key))})")
            database.execute(f"CREATE TABLE {_quoted(frame.name)} ({', '.join(columns)})")
            places = ", ".join("?" * table.num_columns)
            database.executemany(f"INSERT INTO {_quoted(frame.name)} VALUES ({places})", _rows(table))
    return [path]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def to_excel(frames: Iterator[Frame], out: Path) -> list[Path]:
    """``panel.xlsx``: a sheet for each frame, further ones where it is longer than a sheet; text stays text."""
    import xlsxwriter

    path = out / "panel.xlsx"
    with xlsxwriter.Workbook(
        path,
        {"constant_memory": True, "strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False},
    ) as book:
        head, money = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "#,##0.00"})
        for frame in frames:
            table, labels = with_exact_text(frame)
            decimals = {
                n
                for n in table.column_names
                if n in frame.table.column_names and pa.types.is_decimal(frame.table.schema.field(n).type)
            }
            for part, start in enumerate(range(0, max(1, table.num_rows), _SHEET_ROWS - 1), start=1):
                sheet = book.add_worksheet(f"{frame.name[:27]}{f' {part}' if part > 1 else ''}")
                sheet.freeze_panes(1, 0)
                for i, name in enumerate(table.column_names):
                    sheet.write_string(0, i, name, head)
                    sheet.write_comment(0, i, labels[name] or name)
                    sheet.set_column(i, i, 18 if name in decimals else 12, money if name in decimals else None)
                for r, row in enumerate(_rows(table.slice(start, _SHEET_ROWS - 1)), start=1):
                    for c, value in enumerate(row):
                        if isinstance(value, str):
                            sheet.write_string(r, c, value)
                        elif value is not None:
                            sheet.write(r, c, value)
    return [path]
