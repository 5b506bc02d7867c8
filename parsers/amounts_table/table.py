"""From a stitched table to amounts, each in its row and column: one value for each cell of a measure column."""

from __future__ import annotations

from collections.abc import Iterable

from extract.paper.model import Cell, Table
from parsers.amounts_table.codes import printed_code
from parsers.amounts_table.columns import find_columns
from parsers.amounts_table.header import header_rows, is_order_row, repeated_header_rows
from parsers.amounts_table.levels.across import settle_totals_across
from parsers.amounts_table.levels.settle import settle_levels
from parsers.amounts_table.periods import read_title
from parsers.amounts_table.places import settle_places
from parsers.amounts_table.rows import RowReader, amount_of, panels_of, restore_trimmed, settle_direction
from parsers.amounts_table.schemes import settle_schemes
from parsers.amounts_table.sides import settle_sections
from parsers.numbers import parse_amount, reading_marks
from parsers.outline.notes import declares_empty
from parsers.specs.loader import Spec, vocabulary
from parsers.text import is_total, join_printed, key, strip_ordinal
from parsers.values import TOTAL, Column, Parsed, Row, TableContext

UNKNOWN = "未识别表"
UNCLAIMED = "列头未识别"


def read_amounts(table: Table, first: int, spec: Spec | None, context: TableContext) -> Parsed:
    """Read a table whose body starts after ``first`` caption rows and a header that is found here."""
    result = Parsed()
    end = header_rows(table, first)
    columns = result.columns = find_columns(table, first, end, context, spec)
    title = read_title(context.title or "")
    panels = panels_of(columns, spec, context, title.direction)
    again = repeated_header_rows(table, first, end)
    dataset = spec.dataset if spec else UNKNOWN
    if spec:
        result.unmapped = [c for p in panels for c in p.measures if c.path and not c.known]
    reader = RowReader(table, context, spec, {})
    read: list[list[Row]] = [[] for _ in panels]
    for r in range(end, len(table.rows)):
        row = table.rows[r]
        texts = [c for c in row.cells if c.text]
        if row.repeated or not texts or r in again:
            continue
        if _take_note(texts, result):
            continue
        result.body_rows += 1
        result.row_numbers[r] = result.body_rows
        for k, panel in enumerate(panels):
            made = reader.read(r, result.body_rows, panel)
            if made is not None:
                read[k].append(made)
                for amount in made.amounts:
                    if amount.cell is not None:
                        result.claim(amount.cell)
    for panel, rows in zip(panels, read, strict=True):
        if not (spec and spec.undirected):
            settle_direction(rows, panel)
            settle_sections(rows)
        settle_places(rows)
        settle_schemes(rows)
        _doubt_nameless_totals(rows)
        restore_trimmed(a for row in rows for a in row.amounts)
        settle_levels(rows)
    settle_totals_across(read)
    for rows in read:
        for made in rows:
            result.add(dataset, context, made)
    _claim_labels(table, columns, end, again, result)
    return result


def _claim_labels(table: Table, columns: list[Column], end: int, again: set[int], result: Parsed) -> None:
    """Header, codes, names and 行次 numbers have their place; they are not amounts that went missing."""
    for r in (*range(end), *again):
        for cell in table.rows[r].cells:
            result.claim(cell)
    matrix = table.matrix()
    for column in columns:
        if column.role != "measure":
            for line in matrix[end:]:
                for cell in line[column.col : column.col + column.width]:
                    if cell is not None:
                        result.claim(cell)


def _take_note(texts: list[Cell], result: Parsed) -> bool:
    """A note inside the grid (注：…, 此表为空) is no row of data."""
    if len(texts) > 2 or any(parse_amount(c.text) is not None or printed_code(c.text) for c in texts):
        return False
    joined = key("".join(c.text for c in texts))
    if vocabulary().note.search(joined) or (declares_empty(joined) and not is_total(joined)):
        result.notes.append("".join("".join(c.text.split()) for c in texts))
        return True
    return False


def _doubt_nameless_totals(rows: list[Row]) -> None:
    """A row without a name is the total where it is the only one of its kind, else a row whose name is lost."""
    totals = [row for row in rows if row.level == TOTAL]
    if len(totals) > 1:
        for row in totals:
            if row.name is None:
                row.level, row.leaf = None, True


def add_leftovers(table: Table, first: int, context: TableContext, result: Parsed) -> int:
    """Amounts that no column claimed go to 未识别表: nothing that looks like money is dropped.  Returns their count."""
    numbers = dict(result.row_numbers)
    count = 0
    for index, line in enumerate(table.rows):
        if index < first or line.repeated or is_order_row(table, index):
            continue
        left = [c for c in line.cells if not result.is_claimed(c) and _is_number(c.text)]
        if not left:
            continue
        number = numbers.setdefault(index, max((result.body_rows, *numbers.values())) + 1)
        label = next((c for c in line.cells if c.text and parse_amount(c.text) is None), None)
        row = Row(number, name=strip_ordinal(join_printed(label.text)) if label else None, leaf=False)
        taken: set[int] = set()
        for cell in left:
            column = _column_of(cell, result.columns, taken, table.ncols)
            taken.add(column.number)
            row.amounts.append(amount_of(row, column, cell, context, (UNCLAIMED,)))
        result.add(UNKNOWN, context, row)
        count += len(left)
    return count


def _is_number(text: str) -> bool:
    """A number, or what would be one if it were printed rightly."""
    return parse_amount(text) is not None or bool(reading_marks(text))


def _column_of(cell: Cell, columns: Iterable[Column], taken: set[int], ncols: int) -> Column:
    """A column without a meaning, numbered by the printed column that the cell stands under."""
    under = next((c.number for c in columns if c.col <= cell.col < c.col + c.width and c.role != "measure"), None)
    if under is None or under in taken:  # under a measure another amount of the row stands already
        under = ncols + 1 + cell.col
    return Column(under, cell.col, cell.colspan, (), "measure")
