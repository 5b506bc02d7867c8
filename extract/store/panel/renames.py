"""Publishers that may be one under two names: what a document prints of an earlier year is what another name published then.

That proposes only (``units_proposed.csv``): functions move between publishers, too.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from extract.store.panel.continuity import AmountReader, Figures, figures_of, period_of, whole_as_one
from extract.store.panel.units import Units
from extract.store.reader import Outputs
from parsers.records import DocumentRow

_SHARE = 80  # of 100 figures in the tables that both have, how many are equal at least
_DIFFERENT = 4  # amounts that differ from each other among the equal ones: fewer may agree by chance


@dataclass(frozen=True, slots=True)
class _Kind:
    """What tells which publishers may be one: never both in one year and 口径, and of one level."""

    claims: frozenset[tuple[int, str]]
    level: str

    def may_follow(self, old: _Kind) -> bool:
        return (
            not self.claims & old.claims
            and (self.level == old.level or not (self.level and old.level))
            and min(old.claims) < max(self.claims)
        )


def propose_renames(run: Outputs, documents: set[str], publishers: Units) -> None:
    """Tell ``publishers`` which of them may be one by their figures; documents that cannot speak of that are not read."""
    kinds: dict[_Kind, list[DocumentRow]] = defaultdict(list)
    for row in run.documents.to_pylist():
        kind = _Kind(*publishers.claims(row["文档"])) if row["文档"] in documents else None
        if kind is not None and kind.claims and row["年度"] and row["口径"]:
            kinds[kind].append(row)
    before = {new: [old for old in kinds if new.may_follow(old)] for new in kinds}
    reader = AmountReader(run)
    published: dict[int, list[str]] = defaultdict(list)  # figure → documents that have it of their own year
    former: dict[str, tuple[_Kind, DocumentRow, frozenset[str]]] = {}  # with the datasets of its figures
    for old in dict.fromkeys(old for olds in before.values() for old in olds):
        for row, rows in reader.each(kinds[old]):
            figures = _plain(figures_of(rows, period_of(row)))
            former[row["文档"]] = (old, row, frozenset(dataset for dataset, _ in figures.values()))
            for figure in figures:
                published[figure].append(row["文档"])
    for new, olds in before.items():
        for row, rows in reader.each(kinds[new] if olds else []):
            for period in sorted({period_of(r) for k, r, _ in former.values() if k in olds}):
                year, phase = period
                figures = _plain(figures_of(rows, period)) if year < period_of(row)[0] else {}
                equal: dict[str, list[int]] = defaultdict(list)
                for figure in figures:
                    for document in published.get(figure, ()):
                        equal[document].append(figure)
                for document, same in sorted(equal.items()):
                    kind, its, datasets = former[document]
                    compared = sum(dataset in datasets for dataset, _ in figures.values())
                    if (
                        kind in olds
                        and period_of(its) == period
                        and 100 * len(same) >= _SHARE * compared
                        and len({figures[figure][1] for figure in same}) >= _DIFFERENT
                    ):
                        why = f"{row['年度']}年文档所列{year}年{phase} {compared} 数中 {len(same)} 个与其文档相同"
                        publishers.propose(row["文档"], document, 100 * len(same) // compared, why)


def _plain(figures: Figures) -> dict[int, tuple[str, Decimal]]:
    """Figures by hashes that are the same for the same place and amount in every document: dataset and amount of each."""
    found = {}
    for place, by_measure in figures.items():
        for measure, figure in whole_as_one(by_measure).items():
            if figure.value:
                found[hash((place, measure, figure.value))] = (place.dataset, figure.value)
    return found
