"""Places are known by the shape of their names."""

from __future__ import annotations

import pytest

from parsers.amounts_table.places import is_place, settle_places
from parsers.values import TOTAL, Row


@pytest.mark.parametrize(
    "name", ["云岭市", "其中：市本级", "北川县", "东乌旗", "市县合计", "区市", "某州", "省级", "高新区（含开发区）"]
)
def test_places(name: str) -> None:
    assert is_place(name)


@pytest.mark.parametrize(
    "name", ["税收收入", "城乡社区支出", "其他地区", "一般债务", "2025年", "合计", "城区", "省级专项资金"]
)
def test_no_places(name: str) -> None:
    assert not is_place(name)


def rows(names: list[str], scheme: str = "收支项目") -> list[Row]:
    made = [Row(i, scheme=scheme, name=name) for i, name in enumerate(names)]
    return [Row(0, scheme=scheme, name="合计", level=TOTAL), *made]


def test_rows_of_places_under_any_header() -> None:
    made = rows(["市级", "东区", "西区", "云岭市"])
    settle_places(made)
    assert {r.scheme for r in made} == {"地区"}


@pytest.mark.parametrize(
    "made",
    [
        rows(["东区", "增值税", "契税", "房产税", "市级"]),
        rows(["东区", "西区"]),
        rows(["东区", "西区", "南区"], "单位"),
    ],
)
def test_other_rows_stay(made: list[Row]) -> None:
    before = [r.scheme for r in made]
    settle_places(made)
    assert [r.scheme for r in made] == before
