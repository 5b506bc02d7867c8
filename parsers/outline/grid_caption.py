"""What the leading rows of a grid say of the table: title, number, organisation and measure, drawn inside its rulings."""

from __future__ import annotations

from extract.paper.model import PAPERLESS, Cell, TablePart
from parsers.outline.above import is_furnishing
from parsers.outline.captions import (
    Caption,
    clean_title,
    find_unit,
    is_plain_title,
    is_title,
    parse_number,
    read_caption,
)
from parsers.text import key


def inner_caption(table: TablePart) -> Caption:
    """What the caption rows inside a grid say: title, number, organisation, measure."""
    cells = [c for row in range(caption_rows(table)) for c in _texts(table, row)]
    caption = read_caption([c.text.replace("\n", "") for c in cells])
    if not caption.title:
        plain = (c for c in cells if _is_plain_title_cell(c, table, caption.number is not None))
        caption.title = next((clean_title(c.text.replace("\n", "")) for c in plain), None)
    return caption


def caption_rows(table: TablePart) -> int:
    """How many leading rows of ``table`` are caption, not header: one to three texts over the width, before the header."""
    count = 0
    for row in range(min(table.nrows, 5)):
        cells = _texts(table, row)
        if not cells:
            if row != count:
                break
            count += 1 if _is_caption_row(table, row + 1) else 0
            continue
        if not _is_caption_row(table, row):
            break
        count = row + 1
    return count


def _is_caption_row(table: TablePart, row: int) -> bool:
    cells = _texts(table, row)
    return 0 < len(cells) <= 3 and all(_is_caption_text(c, table) for c in cells)


def _texts(table: TablePart, row: int) -> list[Cell]:
    """The cells of a row that hold text, left to right."""
    return sorted((c for c in table.cells if c.row == row and c.text), key=lambda c: c.col)


def _is_caption_text(cell: Cell, table: TablePart) -> bool:
    text = cell.text.replace("\n", "")
    if find_unit(text) and len(key(text)) < 40 and key(text).find("单位") >= 0:
        return True
    if read_caption([text]).organisation or parse_number(text):
        return True
    return (_is_wide(cell, table) and is_title(text)) or _is_plain_title_cell(cell, table, False)


def _is_wide(cell: Cell, table: TablePart) -> bool:
    return cell.colspan >= max(2, 0.6 * (len(table.xs) - 1)) or table.origin in PAPERLESS


def _is_plain_title_cell(cell: Cell, table: TablePart, numbered: bool) -> bool:
    """A title without the word 表 fills a row of the grid above its header, alone."""
    alone = len(_texts(table, cell.row)) == 1 and cell.row < 3 and len(table.xs) > 2
    text = cell.text.replace("\n", "")
    return alone and _is_wide(cell, table) and not is_furnishing(text) and is_plain_title(text, numbered)
