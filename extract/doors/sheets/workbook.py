"""Workbooks: what a reader sees of each visible sheet — values as their formats show them, merged cells, no hidden rows.

Formulas are never computed: the value that was saved with them counts.  Macros and links to other files are not looked at.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from extract.doors.grid import indent_of, line_of
from extract.doors.sheets.number_format import general, is_date, shown, shown_serial
from extract.doors.sheets.ods import read_ods
from extract.doors.sheets.sheet import Filled, Sheet, sheet_blocks
from extract.doors.sheets.xlsx import read_xlsx
from extract.errors import Damaged, Encrypted
from extract.paper.model import Document, PageLayout

_NO_NAME = re.compile(r"^(sheet|工作表|表格|Table)\s*\(?\d*\)?$|^\d+$", re.IGNORECASE)
_XLS_BROKEN = (
    AssertionError, AttributeError, EOFError, IndexError, KeyError, OverflowError, TypeError, UnicodeError, ValueError,
    ZeroDivisionError, struct.error,
)  # fmt: skip


def read_workbook(kind: str, data: bytes) -> Document:
    """Lay out a workbook, a page for each visible sheet.  Raises ``Damaged``, ``Encrypted`` or ``Overfull``."""
    read: Callable[[bytes], tuple[list[Sheet], list[str]]]
    read = {"xlsx": read_xlsx, "xls": _read_xls, "ods": read_ods}.get(kind, _read_by_calamine)
    sheets, notes = read(data)
    pages = []
    for sheet in sheets:
        blocks = sheet_blocks(sheet)
        title = None if _NO_NAME.match(sheet.name) else line_of(sheet.name, 2)
        if blocks:
            pages.append(PageLayout(None, [title, *blocks] if title else list(blocks)))
    return Document(pages, None, kind, tuple(notes))


def _read_xls(data: bytes) -> tuple[list[Sheet], list[str]]:
    import xlrd

    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO())
    except xlrd.XLRDError as error:
        if "encrypted" in str(error).lower():
            raise Encrypted("it is locked with a password") from error
        raise Damaged(f"no workbook: {error}") from error
    except (*_XLS_BROKEN, xlrd.compdoc.CompDocError) as error:
        raise Damaged(f"a broken workbook: {type(error).__name__}") from error
    sheets, notes = [], []
    for sheet in book.sheets():
        if sheet.visibility:
            notes.append(f"隐藏的工作表 {sheet.name} 未读")
        else:
            sheets.append(_xls_sheet(book, sheet, notes))
    return sheets, notes


def _xls_sheet(book, sheet, notes: list[str]) -> Sheet:  # type: ignore[no-untyped-def]
    made = Sheet(sheet.name)
    made.hidden_rows = {r for r, info in sheet.rowinfo_map.items() if info.hidden or info.height == 0}
    made.hidden_columns = {
        c for c, info in sheet.colinfo_map.items() if (info.hidden or info.width == 0) and c < sheet.ncols
    }
    made.hidden_rows = {r for r in made.hidden_rows if r < sheet.nrows}
    made.merges = [(top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells]
    for r in range(sheet.nrows):
        for c in range(sheet.row_len(r)):
            cell = sheet.cell(r, c)
            filled = _xls_cell(book, cell)
            if filled is not None:
                made.put(r, c, filled)
    notes.extend(made.notes_left_out())
    return made


def _xls_cell(book, cell) -> Filled | None:  # type: ignore[no-untyped-def]
    kind, value = cell.ctype, cell.value
    if kind == 1:
        return text_cell(value, book.xf_list[cell.xf_index].alignment.indent_level if cell.xf_index is not None else 0)
    if kind in (2, 3):
        xf = book.xf_list[cell.xf_index]
        code = book.format_map[xf.format_key].format_str if xf.format_key in book.format_map else "General"
        return number_cell(float(value), code, book.datemode == 1)
    if kind == 4:
        return Filled("TRUE" if value else "FALSE", False)
    if kind == 5:
        import xlrd

        return Filled(xlrd.error_text_from_code.get(value, "#N/A"), False)
    return None


def text_cell(text: str, indent: int = 0) -> Filled | None:
    """A cell of text; ``indent`` steps of its format count as letters."""
    bare = text.replace("\r", "").replace("_x000D_", "").strip()
    return Filled(bare, False, indent + indent_of(text)) if bare else None


def number_cell(value: float, code: str, from_1904: bool) -> Filled | None:
    """A number as its format shows it; ``None`` where the format shows nothing."""
    if is_date(code):
        return Filled(shown_serial(value, code, from_1904), False)
    text = shown(value, code)
    return Filled(text, True) if text else None


def _read_by_calamine(data: bytes) -> tuple[list[Sheet], list[str]]:
    """.xlsb: values without their formats, and nothing known of hidden rows."""
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    sheets, notes = [], ["此格式读不到数字格式和隐藏的行列"]
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for info in book.sheets_metadata:
            if info.visible is not SheetVisibleEnum.Visible:
                notes.append(f"隐藏的工作表 {info.name} 未读")
                continue
            sheet = book.get_sheet_by_name(info.name)
            made = Sheet(info.name)
            made.merges = [(*a, *b) for a, b in sheet.merged_cell_ranges or ()]
            for r, row in enumerate(sheet.to_python(skip_empty_area=False)):
                for c, value in enumerate(row):
                    filled = _plain_cell(value)
                    if filled is not None:
                        made.put(r, c, filled)
            sheets.append(made)
    except CalamineError as error:
        if "password" in str(error).lower():
            raise Encrypted("it is locked with a password") from error
        raise Damaged(f"no workbook: {error}") from error
    return sheets, notes


def _plain_cell(value: object) -> Filled | None:
    if isinstance(value, bool):
        return Filled("TRUE" if value else "FALSE", False)
    if isinstance(value, int | float):
        return Filled(general(value), True)
    if isinstance(value, datetime | date | time | timedelta):
        return Filled(str(value), False)
    return text_cell(str(value)) if value is not None else None
