"""Each budget once: one row a document, sources that change, files that go, figures that another document holds."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from extract.cli import app
from extract.convert import doc_id_of
from extract.store.documents import gone, read_documents
from extract.store.schema import Labels

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
TEXT = (SAMPLES / "numbered_text.txt").read_text(encoding="utf-8")
HEAD = "东湖市{name}2024年部门预算\n表3\n支出总表\n单位：万元\n科目编码\t科目名称\t合计\t基本支出\t项目支出\n"
ROWS = "\t合计\t{0}\t{0}\t\n208\t社会保障和就业支出\t{0}\t{0}\t\n20805\t行政事业单位养老支出\t{0}\t{0}\t\n2080501\t行政单位离退休\t{0}\t{0}\t\n"


def budget(name: str, amount: str) -> str:
    return HEAD.format(name=name) + ROWS.format(amount)


def extract(folder: Path, out: Path, *options: str) -> Result:
    return CliRunner().invoke(app, ["extract", str(folder), "-o", str(out), "-q", "--jobs", "0", *options])


def listed(out: Path) -> dict[str, dict[str, Any]]:
    return {r["文档"]: r for r in pq.read_table(out / "文档清单").to_pylist()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def test_a_changed_source_replaces_its_former_self(folder: Path, tmp_path: Path) -> None:
    source, out = folder / "budget.txt", tmp_path / "out"
    old, new = budget("司法局", "10.00"), budget("司法局", "12.00")
    ids = [doc_id_of(t.encode()) for t in (old, new)]
    source.write_text(old, encoding="utf-8")
    extract(folder, out)
    source.write_text(new, encoding="utf-8")
    extract(folder, out)
    assert {d: r["被取代"] for d, r in listed(out).items()} == {ids[0]: ids[1], ids[1]: None}
    source.write_text(old, encoding="utf-8")  # the correction is taken back: both are current, and yet it must be seen
    assert "1 current" in extract(folder, out).stderr
    assert {d: r["被取代"] for d, r in listed(out).items()} == {ids[0]: None, ids[1]: ids[0]}


def test_a_document_keeps_the_names_that_still_hold_it(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first, second = folder / "a.txt", folder / "b.txt"
    first.write_text(budget("司法局", "10.00"), encoding="utf-8")
    shutil.copy(first, second)
    extract(folder, out)
    (row,) = listed(out).values()
    assert (row["来源"], row["别名"]) == (str(first), [str(second)])
    first.write_text(budget("司法局", "11.00"), encoding="utf-8")
    extract(folder, out)
    assert sorted((r["来源"], r["别名"], r["被取代"]) for r in listed(out).values()) == [
        (str(first), [], None),
        (str(second), [], None),
    ]


def test_a_new_name_of_known_bytes_is_listed_without_a_conversion(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (folder / "a.txt").write_text(budget("司法局", "10.00"), encoding="utf-8")
    extract(folder, out)
    (folder / "a.txt").rename(folder / "renamed.txt")
    assert "1 current" in extract(folder, out).stderr
    (row,) = listed(out).values()
    assert row["别名"] == [str(folder / "renamed.txt")]
    assert gone([row]) == []


def test_a_file_that_cannot_be_read_replaces_nothing(folder: Path, tmp_path: Path) -> None:
    source, out = folder / "a.txt", tmp_path / "out"
    done = CliRunner().invoke(app, ["extract", str(source), "-o", str(out), "-q", "--jobs", "0"])
    assert done.exit_code == 1  # it is not there
    source.write_text(budget("司法局", "10.00"), encoding="utf-8")
    extract(source, out)
    assert [(r["状态"], r["被取代"]) for r in listed(out).values()] == [("成功", None)]
    source.unlink()
    extract(source, out)
    assert sorted((r["状态"], r["被取代"]) for r in listed(out).values()) == [("失败", None), ("成功", None)]


def test_gone_files_are_named_and_pruned(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for name, amount in (("a", "10.00"), ("b", "11.00"), ("c", "12.00")):
        (folder / f"{name}.txt").write_text(budget(name, amount), encoding="utf-8")
    extract(folder, out)
    (folder / "a.txt").unlink()
    (folder / "b.txt").write_text(budget("b", "11.50"), encoding="utf-8")
    extract(folder, out)
    rows = [entry.row for entry in read_documents(out, Labels()).values()]
    assert [r["来源"] for r in gone(rows)] == [str(folder / "a.txt")]
    done = extract(folder, out, "--prune")
    assert sorted(line.split(": ")[1] for line in done.stderr.splitlines() if "dropped" in line) == [
        "dropped, its file is gone",
        "dropped, replaced",
    ]
    kept = listed(out)
    assert sorted(Path(r["来源"]).name for r in kept.values()) == ["b.txt", "c.txt"]
    assert {p.stem.split("__")[0] for p in out.rglob("*.parquet")} == set(kept)


def test_prune_leaves_other_folders_alone(folder: Path, tmp_path: Path) -> None:
    other, out = tmp_path / "other", tmp_path / "out"
    other.mkdir()
    (folder / "a.txt").write_text(budget("a", "10.00"), encoding="utf-8")
    (other / "b.txt").write_text(budget("b", "11.00"), encoding="utf-8")
    extract(folder, out)
    extract(other, out)
    (other / "b.txt").unlink()
    extract(folder, out, "--prune")
    assert len(listed(out)) == 2


def test_figures_that_another_document_holds_are_found(folder: Path, tmp_path: Path) -> None:
    """Three copies of one budget (one in a merged document), a twin of a department's own unit, and one of its own."""
    out = tmp_path / "out"
    one, other = budget("司法局", "10.00"), budget("审计局", "20.00")
    texts = {
        "a": one, "b": one + "\n说明：重新公布\n",
        "merged": one + other.split("\n", 1)[1].replace("表3", "表4"),
        "next year": one.replace("2024", "2025"), "alone": budget("财政局", "30.00"),
    }  # fmt: skip
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    extract(folder, out)
    ids = {name: doc_id_of(text.encode()) for name, text in texts.items()}
    rows = listed(out)
    assert {name: rows[d]["同额于"] for name, d in ids.items()} == {
        "a": ids["merged"], "b": ids["merged"], "merged": None, "next year": None, "alone": None,
    }  # fmt: skip
    (folder / "merged.txt").unlink()
    extract(folder, out, "--prune")
    rows = listed(out)
    assert [rows[ids[n]]["同额于"] for n in ("a", "b")] == [None, ids["a"]]


def test_of_twins_the_department_is_kept(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for kind in ("单位", "部门"):
        text = budget("司法局", "10.00").replace("部门预算", f"{kind}预算")
        (folder / f"{'a' if kind == '单位' else 'b'}.txt").write_text(text, encoding="utf-8")
    extract(folder, out)
    assert {r["级别"]: bool(r["同额于"]) for r in listed(out).values()} == {"部门": False, "单位": True}


def test_a_run_that_was_killed_is_settled_by_the_next(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    for name in "ab":
        (folder / f"{name}.txt").write_text(budget("司法局", "10.00") + name, encoding="utf-8")
    with monkeypatch.context() as killed:
        killed.setattr("extract.batch.run.settle", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        assert extract(folder, out).exit_code == 130
    assert not any(r["同额于"] for r in listed(out).values())
    extract(folder, out)
    assert sum(bool(r["同额于"]) for r in listed(out).values()) == 1
    assert not list(out.glob(".*"))


def test_collect_takes_each_budget_once_and_says_what_it_leaves_out(folder: Path, tmp_path: Path) -> None:
    out, panel = tmp_path / "out", tmp_path / "panel"
    source = folder / "c.txt"
    source.write_text(budget("审计局", "7.00"), encoding="utf-8")
    extract(folder, out)
    source.write_text(budget("审计局", "8.00"), encoding="utf-8")
    for name, kind in (("a", "单位"), ("b", "部门")):
        text = budget("司法局", "10.00").replace("部门预算", f"{kind}预算")
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    done = extract(folder, out)
    assert "3 documents (0 current, 0 failed, 1 被取代, 1 同额于), " in done.stderr
    assert "3 documents (3 current, 0 failed, 1 同额于), " in extract(folder, out).stderr
    ids = {name: doc_id_of((folder / f"{name}.txt").read_bytes()) for name in "bc"}
    done = CliRunner().invoke(app, ["collect", str(out), "-o", str(panel)])
    assert sorted(line for line in done.stderr.splitlines() if "left out" in line) == [
        f"{folder}/a.txt: left out, 同额于 {folder}/b.txt ({ids['b']})",
        f"{folder}/c.txt: left out, 被取代 {folder}/c.txt ({ids['c']})",
    ]
    shown = CliRunner().invoke(app, ["status", str(out)]).stdout.replace("\n", "")
    assert f"→ {folder}/b.txt ({ids['b']}) holds the same figures" in shown
    rows = pq.read_table(panel / "支出总表.parquet").to_pylist()
    assert sum(r["金额"] for r in rows if r["末级"] and r["指标"] == "合计") == 180_000
    assert pq.read_metadata(panel / "文档清单.parquet").num_rows == 2
