"""What a tested sum is called, whose cell is to blame, and where we may have misread: each rule at its edge."""

from __future__ import annotations

from decimal import Decimal

import pytest

from parsers.checking.identities import Identity
from parsers.checking.measures import digits, in_unlike_measures, unlike_measures
from parsers.checking.outcomes import Outcome, blame, place
from parsers.checking.structure import (
    COLUMNS,
    NO_KIND,
    ROWS,
    TWICE,
    UNPROVED,
    doubt_columns,
    doubt_levels,
    doubt_unknown,
)
from parsers.checking.untested import why_untested
from parsers.specs.model import InsideRule
from parsers.values import AmountTable, Row, TableContext
from tests.test_levels import row


def table(*rows: Row, dataset: str = "支出总表", ordinal: int = 1) -> AmountTable:
    made = AmountTable(dataset, TableContext("x", ordinal, number=f"表{ordinal}"))
    for number, each in enumerate(rows, start=1):
        each.table, each.number = made, number
        made.rows.append(each)
    return made


def identity(*values: str | None, relation: str = "=", **known: object) -> Identity:
    """The first value over the others, each in a row of its own."""
    rows = [row(f"行{n}", value, **known) for n, value in enumerate(values)]
    table(*rows)
    published, *parts = (r.amounts[0] for r in rows)
    return Identity(published, parts, "和", relation)


def outcome(*values: str | None, relation: str = "=", rule: str = "W3", **known: object) -> Outcome:
    return settled(identity(*values, relation=relation, **known), rule)


def settled(tested: Identity, rule: str = "W3") -> Outcome:
    made = Outcome(rule, tested, "")
    made.settle()
    return made


@pytest.mark.parametrize(
    ("values", "relation", "grade"),
    [
        (("3.00", "1.00", "2.00"), "=", "通过"),
        (("3.01", "1.00", "2.00"), "=", "尾差"),
        (("2.99", "1.00", "2.00"), "=", "尾差"),
        (("3.02", "1.00", "2.00"), "=", "矛盾"),
        (("2.98", "1.00", "2.00"), "=", "矛盾"),
        (("2.01", "1.00", None), "=", "矛盾"),  # a blank is rounded by nothing
        (("1.01", "1.00", None), "=", "尾差"),
        (("9.00", "1.00"), ">=", "通过"),
        (("1.00", "1.00"), ">=", "通过"),
        (("0.99", "1.00"), ">=", "尾差"),
        (("0.98", "1.00"), ">=", "矛盾"),
    ],
)
def test_grades(values: tuple[str | None, ...], relation: str, grade: str) -> None:
    assert outcome(*values, relation=relation).grade == grade


def test_the_step_is_the_coarsest_of_the_numbers_that_are_not_nought() -> None:
    made = identity("3.00", "1.00", "0.00")
    made.parts[0].precision, made.parts[1].precision = Decimal("0.1"), Decimal(1)
    assert made.step == Decimal("0.1")
    for amount in (made.published, *made.parts):
        amount.value = Decimal(0)
    assert made.step == Decimal(1)


def test_numbers_of_unlike_units_are_compared_at_the_coarser_digit() -> None:
    made = identity("1234.00", "1200.00")
    made.parts[0].precision = Decimal(100)
    assert made.difference == Decimal("34.00")
    made.parts[0].unit = "万元"
    assert made.difference == 0


def test_one_cell_is_named_for_all_that_it_breaks() -> None:
    """乙 prints 5 for 2: the column and the row both say so."""
    a, b, total = row("甲", "1.00", "4.00"), row("乙", "5.00", "6.00"), row("合计", "3.00")
    table(a, b, total)
    column = settled(Identity(total.amounts[0], [a.amounts[0], b.amounts[0]], ""), "W10")
    across = settled(Identity(b.amounts[1], [b.amounts[0]], ""), "W4")
    across.identity.published.value = Decimal("2.00")
    across.settle()
    blame([column, across])
    assert column.blamed is b.amounts[0] and column.should == 2
    assert column.difference == 3 and column.crossed
    assert "W10、W4" in column.note and "2 个等式" in column.note
    assert across.grade == "通过" and across.blamed is None and across.should == 2


def test_failures_that_no_one_value_mends_stay_apart() -> None:
    a, total = row("甲", "1.00", "1.00"), row("合计", "3.00", "7.00")
    table(a, total)
    first = settled(Identity(total.amounts[0], [a.amounts[0]], ""))
    second = settled(Identity(total.amounts[1], [a.amounts[0]], ""))
    blame([first, second])
    assert first.blamed is None and second.blamed is None
    assert [t.grade for t in (first, second)] == ["矛盾", "矛盾"]


def test_what_must_only_be_no_less_blames_nobody() -> None:
    a, total = row("甲", "5.00"), row("合计", "3.00", "3.00")
    table(a, total)
    both = [settled(Identity(total.amounts[k], [a.amounts[0]], "", ">=")) for k in (0, 1)]
    blame(both)
    assert [t.blamed for t in both] == [None, None]


def test_where_a_cell_stands() -> None:
    a, b = row("甲", "1.00", code="201"), row("", "1.00")
    b.name = None
    table(a, b)
    assert (place(a.amounts[0]), place(b.amounts[0])) == ("表1 201 甲", "表1 第 2 行")


# --- where we may have misread --------------------------------------------------------------------------------------


def test_what_is_counted_twice_is_a_level_misread() -> None:
    """6 = 1 + 2 + 3 + (1 + 2): the sum of neighbours explains it, that of rows apart does not."""
    for values in (("6.00", "1.00", "2.00", "3.00", "3.00"), ("6.00", "1.00", "5.00", "2.00")):
        tested = outcome(*values, code="201")
        doubt_levels([tested])
        assert TWICE in tested.note, values
    for values in (("8.00", "1.00", "6.00", "3.00", "4.00", "0.50"), ("20.00", "1.00", "2.00"), ("1.00", "2.00")):
        tested = outcome(*values, code="201")
        doubt_levels([tested])
        assert TWICE not in tested.note, values


@pytest.mark.parametrize(
    ("known", "grade"),
    [({"code": "201"}, "矛盾"), ({"depth": 1}, "矛盾"), ({}, "存疑")],
)
def test_levels_need_codes_or_ordinals(known: dict[str, object], grade: str) -> None:
    rows = [row("甲", "9.00"), row("乙", "1.00", **known), row("丙", "2.00", **known)]
    table(*rows)
    rows[0].children = rows[1:]
    tested = settled(Identity(rows[0].amounts[0], [r.amounts[0] for r in rows[1:]], ""))
    doubt_levels([tested])
    assert tested.grade == grade and (UNPROVED in tested.note) == (grade == "存疑")


def test_ordinals_of_two_kinds_prove_no_level() -> None:
    rows = [row("甲", "9.00"), row("乙", "1.00", depth=2), row("丙", "2.00", depth=3)]
    table(*rows)
    rows[0].children = rows[1:]
    tested = settled(Identity(rows[0].amounts[0], [r.amounts[0] for r in rows[1:]], ""))
    doubt_levels([tested])
    assert tested.grade == "存疑"


def test_parts_of_other_codes_prove_no_level() -> None:
    rows = [row("甲", "9.00", code="201"), row("乙", "1.00", code="202"), row("丙", "2.00", code="20101")]
    table(*rows)
    rows[0].children = rows[1:]
    tested = settled(Identity(rows[0].amounts[0], [r.amounts[0] for r in rows[1:]], ""))
    doubt_levels([tested])
    assert tested.grade == "存疑"


def columns_of(*pairs: tuple[str, str]) -> list[Outcome]:
    """One row over another, a (published, part) pair for each column; no code, no ordinal, in a flat list."""
    whole, part = row("甲", *(p for p, _ in pairs)), row("乙", *(q for _, q in pairs))
    table(whole, part)
    return [settled(Identity(a, [b], "")) for a, b in zip(whole.amounts, part.amounts, strict=True)]


def test_rows_that_miss_in_most_columns_may_not_have_been_read() -> None:
    for pairs, grades in (
        ([("9.00", "1.00"), ("9.00", "1.00")], ["存疑", "存疑"]),
        ([("9.00", "1.00"), ("1.00", "1.00")], ["矛盾", "通过"]),
        ([("9.00", "1.00"), ("9.00", "1.00"), ("1.00", "1.00"), ("1.00", "1.00")], ["矛盾", "矛盾", "通过", "通过"]),
        ([("9.00", "1.00"), ("9.00", "1.00"), ("1.00", "1.00")], ["存疑", "存疑", "通过"]),
    ):
        made = columns_of(*pairs)
        doubt_levels(made)
        assert [t.grade for t in made] == grades
        assert all(ROWS in t.note for t in made if t.grade == "存疑")


@pytest.mark.parametrize(("wrong", "right", "grade"), [(3, 2, "存疑"), (3, 3, "矛盾"), (2, 0, "矛盾"), (4, 3, "存疑")])
def test_a_column_that_fails_in_most_rows_is_misread(wrong: int, right: int, grade: str) -> None:
    rows = [row(f"行{n}", "9.00" if n < wrong else "1.00", "1.00") for n in range(wrong + right)]
    table(*rows)
    made = [settled(Identity(r.amounts[0], [r.amounts[1]], ""), "W4") for r in rows]
    doubt_columns(made)
    assert [t.grade for t in made] == [grade] * wrong + ["通过"] * right
    assert all((COLUMNS in t.note) == (t.grade == "存疑") for t in made)


def test_a_table_of_no_kind_promises_nothing() -> None:
    for dataset, grade in (("未识别表", "存疑"), ("支出总表", "矛盾")):
        tested = outcome("9.00", "1.00")
        tested.cell.row.table.dataset = dataset
        doubt_unknown([tested])
        assert tested.grade == grade and (NO_KIND in tested.note) == (grade == "存疑")


# --- measures, and what could not be tested -------------------------------------------------------------------------


def test_digits_without_noughts_at_the_end() -> None:
    assert digits(Decimal("123400.00")) == (1, 2, 3, 4)


@pytest.mark.parametrize(
    ("a", "b", "unlike"),
    [
        ("1234.00", "12340000.00", True),
        ("1234.00", "1234.00", False),
        ("123.00", "1230000.00", False),
        ("0.00", "1230000.00", False),
        ("1234.00", "12350000.00", False),
    ],
)
def test_numbers_that_differ_in_their_point_only(a: str, b: str, unlike: bool) -> None:
    assert in_unlike_measures(identity(a, b)) is unlike


def totals(*values: str) -> list[AmountTable]:
    made = []
    for n, value in enumerate(values, start=1):
        total = row("合计", value)
        total.amounts[0].unit = "万元"
        made.append(table(total, ordinal=n))
    return made


def test_equal_totals_in_two_measures_are_said_once() -> None:
    found = list(unlike_measures(totals("1234.00", "12340000.00"), set()))
    assert [(f.rule, f.amount.row.table.context.ordinal) for f in found] == [("U1", 2)]
    assert list(unlike_measures(totals("1234.00", "12340000.00"), {(1, 2)})) == []
    assert list(unlike_measures(totals("123.00", "1230000.00"), set())) == []
    assert list(unlike_measures(totals("1234.00", "1234.00"), set())) == []


def why(kind: str, *rows: Row) -> str | None:
    return why_untested(table(*rows), InsideRule("W", "", kind))


def test_why_nothing_was_tested() -> None:
    a, b = row("甲", "1.00", "1.00", "1.00"), row("乙", "2.00", "2.00")
    assert why("tree", a) is None and why("tree", row("丙", None), row("丁", None)) is None
    assert why("tree", a, b) == "无合计和上下级"
    assert why("row", a) == "无合计列" and why("row", b) is None
    assert why("leaves", a, b) == "无合计行"
    assert why("leaves", a, b, row("合计", "3.00")) == "合计或末级无数"
    assert why("leaves", a, b, row("合计", "3.00"), row("合计", "3.00")) == "合计不止一行"
    assert why("stock", a, b) is None
