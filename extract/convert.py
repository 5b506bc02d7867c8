"""One document, one task: bytes in, its Parquet files out, a small result back."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from extract.archive import digest_of, read_source
from extract.doors import WITHOUT_ENGINE, read_document
from extract.errors import (
    OCR_LINE,
    PAGE_DAMAGED,
    PAGE_GARBLED,
    PAGE_WITHOUT_TEXT,
    PAGES_MISSING,
    ROWS_UNREAD,
    VALUES_MISSING,
    Empty,
    ExtractError,
    Internal,
    OutputError,
    Retry,
    TooMuchMemory,
    Unreadable,
)
from extract.paper.model import Cell, Document, DocumentResult
from extract.paper.reading import named_pages
from extract.paper.scan import available
from extract.paper.second_engine import CellReader
from extract.paper.stitching import join
from extract.paper.third_engine import Recognition
from extract.proofread import place_of, proofread
from extract.recipe import Recipe, code_version, doc_id_of, load_specs
from extract.store.documents import discard, is_whole, merged, names_of, printable, row_of, writer_of
from extract.store.writer import DOCUMENTS, Columns, file_stem
from parsers.checking.checker import Checker
from parsers.narrative.figures import paragraphs
from parsers.narrative.links import LinkedNarrative, paragraph_rows
from parsers.parse import ParsedTable, parse_stream
from parsers.records import amount_columns, text_records
from parsers.specs.words import printed_words
from parsers.text import join_printed
from parsers.values import Amount

__all__ = ["Recipe", "code_version", "convert", "convert_bytes", "doc_id_of", "fail", "fail_named", "load_specs"]
Record = dict[str, Any]
_SHORT = 2  # pages of a document whose first one is hardly a cover
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


def _named(names: list[Path | str], doc_id: str, recipe: Recipe) -> Record:
    """来源 and 别名: the names that were given, then those of earlier runs."""
    mark = row_of(recipe.out, doc_id, recipe.labels)
    first, *others = merged([*map(printable, names), *(names_of(mark) if mark else ())])
    return {"来源": first, "别名": others}


def _write(
    names: list[Path | str], doc_id: str, sha: str, document: Document, recipe: Recipe, reader: CellReader
) -> DocumentResult:
    """Parse and write a table at a time: memory does not grow with the number of tables."""
    broken, missing, garbled, bare = document.broken, document.missing, document.garbled, document.without_text
    rows_unread = document.unread_rows
    first = proofread(document, doc_id, reader)
    stream = parse_stream(document, doc_id, join)
    info = stream.info

    def confirm(amount: Amount) -> bool | None:
        return reader.confirm(amount.page, amount.box, amount.text or "")

    checker = Checker(doc_id, info.kind, info.year, confirm, (lambda a: first.get(place_of(a))) if first else None)
    document.pages.clear()  # their blocks now live in the stream only
    with writer_of(recipe.out, doc_id, recipe.labels) as writer:
        taken: dict[str, set[str]] = {}
        listed: list[Record] = []
        found = amounts = 0
        for table in stream.tables:
            hidden: set[str] = set()
            stem = file_stem(table.number, table.ordinal or 0)
            for dataset, amounts_of in table.parsed.amounts.items():
                name = _unique(taken.setdefault(dataset, set()), stem)
                writer.add_columns(dataset, name, amount_columns(amounts_of))
            for dataset, rows in text_records(table.parsed.texts).items():
                if recipe.omit_personal and dataset == "项目基本信息":
                    hidden = {str(row[k]) for row in rows for k in _PERSONAL if row.get(k)}
                    rows = [{k: v for k, v in row.items() if k not in _PERSONAL} for row in rows]
                writer.add(dataset, _unique(taken.setdefault(dataset, set()), stem), rows)
            if table.raw is not None:
                writer.extend("单元格", _cell_columns(doc_id, table, list(table.raw.cells()), hidden))
            listed.append(_table_record(doc_id, table))
            checker.take(table.parsed)
            found += table.raw is not None
            amounts += table.amounts
        texts = list(paragraphs(stream.lines))
        linked = LinkedNarrative(doc_id, info.year, info.organisation)
        linked.read(texts, checker.book)
        for dataset, rows in (("情况说明", paragraph_rows(texts, doc_id, info)), ("说明数字", linked.rows())):
            if rows:
                writer.add(dataset, "", rows)
        writer.add("核对结果", "", [*checker.records(), *linked.checks()])
        for row in listed:
            row["说明"] = "；".join(filter(None, (row["说明"], checker.untested_of(row["表序"])))) or None
        listed.sort(key=lambda r: (r["表序"] is None, r["表序"] or 0))  # tables that print no measure came last
        writer.add("表格清单", "", listed)
        without = "" if available() else f"，{OCR_LINE} 后可识别"
        notes = [*document.marks, *named_pages(broken, "不能读"), *named_pages(bare, f"只有图像，没有文字{without}")]
        if missing:
            notes.append(f"qpdf 数得 {document.promised} 页，只读出 {document.page_count} 页")
        notes.extend(named_pages(garbled, f"文字层不可信，多为乱码{without}"))
        notes.extend(["有成行的数字未能成表，或列位存疑"] if rows_unread else [])
        wrong = (
            (PAGE_DAMAGED, broken), (PAGES_MISSING, missing), (PAGE_GARBLED, garbled), (PAGE_WITHOUT_TEXT, _lost(bare, document, info.title)),
            (ROWS_UNREAD, rows_unread), (VALUES_MISSING, document.valueless),
        )  # fmt: skip
        error = next((code for code, found in wrong if found), None)
        status = "部分" if error else "非预算文档" if info.kind is None else "成功"
        record: Record = {
            "文档": doc_id, "SHA256": sha, "标题": info.title, "编制单位": info.organisation,
            "年度": info.year, "口径": info.kind, "级别": info.level, "页数": document.page_count,
            "引擎": document.engine, "状态": status, "错误代码": error,
            "错误": "; ".join(notes) or None, "表数": found, "金额数": amounts,
            "版本": recipe.failed_version(Retry.NEW_EXTRAS) if bare or garbled else recipe.version(),
        }  # fmt: skip
        writer.add(DOCUMENTS, "", [{**record, **_named(names, doc_id, recipe)}])
        writer.commit()
    return DocumentResult(
        printable(names[0]),
        doc_id,
        status,
        found,
        amounts,
        document.page_count or 0,
        record["错误代码"],
        record["错误"],
    )


def _lost(bare: Sequence[int], document: Document, title: str | None) -> Sequence[int]:
    """Of the pages that are pictures those that may hold something.  A cover alone does not, if the title is known."""
    cover = list(bare) == [1] and title is not None and (document.page_count or 0) > _SHORT
    return [] if cover else bare


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
    record: Record = {
        "文档": doc_id, "SHA256": sha, "引擎": recipe.engine, "状态": "失败",
        "错误代码": error.code, "错误": error.line(), "表数": 0, "金额数": 0,
        "版本": recipe.failed_version(error.retry),
    }  # fmt: skip
    with writer_of(recipe.out, doc_id, recipe.labels) as writer:
        writer.add(DOCUMENTS, "", [{**record, **_named(names, doc_id, recipe)}])
        writer.commit()
    return DocumentResult(printable(names[0]), doc_id, "失败", error_code=error.code, error=error.line())


def _table_record(doc_id: str, table: ParsedTable) -> Record:
    pages = table.raw.pages if table.raw else []
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
        "行跨": [c.rowspan for c in cells], "列跨": [c.colspan for c in cells], "文本": [None if c.text and join_printed(c.text) in hidden else c.first or c.text for c in cells],
        "页码": [c.page for c in cells], "位置": [c.place for c in cells], "x0": [b[0] for b in boxes], "y0": [b[1] for b in boxes],
        "x1": [b[2] for b in boxes], "y1": [b[3] for b in boxes], "置信度": [c.confidence for c in cells],
    }  # fmt: skip
