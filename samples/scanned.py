"""A PDF as a scanner would return it: pictures of its pages, a little askew, blurred, unevenly lit, noisy, as JPEG."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from dataclasses import dataclass

import pypdfium2
from PIL import Image, ImageChops, ImageFilter


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


def scanned(data: bytes, seed: int, scanner: Scanner | None = None, pages: Sequence[int] | None = None) -> bytes:
    """The PDF ``data`` as a PDF of pictures; the same for the same ``seed``; ``pages`` count from 0."""
    scanner = scanner or Scanner()
    chance = random.Random(seed)
    document = pypdfium2.PdfDocument(data)
    pictures = []
    for number in pages if pages is not None else range(len(document)):
        picture = document[number].render(scale=scanner.dpi / 72).to_pil().convert("L")
        pictures.append(picture_of(picture, chance, scanner))
    document.close()
    out = io.BytesIO()
    first, *others = pictures
    first.save(
        out, "PDF", save_all=True, append_images=others, resolution=scanner.dpi, quality=scanner.quality,
        creationDate=None, modDate=None,
    )  # fmt: skip
    return out.getvalue()


def picture_of(page: Image.Image, chance: random.Random, scanner: Scanner) -> Image.Image:
    """One grey page as scanned."""
    angle = chance.uniform(-scanner.skew, scanner.skew)
    picture = page.rotate(angle, Image.Resampling.BICUBIC, fillcolor=255)
    picture = picture.filter(ImageFilter.GaussianBlur(scanner.blur))
    light = Image.linear_gradient("L").rotate(chance.choice((0, 90, 180, 270))).resize(picture.size)
    light = light.point([255 - scanner.shade + scanner.shade * v // 255 for v in range(256)])
    picture = ImageChops.multiply(picture, light)
    picture = ImageChops.add(picture, _noise(picture.size, chance, scanner.noise), 1, -128)
    return picture.rotate(-90 * scanner.turn, expand=True) if scanner.turn % 4 else picture


def _noise(size: tuple[int, int], chance: random.Random, deviation: float) -> Image.Image:
    """Grey noise around 128, as wide as the deviation says; made from seeded bytes."""
    tile = Image.frombytes("L", (512, 512), chance.randbytes(512 * 512))
    tile = tile.point([round(128 + (v - 127.5) * deviation / 74) for v in range(256)])
    noise = Image.new("L", size)
    for x in range(0, size[0], 512):
        for y in range(0, size[1], 512):
            noise.paste(tile.rotate(90 * chance.randrange(4)), (x, y))
    return noise
