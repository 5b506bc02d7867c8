"""What must hold between figures of the narrative, and between them and the tables: the rules N1 to N7."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import regex

from parsers.checking.verdicts import CONTRADICTION, NOTICE, PASSED, grade
from parsers.narrative.figures import Figure, Paragraph
from parsers.narrative.links import LinkedFigure
from parsers.numbers import rounded
from parsers.text import key
from parsers.values import Amount, Row

_PARTS_OF_ALL = frozenset(("基本支出", "项目支出"))  # columns whose share is of 合计
_OF_WHICH = regex.compile(r"其中|包括|按用途|分为|分别")
_NEAR = 1  # percent by which a share may miss and still be one of the whole that was found
_NAMED_WHOLE = regex.compile(r"占[^，。；:占]{2,16}的$")
_GOODS = regex.compile(r"(货物|工程|服务)(类|采购)?(支出|预算)?$")
_PURCHASE = regex.compile(r"^(部门|单位)?(政府)?采购(支出)?(预算)?(支出)?(总额|合计|金额)?$")
_NAMED = regex.compile(r"(?:主要)?(?:用于|包括)[:：](?P<names>[^。；:：]+)")


@dataclass(frozen=True, slots=True)
class Verdict:
    rule: str
    linked: LinkedFigure
    grade: str
    expected: Decimal
    difference: Decimal
    tolerance: Decimal
    note: str


def verdicts(every: Sequence[LinkedFigure], by_figure: Mapping[Figure, LinkedFigure]) -> list[Verdict]:
    """Every test of the narrative, and ``wrong`` set on the figures that contradict their cells."""
    found = [v for t in every if (v := _against_cell(t)) is not None]
    for verdict in found:
        verdict.linked.wrong = verdict.grade == CONTRADICTION
    parts = {t.figure.anchor for t in every if t.figure.kind == "占比" and t.figure.anchor is not None}
    for t in every:
        found.extend(made for made in (_rate(t), _share(t, by_figure, every, parts)) if made is not None)
    return [*found, *_items(every, by_figure), *_procurement(every), *_named_items(every)]


def _against_cell(linked: LinkedFigure) -> Verdict | None:
    """N1: the table's amount, to the digits of the narrative."""
    figure, cell = linked.figure, linked.cell
    if cell is None or cell.value is None:
        return None
    step = max(figure.step, cell.precision or Decimal(0))
    expected = rounded(cell.value, step)
    published = rounded(figure.value, step)
    difference = published - expected
    what = f"{cell.row.table.number or cell.row.table.dataset} {cell.row.name or '合计'} {cell.measure} {cell.text}"
    return Verdict(
        "N1",
        linked,
        grade(difference, abs(difference) <= step),
        cell.value,
        difference,
        step,
        f"“{figure.printed}”对 {what}",
    )


def _rate(linked: LinkedFigure) -> Verdict | None:
    """N2: change over the prior amount, between the bounds that the rounding of both leaves."""
    rate, change = linked.figure, linked.figure.anchor
    if rate.kind != "增减率" or change is None or change.kind != "增减额" or change.anchor is None:
        return None
    now, delta = change.anchor.value, change.sign * change.value
    base = now - delta
    if base <= 0 or rate.sign != change.sign:
        return None
    half = (change.anchor.step + change.step) / 2
    half_delta = change.step / 2
    bounds = [
        100 * (delta + a) / (base + b)
        for a in (-half_delta, half_delta)
        for b in (-half, half)
        if base + b > 0
    ]  # fmt: skip
    printed = rate.sign * rate.value
    exact = rounded(100 * delta / base, rate.step)
    difference = printed - exact
    low, high = min(bounds) - rate.step / 2, max(bounds) + rate.step / 2
    excused = low <= printed <= high or abs(difference) <= rate.step
    note = f"“{rate.printed}”：{change.printed} ÷（{change.anchor.printed} － {change.printed}）＝{exact}%"
    tolerance = max(rate.step, abs(low - exact), abs(high - exact)).quantize(Decimal("0.0001"))
    return Verdict("N2", linked, grade(difference, excused), exact, difference, tolerance, note)


def _share(
    linked: LinkedFigure, by_figure: Mapping[Figure, LinkedFigure], every: Sequence[LinkedFigure], parts: set[Figure]
) -> Verdict | None:
    """N4: part over whole, the whole being an amount that stands before it in the paragraph, or its table's total.

    ``parts``: the amounts that have a share themselves, and so are no whole.
    """
    share = linked.figure
    part = share.anchor
    if share.kind != "占比" or part is None or part.kind != "金额" or not share.plain:
        return None
    before = [
        t.figure for t in every
        if t.figure.paragraph is share.paragraph and t.figure.kind == "金额" and t.number < by_figure[part].number
    ]  # fmt: skip
    wholes = [
        (f.value, f.step, f.printed, _parted(f, part)) for f in before if f.value >= part.value > 0 and f not in parts
    ]
    cell = by_figure[part].cell
    if cell is not None and cell.measure in _PARTS_OF_ALL:
        total = next((a for a in cell.row.amounts if a.measure == "合计" and a.value), None)
        if total is not None and total.value is not None:
            wholes.append((total.value, total.precision or Decimal(1), total.text or "", True))
    best: Verdict | None = None
    certain = False
    for whole, step, printed, sure in wholes:
        exact = rounded(100 * part.value / whole, share.step)
        difference = share.value - exact
        slack = 100 * (part.step / 2 + step / 2) / whole + share.step
        note = f"“{share.printed}”：{part.printed} ÷ {printed}"
        excused, tolerance = abs(difference) <= slack, slack.quantize(Decimal("0.0001"))
        made = Verdict("N4", linked, grade(difference, excused), exact, difference, tolerance, note)
        certain = certain or sure
        if best is None or abs(difference) < abs(best.difference):
            best = made
    if best is None or best.grade != CONTRADICTION or abs(best.difference) <= _NEAR:
        return best
    if not certain or _NAMED_WHOLE.search(share.before):
        return None  # the whole may be one that the words do not print
    return best


def _parted(whole: Figure, part: Figure) -> bool:
    """Do the words between two figures of a sentence say that the second is of the first?"""
    _, found, behind = part.before.rpartition(key(whole.printed))
    return bool(found) and bool(_OF_WHICH.search(behind))


def _items(every: Sequence[LinkedFigure], by_figure: Mapping[Figure, LinkedFigure]) -> list[Verdict]:
    """N3: the changes of all 项 of a chapter against the change of its total.

    A figure that contradicts its cell is already named: the sum takes the cell, and its change follows.
    """
    found: list[Verdict] = []
    chapters: dict[str, list[LinkedFigure]] = {}
    for linked in every:
        chapters.setdefault((linked.figure.paragraph.chapter or "").split("/")[0], []).append(linked)
    for members in chapters.values():
        changes = [t for t in members if t.figure.kind == "增减额" and t.figure.anchor is not None]
        items = [t for t in changes if t.figure.anchor is not None and t.figure.anchor.path]
        totals = [t for t in changes if t not in items and _is_total(t, members)]
        named = [t for t in members if t.figure.kind == "金额" and t.figure.path]
        if len(items) < 2 or len(named) != len(items) or len({t.figure.value for t in totals}) != 1:
            continue
        if not _complete(named):
            continue
        total = totals[0]
        expected, step = Decimal(0), total.figure.step
        for item in items:
            anchor = item.figure.anchor
            assert anchor is not None
            amount = by_figure[anchor]
            change = item.figure.sign * item.figure.value
            if amount.wrong and amount.cell is not None and amount.cell.value is not None:
                change = amount.cell.value - (anchor.value - change)
            expected += change
            step = max(step, item.figure.step)
        published = total.figure.sign * total.figure.value
        tolerance = (len(items) + 1) * step / 2
        difference = published - expected
        note = f"“{total.figure.printed}”：{len(items)} 项增减额之和"
        if any(t.figure.anchor is not None and by_figure[t.figure.anchor].wrong for t in items):
            note += "；与表不符的数按表计"
        found.append(
            Verdict("N3", total, grade(difference, abs(difference) <= tolerance), expected, difference, tolerance, note)
        )
    return found


def _is_total(linked: LinkedFigure, members: list[LinkedFigure]) -> bool:
    """Is it the change of an amount that the paragraph says of a table's total?"""
    anchor = linked.figure.anchor
    return anchor is not None and any(
        t.cell is not None and t.cell.row.is_total and t.figure.value == anchor.value
        for t in members
        if t.figure.paragraph is anchor.paragraph and t.figure.kind == "金额"
    )


def _complete(named: list[LinkedFigure]) -> bool:
    """Does the chapter name every 项 of the table with an amount?"""
    cells = [t.cell for t in named if t.cell is not None]
    if len(cells) < len(named):
        return False
    rows = cells[0].row.table.rows
    every = {r.code for r in rows if r.code and len(r.code) >= 7 and any(f.value for f in r.amounts)}
    return {c.row.code for c in cells} >= every


def _procurement(every: Sequence[LinkedFigure]) -> list[Verdict]:
    """N5: 政府采购 = 货物 + 工程 + 服务, in one paragraph."""
    found: list[Verdict] = []
    paragraphs: dict[Paragraph, list[LinkedFigure]] = {}
    for linked in every:
        if linked.figure.kind == "金额":
            paragraphs.setdefault(linked.figure.paragraph, []).append(linked)
    for together in paragraphs.values():
        total = next((t for t in together if _PURCHASE.search(t.figure.words)), None)
        items: dict[str, LinkedFigure] = {}
        for linked in together:
            match = _GOODS.search(linked.figure.words)
            if match:
                items.setdefault(match[1], linked)
        if total is None or len(items) < 2:
            continue
        expected = sum((t.figure.value for t in items.values()), Decimal(0))
        members = (total, *items.values())
        step = max(t.figure.step for t in [t for t in members if t.figure.value] or members)
        tolerance = (len(items) + 1) * step / 2
        difference = total.figure.value - expected
        note = f"“{total.figure.printed}”＝{'＋'.join(f'{n} {t.figure.printed}' for n, t in items.items())}"
        found.append(
            Verdict("N5", total, grade(difference, abs(difference) <= tolerance), expected, difference, tolerance, note)
        )
    return found


def _named_items(every: Sequence[LinkedFigure]) -> list[Verdict]:
    """N7: the 款 that the narrative names behind an amount of 基本支出 are those with an amount in the table."""
    found: list[Verdict] = []
    for linked in every:
        cell, paragraph = linked.cell, linked.figure.paragraph
        if cell is None or cell.row.table.dataset != "一般公共预算基本支出表":
            continue
        behind = paragraph.text.partition(linked.figure.printed)[2]
        match = _NAMED.search(behind)
        if not match or "元" in match["names"] or "、" not in match["names"]:
            continue
        named = {_bare(n) for n in regex.split(r"[、，,]", match["names"].rstrip("等")) if n}
        printed = {_bare(r.name or ""): r.name or "" for r in _parts_of(cell)}
        left_out = [name for bare, name in printed.items() if not any(bare in n or n in bare for n in named)]
        note = f"“{linked.figure.printed}”所列 {len(named)} 项"
        if left_out:
            note = f"{NOTICE}：{note}，表中有数而未列：{'、'.join(left_out)}"
        found.append(Verdict("N7", linked, PASSED, linked.figure.value, Decimal(0), Decimal(0), note))
    return found


def _parts_of(cell: Amount) -> list[Row]:
    """款 rows with an amount in the cell's column, below its row; below the whole table for a total."""
    code = cell.row.code or ""
    return [
        r for r in cell.row.table.rows
        if r.code and len(r.code) == 5 and r.code.startswith(code)
        and any(f.value and f.measure == cell.measure for f in r.amounts)
    ]  # fmt: skip


def _bare(name: str) -> str:
    return regex.sub(r"[和与及、的]|支出$|（.*?）|\(.*?\)", "", key(name))
