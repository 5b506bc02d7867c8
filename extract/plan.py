"""Which sources a run converts: files, folders (recursive) and globs, each once, in a fixed order."""

from __future__ import annotations

import glob
from pathlib import Path

from extract.errors import NothingToDo

SUFFIXES = frozenset({".pdf", ".txt", ".md"})


def find_sources(inputs: list[str]) -> list[Path]:
    """Expand ``inputs``; a path that does not exist stays in the list, to become a 失败 row."""
    found: dict[Path, None] = {}
    for given in inputs:
        path = Path(given)
        if path.is_dir():
            for inner in sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file()):
                found.setdefault(inner)
        elif path.exists() or not glob.has_magic(given):
            found.setdefault(path)
        else:
            for name in sorted(glob.glob(given, recursive=True)):
                if Path(name).suffix.lower() in SUFFIXES:
                    found.setdefault(Path(name))
    if not found:
        raise NothingToDo("no .pdf, .txt or .md file in what was given")
    return list(found)
