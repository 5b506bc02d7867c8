"""The import rules of the tree, the one place that catches everything, and a quick ``--help``."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted(p for package in ("extract", "parsers") for p in (ROOT / package).rglob("*.py"))
PDF_LIBRARIES = {"pdfplumber", "pdfminer", "pypdfium2", "pypdfium2_raw", "pikepdf"}
PURE = {"geometry", "grid", "cells", "bands", "runs", "heads", "aligned", "implied", "layout", "stitch"}


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def _wrong(path: Path, imported: str) -> str | None:
    name, top = _name(path), imported.partition(".")[0]
    if top in PDF_LIBRARIES and not name.startswith("extract.engines."):
        return "only engines import a PDF library"
    if imported.startswith("extract.cli"):
        return "nobody imports the command"
    if imported == "pyarrow.parquet" and name not in ("extract.sink", "extract.collect"):
        return "only the sink and collect write Parquet"
    if top == "pandas" and name != "extract.frames":
        return "only frames knows pandas"
    if name in ("extract.model", "extract.errors") and top in ("extract", "parsers"):
        return "model and errors stand alone"
    if name.startswith("parsers") and top == "extract" and imported not in (
        "extract.model", "extract.errors", "extract.stitch",
    ):  # fmt: skip
        return "parsers know budgets, not paper"
    if name.removeprefix("extract.") in PURE | {"engines"} and top == "parsers":
        return "paper knows no budgets"
    if name.removeprefix("extract.") in PURE and top in {"os", "io", "pathlib", "pyarrow", "rich", "typer"}:
        return "geometry is pure"
    if name.startswith("extract.engines") and top == "parsers":
        return "engines know no budgets"
    return None


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_import_rules(path: Path) -> None:
    wrong = {imported: why for imported in _imports(path) if (why := _wrong(path, imported))}
    assert wrong == {}


def test_rules_can_fail() -> None:
    assert _wrong(ROOT / "parsers/tidy.py", "pdfplumber")
    assert _wrong(ROOT / "extract/grid.py", "parsers.tidy")
    assert _wrong(ROOT / "parsers/tidy.py", "extract.grid")
    assert not _wrong(ROOT / "extract/engines/plumber.py", "pdfplumber")


def test_one_place_catches_exception() -> None:
    broad = {"Exception", "BaseException"}
    found = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler):
                names = {n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)} if node.type else broad
                if names & broad:
                    found.append(_name(path))
    assert found == ["extract.convert"]


def test_help_is_quick_and_light() -> None:
    program = (
        "import sys, time, json\nstart = time.process_time()\nfrom extract.cli import app\n"
        "try:\n    app(['--help'])\nexcept SystemExit: pass\n"
        "heavy = sorted(set(sys.modules) & {'pandas', 'pyarrow', 'pdfplumber', 'pypdfium2', 'numpy'})\n"
        "print(json.dumps([heavy, time.process_time() - start]), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    heavy, seconds = json.loads(done.stderr.splitlines()[-1])
    assert "inspect" in done.stdout
    assert heavy == []
    assert seconds < 1.0  # the aim is 0.3; a busy machine gets some room


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_modules_say_what_they_are(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not text.strip() or ast.get_docstring(ast.parse(text))
