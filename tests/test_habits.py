"""Habits of publishers: every amount with its code, name, direction and measure; years; sums; no false finding."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from extract.doors import read_document
from extract.paper.stitching import join
from parsers.checking.checker import Checker
from parsers.parse import ParsedDocument, parse
from samples.habits import HABITS, build_with
from samples.house import Sample
from samples.looks import LOOKS
from samples.paper import write_pdf
from samples.rare_looks import RARE
from tests.truth import expected_of, found_in

SEEDS = (500,)


def read(data: bytes) -> ParsedDocument:
    return parse(read_document(data, ".pdf"), "0" * 16, join)


def sums_that_fail(parsed: ParsedDocument) -> list[str]:
    """Columns with one total that their 末级 rows do not add up to."""
    wrong = []
    for table in parsed.tables:
        for amounts in table.parsed.amounts.values():
            for place, column in amounts.printed_columns().items():
                totals = [a for a in column if a.row.level == "合计" and a.value is not None]
                leaves = [a for a in column if a.row.leaf and a.value is not None]
                if len(totals) == 1 and leaves and totals[0].value is not None:
                    off = sum((a.value or Decimal(0) for a in leaves), Decimal(0)) - totals[0].value
                    if abs(off) > (len(leaves) + 1) * max(a.step or Decimal(0) for a in column) / 2:
                        wrong.append(f"{table.title} {place} {off}")
    return wrong


def doubts(parsed: ParsedDocument) -> list[str]:
    checker = Checker("0" * 16, parsed.info.kind, parsed.info.year)
    for table in parsed.tables:
        checker.take(table.parsed)
    return [f"{o.rule} {o.note}" for o in checker.tested() if o.grade in ("矛盾", "存疑")]


def check(sample: Sample, parsed: ParsedDocument) -> None:
    expected, found = expected_of(sample), found_in(parsed)
    left, more = expected - found, found - expected
    assert (_short(left), _short(more)) == ({}, {})
    assert sums_that_fail(parsed) == []
    assert doubts(parsed) == []
    periods = {
        (t.dataset, a.column.measure, a.column.year, a.column.phase)
        for t in parsed.tables for x in t.parsed.amounts.values() for a in x.amounts()
    }  # fmt: skip
    assert set(sample.periods) <= periods


def _short(rows: Counter[tuple[object, ...]]) -> dict[tuple[object, ...], int]:
    return dict(rows.most_common(6))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("habit", [h for h in HABITS if h not in LOOKS and h not in RARE])
def test_habit(habit: str, seed: int) -> None:
    sample = build_with(habit, seed)
    parsed = read(write_pdf(sample))
    check(sample, parsed)
    titles = {t.title for t in parsed.tables if t.raw is not None}
    # a table that is empty and has no ruling but three lines is not found
    assert {t.title.replace(" ", "") for t in sample.tables if t.expected or sample.body == "all"} <= titles


# ways of printing in which a habit once lost rows or read them wrong
WAYS = (
    ("order_rows", "none"),  # numbers of the columns end a ruled header, its body has no rulings
    ("final_accounts", "none"),
    ("unit_rows", "columns"),  # 2,108.3 over 8: a narrow column wraps its numbers, no ruling parts the rows
    ("indents_only", "rows"),
    ("whole_yuan", "none"),
    ("yen_signs", "none"),  # ¥ begins a number that stands close behind another
    ("remarks", "three"),  # two columns of the body under one word, one without any
    ("final_accounts", "three"),  # 类 款 项 stand lower than the numbers of the columns
    ("narrow_names", "three"),  # header words touch
    ("mirrored_order_rows", "none"),  # a margin that is shifted on the next page
    ("watermark", "all"),
    ("continued_titles", "none"),
    ("joined_names", "three"),
    ("ordinals", "three"),
    ("broken_headers", "three"),
    ("dashes", "bare"),  # codes that are wrapped, and shorter ones right of their second lines
    ("unit_rows_in_header", "all"),
    ("unit_rows_in_header", "bare"),
    ("full_width", "none"),  # amounts as wide as their cells stand close to the next ones
    ("triangles", "none"),
    ("sideways", "none"),  # a table that goes on over pages that lie on their side
    ("blank_thousands", "all"),
    ("blank_thousands", "bare"),
    ("six_places", "all"),  # a number wraps before the last of its six decimals
    ("radicals", "none"),
    ("turned", "none"),
    ("both_totals", "bare"),
    ("upright_headers", "bare"),
    ("dashes_in_pieces", "all"),  # thin filled boxes, a dash each
    ("part_of_a_book", "none"),  # its first page bears 211, close under the last row of each
    ("tall_names", "bare"),
    ("low_page_number", "bare"),  # close under the last row, and as the first digit of a cell of the table before
)


@pytest.mark.parametrize(("habit", "body"), WAYS)
def test_habit_with_few_rulings(habit: str, body: str) -> None:
    sample = build_with(habit, SEEDS[0])
    sample.tables = [t for t in sample.tables if "绩效" not in t.title]  # nobody prints a form so
    check(sample, read(write_pdf(sample, body)))
