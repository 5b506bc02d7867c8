"""Sources and outputs on any fsspec path (``s3://``, ``memory://``, …): the optional extra ``cluster``.

A document is converted in a local folder and then published as the local writer commits: its old commit mark goes, its
表格清单 comes first and names its files, its new mark comes last, so that a reader of the mark never meets half a
document.  Object stores write a file whole or not at all.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from hashlib import file_digest
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from extract.archive import is_archive, read_source
from extract.batch.sources import Source
from extract.doors import SUFFIXES
from extract.errors import ExtractError, OutputError, TooLarge, TooMuchMemory, Unreadable, UsageError
from extract.files import require_size, sha256_of
from extract.paper.model import DocumentResult
from extract.recipe import Recipe, doc_id_of
from extract.store.datapackage import NAME, described
from extract.store.documents import OPEN, Settled, settle
from extract.store.schema import DOCUMENTS, TABLES
from extract.store.writer import listed_files
from parsers.specs.loader import fields

_SECRET = re.compile(
    r"((?:^|(?<=&))[^=&]*(?:sig|token|key|passw|pwd|secret|credential|auth)[^=&]*=)[^&]+", re.IGNORECASE
)
_DRIVERS = (  # modules, where they are loaded, and what they raise besides OSError and ValueError
    ("ftplib", "Error"), ("aiohttp", "ClientError"), ("botocore.exceptions", "BotoCoreError"),
    ("botocore.exceptions", "ClientError"), ("requests", "RequestException"), ("paramiko", "SSHException"),
    ("gcsfs.retry", "HttpError"), ("azure.core.exceptions", "AzureError"),
)  # fmt: skip


def is_remote(name: str) -> bool:
    return "://" in name


def public(url: str) -> str:
    """``url`` without its password and without what signs it: the name that rows and messages have."""
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    if ":" in user:
        user = f"{user.partition(':')[0]}:***"
    query = _SECRET.sub(r"\1***", parts.query)
    return urlunsplit(parts._replace(netloc=user + at + host, query=query)) if at or query != parts.query else url


def _secrets(url: str) -> list[str]:
    """What ``public`` leaves out, as it may stand in an error of a driver."""
    parts = urlsplit(url)
    password = parts.netloc.rpartition("@")[0].partition(":")[2]
    found = [password, unquote(password), *(m[0].partition("=")[2] for m in _SECRET.finditer(parts.query))]
    return [secret for secret in found if secret]


def reason(error: Exception, url: str) -> str:
    """What a driver says of ``url``, in one line and without its secrets."""
    text = " ".join(str(error).split()) or type(error).__name__
    text = text.replace(url, public(url))
    for secret in _secrets(url):
        text = text.replace(secret, "***")
    return text


def driver_errors(*more: type[Exception]) -> tuple[type[Exception], ...]:
    """What fsspec and the drivers in use raise for what they cannot reach, read or write, and ``more``."""
    found = (getattr(sys.modules.get(module), name, None) for module, name in _DRIVERS)
    return (OSError, EOFError, ValueError, NotImplementedError, *(e for e in found if e is not None), *more)


def filesystem(url: str) -> tuple[Any, str]:
    """The file system of ``url`` and the path in it; raises ``UsageError`` where fsspec or its driver is missing."""
    try:
        import fsspec  # type: ignore[import-untyped]
    except ImportError as error:
        raise UsageError("remote paths need fsspec: pip install 'yusuan[cluster]'") from error
    try:
        fs, path = fsspec.core.url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise UsageError(f"{public(url)}: {reason(error, url)}") from error
    return fs, str(path).rstrip("/")


def find_remote(url: str) -> list[str]:
    """Documents at or below ``url``, as URLs, in a fixed order.

    What cannot be reached stays in the list, to become a 失败 row.
    """
    try:
        fs, path = filesystem(url)
        names = [path] if fs.isfile(path) else sorted(fs.find(path))
        if not names and not fs.exists(path):
            return [url]
    except driver_errors(UsageError):
        return [url]
    return [_url(url, path, fs, name) for name in names if _suffix(name) in SUFFIXES or is_archive(name)]


def _url(given: str, path: str, fs: Any, name: str) -> str:
    """The URL of ``name``, found below ``path``: with the host and user that ``given`` has."""
    bare = given.rstrip("/")
    if path and bare.endswith(path) and name.startswith(path):
        return bare + name[len(path) :]
    return str(fs.unstrip_protocol(name))


def _suffix(name: str) -> str:
    return PurePosixPath(urlsplit(name).path).suffix.lower()


def convert_remote(source: Source | str, out: str, recipe: Recipe) -> DocumentResult:
    """Convert one source to a remote output folder; ``recipe.out`` is not used.  Raises ``OutputError``."""
    from extract.convert import convert_bytes, fail_named

    names = _names(source)
    with TemporaryDirectory() as folder:
        local = replace(recipe, out=Path(folder), at_hand=False)
        try:
            data = _read(source, recipe.max_size)
        except (Unreadable, TooLarge) as error:
            result = fail_named(names, None, error, local)
        except MemoryError:
            result = fail_named(names, None, TooMuchMemory("out of memory"), local)
        else:
            _fetch_mark(out, doc_id_of(data), local)
            result = convert_bytes(names, _suffix(str(names[0])), data, local)
        if not result.skipped:
            _publish(local, out, result.document)
        return result


def fail_remote(source: Source | str, error: ExtractError, out: str, recipe: Recipe) -> DocumentResult:
    """Publish the 失败 row of a document that no process could convert.  Raises ``OutputError``."""
    from extract.convert import fail_named

    with TemporaryDirectory() as folder:
        local = replace(recipe, out=Path(folder), at_hand=False)
        result = fail_named(_names(source), _hash(source), error, local)
        _publish(local, out, result.document)
        return result


def _names(source: Source | str) -> list[Path | str]:
    return [public(source)] if isinstance(source, str) else [source.path, *source.also]


def _read(source: Source | str, most: int | None) -> bytes:
    """Raises ``Unreadable`` for what cannot or must not be read, ``TooLarge`` before it is read."""
    if isinstance(source, Source):
        if source.refused is not None:
            raise Unreadable(source.refused)
        return read_source(source.path, most)
    if is_archive(urlsplit(source).path):
        raise Unreadable("an archive on a remote path is not opened: copy it here, or unpack it there")
    try:
        fs, path = filesystem(source)
        require_size(fs.size(path), most)
        data: bytes = fs.cat_file(path)
    except UsageError as error:
        raise Unreadable(error.detail) from error
    except driver_errors() as error:
        raise Unreadable(f"cannot read: {reason(error, source)}") from error
    return data


def _hash(source: Source | str) -> str | None:
    """Hex digest of a source, read in chunks; ``None`` where it cannot be read."""
    if isinstance(source, Source):
        return sha256_of(source.path) if source.refused is None else None
    try:
        fs, path = filesystem(source)
        with fs.open(path, "rb") as handle:
            return file_digest(handle, "sha256").hexdigest()
    except driver_errors(UsageError):
        return None


def _fetch_mark(out: str, document: str, recipe: Recipe) -> None:
    """Bring the commit mark of an earlier run, so that what is current is skipped."""
    folder = recipe.labels.folder(DOCUMENTS)
    with _writing(out) as (fs, root):
        remote = f"{root}/{folder}/{document}.parquet"
        if not recipe.force and fs.exists(remote):
            (recipe.out / folder).mkdir(parents=True)
            (recipe.out / folder / f"{document}.parquet").write_bytes(fs.cat_file(remote))


@contextmanager
def _writing(out: str) -> Iterator[tuple[Any, str]]:
    """The file system of the outputs and their root in it; what goes wrong inside is an ``OutputError``."""
    try:
        yield filesystem(out)
    except driver_errors() as error:
        raise OutputError(f"cannot write {public(out)}: {reason(error, out)}") from error


def _publish(recipe: Recipe, out: str, document: str) -> None:
    mark, index = (f"{recipe.labels.folder(d)}/{document}.parquet" for d in (DOCUMENTS, TABLES))
    made = {p.relative_to(recipe.out).as_posix(): p for p in recipe.out.rglob("*.parquet")}
    with _writing(out) as (fs, root):
        fs.invalidate_cache()
        if fs.exists(f"{root}/{mark}"):
            fs.rm_file(f"{root}/{mark}")
        if fs.exists(f"{root}/{index}"):
            for old in (*listed_files(fs.cat_file(f"{root}/{index}"), document), index):
                if old not in made and fs.exists(f"{root}/{old}"):
                    fs.rm_file(f"{root}/{old}")
        for name, path in sorted(made.items(), key=lambda item: (item[0] == mark, item[0] != index)):
            fs.makedirs(f"{root}/{PurePosixPath(name).parent}", exist_ok=True)
            fs.pipe_file(f"{root}/{name}", path.read_bytes())


def describe_remote(out: str, recipe: Recipe) -> None:
    """Write ``datapackage.json`` beside the datasets."""
    with _writing(out) as (fs, root):
        fs.invalidate_cache()
        there = {PurePosixPath(p).name for p in fs.ls(root, detail=False)}
        datasets = [d for d in fields() if recipe.labels.folder(d) in there]
        fs.pipe_file(f"{root}/{NAME}", described(datasets, recipe.labels).encode())


def open_remote(out: str) -> bool:
    """As ``documents.open_run``: say that a run is under way; true if an earlier one was not settled."""
    with _writing(out) as (fs, root):
        fs.invalidate_cache()
        left = bool(fs.exists(f"{root}/{OPEN}"))
        fs.makedirs(root, exist_ok=True)
        fs.pipe_file(f"{root}/{OPEN}", b"")
        return left


def settle_remote(out: str, recipe: Recipe, found: Mapping[str, str]) -> Settled:
    """As ``documents.settle``: the rows of 文档清单 come here, and those that changed go back."""
    name = recipe.labels.folder(DOCUMENTS)
    with TemporaryDirectory() as folder, _writing(out) as (fs, root):
        place = Path(folder) / name
        place.mkdir()
        fs.invalidate_cache()
        before = {PurePosixPath(p).name: fs.cat_file(p) for p in fs.find(f"{root}/{name}") if p.endswith(".parquet")}
        for file, data in before.items():
            (place / file).write_bytes(data)
        settled = settle(Path(folder), recipe.labels, found)
        for file, data in before.items():
            if (now := (place / file).read_bytes()) != data:
                fs.pipe_file(f"{root}/{name}/{file}", now)
    return settled


def close_remote(out: str) -> None:
    """Say that the documents of a run are settled."""
    with _writing(out) as (fs, root):
        if fs.exists(f"{root}/{OPEN}"):
            fs.rm_file(f"{root}/{OPEN}")
