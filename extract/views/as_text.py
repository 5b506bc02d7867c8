"""A document as Markdown text in the manner of the model document: what ``yusuan text`` prints.

Captions stand above their tables, rows are parted by tabs, pages are named in comments.  Law: the text reads back to
the same rows of the same datasets.  A table whose rows between tabs would not, for its spans, is written as HTML.
"""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from extract.archive import read_source
from extract.doors import read_document
from extract.paper.model import SPANLESS, Cell, Document, Line, Row, Table, compact
from extract.paper.stitching import join
from parsers.narrative.figures import continuing
from parsers.numbers import parse_amount
from parsers.outline.captions import find_unit
from parsers.outline.grid_caption import caption_rows
from parsers.outline.sections import Section, segment
from parsers.parse import ParsedDocument, parse, with_lines
from parsers.text import begins_item

Form = Literal["tabs", "html"]
Rows = Counter[tuple[object, ...]]
_LABEL = 12  # chars besides a name: 编制单位：, 金额单位：万元
# what may change on the way: where a value stands on paper or in its source, and how it was read
_OWN = frozenset({"文档", "页码", "位置", "x0", "y0", "x1", "y1", "标记"})


@dataclass(slots=True)
class Written:
    """The text, and the names of tables that do not read back to the same rows."""

    text: str
    changed: list[str] = field(default_factory=list)


def as_text(path: Path, engine: str = "pdfium", only_html: bool = False) -> Written:
    """A source as text; ``only_html`` writes every table as HTML.  Raises ``ExtractError``."""
    data, suffix = read_source(path), path.suffix.lower()
    writer = _Writer(read_document(data, suffix, engine))
    wanted = _rows_of(parse(read_document(data, suffix, engine), "0" * 16, join))
    if only_html:
        writer.forms = dict.fromkeys(range(len(writer.sections)), "html")
    found = _read_back(writer)
    if not only_html:
        for section, rows in wanted.items():
            if found.get(section) != rows:
                writer.forms[section] = "html"
        again = _read_back(writer)
        for section in writer.forms:  # rows that were text stay text where HTML is no better
            if again.get(section) != wanted.get(section) and writer.origin(section) in SPANLESS:
                writer.forms[section] = "tabs"
        found = _read_back(writer)
    changed = [writer.name(s) for s, rows in wanted.items() if found.get(s) != rows]
    return Written(writer.text(), changed)


def _read_back(writer: _Writer) -> dict[int, Rows]:
    return _rows_of(parse(read_document(writer.text().encode(), ".md"), "0" * 16, join))


def _rows_of(parsed: ParsedDocument) -> dict[int, Rows]:
    """What must be the same, by table."""
    found: dict[int, Rows] = {}
    for table in parsed.tables:
        if table.section is None:
            continue
        rows: Rows = Counter()
        for dataset, records in table.records().items():
            rows.update((dataset, *sorted((k, v) for k, v in r.items() if k not in _OWN)) for r in records)
        found[table.section] = rows
    return found


class _Writer:
    """Writes the blocks of a document in their order, each section's table once."""

    def __init__(self, document: Document) -> None:
        parts = segment(document)
        self._document = document
        self.sections = parts.sections
        self.forms: dict[int, Form] = {}
        self._tables = [join(with_lines(section), begins_item) for section in parts.sections]
        self._first = {section.tables[0]: i for i, section in enumerate(parts.sections)}
        self._later = {table for section in parts.sections for table in section.tables[1:]}
        self._captions = {
            line for section in parts.sections for line in section.above if _is_caption(line.text, section)
        }
        self._inside = {line for section in parts.sections for _, line in section.between}
        self._continuing = continuing(parts.lines)

    def origin(self, section: int) -> str:
        return self._tables[section].origin

    def name(self, section: int) -> str:
        """What a reader calls the table."""
        caption = self.sections[section].caption
        return " ".join(filter(None, (caption.number, caption.title))) or f"表序 {section + 1}"

    def text(self) -> str:
        """The whole document."""
        pieces: list[str] = []
        running = False  # the last piece is a paragraph that may go on
        parts_left = reached = 0
        for page in self._document.pages:
            if page.number is not None and page.number > reached:
                pieces.append(f"<!-- 第 {page.number} 页 -->")
            for block in page.blocks:
                if isinstance(block, Line):
                    if block.furniture or block in self._captions or block in self._inside:
                        continue
                    text = _line(block)
                    if parts_left:
                        pieces.append(f"<!-- 又印 {_commented(text)} -->")
                    elif block in self._continuing and running and block.page is not None:  # others were never cut
                        self._append(pieces, text)
                    else:
                        pieces.append(_headed(block, text))
                        running = True
                elif block in self._later:
                    parts_left -= 1
                elif (section := self._first.get(block)) is not None:
                    parts_left = len(self.sections[section].tables) - 1
                    pieces.extend(self._section(section))
                    reached = max([reached, *self._tables[section].pages])
                    running = False
                else:
                    pieces.extend(_escaped(cell.text.replace("\n", " ")) for cell in block.cells if cell.text)
        return "\n\n".join(piece for piece in pieces if piece) + "\n"

    def _append(self, pieces: list[str], text: str) -> None:
        """Go on with the last paragraph; a page mark after it stays behind."""
        at = next(i for i in range(len(pieces) - 1, -1, -1) if not pieces[i].startswith("<!--"))
        pieces[at] += text

    def _section(self, section: int) -> Iterator[str]:
        own, table = self.sections[section], self._tables[section]
        skipped = caption_rows(own.tables[0])
        inner = [c.text for row in table.rows[:skipped] for c in row.cells if not _is_caption(c.text, own)]
        yield from (f"<!-- 表头处印有 {_commented(text)} -->" for text in inner)
        yield from _caption(own)
        rows = _without_idle_indents([row for row in table.rows[skipped:] if not row.repeated])
        html_only = self.forms.get(section) == "html" or table.ncols < 2
        yield "\n".join(_html_rows(rows) if html_only else _tab_rows(table, rows))


def _is_caption(text: str, section: Section) -> bool:
    """Does the caption say all of it: number, title, organisation, measure?"""
    caption, bare = section.caption, compact(text)
    printed = [compact(part) for part in (caption.number, caption.title, caption.organisation) if part]
    rest = bare
    for part in printed:
        rest = rest.replace(part, "")
    return not bare or bare in "".join(printed) or (rest != bare and len(rest) <= _LABEL) or find_unit(text) is not None


def _caption(section: Section) -> Iterator[str]:
    """What the caption says, a line each."""
    caption = section.caption
    yield caption.number or ""
    yield f"## {_escaped(caption.title)}" if caption.title else ""
    yield f"编制单位：{_escaped(caption.organisation)}" if caption.organisation else ""
    yield f"单位：{caption.unit}" if caption.unit else ""


def _tab_rows(table: Table, rows: list[Row]) -> Iterator[str]:
    """Rows with a cell's text in the first of its places."""
    for row, mark in _with_marks(rows):
        if mark:
            yield mark
        texts = [""] * table.ncols
        for cell in row.cells:
            texts[cell.col] = _cell(cell)
        yield "\t".join(texts)


def _html_rows(rows: list[Row]) -> Iterator[str]:
    """Rows as an HTML table with spans."""
    yield "<table>"
    kept = {row.cells[0].row for row in rows if row.cells}
    for row, mark in _with_marks(rows):
        if mark:
            yield mark
        cells = []
        for cell in sorted(row.cells, key=lambda c: c.col):
            height = sum(1 for r in range(cell.row, cell.row + cell.rowspan) if r in kept)
            spans = (f' rowspan="{height}"' if height > 1 else "") + (
                f' colspan="{cell.colspan}"' if cell.colspan > 1 else ""
            )
            cells.append(f"<td{spans}>{_cell(cell)}</td>")
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</table>"


def _without_idle_indents(rows: list[Row]) -> list[Row]:
    """The rows, without the indents of words that only stand in the middle of their cells: those of the header."""
    body = next((i for i, row in enumerate(rows) if any(parse_amount(c.text) is not None for c in row.cells)), 0)
    plain = [replace(row, cells=[replace(c, indent=0.0) for c in row.cells]) for row in rows[:body]]
    return [*plain, *rows[body:]]


def _with_marks(rows: list[Row]) -> Iterator[tuple[Row, str | None]]:
    """Each row with the mark of its page where a new one begins."""
    page = rows[0].page if rows else None
    for row in rows:
        turned = row.page is not None and row.page != page
        page = row.page
        yield row, f"<!-- 第 {page} 页 -->" if turned else None


def _cell(cell: Cell) -> str:
    blanks = "\u3000" * int(cell.indent) + (" " if cell.indent % 1 >= 0.5 else "")
    return blanks + _escaped(cell.text).replace("\t", " ").replace("\n", "<br>") if cell.text else ""


def _line(line: Line) -> str:
    return _escaped(" ".join(chunk.text.strip() for chunk in line.chunks if chunk.text.strip()))


def _headed(line: Line, text: str) -> str:
    return f"{'#' * line.level} {text}" if line.level else text


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)


def _commented(text: str) -> str:
    return text.replace("--", "—").replace("\n", " ").replace(">", "＞")
