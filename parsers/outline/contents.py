"""Contents pages: what tables they promise, and how to know a grid of names and page numbers from one of amounts."""

from __future__ import annotations

from collections.abc import Iterable

import regex

from extract.paper.model import Box, Cell, Chunk, Line, TablePart
from parsers.outline.captions import Caption, is_contents_line, parse_number, read_caption
from parsers.text import key

_AMOUNT = regex.compile(r"\d[\d,]*\.\d+|\d{1,3}(,\d{3})+")
_CONTENTS = regex.compile(r"^目录$|^目录(?=一、|\d|第)")
_LEADERS = regex.compile(r"[.…·]{2,}|…")
_ENTRY = regex.compile(r"^(?P<title>.*\p{Han}.*?)[\s.…·_]*[(\-—]*(?P<page>\d{1,4})[)\-—]*$")
_ROW_ORDINAL = regex.compile(r"^\s*\d{1,3}\s*(?=20\d\d\s*(?:年|-)|\p{Han})")
_NUMBER_BEHIND = regex.compile(r"[(（]\s*(?P<number>附?表\s*[\d一二三四五六七八九十-]{1,5})\s*[)）]\s*$")
_NO_NAME = regex.compile(r"[\d\s().…·-]+")
_LEAST = 3  # names that make a list


def names_contents(text: str) -> bool:
    """Is the text the heading of a contents page?"""
    return bool(_CONTENTS.match(key(text)))


def is_contents(table: TablePart, under_heading: bool) -> bool:
    """Is a grid a list of names and page numbers?

    ``under_heading``: it stands on a page headed 目录, or on the next page of such a list.
    """
    rows = contents_rows(table)
    if under_heading and _mostly_leaders(rows):
        return True
    texts = [c.text for c in table.cells if c.text]
    without_amounts = not any(_AMOUNT.search(key(t)) for t in texts)
    # most grids hold amounts and stand under no such heading: their names need no reading
    names = sum(1 for row in rows if is_contents_line(_name(row))) if without_amounts or under_heading else 0
    if without_amounts and names >= 4 and names >= 0.4 * len(texts):
        return True
    several = sum(len(row) > 1 for row in rows)
    leaders = sum(bool(_LEADERS.search(t)) for row in rows for t in row)
    if leaders < max(1, 0.5 * several) and not (under_heading and names >= 0.3 * len(rows)):
        return False
    pages = [int(m["page"]) for row in rows if len(row) > 1 and (m := _ENTRY.match(key(" ".join(row))))]
    return bool(pages) and pages == sorted(pages) and len(pages) >= 0.8 * several


def contents_rows(table: TablePart) -> list[list[str]]:
    """Printed rows of a list; a list drawn as one row of cells that hold many lines each is taken apart."""
    rows = [[c.text for c in row if c.text] for row in _grid_rows(table)]
    rows = [row for row in rows if row]
    if len(rows) == 1 and len(rows[0]) > 1:
        columns = [text.split("\n") for text in rows[0]]
        most = max(len(c) for c in columns)
        return [[c[i - most + len(c)] for c in columns if i - most + len(c) >= 0] for i in range(most)]
    lines = [[line] for row in rows for text in row for line in text.split("\n")]
    if len(lines) >= _LEAST * len(rows) and _mostly_leaders(lines):
        return lines
    return [[text.replace("\n", "") for text in row] for row in rows]


def _mostly_leaders(rows: list[list[str]]) -> bool:
    """Do dots lead to a page in most rows?  A name of two lines has them on the second."""
    return 3 * sum(any(_LEADERS.search(text) for text in row) for row in rows) >= len(rows) >= _LEAST


def _grid_rows(table: TablePart) -> list[list[Cell]]:
    rows: list[list[Cell]] = [[] for _ in range(table.nrows)]
    for cell in sorted(table.cells, key=lambda c: c.col):
        rows[cell.row].append(cell)
    return rows


def _name(row: list[str]) -> str:
    return _ROW_ORDINAL.sub("", " ".join(t for t in row if not _NO_NAME.fullmatch(t)))


def contents_captions(table: TablePart) -> list[Caption]:
    """Tables that a list drawn as a grid names."""
    captions = (listed_caption(_name(row)) for row in contents_rows(table))
    return [caption for caption in captions if caption is not None]


def contents_lines(table: TablePart) -> list[Line]:
    """The rows of a list as lines."""
    box = table.bbox or Box(0, 0, 0, 0)
    return [
        Line(tuple(Chunk(text, box) for text in row), table.page, table.bbox) for row in contents_rows(table) if row
    ]


def listed_caption(text: str) -> Caption | None:
    """The table that a line of a contents page names; ``None`` for any other line."""
    behind = _NUMBER_BEHIND.search(text)
    bare = is_contents_line(text[: behind.start()] if behind else text)
    if not bare:
        return None
    numbered = parse_number(bare)
    caption = read_caption([bare])
    if numbered and numbered[1]:
        caption.number, caption.title = numbered
    if behind:
        caption.number = key(behind["number"])
    return caption if caption.title else None


def listed_captions(lines: Iterable[Line], last_page: int | None) -> list[Caption]:
    """Names that stand in a list of at least three, up to ``last_page``."""
    found: list[Caption] = []
    together: list[Caption] = []
    for line in lines:
        if last_page is not None and line.page is not None and line.page > last_page:
            break
        caption = listed_caption(line.text.replace("\t", " "))
        bare = key(line.text)
        if caption:
            together.append(caption)
        elif together and _NO_NAME.fullmatch(bare):
            continue  # the dots and the page of a name that fills its line
        elif together and bare.startswith("(") and _LEADERS.search(line.text):
            together[-1].title = f"{together[-1].title}{_LEADERS.split(bare)[0]}"
        elif together:
            found.extend(together if len(together) >= _LEAST else [])
            together = []
    return found + (together if len(together) >= _LEAST else [])
