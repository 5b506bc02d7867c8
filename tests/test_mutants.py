"""The mutants are real changes of code that runs, and every reason to live belongs to one of them."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.mutants import ROOT, TESTS, modules, mutants_of, reasons


def test_each_mutant_changes_its_module_once() -> None:
    module = "parsers/numbers.py"
    plain = ast.unparse(ast.parse((ROOT / module).read_text(encoding="utf-8"))).splitlines()
    mutants = mutants_of(module)
    assert len(mutants) > 20
    for mutant in mutants[::4]:
        changed = mutant.source().splitlines()
        assert sum(a != b for a, b in zip(plain, changed, strict=True)) == 1, mutant


def test_every_reason_belongs_to_a_mutant() -> None:
    known = {(m.module, m.printed, m.change) for module in modules() for m in mutants_of(module)}
    assert set(reasons()) <= known


def test_modules_and_hooks_exist() -> None:
    assert len(modules()) > 50
    assert all((ROOT / "tests" / f"test_{name}.py").exists() for name in TESTS)
    named = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert all(Path(ROOT, word).exists() for word in named.split() if word.startswith("tests/"))
