"""Test every identity of a document and say what each difference is: 通过, 尾差, 矛盾 or 存疑.

A printed figure is never changed.  One wrong cell breaks every sum it stands in: where one value would mend all of
them, that cell is named once, and the other sums are tested as if it had that value (their 说明 says so).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from parsers.checking import books
from parsers.checking import identities as sums
from parsers.checking.between_tables import Book, identities
from parsers.checking.doubts import PROJECTS, UNIT_MARKS, project_amounts, repairs_of
from parsers.checking.identities import Identity
from parsers.checking.indicators import Indicators
from parsers.checking.verdicts import CONTRADICTION, DOUBT, PASSED, grade
from parsers.records import Record
from parsers.specs.loader import kept
from parsers.specs.rules import between, inside
from parsers.values import Amount, Parsed

Confirm = Callable[[Amount], bool | None]  # does a second reading show the same? None: it cannot say
_NAMED_PARTS = 12

MAKERS = {**sums.MAKERS, **books.MAKERS}  # by the kinds of identities.toml


@dataclass(frozen=True, slots=True)
class Rules:
    table: tuple[dict[str, Any], ...]
    across: tuple[dict[str, Any], ...]


@kept()
def rules() -> Rules:
    """The rules of ``identities.toml``; raises ``SpecError`` for one that cannot be run."""
    return Rules(inside(), between())


@dataclass(slots=True)
class Outcome:
    """An identity with its rule and the verdict on it."""

    rule: str
    identity: Identity
    note: str
    grade: str = PASSED
    difference: Decimal = Decimal(0)
    blamed: Amount | None = None  # the cell that explains this and other failures
    should: Decimal | None = None  # what the named cell should print

    @property
    def cell(self) -> Amount:
        return self.blamed or self.identity.published


@dataclass(slots=True)
class Checker:
    """Collects the tables of one document and tests them when all are there."""

    document: str
    phase: str | None
    year: int | None = None
    confirm: Confirm | None = None
    first: Callable[[Amount], str | None] | None = (
        None  # what a cell was read as before a second reading took its place
    )
    book: Book = field(init=False)
    indicators: Indicators = field(init=False)

    def __post_init__(self) -> None:
        self.book = Book(self.phase, self.year)
        self.indicators = Indicators(self.document)

    def take(self, parsed: Parsed) -> None:
        """Keep what one table prints until every table is there."""
        for table in parsed.amounts.values():
            self.book.add(table)
        for text in parsed.texts:
            if text.dataset == PROJECTS:
                self.book.add(project_amounts(text))
            elif text.dataset == "绩效指标":
                self.indicators.take(text)

    def tested(self) -> list[Outcome]:
        """Every test with its verdict, tables first, in the order of the rules."""
        made = [*self._inside(), *self._across()]
        for tested in made:
            tested.difference = tested.identity.difference
            tested.grade = _grade(tested.identity, tested.difference)
        failed = [t for t in made if t.grade == CONTRADICTION]
        _blame(failed)
        seen_twice = {f for t in made if _repeats(t) for f in (t.identity.published, *t.identity.parts)}
        for tested in failed:
            if tested.grade == CONTRADICTION:
                self._doubt(tested, seen_twice)
        if self.first is not None:
            for tested in made:
                tested.note += self._first_readings(tested, self.first)
        return made

    @staticmethod
    def _first_readings(tested: Outcome, first: Callable[[Amount], str | None]) -> str:
        amounts = (tested.identity.published, *tested.identity.parts)
        return "".join(f"；{_place(a)} {a.text} 系复读，首读 {text}" for a in amounts if (text := first(a)) is not None)

    def records(self) -> list[Record]:
        """Rows of 核对结果."""
        return [*(_record(self.document, t) for t in self.tested()), *self.indicators.records()]

    def _inside(self) -> Iterable[Outcome]:
        for rule in rules().table:
            for dataset in rule["datasets"] if rule["datasets"] != ["*"] else list(self.book.tables):
                for table in self.book.tables.get(dataset, ()):
                    for identity in MAKERS[rule["kind"]](table, rule):
                        yield Outcome(rule["rule"], identity, identity.what)

    def _across(self) -> Iterable[Outcome]:
        for rule in rules().across:
            for identity in identities(rule, self.book):
                yield Outcome(rule["rule"], identity, identity.what)

    def _doubt(self, tested: Outcome, seen_twice: set[Amount]) -> None:
        """Is it we who misread?  Repaired cells, and cells that the second reading shows otherwise.

        A cell whose number stands in another table as well was not misread.
        """
        facts = [tested.blamed] if tested.blamed else [tested.identity.published, *tested.identity.parts]
        apart = len({f.row.table for f in (tested.identity.published, *tested.identity.parts)}) > 1
        repaired = sorted({m for f in facts for m in repairs_of(f) if apart or m not in UNIT_MARKS})
        if repaired:
            tested.grade = DOUBT
            tested.note += f"；所涉单元格经{'、'.join(repaired)}，或为提取所致"
            return
        if self.confirm is None or not _looks_misread(tested):
            return
        if any(self.confirm(f) is False for f in facts if f not in seen_twice):
            tested.grade = DOUBT
            tested.note += "；第二引擎读数不同，或为提取所致"


def _repeats(tested: Outcome) -> bool:
    """Do two tables print the same number, not nought?"""
    identity = tested.identity
    tables = {f.row.table for f in (identity.published, *identity.parts)}
    return not tested.difference and len(identity.parts) == 1 and len(tables) == 2 and bool(identity.published.value)


def _looks_misread(tested: Outcome) -> bool:
    """One digit differs, digits change places, or a neighbour's value fits: worth the price of a second reading."""
    fact = tested.cell
    should = tested.should if tested.should is not None else tested.identity.expected
    if fact.value is None:
        return True
    a, b = (f"{abs(v):020.4f}" for v in (fact.value, should))
    if sum(x != y for x, y in zip(a, b, strict=False)) == 1 or sorted(a) == sorted(b):
        return True
    near = (
        f for row in fact.row.table.rows if abs(row.number - fact.row.number) <= 1
        for f in row.amounts if f is not fact
    )  # fmt: skip
    return any(f.value in (fact.value, should) and f.value for f in near)


def _grade(identity: Identity, difference: Decimal) -> str:
    if identity.relation == ">=" and difference > 0:
        return PASSED
    return grade(difference, abs(difference) <= identity.tolerance)


def _implied(identity: Identity, fact: Amount) -> Decimal:
    """The value of ``fact`` with which the identity holds exactly."""
    if fact is identity.published:
        return identity.expected
    return (fact.value or Decimal(0)) + identity.difference


def _blame(failed: list[Outcome]) -> None:
    """Find the cells that each explain several failures; name them once, test the rest as if they were right."""
    left = [t for t in failed if t.identity.relation == "="]
    while True:
        by_amount: dict[Amount, list[Outcome]] = {}
        for tested in left:
            for fact in (tested.identity.published, *tested.identity.parts):
                by_amount.setdefault(fact, []).append(tested)
        best: tuple[Amount, list[Outcome]] | None = None
        for fact, members in by_amount.items():
            agreeing = _agreeing(fact, members)
            if len(agreeing) > 1 and (best is None or len(agreeing) > len(best[1])):
                best = fact, agreeing
        if best is None:
            return
        fact, members = best
        first, *others = members
        first.blamed, first.should = fact, _implied(first.identity, fact)
        first.difference = (fact.value or Decimal(0)) - first.should
        first.note += f"；{_place(fact)} 一格使 {len(members)} 个等式不成立：{'、'.join(t.rule for t in members)}"
        for tested in others:
            rest = _implied(tested.identity, fact) - first.should
            tested.difference = rest if fact is not tested.identity.published else -rest
            tested.grade = _grade(tested.identity, tested.difference)
            tested.should = (tested.identity.published.value or Decimal(0)) - tested.difference
            if fact is tested.identity.published:
                tested.should = tested.identity.expected
            tested.note += f"；{_place(fact)} 另报矛盾，此处按其应有值核对"
        left = [t for t in left if all(t is not m for m in members)]


def _agreeing(fact: Amount, members: list[Outcome]) -> list[Outcome]:
    """The largest set of failures that one value of ``fact`` would mend, within their tolerances."""
    best: list[Outcome] = []
    for tested in members:
        value = _implied(tested.identity, fact)
        same = [t for t in members if abs(_implied(t.identity, fact) - value) <= t.identity.tolerance]
        if len(same) > len(best):
            best = [tested, *[t for t in same if t is not tested]]
    return best


def _place(fact: Amount) -> str:
    row = fact.row
    name = " ".join(x for x in (row.code, row.name) if x) or f"第 {row.number} 行"
    return f"{row.table.number or row.table.dataset} {name} {fact.measure}".strip()


def _record(document: str, tested: Outcome) -> Record:
    amount = tested.cell
    row = amount.row
    context = row.table.context
    should = tested.should if tested.should is not None else tested.identity.expected
    note = tested.note
    if tested.grade != PASSED and tested.identity.parts:
        note += f"：{_parts(tested.identity.parts)}"
    x0, y0, x1, y1 = amount.box or (None, None, None, None)
    return {
        "文档": document, "规则": tested.rule, "等级": tested.grade, "数据集": row.table.dataset,
        "表序": context.ordinal, "表号": context.number, "行号": row.number, "列号": amount.column.number,
        "科目编码": row.code, "指标": amount.measure, "公布值": amount.value, "应有值": should,
        "差额": tested.difference, "容差": tested.identity.tolerance, "说明": note, "页码": amount.page,
        "x0": x0, "y0": y0, "x1": x1, "y1": y1,
    }  # fmt: skip


def _parts(parts: list[Amount]) -> str:
    shown = [f"{p.row.code or p.row.name or p.header} {p.measure} {p.text}" for p in parts if p.value is not None]
    more = f" 等 {len(shown)} 项" if len(shown) > _NAMED_PARTS else ""
    return "＋".join(shown[:_NAMED_PARTS]) + more
