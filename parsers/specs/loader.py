"""Declarative specs: one TOML file per kind of table, a shared vocabulary of headers, and the output fields.

Unknown keys are errors, so that a misspelt alias cannot be ignored in silence.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import regex

from extract.errors import SpecError

SPECS = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a form's section: how its header is printed and what its cells hold."""

    field: str
    headers: regex.Pattern[str]
    kind: str = "text"  # text | number | vocabulary
    words: regex.Pattern[str] | None = None
    fill_down: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a form: it starts at a row (or line) that matches and ends where the next one starts."""

    dataset: str
    start: regex.Pattern[str]
    kind: str  # rows | pairs | goals
    columns: tuple[Column, ...] = ()
    constants: dict[str, str] = field(default_factory=dict)
    keep_start_row: bool = False
    start_row: regex.Pattern[str] | None = None  # a header row that opens the section without its label
    not_after: str | None = None  # dataset of a section whose rows may begin with the same words


@dataclass(frozen=True, slots=True)
class Spec:
    """What one kind of table is called, which headers and codes prove it, and where its rows go."""

    name: str
    dataset: str
    kind: str  # amounts | form
    title: regex.Pattern[str]
    title_not: regex.Pattern[str] | None
    headers: tuple[regex.Pattern[str], ...]
    schemes: tuple[tuple[regex.Pattern[str], str], ...]
    scheme: str
    direction: str | None
    measures: tuple[tuple[regex.Pattern[str], str], ...]
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Header words that every kind of table shares."""

    code: regex.Pattern[str]
    code_part: regex.Pattern[str]
    unit_code: regex.Pattern[str]
    name: regex.Pattern[str]
    text: regex.Pattern[str]
    skip: regex.Pattern[str]
    no_money: regex.Pattern[str]
    header_word: regex.Pattern[str]
    measures: tuple[tuple[regex.Pattern[str], str], ...]
    empty_note: regex.Pattern[str]
    note: regex.Pattern[str]


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """An output column: Arrow type by name, English name, meaning."""

    name: str
    type: str
    english: str
    title: str


def _compile(pattern: str, where: str) -> regex.Pattern[str]:
    try:
        return regex.compile(pattern)
    except regex.error as error:
        raise SpecError(f"{where}: {pattern!r} is no regular expression: {error}") from error


def _take(table: dict[str, Any], known: set[str], where: str) -> None:
    unknown = set(table) - known
    if unknown:
        raise SpecError(f"{where}: unknown keys {sorted(unknown)}; known are {sorted(known)}")


def _pairs(table: dict[str, str], where: str) -> tuple[tuple[regex.Pattern[str], str], ...]:
    return tuple((_compile(pattern, where), value) for pattern, value in table.items())


_COLUMN_KEYS = {"field", "headers", "kind", "words", "fill_down"}
_SECTION_KEYS = {"dataset", "start", "kind", "columns", "constants", "keep_start_row", "not_after", "start_row"}
_SPEC_KEYS = {
    "dataset", "kind", "title", "title_not", "headers", "scheme", "schemes", "direction", "measures", "sections",
}  # fmt: skip


def _section(table: dict[str, Any], where: str) -> Section:
    _take(table, _SECTION_KEYS, where)
    columns = []
    for column in table.get("columns", []):
        _take(column, _COLUMN_KEYS, where)
        words = column.get("words")
        columns.append(
            Column(
                column["field"],
                _compile(column["headers"], where),
                column.get("kind", "text"),
                _compile(words, where) if words else None,
                column.get("fill_down", False),
            )
        )
    return Section(
        table["dataset"], _compile(table["start"], where), table.get("kind", "rows"), tuple(columns),
        table.get("constants", {}), table.get("keep_start_row", False),
        _compile(table["start_row"], where) if "start_row" in table else None, table.get("not_after"),
    )  # fmt: skip


def load_spec(path: Path) -> Spec:
    """Read one spec file; raises ``SpecError`` naming file and key."""
    table = read_toml(path)
    where = path.name
    _take(table, _SPEC_KEYS, where)
    try:
        title_not = table.get("title_not")
        return Spec(
            path.stem, table["dataset"], table.get("kind", "amounts"), _compile(table["title"], where),
            _compile(title_not, where) if title_not else None,
            tuple(_compile(h, where) for h in table.get("headers", [])),
            _pairs(table.get("schemes", {}), where), table.get("scheme", "收支项目"), table.get("direction"),
            _pairs(table.get("measures", {}), where),
            tuple(_section(s, where) for s in table.get("sections", [])),
        )  # fmt: skip
    except KeyError as error:
        raise SpecError(f"{where}: key {error} is missing") from error


def read_toml(path: Path) -> dict[str, Any]:
    """A spec file as it stands; raises ``SpecError`` for what is no TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SpecError(f"{path.name}: {error}") from error


@lru_cache(maxsize=1)
def _fields_toml() -> dict[str, Any]:
    return read_toml(SPECS / "fields.toml")


@lru_cache(maxsize=1)
def specs() -> tuple[Spec, ...]:
    """All table specs, by file name."""
    return tuple(load_spec(path) for path in sorted((SPECS / "tables").glob("*.toml")))


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The shared header vocabulary of ``headers.toml``."""
    table = read_toml(SPECS / "headers.toml")
    _take(
        table,
        {
            "code",
            "code_part",
            "unit_code",
            "no_money",
            "name",
            "text",
            "skip",
            "header_word",
            "measures",
            "empty_note",
            "note",
        },
        "headers",
    )
    words = {k: _compile(v, "headers.toml") for k, v in table.items() if k != "measures"}
    return Vocabulary(measures=_pairs(table["measures"], "headers.toml"), **words)


@lru_cache(maxsize=1)
def fields() -> dict[str, tuple[FieldSpec, ...]]:
    """Columns of every dataset, from ``fields.toml``."""
    table = _fields_toml()
    _take(table, {"field", "schema", "datasets", "fiscal"}, "fields.toml")
    # 数值@说明数字 is the column 数值 of one dataset, where it means something else than in the others
    known = {k: FieldSpec(k.split("@")[0], f["type"], f["english"], f["title"]) for k, f in table["field"].items()}
    result: dict[str, tuple[FieldSpec, ...]] = {}
    for dataset, entry in table["datasets"].items():
        try:
            result[dataset] = tuple(known[name] for name in table["schema"][entry["schema"]])
        except KeyError as error:
            raise SpecError(f"fields.toml: dataset {dataset}: {error} is not defined") from error
    return result


def marks() -> dict[str, str]:
    """What each 标记 means, from ``marks.toml``."""
    return dict(read_toml(SPECS / "marks.toml"))


@lru_cache(maxsize=1)
def fiscal_types() -> dict[str, dict[str, str]]:
    """Fiscal Data Package ``columnType`` by kind of code, then by column; ``all`` holds for every dataset."""
    return dict(_fields_toml()["fiscal"])


@lru_cache(maxsize=1)
def dataset_entries() -> dict[str, dict[str, str]]:
    """``schema``, ``english`` and, where its codes are of one kind, ``codes`` of every dataset."""
    return dict(_fields_toml()["datasets"])


@lru_cache(maxsize=1)
def english_names() -> dict[str, str]:
    """English name of every dataset: ASCII, at most 32 characters."""
    return {name: entry["english"] for name, entry in dataset_entries().items()}


@lru_cache(maxsize=1)
def digest() -> str:
    """Hash of everything declarative: part of the version that decides whether an output is current."""
    total = hashlib.sha256()
    for path in sorted(SPECS.rglob("*")):
        if path.suffix in {".toml", ".csv"}:
            total.update(path.name.encode() + path.read_bytes())
    return total.hexdigest()[:12]
