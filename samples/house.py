"""House styles: how a budget becomes captioned tables, and what a perfect reader would make of them.

A style is a set of choices drawn from the seed (unit, code layout, heading, order, notes, blank rows).  Each table
carries its cells as printed and the records expected of it, so that the truth never passes through the program.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from decimal import Decimal

from samples.budget import CLASSES, Budget, Z, draw

Cell = tuple[str, int, int]  # text, colspan, rowspan
# dataset, code, name, direction, measure, amount in yuan
Expected = tuple[str, str | None, str | None, str | None, str, Decimal | None]
FACTOR = {"元": Decimal(1), "万元": Decimal(10000)}
NUMERALS = "一二三四五六七八九十"


@dataclass(slots=True)
class Printed:
    """One table as printed: caption, header with spans, body rows, note; and the truth about it."""

    number: str | None
    title: str
    unit: str
    header: list[list[Cell]]
    rows: list[list[str]]
    widths: list[float]
    note: str | None = None
    expected: list[Expected] = field(default_factory=list)
    inside: bool = False  # title, organisation and unit are rows of the grid
    headings: list[tuple[int, str]] = field(default_factory=list)
    unit_line: bool = True  # is the measure printed above the table?
    title_break: int = 0  # characters on the title's first line, where it is set over two


@dataclass(frozen=True, slots=True)
class Look:
    """How a house sets its pages."""

    size: float = 9.0  # points, of the letters in a table
    stroke: str = "solid"  # of the rulings: solid, dotted, dashed, double
    colour: str = ""  # of the rulings; black if not given
    stretch: float = 1.0  # of the letters, across
    dark_heads: bool = False  # white header words on a dark ground
    turned: str = ""  # every second table's pages are wide, or print sideways
    flowing: bool = False  # a table begins where the one before it ends
    foot: bool = False  # the page's number stands close under the last row
    first_page: int = 1  # the number that the first page bears
    shaded: bool = False  # every second row lies on a colour
    figures: str = "right"  # where amounts stand in their cells: right, center, left
    heads: str = "center"  # where header words do
    names: str = "left"  # where names and codes do: left, center
    vertical: str = "middle"  # where the lines of a lower cell stand: middle, top
    unit: str = "right"  # where the measure stands: right of the organisation, left of it, above or in the title
    continued: bool = False  # a page that goes on with a table says so: 续表
    watermark: str = ""  # over every page


@dataclass(slots=True)
class Sample:
    """A whole document: cover, contents, tables, and how its paper is ruled."""

    title: str
    organisation_label: str
    budget: Budget
    tables: list[Printed]
    landscape: bool
    rulings: str
    repeat_header: bool
    contents: list[str]
    mirrored: float = 0.0  # points that even pages stand further right than odd ones
    mirror: float = 0.0  # points by which even pages stand to the right
    body: str = "all"  # which rulings the rows have
    # dataset, 指标, 年度, 口径 of columns that say more than the document
    periods: list[tuple[str, str, int, str]] = field(default_factory=list)
    look: Look = field(default_factory=Look)


def ordinal(n: int) -> str:
    """1 → 一, 12 → 十二, 21 → 二十一."""
    if n <= 10:
        return NUMERALS[n - 1]
    tens, ones = divmod(n, 10)
    return ("" if tens == 1 else NUMERALS[tens - 1]) + "十" + (NUMERALS[ones - 1] if ones else "")


class House:
    """Builds the tables of one document in one style (A, B or C)."""

    def __init__(self, style: str, seed: int) -> None:
        self.style = style
        self.rng = random.Random(f"{style}{seed}")
        self.unit = "元" if style == "B" else "万元"
        self.places = self.rng.choice((0, 2)) if style == "B" else 2
        self.budget = draw(seed, self.unit, self.places)
        self.zero = self.rng.choice(("", "0.00" if self.places else "0")) if style == "B" else ""
        self.comma = self.rng.random() < 0.85
        self.total_last = style == "B" or self.rng.random() < 0.2
        self.unpadded = style == "B" and self.rng.random() < 0.3

    def money(self, value: Decimal | None) -> str:
        if value is None:
            return ""
        if value == 0:
            return self.zero
        return f"{value:,.{self.places}f}" if self.comma else f"{value:.{self.places}f}"

    def yuan(self, value: Decimal | None) -> Decimal | None:
        """Amount in yuan that the printed text stands for: what is printed blank is null."""
        if value is None or (value == 0 and not self.zero):
            return None
        return value * FACTOR[self.unit]

    # -- tables with one row per code -------------------------------------------------------------

    def coded(
        self, dataset: str, title: str, direction: str, columns: list[tuple[str, str]],
        rows: list[tuple[str, str, list[Decimal | None]]], header: list[list[Cell]], code_columns: int,
    ) -> Printed:  # fmt: skip
        """``columns`` are (printed, canonical) measures; ``rows`` hold code, name, values; the total has no code."""
        printed: list[list[str]] = []
        expected: list[Expected] = []
        ordered = [*rows[1:], rows[0]] if self.total_last else rows
        for code, name, values in ordered:
            line = [*self._code(code, code_columns), name, *map(self.money, values)]
            if not any(line):
                continue
            printed.append(line)
            for (_, measure), value in zip(columns, values, strict=True):
                expected.append((dataset, code or None, name or None, direction, measure, self.yuan(value)))
        widths = [*([0.5] * code_columns if code_columns > 1 else [1.1]), 2.6, *([1.1] * len(columns))]
        return Printed(None, title, self.unit, header, printed, widths, None, expected)

    def _code(self, code: str, columns: int) -> list[str]:
        if columns == 1:
            return [code]
        parts = [code[:3], code[3:5], code[5:7]][:columns]
        if self.unpadded and parts[1]:
            parts[1] = str(int(parts[1]))
        return parts

    def functional_rows(self, pick: str) -> list[tuple[str, str, list[Decimal | None]]]:
        rows: list[tuple[str, str, list[Decimal | None]]] = []
        for code, name, values in [("", "合计", self.budget.total()), *self.budget.rows()]:
            rows.append((code, name, self._values(values, pick)))
        return rows

    def _values(self, v: tuple[Decimal, Decimal, Decimal], pick: str) -> list[Decimal | None]:
        people, public, project = v
        basic, total = people + public, people + public + project
        return {
            "income": [total, total, Z, Z], "expenditure": [total, basic, project, Z, Z, Z],
            "short": [total, basic, project], "general": [total, basic, people, public, project], "one": [total],
        }[pick]  # fmt: skip

    def code_header(self, code: str, name: str, top: str, columns: list[str], n: int) -> list[list[Cell]]:
        """Header with 类|款|项 under one heading, or one code column."""
        if n == 1:
            return [[(code, 1, 1), (name, 1, 1), *[(c, 1, 1) for c in columns]]]
        return [
            [("项目", n + 1, 1), (top, len(columns), 1)],
            [(code, n, 1), (name, 1, 2), *[(c, 1, 2) for c in columns]],
            [(p, 1, 1) for p in ("类", "款", "项")[:n]],
        ]

    # -- tables with two or three panels ----------------------------------------------------------

    def panels(self, dataset: str, title: str, header: list[list[Cell]], blocks: list[list[Panel]], widths: list[float]) -> Printed:  # fmt: skip
        """``blocks`` hold rows of (label, name, code, direction, [(measure, value)…])."""
        height = max(len(b) for b in blocks)
        rows: list[list[str]] = []
        expected: list[Expected] = []
        for i in range(height):
            row: list[str] = []
            for block in blocks:
                width = len(block[0].values)
                if i >= len(block):
                    row.extend([""] * (width + 1))
                    continue
                item = block[i]
                row.extend([item.label, *[self.money(v) for _, v in item.values]])
                if not item.label:
                    continue
                for measure, value in item.values:
                    expected.append((dataset, item.code, item.name, item.direction, measure, self.yuan(value)))
            rows.append(row)
        return Printed(None, title, self.unit, header, rows, widths, None, expected)

    def class_rows(self, style: str) -> list[tuple[str, str, str, tuple[Decimal, Decimal, Decimal] | None]]:
        """Every class with its ordinal label: label, name, code, values (``None`` where nothing is spent)."""
        sums = {code: values for code, _, values in self.budget.rows() if len(code) == 3}
        rows = []
        for n, (code, name) in enumerate(CLASSES.items(), start=1):
            label = f"{ordinal(n)}、{name}" if style == "A" else f"（{ordinal(n)}）{name}"
            rows.append((label, name, code, sums.get(code)))
        return rows


@dataclass(slots=True)
class Panel:
    """One row of one panel."""

    label: str
    name: str | None
    code: str | None
    direction: str
    values: list[tuple[str, Decimal | None]]


def build(style: str, seed: int) -> Sample:
    """The document that ``seed`` draws in ``style``."""
    from samples.styles import tables_of

    house = House(style, seed)
    budget, rng = house.budget, house.rng
    tables = tables_of(house)
    title = (
        f"{budget.organisation}{budget.year}年单位预算"
        if style == "A"
        else f"{budget.organisation}{budget.year}年度部门预算"
    )
    contents = [f"{ordinal(i)}、{t.title}" for i, t in enumerate(tables, start=1)]
    rulings = rng.choice(("lines", "rects", "cells", "double"))
    label = {"A": "单位", "B": "编制部门", "C": "部门"}[style]
    return Sample(title, label, budget, tables, style == "B", rulings, rng.random() < 0.5, contents)
