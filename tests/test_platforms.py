"""Windows and macOS, as far as Linux can stand in for them: no ``resource``, no ``fcntl``, no fork, no timers."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from extract.batch.run import Options, convert_all
from tests.test_pool import batch, contents

ROOT = Path(__file__).resolve().parent.parent
POSIX_ONLY = {"resource", "fcntl", "pwd", "grp", "termios", "posix", "syslog"}
STAND_IN = f"""
import sys
class Absent:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name in {sorted(POSIX_ONLY - {"posix"})!r}: raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Absent)
import signal, multiprocessing.context as context
for name in ('setitimer', 'ITIMER_REAL', 'ITIMER_VIRTUAL', 'SIGVTALRM', 'SIGALRM', 'SIGCONT'):
    delattr(signal, name)
import multiprocessing
multiprocessing.set_start_method('spawn')
for name in ('fork', 'forkserver'):
    del context._concrete_contexts[name]
multiprocessing.get_all_start_methods = lambda: ['spawn']
"""


def test_no_posix_module_is_imported_at_the_top() -> None:
    found = []
    for path in (p for package in ("extract", "parsers") for p in (ROOT / package).rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [(path.name, name) for name in names if name.split(".")[0] in POSIX_ONLY]
    assert found == []


@pytest.mark.skipif(os.name != "posix", reason="a stand-in")
def test_a_run_without_fork_timers_and_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same bytes as here; a bad document costs only itself."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(STAND_IN, encoding="utf-8")
    batch(tmp_path / "in", 2)
    (tmp_path / "in" / "web.pdf").write_bytes(b"<html>")
    monkeypatch.chdir(tmp_path)
    convert_all(["in"], "here", Options(quiet=True, jobs=0))
    command = [sys.executable, "-m", "extract.cli", "extract", "in", "-o", "there", "--jobs", "1", "-q"]
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path / 'site'}{os.pathsep}{ROOT}"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1 and "NotAPDF" in done.stderr and "Traceback" not in done.stderr, done.stderr
    assert contents(tmp_path / "here") == contents(tmp_path / "there")


@pytest.mark.skipif(os.name != "posix", reason="a stand-in")
def test_the_stand_in_is_one(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(STAND_IN, encoding="utf-8")
    program = (
        "import multiprocessing as m, signal\nassert m.get_all_start_methods() == ['spawn']\n"
        "from extract.batch.system import bound_memory, set_alarm\n"
        "from extract.batch.fork_server import worker_context\n"
        "assert not bound_memory(1 << 40); set_alarm(1); assert worker_context().get_start_method() == 'spawn'\n"
        "from extract.paper.cpu_limit import bounded\n"
        "with bounded(1, 1): pass\n"
    )
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
