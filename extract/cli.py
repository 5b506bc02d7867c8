"""The command ``yusuan``.  Heavy imports stand inside the commands, so that ``--help`` is quick."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from extract.paper.model import DocumentResult

app = typer.Typer(
    help="Published Chinese budget documents (部门预算, 单位预算, 决算公开) to tidy Parquet.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            print(f"yusuan {version('yusuan')}")
        except PackageNotFoundError:
            print("yusuan, not installed")
        raise typer.Exit()


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop")
    ] = False,
) -> None:
    """Options of the command itself."""


specs_app = typer.Typer(help="The declarative specs of tables.", no_args_is_help=True)
app.add_typer(specs_app, name="specs")


@app.command()
def extract(
    inputs: Annotated[list[str], typer.Argument(help="Files, folders (recursive), globs, @FILE or - for a list")],
    out: Annotated[str, typer.Option("--out", "-o", help="Output folder, or an fsspec path (s3://…)")] = "outputs",
    engine: Annotated[str, typer.Option(help="pdfium (fast) or plumber (reference)")] = "pdfium",
    force: Annotated[bool, typer.Option("--force", help="Convert again what is current")] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Drop documents whose files are gone from the inputs or were replaced")
    ] = False,
    parts: Annotated[
        bool, typer.Option("--parts", help="A file for a few hundred documents, not for each table: for many thousands")
    ] = False,
    omit_personal: Annotated[
        bool, typer.Option("--omit-personal", help="Leave 项目负责人 and 联系电话 out of 项目基本信息")
    ] = False,
    labels: Annotated[str, typer.Option(help="Folder and column names: zh or en")] = "zh",
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", min=0, help="Worker processes (all cores); 0: none, no limits")
    ] = None,
    timeout: Annotated[float, typer.Option(min=1, help="Seconds that one document may take")] = 120,
    memory: Annotated[int, typer.Option(min=256, help="MiB that one document may take")] = 2048,
    max_size: Annotated[int, typer.Option(min=1, help="MiB that one file may hold; a larger one is not read")] = 512,
    cluster: Annotated[
        str | None, typer.Option(help="A Dask scheduler (tcp://host:port), or local: workers of its own")
    ] = None,
    specs: Annotated[
        list[Path] | None, typer.Option("--specs", help="A folder of table specs of your own (*.toml), asked first")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="What became of each document, as JSON lines")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar")] = False,
) -> None:
    """Convert documents to Parquet, one folder per dataset."""
    alone = _ours and jobs != 0 and cluster is None
    if alone:
        import extract.batch.worker  # noqa: F401  (before the others: it loads pyarrow without numpy)
    from extract.batch.pool import Limits
    from extract.batch.run import Options, convert_all, counts, summary

    if alone:
        from extract.batch.fork_server import fork_here

        fork_here()
    options = Options(
        engine, force, omit_personal, labels, jobs, Limits(timeout, memory, max_size), quiet, cluster,
        tuple(specs or ()), parts, prune,
    )  # fmt: skip
    try:
        with _reporting():
            outcome = convert_all(inputs, out, options, _tell if json else None)
    except KeyboardInterrupt as interrupt:
        _say("interrupted; what is converted stays, run the same command again to go on")
        raise typer.Exit(130) from interrupt
    from extract.views.terminal import shown

    for result in outcome.results:
        if result.error and not json and not result.skipped:
            _say(f"{shown(result.source)}: {result.error_code or result.status}: {result.error}")
    for row in outcome.dropped:
        _say(f"{shown(row['来源'])}: dropped, {'replaced' if row['被取代'] else 'its file is gone'}")
    if json:
        print(dumps(counts(outcome, out), ensure_ascii=False))
    _say(summary(outcome, out, labels))
    raise typer.Exit(130 if outcome.left else _exit_code(outcome.results))


@app.command()
def check(
    outputs: Annotated[Path, typer.Argument(help="Folder of a run, or a panel")] = Path("outputs"),
    strict: Annotated[bool, typer.Option("--strict", help="Exit 3 if there is a 矛盾 or 存疑")] = False,
    grade: Annotated[list[str] | None, typer.Option(help="Only findings of this 等级 (may be repeated)")] = None,
    rule: Annotated[list[str] | None, typer.Option(help="Only findings of this 规则, W3 (may be repeated)")] = None,
    unit: Annotated[str | None, typer.Option(help="Only documents whose 编制单位 holds this")] = None,
    top: Annotated[int, typer.Option(min=0, help="The findings with most money only; 0: all")] = 0,
    summary: Annotated[bool, typer.Option("--summary", help="Counts only")] = False,
    tails: Annotated[bool, typer.Option("--tails", help="List rounding tails (尾差) too")] = False,
    json: Annotated[bool, typer.Option("--json", help="The findings as JSON lines")] = False,
) -> None:
    """Sum up which printed totals hold, and name what does not add up, the most money first."""
    from extract.views.check_report import Wanted, report

    with _reporting():
        doubts = report(outputs, Wanted(tuple(grade or ()), tuple(rule or ()), unit, top, tails, summary), json)
    raise typer.Exit(3 if strict and doubts else 0)


@app.command()
def status(
    outputs: Annotated[Path, typer.Argument(help="Folder of a run, or a panel")] = Path("outputs"),
    verify: Annotated[bool, typer.Option("--verify", help="Read every byte of every file")] = False,
    every: Annotated[bool, typer.Option("--all", help="List documents that are well, too")] = False,
    json: Annotated[bool, typer.Option("--json", help="Every document, as JSON lines")] = False,
) -> None:
    """List documents that need a look: their state, the error and what to do; exit 1 where files are damaged."""
    from extract.views.status import status as show

    with _reporting():
        faults = show(outputs, verify, every, json)
    raise typer.Exit(1 if faults else 0)


@app.command()
def review(
    outputs: Annotated[Path, typer.Argument(help="Folder of a run, or a panel")] = Path("outputs"),
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the pages")] = Path("review"),
    sources: Annotated[
        Path | None, typer.Option(help="Look for sources that are gone in this folder, by their hashes")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Pictures of every page, not of those with tables only")] = False,
    serve: Annotated[
        bool, typer.Option("--serve", help="Show it on this machine and save verdicts to 核对意见.csv")
    ] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="With --serve; 0: any that is free")] = 0,
    who: Annotated[str | None, typer.Option(help="With --serve: who gives the verdicts (the user's name)")] = None,
) -> None:
    """Pages beside their values as HTML, what does not add up marked; --serve takes verdicts."""
    with _reporting():
        if serve:
            from extract.views.review.server import serve as run

            run(outputs, sources, every, port, who)
            return
        from extract.views.review.site import write_site
        from extract.views.terminal import counted

        documents, lost = write_site(outputs, out, sources, every)
    if lost:
        theirs = "its source is" if lost == 1 else "their sources are"
        _say(f"{lost} of them without pictures, {theirs} gone: name the folder with --sources")
    _say(f"{counted(documents, 'document')} -> {out}/index.html")


@app.command()
def collect(
    outputs: Annotated[Path, typer.Argument(help="Folder of a run")] = Path("outputs"),
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the large files")] = Path("panel"),
    by_year: Annotated[bool, typer.Option("--by-year", help="A file per dataset and 年度")] = False,
    units: Annotated[
        Path | None,
        typer.Option(help="CSV of 名称, 归于: names that are one publisher's (empty 归于: it stands apart)"),
    ] = None,
) -> None:
    """Merge the small files of a run into one large file per dataset."""
    from extract.store.panel.collect import collect as merge
    from extract.views.terminal import counted

    with _reporting():
        made = merge(outputs, out, by_year, units)
    for source, why in made.left_out:
        _say(f"{source}: left out, {why}")
    for line in made.unused:
        _say(line)
    if made.proposals:
        pairs = "1 pair" if made.proposals == 1 else f"{made.proposals} pairs"
        _say(f"{pairs} of names may be one publisher's: see {out}/units_proposed.csv, and --units")
    rows = counted(sum(made.counts.values()), "row")
    _say(f"{rows} of {counted(len(made.counts), 'dataset')} -> {out}")
    raise typer.Exit(_say_damaged(made.damaged))


@app.command()
def export(
    to: Annotated[str, typer.Option(help="csv, excel, sqlite, stata or spss")],
    panel: Annotated[Path, typer.Argument(help="A panel, or the folder of a run")] = Path("outputs"),
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the files")] = Path("export"),
    dataset: Annotated[list[str] | None, typer.Option(help="Only this dataset (may be repeated)")] = None,
    wide: Annotated[
        bool, typer.Option("--wide", help="A row per unit, year and code; 指标 and 口径 as columns")
    ] = False,
    per: Annotated[str | None, typer.Option(help="document: an Excel workbook for each, as printed")] = None,
    names: Annotated[str | None, typer.Option(help="Column names: zh or en (ASCII); as the panel by default")] = None,
) -> None:
    """Write the datasets for Stata, SPSS, Excel, SQLite or as CSV."""
    from extract.errors import UsageError
    from extract.store.export.frames import Choice
    from extract.store.export.frames import export as write
    from extract.store.verdicts import Applied, read_verdicts
    from extract.views.terminal import counted

    with _reporting():
        if per not in (None, "document") or (per and (to != "excel" or wide)):
            raise UsageError("--per document goes with --to excel, and without --wide")
        verdicts = Applied(read_verdicts(panel))
        if per:
            from extract.store.export.workbook import write_workbooks

            made = write_workbooks(panel, out, verdicts)
        else:
            made = write(panel, to, out, Choice(tuple(dataset or ()), wide, names), verdicts)
        for line in verdicts.left():
            _say(line)
    _say(f"{counted(len(made), 'file')} -> {out}")


@app.command()
def query(
    given: Annotated[
        list[str], typer.Argument(metavar="[OUTPUTS] SQL", help='SQL, for example: select * from "支出总表" limit 5')
    ],
    outputs: Annotated[
        Path | None, typer.Option("--outputs", help="Folder of a run or panel, if it does not stand first")
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV; an apostrophe disarms formulas")] = False,
) -> None:
    """Ask the outputs in SQL; every dataset is a table of its name (needs DuckDB)."""
    from extract.errors import UsageError
    from extract.store.query import query as ask

    with _reporting():
        *folders, sql = given
        if len(folders) + (outputs is not None) > 1:
            raise UsageError("query takes one folder and one SELECT, quoted")
        left_out = ask(Path(folders[0]) if folders else outputs or Path("outputs"), sql, csv)
    raise typer.Exit(_say_damaged(left_out))


@app.command()
def inspect(
    file: Annotated[Path, typer.Argument(help="One document of any kind that is read")],
    table: Annotated[int, typer.Option("--table", help="Show the rows of this table (1 is the first)")] = 0,
    page: Annotated[int, typer.Option("--page", help="Draw this page")] = 0,
    png: Annotated[Path | None, typer.Option("--png", help="Where to draw it")] = None,
    stage: Annotated[str, typer.Option("--stage", help="Draw it as this stage of the layout leaves it")] = "",
    engine: Annotated[str, typer.Option(help="pdfium or plumber")] = "pdfium",
) -> None:
    """Show on the terminal what was found in one document."""
    from extract.views.inspect import draw_page, show_rows, show_tables

    try:
        with _reporting(f"{file}: "):
            if page:
                draw_page(file, page, png or Path(f"{file.stem}-{page}.png"), engine, stage)
            elif table:
                show_rows(file, table, engine)
            else:
                show_tables(file, engine)
    except OSError as error:
        _say(f"{file}: {error.strerror or error}")
        raise typer.Exit(1) from error


@specs_app.command("check")
def check_specs(
    specs: Annotated[
        list[Path] | None, typer.Option("--specs", help="A folder of table specs of your own (*.toml)")
    ] = None,
) -> None:
    """Read every spec and try its examples; exit 9 and the nearest known word for what is misspelt."""
    from parsers.specs.check import problems
    from parsers.specs.loader import table_files, use

    with _reporting():
        use(specs or ())
    found = problems()
    for line in found:
        _say(line)
    if found:
        raise typer.Exit(9)
    _say(f"{len(table_files())} table specs are sound")


@app.command()
def text(
    file: Annotated[Path, typer.Argument(help="One document of any kind that is read")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Where to write it (standard output)")] = None,
    html: Annotated[bool, typer.Option("--html", help="Every table as HTML, with its spans")] = False,
    engine: Annotated[str, typer.Option(help="pdfium or plumber")] = "pdfium",
) -> None:
    """The document as text that reads back to the same tables: mend it by hand and extract that."""
    from extract.views.as_text import as_text

    with _reporting(f"{file}: "):
        written = as_text(file, engine, html)
    for name in written.changed:
        _say(f"{file}: {name} does not read back to the same rows: mend it with care")
    if out is None:
        sys.stdout.write(written.text)
    else:
        _write(out, written.text)


def _write(path: Path, text: str) -> None:
    from extract.errors import OutputError

    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        failure = OutputError(f"cannot write {path}: {error.strerror or error}")
        _say(failure.line())
        raise typer.Exit(failure.exit_code) from error


@contextmanager
def _reporting(about: str = "") -> Iterator[None]:
    """What stops a command is one line on stderr and an exit code."""
    from extract.errors import ExtractError

    try:
        yield
    except ExtractError as error:
        _say(about + error.line())
        raise typer.Exit(error.exit_code) from error


def _say_damaged(damaged: dict[str, list[str]]) -> int:
    """Name documents that were left out because their files are damaged; the exit code for that."""
    for document, faults in damaged.items():
        _say(f"{document}: left out, {faults[0]}{f' and {len(faults) - 1} more' if faults[1:] else ''}")
    if damaged:
        _say("extract the same documents again to mend them")
    return 1 if damaged else 0


def _exit_code(results: list[DocumentResult]) -> int:
    if any(r.error_code == "Internal" for r in results):
        return 70
    return 1 if any(r.status not in ("成功", "非预算文档") for r in results) else 0


def _tell(result: DocumentResult) -> None:
    line = dumps(
        {
            "source": result.source, "document": result.document, "status": result.status, "pages": result.pages,
            "tables": result.tables, "amounts": result.amounts, "current": result.skipped,
            "error_code": result.error_code, "error": result.error,
        },
        ensure_ascii=False,
    )  # fmt: skip
    print(line, flush=True)


def _say(text: str) -> None:
    from extract.views.terminal import shown

    print(shown(text), file=sys.stderr)


_ours = False  # is this process the command, and nobody else's?


def main() -> None:
    """Entry point of the console script."""
    global _ours
    _ours = True
    _use_utf8()
    app()


def _use_utf8() -> None:
    """Folders have Chinese names: where neither the locale nor UTF-8 mode can write them, start again in UTF-8 mode."""
    if os.name == "posix" and sys.getfilesystemencoding().lower() in ("ascii", "us-ascii", "ansi_x3.4-1968"):
        given = sys.orig_argv[1:]
        places = {n for n, a in enumerate(given) if a in ("utf8=0", "-Xutf8=0") and n < len(given) - len(sys.argv)}
        places |= {n - 1 for n in places if given[n] == "utf8=0"}
        kept = [a for n, a in enumerate(given) if n not in places]
        os.execv(sys.executable, [os.fsencode(a) for a in (sys.executable, "-X", "utf8", *kept)])
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


if __name__ == "__main__":
    main()
