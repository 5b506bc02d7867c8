"""Tables on the terminal.  rich stands inside: a run prints lines only."""

from __future__ import annotations

import sys

_NUMBERS = frozenset(
    ("#", "页", "行号", "行数", "金额数", "置信度", "科目编码", "原文", "金额", "公布值", "应有值", "差额", "通过", "尾差", "矛盾", "存疑")
)  # fmt: skip


_FOLDED = 12  # cells that a column of text is given at least, if its texts are that wide


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
        view.add_row(*(escape(shown(text)) for text in row))
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
    """Lines as they are, broken at the edge of a terminal."""
    from rich.console import Console
    from rich.markup import escape

    console = Console() if sys.stdout.isatty() else Console(width=1000)
    for line in lines:
        console.print(escape(shown(line)), highlight=False, overflow="fold")


_PLAIN = frozenset("\n\u3000\xa0")  # not printable to Python, and harmless


def shown(text: str) -> str:
    """Text that cannot disturb the terminal: control characters and what turns the direction are spelt out."""
    return "".join(c if c.isprintable() or c in _PLAIN else repr(c)[1:-1] for c in text)
