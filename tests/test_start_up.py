"""What a run loads: a process that only converts needs no numpy, no pandas and not the command's own libraries;
and what it gives back."""

from __future__ import annotations

import ctypes
import json
import subprocess
import sys
from pathlib import Path

import pytest

from extract.batch.system import Thrift

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
_NEEDLESS = {
    "numpy", "pandas", "pyarrow.compute", "pyarrow.dataset", "pypdfium2", "pdfplumber", "pdfminer", "lxml", "jinja2", "rich.console",
    "PIL", "cloudpickle", "dateutil", "fsspec", "dask", "asyncio", "rapidocr", "onnxruntime", "cv2", "xlrd", "duckdb",
}  # fmt: skip


def printed(program: str, *arguments: object, folder: Path) -> str:
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def test_a_worker_loads_what_conversion_needs(tmp_path: Path) -> None:
    program = (
        "import sys, json\nimport extract.batch.worker\nfrom pathlib import Path\nfrom extract.convert import Recipe, convert\n"
        "statuses = [convert(Path(name), Recipe(Path(sys.argv[1]))).status for name in sys.argv[2:]]\n"
        f"print(json.dumps([statuses, sorted(set(sys.modules) & set({sorted(_NEEDLESS | {'typer'})}))]))"
    )
    sources = [SAMPLES / "numbered_text.txt", SAMPLES / "portrait_numbered.pdf"]
    assert json.loads(printed(program, tmp_path, *sources, folder=tmp_path)) == [["成功", "成功"], []]


def test_the_command_loads_no_numpy_and_no_rich(tmp_path: Path) -> None:
    """rich is for tables and bars: a run whose output nobody watches prints lines."""
    program = (
        "import sys, json\nfrom extract.cli import main\nsys.argv[1:] = ['extract', sys.argv[1], '-o', 'out', '-q']\n"
        "try:\n    main()\nexcept SystemExit: pass\n"
        f"print(json.dumps(sorted(set(sys.modules) & set({sorted(_NEEDLESS)}))))"
    )
    assert json.loads(printed(program, SAMPLES / "numbered_text.txt", folder=tmp_path).splitlines()[-1]) == []
    assert list((tmp_path / "out" / "文档清单").glob("*.parquet"))


@pytest.mark.skipif(sys.platform != "linux", reason="servers are copies of the command on Linux only")
def test_the_command_starts_no_other_interpreter(tmp_path: Path) -> None:
    """Everything is imported once: by the command, of which the fork server is a copy."""
    program = (
        "import sys, _posixsubprocess\nfrom extract.cli import main\n"
        "def refused(*_): raise RuntimeError('an interpreter is started')\n"
        "_posixsubprocess.fork_exec = refused\n"
        "sys.argv[1:] = ['extract', sys.argv[1], '-o', 'out', '-q', '--jobs', '2']\nmain()"
    )
    printed(program, SAMPLES / "numbered_text.txt", folder=tmp_path)
    assert list((tmp_path / "out" / "文档清单").glob("*.parquet"))


def test_a_script_without_a_guard_converts_in_workers(tmp_path: Path) -> None:
    """Workers do not run the caller's script again: ``if __name__ == "__main__"`` is not asked of it."""
    script = tmp_path / "script.py"
    script.write_text(
        "import sys\nfrom extract.batch.run import Options, convert_all\nprint('begun')\n"
        "print([r.status for r in convert_all([sys.argv[1]], 'out', Options(jobs=1, quiet=True)).results])\n",
        encoding="utf-8",
    )
    command = [sys.executable, str(script), str(SAMPLES / "numbered_text.txt")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["begun", "['成功']"]


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="another allocator than glibc's")
def test_memory_that_a_document_took_is_given_back(tmp_path: Path) -> None:
    """In a process of its own: in one that has grown, the junk fills holes between what others remember."""
    program = (
        "import os\nfrom extract.batch.system import resident\n"
        f"from {Thrift.__module__} import Thrift\n"
        "thrift = Thrift(spare=8.0)\n"
        "junk = [bytes(1000) for _ in range(64_000)]\n"
        "kept = junk[::1000]\n"  # as what a process remembers of a document does, they keep the rest from being given back
        "del junk\n"
        "before = resident(os.getpid()) or 0.0\n"
        "thrift.look()\n"
        "print(before - (resident(os.getpid()) or 0.0), len(kept))\n"
    )
    given, kept = printed(program, folder=tmp_path).split()
    assert float(given) > 32
    assert kept == "64"
