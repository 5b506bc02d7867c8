"""One document, one task: bytes in, its Parquet files out, a small result back."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

from extract.archive import digest_of, read_source
from extract.doors import WITHOUT_ENGINE, read_document
from extract.errors import Empty, ExtractError, Internal, OutputError, Retry, TooMuchMemory, Unreadable
from extract.paper.model import Cell, Document, DocumentResult
from extract.paper.second_engine import CellReader
from extract.paper.stitching import join
from extract.paper.third_engine import Recognition
from extract.proofread import place_of, proofread
from extract.recipe import Recipe, code_version, doc_id_of, load_specs
from extract.shortfall import shortfall
from extract.store.documents import discard, is_whole, merged, names_of, printable, row_of, writer_of
from extract.store.schema import DOCUMENTS, TABLES
from extract.store.writer import Writer, file_stem
from parsers.checking.checker import Checker
from parsers.narrative.figures import paragraphs
from parsers.narrative.narrative import LinkedNarrative, paragraph_rows
from parsers.parse import ParsedStream, ParsedTable, parse_stream
from parsers.records import Columns, DocumentRow, TableRow, amount_columns, text_records
from parsers.specs.words import printed_words
from parsers.text import join_printed
from parsers.values import Amount

__all__ = ["Recipe", "code_version", "convert", "convert_bytes", "doc_id_of", "fail", "fail_named", "load_specs"]
_PERSONAL = ("项目负责人", "联系电话")


def convert(path: Path, recipe: Recipe, also: tuple[Path, ...] = (), refused: str | None = None) -> DocumentResult:
    """Convert one file; whatever happens becomes a row of 文档清单, except that the output cannot be written.

    ``also`` are files of the same bytes: its 别名 in 文档清单.  Raises ``OutputError``.
    """
    names: list[Path | str] = [path, *also]
    if refused is not None:
        return fail_named(names, None, Unreadable(refused), recipe)
    try:
        data = read_source(path, recipe.max_size)
    except ExtractError as error:
        return fail_named(names, None, error, recipe)
    except MemoryError:
        return fail_named(names, None, TooMuchMemory("out of memory"), recipe)
    return convert_bytes(names, path.suffix.lower(), data, recipe)


@contextmanager
def _without_gc() -> Iterator[None]:
    """A document makes few cycles and many objects: looking for the former among the latter waits until it is done."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@_without_gc()
def convert_bytes(names: list[Path | str], suffix: str, data: bytes, recipe: Recipe) -> DocumentResult:
    """Convert the bytes of a document that goes by ``names``; otherwise as ``convert``."""
    sha = hashlib.sha256(data).hexdigest()
    doc_id = sha[:16]
    discard(recipe.out, map(_stand_in, names), recipe.labels)  # the row of a run that could not read it
    if not data:
        return _failed(names, doc_id, sha, Empty("the file is empty"), recipe)
    current = None if recipe.force else _current(doc_id, recipe, names)
    if current is not None:
        return current
    try:
        document = read_document(data, suffix, recipe.engine, Recognition(printed_words))
        with CellReader(document, data) as reader:
            return _write(names, doc_id, sha, document, recipe, reader)
    except OutputError:
        raise
    except ExtractError as error:
        return _failed(names, doc_id, sha, error, recipe)
    except MemoryError:
        return _failed(names, doc_id, sha, TooMuchMemory("out of memory"), recipe)
    except Exception as error:  # the one place: a bug costs its document only, and is named as a bug
        return _failed(names, doc_id, sha, Internal(f"{type(error).__name__}: {error}"), recipe)


def fail(path: Path, error: ExtractError, recipe: Recipe, also: tuple[Path, ...] = ()) -> DocumentResult:
    """Write the 失败 row of a document that no process could convert."""
    return fail_named([path, *also], digest_of(path), error, recipe)


def fail_named(names: list[Path | str], sha: str | None, error: ExtractError, recipe: Recipe) -> DocumentResult:
    """Write a 失败 row; a document whose bytes cannot be read goes by the hash of its name."""
    return _failed(names, sha[:16] if sha else _stand_in(names[0]), sha, error, recipe)


def _stand_in(name: Path | str) -> str:
    """The document id of a file whose bytes cannot be read."""
    return hashlib.sha256(str(name).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _current(doc_id: str, recipe: Recipe, names: list[Path | str]) -> DocumentResult | None:
    mark = row_of(recipe.out, doc_id, recipe.labels)
    if not mark or mark["版本"] not in {
        recipe.version(),
        *map(recipe.failed_version, (Retry.NEW_LIMITS, Retry.NEW_EXTRAS)),
    }:
        return None
    engine = str(mark["引擎"]).partition("+")[0]
    if engine not in (recipe.engine, *WITHOUT_ENGINE) and not str(mark["错误"] or "").startswith(recipe.engine):
        return None
    if recipe.at_hand and not is_whole(recipe.out, doc_id, recipe.labels):
        return None  # its files were lost or cut since
    known = {mark["来源"], *(mark["别名"] or ())}
    return DocumentResult(
        printable(names[0]), doc_id, mark["状态"], mark["表数"] or 0, mark["金额数"] or 0, mark["页数"] or 0,
        mark["错误代码"], mark["错误"], skipped=True,
        settled=mark["被取代"] is None and {printable(n) for n in names} <= known, held=mark["同额于"] is not None,
    )  # fmt: skip


class _Names(TypedDict):
    来源: str
    别名: list[str]


def _named(names: list[Path | str], doc_id: str, recipe: Recipe) -> _Names:
    """来源 and 别名: the names that were given, then those of earlier runs."""
    mark = row_of(recipe.out, doc_id, recipe.labels)
    first, *others = merged([*map(printable, names), *(names_of(mark) if mark else ())])
    return {"来源": first, "别名": others}


def _write(
    names: list[Path | str], doc_id: str, sha: str, document: Document, recipe: Recipe, reader: CellReader
) -> DocumentResult:
    """Parse and write a table at a time: memory does not grow with the number of tables."""
    first = proofread(document, doc_id, reader)
    stream = parse_stream(document, doc_id, join)
    info = stream.info
    missing = shortfall(document, info.title)

    def confirm(amount: Amount) -> bool | None:
        return reader.confirm(amount.page, amount.box, amount.text or "")

    checker = Checker(doc_id, info.kind, info.year, confirm, (lambda a: first.get(place_of(a))) if first else None)
    document.pages.clear()  # their blocks now live in the stream only
    with writer_of(recipe.out, doc_id, recipe.labels) as writer:
        written = _write_tables(writer, doc_id, stream, checker, recipe.omit_personal)
        _write_narrative_and_checks(writer, doc_id, stream, checker)
        _write_list(writer, written.listed, checker)
        status = "部分" if missing.code else "非预算文档" if info.kind is None else "成功"
        row: DocumentRow = {
            "文档": doc_id, **_named(names, doc_id, recipe), "被取代": None, "同额于": None, "SHA256": sha,
            "标题": info.title, "编制单位": info.organisation, "年度": info.year, "口径": info.kind, "级别": info.level,
            "页数": document.page_count, "引擎": document.engine, "状态": status, "错误代码": missing.code,
            "错误": "; ".join(missing.notes) or None, "表数": written.tables, "金额数": written.amounts,
            "版本": recipe.failed_version(Retry.NEW_EXTRAS) if missing.ocr else recipe.version(),
        }  # fmt: skip
        writer.add(DOCUMENTS, "", [row])
        writer.commit()
    return DocumentResult(
        printable(names[0]), doc_id, status, written.tables, written.amounts, document.page_count or 0, row["错误代码"],
        row["错误"],
    )  # fmt: skip


@dataclass(slots=True)
class _Written:
    """What became of the tables of a document."""

    listed: list[TableRow] = field(default_factory=list)
    tables: int = 0  # that stand in the document
    amounts: int = 0


def _write_tables(
    writer: Writer, doc_id: str, stream: ParsedStream, checker: Checker, omit_personal: bool
) -> _Written:  # fmt: skip
    """A file for each dataset of each table, and its cells; what people are called is left out with ``omit_personal``."""
    written = _Written()
    taken: dict[str, set[str]] = {}
    for table in stream.tables:
        hidden: set[str] = set()
        stem = file_stem(table.number, table.ordinal or 0)
        for dataset, amounts in table.parsed.amounts.items():
            writer.add_columns(dataset, _unique(taken.setdefault(dataset, set()), stem), amount_columns(amounts))
        for dataset, rows in text_records(table.parsed.texts).items():
            if omit_personal and dataset == "项目基本信息":
                hidden = {str(row[k]) for row in rows for k in _PERSONAL if row.get(k)}
                rows = [{k: v for k, v in row.items() if k not in _PERSONAL} for row in rows]
            writer.add(dataset, _unique(taken.setdefault(dataset, set()), stem), rows)
        if table.raw is not None:
            writer.extend("单元格", _cell_columns(doc_id, table, list(table.raw.cells()), hidden))
        checker.take(table.parsed)
        written.listed.append(_table_row(doc_id, table))
        written.tables += table.raw is not None
        written.amounts += table.amounts
    return written


def _write_narrative_and_checks(writer: Writer, doc_id: str, stream: ParsedStream, checker: Checker) -> None:
    """Paragraphs, their figures, and every sum of the tables and the narrative."""
    info = stream.info
    texts = list(paragraphs(stream.lines))
    linked = LinkedNarrative(doc_id, info.year, info.organisation)
    linked.read(texts, checker.book)
    if rows := paragraph_rows(texts, doc_id, info):
        writer.add("情况说明", "", rows)
    if figures := linked.rows():
        writer.add("说明数字", "", figures)
    writer.add("核对结果", "", [*checker.records(), *linked.checks()])


def _write_list(writer: Writer, listed: list[TableRow], checker: Checker) -> None:
    """表格清单 in printed order, with what could not be tested; promised tables last."""
    for row in listed:
        row["说明"] = "；".join(filter(None, (row["说明"], checker.untested_of(row["表序"])))) or None
    listed.sort(key=lambda r: (r["表序"] is None, r["表序"] or 0))  # tables that print no measure came last
    writer.add(TABLES, "", listed)


def _unique(taken: set[str], name: str) -> str:
    candidate, n = name, 1
    while candidate in taken:
        n += 1
        candidate = f"{name}_{n}"
    taken.add(candidate)
    return candidate


def _failed(
    names: list[Path | str], doc_id: str, sha: str | None, error: ExtractError, recipe: Recipe
) -> DocumentResult:
    row: DocumentRow = {
        "文档": doc_id, **_named(names, doc_id, recipe), "被取代": None, "同额于": None, "SHA256": sha,
        "标题": None, "编制单位": None, "年度": None, "口径": None, "级别": None, "页数": None, "引擎": recipe.engine,
        "状态": "失败", "错误代码": error.code, "错误": error.line(), "表数": 0, "金额数": 0,
        "版本": recipe.failed_version(error.retry),
    }  # fmt: skip
    with writer_of(recipe.out, doc_id, recipe.labels) as writer:
        writer.add(DOCUMENTS, "", [row])
        writer.commit()
    return DocumentResult(printable(names[0]), doc_id, "失败", error_code=error.code, error=error.line())


def _table_row(doc_id: str, table: ParsedTable) -> TableRow:
    pages = table.raw.pages if table.raw else [table.page] if table.page else []
    return {
        "文档": doc_id, "表序": table.ordinal, "表号": table.number, "表名": table.title, "数据集": table.dataset or "未识别表",
        "状态": table.status, "起始页": pages[0] if pages else None, "结束页": pages[-1] if pages else None,
        "行数": table.body_rows, "计量单位": table.unit, "说明": table.note or "；".join(table.evidence) or None,
        "置信度": table.confidence if table.raw else None,
    }  # fmt: skip


def _cell_columns(doc_id: str, table: ParsedTable, cells: list[Cell], hidden: set[str]) -> Columns:
    """Columns of 单元格; the text of cells that hold a ``hidden`` value is null."""
    n = len(cells)
    boxes = [c.bbox or (None, None, None, None) for c in cells]
    return {
        "文档": [doc_id] * n, "表号": [table.number] * n, "数据集": [table.dataset or "未识别表"] * n,
        "表序": [table.ordinal] * n, "行": [c.row + 1 for c in cells], "列": [c.col + 1 for c in cells],
        "行跨": [c.rowspan for c in cells], "列跨": [c.colspan for c in cells], "文本": [None if hidden and c.text and join_printed(c.text) in hidden else c.first or c.text for c in cells],
        "页码": [c.page for c in cells], "位置": [c.place for c in cells], "x0": [b[0] for b in boxes], "y0": [b[1] for b in boxes],
        "x1": [b[2] for b in boxes], "y1": [b[3] for b in boxes], "置信度": [c.confidence for c in cells],
    }  # fmt: skip
