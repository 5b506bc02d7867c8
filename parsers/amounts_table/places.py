"""Rows of places: provinces, cities and counties, known by the shape of their names, not by a list of them."""

from __future__ import annotations

import regex

from parsers.specs.columns import column_words
from parsers.text import key, strip_ordinal
from parsers.values import TOTAL, Row

PLACES = "地区"
_NAMED = frozenset(("收支项目", "收入分类", "功能分类"))  # schemes that rows of places may be taken for
_DETAIL = regex.compile(r"^其中[:：]?")
_BRACKETS = regex.compile(r"\([^()]*\)$")


def is_place(name: str) -> bool:
    """Is it the name of a government's area, or of what stands for several: 朝阳区, 市本级, 市县合计?"""
    words = column_words()
    bare = key(_DETAIL.sub("", strip_ordinal(key(name))))
    short = _BRACKETS.sub("", bare)
    if any(words.place_rows.search(text) for text in (bare, short)):
        return True
    return words.place.search(short) is not None and words.not_place.search(short) is None


def settle_places(rows: list[Row]) -> None:
    """Set 科目体系 地区 where most rows are places: the header may call their column 项目."""
    words = column_words()
    names = [row.name for row in rows if row.name and row.level != TOTAL]
    if any(row.code for row in rows) or any(row.scheme not in _NAMED for row in rows):
        return
    places = sum(is_place(name) for name in names)
    if places >= words.least_places and places >= words.place_share * len(names):
        for row in rows:
            row.scheme = PLACES
