"""A sample as text with tab-separated rows, in the manner of a PDF that another tool turned to text."""

from __future__ import annotations

import random

from samples.house import Cell, Printed, Sample


def write_text(sample: Sample, seed: int) -> str:
    """Spans become empty cells, bold cells keep their tags, blank lines stand where a page broke."""
    rng = random.Random(seed)
    lines = [f"# {sample.title}", "", "## 目 录", "", *(line for c in sample.contents for line in (c, "")), ""]
    for table in sample.tables:
        lines += [table.number or "", "", f"## {table.title}", ""]
        lines += [f"单位：{sample.budget.organisation}", "", f"单位：{table.unit}", ""]
        lines += ["\t".join(row) for row in flat_header(table)]
        for row in table.rows:
            if rng.random() < 0.04:
                lines.append("")
            bold = rng.random() < 0.1
            lines.append("\t".join(f"<b>{t}</b>" if bold and t else t for t in row))
        lines += ["", table.note or "", ""]
    return "\n".join(lines) + "\n"


def flat_header(table: Printed) -> list[list[str]]:
    """Header rows with one text per column; a span's further places are empty."""
    return flat(table.header, len(table.widths))


def flat(header: list[list[Cell]], n: int) -> list[list[str]]:
    """Rows of cells with spans as rows of ``n`` texts."""
    grid: list[list[str | None]] = [[None] * n for _ in header]
    for r, row in enumerate(header):
        col = 0
        for text, colspan, rowspan in row:
            while grid[r][col] is not None:
                col += 1
            _place(grid, r, col, (text, colspan, rowspan))
            col += colspan
    return [[c or "" for c in row] for row in grid]


def _place(grid: list[list[str | None]], r: int, col: int, cell: Cell) -> None:
    text, colspan, rowspan = cell
    for i in range(r, r + rowspan):
        for j in range(col, col + colspan):
            grid[i][j] = text if (i, j) == (r, col) else ""
