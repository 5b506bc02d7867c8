"""LibreOffice runs in a profile of its own, without macros, and no longer than it may."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from extract.doors import libreoffice
from extract.errors import Damaged, NeedsOffice


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program in LibreOffice's place; it notes its profile's settings and hangs, as does what it has started."""
    if os.name != "posix":
        pytest.skip("a shell script")
    path = tmp_path / "soffice"
    path.write_text(
        "#!/bin/sh\n"
        f'profile=$(printf %s "$1" | sed s,^-env:UserInstallation=file://,,)\n'
        f'cp "$profile/user/registrymodifications.xcu" {tmp_path}/settings\n'
        f"sleep 60 & echo $! > {tmp_path}/child\nwait\n"
    )
    path.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    return path


def test_it_ends_in_time_with_all_it_started(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libreoffice, "_SECONDS", 2)
    with pytest.raises(Damaged):
        libreoffice.converted(b"x", "doc", "docx")
    settings = program.with_name("settings").read_text()
    assert 'oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value>' in settings
    child = int(program.with_name("child").read_text())
    for _ in range(100):
        if not _runs(child):
            return
        time.sleep(0.1)
    pytest.fail("what it started runs on")


def _runs(number: int) -> bool:
    state = Path(f"/proc/{number}/stat")
    if Path("/proc/self").exists():
        return state.exists() and state.read_text().rpartition(")")[2].split()[0] != "Z"
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


def test_without_it_there_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NeedsOffice) as raised:
        libreoffice.converted(b"x", "doc", "docx")
    assert "\n" not in raised.value.line() and ".doc" in raised.value.line()
