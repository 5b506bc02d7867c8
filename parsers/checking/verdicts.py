"""What a tested number can be: the 等级 of 核对结果, the words that open a notice and a test not made."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

PASSED, TAIL, CONTRADICTION, DOUBT = "通过", "尾差", "矛盾", "存疑"
GRADES = (PASSED, TAIL, CONTRADICTION, DOUBT)
NOTICE = "提示"  # a 说明 that begins so is worth reading though nothing is wrong
UNTESTED = "未核对"  # opens a part of 表格清单.说明
_UNTESTED = re.compile(rf"{UNTESTED}：([^；\n]+)$")


def grade(difference: Decimal, excused: bool) -> str:
    """``excused``: does rounding explain the difference?"""
    if not difference:
        return PASSED
    return TAIL if excused else CONTRADICTION


def untested_note(reasons: Iterable[tuple[str, str]]) -> str:
    """``(rule, why)`` as one text: 未核对：W4 无合计列，W10 无合计行."""
    found = "，".join(dict.fromkeys(f"{rule} {why}" for rule, why in reasons))
    return f"{UNTESTED}：{found}" if found else ""


def untested_rules(text: str) -> list[str]:
    """The rules that a 说明 names behind 未核对."""
    found = _UNTESTED.search(text)
    return [part.partition(" ")[0] for part in found[1].split("，")] if found else []
