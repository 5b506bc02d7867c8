"""Dataframes for notebooks say what the Parquet files say."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from extract.frames import as_printed, read_frames

SAMPLES = Path(__file__).resolve().parent.parent / "samples"


def test_frames_are_keyed_by_code() -> None:
    frames = read_frames(SAMPLES / "portrait_numbered.pdf")
    spending = frames["支出总表"]
    assert spending.index.name == "科目编码"
    row = spending[(spending["指标"] == "合计")].loc["20106"]
    assert isinstance(row["金额"], Decimal) and row["金额"] == 10_000 * Decimal(row["原文"].replace(",", ""))
    assert "一级指标" in frames["绩效指标"].columns


def test_wide_view_has_the_printed_shape() -> None:
    spending = read_frames(SAMPLES / "portrait_numbered.pdf")["支出总表"]
    wide = as_printed(spending)
    assert len(wide) == spending["行号"].max()
    assert list(wide.columns[7:10]) == ["合计", "基本支出", "项目支出"]
    assert wide["科目名称"].iloc[0] == "合计"


def test_no_amount_is_dropped_from_the_wide_view() -> None:
    """Two columns of one 指标 stay two columns; a key that stands twice is an error."""
    for dataset, frame in read_frames(SAMPLES / "landscape_split_codes.pdf").items():
        if "金额" in frame.columns:
            assert as_printed(frame).iloc[:, 7:].notna().sum().sum() == frame["金额"].notna().sum(), dataset
    spending = read_frames(SAMPLES / "portrait_numbered.pdf")["支出总表"]
    with pytest.raises(ValueError, match="two amounts"):
        as_printed(pd.concat([spending, spending]))
