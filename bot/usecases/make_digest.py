"""Bring together what could wait: each slot once, each question in exactly one digest."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import structlog

from bot.cards import wording_digest, wording_people
from bot.domain.digest_run import ITEMS, SOON, DigestRun
from bot.domain.errors import ForbiddenError, NotFoundError
from bot.domain.request import URGENCIES
from bot.policy.allowed import why_no_digest
from bot.policy.slots import missed_slot, next_slot
from bot.store import digests, journal, messages
from bot.usecases.authority import SlackVoter
from bot.usecases.read_directory import read_directory

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.domain.directory import Directory
    from bot.domain.people import Actor, Clicker
    from bot.policy.book import Book
    from bot.store.digests import Collected
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk

log = structlog.get_logger()

# A card of its own that was due soon is posted before the digest it stands above.
_ABOVE = URGENCIES.index("normal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a run brought together, and when the next one comes by itself."""

    digest: str
    channel: str
    items: int
    #: How many got a card of their own, because they are due too soon.
    alone: int
    next: datetime


async def make_due_digests(desk: Desk) -> int:
    """How many digests came. Safe to run anywhere, any number of times: the row decides."""
    book = desk.book
    due, last, now = await desk.ledger.read(_look, book)
    came = 0
    for name, digest in book.digests.items():
        if name not in last:
            await desk.ledger.run_behind(digests.begin, name)
        slots = [due.get(name), missed_slot(digest, last[name], now) if name in last else None]
        slot = max((slot for slot in slots if slot is not None), default=None)
        if slot is not None:
            made = await desk.ledger.run_behind(_make, book, name, slot)
            came += made is not None
            if made is not None:
                log.info("digest.made", digest=name, slot=slot.isoformat(), items=made.items)
    for name in sorted(due.keys() - book.digests.keys()):
        await desk.ledger.run_behind(_give_cards, book, name, due[name])
        log.warning("digest.gone", digest=name)
    return came


async def digest_now(desk: Desk, name: str, clicker: Clicker) -> Made:
    """What waits for the digest comes now; its next slot comes as if nothing had been.

    Nothing is posted where nothing waits. Raises NotFoundError, ForbiddenError.
    """
    book = desk.book
    if name not in book.digests:
        raise NotFoundError(wording_digest.no_such(name, book.digests))
    directory = await desk.ledger.read(_who, book, desk.team_id, clicker, name)
    denial = why_no_digest(book, directory, name, clicker)
    if denial is not None:
        raise ForbiddenError(
            wording_people.denied(
                denial, directory.now, book.timezone, this=wording_digest.ASK_FOR_IT
            )
        )
    asker = SlackVoter(clicker, "digest").actor(directory)
    return await desk.ledger.run(_make_now, book, name, asker)


def digests_of(desk: Desk, *channels: str) -> list[str]:
    """Names of the digests that come in a channel, which may be known by its id and its `#name`."""
    return [name for name, digest in desk.book.digests.items() if digest.channel in channels]


def _look(tx: Tx, book: Book) -> tuple[dict[str, datetime], dict[str, datetime], datetime]:
    return digests.due(tx), digests.last_runs(tx, book.digests), tx.now()


def _who(tx: Tx, book: Book, team_id: str | None, clicker: Clicker, name: str) -> Directory:
    groups = book.reviewers_of_digest(name)
    return read_directory(tx, book, team_id, {clicker.id}, groups=groups)


def _make(tx: Tx, book: Book, name: str, slot: datetime) -> Made | None:
    """None when this slot was dealt with, and nothing was left behind."""
    if not digests.run_once(tx, name, slot):
        if not digests.waiting(tx, name, until=slot):
            return None
        # They came in just when that slot was dealt with.
        slot = tx.now()
        if not digests.run_once(tx, name, slot):
            return None
    found = digests.waiting(tx, name, until=slot)
    due = min((one.due for one in found), default=slot)
    return _bring_together(tx, book, found, DigestRun(
        digest=name, slot=slot, made_at=tx.now(), due=due
    ))  # fmt: skip


def _make_now(tx: Tx, book: Book, name: str, asker: Actor) -> Made:
    # Of two who ask at once the second finds nothing left.
    tx.queue_up("digest", name)
    found, now = digests.waiting(tx, name, until=None), tx.now()
    run = DigestRun(digest=name, slot=now, made_at=now)
    if found:
        digests.run_once(tx, name, now)
    return _bring_together(tx, book, found, run, asker)


def _bring_together(
    tx: Tx, book: Book, found: Sequence[Collected], run: DigestRun, asker: Actor | None = None
) -> Made:
    digest = book.digests[run.digest]
    digests.claim(tx, [one.id for one in found], run.slot)
    soon = [one for one in found if one.expires_at <= run.made_at + SOON]
    for one in soon:
        priority = max(URGENCIES.index(one.urgency), _ABOVE)
        messages.owe(tx, one.id, channel=digest.channel, priority=priority)
    rows = in_groups([one for one in found if one not in soon])
    run = replace(run, alone=len(soon))
    if found:
        digests.finish_run(tx, run, len(rows))
        numbers = {"items": len(rows), "alone": len(soon)}
        slot = run.slot.isoformat()
        journal.note(tx, None, "digest.made", asker, digest=run.digest, slot=slot, **numbers)
    for at in range(0, len(rows), ITEMS):
        digests.owe(tx, run, digest.channel, [one.id for one in rows[at : at + ITEMS]])
    return Made(
        digest=run.digest,
        channel=digest.channel,
        items=len(rows),
        alone=len(soon),
        next=next_slot(digest, run.made_at),
    )


def in_groups(found: Sequence[Collected]) -> list[Collected]:
    """By category, the one whose oldest question waits longest first; in each the oldest first."""
    groups: dict[str | None, list[Collected]] = defaultdict(list)
    for one in found:
        groups[one.category].append(one)
    return [one for group in groups.values() for one in group]


def _give_cards(tx: Tx, book: Book, name: str, slot: datetime) -> None:
    """The policy has the digest no more: at their time its questions are asked like others."""
    found = digests.waiting(tx, name, until=slot)
    digests.claim(tx, [one.id for one in found], slot)
    for one in found:
        channel = book.route(one.route).channel
        messages.owe(tx, one.id, channel=channel, priority=URGENCIES.index(one.urgency))
