"""What a tested number can be: the 等级 of 核对结果, and the word that opens a notice."""

from __future__ import annotations

from decimal import Decimal

PASSED, TAIL, CONTRADICTION, DOUBT = "通过", "尾差", "矛盾", "存疑"
GRADES = (PASSED, TAIL, CONTRADICTION, DOUBT)
NOTICE = "提示"  # a 说明 that begins so is worth reading though nothing is wrong


def grade(difference: Decimal, excused: bool) -> str:
    """``excused``: does rounding explain the difference?"""
    if not difference:
        return PASSED
    return TAIL if excused else CONTRADICTION
