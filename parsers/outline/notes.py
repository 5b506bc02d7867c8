"""What a note below a table declares: that the table is empty, and not merely that something is left out of it."""

from __future__ import annotations

import regex

from parsers.specs.loader import vocabulary
from parsers.text import key

_CONDITION = regex.compile(r"(?:^|[,，:：。;；、\d.])(?:如果?|若|凡|倘)[^,。;]{0,30}(?:空|无|没有|未)")
_LEFT_OUT = regex.compile(
    r"(?:未|不)(?:含|包含|包括|纳入|列入|列示|计入|反映|扣除|剔除|下达|分配|细化|作)|无(?:法|需|须|论|关)"
)
_OF_A_PART = regex.compile(r"^(?:备?注|说明)?[:.、\d]*(?:其中|部分)")
_OF_THE_TABLE = regex.compile(r"空表|表(?:为)?(?:空|零)|表(?:均|暂|中)?无(?:数据|内容|相关)|(?:此|本)表(?:没有|无)")
_CLAUSE = regex.compile(r"[,，。;；]")


def declares_empty(note: str) -> bool:
    """Does a note say that there is nothing to report?

    ``本部门没有…安排的支出`` does; ``本表未含…收支`` says what is left out, ``如为空表…`` what would be, ``其中：…`` is
    about a part.
    """
    bare = key(note)
    if _CONDITION.search(bare) or _OF_A_PART.search(bare):
        return False
    if _OF_THE_TABLE.search(bare):
        return True
    clauses = [c for c in _CLAUSE.split(bare) if c and not _LEFT_OUT.search(c)]
    return any(vocabulary().empty_note.search(clause) for clause in clauses)


def declares_table_empty(note: str) -> bool:
    """Does a note say so of the table itself, so that figures in it contradict it?"""
    return declares_empty(note) and bool(_OF_THE_TABLE.search(key(note)))
