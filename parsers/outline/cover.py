"""What a document says of itself: title, organisation, year, 预算 or 决算, 部门 or 单位."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import regex

from extract.paper.model import compact
from parsers.outline.sections import Segmented
from parsers.text import key

_YEAR_FIRST = regex.compile(r"^20\d\d年")
_YEAR = regex.compile(r"(20\d\d)\s*年")
_TITLE = regex.compile(r"(20\d\d)年(度)?.{0,30}(预算|决算)|(预算|决算).{0,12}(20\d\d)年")
_FIRST_LINES = 40
_WRITTEN_YEAR = regex.compile(r"二[〇○零Oo0]([〇○零Oo0一二三四五六七八九]{2})(?=\s*年)")
_DIGITS = str.maketrans("〇○零Oo一二三四五六七八九", "00000123456789")


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    title: str | None
    organisation: str | None
    year: int | None
    kind: str | None
    level: str | None


def describe(parts: Segmented) -> DocumentInfo:
    """Read the cover, the captions and, failing those, the first lines."""
    first = [_arabic(compact(line.text)) for line in parts.lines[:_FIRST_LINES]]
    captions = [s.caption for s in parts.sections]
    titles = [c.title for c in captions if c.title]
    of_tables = {key(t) for t in titles}
    index = next((i for i, t in enumerate(first) if _is_title(t, of_tables)), None)
    title = first[index] if index is not None else None
    if title is None:
        index, title = _split_title(first, of_tables)
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


def _arabic(text: str) -> str:
    """二〇二四年 as 2024年."""
    return _WRITTEN_YEAR.sub(lambda m: "20" + m[1].translate(_DIGITS), text)


def _is_title(text: str, of_tables: set[str]) -> bool:
    """A line that names a year and 预算 or 决算, is no sentence, and heads no table."""
    bare = key(text)
    if not _TITLE.search(bare) or len(text) > 60 or text.endswith("。"):
        return False
    return not any(t in bare for t in of_tables)


def _split_title(first: list[str], of_tables: set[str]) -> tuple[int | None, str | None]:
    """A cover that breaks its title over lines: 某部门 / 2024年 / 部门预算."""
    for i, text in enumerate(first[:10]):
        for n in (2, 3):
            joined = "".join(first[i : i + n])
            if _YEAR.search(text) and not _is_title(text, set()) and _is_title(joined, of_tables):
                return i, joined
    return None, None


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
    return _above(parts, first, index) if index else None


def _above(parts: Segmented, first: list[str], index: int) -> str | None:
    """The name above a cover's title; one broken over lines is whole if the document prints it so elsewhere."""
    printed = [compact(line.text) for line in parts.lines[index:]]
    for n in (3, 2):
        joined = "".join(first[max(index - n, 0) : index])
        if index >= n and 3 <= len(joined) <= 40 and any(joined in t for t in printed):
            return joined
    return first[index - 1] if 3 <= len(first[index - 1]) <= 40 else None


def _level(text: str, first: list[str]) -> str | None:
    whole = text + "".join(first[:5])
    units, departments = (
        len(regex.findall(r"单位(预算|决算)|预算单位", whole)),
        len(regex.findall(r"部门(预算|决算)", whole)),
    )
    if not units and not departments:
        return None
    return "单位" if units > departments else "部门"
