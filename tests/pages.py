"""Pages of documentation: their blocks, and how each kind of block is run in a folder with samples/, outputs/ and panel/."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

from typer.main import get_command
from typer.testing import CliRunner

from extract.cli import app

ROOT = Path(__file__).resolve().parent.parent
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.S | re.M)
_LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+)$", re.M)


def blocks(page: Path) -> list[tuple[str, str]]:
    """``(language, text)`` of each fenced block."""
    return [(language, text) for language, text in _BLOCK.findall(page.read_text(encoding="utf-8"))]


def broken_links(page: Path) -> list[str]:
    """Links of a page to files that are not there, or to headings that nothing has."""
    text = _BLOCK.sub("", page.read_text(encoding="utf-8"))
    found = []
    for target in _LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        place = (page.parent / name).resolve() if name else page
        if not place.exists() or (anchor and anchor not in _anchors(place)):
            found.append(target)
    return found


def _anchors(page: Path) -> set[str]:
    headings = _HEADING.findall(_BLOCK.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", h.lower()).strip().replace(" ", "-") for h in headings}


def known_commands() -> dict[str, set[str]]:
    """The options of each command."""
    return _options(get_command(app), "")


def _options(group: Any, name: str) -> dict[str, set[str]]:
    found = {name.strip(): {o for p in group.params for o in p.opts}}
    for inner, command in getattr(group, "commands", {}).items():
        found |= _options(command, f"{name} {inner}")
    return found


def commands(text: str) -> list[list[str]]:
    """The words of each ``yusuan`` line of a console block, without comments."""
    lines = (line.removeprefix("$ ").removeprefix("> ").removeprefix(".venv/bin/") for line in text.splitlines())
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("yusuan ")]


def run_block(language: str, text: str) -> None:
    """Run a block in the current folder; a command that names a folder or a file which is not there is looked at only."""
    if language == "python":
        exec(compile(text, "page", "exec"), {})
    elif language == "sql":
        done = CliRunner().invoke(app, ["query", text, "--outputs", "panel", "--csv"])
        assert done.exit_code == 0 and len(done.stdout.splitlines()) > 1, done.stderr
    elif language == "console":
        for words in commands(text):
            if _runs(words):
                done = CliRunner().invoke(app, words)
                assert done.exit_code == 0, (words, done.stderr)


def _runs(words: list[str]) -> bool:
    inputs = {"samples", "outputs", "panel"}
    return words[0] in ("extract", "status", "check", "collect", "query", "export") and bool(inputs & set(words))
