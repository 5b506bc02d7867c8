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
OURS = {"extract", "parsers", "samples", "tests"}
SEES_BOTH = (
    "extract.api",
    "extract.convert",
    "extract.proofread",
    "extract.recipe",
    "extract.frames",
    "extract.cli",
    "extract.store",
    "extract.views",
    "extract.batch",
)
PARQUET = ("extract.store",)
MOST_MODULES = 13  # in one folder
MOST_LINES = 400  # of one module
LONG = {  # modules still to be divided: none is added
    "extract.cli",
    "extract.paper.engines.pdfium",
    "extract.paper.unruled.alignment",
}


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def _imports(path: Path, top_level: bool = False) -> Iterator[str]:
    """Modules that ``path`` imports, late ones too unless ``top_level``."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body if top_level else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def _within(name: str, *packages: str) -> bool:
    return any(name == p or name.startswith(f"{p}.") for p in packages)


def _wrong(name: str, imported: str) -> str | None:
    """Why module ``name`` must not import ``imported``; ``None`` where it may."""
    top = imported.partition(".")[0]
    if top in PDF_LIBRARIES and not _within(name, "extract.paper.engines"):
        return "only engines import a PDF library"
    if _within(imported, "extract.cli") and name != "extract.__main__":
        return "nobody imports the command"
    if imported == "pyarrow.parquet" and not _within(name, *PARQUET):
        return "only the store knows Parquet"
    if top == "pandas" and name not in ("extract.frames", "extract.store.export.statistics"):
        return "only frames, and the files of Stata and SPSS, know pandas"
    if top not in OURS:
        return None
    if name == "extract.errors":
        return "errors stand alone"
    if _within(name, "extract.paper.model"):
        return "the model stands alone"
    if _within(name, "extract.paper") and not _within(imported, "extract.paper", "extract.errors"):
        return "paper knows nothing of ours but itself"
    if _within(name, "extract.doors") and not _within(imported, "extract.doors", "extract.paper", "extract.errors"):
        return "doors know paper only"
    if _within(name, "parsers") and not _within(imported, "parsers", "extract.paper.model", "extract.errors"):
        return "parsers know budgets, and no paper but the model"
    if _within(imported, "parsers") and not _within(name, "parsers", *SEES_BOTH):
        return "only what joins the two halves sees both"
    return None


def _modules(imported: str) -> str | None:
    """The module file that an imported name stands for, if it is one of ours."""
    path = ROOT.joinpath(*imported.split("."))
    if path.with_suffix(".py").exists() or (path / "__init__.py").exists():
        return imported
    return None


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_import_rules(path: Path) -> None:
    wrong = {imported: why for imported in _imports(path) if (why := _wrong(_name(path), imported))}
    assert wrong == {}


def test_rules_can_fail() -> None:
    assert _wrong("parsers.amounts_table.rows", "pdfplumber")
    assert _wrong("extract.paper.ruled.grid", "parsers.numbers")
    assert _wrong("extract.paper.ruled.grid", "extract.doors")
    assert _wrong("parsers.parse", "extract.paper.ruled.grid")
    assert _wrong("extract.doors.text", "parsers.numbers")
    assert _wrong("extract.errors", "extract.paper.model")
    assert not _wrong("extract.paper.engines.plumber", "pdfplumber")
    assert not _wrong("parsers.parse", "extract.paper.model")


def test_no_import_goes_in_a_circle() -> None:
    graph: dict[str, set[str]] = {}
    for path in [*SOURCES, *(ROOT / "samples").glob("*.py")]:
        name = _name(path).removesuffix(".__init__")
        graph[name] = {m for i in _imports(path, top_level=True) if (m := _modules(i)) and m != name}
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " → ".join((*trail, name))
        if name not in done:
            for other in graph.get(name, ()):
                visit(other, (*trail, name))
            done.add(name)

    for name in graph:
        visit(name, ())


def test_no_folder_is_crowded() -> None:
    folders = {path.parent for path in SOURCES}
    counts = {str(f.relative_to(ROOT)): len([p for p in f.glob("*.py") if p.stem != "__init__"]) for f in folders}
    assert {f: n for f, n in counts.items() if n > MOST_MODULES} == {}


def test_no_module_is_long() -> None:
    assert {_name(p) for p in SOURCES if len(p.read_text(encoding="utf-8").splitlines()) > MOST_LINES} == LONG


def test_paper_works_without_parsers() -> None:
    program = (
        "import sys\n"
        "class Absent:\n"
        "    @staticmethod\n"
        "    def find_spec(name, path=None, target=None):\n"
        "        if name.split('.')[0] == 'parsers': raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Absent)\n"
        "from pathlib import Path\n"
        "from extract.doors import read_document\n"
        "from extract.paper.model import TablePart\n"
        "from extract.paper.stitching import join\n"
        "document = read_document(Path('samples/portrait_numbered.pdf').read_bytes(), '.pdf')\n"
        "parts = [b for page in document.pages for b in page.blocks if isinstance(b, TablePart)]\n"
        "print(len(parts), len(join(parts[:2]).rows))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    parts, rows = map(int, done.stdout.split())
    assert parts > 10 and rows > 10


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
