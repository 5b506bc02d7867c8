"""Views to HTML.  Every text is escaped; styles and scripts stand in the page and are named by their hashes."""

from __future__ import annotations

import base64
import hashlib
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from pathlib import PurePath
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from extract.store.verdicts import MENDED, RIGHT, WRONG
from extract.views.review.model import DocumentView, Finding
from parsers.checking.verdicts import CONTRADICTION, DOUBT, PASSED, TAIL
from parsers.records import CheckRow, DocumentRow
from parsers.specs.loader import marks

_TEMPLATES = ("base.html", "index.html", "document.html")
_CLASSES = {CONTRADICTION: "bad", DOUBT: "doubt", TAIL: "tail", PASSED: "note"}
_VERDICT_CLASSES = {RIGHT: "right", WRONG: "wrong", MENDED: "mended"}
_MOST_FINDINGS = 3000  # on the index


@lru_cache(maxsize=1)
def _environment() -> Environment:
    place = files("extract.views.review") / "assets"
    texts = {name: (place / name).read_text(encoding="utf-8") for name in (*_TEMPLATES, "review.css", "review.js")}
    made = Environment(
        loader=DictLoader({name: texts[name] for name in _TEMPLATES}),
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "sort_keys": False}
    made.globals.update(
        style=Markup(texts["review.css"]),
        script=Markup(texts["review.js"]),
        policy=policy(texts["review.css"], texts["review.js"]),
        t=_both,
        grade_class=_CLASSES,
        verdict_class=_VERDICT_CLASSES,
        meaning_of=marks(),
    )
    made.filters.update(money=money, name=lambda source: PurePath(str(source)).name, terms=_terms)
    return made


def policy(style: str, script: str) -> str:
    """The Content-Security-Policy: our style, our script, pictures beside the page, and nothing else."""
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "img-src 'self' file: data:; connect-src 'self'; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _both(chinese: str, english: str) -> Markup:
    """A label in both languages; the switch shows one."""
    return Markup('<span class="zh">{}</span><span class="en" lang="en">{}</span>').format(chinese, english)


def money(value: Decimal | None) -> str:
    """``1,234.50``: two places where they suffice."""
    if value is None:
        return ""
    return f"{value:,.2f}" if value == value.quantize(Decimal("0.01")) else f"{value.normalize():,f}"


def _terms(note: str | None) -> tuple[str, list[str]]:
    """说明 as what is tested and the items of its sum."""
    before, colon, after = (note or "").rpartition("：")
    if not colon or "＋" not in after:
        return note or "", []
    return before, after.split("＋")


def index_html(documents: list[DocumentRow], findings: dict[str, list[CheckRow]], serve: bool) -> str:
    """The first page: every document, and the findings of all, the worst first."""
    listed = [
        (documents_row, row, n)
        for documents_row in documents
        for n, row in enumerate(findings[documents_row["文档"]], start=1)
    ]
    order = (CONTRADICTION, DOUBT, TAIL, PASSED)
    listed.sort(key=lambda f: (order.index(f[1]["等级"]), -abs(f[1]["差额"] or Decimal(0))))
    counts = {d["文档"]: {g: sum(r["等级"] == g for r in findings[d["文档"]]) for g in order} for d in documents}
    rules = {d["文档"]: sorted({r["规则"] for r in findings[d["文档"]]}) for d in documents}
    return _environment().get_template("index.html").render(
        documents=documents, counts=counts, rules_of=rules, findings=listed[:_MOST_FINDINGS], left=max(0, len(listed) - _MOST_FINDINGS),
        grades=(CONTRADICTION, DOUBT, TAIL), rules=sorted({r["规则"] for _, r, _ in listed}, key=lambda r: (r[:1], len(r), r)),
        years=sorted({d["年度"] for d in documents if d["年度"]}, reverse=True),
        units=sorted({d["编制单位"] for d in documents if d["编制单位"]}),
        states=sorted({d["状态"] for d in documents}), root="", serve=serve,
    )  # fmt: skip


def document_html(view: DocumentView, pages: list[Any], source_found: bool, serve: bool, inline: bool = False) -> str:
    """The page of a document.  ``pages``: ``PageShown`` in order."""
    cells = {
        c.key: [c.amount["页码"], *(_short(c.amount[k]) for k in ("x0", "y0", "x1", "y1")), c.amount["原文"] or ""]
        for c in view.cells if c.amount
    }  # fmt: skip
    for finding in view.findings:
        cells.setdefault(finding.key, [finding.row["页码"], None, None, None, None, ""])
    data = {
        "document": view.row["文档"],
        "cells": cells,
        "verdicts": {key: [v.意见, v.改为, v.核对人, v.时间, v.原文] for key, v in view.verdicts.items()},
        "serve": serve,
    }
    return _environment().get_template("document.html").render(
        view=view, doc=view.row, pages=pages, findings=view.findings, lit=_lit(view.findings), source_found=source_found,
        data=data, serve=serve, inline=inline, root="../",
    )  # fmt: skip


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _lit(findings: list[Finding]) -> dict[int, str]:
    """The class of each cell that a finding is about, the worst where there are several."""
    found: dict[int, str] = {}
    for finding in sorted(findings, key=lambda f: -list(_CLASSES).index(f.row["等级"])):
        if finding.cell:
            found[finding.cell.number] = _CLASSES[finding.row["等级"]]
    return found
