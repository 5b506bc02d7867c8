"""Habits of publishers, each a change of a built document and of what is expected of it.

A habit takes a ``Sample`` of style A (one code column, 表N, 万元) and prints it otherwise; the truth moves along.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from samples.budget import Z
from samples.house import FACTOR, Expected, Printed, Sample, build
from samples.looks import LOOKS
from samples.publishers import MORE
from samples.rare_looks import RARE

Habit = Callable[[Sample, random.Random], None]
_FUNCTIONAL = ("支出总表", "一般公共预算支出表", "收入总表")


def _dataset(table: Printed) -> str | None:
    return table.expected[0][0] if table.expected else None


def _functional(sample: Sample) -> list[Printed]:
    return [t for t in sample.tables if _dataset(t) in _FUNCTIONAL]


def _money(text: str) -> Decimal | None:
    return Decimal(text.replace(",", "")) * FACTOR["万元"] if text else None


def unit_rows(sample: Sample, rng: random.Random) -> None:
    """The unit itself stands as a row over its 科目, with a code of its own."""
    unit = ("301013", sample.budget.organisation)
    for table in _functional(sample):
        at = next(i for i, row in enumerate(table.rows) if not row[0])
        total = table.rows[at]
        width = len(total) - 2
        dataset, _, _, direction, _, _ = table.expected[0]
        measures = [e[4] for e in table.expected[:width]]
        first = 0 if at == len(table.rows) - 1 else at + 1
        table.rows.insert(first, [*unit, *total[2:]])
        table.expected.extend(
            (dataset, *unit, direction, m, _money(t)) for m, t in zip(measures, total[2:], strict=True)
        )


def indents_only(sample: Sample, rng: random.Random) -> None:
    """No codes: 类, 款 and 项 are told by how far their names stand in."""
    for table in _functional(sample):
        drop = [cell for row in table.header for cell in row if cell[0] == "科目编码"]
        table.header = [[c for c in row if c not in drop] for row in table.header]
        depth = {3: 0, 5: 1, 7: 2}
        table.rows = [["　" * depth.get(len(row[0]), 0) + row[1], *row[2:]] for row in table.rows]
        table.widths = table.widths[1:]
        table.expected = [(e[0], None, *e[2:]) for e in table.expected]


def order_rows(sample: Sample, rng: random.Random) -> None:
    """栏次 below the header, and again on every page."""
    sample.repeat_header = True
    for table in sample.tables:
        if table.rows and "绩效" not in table.title:
            count = len(table.widths)
            table.header = [*table.header, [("栏次", 1, 1), *[(str(i), 1, 1) for i in range(1, count)]]]


def units_in_headers(sample: Sample, rng: random.Random) -> None:
    """合计（万元）: the measure stands in the header's words and nowhere else."""
    for table in _functional(sample):
        last = len(table.header) - 1
        table.header[last] = [
            (t if "科目" in t else f"{t}（{table.unit}）", c, r) for t, c, r in table.header[last]
        ]  # fmt: skip
        if len(table.header) > 1:
            table.header[0] = [
                (f"{t}（{table.unit}）" if r > 1 and "科目" not in t else t, c, r) for t, c, r in table.header[0]
            ]  # fmt: skip
        table.unit_line = False


def units_left_out(sample: Sample, rng: random.Random) -> None:
    """Some tables print no measure at all."""
    for table in sample.tables[2:7:2]:
        table.unit_line = False


def yen_signs(sample: Sample, rng: random.Random) -> None:
    """¥ before every amount."""
    for table in sample.tables:
        if "绩效" not in table.title:
            table.rows = [[f"¥{t}" if _is_amount(t) else t for t in row] for row in table.rows]


def spaced_digits(sample: Sample, rng: random.Random) -> None:
    """Digits set apart: 3 ,5 8 2 .9 3"""
    sample.landscape = True  # wide enough for a number on one line
    for table in sample.tables:
        if "绩效" not in table.title:
            table.rows = [[_spaced(t) if _is_amount(t) else t for t in row] for row in table.rows]


def _is_amount(text: str) -> bool:
    bare = text.replace(",", "")
    return "." in bare and bare.replace(".", "").isdigit()


def _spaced(text: str) -> str:
    out = ""
    for char in text:
        out += char if char in ",." or not out or out[-1] in ",." else f" {char}"
    return out


def other_code_words(sample: Sample, rng: random.Random) -> None:
    """科目代号, 功能科目: words that no vocabulary has."""
    for table in _functional(sample):
        table.header = [
            [({"科目编码": "科目代号", "科目名称": "预算科目"}.get(t, t), c, r) for t, c, r in row] for row in table.header
        ]  # fmt: skip


def two_years(sample: Sample, rng: random.Random) -> None:
    """Last year's execution beside this year's budget, each with its own columns."""
    year = sample.budget.year
    for table in (t for t in sample.tables if _dataset(t) == "支出总表"):
        dataset = "支出总表"
        rows, expected = [], []
        for row in table.rows:
            now = row[2:5]
            rows.append([*row[:2], *now, *now])
            for _ in range(2):
                expected += _row_of(dataset, row, [("小计", "合计"), ("", "基本支出"), ("", "项目支出")], now)
        parts = [("小计", 1, 1), ("基本支出", 1, 1), ("项目支出", 1, 1)]
        table.header = [
            [("科目编码", 1, 2), ("科目名称", 1, 2), (f"{year - 1}年执行数", 3, 1), (f"{year}年预算数", 3, 1)],
            [*parts, *parts],
        ]
        table.rows, table.expected, table.widths = rows, expected, [1.1, 2.6, *[1.1] * 6]
        sample.periods += [
            (dataset, "合计", year - 1, "执行"), (dataset, "合计", year, "预算"),
            (dataset, "基本支出", year - 1, "执行"), (dataset, "项目支出", year, "预算"),
        ]  # fmt: skip


def _row_of(dataset: str, row: list[str], columns: list[tuple[str, str]], texts: list[str]) -> list[Expected]:
    return [
        (dataset, row[0] or None, row[1] or None, "支出", measure, _money(text))
        for (_, measure), text in zip(columns, texts, strict=True)
    ]


def changes_beside(sample: Sample, rng: random.Random) -> None:
    """Central ministries: 执行数 | 预算数 | 增减额 | 增减%."""
    year = sample.budget.year
    for table in (t for t in sample.tables if _dataset(t) == "一般公共预算支出表"):
        dataset = "一般公共预算支出表"
        rows: list[list[str]] = []
        expected: list[Expected] = []
        for row in table.rows:
            total, basic, project = row[2], row[3], row[6]
            change = "-" if not total else "0.00"
            rate = "" if not total else "0.00%"
            rows.append([*row[:2], total, total, basic, project, change, rate])
            names = ["执行数", "合计", "基本支出", "项目支出", "增减额"]
            values = [total, total, basic, project, "" if not total else "0.00"]
            expected += _row_of(dataset, row, [("", n) for n in names], values)
            expected.append((dataset, row[0] or None, row[1] or None, "支出", "增减%", None))
        table.header = [
            [
                ("科目编码", 1, 2), ("科目名称", 1, 2), (f"{year - 1}年执行数", 1, 2), (f"{year}年预算数", 3, 1),
                (f"{year}年预算数比{year - 1}年执行数", 2, 1),
            ],
            [("小计", 1, 1), ("基本支出", 1, 1), ("项目支出", 1, 1), ("增减额", 1, 1), ("增减%", 1, 1)],
        ]  # fmt: skip
        table.rows, table.expected, table.widths = rows, expected, [1.1, 2.6, *[1.1] * 6]
        sample.periods += [(dataset, "执行数", year - 1, "执行"), (dataset, "合计", year, "预算")]


def subtotals(sample: Sample, rng: random.Random) -> None:
    """小计 below 合计 in the revenue table."""
    for table in (t for t in sample.tables if _dataset(t) == "收入总表"):
        at = next(i for i, row in enumerate(table.rows) if not row[0])
        total = table.rows[at]
        if at == len(table.rows) - 1:
            continue
        table.rows.insert(at + 1, ["", "小计", *total[2:]])
        measures = [e[4] for e in table.expected[: len(total) - 2]]
        table.expected += [
            ("收入总表", None, "小计", "收入", m, _money(t)) for m, t in zip(measures, total[2:], strict=True)
        ]


def two_line_titles(sample: Sample, rng: random.Random) -> None:
    """A title set over two lines, the table's word alone on the second."""
    for table in sample.tables[1:6]:
        table.title = f"{sample.budget.organisation}{sample.budget.year}年{table.title}"
        table.title_break = max(table.title.rfind(word) for word in ("支出", "收入", "收支", "预算"))


def procurement(sample: Sample, rng: random.Random) -> None:
    """政府采购预算表 with class, purpose and item, each in a column of its own."""
    amount = [[Decimal(rng.randint(100, 9999)) / 100 for _ in range(rng.randint(1, 3))] for _ in range(3)]
    rows: list[list[str]] = []
    whole = sum((sum(items, Z) for items in amount), Z)
    purposes, things = ("办公设备购置", "信息网络及软件购置更新", "专用设备购置"), ("台式计算机", "软件", "家具用具")
    rows.append(["合计", "", "", f"{whole:,.2f}"])
    rows.append(["货物", "", "", f"{whole:,.2f}"])
    for purpose, items in zip(purposes, amount, strict=True):
        rows.append(["", purpose, "", f"{sum(items, Z):,.2f}"])
        rows.extend(["", "", things[i], f"{value:,.2f}"] for i, value in enumerate(items))
    header = [[("采购品目大类", 1, 1), ("专项名称", 1, 1), ("采购物品名称", 1, 1), ("总计", 1, 1)]]
    expected: list[Expected] = [
        ("政府采购预算表", None, next(filter(None, row[:3])), "支出", "合计", _money(row[3])) for row in rows
    ]
    table = Printed("表13", "政府采购预算表", "万元", header, rows, [1.4, 2.0, 2.0, 1.2], None, expected)
    sample.tables.append(table)


def mirrored_margins(sample: Sample, rng: random.Random) -> None:
    """Odd and even pages stand 5.7 points apart."""
    sample.mirror = 5.7


def three_lines(sample: Sample, rng: random.Random) -> None:
    """A line over the header, one under it, one under the table: no other ruling."""
    sample.body = "three"
    sample.landscape = True
    sample.tables = [t for t in sample.tables if "绩效" not in t.title]  # nobody prints a form so


HABITS: dict[str, tuple[Habit, ...]] = {
    "unit_rows": (unit_rows,),
    "indents_only": (indents_only,),
    "order_rows": (order_rows,),
    "units_in_headers": (units_in_headers,),
    "units_left_out": (units_left_out,),
    "yen_signs": (yen_signs,),
    "spaced_digits": (spaced_digits,),
    "other_code_words": (other_code_words,),
    "two_years": (two_years,),
    "changes_beside": (changes_beside,),
    "subtotals": (subtotals,),
    "two_line_titles": (two_line_titles,),
    "procurement": (procurement,),
    "mirrored_margins": (mirrored_margins,),
    "mirrored_order_rows": (order_rows, mirrored_margins),
    "three_lines": (three_lines,),
    "unit_rows_three_lines": (unit_rows, three_lines),
    **MORE,
    **LOOKS,
    **RARE,
}


def build_with(habit: str, seed: int) -> Sample:
    """The document of style A that ``seed`` draws, printed with the habits named ``habit``."""
    sample = build("A", seed)
    rng = random.Random(f"{habit}{seed}")
    sample = replace(sample, periods=[])
    for change in HABITS[habit]:
        change(sample, rng)
    return sample
