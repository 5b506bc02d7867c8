"""Houses' looks and ways of writing: how pages are set, how names, years and empty amounts are printed.

Each is a change of a built document and of what is expected of it, as in ``samples.habits``.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from samples.house import FACTOR, Expected, Printed, Sample, ordinal

Change = Callable[[Sample, random.Random], None]
Figure = tuple[str, Decimal, str]  # what a column measures, its value and how that is printed
AMOUNT = re.compile(r"^-?[\d,]+\.\d+$")
_FUNCTIONAL = ("支出总表", "一般公共预算支出表", "收入总表")
_FULL = str.maketrans("0123456789,.", "０１２３４５６７８９，．")
_LEFT_OUT = ("绩效",)


def figure_tables(sample: Sample) -> list[Printed]:
    """The tables of amounts, which are all that is left in the sample."""
    sample.tables = [t for t in sample.tables if not any(w in t.title for w in _LEFT_OUT)]
    return sample.tables


def _functional(sample: Sample) -> list[Printed]:
    return [t for t in figure_tables(sample) if t.expected and t.expected[0][0] in _FUNCTIONAL]


def look(**changes: object) -> Change:
    def change(sample: Sample, rng: random.Random) -> None:
        figure_tables(sample)
        sample.look = replace(sample.look, **changes)  # type: ignore[arg-type]

    return change


def _texts(sample: Sample, change: Callable[[str], str]) -> None:
    for table in figure_tables(sample):
        table.rows = [[change(t) for t in row] for row in table.rows]


def full_width(sample: Sample, rng: random.Random) -> None:
    """１，２３４．５６"""
    sample.landscape = True
    _texts(sample, lambda t: t.translate(_FULL) if AMOUNT.match(t) else t)


def spaced_words(sample: Sample, rng: random.Random) -> None:
    """合 计, 项 目: short words set apart."""
    words = {
        "合计": "合  计",
        "收入总计": "收 入 总 计",
        "支出总计": "支 出 总 计",
        "小计": "小  计",
        "项目": "项    目",
    }
    _texts(sample, lambda t: words.get(t, t))
    for table in sample.tables:
        table.header = [[(words.get(t, t), c, r) for t, c, r in row] for row in table.header]


def hyphens(sample: Sample, rng: random.Random) -> None:
    """- where nothing is spent."""
    for table in figure_tables(sample):
        if table.expected and len(table.header[0]) > 2 and len(table.expected) % len(table.rows) == 0:
            lead = len(table.rows[0]) - len(table.expected) // len(table.rows)
            table.rows = [[*row[:lead], *(t or "-" for t in row[lead:])] for row in table.rows]


def joined_names(sample: Sample, rng: random.Random) -> None:
    """Code and name in one cell: 2010601 行政运行."""
    for table in _functional(sample):
        table.header = [[c for c in row if c[0] != "科目编码"] for row in table.header]
        table.rows = [[f"{row[0]} {row[1]}".strip(), *row[2:]] for row in table.rows]
        table.widths = [3.2, *table.widths[2:]]


def ordinals(sample: Sample, rng: random.Random) -> None:
    """一、 （一） 1. instead of codes."""
    for table in _functional(sample):
        table.header = [[c for c in row if c[0] != "科目编码"] for row in table.header]
        counts = [0, 0, 0]
        rows = []
        for code, name, *amounts in table.rows:
            level = {3: 0, 5: 1, 7: 2}.get(len(code))
            if level is None:
                rows.append([name, *amounts])
                continue
            counts[level] += 1
            counts[level + 1 :] = [0] * (2 - level)
            n = counts[level]
            rows.append([(f"{ordinal(n)}、", f"（{ordinal(n)}）", f"{n}.")[level] + name, *amounts])
        table.rows, table.widths = rows, table.widths[1:]
        table.expected = [(e[0], None, *e[2:]) for e in table.expected]


def broken_headers(sample: Sample, rng: random.Random) -> None:
    """Header words broken where the house wants it."""
    breaks = {"事业单位经营支出": "事业单位\n经营支出", "财政拨款收入": "财政\n拨款收入", "基本支出": "基本\n支出", "项目支出": "项目\n支出",
              "科目编码": "科目\n编码", "公务用车购置费": "公务用车\n购置费", "一般公共预算": "一般公共\n预算"}  # fmt: skip
    for table in figure_tables(sample):
        table.header = [[(breaks.get(t, t), c, r) for t, c, r in row] for row in table.header]


def _refigured(
    sample: Sample, columns: tuple[str, ...], figures: Callable[[str, Decimal], list[Figure]]
) -> list[Printed]:
    """支出总表 with other columns of money, made of its total as printed and its value; returns the tables that were changed."""
    changed = [t for t in figure_tables(sample) if t.expected and t.expected[0][0] == "支出总表"]
    for table in changed:
        rows, expected = [], list[Expected]()
        for row in table.rows:
            made = figures(row[2], Decimal(row[2].replace(",", "")))
            rows.append([*row[:2], *(text for _, _, text in made)])
            for measure, value, _ in made:
                expected.append(("支出总表", row[0] or None, row[1], "支出", measure, value * FACTOR["万元"]))
        table.header = [[(t, 1, 1) for t in ("科目编码", "科目名称", *columns)]]
        table.rows, table.expected, table.widths = rows, expected, [1.1, 2.6, *[1.1] * len(columns)]
    return changed


def three_phases(sample: Sample, rng: random.Random) -> None:
    """年初预算 | 全年预算 | 决算 in a document of final accounts; nothing was changed in the year."""
    sample.title = f"{sample.budget.organisation}{sample.budget.year}年度部门决算"

    def figures(text: str, value: Decimal) -> list[Figure]:
        return [(measure, value, f"{value:,.2f}") for measure in ("预算数", "预算数", "决算数")]

    for table in _refigured(sample, ("年初预算数", "全年预算数", "决算数"), figures):
        table.title = "支出决算表"


def circle_years(sample: Sample, rng: random.Random) -> None:
    """二〇二五年 in every title."""
    digits = "〇一二三四五六七八九"
    year = "".join(digits[int(d)] for d in str(sample.budget.year)) + "年"
    sample.title = sample.title.replace(f"{sample.budget.year}年", year)
    for table in figure_tables(sample):
        table.title = year + table.title


def shuffled_zero_rows(sample: Sample, rng: random.Random) -> None:
    """Classes without money are left out of the panels."""
    for table in figure_tables(sample):
        if table.expected and table.expected[0][0] in ("收支总表", "财政拨款收支总表"):
            kept = [row for row in table.rows if row[0] or row[3]]
            gone = {row[2] for row in table.rows if row not in kept}
            table.rows = kept
            names = {re.sub(r"^([一二三四五六七八九十]+、|（[^）]+）)", "", g) for g in gone}
            table.expected = [e for e in table.expected if not (e[2] in names and e[5] is None and e[3] == "支出")]


def triangles(sample: Sample, rng: random.Random) -> None:
    """A change that is less: △12.30, or −12.30 with a true minus."""
    form = rng.choice(("△{}", "−{}", "（{}）"))

    def figures(text: str, value: Decimal) -> list[Figure]:
        less = (value / 10).quantize(Decimal("0.01"))
        return [("预算数", value, text), ("增减额", -less, form.format(f"{less:,.2f}"))]

    _refigured(sample, ("预算数", "增减额"), figures)


LOOKS: dict[str, tuple[Change, ...]] = {
    "small_type": (look(size=7.0),),
    "dotted": (look(stroke="dotted"),),
    "dashed": (look(stroke="dashed"),),
    "coloured_rows": (look(shaded=True),),
    "figures_left": (look(figures="left"),),
    "figures_centred": (look(figures="center"),),
    "unit_left": (look(unit="left"),),
    "unit_in_title": (look(unit="title"),),
    "unit_above": (look(unit="above"),),
    "continued_titles": (look(continued=True),),
    "watermark": (look(watermark="公开文件"),),
    **{
        f.__name__: (f,)
        for f in (
            full_width, spaced_words, hyphens, joined_names, ordinals, broken_headers, three_phases, circle_years,
            shuffled_zero_rows, triangles,
        )
    },
}  # fmt: skip
