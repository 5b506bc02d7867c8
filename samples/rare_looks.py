"""Looks that few houses have: odd letters, odd figures, narrow headers, tables that share a page, pages that are turned.

Each is a change of a built document and of what is expected of it, as in ``samples.habits``.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from samples.house import Printed, Sample
from samples.looks import AMOUNT, Change, figure_tables, look

_RADICALS = str.maketrans("一目支金人行", "⼀⽬⽀⾦⼈⾏")
_FULL_COMMA = str.maketrans(",", "，")


def _amounts(sample: Sample, change: Callable[[str], str]) -> None:
    for table in figure_tables(sample):
        table.rows = [[change(t) if AMOUNT.match(t) else t for t in row] for row in table.rows]


def radicals(sample: Sample, rng: random.Random) -> None:
    """⼀般公共预算⽀出: letters that a font's table maps to radicals."""
    for table in figure_tables(sample):
        table.title = table.title.translate(_RADICALS)
        table.rows = [[t.translate(_RADICALS) for t in row] for row in table.rows]
        table.header = [[(t.translate(_RADICALS), c, r) for t, c, r in row] for row in table.header]


def full_commas(sample: Sample, rng: random.Random) -> None:
    """1，234.56"""
    _amounts(sample, lambda t: t.translate(_FULL_COMMA))


def blank_thousands(sample: Sample, rng: random.Random) -> None:
    """1 234.56"""
    sample.landscape = True  # wide enough for a number on one line
    _amounts(sample, lambda t: t.replace(",", " "))


def six_places(sample: Sample, rng: random.Random) -> None:
    """万元 to the cent: 1,234.560000"""
    sample.landscape = True
    _amounts(sample, lambda t: f"{Decimal(t.replace(',', '')):,.6f}")


def white_headers(sample: Sample, rng: random.Random) -> None:
    """White words on a dark header."""
    figure_tables(sample)
    sample.look = replace(sample.look, dark_heads=True)


def upright_headers(sample: Sample, rng: random.Random) -> None:
    """Words of the header letter under letter in narrow columns."""
    words = {"合计": "合\n计", "小计": "小\n计", "基本支出": "基\n本\n支\n出", "项目支出": "项\n目\n支\n出"}
    for table in figure_tables(sample):
        table.header = [[(words.get(t, t), c, r) for t, c, r in row] for row in table.header]


def unit_rows_in_header(sample: Sample, rng: random.Random) -> None:
    """A last row of the header that prints the measure under each word."""
    for table in figure_tables(sample):
        if table.header and table.header[0][0][0] == "科目编码" and table.expected:
            width = len(table.widths)
            table.header = [*table.header, [("", 1, 1), ("", 1, 1), *[(table.unit, 1, 1)] * (width - 2)]]
            table.unit_line = False


def both_totals(sample: Sample, rng: random.Random) -> None:
    """合计 first and once more, as 总计, last."""
    for table in _coded(sample):
        at = next(i for i, row in enumerate(table.rows) if not row[0])
        count = len(table.rows[at]) - 2
        total = table.rows.pop(at)
        truth = [e for e in table.expected if e[1] is None][:count]
        table.rows = [total, *table.rows, ["", "总计", *total[2:]]]
        table.expected += [(*e[:2], "总计", *e[3:]) for e in truth]


def _coded(sample: Sample) -> list[Printed]:
    return [t for t in figure_tables(sample) if t.header and t.header[0][0][0] == "科目编码" and t.expected]


def one_unit_line(sample: Sample, rng: random.Random) -> None:
    """Several tables on a page, the measure printed over the first of them."""
    sample.look = replace(sample.look, flowing=True)
    for i, table in enumerate(figure_tables(sample)):
        table.unit_line = i % 3 == 0


def bare_triangles(sample: Sample, rng: random.Random) -> None:
    """A class that gave money back: △1,234.50, －1,234.50 or （1,234.50）in every column, no word of it in the header."""
    form = rng.choice(("△{}", "－{}", "（{}）", "▲{}"))
    for table in figure_tables(sample):
        if table.expected and table.expected[0][0] == "政府性基金预算支出表":
            table.rows = [[form.format(t) if AMOUNT.match(t) else t for t in row] for row in table.rows]
            table.expected = [(*e[:5], -e[5] if e[5] else e[5]) for e in table.expected]


def moved_totals(sample: Sample, rng: random.Random) -> None:
    """合计 last where the house has it first, and the other way round."""
    for table in _coded(sample):
        at = next(i for i, row in enumerate(table.rows) if not row[0])
        total = table.rows.pop(at)
        table.rows.insert(0 if at else len(table.rows), total)


def tall_names(sample: Sample, rng: random.Random) -> None:
    """Names of three lines in a narrow column, all of them on its middle."""
    sample.look = replace(sample.look, names="center")
    for table in _coded(sample):
        table.widths = [table.widths[0], 0.9, *table.widths[2:]]


RARE: dict[str, tuple[Change, ...]] = {
    "condensed": (look(stretch=0.75),),
    "oversized": (look(size=12.0),),
    "double_lines": (look(stroke="double"),),
    "dashes_in_pieces": (look(stroke="pieces"),),
    "centred_names": (look(names="center"),),
    "centred_all": (look(names="center", figures="center"),),
    "grey_lines": (look(colour="#9aa7b8"),),
    "white_lines": (look(colour="#ffffff", shaded=True),),
    "turned": (look(turned="wide"),),
    "sideways": (look(turned="sideways"),),
    "low_page_number": (look(foot=True),),
    "part_of_a_book": (look(foot=True, first_page=211),),
    "vertical_top": (look(vertical="top"),),
    **{
        f.__name__: (f,)
        for f in (
            radicals, full_commas, blank_thousands, six_places, white_headers, upright_headers, unit_rows_in_header,
            both_totals, one_unit_line, bare_triangles, moved_totals, tall_names,
        )
    },
}  # fmt: skip
