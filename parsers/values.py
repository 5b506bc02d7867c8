"""What a printed table means: amounts, each in its row and its column.

Made once from cells, read by checks, narrative and records; nothing here knows where a number goes in a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from extract.paper.model import Box, Cell
from parsers.text import is_subtotal, is_total

Role = Literal["code", "part", "name", "text", "order", "measure"]
Position = tuple[int, int]  # row and column of a cell in its stitched table, from 0
TOTAL = "合计"


@dataclass(frozen=True, slots=True)
class TableContext:
    """What all rows of a table share.  ``year`` and ``phase`` are the document's until a title or column says more."""

    document: str
    ordinal: int  # 表序
    year: int | None = None
    phase: str | None = None  # 口径
    organisation: str | None = None
    level: str | None = None  # 级别: 政府, 部门 or 单位
    number: str | None = None
    title: str | None = None
    unit: str | None = None
    unit_marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """One printed column of a table's body.

    ``number`` counts the printed columns of the table from 1, ``col`` and ``width`` are its place in the stitched
    table.  What follows ``panel`` is meaning and belongs to measure columns only.
    """

    number: int
    col: int
    width: int
    path: tuple[str, ...]  # header path as printed
    role: Role
    panel: int = 0
    measure: str | None = None
    known: bool = True  # is the measure one that the vocabulary names?
    year: int | None = None
    phase: str | None = None
    scope: str | None = None
    unit: str | None = None
    money: bool = True
    direction: str | None = None  # where a column says another one than its panel
    item: str | None = None  # the item that a column speaks of, where rows do not say it (places across)
    marks: tuple[str, ...] = ()  # what all of its amounts bear: whether its header was put right

    @property
    def header(self) -> str:
        return "/".join(self.path)


@dataclass(slots=True, eq=False)
class Row:
    """One panel's part of a printed body row.

    ``leaf`` is the 末级 of the data: the rows below it in ``children`` add up to it, or it stands for itself.
    """

    number: int
    panel: int = 0
    direction: str | None = None
    scheme: str | None = None
    code: str | None = None
    code_source: str | None = None
    name: str | None = None
    printed: str = ""  # the name with its ordinal
    level: str | None = None
    parent_code: str | None = None
    leaf: bool = True
    depth: int | None = None  # of the ordinal: 1 for 一、, 2 for （一）
    indent: float = 0.0
    detail: bool = False  # 其中…: part of the row above, no item beside it
    marks: tuple[str, ...] = ()
    counts: bool = False  # a row of things, not of money: 公务用车保有量（辆）
    owner: str | None = None
    owner_code: str | None = None
    remark: str | None = None
    group: str | None = None
    economic_class: str | None = None
    table: AmountTable = field(init=False, repr=False)
    children: list[Row] = field(default_factory=list, repr=False)
    amounts: list[Amount] = field(default_factory=list, repr=False)

    @property
    def is_total(self) -> bool:
        return self.level == TOTAL or is_total(self.name or "")

    @property
    def is_subtotal(self) -> bool:
        return is_subtotal(self.name or "")


@dataclass(slots=True, eq=False)
class Amount:
    """One cell of a measure column, blank ones too.  ``value`` and ``step`` in yuan, ``None`` where no number stands."""

    row: Row
    column: Column
    value: Decimal | None = None
    step: Decimal | None = None
    text: str | None = None
    unit: str | None = None
    marks: tuple[str, ...] = ()
    cell: Cell | None = None
    direction: str | None = None
    # the rounding step that sums are judged by: where trailing zeros are left out it is finer than the printed one
    precision: Decimal | None = None

    @property
    def measure(self) -> str:
        return self.column.measure or ""

    @property
    def header(self) -> str:
        return self.column.header

    @property
    def page(self) -> int | None:
        return self.cell.page if self.cell is not None else None

    @property
    def place(self) -> str | None:
        return self.cell.place if self.cell is not None else None

    @property
    def box(self) -> Box | None:
        return self.cell.bbox if self.cell is not None else None


@dataclass(slots=True, eq=False)
class AmountTable:
    """The rows of one printed table that stand in one dataset, panel after panel in printed order."""

    dataset: str
    context: TableContext
    rows: list[Row] = field(default_factory=list)

    @property
    def number(self) -> str | None:
        return self.context.number

    @property
    def unit(self) -> str | None:
        return self.context.unit

    def amounts(self) -> Iterator[Amount]:
        for row in self.rows:
            yield from row.amounts

    def printed_columns(self) -> dict[tuple[int, int, str | None], list[Amount]]:
        """Amounts by (panel, 列号, 方向) from the top down: the columns as they stand on paper."""
        found: dict[tuple[int, int, str | None], list[Amount]] = {}
        for row in self.rows:
            for amount in row.amounts:
                found.setdefault((row.panel, amount.column.number, amount.direction), []).append(amount)
        return found


@dataclass(slots=True)
class TextRow:
    """A row of a text dataset; ``fields`` by the names that the form's spec declares."""

    dataset: str
    context: TableContext
    number: int
    page: int | None = None
    fields: dict[str, str | Decimal | float | None] = field(default_factory=dict)
    marks: tuple[str, ...] = ()

    def text(self, name: str) -> str:
        """A field as text; empty where it is not printed."""
        value = self.fields.get(name)
        return "" if value is None else str(value)


@dataclass(slots=True)
class Parsed:
    """What one table yields: amounts by dataset, texts, notes inside the grid, and what was not understood."""

    amounts: dict[str, AmountTable] = field(default_factory=dict)
    texts: list[TextRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unmapped: list[Column] = field(default_factory=list)
    claimed: set[Position] = field(default_factory=set)
    columns: list[Column] = field(default_factory=list)
    body_rows: int = 0
    row_numbers: dict[int, int] = field(default_factory=dict)  # 行号 by row of the stitched table

    def add(self, dataset: str, context: TableContext, row: Row) -> None:
        if dataset not in self.amounts:
            self.amounts[dataset] = AmountTable(dataset, context)
        row.table = self.amounts[dataset]
        row.table.rows.append(row)

    def claim(self, cell: Cell) -> None:
        self.claimed.add((cell.row, cell.col))

    def is_claimed(self, cell: Cell) -> bool:
        return (cell.row, cell.col) in self.claimed
