"""Office files of today: parts of XML in an archive, read within bounds and without expanding anything."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from extract.errors import Damaged, Encrypted, Overfull

if TYPE_CHECKING:
    from lxml.etree import XMLParser
    from lxml.etree import _Element as Element

_MOST_BYTES = 1 << 30  # of all parts together, unpacked
_MOST_PART = 64 << 20  # of a part that is read whole
BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, KeyError, ValueError, NotImplementedError, RuntimeError,
)  # fmt: skip


class Package:
    """A context; raises ``Damaged``, ``Encrypted`` and ``Overfull``."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except BROKEN as error:
            raise Damaged(f"its archive is broken: {error}") from error
        self.names = {info.filename.lstrip("/").lower(): info for info in self._zip.infolist()}
        if any(info.flag_bits & 1 for info in self.names.values()):
            raise Encrypted("it is locked with a password")
        if sum(info.file_size for info in self.names.values()) > _MOST_BYTES:
            raise Overfull(f"it unpacks to more than {_MOST_BYTES >> 20} MiB")

    def __enter__(self) -> Package:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def __contains__(self, part: str) -> bool:
        return part.lower() in self.names

    @contextmanager
    def open(self, part: str) -> Iterator[IO[bytes]]:
        """A part as a stream; a part that declares a document type is refused: Office writes none."""
        from lxml import etree

        try:
            info = self.names[part.lower()]
            with self._zip.open(info) as start:
                if b"<!DOCTYPE" in start.read(4096) or b"<!ENTITY" in start.read(4096):
                    raise Damaged(f"{part} declares a document type: no Office program writes that")
            with self._zip.open(info) as handle:
                yield handle
        except KeyError as error:
            raise Damaged(f"it lacks its part {part}") from error
        except (*BROKEN, etree.XMLSyntaxError) as error:
            raise Damaged(f"its part {part} is broken: {error}") from error

    def root(self, part: str) -> Element:
        """A part as a tree."""
        from lxml import etree

        if part in self and self.names[part.lower()].file_size > _MOST_PART:
            raise Overfull(f"its part {part} unpacks to more than {_MOST_PART >> 20} MiB")
        with self.open(part) as handle:
            return etree.parse(handle, safe_parser()).getroot()

    def related(self, part: str) -> dict[str, str]:
        """Parts that ``part`` names by relation id; outside files are not among them."""
        folder, name = posixpath.split(part)
        rels = f"{folder}/_rels/{name}.rels"
        if rels not in self:
            return {}
        found: dict[str, str] = {}
        for relation in self.root(rels):
            target = relation.get("Target") or ""
            if relation.get("TargetMode") != "External":
                path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
                found[relation.get("Id") or ""] = posixpath.normpath(path)
        return found


def safe_parser() -> XMLParser:
    """No entities, no network, no document type."""
    from lxml import etree

    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )


def local(node: Element) -> str:
    """A tag without its namespace; Office has two sets of those."""
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def attribute(node: Element, name: str) -> str | None:
    """An attribute whatever its namespace."""
    return next((str(v) for k, v in node.attrib.items() if str(k).rpartition("}")[2] == name), None)


def children(node: Element, *path: str) -> list[Element]:
    """What stands in the element down ``path``; nothing where it is not there."""
    found = child(node, *path)
    return list(found) if found is not None else []


def child(node: Element, *path: str) -> Element | None:
    """The first element down ``path``."""
    found: Element | None = node
    for name in path:
        found = next((c for c in found if local(c) == name), None) if found is not None else None
    return found


def forget(node: Element) -> None:
    """Free an element that has been read, and those before it."""
    node.clear()
    parent = node.getparent()
    while parent is not None and node.getprevious() is not None:
        del parent[0]
