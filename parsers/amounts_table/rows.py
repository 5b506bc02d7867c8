"""Body rows of a table: for each panel its code, its name, and an amount for each measure column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from extract.paper.model import Cell, Table
from parsers.amounts_table.codes import assemble, code_before_name, level_of, parent_of, printed_code
from parsers.numbers import FACTORS, in_yuan, parse_amount, parse_with_unit, reading_marks
from parsers.specs.codebook import UNKNOWN_CODE, class_code, family_of, is_known_class, revenue_code
from parsers.specs.columns import column_words
from parsers.specs.loader import Spec, vocabulary
from parsers.text import is_total, join_printed, key, ordinal_depth, strip_ordinal
from parsers.values import TOTAL, Amount, Column, Row, TableContext

OCR_LABELS = ("OCR存疑", "OCR词典")
_CODED = {"功能分类", "部门经济分类", "政府经济分类", "收入分类"}
_BALANCES = {"收支总表", "财政拨款收支总表", "收支平衡表"}
_REVENUE = "一般公共预算收入表"
_LEAST_BARE = 3
_DETAIL = "其中"
_NAME_COLUMN = 20.0  # em: as far as a name in the next column stands in
_MOST_NAMES = 0.6  # share of a panel's names
_SHORT_TOTAL = 6  # characters: 本年收入合计
_UNIT_CODE = 6  # digits of a unit's own code among functional ones


@dataclass(frozen=True, slots=True)
class Panel:
    """Columns that belong together, and what their header says of every row."""

    index: int
    codes: tuple[Column, ...]
    names: tuple[Column, ...]
    measures: tuple[Column, ...]
    direction: str | None = None
    direction_printed: bool = False  # does its header or the title say the direction?
    scheme: str | None = None


def panels_of(
    columns: list[Column], spec: Spec | None, context: TableContext, title_direction: str | None
) -> list[Panel]:
    """Panels that hold measures, left to right."""
    found = []
    for index in sorted({c.panel for c in columns}):
        mine = [c for c in columns if c.panel == index]
        measures = tuple(c for c in mine if c.role == "measure")
        if measures:
            codes = tuple(c for c in mine if c.role in ("code", "part"))
            names = [c for c in mine if c.role == "name"]
            if codes:  # a unit beside coded items names only the rows that no item does
                names.sort(key=lambda c: not _is_of_unit(c))
            found.append(Panel(index, codes, tuple(names), measures))
    return [
        replace(
            p,
            direction=_direction(p, k, len(found), spec, title_direction),
            scheme=_scheme(p, spec),
            direction_printed=title_direction is not None or _side_of((*p.names, *p.codes)) is not None,
        )
        for k, p in enumerate(found)
    ]


def _is_of_unit(column: Column) -> bool:
    """单位名称, or 名称 under 单位."""
    return bool(vocabulary().unit_name.search(key("/".join(column.path[-2:])) if column.path else ""))


def _direction(panel: Panel, k: int, count: int, spec: Spec | None, title: str | None) -> str | None:
    """收入 or 支出: by the panel's label header, the title or spec, the measures' header, the panel's place."""
    if spec and spec.undirected:
        return None
    for columns, fixed in (
        ((*panel.names, *panel.codes), None),
        (panel.measures, (title or (spec.direction if spec else None)) if count == 1 else None),
    ):
        if fixed:
            return fixed
        side = _side_of(columns)
        if side:
            return side
    if count > 1 and title is None and not (spec and spec.direction):
        return "收入" if k == 0 else "支出"
    return spec.direction if spec and spec.direction else title


def _side_of(columns: tuple[Column, ...]) -> str | None:
    """The side that the first word of a header path names."""
    for column in columns:
        first = key(column.path[0]) if column.path else ""
        if ("收入" in first) != ("支出" in first):
            return "收入" if "收入" in first else "支出"
    return None


def settle_direction(rows: list[Row], panel: Panel) -> None:
    """Names of the rows decide where the header does not: a panel of 税收收入, 收入总计 is no expenditure."""
    if panel.direction_printed:
        return
    names = [key(r.name or "") for r in rows]
    totals = {
        side
        for side in ("收入", "支出")
        if any(side in n for r, n in zip(rows, names, strict=True) if r.level == TOTAL)
    }
    ends = {side: sum(n.endswith(side) for n in names) for side in ("收入", "支出")}
    side = next(iter(totals)) if len(totals) == 1 else None
    for mine, other in (("收入", "支出"), ("支出", "收入")):
        if side is None and ends[mine] >= _MOST_NAMES * len(names) and ends[mine] > 4 * ends[other]:
            side = mine
    if side is None or side == panel.direction:
        return
    for row in rows:
        row.direction = side
        for amount in row.amounts:
            amount.direction = amount.column.direction or side


def _scheme(panel: Panel, spec: Spec | None) -> str | None:
    if not spec:
        return None
    if spec.scheme == "项目" and any(c.path and "项目" in key(c.path[-1]) for c in panel.names):
        return spec.scheme  # a place beside it says where the project is
    by_subject = any(c.role == "part" or (c.path and "科目" in key(c.path[-1])) for c in panel.codes)
    for column in panel.codes if by_subject else (*panel.codes, *panel.names):
        for pattern, scheme in spec.schemes:
            if any(pattern.search(key(p)) for p in column.path):
                return scheme
    return spec.scheme


def _doubts(line: list[Cell | None], panel: Panel, label: Label) -> tuple[str, ...]:
    """A row whose code or name was recognised with doubt, or put right, is so as a whole."""
    cells = (label.name_cell, *(line[column.col] for column in panel.codes))
    return tuple(mark for mark in OCR_LABELS if any(c is not None and mark in c.marks for c in cells))


@dataclass(frozen=True, slots=True)
class Label:
    """What stands before the amounts of a row: code parts, name, and the cells they stand in."""

    parts: tuple[str, ...]
    name: str
    name_cell: Cell | None
    indent: float


@dataclass(slots=True)
class RowReader:
    """Reads the rows of one table from the top down."""

    table: Table
    context: TableContext
    spec: Spec | None
    previous: dict[int, str]  # code above, by panel, for blanks that repeat it
    bare: bool | None = None  # see ``_bare_classes``

    def read(self, r: int, number: int, panel: Panel) -> Row | None:
        """The part of printed row ``r`` that stands in ``panel``; ``None`` where neither name nor figure is there."""
        line = self.table.matrix()[r]
        label = self._label(line, r, panel)
        cells = [self._measure_cell(line, r, column, label.name_cell) for column in panel.measures]
        cell = label.name_cell
        if cell is not None and any(line[column.col] is cell for column in panel.measures):
            return None  # the label spans this panel's amounts: it belongs to the panel on the right
        name = label.name
        if not name and not any(label.parts):
            name = _total_elsewhere(line, panel)
        if not any(label.parts) and not name and not any(c is not None and c.text for c in cells):
            return None
        row = self._row(number, panel, label, name)
        row.marks = (*row.marks, *self.table.rows[r].marks, *_doubts(line, panel, label))
        for column, cell in zip(panel.measures, cells, strict=True):
            row.amounts.append(amount_of(row, column, cell, self.context))
        return row

    def _row(self, number: int, panel: Panel, label: Label, name: str) -> Row:
        code, marks = assemble(list(label.parts), self.previous.get(panel.index))
        printed = join_printed(name)
        scheme = panel.scheme
        together = code_before_name(printed) if not code and (scheme in _CODED or scheme is None) else None
        if together:
            code, printed = together
        if code:
            self.previous[panel.index] = code
        clean = strip_ordinal(printed) or None
        source = "印刷" if code else None
        if not code and clean:
            code = self._inferred(clean, panel)
            source = "名称推断" if code else None
        labelled = bool(panel.codes or panel.names)
        total = labelled and not code and (not clean or _carries_total(clean, printed))
        if code and source == "印刷":
            scheme = self._scheme_of(code, scheme)
            if not is_known_class(code, scheme):
                marks = (*marks, UNKNOWN_CODE)
        return Row(
            number, panel.index, panel.direction, scheme, code, source, clean, printed,
            TOTAL if total else level_of(code, scheme), None if total else parent_of(code, scheme), not total,
            ordinal_depth(printed), label.indent, printed.startswith(_DETAIL), tuple(marks),
            _counts_things(clean, panel),
        )  # fmt: skip

    def _inferred(self, name: str, panel: Panel) -> str | None:
        """The code of a class that is printed by its name, where the panel prints no codes."""
        dataset = self.spec.dataset if self.spec else None
        if panel.direction == "支出" and (dataset in _BALANCES or (panel.scheme == "功能分类" and not panel.codes)):
            return class_code(name) or (class_code(f"{name}支出") if self._bare_classes() else None)
        uncoded = dataset == _REVENUE and panel.scheme == "收入分类" and not panel.codes
        return revenue_code(name) if uncoded else None

    def _bare_classes(self) -> bool:
        """Are the classes of the table printed without the word 支出: 教育, 公共安全?"""
        if self.bare is None:
            names = {strip_ordinal(key(c.text)) for c in self.table.cells() if c.text and not c.text[-1].isdigit()}
            bare = sum(class_code(f"{name}支出") is not None for name in names)
            self.bare = bare >= _LEAST_BARE and bare > sum(class_code(name) is not None for name in names)
        return self.bare

    def _scheme_of(self, code: str, scheme: str | None) -> str | None:
        """A row's own scheme where its code belongs to another classification than its panel's."""
        if scheme == "功能分类" and len(code) == _UNIT_CODE:
            return "单位"
        if scheme in _CODED:
            family = family_of(code)
            if family is not None and family != scheme and not is_known_class(code, scheme):
                return family
        return scheme

    def _label(self, line: list[Cell | None], r: int, panel: Panel) -> Label:
        parts: list[str] = []
        name, name_cell = "", None
        seen: set[tuple[int, int]] = set()
        for column in panel.codes:
            text = ""
            for cell in _own(line, column):
                if (cell.row, cell.col) in seen or cell.row != r:
                    continue
                seen.add((cell.row, cell.col))
                bare = key(cell.text)
                code = printed_code(bare)
                if code:
                    text += code
                elif bare not in ("类", "款", "项", "目"):
                    name, name_cell = cell.text, cell
            parts.append(text)
        for column in panel.names:
            for cell in _own(line, column):
                spanned = cell.row != r
                if (cell.row, cell.col) in seen or (spanned and name):
                    continue
                if spanned and column is not panel.names[-1] and len(panel.names) > 1:
                    continue  # a category that spans rows belongs to its first row; the item is named further right
                seen.add((cell.row, cell.col))
                name, name_cell = cell.text, cell
        indent = _indent(name_cell) + _NAME_COLUMN * _place_among(panel.names, name_cell)
        return Label(tuple(parts), name, name_cell, indent)

    def _measure_cell(self, line: list[Cell | None], r: int, column: Column, name_cell: Cell | None) -> Cell | None:
        mine = range(column.col, column.col + column.width)  # a cell over several columns is the first one's
        found = [c for c in _own(line, column) if c.row == r and c is not name_cell and c.col in mine]
        if found:
            return found[0]
        cell = line[column.col]
        return cell if cell is not None and cell.row == r and not cell.text else None


def _counts_things(name: str | None, panel: Panel) -> bool:
    """公务用车保有量（辆）: a count, unless a column of its own says how many and the others what they are worth."""
    return bool(name and all(c.money for c in panel.measures) and column_words().counting_rows.search(name))


def _place_among(names: tuple[Column, ...], cell: Cell | None) -> int:
    """Which of several columns of names the name stands in: those of one level stand under one another."""
    if cell is None or len(names) < 2:
        return 0
    return next((k for k, c in enumerate(names) if c.col <= cell.col < c.col + c.width), 0)


def _indent(cell: Cell | None) -> float:
    """How far the name stands in from the left: by the paper, else by the blanks before it."""
    if cell is None:
        return 0.0
    by_paper = cell.indent
    if by_paper:
        return by_paper
    text = cell.text.lstrip("\n")
    blanks = text[: len(text) - len(text.lstrip())]
    return sum(1.0 if c in "\u3000\t" else 0.5 for c in blanks)


def _own(line: list[Cell | None], column: Column) -> list[Cell]:
    """Cells with text of a row under ``column``, each once."""
    found: list[Cell] = []
    for cell in line[column.col : column.col + column.width]:
        if cell is not None and cell.text and all(cell is not f for f in found):
            found.append(cell)
    return found


def _carries_total(name: str, printed: str) -> bool:
    """一、全市收入合计 heads a part of the table; 合计 and 支出总计 carry its total, whatever stands before them."""
    return is_total(name) and (ordinal_depth(printed) is None or len(key(name)) <= _SHORT_TOTAL)


def _total_elsewhere(line: list[Cell | None], panel: Panel) -> str:
    """合计 printed in a column that holds no names, such as 序号."""
    before = panel.measures[0].col if panel.measures else 0
    words = [c.text for c in line[:before] if c is not None and c.text and is_total(c.text)]
    return words[-1] if words else ""  # the nearest: 人员经费合计 and 公用经费合计 stand in one row


def amount_of(
    row: Row, column: Column, cell: Cell | None, context: TableContext, extra: tuple[str, ...] = ()
) -> Amount:  # fmt: skip
    """The amount of one cell; a count or a rate keeps its text only."""
    unit = column.unit or context.unit
    text = cell.text.replace("\n", "") if cell is not None else ""
    number = parse_amount(cell.text) if cell is not None else None
    own = parse_with_unit(cell.text) if cell is not None and number is None else None
    if own is not None:
        number, unit = own
    marks = [*row.marks, *column.marks, *extra]
    value = step = None
    things = row.counts or (unit is not None and unit not in FACTORS)
    if number is not None and column.money and not things:
        yuan = in_yuan(number, unit)
        value, step = yuan.value, yuan.step
        marks.extend((*(() if column.unit or own else context.unit_marks), *yuan.marks))
        if unit is None:
            marks.append("单位未知")
    if cell is not None:
        marks.extend((*cell.marks, *(reading_marks(cell.text) if column.money and not things else ())))
    direction = column.direction or row.direction
    marks = list(dict.fromkeys(marks))
    return Amount(row, column, value, step, text or None, unit, tuple(marks), cell, direction, step)


def restore_trimmed(amounts: Iterator[Amount]) -> None:
    """Where trailing zeros are left out (2455 beside 1012.35), every number is as exact as the finest one."""
    found = [a for a in amounts if a.value is not None and a.step is not None]
    if any("." in (a.text or "") and key(a.text or "").rstrip(")").endswith("0") for a in found):
        return
    finest: Decimal | None = min((a.step for a in found if a.step is not None and a.value), default=None)
    for amount in found:
        amount.precision = finest if finest is not None else amount.step
