"""The laws of ``tests/laws.py`` hold in the outputs of the samples, and each can be broken."""

from __future__ import annotations

import copy
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from extract.cli import app
from tests import laws
from tests.laws import LAWS, Row, Run, read_run

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
FILES = (
    "portrait_numbered.pdf",
    "landscape_split_codes.pdf",
    "caption_in_grid.pdf",
    "government_book.pdf",
    "numbered_text.txt",
)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    outputs = tmp_path_factory.mktemp("laws") / "outputs"
    files = [str(SAMPLES / name) for name in FILES]
    assert CliRunner().invoke(app, ["extract", *files, "-o", str(outputs), "-q"]).exit_code == 0
    return read_run(outputs)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_law_holds(law: Callable[[Run], list[str]], run: Run) -> None:
    assert len(run.claimed) > 1000 and len(run.documents) == len(FILES)
    assert list(law(run))[:3] == []


def _amount(run: Run, **wanted: object) -> Row:
    return next(r for r in run.claimed if r["x0"] is not None and all(r[k] == v for k, v in wanted.items()))


def _title(run: Run, row: Row) -> Row:
    return next(t for t in run.tables if (t["文档"], t["表序"]) == (row["文档"], row["表序"]))


def _double_key(run: Run) -> None:
    run.amounts.append({**_amount(run), "x0": None})


def _double_box(run: Run) -> None:
    run.amounts.append({**_amount(run), "列号": 99})


def _no_header(run: Run) -> None:
    _amount(run)["表头"] = None


def _no_unit(run: Run) -> None:
    _amount(run)["计量单位"] = None


def _another_figure(run: Run) -> None:
    _amount(run)["金额"] += Decimal("0.01")


def _two_figures(run: Run) -> None:
    _amount(run)["原文"] += "\n12.50"


def _a_code(run: Run) -> None:
    _amount(run).update(科目编码=None, 科目名称=None, 原文="2080505", 金额=Decimal(20805050000))


def _a_total_that_is_a_leaf(run: Run) -> None:
    _amount(run, 级次="合计")["末级"] = True


def _a_leaf_less(run: Run) -> None:
    _amount(run, 数据集="支出总表", 末级=True)["末级"] = False


def _spent_revenue(run: Run) -> None:
    row = _amount(run, 数据集="收入总表")
    row["方向"] = "支出"
    _title(run, row)["表名"] = "部门收入总表"


def _another_year(run: Run) -> None:
    row = _amount(run, 数据集="支出总表", 表头="合计")
    _title(run, row)["表名"] = f"{row['年度'] + 1}年部门支出总表"


def _unlisted(run: Run) -> None:
    run.tables.remove(_title(run, _amount(run)))


def _empty_success(run: Run) -> None:
    run.documents[0].update(状态="成功", 金额数=0)


def _a_heading(run: Run) -> None:
    run.documents[0]["编制单位"] = "第一部分 部门概况"


BREAKS = {
    "keys_are_unique": _double_key, "a_cell_gives_one_amount": _double_box, "a_code_is_no_amount": _a_code,
    "totals_are_no_leaves": _a_total_that_is_a_leaf, "leaves_add_up": _a_leaf_less,
    "revenue_is_no_expenditure": _spent_revenue, "years_follow_titles": _another_year,
    "every_table_is_listed": _unlisted, "success_means_amounts": _empty_success, "publishers_are_names": _a_heading,
}  # fmt: skip
TWICE = [("an_amount_has_header_and_unit", b) for b in (_no_header, _no_unit)]
TWICE += [("figures_stay_as_printed", b) for b in (_another_figure, _two_figures)]


@pytest.mark.parametrize(("law", "change"), [*BREAKS.items(), *TWICE], ids=lambda x: getattr(x, "__name__", x))
def test_law_can_be_broken(law: str, change: Callable[[Run], None], run: Run) -> None:
    broken = copy.deepcopy(run)
    change(broken)
    assert list(getattr(laws, law)(broken))


def test_each_law_is_broken_once() -> None:
    assert {law.__name__ for law in LAWS} == {*BREAKS, *(law for law, _ in TWICE)}
