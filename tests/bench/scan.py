"""What recognition makes of scans: each document is scanned by a program, read, and compared with its own text layer.

    python -m tests.bench.scan FOLDER [--pages 40] [--out wrong.txt] [--as fax]
    python -m tests.bench.scan --habits yen_signs,government [--font FILE.ttf] [--body none]

The second draws generated documents, in another font if one is given.  Cells are aligned in printed order, page by page.  Named are numbers (amounts and counts), codes and names that are not
exact, those of them that carry no doubt, and CPU seconds a page.  Exit code 1 when a wrong number or code is not
doubted, or fewer than ``--bar`` are exact.
"""

from __future__ import annotations

import argparse
import resource
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from extract.doors import read_document
from extract.errors import ExtractError
from extract.paper.model import Document, TablePart, compact
from extract.paper.third_engine import Recognition
from parsers.specs.words import printed_words
from samples.government import build_book
from samples.habits import build_with
from samples.paper import write_pdf
from samples.scanned import Scanner, scanned

DOUBTED = "OCR存疑"
_BRACKETS = str.maketrans("（）", "()")  # their width is not told apart, and nothing asks for it
WAYS = {
    "scan": Scanner(),
    "150": Scanner(dpi=150),
    "300": Scanner(dpi=300),
    "clean": Scanner(skew=0, blur=0, shade=0, noise=0, quality=90),
    "fax": Scanner(fax=True),
    "fax300": Scanner(fax=True, dpi=300),
    "down": Scanner(turn=2),
    "sideways": Scanner(turn=1),
    "soiled": Scanner(soil=("holes", "specks", "stamp")),
    "grey stamp": Scanner(soil=("stamp",), grey=True),
    "streaks": Scanner(soil=("streaks",)),
    "spread": Scanner(spread=True),
}


@dataclass
class Score:
    wanted: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    unmarked: Counter[str] = field(default_factory=Counter)
    doubted: int = 0
    misses: list[str] = field(default_factory=list)


def kind_of(text: str) -> str | None:
    """Number, code or name; ``None`` for a text that is none of them."""
    bare = text.replace(",", "").replace("，", "")
    if bare.isdigit() and len(bare) in (2, 3, 5, 7) and bare == text:
        return "codes"
    if bare.lstrip("-−").replace(".", "", 1).replace("%", "").isdigit():
        return "numbers"
    return "names" if text else None


Printed = tuple[str, bool]  # text, doubted


def cells_of(document: Document) -> dict[int, list[Printed]]:
    """The filled cells of each page in printed order."""
    found: dict[int, list[Printed]] = {}
    for content in document.pages:
        mine = found.setdefault(content.number or 0, [])
        for block in content.blocks:
            if isinstance(block, TablePart):
                cells = sorted(block.cells, key=lambda c: (c.row, c.col))
                mine += [
                    (compact(c.text).translate(_BRACKETS), DOUBTED in c.marks)
                    for c in cells
                    if c.text or DOUBTED in c.marks
                ]
    return found


def compare(want: list[Printed], got: list[Printed], where: str, score: Score) -> None:
    for text, _ in want:
        kind = kind_of(text)
        if kind:
            score.wanted[kind] += 1
    score.doubted += sum(doubted and kind_of(text) != "names" for text, doubted in got)
    for texts, read in _differing(want, got):
        kind = next((k for k in map(kind_of, texts) if k), None) or next((k for k, _ in read if kind_of(k)), None)
        if kind is None or (kind == "names" and not texts):
            continue
        kinds = {k for k in map(kind_of, texts) if k} or {"numbers"}
        for kind in kinds:
            n = max(sum(kind_of(t) == kind for t in texts), 1)
            score.wrong[kind] += n
            score.unmarked[kind] += 0 if any(doubted for _, doubted in read) else n
        mark = "" if any(d for _, d in read) else " UNMARKED"
        score.misses.append(f"{where}: {texts} read as {[t for t, _ in read]}{mark}")


def _differing(want: list[Printed], got: list[Printed]) -> Iterator[tuple[list[str], list[Printed]]]:
    a, b = [t for t, _ in want], [t for t, _ in got]
    for tag, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        if j - i == m - k:
            yield from (([x], [y]) for x, y in zip(a[i:j], got[k:m], strict=True))
        else:
            yield a[i:j], got[k:m]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--habits", default="", help="generated documents instead, by names of samples/habits.py")
    parser.add_argument("--font", type=Path, help="TrueType font of the generated ones")
    parser.add_argument("--body", help="rulings of the generated ones, as samples.paper.write_pdf takes them")
    parser.add_argument("--as", dest="way", default="scan", choices=WAYS)
    parser.add_argument("--pages", type=int, default=40, help="of each document at most")
    parser.add_argument("--bar", type=float, default=0.995)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="")
    parser.add_argument("--tables", action="store_true", help="pages with tables only")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    score, pages = Score(), 0
    spent = 0.0
    for seed, (name, data) in enumerate(_documents(options), start=options.seed):
        if options.only not in name:
            continue
        try:
            printed = cells_of(read_document(data, ".pdf"))
        except ExtractError:
            continue
        chosen = [n for n in sorted(printed) if printed[n] or not options.tables][: options.pages]
        if not chosen:
            continue
        scan = scanned(data, seed, WAYS[options.way], [n - 1 for n in chosen])
        before = _cpu()
        read = cells_of(read_document(scan, ".pdf", how=Recognition(printed_words)))
        spent += _cpu() - before
        pages += len(chosen)
        size = 2 if WAYS[options.way].spread else 1
        for k, first in enumerate(range(0, len(chosen), size), start=1):
            want = [text for n in chosen[first : first + size] for text in printed[n]]
            compare(want, read.get(k, []), f"{name} {chosen[first]}", score)
    report = _report(score, pages, spent)
    print(report)
    if options.out:
        options.out.write_text("\n".join([*score.misses, report]) + "\n", encoding="utf-8")
    exact = min(1 - score.wrong[k] / max(score.wanted[k], 1) for k in ("numbers", "codes"))
    return int(exact < options.bar or bool(score.unmarked["numbers"] + score.unmarked["codes"]))


def _documents(options: argparse.Namespace) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every document to be scanned."""
    if options.folder:
        yield from ((path.stem, path.read_bytes()) for path in sorted(options.folder.glob("*.pdf")))
    if options.font:
        pdfmetrics.registerFont(TTFont("Sample", str(options.font)))
    for habit in filter(None, options.habits.split(",")):
        sample = build_book(1) if habit == "book" else build_with(habit, 1)
        yield habit, write_pdf(sample, options.body)


def _report(score: Score, pages: int, spent: float) -> str:
    lines = [f"{pages} pages, {spent / max(pages, 1):.2f} CPU s a page, {score.doubted} numbers and codes doubted"]
    for kind in ("numbers", "codes", "names"):
        wanted, wrong = score.wanted[kind], score.wrong[kind]
        exact = 100 * (1 - wrong / wanted) if wanted else 100.0
        lines.append(
            f"{kind:8} {wanted:6} exact {exact:7.3f} %  wrong {wrong}, of which {score.unmarked[kind]} unmarked"
        )
    return "\n".join(lines)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())
