"""Declarative specs: one TOML file for each kind of table, a shared vocabulary of headers, and the output columns.

Everything is checked as it is read: a key, a dataset, a field, a scheme, a direction, a measure or a rule that nobody
knows raises ``SpecError`` with file, key and the nearest known word, so that a misspelling cannot be passed over.
A run may add folders of its own table specs (``use``); they are asked before ours.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from extract.errors import SpecError
from parsers.specs.entry import Entry, read_toml, unknown
from parsers.specs.model import Column, Dataset, FieldSpec, Section, Spec, Vocabulary, Words
from parsers.specs.table_spec import Known, read_spec, registered

__all__ = ["SPECS", "Column", "Dataset", "FieldSpec", "Section", "Spec", "Vocabulary", "Words", "read_toml"]
SPECS = Path(__file__).parent
_P = ParamSpec("_P")
_R = TypeVar("_R")
_VOCABULARY = tuple(name for name in Vocabulary.__dataclass_fields__ if name != "measures")
_ARROW = ("string", "dictionary", "int16", "int32", "bool", "float32", "double", "decimal", "list")
_added: tuple[Path, ...] = ()
_caches: list[Callable[[], None]] = []


def kept(size: int = 1) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """As ``lru_cache``, forgotten when other specs come into use."""

    def decorate(function: Callable[_P, _R]) -> Callable[_P, _R]:
        cached = lru_cache(maxsize=size)(function)
        _caches.append(cached.cache_clear)
        return cached  # type: ignore[return-value]

    return decorate


def use(folders: Sequence[str | Path]) -> None:
    """Add the table specs of ``folders`` to ours, in this process; raises ``SpecError`` for what is no folder."""
    global _added
    wanted = tuple(Path(f) for f in folders)
    if wanted == _added:
        return
    for folder in wanted:
        if not folder.is_dir():
            raise SpecError(f"{folder}: is no folder of specs")
    _added = wanted
    for clear in _caches:
        clear()


def table_files() -> list[Path]:
    """The table specs in the order in which they are asked: those that were added first."""
    added = [path for folder in _added for path in sorted(folder.glob("*.toml"))]
    return [*added, *sorted((SPECS / "tables").glob("*.toml"))]


@kept()
def added_specs() -> frozenset[str]:
    """Names of the specs that this run added: where one fits as well as ours, it goes before."""
    return frozenset(path.stem for folder in _added for path in folder.glob("*.toml"))


@kept()
def _tables() -> tuple[Entry, ...]:
    return tuple(Entry(path.name, read_toml(path)) for path in table_files())


@kept()
def _fields_toml() -> Entry:
    entry = Entry("fields.toml", read_toml(SPECS / "fields.toml"))
    entry.only({"field", "schema", "datasets", "fiscal"}, ("field", "schema", "datasets", "fiscal"))
    return entry


@kept()
def value_labels() -> dict[str, dict[str, str]]:
    """English values of ``--labels en`` by column, from ``values.toml``; a value that is not there stands as it is."""
    table = read_toml(SPECS / "values.toml")
    for column, values in table.items():
        twice = {english for english in values.values() if list(values.values()).count(english) > 1}
        if twice or not all(isinstance(v, str) for v in values.values()):
            raise SpecError(
                f"values.toml: {column}: one English word for each value, not {sorted(map(str, twice))} twice"
            )
    return table


@kept()
def schemes() -> dict[str, dict[str, str]]:
    """科目体系 → its ``codebook`` and ``fiscal`` family, where it has one."""
    top = Entry("schemes.toml", read_toml(SPECS / "schemes.toml"))
    found: dict[str, dict[str, str]] = {}
    for name in top.table:
        entry = top.inner(name)
        entry.only({"codebook", "fiscal"})
        found[name] = {k: entry.choice(k, families) for k, families in _families().items() if k in entry.table}
    return found


def _families() -> dict[str, list[str]]:
    books = [path.stem for path in sorted((SPECS / "codes").glob("*.csv"))]
    return {"codebook": books, "fiscal": [f for f in _fields_toml().inner("fiscal").table if f != "all"]}


@kept()
def datasets() -> dict[str, Dataset]:
    """Every dataset: those of the table specs in the order of their files, then those of ``fields.toml``."""
    schemas = _fields_toml().inner("schema").table
    found: dict[str, Dataset] = {}
    ours = _fields_toml().inner("datasets")
    own = [(name, ours.inner(name)) for name in ours.table]
    for _, entry in own:
        entry.only({"schema", "english"}, ("schema", "english"))
    registered_pairs = [pair for table in reversed(_by_origin()) for entry in table for pair in registered(entry)]
    for name, entry in [*registered_pairs, *own]:
        dataset = _dataset(name, entry, schemas)
        before = found.get(name)
        if before is not None:
            raise entry.error("english", f"{name} has its English name already: {before.english!r}; leave the key out")
        twin = next((d.name for d in found.values() if d.english == dataset.english), None)
        if twin is not None:
            raise entry.error("english", f"{dataset.english!r} is the name of {twin}")
        found[name] = dataset
    return found


def _by_origin() -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """Added table specs, and ours."""
    ours = len(list((SPECS / "tables").glob("*.toml")))
    return _tables()[:-ours], _tables()[-ours:]


def _dataset(name: str, entry: Entry, schemas: dict[str, Any]) -> Dataset:
    english = entry.text("english")
    if not english.isascii() or len(english) > 32 or not english.isidentifier() or english != english.lower():
        raise entry.error("english", f"{english!r} must be at most 32 of a-z, 0-9 and _")
    if name in (".", "..") or any(c in name for c in '/\\:*?"<>|'):
        raise entry.error("dataset", f"{name!r} cannot be the name of a folder")
    scheme = entry.optional("scheme")
    family = schemes()[entry.choice("scheme", schemes())].get("fiscal") if scheme else None
    rules = entry.texts("identities")
    return Dataset(name, entry.choice("schema", schemas, "amounts"), english, family, rules)


@kept()
def _known() -> Known:
    return Known(
        datasets={d.name: tuple(f.name for f in fields()[d.name]) for d in datasets().values()},
        schemas={d.name: d.schema for d in datasets().values()},
        schemes=frozenset(schemes()),
        rules=_rule_names(),
    )


def _rule_names() -> frozenset[str]:
    top = Entry("identities.toml", read_toml(SPECS / "identities.toml"))
    return frozenset(entry.text("rule") for entry in top.entries("inside"))


@kept()
def specs() -> tuple[Spec, ...]:
    """All table specs: those that were added, then ours, by file name."""
    found = tuple(read_spec(entry, _known()) for entry in _tables())
    names = [s.name for s in found]
    for name in names:
        if names.count(name) > 1:
            raise SpecError(f"{name}.toml: another spec has this file name")
    return found


@kept()
def vocabulary() -> Vocabulary:
    """The shared header vocabulary of ``headers.toml``."""
    entry = Entry("headers.toml", read_toml(SPECS / "headers.toml"))
    entry.only({*_VOCABULARY, "measures"}, (*_VOCABULARY, "measures"))
    return Vocabulary(measures=entry.pairs("measures"), **{name: entry.words(name) for name in _VOCABULARY})


@kept()
def measures() -> frozenset[str]:
    """Every 指标 that a spec names: of the shared vocabulary, of the tables, of the number columns of forms."""
    found = {name for _, name in vocabulary().measures}
    for spec in specs():
        found |= {name for _, name in spec.measures}
        found |= {c.field for s in spec.sections for c in s.columns if c.kind == "number"}
    return frozenset(found)


@kept()
def fields() -> dict[str, tuple[FieldSpec, ...]]:
    """Columns of every dataset, from ``fields.toml``."""
    top = _fields_toml()
    # 数值@说明数字 is the column 数值 of one dataset, where it means something else than in the others
    known = {name: _field(name.split("@")[0], top.inner("field").inner(name)) for name in top.inner("field").table}
    schemas = top.inner("schema")
    columns = {name: tuple(known[f] for f in schemas.choices(name, known)) for name in schemas.table}
    return {d.name: columns[d.schema] for d in datasets().values()}


def _field(name: str, entry: Entry) -> FieldSpec:
    entry.only({"type", "english", "title"}, ("type", "english", "title"))
    return FieldSpec(name, entry.choice("type", _ARROW), entry.text("english"), entry.text("title"))


@kept()
def marks() -> dict[str, str]:
    """What each 标记 means, from ``marks.toml``."""
    entry = Entry("marks.toml", read_toml(SPECS / "marks.toml"))
    return {name: entry.text(name) for name in entry.table}


@kept()
def fiscal_types() -> dict[str, dict[str, str]]:
    """Fiscal Data Package ``columnType`` by family of codes, then by column; ``all`` holds for every dataset."""
    top = _fields_toml().inner("fiscal")
    found: dict[str, dict[str, str]] = {}
    columns = {f.name for spec in fields().values() for f in spec}
    for family in top.table:
        entry = top.inner(family)
        entry.only(columns)
        found[family] = {name: entry.text(name) for name in entry.table}
    return found


def english_names() -> dict[str, str]:
    """English name of every dataset: ASCII, at most 32 characters."""
    return {d.name: d.english for d in datasets().values()}


def known_dataset(name: str, where: str) -> str:
    """``name``, or ``SpecError`` with the nearest dataset."""
    if name not in datasets():
        raise SpecError(f"{where}: {unknown(name, datasets())}")
    return name


@kept()
def digest() -> str:
    """Hash of everything declarative: part of the version that decides whether an output is current."""
    total = hashlib.sha256()
    ours = [path for path in sorted(SPECS.rglob("*")) if path.suffix in {".toml", ".csv"}]
    for path in [*ours, *(path for folder in _added for path in sorted(folder.glob("*.toml")))]:
        total.update(path.name.encode() + path.read_bytes())
    return total.hexdigest()[:12]
