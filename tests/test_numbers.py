"""What a printed number is: one grammar for both halves."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.paper.model import one_number, unclear_number
from extract.paper.numbers import begins_amount, follows_ordinal, is_pointed
from parsers.numbers import UNCLEAR, parse_amount, reading_marks


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3 ,5 0 9 .3 5", "3509.35"), ("23,669,472.\n55", "23669472.55"), ("23,669,\n472.55", "23669472.55"),
        ("1,234,567\n.89", "1234567.89"), ("¥1,234.00", "1234.00"), ("￥ 1,234.00", "1234.00"), ("-¥5.10", "-5.10"),
        ("(¥5.10)", "-5.10"), ("¥-5.10", "-5.10"), ("１，２３４．５０", "1234.50"), ("（１２）", "-12"), ("- 100", "-100"),
        ("1 2 3 . 4", "123.4"), ("12,3\n45", "12345"), ("−7", "-7"), ("△1,234.5", "-1234.5"), ("7 7 3.9 6", "773.96"), ("1 9,6 5 0.1 4", "19650.14"),
        ("12 345.67", "12345.67"), ("2,108.38000\n0", "2108.38"),
    ],
)  # fmt: skip
def test_pieces_of_one_number_are_joined(text: str, value: str) -> None:
    amount = parse_amount(text)
    assert amount is not None and amount.value == Decimal(value)
    assert reading_marks(text) == ()


@pytest.mark.parametrize(
    "text",
    ["36,775\n36,775", "100 200", "12,34.5", "1,2345", "1,234,56", ",123", "1 2 3", "36775\n12", "1,,234", "-\n100",
     "012 345.67", "12  345.67", "1,234.5\n67.89", "1.234,56", "12 3,456"],
)  # fmt: skip
def test_figures_that_are_no_one_number_are_refused_and_marked(text: str) -> None:
    assert parse_amount(text) is None
    assert reading_marks(text) == (UNCLEAR,)


@pytest.mark.parametrize("text", ["", "-", "—", "25%", "2024年", "¥", "甲1"])
def test_words_are_not_unclear_numbers(text: str) -> None:
    assert parse_amount(text) is None
    assert not unclear_number(text)


@given(st.integers(0, 10**12), st.integers(0, 2), st.data())
def test_a_line_break_never_makes_another_number(digits: int, places: int, data: st.DataObject) -> None:
    """Wherever a printed number is broken, it is read as itself or not at all."""
    printed = f"{Decimal(digits).scaleb(-places):,.{places}f}"
    cut = data.draw(st.integers(0, len(printed)))
    read = one_number(f"{printed[:cut]}\n{printed[cut:]}")
    assert read in (None, printed)


@given(st.lists(st.decimals(0, 10**9, places=2), min_size=2, max_size=4))
def test_whole_numbers_over_one_another_are_never_one(numbers: list[Decimal]) -> None:
    assert one_number("\n".join(f"{n:,.2f}" for n in numbers)) is None


@pytest.mark.parametrize(
    ("above", "below", "follows"),
    [
        ("（十五）住房", "（十六）其他", True), ("九、甲", "十、乙", True), ("十九、甲", "二十、乙", True), ("廿、甲", "廿一、乙", True),
        ("9.甲", "10.乙", True), ("1.甲", "3.乙", False), ("（九）甲", "十、乙", False), ("甲", "一、乙", False),
    ],
)  # fmt: skip
def test_ordinals_follow_in_one_dress(above: str, below: str, follows: bool) -> None:
    assert follows_ordinal(above, below) is follows


@pytest.mark.parametrize(
    ("text", "begun", "pointed"),
    [
        ("2,108.", True, True), ("2，108.", True, True), ("２，１０", True, True), ("¥386,", True, True), ("2,108.38", False, True),
        ("386.", False, False), ("2024", False, False), ("12", False, False), ("38", False, False),
    ],
)  # fmt: skip
def test_first_lines_of_numbers(text: str, begun: bool, pointed: bool) -> None:
    assert (begins_amount(text), is_pointed(text)) == (begun, pointed)
