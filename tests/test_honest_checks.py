"""What was not understood, not tested or not proved is a finding or a note, and unlike things are not compared."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from extract.paper.stitching import join
from parsers.checking.checker import Checker
from parsers.checking.identities import tree
from parsers.checking.verdicts import untested_note, untested_rules
from parsers.narrative.figures import paragraphs
from parsers.narrative.narrative import LinkedNarrative
from parsers.parse import parse_stream
from parsers.records import Record
from parsers.specs.model import InsideRule
from parsers.values import Amount, AmountTable, Column, Row, TableContext
from tests.test_checks import COVER, HEAD, ROWS, checker_of, doubts, grades, outcomes, records, table
from tests.truth import extracted

PHASES = "科目编码\t科目名称\t2024年年初预算数\t2024年调整预算数\t2024年决算数\n"


def rules_of(found: list[Record], grade: str) -> Counter[str]:
    return Counter(r["规则"] for r in found if r["等级"] == grade)


def test_columns_of_other_phases_are_no_parts() -> None:
    rows = "\t合计\t300.00\t310.00\t305.00\n204\t公共安全支出\t200.00\t210.00\t205.00\n205\t教育支出\t100.00\t100.00\t100.00\n"
    found = outcomes(COVER.replace("部门预算", "部门决算") + table("支出决算表", rows, head=PHASES))
    assert doubts(found) == []
    assert "W4" not in {t.rule for t in found}


def test_sides_balance_within_one_year_and_phase() -> None:
    head = "收入\t\t\t支出\t\t\n项目\t2023年执行数\t2024年预算数\t项目\t2023年执行数\t2024年预算数\n"
    rows = "一、税收收入\t70.00\t80.00\t一、教育支出\t70.00\t81.00\n收入总计\t70.00\t80.00\t支出总计\t70.00\t81.00\n"
    found = [t for t in outcomes(COVER + table("收支总表", rows, head=head)) if t.rule == "W2"]
    years = Counter((t.cell.column.year, t.grade) for t in found)
    assert years == {(2023, "通过"): 1, (2024, "矛盾"): 1}


def test_a_column_whose_children_are_all_blank_is_not_tested() -> None:
    rows = ROWS.replace("20406\t司法\t200.00\t100.00\t100.00", "20406\t司法\t200.00\t100.00\t")
    rows = rows.replace("2040604\t基层司法业务\t100.00\t\t100.00", "2040604\t基层司法业务\t100.00\t\t")
    found = outcomes(COVER + table("支出总表", rows))
    assert not [t for t in found if t.cell.row.code == "204" and t.cell.measure == "项目支出" and t.rule == "W3"]


def row_of(table: AmountTable, number: int, *values: int) -> Row:
    row = Row(number, name=f"第{number}行")
    row.table = table
    for n, value in enumerate(values, start=3):
        column = Column(n, n, 1, (f"列{n}",), "measure", measure=f"列{n}")
        row.amounts.append(Amount(row, column, Decimal(value), Decimal(1), str(value), "元", precision=Decimal(1)))
    table.rows.append(row)
    return row


def test_a_part_that_prints_only_some_columns_leaves_a_row_out() -> None:
    """400 = 260 + 140 over 260 alone: the sum that is short is short by what the row alone prints."""
    head = "表3\n支出总表\n单位：万元\n科目编码\t科目名称\t合计\t基本支出\t项目支出\n"
    rows = "204\t公共安全支出\t400.00\t260.00\t140.00\n20402\t公安\t400.00\t260.00\t140.00\n2040201\t行政运行\t260.00\t260.00\t\n"
    made = [t for t in outcomes(COVER + head + rows + "合计\t\t400.00\t260.00\t140.00\n") if t.rule == "W3"]
    assert [t.grade for t in made if t.grade != "通过"] == []
    assert [t.note for t in made if t.note.startswith("提示")] == ["提示：公安下级未列全"]


@pytest.mark.parametrize(
    ("values", "notices", "differences"),
    [((500, 300), 1, [300]), ((500, 100), 0, [300, 0]), ((500, 50), 0, [300, -50])],
)
def test_parts_not_all_printed_are_said_once(values: tuple[int, ...], notices: int, differences: list[int]) -> None:
    """Less in several columns and more in none: a row is left out.  Else a cell is wrong."""
    table = AmountTable("支出总表", TableContext("x" * 16, 1))
    above, *below = row_of(table, 1, *values), row_of(table, 2, 100, 50), row_of(table, 3, 100, 50)
    above.children, above.leaf = below, False
    found = list(tree(table, InsideRule("W3", "", "tree")))
    assert [i.difference for i in found] == differences
    assert sum(i.what.startswith("提示") for i in found) == notices


def test_levels_that_nothing_proves_are_doubtful() -> None:
    """Rows that follow one another and make the difference are ours to misread as well as theirs to misprint."""
    rows = "合计\t300.00\n甲项目\t100.00\n乙项目\t150.00\n丙项目\t50.00\n丁项目\t80.00\n戊项目\t70.00\n"
    found = doubts(outcomes(COVER + table("支出总表", rows, head="项目\t2024年预算数\n")))
    assert {t.grade for t in found} == {"存疑"}
    assert all("相连几行" in t.note for t in found)
    rows = rows.replace("300.00", "307.00")  # a flat list has no levels to misread
    assert {t.grade for t in doubts(outcomes(COVER + table("支出总表", rows, head="项目\t2024年预算数\n")))} == {"矛盾"}


def test_an_unknown_table_with_money_is_a_finding() -> None:
    found = records(COVER + "附表9\n国有资产分布一览表\n单位：万元\n地区\t价值\n东\t1,234.50\n西\t2,345.60\n")
    (finding,) = [r for r in found if r["规则"] == "T1"]
    assert (finding["等级"], finding["数据集"], finding["表序"]) == ("存疑", "未识别表", 1)
    assert "2 个金额" in finding["说明"]


@pytest.mark.parametrize(("other", "findings"), [("100.00", 0), ("77.00", 1)])
def test_a_column_under_unknown_words_is_a_finding_unless_sums_prove_it(other: str, findings: int) -> None:
    head = "科目编码\t科目名称\t合计\t基本支出\t某某机动款\n"
    rows = f"204\t公共安全支出\t200.00\t100.00\t{other}\n"
    found = records(COVER + table("支出总表", rows, head=head))
    assert rules_of(found, "存疑")["T2"] == findings


@pytest.mark.parametrize(("head", "findings"), [("合计\t小计\t人员经费\n", 1), ("合计\t人员经费\t公用经费\n", 0)])
def test_two_totals_under_one_word_are_a_finding(head: str, findings: int) -> None:
    """A header whose words stand over more columns than their own gave two 指标 that no page prints, in silence."""
    head = f"科目编码\t科目名称\t基本支出\t\t\n\t\t{head}"
    found = records(COVER + table("支出总表", head=head))
    assert rules_of(found, "存疑")["T6"] == findings


@pytest.mark.parametrize(("amounts", "findings"), [("100.00\t", 1), ("\t100.00", 0), ("\t", 0)])
def test_a_total_alone_beside_its_parts_is_a_finding(amounts: str, findings: int) -> None:
    """Numbers that moved to the column beside theirs left the total behind, and no sum could be tested."""
    rows = ROWS.replace("\n", "\t\n").replace("200.00\t100.00\t\n", f"200.00\t{amounts}\n", 1)
    rows = rows.replace("100.00\t100.00\t\n", "100.00\t\t100.00\n").replace("\t\t100.00\t\n", "\t\t\t100.00\n")
    head = HEAD.replace("项目支出", "项目支出\t事业单位经营支出")
    found = records(COVER + table("支出总表", rows, head=head))
    assert rules_of(found, "存疑")["T7"] == findings


def test_what_could_not_be_tested_is_named() -> None:
    rows = ROWS.split("\n", 1)[1]  # no total row
    checker = checker_of(COVER + table("支出总表", rows), None)
    assert checker.untested_of(1) == ""
    checker.tested()
    assert checker.untested_of(1) == "未核对：W10 无合计行"
    whole = checker_of(COVER + table("支出总表"), None)
    whole.tested()
    assert whole.untested_of(1) == ""


def test_equal_totals_in_unlike_measures_are_a_finding() -> None:
    text = COVER + table("支出总表") + table("一般公共预算支出表", number="表5").replace("单位：万元", "单位：元")
    text = text.replace("300.00", "312.46").replace("200.00\t100.00\n204", "200.00\t112.46\n204", 2)
    found = [r for r in records(text) if r["规则"] == "U1"]
    assert [(r["等级"], r["表序"], r["公布值"]) for r in found] == [("存疑", 2, None)]
    assert "表3" in found[0]["说明"] and "表5" in found[0]["说明"] and "万元" in found[0]["说明"]


def linked(text: str) -> LinkedNarrative:
    document = extracted(text.encode(), ".txt")[0]
    stream = parse_stream(document, "0" * 16, join)
    checker = Checker("0" * 16, stream.info.kind, stream.info.year)
    for found in stream.tables:
        checker.take(found.parsed)
    narrative = LinkedNarrative("0" * 16, stream.info.year, stream.info.organisation)
    narrative.read(paragraphs(stream.lines), checker.book)
    return narrative


def test_a_figure_of_one_fund_is_not_that_of_all() -> None:
    text = (
        COVER
        + table("支出总表")
        + "三、支出预算安排情况\n2024年政府性基金预算按用途划分，基本支出20万元，项目支出10万元。\n"
    )
    assert [t.cell for t in linked(text).linked] == [None, None]
    assert linked(text.replace("政府性基金预算按用途划分，", "")).linked[0].cell is not None


def test_a_change_behind_brackets_is_of_the_amount_before_them() -> None:
    text = (
        COVER
        + table("支出总表")
        + "三、支出情况\n2024年支出预算300万元（基本支出200万元，项目支出100万元），比上年减少100万元，下降25%。\n"
    )
    assert [(v.rule, v.grade) for v in linked(text).verdicts() if v.rule == "N2"] == [("N2", "通过")]


def test_narrative_checks_carry_the_cell_and_the_code() -> None:
    sentence = (
        "公共安全支出（类）司法（款）行政运行（项）2024年预算数100.00万元，比2023年预算增加20.00万元，增长25%。\n"
    )
    rows = linked(COVER + table("一般公共预算支出表") + "一、使用情况\n" + sentence).checks()
    assert {r["规则"]: (r["表序"], r["列号"], r["科目编码"]) for r in rows} == {
        "N1": (1, 3, "2040601"), "N2": (1, 3, "2040601"),
    }  # fmt: skip


def test_the_code_is_known_where_the_amount_is_of_another_basis() -> None:
    sentence = "公共安全支出（类）司法（款）行政运行（项）年初预算为95.00万元。\n"
    (row,) = linked(COVER + table("一般公共预算支出表") + "一、使用情况\n" + sentence).rows()
    assert (row["科目编码"], row["对应数据集"]) == ("2040601", None)


def test_grades_of_a_clean_table_are_all_passed() -> None:
    assert {grade for _, grade in grades(outcomes(COVER + table("支出总表", head=HEAD)))} == {"通过"}


def test_words_of_a_scope_inside_a_name_do_not_part_a_sum() -> None:
    head = "地区\t合计\t返还性支出\t县级基本财力保障奖补资金\t结算补助\n"
    rows = "合计\t60.00\t10.00\t20.00\t30.00\n东湖区\t60.00\t10.00\t20.00\t30.00\n"
    found = outcomes(COVER + table("一般性转移支付分地区决算表", rows, head=head))
    assert [(t.grade, len(t.identity.parts)) for t in found if t.rule == "W4"] == [("通过", 3), ("通过", 3)]


def test_a_column_that_is_a_sum_in_no_row_is_doubtful() -> None:
    rows = "".join(f"20{n}\t公共安全支出\t9{n}.00\t10.00\t20.00\n" for n in (3, 4, 5, 7))
    found = [t for t in outcomes(COVER + table("支出总表", rows)) if t.rule == "W4"]
    assert {t.grade for t in found} == {"存疑"}
    one = ROWS.replace(
        "2080505\t机关事业单位基本养老保险缴费支出\t100.00", "2080505\t机关事业单位基本养老保险缴费支出\t900.00"
    )
    assert {t.grade for t in outcomes(COVER + table("支出总表", one)) if t.grade != "通过"} == {"矛盾"}


def test_the_rules_of_a_note_are_read_back() -> None:
    note = untested_note([("W4", "无合计列"), ("W10", "无合计行"), ("W10", "无合计行")])
    assert untested_rules(f"列头 3/4；{note}") == ["W4", "W10"]
    assert untested_rules("列头 3/4") == []


def test_the_rows_below_a_sum_are_those_that_make_it_in_every_column() -> None:
    """The first three rows make the sum in two columns of three; the fourth has a figure in the third only."""
    head = "项目\t预算数\t执行数\t2023年执行数\n"
    rows = "合计\t100.00\t60.00\t90.00\n城乡社区支出\t60.00\t30.00\t50.00\n征地拆迁\t10.00\t5.00\t10.00\n土地开发\t20.00\t5.00\t10.00\n"
    rows += "公共设施\t30.00\t20.00\t\n国债安排\t\t\t30.00\n农林水支出\t40.00\t30.00\t40.00\n移民补助\t15.00\t10.00\t20.00\n水利建设\t25.00\t20.00\t20.00\n"
    found = outcomes(COVER + table("政府性基金预算支出表", rows, head=head))
    assert doubts(found) == []
    assert {len(t.identity.parts) for t in found if t.cell.row.name == "城乡社区支出"} == {4}


@pytest.mark.parametrize(
    ("words", "verdicts"),
    [
        ("支出300万元，其中：基本支出200万元，占60%", 1),
        ("支出300万元，安排项目20万元，争取债券100万元（占到期本金的90%）", 0),
        ("支出300万元，其中：安排债券100万元（占到期本金的90%）", 0),
        ("工资300万元，公用经费23万元，占比3.2%", 0),
        ("支出300万元，教育支出100万元，占33.93%", 1),  # a slip of the pen
    ],
)
def test_a_share_of_what_is_not_printed_is_not_tested(words: str, verdicts: int) -> None:
    found = linked(COVER + table("支出总表") + f"五、其他情况\n2024年安排{words}。\n").verdicts()
    assert sum(v.rule == "N4" and v.grade == "矛盾" for v in found) == verdicts


def test_rows_that_are_missing_in_several_columns_are_doubtful() -> None:
    rows = "合计\t100.00\t90.00\n甲项目\t30.00\t20.00\n乙项目\t31.00\t23.00\n"
    head = "项目\t2024年预算数\t2024年执行数\n"
    assert {t.grade for t in doubts(outcomes(COVER + table("支出总表", rows, head=head)))} == {"存疑"}
