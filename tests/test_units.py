"""Units over time: one number for one publisher, and documents of one publisher against each other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from extract.cli import app
from parsers.publishers import former_names, is_own_unit, plain_name

TITLE = "{name}{year}年{kind}{phase}\n"
SPENDING = "表3\n支出总表\n单位：万元\n科目编码\t科目名称\t合计\t基本支出\t项目支出\n\t合计\t{0}\t{0}\t\n204\t公共安全支出\t{0}\t{0}\t\n20406\t司法\t{0}\t{0}\t\n2040601\t行政运行\t{0}\t{0}\t\n"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments)])


def text(name: str, year: int, amount: str, kind: str = "部门", phase: str = "预算", more: str = "") -> str:
    return TITLE.format(name=name, year=year, kind=kind, phase=phase) + SPENDING.format(amount) + more


def panel_of(folder: Path, texts: list[str], *options: object) -> tuple[Path, Result]:
    sources = folder / "in"
    sources.mkdir(parents=True, exist_ok=True)
    for i, content in enumerate(texts):
        (sources / f"{i}.txt").write_text(content, encoding="utf-8")
    run("extract", sources, "-o", folder / "out", "-q", "--jobs", 0)
    done = run("collect", folder / "out", "-o", folder / "panel", *options)
    assert done.exit_code == 0, done.stderr
    return folder / "panel", done


def units(panel: Path) -> dict[str, dict[str, Any]]:
    return {r["单位名称"]: r for r in pq.read_table(panel / "单位清单.parquet").to_pylist()}


def findings(panel: Path, rule: str) -> list[dict[str, Any]]:
    return [r for r in pq.read_table(panel / "核对结果.parquet").to_pylist() if r["规则"] == rule]


@pytest.mark.parametrize(
    "names",
    [
        ("中共江苏省委办公厅", "中国共产党江苏省委员会办公厅", "江苏省委办公厅"),
        ("东湖市司法局", "东湖市司法局（本级）", "东湖市司法局本级", "东湖市 司法局(机关)"),
        ("江苏省政协办公厅", "中国人民政治协商会议江苏省委员会办公厅"),
        ("江苏省人大常委会办公厅", "江苏省人民代表大会常务委员会办公厅"),
        ("共青团东湖市委", "中国共产主义青年团东湖市委员会"),
        ("东湖市应急管理局", "东湖市应急管理局（原东湖市安全生产监督管理局）"),
    ],
)
def test_forms_of_one_name(names: tuple[str, ...]) -> None:
    assert len({plain_name(n) for n in names}) == 1


def test_names_that_stay_apart() -> None:
    names = ("江苏省发展和改革委员会", "江苏省委", "东湖市第一中学", "东湖市第二中学", "东湖市司法局", "南浦市司法局")
    assert len({plain_name(n) for n in names}) == len(names)
    assert former_names("东湖市应急管理局（原东湖市安全生产监督管理局）") == ["东湖市安全生产监督管理局"]
    assert is_own_unit("东湖市司法局（本级）") and not is_own_unit("东湖市司法局")


def test_a_renamed_unit_keeps_its_number(tmp_path: Path) -> None:
    panel, _ = panel_of(tmp_path, [
        text("东湖市安全生产监督管理局", 2018, "10.00"),
        text("东湖市应急管理局（原东湖市安全生产监督管理局）", 2019, "11.00"),
        text("东湖市应急管理局", 2020, "12.00"),
        text("东湖市审计局", 2020, "5.00"),
    ])  # fmt: skip
    rows = pq.read_table(panel / "支出总表.parquet").to_pylist()
    found = units(panel)
    number = found["东湖市应急管理局"]["单位号"]
    assert {r["年度"] for r in rows if r["单位号"] == number} == {2018, 2019, 2020}
    assert len(found) == 2
    row = found["东湖市应急管理局"]
    assert (row["首年"], row["末年"], row["文档数"]) == (2018, 2020, 3)
    assert "东湖市安全生产监督管理局" in row["别名"]
    assert row["历年名称"][0] == "2018 东湖市安全生产监督管理局"


def test_likeness_only_proposes_and_the_user_decides(tmp_path: Path) -> None:
    texts = [text("东湖市安全生产监督管理局", 2018, "10.00"), text("东湖市安全生产监督局", 2019, "11.00")]
    panel, done = panel_of(tmp_path, texts)
    assert len(units(panel)) == 2
    assert "1 pair of names" in done.stderr
    proposed = (panel / "units_proposed.csv").read_text("utf-8-sig").splitlines()
    assert proposed[1].startswith("东湖市安全生产监督局,东湖市安全生产监督管理局,")
    override = tmp_path / "units.csv"
    override.write_text("\n".join(proposed) + "\n", encoding="utf-8")
    panel, done = panel_of(tmp_path, texts, "--units", override)
    assert len(units(panel)) == 1
    assert "of names" not in done.stderr
    override.write_text("name\nx\n", encoding="utf-8")
    assert run("collect", tmp_path / "out", "-o", panel, "--units", override).exit_code == 2


def test_names_that_publish_in_the_same_year_are_not_proposed(tmp_path: Path) -> None:
    texts = [text("东湖市第一实验中学", 2018, "10.00"), text("东湖市第二实验中学", 2018, "11.00")]
    panel, _ = panel_of(tmp_path, texts)
    assert len((panel / "units_proposed.csv").read_text("utf-8-sig").splitlines()) == 1


def generic(name: str, year: int, figures: list[str], former: list[str] | None = None) -> str:
    """一般公共预算支出表 of seven codes, last year's figures before this year's where they are given."""
    codes = ("", "204", "20406", "2040601", "208", "20805", "2080505")
    names = (
        "合计",
        "公共安全支出",
        "司法",
        "行政运行",
        "社会保障和就业支出",
        "行政事业单位养老支出",
        "机关事业单位基本养老保险缴费支出",
    )
    heads = [f"{year - 1}年预算数", f"{year}年预算数"] if former else ["合计"]
    columns = [former, figures] if former else [figures]
    lines = ["\t".join(row) for row in zip(codes, names, *columns, strict=True)]
    top = TITLE.format(name=name, year=year, kind="部门", phase="预算")
    return "\n".join([f"{top}表9\n一般公共预算支出表\n单位：万元\n科目编码\t科目名称\t" + "\t".join(heads), *lines, ""])


def amounts(first: float, second: float, third: float) -> list[str]:
    """Different sums on every row."""
    rows = [first + second + third + 3, first + second, first + second, first, third + 3, third + 3, third]
    return [f"{v:.2f}" for v in rows]


OLD, NEW = amounts(10, 5, 2), amounts(12, 6, 3)


@pytest.mark.parametrize(
    ("former", "proposed"),
    [(OLD, True), ([*OLD[:-1], "2.50"], True), (amounts(11, 5, 2), False), (["10.00"] * 7, False), (None, False)],
)
def test_last_years_figures_of_another_name_propose_a_rename(
    former: list[str] | None, proposed: bool, tmp_path: Path
) -> None:
    """…and join nothing.  Rows that all say one amount prove little."""
    old = former if former == ["10.00"] * 7 else OLD
    texts = [
        generic("东湖市粮食局", 2023, old), generic("东湖市审计局", 2023, amounts(40, 20, 10)),
        generic("东湖市发展和改革委员会", 2024, NEW, former), generic("东湖市审计局", 2024, amounts(41, 20, 10)),
    ]  # fmt: skip
    panel, _ = panel_of(tmp_path, texts)
    assert len(units(panel)) == 3
    lines = (panel / "units_proposed.csv").read_text("utf-8-sig").splitlines()[1:]
    assert [line.split(",")[:2] for line in lines] == [["东湖市发展和改革委员会", "东湖市粮食局"]] * proposed
    assert all("2024年文档所列2023年预算" in line for line in lines)


def test_a_name_that_goes_on_was_not_renamed(tmp_path: Path) -> None:
    """Whoever publishes in the same year is somebody else, whatever figures it took over."""
    texts = [
        generic("东湖市粮食局", 2023, OLD), generic("东湖市粮食局", 2024, NEW),
        generic("东湖市发展和改革委员会", 2024, amounts(13, 6, 3), OLD),
    ]  # fmt: skip
    panel, _ = panel_of(tmp_path, texts)
    assert len((panel / "units_proposed.csv").read_text("utf-8-sig").splitlines()) == 1


LAST_YEAR = "表9\n一般公共预算支出表\n单位：万元\n科目编码\t科目名称\t2023年预算数\t2024年预算数\n\t合计\t{0}\t{1}\n204\t公共安全支出\t{0}\t{1}\n20406\t司法\t{0}\t{1}\n2040601\t行政运行\t{0}\t{1}\n"
THIS_YEAR = "表9\n一般公共预算支出表\n单位：万元\n科目编码\t科目名称\t合计\n\t合计\t{0}\n204\t公共安全支出\t{0}\n20406\t司法\t{0}\n2040601\t行政运行\t{0}\n"


@pytest.mark.parametrize(("printed", "grades"), [("10.00", {"通过"}), ("10.01", {"尾差"}), ("10.50", {"矛盾"})])
def test_last_years_figures_against_last_years_document(tmp_path: Path, printed: str, grades: set[str]) -> None:
    panel, _ = panel_of(tmp_path, [
        text("东湖市司法局", 2023, "10.00", more=THIS_YEAR.format("10.00")),
        text("东湖市司法局", 2024, "12.00", more=LAST_YEAR.format(printed, "12.00")),
    ])  # fmt: skip
    found = findings(panel, "D1")
    assert found and {r["等级"] for r in found} == grades
    assert all(str(r["应有值"]) == "100000.0000" and "2023年预算文档" in r["说明"] for r in found)
    (former,) = {r["文档"] for r in pq.read_table(panel / "文档清单.parquet").to_pylist() if r["年度"] == 2023}
    assert all(r["说明"].endswith(f"（文档 {former}）") and "文档 0.txt 表9 行" in r["说明"] for r in found)
    assert len(found) == (1 if printed == "10.50" else 4)  # a table that was restated is said once


FINAL = "公开09表\n一般公共预算支出决算表\n单位：万元\n科目编码\t科目名称\t年初预算数\t决算数\n\t合计\t{0}\t9.00\n204\t公共安全支出\t{0}\t9.00\n20406\t司法\t{0}\t9.00\n2040601\t行政运行\t{0}\t9.00\n"


def test_the_budget_in_a_final_account_against_the_budget(tmp_path: Path) -> None:
    panel, _ = panel_of(tmp_path, [
        text("东湖市司法局", 2024, "10.00", more=THIS_YEAR.format("10.00")),
        TITLE.format(name="东湖市司法局", year=2024, kind="部门", phase="决算") + FINAL.format("10.00"),
    ])  # fmt: skip
    found = findings(panel, "D2")
    assert len(found) == 4 and {r["等级"] for r in found} == {"通过"}


UNITS = "表10\n一般公共预算支出表（分单位）\n单位：万元\n单位编码\t单位名称\t合计\n\t合计\t30.00\n101001\t东湖市司法局本级\t10.00\n101002\t东湖市法律援助中心\t20.00\n"


@pytest.mark.parametrize(("second", "grades"), [("20.00", {"通过"}), ("21.00", {"矛盾"})])
def test_a_department_is_the_sum_of_its_units(tmp_path: Path, second: str, grades: set[str]) -> None:
    texts = [
        text("东湖市司法局", 2024, "30.00", more=UNITS),
        text("东湖市司法局（本级）", 2024, "10.00", kind="单位"),
        text("东湖市法律援助中心", 2024, second, kind="单位"),
    ]
    panel, _ = panel_of(tmp_path, texts)
    found = findings(panel, "D3")
    assert found and {r["等级"] for r in found} == grades
    (parent,) = {r["上级单位"] for r in pq.read_table(panel / "单位清单.parquet").to_pylist() if r["级别"] == "单位"}
    assert parent == "东湖市司法局"
    assert units(panel)["东湖市法律援助中心"]["单位编码"] == ["101002"]
    alone, _ = panel_of(tmp_path / "alone", texts[:2])
    assert findings(alone, "D3") == []  # one unit is missing
