""".ods: the text that each cell shows, as the program that saved it wrote it; merged cells, and nothing that is hidden."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from extract.doors.grid import MOST_COLUMNS, indent_of
from extract.doors.package import Package, attribute, child, forget, local
from extract.doors.sheets.number_format import general
from extract.doors.sheets.sheet import Filled, Sheet
from extract.errors import Damaged, Encrypted, Overfull
from extract.paper.model import VALUELESS

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_NUMBERS = ("float", "currency", "percentage")
_LENGTH = re.compile(r"^([\d.]+)(pt|cm|mm|in|pc|px)$")
_POINTS = {"pt": 1.0, "cm": 72 / 2.54, "mm": 72 / 25.4, "in": 72.0, "pc": 12.0, "px": 0.75}
_LETTER = 10.0  # points: a step of indent
_MANIFEST = "META-INF/manifest.xml"
_MOST_ALIKE = 10_000  # rows with text that one element may stand for
_MOST_EMPTY = 1 << 20  # rows of a sheet


def read_ods(data: bytes) -> tuple[list[Sheet], list[str]]:
    """Visible sheets in order, and what is to be said of the rest.  Raises ``Damaged``, ``Encrypted``, ``Overfull``."""
    with Package(data) as package:
        if _MANIFEST in package:
            with package.open(_MANIFEST) as handle:
                if b"encryption-data" in handle.read(1 << 20):
                    raise Encrypted("it is locked with a password")
        reader = _Reader()
        try:
            reader.read(package)
        except ValueError as error:
            raise Damaged(f"a broken workbook: {error}") from error
    return reader.sheets, reader.notes()


@dataclass(slots=True)
class _Reader:
    """Goes through the content once; rows are forgotten as soon as they are read."""

    sheets: list[Sheet] = field(default_factory=list)
    missing: int = 0  # formulas without a value
    _hidden: list[str] = field(default_factory=list)
    _hides: set[str] = field(default_factory=set)  # styles of sheets that are not shown
    _indents: dict[str, float] = field(default_factory=dict)
    _sheet: Sheet | None = None
    _row: int = 0
    _column: int = 0

    def read(self, package: Package) -> None:
        """Read all sheets."""
        from lxml import etree

        tags = ("{*}table", "{*}table-row", "{*}table-column", "{*}style")
        with package.open("content.xml") as handle:
            steps = etree.iterparse(handle, events=("start", "end"), resolve_entities=False, no_network=True, tag=tags)
            for event, node in steps:
                name = local(node)
                if event == "start":
                    if name == "table":
                        self._begin(node)
                elif name == "style":
                    self._style(node)
                elif name == "table-column":
                    self._columns(node)
                elif name == "table-row":
                    self._cells(node)
                    forget(node)
                else:
                    self._end()

    def notes(self) -> list[str]:
        """What was left out."""
        notes = [f"隐藏的工作表 {name} 未读" for name in self._hidden]
        notes += [note for sheet in self.sheets for note in sheet.notes_left_out()]
        return [*notes, f"{VALUELESS} {self.missing} 格"] if self.missing else notes

    def _style(self, node: Element) -> None:
        name = attribute(node, "name") or ""
        shown = child(node, "table-properties")
        if shown is not None and attribute(shown, "display") == "false":
            self._hides.add(name)
        paragraph = child(node, "paragraph-properties")
        length = _LENGTH.match(attribute(paragraph, "margin-left") or "") if paragraph is not None else None
        if length:
            self._indents[name] = round(float(length[1]) * _POINTS[length[2]] / _LETTER)

    def _begin(self, node: Element) -> None:
        name = attribute(node, "name") or ""
        if attribute(node, "style-name") in self._hides:
            self._hidden.append(name)
            self._sheet = None
        else:
            self._sheet = Sheet(name)
        self._row = self._column = 0

    def _end(self) -> None:
        if self._sheet is not None:
            self.sheets.append(self._sheet)
        self._sheet = None

    def _columns(self, node: Element) -> None:
        count = _count(node, "number-columns-repeated")
        if self._sheet is not None and attribute(node, "visibility") in ("collapse", "filter"):
            self._sheet.hidden_columns.update(range(self._column, min(self._column + count, MOST_COLUMNS)))
        self._column += count

    def _cells(self, node: Element) -> None:
        """A row, and those that are the same."""
        count, start = _count(node, "number-rows-repeated"), self._row
        self._row += count
        sheet = self._sheet
        if sheet is None:
            return
        filled = list(self._filled(node))
        if not filled:
            count = min(count, _MOST_EMPTY)
        elif count > _MOST_ALIKE:
            raise Overfull(f"a row of the sheet {sheet.name} stands {count} times")
        if attribute(node, "visibility") in ("collapse", "filter"):
            sheet.hidden_rows.update(range(start, start + count))
        for row in range(start, start + count):
            for col, cell, width, height in filled:
                sheet.put(row, col, cell)
                if width > 1 or height > 1:
                    sheet.merges.append((row, col, row + height - 1, col + width - 1))

    def _filled(self, row: Element) -> list[tuple[int, Filled, int, int]]:
        """Column, cell, columns and rows spanned of each cell with text."""
        found: list[tuple[int, Filled, int, int]] = []
        col = 0
        for node in row:
            if local(node) not in ("table-cell", "covered-table-cell"):
                continue
            count = _count(node, "number-columns-repeated")
            cell = self._cell(node) if local(node) == "table-cell" else None
            if cell is not None:
                if col + count > MOST_COLUMNS:
                    raise Overfull(f"a table has more than {MOST_COLUMNS} columns")
                width, height = _count(node, "number-columns-spanned"), _count(node, "number-rows-spanned")
                found.extend((c, cell, width, height) for c in range(col, col + count))
            col += count
        return found

    def _cell(self, node: Element) -> Filled | None:
        text = "\n".join(_shown(p) for p in node if local(p) == "p")
        kind, value = attribute(node, "value-type"), attribute(node, "value")
        if not text.strip():
            if kind in _NUMBERS and value is not None and node.find("{*}p") is None:
                return Filled(general(float(value)), True)  # a writer that leaves the showing to the reader
            self.missing += attribute(node, "formula") is not None and kind is None
            return None
        indent = self._indents.get(attribute(node, "style-name") or "", 0.0)
        return Filled(text.strip(), kind in _NUMBERS, indent + indent_of(text))


def _shown(node: Element) -> str:
    """Text of a paragraph; its blanks are elements."""
    pieces = [node.text or ""]
    for inner in node:
        name = local(inner)
        if name == "s":
            pieces.append(" " * min(_count(inner, "c"), 1000))
        elif name in ("tab", "line-break"):
            pieces.append("\t" if name == "tab" else "\n")
        elif name != "annotation":
            pieces.append(_shown(inner))
        pieces.append(inner.tail or "")
    return "".join(pieces)


def _count(node: Element, name: str) -> int:
    return max(int(attribute(node, name) or 1), 1)
