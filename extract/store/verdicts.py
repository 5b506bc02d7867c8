"""核对意见.csv: what people found on looking at a cell, and those findings laid beside the amounts.

Plain text that lives in git: one line a cell, sorted by its key, with what was printed there when it was looked at.  A
verdict on a cell that reads otherwise now, or stands elsewhere, is named and not applied.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from extract.errors import OutputError, UsageError
from extract.store.formulas import harmless
from parsers.numbers import in_yuan, parse_amount

FILE = "核对意见.csv"
CHECKED, MARK = "金额_核定", "人工核定"
CHECKED_ENGLISH = "amount_checked"
CHECKED_TITLE = "人工核定后的金额，元；没有核对、或读错而未改正的格为空"
RIGHT, WRONG, MENDED = "照印", "读错", "改正"
VERDICTS = (RIGHT, WRONG, MENDED)
_MOST_TEXT = 200
_NEAR = 2.0  # points that a box may move, and still be the same
Key = tuple[str, str | None, int | None, int | None, int | None]  # 文档, 数据集, 表序, 行号, 列号
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A line of the file.  意见: 照印 (the page says so), 读错 (it does not) or 改正 (it says 改为)."""

    文档: str
    数据集: str | None
    表序: int | None
    行号: int | None
    列号: int | None
    页码: int | None
    x0: float | None
    y0: float | None
    x1: float | None
    y1: float | None
    原文: str
    改为: str
    意见: str
    核对人: str
    时间: str

    @property
    def key(self) -> Key:
        return self.文档, self.数据集, self.表序, self.行号, self.列号


_COLUMNS = tuple(Verdict.__dataclass_fields__)
_WHOLE, _REAL = ("表序", "行号", "列号", "页码"), ("x0", "y0", "x1", "y1")
_CELL = ["文档", "数据集", "表序", "行号", "列号", "原文", "计量单位", "金额", "页码", *_REAL]


def key_of(row: Row) -> Key:
    """The key of an amount, a finding or a figure of the narrative."""
    return row["文档"], row["数据集"], row["表序"], row["行号"], row.get("列号")


def given(row: Row, verdict: str, text: str, who: str, when: str) -> Verdict:
    """A verdict on the cell of ``row``; raises ``UsageError`` for an unknown one, or a 改正 that is no amount."""
    text = text.strip()
    if verdict not in VERDICTS:
        raise UsageError(f"{verdict!r} is not known: choose {' '.join(VERDICTS)}")
    if verdict == MENDED and (len(text) > _MOST_TEXT or not text.isprintable() or parse_amount(text) is None):
        raise UsageError("改正 needs the amount as it is printed")
    x0, y0, x1, y1 = (None if row[k] is None else round(float(row[k]), 2) for k in _REAL)
    document, dataset, ordinal, line, column = key_of(row)
    return Verdict(
        document, dataset, ordinal, line, column, row["页码"], x0, y0, x1, y1, row.get("原文") or "",
        text if verdict == MENDED else "", verdict, who, when,
    )  # fmt: skip


def read_verdicts(folder: Path) -> dict[Key, Verdict]:
    """The verdicts of a run by key, the last of a key; empty where there is no file.

    Raises ``UsageError`` for a file that is none of ours.
    """
    try:
        with (folder / FILE).open(encoding="utf-8-sig", newline="") as handle:
            return {v.key: v for v in map(_parsed, csv.DictReader(handle))}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
        raise UsageError(f"cannot read {folder / FILE}: {error}") from error


def _parsed(line: dict[str, str]) -> Verdict:
    values: dict[str, Any] = {name: line[name].removeprefix("'") for name in _COLUMNS}
    for names, kind in ((_WHOLE, int), (_REAL, float)):
        for name in names:
            values[name] = kind(values[name]) if values[name] else None
    if values["意见"] not in VERDICTS:
        raise ValueError(f"意见 {values['意见']!r} is not known: choose {' '.join(VERDICTS)}")
    return Verdict(**{**values, "数据集": values["数据集"] or None})


def write_verdicts(folder: Path, verdicts: Iterable[Verdict]) -> None:
    """Write the file whole, under another name first.  Raises ``OutputError``."""
    target = folder / FILE
    temporary = folder / f".{FILE}.{os.getpid()}"
    lines = sorted(
        verdicts, key=lambda v: [str(v.文档), *((x is None, x or 0) for x in (v.表序, v.行号, v.列号)), v.数据集 or ""]
    )
    try:
        with temporary.open("w", encoding="utf-8-sig", newline="") as handle:
            writer = csv.writer(handle, lineterminator="\n")
            writer.writerow(_COLUMNS)
            writer.writerows([harmless("" if v is None else v) for v in asdict(line).values()] for line in lines)
            handle.flush()
            os.fsync(handle.fileno())
        os.replace(temporary, target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise OutputError(f"cannot write {target}: {error.strerror or error}") from error


class Applied:
    """Verdicts as they are laid beside amounts; ``left`` names those that fit no cell as it reads now."""

    def __init__(self, verdicts: Mapping[Key, Verdict]) -> None:
        self._verdicts = {k: v for k, v in verdicts.items() if v.列号 is not None}  # others speak of no amount
        self._documents = {key[0] for key in self._verdicts}
        self._used: set[Key] = set()
        self._seen: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self._verdicts)

    def to(self, table: pa.Table, dataset: str) -> pa.Table:
        """A table of amounts under Chinese names with 金额_核定 after 金额 and 人工核定 among the 标记 of its cells."""
        if not self._verdicts or not {"金额", "列号", "原文", "标记"} <= set(table.column_names):
            return table
        self._seen.add(dataset)
        if not self._documents & set(table["文档"].unique().to_pylist()) and CHECKED not in table.column_names:
            field = checked_field("zh")
            blank = pa.nulls(table.num_rows, field.type)
            return table.add_column(table.column_names.index("金额") + 1, field, blank)
        amounts: list[Decimal | None] = [None] * table.num_rows
        if CHECKED in table.column_names:
            amounts = table[CHECKED].to_pylist()
            table = table.drop_columns([CHECKED])
        marks = table["标记"].to_pylist()
        for i, row in enumerate(table.select(_CELL).to_pylist()):
            verdict = self.of(row)
            if verdict is None:
                continue
            amounts[i] = _amount(verdict, row)
            marks[i] = [*(m for m in marks[i] or [] if m != MARK), MARK]
        place = table.column_names.index("标记")
        marked = table.schema.field(place)
        table = table.set_column(place, marked, pa.array(marks, marked.type))
        field = checked_field("zh")
        return table.add_column(table.column_names.index("金额") + 1, field, pa.array(amounts, field.type))

    def of(self, row: Row) -> Verdict | None:
        """The verdict on the cell of an amount, if there is one and the cell reads as it did."""
        self._seen.add(row["数据集"])
        verdict = self._verdicts.get(key_of(row))
        if verdict is None or not _same_cell(verdict, row):
            return None
        self._used.add(verdict.key)
        return verdict

    def left(self, everywhere: bool = False) -> list[str]:
        """A line for each verdict on a cell that reads otherwise now or is gone, in the datasets seen or everywhere."""
        left = [v for k, v in self._verdicts.items() if k not in self._used]
        return [
            f"{v.文档} {v.数据集} 表序 {v.表序} 行号 {v.行号} 列号 {v.列号}: 核对意见 {v.意见} is not applied, "
            f"the cell that read {v.原文!r} has changed or is gone"
            for v in left
            if everywhere or v.数据集 in self._seen
        ]


def settled_amounts(table: pa.Table) -> pa.Table:
    """Amounts with 金额_核定 in the place of 金额 where somebody looked; the column itself is gone."""
    if CHECKED not in table.column_names:
        return table
    import pyarrow.compute as pc  # 0.15 s: a worker, which only writes, starts without it

    marks = table["标记"].combine_chunks()
    looked = pc.list_parent_indices(marks).filter(pc.equal(pc.list_flatten(marks), MARK))
    mask = pc.is_in(pa.array(range(table.num_rows), looked.type), looked)
    place = table.column_names.index("金额")
    amounts = pc.if_else(mask, table[CHECKED], table["金额"])
    return table.set_column(place, table.schema.field(place), amounts).drop_columns([CHECKED])


def checked_field(language: str) -> pa.Field:
    """The column 金额_核定, with its meaning as metadata."""
    name = CHECKED if language == "zh" else CHECKED_ENGLISH
    return pa.field(name, pa.decimal128(20, 4), metadata={"title": CHECKED_TITLE, "english": CHECKED_ENGLISH})


def _same_cell(verdict: Verdict, row: Row) -> bool:
    if (verdict.原文, verdict.页码) != (row["原文"] or "", row["页码"]):
        return False
    then, now = [getattr(verdict, k) for k in _REAL], [row[k] for k in _REAL]
    return all(
        (a is None) == (b is None) and (a is None or abs(a - b) <= _NEAR) for a, b in zip(then, now, strict=True)
    )


def _amount(verdict: Verdict, row: Row) -> Decimal | None:
    if verdict.意见 == RIGHT:
        value: Decimal | None = row["金额"]
        return value
    parsed = parse_amount(verdict.改为) if verdict.意见 == MENDED else None
    return None if parsed is None else in_yuan(parsed, row["计量单位"]).value
