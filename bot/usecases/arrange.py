"""What the reviewers' verbs have in common: one transaction, in which they are known and may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.usecases.authority import Standing
from bot.usecases.read_directory import read_directory
from bot.usecases.settling import lock_in_time

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.domain.directory import Directory
    from bot.domain.escalation import Escalation
    from bot.domain.people import Actor
    from bot.policy.book import Book
    from bot.store.tx import Tx
    from bot.usecases.authority import Voter
    from bot.usecases.desk import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Arranging:
    """One open escalation under its lock, and a person who may arrange it."""

    tx: Tx
    book: Book
    directory: Directory
    found: Escalation
    voter: Voter
    actor: Actor

    @property
    def name(self) -> str:
        return self.actor.display_name or self.actor.id


async def arrange(
    desk: Desk,
    escalation_id: str,
    voter: Voter,
    change: Callable[[Arranging], Escalation],
    *,
    about: frozenset[str] = frozenset(),
) -> Escalation:
    """What `change` makes of it; `about` are people whom it has to know besides.

    Raises NotFoundError, AlreadySettledError, ForbiddenError, and whatever `change` does.
    """
    return await desk.ledger.run(
        _arrange, desk.book, desk.team_id, escalation_id, voter, change, about
    )


def _arrange(
    tx: Tx,
    book: Book,
    team_id: str | None,
    escalation_id: str,
    voter: Voter,
    change: Callable[[Arranging], Escalation],
    about: frozenset[str],
) -> Escalation:
    found = lock_in_time(tx, book, escalation_id)
    found.refuse_if_settled()
    needs = (found.need, found.shown_need)
    groups = [name for need in needs for name in book.groups_asked(found, need.route)]
    directory = read_directory(tx, book, team_id, voter.ids | about, groups=groups)
    Standing(book=book, directory=directory, seen=found, voter=voter).check_may_arrange()
    return change(
        Arranging(
            tx=tx,
            book=book,
            directory=directory,
            found=found,
            voter=voter,
            actor=voter.actor(directory),
        )
    )
