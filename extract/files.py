"""Bytes of files that may be anything: regular files only, their size before their bytes, hashes in chunks."""

from __future__ import annotations

import os
import stat
from hashlib import file_digest
from io import BufferedReader
from pathlib import Path

from extract.errors import TooLarge, Unreadable

MIB = 1 << 20
_KINDS = {
    stat.S_IFIFO: "a pipe", stat.S_IFDIR: "a folder", stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}  # fmt: skip


def read_file(path: Path, most: int | None = None) -> bytes:
    """The bytes of a regular file of at most ``most`` bytes; raises ``Unreadable`` or ``TooLarge``."""
    with _open(path) as handle:
        try:
            require_size(os.fstat(handle.fileno()).st_size, most)
            return handle.read()
        except OSError as error:
            raise Unreadable(f"cannot read: {error.strerror or error}") from error


def require_size(size: int | None, most: int | None) -> None:
    """Raises ``TooLarge`` for a ``size`` of more than ``most`` bytes; ``None``: nobody knows, or no limit."""
    if size is not None and most is not None and size > most:
        raise TooLarge(f"the file holds {size / MIB:,.0f} MiB, more than {most / MIB:,.0f}")


def sha256_of(path: Path) -> str | None:
    """Hex digest of a regular file, read in chunks; ``None`` where it cannot be read."""
    try:
        with _open(path) as handle:
            return file_digest(handle, "sha256").hexdigest()
    except (OSError, Unreadable):
        return None


def regular_size(path: Path) -> int | None:
    """Bytes of a regular file, links followed; ``None`` for anything else and for what cannot be reached."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def is_folder(path: Path) -> bool:
    """Whether a folder stands there; false, too, for names that no system takes."""
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except (OSError, ValueError):
        return False


def _open(path: Path) -> BufferedReader:
    """Open a regular file; a pipe that nobody writes to, or one put in its place meanwhile, does not hold us up."""
    try:
        _require_regular(path.stat().st_mode)
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        try:
            _require_regular(os.fstat(handle).st_mode)
        except Unreadable:
            os.close(handle)
            raise
        return os.fdopen(handle, "rb")
    except ValueError as error:  # a NUL in the name
        raise Unreadable(f"cannot read: {error}") from error
    except OSError as error:
        raise Unreadable(f"cannot read: {error.strerror or error}") from error


def _require_regular(mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise Unreadable(f"{_KINDS.get(stat.S_IFMT(mode), 'something')}, not a regular file")
