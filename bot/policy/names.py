"""Names that one part of the file uses and another part gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.policy.findings import nearest, one_of, quoted
from bot.policy.kinds import NAME

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.policy.section import Section


def read_group_names(section: Section, key: str, groups: Collection[str]) -> tuple[str, ...]:
    """Names of groups under a key; one that does not exist is a finding."""
    names = []
    for name, line in section.many(key, NAME):
        if name not in groups:
            section.note_at(line, key, unknown("group", name, groups))
        names.append(name)
    return tuple(dict.fromkeys(names))


def unknown(what: str, name: str, known: Collection[str]) -> str:
    """Words for a name that is not in the policy."""
    there = one_of(sorted(known)[:10]) if known else f"there is no {what} in this file"
    return f"a {what} of this file ({there}), got {quoted(name)}{nearest(name, known)}"
