"""What a document says of itself: title, publisher, year, phase, and whether a government, a department or a unit speaks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import regex

from extract.paper.model import compact
from parsers.numbers import parse_amount
from parsers.outline.publisher import publisher
from parsers.outline.sections import Segmented
from parsers.text import key, strip_ordinal

_YEAR_FIRST = regex.compile(r"^20\d\d年")
_YEAR = regex.compile(r"(20\d\d)\s*年")
_TITLE = regex.compile(r"(20\d\d)年(度)?.{0,30}(预算|决算)|(预算|决算).{0,12}(20\d\d)年")
_DRAFT_YEAR = regex.compile(r"(20\d\d)年(?:(?!20\d\d年).){0,30}预算[(]?草案")
_SENTENCE = regex.compile(
    r".《(?!.*》)|^[^《]*》|[：:].*20\d\d"
)  # a part of one: a name in 《》 goes on above or below
_NO_COVER = regex.compile(r"^第.{1,3}部分|^[一二三四五六七八九十]+、|^\d{1,2}[.、](?!\d)|[，。,；;]")
_UNFINISHED = regex.compile(r"(?:和|与|及|、)$")
_GOES_ON = regex.compile(r"^(?:和|与|及)")
_FIRST_LINES = 40
_COVER_PAGES = 3
_LEAST_NAMED = 2  # lines of the first ones that name a year's 预算 or 决算: a report without tables
_WRITTEN_YEAR = regex.compile(r"二[〇○零Oo0]([〇○零Oo0一二三四五六七八九]{2})(?=\s*年)")
_DIGITS = str.maketrans("〇○零Oo一二三四五六七八九", "00000123456789")
_BUDGET = regex.compile(
    r"预算|决算|收支|三公|财政拨款|财政专户|政府性基金|国有资本经营|社会保险基金|转移支付|税收返还|地方政府|政府债[务券]|政府采购|绩效目标"
    r"|一般公共|基本支出|项目支出|(?:收入|支出)总表|部门(?:收入|支出)"
)
_PUBLIC = regex.compile(r"收入|支出|经费|债务|债券")  # words of other books too
_OTHER_BOOK = regex.compile(r"营业|利润|资产负债|现金流|股东|所有者权益|应收|净资产变动")
_HEADER_WORDS = (
    "预算数", "决算数", "基本支出", "项目支出", "财政拨款", "功能分类", "经济分类", "科目编码", "一般公共预算", "政府性基金", "税收收入",
    "本年支出", "本年收入",
)  # fmt: skip
_LEAST_WORDS = 2
_BUDGET_HEADING = regex.compile(r"(?:预算|决算)(?:公开|草案|报告|说明|编制说明|情况说明|公开表|公开报表|表|\(草案\))?$")
_PLACEHOLDER = regex.compile(r"[×Xx✕*]{2,}|20(?:[×Xx_＿○]{2}|\s*年)|_{3,}|＿{2,}|□")
_GOVERNMENT = regex.compile(
    r"全[省市区县州旗盟镇]|[省市区县州旗镇]本级|自治区本级|(?<!部门)(?<!单位)[省市区县]级(?!部门|单位)|地方政府|社会保险基金|转移支付|税收返还"
    r"|债务|债券|一般公共(?:预算)?收入|(?:政府性基金|国有资本经营)(?:预算)?收入|各市县|分地区|分市县|收支平衡"
)
_DONE = regex.compile(r"执行|完成")


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """``kind`` is the phase of the document as a whole; ``None`` for a document that is no budget."""

    title: str | None
    organisation: str | None
    year: int | None
    kind: str | None  # 预算 | 调整预算 | 执行 | 决算
    level: str | None  # 政府 | 部门 | 单位


def describe(parts: Segmented) -> DocumentInfo:
    """Read the cover, the captions and, failing those, the first lines."""
    first = [_arabic(compact(line.text)) for line in parts.lines[:_FIRST_LINES]]
    titles = [c.title for c in (s.caption for s in parts.sections) if c.title]
    of_tables = {key(t) for t in (*titles, *(c.title for c in parts.listed)) if t}
    index, title, lines = _cover_title(first[: _cover_lines(parts)], of_tables)
    named = title or next((t for t in titles if _YEAR.search(key(t))), None)
    organisation = publisher(parts, title, first, index, lines)
    year = _year(named, first, titles)
    kind = _kind(title, titles) if _is_budget(parts, title, titles, first) else None
    level = _level(title, titles, first)
    if title and organisation and _YEAR_FIRST.match(title) and organisation not in title:
        title = organisation + title
    return DocumentInfo(title, organisation, year, kind, level)


def _cover_lines(parts: Segmented) -> int:
    """How many of the first lines stand on the first pages: a cover's title stands on none later."""
    pages = [line.page for line in parts.lines[:_FIRST_LINES]]
    last = next((page for page in pages if page is not None), 0) + _COVER_PAGES
    return sum(page is None or page < last for page in pages)


def _arabic(text: str) -> str:
    """二〇二四年 as 2024年."""
    return _WRITTEN_YEAR.sub(lambda m: "20" + m[1].translate(_DIGITS), text)


def _cover_title(first: list[str], of_tables: set[str]) -> tuple[int | None, str | None, int]:
    """Index, words and number of lines of the title: on one line, going on below, or broken at its year."""
    index = next((i for i, t in enumerate(first) if _is_title(t, of_tables)), None)
    if index is None:
        return _split_title(first, of_tables)
    title, lines = first[index], 1
    while lines < 3 and index + lines < len(first):
        below = first[index + lines]
        if len(below) > 40 or not (_UNFINISHED.search(title) or _GOES_ON.search(below)):
            break
        title += below
        lines += 1
    return index, strip_ordinal(title), lines


def _is_title(text: str, of_tables: set[str]) -> bool:
    """A line that names a year and 预算 or 决算, is no sentence, and heads no table."""
    bare = key(text)
    if not _TITLE.search(bare) or len(text) > 60 or _NO_COVER.search(text) or _SENTENCE.search(text):
        return False
    return not any(t in bare for t in of_tables)


def _split_title(first: list[str], of_tables: set[str]) -> tuple[int | None, str | None, int]:
    """A cover that breaks its title over lines: 某部门 / 2024年 / 部门预算."""
    for i, text in enumerate(first[:10]):
        for n in (2, 3):
            joined = "".join(first[i : i + n])
            if _YEAR.search(text) and not _is_title(text, set()) and _is_title(joined, of_tables):
                return i, joined, n
    return None, None, 1


def _year(named: str | None, first: list[str], titles: list[str]) -> int | None:
    """The year of the budget that is proposed, where one is; else the first that the title prints."""
    draft = _DRAFT_YEAR.search(key(named or ""))
    if draft:
        return int(draft[1])
    for text in (named, *titles):
        match = _YEAR.search(key(text or ""))
        if match:
            return int(match[1])
    years = Counter(m for t in first for m in _YEAR.findall(key(t)))
    return int(years.most_common(1)[0][0]) if years else None


def _is_budget(parts: Segmented, title: str | None, titles: list[str], first: list[str]) -> bool:
    """Do cover or tables speak of public money, and is the document more than a blank form?"""
    if _is_template(parts, title, titles, first):
        return False
    if title is not None or any(_BUDGET.search(key(t)) for t in titles) or _headed(first) or _header_words(parts):
        return True
    if sum(_TITLE.search(key(t)) is not None for t in first) >= _LEAST_NAMED:
        return True
    other = any(_OTHER_BOOK.search(key(t)) for t in titles)
    return not other and any(_PUBLIC.search(key(t)) for t in titles)


def _header_words(parts: Segmented) -> bool:
    """Do the headers of tables without a telling title hold words that only budgets print?"""
    texts = "".join(key(c.text) for s in parts.sections for t in s.tables for c in t.cells if c.row < 8)
    return sum(word in texts for word in _HEADER_WORDS) >= _LEAST_WORDS


def _headed(first: list[str]) -> bool:
    """A short line among the first that ends as the heading of a budget does."""
    return any(len(t) <= 30 and not _NO_COVER.search(t) and _BUDGET_HEADING.search(key(t)) for t in first)


def _is_template(parts: Segmented, title: str | None, titles: list[str], first: list[str]) -> bool:
    """Names and years left open on the cover or in the titles, and not one figure in the tables."""
    opened = [t for t in (title or "", *first[:10], *titles) if _PLACEHOLDER.search(t)]
    return bool(opened) and bool(parts.sections) and not any(_figures(parts))


def _figures(parts: Segmented) -> Iterator[bool]:
    for section in parts.sections:
        for table in section.tables:
            for cell in table.cells:
                if "." in cell.text or "," in cell.text or len(cell.text) > 4:
                    yield parse_amount(cell.text) is not None


def _kind(title: str | None, titles: list[str]) -> str:
    """Phase of a budget document by the cover's title, else by most of the tables' titles."""
    named = title or next((t for t in titles if _YEAR.search(key(t))), "")
    text = "".join([named, *titles])
    if text.count("决算") > text.count("预算") or "决算" in named:
        return "决算"
    every = [named, *titles] if title else titles
    spoken = [t for t in every if "预算" in t or _DONE.search(t)]
    if spoken and all(_DONE.search(t) and "草案" not in t for t in spoken):
        return "执行"
    if "调整预算" in named or "预算调整" in named:
        return "调整预算"
    return "预算"


def _level(title: str | None, titles: list[str], first: list[str]) -> str | None:
    whole = "".join([title or "", *titles, *first[:5]])
    units = len(regex.findall(r"单位(预算|决算)|预算单位", whole))
    departments = len(regex.findall(r"部门(预算|决算)", whole))
    public = sum(bool(_GOVERNMENT.search(key(t))) for t in titles)
    own = regex.search(r"(?:部门|单位)(?:预算|决算)", title or "")
    if not own and public > max(units, departments) and public >= 0.3 * len(titles):
        return "政府"
    if not own and title and not units and not departments and regex.search(r"财政(?:总)?决算|预算执行情况", title):
        return "政府"
    if not units and not departments:
        return None
    return "单位" if units > departments else "部门"
