"""Rows of a form's section: which column holds which field, and rows put right that lost their empty cells."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal

import regex

from extract.paper.model import SPANLESS, Cell, Table, compact
from parsers.amounts_table.codes import level_of, parent_of
from parsers.amounts_table.periods import read_segment
from parsers.amounts_table.rows import amount_of
from parsers.amounts_table.table import UNKNOWN
from parsers.numbers import parse_amount
from parsers.outline.captions import find_unit
from parsers.specs.codebook import economic_code
from parsers.specs.loader import Column, Section
from parsers.text import is_total, join_printed, key, ordinal_depth, strip_ordinal
from parsers.values import Amount, Parsed, Position, Row, TableContext, TextRow
from parsers.values import Column as PrintedColumn

Cells = dict[int, Cell]  # by column, of one row
Fields = dict[str, str | Decimal | float | None]
_HISTORY = regex.compile(r"(近两年|指标值|金额|目标值)")
_ENDS_AS_TABLE = regex.compile("表$")
_COUNT = regex.compile(r"^\d+.{0,2}$")
_VALUE = regex.compile(
    r"^(≥|≤|＞|＜|>|<|=|＝|不低于|不少于|不超过|大于等于|小于等于|大于|小于)?\s*(\d[\d,]*(?:\.\d+)?)\s*(.*)$"
)
_TEXT_DATASETS = {"绩效指标"}
_NO_MONEY = {"数量", "占比", "分值"}
_MOST_SHIFT = 3
_LONGEST_NAME = 16  # characters, of a name without a number


@dataclass(slots=True)
class Block:
    """The rows of one section of the form; ``labels`` are its heading's cells, one for each page it goes on over."""

    section: Section
    label: Cell | None
    rows: list[int] = field(default_factory=list)
    labels: set[Position] = field(default_factory=set)

    def is_label(self, cell: Cell) -> bool:
        return cell is self.label or (cell.row, cell.col) in self.labels


def _mapping(block: Block, rows: list[Cells]) -> tuple[dict[int, int], dict[int, str], list[int]]:
    """Columns of the section's fields, their printed headers, and the rows that hold data."""
    at: dict[int, int] = {}
    printed: dict[int, str] = {}
    data = list(block.rows)
    for position, index in enumerate(block.rows):
        hits = 0
        for col in sorted(rows[index]):
            cell = rows[index][col]
            if block.is_label(cell) and position == 0 and block.section.keep_start_row:
                continue
            text = key(cell.text)
            for i, column in enumerate(block.section.columns):
                if not column.fits(text):
                    continue
                if i in at and (column.once or position == 0):
                    continue
                at[i], printed[i] = col, compact(cell.text)
                hits += 1
                break
        labelled = position == 0 and block.section.keep_start_row
        if hits or (labelled and len(rows[index]) == 1):
            data.remove(index)
        elif at and not _only_header_words(rows[index]):
            break
        elif at:
            data.remove(index)
        elif not labelled:
            break
    return _complete(block, at, printed), printed, data


def _only_header_words(cells: Cells) -> bool:
    return all(_HISTORY.search(key(c.text)) for c in cells.values())


def _complete(block: Block, at: dict[int, int], printed: dict[int, str]) -> dict[int, int]:
    """Give the columns without a printed header their place."""
    names = {c.field: i for i, c in enumerate(block.section.columns)}
    if "前年" in names and names["前年"] in at and names["上年"] in at and "指标值" in names:
        value, before = names["指标值"], at[names["上年"]]
        if at.get(value, 0) <= before:
            at[value] = before + 1
        if names["依据"] in at and at[names["依据"]] <= at[value]:
            at[names["依据"]] = at[value] + 1
    first = names.get("一级指标")
    apart = (block.label is not None and not block.section.keep_start_row) or _heading_row(block)
    if "目标名称" in names and names["目标名称"] not in at and first in at and apart and at[first] > 0:
        at[names["目标名称"]] = at[first] - 1
    base = block.label.col if block.label is not None else 0
    blanks = [i for i, c in enumerate(block.section.columns) if c.headers is None]
    if at:
        for step, i in enumerate(blanks, start=1):
            at[i] = base + step
    return at


def _heading_row(block: Block) -> bool:
    """Does the section's label fill a row of its own, leaving the first column to the goal's name?"""
    return block.label is not None and (block.label.colspan > 1 or bool(_ENDS_AS_TABLE.search(key(block.label.text))))


def section_rows(block: Block, rows: list[Cells], table: Table, context: TableContext, result: Parsed) -> None:
    """Add the rows of a section that has a header of its own, or is a list of names and numbers."""
    columns = block.section.columns
    at, printed, data = _mapping(block, rows)
    if not at:
        free_rows(block, data, rows, context, result)
        return
    at = _aligned(columns, at, data, rows) if table.origin in SPANLESS else at
    filled: dict[int, Cell] = {}
    values: list[tuple[int, dict[int, Cell], tuple[str, ...]]] = []
    spanned = table.matrix() if table.origin not in SPANLESS else None
    for index in data:
        cells = {c: cell for c, cell in rows[index].items() if not block.is_label(cell)}
        if not cells:
            continue
        shift = _best_shift(columns, at, cells) if table.origin in SPANLESS else 0
        found, used = _assign(columns, at, cells, shift)
        if used:
            shift = shift or 1
        if spanned:
            for i, col in at.items():
                cell = spanned[index][col] if col < table.ncols else None
                if (
                    i not in found
                    and columns[i].fill_down
                    and cell is not None
                    and cell.text
                    and not block.is_label(cell)
                ):
                    found[i] = cell
        _fill_down(columns, found, filled)
        if _names_nothing(columns, found):
            continue
        values.append((result.row_numbers[index], found, ("列位修复",) if shift else ()))
        for cell in found.values():
            result.claim(cell)
    for number, found, marks in values:
        _add_row(block.section, number, found, printed, context, marks, result)


def _names_nothing(columns: tuple[Column, ...], found: dict[int, Cell]) -> bool:
    return all(columns[i].fill_down for i in found)


def _assign(columns: tuple[Column, ...], at: dict[int, int], cells: Cells, shift: int) -> tuple[dict[int, Cell], bool]:
    """Cells by field; a text that stands in no column goes to the row's empty text field."""
    taken = {col: i for i, col in at.items()}
    found: dict[int, Cell] = {}
    loose: list[Cell] = []
    for col, cell in sorted(cells.items()):
        i = taken.get(col + shift)
        if i is None:
            near = [j for j, c in at.items() if c <= col + shift < c + cell.colspan]
            i = near[0] if near else None
        if i is None or i in found:
            loose.append(cell)
        else:
            found[i] = cell
    moved = False
    for cell in loose:
        number = parse_amount(cell.text) is not None
        free = [
            i for i in at if i not in found and (columns[i].kind == "number") == number and not columns[i].fill_down
        ]
        if free:
            found[min(free, key=lambda i: abs(at[i] - cell.col - shift))] = cell
            moved = True
    return found, moved


def _is_number(text: str) -> bool:
    bare = key(text)
    return parse_amount(bare) is not None or bare.endswith("%") or bool(_COUNT.match(bare))


def _aligned(columns: tuple[Column, ...], at: dict[int, int], data: list[int], rows: list[Cells]) -> dict[int, int]:
    """Move the number columns as one where the header row itself had lost cells."""
    numbers = [i for i in at if columns[i].kind == "number"]

    def hits(move: int) -> int:
        return sum(
            1 for r in data for i in numbers if at[i] + move in rows[r] and _is_number(rows[r][at[i] + move].text)
        )

    best = max(range(3), key=lambda move: (hits(move), -move)) if numbers else 0
    return {i: col + best if i in numbers else col for i, col in at.items()}


def _best_shift(columns: tuple[Column, ...], at: dict[int, int], cells: Cells) -> int:
    taken = {col: columns[i] for i, col in at.items()}
    last = max(taken)

    def score(shift: int) -> float:
        total = 0.0
        for col, cell in cells.items():
            column = taken.get(col + shift)
            if col + shift > last:
                total -= 2.0
            elif column is None:
                total -= 0.5
            elif column.kind == "number":
                total += 1.0 if _is_number(cell.text) else -1.0
            elif column.kind == "vocabulary" and column.words is not None:
                total += 1.0 if column.words.search(key(cell.text)) else -1.0
            else:
                total += 0.5
        return total

    return max(range(_MOST_SHIFT + 1), key=lambda shift: (score(shift), -shift))


def _fill_down(columns: tuple[Column, ...], found: dict[int, Cell], filled: dict[int, Cell]) -> None:
    """Repeat a spanned cell's text; join its two halves where a page break cut the cell (产出 / 指标)."""
    for i, column in enumerate(columns):
        if not column.fill_down:
            continue
        if i in found:
            before = filled.get(i)
            if before is not None and column.words is not None and not column.words.search(key(found[i].text)):
                whole = before.text + found[i].text
                if column.words.search(key(whole)):
                    found[i] = replace(before, text=whole, marks=(*before.marks, "跨页续行"))
                    filled[i] = found[i]
                    continue
            if found[i] is not filled.get(i):
                for j in range(i + 1, len(columns)):
                    if columns[j].fill_down:
                        filled.pop(j, None)
            filled[i] = found[i]
        elif i in filled:
            found[i] = filled[i]


def _add_row(
    section: Section, number: int, found: dict[int, Cell], printed: dict[int, str], context: TableContext,
    marks: tuple[str, ...], result: Parsed,
) -> None:  # fmt: skip
    names = {section.columns[i].field: join_printed(cell.text) for i, cell in found.items()}
    if section.dataset in _TEXT_DATASETS:
        own = [c for i, c in found.items() if not section.columns[i].fill_down]
        count = sum(t.dataset == section.dataset for t in result.texts)
        fields: Fields = {**section.constants, **names, **_parsed_value(names.get("指标值"))}
        page = own[0].page if own else None
        result.texts.append(TextRow(section.dataset, context, count + 1, page, fields, marks))
        _add_scores(section, number, found, printed, context, names, marks, result)
        return
    row = _item_row(section, number, names)
    row.marks = marks
    for i, column in enumerate(section.columns):
        if column.kind != "number" or (i not in printed and i not in found):
            continue
        header = printed.get(i, column.field)
        measure = header if column.field == "年" else column.field
        row.amounts.append(_item_amount(row, i, header, measure, found.get(i), context))
    if row.amounts:
        result.add(section.dataset, context, row)


def _item_row(section: Section, number: int, names: dict[str, str]) -> Row:
    name, direction = names.get("科目名称"), names.get("方向")
    total = bool(name and is_total(name))
    detail = (name or "").lstrip().startswith("其中")
    spent = "支出" if "支出" in section.dataset or "采购" in section.dataset else None
    row = Row(
        number, direction=direction[:2] if direction else spent, scheme="收支项目" if direction else "项目",
        name=strip_ordinal(name) if name else None, printed=name or "", level="合计" if total else None,
        leaf=not total and not detail, depth=ordinal_depth(name) if name else None, detail=detail,
        group=names.get("分组"), remark=names.get("说明") or names.get("备注"), economic_class=names.get("支出经济分类"),
    )  # fmt: skip
    code = economic_code(row.economic_class) if row.economic_class else None
    if code:
        row.scheme, row.code, row.code_source = "部门经济分类", code, "名称推断"
        row.level, row.parent_code = level_of(code, row.scheme), parent_of(code, row.scheme)
    return row


def _item_amount(
    row: Row, i: int, header: str, measure: str, cell: Cell | None, context: TableContext, shift: int = 0
) -> Amount:  # fmt: skip
    """An amount of a form; its 列号 counts the fields of its section."""
    period = read_segment(header, context.year)
    column = PrintedColumn(
        i + 1 + shift, cell.col if cell else 0, 1, (header,), "measure", measure=measure,
        year=period.years[0] if period.years else None, phase=period.phase, money=measure not in _NO_MONEY,
    )  # fmt: skip
    return amount_of(row, column, cell, context)


def _add_scores(
    section: Section, number: int, found: dict[int, Cell], printed: dict[int, str], context: TableContext,
    names: dict[str, str], marks: tuple[str, ...], result: Parsed,
) -> None:  # fmt: skip
    """分值 of an indicator: a number that no dataset has a column for, kept in 未识别表 as no money."""
    row = Row(number, scheme="绩效指标", name=names.get("三级指标"), leaf=False, marks=marks)
    for i, column in enumerate(section.columns):
        if column.field in _NO_MONEY and i in found:
            row.amounts.append(_item_amount(row, i, printed.get(i, ""), column.field, found[i], context))
    if row.amounts:
        result.add(UNKNOWN, context, row)


def _parsed_value(text: str | None) -> Fields:
    """``≥12000 家次`` → 比较符 ≥, 数值 12000.0, 数值单位 家次."""
    match = _VALUE.match(text or "")
    if not match:
        return {}
    return {"比较符": match[1], "数值": float(match[2].replace(",", "")), "数值单位": match[3].strip() or None}


def free_rows(block: Block, data: list[int], rows: list[Cells], context: TableContext, result: Parsed) -> None:
    """A section without a header of its own: a name and a number, or several such pairs, in each row.

    A name alone where the others have theirs, after a row with a number, prints a blank.
    """
    header = block.label.text if block.label else ""
    unit = find_unit(header)
    within = replace(context, unit=unit, unit_marks=()) if unit else context
    places: dict[int, int] = {}  # column of a name → column of its numbers
    for index in data:
        cells = [rows[index][c] for c in sorted(rows[index])]
        for label, value in zip(cells, cells[1:], strict=False):
            if parse_amount(value.text) is None or parse_amount(label.text) is not None:
                continue
            places[label.col] = value.col
            _add_pair(block, result.row_numbers[index], (label, value, value.col), header, within, result)
        if len(cells) == 1 and cells[0].col in places and _can_be_named(cells[0].text):
            _add_pair(block, result.row_numbers[index], (cells[0], None, places[cells[0].col]), header, within, result)


def _can_be_named(text: str) -> bool:
    """Short words, no sentence and no number."""
    return len(compact(text)) <= _LONGEST_NAME and parse_amount(text) is None and not text.rstrip().endswith("。")


def _add_pair(
    block: Block, number: int, pair: tuple[Cell, Cell | None, int], header: str, context: TableContext, result: Parsed
) -> None:  # fmt: skip
    label, value, col = pair
    name = join_printed(label.text).rstrip("：:")
    total = "总额" in name
    row = Row(
        number, scheme="项目", name=strip_ordinal(name), printed=name,
        level="合计" if total else None, leaf=not total and not name.startswith("其中"),
        depth=ordinal_depth(name), detail=name.startswith("其中"),
    )  # fmt: skip
    column = PrintedColumn(col + 1, col, 1, (compact(header or label.text),), "measure", measure="金额")
    row.amounts.append(amount_of(row, column, value, context))
    for cell in (label, value):
        if cell is not None:
            result.claim(cell)
    result.add(block.section.dataset, context, row)
