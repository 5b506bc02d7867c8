"""HTML pages, and HTML tables inside text: data tables with their spans, and everything else as lines.

Nothing is loaded and nothing expanded: the parser reads the bytes that it is given.  What a browser hides is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from extract.doors.grid import GridBuilder, Span, indent_of, line_of
from extract.errors import Damaged
from extract.paper.model import Document, Line, PageLayout, TablePart

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

Block = Line | TablePart
_SILENT = frozenset({
    "script", "style", "noscript", "template", "head", "select", "button", "iframe", "svg", "canvas", "object", "video",
    "audio", "nav", "textarea", "title", "meta", "link", "input", "option", "math",
})  # fmt: skip
_BLOCKS = frozenset({
    "p", "div", "section", "article", "main", "header", "footer", "aside", "ul", "ol", "li", "dl", "dt", "dd", "form",
    "h1", "h2", "h3", "h4", "h5", "h6", "center", "blockquote", "hr", "address", "fieldset", "figure", "body", "html",
    "caption", "table", "tbody", "thead", "tfoot", "tr", "td", "th", "pre",
})  # fmt: skip
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_MOST_SPAN = 1000  # as browsers have it
_LONG = 60  # chars: a paragraph; a table of one row that holds one is there for the layout
_DEEPEST = 400


def read_html(data: bytes, read_lines: Callable[[str], list[Block]]) -> Document:
    """Lay out a page; ``read_lines`` lays out what stands in ``<pre>``.  Raises ``Damaged`` for what is no page."""
    return Document([PageLayout(None, html_blocks(data, read_lines))], None, "html")


def html_blocks(data: bytes | str, read_lines: Callable[[str], list[Block]], first: int = 1) -> list[Block]:
    """Blocks of a page or a fragment; its tables are numbered from ``first``."""
    from lxml import etree, html

    text = data if isinstance(data, str) else decode(data)
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)  # its encoding is settled
    try:
        # huge_tree: paragraphs of pages are long; the depth stays bounded by the walk below
        parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, recover=True)
        root = html.document_fromstring(text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise Damaged(f"no HTML: {error}") from error
    walk = _Walk(read_lines, first)
    walk.element(root, 0)
    walk.flush()
    return walk.blocks


def decode(data: bytes) -> str:
    """Text of a page by its own word about its encoding, where that holds, else by trying."""
    named = _CHARSET.search(data[:4096])
    tried = [named[1].decode("ascii").lower()] if named else []
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        tried = ["utf-16"]
    for encoding in [*("gb18030" if t in ("gb2312", "gbk", "x-gbk") else t for t in tried), "utf-8-sig", "gb18030"]:
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("utf-8", "replace")


class _Walk:
    """Goes through the elements in order and makes blocks of them."""

    def __init__(self, read_lines: Callable[[str], list[Block]], first: int) -> None:
        self.blocks: list[Block] = []
        self._read_lines = read_lines
        self._text: list[str] = []
        self._level = 0
        self._ordinal = first

    def flush(self) -> None:
        """End the line."""
        text = "".join(self._text)
        self._text.clear()
        for part in text.split("\n"):
            line = line_of(part, self._level)
            if line is not None:
                self.blocks.append(line)

    def element(self, node: Element, depth: int) -> None:
        """One element and what it holds, but not the text behind it."""
        tag = _tag(node)
        if tag in _SILENT or not tag or _is_hidden(node) or depth > _DEEPEST:
            return
        if tag == "table" and self._table(node, depth):
            return
        if tag == "pre":
            self.flush()
            self.blocks.extend(self._read_lines("".join(map(str, node.itertext()))))
            return
        if tag == "br":
            self._text.append("\n")
            return
        block = tag in _BLOCKS
        if block:
            self.flush()
        before, self._level = self._level, int(tag[1]) if re.match(r"h[1-6]$", tag) else self._level
        self._inside(node, depth)
        if block:
            self.flush()
        self._level = before

    def _inside(self, node: Element, depth: int) -> None:
        self._text.append(_SPACE.sub(" ", node.text or ""))
        for child in node:
            self.element(child, depth + 1)
            self._text.append(_SPACE.sub(" ", child.tail or ""))

    def _table(self, table: Element, depth: int) -> bool:
        """Add a table of data with the tables inside it behind it; ``False`` for one that only lays out the page."""
        rows = list(_rows(table))
        if not _holds_data(rows):
            return False
        self.flush()
        for child in table:
            if _tag(child) == "caption":
                self.element(child, depth + 1)
        builder = GridBuilder()
        for row in rows:
            builder.row([_span(cell) for cell in row])
        parts = builder.parts(self._ordinal)
        for part in parts:
            if all(cell.rowspan == cell.colspan == 1 for cell in part.cells):
                part.origin = "pipes"  # written without spans: whether there were any, nobody knows
        self.blocks.extend(parts)
        self._ordinal += bool(parts)
        for inner in (t for row in rows for cell in row for t in _outermost_tables(cell)):
            self.element(inner, depth + 1)
        self.flush()
        return True


def _tag(node: Element) -> str:
    return node.tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(node.tag, str) else ""


def _is_hidden(node: Element) -> bool:
    return node.get("hidden") is not None or bool(_HIDDEN.search(node.get("style") or ""))


def _rows(table: Element) -> Iterator[list[Element]]:
    """Rows of a table itself, not of tables inside it; hidden ones and hidden cells are left out."""
    for child in table:
        tag = _tag(child)
        if tag == "tr" and not _is_hidden(child):
            yield [c for c in child if _tag(c) in ("td", "th") and not _is_hidden(c)]
        elif tag in ("tbody", "thead", "tfoot") and not _is_hidden(child):
            yield from _rows(child)


def _holds_data(rows: list[list[Element]]) -> bool:
    """Several cells of plain text beside each other in several rows; or one row of short texts."""
    texts = [[t for c in row if not any(True for _ in _outermost_tables(c)) and (t := _text(c))] for row in rows]
    full = [row for row in texts if len(row) > 1]
    nested = any(True for row in rows for c in row for _ in _outermost_tables(c))
    if nested:
        return len(full) >= 3
    return len(full) > 1 or (len(full) == 1 and all(len(t) < _LONG for t in full[0]))


def _outermost_tables(cell: Element) -> Iterator[Element]:
    for child in cell:
        if _tag(child) == "table":
            yield child
        else:
            yield from _outermost_tables(child)


def _span(cell: Element) -> Span:
    printed = _printed(cell)
    text = "\n".join(part.strip() for part in printed.split("\n")).strip()
    return Span(
        text, _number(cell, "rowspan"), _number(cell, "colspan"), None, indent_of(printed.lstrip("\n")) if text else 0.0
    )


def _number(cell: Element, name: str) -> int:
    match = re.match(r"\s*(\d{1,6})", cell.get(name) or "")
    if not match:
        return 1
    value = int(match[1])
    return min(value or _MOST_SPAN, 65_534 if name == "rowspan" else _MOST_SPAN)


def _text(cell: Element) -> str:
    return _printed(cell).strip()


def _printed(cell: Element) -> str:
    """Text of a cell with a line break between its paragraphs; leading fixed blanks are kept."""
    parts: list[str] = []
    _collect(cell, parts, 0)
    text = re.sub(r" *\n[ \n]*", "\n", "".join(parts))
    return text.strip(" \n")


def _collect(node: Element, parts: list[str], depth: int) -> None:
    parts.append(_SPACE.sub(" ", node.text or ""))
    for child in node:
        tag = _tag(child)
        if tag == "br":
            parts.append("\n")
        elif tag and tag not in _SILENT and tag != "table" and not _is_hidden(child) and depth < _DEEPEST:
            block = tag in _BLOCKS
            parts.append("\n" if block else "")
            _collect(child, parts, depth + 1)
            parts.append("\n" if block else "")
        parts.append(_SPACE.sub(" ", child.tail or ""))
