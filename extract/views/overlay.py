"""A page as displayed, with what the program saw drawn over it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from PIL import Image, ImageDraw

from extract.paper.engines.render import render
from extract.paper.geometry import turned
from extract.paper.model import Box, Document, Line, Page, TablePart
from parsers.checking.verdicts import CONTRADICTION, DOUBT, TAIL
from parsers.outline.captions import find_unit, is_title, parse_number
from parsers.outline.grid_caption import caption_rows

_SCALE = 2.0  # pixels per point
_COLOURS = {CONTRADICTION: (180, 35, 24), DOUBT: (217, 145, 0), TAIL: (74, 97, 120)}


def draw(data: bytes, page: Page, document: Document) -> Image.Image:
    """Rulings red, cells blue, caption lines green."""
    image = render(data, page.number, _SCALE)
    pen = ImageDraw.Draw(image, "RGBA")

    def shown(box: tuple[float, float, float, float]) -> Box:
        return Box(*turned(box, -page.turn, page.width, page.height))

    for ruling in (*page.horizontals, *page.verticals):
        x0, top, x1, bottom = shown(ruling)
        pen.line([(x0 * _SCALE, top * _SCALE), (x1 * _SCALE, bottom * _SCALE)], (220, 0, 0, 160), 2)
    for block in document.pages[page.number - 1].blocks:
        if isinstance(block, TablePart):
            inside = caption_rows(block)
            for cell in block.cells:
                if cell.bbox and cell.row < inside and cell.text:
                    pen.rectangle(_box(cell.bbox, 2), (0, 160, 0, 40), (0, 140, 0, 220), 2)
                elif cell.bbox:
                    pen.rectangle(_box(cell.bbox, 2), (0, 80, 255, 24 if cell.text else 8), (0, 80, 255, 200))
        elif isinstance(block, Line) and block.bbox and _is_caption(block.text):
            pen.rectangle(_box(shown(block.bbox), -2), (0, 160, 0, 40), (0, 140, 0, 220), 2)
    return image


def mark_findings(image: Image.Image, findings: Iterable[Mapping[str, Any]]) -> None:
    """A frame in the colour of its 等级 around the cell of each row of 核对结果, and its rule beside it."""
    pen = ImageDraw.Draw(image, "RGBA")
    for row in findings:
        box = _box(Box(row["x0"], row["y0"], row["x1"], row["y1"]), -2)
        red, green, blue = _COLOURS[row["等级"]]
        pen.rectangle(box, (red, green, blue, 60), (red, green, blue, 255), 4)
        pen.text((box[0], box[1] - 24), row["规则"], (red, green, blue, 255), font_size=20)


def _box(box: Box, inset: float) -> list[float]:
    return [box.x0 * _SCALE + inset, box.top * _SCALE + inset, box.x1 * _SCALE - inset, box.bottom * _SCALE - inset]


def _is_caption(text: str) -> bool:
    return bool(parse_number(text) or is_title(text) or find_unit(text))
