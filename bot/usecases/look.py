"""What a person at Slack's door is shown: the escalation, and what a card needs around it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.cards.around import Around
from bot.store import escalations, pauses, people, runs
from bot.usecases.absences import absences
from bot.usecases.authority import as_it_counts, voters
from bot.usecases.boundary_on_card import held_by
from bot.usecases.end_of_time import in_the_end
from bot.usecases.read_directory import read_directory

if TYPE_CHECKING:
    from bot.domain.escalation import Escalation
    from bot.policy.book import Book
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk

#: So many of the run's earlier decisions stand on a card.
_OF_THE_RUN = 3
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)>")


async def look(desk: Desk, escalation_id: str) -> tuple[Escalation, Around]:
    """Raises NotFoundError."""
    return await desk.ledger.read(_look, desk.book, desk.team_id, escalation_id)


async def look_with_colleagues(desk: Desk, escalation_id: str) -> tuple[Escalation, Around]:
    """The same, with the names of all who are asked. Raises NotFoundError."""
    found, seen = await desk.ledger.read(
        _look_with_colleagues, desk.book, desk.team_id, escalation_id
    )
    return found, replace(seen, absences=await absences(desk, seen.colleagues))


def _look_with_colleagues(
    tx: Tx, book: Book, team_id: str | None, escalation_id: str
) -> tuple[Escalation, Around]:
    found, seen = _look(tx, book, team_id, escalation_id)
    needs = {found.need.route, found.shown_need.route}
    rolls = read_directory(tx, book, team_id, ())
    asked = {one for need in needs for one in book.members(book.groups_asked(found, need), rolls)}
    directory = replace(rolls, people=people.find(tx, asked))
    named = {
        one: person.display_name
        for one, person in directory.people.items()
        if directory.bar(one) in {None, "stale"}
    }
    return found, replace(seen, colleagues=named)


def _look(tx: Tx, book: Book, team_id: str | None, escalation_id: str) -> tuple[Escalation, Around]:
    found = counted(tx, book, team_id, escalations.find(tx, escalation_id))
    return found, around(tx, book, found)


def counted(tx: Tx, book: Book, team_id: str | None, escalation: Escalation) -> Escalation:
    """What is shown agrees with what counts (see `as_it_counts`), and says when nothing may run."""
    if escalation.status != "open":
        return escalation
    escalation = replace(escalation, pause=pauses.of(tx, escalation.agent))
    if not escalation.votes:
        return escalation
    directory = read_directory(tx, book, team_id, voters(escalation))
    return as_it_counts(book, directory, escalation)


def around(tx: Tx, book: Book, escalation: Escalation) -> Around:
    """Names, reasons and the time, as one reading of the database has them."""
    route = book.route(escalation.shown_need.route)
    tiers = book.tiers_of(escalation)
    boundary = held_by(tx, escalation)
    overrides = () if boundary is None else boundary.overrides
    ids = named_on(escalation) | {one.who.id for one in overrides if one.who is not None}
    before = escalation.request.supersedes
    after = escalation.decision is not None and escalation.decision.type == "revise"
    return Around(
        now=tx.now(),
        quick_reasons=route.quick_reasons,
        names={person.id: person.display_name for person in people.find(tx, ids).values()},
        timezone=book.timezone,
        on_timeout=in_the_end(tx, book, escalation) if escalation.status == "open" else "expire",
        raised_after=tiers[-1].after if tiers else None,
        also_asked=tuple(dict.fromkeys(group for tier in tiers for group in tier.reviewers)),
        threshold=book.threshold(escalation.request.category),
        boundary=boundary,
        predecessor=None if before is None else escalations.find(tx, before),
        successors=escalations.alternatives_to(tx, escalation.id) if after else (),
        run=_run(tx, escalation),
    )


def named_on(escalation: Escalation) -> set[str]:
    """Ids of the people whom a card of it names."""
    ids = {vote.actor.id for vote in escalation.votes}
    if escalation.proposal is not None:
        ids.add(escalation.proposal.by.id)
    if escalation.intent is not None:
        ids.add(escalation.intent.decision.decided_by.id)
    if escalation.decision is not None:
        ids.add(escalation.decision.decided_by.id)
    hands = escalation.hands
    if hands.taken is not None:
        ids.add(hands.taken.by.id)
    if hands.assigned is not None:
        ids |= {hands.assigned.to.id, hands.assigned.by.id}
    if hands.snoozed is not None:
        ids.add(hands.snoozed.by.id)
    if escalation.messages:
        ids.add(escalation.messages[-1].sender.id)
    return ids


def _run(tx: Tx, escalation: Escalation) -> list[Escalation]:
    """What a person who is asked now should know of the run; of what is settled nobody asks."""
    if escalation.request.group_key is None or escalation.status != "open":
        return []
    ids = runs.decided_before(tx, escalation, _OF_THE_RUN)
    return escalations.find_all(tx, ids)[::-1]


async def with_names(desk: Desk, sentence: str) -> str:
    """The sentence with people's names in place of `<@U…>`: nobody is pinged by an explanation."""
    ids = set(_MENTION.findall(sentence))
    known = await desk.ledger.read(people.find, ids) if ids else {}
    return _MENTION.sub(
        lambda found: known[found[1]].display_name if found[1] in known else found[1], sentence
    )
