"""A query reads the outputs and nothing else, changes nothing, and disturbs neither a terminal nor a spreadsheet."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from extract.batch.run import Options, convert_all
from extract.cli import app
from extract.store.formulas import harmless
from extract.views import terminal
from extract.views.terminal import print_table, shown
from tests.test_pool import batch, contents


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments)])


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("query")
    batch(place / "in", 1)
    convert_all([str(place / "in")], place / "out", Options(quiet=True, jobs=0))
    return place / "out"


WRITES = [
    "copy (select 1 as x) to '{out}/文档清单' (format parquet, overwrite true)",
    "copy (select 1 as x) to '{out}/new.parquet'",
    "explain analyze copy (select 1 as x) to '{out}/new.parquet'",
    "export database '{out}/new'",
    "attach '{out}/new.db'",
    "create table t as select 1; copy t to '{out}/new.csv'",
    "select 1; copy (select 1) to '{out}/new.csv'",
    "set enable_external_access = true",
    "install httpfs",
    "load json",
    "call enable_logging(storage='file', storage_path='{out}')",
    "pragma disable_checkpoint_on_shutdown",
    "prepare q as copy (select 1) to '{out}/new.csv'; execute q",
]


@pytest.mark.parametrize("sql", WRITES)
def test_nothing_but_select(sql: str, outputs: Path) -> None:
    """``copy … overwrite true`` deleted the commit mark of every document."""
    before = contents(outputs)
    done = run("query", sql.format(out=outputs), "--outputs", outputs)
    assert (done.exit_code, done.stdout) == (2, "")
    assert contents(outputs) == before


def test_nothing_outside_is_read(outputs: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("a\n1\n", encoding="utf-8")
    for sql in (f"select * from '{tmp_path}/secret.csv'", f"select * from read_text('{tmp_path}/*')", f"from glob('{outputs}/../../*')"):  # fmt: skip
        assert run("query", sql, "--outputs", outputs).exit_code == 2


def test_questions_about_the_tables(outputs: Path) -> None:
    for sql in ("describe \"支出总表\"", "summarize select 1", "with a as (select 1) from a", "show tables", "from \"支出总表\" limit 1"):  # fmt: skip
        assert run("query", sql, "--outputs", outputs).exit_code == 0


def test_whole_message(outputs: Path) -> None:
    assert "LINE 1" in run("query", "select nothing", "--outputs", outputs).stderr


def test_no_files_are_left_in_the_current_folder(
    outputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("query", "select count(*) from range(1000000)", "--outputs", outputs).exit_code == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("＝1+1", "'＝1+1"), ("＋A1", "'＋A1"), ("\n=1+1", "'\n=1+1"), (" =1", "' =1"), ("－A1", "'－A1"), ("\u200b@x", "'\u200b@x"),
        ("\tx", "'\tx"), ("-12.50", "-12.50"), ("合计", "合计"), (["=1", "编码补零"], "'=1; 编码补零"), (["跨页续行", "=1"], "跨页续行; '=1"),
        ([], ""), (None, None), (-3, -3), ("－12.5", "－12.5"), ("一、", "一、"),
    ],
)  # fmt: skip
def test_cells_are_no_formulas(value: object, cell: object) -> None:
    assert harmless(value) == cell


def test_escapes_do_not_reach_the_terminal(outputs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = run("query", "select chr(27) || ']0;owned' || chr(7) as a, chr(8238) as \"b\x1b\", 'x' || chr(12288) as c", "--outputs", outputs)  # fmt: skip
    assert done.exit_code == 0
    print_table("\x1b[2J", ("h\x1b",), [["\x1b[31m[red]"]])
    for text in (done.stdout, done.stderr, capsys.readouterr().out, shown("\x9b31m\u202e")):
        assert not {"\x1b", "\x07", "\u202e", "\x9b"} & set(text)
    assert shown("支出　总表\n2") == "支出　总表\n2"


def test_inspect_shows_no_escapes(tmp_path: Path) -> None:
    (path,) = batch(tmp_path, 1)
    path.write_text(path.read_text(encoding="utf-8").replace("表1", "表1\x1b[2J").replace("一般", "一\x1b]0;x\x07般"), encoding="utf-8")  # fmt: skip
    for more in ((), ("--table", 1)):
        done = run("inspect", path, *more)
        assert done.exit_code == 0 and "\x1b" not in done.stdout + done.stderr


def test_the_folder_stands_first_as_elsewhere(outputs: Path) -> None:
    sql = 'select count(*) as n from "文档清单"'
    assert run("query", outputs, sql, "--csv").stdout == run("query", sql, "--outputs", outputs, "--csv").stdout
    assert run("query", outputs, sql, "--outputs", outputs).exit_code == 2


def test_no_column_is_left_out_on_a_narrow_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table of thirty columns on 80 cells showed four of them."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    titles = tuple(f"列{n}" for n in range(30))
    rows = [[f"值{n}" for n in range(30)]]
    assert terminal.fits(titles[:4], [row[:4] for row in rows])
    assert not terminal.fits(titles, rows)
    terminal.print_cards(titles, rows)
    shown = capsys.readouterr().out
    assert all(
        f"{head}{'' if len(head) == 3 else ' '}  {value}" in shown for head, value in zip(titles, rows[0], strict=True)
    )
