"""A tested identity with the verdict on it, and which cell is to blame where several fail together."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from parsers.checking.identities import Identity
from parsers.checking.verdicts import CONTRADICTION, DOUBT, PASSED, grade
from parsers.values import Amount


@dataclass(slots=True, eq=False)
class Outcome:
    """An identity with its rule and the verdict on it."""

    rule: str
    identity: Identity
    note: str
    grade: str = PASSED
    difference: Decimal = Decimal(0)
    blamed: Amount | None = None  # the cell that explains this and other failures
    should: Decimal | None = None  # what the named cell should print
    crossed: bool = False  # sums of rows and of columns both blame the cell
    expected: Decimal = Decimal(0)  # these three as printed, whatever the verdict is
    missing: Decimal = Decimal(0)
    tolerance: Decimal = Decimal(0)

    @property
    def cell(self) -> Amount:
        return self.blamed or self.identity.published

    @property
    def fails(self) -> bool:
        """Does the identity fail as printed, whatever the verdict is?"""
        return self.graded(self.missing) == CONTRADICTION

    def settle(self) -> None:
        """The verdict on the identity by itself."""
        self.expected, self.tolerance = self.identity.expected, self.identity.tolerance
        self.missing = self.difference = self.identity.difference
        self.grade = self.graded(self.difference)

    def graded(self, difference: Decimal) -> str:
        """等级 of a difference."""
        if self.identity.relation == ">=" and difference > 0:
            return PASSED
        return grade(difference, abs(difference) <= self.tolerance)

    def mended_by(self, amount: Amount) -> Decimal:
        """The value of ``amount``, one of its cells, with which the identity holds exactly."""
        if amount is self.identity.published:
            return self.expected
        return (amount.value or Decimal(0)) + self.missing

    def doubt(self, why: str) -> None:
        """It may be us who misread."""
        self.grade = DOUBT
        self.note += f"；{why}，或为提取所致"


def place(amount: Amount) -> str:
    """Where a cell stands, for a sentence."""
    row = amount.row
    name = " ".join(x for x in (row.code, row.name) if x) or f"第 {row.number} 行"
    return f"{row.table.number or row.table.dataset} {name} {amount.measure}".strip()


def blame(failed: list[Outcome]) -> None:
    """Find the cells that each explain several failures; name them once, test the rest as if they were right."""
    members: dict[Amount, list[Outcome]] = {}
    for tested in failed:
        if tested.identity.relation == "=":
            for amount in (tested.identity.published, *tested.identity.parts):
                members.setdefault(amount, []).append(tested)
    agreeing = {a: _agreeing(a, m) for a, m in members.items() if len(m) > 1}
    while agreeing:
        amount = max(agreeing, key=lambda a: len(agreeing[a]))  # of several the first
        explained = agreeing[amount]
        if len(explained) < 2:
            return
        _name(amount, explained)
        touched = {a for t in explained for a in (t.identity.published, *t.identity.parts)} & agreeing.keys()
        gone = set(explained)
        for other in touched:
            members[other] = [t for t in members[other] if t not in gone]
            if len(members[other]) > 1:
                agreeing[other] = _agreeing(other, members[other])
            else:
                del agreeing[other]


def _name(amount: Amount, explained: list[Outcome]) -> None:
    """The first failure names the cell, the others are tested as if it had the value that mends them."""
    first, *others = explained
    first.blamed, first.should = amount, first.mended_by(amount)
    first.difference = (amount.value or Decimal(0)) - first.should
    first.crossed = len({_is_of_one_row(t.identity) for t in explained}) > 1
    first.note += f"；{place(amount)} 一格使 {len(explained)} 个等式不成立：{'、'.join(t.rule for t in explained)}"
    for tested in others:
        rest = tested.mended_by(amount) - first.should
        tested.difference = rest if amount is not tested.identity.published else -rest
        tested.grade = tested.graded(tested.difference)
        tested.should = (tested.identity.published.value or Decimal(0)) - tested.difference
        if amount is tested.identity.published:
            tested.should = tested.expected
        tested.note += f"；{place(amount)} 另报矛盾，此处按其应有值核对"


def _is_of_one_row(identity: Identity) -> bool:
    return all(a.row is identity.published.row for a in identity.parts)


def _agreeing(amount: Amount, members: list[Outcome]) -> list[Outcome]:
    """The largest set of failures that one value of ``amount`` would mend, within their tolerances."""
    best: list[Outcome] = []
    values = [(t, t.mended_by(amount)) for t in members]
    for tested, value in values:
        same = [t for t, other in values if abs(other - value) <= t.tolerance]
        if len(same) > len(best):
            best = [tested, *[t for t in same if t is not tested]]
    return best
