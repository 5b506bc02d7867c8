"""Printed text is somebody's: what a spreadsheet would run as a formula is disarmed before it goes into one."""

from __future__ import annotations

import re

# =1+1  @SUM(…)  -A1, but not -12.5; full-width signs count in East Asian editions, and what stands before is dropped
_FORMULA = re.compile(r"[\s\ufeff\u200b]*(?:[=+@＝＋＠﹦﹢﹫]|[-－−﹣](?![\d.,]*$))")
_CONTROL = re.compile(r"[\t\r\n]")


def harmless(value: object) -> object:
    """``value`` as a cell of a CSV file: lists joined by semicolons, an apostrophe before what may be a formula."""
    if isinstance(value, list | tuple):
        value = "; ".join("" if v is None else str(harmless(v)) for v in value)
    elif isinstance(value, dict):
        value = str(value)
    if isinstance(value, str) and (_FORMULA.match(value) or _CONTROL.match(value)):
        return f"'{value}"
    return value
