"""What the contents of a document promise, against what stands in its body."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

import regex

from parsers.outline.captions import Caption
from parsers.text import key, strip_ordinal

_DECORATION = regex.compile(r"20\d\d年(?:度)?|\([^()]*\)|--.*$|^.*(?:部门|单位)(?=.*表)")
_LIKE = 0.6  # of two titles that one place or number says are one
_NUMERAL = regex.compile(r"[\d一二三四五六七八九十百]+")
_CHINESE = {c: n for n, c in enumerate("一二三四五六七八九", start=1)}

Datasets = Callable[[str], tuple[str, ...]]  # of the specs that claim a title


@dataclass(frozen=True, slots=True)
class Standing:
    """A table of the body, by its names; tables are in printed order."""

    number: str | None
    title: str | None
    dataset: str | None


def plain_title(title: str) -> str:
    """A title for comparison: no year, no brackets, no ordinal, nothing behind a dash."""
    return _DECORATION.sub("", key(strip_ordinal(title)))


def same_name(listed: str, title: str) -> bool:
    """One of two bare titles holds nearly all of the other: 财政拨款收支总表 is not 收支总表."""
    shorter, longer = sorted((listed, title), key=len)
    return shorter in longer and len(shorter) >= 0.75 * len(longer)


def plain_number(number: str | None) -> str | None:
    """A table's number for comparison: 附表1-2, 表一之二 and 1-2 are ``1-2``."""
    found = _NUMERAL.findall(key(number)) if number else []
    return "-".join(str(_value(n)) for n in found) or None


def _value(numeral: str) -> int:
    if numeral.isdigit():
        return int(numeral)
    tens, ten, ones = numeral.rpartition("十")
    return (_CHINESE.get(tens, 1) * 10 if ten else 0) + _CHINESE.get(ones, 0)


def absent(listed: list[Caption], standing: list[Standing], datasets: Datasets) -> list[Caption]:
    """The entries of the contents that no table of the body is, in their order, of those that ``datasets`` knows.

    Every table is one entry at most: the one of its title, else of its number, else the one that stands between the
    same neighbours, else another one of its kind.  A table that says nothing of itself may be any entry in its place.
    """
    entries = _once(listed)
    taken: dict[int, int] = {}  # place of an entry -> place of its table
    for fits in (_titled_alike, _named_alike, _numbered_alike):
        for place, entry in enumerate(entries):
            if place not in taken:
                free = (i for i, table in enumerate(standing) if i not in taken.values() and fits(entry, table))
                found = next(free, None)
                if found is not None:
                    taken[place] = found
    for place, entry in enumerate(entries):
        if place in taken:
            continue
        kinds = datasets(entry.title or "")
        before = max((t for p, t in taken.items() if p < place), default=-1)
        behind = min((t for p, t in taken.items() if p > place), default=len(standing))
        free_places = [i for i in range(len(standing)) if i not in taken.values()]
        between = [i for i in free_places if before < i < behind and _may_be(entry, standing[i], kinds)]
        of_kind = [i for i in free_places if standing[i].dataset in kinds]
        if between or of_kind:
            taken[place] = [*between, *of_kind][0]
    return [e for place, e in enumerate(entries) if place not in taken and datasets(e.title or "")]


def _once(listed: Iterable[Caption]) -> list[Caption]:
    """Contents of a part repeat those of the whole, and numbered ones may divide what a list without numbers names."""
    found: dict[tuple[str | None, str], Caption] = {}
    for caption in listed:
        found.setdefault((plain_number(caption.number), _dated(caption.title)), caption)
    numbered = {plain_title(title) for number, title in found if number}
    return [c for (number, title), c in found.items() if number or plain_title(title) not in numbered]


def _dated(title: str | None) -> str:
    return key(strip_ordinal(title or ""))


def _titled_alike(entry: Caption, table: Standing) -> bool:
    return bool(table.title) and _dated(entry.title) == _dated(table.title)


def _named_alike(entry: Caption, table: Standing) -> bool:
    mine, other = plain_title(entry.title or ""), plain_title(table.title or "")
    return bool(mine and other) and same_name(mine, other)


def _numbered_alike(entry: Caption, table: Standing) -> bool:
    mine, other = plain_number(entry.number), plain_number(table.number)
    return mine is not None and mine == other and (not table.title or _like(entry.title, table.title))


def _may_be(entry: Caption, table: Standing, kinds: tuple[str, ...]) -> bool:
    return not table.title or table.dataset in kinds or _like(entry.title, table.title)


def _like(a: str | None, b: str | None) -> bool:
    return SequenceMatcher(None, plain_title(a or ""), plain_title(b or "")).ratio() >= _LIKE
