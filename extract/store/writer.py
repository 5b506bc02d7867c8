"""Rows to Parquet files: one per table and dataset, written under a temporary name and renamed.

The row in 文档清单 is renamed last: it is the commit mark, and what is not named by it is not there.
"""

from __future__ import annotations

import json
import os
import re
import socket
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from extract.errors import OutputError
from extract.store.figures import KEY, Figures
from extract.store.integrity import SEALS, Seal, packed, seal
from extract.store.parts.log import is_parts
from extract.store.schema import DOCUMENTS, TABLES, Labels, from_columns, to_table
from parsers.records import Columns, DocumentRow

_FILES = "files"  # key of the metadata that lists a document's files
HOST = re.sub(r"[^A-Za-z0-9-]", "-", socket.gethostname())
_MANY = 5_000  # rows that wait as Python values before they are packed
_STALE = 86_400  # seconds: an unfinished file this old is nobody's
WORKPLACE = ".tmp"  # one folder for all unfinished files: readers of a dataset never meet them


def file_stem(number: str | None, ordinal: int) -> str:
    """``表5-1`` → ``5-1``, ``公开01表`` → ``公开01``; the table's ordinal where no number is printed."""
    bare = re.sub(r"[表\s/\\:*?\"<>|.\x00-\x1f]", "", number or "")
    return bare or str(ordinal)


class Writer:
    """Writes the files of one document; ``commit`` makes them visible, the document's row last.

    A context: what was not committed when it ends is removed.  Files are whole to every reader and after a
    kill at any moment; only a power cut may lose what the system had not yet put on the disk.
    """

    def __init__(self, out: Path, document: str, labels: Labels | None = None) -> None:
        self._out = out
        self._labels = labels or Labels()
        self._document = document
        self._pending: list[tuple[Path, Path]] = []
        self._columns: dict[str, Columns] = {}
        self._growing: dict[str, list[pa.Table]] = {}
        self._made: set[Path] = set()
        self._tables: pa.Table | None = None
        self._row: pa.Table | None = None
        self._figures = Figures()
        self._seals: dict[str, Seal] = {}

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self._abandon()

    def add(self, dataset: str, name: str, records: Sequence[Mapping[str, object]]) -> None:
        """Queue one file ``<dataset>/<document>__<name>.parquet`` (without ``__`` for index datasets)."""
        if dataset == TABLES:
            self._tables = to_table(dataset, records)  # written at the commit, when all file names are known
        elif dataset == DOCUMENTS:  # as well, with what it tells of the others
            self._row = to_table(dataset, records)
        else:
            table = to_table(dataset, records)
            self._figures.take(table)
            self._store(dataset, name, table)

    def add_columns(self, dataset: str, name: str, columns: Columns) -> None:
        """As ``add``, from columns of equal length; those that the dataset does not have are left out."""
        table = from_columns(dataset, columns)
        self._figures.take(table, columns)
        self._store(dataset, name, table)

    def extend(self, dataset: str, columns: Columns) -> None:
        """Add rows to the one file of an index dataset, kept in Arrow's compact form until ``commit``."""
        kept = self._columns.setdefault(dataset, {})
        for name, values in columns.items():
            kept.setdefault(name, []).extend(values)
        if len(next(iter(kept.values()))) >= _MANY:
            self._pack(dataset)

    def _pack(self, dataset: str) -> None:
        self._growing.setdefault(dataset, []).append(from_columns(dataset, self._columns.pop(dataset)))

    def _store(self, dataset: str, name: str, table: pa.Table, metadata: dict[str, str] | None = None) -> None:
        folder = self._out / self._labels.folder(dataset)
        stem = f"{self._document}__{name}" if name else self._document
        final = folder / f"{stem}.parquet"
        temporary = self._out / WORKPLACE / f"{self._document}.{HOST}.{os.getpid()}.{len(self._pending)}"
        try:
            self._make(temporary.parent)
            self._make(folder)
            self._pending.append((temporary, final))
            buffer = pa.BufferOutputStream()
            # a file of a few hundred rows is read whole: statistics would only cost time
            named = self._labels.table(table, dataset)
            named = named.replace_schema_metadata(metadata) if metadata else named
            pq.write_table(named, buffer, compression="snappy", write_statistics=False)
            data = memoryview(buffer.getvalue())
            self._seals[final.relative_to(self._out).as_posix()] = seal(data)
            with temporary.open("wb") as handle:
                handle.write(data)
        except OSError as error:
            raise OutputError(f"cannot write {final}: {error.strerror or error}") from error

    def _make(self, folder: Path) -> None:
        if folder not in self._made:
            folder.mkdir(parents=True, exist_ok=True)
            self._made.add(folder)

    def commit(self) -> None:
        """Retract the old commit mark, put the new files in place, the new mark last.

        表格清单 goes first and names every file of the document in its metadata: whatever moment a kill chooses, the
        next run knows what stands there without looking through folders of a million files.
        """
        self._store_growing()
        mark, index = (self._out / self._labels.folder(d) / f"{self._document}.parquet" for d in (DOCUMENTS, TABLES))
        if self._tables is not None:
            names = sorted(self._seals)
            self._store(TABLES, "", self._tables, {_FILES: json.dumps(names, ensure_ascii=False)})
            self._tables = None
        if self._row is not None:
            about = {KEY.decode(): self._figures.packed(), SEALS: packed(self._seals)}
            self._store(DOCUMENTS, "", self._row, about)
            self._row = None
        keep = {final for _, final in self._pending}
        try:
            mark.unlink(missing_ok=True)
            for old in (*self._existing(index), index):
                if old not in keep:
                    old.unlink(missing_ok=True)
            for temporary, final in sorted(self._pending, key=lambda p: (p[1] == mark, p[1] != index)):
                os.replace(temporary, final)
        except OSError as error:
            raise OutputError(f"cannot write {mark.parent}: {error.strerror or error}") from error
        self._pending.clear()

    def _store_growing(self) -> None:
        for dataset in list(self._columns):
            self._pack(dataset)
        for dataset, parts in self._growing.items():
            self._store(dataset, "", pa.concat_tables(parts).unify_dictionaries())
        self._growing.clear()

    def _abandon(self) -> None:
        for temporary, _ in self._pending:
            with suppress(OSError):  # what cannot be removed now is hidden, and the next run writes over it
                temporary.unlink(missing_ok=True)
        self._pending.clear()

    def _existing(self, index: Path) -> list[Path]:
        """Files of this document that an earlier run left, but for its 表格清单."""
        try:
            return [self._out / name for name in listed_files(index.read_bytes(), self._document)]
        except FileNotFoundError:
            return []


def rewrite_mark(out: Path, labels: Labels, row: DocumentRow, metadata: Mapping[bytes, bytes]) -> None:
    """Replace the row of a committed document, its files as they are; raises ``OutputError``."""
    target = out / labels.folder(DOCUMENTS) / f"{row['文档']}.parquet"
    temporary = out / WORKPLACE / f"{row['文档']}.{HOST}.{os.getpid()}.0"
    table = labels.table(to_table(DOCUMENTS, [row]), DOCUMENTS).replace_schema_metadata(dict(metadata) or None)
    try:
        temporary.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table, temporary, compression="snappy", write_statistics=False)
        os.replace(temporary, target)
    except OSError as error:
        raise OutputError(f"cannot write {target}: {error.strerror or error}") from error


def remove_document(out: Path, document: str, labels: Labels) -> None:
    """Remove every file of a document, its commit mark first; raises ``OutputError``."""
    mark, index = (out / labels.folder(d) / f"{document}.parquet" for d in (DOCUMENTS, TABLES))
    try:
        mark.unlink(missing_ok=True)
        if index.exists():
            for name in listed_files(index.read_bytes(), document):
                (out / name).unlink(missing_ok=True)
        index.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"cannot remove {document}: {error.strerror or error}") from error


def listed_files(index: bytes, document: str) -> list[str]:
    """The files of ``document``, relative to the output folder, that its 表格清单 names; none if it is broken.

    A name that is not ``<folder>/<document>…parquet`` is not ours, whoever wrote it there.
    """
    try:
        metadata = pq.read_metadata(pa.BufferReader(index)).metadata or {}
        names = json.loads(metadata.get(_FILES.encode(), b"[]"))
    except (pa.ArrowException, OSError, ValueError):
        return []
    if not isinstance(names, list):
        return []
    own = re.compile(rf"[^/\\\0:]+/{re.escape(document)}(?:__[^/\\\0:]+)?\.parquet")
    return [n for n in names if isinstance(n, str) and own.fullmatch(n) and not n.startswith("..")]


def read_mark(out: Path, document: str, labels: Labels | None = None) -> DocumentRow | None:
    """The committed row of a document; ``None`` if it is not there."""
    labels = labels or Labels()
    path = out / labels.folder(DOCUMENTS) / f"{document}.parquet"
    if not path.exists():
        return None
    try:
        (row,) = pq.ParquetFile(path).read().to_pylist()
        return labels.mark(row)
    except (pa.ArrowException, OSError):
        return None
    except (KeyError, ValueError):
        return None  # written by a version with other columns, or with a row for each name


def discard_marks(out: Path, documents: Iterable[str], labels: Labels) -> None:
    """Remove rows of 文档清单 that stand for themselves: documents without files.  Raises ``OutputError``."""
    folder = out / labels.folder(DOCUMENTS)
    try:
        for document in documents:
            (folder / f"{document}.parquet").unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"cannot write {folder}: {error.strerror or error}") from error


def sweep(out: Path, labels: Labels) -> None:
    """Remove what killed processes left unfinished, and the folder for it when nobody else works there."""
    sweep_unfinished(out)
    for document in torn(out, labels):
        remove_document(out, document, labels)


def torn(out: Path, labels: Labels) -> list[str]:
    """Documents whose files a killed process put in place without their row in 文档清单.

    While a commit is under way its row stands among the unfinished files, and is a row as soon as it does not.
    """
    if is_parts(out):  # there the log says what is there
        return []
    marks, indexes = (out / labels.folder(d) for d in (DOCUMENTS, TABLES))
    rows = {path.name for path in marks.glob("*.parquet")}
    lost = [path for path in indexes.glob("*.parquet") if path.name not in rows]
    busy = {path.name.split(".")[0] for path in (out / WORKPLACE).glob("*")}
    return sorted(p.stem for p in lost if p.stem not in busy and not (marks / p.name).exists())


def sweep_unfinished(out: Path) -> None:
    """Remove unfinished files of processes that are gone."""
    place = out / WORKPLACE
    for path in place.glob("*") if place.is_dir() else ():
        parts = path.name.rsplit(".", 3)
        with suppress(OSError, ValueError):
            mine = len(parts) == 4 and parts[1] == HOST
            if (mine and not _alive(int(parts[2]))) or time.time() - path.stat().st_mtime > _STALE:
                path.unlink()
    with suppress(OSError):
        place.rmdir()


def _alive(pid: int) -> bool:
    if os.name == "nt":  # there a signal of 0 is Ctrl-C
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    with suppress(OSError, IndexError):  # one that is dead and only waits for its parent is not alive
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return True
