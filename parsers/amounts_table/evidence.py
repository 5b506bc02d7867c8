"""What a table's own cells say of its kind: header words, panels, code families, the names of its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import regex

from extract.paper.model import Table
from parsers.forms.shape import pairs_in
from parsers.numbers import parse_amount
from parsers.specs.codebook import class_code, economic_code
from parsers.text import key, strip_ordinal

REVENUE, FUNCTION, DEPARTMENT, GOVERNMENT = "收入科目", "功能分类", "部门经济分类", "政府经济分类"
PLACE = "地区"
_HEADER_ROWS = 8
_CODE = regex.compile(r"^[1235]\d{2}(?:\d{2}){0,2}$")
_FAMILIES = ((REVENUE, 101, 119), (FUNCTION, 201, 239), (DEPARTMENT, 301, 399), (GOVERNMENT, 501, 599))
_REVENUE_NAME = regex.compile(
    r"^(?:其中:)?(?:税收收入|非税收入|增值税|(?:企业|个人)所得税|资源税|城市维护建设税|房产税|印花税|城镇土地使用税|土地增值税|车船税"
    r"|耕地占用税|契税|烟叶税|环境保护税|专项收入|行政事业性收费收入?|罚没收入|国有资源\(资产\)有偿使用收入|.{2,24}(?:基金|出让|利润|股利|股息|补助|转移支付)收入)$"
)
_PLACE_NAME = regex.compile(r"^\p{Han}{2,8}(?:省|市|县|区|旗|州|盟)(?:本级)?$")
_SIDE = regex.compile(r"^(?:本年|当年|年度)?(?P<side>收入|支出)(?:项目|部分|预算|决算|科目|总计)?$")
_NAMED_SIDE = regex.compile(r"^.{2,}(?P<side>收入|支出)(?:\(.{1,20}\))?$")
_GENERIC = tuple(
    regex.compile(p)
    for p in (
        r"^.{0,8}科目(?:编码|名称|代码)?$|^(?:预算)?科目|^项目(?:名称)?$", r"^(?:合计|小计|总计)$", r"^基本支出$", r"^项目支出$",
        r"^本年(?:收入|支出)", r"^年(?:初|末)结转", r"^.{0,12}(?:预算|决算|执行|完成)数|^金额",
    )
)  # fmt: skip
_FEW_ROWS = 5  # header and all: one name says enough where none speaks against it
_LEAST = 2  # names or codes of one family that make a witness


@dataclass(frozen=True, slots=True)
class Evidence:
    """Witnesses of one table; ``families`` are those that its codes or names of rows belong to."""

    header: tuple[str, ...]
    families: frozenset[str]
    rows_side: str | None  # 收入 or 支出, where the names of the rows end so
    generic: tuple[str, ...]  # header words that any table of amounts by subjects prints
    two_sided: bool
    has_amounts: bool
    rows: tuple[list[str], ...]
    pairs: int  # labels of a form that have their values beside them


def gather(table: Table) -> Evidence:
    """Read the witnesses of a stitched table once."""
    printed = [[key(c.text) for c in row.cells if c.text] for row in table.rows]
    return Evidence(
        header=tuple(word for row in printed[:_HEADER_ROWS] for word in row),
        families=frozenset(_families(table)),
        rows_side=_rows_side(table),
        generic=_generic(word for row in printed[:_HEADER_ROWS] for word in row),
        two_sided=_two_sided(table),
        has_amounts=any(parse_amount(w) is not None for row in printed for w in row),
        rows=tuple(printed),
        pairs=len(pairs_in(printed)),
    )


def _generic(words: Iterable[str]) -> tuple[str, ...]:
    found: dict[int, str] = {}
    for word in words:
        for i, pattern in enumerate(_GENERIC):
            if i not in found and pattern.match(word):
                found[i] = word
    return tuple(found.values())


def _rows_side(table: Table) -> str | None:
    """What most names of rows end with; a table of both names neither."""
    votes = Counter(m["side"] for row in table.rows for c in row.cells if (m := _NAMED_SIDE.search(key(c.text))))
    (side, n), *rest = [*votes.most_common(2), ("", 0)][:2]
    return side if n >= 3 and n >= 4 * sum(other for _, other in rest) else None


def sides_of(title: str) -> frozenset[str]:
    """Which of 收入 and 支出 a title speaks of; both for 收支 and 平衡, none where it says neither."""
    bare = key(title)
    if regex.search(r"收支|平衡", bare):
        return frozenset(("收入", "支出"))
    found = {side for side in ("收入", "支出") if side in bare}
    if regex.search(r"经费|采购", bare):
        found.add("支出")
    return frozenset(found)


def _families(table: Table) -> set[str]:
    votes = Counter(_code_families(table))
    votes.update(_name_families(table))
    few = len(votes) == 1 and len(table.rows) <= _FEW_ROWS
    return {family for family, n in votes.items() if n >= _LEAST or few}


def _code_families(table: Table) -> list[str]:
    """Families of the codes in columns that hold little else: figures of three digits are no codes."""
    found: list[str] = []
    columns: dict[int, list[str]] = {}
    for row in table.rows:
        for cell in row.cells:
            if cell.text and cell.colspan == 1:
                columns.setdefault(cell.col, []).append(key(cell.text))
    for texts in columns.values():
        codes = [t for t in texts if _CODE.match(t)]
        figures = sum(t[:1].isdigit() and not _CODE.match(t) for t in texts)
        if len(codes) >= _LEAST and figures <= 0.2 * len(codes) and _rising_prefixes(codes):
            found.extend(family for code in codes if (family := _family(code)))
    return found


def _rising_prefixes(codes: list[str]) -> bool:
    """Codes share their classes; amounts of three or five digits do not."""
    if len({c[:3] for c in codes}) < len(codes):
        return True
    return codes == sorted(codes) and {len(c) for c in codes} == {3}


def _family(code: str) -> str | None:
    number = int(code[:3])
    return next((name for name, low, high in _FAMILIES if low <= number <= high), None)


def _name_families(table: Table) -> list[str]:
    found: list[str] = []
    for row in table.rows:
        for cell in row.cells:
            if len(cell.text) >= 2 and not cell.text[-1].isdigit():
                found.extend(_families_of_name(cell.text))
    return found


@lru_cache(maxsize=4096)
def _families_of_name(text: str) -> tuple[str, ...]:
    name = strip_ordinal(key(text))
    if _PLACE_NAME.match(name):
        return (PLACE,)
    if _REVENUE_NAME.match(name):
        return (REVENUE,)
    if class_code(name) or class_code(f"{name}支出"):
        return (FUNCTION,)
    return (DEPARTMENT,) if economic_code(name) else ()


def _two_sided(table: Table) -> bool:
    """Do a panel of revenue and one of expenditure stand side by side?"""
    for row in table.rows[:_HEADER_ROWS]:
        sides = {m["side"] for c in row.cells if (m := _SIDE.match(key(c.text)))}
        if len(sides) == 2:
            return _names_on_both_sides(table)
    return False


def _names_on_both_sides(table: Table) -> bool:
    """Names to the left of figures, and names again to their right: two panels, no columns of one."""
    both = 0
    for row in table.rows:
        kinds = [parse_amount(c.text) is not None for c in sorted(row.cells, key=lambda c: c.col) if c.text]
        words = [i for i, figure in enumerate(kinds) if not figure]
        both += len(words) >= 2 and any(words[0] < i < words[-1] for i, figure in enumerate(kinds) if figure)
    return both >= _LEAST
