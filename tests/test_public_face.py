"""``import extract`` offers a few names, loads nothing for it, and says what each gives and raises."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import extract
from extract.errors import ExtractError

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "samples" / "portrait_numbered.pdf"


def test_import_is_light() -> None:
    """The import alone loads no library of others and no module of ours."""
    script = (
        "import sys; before = set(sys.modules); import extract; "
        "print(*{m for m in set(sys.modules) - before if m != 'extract' and m.partition('.')[0] not in "
        "sys.stdlib_module_names}); dir(extract); assert 'read_frames' in dir(extract)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


def test_every_public_name_is_there_and_documented() -> None:
    for name in extract.__all__:
        found = getattr(extract, name)
        assert isinstance(found, str) or "``" in (found.__doc__ or ""), name
    with pytest.raises(AttributeError, match="no attribute 'read_budget'"):
        extract.read_budget  # type: ignore[attr-defined]  # noqa: B018


def test_version_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    # a checkout may be newer than what is installed
    installed = extract.__version__.split(".")
    assert len(installed) == 3 and installed <= project["version"].split(".")
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"(?m)^## \[(.*?)\]", changes)[0] == project["version"]
    assert set(re.findall(r"(?m)^### (.*)$", changes)) <= {
        "Added",
        "Changed",
        "Deprecated",
        "Removed",
        "Fixed",
        "Security",
    }


def test_document_tables_and_frames_say_the_same() -> None:
    document = extract.read_document(SAMPLE)
    tables = extract.read_tables(SAMPLE)
    frames = extract.read_frames(str(SAMPLE))
    assert len(document.pages) == document.page_count and document.engine == "pdfium"
    spending = next(t for t in tables if t.dataset == "支出总表")
    assert spending.raw is not None and spending.raw.pages == [5]
    assert spending.records()["支出总表"][0]["原文"] == frames["支出总表"]["原文"].iloc[0] == "14,299.34"


@pytest.mark.parametrize("call", ["read_document", "read_tables", "read_frames"])
def test_what_cannot_be_read_raises_an_extract_error(call: str, tmp_path: Path) -> None:
    with pytest.raises(ExtractError):
        getattr(extract, call)(tmp_path / "absent.pdf")
    (tmp_path / "empty.pdf").write_bytes(b"")
    with pytest.raises(ExtractError):
        getattr(extract, call)(tmp_path / "empty.pdf")
