"""Whose turn it is: within Slack's limits, what people must see first goes first."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from bot.domain.pacing import lane
from bot.domain.request import URGENCIES
from bot.store import digests, messages, outbox, pace, queues, storms

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from bot.domain.pacing import Pace
    from bot.store.outbox import Place
    from bot.store.queues import Waiting
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk

#: From here on a question has a card of its own, and goes ahead of everything else.
URGENT = URGENCIES.index("high")
#: The truth is read again at least this often, whatever the wake-up calls say.
LOOK_SECONDS = 1.0
#: A call to Slack ends within ten seconds (bot/main.py), and the lease must outlive it.
_CALL_BEGINS_WITHIN = messages.LEASE.total_seconds() - 10.5
_WORD_BEGINS_WITHIN = outbox.LEASE.total_seconds() - 10.5


@dataclass(frozen=True, slots=True)
class Turn:
    """What may be sent now; and when it is nothing, how long there is no use in asking."""

    claimed: Sequence[Any]
    rest: float = LOOK_SECONDS
    #: Nothing else is to be had now.
    all: bool = False


class _Candidate(NamedTuple):
    rank: int
    waiting: Waiting
    take: Callable[[Tx, Pace, Waiting], str | None]


async def claim_cards(
    desk: Desk, owner: str, limit: int, busy: Collection[str] = frozenset()
) -> Turn:
    """Cards whose slot has come, ours until their lease ends.

    `busy`: ids of those that the caller still has in hand, for however long.

    The stopwatch starts before the claim: whoever sleeps in between (a stopped process, a machine
    without breath) must not call with a lease that somebody else has taken over.
    """
    now = asyncio.get_running_loop().time()
    deadline = now + _CALL_BEGINS_WITHIN
    clicked = desk.shortcuts.places(now)
    turn = await desk.ledger.run_behind(_claim_cards, desk.pace, owner, limit, clicked, busy)
    return replace(turn, claimed=[replace(one, deadline=deadline) for one in turn.claimed])


def _claim_cards(
    tx: Tx,
    beats: Pace,
    owner: str,
    limit: int,
    clicked: Sequence[tuple[str, str]] = (),
    busy: Collection[str] = frozenset(),
) -> Turn:
    ahead = pace.ahead(tx)
    heads = queues.heads(tx, unsure="history" not in ahead)
    free = [
        one for channel, one in heads.items() if one and not {"post", _lane(channel)} & {*ahead}
    ]
    at_once = queues.at(tx, clicked) if clicked else []
    redraws = [] if "update" in ahead else queues.redraws(tx, limit)
    candidates = [
        *(_Candidate(0, one, _redraw_at_once) for one in at_once),
        *(_Candidate(0 if one.priority >= URGENT else 2, one, _post) for one in
          (queues.in_hand(tx, free) if free else ())),
        *(_Candidate(3 if one.cosmetic else 1, one, _redraw) for one in redraws
          if one not in at_once),
    ]  # fmt: skip
    ids: list[str] = []
    more = False
    for candidate in sorted(candidates, key=lambda one: one.rank):
        if len(ids) == limit:
            break
        if candidate.waiting.id in busy:
            continue
        message_id = candidate.take(tx, beats, candidate.waiting)
        # Behind a first post comes the next of its channel; of redraws we have seen all.
        more = more or message_id is None or candidate.take not in _REDRAWS
        if message_id is not None:
            ids.append(message_id)
    if ids:
        return Turn(messages.claim(tx, owner, ids), all=not more and len(ids) < limit)
    lanes = ["post", "update", *map(_lane, heads)]
    return Turn([], _until_one_is_free(tx, ahead, lanes))


def _redraw_at_once(_: Tx, __: Pace, waiting: Waiting) -> str | None:
    return waiting.id


def _redraw(tx: Tx, beats: Pace, waiting: Waiting) -> str | None:
    return waiting.id if pace.reserve(tx, "update", beats.update) else None


_REDRAWS = (_redraw_at_once, _redraw)


def _post(tx: Tx, beats: Pace, waiting: Waiting) -> str | None:
    """The message that goes out in the next slot of the channel: the head, or a storm card."""
    if waiting.collects and not waiting.unsure and not digests.drop_settled(tx, waiting.id):
        return None
    if not may_post(tx, beats, {}, waiting.channel):
        return None
    if waiting.unsure:
        return waiting.id if pace.reserve(tx, "history", beats.history) else None
    crowd = beats.crowd
    if waiting.priority >= URGENT or crowd is None or not waiting.groupable:
        return waiting.id
    if not storms.crowded(tx, waiting.channel, crowd):
        return waiting.id
    return storms.gather(tx, waiting.channel, below=URGENT) or waiting.id


async def claim_words(
    desk: Desk,
    owner: str,
    limit: int,
    said_in: Mapping[str, str | None],
    busy: Collection[str] = frozenset(),
) -> Turn:
    """Words that are due; those for a channel are posts, and keep the pace of posts.

    `busy`: as with cards.
    """
    deadline = asyncio.get_running_loop().time() + _WORD_BEGINS_WITHIN
    turn = await desk.ledger.run_behind(_claim_words, desk.pace, owner, limit, said_in, busy)
    return replace(turn, claimed=[replace(one, deadline=deadline) for one in turn.claimed])


def _claim_words(
    tx: Tx,
    beats: Pace,
    owner: str,
    limit: int,
    said_in: Mapping[str, str | None],
    busy: Collection[str],
) -> Turn:
    due = outbox.kinds_due(tx)
    if not due:
        return Turn([])
    ahead = pace.ahead(tx)
    claimed = []
    if "whisper" in due and "ephemeral" not in ahead:
        claimed += outbox.claim(tx, owner, limit, "whisper", busy)
    for kind in sorted(due & {*said_in}):
        channel = said_in[kind]
        # Without a channel nothing is posted: the log has to do.
        if channel is None or may_post(tx, beats, ahead, channel):
            claimed += outbox.claim(tx, owner, 1, kind, busy)
    waiting = [one for kind in ("direct", "reply") if kind in due
               for one in outbox.places(tx, kind, busy)]  # fmt: skip
    free = [one.id for one in waiting if _may_say(tx, beats, ahead, one)]
    claimed += outbox.claim_these(tx, owner, free[:limit]) if free else []
    if claimed:
        return Turn(claimed)
    channels = [*filter(None, said_in.values()), *(one.channel for one in waiting)]
    lanes = ["ephemeral", "post", *map(_lane, channels)]
    return Turn([], _until_one_is_free(tx, ahead, lanes))


def _may_say(tx: Tx, beats: Pace, ahead: Mapping[str, datetime], one: Place) -> bool:
    """What may have been said before is looked for first, and that has a pace of its own."""
    if one.unsure and ("history" in ahead or not pace.reserve(tx, "history", beats.history)):
        return False
    return may_post(tx, beats, ahead, one.channel)


def may_post(tx: Tx, beats: Pace, ahead: Mapping[str, datetime], channel: str) -> bool:
    """Take the next slot of the channel, and one of the workspace's."""
    if {"post", _lane(channel)} & {*ahead}:
        return False
    # All posts pass the workspace's row first, so no two claimers wait for each other's.
    return pace.reserve(tx, "post", beats.workspace) and pace.reserve(
        tx, _lane(channel), beats.channel
    )


def _lane(channel: str) -> str:
    return lane("post", channel)


def _until_one_is_free(tx: Tx, ahead: Mapping[str, datetime], lanes: Iterable[str]) -> float:
    """Seconds until the next slot of what waits; never longer than we sleep anyway."""
    waits = [(ahead[one] - tx.now()).total_seconds() for one in lanes if one in ahead]
    return min([*waits, LOOK_SECONDS])
