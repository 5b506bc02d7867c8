"""Printed amounts become exact decimals, and nothing else does."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.numbers import ROUNDED, TOO_LONG, Amount, in_yuan, parse_amount
from tests.truth import extracted


@pytest.mark.parametrize(
    ("text", "value", "step"),
    [
        ("3,582.93", "3582.93", "0.01"), ("9746.50", "9746.50", "0.01"), ("12,121,164", "12121164", "1"),
        ("0", "0", "1"), ("-12.5", "-12.5", "0.1"), ("(100.00)", "-100.00", "0.01"), ("３，５８２．９３", "3582.93", "0.01"),
    ],
)  # fmt: skip
def test_amounts(text: str, value: str, step: str) -> None:
    amount = parse_amount(text)
    assert amount is not None
    assert (amount.value, amount.step) == (Decimal(value), Decimal(step))


@pytest.mark.parametrize("text", ["", "—", "--", "28.25%", "0.3.8", "#DIV/0!", "500 家", "2022年", "…", "≥85%"])
def test_words_are_no_amounts(text: str) -> None:
    assert parse_amount(text) is None


@given(st.integers(-(10**12), 10**12), st.integers(0, 4))
def test_any_grouped_number_is_read_back(digits: int, places: int) -> None:
    number = Decimal(digits).scaleb(-places)
    amount = parse_amount(f"{number:,.{places}f}")
    assert amount is not None and amount.value == number


def test_yuan_is_exact() -> None:
    assert in_yuan(Amount(Decimal("3582.93"), Decimal("0.01")), "万元") == (Decimal("35829300"), Decimal(100), ())


def test_what_the_column_cannot_hold_is_marked() -> None:
    """A form of digit boxes once ended a document as a bug of ours."""
    amount = parse_amount("1234567890123456789012345678901")
    assert amount is not None
    assert in_yuan(amount, "元") == (None, None, (TOO_LONG,))
    assert parse_amount("9" * 100_000) is None
    fine = parse_amount("12.345678")
    assert fine is not None
    assert in_yuan(fine, "元") == (Decimal("12.3457"), Decimal("0.0001"), (ROUNDED,))
    assert in_yuan(fine, "万元") == (Decimal("123456.78"), Decimal("0.01"), ())


@pytest.mark.parametrize(
    ("figures", "finest"), [(("3467.35", "2455", "1012.35"), "0.01"), (("3467.50", "2455", "1012.5"), None)]
)
def test_numbers_without_their_trailing_zeros_are_as_exact_as_the_finest(
    figures: tuple[str, ...], finest: str | None
) -> None:
    """2455 beside 1012.35 is 2455.00; a table that prints a trailing zero prints them all."""
    text = (
        "云溪区教育局2025年部门预算\n\n表3\n支出总表\n单位：元\n科目编码\t科目名称\t合计\t基本支出\t项目支出\n205\t教育支出\t"
        + "\t".join(figures)
    )
    (table,) = extracted(text.encode(), ".txt")[1].tables
    amounts = [a for t in table.parsed.amounts.values() for a in t.amounts()]
    steps = [a.step for a in amounts]
    assert len(amounts) == 3
    assert [a.precision for a in amounts] == ([Decimal(finest)] * 3 if finest else steps)
