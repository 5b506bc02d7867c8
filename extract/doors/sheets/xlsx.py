""".xlsx: sheets read as streams of XML, so that a million empty rows cost time and no memory."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from extract.doors.grid import MOST_COLUMNS, indent_of
from extract.doors.package import Package, attribute, child, children, forget, local
from extract.doors.sheets.number_format import BUILTIN, is_date, shown, shown_serial
from extract.doors.sheets.sheet import Filled, Sheet
from extract.errors import Damaged
from extract.paper.model import VALUELESS

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_ADDRESS = re.compile(r"^\$?([A-Z]{1,3})\$?(\d{1,7})$")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True)
class _Style:
    code: str
    indent: int


def read_xlsx(data: bytes) -> tuple[list[Sheet], list[str]]:
    """Visible sheets in order, and what is to be said of the rest."""
    sheets: list[Sheet] = []
    notes: list[str] = []
    with Package(data) as package:
        book = package.root("xl/workbook.xml")
        related = package.related("xl/workbook.xml")
        properties = child(book, "workbookPr")
        reader = _Reader(package, properties is not None and properties.get("date1904") in ("1", "true"))
        for entry in children(book, "sheets"):
            name = entry.get("name") or ""
            part = related.get(attribute(entry, "id") or "")
            if entry.get("state") in ("hidden", "veryHidden"):
                notes.append(f"隐藏的工作表 {name} 未读")
            elif part and part in package and "worksheets/" in part:
                sheet = reader.sheet(name, part)
                sheet.boxes = _boxes(package, part)
                sheets.append(sheet)
                notes.extend(sheet.notes_left_out())
        if reader.missing:
            notes.append(f"{VALUELESS} {reader.missing} 格")
    return sheets, notes


def _boxes(package: Package, part: str) -> list[str]:
    """Paragraphs of the text boxes and shapes that lie on a sheet."""
    drawings = [d for d in package.related(part).values() if d.startswith("xl/drawings/") and d in package]
    paragraphs = (
        node
        for d in drawings
        if d.endswith(".xml")
        for node in package.root(d).iter("{*}p")
        if child(node, "r") is not None
    )
    return ["".join(t.text or "" for t in paragraph.iter("{*}t")) for paragraph in paragraphs]


class _Reader:
    def __init__(self, package: Package, from_1904: bool) -> None:
        self._package = package
        self._from_1904 = from_1904
        self._strings = self._shared_strings()
        self._styles = self._read_styles()
        self.missing = 0  # formulas without a value

    def _shared_strings(self) -> list[str]:
        from lxml import etree

        found: list[str] = []
        if "xl/sharedStrings.xml" not in self._package:
            return found
        with self._package.open("xl/sharedStrings.xml") as handle:
            for _, node in etree.iterparse(handle, resolve_entities=False, no_network=True, tag="{*}si"):
                found.append(_string(node))
                forget(node)
        return found

    def _read_styles(self) -> list[_Style]:
        if "xl/styles.xml" not in self._package:
            return []
        root = self._package.root("xl/styles.xml")
        codes = dict(BUILTIN)
        for node in children(root, "numFmts"):
            codes[int(node.get("numFmtId") or 0)] = node.get("formatCode") or "General"
        styles = []
        for xf in children(root, "cellXfs"):
            alignment = child(xf, "alignment")
            indent = int(alignment.get("indent") or 0) if alignment is not None else 0
            styles.append(_Style(codes.get(int(xf.get("numFmtId") or 0), "General"), indent))
        return styles

    def sheet(self, name: str, part: str) -> Sheet:
        """Read one sheet; raises ``Damaged`` and ``Overfull``."""
        from lxml import etree

        sheet = Sheet(name)
        at = -1
        zero = False  # rows are hidden unless they say otherwise
        with self._package.open(part) as handle:
            tags = ("{*}row", "{*}col", "{*}mergeCell", "{*}sheetFormatPr")
            for _, node in etree.iterparse(handle, resolve_entities=False, no_network=True, tag=tags):
                tag = local(node)
                if tag == "row":
                    at = int(node.get("r") or at + 2) - 1
                    if (
                        _is_on(node.get("hidden"))
                        or node.get("ht") == "0"
                        or (zero and not _is_on(node.get("customHeight")))
                    ):
                        sheet.hidden_rows.add(at)
                    elif len(node):
                        self._row(sheet, at, node)
                    forget(node)
                elif tag == "col" and (_is_on(node.get("hidden")) or node.get("width") == "0"):
                    first, last = int(node.get("min") or 1), int(node.get("max") or 1)
                    sheet.hidden_columns.update(range(first - 1, min(last, MOST_COLUMNS)))
                elif tag == "mergeCell":
                    merged = _range(node.get("ref") or "")
                    if merged:
                        sheet.merges.append(merged)
                elif tag == "sheetFormatPr":
                    zero = _is_on(node.get("zeroHeight"))
        return sheet

    def _row(self, sheet: Sheet, row: int, node: Element) -> None:
        col = -1
        for cell in node:
            if local(cell) != "c":
                continue
            match = _ADDRESS.match(cell.get("r") or "")
            col = _column(match[1]) if match else col + 1
            if col >= MOST_COLUMNS:
                raise Damaged(f"a cell stands in column {col + 1}: no sheet has it")
            filled = self._cell(cell)
            if filled is not None:
                sheet.put(row, col, filled)

    def _cell(self, cell: Element) -> Filled | None:
        kind = cell.get("t") or "n"
        number = cell.get("s")
        style = self._styles[int(number)] if number and int(number) < len(self._styles) else _Style("General", 0)
        if kind == "inlineStr":
            inline = child(cell, "is")
            return _text(_string(inline), style) if inline is not None else None
        value = child(cell, "v")
        if value is None or value.text is None:
            self.missing += child(cell, "f") is not None and kind != "str"
            return None
        if kind == "s":
            index = int(value.text)
            if index >= len(self._strings):
                raise Damaged("a cell names a text that the workbook lacks")
            return _text(self._strings[index], style)
        if kind in ("str", "e", "d"):
            return _text(value.text, style)
        if kind == "b":
            return Filled("TRUE" if value.text == "1" else "FALSE", False)
        return self._number(float(value.text), style)

    def _number(self, value: float, style: _Style) -> Filled | None:
        if is_date(style.code):
            text = shown_serial(value, style.code, self._from_1904)
            return Filled(text, False) if text else None
        text = shown(value, style.code)
        return Filled(text, True, 0.0) if text else None


def _text(text: str, style: _Style) -> Filled | None:
    bare = text.replace("\r", "").strip()
    return Filled(bare, False, style.indent + indent_of(text)) if bare else None


def _string(node: Element) -> str:
    """A text with its pieces joined; readings above ideographs (``rPh``) are no part of it."""
    parts = []
    for inner in node:
        if local(inner) == "t":
            parts.append(inner.text or "")
        elif local(inner) == "r":
            parts.extend(t.text or "" for t in inner if local(t) == "t")
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), "".join(parts)) if parts else ""


def _is_on(value: str | None) -> bool:
    return value in ("1", "true", "on")


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _range(text: str) -> tuple[int, int, int, int] | None:
    corners = [_ADDRESS.match(part) for part in text.split(":")]
    if len(corners) != 2 or not corners[0] or not corners[1]:
        return None
    (a, b), (c, d) = ((int(m[2]) - 1, _column(m[1])) for m in corners if m)
    return a, b, c, d
