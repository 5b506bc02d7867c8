"""Sources and outputs on any fsspec path (``s3://``, ``memory://``, …): the optional extra ``cluster``.

A document is converted in a local folder and then published as the local writer commits: its old commit mark goes, its
表格清单 comes first and names its files, its new mark comes last, so that a reader of the mark never meets half a
document.  Object stores write a file whole or not at all.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from extract.batch.sources import SUFFIXES, Source
from extract.convert import Recipe, convert_bytes, doc_id_of, fail_named
from extract.errors import ExtractError, NothingToDo, OutputError, Unreadable, UsageError
from extract.paper.model import DocumentResult
from extract.store.datapackage import NAME, described
from extract.store.writer import DOCUMENTS, TABLES, listed_files
from parsers.specs.loader import fields


def is_remote(name: str) -> bool:
    return "://" in name


def filesystem(url: str) -> tuple[Any, str]:
    """The file system of ``url`` and the path in it; raises ``UsageError`` where fsspec or its driver is missing."""
    try:
        import fsspec  # type: ignore[import-untyped]
    except ImportError as error:
        raise UsageError("remote paths need fsspec: pip install 'yusuan[cluster]'") from error
    try:
        fs, path = fsspec.core.url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise UsageError(f"{url}: {error}") from error
    return fs, str(path).rstrip("/")


def find_remote(url: str) -> list[str]:
    """Documents at or below ``url``, as URLs, in a fixed order."""
    fs, path = filesystem(url)
    names = [path] if fs.isfile(path) else sorted(fs.find(path))
    found = [fs.unstrip_protocol(n) for n in names if PurePosixPath(n).suffix.lower() in SUFFIXES]
    if not found:
        raise NothingToDo(f"no .pdf, .txt or .md file in {url}")
    return found


def convert_remote(source: Source | str, out: str, recipe: Recipe) -> DocumentResult:
    """Convert one source to a remote output folder; ``recipe.out`` is not used.  Raises ``OutputError``."""
    names = _names(source)
    with TemporaryDirectory() as folder:
        local = replace(recipe, out=Path(folder))
        try:
            data = _read(source)
        except (OSError, Unreadable) as error:
            result = fail_named(names, None, Unreadable(f"cannot read: {error}"), local)
        else:
            target, root = filesystem(out)
            _fetch_mark(target, root, doc_id_of(data), local)
            result = convert_bytes(names, PurePosixPath(names[0]).suffix.lower(), data, local)
        if not result.skipped:
            _publish(local, out, result.document)
        return result


def fail_remote(source: Source | str, error: ExtractError, out: str, recipe: Recipe) -> DocumentResult:
    """Publish the 失败 row of a document that no process could convert.  Raises ``OutputError``."""
    with TemporaryDirectory() as folder:
        local = replace(recipe, out=Path(folder))
        try:
            sha = sha256(_read(source)).hexdigest()
        except (OSError, Unreadable):
            sha = None
        result = fail_named(_names(source), sha, error, local)
        _publish(local, out, result.document)
        return result


def _names(source: Source | str) -> list[Path | str]:
    return [source] if isinstance(source, str) else [source.path, *source.also]


def _read(source: Source | str) -> bytes:
    """Raises ``OSError``, and ``Unreadable`` for what must not be read."""
    if isinstance(source, Source):
        if source.refused is not None:
            raise Unreadable(source.refused)
        return source.path.read_bytes()
    fs, path = filesystem(source)
    data: bytes = fs.cat_file(path)
    return data


def _fetch_mark(fs: Any, root: str, document: str, recipe: Recipe) -> None:
    """Bring the commit mark of an earlier run, so that what is current is skipped."""
    folder = recipe.labels.folder(DOCUMENTS)
    remote = f"{root}/{folder}/{document}.parquet"
    if not recipe.force and fs.exists(remote):
        (recipe.out / folder).mkdir(parents=True)
        (recipe.out / folder / f"{document}.parquet").write_bytes(fs.cat_file(remote))


def _publish(recipe: Recipe, out: str, document: str) -> None:
    fs, root = filesystem(out)
    mark, index = (f"{recipe.labels.folder(d)}/{document}.parquet" for d in (DOCUMENTS, TABLES))
    made = {str(p.relative_to(recipe.out)): p for p in recipe.out.rglob("*.parquet")}
    try:
        fs.invalidate_cache()
        if fs.exists(f"{root}/{mark}"):
            fs.rm_file(f"{root}/{mark}")
        if fs.exists(f"{root}/{index}"):
            for old in (*listed_files(fs.cat_file(f"{root}/{index}")), index):
                if old not in made and fs.exists(f"{root}/{old}"):
                    fs.rm_file(f"{root}/{old}")
        for name, path in sorted(made.items(), key=lambda item: (item[0] == mark, item[0] != index)):
            fs.makedirs(f"{root}/{PurePosixPath(name).parent}", exist_ok=True)
            fs.pipe_file(f"{root}/{name}", path.read_bytes())
    except OSError as error:
        raise OutputError(f"cannot write {out}: {error}") from error


def describe_remote(out: str, recipe: Recipe) -> None:
    """Write ``datapackage.json`` beside the datasets."""
    fs, root = filesystem(out)
    try:
        fs.invalidate_cache()
        there = {PurePosixPath(p).name for p in fs.ls(root, detail=False)}
        datasets = [d for d in fields() if recipe.labels.folder(d) in there]
        fs.pipe_file(f"{root}/{NAME}", described(datasets, recipe.labels).encode())
    except OSError as error:
        raise OutputError(f"cannot write {out}: {error}") from error
