"""A document's figures as a set of small hashes, kept beside its commit mark: what it takes to see that another document
holds them all, without reading the amounts again.

A figure is (科目编码 or 科目名称, 指标, 年度, 口径, 金额); the second of two equal ones counts as another.  Zero is no figure.
"""

from __future__ import annotations

import base64
import sys
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from zlib import crc32

import pyarrow as pa

KEY = b"figures"  # of the metadata of a document's file in 文档清单
LEAST = 8  # figures of a document that is compared: fewer may agree by chance
_COLUMNS = ("科目编码", "科目名称", "指标", "年度", "口径", "金额")


class Figures:
    """Takes the tables of a document as they are written."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def take(self, table: pa.Table, values: Mapping[str, Sequence[Any]] | None = None) -> None:
        """Add the amounts of ``table``, whose ``values`` may be at hand by column; one without amounts is passed over."""
        if not set(_COLUMNS) <= set(table.column_names):
            return
        words = values or {name: table[name].to_pylist() for name in _COLUMNS[:-1]}
        columns = [
            *(words[name] for name in _COLUMNS[:-1]),
            table[_COLUMNS[-1]].to_pylist(),
        ]  # amounts as rounded there
        for code, name, measure, year, phase, amount in zip(*columns, strict=True):
            if amount:
                self._seen[f"{code or name}|{measure}|{year}|{phase}|{amount}"] += 1

    def packed(self) -> str:
        """Sorted 32-bit hashes in base64."""
        hashes = array("I", sorted({crc32(f"{text}|{i}".encode()) for text, n in self._seen.items() for i in range(n)}))
        if sys.byteorder == "big":
            hashes.byteswap()
        return base64.b64encode(hashes.tobytes()).decode()


def unpacked(metadata: Mapping[bytes, bytes] | None) -> array[int]:
    """The hashes that ``Figures.packed`` made; none where a file carries none."""
    hashes = array("I")
    hashes.frombytes(base64.b64decode((metadata or {}).get(KEY, b"")))
    if sys.byteorder == "big":
        hashes.byteswap()
    return hashes


def holders(figures: Mapping[str, array[int]]) -> dict[str, str]:
    """Documents whose figures another one holds, and which: ``figures`` lists the best of equal ones first.

    A document is held by the first one that has all of its figures and, unless it stands before it, more.
    """
    alike: dict[int, list[str]] = {}
    rank = {document: i for i, document in enumerate(figures)}
    for document, hashes in figures.items():
        if len(hashes) >= LEAST:
            alike.setdefault(hashes[0], []).append(document)
    found: dict[str, str] = {}
    for holder, hashes in figures.items():
        held = frozenset(hashes)
        for smallest in alike.keys() & held:
            for document in alike[smallest]:
                if document in found or document == holder:
                    continue
                mine = figures[document]
                if held.issuperset(mine) and (len(mine), rank[holder]) < (len(held), rank[document]):
                    found[document] = holder
    return found
