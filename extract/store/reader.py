"""What a run or a panel holds, read as Arrow tables under Chinese names whatever its labels are.

A run keeps a folder of small files for each dataset, a panel one large file, or a folder with a file for each year.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from extract.errors import UsageError
from extract.store.integrity import damaged
from extract.store.parts.log import Log, Part, is_parts
from extract.store.schema import DOCUMENTS, UNIT, Labels, labels_of, schema
from extract.store.verdicts import CHECKED, CHECKED_ENGLISH
from parsers.specs.loader import fields

_AT_ONCE = 50_000  # rows, about, that are in memory at a time where a dataset is gone through
_SAMPLE = 50  # files whose rows are counted to know how many those are
_DOCUMENT = re.compile(r"[0-9a-f]{16}(?=$|__)")  # a file of a run; those of a panel are named by years


@dataclass(frozen=True)
class Outputs:
    """A folder of outputs, or a panel."""

    folder: Path
    labels: Labels

    def files(self, dataset: str) -> list[Path]:
        """The files of a dataset, of committed documents whose files are whole; none where it is not there."""
        place = self.folder / self.labels.folder(dataset)
        whole = place.with_name(f"{place.name}.parquet")
        if whole.is_file():
            return [whole]
        if is_parts(self.folder):
            return [self.folder / part.files[dataset][0] for part in self.parts if dataset in part.files]
        found = [(path, _DOCUMENT.match(path.stem)) for path in sorted(place.glob("*.parquet"))]
        return [path for path, document in found if document is None or document[0] in self._whole]

    @cached_property
    def parts(self) -> list[Part]:
        """The parts that the log names and that are whole; none where a run keeps a file for each table."""
        parts = Log(self.folder).parts() if is_parts(self.folder) else []
        return [part for part in parts if f"part {part.name}" not in self.damaged]

    @cached_property
    def damaged(self) -> dict[str, list[str]]:
        """Documents, or parts, that are left out because files of theirs are missing or cut, and what is wrong."""
        return damaged(self.folder, self.folder / self.labels.folder(DOCUMENTS))

    @cached_property
    def _whole(self) -> frozenset[str]:
        marks = (self.folder / self.labels.folder(DOCUMENTS)).glob("*.parquet")
        return frozenset(p.stem for p in marks) - self.damaged.keys()

    def datasets(self) -> list[str]:
        """The datasets that are there, in the order of the specs."""
        return [d for d in fields() if self.files(d)]

    @cached_property
    def documents(self) -> pa.Table:
        """文档清单: what is committed."""
        return self._read(DOCUMENTS, None)

    def table(self, dataset: str, columns: list[str] | None = None) -> pa.Table:
        """Rows of a dataset, of committed documents only; raises ``UsageError`` for a broken file."""
        if dataset == DOCUMENTS:
            return self.documents if columns is None else self.documents.select(columns)
        if "文档" not in {f.name for f in fields()[dataset]}:
            return self._read(dataset, columns)
        wanted = None if columns is None or "文档" in columns else ["文档", *columns]
        table = self._read(dataset, wanted or columns)
        there = table.filter(pc.is_in(table["文档"], self.documents["文档"].combine_chunks()))
        return there if columns is None else there.select(columns)

    def rows_of(self, dataset: str, documents: Sequence[str], columns: list[str] | None = None) -> pa.Table:
        """Rows of some documents, one document after the other in the order of their ids.

        Little else is read.  Raises ``UsageError`` for a broken file.
        """
        wanted = sorted(documents)
        if not wanted:
            return self._read(dataset, columns, [])
        if not is_parts(self.folder) and self._by_document(dataset):
            return self._read(dataset, columns, [f for d in wanted for f in self._by_document(dataset).get(d, ())])
        name = pc.field(self.labels.column("文档"))
        within = (name >= wanted[0]) & (name <= wanted[-1]) & name.isin(wanted)
        held = [p for p in self.parts if dataset in p.files and not p.documents.keys().isdisjoint(wanted)]
        files = [self.folder / p.files[dataset][0] for p in held] if is_parts(self.folder) else self.files(dataset)
        read = columns if columns is None or "文档" in columns else ["文档", *columns]
        table = self._read(dataset, read, files, within)
        if len(files) > 1:
            table = table.take(pc.sort_indices(table["文档"]))
        return table if columns is None else table.select(columns)

    def batches(self, dataset: str, documents: Collection[str]) -> Iterator[list[str]]:
        """Documents in the order of their ids, as many at a time as have about ``_AT_ONCE`` rows of a dataset."""
        files = self.files(dataset)
        sample = files[:: len(files) // _SAMPLE + 1]
        rows = sum(pq.read_metadata(file).num_rows for file in sample) * len(files) / max(len(sample), 1)
        size = max(1, int(_AT_ONCE * self.documents.num_rows / max(rows, 1)))
        wanted = sorted(documents)
        return (wanted[start : start + size] for start in range(0, len(wanted), size))

    def _by_document(self, dataset: str) -> dict[str, list[Path]]:
        """The files of each document; none where a file holds many."""
        if dataset not in self._listed:
            found: dict[str, list[Path]] = {}
            for path in self.files(dataset):
                if document := _DOCUMENT.match(path.stem):
                    found.setdefault(document[0], []).append(path)
            self._listed[dataset] = found
        return self._listed[dataset]

    @cached_property
    def _listed(self) -> dict[str, dict[str, list[Path]]]:
        return {}

    def _read(
        self,
        dataset: str,
        columns: list[str] | None,
        files: list[Path] | None = None,
        only: pc.Expression | None = None,
    ) -> pa.Table:
        names = {f.name: f.name if self.labels.language == "zh" else f.english for f in fields()[dataset]}
        files = self.files(dataset) if files is None else files
        if not files:
            return (
                self.labels.chinese(self.labels.schema(dataset).empty_table(), dataset)
                .cast(schema(dataset))
                .select(columns or list(names))
            )
        wanted = self.labels.schema(dataset)
        try:
            numbered = pq.read_schema(files[0])
            checked = CHECKED if self.labels.language == "zh" else CHECKED_ENGLISH
            for column, printed in ((UNIT, self.labels.column(UNIT)), (CHECKED, checked)):
                if printed in numbered.names and column not in names:
                    names = {**names, column: printed}
                    wanted = wanted.append(numbered.field(printed))
            shown = pa.schema([wanted.field(names[c]) for c in columns or names])
            if only is None:
                table = pa.concat_tables([_rows(f, shown) for f in files])
            else:
                from pyarrow import dataset as ds  # imports pandas, see _rows

                source = ds.dataset([str(f) for f in files], schema=wanted, format="parquet")
                table = source.to_table(columns=shown.names, filter=only)
        except (pa.ArrowException, OSError) as error:
            raise UsageError(f"cannot read {self.folder / self.labels.folder(dataset)}: {error}") from error
        return self.labels.chinese(table, dataset).unify_dictionaries()


def _rows(path: Path, wanted: pa.Schema) -> pa.Table:
    """A file under ``wanted``; a column that an older version did not write is null.

    Not through ``pyarrow.dataset``, which imports pandas: three quarters of what ``check`` costs on a small run.
    """
    with pq.ParquetFile(path) as file:
        there = set(file.schema_arrow.names)
        many = file.metadata.num_rows > _AT_ONCE  # threads cost more than they bring where there is little to read
        table = file.read(columns=[n for n in wanted.names if n in there], use_threads=many).replace_schema_metadata()
    if table.schema.equals(wanted):
        return table
    columns = [table[f.name].cast(f.type) if f.name in there else pa.nulls(table.num_rows, f.type) for f in wanted]
    return pa.Table.from_arrays(columns, schema=wanted)


def open_outputs(folder: Path) -> Outputs:
    """Raises ``UsageError`` where neither a run nor a panel stands."""
    return Outputs(folder, labels_of(folder))
