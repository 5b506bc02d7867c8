"""How a run converts, and which version of it: what a supervisor knows without loading the conversion itself."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from extract.errors import Retry
from extract.paper.scan import available
from extract.store.schema import Labels
from parsers.specs.check import load
from parsers.specs.entry import unchecked
from parsers.specs.loader import digest, use


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a run converts; frozen and picklable, so that a worker process can have it."""

    out: Path
    engine: str = "pdfium"
    force: bool = False
    omit_personal: bool = False
    labels: Labels = field(default_factory=Labels)
    limits: str = ""  # what a document may take, in words
    specs: tuple[str, ...] = ()  # folders of table specs besides ours
    at_hand: bool = True  # the files of earlier runs stand in ``out``
    max_size: int | None = None  # bytes of a source; a larger one is not read

    def version(self) -> str:
        """What decides whether an output is current: code, specs, options."""
        return f"{code_version()}+{digest()}" + ("-personal" if self.omit_personal else "")

    def failed_version(self, retry: Retry) -> str:
        """The same for a document that failed, so that it is tried again when that may help."""
        whys = {Retry.NEW_LIMITS: f" {self.limits}", Retry.ALWAYS: " again"}
        if not available():
            whys[Retry.NEW_EXTRAS] = " without ocr"
        return self.version() + whys.get(retry, "")


@lru_cache(maxsize=1)
def code_version() -> str:
    """Package version and a hash of its source."""
    from importlib.metadata import PackageNotFoundError, version

    total = hashlib.sha256()
    root = Path(__file__).resolve().parent.parent
    for package in ("extract", "parsers"):
        for path in sorted((root / package).rglob("*.py")):
            total.update(path.name.encode() + path.read_bytes())
    try:
        number = version("yusuan")
    except PackageNotFoundError:
        number = "0"
    return f"{number}.{total.hexdigest()[:8]}"


def load_specs(folders: Sequence[str | Path] = ()) -> None:
    """Read every spec, ours and those of ``folders``, as a run does before its first document.

    Patterns are tried where a folder is given; ours alone are compiled as they are needed.

    Raises ``SpecError`` for an invalid one.
    """
    use(folders)
    with nullcontext() if folders else unchecked():
        load()


def doc_id_of(data: bytes) -> str:
    """The document id: the first 16 hex digits of the SHA-256 of the source bytes."""
    return hashlib.sha256(data).hexdigest()[:16]
