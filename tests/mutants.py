"""Which change of an operator or a number does no test notice?

Each mutant changes one comparison, sum, product, ``and``/``or``, ``not``, truth or number of a module; the quick tests of
that module run over it in a copy of the tree.  A mutant that they pass is printed, unless ``mutants.txt`` gives a reason.

    python -m tests.mutants [--sample N] [--seed N] [--jobs N] [PART OF A MODULE'S PATH ...]     exit 1 where one is left
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from time import monotonic

ROOT = Path(__file__).resolve().parent.parent
REASONS = Path(__file__).with_suffix(".txt")
PAPER = ("test_grid", "test_grid_laws", "test_stitching", "test_golden", "test_layouts")
BUDGETS = (
    "test_numbers",
    "test_amounts",
    "test_golden",
    "test_layouts",
    "test_indents",
    "test_headings",
    "test_places",
)
TESTS = {
    "extract/paper/ruled/grid.py": PAPER,
    "extract/paper/ruled/cells.py": PAPER,
    "extract/paper/stitching.py": PAPER,
    "parsers/amounts_table/header.py": BUDGETS,
    "parsers/amounts_table/columns.py": BUDGETS,
    "parsers/amounts_table/rows.py": BUDGETS,
    "parsers/amounts_table/levels/choice.py": BUDGETS,
    "parsers/amounts_table/levels/leaves.py": BUDGETS,
    "parsers/amounts_table/levels/nesting.py": BUDGETS,
    "parsers/amounts_table/levels/settle.py": BUDGETS,
    "parsers/amounts_table/levels/sums.py": BUDGETS,
    "parsers/amounts_table/levels/witnesses.py": BUDGETS,
    "parsers/numbers.py": BUDGETS,
    "parsers/checking/identities.py": ("test_checks", "test_golden"),
}
OPERATORS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip
COPIED = ("extract", "parsers", "samples", "tests", "pyproject.toml")
_SLACK = 4.0  # a mutant may take so many times as long as the tests without one, and 20 seconds


@dataclass(frozen=True)
class Mutant:
    """One change of one module; ``line`` counts from 1."""

    module: str
    line: int
    printed: str  # the line as it stands
    change: str
    number: int  # its place among the mutants of the module

    def source(self) -> str:
        """The whole module, changed."""
        tree = ast.parse((ROOT / self.module).read_text(encoding="utf-8"))
        list(_places(tree))[self.number][1].apply()
        return ast.unparse(tree)


def mutants_of(module: str) -> list[Mutant]:
    """Every mutant of a module."""
    source = (ROOT / module).read_text(encoding="utf-8")
    lines = source.splitlines()
    return [
        Mutant(module, line, lines[line - 1].strip(), place.change, n)
        for n, (line, place) in enumerate(_places(ast.parse(source)))
    ]


@dataclass
class _Place:
    """Where a node can be changed: a field of it, or an element of that field."""

    node: ast.AST
    field: str
    index: int | None
    new: object
    change: str

    def apply(self) -> None:
        if self.index is None:
            setattr(self.node, self.field, self.new)
        else:
            getattr(self.node, self.field)[self.index] = self.new


def _places(tree: ast.AST) -> Iterator[tuple[int, _Place]]:
    for node in _code(tree):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Compare):
            for i, op in enumerate(node.ops):
                if type(op) in OPERATORS:
                    yield line, _swapped(node, "ops", i, op)
        elif isinstance(node, ast.BinOp | ast.BoolOp) and type(node.op) in OPERATORS:
            if not (isinstance(node.op, ast.Div) and isinstance(getattr(node, "right", None), ast.Constant)):
                yield line, _swapped(node, "op", None, node.op)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            yield line, _Place(node, "op", None, ast.UAdd(), "not → (nothing)")
        elif isinstance(node, ast.Constant) and isinstance(node.value, bool | int | float):
            old = node.value
            new: object = not old if isinstance(old, bool) else old + 1 if isinstance(old, int) else old * 2
            yield line, _Place(node, "value", None, new, f"{old} → {new}")


def _swapped(node: ast.AST, field: str, index: int | None, op: ast.AST) -> _Place:
    new = OPERATORS[type(op)]
    return _Place(node, field, index, new(), f"{type(op).__name__} → {new.__name__}")


def _code(node: ast.AST) -> Iterator[ast.AST]:
    """Every node that runs: no annotations, no decorators."""
    yield node
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _code(child)


def reasons() -> dict[tuple[str, str, str], str]:
    """Mutants that no test can or need notice: module, line as it stands, change → reason."""
    found = {}
    for text in REASONS.read_text(encoding="utf-8").splitlines():
        if text and not text.startswith("#"):
            module, printed, change, reason = (part.strip() for part in text.split(" | "))
            found[module, printed, change] = reason
    return found


class Trees:
    """Copies of the tree, one for each test run at a time."""

    def __init__(self, folder: Path, count: int) -> None:
        self._free: SimpleQueue[Path] = SimpleQueue()
        for n in range(count):
            tree = folder / str(n)
            tree.mkdir()
            for name in COPIED:
                if (ROOT / name).is_dir():
                    shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
                else:
                    shutil.copy(ROOT / name, tree / name)
            self._free.put(tree)

    def passes(self, module: str, source: str, seconds: float) -> bool:
        """Do the tests of ``module`` pass with this ``source`` in its place, within ``seconds``?"""
        tree = self._free.get()
        own = (tree / module).read_text(encoding="utf-8")
        (tree / module).write_text(source, encoding="utf-8")
        tests = [f"tests/{name}.py" for name in TESTS[module] if (tree / "tests" / f"{name}.py").exists()]
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(tree)}
        try:
            done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, timeout=seconds)
            return done.returncode == 0
        except subprocess.TimeoutExpired:
            return False
        finally:
            (tree / module).write_text(own, encoding="utf-8")
            self._free.put(tree)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("modules", nargs="*", help="part of a module's path")
    parser.add_argument("--sample", type=int, default=0, help="so many of them; 0: all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    modules = [m for m in TESTS if not asked.modules or any(part in m for part in asked.modules)]
    known = reasons()
    every = [m for module in modules for m in mutants_of(module)]
    mutants = [m for m in every if (m.module, m.printed, m.change) not in known]
    print(f"{len(every)} mutants, {len(every) - len(mutants)} with a reason to live", flush=True)
    if asked.sample:
        mutants = random.Random(asked.seed).sample(mutants, min(asked.sample, len(mutants)))
    with tempfile.TemporaryDirectory() as folder:
        trees = Trees(Path(folder), asked.jobs)
        limits: dict[str, float] = {}
        for module in modules:
            alike = next((m for m in limits if TESTS[m] == TESTS[module]), None)
            if alike:
                limits[module] = limits[alike]
                continue
            start = monotonic()
            if not trees.passes(module, ast.unparse(ast.parse((ROOT / module).read_text(encoding="utf-8"))), 600):
                print(f"{module}: its tests fail without a mutant")
                return 2
            limits[module] = 20 + _SLACK * (monotonic() - start)

        def lives(mutant: Mutant) -> bool:
            left = trees.passes(mutant.module, mutant.source(), limits[mutant.module])
            if left:
                print(f"{mutant.module}:{mutant.line}: {mutant.change}: {mutant.printed}", flush=True)
            return left

        with ThreadPoolExecutor(asked.jobs) as pool:
            left = sum(pool.map(lives, mutants))
    print(f"{len(mutants) - left} of {len(mutants)} caught")
    return int(left > 0)


if __name__ == "__main__":
    sys.exit(main())
