"""Which spec claims a table: its title proposes, its header and its rows must bear that out; all evidence is kept.

A title alone claims nothing.  What the cells say may also speak against a spec: revenue is never claimed by a spec of
expenditure, nor is a table whose two panels are revenue and expenditure.
"""

from __future__ import annotations

from dataclasses import dataclass

import regex

from extract.paper.model import Table
from parsers.amounts_table.evidence import (
    DEPARTMENT,
    FUNCTION,
    GOVERNMENT,
    PLACE,
    REVENUE,
    Evidence,
    gather,
    sides_of,
)
from parsers.forms.shape import FORM_PAIRS, sections_in
from parsers.outline.captions import Caption
from parsers.specs.loader import Spec, added_specs, kept, specs
from parsers.text import key

_TITLE = 0.4  # of the confidence; the rest is the mean of what header and rows bear out
_LEAST = 0.5
_GENERIC = 3  # header words of any table by subjects that may stand for those of the spec
_FAMILIES = {"功能分类": {FUNCTION}, "部门经济分类": {DEPARTMENT, GOVERNMENT}, "政府经济分类": {DEPARTMENT, GOVERNMENT}}
_BY_PLACE = regex.compile(r"各[省市县区]|分?地区|分[市县区]|市县")
_TRANSFERS = regex.compile(r"转移支付|税收返还|补助")


@dataclass(frozen=True, slots=True)
class Match:
    """``spec`` is ``None`` for an unknown table; ``confidence`` runs from 0 to 1."""

    spec: Spec | None
    confidence: float
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Claim:
    spec: Spec
    score: float
    specific: int  # characters of the title that the spec's words take up
    evidence: str


@kept(1024)  # a document names each of its tables in several places
def title_matches(title: str) -> tuple[Spec, ...]:
    """Specs whose caption patterns accept ``title``."""
    return tuple(s for s in specs() if s.claims(title))


def recognise(caption: Caption, table: Table) -> Match:
    """The spec that title, header and rows agree on; two that fit equally well leave the table unknown."""
    found = gather(table)
    if caption.title:
        claims = [_named_claim(spec, caption.title, found) for spec in title_matches(caption.title)]
        first = f"标题 {caption.title}"
    else:
        claims = [_nameless_claim(spec, found) for spec in specs() if not spec.needs_title]
        first = "无标题"
    standing = sorted((c for c in claims if c.score >= _LEAST), key=_rank)
    if not standing:
        refused = [f"{c.spec.dataset} 不取：{c.evidence}" for c in claims if caption.title]
        return Match(None, 0.0, (first, *refused) if refused else ("无表样认领",))
    best = standing[0]
    ties = [c.spec.dataset for c in standing[1:] if _rank(c) == _rank(best)]
    ties = [t for t in ties if t != best.spec.dataset]
    if ties:
        return Match(None, 0.0, (first, best.evidence, f"并列 {'、'.join([best.spec.dataset, *ties])}"))
    return Match(best.spec, round(best.score, 2), (first, best.evidence))


def _rank(claim: _Claim) -> tuple[float, bool, int]:
    return -claim.score, claim.spec.name not in added_specs(), -claim.specific


def _named_claim(spec: Spec, title: str, found: Evidence) -> _Claim:
    match = spec.title.search(key(title))
    specific = len(match[0]) if match else 0
    against = _against(spec, title, found)
    if against:
        return _Claim(spec, 0.0, specific, against)
    if spec.kind == "form":
        share, words = _form_share(spec, found)
        return _Claim(spec, _TITLE + (1 - _TITLE) * share if share else 0.0, specific, words)
    share, words = _header_share(spec, found)
    witnesses = [share]
    wanted = _families_of(spec) | ({PLACE} if _BY_PLACE.search(key(title)) else set())
    shared = wanted & found.families
    if wanted and found.families:
        witnesses.append(1.0 if shared else 0.0)
    if shared:
        words += f"；科目 {'、'.join(sorted(shared))}"
        witnesses = [max(share, 0.5), 1.0]  # rows of the right classification stand for header words left out
    if not any(witnesses) and spec.direction and found.rows_side == spec.direction:
        words += f"；各行为{spec.direction}"
        witnesses.append(1.0)
    if not any(witnesses) and len(found.generic) >= _GENERIC:
        words += f"；通用列头 {'、'.join(found.generic)}"
        witnesses = [0.5]
    if not any(witnesses) and not found.has_amounts and found.generic:
        words += "；没有金额"  # nothing could be filed wrongly
        witnesses = [0.5]
    if not any(witnesses):
        return _Claim(spec, 0.0, specific, f"只有标题相符，{words}")
    return _Claim(spec, _TITLE + (1 - _TITLE) * sum(witnesses) / len(witnesses), specific, words)


def _nameless_claim(spec: Spec, found: Evidence) -> _Claim:
    """Without a title the header words must all be there, each in a cell of its own, above amounts."""
    if spec.kind == "form":
        share, words = _form_share(spec, found)
        return _Claim(spec, 1 - _TITLE if share == 1.0 and found.pairs >= FORM_PAIRS else 0.0, 0, words)
    share, words = _header_share(spec, found)
    cells = [{i for i, w in enumerate(found.header) if p.search(w)} for p in spec.headers]
    apart = len(set().union(*cells)) >= len(spec.headers) if cells else False
    whole = share == 1.0 and len(spec.headers) > 1 and apart and found.has_amounts
    against = _against(spec, "", found)
    return _Claim(spec, 1 - _TITLE if whole and not against else 0.0, len(spec.headers), against or words)


def _against(spec: Spec, title: str, found: Evidence) -> str | None:
    """What speaks against a spec, or ``None``."""
    if spec.kind == "amounts" and found.pairs >= FORM_PAIRS:
        return "各行为标签与值"
    sides = sides_of(title)
    if spec.direction and len(sides) == 1 and spec.direction not in sides:
        return f"标题只说{next(iter(sides))}"
    if spec.direction and ("平衡" in title or found.two_sided):
        return "收入与支出并列"
    if _TRANSFERS.search(key(title)):
        return None  # what a government passes down is revenue of those below, and may be named so
    revenue = REVENUE in found.families and not found.families & {FUNCTION, DEPARTMENT, GOVERNMENT}
    if spec.direction == "支出" and found.rows_side == "收入":
        return "各行为收入"
    if spec.direction == "支出" and revenue:
        return "各行为收入科目"
    return None


def _form_share(spec: Spec, found: Evidence) -> tuple[float, str]:
    """A form is known by the sections that open in it and by labels with their values beside them."""
    sections = sections_in(found.rows, spec)
    share = min(1.0, (sections + found.pairs / FORM_PAIRS) / 2)
    return share, f"表单 {sections} 节、{found.pairs} 项"


def _header_share(spec: Spec, found: Evidence) -> tuple[float, str]:
    absent = [p.label for p in spec.headers if not any(p.search(w) for w in found.header)]
    hits = len(spec.headers) - len(absent)
    missing = f"，缺 {'、'.join(absent)}" if absent else ""
    return (hits / len(spec.headers) if spec.headers else 0.0), f"列头 {hits}/{len(spec.headers)}{missing}"


def _families_of(spec: Spec) -> set[str]:
    """Families of codes and names that rows of the spec belong to; none where its rows are units or projects."""
    wanted = set(_FAMILIES.get(spec.scheme, set()))
    for _, scheme in spec.schemes:
        wanted |= _FAMILIES.get(scheme, set())
    return wanted | {REVENUE} if wanted and spec.direction == "收入" else wanted
