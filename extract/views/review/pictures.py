"""Sources of documents found again by name or by hash, and their pages as WebP pictures."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

from extract.archive import read_source, source_exists
from extract.doors import kind_of
from extract.errors import ExtractError
from extract.files import sha256_of
from extract.paper.engines.render import Pictures
from extract.recipe import doc_id_of
from extract.store.documents import names_of
from parsers.records import DocumentRow

_SCALE = 1.6  # pixels per point: figures of 7 points can be read
_LONGEST = 2200  # pixels of a side, whatever the page claims to be
_QUALITY = 68
_MOST_BYTES = 512 << 20


class Sources:
    """The bytes of documents: at their 来源 or 别名, else in ``folder``, found there by their hash."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._by_hash: dict[str, Path] | None = None

    def read(self, document: DocumentRow) -> bytes | None:
        """``None`` where the source is gone, or holds other bytes now."""
        for name in self._names(document):
            if "://" in name or not source_exists(name):
                continue
            try:
                data = read_source(Path(name), _MOST_BYTES)
            except ExtractError:
                continue
            if doc_id_of(data) == document["文档"]:
                return data
        return None

    def _names(self, document: DocumentRow) -> Iterator[str]:
        yield from names_of(document)
        if self._folder is not None:
            if self._by_hash is None:
                files = (Path(root, name) for root, _, names in os.walk(self._folder) for name in names)
                self._by_hash = {sha[:16]: file for file in files if (sha := sha256_of(file))}
            if found := self._by_hash.get(document["文档"]):
                yield str(found)


class PagePictures:
    """The pages of one document; closed on leaving.  ``there``: is it a PDF whose source is at hand?"""

    def __init__(self, document: DocumentRow, sources: Sources) -> None:
        data = sources.read(document)
        self.source_found = data is not None
        self._pictures: Pictures | None = None
        if data is not None and kind_of(data, Path(document["来源"]).suffix.lower()) == "pdf":
            self._pictures = Pictures(data)

    @property
    def there(self) -> bool:
        return self._pictures is not None

    def size(self, number: int) -> tuple[float, float]:
        """Width and height of a page in points; raises ``Damaged``."""
        assert self._pictures is not None
        return self._pictures.size(number)

    def webp(self, number: int) -> bytes:
        """Page ``number`` (1-based) as a picture; raises ``Damaged``."""
        assert self._pictures is not None
        scale = min(_SCALE, _LONGEST / max(*self._pictures.size(number), 1.0))
        to = io.BytesIO()
        self._pictures.render(number, scale).save(to, "WEBP", quality=_QUALITY, method=2)
        return to.getvalue()

    def close(self) -> None:
        if self._pictures is not None:
            self._pictures.close()
