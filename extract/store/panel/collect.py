"""Merge the many small files of a run into one large file per dataset, or per dataset and year.

Streams: the rows of some documents are in memory at a time, and row groups end between documents, so that a reader who
wants one document reads little.  Only documents with their commit mark are taken.  The bytes follow from the documents
alone: whether small files, parts or a former panel are read, which is quicker where documents have not changed.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zlib import crc32

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from extract.errors import OutputError, UsageError
from extract.store.datapackage import describe_panel, described_files
from extract.store.documents import cited, each_document
from extract.store.formulas import harmless
from extract.store.integrity import SEALS
from extract.store.panel.continuity import findings
from extract.store.panel.renames import propose_renames
from extract.store.panel.units import Units, read_override
from extract.store.reader import Outputs
from extract.store.schema import DOCUMENTS, Labels, labels_of, to_table
from extract.store.verdicts import Applied, read_verdicts
from parsers.records import DocumentRow
from parsers.specs.loader import FieldSpec, fields

_ROWS = 100_000  # of a row group, about
_THREADS = 4  # datasets that are merged at once
_STATE = ".collected.json"  # what a panel holds, in its folder
CHECKS, UNITS = "核对结果", "单位清单"
PROPOSALS = "units_proposed.csv"
NO_YEAR = "none"  # name of the file of rows without a year


@dataclass(frozen=True, slots=True)
class Collected:
    """Rows by dataset, and the documents that were left out: 来源 of each, and why, 被取代 or 同额于 which one."""

    counts: dict[str, int]
    left_out: list[tuple[str, str]]
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
    run = Outputs(outputs, labels)
    rows, seals = {}, {}
    for entry in each_document(outputs, labels):
        rows[entry.row["文档"]] = entry.row
        seals[entry.row["文档"]] = crc32(entry.metadata.get(SEALS.encode(), b""))
    why = {d: _why_left_out(row, rows) for d, row in rows.items()}
    left_out = [(rows[d]["来源"], reason) for d, reason in why.items() if reason]
    committed = {d for d in run.documents["文档"].to_pylist() if d in rows and not why[d]}
    years = {document: row["年度"] for document, row in rows.items()} if by_year else None
    publishers = Units([row for document, row in rows.items() if document in committed], read_override(units))
    verdicts = Applied(read_verdicts(outputs))
    now = {d: seals[d] for d in committed}
    reusable = not (by_year or verdicts or run.parts)
    try:
        before = described_files(panel)
        former = _former(panel, labels, now) if reusable else None
        (panel / _STATE).unlink(missing_ok=True)
        _list_units(run, publishers)
        source = _Source(run, committed, former, findings(run, committed, publishers))
        propose_renames(run, committed, publishers)
        pa.default_memory_pool().release_unused()

        def merged(dataset: str) -> tuple[int, list[str]]:
            with _Merge(panel, labels, dataset, publishers, years, verdicts) as merge:
                for table in [to_table(UNITS, publishers.records())] if dataset == UNITS else source.tables(dataset):
                    merge.add(table)
            return merge.rows, merge.files()

        wanted = [d for d in fields() if d == UNITS or run.files(d) or (d == CHECKS and source.between.num_rows)]
        with ThreadPoolExecutor(min(_THREADS, os.cpu_count() or 1)) as pool:
            made = dict(zip(wanted, pool.map(merged, wanted), strict=True))
        paths = {dataset: names for dataset, (_, names) in made.items()}
        proposals = _write_proposals(panel, publishers)
        _remove(panel, before - {name for names in paths.values() for name in names})
        if reusable:
            _keep(panel, now)
    except OSError as error:
        raise OutputError(f"cannot write {panel}: {error.strerror or error}") from error
    describe_panel(panel, labels, paths, bool(verdicts))
    counts = {dataset: count for dataset, (count, _) in made.items()}
    return Collected(counts, left_out, run.damaged, proposals, verdicts.left(everywhere=True))


def _why_left_out(row: DocumentRow, rows: Mapping[str, DocumentRow]) -> str:
    """Which document stands in the place of this one; empty where none does."""
    others = (("被取代", row["被取代"]), ("同额于", row["同额于"]))
    return next((f"{why} {cited(other, rows)}" for why, other in others if other), "")


@dataclass(frozen=True, slots=True)
class _Former:
    """The panel as the last ``collect`` left it, and the documents whose rows it holds as they are now."""

    panel: Outputs
    documents: frozenset[str]


def _former(panel: Path, labels: Labels, now: dict[str, int]) -> _Former | None:
    """``None`` where there is none whose rows may be taken over."""
    try:
        told = json.loads((panel / _STATE).read_text(encoding="utf-8"))
        sizes = {name: (panel / name).stat().st_size for name in told["files"]}
        if told["files"] != sizes or told["columns"] != _columns_stamp() or labels_of(panel) != labels:
            return None
        same = frozenset(d for d, seal in told["documents"].items() if now.get(d) == seal)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, UsageError):
        return None
    return _Former(Outputs(panel, labels), same)


def _keep(panel: Path, now: dict[str, int]) -> None:
    """Note what the panel holds, for the next ``collect``."""
    files = {path.name: path.stat().st_size for path in sorted(panel.glob("*.parquet"))}
    told = {"columns": _columns_stamp(), "files": files, "documents": dict(sorted(now.items()))}
    temporary = panel / f"{_STATE}.{os.getpid()}"
    temporary.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    os.replace(temporary, panel / _STATE)


def _columns_stamp() -> int:
    return crc32(repr([(d, f.name, f.type) for d, columns in fields().items() for f in columns]).encode())


@dataclass(frozen=True, slots=True)
class _Source:
    """Rows of the committed documents, in the order of their ids: from the run, or from the former panel."""

    run: Outputs
    committed: set[str]
    former: _Former | None
    between: pa.Table  # rows of 核对结果 that only documents together give

    def tables(self, dataset: str) -> Iterator[pa.Table]:
        """The rows of some documents at a time."""
        for documents in self.run.batches(dataset, self.committed):
            table = self._rows(dataset, documents)
            if table.num_rows:
                yield table

    def _rows(self, dataset: str, documents: list[str]) -> pa.Table:
        if dataset == CHECKS:
            return self._checks(documents)
        former = self.former
        if former is None or dataset == DOCUMENTS or dataset not in former.panel.datasets():
            return self.run.rows_of(dataset, documents)  # names of documents change with other documents
        names = [f.name for f in fields()[dataset]]
        old = former.panel.rows_of(dataset, [d for d in documents if d in former.documents], names)
        new = self.run.rows_of(dataset, [d for d in documents if d not in former.documents], names)
        if not old.num_rows or not new.num_rows:
            return old if old.num_rows else new
        return _by_document(old, new)

    def _checks(self, documents: list[str]) -> pa.Table:
        """核对结果, the findings between documents after those of each one."""
        own = self.run.rows_of(CHECKS, documents)
        more = self.between.filter(pc.is_in(self.between["文档"], pa.array(documents, pa.string())))
        return _by_document(own, more) if more.num_rows else own


def _by_document(first: pa.Table, second: pa.Table) -> pa.Table:
    """Rows of both, one document after the other."""
    both = pa.concat_tables([first, second]).unify_dictionaries()
    return both.take(pc.sort_indices(both["文档"]))


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
            empty = self._whole(to_table(self._dataset, []))
            self._parts[year] = self._stack.enter_context(_Part(target, empty.schema))
        return self._parts[year]

    def _whole(self, table: pa.Table) -> pa.Table:
        """What people found on looking at cells, and 单位号, beside what was read; under the panel's names."""
        whole = self._with_unit(self._verdicts.to(table, self._dataset))
        return self._labels.table(whole, self._dataset)

    def _with_unit(self, table: pa.Table) -> pa.Table:
        """单位号 after the name of the publisher, where the dataset has one."""
        if "编制单位" not in table.column_names or self._dataset == UNITS:
            return table
        pairs = pa.table({n: table[n].cast(pa.string()) for n in ("文档", "编制单位")})
        number = {
            (row["文档"], row["编制单位"]): self._publishers.number(row["文档"], row["编制单位"])
            for row in pairs.group_by(["文档", "编制单位"], use_threads=False).aggregate([]).to_pylist()
        }
        known = pa.array([f"{d}{name or ''}" for d, name in number], pa.string())
        own = pc.binary_join_element_wise(pairs["文档"], pc.fill_null(pairs["编制单位"], ""), "")
        column = pa.array(list(number.values()), pa.string()).take(_one(pc.index_in(own, known)))
        spec: FieldSpec = fields()[UNITS][0]
        kind = pa.field(spec.name, pa.string(), metadata={"title": spec.title, "english": spec.english})
        return table.add_column(table.column_names.index("编制单位") + 1, kind, column)

    def add(self, table: pa.Table) -> None:
        """Take the rows of some documents, under Chinese names; those of one document come one after the other."""
        whole = self._whole(table)
        self.rows += table.num_rows
        column = self._labels.column("文档")
        if self._years is None:
            self._part("").add(whole, column)
            return
        for year, piece in _by_year(whole, self._labels.column("年度"), column, self._years):
            self._part(year).add(piece, column)

    def files(self) -> list[str]:
        """The files, relative to the panel."""
        return sorted(part.target.relative_to(self._panel).as_posix() for part in self._parts.values())


def _list_units(run: Outputs, publishers: Units) -> None:
    """Hand on what documents say of units: their codes, and whose units they are."""
    wanted = ["文档", "科目体系", "科目编码", "科目名称", "级次"]
    for dataset in run.datasets():
        if not {"金额", *wanted} <= {f.name for f in fields()[dataset]}:
            continue
        for documents in run.batches(dataset, run.documents["文档"].to_pylist()):
            table = run.rows_of(dataset, documents, wanted)
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


def _one(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _by_year(
    table: pa.Table, column: str, document: str, otherwise: dict[str, int | None]
) -> Iterator[tuple[str, pa.Table]]:
    """The rows of each 年度: that of the row, or of the document where its dataset or the row has none."""
    documents = pc.unique(table[document])
    of_document = pa.array([otherwise.get(d) or 0 for d in documents.to_pylist()], pa.int16())
    years = of_document.take(_one(pc.index_in(table[document], documents)))
    if column in table.column_names:
        years = pc.coalesce(_one(table[column]), years)
    for year in pc.unique(years).to_pylist():
        yield str(year or NO_YEAR), table.filter(pc.equal(years, year))


@dataclass(slots=True)
class _Part:
    """One large file, written under a temporary name and renamed when it is whole."""

    target: Path
    schema: pa.Schema
    _pending: list[pa.Table] = field(default_factory=list)
    _rows: int = 0
    _writer: pq.ParquetWriter | None = None

    @property
    def _temporary(self) -> Path:
        return self.target.with_name(f".{self.target.name}.{os.getpid()}")

    def __enter__(self) -> _Part:
        self.target.parent.mkdir(parents=True, exist_ok=True)
        self._writer = pq.ParquetWriter(self._temporary, self.schema, compression="snappy")
        return self

    def add(self, table: pa.Table, document: str) -> None:
        """Take the rows of whole documents, whose ids stand in the column ``document``."""
        if document not in table.column_names:
            self._pending.append(table)
            return
        start = done = 0
        for counted in pc.value_counts(table[document]).to_pylist():
            if self._rows >= _ROWS:
                self._pending.append(table.slice(start, done - start))
                self._flush()
                start = done
            done += counted["counts"]
            self._rows += counted["counts"]
        self._pending.append(table.slice(start))

    def _flush(self) -> None:
        assert self._writer is not None
        whole = pa.concat_tables(self._pending) if self._pending else None
        if whole is not None and whole.num_rows:
            self._writer.write_table(_plainly_encoded(whole), row_group_size=1 << 30)
        self._pending, self._rows = [], 0
        pa.default_memory_pool().release_unused()

    def __exit__(self, kind: object, *_: object) -> None:
        assert self._writer is not None
        if kind is None:
            self._flush()
        self._writer.close()
        if kind is None:
            os.replace(self._temporary, self.target)
        else:
            self._temporary.unlink(missing_ok=True)


def _plainly_encoded(table: pa.Table) -> pa.Table:
    """Dictionaries in the order of their first rows: they tell nothing of where the rows were read."""
    for i, column in enumerate(table.schema):
        if pa.types.is_dictionary(column.type):
            values = table.column(i).cast(pa.string()).combine_chunks().dictionary_encode()
            table = table.set_column(i, column, values.cast(column.type))
    return table.combine_chunks()
