"""Which sources a run converts: files, folders (recursive), globs and lists of them, each once, in a fixed order."""

from __future__ import annotations

import glob
import hashlib
import os
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from extract.errors import NothingToDo, UsageError

SUFFIXES = frozenset({".pdf", ".txt", ".md"})
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Source:
    """One file to convert.  ``also``: other files of the run with the same bytes, listed beside it."""

    path: Path
    also: tuple[Path, ...] = ()
    refused: str | None = None  # why it is not even opened


def find_sources(inputs: list[str]) -> list[Source]:
    """Expand ``inputs``; a path that does not exist stays in the list, to become a 失败 row.

    ``-`` reads names from standard input and ``@FILE`` from a file, one a line.  Raises ``NothingToDo`` when nothing
    is found and ``UsageError`` for a list that cannot be read.
    """
    found: dict[Path, Source] = {}
    for given in _listed(inputs):
        for source in _expand(given):
            found.setdefault(source.path, source)
    if not found:
        raise NothingToDo("no .pdf, .txt or .md file in what was given")
    return _without_twins(list(found.values()))


def _listed(inputs: Iterable[str]) -> Iterator[str]:
    for given in inputs:
        try:
            if given == "-":
                lines = sys.stdin.read().splitlines()
            elif given.startswith("@"):
                lines = Path(given[1:]).read_text(encoding="utf-8").splitlines()
            else:
                yield given
                continue
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"cannot read the list {given}: {error}") from error
        yield from (line.strip() for line in lines if line.strip())


def _expand(given: str) -> Iterator[Source]:
    path = Path(given)
    if path.is_dir():
        for inner in sorted(_files_in(path)):
            yield Source(inner, refused=_leads_out(inner, path))
    elif path.exists() or path.is_symlink() or not glob.has_magic(given):
        yield Source(path)
    else:
        for name in sorted(glob.glob(given, recursive=True)):
            if Path(name).suffix.lower() in SUFFIXES and Path(name).is_file():
                yield Source(Path(name))


def _files_in(folder: Path) -> Iterator[Path]:
    """Files below ``folder``; folders behind symbolic links are not entered, so there is no endless loop."""
    for root, _, names in os.walk(folder):
        for name in names:
            path = Path(root, name)
            if path.suffix.lower() in SUFFIXES and (path.is_file() or path.is_symlink()):
                yield path


def _leads_out(path: Path, folder: Path) -> str | None:
    """A link in a folder of downloads must not make us read a file elsewhere."""
    if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
        return "a symbolic link that leads out of the folder"
    return None


def _without_twins(sources: list[Source]) -> list[Source]:
    """Files of the same bytes become one source; only files of equal size are read to find them."""
    by_size: dict[int, list[Source]] = defaultdict(list)
    for source in sources:
        if source.refused is None and source.path.is_file():
            by_size[source.path.stat().st_size].append(source)
    first: dict[str, Source] = {}
    also: dict[Path, list[Path]] = {}
    dropped: set[Path] = set()
    for size, alike in by_size.items():
        for source in alike if size and len(alike) > 1 else ():
            digest = _digest(source.path)
            if digest is None:
                continue
            twin = first.setdefault(f"{source.path.suffix.lower()}{digest}", source)
            if twin is not source:
                also.setdefault(twin.path, []).append(source.path)
                dropped.add(source.path)
    return [replace(s, also=tuple(also.get(s.path, ()))) for s in sources if s.path not in dropped]


def _digest(path: Path) -> str | None:
    total = hashlib.sha256()
    try:
        with path.open("rb") as handle:
            while chunk := handle.read(_CHUNK):
                total.update(chunk)
    except OSError:
        return None  # said when it is converted
    return total.hexdigest()
