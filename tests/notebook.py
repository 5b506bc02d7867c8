"""Run a notebook's cells and write their outputs into it, without Jupyter:  python -m tests.notebook docs/figures.ipynb

The cells run in one namespace, in a folder with samples/ beside them.  What they print and the figures that are open at
the end of a cell become its outputs.  A cell with the tag ``figure`` needs the extra ``docs``.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
Cell = dict[str, Any]


def code_cells(notebook: dict[str, Any]) -> list[Cell]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def draws(cell: Cell) -> bool:
    """Does the cell need matplotlib?"""
    return "figure" in cell["metadata"].get("tags", ())


def run_cells(cells: list[Cell], folder: Path) -> list[str]:
    """What each cell prints, run in ``folder``, where samples/ is laid beside."""
    (folder / "samples").symlink_to(ROOT / "samples")
    names: dict[str, Any] = {}
    printed = []
    with contextlib.chdir(folder):
        for cell in cells:
            stream = io.StringIO()
            with contextlib.redirect_stdout(stream):
                exec(compile("".join(cell["source"]), "notebook", "exec"), names)
            printed.append(stream.getvalue())
            if draws(cell):
                cell["figures"] = _figures()
    return printed


def _figures() -> list[str]:
    from matplotlib import pyplot

    found = []
    for number in pyplot.get_fignums():
        image = io.BytesIO()
        pyplot.figure(number).savefig(image, format="png", dpi=72, bbox_inches="tight")
        found.append(base64.b64encode(image.getvalue()).decode())
    pyplot.close("all")
    return found


def main(path: Path) -> None:
    """Write the outputs of ``path``'s cells into it."""
    os.environ["MPLBACKEND"] = "Agg"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cells = code_cells(notebook)
    with tempfile.TemporaryDirectory() as folder:
        printed = run_cells(cells, Path(folder))
    for number, (cell, text) in enumerate(zip(cells, printed, strict=True), start=1):
        outputs: list[Cell] = (
            [{"output_type": "stream", "name": "stdout", "text": text.splitlines(True)}] if text else []
        )
        for image in cell.pop("figures", ()):
            outputs.append({"output_type": "display_data", "metadata": {}, "data": {"image/png": image}})
        cell.update(outputs=outputs, execution_count=number)
    path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
