"""Which spec claims a table: caption, header words and codes are scored, the evidence is kept."""

from __future__ import annotations

from dataclasses import dataclass

from extract.paper.model import Table
from parsers.numbers import parse_amount
from parsers.outline.captions import Caption
from parsers.specs.loader import Spec, kept, specs
from parsers.text import key

_CAPTION, _HEADER = 0.7, 0.3
_WITHOUT_CAPTION = 0.25  # header words alone must nearly all be there to claim a nameless table


@dataclass(frozen=True, slots=True)
class Match:
    """``spec`` is ``None`` for an unknown table; ``confidence`` runs from 0 to 1."""

    spec: Spec | None
    confidence: float
    evidence: tuple[str, ...]


@kept(1024)  # a document names each of its tables in several places
def title_matches(title: str) -> tuple[Spec, ...]:
    """Specs whose caption patterns accept ``title``."""
    return tuple(s for s in specs() if s.claims(title))


def _looks_alike(spec: Spec, words: list[str]) -> bool:
    """A nameless table must show amounts, and the header words of the spec in cells of their own."""
    cells = [{i for i, w in enumerate(words) if p.search(w)} for p in spec.headers]
    apart = len(set().union(*cells)) >= len(spec.headers) if cells else False
    return len(spec.headers) > 1 and apart and any(parse_amount(w) is not None for w in words)


def recognise(caption: Caption, table: Table) -> Match:
    """Score every spec for a table; a tie is part of the evidence."""
    printed = [[key(c.text) for c in row.cells if c.text] for row in table.rows]
    head, whole = ([word for row in rows for word in row] for rows in (printed[:8], printed))
    named = {s.name for s in title_matches(caption.title)} if caption.title else set()
    scored: list[tuple[float, Spec, str]] = []
    for spec in specs():
        if caption.title and spec.name not in named:
            continue
        words = whole if spec.kind == "form" else head  # a form names its parts all the way down
        absent = [p.label for p in spec.headers if not any(p.search(w) for w in words)]
        hits = len(spec.headers) - len(absent)
        if not caption.title and (spec.needs_title or not _looks_alike(spec, head)):
            continue
        share = hits / len(spec.headers) if spec.headers else 0.0
        score = (_CAPTION if spec.name in named else 0.0) + _HEADER * share
        missing = f"，缺 {'、'.join(absent)}" if absent else ""
        scored.append((score, spec, f"列头 {hits}/{len(spec.headers)}{missing}"))
    scored.sort(key=lambda s: -s[0])
    least = _CAPTION if caption.title else _WITHOUT_CAPTION
    if not scored or scored[0][0] < least:
        return Match(None, 0.0, ("无表样认领",))
    score, spec, header = scored[0]
    evidence = [f"标题 {caption.title}" if caption.title else "无标题", header]
    ties = [s.name for value, s, _ in scored[1:] if value >= score - 1e-9]
    if ties and not caption.title:
        return Match(None, round(score, 2), (*evidence, f"并列 {'、'.join(ties)}"))
    if ties:
        evidence.append(f"并列 {'、'.join(ties)}")
    return Match(spec, round(score, 2), tuple(evidence))
