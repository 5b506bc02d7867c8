"""From a stitched table to rows of the long amount schema: one row per cell of a measure column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from extract.paper.model import Cell, Table
from parsers.amounts_table.codes import assemble, code_before_name, level_of, parent_of, printed_code
from parsers.amounts_table.header import (
    Leaf,
    Panel,
    header_rows,
    is_order_row,
    known_measure,
    leaves,
    measure_name,
    panels,
)
from parsers.numbers import in_yuan, parse_amount, reading_marks
from parsers.outline.captions import find_unit
from parsers.specs.codebook import UNKNOWN_CODE, class_code, is_known_class
from parsers.specs.loader import Spec, vocabulary
from parsers.text import is_total, join_printed, key, ordinal_depth, strip_ordinal

Record = dict[str, Any]
UNKNOWN = "未识别表"
_BUDGET_COLUMNS = frozenset(("预算数", "年初预算数", "全年预算数"))
_CODED = {"功能分类", "部门经济分类", "政府经济分类"}
_INFERS_CLASS = {"收支总表", "财政拨款收支总表"}


@dataclass(slots=True)
class Context:
    """What every row of a table shares."""

    document: str
    year: int | None
    kind: str | None
    organisation: str | None
    number: str | None
    unit: str | None
    unit_marks: tuple[str, ...] = ()


@dataclass(slots=True)
class Tidy:
    """Rows by dataset, notes found inside the grid, and how sure we are of the header."""

    rows: dict[str, list[Record]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    unmapped: list[str] = field(default_factory=list)
    claimed: set[int] = field(default_factory=set)
    body_rows: int = 0

    def add(self, dataset: str, record: Record) -> None:
        self.rows.setdefault(dataset, []).append(record)


def blank_record(context: Context, dataset: str) -> Record:
    """A record with the columns that the context fills."""
    return {
        "文档": context.document, "年度": context.year, "口径": context.kind, "编制单位": context.organisation,
        "数据集": dataset, "表号": context.number,
    }  # fmt: skip


def amount_columns(cell: Cell | None, context: Context, header: str, extra: tuple[str, ...] = ()) -> Record:
    """金额, 原文, 末位, place and marks of one cell; ``None`` stands for a cell that is not printed."""
    unit = find_unit(header) or context.unit
    marks = list(extra)
    text = cell.text.replace("\n", "") if cell else ""
    amount = parse_amount(cell.text) if cell else None
    yuan = in_yuan(amount, unit) if amount is not None else None
    if yuan is not None:
        marks.extend((*context.unit_marks, *yuan.marks))
        if unit is None:
            marks.append("单位未知")
    if cell:
        marks.extend((*cell.marks, *reading_marks(cell.text)))
    x0, y0, x1, y1 = cell.bbox if cell and cell.bbox else (None, None, None, None)
    return {
        "金额": yuan.value if yuan else None,
        "末位": yuan.step if yuan else None,
        "原文": text or None,
        "计量单位": unit,
        "页码": cell.page if cell else None,
        "x0": x0, "y0": y0, "x1": x1, "y1": y1,
        "标记": marks,
    }  # fmt: skip


def tidy_amounts(table: Table, first: int, spec: Spec | None, context: Context) -> Tidy:
    """Tidy a table whose body starts after ``first`` caption rows and a header that is found here."""
    result = Tidy()
    end = header_rows(table, first)
    found = leaves(table, first, end)
    groups = [p for p in panels(found) if p.measures]
    dataset = spec.dataset if spec else UNKNOWN
    matrix = table.matrix()
    previous: dict[int, str] = {}
    number = 0
    pending: list[list[Record]] = [[] for _ in groups]
    if spec:
        unknown = (
            leaf for panel in groups for leaf in panel.measures if leaf.path and not known_measure(leaf.path, spec)
        )
        result.unmapped.extend(leaf.printed for leaf in unknown)
    said = [_Said.of(panel, k, len(groups), spec, context) for k, panel in enumerate(groups)]
    for r in range(end, len(table.rows)):
        row = table.rows[r]
        texts = [c for c in row.cells if c.text]
        if row.repeated or not texts or (r <= end + 1 and is_order_row(table, r)):
            continue
        if _take_note(texts, result):
            continue
        number += 1
        for k, panel in enumerate(groups):
            records = _panel_row(table, matrix, r, panel, k, said[k], context, dataset, previous)
            for record, cell in records:
                record["行号"] = number
                pending[k].append(record)
                if cell is not None:
                    result.claimed.add(id(cell))
    result.body_rows = number
    for made in pending:
        _doubt_nameless_totals(made)
        _finish_levels(made)
    for record in sorted((r for made in pending for r in made), key=lambda r: r["行号"]):
        result.add(dataset, record)
    _claim_labels(table, found, end, result)
    return result


def _claim_labels(table: Table, found: list[Leaf], end: int, result: Tidy) -> None:
    """Header, codes, names and 行次 numbers have their place; they are not amounts that went missing."""
    matrix = table.matrix()
    result.claimed.update(id(cell) for row in table.rows[:end] for cell in row.cells)
    for leaf in found:
        if leaf.role != "measure":
            for line in matrix[end:]:
                cell = line[leaf.col]
                if cell is not None:
                    result.claimed.add(id(cell))


def _take_note(texts: list[Cell], result: Tidy) -> bool:
    """A note inside the grid (注：…, 此表为空) is no row of data."""
    words = vocabulary()
    if len(texts) > 2 or any(parse_amount(c.text) is not None for c in texts):
        return False
    joined = key("".join(c.text for c in texts))
    if words.note.search(joined) or (words.empty_note.search(joined) and len(joined) > 3 and not is_total(joined)):
        result.notes.append("".join("".join(c.text.split()) for c in texts))
        return True
    return False


def _own(matrix: list[list[Cell | None]], r: int, leaf: Leaf) -> list[Cell]:
    """Cells with text of row ``r`` under ``leaf``, each once."""
    found: list[Cell] = []
    for c in range(leaf.col, leaf.col + leaf.width):
        cell = matrix[r][c]
        if cell is not None and cell.text and all(cell is not f for f in found):
            found.append(cell)
    return found


def _label(matrix: list[list[Cell | None]], r: int, panel: Panel) -> tuple[list[str], str, Cell | None]:
    """Code parts, name and the name's cell of one panel's row."""
    parts: list[str] = []
    name, cell_of_name = "", None
    seen: set[int] = set()
    for leaf in panel.codes:
        text = ""
        for cell in _own(matrix, r, leaf):
            if id(cell) in seen or cell.row != r:
                continue
            seen.add(id(cell))
            bare = key(cell.text)
            code = printed_code(bare)
            if code:
                text += code
            elif bare not in ("类", "款", "项", "目"):
                name, cell_of_name = cell.text, cell
        parts.append(text)
    for leaf in panel.names:
        for cell in _own(matrix, r, leaf):
            spanned = cell.row != r
            if id(cell) in seen or (spanned and name):
                continue
            if spanned and leaf is not panel.names[-1] and len(panel.names) > 1:
                continue  # a category that spans rows belongs to its first row; the item is named further right
            seen.add(id(cell))
            if not spanned or not name:
                name, cell_of_name = cell.text, cell
    return parts, name, cell_of_name


class _Column(NamedTuple):
    measure: str
    kind: str | None
    income: bool
    money: bool


@dataclass(frozen=True, slots=True)
class _Said:
    """What the header says of every row of a panel."""

    direction: str | None
    scheme: str | None
    columns: list[_Column]

    @staticmethod
    def of(panel: Panel, k: int, count: int, spec: Spec | None, context: Context) -> _Said:
        columns = []
        for leaf, (measure, kind) in zip(panel.measures, _measures(panel, spec, context), strict=True):
            first, last = (key(leaf.path[0]), key(leaf.path[-1])) if leaf.path else ("", "")
            columns.append(_Column(measure, kind, first.startswith("本年收入"), not vocabulary().no_money.search(last)))
        return _Said(_direction(panel, k, count, spec), _scheme(panel, spec), columns)


def _panel_row(
    table: Table, matrix: list[list[Cell | None]], r: int, panel: Panel, k: int, said: _Said,
    context: Context, dataset: str, previous: dict[int, str],
) -> Iterator[tuple[Record, Cell | None]]:  # fmt: skip
    parts, name, name_cell = _label(matrix, r, panel)
    cells = [_measure_cell(matrix, r, leaf, name_cell) for leaf in panel.measures]
    if name_cell is not None and any(matrix[r][leaf.col] is name_cell for leaf in panel.measures):
        return  # the label spans this panel's amounts: it belongs to the panel on the right
    if not name and not any(parts):
        name = _total_elsewhere(matrix[r], panel)
    if not any(parts) and not name and not any(c is not None and c.text for c in cells):
        return
    code, code_marks = assemble(parts, previous.get(k))
    printed = join_printed(name)
    direction, scheme = said.direction, said.scheme
    together = code_before_name(printed) if not code and scheme in _CODED else None
    if together:
        code, printed = together
    if code:
        previous[k] = code
    clean = strip_ordinal(printed) or None
    source = "印刷" if code else None
    if not code and clean and dataset in _INFERS_CLASS and direction == "支出":
        code = class_code(clean)
        source = "名称推断" if code else None
    labelled = bool(panel.codes or panel.names)
    total = labelled and not code and (not clean or is_total(clean))
    if code and source == "印刷" and scheme == "功能分类" and len(code) == 6:
        scheme = "单位"  # a unit's own row among functional codes
    if code and source == "印刷" and not is_known_class(code, scheme):
        code_marks = (*code_marks, UNKNOWN_CODE)
    level = "合计" if total else level_of(code, scheme)
    row = {
        **blank_record(context, dataset),
        "科目体系": scheme, "科目编码": code, "编码来源": source, "科目名称": clean, "级次": level,
        "上级编码": None if total else parent_of(code, scheme), "末级": not total, "方向": direction,
        "_depth": ordinal_depth(printed), "_printed": printed, "_panel": k,
    }  # fmt: skip
    marks = (*code_marks, *table.rows[r].marks)
    for leaf, cell, column in zip(panel.measures, cells, said.columns, strict=True):
        header = leaf.printed
        record = {
            **row, "口径": column.kind, "指标": column.measure, "表头": header or None,
            **amount_columns(cell, context, header, marks),
        }  # fmt: skip
        if direction == "支出" and column.income:
            record["方向"] = "收入"  # 年初结转 | 本年收入 | 本年支出 | 年末结转 in one row
        if not column.money:
            record["金额"] = record["末位"] = None  # a count or a rate: its text stands in 原文
        yield record, cell


def _total_elsewhere(line: list[Cell | None], panel: Panel) -> str:
    """合计 printed in a column that holds no names, such as 序号."""
    before = panel.measures[0].col if panel.measures else 0
    words = [c.text for c in line[:before] if c is not None and c.text and is_total(c.text)]
    return words[0] if words else ""


def _measures(panel: Panel, spec: Spec | None, context: Context) -> list[tuple[str, str | None]]:
    """指标 and 口径 of a panel's columns; two columns of one name take their header paths instead."""
    found: list[tuple[str, str | None]] = []
    for leaf in panel.measures:
        name = measure_name(leaf.path, spec)
        if name == "预算数" and context.kind == "决算" and key(leaf.path[-1]).startswith("金额"):
            name = "决算数"
        found.append((name, _column_kind(leaf, context)))
    return [
        (leaf.printed or name, kind) if found.count((name, kind)) > 1 else (name, kind)
        for leaf, (name, kind) in zip(panel.measures, found, strict=True)
    ]


def _measure_cell(matrix: list[list[Cell | None]], r: int, leaf: Leaf, name_cell: Cell | None) -> Cell | None:
    found = [c for c in _own(matrix, r, leaf) if c.row == r and c is not name_cell]
    if found:
        return found[0]
    cell = matrix[r][leaf.col]
    return cell if cell is not None and cell.row == r and not cell.text else None


def _column_kind(leaf: Leaf, context: Context) -> str | None:
    """预算数 | 决算数 side by side under one measure: each column has its own 口径."""
    if len(leaf.path) > 1 and context.kind == "决算" and any(key(p) in _BUDGET_COLUMNS for p in leaf.path):
        return "预算"
    return context.kind


def _direction(panel: Panel, k: int, count: int, spec: Spec | None) -> str | None:
    """收入 or 支出 by the panel's label header, the spec, the measures' header, the panel's place."""
    leaves_by_weight = (*panel.names, *panel.codes), panel.measures
    for leaves_, fixed in zip(leaves_by_weight, (None, spec.direction if spec and count == 1 else None), strict=True):
        if fixed:
            return fixed
        for leaf in leaves_:
            first = key(leaf.path[0]) if leaf.path else ""
            if ("收入" in first) != ("支出" in first):
                return "收入" if "收入" in first else "支出"
    if spec and spec.direction:
        return spec.direction
    if count > 1:
        return "收入" if k == 0 else "支出"
    return None


def _scheme(panel: Panel, spec: Spec | None) -> str | None:
    if not spec:
        return None
    by_subject = any(leaf.role == "part" or "科目" in key(leaf.path[-1]) for leaf in panel.codes)
    for leaf in panel.codes if by_subject else (*panel.codes, *panel.names):
        for pattern, scheme in spec.schemes:
            if any(pattern.search(key(p)) for p in leaf.path):
                return scheme
    return spec.scheme


def _doubt_nameless_totals(records: list[Record]) -> None:
    """A row without a name is the total where it is the only one of its kind, else a row whose name is lost."""
    totals = {r["行号"]: r["科目名称"] for r in records if r["级次"] == "合计"}
    if len(totals) > 1:
        for record in records:
            if record["级次"] == "合计" and record["科目名称"] is None:
                record["级次"], record["末级"] = None, True


def _finish_levels(records: list[Record]) -> None:
    """Set 末级, and 上级编码 by position for projects, once all rows of a panel are known."""
    if not records:
        return
    codes = {r["科目编码"] for r in records if r["科目编码"] and r["编码来源"] == "印刷"}
    parents = {c[:n] for c in codes for n in range(3, len(c))} & codes
    rows: list[Record] = []
    for record in records:
        if not rows or rows[-1]["行号"] != record["行号"]:
            rows.append(record)
    leaf: dict[int, bool] = {}
    above: dict[str, str | None] = {"部门": None, "一级项目": None}
    upper: dict[int, str | None] = {}
    for record, below in zip(rows, [*rows[1:], None], strict=True):
        number = record["行号"]
        leaf[number] = record["末级"] and record["科目编码"] not in parents and not _has_child(record, below)
        if record["科目体系"] == "项目":
            upper[number] = _project_parent(record, above)
            leaf[number] = leaf[number] and not _opens_projects(record, below)
    for record in records:
        record["末级"] = leaf[record["行号"]]
        if record["行号"] in upper:
            record["上级编码"] = upper[record["行号"]]


def _has_child(record: Record, below: Record | None) -> bool:
    """By ordinals: （一） under 一、.  A row of 其中 is a detail of its parent, never a leaf of its own."""
    if str(record["_printed"]).startswith("其中"):
        return True
    if below is None or record["_depth"] is None or below["_depth"] is None:
        return False
    if below["级次"] == "合计":
        return False
    return bool(below["_depth"] > record["_depth"]) and not str(below["_printed"]).startswith("其中")


_PROJECT_DEPTH = {"部门": 0, "一级项目": 1, "二级项目": 2}


def _project_parent(record: Record, above: dict[str, str | None]) -> str | None:
    level, code = record["级次"], record["科目编码"]
    if level in above:
        above[level] = code
    if level == "部门":
        above["一级项目"] = None
        return None
    return above["部门"] if level == "一级项目" else above["一级项目"] if level == "二级项目" else None


def _opens_projects(record: Record, below: Record | None) -> bool:
    mine = _PROJECT_DEPTH.get(record["级次"] or "")
    theirs = _PROJECT_DEPTH.get(below["级次"] or "") if below else None
    return mine is not None and theirs is not None and theirs > mine


def leftovers(table: Table, first: int, claimed: set[int], context: Context) -> list[Record]:
    """Amounts that no column claimed, for 未识别表: nothing that looks like money is dropped."""
    records = []
    for index, row in enumerate(table.rows):
        if index < first or row.repeated or is_order_row(table, index):
            continue
        label = next((c for c in row.cells if c.text and parse_amount(c.text) is None), None)
        for cell in row.cells:
            if id(cell) in claimed or (parse_amount(cell.text) is None and not reading_marks(cell.text)):
                continue
            record = blank_record(context, UNKNOWN)
            record.update(
                行号=index + 1, 科目体系=None, 科目编码=None, 编码来源=None, 级次=None, 上级编码=None, 末级=False,
                方向=None, 指标=None, 表头=None, 科目名称=strip_ordinal(join_printed(label.text)) if label else None,
            )  # fmt: skip
            record.update(amount_columns(cell, context, "", ("列头未识别",)))
            records.append(record)
    return records
