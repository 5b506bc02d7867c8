"""A sample in the other formats that budgets are published in: pipe rows, HTML, Word, Excel."""

from __future__ import annotations

import html
import io
import re
from decimal import Decimal
from typing import Any

from samples.house import Cell, Printed, Sample
from samples.plain import flat

_AMOUNT = re.compile(r"^-?[\d,]+(\.\d+)?$")


def write_pipes(sample: Sample) -> str:
    """Markdown with pipe tables; spans become empty cells."""
    lines = _opening(sample)
    for table in sample.tables:
        lines += [*_caption(sample, table), ""]
        grid = [*(caption_rows(sample, table) if table.inside else []), *table.header]
        rows = [*flat(grid, len(table.widths)), *table.rows]
        for i, row in enumerate(rows):
            lines.append("| " + " | ".join(t.replace("|", "\\|") for t in row) + " |")
            if not i:
                lines.append("|" + "---|" * len(row))
        lines += ["", table.note or "", ""]
    return "\n".join(lines) + "\n"


def write_html_in_markdown(sample: Sample, one_line: bool) -> str:
    """Markdown whose tables are HTML, each on one line or a tag a line."""
    lines = _opening(sample)
    for table in sample.tables:
        lines += [
            *_caption(sample, table),
            "",
            html_table(sample, table, "" if one_line else "\n"),
            "",
            table.note or "",
            "",
        ]
    return "\n".join(lines) + "\n"


def write_html(sample: Sample) -> str:
    """A web page: the document stands in a cell of a table that lays it out."""
    parts = [
        "<!DOCTYPE html><html><head><meta charset='utf-8'><title>x</title><style>td{}</style></head><body>",
        "<table><tr><td>首页</td></tr><tr><td><div>",
        f"<h1>{html.escape(sample.title)}</h1><p>目&nbsp;录</p>",
        *(f"<p>{html.escape(c)}</p>" for c in sample.contents),
    ]
    for table in sample.tables:
        parts += [f"<p>{html.escape(line)}</p>" for line in _caption(sample, table) if line]
        parts.append(html_table(sample, table, "\n"))
        parts.append(f"<p>{table.note or ''}</p>")
    return "".join([*parts, "</div></td></tr></table><script>var x = 1;</script></body></html>"])


def write_xlsx(sample: Sample) -> bytes:
    """A workbook with a sheet for each table: numbers with formats, spans merged, a hidden column and a hidden sheet."""
    from openpyxl import Workbook

    book = Workbook()
    cover = book.active
    cover["A1"] = sample.title
    for k, table in enumerate(sample.tables, start=1):
        sheet = book.create_sheet(f"Sheet{k + 1}")
        n = len(table.widths)
        grid = [*caption_rows(sample, table), *table.header]
        for (r, c), (text, colspan, rowspan) in _placed(grid).items():
            sheet.cell(r + 1, c + 1, text)
            if colspan > 1 or rowspan > 1:
                sheet.merge_cells(None, r + 1, c + 1, r + rowspan, c + colspan)
        row = len(grid) + 1
        for line in table.rows:
            for col, text in enumerate(line, start=1):
                _put(sheet.cell(row, col), text)
            row += 1
        sheet.cell(1, n + 1, 99999.99)
        sheet.cell(row - 1, n + 1, 12345.67)
        sheet.column_dimensions[sheet.cell(1, n + 1).column_letter].hidden = True
        sheet.cell(row, 1, "草稿")
        sheet.cell(row, 2, 777.77)
        sheet.row_dimensions[row].hidden = True
        if table.note:
            sheet.cell(row + 2, 1, table.note)
    hidden = book.create_sheet("底稿")
    hidden["A1"], hidden["B1"] = "合计", 888.88
    hidden.sheet_state = "hidden"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def write_docx(sample: Sample) -> bytes:
    """A Word document: spans merged, captions as paragraphs."""
    import docx

    document = docx.Document()
    document.add_heading(sample.title, 0)
    for line in ("目 录", *sample.contents):
        document.add_paragraph(line)
    for table in sample.tables:
        for line in _caption(sample, table):
            if line:
                document.add_paragraph(line)
        grid = [*(caption_rows(sample, table) if table.inside else []), *table.header]
        made = document.add_table(len(grid) + len(table.rows), len(table.widths), "Table Grid")
        for (r, c), (text, colspan, rowspan) in _placed(grid).items():
            cell = made.cell(r, c).merge(made.cell(r + rowspan - 1, c + colspan - 1))
            cell.text = text
        for r, line in enumerate(table.rows, start=len(grid)):
            for c, text in enumerate(line):
                if text:
                    made.rows[r].cells[c].text = text
        document.add_paragraph(table.note or "")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _opening(sample: Sample) -> list[str]:
    return [f"# {sample.title}", "", "## 目 录", "", *(line for c in sample.contents for line in (c, "")), ""]


def _caption(sample: Sample, table: Printed) -> list[str]:
    if table.inside:
        return []
    own = [table.number or "", f"## {table.title}"]
    return [*(own if table.number else own[1:]), f"单位：{sample.budget.organisation}", f"单位：{table.unit}"]


def caption_rows(sample: Sample, table: Printed) -> list[list[Cell]]:
    """Number, title, organisation and measure as rows of the grid."""
    n = len(table.widths)
    rows = [[(table.number, n, 1)]] if table.number else []
    label = f"{sample.organisation_label}：{sample.budget.organisation}"
    return [*rows, [(table.title, n, 1)], [(label, n - 1, 1), (f"单位：{table.unit}", 1, 1)]]


def html_table(sample: Sample, table: Printed, end: str) -> str:
    """A table as HTML with its spans, ``end`` after every tag of a row."""
    grid = [*(caption_rows(sample, table) if table.inside else []), *table.header]
    rows = ["".join(_td(*cell) for cell in row) for row in grid]
    rows += ["".join(_td(text, 1, 1) for text in row) for row in table.rows]
    return "<table>" + end + end.join(f"<tr>{row}</tr>" for row in rows) + end + "</table>"


def _td(text: str, colspan: int, rowspan: int) -> str:
    spans = (f' colspan="{colspan}"' if colspan > 1 else "") + (f' rowspan="{rowspan}"' if rowspan > 1 else "")
    return f"<td{spans}>{html.escape(text)}</td>"


def _put(cell: Any, text: str) -> None:
    """A number with the format that prints it as ``text``; a code stays text, as publishers have it."""
    if not _AMOUNT.match(text) or (text.isdigit() and len(text) > 2):
        cell.value = text or None
        return
    decimals = len(text.partition(".")[2])
    cell.value = float(Decimal(text.replace(",", "")))
    cell.number_format = ("#,##0" if "," in text else "0") + ("." + "0" * decimals if decimals else "")


def _placed(grid: list[list[Cell]]) -> dict[tuple[int, int], Cell]:
    taken: set[tuple[int, int]] = set()
    found: dict[tuple[int, int], Cell] = {}
    for r, row in enumerate(grid):
        c = 0
        for text, colspan, rowspan in row:
            while (r, c) in taken:
                c += 1
            taken.update((i, j) for i in range(r, r + rowspan) for j in range(c, c + colspan))
            found[r, c] = (text, colspan, rowspan)
            c += colspan
    return found
