"""The shapes of printed numbers: what is a figure, an ordinal, a piece of a number, and which pieces are one."""

from __future__ import annotations

import pytest

from extract.paper.model import Word
from extract.paper.numbers import (
    amounts_in,
    begins_amount,
    continues,
    counted,
    follows_ordinal,
    is_amount,
    is_entry,
    is_figure,
    is_figure_part,
    is_pointed,
    join_spaced,
)


@pytest.mark.parametrize(
    ("text", "amount", "figure", "entry", "pointed", "part"),
    [
        ("12", True, True, True, False, True),
        ("1,234.50", True, True, True, True, True),
        ("¥12.50", True, True, True, True, True),
        ("12.5%", False, True, True, False, False),
        ("12.5％", False, True, True, False, False),
        ("—", False, False, True, False, False),
        ("--", False, False, True, False, False),
        ("", False, False, False, False, False),
        ("2,108.", False, False, False, True, True),
        ("12.5元", False, False, False, False, False),
        ("2025年", False, False, False, False, False),
        ("1 234", False, False, False, False, True),
        (".", False, False, False, False, False),
    ],
)
def test_shapes(text: str, amount: bool, figure: bool, entry: bool, pointed: bool, part: bool) -> None:
    found = (is_amount(text), is_figure(text), is_entry(text), is_pointed(text), is_figure_part(text))
    assert found == (amount, figure, entry, pointed, part)


def test_the_first_line_of_a_number() -> None:
    assert all(map(begins_amount, ("2,108.", "¥386,", "2,10", "-1,0", "12,345.")))
    assert not any(map(begins_amount, ("2108", "108", "2,108.5", "12.", "甲")))
    assert continues("2,108.", "50") and continues("1,234.5", "0") and not continues("12", "甲")


@pytest.mark.parametrize(
    ("above", "below", "follows"),
    [
        ("一、甲", "二、乙", True),
        ("一、甲", "三、乙", False),
        ("二、甲", "一、乙", False),
        ("（十五）甲", "（十六）乙", True),
        ("（九）甲", "（十）乙", True),
        ("（十九）甲", "（二十）乙", True),
        ("廿一、甲", "廿二、乙", True),
        ("9.甲", "10.乙", True),
        ("一、甲", "（二）乙", False),
        ("一、甲", "2、乙", True),
        ("甲", "一、乙", False),
        ("一、甲", "乙", False),
    ],
)
def test_ordinals_that_follow_one_another(above: str, below: str, follows: bool) -> None:
    assert follows_ordinal(above, below) is follows


def test_numbers_of_columns() -> None:
    assert counted(["1", "2", "3"]) and counted(["栏次", "(1)", "(2)"]) and counted(["0", "1"])
    assert not counted(["1"]) and not counted(["1", "3"]) and not counted(["2", "1"])
    assert not counted(["20251", "20252"]) and counted(["2025", "2026"])
    assert amounts_in("甲 1.00 2.00 乙") == 2


def pieces(*texts: str, gap: float = 4.0, gaps: tuple[float, ...] = (), drop: float = 0.0) -> list[Word]:
    """Words of 10 points a letter and 10 high, ``gap`` apart; the last one ``drop`` lower."""
    words, x = [], 100.0
    for n, text in enumerate(texts):
        x += gaps[n - 1] if n and gaps else gap if n else 0.0
        top = 50.0 + (drop if n == len(texts) - 1 else 0.0)
        words.append(Word(text, x, top, x + 10 * len(text), top + 10))
        x += 10 * len(text)
    return words


def joined(words: list[Word], *rulings: tuple[float, float, float]) -> list[str]:
    return [word.text for word in join_spaced(words, list(rulings))]


def test_pieces_of_a_letter_spaced_number_are_one() -> None:
    assert joined(pieces("3", ",5", "0", "9", ".4")) == ["3,509.4"]
    (word,) = join_spaced(pieces("3", ",5", "0", "9"), [])
    assert word == Word("3,509", 100.0, 50.0, 162.0, 60.0)


@pytest.mark.parametrize(
    ("known", "one"),
    [
        ({"gap": 4.5}, True),  # 0.45 of their height
        ({"gap": 4.6}, False),
        ({"gap": -1.5}, True),
        ({"gap": -1.6}, False),
        ({"gaps": (1.0, 4.0, 1.0)}, True),  # uneven by 0.3 of their height
        ({"gaps": (1.0, 4.1, 1.0)}, False),
        ({"drop": 2.0}, True),  # middles within 0.2 of their height
        ({"drop": 2.1}, False),
    ],
)
def test_how_close_pieces_stand(known: dict[str, object], one: bool) -> None:
    found = joined(pieces("3", ",5", "0", "9", **known))  # type: ignore[arg-type]
    assert (found == ["3,509"]) is one


@pytest.mark.parametrize(
    ("ruling", "one"),
    [
        ((112.0, 40.0, 70.0), False),
        ((100.0, 40.0, 70.0), True),  # at the edge of the number
        ((162.0, 40.0, 70.0), True),
        ((112.0, 56.0, 70.0), False),  # begins a point below the middle
        ((112.0, 56.1, 70.0), True),
        ((112.0, 30.0, 54.0), False),  # ends a point above it
        ((112.0, 30.0, 53.9), True),
    ],
)
def test_a_ruling_parts_numbers(ruling: tuple[float, float, float], one: bool) -> None:
    assert (joined(pieces("3", ",5", "0", "9"), ruling) == ["3,509"]) is one


def test_numbers_side_by_side_stay_apart() -> None:
    assert joined(pieces("12", "34")) == ["12", "34"]
    assert joined(pieces("1.5", "2.5")) == ["1.5", "2.5"]
