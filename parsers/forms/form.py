"""Performance forms: one printed table that holds several, each with a heading and a header of its own.

A form is walked row by row; a row whose first cell starts a section of the spec switches to it.  Text input may
have lost the empty cells that stood before a row: such rows are put right by what their columns hold (列位修复).
"""

from __future__ import annotations

from decimal import Decimal

import regex

from extract.paper.model import Cell, Table, compact
from parsers.amounts_table.levels.settle import settle_levels
from parsers.amounts_table.rows import restore_trimmed
from parsers.forms.rows import Block, Cells, section_rows
from parsers.numbers import in_yuan, parse_amount
from parsers.specs.loader import Section, Spec
from parsers.text import join_printed, key
from parsers.values import Parsed, TableContext, TextRow

_MONEY = ("项目总预算", "项目当年预算")
_GOAL = regex.compile(r"^(长期|中长?期|年度|实施期|总体)(绩效)?目标")


def read_form(table: Table, first: int, spec: Spec, context: TableContext) -> Parsed:
    """Read every section of a form; numbers that no section claims are the caller's to keep."""
    result = Parsed()
    rows = [{c.col: c for c in row.cells if c.text} for row in table.rows]
    numbered = (r for r in range(first, len(rows)) if rows[r])
    result.row_numbers = {r: n for n, r in enumerate(numbered, start=1)}
    blocks = _blocks(table, rows, first, spec)
    owner, code = context.organisation, None
    pairs: dict[str, tuple[str, Cell]] = {}
    for block in blocks:
        if block.section.kind == "pairs":
            pairs = {**_pairs(block, rows, result), **pairs}
    if "项目名称" in pairs:
        owner = pairs["项目名称"][0]
        code = compact(pairs["项目编码"][0]) if "项目编码" in pairs else None
        result.texts.append(_project(pairs, context))
    for block in blocks:
        if block.section.kind == "goals":
            _goals(block, rows, context, result)
        elif block.section.kind == "rows":
            section_rows(block, rows, table, context, result)
    for text in result.texts:
        if text.dataset != "项目基本信息":
            text.fields.update(归属=owner, 归属编码=code)
    for amounts in result.amounts.values():
        for row in amounts.rows:
            row.owner, row.owner_code = owner, code
        restore_trimmed(amounts.amounts())
        settle_levels(amounts.rows)
    result.body_rows = len(result.row_numbers)
    return result


def _blocks(table: Table, rows: list[Cells], first: int, spec: Spec) -> list[Block]:
    blocks: list[Block] = []
    for index in range(first, len(rows)):
        cells = rows[index]
        if not cells or table.rows[index].repeated:
            continue
        label = cells[min(cells)]
        if _goes_on(label, cells, blocks):
            blocks[-1].labels.add((label.row, label.col))
            blocks[-1].rows.append(index)
            continue
        section = _starting(key(label.text), spec, blocks)
        by_header = section is None
        if section is None:
            section = _starting_by_header("|".join(key(cells[c].text) for c in sorted(cells)), spec, blocks)
        if section:
            blocks.append(Block(section, None if by_header else label))
            if section.keep_start_row:
                blocks[-1].rows.append(index)
        elif blocks:
            blocks[-1].rows.append(index)
    return blocks


def _goes_on(label: Cell, cells: Cells, blocks: list[Block]) -> bool:
    """The heading beside a section's rows is printed again on the next page: no new section, no new header."""
    last = blocks[-1] if blocks else None
    if last is None or last.section.kind != "rows" or len(cells) < 2 or not last.section.start.search(key(label.text)):
        return False
    others = [key(c.text) for c in cells.values() if c is not label]
    return not any(column.fits(text) for column in last.section.columns for text in others if text)


def _starting(text: str, spec: Spec, blocks: list[Block]) -> Section | None:
    for section in spec.sections:
        if section.start.search(text):
            if blocks and blocks[-1].section is section and section.kind == "pairs":
                return None
            if section.kind == "pairs" and blocks:
                return None
            if blocks and section.not_after and section.not_after == blocks[-1].section.dataset:
                return None
            return section
    if blocks and blocks[-1].section.kind != "pairs":
        for section in spec.sections:
            if section.kind == "pairs" and any(
                c.fits(text) for c in section.columns if c.field in ("项目总预算", "预算变动情况")
            ):
                return section
    return None


def _starting_by_header(text: str, spec: Spec, blocks: list[Block]) -> Section | None:
    """A header row can open a section whose label is lost (a spanned label cut by a page break)."""
    for section in spec.sections:
        if section.start_row and section.start_row.search(text):
            inside = blocks and blocks[-1].section.dataset == section.dataset
            return None if inside else section
    return None


def _pairs(block: Block, rows: list[Cells], result: Parsed) -> dict[str, tuple[str, Cell]]:
    info: dict[str, tuple[str, Cell]] = {}
    for index in block.rows:
        cells = [rows[index][c] for c in sorted(rows[index])]
        for label, value in zip(cells, cells[1:], strict=False):
            for column in block.section.columns:
                if column.fits(key(label.text)) and column.field not in info:
                    if any(c.fits(key(value.text)) for c in block.section.columns):
                        break
                    info[column.field] = (join_printed(value.text), value)
                    result.claim(label)
                    result.claim(value)
    return info


def _project(pairs: dict[str, tuple[str, Cell]], context: TableContext) -> TextRow:
    row = TextRow("项目基本信息", context, 1)
    for name, (text, cell) in pairs.items():
        row.page = row.page or cell.page
        if name in _MONEY:
            amount = parse_amount(text)
            row.fields[name] = in_yuan(amount, context.unit).value if amount else None
        else:
            row.fields[name] = compact(text) if name == "项目编码" else text
    return row


def _goals(block: Block, rows: list[Cells], context: TableContext, result: Parsed) -> None:
    kinds: dict[int, tuple[str, str]] = {}
    default = "年度" if block.label is not None and "年度" in key(block.label.text) else None
    number = sum(t.dataset == "绩效目标" for t in result.texts)

    def add(kind: str | None, name: str | None, text: str, cell: Cell) -> None:
        nonlocal number
        number += 1
        fields: dict[str, str | Decimal | float | None] = {
            "目标类型": kind, "目标名称": name, "目标说明": join_printed(text),
        }  # fmt: skip
        result.texts.append(TextRow("绩效目标", context, number, cell.page, fields))

    for index in block.rows:
        cells = [rows[index][c] for c in sorted(rows[index]) if rows[index][c] is not block.label]
        texts = [key(c.text) for c in cells]
        if not cells or "名称" in texts:
            continue
        goal_headers = [c for c, t in zip(cells, texts, strict=True) if _GOAL.match(t) and len(t) < 20]
        if goal_headers and len(goal_headers) == len(cells):
            kinds = {c.col: (_kind(key(c.text)), compact(c.text)) for c in cells}
            continue
        for cell in cells:
            result.claim(cell)
        if goal_headers and len(cells) > 1:
            add(_kind(texts[0]), join_printed(cells[0].text), "\n".join(c.text for c in cells[1:]), cells[0])
        elif kinds:
            for cell in cells:
                kind, name = kinds[min(kinds, key=lambda col: abs(col - cell.col))]
                add(kind, name, cell.text, cell)
        else:
            add(default, None, "\n".join(c.text for c in cells), cells[0])


def _kind(text: str) -> str:
    return "年度" if "年度" in text else "长期"
