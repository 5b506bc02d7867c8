"""What a document says of itself: title, organisation, year, 预算 or 决算, 部门 or 单位."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import regex

from parsers.segment import Segmented
from parsers.text import key, squeeze

_YEAR_FIRST = regex.compile(r"^20\d\d年")
_YEAR = regex.compile(r"20\d\d年")
_YEAR = regex.compile(r"(20\d\d)\s*年")
_TITLE = regex.compile(r"(20\d\d)年(度)?.{0,30}(预算|决算)|(预算|决算).{0,12}(20\d\d)年")
_FIRST_LINES = 40


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    title: str | None
    organisation: str | None
    year: int | None
    kind: str | None
    level: str | None


def describe(parts: Segmented) -> DocumentInfo:
    """Read the cover, the captions and, failing those, the first lines."""
    first = [squeeze(line.text) for line in parts.lines[:_FIRST_LINES]]
    captions = [s.caption for s in parts.sections]
    titles = [c.title for c in captions if c.title]
    index = next(
        (i for i, t in enumerate(first) if _TITLE.search(key(t)) and len(t) <= 60 and not t.endswith("。")), None
    )
    title = first[index] if index is not None else _split_title(first)
    named = title or next((t for t in titles if _YEAR.search(key(t))), None)
    year = _year(named, first, titles)
    organisation = _organisation(parts, title, first, index)
    if title and organisation and _YEAR_FIRST.match(title) and organisation not in title:
        title = organisation + title
    text = "".join([named or "", *titles])
    final = text.count("决算") > text.count("预算") or bool(named and "决算" in named)
    budget = "预算" in text or bool(first and any("预算" in t for t in first))
    return DocumentInfo(
        title, organisation, year, "决算" if final else "预算" if budget or titles else None, _level(text, first)
    )


def _split_title(first: list[str]) -> str | None:
    """A cover that breaks its title over lines: 某部门 / 2024年 / 部门预算."""
    for i, text in enumerate(first[:10]):
        joined = "".join(first[i : i + 3])
        if _YEAR.search(text) and _TITLE.search(key(joined)) and len(joined) <= 60:
            for n in (1, 2, 3):
                joined = "".join(first[i : i + n])
                if _TITLE.search(key(joined)):
                    return joined
    return None


def _year(named: str | None, first: list[str], titles: list[str]) -> int | None:
    for text in (named, *titles):
        match = _YEAR.search(key(text or ""))
        if match:
            return int(match[1])
    years = Counter(m for t in first for m in _YEAR.findall(key(t)))
    return int(years.most_common(1)[0][0]) if years else None


def _organisation(parts: Segmented, title: str | None, first: list[str], index: int | None) -> str | None:
    named = Counter(s.caption.organisation for s in parts.sections if s.caption.organisation)
    if named:
        return named.most_common(1)[0][0]
    bare = _YEAR.split(title or "")[0]
    if len(bare) > 2:
        return bare
    if index and 3 <= len(first[index - 1]) <= 40:
        return first[index - 1]
    return None


def _level(text: str, first: list[str]) -> str | None:
    whole = text + "".join(first[:5])
    units, departments = (
        len(regex.findall(r"单位(预算|决算)|预算单位", whole)),
        len(regex.findall(r"部门(预算|决算)", whole)),
    )
    if not units and not departments:
        return None
    return "单位" if units > departments else "部门"
