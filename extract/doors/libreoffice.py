"""LibreOffice, where it is installed, for the formats that only it can read."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from extract.errors import Damaged, NeedsOffice

_SECONDS = 100
_SETTINGS = (  # no macro runs, no link is followed or refreshed
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Writer/Content/Update", "Link", "0"),
    ("Calc/Content/Update", "Link", "2"),
)


def converted(data: bytes, suffix: str, wanted: str) -> bytes:
    """The document in another format.  Raises ``NeedsOffice`` without LibreOffice and ``Damaged`` where it fails."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise NeedsOffice(f"a .{suffix} is read through LibreOffice, which is not installed")
    with tempfile.TemporaryDirectory(prefix="yusuan-", ignore_cleanup_errors=True) as folder:
        source = Path(folder, f"source.{suffix}")
        source.write_bytes(data)
        # a profile of its own: no macros that a user has allowed, no lock that another document holds
        command = [
            program, f"-env:UserInstallation={Path(folder, 'profile').as_uri()}", "--headless", "--norestore",
            "--nolockcheck", "--convert-to", wanted, "--outdir", str(Path(folder, "out")), str(source),
        ]  # fmt: skip
        _write_profile(Path(folder, "profile"))
        try:
            _run(command)
            return Path(folder, "out", f"source.{wanted}").read_bytes()
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Damaged(f"LibreOffice could not convert the .{suffix}") from error


def _run(command: list[str]) -> None:
    """Run it within the limit; what it has started ends with it.  Raises ``OSError`` or ``TimeoutExpired``."""
    silent = subprocess.DEVNULL
    with subprocess.Popen(command, stdin=silent, stdout=silent, stderr=silent, start_new_session=True) as started:
        try:
            started.wait(_SECONDS)
        finally:
            if started.poll() is None:
                with contextlib.suppress(OSError, AttributeError):  # Windows has no groups to end
                    os.killpg(started.pid, signal.SIGKILL)
                started.kill()


def _write_profile(profile: Path) -> None:
    """A profile with the settings above; LibreOffice fills in the rest."""
    items = "".join(
        f'<item oor:path="/org.openoffice.Office.{path}"><prop oor:name="{name}" oor:op="fuse">'
        f"<value>{value}</value></prop></item>"
        for path, name, value in _SETTINGS
    )
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">'
        f"{items}</oor:items>",
        encoding="utf-8",
    )
