"""Numbers that Word prints before paragraphs of a list: 一、（一）1. are not in the text, only in its definitions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from extract.doors.package import attribute, child, local

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_DIGITS = "〇一二三四五六七八九"
_HEADING = re.compile(r"^(?:heading|标题)\s*(\d)$", re.IGNORECASE)
_SLOT = re.compile(r"%(\d)")


@dataclass(slots=True)
class _Level:
    start: int
    format: str
    text: str


class Numbering:
    """Counts the paragraphs of each list as they come."""

    def __init__(self, definitions: Element | None, styles: Element | None) -> None:
        self._lists: dict[str, dict[int, _Level]] = {}
        self._abstract_of: dict[str, str] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._styles: dict[str, Element] = {}
        if definitions is not None:
            self._read(definitions)
        for style in styles if styles is not None else ():
            if local(style) == "style":
                self._styles[attribute(style, "styleId") or ""] = style

    def _read(self, definitions: Element) -> None:
        abstract: dict[str, dict[int, _Level]] = {}
        for node in definitions:
            if local(node) == "abstractNum":
                levels = [level for level in node if local(level) == "lvl"]
                abstract[attribute(node, "abstractNumId") or ""] = {
                    _number(level, None, "ilvl"): _level(level) for level in levels
                }
            elif local(node) == "num":
                base = child(node, "abstractNumId")
                name = (attribute(base, "val") or "") if base is not None else ""
                own = attribute(node, "numId") or ""
                self._lists[own], self._abstract_of[own] = abstract.get(name, {}), name

    def label(self, paragraph: Element) -> str:
        """The printed number of a paragraph, with what stands around it; empty without one.  Counts it."""
        found = self._place(paragraph)
        if found is None:
            return ""
        number, depth = found
        levels = self._lists[number]
        counts = self._counts.setdefault(self._abstract_of[number], {})
        counts[depth] = counts.get(depth, levels[depth].start - 1) + 1
        for deeper in [d for d in counts if d > depth]:
            del counts[deeper]
        if levels[depth].format in ("bullet", "none"):
            return ""

        def filled(match: re.Match[str]) -> str:
            level = int(match[1]) - 1
            other = levels.get(level)
            return _printed(counts.get(level, other.start), other.format) if other else ""

        return _SLOT.sub(filled, levels[depth].text)

    def level(self, paragraph: Element) -> int:
        """Depth of a heading, 0 for other paragraphs."""
        style = self._styles.get(_style_of(paragraph))
        name = child(style, "name") if style is not None else None
        match = _HEADING.match((attribute(name, "val") or "") if name is not None else "")
        return int(match[1]) if match else 0

    def _place(self, paragraph: Element) -> tuple[str, int] | None:
        """The list of a paragraph and its depth there, by itself or by its style."""
        properties = child(paragraph, "pPr")
        own = child(properties, "numPr") if properties is not None else None
        style = self._styles.get(_style_of(paragraph))
        for _ in range(10):
            if own is not None or style is None:
                break
            own = child(style, "pPr", "numPr")
            based = child(style, "basedOn")
            style = self._styles.get((attribute(based, "val") or "") if based is not None else "")
        if own is None:
            return None
        number, depth = _text_of(own, "numId"), _number(own, "ilvl", "val")
        return (number, depth) if depth in self._lists.get(number, {}) else None


def _style_of(paragraph: Element) -> str:
    style = child(paragraph, "pPr", "pStyle")
    return (attribute(style, "val") or "") if style is not None else ""


def _level(node: Element) -> _Level:
    return _Level(_number(node, "start", "val", 1), _text_of(node, "numFmt"), _text_of(node, "lvlText"))


def _text_of(node: Element, name: str) -> str:
    inner = child(node, name)
    return (attribute(inner, "val") or "") if inner is not None else ""


def _number(node: Element, name: str | None, key: str, default: int = 0) -> int:
    inner = child(node, name) if name else node
    text = attribute(inner, key) if inner is not None else None
    return int(text) if text and text.isdigit() else default


def _printed(number: int, form: str) -> str:
    if "hinese" in form or form in ("japaneseCounting", "ideographDigital", "taiwaneseCounting", "koreanCounting"):
        return _chinese(number)
    if form in ("upperLetter", "lowerLetter") and 0 < number < 27:
        return chr((64 if form == "upperLetter" else 96) + number)
    if form == "decimalZero":
        return f"{number:02d}"
    if form.startswith("decimalEnclosedCircle") and 0 < number < 21:
        return chr(0x2460 + number - 1)
    if form in ("upperRoman", "lowerRoman") and 0 < number < 40:
        roman = "X" * (number // 10) + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[number % 10]
        return roman if form == "upperRoman" else roman.lower()
    return str(number)


def _chinese(number: int) -> str:
    if not 0 < number < 100:
        return "".join(_DIGITS[int(d)] for d in str(number))
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else _DIGITS[tens]) + ("十" if tens else "") + (_DIGITS[ones] if ones else "")
