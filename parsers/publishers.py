"""Names of publishers, compared: what is printed differently and names one organisation."""

from __future__ import annotations

import unicodedata

from parsers.specs.panel import panel_spec


def plain_name(name: str) -> str:
    """``name`` as it is compared: no blanks, one form of brackets and of full names, without 本级 and former names."""
    spec = panel_spec()
    plain = unicodedata.normalize("NFKC", "".join(name.split()))
    plain = spec.own.sub("", spec.former.sub("", plain))
    for rule in spec.names:
        plain = rule.pattern.sub(rule.becomes, plain)
    return plain or name


def former_names(name: str) -> list[str]:
    """Former names that a printed name tells, as they are compared: ``应急管理局（原安全生产监督管理局）``."""
    plain = unicodedata.normalize("NFKC", "".join(name.split()))
    return [plain_name(found) for found in panel_spec().former.findall(plain)]


def is_own_unit(name: str) -> bool:
    """Does the name say that it is a department's own unit (本级, 机关), not the department?"""
    plain = unicodedata.normalize("NFKC", "".join(name.split()))
    return bool(panel_spec().own.search(panel_spec().former.sub("", plain)))
