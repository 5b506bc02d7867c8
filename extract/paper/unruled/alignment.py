"""Tables without rulings: rows and columns from the alignment of chunks.

A block of lines is taken for a table when at least four of its lines hold amounts that stand under one another.
Everything else stays a line.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from extract.paper.geometry import cluster, join_spans, overlap
from extract.paper.model import Box, Cell, Chunk, Line, Ruling, TablePart, compact, union
from extract.paper.numbers import (
    begins_amount,
    begins_item,
    counted,
    follows_ordinal,
    has_ordinal,
    is_amount,
    is_measure,
    is_pointed,
)
from extract.paper.ruled.cells import indent_of
from extract.paper.unruled.header_match import HeaderWord, header_words, with_headers
from extract.paper.unruled.header_words import header_cells
from extract.paper.unruled.placed import Placed, Span, extent, height_of, joined, placed_in, text_of
from extract.paper.unruled.row_cuts import Stack, row_cuts

_DIGITS_THEN_NAME = re.compile(r"^(\d{2,})([\u4e00-\u9fff].*)$")
# what is printed over a table, of any publisher: 表1, 公开01表, 收支总表（试行）, 编制单位：, 日期：
_CAPTION = re.compile(
    r"表\s*(([（(][^（）()]*[）)]\s*){1,3}|[\d一二三四五六七八九十-]{1,5})?$|^\s*[附续]?表|(单位|部门|日期|时间)[^：:]{0,8}[：:]"
)
_PROSE = re.compile(r"[。；]|[，、：]$|，.{60}|.{60}，")
_PUNCTUATED = re.compile(r"[。；，、]")
ALIGNED = "按对齐成格"  # mark of a cell that no ruling bounds: which column it stands in is our judgement
_ENDS = frozenset("0123456789)）")
_LEAST_ROWS = 4
_MOST_HEADER = 20  # lines
_MOST_WORDS = 400  # of a header
_MOST_SENTENCES = 0.2  # of the lines of a body
_MOST_COLUMNS = 100
_LARGER = 1.15  # than the body's: the size of a title's letters
_ROW_GAP = 5.0  # line heights: a wider white band ends a table
_WRAPPED_WORD = 1.6  # times a header word: as wide may its second line be
_RULED = 0.6  # of a table's width: so long are the rulings of its rows
_ALL_RULED = 0.9  # of its rows: then every one of them is ruled
_SAME_EDGE = 0.4  # line heights: amounts whose edges differ by less stand under one another
_SAME_MIDDLE = 2.0  # points: letters of a word that is set letter under letter differ by less
_SHARED = 0.01  # points: chunks that share no more of their width may stand in two columns
_SAME_ROWS = 1.1  # of the distance between rows: no further below them stands one more
_CODE_SLACK = 2.0  # points
_LEAST_NAMES = 3  # with different beginnings, behind digits that begin in one place
_LETTER_GAP = 2.5  # chars: single characters no further apart are one spaced word (合 计)


@dataclass(frozen=True, slots=True)
class _Row:
    """A line, and its chunks parted wherever a column may end."""

    line: Line
    chunks: list[Chunk]
    letters: list[Chunk]  # as ``chunks``, but spaced words in their letters

    @property
    def amounts(self) -> list[Chunk]:
        return [chunk for chunk in self.chunks if is_amount(chunk.text) or begins_amount(chunk.text)]

    @property
    def is_lettered(self) -> bool:
        """Are its words single letters, as 类 款 项 are?"""
        return all(len(letter.text) == 1 and not letter.text.isascii() for letter in self.letters)


def may_hold_rows(lines: list[Line]) -> bool:
    """Does any line end with a number, as rows do and sentences do not?"""
    return any(line.text[-1] in _ENDS and not line.furniture for line in lines)


def find_aligned(
    lines: list[Line],
    page: int,
    close: list[Line] | None = None,
    above: TablePart | None = None,
    rules: Sequence[Ruling] = (),
) -> list[Line | TablePart]:
    """Replace every stretch of aligned lines by one table; the other lines are returned as they are.

    ``close`` are the same lines with their chunks parted by narrower gaps, for tables whose columns stand close;
    ``above`` is the table that ends the page before: where its header is printed again, one row is a body.  ``rules``
    are the horizontal rulings of the page: a table may have some though it has none between its columns.
    """
    printed = {compact(cell.text) for cell in above.cells} if above else set[str]()
    known = "\n".join(printed)
    blocks: list[Line | TablePart] = []
    stretch: list[_Row] = []
    begun = False  # a row of amounts stands in the stretch
    codes = _code_places(close or lines)
    upright = _upright(close or lines)
    for line, parted in zip(lines, close or lines, strict=True):
        row = _Row(
            line, [part for chunk in _spaced(parted, upright) for part in _parted(chunk, codes)], list(parted.chunks)
        )
        if stretch and (not _follows(stretch[-1].line, line) or (begun and is_caption(line))):
            blocks.extend(_close(stretch, page, known, rules))
            stretch, begun = [], False
        apart = len(line.chunks) > 1 or (len(row.chunks) > 2 and not _PUNCTUATED.search(line.text))
        tabular = apart or (row.amounts and not _PROSE.search(line.text))
        again = any(text.startswith(compact(line.text)) for text in printed)
        page_number = line.furniture and not apart
        if not page_number and (tabular or again or is_caption(line) or (stretch and len(line.text) < 30)):
            stretch.append(row)
            begun = begun or bool(row.amounts and len(row.chunks) > 1)
        else:
            blocks.extend(_close(stretch, page, known, rules))
            stretch, begun = [], False
            blocks.append(line)
    blocks.extend(_close(stretch, page, known, rules))
    return blocks


def _follows(above: Line, below: Line) -> bool:
    if above.bbox is None or below.bbox is None:
        return False
    return below.bbox.top - above.bbox.bottom < _ROW_GAP * max(above.size, below.size)


def _is_letter(chunk: Chunk) -> bool:
    return len(chunk.text) == 1 and not chunk.text.isascii()


def _upright(lines: list[Line]) -> set[Box]:
    """Single characters that stand in the middle of others, right above and below them: words set letter under letter."""
    letters = [chunk.bbox for line in lines for chunk in line.chunks if _is_letter(chunk)]
    letters.sort(key=lambda box: (round(box.x_mid / _SAME_MIDDLE), box.top))
    over = {b: a for a, b in pairwise(letters) if _is_next_letter(a, b)}
    return {box for below, middle in over.items() if middle in over for box in (below, middle, over[middle])}


def _is_next_letter(above: Box, below: Box) -> bool:
    size = height_of(below)
    return abs(above.x_mid - below.x_mid) < _SAME_MIDDLE and abs(below.top - above.bottom) < 0.5 * size


def _spaced(line: Line, upright: set[Box]) -> list[Chunk]:
    """The chunks of a line, single characters that make one spaced word together."""
    chunks: list[Chunk] = []
    single = False
    for chunk in line.chunks:
        letter = _is_letter(chunk) and chunk.bbox not in upright
        if letter and single and chunk.bbox.x0 - chunks[-1].bbox.x1 < _LETTER_GAP * line.size:
            chunks[-1] = joined([chunks[-1], chunk], "")
        else:
            chunks.append(chunk)
        single = letter
    return chunks


def _close(stretch: list[_Row], page: int, known: str, rules: Sequence[Ruling] = ()) -> list[Line | TablePart]:
    """Turn a stretch into a table if amounts stand under one another in it; ``known`` is the text of the one before."""
    lines: list[Line | TablePart] = [row.line for row in stretch]
    first = next((i for i, row in enumerate(stretch) if len(row.chunks) > 1 and row.amounts), None)
    if first is None:
        return lines
    start = first
    while start and first - start < _MOST_HEADER and not is_caption(stretch[start - 1].line):
        start -= 1
    sizes = [max(height_of(chunk.bbox) for chunk in row.chunks) for row in stretch[: first + 1]]
    while len(stretch[start].chunks) == 1 and stretch[start].line.size > _LARGER * max(sizes[start + 1 :]):
        start += 1
    while start < first and len(stretch[start].chunks) == 1 and is_measure(stretch[start].chunks[0].text):
        start += 1  # 单位： over 万元
    ys = _rule_heights(rules, stretch[start:])
    first = _body_begin(stretch, start, first, ys)
    end = _body_end(stretch, first, ys)
    header, body = stretch[start:first], stretch[first:end]
    sentences = sum(len(row.line.chunks) == 1 and _PROSE.search(row.line.text) is not None for row in body)
    if sentences > _MOST_SENTENCES * len(body):
        return lines
    numbered = body[0] if body and counted([chunk.text for chunk in body[0].chunks]) else None
    if numbered is not None:  # 栏次 1 2 3: it says nothing of where the columns stand, and words may stand beside it
        beside = next((i for i, row in enumerate(body[1:], 1) if not row.is_lettered), len(body))
        header, body = [*header, *body[1:beside]], [numbered, *body[beside:]]
    with_amounts = [row for row in body if row.amounts and row is not numbered]
    columns = _columns([row.chunks for row in with_amounts])
    columns = _beside(columns, body)
    columns = _widened(columns, [chunk for row in body if not row.amounts for chunk in row.chunks])
    if len(columns) > _MOST_COLUMNS or sum(len(row.chunks) for row in header) > _MOST_WORDS:
        return lines
    header = [_lettered(row, columns, header[i + 1 :]) for i, row in enumerate(header)]
    words = header_words([chunk for row in header for chunk in row.chunks])
    columns = with_headers(columns, words, [row.chunks for row in with_amounts])
    over = stretch[start - 1].line if start else None
    captioned = over is not None and (is_caption(over) or is_measure(over.text))
    again = bool(known) and all(compact(chunk.text) in known for row in header for chunk in row.chunks)
    certain = (captioned or again) and _all_headed(columns, header)
    if len(with_amounts) < 1 or (not certain and len(with_amounts) < max(_LEAST_ROWS, len(body) / 3)):
        return lines
    if len(columns) < 2 or not (certain or _in_line(with_amounts, columns)):
        return lines
    return [*lines[:start], _table(header, words, body, columns, page, ys), *lines[end:]]


def _rule_heights(rules: Sequence[Ruling], rows: list[_Row]) -> list[float]:
    """Heights of the rulings that reach over most of a table's width, ascending, doubled ones once."""
    x0, top, x1, bottom = union(row.line.bbox for row in rows if row.line.bbox)
    reach: dict[float, float] = {}
    for rule in rules:
        reach[rule.top] = reach.get(rule.top, 0.0) + overlap(x0, x1, rule.x0, rule.x1)
    size = rows[0].line.size
    long = ((y, 1.0) for y, n in reach.items() if n >= _RULED * (x1 - x0) and top - size <= y <= bottom + size)
    return cluster(long, 3.0)


def _body_begin(stretch: list[_Row], start: int, first: int, ys: list[float]) -> int:
    """The first row of the body: ``first`` holds amounts, names without any and wrapped names may stand over it.

    A ruling parts them from the header; without one, they begin where the names of the body do.
    """
    labels = [row.chunks[0].bbox.x0 for row in stretch[first:] if row.chunks and not is_amount(row.chunks[0].text)]
    begin = first
    while begin - 1 > start and all(is_pointed(chunk.text) for chunk in stretch[begin - 1].chunks):
        begin -= 1  # the first line of a number that is wrapped beside names and numbers that are not
    while begin - 1 > start and _is_name_line(stretch[begin - 1], labels):
        above, row = stretch[begin - 2], stretch[begin - 1]
        ruled = any(_middle(above) < y < _middle(row) for y in ys)
        if not ruled and any(_is_under(row.chunks[0], chunk) for r in stretch[start : begin - 1] for chunk in r.chunks):
            break  # a word of the header that is wrapped
        begin -= 1
        if ruled and len(above.chunks) > 1:
            break
    return begin


def _middle(row: _Row) -> float:
    return row.line.bbox.y_mid if row.line.bbox else 0.0


def _is_name_line(row: _Row, labels: list[float]) -> bool:
    """Does the line print names alone, as a row without amounts does: one that begins where others do, or items?"""
    if all(begins_item(chunk.text) for chunk in row.chunks):
        return True
    near = _SAME_EDGE * row.line.size
    return len(row.chunks) == 1 and any(abs(row.chunks[0].bbox.x0 - x) < near for x in labels)


def _is_under(chunk: Chunk, word: Chunk) -> bool:
    """Is it centred or flush under a word, as the second line of a header word is?"""
    near = _SAME_EDGE * height_of(chunk.bbox)
    close = chunk.bbox.top - word.bbox.bottom < 0.5 * height_of(chunk.bbox)
    as_wide = chunk.bbox.x1 - chunk.bbox.x0 < _WRAPPED_WORD * (word.bbox.x1 - word.bbox.x0)
    return close and as_wide and abs(chunk.bbox.x_mid - word.bbox.x_mid) < near


def _body_end(stretch: list[_Row], first: int, ys: list[float]) -> int:
    """Where the body ends: lines of one chunk under it are notes, but for the rest of a name and what a ruling closes."""
    inside = [c.bbox for row in stretch[first:] for c in row.amounts if len(row.chunks) > 1 or is_pointed(c.text)]
    end = len(stretch)
    while len(stretch[end - 1].chunks) == 1 and not _stands_under(stretch[end - 1], inside):
        end -= 1
    rest = stretch[end].chunks[0].bbox if end < len(stretch) else None
    names = [
        chunk for row in stretch[first:end] for chunk in row.chunks
        if rest and not is_amount(chunk.text) and overlap(chunk.bbox.x0, chunk.bbox.x1, rest.x0, rest.x1) > 0
    ]  # fmt: skip
    edge = max((name.bbox.x1 for name in names), default=0.0)
    left = min(row.chunks[0].bbox.x0 for row in stretch[first:])
    for i in range(end, len(stretch)):
        box, size = stretch[i].chunks[0].bbox, stretch[i].line.size
        if _is_next_item(stretch[i].chunks[0], names, left):
            names.append(stretch[i].chunks[0])
            end = i + 1
            continue
        above = names[-1].bbox if names else box
        near = box.top - max(above.bottom, _middle(stretch[i - 1])) < size and box.x1 <= edge + size
        if not near or is_caption(stretch[i].line) or _PROSE.search(stretch[i].line.text):
            break
        goes_on = i == end and edge - above.x1 < size and not begins_item(stretch[i].line.text)
        if not goes_on and not any(y > box.y_mid for y in ys):
            break
        names.append(stretch[i].chunks[0])
        end = i + 1
    return end


def _is_next_item(chunk: Chunk, names: list[Chunk], left: float) -> bool:
    """Is it one more name without amounts: flush with those of its column, no further below them than they are apart?

    In the first column, where notes begin too, its ordinal must follow theirs.
    """
    if len(names) < _LEAST_NAMES or "：" in chunk.text:
        return False
    last, size = names[-1], height_of(chunk.bbox)
    pitch = max(b.bbox.y_mid - a.bbox.y_mid for a, b in pairwise(names[-_LEAST_NAMES:]))
    flush = all(abs(chunk.bbox.x0 - name.bbox.x0) < _SAME_EDGE * size for name in (last, names[-2]))
    if not flush or chunk.bbox.y_mid - last.bbox.y_mid > _SAME_ROWS * pitch:
        return False
    return follows_ordinal(last.text, chunk.text) or (last.bbox.x0 > left + size and not has_ordinal(last.text))


def _stands_under(row: _Row, amounts: list[Box]) -> bool:
    """Is the line one amount in a column of the others'?"""
    box = row.chunks[0].bbox
    return bool(row.amounts) and any(overlap(box.x0, box.x1, a.x0, a.x1) > 0 for a in amounts)


def _ruled_rows(body: list[_Row], ys: list[float]) -> list[float]:
    """The rulings between the rows, if there is one between nearly all of them."""
    middles = [_middle(row) for row in body]
    cuts = [y for y in ys if middles[0] < y < middles[-1]]
    rows = [sum(a < m < b for m in middles) for a, b in pairwise([0.0, *cuts, float("inf")])]
    amounts = sum(bool(row.amounts) and len(row.chunks) > 1 for row in body)
    return cuts if cuts and all(rows) and len(rows) >= _ALL_RULED * amounts else []


def _lettered(row: _Row, columns: list[Span], below: list[_Row]) -> _Row:
    """A line of a header; letters that stand over a column each, and over no other word, are no spaced word (类 款 项)."""
    headed = {_nearest(c, columns) for line in below for c in line.chunks if columns and c.bbox.top > _middle(row)}
    chunks: list[Chunk] = []
    for chunk in row.chunks:
        letters = [r for r in row.letters if chunk.bbox.x0 <= r.bbox.x0 and r.bbox.x1 <= chunk.bbox.x1]
        near = {_nearest(r, columns) for r in letters if columns}
        apart = len(letters) > 1 and len(near) == len(letters) and all(len(r.text) == 1 for r in letters)
        chunks.extend(letters if apart and not near & headed else [chunk])
    return _Row(row.line, chunks, row.letters)


def _nearest(chunk: Chunk, columns: list[Span]) -> int:
    gaps = [_gap(chunk, c) for c in columns]
    return gaps.index(min(gaps))


def _gap(chunk: Chunk, column: Span) -> float:
    return max(column[0] - chunk.bbox.x1, chunk.bbox.x0 - column[1])


def _all_headed(columns: list[Span], header: list[_Row]) -> bool:
    """Is there a word in the header over every one of at least three columns?  Then a single row is a body."""
    chunks = [chunk for row in header for chunk in row.chunks]
    return len(columns) > 2 and all(any(overlap(r.bbox.x0, r.bbox.x1, *c) > 0 for r in chunks) for c in columns)


def _in_line(rows: list[_Row], columns: list[Span]) -> bool:
    """Do the amounts of one column at least share an edge or their middle?  Those of a text do not."""
    size = rows[0].line.size
    for a, b in columns:
        boxes = [chunk.bbox for row in rows for chunk in row.amounts if a <= chunk.bbox.x_mid <= b]
        edges = ([x.x1 for x in boxes], [x.x0 for x in boxes], [x.x_mid for x in boxes])
        for places in map(sorted, edges):
            for centre in cluster(((x, 1.0) for x in places), _SAME_EDGE * size):
                first = bisect_left(places, centre - _SAME_EDGE * size)
                if bisect_right(places, centre + _SAME_EDGE * size) - first >= max(3, len(rows) / 2):
                    return True
    return False


def is_caption(line: Line) -> bool:
    """Is it a line over a table rather than of its header: a title, a number, or who and what it is of?"""
    return _CAPTION.search(line.text) is not None


def _code_places(lines: list[Line]) -> list[float]:
    """Where codes begin: digits stand there alone, or before names that begin with several characters.

    What stands behind a number of a text, a year or a count, is always the same unit.
    """
    found: dict[int, set[str]] = {}
    for line in lines:
        for chunk in line.chunks:
            match = _DIGITS_THEN_NAME.match(chunk.text)
            if match or chunk.text.isdigit():
                after = match[2][0] if match else ""
                found.setdefault(round(chunk.bbox.x0 / _CODE_SLACK), set()).add(after)
    return [place * _CODE_SLACK for place, after in found.items() if len(after - {""}) >= _LEAST_NAMES or "" in after]


def _parted(chunk: Chunk, codes: list[float]) -> list[Chunk]:
    """A name that stands close behind its code, ``07专项普查活动``, is a chunk of its own."""
    match = _DIGITS_THEN_NAME.match(chunk.text)
    if match is None or not any(abs(chunk.bbox.x0 - x) <= _CODE_SLACK for x in codes):
        return [chunk]
    first, second = match.groups()
    x0, top, x1, bottom = chunk.bbox
    share = len(first) / (len(first) + 2 * len(second))  # digits are half as wide as ideographs
    middle = x0 + share * (x1 - x0)
    return [Chunk(first, Box(x0, top, middle, bottom)), Chunk(second, Box(middle, top, x1, bottom))]


def _columns(rows: list[list[Chunk]]) -> list[Span]:
    """Column extents: unions of overlapping chunks, wide chunks that bridge columns left aside."""
    chunks = [chunk for row in rows for chunk in row]
    spans = sorted((r.bbox.x0, r.bbox.x1) for r in chunks)
    widths = sorted(b - a for a, b in spans)
    limit = max(widths[len(widths) // 2] * 4, widths[int(len(widths) * 0.9)])
    columns = _widened(join_spans(((a, b) for a, b in spans if b - a <= limit), -_SHARED), chunks)
    return _bridged(columns, rows) if len(columns) <= _MOST_COLUMNS else columns


def _bridged(columns: list[Span], rows: list[list[Chunk]]) -> list[Span]:
    """Columns that a wide chunk stands over are one, if no row prints anything in two of them."""
    over = [[_met(chunk, columns) for chunk in row] for row in rows]
    filled = [[i for met in row if len(met) == 1 for i in met] for row in over]
    bridges = {tuple(met) for row in over for met in row if len(met) > 1}
    spans = list(columns)
    for met in bridges:
        if all(sum(i in met for i in row) < 2 for row in filled):
            spans.append((columns[met[0]][0], columns[met[-1]][1]))
    return join_spans(sorted(spans), -_SHARED)


def _met(chunk: Chunk, columns: list[Span]) -> list[int]:
    return [i for i, c in enumerate(columns) if overlap(chunk.bbox.x0, chunk.bbox.x1, *c) > _SHARED]


def _beside(columns: list[Span], body: list[_Row]) -> list[Span]:
    """The columns, and those of names of several lines, whose amounts stand beside the white between the lines."""
    boxes = [row.line.bbox for row in body if row.amounts and row.line.bbox]
    names = [
        chunk.bbox for row in body if not row.amounts for chunk in row.chunks if not _met(chunk, columns)
        and any(overlap(chunk.bbox.top, chunk.bbox.bottom, b.top, b.bottom) > _SHARED for b in boxes)
    ]  # fmt: skip
    return join_spans(sorted([*columns, *((b.x0, b.x1) for b in names)]), -_SHARED) if names else columns


def _widened(columns: list[Span], chunks: list[Chunk]) -> list[Span]:
    """The columns, as wide as the chunks that stand in one of them alone."""
    wide = list(columns)
    for a, b in sorted((r.bbox.x0, r.bbox.x1) for r in chunks) if len(columns) <= _MOST_COLUMNS else ():
        over = [i for i, c in enumerate(wide) if overlap(a, b, *c) > 0]
        if len(over) == 1:
            wide[over[0]] = min(wide[over[0]][0], a), max(wide[over[0]][1], b)
    return wide


def _table(
    header: list[_Row], words: list[HeaderWord], body: list[_Row], columns: list[Span], page: int, ys: list[float]
) -> TablePart:
    whole = union(row.line.bbox for row in (*header, *body) if row.line.bbox)
    xs = [whole.x0, *((a[1] + b[0]) / 2 for a, b in pairwise(columns)), whole.x1]
    cells, header_rows = header_cells(words, xs, columns, page, ALIGNED)
    rows = _rows(body, xs, ys)
    for row, texts in enumerate(rows, start=header_rows):
        top, bottom = extent(texts)
        for col in range(len(columns)):
            chunks = texts.get(col, [])
            box = joined(chunks, "").bbox if chunks else Box(xs[col], top, xs[col + 1], bottom)
            text = text_of(chunks)
            indent = indent_of(text, chunks[0].bbox.x0 - xs[col], height_of(chunks[0].bbox)) if chunks else 0.0
            lines = tuple(sorted({round(chunk.bbox.y_mid, 1) for chunk in chunks}))
            cells.append(Cell(row, col, 1, 1, text, page, box, (ALIGNED,), indent, lines=lines))
    return TablePart(page, whole, xs, header_rows + len(rows), cells, "aligned")


def _rows(body: list[_Row], xs: list[float], ys: list[float]) -> list[Placed]:
    """Rows of the table from its lines: a label that wraps is one cell."""
    columns: Placed = {}
    for row in body:
        for col, chunks in placed_in(row.chunks, xs).items():
            columns.setdefault(col, []).append(joined(chunks, ""))
    stacks = [
        Stack(
            [(r.bbox.top, r.bbox.bottom) for r in chunks], [r.text for r in chunks], rights=[r.bbox.x1 for r in chunks]
        )
        for chunks in columns.values()
    ]
    cuts = _ruled_rows(body, ys) or row_cuts(stacks, known=True, headed=False)
    rows: list[Placed] = [{} for _ in range(len(cuts) + 1)]
    for row in body:
        for col, chunks in placed_in(row.chunks, xs).items():
            middle = chunks[0].bbox.y_mid
            rows[bisect_left(cuts, middle)].setdefault(col, []).extend(chunks)
    return [row for row in rows if row]
