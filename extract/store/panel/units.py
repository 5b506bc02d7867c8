"""单位清单: who published, under one number over the years, whatever the name was printed like.

Rules join names (``parsers/specs/panel.toml``), a user's ``units.csv`` joins or parts them; likeness and equal
figures only propose.
"""

from __future__ import annotations

import csv
import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

from extract.errors import UsageError
from parsers.publishers import former_names, is_own_unit, plain_name
from parsers.records import DocumentRow, Record

Key = tuple[str, str]  # oldest name, level
_ALIKE = 85  # of 100, from which on two names are proposed as one publisher's
_FORM = ("名称", "归于")  # columns of units.csv


@dataclass(slots=True)
class _Unit:
    """A publisher as its documents show it."""

    names: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))  # printed name → years
    codes: set[str] = field(default_factory=set)
    parents: set[str] = field(default_factory=set)  # 单位号 of departments that list it
    documents: set[str] = field(default_factory=set)
    claims: set[tuple[int, str]] = field(default_factory=set)  # (年度, 口径) of its documents


class Proposal(TypedDict):
    """A line of ``units_proposed.csv``; 相似度 of 100."""

    名称: str
    归于: str
    相似度: int
    理由: str


class Units:
    """Gives every document, and every printed name in it, the number of its publisher."""

    def __init__(self, documents: list[DocumentRow], override: Mapping[str, str]) -> None:
        self._former: dict[str, str] = {}
        self._override = {plain_name(name): plain_name(to or name) for name, to in override.items()}
        for row in documents:
            for old in former_names(row["编制单位"] or ""):
                self._join(plain_name(row["编制单位"] or ""), old)
        self._levels: dict[str, set[str]] = defaultdict(set)
        self._units: dict[Key, _Unit] = defaultdict(_Unit)
        self._of: dict[str, Key | None] = {}
        self._equal: dict[tuple[Key, Key], tuple[int, str]] = {}  # publishers whose figures say that they may be one
        for row in documents:
            if level := _level(row):
                self._levels[self._root(plain_name(row["编制单位"] or ""))].add(level)
        for row in documents:
            self._take(row)

    def _join(self, name: str, former: str) -> None:
        if name != former and self._root(former) != name:
            self._former[name] = former

    def _root(self, name: str) -> str:
        """The oldest name that is known, or the one that the user gives."""
        seen = set()
        while name not in seen:
            seen.add(name)
            name = self._override.get(name) or self._former.get(name, name)
        return name

    def _take(self, row: DocumentRow) -> None:
        name = row["编制单位"]
        key = self._key(name, _level(row)) if name else None
        self._of[row["文档"]] = key
        if name is None or key is None:
            return
        unit = self._units[key]
        unit.names[name].update([row["年度"]] if row["年度"] else [])
        unit.documents.add(row["文档"])
        if row["年度"] and row["口径"]:
            unit.claims.add((row["年度"], row["口径"]))

    def _key(self, name: str, level: str) -> tuple[str, str]:
        root = self._root(plain_name(name))
        known = self._levels.get(root, set())
        return root, level or (next(iter(known)) if len(known) == 1 else "")

    def number(self, document: str, name: str | None = None) -> str | None:
        """单位号 of a document's publisher, or of the one that a table in it names."""
        key = self._of.get(document)
        if name and key and (other := self._key(name, key[1])) != key and other in self._units:
            key = other
        return _number(key) if key else None

    def units_named(self, name: str) -> str | None:
        """单位号 of the unit of that name that publishes itself; ``None`` where none does."""
        key = (self._root(plain_name(name)), "单位")
        return _number(key) if key in self._units else None

    def listed(self, document: str, level: str | None, code: str | None, name: str) -> None:
        """A document prints a code for a unit, and so says whose unit it is."""
        department = self._of.get(document)
        own = department is not None and self._root(plain_name(name)) == department[0]
        if department is not None and own and code and (department[0], "单位") not in self._units:
            self._units[department].codes.add(code)  # it lists itself alone
        for wanted in ("部门", "单位"):
            key = (self._root(plain_name(name)), wanted)
            if key not in self._units or (level in ("部门", "单位") and level != wanted):
                continue
            if code:
                self._units[key].codes.add(code)
            if (
                wanted == "单位"
                and department is not None
                and department[1] == "部门"
                and (own or department[0] != key[0])
            ):
                self._units[key].parents.add(_number(department))

    def claims(self, document: str) -> tuple[frozenset[tuple[int, str]], str]:
        """Years and 口径 that the publisher of a document has documents of, and its level; none where nobody is named."""
        key = self._of.get(document)
        return (frozenset(self._units[key].claims), key[1]) if key else (frozenset(), "")

    def propose(self, document: str, other: str, score: int, why: str) -> None:
        """The publishers of two documents may be one: ``score`` of 100, and why."""
        first, second = self._of.get(document), self._of.get(other)
        if first and second and first != second:
            pair = (min(first, second), max(first, second))
            self._equal[pair] = max(self._equal.get(pair, (0, "")), (score, why))

    def records(self) -> list[Record]:
        """The rows of 单位清单, by name."""
        latest = {_number(k): _latest(u) for k, u in self._units.items()}
        rows: list[Record] = []
        for key, unit in sorted(self._units.items(), key=lambda item: (_latest(item[1]), item[0])):
            name = _latest(unit)
            years = sorted({y for found in unit.names.values() for y in found})
            parent = next(iter(unit.parents)) if len(unit.parents) == 1 else None
            rows.append({
                "单位号": _number(key), "单位名称": name, "别名": sorted(n for n in unit.names if n != name),
                "历年名称": [f"{y} {n}" for y, n in sorted((y, n) for n, found in unit.names.items() for y in found)],
                "单位编码": sorted(unit.codes), "级别": key[1] or None, "上级单位号": parent,
                "上级单位": latest.get(parent) if parent else None, "首年": years[0] if years else None,
                "末年": years[-1] if years else None, "文档数": len(unit.documents),
            })  # fmt: skip
        return rows

    def proposals(self) -> list[Proposal]:
        """Names that may be one publisher's and that no rule joined: alike, and never both in one year and 口径."""
        found: list[Proposal] = []
        for (key, unit), (other_key, other), why, score in self._alike():
            if unit.claims & other.claims:
                continue
            first, second = sorted(((key, unit), (other_key, other)), key=lambda p: min(p[1].claims, default=(0, "")))
            found.append(Proposal(名称=_latest(second[1]), 归于=_latest(first[1]), 相似度=score, 理由=why))
        return sorted(found, key=lambda r: (-r["相似度"], r["名称"], r["归于"]))

    def _alike(self) -> Iterator[tuple[tuple[Key, _Unit], tuple[Key, _Unit], str, int]]:
        for (first, second), (score, why) in sorted(self._equal.items()):
            yield (first, self._units[first]), (second, self._units[second]), why, score
        groups: dict[Key, list[tuple[Key, _Unit]]] = defaultdict(list)
        by_code: dict[str, list[tuple[Key, _Unit]]] = defaultdict(list)
        for key, unit in sorted(self._units.items()):
            groups[key[1], key[0][:2]].append((key, unit))
            for code in unit.codes:
                by_code[f"{key[1]}{code}{key[0][:2]}"].append((key, unit))
        said = set(self._equal)
        for same in by_code.values():
            for i, one in enumerate(same):
                for other in same[i + 1 :]:
                    if (one[0], other[0]) not in said:
                        said.add((one[0], other[0]))
                        yield one, other, "单位编码相同", 100
        try:
            from rapidfuzz.fuzz import ratio
        except ImportError:  # the extra export; codes propose all the same
            return
        for alike in groups.values():
            for i, one in enumerate(alike):
                for other in alike[i + 1 :]:
                    likeness = ratio(one[0][0], other[0][0], score_cutoff=_ALIKE)
                    if likeness and (one[0], other[0]) not in said:
                        yield one, other, "名称相近", int(likeness)


def _level(row: DocumentRow) -> str:
    level = row["级别"] or ""
    return "单位" if is_own_unit(row["编制单位"] or "") and level in ("", "单位") else level


def _number(key: tuple[str, str]) -> str:
    """The same for the same oldest name and level, whatever else is collected."""
    return "U" + hashlib.sha256("|".join(key).encode()).hexdigest()[:10]


def _latest(unit: _Unit) -> str:
    return max(unit.names, key=lambda n: (max(unit.names[n], default=0), n))


def read_override(path: Path | None) -> dict[str, str]:
    """``units.csv``: 名称 → the name that it goes under; empty keeps it apart.  Raises ``UsageError``."""
    if path is None:
        return {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            rows = list(csv.DictReader(handle))
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"cannot read {path}: {error}") from error
    if rows and not set(_FORM) <= set(rows[0]):
        raise UsageError(f"{path}: its columns must be {'、'.join(_FORM)}")
    return {row["名称"].strip(): (row["归于"] or "").strip() for row in rows if (row["名称"] or "").strip()}
