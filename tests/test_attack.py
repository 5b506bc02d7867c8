"""A smaller version of what ``python -m tests.attack`` measures."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

from extract.batch.run import Options, convert_all
from tests.attack.disturb import disturb
from tests.test_pool import batch, contents


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_stops_and_kills_tear_nothing_and_hang_nothing(tmp_path: Path) -> None:
    batch(tmp_path / "in", 6)
    convert_all([str(tmp_path / "in")], tmp_path / "whole", Options(quiet=True, jobs=0))
    options = ["--timeout", "5", "--jobs", "2"]
    found = disturb(tmp_path / "in", tmp_path / "out", options, 1, 2, random.Random(4))
    assert not any(found.values()), found
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")
