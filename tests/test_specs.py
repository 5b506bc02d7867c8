"""Specs are checked as they are read: a misspelling names file, key and the nearest known word."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from extract.cli import app
from extract.doors import read_document
from extract.errors import SpecError
from extract.paper.model import TablePart
from extract.paper.stitching import join
from parsers.amounts_table.recognise import recognise, title_matches
from parsers.checking.checker import MAKERS
from parsers.outline.captions import Caption
from parsers.specs import check, columns, loader, rules
from parsers.specs.loader import Spec, digest, specs, use

ROOT = Path(__file__).resolve().parent.parent
SOUND = """
dataset = '绿色项目支出表'
english = 'green_projects'
scheme = '项目'
direction = '支出'
identities = ['W4']
title = ['绿色项目支出']
headers = ['项目名称', '合计']
examples = ['绿色项目支出表']
"""


@pytest.fixture(autouse=True)
def only_ours() -> Iterator[None]:
    yield
    use(())


def checked(folder: Path, text: str) -> str:
    (folder / "mine.toml").write_text(text, encoding="utf-8")
    use([folder])
    return "\n".join(check.problems())


@pytest.mark.parametrize(
    ("printed", "misspelt", "named"),
    [
        (
            "direction = '支出'",
            "direction = '支 出'",
            "mine.toml: direction: '支 出' is not known: do you mean '支出'?",
        ),
        ("scheme = '项目'", "scheme = '项木'", "mine.toml: scheme: '项木'"),
        ("title =", "titel =", "mine.toml: key 'titel' is not known: do you mean 'title'?"),
        ("['W4']", "['W44']", "mine.toml: identities: 'W44' is not known: do you mean 'W4'?"),
        ("english = 'green_projects'", "schema = 'amount'\nenglish = 'green_projects'", "do you mean 'amounts'?"),
        (
            "english = 'green_projects'\nscheme = '项目'\ndirection = '支出'\nidentities = ['W4']\n",
            "",
            "mine.toml: dataset: '绿色项目支出表' is not known: do you mean '项目支出表'?",
        ),
        ("'green_projects'", "'Grüne Projekte'", "mine.toml: english: 'Grüne Projekte' must be"),
        ("'green_projects'", "'total_expenditure'", "'total_expenditure' is the name of 支出总表"),
        ("'绿色项目支出表'\nenglish", "'支出总表'\nenglish", "has its English name already"),
        ("['绿色项目支出']", "['绿色(项目支出']", "is no regular expression"),
        ("direction = '支出'", "direction = 1", "mine.toml: direction: must be a string"),
        ("examples = ['绿色项目支出表']", "examples = ['红色项目支出表']", "'红色项目支出表' is not claimed"),
        ("examples = ['绿色项目支出表']", "", "key 'examples' is missing"),
        ("headers =", "kind = 'amount'\nheaders =", "mine.toml: kind: 'amount' is not known: do you mean 'amounts'?"),
    ],
)
def test_misspelling_is_named(tmp_path: Path, printed: str, misspelt: str, named: str) -> None:
    assert printed in SOUND
    assert checked(tmp_path, SOUND) == ""
    use(())
    assert named in checked(tmp_path, SOUND.replace(printed, misspelt, 1))


FORM = """
dataset = '绩效目标'
kind = 'form'
title = '低碳目标申报表'
headers = ['低碳']
examples = ['低碳目标申报表']
[[sections]]
dataset = '绩效指标'
start = '^指标'
constants = { '目标类型' = '年度' }
columns = [{ field = '指标值', headers = '^值$' }]
"""


@pytest.mark.parametrize(
    ("printed", "misspelt", "named"),
    [
        ("'指标值'", "'指标直'", "sections 1: columns 1: field: '指标直' is not known: do you mean '指标值'?"),
        ("dataset = '绩效指标'", "dataset = '绩效指表'", "do you mean '绩效指标'?"),
        ("'目标类型' =", "'目标内型' =", "sections 1: constants: key '目标内型' is not known: do you mean '目标类型'?"),
        ("start =", "begin =", "key 'begin'"),
    ],
)
def test_misspelling_in_a_form_is_named(tmp_path: Path, printed: str, misspelt: str, named: str) -> None:
    assert checked(tmp_path, FORM) == ""
    use(())
    assert named in checked(tmp_path, FORM.replace(printed, misspelt, 1))


@pytest.fixture
def own_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Our specs in a folder where they may be spoilt."""
    folder = tmp_path / "specs"
    shutil.copytree(loader.SPECS, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    (tmp_path / "added").mkdir()
    for module in (loader, rules, check, columns):
        monkeypatch.setattr(module, "SPECS", folder)
    yield folder
    monkeypatch.undo()
    use([tmp_path / "added"])  # forget what was read from the copy
    use(())


@pytest.mark.parametrize(
    ("file", "printed", "misspelt", "named"),
    [
        ("identities.toml", 'dataset = "收入总表"', 'dataset = "收入总彪"', "do you mean '收入总表'?"),
        ("identities.toml", "relation =", "relaton =", "key 'relaton' is not known: do you mean 'relation'?"),
        ("identities.toml", "'^合计$'", "'^合汁$'", "do you mean '合计'?"),
        ("identities.toml", 'kind = "tree"', 'kind = "treee"', "do you mean 'tree'?"),
        ("identities.toml", '"公务用车购置费"', '"公务用车购买费"', "do you mean '公务用车购置费'?"),
        ("narrative.toml", 'direction = "收入"', 'direction = "收人"', "do you mean '收入'?"),
        ("fields.toml", 'type = "int16"', 'type = "int61"', "do you mean 'int16'?"),
        ("schemes.toml", "'economic_department'", "'economic_dept'", "do you mean 'economic_department'?"),
        ("headers.toml", "empty_note =", "empty_notes =", "do you mean 'empty_note'?"),
        ("codes/changes.csv", "observed", "observd", "do you mean 'observed'?"),
        ("columns.toml", "not_place =", "no_place =", "do you mean 'not_place'?"),
        ("columns.toml", "phase = '调整预算'", "phase = '调正预算'", "do you mean '调整预算'?"),
    ],
)
def test_misspelling_in_the_shared_files_is_named(
    own_copy: Path, tmp_path: Path, file: str, printed: str, misspelt: str, named: str
) -> None:
    text = (own_copy / file).read_text(encoding="utf-8")
    assert printed in text
    (own_copy / file).write_text(text.replace(printed, misspelt, 1), encoding="utf-8")
    use([tmp_path / "added"])
    found = "\n".join(check.problems())
    assert found.startswith(Path(file).name) and named in found


def test_our_specs_are_sound() -> None:
    assert check.problems() == []
    assert set(rules.KINDS) == set(MAKERS)


@pytest.mark.parametrize("spec", specs(), ids=lambda s: s.name)
def test_examples(spec: Spec) -> None:
    assert spec.examples
    assert [t for t in spec.examples if not spec.claims(t)] == []
    assert [t for t in spec.not_examples if spec.claims(t)] == []


def test_added_specs_are_part_of_the_version(tmp_path: Path) -> None:
    before = digest()
    (tmp_path / "mine.toml").write_text(SOUND, encoding="utf-8")
    use([tmp_path])
    assert digest() != before
    assert specs()[0].name == "mine"
    use(())
    assert digest() == before and len(specs()) == len(list((loader.SPECS / "tables").glob("*.toml")))


def test_no_folder_of_specs(tmp_path: Path) -> None:
    with pytest.raises(SpecError):
        use([tmp_path / "none"])
    assert CliRunner().invoke(app, ["specs", "check", "--specs", str(tmp_path / "none")]).exit_code == 9


def test_invalid_added_spec_stops_the_run(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(SOUND.replace("支出'", "支 出'"), encoding="utf-8")
    arguments = ["extract", str(ROOT / "samples"), "-o", str(tmp_path / "out"), "--specs", str(tmp_path)]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 9
    assert "mine.toml: direction" in done.stderr


@pytest.mark.parametrize("jobs", ["0", "1"])  # in this process, and in a worker that started without the folder
def test_walk_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: str) -> None:
    """CONTRIBUTING.md, "Add a table in ten minutes", as it stands there."""
    section = (
        (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Add a table")[2].partition("\n## ")[0]
    )
    blocks = re.findall(r"```(\w*)\n(.*?)```", section, re.DOTALL)
    (spec,) = (text for kind, text in blocks if kind == "toml")
    (document,) = (text for kind, text in blocks if kind == "text")
    commands = [text.strip() for kind, text in blocks if not kind]
    monkeypatch.chdir(tmp_path)
    Path("my_specs").mkdir()
    Path("my_specs/green_projects.toml").write_text(spec, encoding="utf-8")
    Path("green.txt").write_text(document, encoding="utf-8")
    assert len(commands) == 2
    for command in commands:
        options = ["-q", "-j", jobs] if "extract" in command else []
        done = CliRunner().invoke(app, [*shlex.split(command)[1:], *options])
        assert done.exit_code == 0, done.output
    (file,) = Path("outputs/绿色项目支出表").glob("*.parquet")
    rows = [r for r in pq.read_table(file, partitioning=None).to_pylist() if r["科目名称"] == "屋顶光伏"]
    assert {r["指标"]: r["金额"] for r in rows} == {"合计": 70000, "专项支出": 50000, "贴息支出": 20000}
    tested = pq.read_table("outputs/核对结果", partitioning=None).to_pylist()
    assert {r["等级"] for r in tested if r["规则"] == "W4"} == {"通过"}
    assert "绿色项目支出表" in Path("outputs/datapackage.json").read_text(encoding="utf-8")


TITLES = [line.split("\t") for line in (ROOT / "tests/titles.tsv").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(("title", "dataset"), TITLES, ids=[title for title, _ in TITLES])
def test_title_belongs_to_one_dataset(title: str, dataset: str) -> None:
    """A table of revenue never lies in a dataset of expenditure; what nobody claims has no dataset."""
    assert {s.dataset for s in title_matches(title)} == ({dataset} if dataset else set())


def test_kinds_without_header_words_of_their_own_need_a_title() -> None:
    text = "序号\t单位名称\t支出合计\n1\t某局\t12.00\n2\t某县\t3.00\n3\t某乡\t9.00\n"
    table = join([p for p in read_document(text.encode(), ".txt").pages[0].blocks if isinstance(p, TablePart)])
    assert recognise(Caption(), table).spec is None
