"""Published Chinese budget documents to tidy Parquet."""

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
