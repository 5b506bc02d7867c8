"""SQL over a run or a panel: one SELECT, which reads the outputs and nothing else, and writes nothing."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from extract.errors import UsageError
from extract.store.formulas import harmless
from extract.store.reader import Outputs, open_outputs
from extract.store.schema import DOCUMENTS

_MOST_ROWS = 200  # that a terminal is given


def query(outputs: Path, sql: str, as_csv: bool) -> dict[str, list[str]]:
    """Run ``sql`` in DuckDB with every dataset as a table of its name, and print what comes back.

    Returns the documents that were left out because their files are damaged, and why.

    Raises ``UsageError`` without DuckDB (the extra ``query``), without a run in ``outputs``, or for wrong SQL.
    """
    try:
        import duckdb
    except ImportError as error:
        raise UsageError("DuckDB is not installed: pip install 'yusuan[query]'") from error
    run = open_outputs(outputs.resolve())
    connection = duckdb.connect()
    try:
        _offer(connection, run)
        result = _selected(duckdb, connection, sql)
        column_names = tuple(str(column[0]) for column in result.description or ())
        if as_csv:
            _print_csv(column_names, result)
        else:
            _print_rows(column_names, result)
    except duckdb.Error as error:
        raise UsageError(str(error)) from error
    finally:
        connection.close()
    return run.damaged


def _offer(connection: Any, run: Outputs) -> None:
    """Make a view of every dataset, of committed documents only; then shut everything else out."""
    document = run.labels.column("文档")
    for dataset in sorted(run.datasets(), key=lambda d: d != DOCUMENTS):  # the others refer to it
        name = run.labels.folder(dataset)
        files = ", ".join("'{}'".format(str(f).replace("'", "''")) for f in run.files(dataset))
        rows = f"select * from read_parquet([{files}])"
        if dataset not in (DOCUMENTS, "单位清单"):  # a publisher has many documents
            rows += f' where "{document}" in (select "{document}" from "{run.labels.folder(DOCUMENTS)}")'
        connection.execute(f'create view "{name}" as {rows}')
    connection.execute("set allowed_directories = [?]", [f"{run.folder}/"])
    for setting in (
        "temp_directory = ''",  # what does not fit into memory is not spilt into the current folder
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
        "enable_external_access = false",
        "lock_configuration = true",
    ):
        connection.execute(f"set {setting}")


def _selected(duckdb: Any, connection: Any, sql: str) -> Any:
    """The result of ``sql``, if it is one SELECT (DESCRIBE, SUMMARIZE, SHOW, FROM … and WITH … are)."""
    statements = connection.extract_statements(sql)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise UsageError("a query is one SELECT: it reads and changes nothing")
    return connection.execute(statements[0])


def _print_csv(column_names: Sequence[str], result: Any) -> None:
    writer = csv.writer(sys.stdout)
    writer.writerow([harmless(head) for head in column_names])
    while rows := result.fetchmany(10_000):
        writer.writerows([harmless(value) for value in row] for row in rows)


def _print_rows(column_names: tuple[str, ...], result: Any) -> None:
    """On a terminal no more rows than one reads there; a pipe gets all."""
    from extract.views.terminal import fits, print_cards, print_table

    most = _MOST_ROWS if sys.stdout.isatty() else None
    rows = result.fetchmany(most + 1) if most else result.fetchall()
    texts = [["" if v is None else str(v) for v in row] for row in rows[:most]]
    if fits(column_names, texts):
        print_table(None, column_names, texts)
    else:
        print_cards(column_names, texts)
    if most and len(rows) > most:
        print(f"only the first {most} rows are shown: --csv gives all", file=sys.stderr)
