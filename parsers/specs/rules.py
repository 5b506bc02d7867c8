"""``identities.toml`` and ``narrative.toml``, checked: their rules, datasets, measures and patterns."""

from __future__ import annotations

from typing import Any

from extract.errors import SpecError
from parsers.specs.entry import Entry, checking, compiled_words, read_toml, unknown
from parsers.specs.loader import SPECS, datasets, kept, known_dataset, measures
from parsers.specs.model import Words
from parsers.specs.table_spec import DIRECTIONS

KINDS = (
    "tree",
    "leaves",
    "row",
    "parts",
    "outline",
    "totals",
    "balance",
    "column",
    "stock",
    "limit",
    "scopes",
)  # parsers/checking/identities.py
_NEEDS = {
    "totals": ("carried", "details"), "stock": ("stock", "inflow", "outflow", "others", "domestic"), "limit": ("limit", "stock"),
    "scopes": ("whole",),
}  # fmt: skip
_PATTERNS = tuple(dict.fromkeys(name for names in _NEEDS.values() for name in names))
_INSIDE = ("rule", "meaning", "kind", "everywhere", "sums", *_PATTERNS)
_BETWEEN = ("rule", "meaning", "left", "any", "each", "measures", "relation", "when", "need", "soft")
_CODE = ("rule", "meaning", "where")
_SELECTOR = ("dataset", "total", "sum", "optional", "direction", "name", "code", "measure")
_LINK = ("words", "chapter", "after", "cell", "any", "by_name")
_EACH = ("code", "class", "name", "owner", "column")
_RELATIONS = ("=", ">=")
_PRINTED = ("合计", "小计", "执行数")  # 指标 that stand as printed where no rule renames them


@kept()
def inside() -> tuple[dict[str, Any], ...]:
    """Sums inside one table, with the ``datasets`` whose specs ask for them."""
    top = _identities()
    found: list[dict[str, Any]] = []
    for entry in top.entries("inside"):
        entry.only(_INSIDE, ("rule", "meaning", "kind"))
        entry.choice("kind", KINDS)
        for name in _NEEDS.get(entry.text("kind"), ()):
            entry.words(name)
        for total in entry.entries("sums"):
            total.only(("total", "parts", "also"), ("total", "parts"))
            for name in ("total", "parts", "also"):
                total.choices(name, {*measures(), *_PRINTED})
        rule = entry.text("rule")
        if any(f["rule"] == rule for f in found):
            raise entry.error("rule", f"{rule!r} stands twice")
        everywhere = entry.flag("everywhere")
        members = [d.name for d in datasets().values() if everywhere or rule in d.identities]
        found.append({**entry.table, "datasets": members})
    return tuple(found)


@kept()
def between() -> tuple[dict[str, Any], ...]:
    """A printed amount of one table against amounts of others."""
    found = []
    for entry in _identities().entries("between"):
        entry.only(_BETWEEN, ("rule", "meaning", "left", "any"))
        if "each" in entry.table:
            entry.choice("each", _EACH)
        entry.choice("relation", _RELATIONS, "=")
        entry.flag("soft")
        for pattern in entry.texts("measures"):
            _measure(entry, "measures", pattern)
        for name in entry.texts("need"):
            known_dataset(name, f"{entry.where}: need")
        _selector(entry.inner("left"))
        _alternatives(entry)
        for selector in entry.entries("when"):
            _selector(selector)
        found.append(entry.table)
    return tuple(found)


@kept()
def by_code() -> tuple[tuple[str, str, str], ...]:
    """Rules that are code: id, what it says, where it looks."""
    found = []
    for entry in _identities().entries("code"):
        entry.only(_CODE, _CODE)
        found.append((entry.text("rule"), entry.text("meaning"), entry.text("where")))
    return tuple(found)


def meanings() -> dict[str, str]:
    """What each rule says, by its id; where several stand under one id, all of them."""
    top, panel = _identities(), Entry("panel.toml", read_toml(SPECS / "panel.toml"))
    entries = [*top.entries("inside"), *top.entries("between"), *panel.entries("between"), *top.entries("code")]
    found: dict[str, list[str]] = {}
    for entry in entries:
        found.setdefault(entry.text("rule"), []).append(entry.text("meaning"))
    return {rule: "；".join(dict.fromkeys(texts)) for rule, texts in found.items()}


@kept()
def _identities() -> Entry:
    top = Entry("identities.toml", read_toml(SPECS / "identities.toml"))
    top.only(("inside", "between", "code"), ("inside", "between", "code"))
    return top


def _alternatives(entry: Entry) -> None:
    value = entry.table["any"]
    if not isinstance(value, list) or not all(isinstance(v, list) and v for v in value):
        raise entry.error("any", "must be a list of alternatives, each a list of selectors")
    for alternative in value:
        for selector in Entry(entry.where, {"any": alternative}).entries("any"):
            _selector(selector)


def _selector(entry: Entry) -> None:
    entry.only(_SELECTOR, ("dataset",))
    known_dataset(entry.text("dataset"), f"{entry.where}: dataset")
    for name in ("total", "sum", "optional"):
        entry.flag(name)
    if "direction" in entry.table:
        entry.choice("direction", DIRECTIONS)
    for name in ("name", "code"):
        entry.optional_words(name)
    if "measure" in entry.table:
        _measure(entry, "measure", entry.text("measure"))


def _measure(entry: Entry, name: str, pattern: str) -> None:
    """A pattern of 指标 must fit one that exists."""
    if not checking():
        return
    words = compiled_words((pattern,), f"{entry.where}: {name}")
    known = {*measures(), *_PRINTED}
    if not any(words.search(measure) for measure in known):
        raise entry.error(name, unknown(pattern.strip("^$"), known))


@kept()
def links() -> tuple[tuple[dict[str, Any], ...], dict[str, Any], Words, Words, frozenset[str]]:
    """Rules of ``narrative.toml``: what its figures speak of, the path of named 科目, words of another basis and of
    one fund, and the datasets of all funds.
    """
    top = Entry("narrative.toml", read_toml(SPECS / "narrative.toml"))
    names = ("other_basis", "one_fund", "all_funds", "link", "path")
    top.only(names, names)
    for entry in top.entries("link"):
        entry.only(_LINK, ("words",))
        for name in ("words", "chapter", "after"):
            entry.optional_words(name)
        places = [name for name in ("cell", "any", "by_name") if name in entry.table]
        if len(places) != 1:
            raise SpecError(f"{entry.where}: one of cell, any and by_name must be there")
        for selector in entry.entries("any") if places == ["any"] else [entry.inner(places[0])]:
            _selector(selector)
    path = top.inner("path")
    path.only(("any",), ("any",))
    for selector in path.entries("any"):
        _selector(selector)
    everything = frozenset(known_dataset(name, f"{top.where}: all_funds") for name in top.texts("all_funds"))
    words = top.words("other_basis"), top.words("one_fund")
    return tuple(top.table["link"]), top.table["path"], *words, everything
