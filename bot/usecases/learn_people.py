"""Ask Slack who the people of the policy are, and remember it: no click waits for that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import structlog

from bot.cards import wording_people
from bot.domain.directory import STALE_AFTER, Directory, Nobody, Roll
from bot.domain.outgoing import Alert, Later, Never
from bot.domain.people import Person
from bot.store import escalations, messages, outbox, people
from bot.store.people import Due

if TYPE_CHECKING:
    from datetime import datetime

    from bot.policy.book import Book
    from bot.senders.slack import SlackSender
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk

log = structlog.get_logger()

Kind = Literal["usergroup", "email", "person"]
#: In this order: who is in a group has to be known before its people can be asked for.
KINDS: tuple[Kind, ...] = ("usergroup", "email", "person")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Something to ask Slack: who somebody is, whose address, or who belongs to a usergroup."""

    kind: Kind
    due: Due


async def questions(desk: Desk, kind: Kind) -> list[Question]:
    """What is not known, was told of a change, or was asked for ten minutes ago."""
    due = await desk.ledger.read(_due, desk.book, kind)
    return [Question(kind=kind, due=one) for one in due]


async def learn(desk: Desk, sender: SlackSender, question: Question) -> Later | Never | None:
    """Ask, and remember the answer. None when Slack has answered."""
    key, rev = question.due.key, question.due.rev
    match question.kind:
        case "usergroup":
            members = await sender.members(key)
            if isinstance(members, Later | Never):
                return await _not_told(desk, key, members)
            await desk.ledger.run_behind(_learn_roll, _roll(key, members), rev)
        case "email":
            found = await sender.person_at(key)
            if isinstance(found, Later | Never):
                return await _not_told(desk, key, found)
            await desk.ledger.run_behind(_learn_address, key, found, rev)
        case _:
            person = await sender.person(key)
            if isinstance(person, Later | Never):
                return person
            await desk.ledger.run_behind(_learn_person, key, person, rev)
    return None


async def everything_again(desk: Desk) -> None:
    """For the start, when nobody has listened until now, and for a new policy."""
    await desk.ledger.run_behind(_everything_again)


async def say_if_nobody_can_decide(desk: Desk) -> None:
    """Alert the operators, once, when Slack has told us nothing about anybody for an hour."""
    last_heard = await desk.ledger.read(_last_heard_too_long_ago)
    if last_heard is not None and desk.book.groups:
        await desk.ledger.run_behind(_alert_outage, last_heard, desk.book.timezone)


def _everything_again(tx: Tx) -> None:
    people.want_everything(tx)
    _redraw(tx, escalations.voted_on(tx))


def _due(tx: Tx, book: Book, kind: Kind) -> list[Due]:
    if kind == "person":
        rolls = people.find_rolls(tx, book.rolls())
        return people.due(tx, book.people(Directory(now=tx.now(), team_id=None, rolls=rolls)))
    return people.due_rolls(tx, [key for key in book.rolls() if ("@" in key) == (kind == "email")])


def _roll(key: str, members: frozenset[str] | Nobody) -> Roll:
    if isinstance(members, Nobody):
        return Roll(key=key, problem=members.reason)
    return Roll(key=key, members=members)


def _learn_roll(tx: Tx, now: Roll, rev: int) -> None:
    before = people.find_rolls(tx, [now.key]).get(now.key) or Roll(key=now.key)
    if not people.remember_roll(tx, now, rev=rev):
        return
    redraw(tx, before.members ^ now.members)
    if now.problem is not None and now.problem != before.problem:
        outbox.owe(tx, Alert(text=wording_people.nobody_there(now.key, now.problem)))


def _learn_address(tx: Tx, email: str, found: Person | Nobody, rev: int) -> None:
    if isinstance(found, Nobody):
        _learn_roll(tx, _roll(email, found), rev)
        return
    if not people.find(tx, [found.id]):
        people.remember(tx, found)
    _learn_roll(tx, Roll(key=email, members=frozenset({found.id})), rev)


def _learn_person(tx: Tx, user_id: str, found: Person | Nobody, rev: int) -> None:
    before = people.find(tx, [user_id]).get(user_id)
    if isinstance(found, Nobody):
        log.warning("people.unknown_to_slack", user=user_id, reason=found.reason)
        name = before.display_name if before else user_id
        found = Person(id=user_id, display_name=name, deleted=True)
    if people.remember(tx, found, rev=rev) and before is not None:
        redraw(tx, {user_id} if facts(before) != facts(found) else set())


def redraw(tx: Tx, changed: set[str] | frozenset[str]) -> None:
    """Cards say whose votes count: those on which one of these people voted look again."""
    if changed:
        _redraw(tx, escalations.voted_on(tx, by=changed))


def _redraw(tx: Tx, ids: list[str]) -> None:
    # Like every verb: first the escalations, then what shows them.
    escalations.hold(tx, ids)
    for escalation_id in ids:
        messages.touch(tx, escalation_id)


def facts(person: Person) -> tuple[object, ...]:
    """What a card or a vote depends on."""
    return (person.display_name, person.team_id, person.deleted, person.bot, person.guest)


async def _not_told(desk: Desk, key: str, answer: Later | Never) -> Later | Never:
    if isinstance(answer, Never):
        await desk.ledger.run_behind(_alert_not_told, key, answer.reason)
    return answer


def _alert_not_told(tx: Tx, key: str, reason: str) -> None:
    before = people.find_rolls(tx, [key]).get(key)
    if before is None or before.problem != reason:
        people.note_problem(tx, key, reason)
        outbox.owe(tx, Alert(text=wording_people.not_told(key, reason)))


def _last_heard_too_long_ago(tx: Tx) -> datetime | None:
    newest = people.newest(tx)
    return newest if newest is not None and tx.now() - newest > STALE_AFTER else None


def _alert_outage(tx: Tx, last_heard: datetime, timezone: str) -> None:
    words = wording_people.nobody_can_decide(last_heard, tx.now(), timezone)
    # Named by the last answer: each outage is told of once, however often it is noticed.
    outbox.owe_once(tx, f"outage_{last_heard:%Y%m%dT%H%M%S.%f}", Alert(text=words))
