"""``datapackage.json``: what every dataset and column of a run means.

A Frictionless Data Package (https://datapackage.org) with the ``columnType`` of the Fiscal Data Package where one
exists.  A dataset is a folder of Parquet files that reads as one table, so its ``path`` is the folder.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from extract.errors import OutputError
from extract.store.writer import Labels
from parsers.specs.loader import FieldSpec, datasets, fields, fiscal_types

# a list is "any": readers hand it on as an array of their own, which is no JSON array
_TYPES = {
    "string": "string", "dictionary": "string", "int16": "integer", "int32": "integer", "bool": "boolean",
    "float32": "number", "double": "number", "decimal": "number", "list": "any",
}  # fmt: skip
NAME = "datapackage.json"


def describe(out: Path, labels: Labels) -> None:
    """Write the description of the datasets that stand in ``out``; raises ``OutputError``."""
    there = [d for d in fields() if (out / labels.folder(d)).is_dir()]
    target, temporary = out / NAME, out / f".{NAME}.{os.getpid()}"
    try:
        temporary.write_text(described(there, labels), encoding="utf-8")
        os.replace(temporary, target)
    except OSError as error:
        raise OutputError(f"cannot write {target}: {error.strerror or error}") from error


def described(names: list[str], labels: Labels) -> str:
    """The description as JSON."""
    package = {
        "name": "yusuan",
        "title": "部门预算、单位预算与决算公开",
        "profile": "data-package",
        "resources": [_resource(d, labels) for d in names],
    }
    return json.dumps(package, ensure_ascii=False, indent=1) + "\n"


def _resource(dataset: str, labels: Labels) -> dict[str, Any]:
    entry = datasets()[dataset]
    kinds = fiscal_types()
    types = {**kinds["all"], **kinds.get(entry.fiscal or "", {})}
    return {
        "name": entry.english,
        "title": dataset,
        "path": labels.folder(dataset),
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        # readers through pandas show a null number as nan
        "schema": {
            "missingValues": ["", "nan"],
            "fields": [_field(f, types.get(f.name), labels) for f in fields()[dataset]],
        },
    }


def _field(spec: FieldSpec, fiscal: str | None, labels: Labels) -> dict[str, Any]:
    other = spec.english if labels.language == "zh" else spec.name
    described: dict[str, Any] = {
        "name": spec.name if labels.language == "zh" else spec.english,
        "type": _TYPES[spec.type],
        "title": other,
        "description": spec.title,
    }
    if fiscal:
        described["columnType"] = fiscal
    return described
