"""The words of a document: parts, chapters, paragraphs, and the figures that stand in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

import regex

from extract.paper.model import Line
from parsers.numbers import FACTORS
from parsers.outline.captions import find_organisation, find_unit, is_contents_line, parse_number
from parsers.specs.loader import Words
from parsers.text import key, strip_ordinal

_PART = regex.compile(r"^第[一二三四五六七八九]部分")
_CHAPTER = regex.compile(r"^[一二三四五六七八九十]{1,3}[、.．]")
_SUBCHAPTER = regex.compile(r"^[（(][一二三四五六七八九十]{1,3}[）)]")
_ENDS = regex.compile(r"[。；！？：:;!?]$")
_LEADERS = regex.compile(r"\.{3,}|…{2,}|·{3,}")
_SENTENCED = regex.compile(r"[。；，,：:].")
_CAPTION_MOST = 90  # chars
_HEADING_MOST = 44  # chars
_INDENT = 1.2  # chars by which the first line of a paragraph stands in
_LONG = 18  # chars: a text line this long without a stop goes on in the next
_LONGEST = 24  # characters of a number
_SHORT = 2.5  # chars that a paragraph's last line leaves free


@dataclass(frozen=True, slots=True)
class Paragraph:
    part: str | None
    chapter: str | None
    number: int  # within its chapter, from 1
    text: str
    page: int | None


@dataclass(slots=True, eq=False)
class Figure:
    """A number of the narrative with its unit; ``value`` in yuan for money, in percent for rates."""

    paragraph: Paragraph
    words: str  # what it speaks of, normalised
    kind: str  # 金额 | 增减额 | 增减率 | 占比
    value: Decimal
    step: Decimal
    number: Decimal  # as printed
    unit: str
    sign: int  # -1 where the words say that it fell
    printed: str
    path: tuple[str, ...] = ()  # 类, 款, 项
    anchor: Figure | None = None  # the amount that a change or a share speaks of
    plain: bool = True  # this year's amount, as far as the words tell
    before: str = ""  # its sentence up to it, normalised


def paragraphs(lines: Sequence[Line]) -> Iterator[Paragraph]:
    """Join lines to paragraphs under their parts and chapters; contents pages are left out."""
    body = _body(lines)
    part: str | None = None
    chapter: list[str] = []
    number = 0
    for text, page in _joined(body):
        bare = key(text)
        if _PART.match(bare) and len(bare) < _HEADING_MOST:
            part, chapter, number = text, [], 0
        elif _CHAPTER.match(bare) and _is_heading(bare):
            chapter, number = [text], 0
        elif _SUBCHAPTER.match(bare) and _is_heading(bare):
            chapter, number = [*chapter[:1], text.rstrip("。")], 0
        else:
            number += 1
            yield Paragraph(part, "/".join(chapter) or None, number, text, page)


def _is_heading(bare: str) -> bool:
    return len(bare) < _HEADING_MOST and "元" not in bare and not _SENTENCED.search(bare)


def _body(lines: Sequence[Line]) -> list[Line]:
    """Lines behind the contents: from the last line that opens the first part."""
    first = next((key(line.text)[:4] for line in lines if _PART.match(key(line.text))), None)
    start = max((i for i, line in enumerate(lines) if first and key(line.text).startswith(first)), default=0)
    return [
        line for line in lines[start:]
        if not line.furniture and not _LEADERS.search(line.text) and not _is_caption(line.text)
    ]  # fmt: skip


def _is_caption(text: str) -> bool:
    """A table's name, number, organisation or unit: it is said in 表格清单."""
    if len(text) > _CAPTION_MOST:
        return False
    if is_contents_line(text.replace("\t", "")):
        return True
    pieces = [p for p in text.split("\t") if p.strip()]
    return bool(pieces) and all(
        parse_number(p) or find_organisation(p) or (find_unit(p) and len(key(p)) < 16) for p in pieces
    )


def continuing(lines: Sequence[Line]) -> set[Line]:
    """Every line that goes on with the paragraph of the line before it."""
    margins = _margins(lines)
    return {line for above, line in zip(lines, lines[1:], strict=False) if _goes_on(above, line, margins)}


def _joined(lines: Sequence[Line]) -> Iterator[tuple[str, int | None]]:
    text, page = "", None
    previous: Line | None = None
    margins = _margins(lines)
    for line in lines:
        printed = line.text.replace("\t", "").strip()
        if previous is not None and not _goes_on(previous, line, margins):
            yield text, page
            text = ""
        if not text:
            page = line.page
        text += printed
        previous = line
    if text:
        yield text, page


Margins = dict[int, tuple[float, float]]


def _margins(lines: Sequence[Line]) -> Margins:
    """Left and right edge of the running text of each page, in points."""
    pages: dict[int, list[Line]] = {}
    for line in lines:
        if line.page is not None and line.bbox is not None:
            pages.setdefault(line.page, []).append(line)
    return {
        n: (min(ln.bbox.x0 for ln in page if ln.bbox), max(ln.bbox.x1 for ln in page if ln.bbox))
        for n, page in pages.items()
    }


def _goes_on(above: Line, line: Line, margins: Margins) -> bool:
    """Does ``line`` go on with the paragraph of the line above?"""
    if _stands_alone(above.text) or _stands_alone(line.text):
        return False
    if line.bbox is None or above.bbox is None or line.page is None or above.page is None:
        bare = key(line.text)
        opens = _CHAPTER.match(bare) or _SUBCHAPTER.match(bare)
        ended = _ENDS.search(above.text.strip())
        return not ended and len(above.text) >= _LONG and not opens
    size = max(line.size, 1.0)
    left, _ = margins[line.page]
    above_right = margins[above.page][1]
    indented = line.bbox.x0 - left > _INDENT * size
    short = above_right - above.bbox.x1 > _SHORT * size
    return not indented and not short


@lru_cache(maxsize=16)  # each line is asked about twice: as the next one and as the one above
def _stands_alone(text: str) -> bool:
    bare = key(text)
    return bool(_PART.match(bare) or ((_CHAPTER.match(bare) or _SUBCHAPTER.match(bare)) and _is_heading(bare)))


_FIGURE = regex.compile(r"(?P<number>\d[\d,]*(?:\.\d+)?)\s*(?P<unit>亿元|万元|元|%)")
_STOPS = regex.compile(r"[，。；、：？！（）;!?]|(?<!\d),|,(?!\d)|\(|\)|:")
_SENTENCE = regex.compile(r"[。；;！？]")
_FULL_STOP = regex.compile(r"[。！？]")
_BRACKET = regex.compile(r"[（(）)]")
_GREW = r"(?:增加|增长|上升|提高|增)"
_FELL = r"(?:减少|下降|降低|压减|减)"
_CHANGE = regex.compile(rf"(?P<subject>.*?)(?:(?P<up>{_GREW})|(?P<down>{_FELL}))了?(?:约)?$")
_COMPARED = regex.compile(
    r"^(?:与|比|较|同比|相比|同上年|比上年).*?(?:相比|增|减|上升|下降|提高|降低|压)|^(?:同比|环比)"
)
_SHARE = regex.compile(r"占.{0,16}$|(?:完成|为).{0,10}(?:预算|决算).{0,2}$")
_YEAR = regex.compile(r"(20\d\d)年(?:度)?")
_PATH = regex.compile(
    r"(?P<lei>[^，。；、：:（）()“”\"\d.．\s][^，。；、：:（）()“”\"\d]*)[（(]\d*类[）)]\s*(?P<kuan>[^，。；：:（）()“”\"]+)[（(]\d*款[）)]\s*"
    r"(?P<xiang>[^，。；：:“”\"]+?)[（(]\d*项[）)]"
)
_TAIL = regex.compile(r"(?:(?<=[预决]算)数|科目|共计|总额|安排|共|约|为|是|(?<![总合])计)*$")
_AMOUNT_ONLY = regex.compile(r"^(?:本年)?(?:支出|收入)?(?:预算|决算)?$")
_OWN = regex.compile(r"^(?:本|我)(?:部门|单位|校|院|局|中心|机关)")
_HEAD = regex.compile(r"^(?:其中|主要是|包括|即|另外|本年预算|的)")


def figures(paragraph: Paragraph, other_basis: Words, year: int | None, organisation: str | None) -> Iterator[Figure]:
    """Every amount and percentage of a paragraph, each with the words that it stands behind."""
    text = paragraph.text
    anchor: Figure | None = None
    outside: list[Figure | None] = []  # anchors before the brackets that are open
    last: Figure | None = None
    path: tuple[str, ...] = ()
    at = 0
    for match in _FIGURE.finditer(text):
        if len(match["number"]) > _LONGEST:
            continue  # a serial number
        between = text[at : match.start()]
        at = match.end()
        anchor = _out_of_brackets(between, anchor, outside)
        found = list(_PATH.finditer(between))
        if found:
            path = tuple(found[-1][g].strip() for g in ("lei", "kuan", "xiang"))
        clause = key(_clause(text, match.start()))
        number = Decimal(match["number"].replace(",", ""))
        decimals = len(match["number"].partition(".")[2])
        factor = FACTORS.get(match["unit"], Decimal(1))
        step = Decimal(1).scaleb(-decimals) * factor
        change = _CHANGE.match(clause)
        figure = Figure(
            paragraph, "", "金额", number * factor, step, number, match["unit"], 1, match[0], path if found else (),
            before=key(_FULL_STOP.split(text[: match.start()])[-1]),
        )  # fmt: skip
        if match["unit"] == "%":
            figure.kind = "增减率" if change and not _SHARE.search(clause) else "占比"
            figure.sign = -1 if change and change["down"] else 1
            figure.anchor = last if figure.kind == "增减率" and last is not None and last.kind == "增减额" else anchor
            figure.plain = bool(figure.kind == "增减率" or clause.startswith("占"))
            yield figure
            last = figure
            continue
        if change:
            figure.kind, figure.sign = "增减额", -1 if change["down"] else 1
            subject = "" if _COMPARED.match(clause) else _subject(change["subject"], organisation)
            figure.words = subject
            same = not subject or (anchor is not None and (subject in anchor.words or anchor.words in subject))
            figure.anchor = anchor if same else None
            yield figure
            last = figure
            continue
        sentence = _SENTENCE.split(between)[-1]  # from behind the figure before, or the last full stop
        sentence = key(_PATH.sub("", sentence))  # names of 科目 are no words about time
        years = {int(y) for y in _YEAR.findall(sentence)}
        figure.words = _subject(clause, organisation)
        figure.plain = not other_basis.search(sentence) and (not years or years == {year})
        if not found and path and not regex.search(r"[。；;]", between) and _AMOUNT_ONLY.match(figure.words):
            figure.path = path
        anchor = last = figure
        yield figure


def _out_of_brackets(between: str, anchor: Figure | None, outside: list[Figure | None]) -> Figure | None:
    """The amount that words behind ``between`` go on with: once a bracket is closed, the one before it."""
    for match in _BRACKET.finditer(between):
        if match[0] in "（(":
            outside.append(anchor)
        elif outside:
            opened = outside.pop()
            anchor = opened if opened is not None else anchor
    return anchor


def _clause(text: str, end: int) -> str:
    """The words between the last stop and the figure; brackets closed before it belong to the words."""
    depth = 0
    for i in range(end - 1, -1, -1):
        char = text[i]
        if char in "）)":
            depth += 1
        elif char in "（(":
            if not depth:
                return text[i + 1 : end]
            depth -= 1
        elif not depth and _STOPS.match(text, i):
            return text[i + 1 : end]
    return text[:end]


def _subject(clause: str, organisation: str | None) -> str:
    bare = strip_ordinal(_YEAR.sub("", key(clause)))
    bare = _HEAD.sub("", bare)
    if organisation:
        bare = bare.removeprefix(key(organisation))
    return _TAIL.sub("", _OWN.sub("", bare)).strip()
