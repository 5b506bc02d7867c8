"""What the fork server loads once, so that every worker starts with it."""

from __future__ import annotations

import gc
from contextlib import suppress

from extract.batch.arrow_alone import forbid_pandas, import_arrow_alone

import_arrow_alone()

import extract.convert  # noqa: E402
import extract.paper.engines.pdfium  # noqa: E402
import extract.paper.reading  # noqa: E402, F401  (a door loads both with the first PDF)
from extract.errors import SpecError  # noqa: E402
from extract.recipe import code_version, load_specs  # noqa: E402

forbid_pandas()
code_version()
with suppress(SpecError):  # the supervisor meets it too, and says so
    load_specs()
gc.collect()
gc.freeze()  # all this lives as long as a worker does: no collection need look at it, or copy its pages
