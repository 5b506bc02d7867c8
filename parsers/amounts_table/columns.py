"""What each printed column of a table is and means: its role by words and values, then year, phase, scope, measure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import regex

from extract.paper.model import Cell, Table
from parsers.amounts_table.header import is_order_row
from parsers.amounts_table.periods import Period, compared_with, is_place, read_segment, read_title
from parsers.amounts_table.rates import are_rates, rates_by_value
from parsers.amounts_table.schemes import keep_one_classification
from parsers.amounts_table.short_headers import fit_headers, may_be_short
from parsers.amounts_table.sides import with_sides
from parsers.numbers import is_figure, parse_amount
from parsers.specs.codebook import family_of
from parsers.specs.columns import column_words
from parsers.specs.loader import Spec, Vocabulary, vocabulary
from parsers.text import key
from parsers.values import Column, Role, TableContext

_LONG_NUMBER = regex.compile(r"^\d{3,}$")
_CODE = regex.compile(r"^[1235]\d\d(\d\d){0,3}$")
_FLAT_PATH = regex.compile(r"(?<=\D)[.．](?=\D)")  # 支出.一般公共预算: a converter's flattened header
_ORDER = regex.compile(r"^\d{1,4}$")
_DETAIL = regex.compile(r"^其中[:：]?")
_TWO_FIGURES = regex.compile(r"\d+\.\d+\D+\d+\.\d+")
_LETTER = regex.compile(r"\p{L}")
_LEAST_CODES = 3
_MOST_CODES = 0.8  # share of a column's texts
_FEW_NUMBERS = 0.3  # share of a column of words
_SAMPLE = 400  # body rows that are looked at for a column's role


def find_columns(table: Table, first: int, end: int, context: TableContext, spec: Spec | None) -> list[Column]:
    """Columns under the header rows ``first`` to ``end``, left to right."""
    words = vocabulary()
    matrix = table.matrix()
    edges = _edges(table, matrix, first, end)
    rows = [r for r in range(first, end) if not table.rows[r].repeated and not is_order_row(table, r)]

    def headed() -> list[Column]:
        found = []
        for number, (a, b) in enumerate(zip(edges, edges[1:], strict=False), start=1):
            path = _path(rows, matrix, first, end, a)
            found.append(Column(number, a, b - a, path, _role(path, words)))
        return _settled(table, found, end)

    found = headed()
    fitted, mark = _fit_headers(table, rows, found, end)
    if fitted:
        matrix = [fitted.get(r, line) for r, line in enumerate(matrix)]
        found = headed()
    found = _with_panels(found)
    found = _unit_codes_aside(found)
    codes = [c for c in found if c.role in ("code", "part")]
    if len(codes) > 1:
        bodies = {c.number: _texts(table, c, end) for c in codes}
        found = keep_one_classification(found, bodies, spec.scheme if spec else None)
    if spec is None or not (spec.direction or spec.undirected):
        found = with_sides(found)
    found = _meanings(table, found, end, context, spec)
    return [replace(c, marks=(mark,)) if mark and c.role == "measure" else c for c in found]


def _fit_headers(
    table: Table, rows: list[int], found: list[Column], end: int
) -> tuple[dict[int, list[Cell | None]], str | None]:
    """Header rows of text that are too short for their body, in the places they fit; see ``fit_headers``."""
    matrix = table.matrix()
    if not any(may_be_short(matrix[r]) for r in rows):
        return {}, None  # as on paper: the bodies need not be asked
    words = vocabulary()
    texts = {key(c.text) for r in rows for c in table.rows[r].cells if c.text}
    filled = [c for c in found if _texts(table, c, end)]
    wordy = {c.col for c in filled if c.role != "measure"}
    figures = {c.col for c in filled if c.role == "measure"}
    return fit_headers(table, rows, wordy, figures, {text: _role((text,), words) for text in texts})


def _edges(table: Table, matrix: list[list[Cell | None]], first: int, end: int) -> list[int]:
    """Column boundaries that the body, or failing that the header, uses."""
    votes = [0] * (table.ncols + 1)
    rows = [r for r in range(end, len(table.rows)) if not table.rows[r].repeated] or list(range(first, end))
    for r in rows:
        for c in {(x.row, x.col): x for x in matrix[r] if x is not None}.values():
            votes[c.col] += 1
            votes[min(c.col + c.colspan, table.ncols)] += 1
    header = {c.col for r in range(first, end) for c in table.rows[r].cells} if end > first else set()
    least = max(1, len(rows) // 20)
    inner = (i for i in range(1, table.ncols) if votes[i] >= least and (votes[i] > 2 * least or i in header))
    return [0, *inner, table.ncols]


def _path(rows: list[int], matrix: list[list[Cell | None]], first: int, end: int, col: int) -> tuple[str, ...]:
    path: list[str] = []
    last: Cell | None = None
    for r in rows:
        cell = _carry(matrix, r, first, end, col)
        if cell is None or cell is last:
            continue
        last = cell
        text = "".join(cell.text.split())
        parts = _FLAT_PATH.split(text) if len(rows) == 1 else [text]
        path.extend(t for t in parts if t and (not path or path[-1] != t))
    return tuple(path)


def _carry(matrix: list[list[Cell | None]], r: int, first: int, end: int, col: int) -> Cell | None:
    """A blank behind a header cell means that the cell spans on, if more header stands beneath.

    So it is in text, and on paper where the publisher merged no cells.  Under a header of its own column a blank is
    that header going down, not its neighbour going on; behind merged cells it is a blank.
    """
    cell = matrix[r][col]
    below = any(matrix[i][col] is not None and matrix[i][col].text for i in range(r + 1, end))  # type: ignore[union-attr]
    if cell is None or cell.text or not below:
        return cell
    if any(matrix[i][col] is not None and matrix[i][col].text for i in range(first, r)):  # type: ignore[union-attr]
        return cell
    for c in range(col - 1, -1, -1):
        left = matrix[r][c]
        if left is not None and left.text:
            return left if left.colspan == left.rowspan == 1 else cell
    return cell


def _role(path: tuple[str, ...], words: Vocabulary) -> Role:
    if not path:
        return "measure"
    last = key(path[-1])
    if words.code_part.match(last):
        return "part"
    if words.code.match(last):
        return "code"
    if words.skip.match(last):
        return "order"
    if words.text.match(last):
        return "text"
    return "name" if words.name.match(last) else "measure"


def _texts(table: Table, column: Column, end: int) -> list[str]:
    """Texts of the body under a column."""
    rows = [row for row in table.rows[end:] if not row.repeated][:_SAMPLE]
    reach = range(column.col, column.col + column.width)
    return [key(c.text) for row in rows for c in row.cells if c.text and c.col in reach]


def is_code_column(texts: list[str]) -> bool:
    """Are these codes by their values: in the codebook, nested by prefix, without comma or point?"""
    codes = [t for t in texts if _CODE.match(t)]
    if len(codes) < _LEAST_CODES or len(codes) < _MOST_CODES * len(texts) or len(set(codes)) < 0.5 * len(codes):
        return False
    whole = set(codes)
    nested = sum(any(c[:n] in whole for n in range(3, len(c), 2)) for c in codes)
    families = sum(family_of(c) is not None for c in codes)
    lengths = {len(c) for c in codes}
    return families >= _MOST_CODES * len(codes) and lengths <= {3, 5, 7, 9} and (nested > 0 or lengths == {7})


def _is_order_column(texts: list[str]) -> bool:
    """1 2 3 …: numbers of rows."""
    if len(texts) < 3 or not all(_ORDER.match(t) for t in texts):
        return False
    numbers = [int(t) for t in texts]
    return numbers[0] in (1, 0) and all(b - a == 1 for a, b in zip(numbers, numbers[1:], strict=False))


def _settled(table: Table, found: list[Column], end: int) -> list[Column]:
    """Let the body decide where the header does not: codes and numbers of order are no money, words no measure."""
    texts = {c.number: _texts(table, c, end) for c in found}
    roles: list[Role] = []
    for column in found:
        measured = "measure" in roles
        roles.append(_role_by_values(column, texts[column.number], measured))
    wordy = [r == "measure" and _is_wordy(texts[c.number]) for c, r in zip(found, roles, strict=True)]
    figures = [r == "measure" and not w for r, w in zip(roles, wordy, strict=True)]
    named = False  # has the panel that begins left of here its names?
    for i in range(len(roles)):
        if figures[i]:
            named = False
        elif wordy[i]:
            ahead = any(figures[i:])
            beside = named and ahead and _take_turns(table, found[:i], roles[:i], found[i], end)
            # 10年 under 期限, or a remark in a column of figures
            said = _says_no_name(found[i]) or (True in figures[:i] and _names_too_few(found, figures, i, texts))
            roles[i] = (
                "text" if said else "name" if beside or (not named and (ahead or "name" not in roles)) else "text"
            )
        named = named or roles[i] == "name"
    if not set(roles) & {"name", "code", "part"} and True in figures:
        # 部门 beside nothing else that could name the rows
        label = next(
            (i for i in range(figures.index(True)) if roles[i] == "text" and _is_wordy(texts[found[i].number])), None
        )
        if label is not None:
            roles[label] = "name"
    return [replace(c, role=r) for c, r in zip(found, roles, strict=True)]


def _says_no_name(column: Column) -> bool:
    """Does the header name a rate, a count or a date, behind which no panel begins?"""
    words = column_words()
    return bool(column.path) and any(p.search(key(column.path[-1])) for p in (words.rates, words.counts, words.dates))


def _names_too_few(found: list[Column], figures: list[bool], i: int, texts: dict[int, list[str]]) -> bool:
    """Are there less than half as many words in a column as figures in the one right of it that they would name?"""
    right = next((found[k] for k in range(i + 1, len(found)) if figures[k]), None)
    return right is not None and 2 * len(texts[found[i].number]) < len(texts[right.number])


def _role_by_values(column: Column, texts: list[str], measured: bool) -> Role:
    """The role that header and values agree on; a column of words under a measure's header stays one for now."""
    role = column.role
    if role in ("measure", "name", "text") and is_code_column(texts):
        return "code"
    if role == "measure" and not measured and _is_order_column(texts):
        return "order"
    if role == "name" and texts and all(_LONG_NUMBER.match(t) for t in texts):
        return "code"
    if role == "name" and len(texts) > 1 and all(parse_amount(t) is not None for t in texts):
        role = "measure"
    if role in ("name", "code") and not column.path:
        role = "measure"
    return "order" if role == "measure" and not column.path and not texts else role


def _take_turns(table: Table, before: list[Column], roles: list[Role], column: Column, end: int) -> bool:
    """Do names stand in this column where the column of names before it is blank, as those of a lower level do?"""
    names = [c for c, r in zip(before, roles, strict=True) if r == "name"]
    if not names:
        return False
    reach = range(names[-1].col, names[-1].col + names[-1].width)
    both = alone = 0
    for row in table.rows[end : end + _SAMPLE]:
        filled = {c.col for c in row.cells if c.text}
        if column.col in filled:
            both += any(c in filled for c in reach)
            alone += not any(c in filled for c in reach)
    return alone > 4 * both


def _is_wordy(texts: list[str]) -> bool:
    """Words, not figures or what is printed where none stands: blanks, crosses, dashes."""
    blank = column_words().blank
    numbers = sum(is_figure(t) or bool(blank.match(t)) or t.endswith("%") or not _LETTER.search(t) for t in texts)
    return bool(texts) and numbers < _FEW_NUMBERS * len(texts)


def _with_panels(found: list[Column]) -> list[Column]:
    """Columns that belong together: codes, a name, measures; the next name or code after measures begins another."""
    result = []
    panel, measured = 0, False
    for column in found:
        if column.role in ("code", "part", "name") and measured:
            panel, measured = panel + 1, False
        measured = measured or column.role == "measure"
        result.append(replace(column, panel=panel))
    return result


def _unit_codes_aside(found: list[Column]) -> list[Column]:
    """科目编码 beside 单位代码: the row is keyed by its 科目; the unit's code is said about it."""
    words = vocabulary()
    result = []
    for column in found:
        if column.role == "code" and column.path and words.unit_code.match(key(column.path[-1])):
            others = [x for x in found if x.panel == column.panel and x is not column and x.role in ("code", "part")]
            if any(x.role == "part" or not (x.path and words.unit_code.match(key(x.path[-1]))) for x in others):
                column = replace(column, role="text")
        result.append(column)
    return result


def _meanings(
    table: Table, found: list[Column], end: int, context: TableContext, spec: Spec | None
) -> list[Column]:  # fmt: skip
    title = read_title(context.title or "")
    base = title.year if title.year is not None else context.year
    measures = [c for c in found if c.role == "measure"]
    places = {c.number for c in measures if c.path and is_place(c.path[-1])}
    places_beside = len(places) >= column_words().least_places
    result = []
    for column in found:
        if column.role == "measure":
            place = column.path[-1] if places_beside and column.number in places else None
            column = _meaning(column, context, spec, base, place)
            texts = _texts(table, column, end)
            if column.money and are_rates(texts):
                column = replace(column, money=False)
            if not column.money and any(_TWO_FIGURES.search(t) for t in texts):
                column = replace(column, role="text")  # 1.61、2.34: words about rates
        result.append(column)
    return _distinguished(rates_by_value(table, result, end), base)


def _meaning(column: Column, context: TableContext, spec: Spec | None, base: int | None, place: str | None) -> Column:
    """Year, phase, scope, measure and unit from header path, then title, then cover."""
    words = column_words()
    title = read_title(context.title or "")
    # the code of the class that a column is headed with says no more than its name
    path = [p for p in (column.path[:-1] if place else column.path) if len(column.path) == 1 or not _CODE.match(p)]
    segments = [read_segment(p, base) for p in path if words.header_unit.sub("", p) or len(path) == 1]
    years = [y for s in segments for y in s.years]
    phases = [s.phase for s in segments if s.phase]
    scopes = [s.scope for s in segments if s.scope]
    joined = "/".join(key(p) for p in column.path)
    money = not any(
        p.search(key(words.header_unit.sub("", segment)))
        for segment in column.path[-2:]
        for p in (words.rates, words.counts, words.dates)
    )
    compared = None if money or not path else compared_with(path[-1], base)
    if compared:
        years, phases = list(compared.years), [compared.phase] if compared.phase else []
    year = years[0] if years else base
    phase = phases[-1] if phases else title.phase or _phase_of(year, context)
    measure, known = _measure(column.path, segments, spec, phases[-1] if phases else None, place)
    if compared:
        measure, known = compared.rest, False
    unit = next((m[1] for p in reversed(column.path) if (m := words.header_unit.search(p))), None)
    direction = column.direction or ("收入" if joined.startswith("本年收入") else None)
    if not measure:
        measure = words.phase_measures.get(phase or "", "金额") if column.path else "金额"
    return replace(
        column, measure=measure, known=known, unit=unit, money=money, phase=phase, direction=direction,
        year=year,
        scope=place or _scope_of(scopes, title.scope if context.level == "政府" else None),
    )  # fmt: skip


def _scope_of(scopes: list[str], title: str | None) -> str | None:
    """范围 of a column; 本地区 is the whole that the title names (全省), where it names one."""
    if not scopes:
        return title
    return title if scopes[-1] == "本地区" and title is not None and title.startswith("全") else scopes[-1]


def _phase_of(year: int | None, context: TableContext) -> str | None:
    """The document's 口径; in a government's budget the year before is its execution, one before that 决算."""
    if context.level != "政府" or context.phase != "预算" or year is None or context.year is None:
        return context.phase
    return "预算" if year >= context.year else "执行" if year == context.year - 1 else "决算"


def _measure(
    path: tuple[str, ...], segments: list[Period], spec: Spec | None, phase: str | None, place: str | None
) -> tuple[str, bool]:
    """指标 of a header path without its years, phases and scopes; ``False`` where no rule knows the words."""
    words = column_words()
    rest = [s.rest for s in segments if not s.only and s.rest and not words.amounts.match(s.rest)]
    alone = words.phase_measures.get(phase or "", "")
    bare = not segments or segments[-1].only or words.amounts.match(segments[-1].rest)
    if not rest or (bare and all(words.sides.match(r) for r in rest)):
        return alone, True
    joined = "/".join(rest)
    change = f"/{rest[-1]}" if len(rest) > 1 and words.changes.match(rest[-1]) else ""
    last = _DETAIL.sub("", rest[-1])
    stock = next((r for r in rest[:-1] if words.stocks.search(r) and not words.stocks.search(last)), None)
    own = () if spec is None else spec.measures
    for pattern, name in own if stock else (*own, *vocabulary().measures):
        if pattern.search(joined.removesuffix(change)):
            return name + change, True
    if stock:
        return f"{stock}/{last}", False  # 债务限额/合计 is no 合计
    if words.sides.match(last) and segments[-1].scope:
        last = key(path[-1])  # 本级支出 beside 上年结转 is more than 支出
    return joined if place else last, False


def _distinguished(found: list[Column], base: int | None) -> list[Column]:
    """Two columns of a panel that would say the same take their paths as measures: without years and phases, else as printed."""
    return _with_paths(_with_paths(found, lambda c: _bare_path(c, base)), lambda c: c.header)


def _bare_path(column: Column, base: int | None) -> str:
    segments = [read_segment(p, base) for p in column.path]
    return "/".join(_DETAIL.sub("", s.rest) for s in segments if not s.only and s.rest)


def _with_paths(found: list[Column], path: Callable[[Column], str | None]) -> list[Column]:
    measures = [c for c in found if c.role == "measure"]

    def same(a: Column, b: Column) -> bool:
        return (a.panel, a.measure, a.year, a.phase, a.scope, a.direction) == (
            b.panel, b.measure, b.year, b.phase, b.scope, b.direction,
        )  # fmt: skip

    twins = {a.number for a in measures for b in measures if a is not b and same(a, b)}
    return [replace(c, measure=path(c) or c.measure) if c.number in twins else c for c in found]
