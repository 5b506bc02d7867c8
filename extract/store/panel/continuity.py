"""Documents against documents of the same publisher: last year's figures, the budget in a final account, a department and its
units (the rules of ``parsers/specs/panel.toml``).  The documents of a few publishers are in memory at a time, not the panel.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from extract.store.datapackage import KEY
from extract.store.documents import file_name
from extract.store.panel.units import Units
from extract.store.reader import Outputs
from extract.store.schema import schema, to_table
from parsers.checking.verdicts import PASSED, TAIL, grade
from parsers.records import AmountRow, CheckRow, DocumentRow
from parsers.specs.loader import fields
from parsers.specs.panel import Between, panel_spec
from parsers.text import key

_COLUMNS = (
    *KEY, "年度", "口径", "范围", "数据集", "表号", "方向", "科目体系", "科目编码", "科目名称", "级次", "指标", "金额", "原文", "末位", "页码", "x0", "y0", "x1", "y1",
)  # fmt: skip
_AT_ONCE, _ROWS = 200, 50_000  # documents, and amounts, that are in memory
CHECKS = "核对结果"
_LIKE = "支出总表"  # the schema of all amounts
_FEW = 3  # differences that are named one by one, whatever their share


@dataclass(frozen=True, slots=True)
class Place:
    """What a figure is about, whichever document prints it."""

    dataset: str
    scope: str | None
    direction: str | None
    row: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A printed amount in yuan, its rounding step, and the row that it stands in."""

    row: AmountRow
    value: Decimal
    step: Decimal


Figures = dict[Place, dict[str, Figure]]  # by 指标
Period = tuple[int, str]  # 年度 and 口径


class AmountReader:
    """Reads the amounts of documents, of many at once: in some layouts the rows of one cost as much as those of all."""

    def __init__(self, run: Outputs) -> None:
        self._run = run
        self._datasets = [d for d in run.datasets() if set(_COLUMNS) <= {f.name for f in fields()[d]}]
        self._held: dict[str, pa.Table] = {}

    def fetch(self, documents: Iterable[str]) -> None:
        """Hold the rows of ``documents``, and of no others."""
        self._held = self._read(list(documents))

    def _read(self, documents: list[str]) -> dict[str, pa.Table]:
        tables = [self._run.rows_of(dataset, documents, list(_COLUMNS)) for dataset in self._datasets]
        whole = pa.concat_tables([_plain(table) for table in tables] or [_plain(schema(_LIKE).empty_table())])
        whole = whole.take(pc.sort_indices(whole["文档"])).combine_chunks()
        held = dict.fromkeys(documents, whole.slice(0, 0))
        start = 0
        for counted in pc.value_counts(whole["文档"]).to_pylist():
            held[counted["values"]] = whole.slice(start, counted["counts"])
            start += counted["counts"]
        return held

    def each(self, documents: Iterable[DocumentRow]) -> Iterator[DocumentRow]:
        """Rows of 文档清单, while the amounts of their documents are held."""
        for batch in _together([row] for row in documents):
            self.fetch(row["文档"] for (row,) in batch)
            for (row,) in batch:
                yield row

    def _table(self, document: str) -> pa.Table:
        return self._held[document] if document in self._held else self._read([document])[document]

    def figures(self, document: str, period: Period) -> Figures:
        """Figures of a period; a place and 指标 that stands twice in a document tells nothing."""
        table = self._table(document)
        meant = pc.and_(pc.equal(table["年度"], pa.scalar(period[0], pa.int16())), pc.equal(table["口径"], period[1]))
        return _figures(table.filter(meant).to_pylist())

    def listed_units(self, document: str) -> set[str]:
        """Names of the units that a document lists."""
        table = self._table(document)
        rows = table.filter(pc.equal(table["科目体系"], "单位")).select(["科目名称", "级次"]).to_pylist()
        return {r["科目名称"] for r in rows if r["科目名称"] and r["级次"] in ("单位", None)}


def _plain(table: pa.Table) -> pa.Table:
    """Without dictionaries, which differ from dataset to dataset."""
    kinds = [f.type.value_type if pa.types.is_dictionary(f.type) else f.type for f in table.schema]
    wanted = pa.schema([(f.name, kind) for f, kind in zip(table.schema, kinds, strict=True)])
    return table.replace_schema_metadata().cast(wanted).select(list(_COLUMNS))


def _together(groups: Iterable[list[DocumentRow]]) -> Iterator[list[list[DocumentRow]]]:
    """Groups of documents that are read at once."""
    batch: list[list[DocumentRow]] = []
    rows = 0
    for group in groups:
        batch.append(group)
        rows += sum(row["金额数"] or 0 for row in group)
        if sum(map(len, batch)) >= _AT_ONCE or rows >= _ROWS:
            yield batch
            batch, rows = [], 0
    if batch:
        yield batch


def findings(run: Outputs, documents: set[str], publishers: Units) -> pa.Table:
    """Rows of 核对结果; nothing where a publisher has one document only."""
    rows = [row for row in run.documents.to_pylist() if row["文档"] in documents and row["年度"] and row["口径"]]
    reader = AmountReader(run)
    groups: dict[str | None, list[DocumentRow]] = defaultdict(list)
    for row in rows:
        groups[publishers.number(row["文档"])].append(row)
    found = [to_table(CHECKS, [])]
    for batch in _together(g for number, g in groups.items() if number is not None and len(g) > 1):
        reader.fetch(row["文档"] for group in batch for row in group)
        found.append(to_table(CHECKS, [r for group in batch for r in _of_publisher(group, reader)]))
    rules = [b for b in panel_spec().between if b.kind == "units"]
    for batch in _together([row] for row in rows if rules and row["级别"] == "部门"):
        reader.fetch(department["文档"] for (department,) in batch)
        more = (_of_department(rule, department, rows, reader, publishers) for rule in rules for (department,) in batch)
        found.append(to_table(CHECKS, [record for records in more for record in records]))
    return pa.concat_tables(found).unify_dictionaries()


def period_of(row: DocumentRow) -> Period:
    """年度 and 口径 of a document."""
    return row["年度"] or 0, row["口径"] or ""


def _of_publisher(group: list[DocumentRow], reader: AmountReader) -> Iterator[CheckRow]:
    own: dict[Period, list[DocumentRow]] = defaultdict(list)
    for row in group:
        own[period_of(row)].append(row)
    published: dict[Period, Figures] = {}  # by whoever speaks of the period itself
    for row in group:
        for period, others in own.items():
            rule = _rule(period_of(row), period)
            if rule is None or len(others) != 1:  # of two documents of one year nobody knows which is meant
                continue
            if here := reader.figures(row["文档"], period):
                if period not in published:
                    published[period] = reader.figures(others[0]["文档"], period)
                yield from _compared(rule, here, published[period], others[0])


def _rule(own: Period, other: Period) -> Between | None:
    """Which rule speaks of figures of the ``other`` period in a document of its ``own``."""
    if own == other:
        return None
    kind = "year" if other[0] < own[0] else "phase" if other[0] == own[0] and own[1] == "决算" else None
    return next((b for b in panel_spec().between if b.kind == kind), None)


def _figures(rows: Iterable[AmountRow]) -> Figures:
    found: Figures = defaultdict(dict)
    seen: Counter[tuple[Place, str]] = Counter()
    for row in rows:
        value = row["金额"]
        if value is not None and row["数据集"] != "未识别表":
            name = row["科目编码"] or ("合计" if row["级次"] == "合计" else key(row["科目名称"] or ""))
            place = Place(row["数据集"], row["范围"], row["方向"], f"{row['科目体系']} {name}")
            seen[place, row["指标"]] += 1
            found[place][row["指标"]] = Figure(row, value, row["末位"] or Decimal(0))
    for (place, measure), times in seen.items():
        if times > 1 or place.row.endswith(" "):
            found[place].pop(measure, None)
    return found


def whole_as_one(by_measure: dict[str, Figure]) -> dict[str, Figure]:
    """Figures of a row by 指标; of those that say its whole, the first that stands there, under no name."""
    whole = panel_spec().whole
    found = {measure: figure for measure, figure in by_measure.items() if measure not in whole}
    first = next((by_measure[m] for m in whole if m in by_measure), None)
    return found if first is None else {**found, "": first}


def _compared(rule: Between, here: Figures, there: Figures, other: DocumentRow) -> Iterator[CheckRow]:
    by_dataset: dict[str, list[CheckRow]] = defaultdict(list)
    for place in here.keys() & there.keys():
        ours, theirs = whole_as_one(here[place]), whole_as_one(there[place])
        for mine, its in ((ours[measure], theirs[measure]) for measure in ours.keys() & theirs.keys()):
            row = its.row
            page = f" 第 {row['页码']} 页" if row["页码"] is not None else ""
            place_there = f"{page} {row['表号'] or row['数据集']} 行 {row['行号']}：{row['原文']}"
            note = f"{other['年度']}年{other['口径']}文档 {file_name(other)}{place_there}（文档 {other['文档']}）"
            by_dataset[place.dataset].append(_check_row(rule, mine, its.value, (mine.step + its.step) / 2, note))
    for records in by_dataset.values():
        yield from _once(sorted(records, key=lambda r: (r["表序"], r["行号"], r["列号"])))


def _check_row(rule: Between, figure: Figure, expected: Decimal, tolerance: Decimal, note: str) -> CheckRow:
    row, difference = figure.row, figure.value - expected
    return {
        "文档": row["文档"], "规则": rule.rule, "等级": grade(difference, abs(difference) <= tolerance),
        "数据集": row["数据集"], "表序": row["表序"], "表号": row["表号"], "行号": row["行号"], "列号": row["列号"],
        "科目编码": row["科目编码"], "指标": row["指标"], "公布值": figure.value, "应有值": expected, "差额": difference,
        "容差": tolerance, "说明": note, "页码": row["页码"], "x0": row["x0"], "y0": row["y0"], "x1": row["x1"], "y1": row["y1"],
    }  # fmt: skip


def _once(records: list[CheckRow]) -> list[CheckRow]:
    """A table that was restated as a whole is said once, by its largest difference."""
    wrong = [r for r in records if r["等级"] not in (PASSED, TAIL)]
    if len(wrong) <= _FEW or 2 * len(wrong) <= len(records):
        return records
    most = max(wrong, key=lambda r: abs(r["差额"] or Decimal(0)))
    most["说明"] = f"所比 {len(records)} 数中 {len(wrong)} 个不同，口径或有调整；{most['说明']}"
    return [r for r in records if r is most or r not in wrong]


def _of_department(
    rule: Between, department: DocumentRow, rows: list[DocumentRow], reader: AmountReader, publishers: Units
) -> Iterator[CheckRow]:
    """The department's figures against the sum of its units', where each unit that it lists has its own document."""
    names = reader.listed_units(department["文档"])
    numbers = {publishers.units_named(name) for name in names}
    if len(numbers) < 2 or None in numbers:
        return
    wanted = (department["年度"], department["口径"], "单位")
    documents = [
        r for r in rows if (r["年度"], r["口径"], r["级别"]) == wanted and publishers.number(r["文档"]) in numbers
    ]
    if len(documents) != len(numbers) or len({publishers.number(r["文档"]) for r in documents}) != len(numbers):
        return
    whole = reader.figures(department["文档"], period_of(department))
    units = [reader.figures(r["文档"], period_of(department)) for r in documents]
    note = f"{len(units)} 个单位之和：" + "、".join(sorted(r["编制单位"] or "" for r in documents))
    for dataset in rule.datasets:
        records = []
        if not all(any(p.dataset == dataset for p in unit) for unit in units):
            continue
        for place in (p for p in whole if p.dataset == dataset):
            for measure, figure in whole[place].items():
                parts = [unit[place][measure] for unit in units if place in unit and measure in unit[place]]
                if parts:
                    steps = sum((p.step for p in parts), figure.step)
                    total = sum((p.value for p in parts), Decimal(0))
                    records.append(_check_row(rule, figure, total, steps / 2, note))
        yield from _once(sorted(records, key=lambda r: (r["表序"], r["行号"], r["列号"])))
