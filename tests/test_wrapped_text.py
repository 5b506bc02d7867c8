"""Text parted by blanks whose rows stand apart by blank lines: what is wrapped in a row is joined, and nothing else."""

from __future__ import annotations

import pytest

from extract.doors import read_document
from extract.doors.rows.doubt import DOUBTFUL
from extract.doors.rows.wrapped import Piece, rows_joined
from extract.paper.model import TablePart
from extract.paper.stitching import join
from parsers.parse import parse


def _lines(text: str) -> list[list[Piece]]:
    made = []
    for line in text.split("\n"):
        pieces, at = [], 0
        for word in line.split():
            at = line.index(word, at)
            pieces.append(Piece(word, at, at + len(word)))
            at += len(word)
        made.append(pieces)
    return made


_ROWS = "\n".join(f"\n2010{n}  name{n}      1,{n}00.00" for n in range(1, 7))


@pytest.mark.parametrize(
    ("group", "row"),
    [
        ("aaaa\n2011  12.50\nbbbb", None),  # a text over two columns
        ("2017  first        6,236.0\n      second             1", ["2017", "firstsecond", "6,236.01"]),
        ("4201T0  first\n0001   second  12.50", ["4201T00001", "firstsecond", "12.50"]),
        ("2017  first        6,236.00\n      second           15.00", None),  # two figures are two rows
        ("code  name         amount\n      total        1,234.00", None),  # a header
    ],
)
def test_lines_of_one_row(group: str, row: list[str] | None) -> None:
    lines = _lines(f"{group}\n{_ROWS}")
    joined = [[p.text for p in line] for line in rows_joined(lines)[: group.count("\n") + 1]]
    assert [line for line in joined if line] == ([row] if row else [[p.text for p in line] for line in _lines(group)])


def test_rows_without_blank_lines_between_stay() -> None:
    lines = _lines(_ROWS.replace("\n\n", "\n"))
    assert rows_joined(lines) == lines


def test_a_page_whose_last_columns_are_blank_goes_on_and_is_doubted() -> None:
    head = "某局2024年部门预算\n\n表2\n收入总表\n单位：万元\n科目编码    科目名称            合计      财政拨款收入    事业收入    其他收入\n"
    rows = "".join(f"20{n}     第{n}类支出        1,0{n}.00       1,0{n}.00\n" for n in range(10, 20))
    more = "".join(f"{' ' * 9}20{n}  第{n}类支出  1,0{n}.00  1,0{n}.00\n" for n in range(20, 26))
    document = read_document(f"{head}{rows}\f{more}".encode(), ".txt")
    tables = [b for b in document.pages[0].blocks if isinstance(b, TablePart)]
    assert len({len(t.xs) for t in tables}) == 1
    assert all(DOUBTFUL in c.marks for c in tables[-1].cells if c.text)
    parsed = parse(document, "0" * 16, join)
    assert [t.dataset for t in parsed.tables if t.raw is not None] == ["收入总表"]


def test_the_last_part_of_a_code_beside_a_name_is_parted_or_doubted() -> None:
    rows = "".join(f"208     5       0{n} 第{n}项支出{' ' * 12}1,{n}00.00      1,{n}00.00\n" for n in range(1, 8))
    text = f"表1 支出总表  单位：万元\n类     款       项   科目名称        合计      基本支出\n{rows}"
    (table,) = (b for b in read_document(text.encode(), ".txt").pages[0].blocks if isinstance(b, TablePart))
    texts = {c.text for c in table.cells if DOUBTFUL not in c.marks}
    assert not any(t.startswith("0") and "第" in t for t in texts)
