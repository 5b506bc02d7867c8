"""Second readings of recognised cells that break a sum: a reading is replaced by another that the sums confirm.

Arithmetic alone proposes nothing here: what is put in a cell's place was read from its picture.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from decimal import Decimal

from extract.paper.model import Box, Cell, Document, TablePart
from extract.paper.second_engine import CellReader
from extract.paper.stitching import join
from parsers.checking.checker import Checker
from parsers.checking.identities import Identity
from parsers.checking.outcomes import Outcome
from parsers.checking.verdicts import CONTRADICTION, DOUBT
from parsers.numbers import parse_amount
from parsers.parse import parse_stream
from parsers.values import Amount

REREAD, DOUBTED = "OCR复读", "OCR存疑"
_MOST_CELLS = 60  # of one document that are read again
_MOST_PARTS = 30  # a sum of more parts says too little of any of them

Place = tuple[int | None, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Rereading:
    """A cell's first reading, and the one that the sums confirm."""

    place: Place
    first: str
    second: str


def proofread(document: Document, doc_id: str, reader: CellReader) -> dict[Place, str]:
    """Replace in ``document`` what other readings and the sums agree on; the first readings by page and box."""
    if not document.recognised:
        return {}
    stream = parse_stream(replace(document, pages=deepcopy(document.pages)), doc_id, join)
    checker = Checker(doc_id, stream.info.kind, stream.info.year)
    for table in stream.tables:
        checker.take(table.parsed)
    tested = checker.tested()
    found = {r.place: r for r in _confirmed(tested, reader)}
    for cell in _cells(document):
        reading = found.get((cell.page, tuple(cell.bbox or ())))
        if reading is not None and _bare(cell.text) == _bare(reading.first):
            cell.text = reading.second
            cell.marks = (*(m for m in cell.marks if m != DOUBTED), REREAD)
    return {place: reading.first for place, reading in found.items()}


def place_of(amount: Amount) -> Place:
    """Where its cell stands: page and box."""
    return amount.page, tuple(amount.box or ())


def _cells(document: Document) -> Iterator[Cell]:
    for content in document.pages:
        for block in content.blocks:
            if isinstance(block, TablePart):
                yield from block.cells


def _confirmed(tested: list[Outcome], reader: CellReader) -> Iterator[Rereading]:
    failed = [t.identity for t in tested if t.grade in (CONTRADICTION, DOUBT) and t.identity.relation == "="]
    asked: set[Place] = set()
    for identity in failed:
        if abs(identity.difference) <= identity.tolerance:
            continue  # a reading found for another sum mended it
        made = []
        for amount in _suspects(identity):
            place = place_of(amount)
            if place in asked or len(asked) >= _MOST_CELLS:
                continue
            asked.add(place)
            concerned = [t.identity for t in tested if t.identity.relation == "=" and _holds(t.identity, amount)]
            text = _mending(amount, concerned, reader)
            if text is not None:
                made.append((amount, text))
        if len(made) == 1:
            amount, text = made[0]
            value = _value(amount, text)
            first = amount.text or ""
            amount.value = value
            yield Rereading(place_of(amount), first, text)


def _suspects(identity: Identity) -> list[Amount]:
    """The recognised cells of a sum, the doubted ones first."""
    amounts = [identity.published, *identity.parts]
    if len(amounts) > _MOST_PARTS:
        amounts = [a for a in amounts if DOUBTED in a.marks]
    return sorted((a for a in amounts if a.box and a.text), key=lambda a: DOUBTED not in a.marks)


def _mending(amount: Amount, concerned: list[Identity], reader: CellReader) -> str | None:
    """Another reading of the cell with which every sum holds that it stands in."""
    box = amount.box
    if box is None:
        return None
    before = amount.value
    for text in reader.others(amount.page, Box(*box)):
        value = _value(amount, text)
        if value is None or value == before:
            continue
        amount.value = value
        holds = all(abs(identity.difference) <= identity.tolerance for identity in concerned)
        amount.value = before
        if holds:
            return text
    return None


def _value(amount: Amount, text: str) -> Decimal | None:
    """What ``text`` would be in the cell's unit."""
    printed, other = parse_amount(amount.text or ""), parse_amount(text)
    if printed is None or other is None or amount.value is None or not printed.value:
        return None
    return other.value * (amount.value / printed.value)


def _holds(identity: Identity, amount: Amount) -> bool:
    return identity.published is amount or any(part is amount for part in identity.parts)


def _bare(text: str) -> str:
    return "".join(text.split())
