"""What the fork server loads once, so that every worker starts with it."""

from __future__ import annotations

from contextlib import suppress

import pyarrow as pa

import extract.engines.pdfium
import extract.pool  # noqa: F401
from extract.convert import code_version, load_specs
from extract.errors import SpecError

pa.array(["pyarrow makes its own late imports with the first array"])
code_version()
with suppress(SpecError):  # the supervisor meets it too, and says so
    load_specs()
