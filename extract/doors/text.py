"""Text input: lines and tab-separated (or Markdown pipe) rows, as other tools leave them.

HTML tags are removed, Markdown separator rows and heading marks are read as what they are, and a blank line
between two rows is kept as a place where a page may have broken.
"""

from __future__ import annotations

import html
import re

from extract.errors import NotText
from extract.paper.model import Box, Cell, Chunk, Document, Line, PageLayout, TablePart

_TAG = re.compile(r"</?(?:b|p|i|u|br|strong|em|span|font|sup|sub|div|td|tr|th)\b[^>]*>", re.IGNORECASE)
_SEPARATOR = re.compile(r"^[\s|:⇥\t-]*-{3,}[\s|:\t-]*$")
_HEADING = re.compile(r"^(#{1,6})\s+(.*)$")
_EMPHASIS = re.compile(r"\*\*(.+?)\*\*|__(.+?)__")
_NOWHERE = Box(0, 0, 0, 0)


def read_text(data: bytes) -> Document:
    """Lay out a text document; it has no pages, so every page number in it is ``None``.

    Raises ``NotText`` for bytes that no encoding of Chinese text explains.
    """
    text = _decode(data)
    blocks: list[Line | TablePart] = []
    rows: list[list[tuple[str, float]]] = []
    gaps: set[int] = set()
    blank = False
    for raw in text.splitlines():
        cells = _split(raw)
        if cells is not None:
            if blank and rows:
                gaps.add(len(rows))
            if not _SEPARATOR.match(raw):
                rows.append(cells)
            blank = False
            continue
        if not raw.strip():
            blank = True
            continue
        if rows:
            blocks.append(_table(rows, gaps))
            rows, gaps = [], set()
        blank = False
        if not _SEPARATOR.match(raw):
            blocks.append(_line(raw))
    if rows:
        blocks.append(_table(rows, gaps))
    return Document([PageLayout(None, blocks)], None, "text")


def _decode(data: bytes) -> str:
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise NotText("neither UTF-8, GB18030 nor UTF-16 text")


def _clean(text: str) -> str:
    text = re.sub(r"</p>\s*<p>|<br\s*/?>", "\n", text)
    return html.unescape(_TAG.sub("", text)).strip()


def _cell(raw: str) -> tuple[str, float]:
    """Text of a cell and its indent: an ideographic space is one letter wide, any other half of one."""
    text = html.unescape(_TAG.sub("", raw))
    blanks = text[: len(text) - len(text.lstrip())]
    return _clean(raw), sum(1.0 if c in "\u3000\u2003" else 0.5 for c in blanks) if text.strip() else 0.0


def _split(raw: str) -> list[tuple[str, float]] | None:
    stripped = raw.strip("\r\n ")
    if "\t" in raw:
        return [_cell(cell) for cell in raw.split("\t")]
    if stripped.startswith("|") and stripped.endswith("|") and len(stripped) > 2:
        return [_cell(cell) for cell in stripped[1:-1].split("|")]
    return None


def _line(raw: str) -> Line:
    match = _HEADING.match(raw.strip())
    level = len(match[1]) if match else 0
    text = match[2] if match else raw.strip()
    text = _EMPHASIS.sub(lambda m: m[1] or m[2], text)
    text = re.sub(r"^[-*]\s+", "", text)
    return Line((Chunk(_clean(text), _NOWHERE),), None, None, level=level)


def _table(rows: list[list[tuple[str, float]]], gaps: set[int]) -> TablePart:
    ncols = max(len(row) for row in rows)
    filled = [[*row, *[("", 0.0)] * (ncols - len(row))] for row in rows]
    cells = [
        Cell(r, c, 1, 1, text, None, None, (), indent)
        for r, row in enumerate(filled)
        for c, (text, indent) in enumerate(row)
    ]
    return TablePart(None, None, [float(x) for x in range(ncols + 1)], len(rows), cells, "text", frozenset(gaps))
