"""Years, phases (口径), scopes (范围) and places in the words of titles and headers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import regex

from parsers.specs.columns import column_words
from parsers.text import key

_DIGITS = {"〇": "0", "○": "0", "O": "0", "零": "0", "0": "0"} | {
    c: str(i) for i, c in enumerate("一二三四五六七八九", 1)
}
_YEAR = regex.compile(r"(?<!\d)((?:19|20)\d\d)(?:年度?(?![末底初])|(?!\d))")  # 2024年末余额 is the 年末余额 of 2024
_WRITTEN_YEAR = regex.compile(r"二([〇○O零0])([一二三四五六七八九〇○O零0])([一二三四五六七八九〇○O零0])年?度?")
_COMPARED = regex.compile(r"^(?P<subject>[^比为占较与]*)(?:比|为|占|较|与)(?!例|重|数).+$")
_BRACKETS = regex.compile(r"\([^()]*\)")
# what may follow a scope: nothing, a side, a phase, a total, a kind of debt
_AFTER_SCOPE = regex.compile(
    r"^($|[()、,:/ \d]|年|当年|本年|收入|支出|收支|预算|决算|执行|完成|快报|预计|调整|合计|小计|总计|数|金额|余额|限额|一般|专项|政府|债务|转移支付|安排)"
)
_LEFT_OVER = regex.compile(r"^(?:其中)?[\s()\-—/、,,:：与和及比较同的]*$")


@dataclass(frozen=True, slots=True)
class Period:
    """What one text says of time, phase and scope, and the rest of its words."""

    years: tuple[int, ...]
    phase: str | None
    scope: str | None
    rest: str  # what remains once years, scope, units and brackets around them are taken away
    only: bool  # does it say nothing else?


@lru_cache(maxsize=4096)
def _years(bare: str, base: int | None) -> tuple[tuple[int, ...], str]:
    found: list[tuple[int, int]] = []

    def written(match: regex.Match[str]) -> str:
        found.append((match.start(), int("2" + "".join(_DIGITS[c] for c in match.groups()))))
        return "#" * (match.end() - match.start())

    def printed(match: regex.Match[str]) -> str:
        found.append((match.start(), int(match[1])))
        return "#" * (match.end() - match.start())

    rest = _YEAR.sub(printed, _WRITTEN_YEAR.sub(written, bare))
    for pattern, offset in column_words().years:
        for match in pattern.finditer(rest):
            if _is_time(rest, match):
                if base is not None:
                    found.append((match.start(), base + offset))
                rest = rest[: match.start()] + "#" * (match.end() - match.start()) + rest[match.end() :]
    return tuple(year for _, year in sorted(found)), rest.replace("#", "")


def _is_time(text: str, match: regex.Match[str]) -> bool:
    """上年 is a time before a phase or alone (上年决算数), not in the name of an item (上年结转, 本年收入)."""
    if match.start() and text[match.start() - 1] not in "#()/、,:：与和及比较同以为占的":
        return False  # 结转下年 is an item
    rest = text[match.end() :].strip("#()")
    return not rest or any(p.match(rest) for p, _ in column_words().phases) or rest in ("数", "金额", "同期数", "同期")


@lru_cache(maxsize=4096)
def read_segment(text: str, base: int | None) -> Period:
    """Year, phase and scope of one segment of a header path; ``base`` is the year that 上年 counts from."""
    words = column_words()
    bare = key(words.header_unit.sub("", key(text)))
    years, rest = _years(bare, base)
    rest = regex.sub(r"\(\)", "", rest)
    scope = None
    for pattern, value in words.scopes:
        match = pattern.search(rest)
        if match and _stands_alone(rest, match):
            scope = value or match[0]
            rest = rest[: match.start()] + rest[match.end() :]
            break
    scope = _whole_scope(scope)
    rest = regex.sub(r"\(\)", "", rest)
    phase = None
    only = bool(_LEFT_OVER.match(rest))
    flat = regex.sub(r"[()\s、,:：]", "", rest)
    if not only and words.phase_segment.match(flat):
        phase = next(p for pattern, p in words.phases if pattern.search(flat))
        only = True
    behind = None if only else words.phase_behind.search(rest)
    if behind:
        phase = next(p for pattern, p in words.phases if pattern.search(behind["phase"]))
        rest = rest[: behind.start()]
    return Period(years, phase, scope, rest, only and bool(years or phase or scope or not rest))


def _stands_alone(text: str, match: regex.Match[str]) -> bool:
    """A scope is a word of its own (省本级, 本级支出), no part of a name (县级基本财力保障补助, 某分行本级经费)."""
    before = match.start() == 0 or text[match.start() - 1] in "()、:： "
    return (before and bool(_AFTER_SCOPE.match(text[match.end() :]))) or match.end() == len(text)


def _whole_scope(scope: str | None) -> str | None:
    """省级 is 省本级."""
    if scope and regex.match(r"^(自治区|省|市|州|县|区|旗|盟)级$", scope):
        return scope[:-1] + "本级"
    return scope


@lru_cache(maxsize=1024)
def compared_with(text: str, base: int | None) -> Period | None:
    """``2025年预算数比上年执行数增减%``: year and phase are those of what is compared; ``None`` where nothing is.

    ``rest`` is the whole of its words, but for the years that are printed.
    """
    bare = key(text)
    match = _COMPARED.match(bare)
    if match is None:
        return None
    subject = read_segment(match["subject"], base)
    words = regex.sub(r"(?:19|20)\d\d年度?", "", bare)
    return Period(subject.years, subject.phase, subject.scope, words, False)


@dataclass(frozen=True, slots=True)
class TitleSaid:
    year: int | None
    phase: str | None
    scope: str | None
    direction: str | None


@lru_cache(maxsize=1024)
def read_title(title: str) -> TitleSaid:
    """What a table's title says of all its columns."""
    words = column_words()
    bare = key(title)
    years, rest = _years(bare, None)
    plain = words.not_phase.sub("", rest)
    phases = [p for pattern, p in words.phases if pattern.search(plain)]
    scope = next((value or m[0] for pattern, value in words.scopes if (m := pattern.search(rest))), None)
    both = is_two_sided(bare) or ("收入" in bare and "支出" in bare)
    direction = None if both else "收入" if "收入" in bare else "支出" if "支出" in bare else None
    several = len(set(years)) > 1
    phase = phases[0] if phases and not (several and len(phases) > 1) else None
    return TitleSaid(years[0] if years else None, phase, _whole_scope(scope), direction)


def is_two_sided(bare: str) -> bool:
    """收支总表, 收支平衡: both sides in one word."""
    return "收支" in bare or "平衡" in bare


def is_place(text: str) -> bool:
    """Has the word the shape of a place's name?"""
    words = column_words()
    bare = key(text)
    return bool(words.place.match(bare)) and not words.not_place.search(bare)
