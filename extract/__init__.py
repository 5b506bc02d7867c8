"""Published Chinese budget documents to tidy Parquet.

``read_document(path)``  a document as printed: pages of lines and cells, boxes in points
``read_tables(path)``    its tables: number, title, dataset, status, rows
``read_frames(path)``    its rows as pandas dataframes by dataset, amounts exact in yuan
``as_printed(frame)``    one of them wide again
``show(path_or_id)``     a document beside its pages, for a notebook to display

Each raises ``extract.errors.ExtractError`` for what cannot be read.
"""

import os
import sys


def _leave_current_folder() -> None:
    """``python -m extract…`` puts the current folder first on the path: modules among the documents would be run.

    Nothing else is imported before this.  A checkout that is run where it stands keeps its folder.
    """
    asked = list(zip(sys.orig_argv, sys.orig_argv[1:], strict=False))
    if sys.path and any(a == "-m" and b.split(".")[0] == "extract" for a, b in asked):
        home = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        if os.path.abspath(sys.path[0]) == os.getcwd() != home:
            del sys.path[0]


_leave_current_folder()

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from extract.api import read_document as read_document
    from extract.api import read_tables as read_tables
    from extract.frames import as_printed as as_printed
    from extract.frames import read_frames as read_frames
    from extract.views.review.inline import show as show

    __version__: str

_HOMES = {
    "read_document": "extract.api",
    "read_tables": "extract.api",
    "read_frames": "extract.frames",
    "as_printed": "extract.frames",
    "show": "extract.views.review.inline",
}
__all__ = ["__version__", "as_printed", "read_document", "read_frames", "read_tables", "show"]


def __getattr__(name: str) -> object:
    """Public names are loaded when they are first asked for: the command's ``--help`` needs none of them."""
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("yusuan")
        except PackageNotFoundError:
            return "0"
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
