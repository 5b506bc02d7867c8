"""Normal forms of printed text, for matching only: what goes into the data is the printed text.

All regular expressions about words of budgets stand here or in the specs.
"""

from __future__ import annotations

from functools import lru_cache

import regex

from extract.paper.model import compact

_FOURTH = regex.compile(r"^([（(]\s*\d|[①-⑳])")
_BLANK_IN_HAN = regex.compile(r"(?<=\p{Han})[ \u3000]+(?=\p{Han})")
_FULLWIDTH = str.maketrans("０１２３４５６７８９（）：，．－—–―％", "0123456789():,.----%")
_UNTIDY = regex.compile(r"[\s０-９（）：，．－—–―％“”\"'‘’《》〈〉「」]")
_QUOTES = regex.compile(r"[“”\"'‘’《》〈〉「」]")
# 一、 （一） 1. 1． (1) ① and the seed's 廿一、
ORDINAL = regex.compile(
    r"^(?:[一二三四五六七八九十廿卅百]+\s*[、.．]|[（(]\s*[一二三四五六七八九十廿卅\d]+\s*[)）]、?|\d{1,2}\s*[.．、](?!\d)|[①-⑳])\s*"
)
_DETAIL = regex.compile(r"^其中\s*[:：]\s*")
_AFTER_DETAIL = regex.compile(rf"^(其中\s*[:：])\s*(?:{ORDINAL.pattern[1:]})")
TOTAL = regex.compile(
    r"^(合计|总计|总合计|合计数|金额(合计|总计)|全(省|市|县|区|州|旗|盟|自治区)(合计|总计)|(收入|支出|收支)?(总计|合计)|(本年|当年|年度)?(收入|支出)(合计|总计|小计)|本年(收入|支出)合计|.*(经费|支出|收入)(合计|总计)|(地方)?财政总(收入|支出))$"
)
_BEGINS_ITEM = regex.compile(
    r"^([一二三四五六七八九十廿卅]+[、.]|[（(][一二三四五六七八九十\d]+[)）]|\d+[.、．)]|其中|注|合|总|本年|上年|年)"
)
_SPACED_YEAR = regex.compile(r"(?<![\d.,])[12] \d \d \d ?(?=年)")  # 2 0 2 1 年: letter-spaced
_GRAND_TOTAL = regex.compile(r"总计$|^总额$")
# of a government's whole revenue or expenditure, where no 合计 is printed
_WHOLE = regex.compile(
    r"^(\p{Han}{1,8}[省市县区州旗盟](本?级)?)?(一般公共预算|公共财政(预算)?|地方财政|政府性基金(预算)?|国有资本经营(预算)?|社会保险基金(预算)?)(本年)?(收入|支出)$"
)
_SUBTOTAL = regex.compile(r"小计$")
TOTAL_WORD = regex.compile(r"^(合计|总计|小计|计)$")  # of a column
CONTINUED = regex.compile(r"[（(]?续表?\d?[)）]?$")


@lru_cache(maxsize=8192)
def key(text: str) -> str:
    """Matching key: no white space or quotes, half-width digits and brackets."""
    if not _UNTIDY.search(text):
        return text  # nearly every cell: translating it char by char would cost most of the time
    return _QUOTES.sub("", compact(text)).translate(_FULLWIDTH)


def begins_item(text: str) -> bool:
    """Does a label begin an item of its own, so that it cannot be the rest of one that a page break cuts?"""
    return _BEGINS_ITEM.match(text) is not None


def strip_ordinal(text: str) -> str:
    """Remove one leading ordinal (``十二、`` ``（一）`` ``1.``), one behind ``其中：`` too."""
    return _AFTER_DETAIL.sub(r"\1", ORDINAL.sub("", text, count=1))


@lru_cache(maxsize=4096)
def ordinal_depth(text: str) -> int | None:
    """1 for ``一、``, 2 for ``（一）``, 3 for ``1.``, 4 for ``(1)``; ``None`` without an ordinal."""
    match = ORDINAL.match(_DETAIL.sub("", text))
    if not match:
        return None
    mark = match[0].strip()
    if _FOURTH.match(mark):
        return 4
    if mark[0] in "（(":
        return 2
    return 3 if mark[0].isdigit() else 1


@lru_cache(maxsize=4096)
def is_total(label: str) -> bool:
    """Does a row of this label carry a total of the table?"""
    return bool(TOTAL.match(key(label)))


def is_grand_total(label: str) -> bool:
    """Does a total of this label leave nothing beside it: what stands below it is no part of the table?"""
    return bool(_GRAND_TOTAL.search(key(label)))


@lru_cache(maxsize=4096)
def names_whole(label: str) -> bool:
    """Is it the name of all that a government takes or spends: 全市一般公共预算收入?"""
    return bool(_WHOLE.match(key(label)))


@lru_cache(maxsize=4096)
def is_subtotal(label: str) -> bool:
    """Does a row of this label add up rows beside it?"""
    return bool(_SUBTOTAL.search(key(label)))


def join_printed(text: str) -> str:
    """Printed text of a cell with its line breaks removed; a blank stays only between Latin words."""
    if _SPACED_YEAR.search(text):
        text = _SPACED_YEAR.sub(lambda m: m[0].replace(" ", ""), text)
    if "\n" not in text and " " not in text and "\u3000" not in text:
        return text.strip()
    parts = [p.strip() for p in text.split("\n")]
    out = ""
    for part in parts:
        if out and part and out[-1].isascii() and part[0].isascii() and out[-1].isalpha() and part[0].isalpha():
            out += " "
        out += part
    return _BLANK_IN_HAN.sub("", out)
