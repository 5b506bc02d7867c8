"""What the fork server loads once, so that every worker starts with it."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from contextlib import suppress

import pyarrow as pa

import extract.convert
import extract.paper.reading  # noqa: F401  (a door loads it with the first PDF)
from extract.errors import SpecError
from extract.recipe import code_version, load_specs


class _WithoutPandas:
    """pyarrow imports pandas, if it is there, to ask whether a list is a Series.  A worker only writes Arrow: without
    pandas it starts 0.13 s sooner and takes 35 MB less."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: object = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name)


sys.meta_path.insert(0, _WithoutPandas)
pa.array(["pyarrow makes its own late imports with the first array"])
code_version()
with suppress(SpecError):  # the supervisor meets it too, and says so
    load_specs()
gc.collect()
gc.freeze()  # all this lives as long as a worker does: no collection need look at it, or copy its pages
