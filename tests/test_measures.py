"""The measure of a table that prints none: agreement with other tables, then the majority, then unknown."""

from __future__ import annotations

from decimal import Decimal

from parsers.parse import ParsedTable
from tests.truth import extracted

COVER = "东湖市司法局2024年部门预算\n"
VISITS = "表1\n三公经费支出表\n单位：万元\n合计\t因公出国(境)费\t公务接待费\n12.00\t4.00\t8.00\n\n"
HEAD = "科目编码\t科目名称\t合计\t基本支出\t项目支出\n"
FUND = "\t合计\t5234567.89\t\t5234567.89\n212\t城乡社区支出\t5234567.89\t\t5234567.89\n"


def tables(text: str) -> dict[str | None, ParsedTable]:
    return {t.number: t for t in extracted((COVER + text).encode(), ".txt")[1].tables}


def spending(
    number: str, title: str, unit: str | None, total: str, code: str = "204", name: str = "公共安全支出"
) -> str:
    measure = f"单位：{unit}\n" if unit else ""
    return f"{number}\n{title}\n{measure}{HEAD}\t合计\t{total}\t\t{total}\n{code}\t{name}\t{total}\t\t{total}\n\n"


def test_a_table_takes_the_measure_with_which_its_total_is_that_of_another() -> None:
    """Its neighbour prints 万元; the same total stands in a table printed in 元."""
    found = tables(
        VISITS
        + spending("表2", "支出总表", None, "5234567.89")
        + spending("表3", "一般公共预算支出表", "元", "5,234,567.89")
    )
    assert found["表2"].unit == "元"
    assert {a.value for a in found["表2"].parsed.amounts["支出总表"].amounts()} == {Decimal("5234567.89"), None}
    assert all("单位推断" in a.marks for a in found["表2"].parsed.amounts["支出总表"].amounts() if a.value)


def test_agreement_rounds_the_finer_to_the_coarser() -> None:
    found = tables(
        VISITS.replace("万元", "元")
        + spending("表2", "支出总表", None, "523.46")
        + spending("表3", "一般公共预算支出表", "元", "5,234,567.89")
    )
    assert found["表2"].unit == "万元"


def test_a_table_that_prints_the_odd_measure_gives_it_to_none() -> None:
    """All that print one print 万元, but the total is that of a table in 万元 only if this one is in 元."""
    found = tables(
        spending("表1", "支出总表", None, "5,234,500.00") + spending("表2", "一般公共预算支出表", "万元", "523.45")
    )
    assert found["表1"].unit == "元"


def test_where_nothing_agrees_the_majority_tells() -> None:
    found = tables(
        VISITS
        + spending("表2", "支出总表", None, "77.31")
        + spending("表3", "一般公共预算支出表", "元", "5,234,567.89")
        + spending("表4", "政府性基金预算支出表", "元", "41,234.56", "212", "城乡社区支出")
    )
    assert found["表2"].unit == "元"


def test_where_two_measures_are_as_usual_it_is_unknown() -> None:
    found = tables(
        VISITS
        + spending("表2", "支出总表", None, "77.31")
        + spending("表3", "一般公共预算支出表", "元", "5,234,567.89")
    )
    assert found["表2"].unit is None
    amounts = [a for a in found["表2"].parsed.amounts["支出总表"].amounts() if a.text]
    assert {a.value for a in amounts} == {Decimal("77.31")}
    assert all("单位未知" in a.marks and a.unit is None for a in amounts)


def test_tables_keep_their_places() -> None:
    parsed = extracted((COVER + spending("表2", "支出总表", None, "77.31") + VISITS).encode(), ".txt")[1]
    assert [(t.ordinal, t.number) for t in parsed.tables] == [(1, "表2"), (2, "表1")]
