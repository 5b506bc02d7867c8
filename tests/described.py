"""Whether outputs are what their datapackage.json describes.

Arrow tests every row: column names in order, types, primary keys, foreign keys.  Frictionless, which takes seconds for
thousands of rows, reads the first rows of a dataset of each schema: it says whether the description itself is sound.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import frictionless
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

_ROWS = 3  # of a dataset, for frictionless
_ARROW = {
    "string": pa.types.is_string,
    "integer": pa.types.is_integer,
    "number": lambda t: pa.types.is_decimal(t) or pa.types.is_floating(t),
    "boolean": pa.types.is_boolean,
    "any": pa.types.is_list,
}
Described = dict[str, Any]


def faults_of(outputs: Path, scratch: Path) -> list[str]:
    """What is wrong with a description or with the rows that it describes; ``scratch`` is a folder to be made."""
    package = json.loads((outputs / "datapackage.json").read_text(encoding="utf-8"))
    tables = {r["name"]: _read(outputs, r) for r in package["resources"]}
    found = [fault for r in package["resources"] for fault in _faults(r, tables)]
    if any(isinstance(r["path"], list) for r in package["resources"]):
        return found  # frictionless would join the bytes of a dataset's files
    return found + _frictionless(outputs, package, scratch / "first_rows")


def _files(folder: Path, resource: Described) -> list[Path]:
    paths = [folder / p for p in ([resource["path"]] if isinstance(resource["path"], str) else resource["path"])]
    return [f for p in paths for f in ([p] if p.is_file() else sorted(p.glob("*.parquet")))]


def _read(folder: Path, resource: Described) -> pa.Table:
    return pa.concat_tables(pq.ParquetFile(f).read() for f in _files(folder, resource))


def _faults(resource: Described, tables: dict[str, pa.Table]) -> list[str]:
    table, name, schema = tables[resource["name"]], resource["name"], resource["schema"]
    fields = {f["name"]: f["type"] for f in schema["fields"]}
    if table.column_names != list(fields):
        return [f"{name}: columns {table.column_names}"]
    found = [f"{name}.{c}: {table[c].type} is no {t}" for c, t in fields.items() if not _ARROW[t](_plain(table[c]))]
    key = schema.get("primaryKey")
    if key and table.group_by(key).aggregate([]).num_rows != table.num_rows:
        found.append(f"{name}: {key} is no key")
    if key:
        found += [f"{name}.{c}: null in the key" for c in key if table[c].null_count]
    for foreign in schema.get("foreignKeys", ()):
        (column,), reference = foreign["fields"], foreign["reference"]
        known = tables[reference["resource"]][reference["fields"][0]].combine_chunks()
        if not pc.all(pc.is_in(table[column], known)).as_py():
            found.append(f"{name}.{column}: names what {reference['resource']} lacks")
    return found


def _plain(column: pa.ChunkedArray) -> pa.DataType:
    return column.type.value_type if pa.types.is_dictionary(column.type) else column.type


def _frictionless(outputs: Path, package: Described, short: Path) -> list[str]:
    """Of each kind of schema one dataset; foreign keys, slow here and tested above, of one dataset."""
    frictionless.Package(str(outputs / "datapackage.json"))  # raises where the description itself is none
    kinds = {json.dumps(r["schema"], sort_keys=True): r for r in reversed(package["resources"])}
    chosen = sorted(kinds.values(), key=lambda r: -len(r["schema"].get("foreignKeys", ())))
    for resource in chosen[1:]:
        resource["schema"].pop("foreignKeys", None)
    for resource in chosen:
        files = _files(outputs, resource)
        whole = resource["name"] == "documents"  # which the foreign key names
        for file in files if whole or len(files) == 1 else files[:1]:
            target = short / file.relative_to(outputs)
            target.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(pq.ParquetFile(file).read().slice(0, None if whole else _ROWS), target)
    (short / "datapackage.json").write_text(json.dumps({**package, "resources": chosen}), encoding="utf-8")
    report = frictionless.Package(str(short / "datapackage.json")).validate()
    return [str(line) for line in report.flatten(["fieldName", "type", "note"])]
