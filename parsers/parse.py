"""A laid-out document to its tables: segment, stitch, recognise, tidy; and the list of what was promised."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from extract.paper.model import Cell, Document, Line, Table, TablePart
from parsers.amounts_table.recognise import recognise, title_matches
from parsers.amounts_table.table import UNKNOWN, add_leftovers, read_amounts
from parsers.forms.form import read_form
from parsers.numbers import FACTORS
from parsers.outline.bodiless import Bodiless
from parsers.outline.captions import Caption, find_unit
from parsers.outline.cover import DocumentInfo, describe
from parsers.outline.grid_caption import caption_rows
from parsers.outline.notes import declares_empty, declares_table_empty
from parsers.outline.sections import Section, Segmented, segment
from parsers.promised import Standing, absent, plain_title
from parsers.records import Record, amount_columns, as_records, text_records
from parsers.specs.loader import Spec
from parsers.text import begins_item, key
from parsers.units import PrintedUnits
from parsers.values import Parsed, TableContext

UNIT_INFERRED = "单位推断"
_UNRULED = 0.6
Stitch = Callable[[list[TablePart], Callable[[str], bool]], Table]  # joins the parts of one table; paper knows how
_SUBJECTS = ("政府性基金", "国有资本", "三公")


@dataclass(slots=True)
class ParsedTable:
    """One table of the document with its rows by dataset."""

    number: str | None
    title: str | None
    dataset: str | None
    status: str
    unit: str | None
    parsed: Parsed
    raw: Table | None
    body_rows: int = 0
    note: str | None = None
    confidence: float = 0.0
    evidence: tuple[str, ...] = ()

    ordinal: int | None = None  # 表序; None for a table that is promised only
    section: int | None = None  # its place among the sections of the document, from 0
    kind: str = "amounts"  # or form
    page: int | None = None  # of a name without a table

    @property
    def amounts(self) -> int:
        """How many amounts it prints."""
        return sum(1 for t in self.parsed.amounts.values() for a in t.amounts() if a.value is not None)

    def records(self) -> dict[str, list[Record]]:
        """Its rows as records, by dataset."""
        found = {d: as_records(amount_columns(t)) for d, t in self.parsed.amounts.items()}
        return {**found, **text_records(self.parsed.texts)}


@dataclass(slots=True)
class ParsedDocument:
    info: DocumentInfo
    tables: list[ParsedTable] = field(default_factory=list)


def parse(document: Document, doc_id: str, stitch: Stitch) -> ParsedDocument:
    """Find and tidy every table of ``document``, their parts joined by ``stitch``; tables promised but absent are listed as 正文缺失."""
    stream = parse_stream(document, doc_id, stitch)
    tables = sorted(stream.tables, key=lambda t: (t.ordinal is None, t.ordinal or 0))
    return ParsedDocument(stream.info, tables)


@dataclass(frozen=True, slots=True)
class ParsedStream:
    """A document being parsed: its tables are made as they are asked for, once."""

    info: DocumentInfo
    tables: Iterator[ParsedTable]
    lines: list[Line]  # everything outside tables


def parse_stream(document: Document, doc_id: str, stitch: Stitch) -> ParsedStream:
    """As ``parse``, a table at a time: what was yielded may be freed, a long document costs no more memory."""
    parts = segment(document)
    info = describe(parts)
    return ParsedStream(info, _tables(parts, info, doc_id, stitch), parts.lines)


def _tables(parts: Segmented, info: DocumentInfo, doc_id: str, stitch: Stitch) -> Iterator[ParsedTable]:
    """Tables in printed order; those that print no measure come last, when the others can tell it."""
    own = [s.caption.unit or _unit_of_header(s) for s in parts.sections]
    units = PrintedUnits()
    held: list[tuple[Section, TableContext, int, ParsedTable]] = []
    standing: list[Standing] = []
    ordinal = 0
    for place, (section, unit) in enumerate(zip(parts.sections, own, strict=True)):
        caption = section.caption
        context = TableContext(
            doc_id, ordinal + 1, info.year, info.kind, caption.organisation or info.organisation, info.level,
            caption.number, caption.title, unit,
        )  # fmt: skip
        raw, first = _stitched(section, stitch)
        table = _read_section(section, context, raw, first)
        if _is_layout(table):
            continue
        ordinal += 1
        table.section = place
        standing.append(Standing(table.number, table.title, table.dataset))
        if unit is None and any(own):
            held.append((section, context, first, table))
            continue
        if unit in FACTORS:
            units.take(table.kind, unit, table.parsed)
        table.note = _with_contents(table, parts.listed)
        yield table
    while held:
        section, context, first, table = held.pop(0)  # what was written may be freed
        found = units.unit_for(table.kind, table.parsed)
        if found is not None and table.raw is not None:
            again = replace(context, unit=found, unit_marks=(UNIT_INFERRED,))
            section_place = table.section
            table = _read_section(section, again, table.raw, first)
            table.section = section_place
        table.note = _with_contents(table, parts.listed)
        yield table
    for table in _without_body(parts.bodiless, standing):
        standing.append(Standing(table.number, table.title, table.dataset))
        yield table
    yield from _missing(parts.listed, standing)


def _with_contents(table: ParsedTable, listed: list[Caption]) -> str | None:
    """The table's note, and the name that the contents give it where that is another one."""
    if table.dataset is None or not table.title:
        return table.note
    named = [c.title for c in listed if c.title and any(s.dataset == table.dataset for s in title_matches(c.title))]
    alike = {plain_title(n) for n in named}
    if (
        len(alike) != 1
        or plain_title(table.title) in alike
        or any(plain_title(n) in plain_title(table.title) for n in named)
    ):
        return table.note
    listed_name = f"目录作 {named[0]}"
    return f"{table.note}\n{listed_name}" if table.note else "；".join([*table.evidence, listed_name])


def _unit_of_header(section: Section) -> str | None:
    table = section.tables[0]
    for cell in table.cells:
        if cell.row < 6 and ("单位" in cell.text or "元）" in cell.text or "元)" in cell.text):
            unit = find_unit(cell.text)
            if unit:
                return unit
    return next((u for line in section.after[:3] if (u := find_unit(line.text))), None)


def _stitched(section: Section, stitch: Stitch) -> tuple[Table, int]:
    """The section's table of all its parts, which then live in it only, and how many of its rows are caption."""
    raw = stitch(with_lines(section), begins_item)
    first = caption_rows(section.tables[0])
    section.tables = []
    return raw, first


def _read_section(section: Section, context: TableContext, raw: Table, first: int) -> ParsedTable:
    match = recognise(section.caption, raw)
    spec = match.spec
    if spec is not None and spec.kind == "form":
        parsed = read_form(raw, first, spec, context)
    else:
        parsed = read_amounts(raw, first, spec, context)
    left = add_leftovers(raw, first, context, parsed)
    notes = [*parsed.notes, *section.notes()]
    unmapped = "、".join(c.header for c in parsed.unmapped)
    evidence = (*match.evidence, f"列头照印 {unmapped}") if unmapped else match.evidence
    table = ParsedTable(
        context.number, section.caption.title, spec.dataset if spec else None, "", context.unit, parsed, raw,
        parsed.body_rows, "\n".join(notes) or None, _confidence(match.confidence, raw), evidence, context.ordinal,
        kind=spec.kind if spec else "amounts",
    )  # fmt: skip
    table.status = _status(table, spec, notes)
    if any(_of_another(n, section.caption.title or "") for n in notes):
        table.note = f"{table.note}\n此说明似属另一表"
    if left and spec is not None:
        table.note = "\n".join([*notes, f"{left} 个金额未能归列，见{UNKNOWN}"])
    return table


def _confidence(recognised: float, raw: Table) -> float:
    """A table without rulings may be the right one and yet have its words in the wrong columns."""
    return round(recognised * (_UNRULED if raw.origin == "aligned" else 1.0), 2)


def with_lines(section: Section) -> list[TablePart]:
    """The parts of a section's table.  Lines between the grids of a form become rows of one cell, so that they can open its sections."""
    parts: list[TablePart] = []
    for i, table in enumerate(section.tables):
        for before, line in section.between:
            if before == i:
                parts.append(_line_row(line, table))
        parts.append(table)
    return parts


def _line_row(line: Line, table: TablePart) -> TablePart:
    cell = Cell(0, 0, 1, len(table.xs) - 1, line.text, line.page, line.bbox)
    return TablePart(line.page, line.bbox, list(table.xs), 1, [cell], table.origin)


def _status(table: ParsedTable, spec: Spec | None, notes: list[str]) -> str:
    if spec is None:
        return "未识别"
    if table.amounts or table.parsed.texts:
        whole = any(declares_table_empty(n) for n in notes)
        return "有数却说明为空" if whole and table.amounts else "已提取"
    return "空表有说明" if any(declares_empty(n) for n in notes) else "空表无说明"


def _of_another(note: str, title: str) -> bool:
    """Does a note declare another kind of table empty than the one it stands under?"""
    mine, its = ({s for s in _SUBJECTS if s in key(text)} for text in (title, note))
    return bool(mine and its and not mine & its and declares_empty(note))


def _is_layout(table: ParsedTable) -> bool:
    """A nameless grid without any amount (a list of units, a frame) is no table of the document."""
    return table.title is None and table.number is None and table.amounts == 0 and table.status == "未识别"


def _missing(listed: list[Caption], standing: list[Standing]) -> Iterator[ParsedTable]:
    """What the contents name and no table of the body is."""
    for caption in absent(listed, standing, _datasets):
        yield ParsedTable(
            caption.number, caption.title, _datasets(caption.title or "")[0], "正文缺失", None, Parsed(), None, note="目录列出，正文未见此表"
        )  # fmt: skip


def _without_body(names: list[Bodiless], standing: list[Standing]) -> Iterator[ParsedTable]:
    """Tables that the body only names; the name of a table that stands elsewhere is a reference to it."""
    known = {plain_title(table.title or "") for table in standing}
    for name in names:
        caption = name.caption
        datasets = _datasets(caption.title or "")
        if datasets and plain_title(caption.title or "") not in known:
            status = "空表有说明" if name.notes else "空表无说明"
            note = "\n".join(name.notes) or "只有表名，没有表身"
            yield ParsedTable(
                caption.number,
                caption.title,
                datasets[0],
                status,
                caption.unit,
                Parsed(),
                None,
                note=note,
                page=name.page,
            )


def _datasets(title: str) -> tuple[str, ...]:
    return tuple(spec.dataset for spec in title_matches(title))
