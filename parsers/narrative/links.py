"""Which cell of the tables a figure of the narrative speaks of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

import regex

from parsers.checking.between_tables import Book
from parsers.narrative.figures import Figure
from parsers.numbers import rounded
from parsers.specs.model import Words
from parsers.specs.rules import links
from parsers.text import key
from parsers.values import Amount, Row

_LAST = regex.compile(r"[（(].*?[）)]")


@dataclass(slots=True, eq=False)
class LinkedFigure:
    """A figure and the cell that it speaks of."""

    number: int
    figure: Figure
    cell: Amount | None
    code: str | None = None  # of the 科目 that its sentence names
    wrong: bool = False  # it contradicts its cell


def cell_of(figure: Figure, book: Book) -> Amount | None:
    if figure.path:
        return _by_path(figure.path, book)
    chapter = key((figure.paragraph.chapter or "") + (figure.paragraph.part or ""))
    for link in links().rules:
        if not link.words.search(figure.words) or (link.chapter is not None and not link.chapter.search(chapter)):
            continue
        if link.after is not None and link.after not in figure.paragraph.text:
            continue
        selectors = link.cells
        if link.by_name:
            name = Words.of((f"^{regex.escape(_LAST.sub('', figure.words))}$",))
            selectors = tuple(replace(selector, name=name) for selector in selectors)
        unlike = bool(links().one_fund.search(figure.before) or links().one_fund.search(chapter))
        amounts = [
            a for selector in selectors
            if not (unlike and selector.dataset in links().all_funds)
            and (a := book.one(selector)) is not None and _of_year(a, book)
        ]  # fmt: skip
        if amounts:
            return next((a for a in amounts if _same(figure, a)), amounts[0])
    return None


def _of_year(amount: Amount, book: Book) -> bool:
    """Does the cell's column speak of the document's year, in the document's phase?"""
    year, phase = amount.column.year, amount.column.phase
    return (year is None or year == book.year) and (phase is None or phase == book.phase)


def _same(figure: Figure, amount: Amount) -> bool:
    step = max(figure.step, amount.precision or Decimal(0))
    return amount.value is not None and rounded(amount.value, step) == rounded(figure.value, step)


def _by_path(path: tuple[str, ...], book: Book) -> Amount | None:
    """The amount of the row named by 类, 款 and 项, if all rows of that name in a dataset print the same."""
    for selector in links().path:
        rows = _rows_by_path(path, selector.dataset, book)
        amounts = [a for r in rows if (a := book.measured(r)) is not None and a.value is not None]
        if amounts and len({a.value for a in amounts}) == 1:
            return amounts[0] if _of_year(amounts[0], book) else None
    return None


def named_code(figure: Figure, cell: Amount | None, book: Book) -> str | None:
    """The code of the 类, 款 and 项 that the sentence names; of no row where rows of that name have several codes."""
    if not figure.path:
        return None
    if cell is not None:
        return cell.row.code
    codes = {r.code for selector in links().path for r in _rows_by_path(figure.path, selector.dataset, book)}
    return codes.pop() if len(codes) == 1 else None


def _rows_by_path(path: tuple[str, ...], dataset: str, book: Book) -> list[Row]:
    """Rows of the name of the 项 under a 款 of its name."""
    *_, kuan, xiang = (key(p) for p in path)
    rows = [r for r in book.named(dataset, xiang) if r.code and len(r.code) >= 7]
    return [r for r in rows if _under(r, kuan, book)]


def _under(row: Row, kuan: str, book: Book) -> bool:
    above = book.coded(row.table.dataset, (row.code or "")[:5])
    return not above or any(key(r.name or "") == kuan for r in above)
