"""Text input: lines, and the tables that other tools leave in it.

Rows are parted by tabs, by Markdown pipes or by blanks (``pdftotext -layout``), or they are HTML tables.  Markdown
separator rows and heading marks are read as what they are, comments are passed over, and a blank line between two rows
is kept as a place where a page may have broken.
"""

from __future__ import annotations

import html as entities
import re
from collections.abc import Iterator
from dataclasses import replace

from extract.doors.grid import MOST_FILLED, MOST_PLACES, NOWHERE, a1, indent_of
from extract.doors.html import Block, html_blocks, read_html
from extract.doors.rows.blanks import is_parted_by_blanks, lay_out_blanks
from extract.doors.rows.delimited import sheet_of_text
from extract.doors.rows.doubt import with_doubtful_columns
from extract.doors.rows.drawn import drawn_tables
from extract.doors.rows.pipes import is_separator, pipe_cells, split_levels, with_outer_pipes, without_fillers
from extract.doors.rows.tabs import goes_on_counting, holds_figures, put_right
from extract.errors import NotText, Overfull
from extract.paper.model import Cell, Chunk, Document, Line, Origin, PageLayout, TablePart

_TAG = re.compile(r"</?(?:b|p|i|u|br|strong|em|span|font|sup|sub|div|td|tr|th|center)\b[^>]*>", re.IGNORECASE)
_HEADING = re.compile(r"^(#{1,6})\s+(.*)$")
_EMPHASIS = re.compile(r"\*\*(.+?)\*\*|__(.+?)__")
_ESCAPED = re.compile(r"""\\([\\`*_{}\[\]()#+.!|<>~$'"@^-])""")
_TABLE_TAG = re.compile(r"<(/?)table\b[^>]*>", re.IGNORECASE)
_WHOLE_PAGE = re.compile(r"^\s*(<\?xml[^>]*\?>\s*)?(<!doctype\s+html|<html\b)", re.IGNORECASE)
_FENCE = re.compile(r"^\s*(```|~~~)")
_NEAR = 6  # rows
_LABEL = 24  # chars
_CAPTION_OR_SENTENCE = re.compile(r"[：:。；！？|]|[（(]续|^\s*[#<]|表[一二三四五六七八九十\d]|表\s*$")
Row = list[tuple[str, float]]  # text and indent of each cell


def read_text(data: bytes, suffix: str = ".txt") -> Document:
    """Lay out a text document; it has no pages, so every page number in it is ``None``.

    Raises ``NotText`` for bytes that no encoding of Chinese text explains, ``Overfull`` for a table
    beyond all bounds.
    """
    text = decode(data)
    if _WHOLE_PAGE.match(text):
        return read_html(text.encode(), read_lines)
    sheet = sheet_of_text(text, suffix in (".csv", ".tsv"))
    return Document([PageLayout(None, read_lines(text) if sheet is None else sheet)], None, "text")


def decode(data: bytes) -> str:
    """Text of ``data``; raises ``NotText``."""
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise NotText("neither UTF-8, GB18030 nor UTF-16 text")


def read_lines(text: str) -> list[Block]:
    """The blocks of a text in order; raises ``Overfull``."""
    blocks: list[Block] = []
    for piece, is_table in _pieces(_without_comments(text)):
        if is_table:
            tables = sum(isinstance(b, TablePart) for b in blocks)
            blocks.extend(html_blocks(piece, read_lines, tables + 1))
        else:
            blocks.extend(_between_drawn(piece))
    for ordinal, table in enumerate((b for b in blocks if isinstance(b, TablePart)), start=1):
        for cell in table.cells:
            cell.place = cell.place or f"#{ordinal}!{a1(cell.row, cell.col)}"
    return blocks


def _without_comments(text: str) -> str:
    kept: list[str] = []
    done = 0
    while (start := text.find("<!--", done)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        kept.append(text[done:start])
        done = end + 3 + text.startswith("\n", end + 3)
    return "".join([*kept, text[done:]])


def _between_drawn(text: str) -> Iterator[Block]:
    """Blocks of a text without HTML tables: tables drawn with chars, and what stands between them."""
    lines = text.split("\n")
    done = 0
    for start, end, parts, inside in drawn_tables(lines):
        yield from _blocks("\n".join(lines[done:start]))
        if inside:
            yield from _between_drawn("\n".join(inside))
        for part in parts:
            part.cells = [replace(cell, text=_clean(_unmarked(cell.text))) for cell in part.cells]
        yield from parts
        done = end
    yield from _blocks("\n".join(lines[done:]))


def _blocks(text: str) -> list[Block]:
    if is_parted_by_blanks(text.splitlines()):
        return [*lay_out_blanks(text)]
    return _Rows().read(with_outer_pipes(text.splitlines()))


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """``text`` in order, HTML tables (``True``) apart from what stands between them; one that never ends goes on to the end."""
    depth = start = 0
    for tag in _TABLE_TAG.finditer(text):
        if not tag[1]:
            if depth == 0:
                yield text[start : tag.start()], False
                start = tag.start()
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                yield text[start : tag.end()], True
                start = tag.end()
    yield text[start:], depth > 0


class _Rows:
    """Gathers the rows of tables among the lines."""

    def __init__(self) -> None:
        self._blocks: list[Block] = []
        self._rows: list[Row] = []
        self._gaps: set[int] = set()
        self._headed = False  # a separator stands below the first row
        self._piped = False
        self._unnamed = False  # a row of blanks stands right above

    def read(self, lines: list[str]) -> list[Block]:
        blank = False
        for i, raw in enumerate(lines):
            cells = _split(raw)
            if cells is not None and _is_blank_piped(raw):
                blank, self._unnamed = True, True
            elif cells is not None:
                if blank and self._rows:
                    self._gaps.add(len(self._rows))
                if not is_separator(raw):
                    self._piped, self._unnamed = "\t" not in raw, False
                    self._rows.append(cells)
                elif self._unnamed:  # Markdown asks for a header where a table has none
                    self._flush()
                else:
                    self._head()
                blank = False
            elif not raw.strip():
                blank = True
            elif not blank and self._rows and self._is_row(raw, lines[i + 1 : i + 1 + _NEAR]):
                self._rows.append([_cell(raw)])  # it has lost all of its tabs
            else:
                self._flush()
                blank = False
                if not is_separator(raw) and not _FENCE.match(raw):
                    self._blocks.append(_line(raw))
        self._flush()
        return self._blocks

    def _head(self) -> None:
        """A separator under the last row: it heads a table, a new one if a blank line stands above a row of pipes."""
        if self._piped and len(self._rows) - 1 in self._gaps:
            header = self._rows.pop()
            self._gaps.discard(len(self._rows))
            self._flush()
            self._rows, self._piped = [header], True
        self._headed = self._headed or len(self._rows) == 1

    def _is_row(self, raw: str, below: list[str]) -> bool:
        """Is a line without a tab, right below a row, one more row: the next item, or a label right above figures?"""
        if goes_on_counting(raw, [[text for text, _ in row] for row in self._rows[-_NEAR:]]):
            return True
        for line in [raw, *below]:
            if "\t" in line:
                return holds_figures(line.split("\t"))
            if not line.strip() or len(line.strip()) > _LABEL or _CAPTION_OR_SENTENCE.search(line):
                return False
        return False

    def _flush(self) -> None:
        if self._rows:
            origin: Origin = "pipes" if self._piped else "text"
            if self._piped:
                texts = (without_fillers([text for text, _ in row], r == 0) for r, row in enumerate(self._rows))
                indents = ([indent for _, indent in row] for row in self._rows)
                self._rows = [list(zip(t, i, strict=True)) for t, i in zip(texts, indents, strict=True)]
            if self._piped and max(map(len, self._rows)) == 1:  # a box around a text
                self._blocks.extend(_line(text) for row in self._rows for text, _ in row if text)
            else:
                self._blocks.append(_table(self._rows, self._gaps, self._headed, origin))
        self._rows, self._gaps, self._headed, self._piped, self._unnamed = [], set(), False, False, False


def _unmarked(text: str) -> str:
    """Without Markdown's marks of bold type and the backslashes that it puts before its own chars."""
    return _ESCAPED.sub(r"\1", _EMPHASIS.sub(lambda m: m[1] or m[2], text))


def _clean(text: str) -> str:
    text = re.sub(r"</p>\s*<p>|<br\s*/?>", "\n", text)
    return entities.unescape(_TAG.sub("", text)).strip()


def _cell(raw: str) -> tuple[str, float]:
    """Text of a cell and its indent."""
    text = entities.unescape(_TAG.sub("", raw))
    return _clean(raw), indent_of(text) if text.strip() else 0.0


def _split(raw: str) -> Row | None:
    if "\t" in raw:
        return [_cell(cell) for cell in raw.split("\t")]
    cells = pipe_cells(raw)
    return None if cells is None else [_cell(_unmarked(cell)) for cell in cells]


def _is_blank_piped(raw: str) -> bool:
    return not raw.strip("| \r\n\u3000") and "|" in raw


def _line(raw: str) -> Line:
    match = _HEADING.match(raw.strip())
    level = len(match[1]) if match else 0
    text = match[2] if match else raw.strip()
    text = _unmarked(text)
    text = re.sub(r"^[-*]\s+", "", text)
    return Line((Chunk(_clean(text), NOWHERE),), None, None, level=level)


def _table(rows: list[Row], gaps: set[int], headed: bool, origin: Origin) -> TablePart:
    ncols = max(len(row) for row in rows)
    if ncols > MOST_FILLED or len(rows) * ncols > MOST_PLACES:
        raise Overfull(f"a table has {len(rows)} rows and {ncols} columns")
    levels = split_levels([text for text, _ in rows[0]]) if headed else None
    cells = list(levels.cells) if levels else []
    extra = levels.rows - 1 if levels else 0
    shifts = put_right([[text for text, _ in row] for row in rows], ncols)
    # a row as long as its header lost nothing, whatever a stray line below it makes of the columns
    shifts = {r: shift for r, shift in shifts.items() if len(rows[r]) != len(rows[0])}
    ncols = max([ncols, *(len(rows[r]) + shift for r, shift in shifts.items())])
    for r, row in enumerate(rows):
        if levels and r == 0:
            continue
        shift, marks = shifts.get(r, 0), ("列位修复",) if r in shifts else ()
        filled: Row = [*[("", 0.0)] * shift, *row, *[("", 0.0)] * (ncols - len(row) - shift)]
        cells.extend(
            Cell(r + extra, c, 1, 1, text, None, None, marks if text else (), indent)
            for c, (text, indent) in enumerate(filled)
        )
    moved = frozenset(g + extra for g in gaps)
    part = TablePart(None, None, [float(x) for x in range(ncols + 1)], len(rows) + extra, cells, origin, moved)
    return with_doubtful_columns(part) if origin == "pipes" else part
