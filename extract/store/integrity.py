"""Whether a document's files are what was written: its row in 文档清单 carries the size and checksum of each."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from extract.store.parts.log import Log, Part, is_parts

SEALS = "seals"  # key of the metadata of a row in 文档清单
_CHUNK = 1 << 20
Seal = tuple[int, int]  # bytes, CRC-32


def seal(data: memoryview | bytes) -> Seal:
    return len(data), zlib.crc32(data)


def packed(seals: Mapping[str, Seal]) -> str:
    """``seals`` by file, relative to the output folder, as metadata holds them."""
    return json.dumps(dict(sorted(seals.items())), ensure_ascii=False)


def faults(out: Path, mark: Path, deep: bool = False) -> list[str]:
    """What is wrong with the files of the document whose row is the file ``mark``; empty where all is well.

    Looks at presence and size, ``deep`` at every byte.  A row of an older version tells nothing of its files.
    """
    try:
        metadata = pq.read_metadata(mark).metadata or {}
        if deep:
            pq.ParquetFile(mark).read()
        seals = json.loads(metadata.get(SEALS.encode(), b"{}"))
    except (pa.ArrowException, OSError, ValueError):
        return [f"{mark.parent.name}/{mark.name}: cannot be read"]
    return list(file_faults(out, seals, deep))


def damaged(out: Path, marks: Path, deep: bool = False) -> dict[str, list[str]]:
    """Documents of a run whose files are not what was written, and ``faults`` of each; ``marks`` is 文档清单's folder.

    Where a run keeps parts, parts by their names.
    """
    if is_parts(out):
        wrong_parts = {f"part {part.name}": part_faults(out, part, deep) for part in Log(out).parts()}
        return {name: wrong for name, wrong in wrong_parts.items() if wrong}
    found = {mark.stem: faults(out, mark, deep) for mark in sorted(marks.glob("*.parquet"))}
    return {document: wrong for document, wrong in found.items() if wrong}


def part_faults(out: Path, part: Part, deep: bool = False) -> list[str]:
    """What is wrong with the files of a part."""
    return list(file_faults(out, {name: (size, check) for name, size, check in part.files.values()}, deep))


def file_faults(out: Path, seals: Mapping[str, Seal], deep: bool) -> Iterator[str]:
    """What is wrong with the files that ``seals`` names, relative to ``out``."""
    for name, (size, checksum) in seals.items():
        path = out / name
        try:
            found = path.stat().st_size
            if found != size:
                yield f"{name}: {found} bytes instead of {size}"
            elif deep and _checksum(path) != checksum:
                yield f"{name}: not what was written"
        except FileNotFoundError:
            yield f"{name}: missing"
        except OSError as error:
            yield f"{name}: {error.strerror or error}"


def _checksum(path: Path) -> int:
    total = 0
    with path.open("rb") as handle:
        while chunk := handle.read(_CHUNK):
            total = zlib.crc32(chunk, total)
    return total
