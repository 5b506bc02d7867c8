"""What the fork server loads once, so that every worker starts with it."""

from __future__ import annotations

import pyarrow as pa

import extract.engines.pdfium
import extract.pool  # noqa: F401

pa.array(["pyarrow makes its own late imports with the first array"])
