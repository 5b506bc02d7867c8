"""A run over many documents: the plan, the executor, a progress bar on a terminal, one line at the end."""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from extract.batch.cluster import run_on_cluster
from extract.batch.pool import Limits, Pool
from extract.batch.remote import (
    close_remote,
    describe_remote,
    find_remote,
    is_remote,
    open_remote,
    public,
    settle_remote,
)
from extract.batch.sources import Source, find_sources, listed
from extract.batch.system import not_bounded
from extract.batch.task import Task
from extract.errors import NothingToDo, OutputError, UsageError
from extract.files import MIB
from extract.paper.model import DocumentResult
from extract.recipe import Recipe, load_specs
from extract.store.datapackage import describe
from extract.store.documents import Settled, close_run, forget, open_run, printable, prune, settle
from extract.store.parts.log import FOLDER, LOOSE, Log, locked, require_layout
from extract.store.parts.packing import Packer, sweep_parts
from extract.store.schema import DOCUMENTS, TABLES, Labels, require_labels
from extract.store.writer import sweep
from extract.views.terminal import counted
from parsers.records import DocumentRow

if TYPE_CHECKING:
    from rich.progress import Progress

ENGINES = ("pdfium", "plumber")
LANGUAGES = ("zh", "en")
_MOST_KINDS = 8


@dataclass(frozen=True, slots=True)
class Options:
    """How a run goes.  ``jobs``: worker processes; 0 converts in this process, without limits; ``None``: every core."""

    engine: str = "pdfium"
    force: bool = False
    omit_personal: bool = False
    language: str = "zh"
    jobs: int | None = None
    limits: Limits = field(default_factory=Limits)
    quiet: bool = False
    cluster: str | None = None  # a Dask scheduler's address, or "local"
    specs: tuple[str | Path, ...] = ()  # folders of table specs besides ours
    parts: bool = False  # a few hundred documents a file
    prune: bool = False  # drop the documents whose files are gone from the inputs or hold another document now


@dataclass(slots=True)
class Outcome:
    """What became of a run's documents; ``left`` were not started when it was interrupted."""

    results: list[DocumentResult]
    left: int = 0
    passed: Counter[str] = field(default_factory=Counter)  # files that no door takes, by suffix
    replaced: int = 0  # documents that others stand in the place of since this run
    held: int = 0  # documents of the run whose figures another one holds
    dropped: list[DocumentRow] = field(default_factory=list)  # rows of 文档清单 that --prune removed


def convert_all(
    inputs: list[str], out: Path | str, options: Options, tell: Callable[[DocumentResult], None] | None = None
) -> Outcome:
    """Convert every source; raises only for what stops the whole run (usage, spec, output).

    ``tell`` is called with each result as it comes.
    """
    for value, known in ((options.engine, ENGINES), (options.language, LANGUAGES)):
        if value not in known:
            raise UsageError(f"{value!r} is not known: choose {' or '.join(known)}")
    inputs = list(listed(inputs))
    # an invalid spec stops the run before the first document
    added = tuple(str(Path(folder).absolute()) for folder in options.specs)
    load_specs(added)
    here = not is_remote(str(out))
    if here:
        try:
            Path(out).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"cannot write {out}: {error.strerror or error}") from error
    folder = Path(out).resolve() if options.cluster and here else Path(out)
    recipe = Recipe(
        folder, options.engine, options.force, options.omit_personal, Labels(options.language), str(options.limits),
        added, max_size=options.limits.max_size * MIB,
    )  # fmt: skip
    if here:
        require_labels(recipe.out, recipe.labels)
        require_layout(recipe.out, options.parts, recipe.out / recipe.labels.folder(DOCUMENTS))
    if options.parts and any(map(is_remote, (*inputs, str(out)))):
        raise UsageError("--parts takes documents and outputs of this machine only")
    target = str(folder.absolute()) if here else str(out)
    task = Task(recipe, None if here and not any(map(is_remote, inputs)) else target)
    outcome = Outcome([])
    sources = _found_in(inputs, task, outcome.passed)
    with _packing(recipe, options.parts) as packer:
        left_open = open_run(recipe.out) if here else open_remote(str(out))
        with _bar(len(sources), options.quiet) as advance:
            for result in _results(sources, task, options, advance.page if advance else None):
                outcome.results.append(result)
                if advance is not None:
                    advance.document(result)
                if tell is not None:
                    tell(result)
                if packer is not None and not result.skipped:
                    packer.take()
        outcome.left = len(sources) - len(outcome.results)
        outcome.held = sum(r.held for r in outcome.results)
        if packer is not None:
            packer.finish()
        if here:
            _settled(outcome, sources, recipe, inputs, left_open, options.prune)
        else:
            if left_open or not all(r.settled for r in outcome.results):
                _count(outcome, settle_remote(str(out), recipe, _found(sources, outcome.results)))
            close_remote(str(out))
            describe_remote(str(out), recipe)
    return outcome


@contextmanager
def _packing(recipe: Recipe, parts: bool) -> Iterator[Packer | None]:
    """Who packs documents into parts, if the run keeps any; nobody else does meanwhile."""
    if not parts:
        yield None
        return
    try:
        (recipe.out / FOLDER / LOOSE).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot write {recipe.out}: {error.strerror or error}") from error
    forget()
    with locked(recipe.out):
        packer = Packer(recipe.out, recipe.labels, Log(recipe.out))
        sweep_parts(recipe.out, recipe.labels, packer.log)
        packer.finish()  # what a run left that was killed
        try:
            yield packer
        finally:
            packer.close()


def _settled(
    outcome: Outcome, sources: Sequence[Source | str], recipe: Recipe, inputs: list[str], left_open: bool, drop: bool
) -> None:
    """What only all documents together tell, and what describes them."""
    if left_open or not all(r.settled for r in outcome.results):
        _count(outcome, settle(recipe.out, recipe.labels, _found(sources, outcome.results)))
    if drop:
        outcome.dropped = prune(recipe.out, recipe.labels, inputs)
        if outcome.dropped:  # what they held, another one may hold now
            _count(outcome, settle(recipe.out, recipe.labels, {}))
    close_run(recipe.out)
    describe(recipe.out, recipe.labels)
    sweep(recipe.out, recipe.labels)


def _count(outcome: Outcome, settled: Settled) -> None:
    outcome.replaced += len(settled.replaced)
    outcome.held = sum(r.document in settled.held for r in outcome.results)


def _found(sources: Sequence[Source | str], results: list[DocumentResult]) -> dict[str, str]:
    """The document behind every name that was given."""
    others = {printable(s.path): [printable(p) for p in s.also] for s in sources if isinstance(s, Source)}
    return {name: r.document for r in results for name in (r.source, *others.get(r.source, ()))}


def _found_in(inputs: list[str], task: Task, passed: Counter[str]) -> list[Source | str]:
    """The sources, each once."""
    sources: list[Source | str] = [url for given in inputs if is_remote(given) for url in find_remote(given)]
    here = [given for given in inputs if not is_remote(given)]
    with suppress(NothingToDo) if sources else nullcontext():
        sources.extend(find_sources(here, task.recipe.max_size, passed))
    return list(dict.fromkeys(sources))


Seen = Callable[[Source | str, int], None]


def _results(sources: list[Source | str], task: Task, options: Options, seen: Seen | None) -> Iterator[DocumentResult]:
    """Converts the sources; ``seen`` is called with each page that is recognised."""
    workers = options.jobs or os.cpu_count() or 1
    if options.cluster:
        return run_on_cluster(options.cluster, [_absolute(s) for s in sources], task, workers, options.limits)
    if options.jobs == 0:
        return map(task.convert, sources)
    return _pooled(sources, task, workers, options.limits, seen)


def _absolute(source: Source | str) -> Source | str:
    """A worker elsewhere does not stand in our folder."""
    if isinstance(source, str):
        return source
    return replace(source, path=source.path.absolute(), also=tuple(p.absolute() for p in source.also))


def _pooled(
    sources: list[Source | str], task: Task, jobs: int, limits: Limits, seen: Seen | None
) -> Iterator[DocumentResult]:
    for line in not_bounded():
        print(line, file=sys.stderr)
    pool = Pool(task, min(jobs, len(sources)), limits, seen=seen)
    with _interrupts(pool):
        yield from pool.run(sources)


@contextmanager
def _interrupts(pool: Pool) -> Iterator[None]:
    """The first interrupt finishes the running documents, the second stops now."""

    def handle(number: int, frame: FrameType | None) -> None:
        pool.stop()
        print("stopping: the running documents are finished; interrupt again to stop now", file=sys.stderr)
        signal.signal(signal.SIGINT, signal.default_int_handler)

    try:
        before = signal.signal(signal.SIGINT, handle)
    except ValueError:  # not the main thread: whoever runs us handles interrupts
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _bar(total: int, quiet: bool) -> Iterator[Advance | None]:
    if quiet or not sys.stderr.isatty():  # a bar that nobody sees need not be loaded
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        TextColumn("{task.fields[pages]} pages · {task.fields[rate]:.0f}/s · {task.fields[failed]} failed"),
        TimeRemainingColumn(), console=Console(stderr=True), transient=True,
    ) as progress:  # fmt: skip
        yield Advance(progress, total)


class Advance:
    """Moves the bar on by a document, and its count of pages by those of a scan as they are recognised."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress = progress
        self._task = progress.add_task("documents", total=total, pages=0, rate=0.0, failed=0)
        self._pages = self._failed = 0
        self._recognised: dict[str, set[int]] = {}  # pages of the documents that are under way

    def document(self, result: DocumentResult) -> None:
        """A document is done."""
        self._recognised.pop(result.source, None)
        self._pages += 0 if result.skipped else result.pages
        self._failed += result.status == "失败"
        self._show(1)

    def page(self, source: Source | str, number: int) -> None:
        """A page of a document has been recognised."""
        name = printable(source.path if isinstance(source, Source) else source)
        self._recognised.setdefault(name, set()).add(number)
        self._show(0)

    def _show(self, advance: int) -> None:
        pages = self._pages + sum(map(len, self._recognised.values()))
        elapsed = self._progress.tasks[0].elapsed or 0.0
        rate = pages / elapsed if elapsed else 0.0
        self._progress.update(self._task, advance=advance, pages=pages, rate=rate, failed=self._failed)


def counts(outcome: Outcome, out: Path | str) -> dict[str, object]:
    """The last line's numbers, for machines."""
    results = outcome.results
    return {
        "documents": len(results),
        "current": sum(r.skipped for r in results),
        "failed": sum(r.status == "失败" for r in results),
        "partial": sum(r.status == "部分" for r in results),
        "no_budget": sum(r.status == "非预算文档" for r in results),
        "replaced": outcome.replaced,
        "same_figures": outcome.held,
        "left": outcome.left,
        "passed_over": outcome.passed.total(),
        "pages": sum(r.pages for r in results),
        "tables": sum(r.tables for r in results),
        "amounts": sum(r.amounts for r in results),
        "outputs": public(str(out)),
    }


def summary(outcome: Outcome, out: Path | str, language: str = "zh") -> str:
    """One line: what was done, where it is."""
    n = counts(outcome, out)
    parts = [f"{n['current']} current", f"{n['failed']} failed"]
    others = {"partial": "partial (部分)", "no_budget": "非预算文档", "replaced": "被取代", "same_figures": "同额于"}
    parts += [f"{n[what]} {name}" for what, name in others.items() if n[what]]
    if outcome.left:
        parts.append(f"{outcome.left} left: run the same command again")
    by_number = sorted(outcome.passed.items(), key=lambda kind: (-kind[1], kind[0]))
    rest = sum(count for _, count in by_number[_MOST_KINDS:])
    shown = [f"{count} {suffix}" for suffix, count in by_number[:_MOST_KINDS]]
    kinds = ", ".join([*shown, f"{rest} of other kinds"] if rest else shown)
    passed = f"; passed over, being of no kind that is read: {kinds}" if kinds else ""
    where = n["outputs"]
    index = [f"{where}/{Labels(language).folder(dataset)}" for dataset in (DOCUMENTS, TABLES)]
    return (
        f"{counted(len(outcome.results), 'document')} ({', '.join(parts)}), {counted(n['tables'], 'table')}, "
        f"{counted(n['amounts'], 'amount')}{passed} -> {where}; see {' and '.join(index)}"
    )
