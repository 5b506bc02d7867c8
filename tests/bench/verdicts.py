"""What became of every printed amount of a sample: right, wrong, unclaimed or lost, and whether anything says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields
from decimal import Decimal

from parsers.amounts_table.table import UNKNOWN
from parsers.checking.checker import Checker
from parsers.numbers import parse_amount
from parsers.parse import ParsedDocument
from samples.house import FACTOR, Expected, Sample
from tests.truth import TEXT, expected_of

_SAID = frozenset({"矛盾", "存疑"})


@dataclass(slots=True)
class Verdicts:
    """Amounts of one document or, added up, of many; blank cells do not count."""

    amounts: int = 0  # that the truth has
    right: int = 0
    wrong_silent: int = 0  # in a dataset, not in the truth, in a table of which no finding speaks
    wrong_said: int = 0
    unclaimed: int = 0  # missing, but 未识别表 or 单元格 holds the figure
    lost_said: int = 0  # in nothing that was written, in a document with findings
    lost_silent: int = 0
    contradictions: int = 0  # every one is false: samples add up
    doubts: int = 0

    def add(self, other: Verdicts) -> None:
        for f in fields(self):
            setattr(self, f.name, getattr(self, f.name) + getattr(other, f.name))

    @property
    def is_perfect(self) -> bool:
        return self.right == self.amounts and not any(getattr(self, f.name) for f in fields(self)[2:])

    def __str__(self) -> str:
        share = self.right / max(self.amounts, 1)
        rest = " ".join(f"{f.name}={n}" for f in fields(self)[2:] if (n := getattr(self, f.name)))
        return f"{self.right}/{self.amounts} = {share:.2%} {rest}"


def judge(sample: Sample, parsed: ParsedDocument, partial: bool = False) -> Verdicts:
    """Compare every amount of ``sample`` with what was made of it; a document that is ``partial`` says that it lost some."""
    truth = Counter({row: n for row, n in expected_of(sample).items() if row[5] is not None})
    checker = Checker("0" * 16, parsed.info.kind, parsed.info.year)
    for table in parsed.tables:
        checker.take(table.parsed)
    found = [r for r in checker.records() if r["等级"] in _SAID]
    said = {r["表序"] for r in found}
    verdicts = Verdicts(
        amounts=truth.total(),
        contradictions=sum(r["等级"] == "矛盾" for r in found),
        doubts=sum(r["等级"] == "存疑" for r in found),
    )
    left, claimed, unknown = Counter(truth), Counter[Decimal](), Counter[Decimal]()
    for ordinal, row in _found(parsed):
        value = row[5] or Decimal(0)
        if left[row] > 0:
            left[row] -= 1
        elif row[0] == UNKNOWN:
            unknown[value] += 1
        else:
            claimed[value] += 1
            verdicts.wrong_said += ordinal in said
            verdicts.wrong_silent += ordinal not in said
    missing = +left
    verdicts.right = verdicts.amounts - missing.total()
    kept = unknown | (_in_cells(parsed, sample) - Counter(row[5] or Decimal(0) for row in (truth - missing).elements()))
    for value in (row[5] or Decimal(0) for row in missing.elements()):
        if claimed[value] > 0:
            claimed[value] -= 1  # counted as wrong
        elif kept[value] > 0:
            kept[value] -= 1
            verdicts.unclaimed += 1
        elif said or partial:
            verdicts.lost_said += 1
        else:
            verdicts.lost_silent += 1
    return verdicts


def _found(parsed: ParsedDocument) -> Iterator[tuple[int | None, Expected]]:
    for table in parsed.tables:
        for dataset, records in table.records().items():
            for r in records if dataset not in TEXT else ():
                if r["金额"] is not None:
                    key = (dataset, r["科目编码"], r["科目名称"], r["方向"], r["指标"], r["金额"])
                    yield table.ordinal, key


def _in_cells(parsed: ParsedDocument, sample: Sample) -> Counter[Decimal]:
    """Figures of all cells, in yuan by the measure that the sample prints."""
    factor = FACTOR[sample.tables[0].unit] if sample.tables else Decimal(1)
    cells = ("".join(c.text.split()) for t in parsed.tables if t.raw is not None for c in t.raw.cells())
    numbers = (parse_amount(text) for text in cells)
    return Counter(n.value * factor for n in numbers if n is not None and n.value is not None)
