"""Pages that are pictures: made upright, their rulings found on the raster, their cells recognised one by one.

Needs the optional extra ``ocr`` (rapidocr for its models, onnxruntime, opencv).  Nothing outside this package imports
numpy or opencv, and nothing here is imported before the first picture is to be read: a run without scans pays nothing.
"""

from __future__ import annotations

from importlib.util import find_spec

MODULES = ("rapidocr", "onnxruntime", "cv2", "numpy")


def available() -> bool:
    """Is the extra ``ocr`` installed?"""
    return all(find_spec(name) is not None for name in MODULES)
