"""Text of tools that lose something: leading tabs, or every tab but the blanks."""

from __future__ import annotations

import unicodedata

import pytest

from extract.doors import read_document
from extract.paper.model import TablePart
from samples.house import Printed, Sample, build
from samples.plain import flat_header, write_text
from tests.truth import expected_of, extracted, found_in

_LOST = 0.12  # share of rows that may go wrong in forms, whose sections lose their headings with their tabs


def _rows(text: str) -> list[list[str]]:
    (table,) = (b for b in read_document(text.encode(), ".txt").pages[0].blocks if isinstance(b, TablePart))
    rows: list[list[str]] = [[] for _ in range(table.nrows)]
    for cell in table.cells:
        rows[cell.row].append(cell.text + ("*" if cell.marks else ""))
    return rows


def test_rows_move_to_the_columns_that_hold_their_like() -> None:
    text = (
        "科目编码\t科目名称\t合计\t基本支出\t\t项目支出\n小计\t人员经费\n合计\t9.00\t6.00\t5.00\t3.00\n"
        "201\t一般公共服务支出\t4.00\t4.00\t4.00\n205\t教育支出\t5.00\t2.00\t1.00\t3.00\n"
    )
    assert _rows(text)[1:3] == [
        ["", "", "", "小计*", "人员经费*", ""], ["", "合计*", "9.00*", "6.00*", "5.00*", "3.00*"],
    ]  # fmt: skip


def test_items_go_on_in_their_own_column() -> None:
    text = (
        "收入\t\t支出\t\n项目\t预算数\t项目\t预算数\n一、拨款收入\t5.00\t一、教育支出\t1.00\n二、事业收入\t\t二、卫生支出\t1.00\n"
        "三、住房支出\t2.00\n四、农林水支出\n五、其他支出\t1.00\n收入总计\t5.00\t支出总计\t5.00\n"
    )
    assert _rows(text)[4:7] == [
        ["", "", "三、住房支出*", "2.00*"], ["", "", "四、农林水支出*", ""], ["", "", "五、其他支出*", "1.00*"],
    ]  # fmt: skip


@pytest.mark.parametrize("first", ["6,686.15", "¥6,686.15", "6 ,6 8 6 .1 5"])
def test_a_row_of_amounts_is_no_header(first: str) -> None:
    text = f"三公经费合计\t出国费\t公务用车费\t\t\t接待费\n\t\t小计\t购置费\t运行费\t\n{first}\t\t{first}\t\t{first}\t{first}\n"
    assert _rows(text)[2] == [first, "", first, "", first, first]


def test_rows_that_stand_well_stay() -> None:
    text = "项目\t金额\t备注\n甲\t1.00\n乙\t2.00\t新增\n丙\t3.00\n"
    assert [row[0] for row in _rows(text)] == ["项目", "甲", "乙", "丙"]


def _differences(sample: Sample, text: str) -> float:
    _, parsed = extracted(text.encode(), ".txt")
    found, expected = found_in(parsed), expected_of(sample)
    return ((found - expected).total() + (expected - found).total()) / (2 * expected.total())


def _outside(style: str, seed: int) -> Sample:
    sample = build(style, seed)
    for table in sample.tables:
        table.inside = False
    return sample


@pytest.mark.parametrize(("style", "seed"), [("A", 100), ("B", 101), ("C", 102)])
def test_text_without_its_leading_tabs(style: str, seed: int) -> None:
    sample = _outside(style, seed)
    text = "\n".join(line.strip() for line in write_text(sample, seed).splitlines())
    assert _differences(sample, text) <= _LOST


@pytest.mark.parametrize(("style", "seed"), [("A", 100), ("B", 101), ("C", 102)])
def test_text_parted_by_blanks(style: str, seed: int) -> None:
    sample = _outside(style, seed)
    assert _differences(sample, _laid_out(sample)) <= _LOST


def _laid_out(sample: Sample) -> str:
    """In the manner of ``pdftotext -layout``."""
    lines = [" " * 20 + sample.title, "\f"]
    for table in sample.tables:
        lines += [table.number] if table.number else []
        lines += [" " * 20 + table.title, f"单位：{sample.budget.organisation}{' ' * 20}单位：{table.unit}"]
        lines += [*_aligned(table), "", table.note or "", "\f"]
    return "\n".join(lines)


def _aligned(table: Printed) -> list[str]:
    rows = [*flat_header(table), *table.rows]
    widths = [max(_width(row[c]) for row in rows) + 3 for c in range(len(table.widths))]
    return ["".join(_padded(text, width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _padded(text: str, width: int) -> str:
    blanks = " " * (width - _width(text))
    figure = "." in text and text.replace(",", "").replace(".", "").isdigit()
    return blanks[2:] + text + "  " if figure else text + blanks


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
