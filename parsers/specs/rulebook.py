"""The rules as a page, made from the specs: ``python -m parsers.specs.rulebook > docs/rules.md``."""

from __future__ import annotations

from collections.abc import Iterable

from parsers.specs.panel import panel_spec
from parsers.specs.rules import between, by_code, inside

# [[inside]] kind: which printed figures are compared (parsers/checking/identities.py and books.py)
KINDS = {
    "tree": "each row with the sum of its children, by code or by level; the total with the rows at the top",
    "leaves": "in every column, the 末级 rows with the total",
    "row": "in one row, the total column with the sum of its parts, level by level of the header",
    "parts": "in one row, a named column with the sum of named columns",
    "outline": "a row with an ordinal (一、) with the rows of the next ordinal under it (（一）)",
    "totals": "合计 with the rows above it, 总计 with 合计 and what is carried over",
    "balance": "the grand total of revenue with that of expenditure",
    "column": "the total of a column with its rows",
    "stock": "what is left at the end with what was left before, more, less",
    "limit": "what is left with what is allowed",
    "scopes": "the whole (全省) with its scopes (省本级, 市县)",
}
_EACH = {
    "code": "科目编码 by 科目编码", "class": "类 by 类", "name": "name by name", "owner": "project by project",
    "column": "column by column (年度, 口径, 范围)",
}  # fmt: skip


def page() -> str:
    """Every rule: what it compares, in which datasets, and where it is declared."""
    return "\n".join([*_head(), *_inside(), *_between(), *_documents(), *_code()]) + "\n"


def _head() -> list[str]:
    return [
        "# 规则 · Rules",
        "",
        "Made from the specs by `make docs`; do not edit.  Every test is a row of 核对结果, passed ones too.  The sources of the",
        "rules are the tables themselves: a printed total names its parts, and what two tables print of one thing is one figure.",
        "No rule changes a figure.  Let u be 末位, one unit of the last printed digit, and n the number of items:",
        "",
        "| 等级 | meaning |",
        "|---|---|",
        "| 通过 | equal |",
        "| 尾差 | off by at most (n + 1) / 2 · u: rounding explains it |",
        "| 矛盾 | beyond that: what is printed does not add up |",
        "| 存疑 | beyond that, and we may have misread: look at the page (`yusuan review`) |",
        "",
    ]


def _table(title: str, source: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    lines = [f"## {title}", "", source, "", f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    return [*lines, *(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows), ""]


def _inside() -> list[str]:
    rows = ((r.rule, r.meaning, KINDS[r.kind], "、".join(r.datasets)) for r in inside())
    source = "Source: `[[inside]]` of `parsers/specs/identities.toml`; a spec's `identities` says which of them its tables keep."
    return _table("Within a table", source, ("规则", "含义", "compares", "数据集"), rows)


def _between() -> list[str]:
    rows = ((r.rule, r.meaning, _EACH[r.each] if r.each else "one figure", "、".join(r.datasets)) for r in between())
    source = "Source: `[[between]]` of `parsers/specs/identities.toml`: left, and alternatives of which one must fit."
    return _table("Between tables of a document", source, ("规则", "含义", "compares", "数据集"), rows)


def _documents() -> list[str]:
    rows = ((b.rule, b.meaning, "、".join(b.datasets) or "各表") for b in panel_spec().between)
    source = "Source: `[[between]]` of `parsers/specs/panel.toml`; made by `yusuan collect`, in 核对结果 of the panel."
    return _table("Between documents", source, ("规则", "含义", "数据集"), rows)


def _code() -> list[str]:
    source = "Source: `parsers/checking` and `parsers/narrative`; T and U are always 存疑: we may have misread."
    return _table(
        "What needs code", source, ("规则", "含义", "looks at"), ((r.rule, r.meaning, r.where) for r in by_code())
    )


if __name__ == "__main__":
    print(page(), end="")
