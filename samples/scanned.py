"""A PDF as a scanner would return it: pictures of its pages, a little askew, blurred, unevenly lit, noisy, as JPEG.

Paper may be soiled: stamped in red, punched, specked; a fax knows black and white only.
"""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from dataclasses import dataclass

import pypdfium2
from PIL import Image, ImageChops, ImageDraw, ImageFilter


@dataclass(frozen=True, slots=True)
class Scanner:
    """How pages suffer; ``skew`` is the most degrees either way, ``noise`` the deviation of a grey of 255."""

    dpi: int = 200
    skew: float = 0.6
    blur: float = 0.7
    shade: int = 40
    noise: float = 9.0
    quality: int = 60
    turn: int = 0  # quarter turns clockwise
    fax: bool = False  # one bit a pixel
    grey: bool = False  # without colours: a red stamp is as dark as the text under it
    soil: tuple[str, ...] = ()  # of SOIL and GLASS
    spread: bool = False  # two pages on one sheet


def scanned(data: bytes, seed: int, scanner: Scanner | None = None, pages: Sequence[int] | None = None) -> bytes:
    """The PDF ``data`` as a PDF of pictures; the same for the same ``seed``; ``pages`` count from 0."""
    scanner = scanner or Scanner()
    chance = random.Random(seed)
    document = pypdfium2.PdfDocument(data)
    numbers = list(pages if pages is not None else range(len(document)))
    sheets = [document[number].render(scale=scanner.dpi / 72).to_pil().convert("L") for number in numbers]
    if scanner.spread:
        sheets = [_side_by_side(sheets[i : i + 2]) for i in range(0, len(sheets), 2)]
    pictures = [picture_of(sheet, chance, scanner) for sheet in sheets]
    document.close()
    out = io.BytesIO()
    first, *others = pictures
    first.save(
        out, "PDF", save_all=True, append_images=others, resolution=scanner.dpi,
        creationDate=None, modDate=None, **({} if scanner.fax else {"quality": scanner.quality}),
    )  # fmt: skip
    return out.getvalue()


def picture_of(page: Image.Image, chance: random.Random, scanner: Scanner) -> Image.Image:
    """One grey page as scanned; in colours with a stamp."""
    for what in scanner.soil:
        page = SOIL[what](page, chance, scanner.dpi) if what in SOIL else page
    angle = chance.uniform(-scanner.skew, scanner.skew)
    picture = page.rotate(angle, Image.Resampling.BICUBIC, fillcolor="white")
    for what in scanner.soil:
        picture = GLASS[what](picture, chance, scanner.dpi) if what in GLASS else picture
    picture = picture.filter(ImageFilter.GaussianBlur(scanner.blur))
    light = Image.linear_gradient("L").rotate(chance.choice((0, 90, 180, 270))).resize(picture.size)
    light = light.point([255 - scanner.shade + scanner.shade * v // 255 for v in range(256)])
    picture = ImageChops.multiply(picture, light.convert(picture.mode))
    picture = ImageChops.add(picture, _noise(picture.size, chance, scanner.noise).convert(picture.mode), 1, -128)
    if scanner.grey:
        picture = picture.convert("L")
    if scanner.fax:
        picture = picture.convert("L").point([0 if v < FAX else 255 for v in range(256)], "1")
    return picture.rotate(-90 * scanner.turn, expand=True) if scanner.turn % 4 else picture


def _side_by_side(sheets: Sequence[Image.Image]) -> Image.Image:
    """Pages as they lie on the glass of an open book; a page without a fellow lies alone."""
    width, height = max(s.width for s in sheets), max(s.height for s in sheets)
    sheet = Image.new("L", (width * len(sheets), height), 255)
    for i, page in enumerate(sheets):
        sheet.paste(page, (i * width, 0))
    return sheet


def _stamp(page: Image.Image, chance: random.Random, dpi: int) -> Image.Image:
    """A round red seal somewhere on the page."""
    seal = Image.new("RGB", page.size, "white")
    size = 1.6 * dpi
    x, y = (chance.uniform(0.1, 0.9) * side for side in page.size)
    draw = ImageDraw.Draw(seal)
    draw.ellipse(
        (x - size / 2, y - size / 2, x + size / 2, y + size / 2), outline=(215, 40, 45), width=round(dpi * 0.06)
    )
    draw.regular_polygon((x, y, size * 0.16), 5, fill=(215, 40, 45))
    for k in range(8):
        draw.rectangle(
            (x - size * 0.3 + k * size * 0.07, y + size * 0.2, x - size * 0.26 + k * size * 0.07, y + size * 0.3),
            fill=(215, 40, 45),
        )
    return ImageChops.multiply(page.convert("RGB"), seal)


def _holes(page: Image.Image, chance: random.Random, dpi: int) -> Image.Image:
    """Two punched holes at the left edge, black as the glass behind them."""
    draw = ImageDraw.Draw(page)
    x, size = 0.45 * dpi, 0.13 * dpi
    for y in (page.height / 2 - 1.57 * dpi, page.height / 2 + 1.57 * dpi):
        draw.ellipse((x - size, y - size, x + size, y + size), fill=(40,) * len(page.getbands()))
    return page


def _specks(page: Image.Image, chance: random.Random, dpi: int) -> Image.Image:
    """Dust: dots of up to a fiftieth of an inch."""
    draw = ImageDraw.Draw(page)
    for _ in range(60):
        x, y = (chance.uniform(0, side) for side in page.size)
        size = chance.uniform(0.003, 0.01) * dpi
        draw.ellipse((x - size, y - size, x + size, y + size), fill=(50,) * len(page.getbands()))
    return page


def _streaks(page: Image.Image, chance: random.Random, dpi: int) -> Image.Image:
    """Dust on the glass that the paper is drawn over: a dark line from edge to edge, and pale ones."""
    draw = ImageDraw.Draw(page)
    for shade in (70, 255, 255, 255):
        x = chance.uniform(0.05, 0.95) * page.width
        draw.line((x, 0, x, page.height), fill=(shade,) * len(page.getbands()), width=max(round(0.008 * dpi), 1))
    return page


FAX = 175  # of 255: a fax shows what is darker
SOIL = {"stamp": _stamp, "holes": _holes, "specks": _specks}  # of the paper
GLASS = {"streaks": _streaks}


def _noise(size: tuple[int, int], chance: random.Random, deviation: float) -> Image.Image:
    """Grey noise around 128, as wide as the deviation says; made from seeded bytes."""
    tile = Image.frombytes("L", (512, 512), chance.randbytes(512 * 512))
    tile = tile.point([round(128 + (v - 127.5) * deviation / 74) for v in range(256)])
    noise = Image.new("L", size)
    for x in range(0, size[0], 512):
        for y in range(0, size[1], 512):
            noise.paste(tile.rotate(90 * chance.randrange(4)), (x, y))
    return noise
