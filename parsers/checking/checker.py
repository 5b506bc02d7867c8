"""Test every identity of a document and say what each difference is: 通过, 尾差, 矛盾 or 存疑.

A printed figure is never changed.  One wrong cell breaks every sum it stands in: where one value would mend all of
them, that cell is named once, and the other sums are tested as if it had that value (their 说明 says so).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from parsers.checking import books
from parsers.checking import identities as sums
from parsers.checking.between_tables import Book, identities
from parsers.checking.doubts import PROJECTS, UNIT_MARKS, project_amounts, repairs_of
from parsers.checking.findings import Finding, findings, record, unproved
from parsers.checking.indicators import Indicators
from parsers.checking.measures import MEASURES, in_unlike_measures, unlike_measures
from parsers.checking.outcomes import Outcome, blame, place
from parsers.checking.structure import doubt_columns, doubt_levels, doubt_unknown
from parsers.checking.untested import why_untested
from parsers.checking.verdicts import CONTRADICTION, PASSED, untested_note
from parsers.records import CheckRow
from parsers.specs.loader import specs
from parsers.specs.rules import between, inside
from parsers.values import Amount, Parsed

_BY_LEVELS = ("tree", "leaves")  # kinds of rules that add up rows by the levels found for them
Confirm = Callable[[Amount], bool | None]  # does a second reading show the same? None: it cannot say
_NAMED_PARTS = 12
_LEAST_IN_COMMON = 2  # datasets that several organisations print: one may be a name written otherwise

MAKERS = {**sums.MAKERS, **books.MAKERS}  # by the kinds of identities.toml


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
    found: list[Finding] = field(default_factory=list)
    untested: dict[int, list[tuple[str, str]]] = field(default_factory=dict)  # (rule, why) by 表序

    def __post_init__(self) -> None:
        self.book = Book(self.phase, self.year)
        self.indicators = Indicators(self.document)

    def take(self, parsed: Parsed) -> None:
        """Keep what one table prints until every table is there."""
        self.found.extend(findings(parsed))
        for table in parsed.amounts.values():
            self.book.add(table)
        for text in parsed.texts:
            if text.dataset == PROJECTS:
                self.book.add(project_amounts(text))
            elif text.dataset == "绩效指标":
                self.indicators.take(text)

    def tested(self) -> list[Outcome]:
        """Every test with its verdict, tables first, in the order of the rules."""
        within, across = list(self._inside()), list(self._between())
        made = [t for _, t in within] + across
        for tested in made:
            tested.settle()
        for tested in across:
            if tested.grade == CONTRADICTION and in_unlike_measures(tested.identity):
                tested.rule = MEASURES
                tested.doubt("两数只差 10 的幂，其一的计量单位可疑")
        failed = [t for t in made if t.grade == CONTRADICTION]
        blame(failed)
        doubt_levels(t for kind, t in within if kind in _BY_LEVELS)
        doubt_columns(t for kind, t in within if kind == "row")
        doubt_unknown(failed)
        seen_twice = {a for t in made if _repeats(t) for a in (t.identity.published, *t.identity.parts)}
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
        return "".join(f"；{place(a)} {a.text} 系复读，首读 {text}" for a in amounts if (text := first(a)) is not None)

    def records(self) -> list[CheckRow]:
        """Rows of 核对结果."""
        made = self.tested()
        tables = [t for same in self.book.tables.values() for t in same]
        named = {pair for t in made if t.rule == MEASURES for pair in t.identity.tables}
        found = [*unproved(self.found, (t.identity for t in made)), *unlike_measures(tables, named)]
        return [
            *(_record(self.document, t) for t in made), *(record(self.document, f) for f in found),
            *self.indicators.records(),
        ]  # fmt: skip

    def untested_of(self, ordinal: int | None) -> str:
        """What could not be tested of a table, for its 说明; empty where all was, and before ``tested``."""
        return untested_note(self.untested.get(ordinal, ())) if ordinal is not None else ""

    def _inside(self) -> Iterable[tuple[str, Outcome]]:
        """Sums inside each table, with the kind of their rule."""
        self.untested.clear()
        for rule in inside():
            for dataset in rule.datasets:
                for table in self.book.tables.get(dataset, ()):
                    made = [Outcome(rule.rule, i, i.what) for i in MAKERS[rule.kind](table, rule)]
                    yield from ((rule.kind, t) for t in made)
                    why = None if made else why_untested(table, rule)
                    if why is not None:
                        self.untested.setdefault(table.context.ordinal, []).append((rule.rule, why))

    def _between(self) -> Iterable[Outcome]:
        books = self._by_organisation()
        for rule in between():
            for book in books:
                for identity in identities(rule, book):
                    yield Outcome(rule.rule, identity, identity.what)

    def _by_organisation(self) -> list[Book]:
        """A department's book may hold the tables of each of its units: these are compared among themselves."""
        printed: dict[str | None, set[str]] = {}
        tables = [t for same in self.book.tables.values() for t in same]
        for table in tables:
            printed.setdefault(table.context.organisation, set()).add(table.dataset)
        listed = {spec.dataset for spec in specs() if spec.kind == "amounts"}  # a form names who carries a project out
        times = Counter(dataset for datasets in printed.values() for dataset in datasets & listed)
        if sum(n > 1 for n in times.values()) < _LEAST_IN_COMMON:
            return [self.book]
        found = {name: Book(self.phase, self.year) for name in printed}
        for table in tables:
            found[table.context.organisation].add(table)
        return list(found.values())

    def _doubt(self, tested: Outcome, seen_twice: set[Amount]) -> None:
        """Is it we who misread?  Repaired cells, and cells that the second reading shows otherwise.

        A cell whose number stands in another table as well was not misread.
        """
        every = [tested.identity.published, *tested.identity.parts]
        amounts = [tested.blamed] if tested.blamed else every
        apart = len({a.row.table for a in every}) > 1
        repaired = sorted({m for a in amounts for m in repairs_of(a) if apart or m not in UNIT_MARKS})
        if repaired:
            tested.doubt(f"所涉单元格经{'、'.join(repaired)}")
        elif (
            self.confirm is not None
            and _looks_misread(tested)
            and any(self.confirm(a) is False for a in amounts if a not in seen_twice)
        ):
            tested.doubt("第二引擎读数不同")


def _repeats(tested: Outcome) -> bool:
    """Do two tables print the same number, not nought?"""
    identity = tested.identity
    tables = {a.row.table for a in (identity.published, *identity.parts)}
    return not tested.difference and len(identity.parts) == 1 and len(tables) == 2 and bool(identity.published.value)


def _looks_misread(tested: Outcome) -> bool:
    """One digit differs, digits change places, or a neighbour's value fits: worth the price of a second reading."""
    amount = tested.cell
    should = tested.should if tested.should is not None else tested.expected
    if amount.value is None:
        return True
    a, b = (f"{abs(v):020.4f}" for v in (amount.value, should))
    if sum(x != y for x, y in zip(a, b, strict=False)) == 1 or sorted(a) == sorted(b):
        return True
    near = (
        a for row in amount.row.table.rows if abs(row.number - amount.row.number) <= 1
        for a in row.amounts if a is not amount
    )  # fmt: skip
    return any(a.value in (amount.value, should) and a.value for a in near)


def _record(document: str, tested: Outcome) -> CheckRow:
    amount = tested.cell
    row = amount.row
    context = row.table.context
    should = tested.should if tested.should is not None else tested.expected
    note = tested.note
    if tested.grade != PASSED and tested.identity.parts:
        note += f"：{_parts(tested.identity.parts)}"
    x0, y0, x1, y1 = amount.box or (None, None, None, None)
    return {
        "文档": document, "规则": tested.rule, "等级": tested.grade, "数据集": row.table.dataset,
        "表序": context.ordinal, "表号": context.number, "行号": row.number, "列号": amount.column.number,
        "科目编码": row.code, "指标": amount.measure, "公布值": amount.value, "应有值": should,
        "差额": tested.difference, "容差": tested.tolerance, "说明": note, "页码": amount.page,
        "x0": x0, "y0": y0, "x1": x1, "y1": y1,
    }  # fmt: skip


def _parts(parts: list[Amount]) -> str:
    shown = [f"{p.row.code or p.row.name or p.header} {p.measure} {p.text}" for p in parts if p.value is not None]
    more = f" 等 {len(shown)} 项" if len(shown) > _NAMED_PARTS else ""
    return "＋".join(shown[:_NAMED_PARTS]) + more
