"""Where the header of a table ends: by the spans of its cells, then by what stands beneath, then by its words."""

from __future__ import annotations

import regex

from extract.paper.model import Cell, Table
from parsers.amounts_table.periods import is_place
from parsers.numbers import is_figure
from parsers.specs.codebook import ECONOMIC, family_of
from parsers.specs.columns import column_words
from parsers.specs.loader import Vocabulary, vocabulary
from parsers.text import ORDINAL, is_total, key

_YEAR_FIRST = regex.compile(r"^20\d\d(年|$)")
_SMALL = regex.compile(r"^\d{1,2}$")
_CODE = regex.compile(r"^\d{3}(\d\d){0,3}$")
_ORDER_NUMBERS = regex.compile(r"^\d{1,2}(=.*)?$|^[（(]?\d{1,2}[)）]?$|^栏次$|^\d=[\d+\-]+$")
_FORMULA = regex.compile(r"^[A-Z](=[A-Z]([-+*/][A-Z])*)?$|^(公式|栏次|公式栏次)$")  # A=B+C, B, C
_PARTS = frozenset(("类", "款", "项", "合计"))
_FILLER = regex.compile(r"^[*＊]+$|^[-—]+$")  # in a row of column numbers, over columns without one
_DASH = regex.compile(r"^[-—/\\*…]+$")
_WRITTEN = regex.compile(r"[\p{Han}A-Za-z]")
_MAX_HEADER = 8
_MAX_SPANNED = 14  # rows: a first cell that spans further heads rows of the body
_LEAST_CODES = 3  # in a row of the header
_LEAST_FIGURES = 0.6  # share of a column's cells that makes it one of figures


def header_rows(table: Table, first: int) -> int:
    """Index of the first body row, given that rows before ``first`` are caption.

    The header reaches at least as far down as a cell of its first row does; it goes on where words stand over
    columns of figures, and where its words are the vocabulary's.
    """
    words = vocabulary()
    matrix = table.matrix()
    figures = _figure_columns(table, first)
    end = first
    spanned = _span_of_first_row(table, first)
    for r in range(first, min(len(table.rows), first + _MAX_SPANNED)):
        cells = [c for c in table.rows[r].cells if c.text]
        if r >= spanned and r - first >= _MAX_HEADER:
            break
        if not cells:
            if r > first and any(_covers(c, r) for row in table.rows[first:r] for c in row.cells):
                end = r + 1
                continue
            break
        inside = r < spanned and not _holds_figures(cells)
        if not (
            inside
            or is_order_row(table, r)
            or _is_header_row(cells, words, matrix[r], r - first)
            or _heads_figures(cells, figures, r - first)
        ):
            break
        end = r + 1
    if end == first and _heads_amounts(table, first):
        return first + 1
    return max(end, first)


def _span_of_first_row(table: Table, first: int) -> int:
    """The row after the last that a cell of the header's first row spans into; ``first`` where it is one row high."""
    if first >= len(table.rows) or all(c.rowspan == 1 for c in table.rows[first].cells if c.text):
        return first
    reach = max((c.row + c.rowspan for c in table.rows[first].cells if c.text), default=first + 1)
    return reach if reach - first <= _MAX_SPANNED else first + 1


def _holds_figures(cells: list[Cell]) -> bool:
    """Does an amount stand here?  Years and numbers of order are none."""
    return any(
        is_figure(t) and not _YEAR_FIRST.match(t) and not _ORDER_NUMBERS.match(t) for t in (key(c.text) for c in cells)
    )


def _figure_columns(table: Table, first: int) -> set[int]:
    """Columns whose cells are mostly figures, below the first row."""
    figures: dict[int, int] = {}
    filled: dict[int, int] = {}
    for r in range(first + 1, len(table.rows)):
        if table.rows[r].repeated or is_order_row(table, r):
            continue
        for cell in table.rows[r].cells:
            text = key(cell.text)
            if not text or _DASH.match(text):
                continue
            filled[cell.col] = filled.get(cell.col, 0) + 1
            if is_figure(text) or text.endswith("%"):
                figures[cell.col] = figures.get(cell.col, 0) + 1
    return {c for c, n in figures.items() if n >= 2 and n >= _LEAST_FIGURES * filled[c]}


def _heads_figures(cells: list[Cell], figures: set[int], depth: int) -> bool:
    """Do words stand over columns of figures, and no figure beside them?"""
    if _holds_figures(cells) or any(_CODE.match(key(c.text)) for c in cells):
        return False
    over = [c for c in cells if any(c.col <= f < c.col + c.colspan for f in figures)]
    written = [c for c in over if _WRITTEN.search(c.text) or _YEAR_FIRST.match(key(c.text))]
    if not written or len(written) < len(over):
        return False
    if len(written) == 1 and written[0].colspan == 1 and len(figures) > 1 and depth:
        return False  # a remark in one column of figures is no header
    return not any(ORDINAL.match(c.text) for c in cells if c not in over)


def _heads_amounts(table: Table, first: int) -> bool:
    """Is the first row, of words that the vocabulary lacks, a header all the same: words above amounts?"""
    rows = [row for row in table.rows[first:] if any(c.text for c in row.cells)]
    if len(rows) < 3:
        return False
    words = {c.col: c.text for c in rows[0].cells if c.text}
    if len(words) < 2 or any(is_figure(t) or ORDINAL.match(t) or is_total(t) for t in words.values()):
        return False
    amounts = {c.col for row in rows[1:] for c in row.cells if is_figure(c.text)}
    return bool(amounts) and amounts <= set(words)


def _covers(cell: Cell, row: int) -> bool:
    return bool(cell.text) and cell.row + cell.rowspan > row


def _is_header_row(cells: list[Cell], words: Vocabulary, line: list[Cell | None], depth: int) -> bool:
    texts = [key(c.text) for c in cells]
    orders = sum(bool(_ORDER_NUMBERS.match(t)) for t in texts)
    beside = sum(t in _PARTS or t == "栏次" for t in texts if not _ORDER_NUMBERS.match(t))
    if len(texts) > 1 + bool(beside) and orders + beside == len(texts) and _rise_from_one(texts):
        return True
    if depth and _is_codes_of_columns(texts):
        return True
    plain = [t for t in texts if not _YEAR_FIRST.match(t)]
    if any(is_figure(t) or _CODE.match(t) for t in plain):
        return False
    if any(ORDINAL.match(c.text) for c in cells):
        return False
    filled = [c for c in line if c is not None and c.text]
    if len(cells) == 1 and depth and is_total(texts[0]) and len({(c.row, c.col) for c in filled}) == 1:
        return False
    good = sum(bool(words.header_word.match(t) or words.code.match(t) or words.name.match(t)) for t in texts)
    places = sum(is_place(t) for t in texts)
    good += places if places >= column_words().least_places else 0
    if len(cells) == 1 and depth == 0:
        return good == 1
    return good >= 0.5 * len(texts) and (depth > 0 or len(texts) > 1)


def _rise_from_one(texts: list[str]) -> bool:
    """Are the plain numbers those of columns, not small amounts (合计 60 55 20)?"""
    numbers = [int(t) for t in texts if _SMALL.match(t)]
    return not numbers or (numbers[0] <= 1 and all(a < b for a, b in zip(numbers, numbers[1:], strict=False)))


def _is_codes_of_columns(texts: list[str]) -> bool:
    """合计 501 502 503 …: the codes of the economic classes that the columns are headed with."""
    codes = [t for t in texts if not is_total(t)]
    families = {family_of(t) for t in codes}
    rising = all(a < b for a, b in zip(codes, codes[1:], strict=False))
    return len(codes) >= _LEAST_CODES and len(families) == 1 and families <= {*ECONOMIC} and rising


def is_order_row(table: Table, row: int) -> bool:
    """A 栏次 row: column numbers 1 2 3 or letters with their sums, A=B+C, B, C; no amounts."""
    printed = [c.text for c in table.rows[row].cells if c.text]
    if len(printed) < 2 or max(map(len, printed)) > 48:
        return False
    texts = [key(t) for t in printed]
    if _FORMULA.match(texts[0]) and all(map(_FORMULA.match, texts)):
        return True
    numbers: list[int] = []
    for text in texts:
        if len(text) > 24 or not (_ORDER_NUMBERS.match(text) or _FILLER.match(text) or text in _PARTS):
            return False  # as of most rows the first text tells
        if _SMALL.match(text):
            numbers.append(int(text))
    return len(numbers) > 1 and all(b - a == 1 for a, b in zip(numbers, numbers[1:], strict=False))


def repeated_header_rows(table: Table, first: int, end: int) -> set[int]:
    """Rows of the body that print the header again, a 栏次 row of it too, wherever a page begins.

    The header is known by the words of its rows; a row that holds none but those, over two cells at least, is one.
    """
    header = [{key(c.text) for c in table.rows[r].cells if c.text} for r in range(first, end)]
    known = set().union(*header) if header else set()
    found: set[int] = set()
    for r in range(end, len(table.rows)):
        texts = [key(c.text) for c in table.rows[r].cells if c.text]
        if not texts or table.rows[r].repeated:
            continue
        again = len(texts) > 1 and all(t in known and _WRITTEN.search(t) for t in texts)
        after = r - 1 in found or (r > end and table.rows[r - 1].repeated) or r <= end + 1
        if again or (after and is_order_row(table, r)):
            found.add(r)
    return found
