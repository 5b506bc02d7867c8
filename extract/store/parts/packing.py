"""Packs documents into parts, and rewrites parts where documents change or go.  One run at a time, holding the lock."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence, Set
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from extract.errors import OutputError
from extract.store.figures import KEY
from extract.store.integrity import part_faults, seal
from extract.store.parts.log import FOLDER, Log, Part, Sealed
from extract.store.parts.loose import DROPPED, Loose, loose_files, read_loose
from extract.store.schema import DOCUMENTS, Labels, to_table
from extract.store.writer import HOST, WORKPLACE, sweep_unfinished
from parsers.records import DocumentRow
from parsers.specs.loader import fields

FULL = 300  # documents of a part
_MOST_BYTES = 64 << 20  # of documents that go into one part
_GROUP = 10_000  # rows of a row group: what a reader of one document reads


@dataclass(slots=True)
class Packer:
    """Packs beside a run what its workers have finished."""

    out: Path
    labels: Labels
    log: Log
    _waiting: int = 0
    _packing: Future[None] | None = None
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))

    def take(self) -> None:
        """A document has been written.  Raises ``OutputError``."""
        self._waiting += 1
        if self._waiting >= FULL and (self._packing is None or self._packing.done()):
            self._join()
            self._waiting = 0
            self._packing = self._thread.submit(pack, self.out, self.labels, self.log, FULL)

    def finish(self) -> None:
        """Pack what is left.  Raises ``OutputError``."""
        self._join()
        pack(self.out, self.labels, self.log)

    def close(self) -> None:
        """Wait for what is being packed."""
        self._thread.shutdown()

    def _join(self) -> None:
        if self._packing is not None:
            self._packing.result()


def pack(out: Path, labels: Labels, log: Log, least: int = 1) -> None:
    """Move what waits into parts, while there are ``least`` documents or more.

    A document that was packed before is replaced.  Raises ``OutputError``.
    """
    try:
        while True:
            chosen, dropped, more = _chosen(out, log)
            if not chosen and not dropped:
                return
            _pack_one(out, labels, log, chosen, {p.name.removesuffix(DROPPED) for p in dropped})
            for path in (*(loose.path for loose in chosen), *dropped):
                path.unlink(missing_ok=True)
            if more < least:
                return
    except (OSError, pa.ArrowException) as error:
        raise OutputError(f"cannot write {out}: {error}") from error


def _chosen(out: Path, log: Log) -> tuple[list[Loose], list[Path], int]:
    """Documents for one part, those that only go, and how many are left."""
    chosen: list[Loose] = []
    dropped: list[Path] = []
    size = 0
    paths = loose_files(out)
    for n, path in enumerate(paths):
        if path.name.endswith(DROPPED):
            dropped.append(path)
            continue
        loose = read_loose(path)
        if loose is None or _is_packed(out, log, loose):
            path.unlink(missing_ok=True)  # not whole, or packed by a run that was killed before it took this away
            continue
        chosen.append(loose)
        size += path.stat().st_size
        if len(chosen) >= FULL or size >= _MOST_BYTES:
            return chosen, dropped, len(paths) - n - 1
    return chosen, dropped, 0


def _is_packed(out: Path, log: Log, loose: Loose) -> bool:
    part = log.find(loose.document)
    return part is not None and part.documents[loose.document] == loose.checksum and not part_faults(out, part)


def _pack_one(out: Path, labels: Labels, log: Log, chosen: Sequence[Loose], gone: Set[str]) -> None:
    names = log.next_names()
    gone = {*gone, *(loose.document for loose in chosen)}
    touched = {part.name: part for d in gone if (part := log.find(d)) is not None}
    few = [p for p in log.parts() if p.name not in touched and len(p.documents) < FULL // 2]
    small: list[Part] = []  # that the new part takes in
    for part in sorted(few, key=lambda p: len(p.documents)) if chosen else ():
        held = len(chosen) + sum(len(p.documents) for p in small)
        if held + len(part.documents) <= FULL and not part_faults(out, part):
            small.append(part)
    added = []
    if chosen:
        documents = {loose.document: loose.checksum for loose in chosen}
        for part in small:
            documents |= part.documents
        maker = _Maker(out, labels, next(names))
        added.append(Part(maker.name, maker.files(chosen, small, frozenset()), documents))
    for part in touched.values():
        left = {d: check for d, check in part.documents.items() if d not in gone}
        if left:  # a damaged one is left as it is: no reader takes it
            maker = _Maker(out, labels, next(names))
            files = part.files if part_faults(out, part) else maker.files((), (part,), frozenset(gone))
            added.append(Part(maker.name, files, left))
    log.commit(added, [*touched.values(), *small])


@dataclass(slots=True)
class _Maker:
    """Writes the files of a new part."""

    out: Path
    labels: Labels
    name: str

    def files(self, loose: Sequence[Loose], parts: Sequence[Part], without: Set[str]) -> dict[str, Sealed]:
        """The files with all rows of ``loose`` and of ``parts``, but for the documents ``without``."""
        there = {entry[0] for one in loose for entry in one.entries} | {d for part in parts for d in part.files}
        made: dict[str, Sealed] = {}
        for dataset in (d for d in fields() if d in there):
            tables = [t for one in sorted(loose, key=lambda o: o.document) for t in one.tables(dataset)]
            old = [self._rows(part, dataset, without) for part in parts if dataset in part.files]
            table = pa.concat_tables([*tables, *old]).unify_dictionaries()
            if old:
                import pyarrow.compute as pc  # 0.15 s: a worker, which packs nothing, starts without it

                table = table.take(pc.sort_indices(table["文档"]))
            figures = self._figures(loose, parts, without) if dataset == DOCUMENTS else None
            if table.num_rows:
                made[dataset] = self.write(dataset, table, figures)
        return made

    def _rows(self, part: Part, dataset: str, without: Set[str]) -> pa.Table:
        path = self.out / part.files[dataset][0]
        table = self.labels.chinese(pq.ParquetFile(path).read(), dataset)
        table = table.cast(to_table(dataset, []).schema)
        if without:
            import pyarrow.compute as pc

            table = table.filter(pc.invert(pc.is_in(table["文档"], pa.array(sorted(without), pa.string()))))
        return table

    def _figures(self, loose: Sequence[Loose], parts: Sequence[Part], without: Set[str]) -> dict[str, str]:
        told = {one.document: one.figures for one in loose}
        for part in parts:
            told |= {d: f for d, f in figures_of(self.out / part.files[DOCUMENTS][0]).items() if d not in without}
        return told

    def write(self, dataset: str, table: pa.Table, figures: Mapping[str, str] | None = None) -> Sealed:
        """Write a file of the part; returns its name, size and checksum."""
        final = self.out / self.labels.folder(dataset) / f"part-{self.name}.parquet"
        temporary = self.out / WORKPLACE / f"{self.name}.{HOST}.{os.getpid()}.0"
        for folder in (final.parent, temporary.parent):
            folder.mkdir(parents=True, exist_ok=True)
        named = self.labels.table(table.combine_chunks(), dataset)
        if figures is not None:
            named = named.replace_schema_metadata({KEY: json.dumps(dict(sorted(figures.items())))})
        sink = pa.BufferOutputStream()
        # a reader who wants one document skips the row groups that cannot hold it
        by = [named.column_names[table.column_names.index("文档")]]
        pq.write_table(named, sink, compression="snappy", write_statistics=by, row_group_size=_GROUP)
        data = memoryview(sink.getvalue())
        with temporary.open("wb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        os.replace(temporary, final)
        size, checksum = seal(data)
        return final.relative_to(self.out).as_posix(), size, checksum


def figures_of(path: Path) -> dict[str, str]:
    """The packed figures of the documents of a part, from its file of 文档清单."""
    told = (pq.read_metadata(path).metadata or {}).get(KEY, b"{}")
    return {str(d): str(f) for d, f in json.loads(told).items()}


def rewrite_rows(out: Path, labels: Labels, rows: Mapping[str, DocumentRow]) -> None:
    """Replace rows of 文档清单 by 文档, all at once; other files stay.  Raises ``OutputError``."""
    log = Log(out)
    names = log.next_names()
    added: list[Part] = []
    dropped: list[Part] = []
    try:
        for part in log.parts():
            if part.documents.keys().isdisjoint(rows):
                continue
            path = out / part.files[DOCUMENTS][0]
            old = labels.chinese(pq.ParquetFile(path).read(), DOCUMENTS).to_pylist()
            table = to_table(DOCUMENTS, [{**row, **rows.get(row["文档"], {})} for row in old])
            maker = _Maker(out, labels, next(names))
            files = {**part.files, DOCUMENTS: maker.write(DOCUMENTS, table, figures_of(path))}
            added.append(Part(maker.name, files, part.documents))
            dropped.append(part)
        if added:
            log.commit(added, dropped)
    except (OSError, pa.ArrowException) as error:
        raise OutputError(f"cannot write {out}: {error}") from error


def remove_documents(out: Path, labels: Labels, documents: Set[str]) -> None:
    """Rewrite the parts that hold ``documents`` without them, all at once.  Raises ``OutputError``."""
    try:
        _pack_one(out, labels, Log(out), (), documents)
    except (OSError, pa.ArrowException) as error:
        raise OutputError(f"cannot write {out}: {error}") from error


def sweep_parts(out: Path, labels: Labels, log: Log) -> None:
    """Remove what a killed run wrote and did not commit.  Raises ``OutputError``."""
    try:
        parts = log.parts()
        used = {sealed[0] for part in parts for sealed in part.files.values()}
        for path in _part_files(out, labels):
            if path.relative_to(out).as_posix() not in used:
                path.unlink(missing_ok=True)
        known = {part.name for part in parts} | {"log"}
        for path in (out / FOLDER).glob("*.json*"):
            if path.name.startswith(".") or path.stem not in known:
                path.unlink(missing_ok=True)
        for path in (out / FOLDER).glob(".*.json.*"):
            path.unlink(missing_ok=True)
        sweep_unfinished(out)
    except OSError as error:
        raise OutputError(f"cannot write {out}: {error}") from error


def _part_files(out: Path, labels: Labels) -> Iterator[Path]:
    for dataset in fields():
        yield from (out / labels.folder(dataset)).glob("part-*.parquet")
