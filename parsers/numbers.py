"""Printed amounts to exact decimals.  Nothing is guessed: what is no plain number stays text."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

from extract.paper.model import one_number, unclear_number

FACTORS = {
    "元": Decimal(1), "千元": Decimal(1000), "万元": Decimal(10000),
    "百万元": Decimal(10**6), "千万元": Decimal(10**7), "亿元": Decimal(10**8),
}  # fmt: skip
_UNITS = sorted(FACTORS, key=len, reverse=True)
_QUANTUM = Decimal("0.0001")
_TOO_MUCH = Decimal(10**16)  # yuan: decimal128(20, 4) holds no more
_LONGEST = 40  # characters: a longer run of digits is no number of anything
TOO_LONG = "数位过多"
UNCLEAR = "数字不明"
ROUNDED = "舍入"


@dataclass(frozen=True, slots=True)
class Amount:
    """``value`` and ``step`` (one unit of the last printed digit) in the unit as printed."""

    value: Decimal
    step: Decimal


@lru_cache(maxsize=8192)
def parse_amount(text: str) -> Amount | None:
    """The number that a cell prints, or ``None`` for blanks, dashes, percentages and words.

    A number in brackets is negative, as accountants print it.  Line breaks of the cell must stand in ``text``: they
    part two numbers.
    """
    printed = one_number(text)
    if printed is None or len(printed) > _LONGEST:
        return None
    negative = printed[0] in "-("
    digits = printed.strip("-()").replace(",", "")
    value = Decimal(digits)
    return Amount(-value if negative else value, Decimal(1).scaleb(-len(digits.partition(".")[2])))


def parse_with_unit(text: str) -> tuple[Amount, str] | None:
    """Number and unit of a cell that prints both (``1,234.56万元``); ``None`` for any other."""
    bare = "".join(text.split())
    unit = next((u for u in _UNITS if bare.endswith(u)), None)
    number = parse_amount(bare.removesuffix(unit)) if unit else None
    return (number, unit) if number is not None and unit is not None else None


def is_figure(text: str) -> bool:
    """Does a cell print one number, with or without its unit?"""
    return parse_amount(text) is not None or parse_with_unit(text) is not None


def reading_marks(text: str) -> tuple[str, ...]:
    """``数字不明`` for a cell of figures that are no well-formed number: ``12,34.5``, or two numbers over one another."""
    return (UNCLEAR,) if unclear_number(text) else ()


class Yuan(NamedTuple):
    """An amount and its rounding step in yuan, as they go into the data."""

    value: Decimal | None  # None: more digits than the column holds
    step: Decimal | None
    marks: tuple[str, ...] = ()


def in_yuan(amount: Amount, unit: str | None) -> Yuan:
    """``amount`` in yuan; without a known unit the number is taken as yuan (the caller marks it).

    A hundredth of a cent is the finest that the column holds: what is printed finer is rounded, and marked.
    """
    factor = FACTORS.get(unit or "元", Decimal(1))
    value, step = amount.value * factor, amount.step * factor
    if abs(value) >= _TOO_MUCH:
        return Yuan(None, None, (TOO_LONG,))
    if step < _QUANTUM:
        rounded_value = value.quantize(_QUANTUM, ROUND_HALF_UP)
        return Yuan(rounded_value, _QUANTUM, (ROUNDED,) if rounded_value != value else ())
    return Yuan(value.quantize(_QUANTUM), step.quantize(_QUANTUM))


def rounded(value: Decimal, step: Decimal) -> Decimal:
    """``value`` to whole units of ``step``; as it is where there is no step."""
    return (value / step).quantize(Decimal(1), ROUND_HALF_UP) * step if step else value
