"""Which sums a table promises: each maker of identities on tables of a few rows."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from extract.paper.model import Box, Cell
from parsers.amounts_table.levels.leaves import INCOMPLETE
from parsers.checking import books, identities
from parsers.checking.findings import findings
from parsers.checking.identities import Identity
from parsers.specs.model import InsideRule, NamedSum, Words
from parsers.values import TOTAL, AmountTable, Parsed, Row
from tests.test_levels import row
from tests.test_verdicts import table

RULE = InsideRule("W", "", "")


def shown(found: list[Identity]) -> list[tuple[str, list[str]]]:
    """Each identity by its row, and the rows of its parts."""
    return [(i.published.row.name or "", [p.row.name or "" for p in i.parts]) for i in found]


def under(made: AmountTable, *heads: str, **known: object) -> AmountTable:
    """The columns of a table under ``heads``: paths parted by /, and the measures of the same name."""
    columns = [
        replace(a.column, path=tuple(head.split("/")), measure=head.split("/")[-1], **known)  # type: ignore[arg-type]
        for a, head in zip(made.rows[0].amounts, heads, strict=True)
    ]
    for each in made.rows:
        for amount, column in zip(each.amounts, columns, strict=True):
            amount.column = column
    return made


def row_sums(made: AmountTable) -> list[tuple[str, list[str]]]:
    return [(i.published.header, [p.header for p in i.parts]) for i in identities.row(made, RULE)]


def test_headers_say_which_columns_are_parts() -> None:
    made = under(
        table(row("甲", "6.00", "4.00", "1.00", "3.00")), "合计", "基本支出/小计", "基本支出/人员", "基本支出/公用"
    )
    assert row_sums(made) == [("基本支出/小计", ["基本支出/人员", "基本支出/公用"])]
    made = under(table(row("甲", "6.00", "4.00", "2.00")), "合计", "基本支出", "项目支出")
    assert row_sums(made) == [("合计", ["基本支出", "项目支出"])]
    assert row_sums(under(table(row("甲", "6.00", "6.00", "2.00")), "总计", "合计", "项目支出")) == []
    assert row_sums(under(table(row("甲", "6.00", None, None)), "合计", "基本支出", "项目支出")) == []
    assert row_sums(under(table(row("甲", "6.00", "4.00", "2.00")), "合计", "上年数", "项目支出")) == []
    blank = under(table(row("甲", None, "4.00", "2.00")), "合计", "基本支出", "项目支出")
    assert row_sums(blank) == []


def test_columns_counted_in_as_far_as_they_make_the_sum() -> None:
    rule = replace(RULE, sums=(NamedSum("合计", ("出国",), ("用车", "接待")),))
    for total, parts in (("1.00", ["出国"]), ("3.00", ["出国", "用车"]), ("7.00", ["出国", "用车", "接待"])):
        made = under(table(row("甲", total, "1.00", "2.00", "4.00")), "合计", "出国", "用车", "接待")
        (found,) = identities.parts(made, rule)
        assert [p.measure for p in found.parts] == parts
    lacking = replace(RULE, sums=(NamedSum("合计", ("出国", "会议")),))
    assert list(identities.parts(made, lacking)) == []


def test_ordinals_make_sums() -> None:
    one, two, three = row("一", "5.00", depth=1), row("（一）", "2.00", depth=2), row("（二）", "3.00", depth=2)
    assert shown(list(identities.outline(table(one, two, three), RULE))) == [("一", ["（一）", "（二）"])]
    blank = table(row("一", None, depth=1), row("（一）", "2.00", depth=2), row("（二）", "3.00", depth=2))
    assert list(identities.outline(blank, RULE)) == []
    bare = table(row("一", "5.00", depth=1), row("（一）", None, depth=2), row("（二）", None, depth=2))
    assert list(identities.outline(bare, RULE)) == []
    for part, made in (("4.00", 0), ("5.00", 1), ("6.00", 1)):  # one part alone may be one of several
        alone = table(row("一", "5.00", depth=1), row("（一）", part, depth=2))
        assert len(list(identities.outline(alone, RULE))) == made
    parted = table(row("一", "5.00", depth=1), row("合计", "5.00"), row("（一）", "5.00", depth=2))
    assert list(identities.outline(parted, RULE)) == []


def sides(*names: tuple[str, str, str]) -> list[tuple[str, list[str]]]:
    """Balances of rows (name, 方向, value), a panel for each direction."""
    rows = [row(n, v, level=TOTAL, direction=d, panel=d == "支出") for n, d, v in names]
    for each in rows:
        each.amounts[0].direction = each.direction
    made = [table(*rows)]
    for panel in (False, True):
        for number, each in enumerate((r for r in rows if r.panel == panel), start=1):
            each.number = number
    return shown(list(identities.balance(made[0], RULE)))


def test_what_comes_in_goes_out() -> None:
    assert sides(("收入总计", "收入", "5.00"), ("支出总计", "支出", "5.00")) == [("收入总计", ["支出总计"])]
    assert sides(("本年收入合计", "收入", "5.00"), ("本年支出合计", "支出", "4.00")) == []
    assert sides(("本年收入合计", "收入", "5.00"), ("支出合计", "支出", "4.00")) != []
    assert sides(("收入总计", "收入", "5.00"), ("支出合计", "支出", "5.00")) == []
    assert sides(("收入总计", "收入", "5.00")) == []


def debt(*rows: tuple[str, str | None]) -> list[Identity]:
    rule = replace(
        RULE,
        patterns={
            "stock": Words.of(["余额"]), "inflow": Words.of(["发行"]), "outflow": Words.of(["还本"]),
            "others": Words.of(["化解"]), "domestic": Words.of(["专项"]),
        },
    )  # fmt: skip
    return list(books.stock(table(*(row(n, v) for n, v in rows)), rule))


def test_a_stock_is_the_former_one_with_what_came_and_went() -> None:
    (found,) = debt(
        ("上年末余额", "10.00"), ("发行", "5.00"), ("还本", "3.00"), ("化解", "1.00"), ("年末余额", "11.00")
    )
    assert found.difference == 0 and [p.value for p in found.parts] == [10, 5, -3, -1]
    assert debt(("上年末余额", "10.00"), ("发行", None), ("还本", "3.00"), ("年末余额", "7.00")) == []
    assert debt(("上年末余额", "10.00"), ("发行", "5.00"), ("还本", "3.00"), ("年末余额", None)) == []
    assert (
        debt(("上年末余额", "10.00"), ("发行", "5.00"), ("发行", "5.00"), ("还本", "3.00"), ("年末余额", "7.00")) == []
    )
    assert debt(("上年末余额", "10.00"), ("发行", "5.00"), ("还本", "3.00")) == []


@pytest.mark.parametrize(("name", "closing", "tested"), [("", "102.04", 0), ("", "102.10", 1), ("专项", "100.50", 1)])
def test_foreign_loans_may_move_by_a_fiftieth(name: str, closing: str, tested: int) -> None:
    rows = (("上年末余额", "100.00"), ("发行", "1.00"), ("还本", "1.00"), (f"{name}年末余额", closing))
    assert len(debt(*rows)) == tested


def test_limits_and_stocks_stand_side_by_side() -> None:
    rule = replace(RULE, patterns={"limit": Words.of(["限额"]), "stock": Words.of(["余额"])})
    made = under(table(row("甲", "9.00", "5.00", "3.00")), "限额/一般", "余额/一般", "余额/专项")
    assert [(i.published.header, i.relation) for i in books.limit(made, rule)] == [("限额/一般", ">=")]
    blank = under(table(row("甲", "9.00", None)), "限额", "余额")
    assert list(books.limit(blank, rule)) == []
    count = under(table(row("甲", "9.00", "5.00")), "限额", "余额", money=False)
    assert list(books.limit(count, rule)) == []


def test_two_amounts_of_a_cell_or_a_place_are_a_finding() -> None:
    def rules(*rows: Row) -> list[str]:
        return [f.rule for f in findings(Parsed(amounts={"支出总表": under(table(*rows), "预算数")}))]

    a, b = row("甲", "1.00"), row("乙", "2.00")
    assert rules(a, b) == []
    a, b = row("甲", "1.00"), row("乙", "2.00")
    a.amounts[0].cell = b.amounts[0].cell = Cell(0, 0, 1, 1, "1.00", 1, Box(0, 0, 1, 1))
    assert rules(a, b) == ["T5"]
    a, b = row("甲", "1.00"), row("乙", None)
    a.amounts[0].cell = b.amounts[0].cell = Cell(0, 0, 1, 1, "1.00", 1, Box(0, 0, 1, 1))
    assert rules(a, b) == []  # a blank is nobody's
    a = row("甲", "1.00")
    a.amounts.append(replace(a.amounts[0], value=Decimal(3)))
    made = table(a)
    for amount in a.amounts:
        amount.column = replace(amount.column, path=("预算数",))
    assert [f.rule for f in findings(Parsed(amounts={"支出总表": made}))] == ["T5"]


def trees(*rows: Row) -> list[tuple[str, str, str, Decimal]]:
    return [
        (i.published.row.name or "", i.published.header, i.relation, i.difference)
        for i in identities.tree(table(*rows), RULE)
    ]


def test_a_row_whose_parts_are_not_all_printed_is_noticed_where_most_is_missing() -> None:
    whole, part = row("甲", "9.00", "9.00", marks=(INCOMPLETE,)), row("乙", "8.50", "8.30")
    whole.children = [part]
    assert trees(whole, part) == [("甲", "列2", ">=", Decimal("0.70"))]
    part.amounts[0].value = part.amounts[1].value = Decimal(9)
    assert trees(whole, part) == []


@pytest.mark.parametrize(
    ("parts", "relations"),
    [
        (("5.00", "5.00"), [">="]),
        (("5.00", "9.00"), ["=", "="]),  # a difference in one column is a wrong cell
        (("5.00", None), [">="]),  # and what only the row prints
        (("5.00", "10.00"), ["=", "="]),
        (("8.99", "5.00"), ["=", "="]),
    ],
)
def test_less_in_two_columns_and_more_in_none_is_a_row_left_out(
    parts: tuple[str | None, ...], relations: list[str]
) -> None:
    whole, part = row("甲", "9.00", "9.00"), row("乙", *parts)
    whole.children = [part]
    assert [relation for _, _, relation, _ in trees(whole, part)] == relations


def test_a_blank_between_figures_should_print_their_sum() -> None:
    whole, middle, part = row("甲", "9.00", None), row("乙", None, None), row("丙", "9.00", "9.00")
    whole.children, middle.children = [middle], [part]
    assert trees(whole, middle, part) == [("乙", "列1", "=", Decimal("-9.00"))]
    part.amounts[0].value = Decimal(0)
    assert trees(whole, middle, part) == []


def test_one_total_is_the_sum_of_the_topmost_rows() -> None:
    a, b, detail = row("甲", "5.00"), row("乙", "5.00", leaf=False), row("其中：丙", "1.00", detail=True)
    a.children = [b]
    assert shown(list(identities.tree(table(a, b, detail, row("合计", "5.00", leaf=False)), RULE))) == [
        ("甲", ["乙"]),
        ("合计", ["甲"]),
    ]
    assert shown(list(identities.leaves(table(a, row("合计", "5.00", leaf=False)), RULE))) == [("合计", ["甲"])]
    assert (
        list(identities.leaves(table(a, row("合计", "5.00", leaf=False), row("合计", "5.00", leaf=False)), RULE)) == []
    )
