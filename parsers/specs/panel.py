"""``panel.toml``, checked: how names of one publisher are compared, and which documents must agree."""

from __future__ import annotations

from dataclasses import dataclass

import regex

from extract.errors import SpecError
from parsers.specs.entry import Entry, read_toml
from parsers.specs.loader import SPECS, kept, known_dataset

KINDS = ("year", "phase", "units")


@dataclass(frozen=True, slots=True)
class NameRule:
    """A printed form of a name, and the form that stands for it in comparisons."""

    rule: str
    pattern: regex.Pattern[str]
    becomes: str


@dataclass(frozen=True, slots=True)
class Between:
    """Figures of one document that another one must print too."""

    rule: str
    meaning: str
    kind: str
    datasets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PanelSpec:
    names: tuple[NameRule, ...]
    former: regex.Pattern[str]
    own: regex.Pattern[str]
    between: tuple[Between, ...]
    whole: tuple[str, ...]


@kept()
def panel_spec() -> PanelSpec:
    """Raises ``SpecError`` naming the key that is wrong."""
    top = Entry("panel.toml", read_toml(SPECS / "panel.toml"))
    top.only(("name", "former", "own", "between", "measures"), ("name", "former", "own", "between", "measures"))
    names = []
    for entry in top.entries("name"):
        entry.only(("rule", "pattern", "becomes"), ("rule", "pattern", "becomes"))
        names.append(NameRule(entry.text("rule"), _pattern(entry), entry.text("becomes")))
    between = []
    for entry in top.entries("between"):
        entry.only(("rule", "meaning", "kind", "datasets"), ("rule", "meaning", "kind"))
        for dataset in entry.texts("datasets"):
            known_dataset(dataset, f"{entry.where}: datasets")
        between.append(
            Between(entry.text("rule"), entry.text("meaning"), entry.choice("kind", KINDS), entry.texts("datasets"))
        )
    measures = top.inner("measures")
    measures.only(("whole",), ("whole",))
    return PanelSpec(
        tuple(names), _pattern(top.inner("former")), _pattern(top.inner("own")), tuple(between), measures.texts("whole")
    )


def _pattern(entry: Entry) -> regex.Pattern[str]:
    try:
        return regex.compile(entry.text("pattern"))
    except regex.error as error:
        raise SpecError(f"{entry.where}: pattern is no regular expression: {error}") from error
