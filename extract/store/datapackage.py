"""``datapackage.json``: what every dataset and column of a run means.

A Frictionless Data Package (https://datapackage.org) with the ``columnType`` of the Fiscal Data Package where one
exists.  A dataset is a folder of Parquet files that reads as one table, so its ``path`` is the folder.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from extract.errors import OutputError
from extract.store.schema import DOCUMENTS, Labels
from extract.store.verdicts import CHECKED, CHECKED_ENGLISH, CHECKED_TITLE
from parsers.specs.loader import FieldSpec, datasets, english_names, fields, fiscal_types

# a list is "any": readers hand it on as an array of their own, which is no JSON array
_TYPES = {
    "string": "string", "dictionary": "string", "int16": "integer", "int32": "integer", "bool": "boolean",
    "float32": "number", "double": "number", "decimal": "number", "list": "any",
}  # fmt: skip
NAME = "datapackage.json"
UNITS = "单位清单"
KEY = ("文档", "表序", "行号", "列号")  # of every row of amounts


def describe(out: Path, labels: Labels) -> None:
    """Write the description of the datasets that stand in ``out``; raises ``OutputError``."""
    _write(out, described([d for d in fields() if (out / labels.folder(d)).is_dir()], labels))


def describe_panel(panel: Path, labels: Labels, paths: dict[str, list[str]], checked: bool = False) -> None:
    """Write the description of a panel, whose datasets are the files ``paths``; raises ``OutputError``.

    ``checked``: do its amounts have 金额_核定 beside them?
    """
    _write(
        panel,
        _package({d: names[0] if len(names) == 1 else names for d, names in paths.items() if names}, labels, checked),
    )


def described(names: list[str], labels: Labels) -> str:
    """The description of a run as JSON."""
    return _package({d: labels.folder(d) for d in names}, labels)


def described_files(panel: Path) -> set[str]:
    """The files that the description of a panel names; none where there is no panel."""
    try:
        package = json.loads((panel / NAME).read_text(encoding="utf-8"))
        paths = [resource["path"] for resource in package["resources"]]
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    names = [n for path in paths for n in (path if isinstance(path, list) else [path])]
    return {n for n in names if n.endswith(".parquet") and ".." not in n and not n.startswith("/")}


def _write(out: Path, text: str) -> None:
    target, temporary = out / NAME, out / f".{NAME}.{os.getpid()}"
    try:
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, target)
    except OSError as error:
        raise OutputError(f"cannot write {target}: {error.strerror or error}") from error


def _package(paths: dict[str, str | list[str]], labels: Labels, checked: bool = False) -> str:
    package = {
        "name": "yusuan",
        "title": "部门预算、单位预算与决算公开",
        "profile": "data-package",
        "resources": [_resource(d, path, labels, checked) for d, path in paths.items()],
    }
    return json.dumps(package, ensure_ascii=False, indent=1) + "\n"


def _resource(dataset: str, path: str | list[str], labels: Labels, checked: bool) -> dict[str, Any]:
    entry = datasets()[dataset]
    columns = list(fields()[dataset])
    if isinstance(path, list) or path.endswith(".parquet"):  # of a panel
        columns = numbered(columns)
    if checked:
        columns = with_checked(columns)
    kinds = fiscal_types()
    types = {**kinds["all"], **kinds.get(entry.fiscal or "", {})}
    return {
        "name": entry.english,
        "title": dataset,
        "path": path,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        # readers through pandas show a null number as nan
        "schema": {
            "missingValues": ["", "nan"],
            "fields": [_field(f, types.get(f.name), labels) for f in columns],
            **_keys(dataset, labels),
        },
    }


def numbered(columns: list[FieldSpec]) -> list[FieldSpec]:
    """The columns of a panel's table: 单位号 follows 编制单位."""
    place = next((i for i, f in enumerate(columns, start=1) if f.name == "编制单位"), None)
    return columns if place is None else [*columns[:place], fields()[UNITS][0], *columns[place:]]


def with_checked(columns: list[FieldSpec]) -> list[FieldSpec]:
    """The columns of a table that verdicts were laid beside: 金额_核定 follows 金额, where it is amounts."""
    place = next((i for i, f in enumerate(columns, start=1) if f.name == "金额"), None)
    if place is None or "列号" not in {f.name for f in columns}:
        return columns
    beside = replace(columns[place - 1], name=CHECKED, english=CHECKED_ENGLISH, title=CHECKED_TITLE)
    return [*columns[:place], beside, *columns[place:]]


def _keys(dataset: str, labels: Labels) -> dict[str, Any]:
    """What tells a row, and the document that it belongs to."""
    names = {f.name for f in fields()[dataset]}
    document = labels.column("文档")
    if dataset == DOCUMENTS:
        return {"primaryKey": [document]}
    keys: dict[str, Any] = (
        {"primaryKey": [labels.column(k) for k in KEY]} if set(KEY) <= names and "金额" in names else {}
    )
    if dataset == UNITS:
        return {"primaryKey": [labels.column("单位号")]}
    if "文档" in names:
        resource = english_names()[DOCUMENTS]
        keys["foreignKeys"] = [{"fields": [document], "reference": {"resource": resource, "fields": [document]}}]
    return keys


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
