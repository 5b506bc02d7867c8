"""``yusuan text``: a document as text reads back to the same rows, and can be mended by hand."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from extract.cli import app
from extract.views.as_text import as_text
from samples import other
from samples.house import build
from tests.truth import extracted, found_in

SAMPLES = sorted(p for p in Path("samples").iterdir() if p.suffix in (".pdf", ".txt"))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: p.name)
@pytest.mark.parametrize("only_html", [False, True], ids=["tabs", "html"])
def test_text_reads_back_to_the_same_rows(path: Path, only_html: bool) -> None:
    written = as_text(path, only_html=only_html)
    _, before = extracted(path.read_bytes(), path.suffix)
    _, after = extracted(written.text.encode(), ".md")
    assert written.changed == []
    assert found_in(after) == found_in(before)
    assert ("<table>" in written.text) == only_html
    assert (after.info.organisation, after.info.year) == (before.info.organisation, before.info.year)


@pytest.mark.parametrize(("suffix", "write"), [(".xlsx", other.write_xlsx), (".docx", other.write_docx)])
def test_text_of_other_formats_reads_back(tmp_path: Path, suffix: str, write: object) -> None:
    assert callable(write)
    path = tmp_path / f"a{suffix}"
    path.write_bytes(write(build("B", 310)))
    written = as_text(path)
    assert written.changed == []
    assert found_in(extracted(written.text.encode(), ".md")[1]) == found_in(extracted(path.read_bytes(), suffix)[1])


def test_text_is_mended_by_hand(tmp_path: Path) -> None:
    """A page is named in a comment, a caption stands over its table, a figure that is changed comes out changed."""
    target = tmp_path / "a.md"
    done = CliRunner().invoke(app, ["text", "samples/portrait_numbered.pdf", "-o", str(target)])
    assert done.exit_code == 0
    text = target.read_text(encoding="utf-8")
    assert "<!-- 第 2 页 -->" in text and "\n## 收支总表\n" in text
    line = next(line for line in text.splitlines() if line.startswith("一、一般公共预算拨款收入\t"))
    figure = line.split("\t")[1]
    _, parsed = extracted(text.replace(line, line.replace(figure, "1.25")).encode(), ".md")
    amounts = [r["金额"] for r in parsed.tables[0].records()["收支总表"] if r["科目名称"] == "一般公共预算拨款收入"]
    assert amounts == [Decimal(12500)]


def test_paragraphs_of_a_page_stay_apart(tmp_path: Path) -> None:
    """A title below a line that has no end is the title still when the text is read back."""
    path = tmp_path / "a.html"
    path.write_text(
        "<html><body><p>您的位置：首页 > 预算公开 > 详细内容</p><p>关于甲市2025年预算执行情况与2026年预算草案的报告</p>"
        "<p>各位代表：</p></body></html>",
        encoding="utf-8",
    )
    lines = as_text(path).text.splitlines()
    assert "关于甲市2025年预算执行情况与2026年预算草案的报告" in lines


_FORM = """某局2024年单位预算

表11
## 整体支出绩效目标表
单位：万元
部门(单位)名称\t某局
部门总体资金情况\t总体资金情况\t\t当年金额\t占比\t近两年收支金额\t\t
\t\t\t\t\t2022年\t2023年\t
\t收入构成\t财政拨款\t\t35.50\t100%\t19.50\t28.50
\t\t单位资金\t\t\t\t\t
\t\t合 计\t\t35.50\t100%\t19.50\t28.50
\t支出构成\t人员类项目支出\t\t10.50\t30%\t5.50\t7.50
特定目标类项目支出\t\t25.00\t70%\t14.00\t21.00\t\t
合 计\t\t35.50\t100%\t19.50\t28.50\t\t
年度工作任务\t完成全年的工作任务，做好各项服务，推进数字化转型工程，建设完善平台，选出典型，分行业推进，提高水平，让企业满意，让群众放心。
"""


@pytest.mark.parametrize("only_html", [False, True])
def test_a_form_that_has_lost_its_spans_keeps_its_columns(tmp_path: Path, only_html: bool) -> None:
    path = tmp_path / "a.txt"
    path.write_text(_FORM, encoding="utf-8")
    written = as_text(path, only_html=only_html)
    before, after = (extracted(data, ".md")[1] for data in (_FORM.encode(), written.text.encode()))
    assert written.changed == []
    rows = found_in(before)
    assert found_in(after) == rows
    assert {(name, measure): value for _, _, name, _, measure, value in rows if name == "财政拨款" and value} == {
        ("财政拨款", "当年金额"): 355_000, ("财政拨款", "2022年"): 195_000, ("财政拨款", "2023年"): 285_000,
    }  # fmt: skip
