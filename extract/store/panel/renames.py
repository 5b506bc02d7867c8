"""Publishers that may be one under two names: what a document prints of an earlier year is what another name published then.

That proposes only (``units_proposed.csv``): functions move between publishers, too.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from extract.store.panel.continuity import AmountReader, Figures, Period, period_of, whole_as_one
from extract.store.panel.units import Units
from extract.store.reader import Outputs
from parsers.records import DocumentRow

_SHARE = 80  # of 100 figures in the tables that both have, how many are equal at least
_DIFFERENT = 4  # amounts that differ from each other among the equal ones: fewer may agree by chance


@dataclass(frozen=True, slots=True)
class _Known:
    """A document, and what tells which publishers may be one: never both in one year and 口径, and of one level."""

    row: DocumentRow
    claims: frozenset[Period]
    level: str

    @property
    def begins(self) -> bool:
        """Is there none of the publisher of the year before?"""
        year, phase = period_of(self.row)
        return (year - 1, phase) not in self.claims

    def may_follow(self, old: _Known) -> bool:
        return (
            period_of(old.row)[0] == period_of(self.row)[0] - 1
            and not self.claims & old.claims
            and (self.level == old.level or not (self.level and old.level))
        )


Hashed = dict[int, tuple[str, Decimal]]
Listed = list[tuple[_Known, Hashed]]


def propose_renames(run: Outputs, documents: set[str], publishers: Units) -> None:
    """Tell ``publishers`` which of them may be one by their figures; documents that cannot speak of that are not read."""
    rows = [r for r in run.documents.to_pylist() if r["文档"] in documents and r["年度"] and r["口径"]]
    known = {r["文档"]: _Known(r, *publishers.claims(r["文档"])) for r in rows}
    by_period: dict[Period, list[_Known]] = defaultdict(list)
    for one in known.values():
        if one.claims:
            by_period[period_of(one.row)].append(one)
    reader = AmountReader(run)
    for period, olds in sorted(by_period.items()):
        news = [n for (year, _), those in sorted(by_period.items()) if year == period[0] + 1 for n in those if n.begins]
        listed: Listed = []
        for row in reader.each(n.row for n in news):
            if figures := _hashed(reader.figures(row["文档"], period)):
                listed.append((known[row["文档"]], figures))
        for row in reader.each(o.row for o in olds if any(new.may_follow(o) for new, _ in listed)):
            _compare(known[row["文档"]], _hashed(reader.figures(row["文档"], period)), listed, publishers)


def _compare(old: _Known, its: Hashed, listed: Listed, publishers: Units) -> None:
    datasets = {dataset for dataset, _ in its.values()}
    for new, figures in listed:
        same = figures.keys() & its.keys() if new.may_follow(old) else set()
        if len(same) < _DIFFERENT:
            continue
        compared = sum(dataset in datasets for dataset, _ in figures.values())
        if 100 * len(same) >= _SHARE * compared and len({figures[f][1] for f in same}) >= _DIFFERENT:
            why = f"{new.row['年度']}年文档所列{old.row['年度']}年{old.row['口径']} {compared} 数中 {len(same)} 个与其文档相同"
            publishers.propose(new.row["文档"], old.row["文档"], 100 * len(same) // compared, why)


def _hashed(figures: Figures) -> Hashed:
    """Figures by hashes that are the same for the same place and amount in every document: dataset and amount of each."""
    found = {}
    for place, by_measure in figures.items():
        for measure, figure in whole_as_one(by_measure).items():
            if figure.value:
                found[hash((place, measure, figure.value))] = (place.dataset, figure.value)
    return found
