"""A run over many documents, one after another, with a progress bar on a terminal."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from extract.convert import Recipe, convert
from extract.datapackage import describe
from extract.errors import OutputError, UsageError
from extract.model import DocumentResult
from extract.plan import find_sources
from extract.sink import WORKPLACE, Labels
from parsers.spec import fields, specs, vocabulary

ENGINES = ("pdfium", "plumber")
LANGUAGES = ("zh", "en")


def convert_all(
    inputs: list[str], out: Path, engine: str, force: bool, omit_personal: bool, quiet: bool, language: str = "zh"
) -> list[DocumentResult]:
    """Convert every source; raises only for what stops the whole run (usage, spec, output)."""
    if engine not in ENGINES:
        raise UsageError(f"no engine called {engine!r}: choose {' or '.join(ENGINES)}")
    specs(), vocabulary(), fields()  # an invalid spec stops the run before the first document
    sources = find_sources(inputs)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot write {out}: {error.strerror or error}") from error
    if language not in LANGUAGES:
        raise UsageError(f"no labels {language!r}: choose {' or '.join(LANGUAGES)}")
    recipe = Recipe(out, engine, force, omit_personal, Labels(language))
    results: list[DocumentResult] = []
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=console, disable=quiet or not sys.stderr.isatty(), transient=True,
    ) as progress:  # fmt: skip
        task = progress.add_task("documents", total=len(sources))
        for source in sources:
            results.append(convert(source, recipe))
            progress.advance(task)
    describe(out, recipe.labels)
    with suppress(OSError):
        (out / WORKPLACE).rmdir()  # kept as long as another run works there
    return results


def summary(results: list[DocumentResult], out: Path) -> str:
    """One line: what was done, where it is."""
    failed = sum(r.status == "失败" for r in results)
    current = sum(r.skipped for r in results)
    tables, amounts = sum(r.tables for r in results), sum(r.amounts for r in results)
    return (
        f"{len(results)} documents ({current} current, {failed} failed), {tables} tables, {amounts} amounts "
        f"-> {out}; see {out / '文档清单'} and {out / '表格清单'}"
    )
