"""Rows of text that have lost their leading tabs, put right by what the columns of the other rows hold."""

from __future__ import annotations


def put_right(rows: list[list[str]], ncols: int) -> dict[int, int]:
    """By how many columns each row that lost leading tabs must move; rows that stand well are not named."""
    return {}
