"""A sample's tables as other tools write them: converters of Word and PDF, libraries that print tables, Excel."""

from __future__ import annotations

import csv
import html
import io
import unicodedata
from collections.abc import Callable

from samples.house import Printed, Sample
from samples.other import caption_rows, html_table
from samples.plain import flat, flat_header

Rows = list[list[str]]
Writer = Callable[[Sample, Printed], str]


def document(sample: Sample, write: Writer) -> str:
    """Markdown with the captions as lines and each table in the way of ``write``."""
    lines = [f"# {sample.title}", ""]
    for table in sample.tables:
        own = [table.number or "", f"## {table.title}", f"单位：{sample.budget.organisation}", f"单位：{table.unit}"]
        lines += [line for text in [*own, write(sample, table), table.note or ""] if text for line in (text, "")]
    return "\n".join(lines) + "\n"


def sheet(sample: Sample, delimiter: str) -> str:
    """All tables in one sheet that was saved as text: blank cells keep their delimiters, quotes where they must be."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter)
    width = max(len(table.widths) for table in sample.tables)
    rows: Rows = [[sample.title], []]
    for table in sample.tables:
        rows += [*flat(caption_rows(sample, table), len(table.widths)), *_rows(table), [table.note or ""], []]
    writer.writerows([*row, *[""] * (width - len(row))] for row in rows)
    return buffer.getvalue()


def grid(sample: Sample, table: Printed) -> str:
    """pandoc, docutils, tabulate: a ruling after every row, names wrapped in their cells."""
    rows = _rows(table)
    widths = [min(max(_width(row[c]) for row in rows), 14) for c in range(len(rows[0]))]
    ruling = "+".join(["", *("-" * (w + 2) for w in widths), ""])
    lines = [ruling]
    for r, row in enumerate(rows):
        wrapped = [_wrapped(text, widths[c]) for c, text in enumerate(row)]
        for k in range(max(map(len, wrapped))):
            cells = (_padded(w[k] if k < len(w) else "", widths[c]) for c, w in enumerate(wrapped))
            lines.append("".join(f"| {cell} " for cell in cells) + "|")
        lines.append(ruling if r != len(table.header) - 1 else ruling.replace("-", "="))
    return "\n".join(lines)


def spanned_grid(sample: Sample, table: Printed) -> str:
    """pandoc: header cells with their spans, rulings that leave open what goes on below."""
    n, depth = len(table.widths), len(table.header)
    owner: list[list[tuple[int, int, str]]] = [[(-1, -1, "")] * n for _ in table.header]
    for r, row in enumerate(table.header):
        c = 0
        for text, colspan, rowspan in row:
            while owner[r][c][0] >= 0:
                c += 1
            for i in range(r, r + rowspan):
                owner[i][c : c + colspan] = [(r, c, text)] * colspan
    widths = [max([8, *(_width(row[c]) for row in _rows(table))]) + 2 for c in range(n)]
    full = "+".join(["", *("-" * w for w in widths), ""])
    lines = [full]
    for r in range(depth):
        line, below = "", ""
        for c in range(n):
            at, left, text = owner[r][c]
            if (at, left) == (r, c):
                span = sum(widths[c + i] + 1 for i in range(n - c) if owner[r][c + i] == (r, c, text)) - 1
                line += "|" + _padded(" " + text, span)
            elif left == c:
                line += "|" + " " * widths[c]
            goes_on = r + 1 < depth and owner[r + 1][c] == owner[r][c]
            corner = "|" if goes_on and c and r + 1 < depth and owner[r + 1][c - 1] == owner[r][c - 1] else "+"
            below += (corner if c or not goes_on else "|") + (" " if goes_on else "-") * widths[c]
        lines += [line + "|", below + ("|" if below.endswith(" ") else "+")]
    lines[-1] = full.replace("-", "=")
    for row in table.rows:
        lines += ["".join("|" + _padded(" " + text, w) for text, w in zip(row, widths, strict=True)) + "|", full]
    return "\n".join(lines)


def psql(sample: Sample, table: Printed) -> str:
    """Databases' shells: rulings around the header and at the end only."""
    rows, widths = _sized(table)
    ruling = "+".join(["", *("-" * (w + 2) for w in widths), ""])
    made = ["".join(f"| {_padded(t, widths[c])} " for c, t in enumerate(row)) + "|" for row in rows]
    depth = len(table.header)
    return "\n".join([ruling, *made[:depth], ruling, *made[depth:], ruling])


def simple(sample: Sample, table: Printed) -> str:
    """pandoc: columns under dashes."""
    rows, widths = _sized(table)
    made = ["  " + " ".join(_padded(t, widths[c]) for c, t in enumerate(row)).rstrip() for row in rows]
    depth = len(table.header)
    return "\n".join([*made[:depth], "  " + " ".join("-" * w for w in widths), *made[depth:]])


def multiline(sample: Sample, table: Printed) -> str:
    """pandoc: a frame of dashes, a blank line between rows."""
    rows, widths = _sized(table)
    made = ["  " + " ".join(_padded(t, widths[c]) for c, t in enumerate(row)).rstrip() for row in rows]
    depth, frame = len(table.header), "  " + "-" * (sum(widths) + len(widths) - 1)
    dashes = "  " + " ".join("-" * w for w in widths)
    return "\n".join([frame, *made[:depth], dashes, "\n\n".join(made[depth:]), frame])


def docutils(sample: Sample, table: Printed) -> str:
    """reStructuredText: ``====`` over and under the header and at the end; a blank first cell is ``\\``."""
    rows, widths = _sized(table)
    made = ["  ".join(_padded(t, widths[c]) for c, t in enumerate(row)).rstrip() for row in rows]
    rule, depth = "  ".join("=" * w for w in widths), len(table.header)
    return "\n".join([rule, *made[:depth], rule, *made[depth:], rule])


def org(sample: Sample, table: Printed) -> str:
    """Org mode: ``|---+---|``."""
    made = ["| " + " | ".join(row) + " |" for row in _rows(table)]
    depth = len(table.header)
    return "\n".join([*made[:depth], "|" + "+".join("---" for _ in table.widths) + "|", *made[depth:]])


def padded_pipes(sample: Sample, table: Printed) -> str:
    """Pipes under one another, colons in the dashes."""
    rows, widths = _sized(table)
    made = ["| " + " | ".join(_padded(t, widths[c]) for c, t in enumerate(row)) + " |" for row in rows]
    return "\n".join([made[0], "|" + "".join(f":{'-' * (w + 1)}|" for w in widths), *made[1:]])


def headless_pipes(sample: Sample, table: Printed) -> str:
    """pandoc, markitdown: a Word table without a header row under an empty one."""
    n = len(table.widths)
    return "\n".join(["|" + "   |" * n, "|" + "---|" * n, *("| " + " | ".join(row) + " |" for row in _rows(table))])


def bare_pipes(sample: Sample, table: Printed) -> str:
    """No pipes at the ends of rows."""
    made = [" | ".join(row) for row in _rows(table)]
    return "\n".join([made[0], " | ".join("---" for _ in table.widths), *made[1:]])


def flattened(sample: Sample, table: Printed) -> str:
    """Docling: header levels in one cell, 上级.下级."""
    levels = _repeated(table)
    head = [".".join(row[c] for row in levels) for c in range(len(table.widths))]
    return _pipes([head, *table.rows])


def repeated(sample: Sample, table: Printed) -> str:
    """A merged cell's text in every place that it covers."""
    return _pipes([*_repeated(table), *table.rows])


def bold_headers(sample: Sample, table: Printed) -> str:
    """PyMuPDF4LLM: header words bold, ColN where none stands, figures escaped as pandoc does."""
    first, *others = flat_header(table)
    head = [f"**{text}**" if text else f"Col{c}" for c, text in enumerate(first, start=1)]
    rest = [[f"**{text}**" if text else "" for text in row] for row in others]
    return _pipes([head, *rest, *([t.replace(".", "\\.") for t in row] for row in table.rows)])


def frames(sample: Sample, table: Printed) -> str:
    """markitdown of a workbook: pandas' names for what stands nowhere."""
    first, *others = _rows(table)
    return _pipes(
        [[text or f"Unnamed: {c}" for c, text in enumerate(first)], *([t or "NaN" for t in row] for row in others)]
    )


def page(sample: Sample, table: Printed) -> str:
    """MinerU: a whole page of HTML for every table, on one line."""
    return f"<html><body>{html_table(sample, table, '')}</body></html>"


def marker(sample: Sample, table: Printed) -> str:
    """marker: ``thead`` and ``th`` with all their spans."""
    head = "".join(
        "<tr>" + "".join(f'<th colspan="{c}" rowspan="{r}">{html.escape(t)}</th>' for t, c, r in row) + "</tr>"
        for row in table.header
    )
    body = "".join("<tr>" + "".join(f"<td>{html.escape(t)}</td>" for t in row) + "</tr>" for row in table.rows)
    return f"<table><thead>{head}</thead><tbody>{body}</tbody></table>"


def spanless(sample: Sample, table: Printed) -> str:
    """HTML that has lost its spans."""
    rows = ("".join(f"<td>{html.escape(t)}</td>" for t in row) for row in _rows(table))
    return "<table>\n" + "\n".join(f"<tr>{row}</tr>" for row in rows) + "\n</table>"


def fenced(sample: Sample, table: Printed) -> str:
    """Tabs in a block of code."""
    return "```\n" + "\n".join("\t".join(row) for row in _rows(table)) + "\n```"


DIALECTS: dict[str, Writer] = {
    f.__name__: f
    for f in (
        grid, spanned_grid, psql, simple, multiline, docutils, org, padded_pipes, headless_pipes, bare_pipes, flattened,
        repeated, bold_headers, frames, page, marker, spanless, fenced,
    )
}  # fmt: skip


def _rows(table: Printed) -> Rows:
    return [*flat_header(table), *table.rows]


def _pipes(rows: Rows) -> str:
    made = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([made[0], "|" + "---|" * len(rows[0]), *made[1:]])


def _repeated(table: Printed) -> Rows:
    n = len(table.widths)
    made: list[list[str | None]] = [[None] * n for _ in table.header]
    for r, row in enumerate(table.header):
        c = 0
        for text, colspan, rowspan in row:
            while made[r][c] is not None:
                c += 1
            for i in range(r, r + rowspan):
                made[i][c : c + colspan] = [text] * colspan
    return [[text or "" for text in row] for row in made]


def _sized(table: Printed) -> tuple[Rows, list[int]]:
    rows = _rows(table)
    return rows, [max([2, *(_width(row[c]) for row in rows)]) for c in range(len(rows[0]))]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _wrapped(text: str, width: int) -> list[str]:
    lines, line = [], ""
    for char in text:
        if _width(line + char) > width:
            lines.append(line)
            line = ""
        line += char
    return [*lines, line]
