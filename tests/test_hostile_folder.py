"""A folder can do what no PDF can: links in circles, pipes, names that no system takes, files without end."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from extract.batch.sources import find_sources, listed
from extract.cli import app
from extract.convert import Recipe, convert
from extract.doors import read_document
from extract.files import MIB
from tests.test_pool import batch

SAMPLE = Path(__file__).resolve().parent.parent / "samples" / "portrait_numbered.pdf"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["extract", *map(str, arguments), "-q"])


def failures(out: Path) -> dict[str, str]:
    rows = pq.read_table(out / "文档清单").to_pylist()
    return {Path(r["来源"]).name: f"{r['错误代码']}: {r['错误']}" for r in rows if r["状态"] == "失败"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    batch(tmp_path / "in", 1)
    return tmp_path / "in"


def test_entries_that_cannot_be_read_cost_only_themselves(folder: Path, tmp_path: Path) -> None:
    """Each of these once ended the run with a traceback, or was skipped without a word."""
    (folder / "a.pdf").symlink_to(folder / "b.pdf")
    (folder / "b.pdf").symlink_to(folder / "a.pdf")
    os.mkfifo(folder / "pipe.pdf")
    (folder / "piped.txt").symlink_to(folder / "pipe.pdf")
    names = tmp_path / "names"
    names.write_bytes(os.fsencode(folder) + b"\nnul\0.pdf\n" + b"x" * 300 + b".pdf\ngb\xd4\xd4.pdf\n")
    done = run(f"@{names}", "-o", tmp_path / "out", "--jobs", 1)
    assert done.exit_code == 1, done.output
    found = failures(tmp_path / "out")
    assert {name.strip("x") or name: text.split(":")[0] for name, text in found.items()} == dict.fromkeys(
        ["a.pdf", "b.pdf", "pipe.pdf", "piped.txt", "nul\\x00.pdf", ".pdf", "gb\\udcd4\\udcd4.pdf"],
        "Unreadable",
    )
    assert "a pipe, not a regular file" in found["pipe.pdf"] and "a pipe" in found["piped.txt"]
    assert "1 document" not in done.stderr and "8 documents" in done.stderr


@pytest.mark.parametrize("jobs", [0, 1])
def test_a_pipe_given_by_name_does_not_hang(tmp_path: Path, jobs: int) -> None:
    os.mkfifo(tmp_path / "pipe.pdf")
    assert run(tmp_path / "pipe.pdf", "-o", tmp_path / "out", "--jobs", jobs).exit_code == 1
    assert "a pipe" in failures(tmp_path / "out")["pipe.pdf"]


def test_folder_that_cannot_be_listed_is_a_row(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = folder / "closed"
    closed.mkdir()
    real = os.scandir

    def scandir(path: str) -> object:
        if Path(path) == closed:
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert run(folder, "-o", tmp_path / "out", "--jobs", 0).exit_code == 1
    assert "cannot be listed: Permission denied" in failures(tmp_path / "out")["closed"]


def test_folder_that_cannot_be_entered_is_rows(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without x permission names are listed, and nothing more is known of them."""
    real = Path.stat

    def stat(path: Path, **more: bool) -> os.stat_result:
        if path.parent == folder:
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, **more)

    monkeypatch.setattr(Path, "stat", stat)
    assert run(folder, "-o", tmp_path / "out", "--jobs", 0).exit_code == 1
    assert "Permission denied" in failures(tmp_path / "out")["000.txt"]


def test_globs_do_not_follow_links_in_circles(folder: Path) -> None:
    for name in ("up", "again"):  # two of them made 2^40 paths
        (folder / name).symlink_to(folder)
    assert [s.path.name for s in find_sources([f"{folder}/**/*.txt"])] == ["000.txt"]
    assert [s.path.name for s in find_sources([f"{folder}/**.txt"])] == ["000.txt"]


def test_lists_in_any_encoding(tmp_path: Path) -> None:
    for name, data in {"utf8": "\ufeff预算.pdf\r\n".encode(), "powershell": "预算.pdf\r\n".encode("utf-16")}.items():
        (tmp_path / name).write_bytes(data)
        assert list(listed([f"@{tmp_path / name}"])) == ["预算.pdf"]


def test_sparse_giant_is_not_read(folder: Path, tmp_path: Path) -> None:
    """Six GiB of nothing once cost the supervisor six GiB, twice; it said that the document had crashed."""
    with (folder / "giant.pdf").open("wb") as handle:
        handle.truncate(6 << 30)
    (folder / "twin.pdf").symlink_to(folder / "giant.pdf")
    done = run(folder, "-o", tmp_path / "out", "--jobs", 1)
    assert done.exit_code == 1
    assert failures(tmp_path / "out")["giant.pdf"].startswith("TooMuchMemory: the file holds 6,144 MiB, more than 512")


def test_size_limit_is_the_users(folder: Path, tmp_path: Path) -> None:
    with (folder / "large.txt").open("wb") as handle:
        handle.truncate(2 * MIB)
    assert "--max-size" in run(folder, "-o", tmp_path / "out", "--jobs", 0, "--max-size", 1).stderr
    assert failures(tmp_path / "out").keys() == {"large.txt"}
    run(folder, "-o", tmp_path / "out", "--jobs", 0, "--max-size", 3)
    assert "NotText" in failures(tmp_path / "out")["large.txt"]  # and not a second row for the same file


@pytest.mark.skipif(sys.platform != "linux", reason="bounds the address space")
def test_memory_that_ends_while_reading_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(path: Path, most: int | None = None) -> bytes:
        raise MemoryError

    monkeypatch.setattr("extract.archive.read_file", read)
    assert convert(tmp_path / "x.pdf", Recipe(tmp_path / "out")).error_code == "TooMuchMemory"


def test_a_header_that_is_missing_or_late() -> None:
    """Mail and web servers put lines before a PDF, and editors cut its first."""
    data = SAMPLE.read_bytes()
    pages = len(read_document(data, ".pdf").pages)
    for given in (data.partition(b"\n")[2], b"HTTP/1.1 200 OK\r\n" * 100 + data):
        document = read_document(given, ".pdf")
        assert len(document.pages) == pages
        assert "文件头" in document.marks[0]
