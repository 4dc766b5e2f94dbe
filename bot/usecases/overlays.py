"""Rules that people's decisions propose: found, put to the admins, and tried before their rule."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from bot.cards import wording_overlays, wording_people
from bot.cards.overlay_card import overlay_card
from bot.domain.errors import ForbiddenError, InvalidError
from bot.domain.outgoing import Alert
from bot.domain.overlay import IN_A_ROW, Overlay
from bot.policy.allowed import why_no_admin
from bot.policy.hard_rules import too_risky
from bot.policy.overlays import covers, fingerprint, may_be_learned, pattern_of
from bot.store import journal, outbox, overlays
from bot.usecases.authority import SlackVoter
from bot.usecases.read_directory import read_directory

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bot.domain.journal import Event
    from bot.domain.people import Clicker
    from bot.domain.request import Request
    from bot.policy.book import Book
    from bot.policy.plan import Plan
    from bot.store.overlays import Settled
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk

Answer = Literal["accepted", "declined", "revoked"]
#: What became of older questions says little of what is asked now.
_SINCE = timedelta(days=90)
#: A look each hour reads no more than these.
_MOST = 2000
#: A revocation acts everywhere within a second, as that of a key does.
_LASTS_SECONDS = 1.0
_EVENTS: dict[Answer, Event] = {
    "accepted": "rule.accepted", "declined": "rule.declined", "revoked": "rule.revoked",
}  # fmt: skip


class Overlays:
    """Those in force, as this process knows them: at most a second old."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._until = float("-inf")
        self._known: Sequence[Overlay] = ()

    def accepted(self, tx: Tx) -> Sequence[Overlay]:
        asked = self._monotonic()
        if asked >= self._until:
            self._known = [one for one in overlays.every(tx) if one.state == "accepted"]
            self._until = asked + _LASTS_SECONDS
        return self._known

    def forget(self) -> None:
        """This process has just changed something: it acts here at once."""
        self._until = float("-inf")


def laid_over(
    tx: Tx, book: Book, known: Overlays, agent: str, request: Request, planned: Plan
) -> Plan:
    """The plan, or the approval of a learned rule that stands just before the plan's own.

    Hard rules come after this as after every rule that approves.
    """
    if planned.then not in {"escalate", "batch"} or planned.foreign_system is not None:
        return planned
    found = next(
        (
            one
            for one in known.accepted(tx)
            if one.rule == planned.rule
            and one.fingerprint == fingerprint(book, planned.rule)
            and covers(one.pattern, agent, request)
        ),
        None,
    )
    if found is None or too_risky(book, request):
        return planned
    return replace(planned, then="approve", rule=found.name, limit=None, digest=None)


async def propose_rules(desk: Desk) -> int:
    """How many were found. Safe to run anywhere, any number of times."""
    settled, now = await desk.ledger.read(_history)
    proposed = 0
    for one in _found(desk.book, settled, now):
        proposed += await desk.ledger.run_behind(_propose, one)
    return proposed


async def answer_proposal(desk: Desk, overlay_id: str, clicker: Clicker, answer: Answer) -> Overlay:
    """Raises NotFoundError, ForbiddenError, InvalidError (somebody was faster, or it is void)."""
    done = await desk.ledger.run(_answer, desk.book, desk.team_id, overlay_id, clicker, answer)
    desk.overlays.forget()
    return done


def _history(tx: Tx) -> tuple[list[Settled], datetime]:
    return overlays.history(tx, tx.now() - _SINCE, _MOST), tx.now()


def _found(book: Book, settled: Sequence[Settled], now: datetime) -> list[Overlay]:
    """Of each kind of case the newest, if there are enough of them and all were approved."""
    kinds: dict[tuple[str | None, ...], list[Settled]] = defaultdict(list)
    for one in settled:
        tool = one.request.tool
        if tool is not None and may_be_learned(one.request) and not too_risky(book, one.request):
            kind = (one.rule, one.agent, tool.name, tool.server, one.request.category)
            kinds[kind].append(one)
    made = []
    for those in kinds.values():
        newest = those[:IN_A_ROW]
        rule = newest[0].rule
        as_it_is = fingerprint(book, rule)
        if as_it_is is None or len(newest) < IN_A_ROW or not all(one.approved for one in newest):
            continue
        pattern = pattern_of(newest[0].agent, [one.request for one in newest])
        if pattern is not None:
            made.append(
                Overlay(
                    id="",
                    rule=rule,
                    fingerprint=as_it_is,
                    pattern=pattern,
                    approved=len(newest),
                    people=len({one.person for one in newest}),
                    state="proposed",
                    at=now,
                )
            )
    return made


def _propose(tx: Tx, found: Overlay) -> bool:
    """Once: what was proposed, accepted, declined or revoked for the same rule is left at that."""
    tx.queue_up("overlays")
    of = found.pattern
    for one in overlays.every(tx):
        same = (one.rule, one.fingerprint) == (found.rule, found.fingerprint)
        its = one.pattern
        if same and (its.agent, its.tool, its.server, its.category) == (
            of.agent, of.tool, of.server, of.category,
        ):  # fmt: skip
            return False
    new = replace(found, id=tx.new_id("rul"), at=tx.now())
    overlays.put(tx, new)
    journal.note(tx, None, "rule.proposed", None, rule=new.rule, overlay=new.id)
    card = overlay_card(new)
    outbox.owe(tx, Alert(text=card.text, blocks=card.blocks))
    return True


def _answer(
    tx: Tx, book: Book, team_id: str | None, overlay_id: str, clicker: Clicker, answer: Answer
) -> Overlay:
    directory = read_directory(tx, book, team_id, {clicker.id}, groups=book.admins)
    denial = why_no_admin(book, directory, clicker)
    if denial is not None:
        raise ForbiddenError(
            wording_people.denied(
                denial, directory.now, book.timezone, this=wording_overlays.ANSWER_THIS
            )
        )
    found = overlays.lock(tx, overlay_id)
    if found.state != ("accepted" if answer == "revoked" else "proposed"):
        raise InvalidError(wording_overlays.overtaken(found))
    if answer == "accepted" and found.fingerprint != fingerprint(book, found.rule):
        raise InvalidError(wording_overlays.VOID)
    actor = SlackVoter(clicker, "button").actor(directory)
    after = replace(found, state=answer, at=tx.now(), by=actor)
    overlays.put(tx, after)
    journal.note(tx, None, _EVENTS[answer], actor, rule=after.rule, overlay=after.id)
    return after
