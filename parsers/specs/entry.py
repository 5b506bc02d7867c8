"""Checked access to one table of a TOML file: every error names the file, the key and the nearest known word."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import regex

from extract.errors import SpecError
from parsers.specs.model import Words

_SHOWN = 12
_CHECKING = ContextVar("checking", default=True)


def read_toml(path: Path) -> dict[str, Any]:
    """A spec file as it stands; raises ``SpecError`` for what is no TOML or cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SpecError(f"{path.name}: {error}") from error
    except OSError as error:
        raise SpecError(f"{path.name}: cannot read: {error.strerror or error}") from error


def unknown(word: str, known: Collection[str]) -> str:
    """``'支 出' is not known: do you mean '支出'?``, or the known words where none is near."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    if near:
        return f"{word!r} is not known: do you mean {near[0]!r}?"
    names = sorted(known)
    more = ", …" if len(names) > _SHOWN else ""
    return f"{word!r} is not known; known are {', '.join(names[:_SHOWN])}{more}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A table of a spec file.  ``where`` names file and place in every ``SpecError`` raised here."""

    where: str
    table: dict[str, Any]

    def only(self, known: Collection[str], required: Iterable[str] = ()) -> None:
        """No other keys than ``known``, and all that are ``required``."""
        for name in self.table:
            if name not in known:
                raise SpecError(f"{self.where}: key {unknown(name, known)}")
        for name in required:
            if name not in self.table:
                raise SpecError(f"{self.where}: key {name!r} is missing")

    def error(self, name: str, why: str) -> SpecError:
        return SpecError(f"{self.where}: {name}: {why}")

    def text(self, name: str, default: str | None = None) -> str:
        """A string; ``default`` where the key is absent, if there is one."""
        value = self.table.get(name, default)
        if not isinstance(value, str):
            raise self.error(name, "is missing" if value is None else f"must be a string, not {value!r}")
        return value

    def optional(self, name: str) -> str | None:
        return self.text(name) if name in self.table else None

    def choice(self, name: str, known: Collection[str], default: str | None = None) -> str:
        """A string out of ``known``."""
        value = self.text(name, default)
        if value not in known:
            raise self.error(name, unknown(value, known))
        return value

    def flag(self, name: str) -> bool:
        value = self.table.get(name, False)
        if not isinstance(value, bool):
            raise self.error(name, f"must be true or false, not {value!r}")
        return value

    def number(self, name: str) -> float:
        value = self.table.get(name)
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise self.error(name, "is missing" if value is None else f"must be a number, not {value!r}")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of strings; a single string is a list of one."""
        value = self.table.get(name, [])
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise self.error(name, f"must be a list of strings, not {value!r}")
        return tuple(value)

    def choices(self, name: str, known: Collection[str]) -> tuple[str, ...]:
        """A list of strings out of ``known``."""
        values = self.texts(name)
        for value in values:
            if value not in known:
                raise self.error(name, unknown(value, known))
        return values

    def words(self, name: str) -> Words:
        """Patterns, a string or a list of them, as one."""
        patterns = self.texts(name)
        if not patterns:
            raise self.error(name, "is missing")
        return compiled_words(patterns, f"{self.where}: {name}")

    def optional_words(self, name: str) -> Words | None:
        return self.words(name) if name in self.table else None

    def pairs(self, name: str, known: Collection[str] | None = None) -> tuple[tuple[Words, str], ...]:
        """A table of pattern → word; the words out of ``known`` where it is given."""
        found = []
        inner = self.inner(name)
        for pattern in inner.table:
            word = inner.text(pattern) if known is None else inner.choice(pattern, known)
            found.append((compiled_words((pattern,), inner.where), word))
        return tuple(found)

    def inner(self, name: str) -> Entry:
        """The table under a key; an empty one where it is absent."""
        value = self.table.get(name, {})
        if not isinstance(value, dict):
            raise self.error(name, f"must be a table, not {value!r}")
        return Entry(f"{self.where}: {name}", value)

    def entries(self, name: str) -> list[Entry]:
        """The tables of a list, numbered from 1 in messages."""
        value = self.table.get(name, [])
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            raise self.error(name, "must be a list of tables")
        return [Entry(f"{self.where}: {name} {i}", v) for i, v in enumerate(value, start=1)]


@contextmanager
def unchecked() -> Iterator[None]:
    """Inside, patterns of specs are taken for regular expressions: nine of ten are never asked for a document, and
    compiling all would be half of a run's start.  Only for specs that tests have read."""
    token = _CHECKING.set(False)
    try:
        yield
    finally:
        _CHECKING.reset(token)


def checking() -> bool:
    """Are patterns tried as they are read?"""
    return _CHECKING.get()


def compiled_words(patterns: tuple[str, ...], where: str) -> Words:
    """``Words`` of patterns; raises ``SpecError`` naming the one that is no regular expression."""
    for pattern in patterns if checking() else ():
        try:
            regex.compile(pattern)
        except regex.error as error:
            raise SpecError(f"{where}: {pattern!r} is no regular expression: {error}") from error
    return Words.of(patterns)
