"""Is every number that a reader of an office file or a web page sees somewhere in the outputs?

    python -m tests.bench.counting FILE…             .xlsx, .xls, .docx, .html
    python -m tests.bench.counting --generated 6     documents of the generator in these formats

The file is read a second time, by other means than ours (openpyxl, xlrd, the bare text of the XML).  Each number must
stand in 单元格 or 情况说明, numbers of sheets at their address with the value that is saved there; each figure of a table
must be an amount, a code, a number of its row or column, or part of a text.  Prints what is missing; exit code 1 if anything is.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from lxml import etree, html

from extract.batch.run import Options, convert_all
from samples import other
from tests.bench.doors import documents

_NUMBER = re.compile(r"\d[\d,，]*(?:\.\d+)?")
_ORDINAL = re.compile(
    r"(?<!\d)\d{1,2}[.．、](?=20\d\d年)"
)  # 1.2025年…: an item's number, which names of tables leave out
_FIGURE = re.compile(r"^[-−△▲(（]?(\d{1,3}([,，]\d{3})+|\d+)(\.\d+)?[)）]?%?$")
_MONEY = re.compile(r"\d[,，]\d{3}|\d\.\d")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
Record = dict[str, Any]


def numbers_of(text: str) -> Counter[str]:
    """The numbers in a text, without their separators."""
    return Counter(n.replace(",", "").replace("，", "") for n in _NUMBER.findall(_ORDINAL.sub("", text)))


def numbers_of_docx(data: bytes) -> Counter[str]:
    """Of every paragraph of the body, deleted and hidden text and fields' codes apart."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
    found: Counter[str] = Counter()
    for paragraph in root.iter(f"{_W}p"):
        runs = (r for r in paragraph.iter(f"{_W}r") if r.find(f"{_W}rPr/{_W}vanish") is None)
        found += numbers_of("".join(t.text or "" for run in runs for t in run.iter(f"{_W}t")))
    return found


def numbers_of_html(data: bytes) -> Counter[str]:
    """Of all text that a browser shows, an element at a time."""
    root = html.fromstring(data.decode("utf-8", "replace"))
    for node in list(root.iter(etree.Comment, "script", "style", "head", "title", "select", "option")):
        node.drop_tree()
    for node in [n for n in root.iter() if _HIDDEN.search(n.get("style") or "")]:
        node.drop_tree()
    found: Counter[str] = Counter()
    for block in _blocks(root):
        found += numbers_of(block)
    return found


def _blocks(root: Any) -> Iterator[str]:
    """Text between the edges of blocks."""
    text = ""
    inline = {"span", "b", "strong", "font", "a", "i", "u", "em", "o:p", "sup", "sub", "ins", "small", "label"}

    def walk(node: Any) -> Iterator[str]:
        nonlocal text
        text += node.text or ""
        for child in node:
            block = child.tag not in inline
            if block:
                yield text
                text = ""
            yield from walk(child)
            if block:
                yield text
                text = ""
            text += child.tail or ""

    yield from walk(root)
    yield text


def cells_of_xlsx(data: bytes) -> dict[str, float]:
    """Visible numbers by address."""
    from openpyxl import load_workbook
    from openpyxl.utils import get_column_letter

    found: dict[str, float] = {}
    for sheet in load_workbook(io.BytesIO(data), data_only=True).worksheets:
        if sheet.sheet_state != "visible":
            continue
        dimensions = sheet.column_dimensions
        hidden = {c for d in dimensions.values() if d.hidden for c in range(d.min or 0, (d.max or 0) + 1)}
        for row in sheet.iter_rows():
            for cell in row:
                shown = not sheet.row_dimensions[cell.row].hidden and cell.column not in hidden
                if shown and isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
                    found[f"{sheet.title}!{get_column_letter(cell.column)}{cell.row}"] = float(cell.value)
    return found


def cells_of_xls(data: bytes) -> dict[str, float]:
    """Visible numbers by address."""
    import xlrd

    found: dict[str, float] = {}
    book = xlrd.open_workbook(file_contents=data, formatting_info=True)
    for sheet in book.sheets():
        if sheet.visibility:
            continue
        for r in range(sheet.nrows):
            for c in range(sheet.ncols):
                row, column = sheet.rowinfo_map.get(r), sheet.colinfo_map.get(c)
                hidden = (row is not None and row.hidden) or (column is not None and column.hidden)
                if not hidden and sheet.cell_type(r, c) == xlrd.XL_CELL_NUMBER:
                    found[f"{sheet.name}!{xlrd.colname(c)}{r + 1}"] = sheet.cell_value(r, c)
    return found


def shows(text: str, value: float) -> bool:
    """Is the text what a format may show of the value: rounded, as a percentage, in thousands; a dash for nothing?"""
    digits = re.sub(r"[^\d.]", "", text)
    if not digits.strip("."):
        return abs(value) < 1
    printed, step = float(digits), 10.0 ** -len(digits.partition(".")[2])
    return any(abs(printed - abs(value) * scale) <= 0.51 * step for scale in (1, 100, 1e-3, 1e-4))


def leaks(path: Path, out: Path) -> list[str]:
    """What of a file that was converted into ``out`` is not there."""
    data, suffix = path.read_bytes(), path.suffix.lower()
    cells = [r for f in (out / "单元格").glob("*.parquet") for r in pq.read_table(f).to_pylist()]
    texts = [str(c["文本"] or "") for c in cells]
    if suffix in (".xlsx", ".xls"):
        values = cells_of_xlsx(data) if suffix == ".xlsx" else cells_of_xls(data)
        by_place = {c["位置"]: str(c["文本"] or "") for c in cells}
        lines = Counter[str]()
        for text in _texts(out):
            lines += numbers_of(text)
        wrong = [
            f"{place}: {value} is {by_place.get(place)!r}" for place, value in values.items()
            if not shows(by_place.get(place, ""), value) and (place in by_place or not lines[f"{value:g}"])
        ]  # fmt: skip
    else:
        wanted = numbers_of_docx(data) if suffix == ".docx" else numbers_of_html(data)
        found: Counter[str] = Counter()
        for text in [*texts, *_texts(out)]:
            found += numbers_of(text)
        wrong = [f"{number} ×{n}" for number, n in (wanted - found).items()]
    return wrong + unclaimed(cells, out)


def _texts(out: Path) -> Iterator[str]:
    """Lines outside tables, names of tables and of the document."""
    for dataset, columns in {
        "情况说明": ("章节", "文本"),
        "表格清单": ("表号", "表名", "说明"),
        "文档清单": ("标题", "编制单位"),
    }.items():
        for file in (out / dataset).glob("*.parquet"):
            for row in pq.read_table(file).to_pylist():
                yield from (str(row[c]) for c in columns if row[c] and (c != "章节" or row["段号"] == 1))


def unclaimed(cells: list[Record], out: Path) -> list[str]:
    """Money in a cell that is no amount of any dataset, and in no text dataset either."""
    taken, said = set(), set()
    for folder in out.iterdir():
        if not folder.is_dir() or folder.name in ("单元格", "核对结果", "文档清单", "表格清单", "情况说明", "说明数字"):
            continue
        for file in folder.glob("*.parquet"):
            for row in pq.read_table(file).to_pylist():
                taken.add(row.get("位置"))
                said.update(str(v) for v in row.values() if isinstance(v, str))
    return [
        f"no amount: {c['位置']} {c['文本']} ({c['数据集']})" for c in cells
        if _FIGURE.match(str(c["文本"] or "")) and _MONEY.search(c["文本"]) and c["位置"] not in taken
        and c["文本"] not in said
    ]  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--generated", type=int, default=0)
    parser.add_argument("--show", type=int, default=8)
    args = parser.parse_args()
    missing = 0
    with tempfile.TemporaryDirectory() as folder:
        made = []
        for name, sample in documents(args.generated):
            for suffix, data in (
                (".xlsx", other.write_xlsx(sample)), (".docx", other.write_docx(sample)),
                (".html", other.write_html(sample).encode()),
            ):  # fmt: skip
                made.append(Path(folder) / f"{name}{suffix}")
                made[-1].write_bytes(data)
        for n, path in enumerate([*args.files, *made]):
            out = Path(folder) / f"out{n}"
            convert_all([str(path)], out, Options(jobs=0, quiet=True))
            found = leaks(path, out)
            missing += len(found)
            print(f"{path.name}: {len(found)} missing", flush=True)
            print("".join(f"    {line}\n" for line in found[: args.show]), end="")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
