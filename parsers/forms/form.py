"""Performance forms: one printed table that holds several, each with a heading and a header of its own.

A form is walked row by row; a row whose first cell starts a section of the spec switches to it.  Text input may
have lost the empty cells that stood before a row: such rows are put right by what their columns hold (列位修复).
"""

from __future__ import annotations

import regex

from extract.paper.model import Cell, Table, compact
from parsers.amounts_table.tidy import Context, Record, Tidy, blank_record
from parsers.forms.rows import Block, Cells, section_rows
from parsers.numbers import in_yuan, parse_amount
from parsers.specs.loader import Section, Spec
from parsers.text import join_printed, key

_GOAL = regex.compile(r"^(长期|中长?期|年度|实施期|总体)(绩效)?目标")


def tidy_form(table: Table, first: int, spec: Spec, context: Context) -> Tidy:
    """Tidy every section of a form; numbers that no section claims are the caller's to keep."""
    result = Tidy()
    rows = [{c.col: c for c in row.cells if c.text} for row in table.rows]
    blocks = _blocks(table, rows, first, spec)
    owner, code = context.organisation, None
    info: dict[str, tuple[str, Cell]] = {}
    for block in blocks:
        if block.section.kind == "pairs":
            info = {**_pairs(block, rows, result), **info}
    if "项目名称" in info:
        owner = info["项目名称"][0]
        code = compact(info["项目编码"][0]) if "项目编码" in info else None
        result.add("项目基本信息", _project_record(info, context))
    counters: dict[str, int] = {}
    for block in blocks:
        if block.section.kind == "goals":
            made = _goals(block, rows, result)
        elif block.section.kind == "rows":
            made = section_rows(block, rows, table, context, result)
        else:
            continue
        dataset = block.section.dataset
        for record in made:
            target = record.pop("_dataset", dataset)
            if record.pop("_new", True):
                counters[dataset] = counters.get(dataset, 0) + 1
            full = blank_record(context, target)
            full.update(record, 行号=counters[dataset], 归属=owner, 归属编码=code)
            result.add(target, full)
    result.body_rows = sum(1 for r in rows[first:] if r)
    return result


def _blocks(table: Table, rows: list[Cells], first: int, spec: Spec) -> list[Block]:
    blocks: list[Block] = []
    for index in range(first, len(rows)):
        cells = rows[index]
        if not cells or table.rows[index].repeated:
            continue
        label = cells[min(cells)]
        if _goes_on(label, cells, blocks):
            blocks[-1].labels.add(id(label))
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


def _pairs(block: Block, rows: list[Cells], result: Tidy) -> dict[str, tuple[str, Cell]]:
    info: dict[str, tuple[str, Cell]] = {}
    for index in block.rows:
        cells = [rows[index][c] for c in sorted(rows[index])]
        for label, value in zip(cells, cells[1:], strict=False):
            for column in block.section.columns:
                if column.fits(key(label.text)) and column.field not in info:
                    if any(c.fits(key(value.text)) for c in block.section.columns):
                        break
                    info[column.field] = (join_printed(value.text), value)
                    result.claimed.update((id(label), id(value)))
    return info


def _project_record(info: dict[str, tuple[str, Cell]], context: Context) -> Record:
    record = blank_record(context, "项目基本信息")
    record["行号"] = 1
    for name, (text, cell) in info.items():
        record.setdefault("页码", cell.page)
        if name in ("项目总预算", "项目当年预算"):
            amount = parse_amount(text)
            record[name] = in_yuan(amount, context.unit).value if amount else None
        else:
            record[name] = compact(text) if name == "项目编码" else text
    return record


def _goals(block: Block, rows: list[Cells], result: Tidy) -> list[Record]:
    kinds: dict[int, tuple[str, str]] = {}
    made: list[Record] = []
    default = "年度" if block.label is not None and "年度" in key(block.label.text) else None
    for index in block.rows:
        cells = [rows[index][c] for c in sorted(rows[index]) if rows[index][c] is not block.label]
        texts = [key(c.text) for c in cells]
        if not cells or "名称" in texts:
            continue
        heads = [c for c, t in zip(cells, texts, strict=True) if _GOAL.match(t) and len(t) < 20]
        if heads and len(heads) == len(cells):
            kinds = {c.col: (_kind(key(c.text)), compact(c.text)) for c in cells}
            continue
        result.claimed.update(id(c) for c in cells)
        if heads and len(cells) > 1:
            rest = "\n".join(c.text for c in cells[1:])
            made.append(_goal(_kind(texts[0]), join_printed(cells[0].text), rest, cells[0]))
        elif kinds:
            for cell in cells:
                kind, name = kinds[min(kinds, key=lambda col: abs(col - cell.col))]
                made.append(_goal(kind, name, cell.text, cell))
        else:
            made.append(_goal(default, None, "\n".join(c.text for c in cells), cells[0]))
    return made


def _kind(text: str) -> str:
    return "年度" if "年度" in text else "长期"


def _goal(kind: str | None, name: str | None, text: str, cell: Cell) -> Record:
    return {"目标类型": kind, "目标名称": name, "目标说明": join_printed(text), "页码": cell.page}
