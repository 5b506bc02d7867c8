"""Tables without rulings: rows and columns by alignment, headers that stand centred over what they head."""

from __future__ import annotations

import pytest

from extract.paper.model import Box, Chunk, Line, TablePart, Word
from extract.paper.ruled.cells import NARROW_GAP, make_lines
from extract.paper.unruled.alignment import ALIGNED, find_aligned

SIZE = 10.0


def line(y: float, *runs: tuple[float, str]) -> Line:
    """A printed line of runs that begin at these x; an ideograph is as wide as the size, a digit half of it."""
    made = []
    for x, text in runs:
        width = sum(SIZE if ord(c) > 0x2000 else SIZE / 2 for c in text)
        made.append(Chunk(text, Box(x, y, x + width, y + SIZE)))
    return Line(tuple(made), 1, Box(made[0].bbox.x0, y, made[-1].bbox.x1, y + SIZE), SIZE)


def right(x: float, text: str) -> tuple[float, str]:
    return x - len(text) * SIZE / 2, text


def rows(lines: list[Line], close: list[Line] | None = None) -> list[list[tuple[int, int, str]]]:
    (table,) = (b for b in find_aligned(lines, 1, close) if isinstance(b, TablePart))
    assert all(cell.marks == (ALIGNED,) for cell in table.cells)
    return [[(c.col, c.colspan, c.text) for c in table.cells if c.row == r and c.text] for r in range(table.nrows)]


BODY = [
    line(60 + 15 * i, (50, code), (150, name), right(400, amount), right(500, amount))
    for i, (code, name, amount) in enumerate(
        [("201", "一般公共服务支出", "1,200.00"), ("20106", "财政事务", "1,200.00"), ("2010601", "行政运行", "1,000.00"),
         ("2010602", "一般行政管理事务", "200.00")]
    )
]  # fmt: skip


def test_header_centred_over_columns_makes_no_columns_of_its_own() -> None:
    """The code column is wide: its centred header overlaps no code that stands at its left edge."""
    head = line(40, (90, "科目编码"), (260, "科目名称"), (340, "合计"), (455, "项目支出"))
    table = rows([head, *BODY])
    assert table[0] == [(0, 1, "科目编码"), (1, 1, "科目名称"), (2, 1, "合计"), (3, 1, "项目支出")]
    assert table[1] == [(0, 1, "201"), (1, 1, "一般公共服务支出"), (2, 1, "1,200.00"), (3, 1, "1,200.00")]


def test_header_over_several_columns_spans_them() -> None:
    def body(y: float, name: str, amount: str) -> Line:
        return line(y, (50, name), *(right(x, amount) for x in (250, 330, 410, 490, 570)))

    lines = [
        line(20, (60, "科目名称"), (225, "合计"), (375, "基本支出"), (535, "项目支出")),
        line(35, (310, "小计"), (375, "人员经费"), (455, "公用经费")),
        *(body(50 + 15 * i, "行政运行", "12.00") for i in range(4)),
    ]
    table = rows(lines)
    assert table[0] == [(0, 1, "科目名称"), (1, 1, "合计"), (2, 3, "基本支出"), (5, 1, "项目支出")]
    assert table[1] == [(2, 1, "小计"), (3, 1, "人员经费"), (4, 1, "公用经费")]


def test_a_line_of_measures_is_a_row_of_the_header() -> None:
    """万元 under each word made 合计, printed as low as 小计, a part of 基本支出."""

    def body(y: float, name: str, amount: str) -> Line:
        return line(y, (50, name), *(right(x, amount) for x in (250, 330, 410, 490, 570)))

    lines = [
        line(-10, (50, "编制单位：某局"), (500, "2025年")),
        line(8, (375, "基本支出")),
        line(21, (60, "科目名称"), (225, "合计"), (535, "项目支出")),
        line(34, (310, "小计"), (375, "人员经费"), (455, "公用经费")),
        line(60, *((x, "万元") for x in (225, 310, 385, 465, 545))),
        *(body(86 + 15 * i, "行政运行", "12.00") for i in range(4)),
    ]
    table = rows(lines)
    assert table[0] == [(0, 1, "科目名称"), (1, 1, "合计"), (2, 3, "基本支出"), (5, 1, "项目支出")]
    assert table[2] == [(c, 1, "万元") for c in range(1, 6)]


def test_a_spaced_word_over_two_columns_with_words_of_their_own_is_one_word() -> None:
    """收　入 over 项目 and 预算数 made two columns of one letter each, and blank rows of both."""
    body = [
        line(60 + 15 * i, (50, name), right(300, "1,234.50"))
        for i, name in enumerate(["一、税收", "二、非税", "三、其他", "合计"])
    ]
    lines = [
        line(10, (50, "编制单位：某局"), (260, "单位：万元")),
        line(25, (160, "收"), (185, "入")),
        line(40, (90, "项目"), (260, "预算数")),
    ]
    table = rows([*lines, *body])
    assert table[:2] == [[(0, 2, "收入")], [(0, 1, "项目"), (1, 1, "预算数")]]


def test_a_word_over_numbers_at_both_sides_heads_one_column() -> None:
    """Long numbers at the left of a column and short ones at its right were two columns, one under the next word."""
    body = [
        line(60 + 15 * i, (50, "201"), (100, "一般公共服务支出"), right(300, "9,712.00"), (400, "1 234.50"))
        for i in range(2)
    ]
    body += [
        line(90 + 15 * i, (50, "205"), (100, "教育支出"), right(300, "712.00"), right(475, "234.50")) for i in range(3)
    ]
    head = line(40, (50, "编码"), (120, "名称"), (270, "合计"), (418, "项目支出"), (480, "经营支出"))
    table = rows([line(20, (50, "编制单位：某局"), (460, "单位：万元")), head, *body])
    assert [t for *_, t in table[1]] == ["201", "一般公共服务支出", "9,712.00", "1 234.50"]
    assert table[4][-1] == (3, 1, "234.50")


@pytest.mark.parametrize(
    ("x", "text", "rows_below"),
    [
        (50, "（五）其他支出", 1),
        (50, "（六）其他支出", 0),  # no ordinal of theirs
        (50, "5.本表数据四舍五入", 0),
        (300, "（五）其他支出", 0),  # not flush with them
        (50, "（五）说明：", 0),
    ],
)
def test_a_last_name_without_amounts_is_a_row(x: float, text: str, rows_below: int) -> None:
    """（十六）其他支出, the last line of a page, stood outside the table, and what the next page goes on with was lost."""
    body = [
        line(60 + 15 * i, (50, f"（{n}）某项支出"), right(300, "1,234.50"), right(400, "1,234.50"))
        for i, n in enumerate("一二三四")
    ]
    blocks = find_aligned([*body, line(120, (x, text))], 1)
    (table,) = (b for b in blocks if isinstance(b, TablePart))
    assert table.nrows == 4 + rows_below


def test_a_number_wrapped_beside_whole_ones_stays_in_its_row() -> None:
    """The first line of 17,807.52 went to the header and its last digit to a note: 17,807.5 in silence."""
    body = [
        row
        for y in (60, 90, 120)
        for row in (
            line(y, right(300, "17,807.5")),
            line(y + 6, (50, "301"), (100, "某局"), right(400, "9,070.22")),
            line(y + 12, right(300, "2")),
        )
    ]
    head = line(40, (50, "编码"), (100, "名称"), (262, "合计"), (362, "基本支出"))
    table = rows([line(20, (50, "编制单位：某局"), (360, "单位：万元")), head, *body])
    assert table[0] == [(0, 1, "编码"), (1, 1, "名称"), (2, 1, "合计"), (3, 1, "基本支出")]
    assert [row[2] for row in table[1:]] == [(2, 1, "17,807.5\n2")] * 3


def test_words_set_letter_under_letter_stand_beside_each_other() -> None:
    """基金 and 资本 in two narrow columns were read across, 基资 over 金本."""
    head = [line(20 + 11 * i, (310, a), (335, b)) for i, (a, b) in enumerate(zip("政府基金", "国有资本", strict=True))]
    head[2] = line(42, (50, "编码"), (100, "名称"), (262, "合计"), (310, "基"), (335, "资"))
    body = [line(70 + 15 * i, (50, "201"), (100, "某项支出"), right(290, "9,070.22")) for i in range(4)]
    table = rows([line(0, (50, "编制单位：某局"), (300, "单位：万元")), *head, *body])
    assert [text for *_, text in table[0]] == ["编码", "名称", "合计", "政\n府\n基\n金", "国\n有\n资\n本"]


def test_a_measure_under_its_caption_is_no_header_word() -> None:
    """单位： over 万元 gave the column below a measure of 万元单位资金, and a table of three rows no caption."""
    head = line(45, (50, "编码"), (100, "名称"), (262, "合计"), (352, "单位资金"))
    body = [
        line(70 + 15 * i, (50, "201"), (100, "某项支出"), right(290, "9,070.22"), right(390, "9,070.22"))
        for i in range(3)
    ]
    table = rows([line(20, (50, "部门：某局"), (360, "单位：")), line(32, (365, "万元")), head, *body])
    assert table[0] == [(0, 1, "编码"), (1, 1, "名称"), (2, 1, "合计"), (3, 1, "单位资金")]


def test_a_title_is_larger_than_all_below_it() -> None:
    """Digits of a smaller font made the first header word a title, and a table of one row none."""
    small = [
        Chunk(c.text, c.bbox._replace(top=c.bbox.top + 1.5))
        for c in line(60, *(right(x, "6,686.15") for x in (100, 200, 300))).chunks
    ]
    head = [
        line(20, (50, "部门：某局")),
        line(32, (205, "用车费")),
        line(45, (60, "合计"), (160, "小计"), (260, "接待费")),
    ]
    (table,) = (
        b
        for b in find_aligned([*head, Line(tuple(small), 1, Box(60, 61.5, 300, 70), 8.5)], 1)
        if isinstance(b, TablePart)
    )
    assert "用车费" in {c.text for c in table.cells}


def test_the_end_of_a_wrapped_measure_is_no_row_of_its_own() -> None:
    """（万 over 元） under one word and （万元） under another: the last lines of those words."""
    body = [line(70 + 15 * i, (50, "201"), *(right(x, "12.00") for x in (250, 330, 410, 490))) for i in range(4)]
    head = [
        line(25, (375, "经营支出"), (455, "补助支出")),
        line(36, (50, "编码"), (220, "合计"), (290, "基本支出"), (380, "（万"), (455, "（万元）")),
        line(47, (385, "元）")),
    ]
    table = rows([line(0, (50, "部门：某局"), (460, "2025年")), *head, *body])
    assert table[0][-2:] == [(3, 1, "经营支出\n（万\n元）"), (4, 1, "补助支出\n（万元）")]


def test_wrapped_header_word_is_one_cell() -> None:
    head = [
        line(25, (355, "事业单位")),
        line(36, (50, "科目编码"), (150, "科目名称"), (355, "经营收入"), (455, "其他收入")),
    ]
    (table,) = (
        b for b in find_aligned([line(10, (50, "项目"), (455, "预算")), *head, *BODY], 1) if isinstance(b, TablePart)
    )
    assert "事业单位\n经营收入" in [c.text for c in table.cells]


def test_a_code_close_before_its_name_is_a_chunk_of_its_own() -> None:
    """A code glued to its name once took the code of the row above in its place."""
    names = ["专项普查活动", "统计管理", "行政运行", "信息事务"]
    lines = [line(60 + 15 * i, (50, f"0{i}{name}"), right(400, "12.00")) for i, name in enumerate(names)]
    assert rows(lines)[:2] == [[(0, 1, f"0{i}"), (1, 1, names[i]), (2, 1, "12.00")] for i in range(2)]


def test_one_code_close_before_its_name_among_others_that_stand_apart() -> None:
    lines = [line(60 + 15 * i, (50, f"201{i}"), (100, "行政运行"), right(400, "12.00")) for i in range(4)]
    lines.append(line(120, (50, "2014行政运行"), right(400, "12.00")))
    assert rows(lines)[4] == [(0, 1, "2014"), (1, 1, "行政运行"), (2, 1, "12.00")]


@pytest.mark.parametrize("amount", ["13,297.11", "1329711"])
@pytest.mark.parametrize("name", ["一、基本支出", "（二）项目支出", "基本支出"])
def test_a_name_that_touches_the_amount_before_it_is_a_chunk_of_its_own(amount: str, name: str) -> None:
    gap = 0.0 if name[0] in "一（" else 5.0
    words = [Word(amount, 50, 60, 95, 70), Word(name, 95 + gap, 60, 95 + gap + 10 * len(name), 70)]
    (narrow,), (wide,) = make_lines(words, 1, NARROW_GAP), make_lines(words, 1)
    assert [chunk.text for chunk in narrow.chunks] == [amount, name]
    assert [chunk.text for chunk in wide.chunks] == [f"{amount}{name}"]


@pytest.mark.parametrize(("number", "after"), [("12.50", "万元以上"), ("2024", "年预算")])
def test_a_unit_stays_with_its_number(number: str, after: str) -> None:
    words = [Word(number, 50, 60, 75, 70), Word(after, 75, 60, 75 + 10 * len(after), 70)]
    (narrow,) = make_lines(words, 1, NARROW_GAP)
    assert [chunk.text for chunk in narrow.chunks] == [f"{number}{after}"]


def test_sentences_with_blanks_around_their_figures_are_no_table() -> None:
    """Figures at the head of a line stand under one another in any text."""
    wide, close = [], []
    for i, head in enumerate(("养老保险收入完成", "医疗保险收入完成", "失业保险收入完成", "工伤保险收入完成")):
        y = 20 + 60 * i
        for texts in (
            [(70, head), (160, "177.9"), (195, "亿元，支出完成")],
            [(50, f"{i}7.90"), (85, "亿元，收支平衡，没有结余。")],
        ):
            close.append(line(y, *texts))
            wide.append(line(y, (texts[0][0], "".join(text for _, text in texts))))
            y += 15
    assert all(isinstance(block, Line) for block in find_aligned(wide, 1, close))


@pytest.mark.parametrize("text", ["2024年预算", "12.50万元以上", "201年", "30个项目"])
def test_figures_of_a_sentence_are_not_parted(text: str) -> None:
    lines = [line(60 + 15 * i, (50, text), right(400, "12.00")) for i in range(5)]
    assert rows(lines)[0] == [(0, 1, text), (1, 1, "12.00")]


def test_columns_that_stand_close() -> None:
    """A name hardly parted from the amount beside it: only the narrow reading of the lines has both."""
    wide = [line(60 + 15 * i, (50, f"20{i}"), (150, "一般公共服务支出1,200.00")) for i in range(4)]
    close = [line(60 + 15 * i, (50, f"20{i}"), (150, "一般公共服务支出"), (235, "1,200.00")) for i in range(4)]
    assert rows(wide, close)[0] == [(0, 1, "200"), (1, 1, "一般公共服务支出"), (2, 1, "1,200.00")]


def test_letters_over_a_column_each_are_no_spaced_word() -> None:
    """类 款 项 became 类款项 over the first column; 合 计 over one column is 合计."""
    head = [
        line(10, (400, "单位：元")),
        line(25, (110, "项目")),
        line(40, (52, "类"), (75, "款"), (98, "项"), (150, "名"), (165, "称"), (340, "合"), (360, "计")),
    ]
    body = [
        line(60 + 15 * i, (50, "201"), (75, "01"), (98, "02"), (120, "行政运行"), (340, "1,200.00")) for i in range(4)
    ]
    table = rows([*head, *body])
    assert table[0] == [(0, 4, "项目"), (4, 1, "合计")]
    assert table[1] == [(0, 1, "类"), (1, 1, "款"), (2, 1, "项"), (3, 1, "名称")]


def test_two_header_words_part_the_columns_between_them() -> None:
    """The widest stretch that the first could head took a column of the second."""
    head = [
        line(20, (130, "项目"), (385, "支出")),
        line(40, (60, "编码"), (200, "名称"), *((x, "合计") for x in (300, 390, 480))),
    ]
    body = [
        line(60 + 15 * i, (50, f"20{i}"), (150, "一般公共服务支出"), *(right(x, "1,200.00") for x in (330, 420, 510)))
        for i in range(4)
    ]
    assert rows([*head, *body])[0] == [(0, 2, "项目"), (2, 3, "支出")]


def test_end_of_a_wrapped_word_over_two_columns_makes_none() -> None:
    """编码 stands between 类 and 款, over neither."""
    head = [
        line(10, (400, "单位：元")),
        line(22, (40, "经济分类科目")),
        line(33, (62, "编码")),
        line(47, (45, "类"), (89, "款"), (150, "科目名称"), (350, "合计")),
    ]
    body = [line(62 + 15 * i, (43, "301"), (90, "01"), (150, "基本工资"), right(380, "1,200.00")) for i in range(4)]
    table = rows([*head, *body])
    assert table[0][0] == (0, 2, "经济分类科目\n编码")
    assert [text for _, _, text in table[1]] == ["类", "款"]


def test_header_over_nothing_is_an_empty_column() -> None:
    head = line(40, (50, "科目编码"), (150, "科目名称"), (360, "合计"), (460, "项目支出"), (560, "经营支出"))
    table = rows([head, *BODY])
    assert table[0][-1] == (4, 1, "经营支出")
    assert [col for col, _, _ in table[1]] == [0, 1, 2, 3]


@pytest.mark.parametrize(("caption", "found"), [("单位：万元", True), ("本单位情况如下", False)])
def test_one_row_is_a_body_where_a_caption_and_a_header_say_so(caption: str, found: bool) -> None:
    lines = [
        line(20, (400, caption)),
        line(40, (100, "合计"), (200, "接待费"), (300, "购置费"), (400, "运行费")),
        line(60, (100, "5.00"), (200, "1.00"), (300, "0.00"), (400, "4.00")),
    ]
    assert any(isinstance(b, TablePart) for b in find_aligned(lines, 1)) is found


def test_a_label_that_wraps_is_one_cell() -> None:
    body = [
        entry
        for i in range(4)
        for entry in (
            line(60 + 40 * i, (50, f"20{i}"), (150, "机关事业单位职业年"), right(400, "12.00"), right(500, "12.00")),
            line(71 + 40 * i, (150, "金缴费支出")),
        )
    ]
    table = rows(body[:-1])
    assert table[0] == [(0, 1, "200"), (1, 1, "机关事业单位职业年\n金缴费支出"), (2, 1, "12.00"), (3, 1, "12.00")]


def test_a_caption_ends_the_table_above_it() -> None:
    second = [
        line(y + 100, *((r.bbox.x0, r.text) for r in part.chunks))
        for y, part in zip(range(60, 120, 15), BODY, strict=True)
    ]
    blocks = find_aligned(
        [*BODY, line(120, (200, "公开02表")), line(135, (50, "部门：某局"), (400, "单位：元")), *second], 1
    )
    assert [type(b).__name__ for b in blocks] == ["TablePart", "Line", "Line", "TablePart"]


def test_amounts_of_a_text_stand_in_no_column() -> None:
    lines = [
        line(
            60 + 15 * i,
            (50, "本年收入"),
            (100 + 37 * i, f"{i}2.00"),
            (180 + 41 * i, "支出"),
            (230 + 53 * i, f"{i}4.50"),
        )
        for i in range(5)
    ]
    assert all(isinstance(b, Line) for b in find_aligned(lines, 1))


def test_a_page_of_a_thousand_columns_is_no_table() -> None:
    """Nor does it take longer than its lines: the words of a header are weighed against each other."""
    lines = [line(15 * i, *((30 * n, f"{n % 7}.00") for n in range(1000))) for i in range(5)]
    assert all(isinstance(b, Line) for b in find_aligned(lines, 1))


def test_one_row_under_the_header_of_the_page_before_is_a_body() -> None:
    """The last row of a table alone on its page was a line of text."""
    head = line(40, (50, "科目编码"), (150, "科目名称"), (360, "合计"), (455, "项目支出"))
    (above,) = find_aligned([head, *BODY], 1)
    assert isinstance(above, TablePart)
    last = [head, BODY[0]]
    assert all(isinstance(b, Line) for b in find_aligned(last, 2))
    (rest,) = find_aligned(last, 2, above=above)
    assert isinstance(rest, TablePart)
    assert rest.nrows == 2


def test_names_of_two_lines_beside_amounts_are_a_column() -> None:
    """No line prints an amount and a name; the word over the names is narrower than they are."""
    head = line(40, (60, "项目编码"), (190, "项目名称"), (370, "合计"), (470, "金额"))
    body = [head]
    for i, (code, name, rest) in enumerate(
        [
            ("420106253000030101", "公共服务平台建设经", "费"),
            ("420106253000030102", "设备更新购置项目经", "费"),
            ("420106253000030103", "专项调查研究费用的", "尾款"),
            ("420106253000030104", "办公楼维修改造经费", "项"),
        ]
    ):
        y = 60 + 30 * i
        body += [
            line(y, (150, name)),
            line(y + 6, (50, code), right(400, "1,200.00"), right(500, "200.00")),
            line(y + 12, (150, rest)),
        ]
    found = rows(body)
    assert len(found) == 5
    assert found[1][:2] == [(0, 1, "420106253000030101"), (1, 1, "公共服务平台建设经\n费")]
