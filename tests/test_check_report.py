"""``yusuan check``: what it shows first, what it can be asked for, and that it fits a terminal."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from extract.cli import app
from extract.views.terminal import folded

HEAD = "东湖市{name}2024年部门预算\n表3\n支出总表\n单位：万元\n科目编码\t科目名称\t合计\t基本支出\t项目支出\n"
ROWS = "\t合计\t{0}\t{1}\t\n208\t社会保障和就业支出\t{0}\t{1}\t\n20805\t行政事业单位养老支出\t{0}\t{1}\t\n2080501\t行政单位离退休\t{0}\t{1}\t\n"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments)])


@pytest.fixture(scope="module", params=["zh", "en"])
def outputs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("in")
    for name, basic in (("司法局", "10.00"), ("审计局", "9.00"), ("财政局", "4.00")):
        text = HEAD.format(name=name) + ROWS.format("10.00", basic)
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    out: Path = folder / "out"
    run("extract", folder, "-o", out, "-q", "--jobs", 0, "--labels", request.param)
    return out


def findings(outputs: Path, *options: object) -> list[dict[str, str]]:
    return [json.loads(line) for line in run("check", outputs, "--json", *options).stdout.splitlines()]


def test_the_most_money_comes_first(outputs: Path) -> None:
    found = findings(outputs)
    assert [abs(float(r["差额"])) for r in found] == sorted((abs(float(r["差额"])) for r in found), reverse=True)
    assert {Path(r["来源"]).stem for r in found} == {"审计局", "财政局"}
    assert findings(outputs, "--top", 1) == found[:1]


def test_findings_by_grade_rule_and_unit(outputs: Path) -> None:
    assert {r["等级"] for r in findings(outputs, "--grade", "通过", "--grade", "尾差")} == {"通过"}
    assert {r["规则"] for r in findings(outputs, "--rule", "W4", "--grade", "通过")} == {"W4"}
    assert {Path(r["来源"]).stem for r in findings(outputs, "--unit", "审计")} == {"审计局"}
    assert run("check", outputs, "--unit", "司法", "--strict").exit_code == 0
    assert run("check", outputs, "--top", 1, "--strict").exit_code == 3
    for wrong in (("--grade", "矛"), ("--rule", "W99")):
        assert run("check", outputs, *wrong).exit_code == 2


def test_a_summary_names_no_finding(outputs: Path) -> None:
    shown = run("check", outputs, "--summary").stdout
    assert "公布值" not in shown and "W4" in shown and "其余 1 个文档" in shown


def test_everything_fits_80_columns(
    outputs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow = Console(width=80)
    monkeypatch.setattr("rich.console.Console", lambda **_: narrow)
    run("extract", outputs.parent, "-o", outputs, "-q", "--jobs", 0)
    lines = run("check", outputs).stdout.splitlines()
    wide = [sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in line) for line in lines]
    assert max(wide) <= 80
    assert sum(len(line.strip()) == 1 for line in lines) == 0
    assert not [line for line in lines if line.strip()[:1] in tuple("，。；：、）")]


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("公务接待费不少于 30217；合计", 20, ["公务接待费不少于", "30217；合计"]),  # a code is one word
        ("差额（通常如此）。合计", 16, ["差额（通常如", "此）。合计"]),  # no line begins with what closes
        ("差额（通常）", 6, ["差额", "（通", "常）"]),  # …or ends with what opens
        ("a/" + "b" * 9, 8, ["a/bbbbbb", "bbb"]),  # longer than a line
        ("", 8, [""]),
    ],
)
def test_lines_are_broken_between_words(text: str, width: int, lines: list[str]) -> None:
    assert folded(text, width) == lines


def test_one_set_of_labels_in_a_folder(outputs: Path) -> None:
    other = "zh" if (outputs / "documents").is_dir() else "en"
    done = run("extract", outputs.parent, "-o", outputs, "-q", "--jobs", 0, "--labels", other)
    assert done.exit_code == 2
    assert "choose another folder" in done.stderr


@pytest.mark.parametrize("command", [["check"], ["check", "--unit", "局", "--rule", "W4", "--top", "1"], ["status"]])
def test_views_of_a_run_load_nothing_heavy(outputs: Path, command: list[str]) -> None:
    """Pandas, which Arrow imports by itself for many a call, and the parsers cost more than the view of a small run."""
    if (outputs / "documents").is_dir():
        pytest.skip("English values are translated back through pa.array, and that asks pandas")
    program = (
        "import sys\nfrom extract.cli import app\ntry:\n    app(sys.argv[1:])\nexcept SystemExit as done: assert not done.code\n"
        "heavy = {'pandas', 'pyarrow.dataset', 'parsers.narrative.narrative', 'parsers.checking.checker', 'pdfplumber'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    arguments = [sys.executable, "-c", program, command[0], str(outputs), *command[1:]]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "[]"
