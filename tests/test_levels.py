"""Which rows are parts of which: what each witness says, and what the sums say of them, at the edge of every rule."""

from __future__ import annotations

from decimal import Decimal

import pytest

from parsers.amounts_table.levels import witnesses
from parsers.amounts_table.levels.across import settle_totals_across
from parsers.amounts_table.levels.leaves import INCOMPLETE
from parsers.amounts_table.levels.nesting import tree_by_sums
from parsers.amounts_table.levels.settle import settle_levels
from parsers.amounts_table.levels.sums import Sums, falls_short
from parsers.values import TOTAL, Amount, Column, Row

COLUMNS = [Column(n + 1, n + 2, 1, (f"列{n + 1}",), "measure") for n in range(4)]


def row(name: str, *values: str | None, **known: object) -> Row:
    """A row with a value in yuan for each column; ``None`` is a blank.  合计 is a total unless ``known`` says its level."""
    made = Row(1, name=name, code_source="印刷" if known.get("code") else None)
    made.level = TOTAL if name == "合计" else None
    for key, value in known.items():
        setattr(made, key, value)
    for column, value in zip(COLUMNS, values, strict=False):
        amount = None if value is None else Decimal(value)
        step = Decimal("0.01") if amount is not None else None
        made.amounts.append(Amount(made, column, amount, step, value, precision=step))
    return made


def leaves(*rows: Row) -> list[str]:
    settle_levels(list(rows))
    return [r.name or "" for r in rows if r.leaf]


def tree(*rows: Row) -> dict[str, list[str]]:
    settle_levels(list(rows))
    return {r.name or "": [c.name or "" for c in rows if c in r.children] for r in rows if r.children}


def sums(*rows: Row) -> Sums:
    return Sums(list(rows), [r for r in rows if r.level != TOTAL])


# --- sums -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("whole", "fits"),
    [("30.00", (1, 0)), ("30.01", (1, 0)), ("30.02", (0, 1)), ("29.99", (1, 0)), ("29.98", (0, 1)), (None, (0, 0))],
)
def test_a_sum_of_two_may_miss_by_three_halves_of_the_last_digit(whole: str | None, fits: tuple[int, int]) -> None:
    rows = [row("甲", whole), row("乙", "10.00"), row("丙", "20.00")]
    assert sums(*rows).fits([None if whole is None else Decimal(whole)], [1, 2]) == fits


def test_blank_parts_say_nothing_and_noughts_prove_nothing() -> None:
    s = sums(row("甲", "5.00", "0.00", "0.00"), row("乙", None, "0.00", "0.01"), row("丙", None, "0.00", None))
    assert s.fits([Decimal(5), None, None, None][:3], [1, 2]) == (0, 0)
    assert s.fits([None, Decimal(0), Decimal(0)], [1, 2]) == (1, 0)  # 0.01 for nought, within rounding


def test_questions_in_a_row_are_answered_alike() -> None:
    s = sums(*(row(n, v) for n, v in (("甲", "1.00"), ("乙", "2.00"), ("丙", "4.00"))))
    assert [s.add(c) for c in ([0], [0, 1], [0, 1, 2], [1, 2], [2], [])] == [
        [Decimal(n)] for n in ("1.00", "3.00", "7.00", "6.00", "4.00", "0")
    ]


@pytest.mark.parametrize(
    ("whole", "parts", "short"),
    [
        (("9.00", "9.00"), ("5.00", "5.00"), True),
        (("9.00", "9.00"), ("5.00", "9.00"), True),  # one of two
        (("9.00", "9.00", "9.00"), ("5.00", "9.00", "9.00"), False),  # one of three is a wrong cell
        (("9.00", "9.00", "9.00"), ("5.00", "5.00", "9.00"), True),
        (("9.00", "9.00"), ("5.00", "9.02"), False),  # more than the whole somewhere
        (("9.00", "9.00"), ("5.00", "9.01"), True),  # within rounding
        (("9.00", "9.00"), ("8.99", "8.99"), False),
        (("9.00", "9.00"), ("8.98", "8.98"), True),
        ((None, "9.00"), ("5.00", "5.00"), True),
        ((None, "0.00"), ("5.00", "5.00"), False),
    ],
)
def test_parts_that_are_not_all_printed(
    whole: tuple[str | None, ...], parts: tuple[str | None, ...], short: bool
) -> None:
    assert falls_short(0, [1], sums(row("甲", *whole), row("乙", *parts))) is short


def test_two_parts_fall_short_by_more_than_three_halves_of_the_last_digit() -> None:
    for whole, short in (("9.02", True), ("9.01", False)):
        assert falls_short(0, [1, 2], sums(row("甲", whole), row("乙", "4.00"), row("丙", "5.00"))) is short


def test_what_is_no_money_is_not_added_up() -> None:
    count = Column(9, 9, 1, ("数量",), "measure", money=False)
    rows = [row("甲", "1.00"), row("乙", "2.00")]
    for made in rows:
        made.amounts.append(Amount(made, count, Decimal(3), None, "3"))
    assert sums(*rows).columns == [1]


def test_amounts_that_no_digit_was_printed_for_are_exact() -> None:
    rows = [row("甲", "1.00"), row("乙", "2.00")]
    for made in rows:
        made.amounts[0].precision = None
    assert sums(*rows).steps == [Decimal(0)]


def test_one_total_covers_all_and_the_first_of_two_what_stands_above() -> None:
    a, b, total = row("甲", "1.00"), row("乙", "2.00"), row("合计", "3.00")
    assert sums(total, a, b).totals == [(slice(0, 2), [Decimal("3.00")])]
    assert sums(a, total, b, row("合计", "9.00")).totals == [(slice(0, 1), [Decimal("3.00")])]
    assert sums(row("合计", "9.00"), a, total, b).totals == []
    assert sums(row("合计", None), total, a).totals == [(slice(0, 1), [Decimal("3.00")])]


def test_no_row_below_a_total_is_part_of_one_above_it() -> None:
    rows = [row("甲", "5.00", code="201"), row("合计", "5.00"), row("乙", "1.00", code="20101")]
    assert sums(*rows).closed == {1}
    assert tree(*rows) == {}
    rows = [row("合计", "5.00"), row("甲", "5.00", code="201"), row("乙", "5.00", code="20101")]
    assert sums(*rows).closed == set()
    assert tree(*rows) == {"甲": ["乙"]}


# --- witnesses ------------------------------------------------------------------------------------------------------


def test_codes_are_nested_by_prefix_within_a_scheme() -> None:
    a, b = row("甲", code="208", scheme="功能分类"), row("乙", code="20805", scheme="功能分类")
    assert witnesses.by_code(a, b) and not witnesses.by_code(b, a) and not witnesses.by_code(a, a)
    a.code_source = "名称推断"
    assert not witnesses.by_code(a, b)
    unit = row("丙", code="301001", scheme="单位")
    assert witnesses.by_code(unit, b) and not witnesses.by_code(b, unit)


def test_project_levels_are_nested() -> None:
    department, unit = (row(level, scheme="项目", level=level) for level in ("部门", "单位"))
    project = row("甲", scheme="项目", level="一级项目")
    assert not witnesses.by_code(department, unit) and not witnesses.by_code(unit, department)
    assert witnesses.by_code(unit, project)
    ranks = ["部门", "一级项目", "二级项目"]
    made = [row(level, scheme="项目", level=level) for level in ranks]
    nested = [(a.name, b.name) for a in made for b in made if witnesses.by_code(a, b)]
    assert nested == [(a, b) for i, a in enumerate(ranks) for b in ranks[i + 1 :]]
    assert not witnesses.by_code(made[0], row("甲", scheme="项目"))


def test_indents_differ_by_more_than_a_third_of_a_letter() -> None:
    assert witnesses.by_indent(row("甲"), row("乙", indent=0.5))
    assert not witnesses.by_indent(row("甲"), row("乙", indent=0.35))
    assert not witnesses.by_indent(row("甲", indent=1.0), row("乙"))


@pytest.mark.parametrize(
    ("witness", "a", "b", "above"),
    [
        (witnesses.by_code_or_below, {"code": "201"}, {}, True),
        (witnesses.by_code_or_below, {}, {}, False),
        (witnesses.by_code_or_below, {"code": "201"}, {"code": "20101"}, True),
        (witnesses.by_code_or_below, {"code": "201"}, {"code": "202"}, False),
        (witnesses.by_ordinal_or_below, {"depth": 1}, {}, True),
        (witnesses.by_ordinal_or_below, {}, {}, False),
        (witnesses.by_ordinal_or_below, {"depth": 1}, {"depth": 2}, True),
        (witnesses.by_ordinal_or_below, {"depth": 2}, {"depth": 2}, False),
        (witnesses.by_ordinal_then_indent, {"depth": 1, "indent": 3.0}, {"depth": 2}, True),
        (witnesses.by_ordinal_then_indent, {"depth": 2}, {"depth": 1, "indent": 3.0}, False),
        (witnesses.by_ordinal_then_indent, {"depth": 2}, {"depth": 2, "indent": 3.0}, True),
        (witnesses.by_ordinal_then_indent, {"depth": 2}, {"depth": 2}, False),
        (witnesses.by_ordinal_then_indent, {"depth": 1}, {}, True),
        (witnesses.by_ordinal_then_indent, {"depth": 1, "indent": 0.3}, {}, True),
        (witnesses.by_ordinal_then_indent, {"depth": 1, "indent": 0.4}, {}, False),
        (witnesses.by_ordinal_then_indent, {}, {"depth": 1, "indent": 3.0}, False),
        (witnesses.by_ordinal_then_indent, {}, {"indent": 3.0}, True),
        (witnesses.by_code_then_indent, {"code": "201"}, {"code": "20101"}, True),
        (witnesses.by_code_then_indent, {"code": "201"}, {"code": "202", "indent": 3.0}, False),
        (witnesses.by_code_then_indent, {"code": "201"}, {"indent": 3.0}, True),
        (witnesses.by_code_then_indent, {"code": "201"}, {}, False),
        (witnesses.by_function, {"scheme": "单位"}, {"scheme": "项目"}, True),
        (witnesses.by_function, {"scheme": "功能分类"}, {"scheme": "部门经济分类"}, True),
        (witnesses.by_function, {"scheme": "功能分类"}, {"scheme": "采购"}, False),
        (witnesses.by_function, {"scheme": "项目"}, {"scheme": "部门经济分类"}, False),
        (witnesses.by_function, {"scheme": "功能分类", "code": "201"}, {"scheme": "功能分类", "code": "20101"}, True),
    ],
)
def test_witnesses(witness: witnesses.Above, a: dict[str, object], b: dict[str, object], above: bool) -> None:
    assert witness(row("甲", **a), row("乙", **b)) is above


def test_a_row_belongs_to_the_nearest_above_that_heads_it() -> None:
    made = [row(n, depth=d) for n, d in (("一", 1), ("（一）", 2), ("1.", 3), ("（二）", 2), ("二", 1), ("（一）", 2))]
    assert witnesses.tree_of(made, witnesses.by_ordinal, set()) == {1: 0, 2: 1, 3: 0, 5: 4}
    assert witnesses.tree_of(made, witnesses.by_ordinal, {3}) == {1: 0, 2: 1, 5: 4}


def test_a_colon_heads_what_follows() -> None:
    rows = [
        row("基金收入：", "5.00"),
        row("甲", "2.00"),
        row("乙", "3.00"),
        row("基金支出:", "4.00"),
        row("丙", "4.00"),
    ]
    assert tree(*rows) == {"基金收入：": ["甲", "乙"], "基金支出:": ["丙"]}


@pytest.mark.parametrize(
    ("a", "b", "apart"),
    [
        ({"code": "201"}, {"code": "202"}, True),
        ({"code": "201"}, {"code": "20101"}, False),
        ({"code": "20101"}, {"code": "201"}, True),
        ({"code": "201"}, {"code": "201"}, True),
        ({"code": "201", "scheme": "功能分类"}, {"code": "301", "scheme": "部门经济分类"}, False),
        ({"depth": 1}, {"depth": 2}, False),
        ({"depth": 2}, {"depth": 2}, True),
        ({"depth": 2}, {"depth": 1}, True),
        ({"depth": 1}, {}, False),
        ({"indent": 3.0}, {}, False),
    ],
)
def test_what_cannot_be_nested(a: dict[str, object], b: dict[str, object], apart: bool) -> None:
    assert witnesses.unrelated(row("甲", **a), row("乙", **b)) is apart


def test_what_says_that_a_single_equal_row_is_a_part() -> None:
    plain = row("甲")
    assert not witnesses.lies_below(plain, row("乙"))
    assert witnesses.lies_below(plain, row("乙", indent=1.0))
    assert witnesses.lies_below(row("小计"), row("乙"))
    assert witnesses.lies_below(row("甲", depth=1), row("乙", depth=2))
    assert witnesses.lies_below(row("甲", code="201"), row("乙", code="20101"))
    function, economic = row("甲", code="201", scheme="功能分类"), row("乙", code="301", scheme="部门经济分类")
    assert witnesses.lies_below(function, economic)
    assert not witnesses.lies_below(function, row("乙", scheme="部门经济分类"))


# --- trees and what the sums say of them ----------------------------------------------------------------------------


def test_sums_choose_between_indents_and_ordinals() -> None:
    """The indents are of centred names; the ordinals add up."""
    rows = [
        row("合计", "10.00"), row("甲", "6.00", depth=1, indent=1.0), row("乙", "4.00", depth=2, indent=0.0),
        row("丙", "2.00", depth=2, indent=3.0), row("丁", "4.00", depth=1, indent=2.0),
    ]  # fmt: skip
    assert tree(*rows) == {"甲": ["乙", "丙"]}


def test_a_row_without_a_witness_is_the_sum_of_the_fewest_below_it() -> None:
    rows = [row("合计", "9.00"), row("甲", "5.00"), row("乙", "2.00"), row("丙", "3.00"), row("丁", "4.00")]
    assert tree(*rows) == {"甲": ["乙", "丙"]}


def test_a_single_equal_row_is_no_part_without_a_witness() -> None:
    assert leaves(row("甲", "5.00"), row("乙", "5.00")) == ["甲", "乙"]


def test_an_equal_pair_is_nested_where_the_total_says_so() -> None:
    assert tree(row("合计", "7.00"), row("甲", "5.00"), row("乙", "5.00"), row("丙", "2.00")) == {"甲": ["乙"]}


def test_sums_are_tried_in_every_column() -> None:
    rows = [
        row("合计", "9.00", "90.00"), row("甲", "5.00", "50.00"), row("乙", "2.00", "20.00"), row("丙", "3.00", "30.00"),
        row("丁", "4.00", "40.00"),
    ]  # fmt: skip
    assert tree(*rows) == {"甲": ["乙", "丙"]}
    assert leaves(row("甲", "5.00", "50.00"), row("乙", "2.00", "21.00"), row("丙", "3.00", "33.00")) == [
        "甲", "乙", "丙",
    ]  # fmt: skip


def test_no_sum_is_made_of_what_the_whole_leaves_blank_or_of_near_misses() -> None:
    def by_sums(*rows: Row) -> dict[int, int]:
        return tree_by_sums(list(rows), sums(*rows))

    assert by_sums(row("甲", "5.00"), row("乙", "2.00"), row("丙", "3.00")) == {1: 0, 2: 0}
    assert by_sums(row("甲", "5.01"), row("乙", "2.00"), row("丙", "3.00")) == {}
    assert by_sums(row("甲", "5.01"), row("乙", "2.00", indent=1.0), row("丙", "3.00", indent=1.0)) == {1: 0, 2: 0}
    assert by_sums(row("甲", "5.00", None), row("乙", "2.00", "1.00"), row("丙", "3.00", "1.00")) == {}
    assert by_sums(row("甲", None), row("乙", None)) == {}
    assert by_sums(row("甲", "5.00", "5.01"), row("乙", "2.00", "2.00"), row("丙", "3.00", "3.00")) == {1: 0, 2: 0}


def test_projects_are_nested_by_their_levels_without_codes() -> None:
    known = {"scheme": "项目"}
    rows = [
        row("甲", "3.00", level="一级项目", **known), row("乙", "1.00", level="二级项目", **known),
        row("丙", "2.00", level="二级项目", **known),
    ]  # fmt: skip
    assert tree(*rows) == {"甲": ["乙", "丙"]}


def test_printed_codes_are_believed_before_indents() -> None:
    rows = [
        row("甲", "5.00", code="201"),
        row("乙", "2.00", code="202", indent=1.0),
        row("丙", "3.00", code="203", indent=1.0),
    ]
    assert tree(*rows) == {}


def test_inferred_codes_are_no_witness() -> None:
    known = {"code": "201", "code_source": "名称推断"}
    rows = [row("甲", "5.00", **known), row("乙", "2.00", indent=1.0), row("丙", "3.00", indent=1.0)]
    assert tree(*rows) == {"甲": ["乙", "丙"]}


def test_negative_parts_bring_a_sum_back() -> None:
    rows = [row("合计", "5.00"), row("甲", "5.00"), row("乙", "900.00"), row("丙", "-895.00")]
    assert tree(*rows) == {"甲": ["乙", "丙"]}


def test_a_subtotal_adds_up_rows_above_or_below() -> None:
    assert leaves(row("甲", "1.00"), row("乙", "2.00"), row("小计", "3.00"), row("合计", "3.00")) == ["甲", "乙"]
    assert leaves(row("合计", "3.00"), row("小计", "3.00"), row("甲", "1.00"), row("乙", "2.00")) == ["甲", "乙"]
    assert leaves(row("甲", "3.00"), row("小计", "3.00")) == ["甲"]
    assert leaves(row("甲", "1.00"), row("小计", "4.00"), row("合计", "5.00")) == ["甲", "小计"]
    assert leaves(row("甲", "0.00"), row("小计", "0.00"), row("合计", "0.00")) == ["甲", "小计"]


def test_a_running_total_under_any_name_is_no_leaf() -> None:
    rows = [row("甲", "1.00"), row("乙", "2.00"), row("当年收入", "3.00"), row("上年结转", "4.00"), row("合计", "7.00")]
    assert leaves(*rows) == ["甲", "乙", "上年结转"]
    assert leaves(row("甲", "1.00"), row("乙", "2.00"), row("丙", "3.00"), row("合计", "99.00")) == ["甲", "乙", "丙"]


def test_what_stands_below_a_grand_total_is_no_leaf() -> None:
    rest = row("年终结余", "4.00")
    assert leaves(row("甲", "1.00"), row("乙", "2.00"), row("总计", "3.00", level=TOTAL), rest) == ["甲", "乙"]
    total = row("本年支出合计", "3.00", level=TOTAL)
    assert leaves(row("甲", "1.00"), row("乙", "2.00"), total, row("上解支出", "4.00")) == ["甲", "乙", "上解支出"]
    assert total.level is None


def test_of_two_totals_the_later_is_the_table_s_where_it_leaves_out_columns() -> None:
    first, last = row("收入合计", "3.00", "3.00", level=TOTAL), row("合计", "3.00", None)
    settle_levels([row("甲", "1.00", "1.00"), row("乙", "2.00", "2.00"), first, last])
    assert (first.level, last.level) == (None, TOTAL)
    first, last = row("收入合计", "3.00", "3.00", level=TOTAL), row("合计", "9.00", None)
    settle_levels([row("甲", "1.00", "1.00"), row("乙", "2.00", "2.00"), first, last])
    assert (first.level, last.level) == (TOTAL, TOTAL)
    first, last = row("收入合计", "3.00", level=TOTAL), row("合计", "3.00")
    settle_levels([row("甲", "1.00"), row("乙", "2.00"), first, last])
    assert (first.level, last.level) == (TOTAL, TOTAL)


def test_a_row_whose_parts_are_not_all_printed_stands_for_itself() -> None:
    whole = row("公安", "9.00", code="20402")
    rows = [row("合计", "13.00"), whole, row("行政运行", "5.00", code="2040201"), row("教育", "4.00", code="205")]
    assert leaves(*rows) == ["公安", "教育"]
    assert whole.marks == (INCOMPLETE,) and whole.amounts[0].marks == (INCOMPLETE,)


def test_closing_a_row_that_only_comes_nearer_to_the_total_is_undone() -> None:
    whole = row("公安", "9.00", "5.00", code="20402")
    part, other = row("行政运行", "5.00", "5.00", code="2040201"), row("教育", "4.00", "4.00", code="205")
    assert leaves(row("合计", "20.00", "9.00"), whole, part, other) == ["行政运行", "教育"]
    assert whole.marks == ()


def test_a_tree_that_no_sum_proves_is_none() -> None:
    whole, part = row("公安", "9.00", code="20402"), row("行政运行", "5.00", code="2040201")
    assert tree(row("合计", "20.00"), whole, part, row("教育", "4.00", code="205")) == {}


def test_no_row_is_a_part_where_its_sum_speaks_against_it_and_no_total_for_it() -> None:
    whole = row("公安", "9.00", code="20402")
    rows = [whole, row("行政运行", "5.00", code="2040201"), row("教育", "4.00", code="205")]
    assert leaves(*rows) == ["公安", "行政运行", "教育"]
    assert whole.marks == ()


def test_a_detail_is_no_leaf_and_opens_parts_where_the_sums_agree() -> None:
    rows = [row("合计", "9.00"), row("甲", "9.00"), row("其中：乙", "3.00", detail=True)]
    assert leaves(*rows) == ["甲"]
    rows = [
        row("合计", "9.00"),
        row("甲", "9.00"),
        row("其中：乙", "3.00", detail=True, indent=1.0),
        row("丙", "6.00", indent=1.0),
    ]
    assert tree(*rows) == {"甲": ["其中：乙", "丙"]}
    assert leaves(*rows) == ["其中：乙", "丙"]


def test_nothing_but_rows_below_a_detail() -> None:
    rows = [row("合计", "9.00"), row("其中：甲", "3.00", detail=True), row("乙", "2.00")]
    assert leaves(*rows) == ["乙"]


def test_a_nameless_row_stands_in_as_far_as_the_one_above() -> None:
    rows = [row("甲", "3.00"), row("乙", "1.00", indent=2.0), row("", "2.00")]
    rows[2].name = None
    settle_levels(rows)
    assert [r.indent for r in rows] == [0.0, 2.0, 2.0]


def test_a_detail_stands_in_as_far_as_the_names_set_behind_it() -> None:
    for indent, taken in ((3.0, 3.0), (4.0, 4.0), (4.5, 0.0), (0.35, 0.0)):
        detail = row("其中：甲", "1.00", detail=True)
        settle_levels([row("总", "3.00"), detail, row("乙", "2.00", indent=indent)])
        assert detail.indent == taken, indent
    detail = row("其中：甲", "1.00", detail=True, indent=1.0)
    settle_levels([row("总", "3.00"), detail, row("乙", "2.00", indent=4.5)])
    assert detail.indent == 4.5


def test_projects_take_the_code_of_the_row_above() -> None:
    above = row("一级", "3.00", scheme="项目", level="一级项目", code="P1")
    below = row("二级", "3.00", scheme="项目", level="二级项目", code="P2")
    settle_levels([above, below])
    assert below.parent_code == "P1" and not above.leaf and below.leaf


# --- a total across panels ------------------------------------------------------------------------------------------


def panels(*columns: list[Row]) -> list[list[Row]]:
    for rows in columns:
        settle_levels(rows)
    settle_totals_across(list(columns))
    return list(columns)


def test_a_total_under_the_last_panel_is_that_of_the_panels_beside_it() -> None:
    left, middle = [row("甲", "1.00"), row("乙", "2.00")], [row("丙", "4.00")]
    total = row("公用经费合计", "15.00", level=TOTAL)
    found = panels(left, middle, [row("丁", "8.00"), total])
    assert total.level is None and not total.leaf
    assert [c.name for c in total.children] == ["甲", "乙", "丙", "丁"]
    assert [len(rows) for rows in found] == [2, 1, 2]


def test_only_the_topmost_rows_of_a_panel_are_its_part_of_a_total() -> None:
    total = row("公用经费合计", "11.00", level=TOTAL)
    panels([row("甲", "3.00", code="301"), row("乙", "3.00", code="30101")], [row("丁", "8.00"), total])
    assert [c.name for c in total.children] == ["甲", "丁"]


@pytest.mark.parametrize("printed", ["8.00", "99.00"])
def test_a_total_of_its_own_panel_or_of_none_stays_there(printed: str) -> None:
    total = row("公用经费合计", printed, level=TOTAL)
    panels([row("甲", "1.00")], [row("丁", "8.00"), total])
    assert total.level == TOTAL and total.children == []


def test_a_panel_with_a_total_of_its_own_has_no_part_in_another() -> None:
    total = row("公用经费合计", "12.00", level=TOTAL)
    own = row("合计", "1.00")
    panels([row("甲", "1.00"), own], [row("丙", "4.00")], [row("丁", "8.00"), total])
    assert [c.name for c in total.children] == ["丙", "丁"]
    assert own.level == TOTAL


def test_a_label_printed_again_over_blanks_is_no_row() -> None:
    total = row("公用经费合计", "9.00", level=TOTAL)
    found = panels([row("甲", "1.00"), row("公用经费合计", None, level=TOTAL)], [row("丁", "8.00"), total])
    assert [r.name for r in found[0]] == ["甲"]


def test_panels_of_other_measures_stand_apart() -> None:
    total = row("公用经费合计", "9.00", level=TOTAL)
    other = row("甲", "1.00")
    other.amounts[0].column = Column(7, 7, 1, ("项目支出",), "measure", measure="项目支出")
    panels([other], [row("丁", "8.00"), total])
    assert total.level == TOTAL
