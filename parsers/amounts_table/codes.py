"""科目编码: from printed parts to one joined, zero-padded string, its level and its parent.

Structure (政府收支分类科目): 功能分类 类 3 digits, 款 2, 项 2; 经济分类 类 3, 款 2; codes are strings, never numbers.
"""

from __future__ import annotations

import regex

_PARTED = regex.compile(r"^\d{3}([-._·]\d{2}){1,3}$")
_SEPARATOR = regex.compile(r"[-._·]")
_CATALOGUE = regex.compile(r"^[A-Z]\d{2,}$")  # 政府采购品目, 政府购买服务指导性目录
_CODE_AND_NAME = regex.compile(r"^[\[【（(]?(\d{3}(?:[ \u3000]?\d{2}){0,3})[\]】）)]?[-—_:：\s]*(\p{Han}.*)$")
_FUNCTION = {3: "类", 5: "款", 7: "项", 9: "目"}


def printed_code(text: str) -> str | None:
    """The code that a cell prints, its separators removed; ``None`` if it prints none.

    ``201`` ``201-03`` ``208.05.05`` ``'2080505`` (an apostrophe left by a spreadsheet), ``A02010104``, 21-character
    project codes.  ``text`` has no blanks.
    """
    bare = text.lstrip("'`")
    if _PARTED.match(bare):
        return _SEPARATOR.sub("", bare)
    if bare.isdigit() or _CATALOGUE.match(bare) or (len(bare) > 6 and bare.isascii() and bare.isalnum()):
        return bare
    return None


def code_before_name(text: str) -> tuple[str, str] | None:
    """``[2080505]机关…支出``, ``201-一般公共服务支出``, ``212 08 土地…``: code and name printed in one cell."""
    match = _CODE_AND_NAME.match(text)
    return ("".join(match[1].split()), match[2]) if match else None


def assemble(parts: list[str], previous: str | None) -> tuple[str | None, tuple[str, ...]]:
    """Join the code cells of a row; ``previous`` is the code above, for blanks that repeat it.

    ``["208", "5", ""]`` → ``("20805", ("编码补零",))``; a column that holds the whole code already
    (``["208", "20805"]``) is taken as it stands.
    """
    marks: list[str] = []
    code = ""
    last = max((i for i, part in enumerate(parts) if part), default=-1)
    if last < 0:
        return None, ()
    for i, part in enumerate(parts[: last + 1]):
        width = 3 if i == 0 else 2
        if not part:
            carried = (previous or "")[len(code) : len(code) + width]
            if len(carried) == width:
                code += carried
                marks.append("编码承前")
            continue
        if code and len(part) > len(code) and part.startswith(code):
            code = part
            continue
        if len(part) < width and len(parts) > 1:
            part = part.zfill(width)
            marks.append("编码补零")
        code = part if i == 0 or len(part) >= 5 else code + part
    return code or None, tuple(dict.fromkeys(marks))


def level_of(code: str | None, scheme: str | None) -> str | None:
    """级次 of a code in its scheme; ``None`` where the code's length tells nothing."""
    if not code:
        return None
    if scheme in ("功能分类", "收支项目", "收入分类"):
        return _FUNCTION.get(len(code))
    if scheme in ("部门经济分类", "政府经济分类"):
        return _FUNCTION.get(len(code)) if len(code) <= 7 else None
    if scheme == "单位":
        return "部门" if len(code) <= 3 else "单位"
    if scheme == "项目":
        if len(code) <= 3:
            return "部门"
        if len(code) >= 15:
            return "二级项目" if any(ch.isalpha() for ch in code) else "一级项目"
    return None


def parent_of(code: str | None, scheme: str | None) -> str | None:
    """上级编码 by prefix; projects are settled by position elsewhere."""
    if not code or scheme == "项目":
        return None
    if scheme == "单位":
        return code[:3] if len(code) > 3 else None
    return code[:-2] if len(code) in (5, 7, 9) else None
