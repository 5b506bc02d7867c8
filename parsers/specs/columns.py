"""The words of ``columns.toml``: what a header says of a column besides its measure."""

from __future__ import annotations

from dataclasses import dataclass

import regex

from extract.errors import SpecError
from parsers.specs.entry import read_toml
from parsers.specs.loader import SPECS, kept

Pattern = regex.Pattern[str]


@dataclass(frozen=True, slots=True)
class ColumnWords:
    """Compiled ``columns.toml``."""

    years: tuple[tuple[Pattern, int], ...]
    phases: tuple[tuple[Pattern, str], ...]
    phase_segment: Pattern
    phase_measures: dict[str, str]
    sides: Pattern
    amounts: Pattern
    not_phase: Pattern
    scopes: tuple[tuple[Pattern, str], ...]
    place: Pattern
    not_place: Pattern
    least_places: int
    rates: Pattern
    counts: Pattern
    dates: Pattern
    header_unit: Pattern
    blank: Pattern


@kept()
def column_words() -> ColumnWords:
    """Read ``columns.toml``; raises ``SpecError`` for a key that is missing or a pattern that is none."""
    table = read_toml(SPECS / "columns.toml")
    try:
        segment = table["phase_segment"]
        every = [w for phase in table["phases"] for w in phase["words"]]
        around = "|".join([*segment["before"], *segment["after"], *every])
        return ColumnWords(
            years=tuple((regex.compile(p), n) for p, n in table["years"].items()),
            phases=tuple((regex.compile("|".join(p["words"])), p["phase"]) for p in table["phases"]),
            phase_segment=regex.compile(rf"^(?:{around})*(?:{'|'.join(every)})(?:{around})*$"),
            phase_measures=segment["measures"],
            sides=regex.compile(segment["sides"]),
            amounts=regex.compile(segment["amounts"]),
            not_phase=regex.compile("|".join(table["title"]["not_phase"])),
            scopes=tuple((regex.compile(p), v) for p, v in table["scopes"].items()),
            place=regex.compile(table["places"]["shape"]),
            not_place=regex.compile(table["places"]["not_place"]),
            least_places=table["places"]["least"],
            rates=regex.compile(table["rates"]["words"]),
            counts=regex.compile(table["rates"]["counts"]),
            dates=regex.compile(table["rates"]["dates"]),
            header_unit=regex.compile(table["header_units"]["pattern"]),
            blank=regex.compile(table["blank"]["signs"]),
        )
    except KeyError as error:
        raise SpecError(f"columns.toml: key {error} is missing") from error
    except regex.error as error:
        raise SpecError(f"columns.toml: {error}") from error
