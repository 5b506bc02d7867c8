"""A document whose pages are recognised one by one takes long, and hangs not: every page starts its clock anew."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from rich.progress import Progress

from extract.batch.pool import Limits, Pool
from extract.batch.run import Advance
from extract.batch.sources import Source
from extract.batch.task import Task
from extract.convert import Recipe
from extract.paper.model import DocumentResult
from extract.paper.page_watch import page_done


@dataclass(frozen=True, slots=True)
class Pages(Task):
    """``slow``: five pages of half a second each; ``hangs``: one page that is never done."""

    def convert(self, source: Source | str) -> DocumentResult:
        assert isinstance(source, Source)
        for number in range(1, 6):
            time.sleep(0.5 if source.path.stem == "slow" else 30)
            page_done(number)
        return DocumentResult(str(source.path), "0" * 16, "成功")


def test_every_page_starts_the_clock_anew(tmp_path: Path) -> None:
    sources = [Source(tmp_path / "slow.pdf"), Source(tmp_path / "hangs.pdf")]
    seen: list[tuple[str, int]] = []
    pool = Pool(
        Pages(Recipe(tmp_path / "out")), 2, Limits(timeout=1.5), seen=lambda source, n: seen.append((str(source), n))
    )
    results = {Path(r.source).stem: r for r in pool.run(sources)}
    assert results["slow"].status == "成功"
    assert results["hangs"].error_code == "TimedOut"
    assert [n for _, n in seen] == [1, 2, 3, 4, 5]


def test_the_bar_counts_the_pages_of_a_scan_as_they_come() -> None:
    progress = Progress()
    advance = Advance(progress, 2)
    for number in (1, 2, 2):
        advance.page(Source(Path("a.pdf")), number)
    assert progress.tasks[0].fields["pages"] == 2
    advance.document(DocumentResult("a.pdf", "0" * 16, "成功", pages=3))
    assert (progress.tasks[0].fields["pages"], progress.tasks[0].completed) == (3, 1)
