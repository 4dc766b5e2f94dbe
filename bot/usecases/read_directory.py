"""The directory as a verb needs it: read beside the escalation, in the same moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.directory import Directory
from bot.store import people

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.policy.book import Book
    from bot.store.tx import Tx

# A refusal names a few whom to ask instead; the others' rows are left unread.
_NAMED = 40


def read_directory(
    tx: Tx,
    book: Book,
    team_id: str | None,
    ids: Iterable[str],
    *,
    groups: Iterable[str] = (),
) -> Directory:
    """Every roll of the policy, these people, and some of those in the groups."""
    directory = Directory(now=tx.now(), team_id=team_id, rolls=people.find_rolls(tx, book.rolls()))
    named = sorted(book.members(tuple(groups), directory))[:_NAMED]
    return Directory(
        now=directory.now,
        team_id=team_id,
        people=people.find(tx, {*ids, *named}),
        rolls=directory.rolls,
    )
