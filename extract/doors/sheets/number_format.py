"""How a spreadsheet shows a number: its format applied to its value, so that 原文 is what a reader sees."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import NamedTuple

BUILTIN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?",
    13: "# ??/??", 14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM",
    20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm", 27: 'yyyy"年"m"月"', 28: 'm"月"d"日"', 29: 'm"月"d"日"', 30: "m-d-yy",
    31: 'yyyy"年"m"月"d"日"', 32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"', 36: 'yyyy"年"m"月"', 37: "#,##0;-#,##0",
    38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00", 41: '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ',
    42: '_ ¥* #,##0_ ;_ ¥* -#,##0_ ;_ ¥* "-"_ ;_ @_ ', 43: '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ',
    44: '_ ¥* #,##0.00_ ;_ ¥* -#,##0.00_ ;_ ¥* "-"??_ ;_ @_ ', 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0",
    49: "@", 50: 'yyyy"年"m"月"', 51: 'm"月"d"日"', 52: 'yyyy"年"m"月"', 53: 'm"月"d"日"', 54: 'm"月"d"日"', 57: 'yyyy"年"m"月"',
    58: 'm"月"d"日"',
}  # fmt: skip
_TOKEN = re.compile(
    r'"([^"]*)"|\\(.)|_.|\*.|\[(\$[^\]]*|[^\]]*)\]|(AM/PM|A/P|上午/下午|General|[Ee][+-])|(.)',
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"^(<=|>=|<>|=|<|>)(-?[\d.]+)$")
_DATE_LETTERS = frozenset("yYmMdDhHsSaAgGbBeE")
_PLACEHOLDERS = frozenset("0#?")
_GENERAL_DIGITS = 11  # chars of a number that General shows
_MOST_DECIMALS = 30
_MOST = 1e20
_EXACT = Context(prec=100)
_DAYS = 2_957_000  # to the year 9999, by either count


class Token(NamedTuple):
    """``kind``: ``text`` (as it is), ``code`` (a letter or digit of the format), ``condition`` or ``special``."""

    kind: str
    text: str


@lru_cache(maxsize=1024)
def _sections(code: str) -> tuple[tuple[Token, ...], ...]:
    sections: list[list[Token]] = [[]]
    for match in _TOKEN.finditer(code):
        quoted, escaped, bracket, special, char = match.groups()
        if quoted is not None or escaped is not None:
            sections[-1].append(Token("text", quoted if quoted is not None else escaped))
        elif bracket is not None:
            sections[-1].extend(_bracket(bracket))
        elif special is not None:
            sections[-1].append(Token("special", special.upper()))
        elif char == ";":
            sections.append([])
        elif char is not None:
            sections[-1].append(Token("code", char))
    return tuple(tuple(s) for s in sections)


def _bracket(inside: str) -> list[Token]:
    if inside.startswith("$"):
        return [Token("text", inside[1:].partition("-")[0])]  # a currency and its locale
    if _CONDITION.match(inside):
        return [Token("condition", inside)]
    if inside.lower() in ("h", "hh", "m", "mm", "s", "ss"):
        return [Token("code", c) for c in inside]
    return []  # a colour


def is_date(code: str) -> bool:
    """Does the format show its number as a date or a time?"""
    first = _sections(code)[0]
    letters = {t.text for t in first if t.kind == "code"}
    return (bool(letters & _DATE_LETTERS - {"E", "e"}) and not letters & {"#", "?"}) or any(
        t.text == "AM/PM" for t in first
    )


def shown(value: float, code: str) -> str:
    """A number as its format shows it, blanks at its ends removed."""
    if not abs(value) < _MOST:
        return repr(value)  # no cell is wide enough for it
    sections = list(_sections(code or "General"))
    numeric = sections[:3] if len(sections) > 3 else sections
    section, magnitude = _choose(numeric, value)
    if not section:
        return "" if len(sections) > 1 else general(value)
    text = _apply(section, Decimal(repr(magnitude)) if isinstance(magnitude, float) else Decimal(magnitude))
    return text.strip()


def _choose(sections: list[tuple[Token, ...]], value: float) -> tuple[tuple[Token, ...], float]:
    """The section for this value, and the value that it shows (its sign is the section's to print)."""
    conditions = [next((t.text for t in s if t.kind == "condition"), None) for s in sections]
    if any(conditions):
        for section, condition in zip(sections, conditions, strict=True):
            if condition is None or _holds(condition, value):
                return section, value
        return sections[-1], value
    if len(sections) == 1 or value > 0:
        return sections[0], value
    if value < 0:
        return sections[1], -value
    return (sections[2] if len(sections) > 2 else sections[0]), value


def _holds(condition: str, value: float) -> bool:
    match = _CONDITION.match(condition)
    assert match is not None
    limit = float(match[2])
    return {
        "<": value < limit, ">": value > limit, "=": value == limit, "<>": value != limit, "<=": value <= limit,
        ">=": value >= limit,
    }[match[1]]  # fmt: skip


def _apply(section: tuple[Token, ...], value: Decimal) -> str:
    codes = [t.text for t in section if t.kind == "code"]
    if any(t.text == "GENERAL" for t in section) or "@" in codes:
        body = general(float(value))
        return "".join(
            body if t.text in ("GENERAL", "@") else t.text if t.kind in ("text", "code") else "" for t in section
        )
    digits = [c for c in codes if c in _PLACEHOLDERS]
    if not digits:
        return "".join(t.text for t in section if t.kind in ("text", "code"))
    if "/" in codes or any(t.kind == "special" for t in section):
        return general(float(value))  # a fraction, or powers of ten
    return _fill(section, value)


def _fill(section: tuple[Token, ...], value: Decimal) -> str:
    at = [i for i, t in enumerate(section) if t.kind == "code" and t.text in _PLACEHOLDERS]
    first, last = at[0], at[-1]
    inner = [t.text for t in section[first : last + 1] if t.kind == "code"]
    point = inner.index(".") if "." in inner else len(inner)
    whole = [c for c in inner[:point] if c in _PLACEHOLDERS]
    part = [c for c in inner[point + 1 :] if c in _PLACEHOLDERS][:_MOST_DECIMALS]
    end = last + 1
    while end < len(section) and section[end] == Token("code", ","):
        value /= 1000  # a comma behind the last digit
        end += 1
    value *= Decimal(100) ** sum(t == Token("code", "%") for t in section)
    printed = f"{abs(value).quantize(Decimal(1).scaleb(-len(part)), ROUND_HALF_UP, _EXACT):f}"
    integer, _, decimals = printed.partition(".")
    integer = integer.lstrip("0").rjust(sum(c == "0" for c in whole), "0")
    if "," in inner[:point]:
        integer = _grouped(integer)
    while decimals and part[len(decimals) - 1] != "0" and decimals[-1] == "0":
        decimals = decimals[:-1]
    dot = "." if decimals or ("." in inner and not part) else ""
    sign = "-" if value < 0 and printed.strip("0.") else ""
    before = "".join(t.text for t in section[:first] if t.kind in ("text", "code"))
    after = "".join(t.text for t in section[end:] if t.kind in ("text", "code"))
    return f"{sign}{before}{integer}{dot}{decimals}{after}"


def _grouped(integer: str) -> str:
    return re.sub(r"(?<=\d)(?=(\d{3})+$)", ",", integer)


def general(value: float) -> str:
    """A number without a format: whole ones in full, others as far as a cell shows them."""
    if float(value).is_integer() and abs(value) < 1e17:
        return str(int(value))
    text = f"{Decimal(repr(float(f'{value:.15g}'))):f}"
    if len(text.lstrip("-")) > _GENERAL_DIGITS:
        whole = len(text.lstrip("-").partition(".")[0])
        decimals = max(_GENERAL_DIGITS - whole - 1, 0)
        text = f"{Decimal(text).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP):f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    return text


def shown_serial(value: float, code: str, from_1904: bool) -> str:
    """A date by the number of its day, as its format shows it; as a plain number where no such day is."""
    if not 0 <= value < _DAYS:
        return general(value)
    start = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 31) if value < 60 else datetime(1899, 12, 30)
    at = start + timedelta(days=int(value), seconds=round((value - int(value)) * 86_400))
    return shown_date((at.year, at.month, at.day, at.hour, at.minute, at.second), code)


def shown_date(parts: tuple[int, int, int, int, int, int], code: str) -> str:
    """A date (year, month, day, hour, minute, second) as its format shows it."""
    year, month, day, hour, minute, second = parts
    made, timed = "", False
    tokens = _sections(code)[0]
    i = 0
    while i < len(tokens):
        kind, text = tokens[i]
        j = i
        while j < len(tokens) and tokens[j] == tokens[i] and kind == "code" and text.isalpha():
            j += 1
        n = max(j - i, 1)
        low = text.lower()
        if kind != "code" or not text.isalpha():
            made += text if kind in ("text", "code") else ""
        elif low in ("y", "e"):
            made += f"{year:04d}" if n > 2 or low == "e" else f"{year % 100:02d}"
        elif low == "m" and (timed or _before_seconds(tokens, j)):
            made += f"{minute:0{min(n, 2)}d}"
        elif low in ("m", "d", "s", "h"):
            number = {"m": month, "d": day, "s": second, "h": hour}[low]
            made += f"{number:0{min(n, 2)}d}"
        timed = low == "h" if kind == "code" and text.isalpha() else timed
        i += n
    return made.strip()


def _before_seconds(tokens: tuple[Token, ...], i: int) -> bool:
    rest = [t.text.lower() for t in tokens[i:] if t.kind == "code" and t.text.isalpha()]
    return bool(rest) and rest[0] == "s"
