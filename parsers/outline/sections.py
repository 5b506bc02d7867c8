"""Part a document into captioned tables, notes and the list of tables its contents promise.

A caption is read backwards from each table: whatever stands above no table opens none, so contents pages and
narrative items need no rule of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import regex

from extract.paper.model import (
    Box,
    Chunk,
    Document,
    Line,
    PageLayout,
    TablePart,
    compact,
    same_columns,
)
from parsers.forms.shape import project_named
from parsers.numbers import parse_amount
from parsers.outline.above import AboveLine, lines_above
from parsers.outline.bodiless import Bodiless, bodiless
from parsers.outline.captions import (
    Caption,
    clean_title,
    find_unit,
    is_plain_title,
    is_title,
    parse_number,
    read_caption,
)
from parsers.outline.contents import (
    contents_captions,
    contents_lines,
    is_contents,
    listed_captions,
    names_contents,
)
from parsers.outline.facing import over, widened
from parsers.outline.grid_caption import inner_caption
from parsers.outline.notes import declares_empty
from parsers.specs.loader import vocabulary
from parsers.text import CONTINUED, key, strip_ordinal

_LOOK_BACK = 7  # lines above a table that may belong to its caption


@dataclass(slots=True)
class Section:
    """One captioned table with its parts in order and the lines that follow it."""

    caption: Caption
    tables: list[TablePart] = field(default_factory=list)
    between: list[tuple[int, Line]] = field(default_factory=list)  # (number of tables before it, line)
    after: list[Line] = field(default_factory=list)
    above: list[Line] = field(default_factory=list)  # the lines of which the caption was read
    left: dict[int, TablePart] = field(default_factory=dict)  # the left page alone, of parts set over two pages
    downwards: bool = False  # the left pages of all parts stand before the right ones

    def printed(self, index: int) -> TablePart:
        """A part as its first page prints it."""
        return self.left.get(index % len(self.tables), self.tables[index])

    def notes(self) -> list[str]:
        """Notes printed below the table: 注 and declarations that it is empty."""
        words = vocabulary()
        found = []
        for line in self.after[:6]:
            bare = key(line.text)
            if words.note.search(bare) or (len(bare) < 80 and declares_empty(bare)):
                found.append(compact(line.text))
            elif len(found) == 0 and len(bare) > 40:
                break
        return found


@dataclass(slots=True)
class Segmented:
    sections: list[Section]
    listed: list[Caption]  # what contents lists name, in order
    lines: list[Line]  # every line outside tables
    bodiless: list[Bodiless] = field(default_factory=list)  # names under which no table stands


def segment(document: Document) -> Segmented:
    """Walk the blocks in reading order; see the module's docstring."""
    sections: list[Section] = []
    listed: list[Caption] = []
    lines: list[Line] = []
    pending: list[Line] = []
    page_turned = False
    listing = False  # on a contents page, or on the next page of one
    for content in document.pages:
        page_turned = True
        headed = _has_contents_heading(content) or listing
        listing = False
        for block in content.blocks:
            if isinstance(block, Line):
                if not block.furniture:
                    pending.append(block)
                    lines.append(block)
                continue
            if _is_frame(block):
                pending.extend(_as_lines(block))
                continue
            if is_contents(block, headed):
                listing = True
                listed.extend(contents_captions(block))
                pending.extend(contents_lines(block))
                continue
            if not any(cell.text for cell in block.cells) and not _goes_on(sections, block, pending):
                continue  # the strokes of a chart
            _place(block, pending, sections, page_turned)
            pending = []
            page_turned = False
        page_turned = True
    if sections:
        sections[-1].after.extend(pending)
    listed.extend(listed_captions(lines, sections[0].tables[0].page if sections else None))
    return Segmented(sections, listed, lines, _without_tables(sections, lines))


def _without_tables(sections: list[Section], lines: list[Line]) -> list[Bodiless]:
    """Names of tables under which no table stands; they and what follows them are no notes of the table above."""
    first = sections[0].above[:1] if sections else []
    lead = lines[: next((i for i, line in enumerate(lines) if line is first[0]), 0)] if first else []
    empty = bodiless(lead if sections else lines)[1]
    for section in sections:
        section.after, found = bodiless(section.after)
        empty.extend(found)
    return empty


def _has_contents_heading(page: PageLayout) -> bool:
    """Do the first lines of a page, or the first cell of its first table, say 目录?"""
    for block in page.blocks[:4]:
        first = block.text if isinstance(block, Line) else next((c.text for c in block.cells if c.text), "")
        if names_contents(first):
            return True
    return False


def _place(table: TablePart, pending: list[Line], sections: list[Section], page_turned: bool) -> None:
    current = sections[-1] if sections else None
    caption, start = _outer_caption(pending, table)
    inner = inner_caption(table)
    if inner.opens:
        caption.number = inner.number or caption.number
        caption.title = inner.title or caption.title
    caption.unit = inner.unit or caption.unit
    caption.organisation = inner.organisation or caption.organisation
    notes = pending[:start] if caption.opens else pending
    if current and _is_other_half(current, caption) and _is_right_page(current, table, notes):
        return
    if current and not _starts_another_form(current, table):
        if (not caption.opens and _continues(current, table, pending, page_turned)) or (
            caption.opens and _printed_again(current, caption, table)
        ):
            current.tables.append(table)
            return
        if not caption.number and _is_subheading(caption, pending):
            current.between.extend((len(current.tables), line) for line in pending)
            current.tables.append(table)
            return
    if current and not caption.opens and _is_second_table(current, table, pending):
        caption.number, caption.title = current.caption.number, current.caption.title
    if current:
        current.after.extend(pending[:start])
    sections.append(Section(caption, [table], above=pending[start:]))


def _is_other_half(current: Section, caption: Caption) -> bool:
    """Has a page no caption but that of the table that goes on?"""
    return caption.title in (current.caption.title, None) and caption.number in (current.caption.number, None)


def _is_right_page(current: Section, table: TablePart, pending: list[Line]) -> bool:
    """Add the columns that a page goes on with to the rows of a former one; notes may stand under its left half.

    That is the page before, or where a sheet was printed downwards first, each of its pages in their order.
    """
    end = len(current.tables) - 1
    place = end if len(current.left) >= end else len(current.left)
    last = current.tables[place]
    notes = [line for line in pending if not _is_furnishing(line)]
    if any(line.page != last.page for line in notes):
        return False
    both = widened(last, table) if place == end and not current.downwards else over(current.tables, place, table)
    if both is None:
        return False
    current.downwards = place < end or current.downwards
    current.left.setdefault(place, last)
    current.tables[place] = both
    current.after.extend(notes)
    return True


def _is_second_table(current: Section, table: TablePart, pending: list[Line]) -> bool:
    """Two tables stand under one caption: the second right below the first, of other columns, its rows named."""
    last = current.tables[-1]
    names = {c.row for c in table.cells if c.col == 0 and regex.search(r"\p{Han}", c.text)}
    beside = table.page is not None and table.page == last.page
    return beside and len(names) > 2 and all(_is_furnishing(line) for line in pending)


def _starts_another_form(current: Section, table: TablePart) -> bool:
    """Pages of labels and values look alike: one that names another project is another form."""
    project = project_named(table.cells)
    if project is None:
        return False
    before = (project_named(part.cells) for part in current.tables)
    return any(name is not None and name != project for name in before)


def _goes_on(sections: list[Section], table: TablePart, pending: list[Line]) -> bool:
    return bool(sections) and _continues(sections[-1], table, pending, False)


def _continues(current: Section, table: TablePart, pending: list[Line], page_turned: bool) -> bool:
    """A table without a name right behind another one of the same width is the same table."""
    if any(not _is_furnishing(line) for line in pending):
        return False
    last = current.tables[-1]
    if table.origin == "text":
        return last.origin == "text"
    return same_columns(last, table) or (page_turned and len(table.xs) == len(last.xs))


def _is_furnishing(line: Line) -> bool:
    bare = key(line.text)
    return bool(find_unit(line.text) or CONTINUED.search(bare) or len(bare) <= 2)


def _printed_again(current: Section, caption: Caption, table: TablePart) -> bool:
    """The caption of a long table is printed on each of its pages, its number only on the first or on all of them."""
    title = CONTINUED.sub("", caption.title or "") or None
    again = title != caption.title
    if title != current.caption.title or caption.number not in (current.caption.number, None):
        return False
    last = current.printed(-1)
    if again:
        return len(table.xs) == len(last.xs)
    if table.page == last.page:
        return False
    first, now = _first_row(current.printed(0)), _first_row(table)
    if first == now:
        return same_columns(last, table) or len(table.xs) == len(last.xs)
    without_header = sum(parse_amount(text) is not None for text in now) >= max(1, len(now) - 2)
    return without_header and len(table.xs) == len(last.xs) and _follows(last, table)


def _follows(last: TablePart, table: TablePart) -> bool:
    return last.page is not None and table.page is not None and table.page - last.page == 1


def _first_row(table: TablePart) -> list[str]:
    for row in range(min(table.nrows, 4)):
        texts = [key(c.text) for c in table.cells if c.row == row and c.text]
        if len(texts) > 1:
            return texts
    return []


_SUBHEADING = regex.compile(r"^(长期|年度|中长?期)绩效(目标|指标)表?$|^项目(采购|支出明细测算|绩效总目标)$")


def _is_subheading(caption: Caption, pending: list[Line]) -> bool:
    """``年度绩效目标表`` between two grids of a form opens a part of it, not a table."""
    return bool(caption.title and _SUBHEADING.match(key(caption.title)) and len(pending) <= 3)


def _outer_caption(pending: list[Line], table: TablePart) -> tuple[Caption, int]:
    """The caption that the lines above a table make, and the index of its first line in ``pending``."""
    rows = lines_above(pending, table, _LOOK_BACK + 2)
    start = _caption_start(rows)
    caption = read_caption([part for row in rows[start:] for part in row.parts])
    if not caption.title:
        at = _plain_title_row(rows, table, caption)
        if at is not None:
            start = min(start, at)
            caption = read_caption([part for row in rows[start:] for part in row.parts])
            caption.title = clean_title(rows[at].parts[-1])
    return caption, rows[start].first if start < len(rows) else len(pending)


def _caption_start(rows: list[AboveLine]) -> int:
    """Index of the first line of the caption among the lines above a table."""
    start = len(rows)
    for i in range(len(rows) - 1, max(-1, len(rows) - 1 - _LOOK_BACK), -1):
        text = rows[i].text
        bare = key(text)
        if len(bare) > 90 or bare.endswith(("。", "；", ";")):
            break
        start = i
        numbered = parse_number(text) or next((n for part in rows[i].parts if (n := parse_number(part))), None)
        if numbered:
            named = numbered[1] or any(is_title(part) for part in rows[i].parts)
            below = any(is_title(part) for row in rows[i + 1 :] for part in row.parts)
            if i and not named and not below and _bare_title(rows[i - 1].text):
                start = i - 1
            break
        if is_title(text) and (i == 0 or not _above_belongs(rows[i - 1], rows[i])):
            break
    return start


def _bare_title(text: str) -> bool:
    """A title without a number of its own, as it stands above 公开01表."""
    return is_title(text) and not parse_number(text)


def _above_belongs(above: AboveLine, title: AboveLine) -> bool:
    """Is the line above a title its number or its first half?"""
    if any(parse_number(part) for part in (above.text, *above.parts)) and len(key(above.text)) < 60:
        return True
    return len(key(title.text)) <= 8 and not is_title(above.text) and len(key(above.text)) <= 40


def _plain_title_row(rows: list[AboveLine], table: TablePart, caption: Caption) -> int | None:
    """The line that names a table without the word 表: nothing but measure and the like between it and the table."""
    for i in range(len(rows) - 1, -1, -1):
        if rows[i].furnishing:
            continue
        text = rows[i].parts[-1]
        placed = _is_centred(rows[i], table) or (rows[i].box is None and text == strip_ordinal(text))
        ok = placed and len(rows[i].parts) == 1 and is_plain_title(text, caption.number is not None)
        return i if ok else None
    return None


def _is_centred(row: AboveLine, table: TablePart) -> bool:
    if row.box is None or table.bbox is None or row.page != table.page:
        return False
    width = table.xs[-1] - table.xs[0]
    return (
        abs(row.box.x_mid - (table.xs[0] + table.xs[-1]) / 2) <= 0.1 * width and row.box.x1 - row.box.x0 < 1.05 * width
    )


def _is_frame(table: TablePart) -> bool:
    """A drawn box around text is no table."""
    return len(table.cells) <= 1 and table.origin == "ruled"


def _as_lines(table: TablePart) -> list[Line]:
    box = table.bbox or Box(0, 0, 0, 0)
    return [
        Line((Chunk(part, box),), table.page, table.bbox)
        for cell in table.cells
        for part in cell.text.split("\n")
        if part
    ]
