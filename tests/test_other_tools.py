"""Tables in the text of other tools: read exactly, or the document is 部分."""

from __future__ import annotations

from pathlib import Path

import pytest

from extract.batch.run import Options, convert_all
from extract.doors import read_document
from extract.paper.model import Line, TablePart
from samples import dialects
from samples.house import Sample, build
from tests.truth import expected_of, extracted, found_in


def _sample(style: str, seed: int) -> Sample:
    sample = build(style, seed)
    sample.tables = [t for t in sample.tables if "绩效" not in t.title][:5]
    for table in sample.tables:
        table.inside = False
    return sample


@pytest.mark.parametrize("dialect", dialects.DIALECTS)
@pytest.mark.parametrize(("style", "seed"), [("A", 410), ("B", 411)])
def test_every_dialect_gives_the_same_rows(dialect: str, style: str, seed: int) -> None:
    sample = _sample(style, seed)
    text = dialects.document(sample, dialects.DIALECTS[dialect])
    _, parsed = extracted(text.encode(), ".md")
    found, expected = found_in(parsed), expected_of(sample)
    assert found - expected == {}
    assert expected - found == {}


@pytest.mark.parametrize(
    ("delimiter", "encoding"), [(",", "utf-8-sig"), (",", "gb18030"), ("\t", "gb18030"), ("\t", "utf-16")]
)
def test_a_sheet_saved_as_text_gives_the_same_rows(delimiter: str, encoding: str) -> None:
    sample = _sample("A", 412)
    data = dialects.sheet(sample, delimiter).encode(encoding)
    found, expected = found_in(extracted(data, ".csv")[1]), expected_of(sample)
    assert found == expected
    assert found_in(extracted(data, ".txt")[1]) == expected


def test_a_csv_is_read_where_it_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(dialects.sheet(_sample("A", 413), ","), encoding="utf-8")
    (tmp_path / "b.txt").write_text("某局2024年部门预算\n", encoding="utf-8")
    out = tmp_path.parent / f"{tmp_path.name}-out"
    for given, name in ((tmp_path, "b.txt"), (path, "a.csv")):
        (result,) = convert_all([str(given)], out, Options(jobs=0, quiet=True)).results
        assert Path(result.source).name == name


def _blocks(text: str) -> list[list[list[str]] | str]:
    found: list[list[list[str]] | str] = []
    for block in read_document(text.encode(), ".md").pages[0].blocks:
        if isinstance(block, Line):
            found.append(block.text)
        elif isinstance(block, TablePart):
            found.append([[c.text for c in block.cells if c.row == r] for r in range(block.nrows)])
    return found


def test_spans_of_a_grid_are_read() -> None:
    text = (
        "前言\n\n+------+-------------+\n| 项目 | 支出        |\n|      +------+------+\n|      | 合计 | 基本 |\n"
        "+======+======+======+\n| 教育 | 1.50 | 1.00 |\n| 支出 |      |      |\n+------+------+------+\n\n后记\n"
    )
    document = read_document(text.encode(), ".md")
    (table,) = (b for b in document.pages[0].blocks if isinstance(b, TablePart))
    assert [(c.row, c.col, c.rowspan, c.colspan, c.text) for c in table.cells] == [
        (0, 0, 2, 1, "项目"), (0, 1, 1, 2, "支出"), (1, 1, 1, 1, "合计"), (1, 2, 1, 1, "基本"),
        (2, 0, 1, 1, "教育\n支出"), (2, 1, 1, 1, "1.50"), (2, 2, 1, 1, "1.00"),
    ]  # fmt: skip
    assert [b for b in _blocks(text) if isinstance(b, str)] == ["前言", "后记"]


def test_a_box_of_one_column_is_no_table() -> None:
    assert _blocks("| 某局2024年部门预算 |\n|---|\n\n+----------+\n| 表1 说明 |\n+----------+\n| 无       |\n+----------+\n\n+--+\n") == [
        "某局2024年部门预算", "表1 说明", "无", "+--+",
    ]  # fmt: skip


def test_text_that_leaves_its_columns_is_no_drawn_table() -> None:
    text = "项目    金额\n------  ----\n甲 一二三 1.50\n"
    assert not any(isinstance(b, list) for b in _blocks(text))


@pytest.mark.parametrize(
    "text",
    [
        "| 科目名称 | 合计 | 基本支出 |  |\n|---|---|---|---|\n| 教育支出 |  | 1.50 | 1.00 |\n",  # figures under no word
        "| 表1 支出总表 | 科目名称 | 合计 | --- | --- | 教育支出 | 1.50 |\n|---|---|---|---|---|---|---|\n",  # a table in a row
        "| 目录 | 教育支出 1.50 文化支出 2.50 卫生支出 3.50 其他支出 4.50 合计 12.00 教育支出 1.50 文化支出 2.50 合计 4.00 |\n|---|---|\n| 甲 | 乙 |\n",
    ],
)
def test_what_a_tool_has_broken_is_said(text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(f"某局2024年部门预算\n\n{text}", encoding="utf-8")
    (result,) = convert_all([str(path)], tmp_path / "out", Options(jobs=0, quiet=True)).results
    assert (result.status, result.error_code) == ("部分", "RowsUnread")
