"""The narrative: paragraphs under their chapters, figures with what they are said of, and what must agree."""

from __future__ import annotations

from decimal import Decimal

import pytest
import regex

from extract.doors import read_document
from extract.paper.model import Box, Chunk, Line
from extract.paper.stitching import join
from parsers.checking.checker import Checker
from parsers.narrative.figures import Paragraph, figures, paragraphs
from parsers.narrative.narrative import LinkedNarrative
from parsers.parse import parse_stream
from tests.test_checks import COVER, HEAD, ROWS
from tests.truth import extracted

TABLES = (
    "表1\n收支总表\n单位：万元\n收入\t\t支出\t\n项目\t预算数\t项目\t预算数\n一、财政拨款收入\t300.00\t一、公共安全支出\t200.00\n"
    "\t\t二、社会保障和就业支出\t100.00\n收入总计\t300.00\t支出总计\t300.00\n"
    f"表3\n支出总表\n单位：万元\n{HEAD}{ROWS}\n表5\n一般公共预算支出表\n单位：万元\n{HEAD}{ROWS}\n"
)
NARRATIVE = "第三部分 东湖市司法局2024年部门预算情况说明\n"


def linked_narrative(text: str, more_tables: str = "") -> LinkedNarrative:
    document = read_document((COVER + TABLES + more_tables + NARRATIVE + text).encode(), ".txt", "pdfium")
    stream = parse_stream(document, "0" * 16, join)
    checker = Checker("0" * 16, stream.info.kind, stream.info.year)
    for table in stream.tables:
        checker.take(table.parsed)
    found = LinkedNarrative("0" * 16, stream.info.year, stream.info.organisation)
    found.read(paragraphs(stream.lines), checker.book)
    return found


def verdicts(text: str) -> list[tuple[str, str, str]]:
    return [(v.rule, v.grade, v.linked.figure.printed) for v in linked_narrative(text).verdicts()]


def read(text: str) -> list[tuple[str, str, Decimal, int]]:
    found = figures(Paragraph(None, None, 1, text, None), regex.compile("上年"), 2024, None)
    return [(f.kind, f.words, f.number, f.sign) for f in found]


def test_kinds_of_figures() -> None:
    assert read("2024年收支总预算3582.93万元。比2023年预算增加707.96万元，增长24.63%，占100%。") == [
        ("金额", "收支总预算", Decimal("3582.93"), 1), ("增减额", "", Decimal("707.96"), 1),
        ("增减率", "", Decimal("24.63"), 1), ("占比", "", Decimal("100"), 1),
    ]  # fmt: skip


def test_an_ordinal_is_no_part_of_a_path() -> None:
    found = figures(
        Paragraph(None, None, 1, "1.教育支出（类）普通教育（款）小学教育（项）20.00万元", None),
        regex.compile("上年"),
        2024,
        None,
    )
    assert next(iter(found)).path == ("教育支出", "普通教育", "小学教育")


def test_a_total_named_by_its_budget_is_compared() -> None:
    text = "二、一般公共预算支出情况\n2024年一般公共预算支出310.00万元，按功能分类编制。\n"
    assert [v[1] for v in verdicts(text)] == ["矛盾"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("其中：一般公共预算财政拨款收入 3,582.93 万元", "一般公共预算财政拨款收入"),
        ("1. 因公出国（境）费 0 万元", "因公出国(境)费"),
        ("公务用车购置及运行维护费4万元", "公务用车购置及运行维护费"),
        ("本部门2024年度支出预算为120万元", "支出预算"),
        ("（公务用车购置费 0 万元", "公务用车购置费"),
    ],
)
def test_words_before_a_figure(text: str, words: str) -> None:
    assert read(text)[0][1] == words


def test_fall_has_a_sign() -> None:
    assert read("合计358.55万元，比上年度减少544.05万元，下降60.28%")[1:] == [
        ("增减额", "", Decimal("544.05"), -1), ("增减率", "", Decimal("60.28"), -1),
    ]  # fmt: skip


ITEM = "公共安全支出（类）司法（款）行政运行（项）2024年预算数{now}万元，比2023年预算增加{more}万元，增长{rate}%。\n"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("一、收支总体情况\n2024年收支总预算300万元。\n", [("N1", "通过", "300万元")]),
        ("一、收支总体情况\n2024年收支总预算310万元。\n", [("N1", "矛盾", "310万元")]),
        ("一、收支总体情况\n2023年收支总预算310万元。\n", []),  # another year's figure
        ("一、使用情况\n" + ITEM.format(now="100.00", more="20.00", rate="25"), [("N1", "通过", "100.00万元"), ("N2", "通过", "25%")]),
        ("一、使用情况\n" + ITEM.format(now="90.00", more="20.00", rate="28.57"), [("N1", "矛盾", "90.00万元"), ("N2", "通过", "28.57%")]),
        ("一、使用情况\n" + ITEM.format(now="100.00", more="20.00", rate="20"), [("N1", "通过", "100.00万元"), ("N2", "矛盾", "20%")]),
        ("一、使用情况\n" + ITEM.format(now="100.00", more="20.00", rate="25.01"), [("N1", "通过", "100.00万元"), ("N2", "尾差", "25.01%")]),
        # a base of nought has no rate
        ("一、使用情况\n" + ITEM.format(now="100.00", more="100.00", rate="100"), [("N1", "通过", "100.00万元")]),
        ("三、支出预算安排情况\n2024年支出预算300万元，其中：基本支出200万元，占66.67%；项目支出100万元，占33.33%。\n",
         [("N1", "通过", "300万元"), ("N1", "通过", "200万元"), ("N1", "通过", "100万元"), ("N4", "通过", "66.67%"), ("N4", "通过", "33.33%")]),
        ("三、支出预算安排情况\n2024年支出预算300万元，其中：基本支出200万元，占60.67%。\n",
         [("N1", "通过", "300万元"), ("N1", "通过", "200万元"), ("N4", "矛盾", "60.67%")]),
        ("五、采购\n2024年政府采购预算支出合计358.55万元。其中：货物类5.55万元，服务类353万元。\n", [("N5", "通过", "358.55万元")]),
        ("五、采购\n2024年政府采购预算支出合计368.55万元。其中：货物类5.55万元，服务类353万元。\n", [("N5", "矛盾", "368.55万元")]),
        ("五、采购\n2024年政府采购预算总额0万元，其中：货物类0万元，工程类0万元，服务类0万元。\n", [("N5", "通过", "0万元")]),
    ],
)  # fmt: skip
def test_figures_against_cells_and_each_other(text: str, wanted: list[tuple[str, str, str]]) -> None:
    assert sorted(verdicts(text)) == sorted(wanted)


def test_sum_of_changes_takes_the_cell_where_the_figure_is_wrong() -> None:
    """One wrong amount is named once; the sum of the changes is tested as if it were right."""
    text = "五、一般公共预算支出安排情况\n2024年一般公共预算拨款300万元，比2023年预算增加40万元，增长15.38%。\n"
    text += ITEM.format(
        now="130.00", more="30.00", rate="30"
    )  # the table: 100, so nothing more than 100 the year before
    text += (
        "公共安全支出（类）司法（款）基层司法业务（项）2024年预算数100.00万元，比2023年预算增加20.00万元，增长25%。\n"
    )
    text += "社会保障和就业支出（类）行政事业单位养老支出（款）机关事业单位基本养老保险缴费支出（项）2024年预算数100.00万元，比2023年预算增加20.00万元，增长25%。\n"
    found = verdicts(text)
    assert [v for v in found if v[1] == "矛盾"] == [("N1", "矛盾", "130.00万元")]
    assert ("N3", "通过", "40万元") in found


def test_rows_of_figures() -> None:
    rows = linked_narrative("一、使用情况\n" + ITEM.format(now="100.00", more="20.00", rate="25")).rows()
    assert [(r["类型"], r["科目编码"], r["数值"], r["数值单位"], r["方向"], r["上年推算"]) for r in rows] == [
        ("金额", "2040601", Decimal("100.00"), "万元", None, None),
        ("增减额", "2040601", Decimal("20.00"), "万元", "增加", Decimal(800000)),
        ("增减率", "2040601", Decimal(25), "%", "增加", None),
    ]
    assert (rows[0]["对应数据集"], rows[0]["对应指标"]) == ("一般公共预算支出表", "合计")


def test_paragraphs_of_text_stand_under_their_chapters() -> None:
    text = (
        "一、收支总体情况\n第一段的话到此为止。\n（一）收入\n第二段的话由于换页而从中间断开，后面的话\n接在下一行。\n"
    )
    document = read_document((COVER + TABLES + NARRATIVE + text).encode(), ".txt", "pdfium")
    found = [(p.part, p.chapter, p.number, p.text) for p in paragraphs(parse_stream(document, "x", join).lines)]
    assert found == [
        (NARRATIVE.strip(), "一、收支总体情况", 1, "第一段的话到此为止。"),
        (NARRATIVE.strip(), "一、收支总体情况/（一）收入", 1, "第二段的话由于换页而从中间断开，后面的话接在下一行。"),
    ]


def test_paragraphs_of_paper_go_by_indent_and_line_length() -> None:
    def line(text: str, x0: float, x1: float, top: float) -> Line:
        box = Box(x0, top, x1, top + 10)
        return Line((Chunk(text, box),), 1, box, 10.0)

    lines = [
        line("这一段的第一行缩进两格直到右边", 70, 500, 10), line("这一段的末行。", 50, 120, 25),
        line("另一段也缩进两格直到右边的尽头", 70, 500, 40), line("而且其中一行以句号结束到右边。", 50, 500, 55),
        line("它还在继续。", 50, 110, 70), line("没有缩进但前一行是短行", 50, 300, 85),
    ]  # fmt: skip
    assert [p.text for p in paragraphs(lines)] == [
        "这一段的第一行缩进两格直到右边这一段的末行。",
        "另一段也缩进两格直到右边的尽头而且其中一行以句号结束到右边。它还在继续。",
        "没有缩进但前一行是短行",
    ]


def test_contents_and_captions_are_no_paragraphs() -> None:
    contents = "目录\n第一部分 概况\n第三部分 情况说明\n一、收支总体情况……3\n第一部分 概况\n一、主要职责\n贯彻执行司法行政工作的方针政策。\n"
    document = read_document((COVER + contents + TABLES).encode(), ".txt", "pdfium")
    assert [p.text for p in paragraphs(parse_stream(document, "x", join).lines)] == ["贯彻执行司法行政工作的方针政策。"]


def test_narrative_of_the_samples_is_extracted() -> None:
    parsed = extracted((COVER + TABLES).encode(), ".txt")[1]
    assert [t.dataset for t in parsed.tables] == ["收支总表", "支出总表", "一般公共预算支出表"]


@pytest.mark.parametrize(("names", "note"), [("办公费、水费等", "所列 2 项"), ("办公费、差旅费等", "提示：")])
def test_named_items_of_basic_spending(names: str, note: str) -> None:
    basic = (
        "表6\n一般公共预算基本支出表\n单位：万元\n科目编码\t科目名称\t合计\t人员经费\t公用经费\n\t合计\t200.00\t170.00\t30.00\n"
        "301\t工资福利支出\t170.00\t170.00\t\n30101\t基本工资\t170.00\t170.00\t\n302\t商品和服务支出\t30.00\t\t30.00\n"
        "30201\t办公费\t20.00\t\t20.00\n30205\t水费\t10.00\t\t10.00\n"
    )
    found = linked_narrative(f"六、一般公共预算基本支出安排情况\n公用经费30万元，主要用于：{names}。\n", basic)
    (verdict,) = [v for v in found.verdicts() if v.rule == "N7"]
    assert verdict.grade == "通过"
    assert note in verdict.note
