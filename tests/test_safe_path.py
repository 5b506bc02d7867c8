"""A folder of downloads may hold Python files.  None of them is ever run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent.parent
# what the interpreter, the standard library's servers and we import by name
NAMES = ("numbers", "parsers", "multiprocessing", "json", "typing", "decimal", "regex", "pyarrow", "samples", "typer")
CONSOLE = Path(sys.executable).with_name("yusuan")
WAYS = {
    "console script": [CONSOLE, "extract"],
    "console script, no workers": [CONSOLE, "extract", "--jobs", "0"],
    "module": [sys.executable, "-m", "extract.cli", "extract"],
    "dask": [CONSOLE, "extract", "--cluster", "local", "--jobs", "1"],
}


@pytest.mark.parametrize("way", WAYS)
def test_no_module_among_the_documents_is_run(way: str, tmp_path: Path) -> None:
    folder, outputs = tmp_path / "downloads", tmp_path / "out"
    folder.mkdir()
    shutil.copy(HERE / "samples/numbered_text.txt", folder)
    ran = tmp_path / "ran"
    # with -m the interpreter itself looks for the package in the current folder, before a line of ours runs
    names = NAMES if way == "module" else (*NAMES, "extract")
    for name in names:
        (folder / f"{name}.py").write_text(f"open({str(ran)!r}, 'a').write('{name} ')\n")
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONSAFEPATH")}
    done = subprocess.run(
        [*WAYS[way], ".", "-o", outputs, "-q"], cwd=folder, env=environment, capture_output=True, timeout=120
    )
    assert not ran.exists(), ran.read_text()
    assert done.returncode == 0, done.stderr.decode()
    assert list((outputs / "文档清单").glob("*.parquet"))
