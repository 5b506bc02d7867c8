"""Notes below a table: an empty note is about the whole table, not about what is left out of it."""

from __future__ import annotations

import pytest

from extract.doors import read_document
from extract.paper.stitching import join
from parsers.outline.notes import declares_empty, declares_table_empty
from parsers.parse import parse

EMPTY = [
    "注：本单位2025年没有使用政府性基金预算拨款安排的支出，故本表为空表。",
    "(无政府性基金支出）",
    "此表为空",
    "注：本部门无相关收支项目",
    "说明：本年度没有政府性基金预算财政拨款收入和支出，故本表无数据。",
    "2024年没有使用国有资本经营预算安排的支出",
    "注：本表不涉及",
    "备注：本级未发生此项支出",
    "我单位2024年没有政府性基金收支",
    "无安排",
]
NOT_EMPTY = [
    "注：本表未含社会保险基金预算收支。",
    "注：本表不包括上级专项支出。",
    "注：如该部门没有相关支出，则本表为空表。",
    "其中：东区无税收返还收入",
    "备注：年初未下达的转移支付支出不计入本表。",
    "注：本表数据无需审计，支出按决算口径列示。",
    "无形资产购置支出",
    "未成年人保护支出",
    "无法分配的支出",
    "无线电管理经费",
]


@pytest.mark.parametrize("note", EMPTY)
def test_empty(note: str) -> None:
    assert declares_empty(note)


@pytest.mark.parametrize("note", NOT_EMPTY)
def test_not_empty(note: str) -> None:
    assert not declares_empty(note)


def test_figures_contradict_only_a_note_about_the_table() -> None:
    assert declares_table_empty(EMPTY[0])
    assert not declares_table_empty(EMPTY[5])


@pytest.mark.parametrize(
    ("note", "status"), [(NOT_EMPTY[0], "已提取"), (NOT_EMPTY[2], "已提取"), (EMPTY[0], "有数却说明为空")]
)
def test_status(note: str, status: str) -> None:
    text = f"东湖市财政局2024年部门预算\n收支总表\n单位：万元\n收入\t\t支出\t\n项目\t预算数\t项目\t预算数\n财政拨款\t10.00\t教育支出\t10.00\n{note}\n"
    (table,) = parse(read_document(text.encode(), ".txt"), "0" * 16, join).tables
    assert table.status == status
