"""Identities: what holds passes, a rounding tail is no error, a wrong cell is named once, a doubt is ours to say."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import product

import pytest

from parsers.checking import identities
from parsers.checking.checker import Checker, Confirm, Outcome
from parsers.records import Record
from parsers.values import Amount, AmountTable, Column, Row, TableContext
from samples.house import Printed, Sample, build
from samples.plain import write_text
from tests.truth import extracted

COVER = "东湖市司法局2024年部门预算\n"
HEAD = "科目编码\t科目名称\t合计\t基本支出\t项目支出\n"
ROWS = (
    "\t合计\t300.00\t200.00\t100.00\n204\t公共安全支出\t200.00\t100.00\t100.00\n20406\t司法\t200.00\t100.00\t100.00\n"
    "2040601\t行政运行\t100.00\t100.00\t\n2040604\t基层司法业务\t100.00\t\t100.00\n"
    "208\t社会保障和就业支出\t100.00\t100.00\t\n20805\t行政事业单位养老支出\t100.00\t100.00\t\n"
    "2080505\t机关事业单位基本养老保险缴费支出\t100.00\t100.00\t\n"
)


def checker_of(text: str, confirm: Confirm | None) -> Checker:
    parsed = extracted(text.encode(), ".txt")[1]
    checker = Checker("x" * 16, parsed.info.kind, parsed.info.year, confirm)
    for table in parsed.tables:
        checker.take(table.parsed)
    return checker


def outcomes(text: str, confirm: Confirm | None = None) -> list[Outcome]:
    return checker_of(text, confirm).tested()


def records(text: str, confirm: Confirm | None = None) -> list[Record]:
    return checker_of(text, confirm).records()


def table(title: str, rows: str = ROWS, number: str = "表3", head: str = HEAD) -> str:
    return f"{number}\n{title}\n单位：万元\n{head}{rows}\n"


def grades(found: list[Outcome]) -> Counter[tuple[str, str]]:
    return Counter((t.rule, t.grade) for t in found)


def doubts(found: list[Outcome]) -> list[Outcome]:
    return [t for t in found if t.grade in ("矛盾", "存疑")]


def test_what_holds_passes() -> None:
    found = outcomes(COVER + table("支出总表"))
    assert set(grades(found)) == {("W3", "通过"), ("W4", "通过"), ("W10", "通过")}
    assert grades(found)["W10", "通过"] == 3
    assert (
        grades(found)["W3", "通过"] == 13
    )  # three columns: 合计, 204, 20406, 208, 20805; blank totals promise nothing
    assert grades(found)["W4", "通过"] == 8


def test_rounding_tail_is_no_contradiction() -> None:
    rows = ROWS.replace("2040604\t基层司法业务\t100.00\t\t100.00", "2040604\t基层司法业务\t100.01\t\t100.01")
    found = outcomes(COVER + table("支出总表", rows))
    assert doubts(found) == []
    (tail, *_) = [t for t in found if t.grade == "尾差"]
    assert {t.rule for t in found if t.grade == "尾差"} == {"W3", "W10"}
    assert (tail.rule, tail.difference, tail.identity.tolerance) == ("W3", Decimal(-100), Decimal(150))


def test_wrong_cell_is_named_once() -> None:
    """The cell breaks its parent's sum and its row; both would hold if it were blank."""
    rows = ROWS.replace("行政运行\t100.00\t100.00\t\n", "行政运行\t100.00\t100.00\t55.00\n")
    (finding,) = [r for r in records(COVER + table("支出总表", rows)) if r["等级"] == "矛盾"]
    assert (finding["科目编码"], finding["指标"], finding["公布值"], finding["应有值"]) == (
        "2040601", "项目支出", Decimal(550000), Decimal(0),
    )  # fmt: skip
    assert "W3、W4、W10" in finding["说明"]


def test_parts_not_all_printed_are_said_once() -> None:
    """A row left out (publishers need not disclose every 款) sets off no cascade: the row above stands for itself."""
    rows = ROWS.replace("2040604\t基层司法业务\t100.00\t\t100.00\n", "")
    found = outcomes(COVER + table("支出总表", rows))
    assert doubts(found) == []
    assert [(t.cell.row.code, t.difference) for t in found if t.note.startswith("提示")] == [
        ("20406", Decimal(1000000))
    ]
    leaves = {t.cell.measure: [p.row.code for p in t.identity.parts] for t in found if t.rule == "W10"}
    assert leaves["合计"] == ["20406", "2080505"]


def test_a_row_too_many_is_a_contradiction() -> None:
    rows = ROWS.replace("2040604\t基层司法业务\t100.00\t\t100.00", "2040604\t基层司法业务\t150.00\t\t150.00")
    found = doubts(outcomes(COVER + table("支出总表", rows)))
    assert {(t.rule, t.cell.measure) for t in found} == {("W3", "合计"), ("W3", "项目支出")}
    assert all("W3、W10" in t.note and abs(t.difference) == 500000 for t in found)


def test_a_blank_between_figures_is_a_hole() -> None:
    rows = ROWS.replace("20406\t司法\t200.00\t100.00\t100.00", "20406\t司法\t200.00\t\t100.00")
    (found,) = doubts(outcomes(COVER + table("支出总表", rows)))
    assert (found.cell.row.code, found.cell.measure, found.cell.value) == ("20406", "基本支出", None)


def test_missing_level_is_no_error() -> None:
    """Without its 款 an 项 belongs to its 类."""
    rows = ROWS.replace("20406\t司法\t200.00\t100.00\t100.00\n", "")
    assert doubts(outcomes(COVER + table("支出总表", rows))) == []


def test_repaired_cells_raise_doubt_not_contradiction() -> None:
    """A row that lost its leading blanks is put right by us: when it does not add up, we may be wrong."""
    text = (
        COVER
        + "表11\n整体支出绩效目标表\n单位：万元\n部门(单位)名称\t东湖市司法局\n部门总体资金情况\t总体资金情况\t\t当年金额\t占比\n"
    )
    text += "\t支出构成\t人员类项目支出\t60.00\t60%\n特定目标类项目支出\t30.00\t40%\n合计\t100.00\t100%\n"
    found = outcomes(text)
    assert {(t.rule, t.grade) for t in found if t.difference} == {("W8", "存疑")}


def test_other_engine_reads_differently() -> None:
    rows = ROWS.replace("\t合计\t300.00", "\t合计\t390.00")
    for confirm, grade in ((lambda fact: False, "存疑"), (lambda fact: True, "矛盾"), (lambda fact: None, "矛盾")):
        assert {t.grade for t in doubts(outcomes(COVER + table("支出总表", rows), confirm))} == {grade}


@pytest.mark.parametrize(("marks", "grade"), [(("OCR",), "矛盾"), (("OCR", "OCR存疑"), "存疑")])
def test_what_was_surely_recognised_contradicts(marks: tuple[str, ...], grade: str) -> None:
    """A publisher's error in a scan is his, unless the reading of one of the cells is doubted."""
    checker = checker_of(COVER + table("支出总表", ROWS.replace("\t合计\t300.00", "\t合计\t390.00")), None)
    for amounts in checker.book.tables["支出总表"]:
        for amount in amounts.amounts():
            amount.marks = marks
    assert {t.grade for t in doubts(checker.tested())} == {grade}


def test_unit_is_no_doubt_within_a_table() -> None:
    text = COVER + "表3\n支出总表\n单位：万元\n" + HEAD + ROWS + "\n表5\n一般公共预算支出表\n" + HEAD
    found = doubts(outcomes(text + ROWS.replace("\t合计\t300.00\t200.00", "\t合计\t390.00\t290.00")))
    assert {t.grade for t in found if t.rule in ("W3", "W4")} == {"矛盾"}


@pytest.mark.parametrize(("other", "made"), [("300.00", True), ("290.00", False)])
def test_condition_is_part_of_the_rule(other: str, made: bool) -> None:
    """Every 科目 of both tables must agree, but only where both have one total."""
    rows = ROWS.replace("300.00", other).replace(
        "行政运行\t100.00", "行政运行\t90.00" if not made else "行政运行\t100.00"
    )
    found = outcomes(COVER + table("支出总表") + table("一般公共预算支出表", rows, "表5"))
    assert any(t.rule == "B4" for t in found) is made


def test_units_are_compared_at_the_coarser_digit() -> None:
    """三公 in 万元 against 基本支出 in 元."""
    three = "合计\t因公出国（境）费\t公务用车购置及运行费\t公务用车购置费\t公务用车运行费\t公务接待费\n5.00\t\t4.00\t\t4.00\t1.00\n"
    basic = "科目编码\t科目名称\t合计\t人员经费\t公用经费\n302\t商品和服务支出\t50,049\t\t50,049\n30217\t公务接待费\t10,049\t\t10,049\n30231\t公务用车运行维护费\t40,000\t\t40,000\n"
    text = COVER + table("一般公共预算“三公”经费支出表", three, "表7", "")
    text += f"表6\n一般公共预算基本支出表\n单位：元\n{basic}"
    assert [(t.rule, t.grade) for t in outcomes(text) if t.rule == "B10"] == [("B10", "通过")] * 2
    worse = text.replace("10,049\t\t10,049", "10,149\t\t10,149").replace("50,049", "50,149")
    assert [t.grade for t in outcomes(worse) if t.rule == "B10"] == ["尾差", "通过"]


def test_every_rule_names_datasets_of_the_contract() -> None:
    from parsers.specs.loader import fields
    from parsers.specs.rules import between, inside

    for rule in inside():
        assert set(rule.datasets) <= set(fields()), rule.rule
    for rule in between():
        assert {*rule.datasets, *(s.dataset for s in rule.when)} <= set(fields()), rule.rule


_NUMBER = re.compile(r"[\d,]*\d\.\d+|\d[\d,]*,\d{3}|\d{8,14}")


def _amounts(table: Printed) -> Iterator[tuple[int, int]]:
    for i, row in enumerate(table.rows):
        for j, text in enumerate(row):
            if isinstance(text, str) and _NUMBER.fullmatch(text) and text.strip("0.,"):
                yield i, j


def _outcomes_of(sample: Sample, seed: int) -> list[Outcome]:
    return outcomes(write_text(sample, seed))


@pytest.mark.parametrize("style", "ABC")
def test_clean_documents_raise_nothing(style: str) -> None:
    for seed in range(300, 308):
        assert doubts(_outcomes_of(build(style, seed), seed)) == [], seed


Place = tuple[int, int]


def _change_digit(table: Printed, place: Place, rng: random.Random) -> list[Place]:
    i, j = place
    row = list(table.rows[i])
    text = row[j]
    at = rng.choice([k for k, c in enumerate(text) if c.isdigit()])
    row[j] = text[:at] + rng.choice([c for c in "123456789" if c != text[at]]) + text[at + 1 :]
    table.rows[i] = row
    return [place]


def _swap_below(table: Printed, place: Place, rng: random.Random) -> list[Place]:
    """Two neighbours of a column change places."""
    i, j = place
    below = [k for k, c in _amounts(table) if c == j and k > i and table.rows[k][j] != table.rows[i][j]]
    if not below:
        return []
    k = below[0]
    upper, lower = list(table.rows[i]), list(table.rows[k])
    upper[j], lower[j] = lower[j], upper[j]
    table.rows[i], table.rows[k] = upper, lower
    return [(i, j), (k, j)]


def _shift(table: Printed, place: Place, rng: random.Random) -> list[Place]:
    """The amounts of a row move one column to the left."""
    i, j = place
    row = list(table.rows[i])
    if j == 0 or (row[j - 1] and not _NUMBER.fullmatch(row[j - 1])):
        return []
    table.rows[i] = [*row[: j - 1], *row[j:], ""]
    return [(i, j - 1)]


def _is(row: Row, printed: list[str]) -> bool:
    words = "".join(text for text in printed if not _NUMBER.fullmatch(text))
    return bool(row.code and row.code in words) or bool(row.name and row.name in words) or not words


# documents of style C have one amount a row: nothing to shift
@pytest.mark.parametrize(("hurt", "style"), [*product((_change_digit, _swap_below), "ABC"), *product((_shift,), "AB")])
def test_injected_errors_are_named(style: str, hurt: Callable[[Printed, Place, random.Random], list[Place]]) -> None:
    """Of the amounts changed at random, nearly all stand in a finding."""
    named = made = 0
    for seed in range(320, 340):
        rng = random.Random(seed)
        sample = build(style, seed)
        table = rng.choice([t for t in sample.tables if len(list(_amounts(t))) > 8 and "绩效" not in t.title])
        changed = hurt(table, rng.choice(list(_amounts(table))), rng)
        made += len(changed)
        wrong = [o for o in _outcomes_of(sample, seed) if o.grade != "通过" or o.note.startswith("提示")]
        rows = [f.row for o in wrong for f in (o.cell, o.identity.published, *o.identity.parts)]
        named += sum(any(_is(row, table.rows[i]) for row in rows) for i, _ in changed)
    assert made > 5
    assert named >= 0.95 * made


def test_shares_add_up_too() -> None:
    text = (
        COVER
        + "表11\n整体支出绩效目标表\n单位：万元\n部门(单位)名称\t东湖市司法局\n部门总体资金情况\t总体资金情况\t\t当年金额\t占比\n"
    )
    text += "\t支出构成\t人员类项目支出\t60.00\t60%\n\t\t特定目标类项目支出\t40.00\t30%\n\t\t合计\t100.00\t100%\n"
    assert [(o.rule, o.grade, o.difference) for o in outcomes(text) if o.difference] == [("W8", "矛盾", Decimal(10))]


def test_dash_against_nought_is_a_notice() -> None:
    head = "年度绩效指标\t一级指标\t二级指标\t三级指标\t前年\t上年\t指标值\t指标值确定依据\n"
    whole = f"表11\n整体支出绩效目标表\n部门(单位)名称\t东湖市司法局\n{head}\t产出指标\t数量指标\t问卷数\t—\t2000\t1000\t计划数据\n"
    project = (
        f"表12-1\n项目支出绩效目标表\n项目名称\t系统维护\n{head}\t产出指标\t数量指标\t问卷数\t0\t2000\t1000\t计划数据\n"
    )
    (note,) = [r for r in records(COVER + whole + project) if r["规则"] == "C1"]
    assert (note["等级"], note["指标"]) == ("通过", "前年")
    assert note["说明"] == "提示：问卷数 的前年，表11 作 —，表12-1 作 0"


INCOME = "收入\t\t支出\t\n项目\t预算数\t项目\t预算数\n"


@pytest.mark.parametrize(
    "rows",
    [
        # parts of a row are named without 其中
        "一、财政拨款收入\t100.00\t一、教育支出\t130.00\n一般公共预算\t60.00\t\t\n政府性基金\t40.00\t\t\n二、事业收入\t30.00\t\t\n",
        # one part of a row is worth naming, the rest is not
        "一、财政拨款收入\t100.00\t一、教育支出\t130.00\n（一）一般公共预算\t60.00\t\t\n二、事业收入\t30.00\t\t\n",
        # rows without any ordinal
        "财政拨款收入\t100.00\t教育支出\t130.00\n事业收入\t30.00\t\t\n",
    ],
)
def test_ways_to_print_parts_of_a_row(rows: str) -> None:
    text = COVER + table("收支总表", rows + "收入总计\t130.00\t支出总计\t130.00\n", "表1", INCOME)
    found = outcomes(text)
    assert doubts(found) == []
    assert ("W1", "通过") in grades(found) and ("W2", "通过") in grades(found)


def test_second_total_column_is_no_part() -> None:
    head = "科目编码\t科目名称\t总计\t合计\t基本支出\t项目支出\n"
    rows = "\t合计\t300.00\t300.00\t200.00\t100.00\n204\t公共安全支出\t300.00\t300.00\t200.00\t100.00\n"
    assert doubts(outcomes(COVER + table("支出总表", rows, "表3", head))) == []


def test_two_columns_of_one_header_are_both_parts() -> None:
    """Such a header, read from a damaged page, once sent the search for groups into an endless recursion."""
    head = "科目编码\t科目名称\t合计\t基本支出\t基本支出\t项目支出\n"
    rows = "\t合计\t300.00\t100.00\t100.00\t100.00\n204\t公共安全支出\t300.00\t100.00\t100.00\t100.00\n"
    assert grades(outcomes(COVER + table("支出总表", rows, head=head)))["W4", "通过"] == 2


def test_longer_header_beside_its_own_group() -> None:
    table = AmountTable("支出总表", TableContext("x" * 16, 1, unit="元"))
    line = Row(1, direction="支出", code="204", name="公共安全支出", level="类")
    line.table = table
    headers = (("合计", 6), ("基本支出", 1), ("基本支出", 2), ("基本支出/人员经费", 3))
    for number, (header, value) in enumerate(headers, start=1):
        column = Column(number, number, 1, tuple(header.split("/")), "measure", measure=header)
        amount = Amount(line, column, Decimal(value), Decimal(1), str(value), precision=Decimal(1))
        line.amounts.append(amount)
    table.rows.append(line)
    assert [i.difference for i in identities.row(table, {})] == [0]
