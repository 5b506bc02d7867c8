"""What a document says of itself: cover, title, organisation, year; documents without tables or without words."""

from __future__ import annotations

import pytest

from parsers.outline.cover import DocumentInfo
from parsers.parse import Parsed
from tests.truth import extracted

TABLE = "\n表1\n收支总表\n单位：万元\n收入\t\t支出\t\n项目\t预算数\t项目\t预算数\n一、财政拨款收入\t10.00\t一、教育支出\t10.00\n"


def parsed(text: str) -> Parsed:
    return extracted(text.encode(), ".txt")[1]


def info(cover: str) -> DocumentInfo:
    return parsed(cover + TABLE).info


@pytest.mark.parametrize(
    ("cover", "title", "organisation", "year"),
    [
        ("东湖市财政局2024年部门预算\n", "东湖市财政局2024年部门预算", "东湖市财政局", 2024),
        ("东湖市财政局\n2024年度部门预算\n", "东湖市财政局2024年度部门预算", "东湖市财政局", 2024),
        (
            "东湖市水利和自然\n资源局\n2024年度部门预算\n目录\n一、东湖市水利和自然资源局概况\n",
            "东湖市水利和自然资源局2024年度部门预算", "东湖市水利和自然资源局", 2024,
        ),
        ("附件\n东湖市水利局\n2024年度部门预算\n", "东湖市水利局2024年度部门预算", "东湖市水利局", 2024),
        ("东湖市财政局二〇二四年部门预算\n", "东湖市财政局2024年部门预算", "东湖市财政局", 2024),
        ("东湖市财政局\n2024年\n部门预算\n", "2024年部门预算", "东湖市财政局", 2024),
    ],
)  # fmt: skip
def test_cover(cover: str, title: str, organisation: str, year: int) -> None:
    found = info(cover)
    assert (found.organisation, found.year, found.kind, found.level) == (organisation, year, "预算", "部门")
    assert found.title is not None
    assert found.title.endswith(title)


def test_title_of_a_table_is_no_title_of_the_document() -> None:
    found = parsed(
        "公开12表\n2019年政府采购预算表\n部门：东湖市财政局\t单位：万元\n采购品目\t金额\n台式机\t10.00\n"
    ).info
    assert found.title is None
    assert (found.organisation, found.year) == ("东湖市财政局", 2019)


def test_words_alone_are_a_document_without_tables() -> None:
    text = "东湖市财政局2024年部门预算情况说明\n一、收支预算总体情况\n2024年收入预算100.00万元，比上年增加5.00万元，增长5.26%。\n"
    found = parsed(text)
    assert found.tables == []
    assert (found.info.organisation, found.info.year, found.info.kind) == ("东湖市财政局", 2024, "预算")
