"""Who publishes a document: a chain of witnesses, the first that names an organisation is believed.

The organisation lines of the tables, the cover's title up to its year, the line above or below that title, the place
that titles and headings keep naming, and at last a place that stands in a cell of its own.  A heading is no name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import regex

from extract.paper.model import compact
from parsers.outline.sections import Section, Segmented
from parsers.text import key, strip_ordinal

_HEADING = regex.compile(
    r"^第.{1,3}部分|^附[件表录]?|^目录|^备?注|^[一二三四五六七八九十]+、|^[(（\d]|^表|文件|[:：。，,；;、]$|^二[〇○零]|^关于|^根据|^其中"
    r"|(?:说明|草案|报告|预算|决算|情况|资料|公开|材料|会议|和|与|及)$|20\d\d"
)
_SENTENCE = regex.compile(r"[,，。；;《]")  # no name has such signs inside
_VAGUE = regex.compile(
    r"^(?:全|本|各|我|其|该|分|对|按)?(?:国|省|市|县|区|州|旗|自治区|市县|地区|部门|单位|市本级|省本级|县本级)$"
)
_NO_PLACE = regex.compile(
    r"^自治区|^[省市县区]|市县|基金|预算|决算|转移|支付|政府|一般|国有|债务|财政|收入|支出|情况|下达|补助|主要|提前|对下|分"
)
_BODY = regex.compile(
    r"(?:政府|省|市|县|区|乡|镇|州|盟|旗|街道|办事处|局|厅|署|委|部|院|办|室|处|所|站|馆|台|队|会|社|校|学|园|场|厂|库|团|房"
    r"|中心|公司|集团|银行|组织|机关|基地|司|港|军)(?:[(（].{1,12}[)）])?$"
)
_PLACE_END = r"(?:自治区|自治州|自治县|省|市|县|区|盟|旗|州)"
_PLACE = regex.compile(
    rf"(?:^|年[度末初]?|关于|于|在|[〈“（(\s])(?P<place>(?![全本各我其该分对])\p{{Han}}{{1,8}}?{_PLACE_END})"
    rf"(?=20\d\d|[省市县区]?本级|[省市县区]级|地方|政府|一般公共|国有|社会|及|人民|财政|第|全|$)"
    rf"|《(?P<decree>\p{{Han}}{{2,6}}?(?:自治区|省|市))(?=\p{{Han}})"
)
_ALONE = {"省": regex.compile(r"^\p{Han}{2,8}(?:省|自治区)$"), "市": regex.compile(r"^\p{Han}{2,5}(?:市|自治州|盟)$")}
_OF_PROVINCE = regex.compile(r"全省|省本?级|自治区本?级|全区")
_OF_CITY = regex.compile(r"全市|市本?级")
_YEAR_FIRST = regex.compile(
    r"^(?:20\d\d|二[〇○零0][一二三四五六七八九〇○零0]{2})年度?(.{3,30}?)(?:部门|单位|本级|汇总)*(?:预算|决算|收支|财政拨款|[“(（]?三公)"
)
_MOST = 40


def is_organisation(name: str) -> bool:
    """Can the words be the name of an organisation or a place, and are they no heading?"""
    bare = key(name)
    return 2 <= len(bare) <= _MOST and not (_HEADING.search(bare) or _VAGUE.match(bare) or _SENTENCE.search(bare))


def publisher(parts: Segmented, title: str | None, first: list[str], index: int | None, lines: int) -> str | None:
    """The organisation that publishes; ``title`` stands on ``lines`` lines of ``first`` from ``index`` on."""
    for name in _witnesses(parts, title, first, index, lines):
        if name and is_organisation(name):
            return name
    return None


def _witnesses(
    parts: Segmented, title: str | None, first: list[str], index: int | None, lines: int
) -> Iterable[str | None]:
    named = Counter(s.caption.organisation for s in parts.sections if s.caption.organisation)
    for name, _ in named.most_common(3):
        yield name
    yield before_year(title)
    if index is not None:
        yield _above(parts, first, index)
        yield _with_body(first[index + lines] if index + lines < len(first) else "")
    yield _signed(first)
    yield _after_year(title)
    yield _place(parts)
    yield _place_in_cells(parts.sections)
    yield next((t for t in first[:12] if 4 <= len(t) <= 30 and _BODY.search(t) and is_organisation(t)), None)


def _after_year(title: str | None) -> str | None:
    """``2024年某市某局部门预算公开``, ``二〇二四年…`` → ``某市某局``."""
    match = _YEAR_FIRST.match(key(title or ""))
    name = match[1] if match else ""
    return name if _BODY.search(name) and not regex.search(_PLACE_END + "$", name) else None


def before_year(title: str | None) -> str | None:
    """``关于某市2024年预算…`` → ``某市``."""
    bare = regex.split(r"20\d\d\s*年", strip_ordinal(title or ""))[0]
    bare = regex.sub(r"^关于", "", bare)
    return bare if len(bare) > 1 else None


def _with_body(name: str) -> str | None:
    return name if _BODY.search(name) else None


def _above(parts: Segmented, first: list[str], index: int) -> str | None:
    """The name above a cover's title; one broken over lines is whole if the document prints it so elsewhere."""
    if index == 0:
        return None
    printed = [compact(line.text) for line in parts.lines[index:]]
    for n in (3, 2):
        joined = "".join(first[max(index - n, 0) : index])
        if index >= n and 3 <= len(joined) <= _MOST and any(joined in t for t in printed):
            return joined
    return first[index - 1] if 3 <= len(first[index - 1]) <= _MOST else None


def _signed(first: list[str]) -> str | None:
    """A line of the cover that is nothing but the name of a finance office or a government."""
    return next((t for t in first[:12] if regex.search(r"(?:财政厅|财政局|人民政府)$", t) and is_organisation(t)), None)


def _place(parts: Segmented) -> str | None:
    """The place that titles name, or at least two lines do."""
    titles = [s.caption.title for s in parts.sections] + [c.title for c in parts.listed]
    found = Counter(m["place"] or m["decree"] for t in titles if t for m in _PLACE.finditer(key(t)))
    for line in parts.lines:
        bare = key(line.text)
        if len(bare) <= 40 or "《" in line.text:
            found.update(m["place"] or m["decree"] for m in _PLACE.finditer(compact(line.text)))
    names = (name for name, _ in found.most_common() if is_organisation(name) and not _NO_PLACE.search(name))
    return next((name for name in names if len(name) > 2), None)


def _place_in_cells(sections: list[Section]) -> str | None:
    """A province's (or city's) own name in a cell, where the titles speak of the whole province (or city)."""
    titles = "".join(s.caption.title or "" for s in sections)
    rank = "省" if _OF_PROVINCE.search(titles) else "市" if _OF_CITY.search(titles) else None
    if rank is None:
        return None
    texts = (compact(c.text) for s in sections for t in s.tables for c in t.cells if len(c.text) <= 12)
    found = Counter(t for t in texts if _ALONE[rank].match(t) and is_organisation(t))
    return next(iter(found)) if len(found) == 1 else None
