"""Merge the many small files of a run into one large file per dataset, or per dataset and year.

Streams: one small file is in memory at a time, and row groups end between documents, so that a reader who wants one
document reads little.  Only documents with their commit mark are taken.
"""

from __future__ import annotations

import csv
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
from extract.store.continuity import findings
from extract.store.datapackage import describe_panel, described_files
from extract.store.documents import read_documents
from extract.store.formulas import harmless
from extract.store.integrity import damaged
from extract.store.reader import Outputs
from extract.store.units import Units, read_override
from extract.store.verdicts import Applied, read_verdicts
from extract.store.writer import DOCUMENTS, Labels, labels_of, to_table
from parsers.specs.loader import FieldSpec, fields

_ROWS = 100_000  # of a row group, about
CHECKS, UNITS = "核对结果", "单位清单"
PROPOSALS = "units_proposed.csv"
NO_YEAR = "none"  # name of the file of rows without a year


@dataclass(frozen=True, slots=True)
class Collected:
    """Rows by dataset, and the rows of 文档清单 of the documents that were left out: 被取代 or 同额于 another one."""

    counts: dict[str, int]
    left_out: list[dict[str, Any]]
    damaged: dict[str, list[str]]  # documents whose files are missing or cut: left out, too
    proposals: int  # pairs of names that may be one publisher's: listed, not joined
    unused: list[str]  # a line for each verdict of people that fits no cell any more


def collect(outputs: Path, panel: Path, by_year: bool, units: Path | None = None) -> Collected:
    """Write ``panel/<数据集>.parquet`` (or ``panel/<数据集>/2024.parquet``), each budget once, and what describes it.

    ``units``: a file that says which names are one publisher's.  Raises ``UsageError`` when ``outputs`` holds no run, ``OutputError`` when ``panel`` cannot be written.
    """
    labels = labels_of(outputs)
    if panel.resolve() == outputs.resolve():
        raise UsageError("the panel needs a folder of its own")
    rows = {document: entry.row for document, entry in read_documents(outputs, labels).items()}
    left_out = [row for row in rows.values() if row["被取代"] or row["同额于"]]
    broken = damaged(outputs, outputs / labels.folder(DOCUMENTS))
    committed = set(rows) - {row["文档"] for row in left_out} - broken.keys()
    years = {document: row["年度"] for document, row in rows.items()} if by_year else None
    publishers = Units([row for document, row in rows.items() if document in committed], read_override(units))
    verdicts = Applied(read_verdicts(outputs))
    counts: dict[str, int] = {}
    paths: dict[str, list[str]] = {}
    try:
        before = described_files(panel)
        run = Outputs(outputs, labels)
        _list_units(run, publishers)
        more = findings(run, committed, publishers)
        for dataset in fields():
            folder = outputs / labels.folder(dataset)
            if not folder.is_dir() and dataset != UNITS:
                continue
            with _Merge(panel, labels, dataset, publishers, years, verdicts) as merge:
                if dataset == UNITS:
                    merge.add("", labels.table(to_table(UNITS, publishers.records()), UNITS))
                for document, path in _files(folder, committed):
                    merge.add(document, pq.ParquetFile(path).read().cast(labels.schema(dataset)))
                    if dataset == CHECKS and document in more:
                        merge.add(document, labels.table(to_table(CHECKS, more[document]), CHECKS))
            counts[dataset], paths[dataset] = merge.rows, merge.files()
        proposals = _write_proposals(panel, publishers)
        _remove(panel, before - {name for names in paths.values() for name in names})
    except OSError as error:
        raise OutputError(f"cannot write {panel}: {error.strerror or error}") from error
    describe_panel(panel, labels, paths, bool(verdicts))
    return Collected(counts, left_out, broken, proposals, verdicts.left(everywhere=True))


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


class _Merge:
    """The large file of a dataset, or one for each year."""

    def __init__(
        self, panel: Path, labels: Labels, dataset: str, publishers: Units, years: dict[str, int | None] | None,
        verdicts: Applied,
    ) -> None:  # fmt: skip
        self._panel, self._labels, self._dataset = panel, labels, dataset
        self._publishers, self._years = publishers, years if dataset != UNITS else None
        self._verdicts = verdicts
        self._parts: dict[str, _Part] = {}
        self._stack = ExitStack()
        self.rows = 0

    def __enter__(self) -> _Merge:
        if self._years is None:  # a dataset without rows is there all the same
            self._part("")
        return self

    def __exit__(self, *failure: Any) -> None:
        self._stack.__exit__(*failure)

    def _part(self, year: str) -> _Part:
        if year not in self._parts:
            name = self._labels.folder(self._dataset)
            target = self._panel / (f"{name}/{year}.parquet" if year else f"{name}.parquet")
            empty = self._whole("", self._labels.schema(self._dataset).empty_table())
            self._parts[year] = self._stack.enter_context(_Part(target, empty.schema))
        return self._parts[year]

    def _whole(self, document: str, table: pa.Table) -> pa.Table:
        """What people found on looking at cells, and 单位号, beside what was read."""
        if not self._verdicts:
            return self._with_unit(document, table)
        chinese = self._verdicts.to(self._labels.chinese(table, self._dataset), self._dataset)
        return self._with_unit(document, self._labels.table(chinese, self._dataset))

    def _with_unit(self, document: str, table: pa.Table) -> pa.Table:
        """单位号 after the name of the publisher, where the dataset has one."""
        after = self._labels.column("编制单位")
        if after not in table.column_names or self._dataset == UNITS:
            return table
        names = table[after].to_pylist()
        numbers = {name: self._publishers.number(document, name) for name in set(names)}
        spec: FieldSpec = fields()[UNITS][0]
        kind = pa.field(
            self._labels.column(spec.name), pa.string(), metadata={"title": spec.title, "english": spec.english}
        )
        column = pa.array([numbers[name] for name in names], pa.string())
        return table.add_column(table.column_names.index(after) + 1, kind, column)

    def add(self, document: str, table: pa.Table) -> None:
        """Take the rows of a document; those of one document come one after the other."""
        whole = self._whole(document, table)
        self.rows += table.num_rows
        if self._years is None:
            self._part("").add(document, whole)
            return
        for year, piece in _by_year(whole, self._labels.column("年度"), self._years.get(document)):
            self._part(year).add(document, piece)

    def files(self) -> list[str]:
        """The files, relative to the panel."""
        return sorted(part.target.relative_to(self._panel).as_posix() for part in self._parts.values())


def _list_units(run: Outputs, publishers: Units) -> None:
    """Hand on what documents say of units: their codes, and whose units they are."""
    wanted = ["文档", "科目体系", "科目编码", "科目名称", "级次"]
    for dataset in run.datasets():
        if not {"金额", *wanted} <= {f.name for f in fields()[dataset]}:
            continue
        table = run.table(dataset, wanted)
        table = table.filter(pc.fill_null(pc.equal(table["科目体系"].cast(pa.string()), "单位"), False))
        plain = pa.table({n: table[n].cast(pa.string()) for n in wanted})
        for row in plain.group_by(wanted, use_threads=False).aggregate([]).to_pylist():
            if row["科目名称"] and row["级次"] != "合计":
                publishers.listed(row["文档"], row["级次"], row["科目编码"], row["科目名称"])


def _write_proposals(panel: Path, publishers: Units) -> int:
    """``units_proposed.csv``: lines of it may go into the ``units.csv`` of the next ``collect``."""
    rows = publishers.proposals()
    with (panel / PROPOSALS).open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(("名称", "归于", "相似度", "理由"))
        writer.writerows([harmless(value) for value in row.values()] for row in rows)
    return len(rows)


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
