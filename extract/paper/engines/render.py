"""A page as a picture, for people to look at."""

from __future__ import annotations

import pypdfium2
from PIL import Image


def render(data: bytes, number: int, scale: float) -> Image.Image:
    """Render page ``number`` at ``scale`` pixels per point."""
    document = pypdfium2.PdfDocument(data)
    try:
        page = document[number - 1]
        try:
            image: Image.Image = page.render(scale=scale).to_pil()
            return image.convert("RGB")
        finally:
            page.close()
    finally:
        document.close()
