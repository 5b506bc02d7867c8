"""What ``yusuan inspect`` shows: tables on the terminal, a page drawn with what was seen on it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from rich.console import Console

from extract.doors import TEXT_SUFFIXES, read_document
from extract.errors import UsageError
from extract.files import read_file
from extract.paper.model import Document
from extract.paper.page_layout import STAGES, running, stages
from extract.paper.stitching import join
from extract.views.terminal import print_lines, print_table
from parsers.checking.checker import Checker
from parsers.checking.verdicts import PASSED
from parsers.parse import ParsedDocument, parse
from parsers.records import CheckRow

_ROW_COLUMNS = ("行号", "科目编码", "科目名称", "归属", "级次", "方向", "指标", "原文", "金额", "标记")
_TEXT_COLUMNS = (
    "行号", "归属", "目标类型", "目标名称", "目标说明", "一级指标", "二级指标", "三级指标", "前年", "上年", "指标值", "依据",
    "项目名称", "项目编码", "项目主管部门", "项目执行单位", "项目总预算", "项目当年预算",
)  # fmt: skip


def _parsed(file: Path, engine: str) -> ParsedDocument:
    return parse(read_document(read_file(file), file.suffix.lower(), engine), "0" * 16, join)


def show_tables(file: Path, engine: str) -> None:
    """Print one line per table found or missed."""
    parsed = _parsed(file, engine)
    info = parsed.info
    print_lines([f"{info.title or file.name} · {info.organisation or '?'} · {info.year or '?'} · {info.kind or '?'}"])
    rows = []
    for n, table in enumerate(parsed.tables, start=1):
        pages = table.raw.pages if table.raw else []
        span = f"{pages[0]}–{pages[-1]}" if len(pages) > 1 else str(pages[0]) if pages else ""
        rows.append([
            str(n), table.number or "", table.title or "", table.dataset or "", span, str(table.body_rows),
            str(table.amounts), table.status, f"{table.confidence:.2f}" if table.raw else "",
        ])  # fmt: skip
    print_table(None, ("#", "表号", "表名", "数据集", "页", "行数", "金额数", "状态", "置信度"), rows)


def show_rows(file: Path, number: int, engine: str) -> None:
    """Print the tidy rows of one table."""
    parsed = _parsed(file, engine)
    if not 1 <= number <= len(parsed.tables):
        raise UsageError(f"no table {number}: there are {len(parsed.tables)}")
    table = parsed.tables[number - 1]
    print_lines([" · ".join(filter(None, (table.number, table.title, table.status, table.unit or "单位未知")))])
    if table.note:
        print_lines([table.note])
    for dataset, rows in table.records().items():
        wanted: tuple[str, ...] = _TEXT_COLUMNS if dataset in ("绩效指标", "绩效目标", "项目基本信息") else _ROW_COLUMNS
        columns = tuple(c for c in wanted if any(r.get(c) not in (None, []) for r in rows))
        print_table(dataset, columns, [[_shown(row.get(c)) for c in columns] for row in rows])


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return " ".join(map(str, value))
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _findings(document: Document) -> list[CheckRow]:
    """Rows of 核对结果 that do not hold and have a cell on a page; ``document`` is used up."""
    parsed = parse(document, "0" * 16, join)
    checker = Checker("0" * 16, parsed.info.kind, parsed.info.year)
    for table in parsed.tables:
        checker.take(table.parsed)
    return [row for row in checker.records() if row["等级"] != PASSED and row["x0"] is not None]


def draw_page(file: Path, number: int, png: Path, engine: str, stage: str = "") -> None:
    """Draw a page with rulings (red), cells (blue) and captions (green) marked, and cells that do not add up.

    ``stage``: as that stage of ``page_layout.STAGES`` leaves it, instead of the last one.
    """
    if stage and stage not in STAGES:
        raise UsageError(f"no stage {stage!r}: choose {', '.join(STAGES)}")
    from extract.paper.engines import open_engine
    from extract.views.overlay import draw, mark_findings

    if file.suffix.lower() in TEXT_SUFFIXES:
        raise UsageError("a text has no page to draw")
    data = read_file(file)
    opened = open_engine(engine, data)
    try:
        if not 1 <= number <= opened.page_count():
            raise UsageError(f"no page {number}: there are {opened.page_count()}")
        page = opened.page(number)
    finally:
        opened.close()
    document = read_document(data, file.suffix.lower(), engine)
    if stage:
        above = running(document.pages[number - 2]) if number > 1 else None
        document.pages[number - 1] = dict(stages(page, above))[stage]
    image = draw(data, page, document)
    if not stage:
        mark_findings(image, [row for row in _findings(document) if row["页码"] == number])
    image.save(png)
    Console(stderr=True).print(f"drawn to {png}")
