"""Tables on the terminal.  rich stands inside: a run prints lines only."""

from __future__ import annotations

import sys

_NUMBERS = frozenset(
    ("#", "页", "行号", "行数", "金额数", "置信度", "科目编码", "原文", "金额", "公布值", "应有值", "差额", "通过", "尾差", "矛盾", "存疑")
)  # fmt: skip


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
