"""The data dictionary, made from the specs: ``python -m parsers.specs.dictionary > docs/dictionary.md``."""

from __future__ import annotations

from extract.errors import PARTIAL, ExtractError
from parsers.specs.loader import FieldSpec, datasets, fields, marks, specs
from parsers.specs.panel import panel_spec
from parsers.specs.rules import between, by_code, inside

_TYPES = {
    "string": "string", "dictionary": "dictionary&lt;string&gt;", "int16": "int16", "int32": "int32", "bool": "bool",
    "float32": "float32", "double": "double", "decimal": "decimal128(20,4)", "list": "list&lt;string&gt;",
}  # fmt: skip


def markdown() -> str:
    """Datasets, columns and rules as one Markdown page."""
    return "\n".join([*_head(), *_datasets(), *_columns(), *_marks(), *_failures(), *_rules()]) + "\n"


def _head() -> list[str]:
    return [
        "# 数据字典 · Data dictionary",
        "",
        "Made from the specs by `make docs`; do not edit.  Names in brackets are those of `--labels en`.",
        "",
    ]


def _datasets() -> list[str]:
    titles: dict[str, str] = {}
    for spec in specs():
        titles.setdefault(spec.dataset, "、".join(spec.examples[:3]))
    lines = ["## 数据集 · Datasets", "", "| 数据集 | English | 列 | 表名，举例 |", "|---|---|---|---|"]
    for name, entry in datasets().items():
        lines.append(f"| {name} | {entry.english} | [{entry.schema}](#{entry.schema}) | {titles.get(name, '')} |")
    return [*lines, ""]


def _columns() -> list[str]:
    lines = ["## 列 · Columns", ""]
    seen: set[str] = set()
    for dataset, columns in fields().items():
        schema = datasets()[dataset].schema
        if schema in seen:
            continue
        seen.add(schema)
        lines += [f"### {schema}", "", "| 列 | English | Arrow 类型 | 含义 |", "|---|---|---|---|"]
        lines += [_column(column) for column in columns]
        lines.append("")
    return lines


def _column(column: FieldSpec) -> str:
    return f"| {column.name} | {column.english} | {_TYPES[column.type]} | {column.title} |"


def _marks() -> list[str]:
    lines = ["## 标记 · Marks", "", "| 标记 | 含义 |", "|---|---|"]
    return [*lines, *(f"| {mark} | {meaning} |" for mark, meaning in marks().items()), ""]


def _failures() -> list[str]:
    lines = ["## 错误代码 · Error codes of 文档清单", "", "| 状态 | 错误代码 | |", "|---|---|---|"]
    lines += [f"| 部分 | {code} | {meaning} |" for code, meaning in PARTIAL.items()]
    lines += [f"| 失败 | {e.code} | {e.advice} |" for e in ExtractError.__subclasses__() if e.exit_code in (1, 70)]
    return [*lines, ""]


def _rules() -> list[str]:
    lines = [
        "## 规则 · Rules",
        "",
        "Every test is a row of 核对结果: 通过 holds; 尾差 within (n + 1) / 2 units of the last printed digit; 矛盾 beyond it;",
        "存疑 beyond it where a cell was repaired, the second engine reads it differently or nothing proves the levels that",
        "were added up, so that we may be wrong; T and U rules are always 存疑.  A test that could not be made is no row:",
        "说明 of 表格清单 names it behind 未核对, with the reason.",
        "",
        "| 规则 | 含义 | 数据集 |",
        "|---|---|---|",
    ]
    lines += [f"| {r.rule} | {r.meaning} | {'、'.join(r.datasets)} |" for r in inside()]
    lines += [f"| {r.rule} | {r.meaning} | {'、'.join(r.datasets)} |" for r in between()]
    lines += [f"| {b.rule} | {b.meaning} | {'、'.join(b.datasets) or 'collect'} |" for b in panel_spec().between]
    lines += [f"| {rule.rule} | {rule.meaning} | {rule.where} |" for rule in by_code()]
    return lines


if __name__ == "__main__":
    print(markdown(), end="")
