"""Which change of an operator or a number does no test notice?

Each mutant changes one comparison, sum, product, ``and``/``or``, ``not``, truth or number of a module.  pytest collects the
quick tests once; a fork of it for each mutant puts the changed functions in place and runs the tests that enter them, the
quickest first.  A mutant that they pass is printed, unless ``mutants.txt`` gives a reason.

    python -m tests.mutants [--sample N] [--seed N] [--jobs N] [PART OF A MODULE'S PATH ...]     exit 1 where one is left
"""

from __future__ import annotations

import argparse
import ast
import importlib
import os
import pickle
import random
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from types import FrameType, FunctionType, ModuleType
from typing import TypeVar

import pytest
from _pytest.runner import runtestprotocol

_T = TypeVar("_T")
ROOT = Path(__file__).resolve().parent.parent
REASONS = Path(__file__).with_suffix(".txt")
MUTATED = ("extract/paper", "parsers/amounts_table", "parsers/checking", "parsers/outline", "parsers/numbers.py")
LEFT_OUT = ("extract/paper/engines", "extract/paper/scan")  # what calls libraries; their tests take minutes
TESTS = (
    "above", "alignment", "amounts", "bare_tables", "books", "captions", "checks", "completion", "cover", "facing",
    "form_pages", "golden", "grid", "grid_laws", "habits", "headings", "honest_checks", "identities", "indents",
    "laid_out_text", "layouts", "levels", "measures", "narrative", "notes", "number_shapes", "numbers", "paper",
    "places", "recognise", "spaced_numbers", "stitching", "titles", "units", "verdicts",
)  # fmt: skip
OPERATORS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip
_SLACK = 6  # a mutant may take so many times as long as its tests do without it, and 30 seconds


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
    """Every node that runs and decides something: no annotations, no decorators, no ``strict=True``."""
    yield node
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not (isinstance(child, ast.keyword) and child.arg == "strict"):
                yield from _code(child)


def reasons() -> dict[tuple[str, str, str], str]:
    """Mutants that no test can or need notice: module, line as it stands, change → reason."""
    found = {}
    for text in REASONS.read_text(encoding="utf-8").splitlines():
        if text and not text.startswith("#"):
            module, printed, change, reason = (part.strip() for part in text.split(" | "))
            found[module, printed, change] = reason
    return found


def modules(parts: Sequence[str] = ()) -> list[str]:
    """The modules that are mutated, all or those whose path has one of ``parts``."""
    found = (
        path.relative_to(ROOT).as_posix()
        for place in MUTATED
        for path in ([ROOT / place] if place.endswith(".py") else sorted((ROOT / place).rglob("*.py")))
    )
    return [m for m in found if not m.startswith(LEFT_OUT) and (not parts or any(part in m for part in parts))]


Entered = dict[str, dict[str, set[int]]]  # test → file → first lines of the functions that it enters


class Runner:
    """A plugin of pytest that runs the collected tests over each mutant, in forks, instead of once."""

    def __init__(self, mutants: list[Mutant], jobs: int) -> None:
        self._mutants, self._jobs = mutants, jobs
        self._entered: Entered = {}
        self._seconds: dict[str, float] = {}
        self.left: list[Mutant] = []
        self.failed: list[str] = []  # tests that fail without a mutant

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Runs instead of pytest's own loop."""
        self._entered, self._seconds, self.failed = _in_fork(lambda: _watched(session.items))
        if self.failed:
            return True
        print(f"{len(session.items)} tests take {sum(self._seconds.values()):.0f} s", flush=True)
        running: dict[int, tuple[Mutant, bool]] = {}  # by pid; did it get through the tests that enter its function?
        waiting = [(mutant, False) for mutant in reversed(self._mutants)]
        while waiting or running:
            while waiting and len(running) < self._jobs:
                mutant, again = waiting.pop()
                running[self._start(mutant, session.items, again)] = (mutant, again)
            pid, status = os.wait()
            mutant, again = running.pop(pid)
            if status == 0 and not again:
                waiting.append((mutant, True))
            elif status == 0:
                self.left.append(mutant)
                print(f"{mutant.module}:{mutant.line}: {mutant.change}: {mutant.printed}", flush=True)
        return True

    def _start(self, mutant: Mutant, items: list[pytest.Item], again: bool) -> int:
        """A process that ends with 0 where no test notices; ``again``: every test of a file that has one which may."""
        chosen = self._chosen(mutant, items)
        if again:
            files = {item.path for item in chosen}
            chosen = [item for item in items if item.path in files and item not in chosen]
        pid = os.fork()
        if pid:
            return pid
        signal.alarm(int(30 + _SLACK * sum(self._seconds[item.nodeid] for item in chosen)))
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
        try:
            put_in_place(mutant)
            noticed = any(_fails(item) for item in chosen)
        except BaseException:
            noticed = True
        os._exit(int(noticed))

    def _chosen(self, mutant: Mutant, items: list[pytest.Item]) -> list[pytest.Item]:
        """The tests that enter the mutant's function, or its module where it stands in none."""
        file = str(ROOT / mutant.module)
        tree = ast.parse((ROOT / mutant.module).read_text(encoding="utf-8"))
        span = next((f for f in _functions(tree) if mutant.line in f), None)
        found = [
            item for item in items
            if (lines := self._entered[item.nodeid].get(file)) and (span is None or any(n in span for n in lines))
        ]  # fmt: skip
        return sorted(found, key=lambda item: self._seconds[item.nodeid])


def _functions(tree: ast.Module) -> Iterator[range]:
    """The lines of each function and method."""
    for node in tree.body:
        for inner in node.body if isinstance(node, ast.ClassDef) else [node]:
            if isinstance(inner, ast.FunctionDef) and inner.end_lineno is not None:
                first = min([inner.lineno, *(d.lineno for d in inner.decorator_list)])
                yield range(first, inner.end_lineno + 1)


def _fails(item: pytest.Item) -> bool:
    return any(report.failed for report in runtestprotocol(item, log=False, nextitem=None))


def _watched(items: list[pytest.Item]) -> tuple[Entered, dict[str, float], list[str]]:
    """What each test enters, its seconds, and the tests that fail."""
    entered: Entered = {}
    seconds: dict[str, float] = {}
    failed = []
    ours = {str(ROOT / module) for module in modules()}
    for item in items:
        lines: dict[str, set[int]] = {}

        def watch(frame: FrameType, _: str, __: object, lines: dict[str, set[int]] = lines) -> None:
            if frame.f_code.co_filename in ours:  # told of calls only, since it asks for no more of any
                lines.setdefault(frame.f_code.co_filename, set()).add(frame.f_code.co_firstlineno)

        start = monotonic()
        sys.settrace(watch)
        try:
            if _fails(item):
                failed.append(item.nodeid)
        finally:
            sys.settrace(None)
        entered[item.nodeid], seconds[item.nodeid] = lines, monotonic() - start
    return entered, seconds, failed


def _in_fork(work: Callable[[], _T]) -> _T:
    """What ``work`` returns, this process untouched by it."""
    reader, writer = os.pipe()
    pid = os.fork()
    if not pid:
        with os.fdopen(writer, "wb") as pipe:
            pickle.dump(work(), pipe)
            pipe.flush()
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        result: _T = pickle.load(pipe)
    os.waitpid(pid, 0)
    return result


def put_in_place(mutant: Mutant) -> None:
    """Change the functions and numbers of the module that everybody has imported; what was kept of calls is forgotten."""
    name = mutant.module.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
    module = importlib.import_module(name)
    changed = ModuleType(name)
    changed.__dict__.update(__file__=module.__file__, __package__=module.__package__)
    real = sys.modules[name]
    sys.modules[name] = changed  # dataclasses look their module up
    try:
        exec(compile(mutant.source(), str(module.__file__), "exec"), changed.__dict__)
    finally:
        sys.modules[name] = real
    users = [m for n, m in list(sys.modules.items()) if n.partition(".")[0] in ("extract", "parsers", "tests")]
    for key, new in vars(changed).items():
        old = vars(module).get(key)
        if key.startswith("__") or _graft(old, new, name) or old is new or isinstance(new, ModuleType):
            continue
        for user in users:
            for alias, value in list(vars(user).items()):
                if value is old and alias == key:
                    setattr(user, alias, new)
    for user in users:
        for value in list(vars(user).values()):
            if callable(forget := getattr(value, "cache_clear", None)):
                forget()


def _graft(old: object, new: object, module: str) -> bool:
    """Give a function, or the functions of a class, the code of its namesake; false for what is neither."""
    old, new = getattr(old, "__wrapped__", old), getattr(new, "__wrapped__", new)
    if isinstance(new, property | staticmethod | classmethod):
        for part in ("fget", "__func__"):
            _graft(getattr(old, part, None), getattr(new, part, None), module)
        return True
    if isinstance(old, FunctionType) and isinstance(new, FunctionType):
        if old.__module__ == module:
            old.__code__, old.__defaults__, old.__kwdefaults__ = new.__code__, new.__defaults__, new.__kwdefaults__
        return True
    if isinstance(old, type) and isinstance(new, type):
        for key, value in vars(new).items():
            _graft(vars(old).get(key), value, module)
        return True
    return False


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("modules", nargs="*", help="part of a module's path")
    parser.add_argument("--sample", type=int, default=0, help="so many of them; 0: all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    known = reasons()
    every = [m for module in modules(asked.modules) for m in mutants_of(module)]
    mutants = [m for m in every if (m.module, m.printed, m.change) not in known]
    print(f"{len(every)} mutants, {len(every) - len(mutants)} with a reason to live", flush=True)
    if asked.sample:
        mutants = random.Random(asked.seed).sample(mutants, min(asked.sample, len(mutants)))
    runner = Runner(mutants, asked.jobs)
    files = [str(ROOT / "tests" / f"test_{name}.py") for name in TESTS if (ROOT / "tests" / f"test_{name}.py").exists()]
    options = ["--capture=no", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:terminal"]
    ended = pytest.main([*options, "--rootdir", str(ROOT), *files], plugins=[runner])
    if ended != pytest.ExitCode.OK or runner.failed:
        print("the tests do not run without a mutant:", *(runner.failed or [str(ended)]), sep="\n")
        return 2
    made, left = Counter(m.module for m in mutants), Counter(m.module for m in runner.left)
    for module, count in made.items():
        print(f"{module}: {count - left[module]} of {count} caught")
    print(f"{len(mutants) - len(runner.left)} of {len(mutants)} caught")
    return int(bool(runner.left))


if __name__ == "__main__":
    sys.exit(main())
