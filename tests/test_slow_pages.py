"""A document whose pages are recognised one by one takes long, and hangs not: every page starts its clock anew."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from extract.batch.pool import Limits, Pool
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
    pool = Pool(Pages(Recipe(tmp_path / "out")), 2, Limits(timeout=1.5))
    results = {Path(r.source).stem: r for r in pool.run(sources)}
    assert results["slow"].status == "成功"
    assert results["hangs"].error_code == "TimedOut"
