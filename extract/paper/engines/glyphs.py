"""Characters as they should have been: radicals to ideographs, doubled prints to one.

PDF fonts often map an ideograph to its look-alike radical (``⼀`` U+2F00 for ``一``).  Unicode's NFKC
mends the Kangxi block U+2F00-2FD5 but leaves nearly all of U+2E80-2EFF, so those stand in a table here
(source: the radical names and glyphs of the Unicode CJK Radicals Supplement chart).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from extract.paper.engines.rulings import Fences
from extract.paper.model import Word

NAMELESS = "\ufffd"  # a glyph whose font says nothing of its character
_NUMERIC = frozenset("0123456789.,-−()%")
_NUMBER = re.compile(r"[-−]?\(?\d[\d,]*(\.\d+)?\)?%?")
_TOUCHING = 0.15  # of the char height: digits of one number stand closer than this

_SUPPLEMENT = {
    0x2E81: "厂", 0x2E82: "乛", 0x2E83: "乚", 0x2E84: "乙", 0x2E85: "亻", 0x2E86: "冂", 0x2E87: "几",
    0x2E88: "刀", 0x2E89: "刂", 0x2E8A: "卜", 0x2E8B: "卩", 0x2E8C: "小", 0x2E8D: "小", 0x2E8E: "兀",
    0x2E8F: "尣", 0x2E90: "尢", 0x2E91: "尢", 0x2E92: "巳", 0x2E93: "幺", 0x2E94: "彐", 0x2E95: "彑",
    0x2E96: "忄", 0x2E97: "心", 0x2E98: "扌", 0x2E99: "攵", 0x2E9B: "旡", 0x2E9C: "日", 0x2E9D: "月",
    0x2E9E: "歺", 0x2E9F: "母", 0x2EA0: "民", 0x2EA1: "氵", 0x2EA2: "氺", 0x2EA3: "灬", 0x2EA4: "爫",
    0x2EA5: "爫", 0x2EA6: "丬", 0x2EA7: "牛", 0x2EA8: "犭", 0x2EA9: "王", 0x2EAA: "疋", 0x2EAB: "目",
    0x2EAC: "示", 0x2EAD: "礻", 0x2EAE: "竹", 0x2EAF: "糹", 0x2EB0: "纟", 0x2EB1: "罓", 0x2EB2: "罒",
    0x2EB3: "网", 0x2EB4: "网", 0x2EB5: "网", 0x2EB6: "羊", 0x2EB7: "羊", 0x2EB8: "羊", 0x2EB9: "耂",
    0x2EBA: "肀", 0x2EBB: "聿", 0x2EBC: "月", 0x2EBD: "臼", 0x2EBE: "艹", 0x2EBF: "艹", 0x2EC0: "艹",
    0x2EC1: "虎", 0x2EC2: "衤", 0x2EC3: "覀", 0x2EC4: "西", 0x2EC5: "见", 0x2EC6: "角", 0x2EC7: "角",
    0x2EC8: "讠", 0x2EC9: "贝", 0x2ECA: "足", 0x2ECB: "车", 0x2ECC: "辶", 0x2ECD: "辶", 0x2ECE: "辶",
    0x2ECF: "阝", 0x2ED0: "钅", 0x2ED1: "長", 0x2ED2: "镸", 0x2ED3: "长", 0x2ED4: "门", 0x2ED5: "阜",
    0x2ED6: "阝", 0x2ED7: "雨", 0x2ED8: "青", 0x2ED9: "韦", 0x2EDA: "页", 0x2EDB: "风", 0x2EDC: "飞",
    0x2EDD: "食", 0x2EDE: "食", 0x2EDF: "飠", 0x2EE0: "饣", 0x2EE1: "首", 0x2EE2: "马", 0x2EE3: "骨",
    0x2EE4: "鬼", 0x2EE5: "鱼", 0x2EE6: "鸟", 0x2EE7: "卤", 0x2EE8: "麦", 0x2EE9: "黄", 0x2EEA: "黾",
    0x2EEB: "斉", 0x2EEC: "齐", 0x2EED: "歯", 0x2EEE: "齿", 0x2EEF: "竜", 0x2EF0: "龙", 0x2EF1: "龟",
    0x2EF2: "亀", 0x2EF3: "龟",
}  # fmt: skip

RADICALS: dict[int, str] = dict(_SUPPLEMENT)
RADICALS.update({c: unicodedata.normalize("NFKC", chr(c)) for c in range(0x2F00, 0x2FD6)})
RADICALS[0xA0] = " "


_BAND = 8.0  # points: copies of a char stand in the same or in neighbouring squares of a page


def mend(text: str) -> str:
    """Map radicals to the ideographs they stand for; everything else is left as printed."""
    return text.translate(RADICALS)


def drop_overprints(chars: list[Word]) -> list[Word]:
    """Keep one of the copies that fake bold prints: same char, moved by under a fifth of its size."""
    seen: dict[tuple[str, int, int], list[Word]] = defaultdict(list)
    kept: list[Word] = []
    often = Counter([char[0] for char in chars])
    for char in chars:
        text, x0, top, _, bottom = char
        if often[text] > 1:
            reach = max(bottom - top, 1.0) * 0.2
            span = min(reach, _BAND)
            rows = range(int((top - span) // _BAND), int((top + span) // _BAND) + 1)  # most often one
            columns = range(int((x0 - span) // _BAND), int((x0 + span) // _BAND) + 1)
            near = (other for r in rows for c in columns for other in seen.get((text, r, c), ()))
            if any(abs(o[1] - x0) < reach and abs(o[2] - top) < reach for o in near):
                continue
            seen[text, int(top // _BAND), int(x0 // _BAND)].append(char)
        kept.append(char)
    return kept


def join_numbers(chars: Iterable[Word], fences: Fences) -> Iterator[Word]:
    """Make one ``Word`` of a number that runs over a ruling: an overflowing cell, not two cells' numbers.

    Digits of two cells have a gap between them, or make no number together.
    """
    run: list[Word] = []
    for char in chars:
        if run and not (char.text in _NUMERIC and _touch(run[-1], char)):
            yield from _joined(run, fences)
            run = []
        if char.text in _NUMERIC:
            run.append(char)
        else:
            yield char
    yield from _joined(run, fences)


def _touch(a: Word, b: Word) -> bool:
    size = a.bottom - a.top
    return abs(b.x0 - a.x1) <= _TOUCHING * size and abs(b.top - a.top) <= _TOUCHING * size


def _joined(run: list[Word], fences: Fences) -> list[Word]:
    if len(run) < 2:
        return run
    text = "".join(c.text for c in run)
    top, bottom = min(c.top for c in run), max(c.bottom for c in run)
    if not _NUMBER.fullmatch(text) or not fences.part(run[0].x0, run[-1].x1, (top + bottom) / 2):
        return run
    return [Word(text, run[0].x0, top, run[-1].x1, bottom)]
