"""Which sources a run converts: files, folders (recursive), globs and lists of them, each once, in a fixed order."""

from __future__ import annotations

import glob
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from extract.archive import digest_of, is_archive, members
from extract.doors import SUFFIXES
from extract.errors import ExtractError, NothingToDo, UsageError
from extract.files import is_folder, regular_size

_LEFT_BEHIND = ("~$", ".~lock.", "._")  # locks and shadows that editors and systems leave, under any suffix


@dataclass(frozen=True, slots=True)
class Source:
    """One file, or member of an archive (``a.zip!b.pdf``), to convert.  ``also``: other files of the run with the same bytes, listed beside it."""

    path: Path
    also: tuple[Path, ...] = ()
    refused: str | None = None  # why it is not even opened
    size: int | None = None  # bytes of a member


def find_sources(inputs: Iterable[str], most: int | None = None, passed: Counter[str] | None = None) -> list[Source]:
    """Expand ``inputs``; what cannot be read stays in the list, to become a 失败 row.

    Raises ``NothingToDo`` when nothing is found.  Twins are looked for among files of at most ``most`` bytes.
    ``passed`` counts the files that no door takes, by suffix.
    """
    found: dict[Path, Source] = {}
    others: set[Path] = set()
    for given in inputs:
        for source in _expand(given, others):
            found.setdefault(source.path, source)
    if passed is not None:
        passed.update(path.suffix.lower() or path.name for path in others)
    if not found:
        raise NothingToDo("no document in what was given")
    return _without_twins(list(found.values()), most)


def listed(inputs: Iterable[str]) -> Iterator[str]:
    """``inputs`` with ``-`` replaced by the names on standard input and ``@FILE`` by those in it, one a line.

    Names are bytes to most systems: those that are no UTF-8 are kept as they are.  Raises ``UsageError`` for a list
    that cannot be read.
    """
    for given in inputs:
        try:
            if given == "-":
                data = sys.stdin.buffer.read()
            elif given.startswith("@"):
                data = Path(given[1:]).read_bytes()
            else:
                yield given
                continue
        except (OSError, ValueError) as error:
            raise UsageError(f"cannot read the list {given}: {error}") from error
        yield from (line.strip() for line in _names(data).splitlines() if line.strip())


def _names(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):  # as PowerShell writes lists
        return data.decode("utf-16", "replace")
    return data.removeprefix(b"\xef\xbb\xbf").decode(sys.getfilesystemencoding(), "surrogateescape")


def _expand(given: str, others: set[Path]) -> Iterator[Source]:
    """Sources of one input; ``others`` takes the files that no door takes."""
    path = Path(given)
    if is_folder(path):
        yield from sorted(_in_folder(path, others), key=lambda s: s.path)
    elif is_archive(path) and regular_size(path) is not None:
        yield from _taken(path, others)
    elif not glob.has_magic(given) or _stands(path):
        yield Source(path)
    else:
        for found in sorted(_matching(path)):
            if not is_folder(found):
                yield from _taken(found, others)


def _taken(path: Path, others: set[Path], refused: str | None = None) -> Iterator[Source]:
    """A file as a source, an archive as one for each member that a door takes."""
    if path.name.startswith(_LEFT_BEHIND):
        return
    if path.suffix.lower() in SUFFIXES:
        yield Source(path, refused=refused)
    elif path.name.startswith("."):
        return
    elif not is_archive(path):
        others.add(path)
    elif refused is not None or regular_size(path) is None:
        yield Source(path, refused=refused)
    else:
        yield from _members(path, others)


def _members(path: Path, others: set[Path]) -> Iterator[Source]:
    try:
        inside = {Path(f"{path}!{name}"): size for name, size in members(path)}
    except ExtractError:
        yield Source(path)  # it fails as a document, with a reason
        return
    taken = [p for p in inside if p.suffix.lower() in SUFFIXES or is_archive(p)]
    others.update(set(inside) - set(taken))
    yield from (Source(p, size=inside[p]) for p in taken)
    if not taken:
        yield Source(path)


def _stands(path: Path) -> bool:
    try:
        path.lstat()
    except (OSError, ValueError):
        return False
    return True


def _matching(pattern: Path) -> Iterator[Path]:
    """Paths that a glob means.  ``**`` does not enter folders behind links: two that lead upwards have no end."""
    depth = next(n for n, part in enumerate(pattern.parts) if glob.has_magic(part))
    base = Path(*pattern.parts[:depth])
    try:
        yield from base.glob(str(Path(*pattern.parts[depth:])))
    except ValueError:  # ``**`` beside other characters stands for ``*``
        yield from map(Path, glob.glob(str(pattern)))
    except OSError:
        return  # nothing is found there


def _in_folder(folder: Path, others: set[Path]) -> Iterator[Source]:
    """Documents below ``folder``, whatever stands under their names, and folders that cannot be listed.

    Folders behind symbolic links are not entered, so there is no endless loop.
    """
    closed: list[OSError] = []
    for root, _, names in os.walk(folder, onerror=closed.append):
        for name in names:
            path = Path(root, name)
            yield from _taken(path, others, _leads_out(path, folder))
    for error in closed:
        yield Source(Path(str(error.filename)), refused=f"a folder that cannot be listed: {error.strerror}")


def _leads_out(path: Path, folder: Path) -> str | None:
    """A link in a folder of downloads must not make us read a file elsewhere."""
    try:
        outside = path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))
    except OSError:
        return None  # said when it is converted
    return "a symbolic link that leads out of the folder" if outside else None


def _without_twins(sources: list[Source], most: int | None) -> list[Source]:
    """Files of the same bytes become one source; only files of equal size are read to find them."""
    by_size: dict[int, list[Source]] = defaultdict(list)
    for source in sources:
        size = (source.size or regular_size(source.path)) if source.refused is None else None
        if size and (most is None or size <= most):
            by_size[size].append(source)
    first: dict[str, Source] = {}
    also: dict[Path, list[Path]] = {}
    dropped: set[Path] = set()
    for alike in by_size.values():
        for source in alike if len(alike) > 1 else ():
            digest = digest_of(source.path)
            if digest is None:
                continue  # said when it is converted
            twin = first.setdefault(f"{source.path.suffix.lower()}{digest}", source)
            if twin is not source:
                also.setdefault(twin.path, []).append(source.path)
                dropped.add(source.path)
    return [replace(s, also=tuple(also.get(s.path, ()))) for s in sources if s.path not in dropped]
