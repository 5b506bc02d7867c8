"""One table spec: its keys, checked, as a ``Spec``.

A file that gives an ``english`` name makes a dataset; one that does not adds titles or headers to a dataset that another
file makes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from extract.errors import SpecError
from parsers.specs.entry import Entry
from parsers.specs.model import Column, Section, Spec, Words

DIRECTIONS = ("收入", "支出")
_KINDS = ("amounts", "form")
_SECTION_KINDS = ("rows", "pairs", "goals", "skip")
_COLUMN_KINDS = ("text", "number", "vocabulary")
_DATASET_KEYS = ("dataset", "english", "schema", "scheme", "identities")
_SPEC_KEYS = (
    *_DATASET_KEYS, "kind", "title", "title_not", "headers", "schemes", "direction", "undirected", "measures", "sections",
    "datasets", "own_fields", "needs_title", "examples", "not_examples",
)  # fmt: skip
_SECTION_KEYS = ("dataset", "start", "kind", "columns", "constants", "keep_start_row", "not_after", "start_row")
_COLUMN_KEYS = ("field", "headers", "kind", "words", "fill_down", "once")


@dataclass(frozen=True, slots=True)
class Known:
    """The words that a table spec may use."""

    datasets: Mapping[str, tuple[str, ...]]  # with their columns
    schemas: Mapping[str, str]
    schemes: frozenset[str]
    rules: frozenset[str]


def registered(entry: Entry) -> Iterator[tuple[str, Entry]]:
    """The datasets that a table spec makes, with the tables that describe them."""
    entry.only(_SPEC_KEYS, ("dataset", "title"))
    if "english" not in entry.table:
        for name in ("schema", "identities"):
            if name in entry.table:
                raise entry.error(name, "is said where the dataset is made, by the file with its 'english' name")
    else:
        described = {k: v for k, v in entry.table.items() if k in _DATASET_KEYS}
        yield entry.text("dataset"), Entry(entry.where, described)
    for inner in entry.entries("datasets"):
        inner.only(_DATASET_KEYS, ("dataset", "english"))
        yield inner.text("dataset"), inner


def read_spec(entry: Entry, known: Known) -> Spec:
    """A ``Spec`` from a file's table; raises ``SpecError`` naming file, key and the nearest known word."""
    entry.only(_SPEC_KEYS, ("dataset", "title"))
    entry.choices("identities", known.rules)
    for inner in entry.entries("datasets"):
        inner.choices("identities", known.rules)
    direction = entry.choice("direction", DIRECTIONS) if "direction" in entry.table else None
    own = frozenset(entry.texts("own_fields"))
    return Spec(
        entry.where.removesuffix(".toml"), _dataset(entry, known), entry.choice("kind", _KINDS, "amounts"),
        entry.words("title"), entry.optional_words("title_not"), _headers(entry),
        entry.pairs("schemes", known.schemes), entry.choice("scheme", known.schemes, "收支项目"), direction,
        entry.pairs("measures"), tuple(_section(s, known, own) for s in entry.entries("sections")),
        entry.flag("needs_title"), entry.flag("undirected"), entry.texts("examples"), entry.texts("not_examples"),
    )  # fmt: skip


def _dataset(entry: Entry, known: Known) -> str:
    try:
        return entry.choice("dataset", known.datasets)
    except SpecError as error:
        raise SpecError(f"{error}; a new dataset needs an 'english' name") from None


def _headers(entry: Entry) -> tuple[Words, ...]:
    """Each item of the list is a word of the header by itself: all of them should be there."""
    whole = entry.texts("headers")
    return tuple(Entry(entry.where, {"headers": pattern}).words("headers") for pattern in whole)


def _section(entry: Entry, known: Known, own: frozenset[str]) -> Section:
    entry.only(_SECTION_KEYS, ("dataset", "start"))
    dataset = entry.choice("dataset", known.datasets)
    constants = entry.inner("constants")
    constants.only(known.datasets[dataset])
    return Section(
        dataset, entry.words("start"), entry.choice("kind", _SECTION_KINDS, "rows"),
        tuple(_column(c, dataset, known, own) for c in entry.entries("columns")),
        {name: constants.text(name) for name in constants.table}, entry.flag("keep_start_row"),
        entry.optional_words("start_row"),
        entry.choice("not_after", known.datasets) if "not_after" in entry.table else None,
    )  # fmt: skip


def _column(entry: Entry, dataset: str, known: Known, own: frozenset[str]) -> Column:
    entry.only(_COLUMN_KEYS, ("field",))
    return Column(
        entry.choice("field", {*known.datasets[dataset], *own}), entry.optional_words("headers"),
        entry.choice("kind", _COLUMN_KINDS, "text"), entry.optional_words("words"), entry.flag("fill_down"),
        entry.flag("once"),
    )  # fmt: skip
