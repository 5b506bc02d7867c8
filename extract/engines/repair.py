"""Rewrite a damaged PDF once, through qpdf: its cross-reference table is rebuilt from what is there."""

from __future__ import annotations

import io


def rewrite(data: bytes) -> bytes | None:
    """The same document with its structure mended, or ``None`` where qpdf cannot make one either."""
    import pikepdf

    out = io.BytesIO()
    try:
        with pikepdf.open(io.BytesIO(data), attempt_recovery=True) as pdf:
            if not len(pdf.pages):
                return None
            pdf.save(out)
    except (pikepdf.PdfError, ValueError, RuntimeError):
        return None
    return out.getvalue()
