"""What stands above a table: number, title, organisation, measure.

A caption is read from the lines above a grid or from its first full-width rows; contents pages and narrative
items hold the same words but no table beneath, so nothing here opens a table by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import regex

from extract.paper.model import compact
from parsers.text import key, strip_ordinal

# 表1 | 表 5-1. | 表一 | 附表1 | 公开01表 | 公开 01 表：… | 公开表一 | 预算01表 | （预算公开 01 表）
_REFERENCE = regex.compile(r"(详见|见附|如下|下表|上表|本表|报表$|此表)")
_DOTS = regex.compile(r"(\.{2,}|…+|·{2,}|\t).*$")
_PAGE_REFERENCE = regex.compile(r"(?<=[表)）])\s*[-—]?\s*\d{1,3}\s*[-—]?$")
_NEXT_LABEL = regex.compile(r"单位[:：]|\t|金额单位")
_DIGITS = regex.compile(r"^[\d.,]+$")
_MONEY_WORD = regex.compile(r"(支出|收入|经费|拨款|预算|收支|费)$")
_ENDS = r"(?=20\d\d年|[^\d]|$)"  # 表1 2025年… has lost its blank
_DIGIT_NUMERAL = rf"\d{{1,3}}?{_ENDS}"
_NUMERAL = rf"(?:{_DIGIT_NUMERAL}|[一二三四五六七八九十百]{{1,4}})(?:[-之](?:{_DIGIT_NUMERAL}|[一二三四五六七八九十]{{1,3}})){{0,2}}"
_PREFIX = r"(?:部门预算公开|部门预算|部门公开|部门|单位公开|预算公开|决算公开|财决公开|公开|预算|决算|财决|附)?"
_NUMBER = regex.compile(
    rf"^-*\(?(?P<number>{_PREFIX}(?:附?表{_NUMERAL}|{_NUMERAL}表))\)?(?P<sep>[.、:-]?)(?P<title>.*)$"
)
# §3 2024年…表 | 1.2 2024年…表 | 1-5. 某市…表: numbers of tables in a book that numbers them by its parts
_PART_NUMBER = regex.compile(
    r"^\s*(?P<number>§\s*\d{1,3}|\d{1,2}\s*[-.．]\s*\d{1,2})(?:[.、．]\s*|\s+|\s*(?=20\d\d\s*年))(?=20\d\d|\p{Han})(?P<title>.+)$"
)
_LEADERS = regex.compile(r"(\.{3,}|…{2,}|·{3,}|_{3,}|PAGEREF)")
_TITLE = regex.compile(r"(?:表|明细|情况表|(?:总|情况|明细|目标)表?)(?:\([^()]{1,24}\))*$")
_TABLE_WORD = regex.compile(
    r"表(?:\([^()]{1,24}\))*(?:\(?续表?\)?)?(?:--?(?=[^-]*\p{Han})[^,。;:]{2,24}(?:\([^()]{1,24}\))?)?$"
)
_ADMINISTRATIVE = regex.compile(r"^\d{2}(?:\d{2}){0,2}(?=(?!年)\p{Han}{2,9}(?:省|市|自治区|县|区|州|盟|旗|兵团))")
# what a table's name ends with, and speaks of, where the word 表 is left out
_PLAIN_END = regex.compile(
    r"(?:草案|情况|收入|支出|收支|预算|决算|明细|余额|限额|计划|方案|汇总|一览|安排)(?:\([^()]{1,24}\))*$"
)
_PLAIN_WORD = regex.compile(r"预算|决算|收入|支出|收支|经费|债务|债券|资金|转移支付|补助|税收|基金")
_NO_NAME = regex.compile(r"[,。;:!?]|^(?:备?注|说明|关于|其中|目录|附件)|(?:如下|为|和|与|及)$")
_YEAR = regex.compile(r"20\d\d年|二[〇○零]..年")
_MEASURE = regex.compile(
    r"[（(]?(?:金\s*额)?\s*单\s*位\s*[:：]\s*[（(]?\s*(?:人民币)?\s*(?:亿元|千万元|百万元|万元|千元|元)[）)]{0,2}"
)
_UNIT = regex.compile(r"(?:金额)?单位[^\p{Han}\d]?\s*(?:人民币)?\(?(亿元|千万元|百万元|万元|千元|元|万)\)?")
_THING = r"(?:人|人次|个|家|所|户|辆|台|套|件|批|次|亩|公顷|平方米|公里|吨|册|张)"
_MONEY = r"(?:亿元|千万元|百万元|万元|千元|元)"
_THINGS = regex.compile(rf"单位[:：](?P<all>(?:{_THING}|{_MONEY})(?:[、,，/和](?:{_THING}|{_MONEY}))*)\)?$")
_UNIT_LABEL = regex.compile(r"单位[:：]$")
_UNIT_IN_HEADER = regex.compile(r"[（(](?:单位[:：])?(亿元|百万元|万元|千元|元)[）)]")
_ORGANISATION = regex.compile(
    r"^(?:编制部门|编制单位|填报单位|填报部门|预算单位|预算部门|部门名称|单位名称|部门\(单位\)名称|部门\(单位\)|部门/单位|部门|单位)(?:名称)?[:：](?P<name>.+)$"
)
_NARRATIVE = regex.compile(r"[。；;]$|^[^表]{0,4}(第[一二三四五六]部分)")
_DATE = regex.compile(r"^(?:\(?20\d\d年度?\)?|20\d\d年\d{1,2}月(\d{1,2}日)?|日期.*)$")
_BRACKETS = regex.compile(r"\([^()]*\)")
_MAX_TITLE = 80
_SHORT = 4  # characters: a line below a number and half a title (情况表, 预算总表) that is no title by itself
_LAST_WORDS = ("表", "总表", "算表", "况表", "细表")  # all that a title's second line may hold


@dataclass(slots=True)
class Caption:
    """Parts of a caption as printed (spaces removed); ``None`` where not printed."""

    number: str | None = None
    title: str | None = None
    organisation: str | None = None
    unit: str | None = None
    lines: list[str] = field(default_factory=list)

    @property
    def opens(self) -> bool:
        """Does it name a table?"""
        return bool(self.number or self.title)


@lru_cache(maxsize=4096)
def parse_number(text: str) -> tuple[str, str] | None:
    """``表 5-1. 一般公共预算支出表`` → ``("表5-1", "一般公共预算支出表")``; ``None`` without a table number."""
    match = _NUMBER.match(key(text))
    if not match:
        return _part_number(text)
    title = match["title"]
    if title and not match["sep"] and not _TABLE_WORD.search(title):
        return None  # "表1所示…" is a sentence
    if len(title) > _MAX_TITLE or _NARRATIVE.search(title):
        return None
    return match["number"], _printed_tail(text, title)


def _part_number(text: str) -> tuple[str, str] | None:
    """``1.2 2024年某省收入决算表`` → ``("1.2", "2024年某省收入决算表")``: only before a whole title."""
    match = _PART_NUMBER.match(text)
    if not match or not is_title(match["title"]):
        return None
    return key(match["number"]).replace("．", "."), compact(match["title"])


def _printed_tail(text: str, tail_key: str) -> str:
    """The printed characters behind the number, quotes and brackets as they stand."""
    if not tail_key:
        return ""
    printed = compact(text)
    for i in range(len(printed)):
        if key(printed[i:]) == tail_key:
            return printed[i:]
    return tail_key


def is_title(text: str) -> bool:
    """A short line that ends like a table's name."""
    bare = key(text)
    if not 3 <= len(bare) <= _MAX_TITLE or _LEADERS.search(text) or _NARRATIVE.search(bare):
        return False
    return bool(_TABLE_WORD.search(bare)) and not _REFERENCE.search(bare)


def ends_as_title(text: str) -> bool:
    """Does the text end like a table's name, the word 表 left out or not?"""
    bare = key(text)
    return bool(_TABLE_WORD.search(bare) or _PLAIN_END.search(bare)) and not _REFERENCE.search(bare)


def may_be_half_title(text: str) -> bool:
    """Can the text be the first line of a title that goes on below: no sentence, no heading of a part, no note?"""
    bare = key(text)
    if not 4 <= len(bare) <= 50 or _LEADERS.search(text) or _NARRATIVE.search(bare):
        return False
    return not regex.search(r"[,。;:!?]$|^(?:备?注|说明|其中|目录)", bare) and len(regex.findall(r"\p{Han}", bare)) >= 4


def is_plain_title(text: str, numbered: bool) -> bool:
    """A table's name without the word 表 (``某市2025年收入预算草案``); beside a table number any short name will do.

    Narrative headings read alike, so the caller must know that the line stands where a table's name stands.
    """
    bare = key(strip_ordinal(text.strip()))
    if not 4 <= len(bare) <= _MAX_TITLE or _LEADERS.search(text) or _NARRATIVE.search(bare) or _NO_NAME.search(bare):
        return False
    if numbered and len(bare) <= 40:
        return True
    return bool(_YEAR.search(bare) and _PLAIN_WORD.search(bare) and _PLAIN_END.search(bare))


def is_date(text: str) -> bool:
    """A year or a date alone."""
    return bool(_DATE.match(key(text)))


def clean_title(text: str) -> str:
    """A title as printed without white space, ordinal, number of its part and administrative code."""
    part = _PART_NUMBER.match(text)
    printed = part["title"] if part else strip_ordinal(text.strip())
    return _ADMINISTRATIVE.sub("", compact(printed))


def is_contents_line(text: str) -> str | None:
    """Title on a contents line: its leaders and page number removed; ``None`` if it is no such line."""
    bare = _DOTS.sub("", text).strip()
    bare = _PAGE_REFERENCE.sub("", bare)
    numbered = parse_number(bare)
    if numbered:
        return bare if numbered[1] else None
    return bare if is_title(strip_ordinal(bare)) else None


@lru_cache(maxsize=4096)
def find_unit(text: str) -> str | None:
    """``单位：万元`` → ``万元``; also ``（万元）`` of a header cell."""
    match = _UNIT.search(key(text)) or _UNIT_IN_HEADER.search(compact(text))
    if not match:
        return None
    return "万元" if match[1] == "万" else match[1]


def find_things(text: str) -> str | None:
    """``单位：人`` → ``人``: a table of things; of a list (``台、万元``) its money, if there is any."""
    match = _THINGS.search(key(text))
    if not match:
        return None
    named: list[str] = regex.split("[、,，/和]", match["all"])
    return next((u for u in named if u.endswith("元")), named[0])


def find_organisation(text: str) -> str | None:
    """``编制部门：某局`` → ``某局``; a measure is no organisation."""
    match = _ORGANISATION.match(compact(text).replace("（", "(").replace("）", ")"))
    if not match or find_unit(text) or find_things(text):
        return None
    name = _NEXT_LABEL.split(match["name"])[0]
    name = name.replace("(", "（").replace(")", "）")
    return name if 1 < len(name) <= 50 and not _DIGITS.match(name) else None


def read_caption(parts: list[str]) -> Caption:
    """Read the caption from text pieces above a table, top to bottom; later pieces win, they are nearer."""
    caption = Caption()
    parts = [piece for part in parts for piece in _apart(part)]
    for i, part in enumerate(parts):
        bare = key(part)
        if not bare:
            continue
        unit, organisation = find_unit(part) or find_things(part), find_organisation(part)
        if not unit and i and _UNIT_LABEL.search(key(parts[i - 1])):
            unit = find_unit(parts[i - 1] + part)  # 单位： / 万元 on two lines
        if unit:
            caption.unit = unit
        if organisation:
            caption.organisation = organisation
        if unit or organisation or _DATE.match(bare):
            caption.lines.append(part)
            continue
        _read_name(caption, part, parts[i - 1] if i else "")
    if caption.title:
        caption.title = _ADMINISTRATIVE.sub("", caption.title)
    return caption


def _apart(part: str) -> list[str]:
    """Number or title and measure on one line, as two pieces: ``表1 单位：万元``."""
    match = _MEASURE.search(part)
    rest = (part[: match.start()] + part[match.end() :]).strip() if match else ""
    if match and (parse_number(rest) or is_title(rest)):
        return [rest, match[0]]
    return [part]


def _read_name(caption: Caption, part: str, above: str) -> None:
    numbered = parse_number(part)
    if numbered:
        # 收入支出决算总表 / 公开01表: the title may stand above its number
        above_title = caption.title if not caption.number else None
        caption.number = numbered[0]
        caption.title = numbered[1] or above_title
        caption.lines.append(part)
        return
    if caption.number and not caption.title and is_name_after_number(part):
        title = clean_title(part)
        broken = len(key(part)) <= _SHORT and above and _half_title(above, title)
        caption.title = clean_title(above) + title if broken else title
        caption.lines.append(part)
        return
    if key(part) in _LAST_WORDS and above and len(key(above)) <= _MAX_TITLE and not _NARRATIVE.search(key(above)):
        caption.title = (caption.title or clean_title(above)) + compact(part)
        caption.lines.append(part)
        return
    if not is_title(part):
        return
    title = clean_title(part)
    if caption.title and not _TABLE_WORD.search(key(caption.title)):
        title = caption.title + title  # a title broken over two lines: 公开09表：…培训费 / 支出预算表
    elif not caption.number and above and _half_title(above, title):
        title = clean_title(above) + title
    caption.title = title
    caption.lines.append(part)


def is_name_after_number(text: str) -> bool:
    """Behind a bare 表N line any short line without a stop is the title."""
    bare = key(text)
    return 3 <= len(bare) <= _MAX_TITLE and not _NARRATIVE.search(bare) and bool(_TABLE_WORD.search(bare))


def _half_title(above: str, below: str) -> bool:
    bare = key(above)
    return (
        4 <= len(bare) <= 40
        and len(_BRACKETS.sub("", key(below))) <= 8
        and not _TABLE_WORD.search(bare)
        and not _NARRATIVE.search(bare)
        and bool(_MONEY_WORD.search(bare))
    )
