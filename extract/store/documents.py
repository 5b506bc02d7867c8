"""文档清单 as a whole: names of the same bytes, sources that changed, files that are gone, figures that another holds.

A worker writes the row of its own document.  What only all rows together tell is settled at the end of a run: which
document a path holds now, which one it held before (被取代) and whose figures another document has (同额于).
"""

from __future__ import annotations

import os
import re
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePath

import pyarrow as pa
import pyarrow.parquet as pq

from extract.archive import source_exists
from extract.errors import OutputError
from extract.store.figures import KEY, holders, unpacked
from extract.store.integrity import faults, part_faults
from extract.store.parts.log import FOLDER, LOOSE, Log, Part, is_parts
from extract.store.parts.loose import DROPPED, LooseWriter, loose_files, read_loose
from extract.store.parts.packing import figures_of, remove_documents, rewrite_rows
from extract.store.schema import DOCUMENTS, Labels
from extract.store.writer import Writer, discard_marks, read_mark, remove_document, rewrite_mark
from parsers.records import DocumentRow

OPEN = ".unsettled"  # stands in the output folder while a run is under way
_ESCAPED = re.compile(r"\\u(dc[89a-f][0-9a-f])")  # a byte that is no UTF-8, as ``printable`` has it
_SETTLED = ("文档", "来源", "别名", "被取代", "同额于", "SHA256", "级别", "状态")  # what it takes to settle a row
_RANK = {"成功": 0, "部分": 1}
_LEVELS = {"政府": 0, "部门": 1, "单位": 2}


@dataclass(slots=True)
class Listed:
    """A row of 文档清单 with the hashes of its figures."""

    row: DocumentRow
    figures: array[int]
    metadata: dict[bytes, bytes] = field(default_factory=dict)


def place(name: str) -> str:
    """What tells whether two names are one path: the absolute path, or a URL as it stands."""
    return name if "://" in name else os.path.normpath(Path.cwd() / name)


def printable(name: Path | str) -> str:
    """A name as 来源 holds it: bytes that are no UTF-8, and NUL, which no other tool takes, are escaped."""
    return str(name).encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")


def names_of(row: DocumentRow) -> list[str]:
    """Every name that a document goes by, its 来源 first."""
    return [row["来源"], *(row["别名"] or [])]


def file_name(row: DocumentRow) -> str:
    """What people call a document: its file's name without the folders."""
    return PurePath(str(row["来源"])).name


def cited(document: str, rows: Mapping[str, DocumentRow]) -> str:
    """A document by its 来源, its id after it; by its id alone where ``rows`` does not hold it."""
    return f"{rows[document]['来源']} ({document})" if document in rows else document


def merged(names: Iterable[str]) -> list[str]:
    """``names`` without those that are the path of an earlier one."""
    return list({place(name): name for name in reversed(list(names))}.values())[::-1]


def read_documents(out: Path, labels: Labels, columns: Sequence[str] | None = None) -> dict[str, Listed]:
    """Every committed document by its id, or some ``columns`` of it; a row that cannot be read is none (see
    ``integrity.damaged``)."""
    return {entry.row["文档"]: entry for entry in each_document(out, labels, columns)}


def each_document(out: Path, labels: Labels, columns: Sequence[str] | None = None) -> Iterator[Listed]:
    """As ``read_documents``, one after the other: the figures of many thousands take memory."""
    names = columns and [labels.column(c) for c in columns]
    if is_parts(out):
        yield from _in_parts(out, labels, names)
        return
    for path in sorted((out / labels.folder(DOCUMENTS)).glob("*.parquet")):
        try:
            file = pq.ParquetFile(pa.BufferReader(path.read_bytes()))
            (row,) = labels.chinese(file.read(columns=names, use_threads=False), DOCUMENTS).to_pylist()
        except (pa.ArrowException, OSError, KeyError, ValueError):
            continue
        metadata = {k: v for k, v in (file.metadata.metadata or {}).items() if k != b"ARROW:schema"}
        yield Listed(row, unpacked(metadata), metadata)


def _in_parts(out: Path, labels: Labels, names: Sequence[str] | None) -> Iterator[Listed]:
    for part in Log(out).parts():
        path = out / part.files[DOCUMENTS][0]
        try:
            rows = labels.chinese(pq.ParquetFile(path).read(columns=names and list(names)), DOCUMENTS).to_pylist()
            figures = figures_of(path)
        except (pa.ArrowException, OSError, KeyError, ValueError):
            continue
        for row in rows:
            own = {KEY: figures.get(row["文档"], "").encode()}
            yield Listed(row, unpacked(own), own)


def writer_of(out: Path, document: str, labels: Labels) -> Writer:
    """Who writes a document of the run in ``out``."""
    return (LooseWriter if is_parts(out) else Writer)(out, document, labels)


def row_of(out: Path, document: str, labels: Labels) -> DocumentRow | None:
    """The committed row of a document; ``None`` if it is not there."""
    if not is_parts(out):
        return read_mark(out, document, labels)
    if (loose := read_loose(out / FOLDER / LOOSE / document)) is not None:
        return loose.row()
    part = _log(out).find(document)
    if part is None:
        return None
    path = out / part.files[DOCUMENTS][0]
    try:
        return _rows(path, path.stat().st_mtime_ns, labels).get(document)
    except (pa.ArrowException, OSError, KeyError, ValueError):
        return None


def is_whole(out: Path, document: str, labels: Labels) -> bool:
    """Whether the files of a committed document are there in their sizes."""
    if not is_parts(out):
        return not faults(out, out / labels.folder(DOCUMENTS) / f"{document}.parquet")
    part = _log(out).find(document)
    return part is None or _part_is_whole(out, part.name, tuple(part.files.values()))


def discard(out: Path, documents: Iterable[str], labels: Labels) -> None:
    """Remove rows of 文档清单 that stand for themselves: documents without files.  Raises ``OutputError``."""
    if not is_parts(out):
        discard_marks(out, documents, labels)
        return
    place = out / FOLDER / LOOSE
    try:
        for document in documents:
            (place / document).unlink(missing_ok=True)
            if _log(out).find(document) is not None:
                (place / f"{document}{DROPPED}").touch()
    except OSError as error:
        raise OutputError(f"cannot write {place}: {error.strerror or error}") from error


@lru_cache(maxsize=4)
def _log(out: Path) -> Log:
    return Log(out)


@lru_cache(maxsize=16)  # parts: sources come in about the order in which they were packed
def _rows(path: Path, changed: int, labels: Labels) -> dict[str, DocumentRow]:
    rows = labels.chinese(pq.ParquetFile(path).read(), DOCUMENTS).to_pylist()
    return {row["文档"]: row for row in rows}


@lru_cache(maxsize=64)
def _part_is_whole(out: Path, name: str, files: tuple[tuple[str, int, int], ...]) -> bool:
    return not part_faults(out, Part(name, {f[0]: f for f in files}, {}))


def forget() -> None:
    """A new run looks at parts anew."""
    _part_is_whole.cache_clear()


def waiting(out: Path) -> int:
    """Documents that a run left when it was killed before it packed them; the next run does."""
    return sum(not path.name.endswith(DROPPED) for path in loose_files(out)) if is_parts(out) else 0


def open_run(out: Path) -> bool:
    """Say that a run is under way; true if an earlier one ended before its documents were settled."""
    mark = out / OPEN
    left = mark.exists()
    mark.touch()
    return left


def close_run(out: Path) -> None:
    """Say that the documents of a run are settled."""
    (out / OPEN).unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Settled:
    """Documents that lost their last path just now, and all those whose figures another one holds."""

    replaced: frozenset[str]
    held: frozenset[str]


def settle(out: Path, labels: Labels, found: Mapping[str, str]) -> Settled:
    """Write 来源, 别名, 被取代 and 同额于 where they changed.

    ``found``: the names that this run was given and the documents that it found there.  Raises ``OutputError``.
    """
    documents = read_documents(out, labels, _SETTLED)
    before = {d: (names_of(e.row), e.row["被取代"], e.row["同额于"]) for d, e in documents.items()}
    _rename(documents, found)
    same = holders({e.row["文档"]: e.figures for e in sorted(documents.values(), key=_rank) if _counts(e.row)})
    changed: dict[str, Listed] = {}
    for document, entry in documents.items():
        entry.row["同额于"] = same.get(document)
        if before[document] != (names_of(entry.row), entry.row["被取代"], entry.row["同额于"]):
            changed[document] = entry
    if is_parts(out):
        rewrite_rows(out, labels, {document: entry.row for document, entry in changed.items()})
    else:
        for document, entry in changed.items():
            whole = read_mark(out, document, labels)
            row: DocumentRow = {**whole, **entry.row} if whole else entry.row
            rewrite_mark(out, labels, row, entry.metadata)
    replaced = (d for d, entry in changed.items() if entry.row["被取代"] and not before[d][1])
    return Settled(frozenset(replaced), frozenset(same))


def _rename(documents: dict[str, Listed], found: Mapping[str, str]) -> None:
    """Give each path to the document that it holds now; a document that loses its last path is 被取代."""
    given: dict[str, list[str]] = {}
    holder: dict[str, str] = {}
    for name, document in found.items():
        given.setdefault(document, []).append(name)
        if document in documents and documents[document].row["SHA256"]:  # a file that cannot be read replaces nothing
            holder[place(name)] = document
    for document, entry in documents.items():
        row = entry.row
        old = [(name, holder.get(place(name), document)) for name in names_of(row)]
        names = merged([*(n for n, now in old if now == document), *given.get(document, ())])
        if not names:
            row["被取代"] = old[0][1]
            continue
        row["来源"], row["别名"] = names[0], names[1:]
        if document in given:
            row["被取代"] = None


def _counts(row: DocumentRow) -> bool:
    return row["状态"] in _RANK and row["被取代"] is None


def _rank(entry: Listed) -> tuple[int, int, int, str]:
    """Of documents with the same figures the first one is kept: whole before partial, department before unit."""
    row = entry.row
    return (-len(entry.figures), _RANK.get(row["状态"], 2), _LEVELS.get(row["级别"] or "", 3), row["来源"])


def gone(rows: Iterable[DocumentRow]) -> list[DocumentRow]:
    """The documents none of whose files is there any more; those at URLs are not looked for."""
    return [row for row in rows if not any("://" in n or _stands(n) for n in names_of(row))]


def _stands(name: str) -> bool:
    raw = _ESCAPED.sub(lambda m: chr(int(m[1], 16)), name)
    try:
        return source_exists(name) or source_exists(raw)
    except (OSError, ValueError):  # no system takes it
        return False


def prune(out: Path, labels: Labels, inputs: Sequence[str]) -> list[DocumentRow]:
    """Remove the documents below ``inputs`` (files, folders) whose files are gone or hold another document now.

    Returns their rows of 文档清单.  Raises ``OutputError``.
    """
    folders = [Path(place(given)) for given in inputs if "://" not in given]
    rows = [entry.row for entry in read_documents(out, labels).values()]
    lost = {row["文档"] for row in gone(rows)}
    dropped = [
        row for row in rows
        if (row["文档"] in lost or row["被取代"]) and any(_below(Path(place(n)), folders) for n in names_of(row))
    ]  # fmt: skip
    if is_parts(out):
        remove_documents(out, labels, {row["文档"] for row in dropped})
        return dropped
    for row in dropped:
        remove_document(out, row["文档"], labels)
    return dropped


def _below(path: Path, folders: Sequence[Path]) -> bool:
    return any(path == folder or folder in path.parents or str(path).startswith(f"{folder}!") for folder in folders)
