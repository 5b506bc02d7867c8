"""Which parts of a run count: a log that is replaced whole, and for each part a description that never changes.

``parts/log.json`` names the parts, ``parts/000001.json`` says what one holds: its file for each dataset with size and
checksum, its documents with the checksum of what was packed.  What no part that the log names speaks of is not there.
"""

from __future__ import annotations

import json
import os
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

from extract.errors import UsageError

FOLDER = "parts"
LOOSE = "loose"  # documents that wait to be packed, in FOLDER
_LOG = "log.json"
Sealed = tuple[str, int, int]  # a file relative to the outputs, bytes, CRC-32


@dataclass(frozen=True, slots=True)
class Part:
    """One file for each dataset with the rows of ``documents``, sorted by 文档."""

    name: str
    files: dict[str, Sealed]  # by dataset
    documents: dict[str, int]  # 文档 → checksum of what was packed


def is_parts(out: Path) -> bool:
    """Whether the outputs in ``out`` are kept in parts."""
    return (out / FOLDER).is_dir()


def require_layout(out: Path, parts: bool, marks: Path) -> None:
    """Raises ``UsageError`` where a run of the other layout stands: readers of a folder expect one.

    ``marks`` is 文档清单's folder.
    """
    if parts and not is_parts(out) and any(marks.glob("*.parquet")):
        raise UsageError(f"{out} holds a run without --parts: choose another folder for --parts")
    if not parts and is_parts(out):
        raise UsageError(f"{out} holds a run with --parts: go on with --parts, or choose another folder")


@dataclass(slots=True)
class Log:
    """The parts that count, read again where the log has changed."""

    out: Path
    _stamp: tuple[int, int] | None = None
    _parts: dict[str, Part] = field(default_factory=dict)
    _ids: array[int] = field(default_factory=lambda: array("Q"))
    _places: array[int] = field(default_factory=lambda: array("L"))

    def parts(self) -> list[Part]:
        """In the order of the log.  Raises ``UsageError`` for a log that cannot be read."""
        self._refresh()
        return list(self._parts.values())

    def find(self, document: str) -> Part | None:
        """The part that holds ``document``."""
        self._refresh()
        if not self._ids and self._parts:
            self._index()
        try:
            wanted = int(document, 16)
        except ValueError:
            return None
        place = bisect_left(self._ids, wanted)
        if place == len(self._ids) or self._ids[place] != wanted:
            return None
        return self._parts[_named(self._places[place])]

    def _index(self) -> None:
        """Compact: a million documents take 16 MB in every worker."""
        pairs = sorted((int(d, 16), int(part.name)) for part in self._parts.values() for d in part.documents)
        self._ids = array("Q", (one for one, _ in pairs))
        self._places = array("L", (place for _, place in pairs))

    def _refresh(self) -> None:
        path = self.out / FOLDER / _LOG
        try:
            status = path.stat()
            stamp = (status.st_mtime_ns, status.st_ino)
            if stamp == self._stamp:
                return
            names = json.loads(path.read_text(encoding="utf-8"))["parts"]
            self._parts = {name: self._parts.get(name) or _read(self.out, name) for name in names}
            self._stamp, self._ids = stamp, array("Q")
        except FileNotFoundError:
            if path.exists():  # a part went while we read: another run replaced it
                raise UsageError(f"{self.out} is being written: try again") from None
            self._parts, self._stamp, self._ids = {}, None, array("Q")
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UsageError(f"cannot read {path}: {error}") from error

    def next_names(self) -> Iterator[str]:
        """Names for new parts: none is used twice."""
        names = [p.stem for p in (self.out / FOLDER).glob("*.json") if p.stem.isdigit()]
        return map(_named, count(max(map(int, names), default=0) + 1))

    def commit(self, added: Sequence[Part], dropped: Sequence[Part]) -> None:
        """Name ``added`` and no longer ``dropped``, at once; then remove what nobody names.  Raises ``OSError``."""
        gone = {part.name for part in dropped}
        kept = [part for part in self.parts() if part.name not in gone]
        for part in added:
            _replace(self.out / FOLDER / f"{part.name}.json", {"files": part.files, "documents": part.documents})
        _replace(self.out / FOLDER / _LOG, {"parts": [part.name for part in (*kept, *added)]})
        self._parts = {part.name: part for part in (*kept, *added)}
        self._stamp, self._ids = None, array("Q")
        used = {sealed[0] for part in self._parts.values() for sealed in part.files.values()}
        for part in dropped:
            for name, _, _ in part.files.values():
                if name not in used:
                    (self.out / name).unlink(missing_ok=True)
            (self.out / FOLDER / f"{part.name}.json").unlink(missing_ok=True)


def _named(number: int) -> str:
    return f"{number:06d}"


def _read(out: Path, name: str) -> Part:
    told = json.loads((out / FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    files = {dataset: (str(f), int(size), int(check)) for dataset, (f, size, check) in told["files"].items()}
    if any(Path(f).is_absolute() or ".." in Path(f).parts for f, _, _ in files.values()):
        raise ValueError(f"{name}.json names files elsewhere")
    return Part(name, files, {str(d): int(check) for d, check in told["documents"].items()})


def _replace(path: Path, content: dict[str, Any]) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with temporary.open("w", encoding="utf-8") as handle:
        json.dump(content, handle, ensure_ascii=False)
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(temporary, path)


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """One run at a time packs parts.  Raises ``UsageError`` where another one does; Windows does not ask."""
    with (out / FOLDER / "lock").open("w") as handle:
        with suppress(ImportError):
            fcntl: Any = import_module("fcntl")
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise UsageError(f"another run writes to {out}: wait for it") from error
        yield
