"""Draw a sample as PDF with reportlab: every ruling style, page breaks inside tables and inside rows."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from itertools import pairwise

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from samples.font import FONT, RARE, RARE_FONT
from samples.house import Cell, Printed, Sample

SIZE = 9.0
LEADING = 12.0
PAD = 3.0
MARGIN = 50.0
_RARE = re.compile(f"([{RARE}]+)")
_NO_DIGITS = str.maketrans("", "", ",. ¥%-")


def write_pdf(sample: Sample, body: str | None = None) -> bytes:
    """The document as PDF bytes; the same sample gives the same bytes.

    ``body`` says which rulings the rows under a header have (the sample's own choice if not given): ``all``,
    ``columns``, ``rows`` or ``none``; with ``bare`` the header has none either, and its words stand in the middle of
    their cells; ``three`` draws a line over the header, one under it and one under the table.
    """
    if "Sample" not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont("Sample", str(FONT)))
        pdfmetrics.registerFont(TTFont("Rare", str(RARE_FONT)))
    buffer = io.BytesIO()
    size = (842.0, 595.0) if sample.landscape else (595.0, 842.0)
    canvas = Canvas(buffer, pagesize=size, invariant=True)
    canvas.setTitle(sample.title)
    writer = _Writer(canvas, size, sample, body or sample.body)
    writer.cover()
    for index, table in enumerate(sample.tables):
        writer.table(table, new_page=not sample.look.flowing and (index % 2 == 0 or sample.landscape))
    writer.finish()
    canvas.save()
    return buffer.getvalue()


def wrap(text: str, width: float, size: float = SIZE) -> list[str]:
    """Break a cell's text to lines of ``width`` points."""
    lines, current = [], ""
    for char in text:
        if char == "\n" or (current and pdfmetrics.stringWidth(current + char, "Sample", size) > width):
            lines.append(current)
            current = ""
        current += char.strip("\n")
    return [*lines, current] if current or not lines else lines


def _is_number(text: str) -> bool:
    return text.translate(_NO_DIGITS).isdigit()


@dataclass(slots=True)
class _Box:
    """A cell placed in the row being drawn."""

    x: float
    width: float
    lines: list[str]
    number: bool


class _Writer:
    def __init__(self, canvas: Canvas, size: tuple[float, float], sample: Sample, body: str) -> None:
        self.c = canvas
        self.body = body
        self.width, self.height = size
        self.sample = sample
        self.y = MARGIN
        self.page = 1
        self.size = sample.look.size
        self.leading = LEADING * self.size / SIZE
        self.shaded = False
        self.turned = False

    def text(self, x: float, y: float, text: str, size: float = SIZE) -> None:
        self.c.setFont("Sample", size)
        bare = text.lstrip("　")
        x += (len(text) - len(bare)) * size + (self.sample.mirror if self.page % 2 == 0 else 0.0)
        for i, part in enumerate(_RARE.split(bare)):
            font = "Rare" if i % 2 else "Sample"
            if i:
                self.c.setFont(font, size)
            if part or not bare:
                self._draw_words(x, y, part)
                x += pdfmetrics.stringWidth(part, font, size) * self.sample.look.stretch

    def _draw_words(self, x: float, y: float, text: str) -> None:
        if self.sample.look.stretch == 1.0:
            self.c.drawString(x, self.height - y, text)
            return
        words = self.c.beginText(x, self.height - y)
        words.setHorizScale(100 * self.sample.look.stretch)
        words.textOut(text)
        self.c.drawText(words)

    def centred(self, y: float, text: str, size: float) -> None:
        self.text((self.width - pdfmetrics.stringWidth(text, "Sample", size)) / 2, y, text, size)

    def cover(self) -> None:
        self.centred(200, self.sample.title, 22)
        self.new_page()
        self.centred(MARGIN + 20, "目 录", 16)
        y = MARGIN + 60
        for line in self.sample.contents:
            self.text(MARGIN, y, line + "." * 20 + "3", 11)
            y += 20
        self.new_page()

    def new_page(self, turn: bool = False) -> None:
        if self.sample.look.watermark:
            self.c.saveState()
            self.c.translate(self.width / 2, self.height / 2)
            self.c.rotate(45)
            self.c.setFillGray(0.8)
            self.c.setFont("Sample", 48)
            self.c.drawCentredString(0, 0, self.sample.look.watermark)
            self.c.restoreState()
        bears = self.page - 1 + self.sample.look.first_page
        number = f"— {bears} —" if bears % 2 else str(bears)
        self.centred(self.y + 11 if self.sample.look.foot else self.height - 24, number, 9)
        self.c.showPage()
        self.page += 1
        if turn:
            self.turned = not self.turned
            self.width, self.height = self.height, self.width
        if self.sample.look.turned:
            self._lie()
        if self.sample.mirrored and self.page % 2 == 0:
            self.c.translate(self.sample.mirrored, 0)
        self.y = MARGIN

    def _lie(self) -> None:
        """Make a turned page wide, or draw so that what it prints lies on its side."""
        if self.turned and self.sample.look.turned == "sideways":
            self.c.transform(0, 1, -1, 0, self.height, 0)
        elif self.sample.look.turned == "wide":
            self.c.setPageSize((self.width, self.height))

    def finish(self) -> None:
        self.centred(self.height - 24, str(self.page - 1 + self.sample.look.first_page), 9)

    def room(self) -> float:
        return self.height - MARGIN - self.y

    def table(self, table: Printed, new_page: bool) -> None:
        if (new_page and self.y > MARGIN) or self.room() < 160:
            self.new_page(turn=bool(self.sample.look.turned))
        xs = self._columns(table.widths)
        if not table.inside:
            self._caption(table)
        else:
            for row in self._inner_caption(table):
                self._row([row], xs)
        self._line(xs)
        self._header(table.header, xs)
        self._line(xs)
        for row in table.rows:
            self.shaded = self.sample.look.shaded and not self.shaded
            self._body_row(table, row, xs)
        self.shaded = False
        self._line(xs)
        if table.note:
            self.y += LEADING
            self.text(MARGIN, self.y, table.note)
        self.y += 30

    def _line(self, xs: list[float]) -> None:
        """A line over the whole width, where the table has three of them."""
        if self.body == "three":
            shift = self.sample.mirror if self.page % 2 == 0 else 0.0
            self.c.setLineWidth(0.8)
            self.c.line(xs[0] + shift, self.height - self.y, xs[-1] + shift, self.height - self.y)

    def _columns(self, widths: list[float]) -> list[float]:
        scale = (self.width - 2 * MARGIN) / sum(widths)
        xs = [MARGIN]
        for width in widths:
            xs.append(xs[-1] + width * scale)
        return xs

    def _caption(self, table: Printed) -> None:
        if table.number:
            self.y += LEADING
            self.text(MARGIN, self.y, table.number, 10)
        place, unit = self.sample.look.unit, f"单位：{table.unit}"
        if place == "above" and table.unit_line:
            self.text(self.width - MARGIN - 60, self.y, unit)
        self.y += 20
        if table.title_break:
            self.centred(self.y, table.title[: table.title_break], 14)
            self.y += 18
        title = table.title[table.title_break :]
        self.centred(self.y, f"{title}（{unit}）" if place == "title" and table.unit_line else title, 14)
        self.y += 18
        label = f"{self.sample.organisation_label}：{self.sample.budget.organisation}"
        if place == "left" and table.unit_line:
            self.text(MARGIN, self.y, unit)
            self.text(self.width - MARGIN - 200, self.y, label)
        else:
            self.text(MARGIN, self.y, label)
        if place == "right" and table.unit_line:
            self.text(self.width - MARGIN - 60, self.y, unit)
        self.y += 6

    def _inner_caption(self, table: Printed) -> list[list[Cell]]:
        n = len(table.widths)
        left = n - 1
        return [
            [(f"{table.number}", n, 1)],
            [(table.title, n, 1)],
            [(f"{self.sample.organisation_label}：{self.sample.budget.organisation}", left, 1), (f"单位：{table.unit}", n - left, 1)],
        ]  # fmt: skip

    def _row(self, rows: list[list[Cell]], xs: list[float]) -> None:
        """Draw header rows with spans."""
        heights = self._heights(rows, xs)
        taken: set[tuple[int, int]] = set()
        tops = [self.y + sum(heights[:i]) for i in range(len(rows) + 1)]
        for r, row in enumerate(rows):
            col = 0
            for text, colspan, rowspan in row:
                while (r, col) in taken:
                    col += 1
                taken.update((i, j) for i in range(r, r + rowspan) for j in range(col, col + colspan))
                box = _Box(
                    xs[col],
                    xs[col + colspan] - xs[col],
                    wrap(text, (xs[col + colspan] - xs[col] - 2 * PAD) / self.sample.look.stretch, self.size),
                    False,
                )
                self._cell(box, tops[r], tops[r + rowspan], centred=self.body in ("bare", "three"), head=True)
                col += colspan
        self.y = tops[-1]

    def _heights(self, rows: list[list[Cell]], xs: list[float]) -> list[float]:
        """Two lines a row, in some looks as many as its longest word needs."""
        heights = [self.leading * 2 + 2] * len(rows)
        upright = any(t.count("\n") > 1 for row in rows for t, _, _ in row)
        if upright or self.size > SIZE or self.sample.look.vertical == "top":
            narrowest = min(b - a for a, b in pairwise(xs)) - 2 * PAD
            for r, row in enumerate(rows):
                most = (
                    max(
                        len(wrap(t, (xs[-1] - xs[0]) / 8 if c > 1 else narrowest, self.size))
                        for t, c, n in row
                        if n == 1
                    )
                    if any(n == 1 for _, _, n in row)
                    else 2
                )
                heights[r] = max(heights[r], self.leading * most + 2 * PAD)
        return heights

    def _header(self, header: list[list[Cell]], xs: list[float]) -> None:
        if header:
            self._row(header, xs)

    def _body_row(self, table: Printed, row: list[str], xs: list[float]) -> None:
        boxes = [
            _Box(xs[i], xs[i + 1] - xs[i], wrap(t, (xs[i + 1] - xs[i] - 2 * PAD) / self.sample.look.stretch, self.size), _is_number(t))
            for i, t in enumerate(row)
        ]  # fmt: skip
        while True:
            lines = max(len(b.lines) for b in boxes)
            fitting = int((self.room() - 2 * PAD) // self.leading)
            if fitting >= lines:
                self._draw(boxes, lines)
                return
            split = fitting >= 1 and sum(len(b.lines) > fitting for b in boxes) == 1 and lines == 2
            if split:  # the row is cut: what does not fit goes on at the top of the next page
                self._draw([_Box(b.x, b.width, b.lines[:fitting], b.number) for b in boxes], fitting)
                boxes = [_Box(b.x, b.width, b.lines[fitting:] or [""], b.number) for b in boxes]
            self.new_page()
            if self.sample.look.continued and not split:
                self.y += 20
                self.centred(self.y, f"{table.title}（续表）", 12)
                self.y += 8
            if self.sample.repeat_header and not split:
                self._header(table.header, xs)

    def _draw(self, boxes: list[_Box], lines: int) -> None:
        bottom = self.y + lines * self.leading + 2 * PAD
        for box in boxes:
            self._cell(box, self.y, bottom, self.body, centred=self.sample.look.names == "center")
        self.y = bottom

    def _cell(
        self, box: _Box, top: float, bottom: float, rulings: str = "all", centred: bool = False, head: bool = False
    ) -> None:
        if self.body in ("bare", "three"):
            rulings = "none"
        if self.shaded:
            self.c.setFillGray(0.88)
            self.c.rect(box.x, self.height - bottom, box.width, bottom - top, stroke=0, fill=1)
            self.c.setFillGray(0)
        dark = head and self.sample.look.dark_heads
        if dark:
            self.c.setFillColor("#1f3864")
            self.c.rect(box.x, self.height - bottom, box.width, bottom - top, stroke=0, fill=1)
        self._rule(box.x, top, box.x + box.width, bottom, rulings)
        if dark or self.sample.look.colour:
            self.c.setFillColor("#ffffff" if dark else "#000000")
        if self.sample.look.vertical == "top":
            bottom = top + self.leading * len(box.lines) + 2 * PAD
        y = (top + bottom - self.leading * len(box.lines)) / 2 + self.leading - PAD
        for line in box.lines:
            width = pdfmetrics.stringWidth(line, "Sample", self.size) * self.sample.look.stretch
            room = box.width - width - 2 * PAD
            figures = {"left": 0.0, "center": 0.5}.get(self.sample.look.figures, 1.0)
            x = box.x + PAD + room * (figures if box.number else 0.5 if centred else 0.0)
            self.text(x, y, line, self.size)
            y += self.leading
        if dark:
            self.c.setFillColor("#000000")

    def _pieces(self, x0: float, y0: float, x1: float, y1: float, rulings: str) -> None:
        """Dashed rulings as an office prints them: a thin filled box for each dash."""
        for y in (y0, y1) if rulings in ("all", "rows") else ():
            for i in range(int((x1 - x0) / 4)):
                self.c.rect(x0 + 4 * i, self.height - y, 3, 0.5, stroke=0, fill=1)
        for x in (x0, x1) if rulings in ("all", "columns") else ():
            for i in range(int((y1 - y0) / 4)):
                self.c.rect(x, self.height - y0 - 4 * i - 3, 0.5, 3, stroke=0, fill=1)

    def _rule(self, x0: float, y0: float, x1: float, y1: float, rulings: str) -> None:
        if self.sample.mirror and self.page % 2 == 0:
            x0, x1 = x0 + self.sample.mirror, x1 + self.sample.mirror
        h = self.height
        if self.sample.look.stroke == "pieces":
            self._pieces(x0, y0, x1, y1, rulings)
            return
        self.c.setDash(*{"dotted": ([0.6, 1.4],), "dashed": ([3, 2],)}.get(self.sample.look.stroke, ([],)))
        style = "double" if self.sample.look.stroke == "double" else self.sample.rulings
        if self.sample.look.colour:
            self.c.setStrokeColor(self.sample.look.colour)
            self.c.setFillColor(self.sample.look.colour)
        if style == "cells" and rulings != "all":
            style = "lines"
        if style == "cells":
            self.c.setLineWidth(0.6)
            self.c.rect(x0, h - y1, x1 - x0, y1 - y0)
            return
        offsets = (-0.9, 0.9) if style == "double" else (0.0,)
        for d in offsets:
            edges = [
                *((x0, y + d, x1, y + d) for y in (y0, y1) if rulings in ("all", "rows")),
                *((x + d, y0, x + d, y1) for x in (x0, x1) if rulings in ("all", "columns")),
            ]
            for a, b, e, f in edges:
                if style == "lines":
                    self.c.setLineWidth(0.5)
                    self.c.line(a, h - b, e, h - f)
                else:
                    self.c.rect(a, h - f, max(e - a, 0.5), max(f - b, 0.5), stroke=0, fill=1)
