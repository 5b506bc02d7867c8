"""LibreOffice, where it is installed, for the formats that only it can read."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from extract.errors import Damaged, NeedsOffice

_SECONDS = 100


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
        try:
            subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False, stdin=subprocess.DEVNULL)
            return Path(folder, "out", f"source.{wanted}").read_bytes()
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Damaged(f"LibreOffice could not convert the .{suffix}") from error
