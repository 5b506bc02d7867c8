"""Dataframes for notebooks say what the Parquet files say."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

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
    assert list(wide.columns[6:9]) == ["合计", "基本支出", "项目支出"]
    assert wide["科目名称"].iloc[0] == "合计"
