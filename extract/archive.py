"""Members of zip archives as sources of their own: ``a.zip!folder/b.pdf``, also ``a.zip!b.zip!c.pdf``.

Nothing is unpacked to the disk, so a member's name can lead nowhere; sizes, depth and numbers are bounded.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path, PurePosixPath

from extract.errors import Damaged, Encrypted, ExtractError, Overfull, Unreadable
from extract.files import read_file, regular_size, require_size, sha256_of

SUFFIX = ".zip"
_MARK = f"{SUFFIX}!"
_MOST_MEMBERS = 20_000
_MOST_BYTES = 512 << 20  # of a member, unpacked
_MOST_INNER = 128 << 20  # of an archive in an archive
_MOST_RATIO = 1000  # what packs better than this, and is large, is a bomb
_SMALL = 32 << 20
_DEEPEST = 3
_BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, KeyError, ValueError, NotImplementedError, UnicodeError,
)  # fmt: skip


def is_archive(name: Path | str) -> bool:
    """By its name: documents of Office are archives too."""
    return str(name).lower().endswith(SUFFIX)


def source_exists(name: str) -> bool:
    """Is the file, or the archive and its member, there?"""
    if Path(name).exists():
        return True
    archive, inner = _divided(name)
    if not inner or not Path(archive).is_file():
        return False
    try:
        return any(found == inner[0] for found, _ in members(Path(archive), depth=_DEEPEST))
    except (Damaged, Overfull):
        return False


def read_source(path: Path, most: int | None = None) -> bytes:
    """The bytes of a file, or of a member, of at most ``most`` bytes.

    Raises ``Unreadable``, ``TooLarge``, ``Damaged``, ``Encrypted`` or ``Overfull``.
    """
    archive, inner = _divided(str(path))
    if not inner or regular_size(path) is not None:
        return read_file(path, most)
    if regular_size(Path(archive)) is None:
        raise Unreadable(f"cannot read: there is no file {archive}")
    return _member(Path(archive), inner, most)


def digest_of(path: Path) -> str | None:
    """Hex digest of a file or a member; ``None`` where it cannot be read."""
    if not _divided(str(path))[1] or regular_size(path) is not None:
        return sha256_of(path)
    try:
        return sha256(read_source(path)).hexdigest()
    except ExtractError:
        return None


def members(archive: Path, depth: int = 0) -> Iterator[tuple[str, int]]:
    """Names and sizes of the members; names of those in archives inside stand behind the archive's and ``!``.

    Raises ``Damaged`` for what is no archive and ``Overfull`` for one with too many members.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            yield from _names(opened, depth)
    except _BROKEN as error:
        raise Damaged(f"its archive is broken: {error}") from error


def _names(opened: zipfile.ZipFile, depth: int) -> Iterator[tuple[str, int]]:
    entries = opened.infolist()
    if len(entries) > _MOST_MEMBERS:
        raise Overfull(f"an archive of {len(entries)} members")
    for info in sorted(entries, key=_name):
        name = _name(info)
        if info.is_dir() or _is_litter(name):
            continue
        inner = list(_inner_names(opened, info, depth + 1)) if is_archive(name) and depth < _DEEPEST else []
        yield from ((f"{name}!{n}", size) for n, size in inner) if inner else ((name, info.file_size),)


def _inner_names(opened: zipfile.ZipFile, info: zipfile.ZipInfo, depth: int) -> Iterator[tuple[str, int]]:
    """Members of an archive inside; none where it cannot be opened: it is then a source itself, and fails as one."""
    try:
        data = _read(opened, info, _MOST_INNER)
        with zipfile.ZipFile(io.BytesIO(data)) as inner:
            yield from list(_names(inner, depth))
    except (*_BROKEN, Damaged, Encrypted, Overfull):
        return


def _name(info: zipfile.ZipInfo) -> str:
    """A member's name; old tools wrote it in GBK and did not say so."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _is_litter(name: str) -> bool:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return "__MACOSX" in parts or any(p.startswith((".", "~$")) for p in parts[-1:])


def _member(archive: Path | io.BytesIO, inner: list[str], most: int | None) -> bytes:
    try:
        with zipfile.ZipFile(archive) as opened:
            info = next((i for i in opened.infolist() if _name(i) == inner[0]), None)
            if info is None:
                raise Damaged(f"the archive has no member {inner[0]}")
            if not inner[1:]:
                require_size(info.file_size, most)
            found = _read(opened, info, _MOST_INNER if inner[1:] else _MOST_BYTES)
    except _BROKEN as error:
        raise Damaged(f"its archive is broken: {error}") from error
    return _member(io.BytesIO(found), inner[1:], most) if inner[1:] else found


def _read(opened: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    if info.flag_bits & 1:
        raise Encrypted("its archive is locked with a password")
    packed = info.file_size > _SMALL and info.file_size > _MOST_RATIO * max(info.compress_size, 1)
    if info.file_size > most or packed:
        raise Overfull(f"a member that unpacks to {info.file_size >> 20} MiB")
    with opened.open(info) as handle:
        return handle.read(most)


def _divided(name: str) -> tuple[str, list[str]]:
    """``a.zip!b.zip!c.pdf`` → ``a.zip`` and ``[b.zip, c.pdf]``."""
    at = name.lower().find(_MARK)
    if at < 0:
        return name, []
    archive, rest = name[: at + len(SUFFIX)], name[at + len(_MARK) :]
    inner: list[str] = []
    while (at := rest.lower().find(_MARK)) >= 0:
        inner.append(rest[: at + len(SUFFIX)])
        rest = rest[at + len(_MARK) :]
    return archive, [*inner, rest]
