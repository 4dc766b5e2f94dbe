"""What a list shows of open questions: however many, a handful of questions to the database."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.cards.around import Around
from bot.store import escalations, pauses, people
from bot.usecases.authority import as_it_counts, voters
from bot.usecases.end_of_time import in_the_end_of_each
from bot.usecases.look import named_on
from bot.usecases.read_directory import read_directory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.escalation import Escalation
    from bot.policy.book import Book
    from bot.store.tx import Tx


def look_at_list(
    tx: Tx, book: Book, team_id: str | None, ids: Sequence[str]
) -> list[tuple[Escalation, Around]]:
    """Those of them that are open, in their order, as `look` has each."""
    found = {one.id: one for one in escalations.find_all(tx, ids) if one.status == "open"}
    paused = {one.agent: one for one in pauses.every(tx)}
    voted = {person for one in found.values() for person in voters(one)}
    directory = read_directory(tx, book, team_id, voted)
    listed = [
        as_it_counts(book, directory, replace(found[one], pause=paused.get(found[one].agent)))
        for one in ids
        if one in found
    ]
    known = people.find(tx, {person for one in listed for person in named_on(one)})
    names = {person.id: person.display_name for person in known.values()}
    ends = in_the_end_of_each(tx, book, listed)
    earlier = {one.request.supersedes for one in listed if one.request.supersedes}
    predecessors = {one.id: one for one in escalations.find_all(tx, earlier)} if earlier else {}
    return [
        (
            one,
            Around(
                now=tx.now(),
                names=names,
                timezone=book.timezone,
                on_timeout=ends[one.id],
                raised_after=tiers[-1].after if (tiers := book.tiers_of(one)) else None,
                also_asked=tuple(dict.fromkeys(g for tier in tiers for g in tier.reviewers)),
                threshold=book.threshold(one.request.category),
                predecessor=predecessors.get(one.request.supersedes or ""),
            ),
        )
        for one in listed
    ]
