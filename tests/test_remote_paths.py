"""URLs carry passwords, servers fail, and what stands in somebody's metadata is not to be trusted."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from extract.batch.remote import driver_errors, find_remote, public, reason
from extract.cli import app
from extract.recipe import doc_id_of
from extract.store.writer import listed_files
from tests.test_documents import budget
from tests.test_pool import batch

pytestmark = pytest.mark.filterwarnings("ignore")  # the drivers' own


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["extract", *map(str, arguments), "-q", "--jobs", "0"])


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("ftp://me:s3cret@host/a.pdf", "ftp://me:***@host/a.pdf"),
        ("https://me@host:81/a.pdf?page=2", "https://me@host:81/a.pdf?page=2"),
        ("https://h/a.pdf?X-Amz-Signature=abc&page=2&token=x", "https://h/a.pdf?X-Amz-Signature=***&page=2&token=***"),
        ("s3://bucket/in", "s3://bucket/in"),
        ("s3://bucket/年 度/#1.pdf", "s3://bucket/年 度/#1.pdf"),
    ],
)
def test_secrets_stay_out_of_names(url: str, shown: str) -> None:
    assert public(url) == shown


def test_secrets_stay_out_of_errors() -> None:
    url = "ftp://me:s%40cret@host/a.pdf"
    assert reason(OSError(f"no route to {url}\nas me:s@cret"), url) == "no route to ftp://me:***@host/a.pdf as me:***"


@pytest.mark.parametrize("url", ["ftp://me:s3cret@127.0.0.1:1/a.pdf", "http://me:s3cret@127.0.0.1:1/a.pdf", "nope://me:s3cret@h/a.pdf"])  # fmt: skip
def test_server_that_is_not_there_is_a_row(url: str, tmp_path: Path) -> None:
    batch(tmp_path / "in", 1)
    done = run(url, tmp_path / "in", "-o", tmp_path / "out", "--json")
    assert done.exit_code == 1, done.output
    assert "s3cret" not in done.stdout + done.stderr
    assert b"s3cret" not in b"".join(p.read_bytes() for p in (tmp_path / "out").rglob("*.parquet"))
    rows = pq.read_table(tmp_path / "out" / "文档清单").to_pylist()
    assert sorted((r["状态"], r["错误代码"]) for r in rows) == [("失败", "Unreadable"), ("成功", None)]


@pytest.mark.parametrize("out", ["ftp://me:s3cret@127.0.0.1:1/out", "http://me:s3cret@127.0.0.1:1/out"])
def test_server_that_takes_no_output(out: str, tmp_path: Path) -> None:
    batch(tmp_path / "in", 1)
    done = run(tmp_path / "in", "-o", out)
    assert done.exit_code == 5, done.output
    assert "s3cret" not in done.stderr and len(done.stderr.splitlines()) == 1


class Refuses(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(403)
        self.end_headers()

    do_HEAD = do_GET

    def log_message(self, format: str, *args: object) -> None: ...


def test_server_that_refuses_is_a_row(tmp_path: Path) -> None:
    server = HTTPServer(("127.0.0.1", 0), Refuses)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        done = run(f"http://127.0.0.1:{server.server_port}/a.pdf", "-o", tmp_path / "out")
    finally:
        server.shutdown()
        server.server_close()
    assert done.exit_code == 1, done.output
    (row,) = pq.read_table(tmp_path / "out" / "文档清单").to_pylist()
    assert row["错误代码"] == "Unreadable"


def test_ftp_errors_are_named_once_ftp_is_used() -> None:
    import ftplib

    with pytest.raises(driver_errors()):
        raise ftplib.error_perm("550 no such file")


def test_urls_keep_their_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """An FTP path alone does not say where it stands."""

    class Ftp:
        isfile = exists = staticmethod(lambda path: False)
        find = staticmethod(lambda path: [f"{path}/b.pdf", f"{path}/c.png"])
        unstrip_protocol = staticmethod(lambda name: f"ftp://{name}")

    monkeypatch.setattr("extract.batch.remote.filesystem", lambda url: (Ftp(), "/in"))
    assert find_remote("ftp://me:x@host/in/") == ["ftp://me:x@host/in/b.pdf"]


def test_size_is_asked_before_reading(tmp_path: Path) -> None:
    (tmp_path / "large.txt").write_bytes(bytes(2 << 20))
    run(f"file://{tmp_path}/large.txt", "-o", tmp_path / "out", "--max-size", 1)
    (row,) = pq.read_table(tmp_path / "out" / "文档清单").to_pylist()
    assert row["错误代码"] == "TooMuchMemory"


def test_remote_outputs_are_settled(tmp_path: Path) -> None:
    """A source that changed under its path stood beside its former self, and both were summed."""
    source, out = tmp_path / "in" / "a.txt", tmp_path / "out"
    source.parent.mkdir()
    for amount in ("10.00", "12.00"):
        source.write_text(budget("司法局", amount), encoding="utf-8")
        assert run(source, "-o", f"file://{out}").exit_code == 0
    rows = pq.read_table(out / "文档清单").to_pylist()
    assert sorted((r["文档"] == doc_id_of(source.read_bytes()), r["被取代"]) for r in rows) == [
        (False, doc_id_of(source.read_bytes())), (True, None),
    ]  # fmt: skip
    assert not (out / ".unsettled").exists()


def test_files_listed_elsewhere_are_never_removed(tmp_path: Path) -> None:
    """What a run replaces stands in a Parquet file's metadata, and anybody can write one."""
    (path,) = batch(tmp_path / "in", 1)
    out = tmp_path / "out"
    run(tmp_path / "in", "-o", out)
    (index,) = (out / "表格清单").glob("*.parquet")
    document = index.stem
    mine = f"支出总表/{document}__1.parquet"
    bad = [
        str(path), "../in/000.txt", f"../{document}.parquet", f"支出总表/../{document}.parquet", "支出总表/other__1.parquet",
        f"a/b/{document}.parquet", f"支出总表/{document}__../../x.parquet", 3, None, f"支出总表/{document}x.parquet",
    ]  # fmt: skip
    table = pq.read_table(index).replace_schema_metadata({"files": json.dumps([*bad, mine])})
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    assert listed_files(sink.getvalue().to_pybytes(), document) == [mine]
    index.write_bytes(sink.getvalue().to_pybytes())
    run(tmp_path / "in", "-o", out, "--force")
    assert path.exists()


def test_an_archive_on_a_remote_path_is_said(tmp_path: Path) -> None:
    import fsspec

    fsspec.filesystem("memory").pipe("/archives/a.zip", b"PK\x03\x04")
    done = run("memory://archives", "-o", tmp_path / "out", "--json")
    (row,) = pq.read_table(tmp_path / "out" / "文档清单").to_pylist()
    assert (done.exit_code, row["状态"], row["错误代码"]) == (1, "失败", "Unreadable")
    assert "not opened" in row["错误"]
