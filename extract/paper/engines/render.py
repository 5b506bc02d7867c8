"""Pages as pictures: for people to look at, and for recognition."""

from __future__ import annotations

import pypdfium2
from PIL import Image

from extract.errors import Damaged


class Pictures:
    """The pages of one PDF as pictures.  Raises ``Damaged`` for a file or a page that pdfium cannot open."""

    def __init__(self, data: bytes) -> None:
        try:
            self._document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            raise Damaged(f"pdfium cannot open it: {error}") from error

    def size(self, number: int) -> tuple[float, float]:
        """Width and height of page ``number`` (1-based) in points, as displayed."""
        with self._page(number) as page:
            width, height = page.get_size()
            return float(width), float(height)

    def dots(self, number: int) -> float | None:
        """Pixels per point of the widest picture on page ``number`` (1-based); ``None`` where there is none."""
        with self._page(number) as page:
            found = [
                (right - left, image.get_px_size()[0])
                for image in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE])
                for left, _, right, _ in [image.get_bounds()]
            ]
        points, pixels = max(found, default=(0.0, 0))
        return pixels / points if points > 0 else None

    def render(self, number: int, scale: float) -> Image.Image:
        """Page ``number`` (1-based) in colour, at ``scale`` pixels per point."""
        with self._page(number) as page:
            image: Image.Image = page.render(scale=scale).to_pil()
            return image.convert("RGB")

    def close(self) -> None:
        self._document.close()

    def _page(self, number: int) -> _Opened:
        try:
            return _Opened(self._document[number - 1])
        except (pypdfium2.PdfiumError, IndexError) as error:
            raise Damaged(f"pdfium cannot open page {number}") from error


class _Opened:
    """A pdfium page that is closed on leaving."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        self._page = page

    def __enter__(self) -> pypdfium2.PdfPage:
        return self._page

    def __exit__(self, *_: object) -> None:
        self._page.close()


def render(data: bytes, number: int, scale: float) -> Image.Image:
    """Render page ``number`` at ``scale`` pixels per point."""
    pictures = Pictures(data)
    try:
        return pictures.render(number, scale)
    finally:
        pictures.close()
