"""``identities.toml`` and ``narrative.toml``, checked: their rules, datasets, measures and patterns."""

from __future__ import annotations

from extract.errors import SpecError
from parsers.specs.entry import Entry, checking, compiled_words, read_toml, unknown
from parsers.specs.loader import SPECS, datasets, kept, known_dataset, measures
from parsers.specs.model import BetweenRule, CodeRule, InsideRule, Link, Links, NamedSum, Selector, Words
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
def inside() -> tuple[InsideRule, ...]:
    """Sums inside one table, with the ``datasets`` whose specs ask for them."""
    found: list[InsideRule] = []
    for entry in _identities().entries("inside"):
        entry.only(_INSIDE, ("rule", "meaning", "kind"))
        rule, kind = entry.text("rule"), entry.choice("kind", KINDS)
        patterns = {name: entry.words(name) for name in _NEEDS.get(kind, ())}
        if any(f.rule == rule for f in found):
            raise entry.error("rule", f"{rule!r} stands twice")
        everywhere = entry.flag("everywhere")
        members = tuple(d.name for d in datasets().values() if everywhere or rule in d.identities)
        sums = tuple(_named_sum(total) for total in entry.entries("sums"))
        found.append(InsideRule(rule, entry.text("meaning"), kind, members, sums, patterns))
    return tuple(found)


def _named_sum(entry: Entry) -> NamedSum:
    entry.only(("total", "parts", "also"), ("total", "parts"))
    known = {*measures(), *_PRINTED}
    return NamedSum(entry.choice("total", known), entry.choices("parts", known), entry.choices("also", known))


@kept()
def between() -> tuple[BetweenRule, ...]:
    """A printed amount of one table against amounts of others."""
    found = []
    for entry in _identities().entries("between"):
        entry.only(_BETWEEN, ("rule", "meaning", "left", "any"))
        found.append(
            BetweenRule(
                rule=entry.text("rule"),
                meaning=entry.text("meaning"),
                left=_selector(entry.inner("left")),
                any=_alternatives(entry),
                each=entry.choice("each", _EACH) if "each" in entry.table else None,
                measures=tuple(_measure(entry, "measures", pattern) for pattern in entry.texts("measures")),
                relation=entry.choice("relation", _RELATIONS, "="),
                when=tuple(map(_selector, entry.entries("when"))),
                need=tuple(known_dataset(name, f"{entry.where}: need") for name in entry.texts("need")),
                soft=entry.flag("soft"),
            )
        )
    return tuple(found)


@kept()
def by_code() -> tuple[CodeRule, ...]:
    """Rules that are code."""
    found = []
    for entry in _identities().entries("code"):
        entry.only(_CODE, _CODE)
        found.append(CodeRule(entry.text("rule"), entry.text("meaning"), entry.text("where")))
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


def _alternatives(entry: Entry) -> tuple[tuple[Selector, ...], ...]:
    value = entry.table["any"]
    if not isinstance(value, list) or not all(isinstance(v, list) and v for v in value):
        raise entry.error("any", "must be a list of alternatives, each a list of selectors")
    return tuple(tuple(map(_selector, Entry(entry.where, {"any": v}).entries("any"))) for v in value)


def _selector(entry: Entry) -> Selector:
    entry.only(_SELECTOR, ("dataset",))
    return Selector(
        dataset=known_dataset(entry.text("dataset"), f"{entry.where}: dataset"),
        total=entry.flag("total"),
        sum=entry.flag("sum"),
        optional=entry.flag("optional"),
        direction=entry.choice("direction", DIRECTIONS) if "direction" in entry.table else None,
        name=entry.optional_words("name"),
        code=entry.optional_words("code"),
        measure=_measure(entry, "measure", entry.text("measure")) if "measure" in entry.table else None,
    )


def _measure(entry: Entry, name: str, pattern: str) -> Words:
    """A pattern of 指标, which must fit one that exists."""
    words = compiled_words((pattern,), f"{entry.where}: {name}")
    known = {*measures(), *_PRINTED} if checking() else set()
    if known and not any(words.search(measure) for measure in known):
        raise entry.error(name, unknown(pattern.strip("^$"), known))
    return words


@kept()
def links() -> Links:
    """``narrative.toml``; raises ``SpecError`` for what cannot be run."""
    top = Entry("narrative.toml", read_toml(SPECS / "narrative.toml"))
    names = ("other_basis", "one_fund", "all_funds", "link", "path")
    top.only(names, names)
    path = top.inner("path")
    path.only(("any",), ("any",))
    return Links(
        rules=tuple(map(_link, top.entries("link"))),
        path=tuple(map(_selector, path.entries("any"))),
        other_basis=top.words("other_basis"),
        one_fund=top.words("one_fund"),
        all_funds=frozenset(known_dataset(name, f"{top.where}: all_funds") for name in top.texts("all_funds")),
    )


def _link(entry: Entry) -> Link:
    entry.only(_LINK, ("words",))
    places = [name for name in ("cell", "any", "by_name") if name in entry.table]
    if len(places) != 1:
        raise SpecError(f"{entry.where}: one of cell, any and by_name must be there")
    cells = entry.entries("any") if places == ["any"] else [entry.inner(places[0])]
    return Link(
        words=entry.words("words"),
        cells=tuple(map(_selector, cells)),
        chapter=entry.optional_words("chapter"),
        after=entry.optional("after"),
        by_name=places == ["by_name"],
    )
