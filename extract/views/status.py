"""What ``yusuan status`` shows: each document that needs a look, why, and what to do."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from extract.errors import PARTIAL
from extract.store.documents import cited, gone, waiting
from extract.store.integrity import damaged
from extract.store.reader import open_outputs
from extract.store.schema import DOCUMENTS
from extract.store.writer import torn
from extract.views.terminal import counted, print_lines
from parsers.records import DocumentRow

_MOST_FAULTS = 3  # files named of one document


def status(outputs: Path, verify: bool, every: bool, as_json: bool) -> int:
    """Print the documents of a run; returns how many have files that are not what was written.

    ``verify`` reads every byte, else presence and size are looked at; ``every`` lists documents that are well, too.
    Raises ``UsageError`` for no run.
    """
    run = open_outputs(outputs)
    marks = outputs / run.labels.folder(DOCUMENTS)
    broken = damaged(outputs, marks, verify) if marks.is_dir() else {}
    half = torn(outputs, run.labels) if marks.is_dir() else []
    rows = [row for row in run.documents.to_pylist() if row["文档"] not in broken]
    lost = {row["文档"] for row in gone(rows)}
    known = {row["文档"]: row for row in rows}
    if as_json:
        for row in rows:
            doings = list(_doings(row, row["文档"] in lost, known))
            print(json.dumps({**row, "去向": doings}, ensure_ascii=False, default=str))
        for document, faults in broken.items():
            print(json.dumps({"文档": document, "状态": "损坏", "错误": "; ".join(faults)}, ensure_ascii=False))
        return len(broken) + len(half)
    lines = _counted(rows, broken, half, lost)
    for row in sorted(rows, key=lambda r: (r["状态"], r["来源"])):
        doings = list(_doings(row, row["文档"] in lost, known))
        if doings or every:
            lines += ["", f"{row['状态']} {row['文档']}  {row['来源']}", *(f"    {line}" for line in doings)]
    for document, faults in broken.items():
        more = [f"    and {len(faults) - _MOST_FAULTS} more files"] if len(faults) > _MOST_FAULTS else []
        lines += ["", f"损坏 {document}", *(f"    {fault}" for fault in faults[:_MOST_FAULTS]), *more]
        lines.append("    → extract it again")
    for document in half:
        lines += [
            "",
            f"未完 {document}",
            "    a run was killed while it put the files in place",
            "    → extract it again; any run removes them",
        ]
    if left := waiting(outputs):
        lines += ["", f"{left} wait in parts/loose for the next extract --parts: the last one was killed"]
    print_lines(lines)
    return len(broken) + len(half)


def _counted(rows: list[DocumentRow], broken: dict[str, list[str]], half: list[str], lost: set[str]) -> list[str]:
    states = Counter(str(row["状态"]) for row in rows)
    others = {
        "被取代": sum(r["被取代"] is not None for r in rows), "同额于": sum(r["同额于"] is not None for r in rows),
        "来源不在": len(lost), "损坏": len(broken), "未完": len(half),
    }  # fmt: skip
    return [
        f"{counted(len(rows), 'document')}: "
        + ", ".join(f"{n} {name}" for name, n in (*sorted(states.items()), *others.items()) if n)
    ]


def _doings(row: DocumentRow, lost: bool, known: dict[str, DocumentRow]) -> Iterator[str]:
    """Why a document needs a look, and what to do."""
    if row["错误"]:
        code = f"{row['错误代码']}: " if row["错误代码"] else ""
        yield f"{code}{row['错误']}"
    if row["状态"] == "部分":
        yield f"→ {PARTIAL.get(row['错误代码'] or '', 'some of it is missing')}: look at those pages"
    if row["被取代"]:
        yield f"→ {cited(row['被取代'], known)} stands at its path now; extract --prune drops this one"
    elif lost:
        yield "→ its file is gone; extract --prune drops it"
    if row["同额于"]:
        yield f"→ {cited(row['同额于'], known)} holds the same figures; collect leaves this one out"
