"""The words of ``columns.toml``: what a header says of a column besides its measure."""

from __future__ import annotations

from dataclasses import dataclass

import regex

from extract.errors import SpecError
from parsers.specs.entry import Entry, read_toml
from parsers.specs.loader import SPECS, kept

Pattern = regex.Pattern[str]


@dataclass(frozen=True, slots=True)
class ColumnWords:
    """Compiled ``columns.toml``."""

    years: tuple[tuple[Pattern, int], ...]
    phases: tuple[tuple[Pattern, str], ...]
    phase_segment: Pattern
    stocks: Pattern
    phase_behind: Pattern  # a phase behind a stock or a flow of debt, in brackets or not
    phase_measures: dict[str, str]
    sides: Pattern
    amounts: Pattern
    changes: Pattern
    not_phase: Pattern
    scopes: tuple[tuple[Pattern, str], ...]
    place: Pattern
    not_place: Pattern
    place_rows: Pattern
    place_share: float
    least_places: int
    rates: Pattern
    counts: Pattern
    counting_rows: Pattern
    dates: Pattern
    header_unit: Pattern
    blank: Pattern


_KEYS = {
    "phase_segment": ("before", "after", "stocks", "flows", "measures", "sides", "amounts", "changes"),
    "title": ("not_phase",),
    "places": ("shape", "not_place", "least", "rows", "rows_share"), "rates": ("words", "counts", "rows", "dates"),
    "header_units": ("pattern",), "blank": ("signs",),
}  # fmt: skip
_PHASES = ("预算", "调整预算", "执行", "决算")


@kept()
def column_words() -> ColumnWords:
    """Read ``columns.toml``; raises ``SpecError`` for a key or a phase that nobody knows or a pattern that is none."""
    top = Entry("columns.toml", read_toml(SPECS / "columns.toml"))
    parts = (*_KEYS, "years", "phases", "scopes")
    top.only(parts, parts)
    inner = {name: top.inner(name) for name in _KEYS}
    for name, keys in _KEYS.items():
        inner[name].only(keys, keys)
    segment, places, rates = inner["phase_segment"], inner["places"], inner["rates"]
    phases = top.entries("phases")
    for phase in phases:
        phase.only(("phase", "words"), ("phase", "words"))
        phase.choice("phase", _PHASES)
    measures = segment.inner("measures")
    measures.only(_PHASES, _PHASES)
    every = [w for phase in phases for w in phase.texts("words")]
    around = "|".join([*segment.texts("before"), *segment.texts("after"), *every])
    years, scopes = top.inner("years"), top.inner("scopes")
    return ColumnWords(
        years=tuple((_pattern(years, p), int(years.number(p))) for p in years.table),
        phases=tuple((_pattern(p, "|".join(p.texts("words"))), p.text("phase")) for p in phases),
        phase_segment=_pattern(segment, rf"^(?:{around})*(?:{'|'.join(every)})(?:{around})*$"),
        stocks=_pattern(segment, segment.text("stocks")),
        phase_behind=_pattern(
            segment,
            rf"(?<={segment.text('stocks')}|{segment.text('flows')})\(?(?P<phase>(?:{around})*(?:{'|'.join(every)})(?:{around})*)\)?$",
        ),
        phase_measures={name: measures.text(name) for name in measures.table},
        sides=_pattern(segment, segment.text("sides")),
        amounts=_pattern(segment, segment.text("amounts")),
        changes=_pattern(segment, segment.text("changes")),
        not_phase=_pattern(inner["title"], "|".join(inner["title"].texts("not_phase"))),
        scopes=tuple((_pattern(scopes, p), scopes.text(p)) for p in scopes.table),
        place=_pattern(places, places.text("shape")),
        not_place=_pattern(places, places.text("not_place")),
        place_rows=_pattern(places, places.text("rows")),
        place_share=places.number("rows_share"),
        least_places=int(places.number("least")),
        rates=_pattern(rates, rates.text("words")),
        counts=_pattern(rates, rates.text("counts")),
        counting_rows=_pattern(rates, rates.text("rows")),
        dates=_pattern(rates, rates.text("dates")),
        header_unit=_pattern(inner["header_units"], inner["header_units"].text("pattern")),
        blank=_pattern(inner["blank"], inner["blank"].text("signs")),
    )


def _pattern(entry: Entry, pattern: str) -> Pattern:
    try:
        return regex.compile(pattern)
    except regex.error as error:
        raise SpecError(f"{entry.where}: {pattern!r} is no regular expression: {error}") from error
