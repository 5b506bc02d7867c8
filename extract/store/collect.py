"""Merge the many small files of a run into one large file per dataset, or per dataset and year.

Streams: one small file is in memory at a time, and row groups end between documents, so that a reader who wants one
document reads little.  Only documents with their commit mark are taken.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from extract.errors import OutputError, UsageError
from extract.store.datapackage import describe_panel, described_files
from extract.store.documents import read_documents
from extract.store.integrity import damaged
from extract.store.writer import DOCUMENTS, Labels, labels_of
from parsers.specs.loader import fields

_ROWS = 100_000  # of a row group, about
NO_YEAR = "none"  # name of the file of rows without a year


@dataclass(frozen=True, slots=True)
class Collected:
    """Rows by dataset, and the rows of 文档清单 of the documents that were left out: 被取代 or 同额于 another one."""

    counts: dict[str, int]
    left_out: list[dict[str, Any]]
    damaged: dict[str, list[str]]  # documents whose files are missing or cut: left out, too


def collect(outputs: Path, panel: Path, by_year: bool) -> Collected:
    """Write ``panel/<数据集>.parquet`` (or ``panel/<数据集>/2024.parquet``), each budget once, and what describes it.

    Raises ``UsageError`` when ``outputs`` holds no run, ``OutputError`` when ``panel`` cannot be written.
    """
    labels = labels_of(outputs)
    if panel.resolve() == outputs.resolve():
        raise UsageError("the panel needs a folder of its own")
    rows = {document: entry.row for document, entry in read_documents(outputs, labels).items()}
    left_out = [row for row in rows.values() if row["被取代"] or row["同额于"]]
    broken = damaged(outputs, outputs / labels.folder(DOCUMENTS))
    committed = set(rows) - {row["文档"] for row in left_out} - broken.keys()
    years = {document: row["年度"] for document, row in rows.items()} if by_year else None
    counts: dict[str, int] = {}
    paths: dict[str, list[str]] = {}
    try:
        before = described_files(panel)
        for dataset in fields():
            folder = outputs / labels.folder(dataset)
            if folder.is_dir():
                counts[dataset], made = _merge(folder, panel, labels, dataset, committed, years)
                paths[dataset] = [p.relative_to(panel).as_posix() for p in made]
        _remove(panel, before - {name for names in paths.values() for name in names})
    except OSError as error:
        raise OutputError(f"cannot write {panel}: {error.strerror or error}") from error
    describe_panel(panel, labels, paths)
    return Collected(counts, left_out, broken)


def _remove(panel: Path, names: set[str]) -> None:
    """Take away what an earlier panel of another layout left."""
    for name in names:
        old = panel / name
        if not old.resolve().is_relative_to(panel.resolve()) or old.suffix != ".parquet":
            continue  # whoever wrote that, it is not ours
        old.unlink(missing_ok=True)
        if old.parent != panel:
            with suppress(OSError):
                old.parent.rmdir()


def _merge(
    folder: Path, panel: Path, labels: Labels, dataset: str, committed: set[str], years: dict[str, int | None] | None
) -> tuple[int, list[Path]]:
    wanted = labels.schema(dataset)
    rows = 0
    with ExitStack() as stack:
        parts: dict[Path, _Part] = {}
        if years is None:  # a dataset without rows is there all the same
            whole = panel / f"{folder.name}.parquet"
            parts[whole] = stack.enter_context(_Part(whole, wanted))
        for document, path in _files(folder, committed):
            table = _read(path).cast(wanted)
            pieces = [("", table)] if years is None else _by_year(table, labels.column("年度"), years.get(document))
            for year, piece in pieces:
                target = panel / f"{folder.name}.parquet" if years is None else panel / folder.name / f"{year}.parquet"
                if target not in parts:
                    parts[target] = stack.enter_context(_Part(target, wanted))
                parts[target].add(document, piece)
                rows += piece.num_rows
    return rows, sorted(parts)


def _by_year(table: pa.Table, column: str, otherwise: int | None) -> Iterator[tuple[str, pa.Table]]:
    """The rows of each 年度: that of the row, or of the document where its dataset or the row has none."""
    if column not in table.column_names:
        yield str(otherwise or NO_YEAR), table
        return
    years = pc.fill_null(table[column], otherwise or 0)
    for year in pc.unique(years).to_pylist():
        yield str(year or NO_YEAR), table.filter(pc.equal(years, year))


def _read(path: Path) -> pa.Table:
    try:
        return pq.ParquetFile(path).read()
    except (pa.ArrowException, OSError) as error:
        raise UsageError(f"cannot read {path}: {error}; run extract again with --verify") from error


def _files(folder: Path, committed: set[str]) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.glob("*.parquet")):
        document = path.stem.split("__")[0]
        if document in committed:
            yield document, path


@dataclass(slots=True)
class _Part:
    """One large file, written under a temporary name and renamed when it is whole."""

    target: Path
    schema: pa.Schema
    _pending: list[pa.Table] = field(default_factory=list)
    _rows: int = 0
    _document: str = ""
    _writer: pq.ParquetWriter | None = None

    @property
    def _temporary(self) -> Path:
        return self.target.with_name(f".{self.target.name}.{os.getpid()}")

    def __enter__(self) -> _Part:
        self.target.parent.mkdir(parents=True, exist_ok=True)
        self._writer = pq.ParquetWriter(self._temporary, self.schema, compression="snappy")
        return self

    def add(self, document: str, table: pa.Table) -> None:
        if document != self._document and self._rows >= _ROWS:
            self._flush()
        self._document = document
        self._pending.append(table)
        self._rows += table.num_rows

    def _flush(self) -> None:
        assert self._writer is not None
        if self._pending:
            self._writer.write_table(pa.concat_tables(self._pending).unify_dictionaries(), row_group_size=1 << 30)
        self._pending, self._rows = [], 0

    def __exit__(self, kind: object, *_: object) -> None:
        assert self._writer is not None
        if kind is None:
            self._flush()
        self._writer.close()
        if kind is None:
            os.replace(self._temporary, self.target)
        else:
            self._temporary.unlink(missing_ok=True)
