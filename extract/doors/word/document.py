"""Word documents: paragraphs and tables in their order, numbers of lists as Word would print them.

What a reader does not see is left out: deleted and hidden text, field codes, comments.  Older formats go through
LibreOffice where it is installed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from extract.doors.grid import GridBuilder, Span, indent_of, line_of
from extract.doors.libreoffice import converted
from extract.doors.package import Package, attribute, child, local
from extract.doors.word.numbering import Numbering
from extract.paper.model import Document, Line, PageLayout, TablePart

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_UNSEEN = frozenset({"del", "moveFrom", "instrText", "delText", "rPr", "pPr", "commentReference", "Fallback", "tbl"})
_NOTES = ("word/footnotes.xml", "word/endnotes.xml")
_DEEPEST = 200


def read_word(kind: str, data: bytes) -> Document:
    """Lay out a document.  Raises ``Damaged``, ``Encrypted``, ``Overfull`` or ``NeedsOffice``."""
    if kind == "doc":
        data = converted(data, "doc", "docx")
    with Package(data) as package:
        root = package.root("word/document.xml")
        notes = [package.root(part) for part in _NOTES if part in package]
        numbering = Numbering(
            package.root("word/numbering.xml") if "word/numbering.xml" in package else None,
            package.root("word/styles.xml") if "word/styles.xml" in package else None,
        )
    walk = _Walk(numbering)
    body = child(root, "body")
    if body is not None:
        walk.blocks_of(body, 0)
    for note in (n for root in notes for n in root if attribute(n, "type") in (None, "normal")):
        walk.blocks_of(note, 0)
    return Document([PageLayout(None, walk.blocks)], None, "docx")


class _Walk:
    def __init__(self, numbering: Numbering) -> None:
        self.blocks: list[Line | TablePart] = []
        self._numbering = numbering
        self._ordinal = 0

    def blocks_of(self, parent: Element, depth: int) -> None:
        """Paragraphs and tables below ``parent``; wrappers (content controls, insertions) are gone through."""
        for node in parent:
            tag = local(node)
            if tag == "p":
                self._paragraph(node, depth)
            elif tag == "tbl":
                self._table(node, depth)
            elif tag in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag") and depth < _DEEPEST:
                self.blocks_of(node, depth + 1)

    def _paragraph(self, node: Element, depth: int) -> None:
        label = self._numbering.label(node)
        for i, text in enumerate(_text(node).split("\n")):
            line = line_of(label + text if i == 0 and text.strip() else text, self._numbering.level(node))
            if line is not None:
                self.blocks.append(line)
        for box in _boxes(node):
            if depth < _DEEPEST:
                self.blocks_of(box, depth + 1)

    def _table(self, table: Element, depth: int) -> None:
        rows = list(_rows(table))
        if not any(len([c for c in _cells(row) if self._plain(c)]) > 1 for row in rows):
            for cell in (c for row in rows for c in _cells(row)):  # a box around text is no table
                self.blocks_of(cell, depth + 1)
            return
        builder = GridBuilder()
        for spans in self._spans(rows):
            builder.place(spans)
        self._ordinal += 1
        self.blocks.extend(builder.parts(self._ordinal))
        if depth < _DEEPEST:
            for cell in (cell for row in rows for cell in _cells(row)):
                for inner in _tables_in(cell):
                    self._table(inner, depth + 1)
                for box in (b for paragraph in _paragraphs(cell) for b in _boxes(paragraph)):
                    self.blocks_of(box, depth + 1)

    def _plain(self, cell: Element) -> str:
        return "".join(_text(p) for p in _paragraphs(cell)).strip()

    def _spans(self, rows: list[Element]) -> Iterator[list[tuple[int, Span]]]:
        """Cells of each row; one that Word merges with the cell above lengthens that one."""
        above: dict[int, Span] = {}
        for row in rows:
            properties = child(row, "trPr")
            col = _value(properties, "gridBefore", 0)
            spans: list[tuple[int, Span]] = []
            now: dict[int, Span] = {}
            for cell in _cells(row):
                width = max(_value(child(cell, "tcPr"), "gridSpan", 1), 1)
                merge = child(cell, "tcPr", "vMerge")
                if merge is not None and attribute(merge, "val") != "restart" and col in above:
                    above[col].rowspan += 1
                    now[col] = above[col]
                else:
                    span = Span(*self._cell(cell, width))
                    spans.append((col, span))
                    if merge is not None:
                        now[col] = span
                col += width
            yield spans
            above = now

    def _cell(self, cell: Element, width: int) -> tuple[str, int, int, None, float]:
        lines: list[str] = []
        for node in _paragraphs(cell):
            lines.append(self._numbering.label(node) + _text(node).replace("\t", " "))
        printed = "\n".join(lines).strip("\n")
        text = "\n".join(part.strip() for part in printed.split("\n")).strip()
        return text, 1, width, None, indent_of(printed) if text else 0.0


def _rows(table: Element) -> Iterator[Element]:
    for node in table:
        if local(node) == "tr" and child(node, "trPr", "del") is None:
            yield node
        elif local(node) in ("sdt", "sdtContent", "ins", "customXml"):
            yield from _rows(node)


def _cells(row: Element) -> Iterator[Element]:
    for node in row:
        if local(node) == "tc":
            yield node
        elif local(node) in ("sdt", "sdtContent", "customXml"):
            yield from _cells(node)


def _paragraphs(cell: Element) -> Iterator[Element]:
    for node in cell:
        if local(node) == "p":
            yield node
        elif local(node) in ("sdt", "sdtContent", "ins", "moveTo", "customXml"):
            yield from _paragraphs(node)


def _tables_in(cell: Element) -> Iterator[Element]:
    for node in cell:
        if local(node) == "tbl":
            yield node
        elif local(node) in ("sdt", "sdtContent"):
            yield from _tables_in(node)


def _text(paragraph: Element) -> str:
    parts: list[str] = []
    _collect(paragraph, parts, 0)
    return "".join(parts)


def _collect(node: Element, parts: list[str], depth: int) -> None:
    for inner in node:
        tag = local(inner)
        if tag == "t":
            parts.append(inner.text or "")
        elif tag in ("tab", "ptab"):
            parts.append("\t")
        elif tag in ("br", "cr"):
            parts.append("\n")
        elif tag == "noBreakHyphen":
            parts.append("-")
        elif (
            tag in _UNSEEN
            or tag in ("txbxContent", "drawing", "pict", "object", "AlternateContent")
            or (tag == "r" and _is_hidden(inner))
            or depth > _DEEPEST
        ):
            continue
        else:
            _collect(inner, parts, depth + 1)


def _is_hidden(run: Element) -> bool:
    vanish = child(run, "rPr", "vanish")
    return vanish is not None and attribute(vanish, "val") not in ("0", "false", "off")


def _boxes(node: Element) -> Iterator[Element]:
    """Text boxes that hang on a paragraph; of two forms of one box the newer."""
    for inner in node:
        tag = local(inner)
        if tag == "txbxContent":
            yield inner
        elif tag not in ("Fallback", "del", "moveFrom", "tbl"):
            yield from _boxes(inner)


def _value(properties: Element | None, name: str, default: int) -> int:
    node = child(properties, name) if properties is not None else None
    text = attribute(node, "val") if node is not None else None
    return int(text) if text and text.isdigit() and int(text) < 10_000 else default
