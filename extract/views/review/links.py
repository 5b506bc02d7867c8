"""Which printed cell an amount is, and which cells a finding speaks of."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from extract.store.verdicts import key_of
from parsers.records import AmountRow, CellRow, CheckRow

if TYPE_CHECKING:
    from extract.views.review.model import DocumentView, GridCell

_PLUS, _COLON = "＋", "："


def link(view: DocumentView, amounts: list[AmountRow]) -> None:
    """Join amounts to cells by their boxes, else by rows that hold the same texts; findings to both."""
    cells: dict[int, list[GridCell]] = defaultdict(list)
    for cell in view.cells:
        cells[cell.row["表序"]].append(cell)
    of_table: dict[int, list[AmountRow]] = defaultdict(list)
    for amount in amounts:
        of_table[amount["表序"]].append(amount)
    for ordinal, rows in of_table.items():
        _by_box(cells[ordinal], rows)
        _by_rows(cells[ordinal], [row for row in rows if row["x0"] is None])
    joined = {key_of(cell.amount): cell for cell in view.cells if cell.amount}
    for cell in joined.values():
        cell.verdict = view.verdicts.get(cell.key)
    for finding in view.findings:
        finding.cell = joined.get(key_of(finding.row))
        finding.verdict = view.verdicts.get(finding.key)
        finding.items = _items(finding.row, [c for c in joined.values() if c is not finding.cell])


def _box(row: CellRow | AmountRow) -> tuple[float | None, ...]:
    return row["页码"], row["x0"], row["y0"], row["x1"], row["y1"]


def _by_box(cells: list[GridCell], amounts: list[AmountRow]) -> None:
    boxes = {_box(cell.row): cell for cell in cells if cell.row["x0"] is not None}
    for amount in amounts:
        if amount["x0"] is not None and (cell := boxes.get(_box(amount))):
            cell.amount = amount


def _by_rows(cells: list[GridCell], amounts: list[AmountRow]) -> None:
    """Sources without boxes: the rows of a table follow each other as its printed rows do."""
    printed: dict[int, dict[int, GridCell]] = defaultdict(dict)
    for cell in cells:
        printed[cell.row["行"]][cell.row["列"]] = cell
    body: dict[int, list[AmountRow]] = defaultdict(list)
    for amount in amounts:
        body[amount["行号"]].append(amount)
    rest = sorted(printed)
    for number in sorted(body):
        fitted = ((i, _fitted(printed[row], body[number])) for i, row in enumerate(rest))
        place, pairs = next(((i, found) for i, found in fitted if found), (-1, []))
        for amount, found in pairs:
            found.amount = amount
        rest = rest[place + 1 :]


def _fitted(cells: dict[int, GridCell], amounts: list[AmountRow]) -> list[tuple[AmountRow, GridCell]]:
    """The cells of a printed row that hold the amounts of a body row, in their order; none where one is missing.

    列号 counts printed columns: merged cells may lie between it and the column of the grid.
    """
    name = "".join((amounts[0]["科目名称"] or "").split())
    if not any(name in "".join((c.row["文本"] or "").split()) for c in cells.values()):
        return []
    pairs, last = [], 0
    for amount in sorted((a for a in amounts if a["原文"]), key=lambda a: a["列号"]):
        text = (amount["原文"] or "").strip()
        column = next(
            (c for c in sorted(cells) if c > last and (cells[c].row["文本"] or "").strip() == text),
            None,
        )
        if column is None:
            return []
        pairs.append((amount, cells[column]))
        last = column
    if all(a["列号"] == c.row["列"] for a, c in pairs):
        pairs += [
            (a, cells[a["列号"]])
            for a in amounts
            if not a["原文"] and a["列号"] in cells and not cells[a["列号"]].row["文本"]
        ]
    return pairs


def _items(finding: CheckRow, cells: list[GridCell]) -> list[GridCell]:
    """The cells of the items that 说明 names (``208 合计 754.75＋…``), where just one cell of the table fits each."""
    found = []
    terms = [part for half in (finding["说明"] or "").split(_COLON) for part in half.split(_PLUS)]
    same_table = [c for c in cells if c.amount and c.amount["表序"] == finding["表序"]]
    for term in dict.fromkeys(terms):
        words = term.split()
        if len(words) < 2:
            continue
        fitting = [c for c in same_table if c.amount and _is_item(c.amount, words)]
        if len(fitting) > 1:  # the item stands in the row or the column of the sum
            fitting = [c for c in fitting if c.amount and finding["列号"] in (c.amount["列号"], None)] or fitting
        if len(fitting) == 1:
            found.append(fitting[0])
    return found


def _is_item(amount: AmountRow, words: list[str]) -> bool:
    return words[-1] == amount["原文"] and words[0] in (amount["科目编码"], amount["科目名称"], amount["指标"])
