"""Tables on the terminal.  rich stands inside: a run prints lines only."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.measure import Measurement

_NUMBERS = frozenset(
    ("#", "页", "行号", "行数", "金额数", "置信度", "科目编码", "原文", "金额", "公布值", "应有值", "差额", "通过", "尾差", "矛盾", "存疑")
)  # fmt: skip


_FOLDED = 12  # cells that a column of text is given at least, if its texts are that wide
# what is not parted at the end of a line: a word or number, an ideograph, and the punctuation that belongs to it
_PIECE = re.compile(r"\s+|[（《【“‘]*(?:[!-~]+|[^!-~\s（《【“‘])[，。；：、！？）》】”’]*|.", re.DOTALL)


def folded(text: str, width: int) -> list[str]:
    """``text`` in lines of at most ``width`` cells; only what is longer than a line is cut inside a word or number."""
    from rich.cells import cell_len, chop_cells

    lines = [""]
    for piece in _PIECE.findall(text):
        if cell_len(lines[-1]) + cell_len(piece) <= width:
            lines[-1] += piece
        elif cell_len(piece) <= width:
            lines.append(piece.lstrip())
        else:
            first, *rest = chop_cells(lines[-1] + piece, width)
            lines[-1:] = [first, *rest]
    return [line.rstrip() for line in lines] or [""]


class _Cell:
    """Text of a table that is broken as ``folded`` does."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        from rich.cells import cell_len
        from rich.measure import Measurement

        whole = max(map(cell_len, self._text.split("\n")))
        return Measurement(min(whole, _FOLDED), whole)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich.text import Text

        for part in self._text.split("\n"):
            yield from (Text(line, no_wrap=True) for line in folded(part, options.max_width))


def print_table(title: str | None, titles: tuple[str, ...], rows: list[list[str]]) -> None:
    """A table on the terminal: nothing is cut, numbers stay on one line; wide enough for a pipe."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console() if sys.stdout.isatty() else Console(width=200)
    view = Table(
        title=None if title is None else escape(shown(title)),
        box=SIMPLE_HEAD,
        title_justify="left",
        padding=(0, 1, 0, 0),
    )
    for head in titles:
        number = head in _NUMBERS
        view.add_column(escape(shown(head)), justify="right" if number else "left", no_wrap=number, overflow="fold")
    for row in rows:
        cells = zip(titles, map(shown, row), strict=True)
        view.add_row(*(escape(text) if head in _NUMBERS else _Cell(text) for head, text in cells))
    console.print(view)


def print_cards(titles: tuple[str, ...], rows: list[list[str]]) -> None:
    """Rows of more columns than a line holds: a line for each value, so that none is cut or left out."""
    from rich.cells import cell_len, set_cell_size

    widest = max((cell_len(shown(head)) for head in titles), default=0)
    for number, row in enumerate(rows, start=1):
        print_lines([f"─ {number}"])
        print_lines([f"  {set_cell_size(shown(h), widest)}  {v}" for h, v in zip(titles, row, strict=True) if v])


def fits(titles: tuple[str, ...], rows: list[list[str]]) -> bool:
    """Does a table of these rows fit the terminal, if every column may fold to the width of its title?  A pipe is wide."""
    from rich.cells import cell_len
    from rich.console import Console

    if not sys.stdout.isatty():
        return True
    least = [cell_len(shown(head)) for head in titles]
    for place, head in enumerate(titles):
        widest = max((cell_len(shown(row[place])) for row in rows), default=0)
        least[place] = max(least[place], widest if head in _NUMBERS else min(widest, _FOLDED))
    return sum(least) + 2 * len(least) <= Console().width


def print_lines(lines: list[str]) -> None:
    """Lines as they are, broken at the edge of a terminal and set in as they begin."""
    from rich.console import Console
    from rich.markup import escape

    console = Console() if sys.stdout.isatty() else Console(width=1000)
    for line in (part for text in lines for part in shown(text).split("\n")):
        bare = line.lstrip(" ")
        margin = min(len(line) - len(bare), console.width // 2)
        for piece in folded(bare, console.width - margin):
            console.print(escape(" " * margin + piece), highlight=False, soft_wrap=True)


def counted(number: object, noun: str) -> str:
    """1 document, 2 documents."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


_PLAIN = frozenset("\n\u3000\xa0")  # not printable to Python, and harmless


def shown(text: str) -> str:
    """Text that cannot disturb the terminal: control characters and what turns the direction are spelt out."""
    return "".join(c if c.isprintable() or c in _PLAIN else repr(c)[1:-1] for c in text)
