"""A document on its way into a part: one file with all of its tables, there as a whole or not at all.

Arrow streams one after the other, then what they are (JSON) and its length.  Names and values are Chinese whatever the
labels of the run.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.ipc as ipc

from extract.errors import OutputError
from extract.store.parts.log import FOLDER, LOOSE
from extract.store.schema import DOCUMENTS, TABLES, Labels
from extract.store.writer import HOST, WORKPLACE, Writer
from parsers.records import DocumentRow

DROPPED = ".drop"  # ending of a file that says: this document is none any more
_LENGTH = 8  # bytes of the number at the end


class LooseWriter(Writer):
    """Writes a document to ``parts/loose``, from where the run packs it."""

    def __init__(self, out: Path, document: str, labels: Labels | None = None) -> None:
        super().__init__(out, document, labels)
        self._file: BinaryIO | None = None
        self._entries: list[tuple[str, str, int, int]] = []
        self._size = self._checksum = 0

    def _store(self, dataset: str, name: str, table: pa.Table, metadata: dict[str, str] | None = None) -> None:
        sink = pa.BufferOutputStream()
        with ipc.new_stream(sink, table.schema, options=ipc.IpcWriteOptions(compression="lz4")) as stream:
            stream.write_table(table)
        data = memoryview(sink.getvalue())
        try:
            if self._file is None:
                self._make(self._temporary.parent)
                self._file = self._temporary.open("wb")
            self._file.write(data)
        except OSError as error:
            raise OutputError(f"cannot write {self._temporary}: {error.strerror or error}") from error
        self._entries.append((dataset, name, self._size, len(data)))
        self._size += len(data)
        self._checksum = zlib.crc32(data, self._checksum)

    @property
    def _temporary(self) -> Path:
        return self._out / WORKPLACE / f"{self._document}.{HOST}.{os.getpid()}.0"

    def commit(self) -> None:
        """Put the document's file in place.  Raises ``OutputError``."""
        self._store_growing()
        for dataset, table in ((TABLES, self._tables), (DOCUMENTS, self._row)):
            if table is not None:
                self._store(dataset, "", table)
        figures = self._figures.packed()
        tail = json.dumps({"checksum": self._checksum, "figures": figures, "tables": self._entries}).encode()
        target = self._out / FOLDER / LOOSE / self._document
        try:
            assert self._file is not None
            self._file.write(tail + len(tail).to_bytes(_LENGTH, "big"))
            self._file.close()
            self._make(target.parent)
            os.replace(self._temporary, target)
        except OSError as error:
            raise OutputError(f"cannot write {target}: {error.strerror or error}") from error
        self._file = None

    def _abandon(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
            with suppress(OSError):
                self._temporary.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Loose:
    """A document that waits.  ``checksum`` is of its tables; ``figures`` as ``figures.Figures`` packs them."""

    path: Path
    document: str
    checksum: int
    figures: str
    entries: tuple[tuple[str, str, int, int], ...]

    def tables(self, dataset: str) -> Iterator[pa.Table]:
        """Its tables of a dataset, in the order of the files that a run without parts writes."""
        with self.path.open("rb") as handle:
            for _, _, start, size in sorted(
                (e for e in self.entries if e[0] == dataset), key=lambda e: f"{e[1]}.parquet"
            ):
                handle.seek(start)
                yield ipc.open_stream(handle.read(size)).read_all()

    def row(self) -> DocumentRow:
        """Its row of 文档清单."""
        row: DocumentRow
        (row,) = next(self.tables(DOCUMENTS)).to_pylist()
        return row


def read_loose(path: Path) -> Loose | None:
    """``None`` for what is not there or not whole."""
    try:
        with path.open("rb") as handle:
            end = handle.seek(-_LENGTH, os.SEEK_END)
            length = int.from_bytes(handle.read(_LENGTH), "big")
            handle.seek(end - length)
            told: dict[str, Any] = json.loads(handle.read(length))
        entries = tuple((str(d), str(n), int(at), int(size)) for d, n, at, size in told["tables"])
        return Loose(path, path.name, int(told["checksum"]), str(told["figures"]), entries)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def loose_files(out: Path) -> list[Path]:
    """What waits to be packed, those that only take a document away among it."""
    return sorted((out / FOLDER / LOOSE).glob("*"))
