"""What the specs say, as values: kinds of tables, sections of forms, header words, output columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import regex

from parsers.text import key

_Finder = Callable[[str], "regex.Match[str] | None"]


@dataclass(frozen=True)
class Words:
    """Patterns of which one must fit, compiled when first asked; ``label`` is how a finding prints them."""

    label: str

    @staticmethod
    def of(patterns: Iterable[str]) -> Words:
        return Words("|".join(patterns))

    @cached_property
    def search(self) -> _Finder:
        """Raises ``regex.error`` for what is no regular expression."""
        return regex.compile(self.label).search

    @cached_property
    def match(self) -> _Finder:
        """As ``search``."""
        return regex.compile(self.label).match


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a form's section: how its header is printed and what its cells hold.

    ``headers`` is ``None`` for a column that prints no header: it stands right of the section's label.
    """

    field: str
    headers: Words | None
    kind: str = "text"  # text | number | vocabulary
    words: Words | None = None
    fill_down: bool = False
    once: bool = False  # the first header that fits keeps the column; the next goes to the column after it

    def fits(self, text: str) -> bool:
        """Is ``text`` a printed header of this column?"""
        return self.headers is not None and self.headers.search(text) is not None


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a form: it starts at a row (or line) that matches and ends where the next one starts."""

    dataset: str
    start: Words
    kind: str  # rows | pairs | goals | skip
    columns: tuple[Column, ...] = ()
    constants: dict[str, str] = field(default_factory=dict)
    keep_start_row: bool = False
    start_row: Words | None = None  # a header row that opens the section without its label
    not_after: str | None = None  # dataset of a section whose rows may begin with the same words


@dataclass(frozen=True, slots=True)
class Spec:
    """What one kind of table is called, which headers and codes prove it, and where its rows go."""

    name: str
    dataset: str
    kind: str  # amounts | form
    title: Words
    title_not: Words | None
    headers: tuple[Words, ...]
    schemes: tuple[tuple[Words, str], ...]
    scheme: str
    direction: str | None
    measures: tuple[tuple[Words, str], ...]
    sections: tuple[Section, ...] = ()
    needs_title: bool = False  # its header words stand in other tables too: a table without a title is never this
    undirected: bool = False  # its amounts are stocks: neither revenue nor expenditure, whatever its header calls them
    examples: tuple[str, ...] = ()  # titles that this spec claims
    not_examples: tuple[str, ...] = ()  # titles that it must leave alone

    def claims(self, title: str) -> bool:
        """Do the words of this spec accept a printed title?"""
        bare = key(title)
        return self.title.search(bare) is not None and not (self.title_not and self.title_not.search(bare))


@dataclass(frozen=True, slots=True)
class Dataset:
    """A folder of outputs: its schema in ``fields.toml``, its English name, the columnTypes of its codes."""

    name: str
    schema: str
    english: str
    fiscal: str | None = None
    identities: tuple[str, ...] = ()  # rules of identities.toml that its tables must keep, [[inside]]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Header words that every kind of table shares."""

    code: Words
    code_part: Words
    unit_code: Words
    unit_name: Words
    name: Words
    text: Words
    skip: Words
    header_word: Words
    measures: tuple[tuple[Words, str], ...]
    empty_note: Words
    note: Words


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """An output column: Arrow type by name, English name, meaning."""

    name: str
    type: str
    english: str
    title: str


@dataclass(frozen=True, slots=True)
class Selector:
    """Amounts of a document: a dataset, its rows by name and code, and one 指标 of each row."""

    dataset: str
    total: bool = False  # the row 合计 alone
    sum: bool = False  # every row but totals and 其中, to be added up
    optional: bool = False
    direction: str | None = None
    name: Words | None = None  # fits a name as ``parsers.text.key`` makes it
    code: Words | None = None
    measure: Words | None = None


@dataclass(frozen=True, slots=True)
class NamedSum:
    """指标 that add up to another; ``also`` names those that some publishers count in."""

    total: str
    parts: tuple[str, ...]
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InsideRule:
    """A sum inside one table, by its kind, for the tables of ``datasets``."""

    rule: str
    meaning: str
    kind: str
    datasets: tuple[str, ...] = ()
    sums: tuple[NamedSum, ...] = ()
    patterns: Mapping[str, Words] = field(default_factory=dict)  # of rows and columns, by what the kind calls them


@dataclass(frozen=True, slots=True)
class BetweenRule:
    """A printed amount against alternatives that each add up amounts of other tables."""

    rule: str
    meaning: str
    left: Selector
    any: tuple[tuple[Selector, ...], ...]
    each: str | None = None  # what of the left table's rows or columns the rule runs over
    measures: tuple[Words, ...] = ()  # 指标 that it runs over
    relation: str = "="
    when: tuple[Selector, ...] = ()  # amounts that must be equal, else nothing is tested
    need: tuple[str, ...] = ()  # datasets that must be there
    soft: bool = False  # a difference is no finding

    @property
    def datasets(self) -> tuple[str, ...]:
        """Of the amounts compared, each once."""
        right = (selector.dataset for alternative in self.any for selector in alternative)
        return tuple(dict.fromkeys((self.left.dataset, *right)))


@dataclass(frozen=True, slots=True)
class CodeRule:
    """A rule that is code: what it says, and where it looks."""

    rule: str
    meaning: str
    where: str


@dataclass(frozen=True, slots=True)
class Link:
    """Words before a figure of the narrative, and the cells that may show the same."""

    words: Words
    cells: tuple[Selector, ...]
    chapter: Words | None = None  # fits the heading of the chapter
    after: str | None = None  # stands in the paragraph
    by_name: bool = False  # the row is the one that the words name


@dataclass(frozen=True, slots=True)
class Links:
    """What figures of the narrative speak of."""

    rules: tuple[Link, ...]
    path: tuple[Selector, ...]  # tables of 科目 that are named by 类, 款 and 项
    other_basis: Words
    one_fund: Words
    all_funds: frozenset[str]  # datasets
