"""Cards in Slack, level-triggered: wanted and posted revision, and who is working on it.

Nothing queues an update. Whatever changes an escalation raises `wanted_rev` of all messages that
show it; the sender renders the state as it then is and writes down which revision that was.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, case, func, or_, select, true, update

from bot.store.columns import Instant
from bot.store.tables import message, message_item

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Executable, FromClause

    from bot.domain.outgoing import MessageKind
    from bot.store.tx import Tx

TOPIC = "messages"
#: A sender that has not finished by then is taken for dead; longer than any call to Slack.
LEASE = timedelta(seconds=15)
#: How long after a lost answer the channel's history is taken for complete.
SETTLE = timedelta(seconds=10)


_SHOWING = select(message_item.c.message_id).where(
    message_item.c.escalation_id == bindparam("shown")
)
_REMINDS = message.c.kind == "reminder"
_UP_TO_DATE = message.c.posted_rev == message.c.wanted_rev
_NOWHERE = message.c.ts.is_(None)
_FREE = {"owner": None, "lease_until": None, "unsure_since": None, "tried_since": None}
_THESE = message.c.id.in_(bindparam("ids", expanding=True))
_WANTED = select(message).where(_THESE)
_ITEMS = select(message_item).where(message_item.c.message_id.in_(bindparam("ids", expanding=True)))
_NOW = bindparam("now", type_=Instant)
_CLAIM = (
    update(message)
    .where(_THESE)
    .values(
        owner=bindparam("by"),
        lease_until=bindparam("until"),
        attempts=message.c.attempts + 1,
        claims=message.c.claims + 1,
        unsure_since=case((_NOWHERE, _NOW), else_=None),
        tried_since=case((_NOWHERE, func.coalesce(message.c.tried_since, _NOW)), else_=None),
    )
)
_AS_IT_IS = select(message.c.wanted_rev, message.c.ts, message.c.posted_channel).where(
    message.c.id == bindparam("wanted")
)
_TOUCH = {
    news: update(message)
    .where(message.c.id.in_(_SHOWING))
    .values(
        wanted_rev=message.c.wanted_rev + 1,
        due_at=case((_UP_TO_DATE, bindparam("now", type_=Instant)), else_=message.c.due_at),
        # What a reminder says of it is on its card as well.
        cosmetic=_REMINDS if news else case((_UP_TO_DATE, true()), else_=message.c.cosmetic),
        behind_since=case(
            (_UP_TO_DATE, bindparam("now", type_=Instant)), else_=message.c.behind_since
        ),
    )
    for news in (True, False)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A message behind its revision, for one owner until the lease ends."""

    id: str
    kind: MessageKind
    channel: str
    posted_channel: str | None
    ts: str | None
    wanted_rev: int
    minimal: bool
    priority: int
    attempts: int
    owner: str
    #: Which claim of the message this is: with the owner, what the lease is fenced by.
    claims: int
    created_at: datetime
    #: An earlier post of it was never answered: look into the channel first.
    unsure_since: datetime | None
    #: The first of those posts.
    tried_since: datetime | None
    failing_since: datetime | None
    #: The message of which this one is a copy.
    copy_of: str | None
    escalation_ids: tuple[str, ...]
    #: Of a digest message only: the name and the slot of its run.
    run: tuple[str, datetime] | None = None
    #: Of a review card only; and of a message that shows several.
    review_id: str | None = None
    session_id: str | None = None
    #: Of a weekly report only.
    report_id: str | None = None
    #: By this process's own stopwatch: after it no call may begin. Set by who claims.
    deadline: float = math.inf

    @property
    def about(self) -> str:
        """The ids of what it shows, for those who have to find it."""
        other = self.review_id or self.session_id or self.report_id
        return ", ".join(self.escalation_ids) or str(other)


def owe(
    tx: Tx, escalation_id: str, *, channel: str, priority: int, kind: MessageKind = "card"
) -> None:
    """A card of the escalation shall stand in the channel, or with the person of that id."""
    message_id = stand(tx, kind, channel, priority=priority)
    tx.add(message_item, {"message_id": message_id, "escalation_id": escalation_id})


def stand(
    tx: Tx, kind: MessageKind, channel: str, *, priority: int = 0, **shows: str | datetime | None
) -> str:
    """The id of a new message that shall stand in the channel; without a priority all cards go
    first. `shows`: the columns that say what is drawn, unless items do.
    """
    message_id = tx.new_id("msg")
    now = tx.now()
    tx.add(
        message,
        {
            "id": message_id,
            "kind": kind,
            "channel": channel,
            "wanted_rev": 1,
            "posted_rev": 0,
            "priority": priority,
            "minimal": False,
            "created_at": now,
            "due_at": now,
            "attempts": 0,
            "behind_since": now,
            **shows,
        },
    )
    tx.tell(TOPIC)
    return message_id


def touch(tx: Tx, escalation_id: str, *, news: bool = False) -> None:
    """All messages that show the escalation are now behind; one that waits for a retry goes on
    waiting.

    `news` is what people must not miss: it goes ahead of votes and small print.
    """
    tx.execute(_TOUCH[news], {"shown": escalation_id, "now": tx.now()})
    tx.tell(TOPIC)


def hurry(tx: Tx, escalation_id: str, priority: int) -> None:
    """What waits for its first post is at least so urgent now."""
    tx.execute(
        update(message)
        .where(message.c.id.in_(_SHOWING), message.c.ts.is_(None), message.c.priority < priority)
        .values(priority=priority),
        {"shown": escalation_id},
    )
    tx.tell(TOPIC)


def channels(tx: Tx, escalation_id: str) -> set[str]:
    """Where cards of the escalation stand or shall stand."""
    rows = tx.execute(
        select(message.c.channel, message.c.posted_channel)
        .join(message_item, message_item.c.message_id == message.c.id)
        .where(message_item.c.escalation_id == escalation_id)
    )
    return {channel for row in rows for channel in row if channel is not None}


def first_standing(tx: Tx, escalation_id: str) -> tuple[str, str] | None:
    """Channel and ts of the card of the escalation that has stood longest; no copy."""
    row = tx.execute(
        select(message.c.posted_channel, message.c.ts)
        .join(message_item, message_item.c.message_id == message.c.id)
        .where(
            message_item.c.escalation_id == escalation_id,
            message.c.ts.is_not(None),
            message.c.copy_of.is_(None),
            message.c.kind != "reminder",
        )
        .order_by(message.c.created_at, message.c.id)
        .limit(1)
    ).one_or_none()
    return None if row is None else (row.posted_channel, row.ts)


def perhaps_posted(tx: Tx, channel: str) -> bool:
    """Whether a card may stand in that channel of which nobody knows yet where."""
    found = tx.execute(
        select(message.c.id)
        .where(
            message.c.ts.is_(None),
            message.c.posted_rev < message.c.wanted_rev,
            message.c.unsure_since.is_not(None),
            or_(message.c.channel == channel, message.c.channel.startswith("#")),
        )
        .limit(1)
    )
    return found.first() is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A message and how it stands: for whoever asks why nobody has answered."""

    channel: str
    ts: str | None
    behind: bool
    attempts: int
    problem: str | None
    created_at: datetime


def showing(tx: Tx, escalation_id: str) -> list[Standing]:
    """Every message that shows the escalation, the oldest first."""
    rows = tx.execute(
        select(message)
        .join(message_item, message_item.c.message_id == message.c.id)
        .where(message_item.c.escalation_id == escalation_id)
        .order_by(message.c.id)
    )
    return [
        Standing(
            channel=row.posted_channel or row.channel,
            ts=row.ts,
            behind=row.posted_rev < row.wanted_rev,
            attempts=row.attempts,
            problem=row.problem,
            created_at=row.created_at,
        )
        for row in rows
    ]


def shown_at(tx: Tx, channel: str, ts: str) -> list[str]:
    """Ids of what the message at that place shows, in their order."""
    rows = tx.execute(
        select(message_item.c.escalation_id)
        .join(message, message.c.id == message_item.c.message_id)
        .where(message.c.ts == ts, message.c.posted_channel == channel)
        .order_by(message_item.c.escalation_id)
    )
    return list(rows.scalars())


def claimable(of: FromClause) -> list[ColumnElement[bool]]:
    """What a message that is behind must be besides, so that somebody may take it.

    Statements with it are made once; `moments` fills them in.
    """
    return [
        of.c.due_at <= bindparam("now"),
        or_(of.c.owner.is_(None), of.c.lease_until <= bindparam("now")),
        or_(of.c.unsure_since.is_(None), of.c.unsure_since <= bindparam("settled")),
    ]


def moments(tx: Tx) -> dict[str, datetime]:
    """What `claimable` compares with."""
    return {"now": tx.now(), "settled": tx.now() - SETTLE}


def claim(tx: Tx, owner: str, ids: Sequence[str]) -> list[Claimed]:
    """Take these messages, which the caller holds, in this order.

    A first post is marked unsure before it is tried: if we die in between, that is the truth.
    """
    if not ids:
        return []
    now = tx.now()
    these = {"ids": list(ids)}
    rows = tx.execute(_WANTED, these).all()
    rows = sorted(rows, key=lambda row: ids.index(row.id))
    tx.execute(_CLAIM, these | {"by": owner, "until": now + LEASE, "now": now})
    shows: dict[str, list[str]] = {message_id: [] for message_id in ids}
    for item in tx.execute(_ITEMS, these):
        shows[item.message_id].append(item.escalation_id)
    return [
        Claimed(
            id=row.id,
            kind=row.kind,
            channel=row.channel,
            posted_channel=row.posted_channel,
            ts=row.ts,
            wanted_rev=row.wanted_rev,
            minimal=row.minimal,
            priority=row.priority,
            attempts=row.attempts + 1,
            owner=owner,
            claims=row.claims + 1,
            created_at=row.created_at,
            unsure_since=row.unsure_since,
            tried_since=row.tried_since,
            failing_since=row.failing_since,
            copy_of=row.copy_of,
            escalation_ids=tuple(sorted(shows[row.id])),
            run=None if row.digest is None else (row.digest, row.digest_slot),
            review_id=row.review_id,
            session_id=row.session_id,
            report_id=row.report_id,
        )
        for row in rows
    ]


def reread(tx: Tx, claimed: Claimed) -> Claimed:
    """The same claim with what the message shall show now, and where it stands by now."""
    row = tx.execute(_AS_IT_IS, {"wanted": claimed.id}).one()
    return replace(claimed, wanted_rev=row.wanted_rev, ts=row.ts, posted_channel=row.posted_channel)


def settle_sent(tx: Tx, claimed: Claimed, *, channel: str, ts: str) -> bool:
    """It stands there, as it was at `claimed.wanted_rev`. False when the lease was lost."""
    doubt: dict[str, Any] = {}
    if claimed.tried_since is not None:
        # An earlier post of it may turn up later than the look into the channel.
        doubt = {"doubt_from": claimed.tried_since, "doubt_until": tx.now()}
    return _finish(
        tx,
        claimed,
        posted_channel=channel,
        ts=ts,
        posted_rev=claimed.wanted_rev,
        attempts=0,
        due_at=tx.now(),
        behind_since=tx.now(),
        problem=None,
        failing_since=None,
        fell_back_at=None,
        **doubt,
    )


def settle_later(
    tx: Tx,
    claimed: Claimed,
    *,
    wait: timedelta,
    problem: str,
    unsure_since: datetime | None = None,
    minimal: bool = False,
) -> bool:
    """It did not go out (or nobody knows, when unsure); try again after `wait`."""
    return _finish(
        tx,
        claimed,
        due_at=tx.now() + wait,
        problem=problem[:300],
        minimal=claimed.minimal or minimal,
        unsure_since=unsure_since,
        tried_since=claimed.tried_since or unsure_since,
        failing_since=claimed.failing_since or tx.now(),
    )


def settle_held(tx: Tx, claimed: Claimed, *, problem: str) -> bool:
    """Slack asked for a rest before it was sent: as if it had never been claimed."""
    return _finish(
        tx,
        claimed,
        attempts=claimed.attempts - 1,
        unsure_since=claimed.unsure_since,
        tried_since=claimed.tried_since,
        due_at=tx.now(),
        problem=problem[:300],
    )


def settle_gone(tx: Tx, claimed: Claimed, *, again: bool) -> bool:
    """Somebody deleted it: put it up again, or leave it at that."""
    if again:
        return _finish(
            tx, claimed, ts=None, posted_channel=None, posted_rev=0, due_at=tx.now(),
            behind_since=tx.now(),
        )  # fmt: skip
    return _finish(tx, claimed, posted_rev=claimed.wanted_rev, problem="deleted")


def settle_given_up(tx: Tx, claimed: Claimed, *, problem: str) -> bool:
    """What it shows is settled, and it cannot be shown: nothing more is tried."""
    return _finish(tx, claimed, posted_rev=claimed.wanted_rev, problem=problem[:300])


def mark_fallen_back(tx: Tx, message_id: str) -> bool:
    """What it shows is now shown elsewhere. False when that was so before."""
    marked = tx.execute(
        update(message)
        .where(message.c.id == message_id, message.c.fell_back_at.is_(None))
        .values(fell_back_at=tx.now())
    )
    return marked.rowcount == 1


def is_seen(tx: Tx, escalation_ids: Sequence[str]) -> bool:
    """Whether a card of one of these escalations stands anywhere."""
    found = tx.execute(
        select(message.c.id)
        .join(message_item, message_item.c.message_id == message.c.id)
        .where(
            message_item.c.escalation_id.in_(escalation_ids),
            message.c.ts.is_not(None),
            message.c.kind != "reminder",
        )
        .limit(1)
    )
    return found.first() is not None


def look_again(tx: Tx) -> None:
    """Slack answers again: what waits for a person's repair is tried at once."""
    tx.execute(
        update(message)
        .where(message.c.posted_rev < message.c.wanted_rev, message.c.failing_since.is_not(None))
        .values(due_at=tx.now())
    )
    tx.tell(TOPIC)


def free_leases(tx: Tx) -> None:
    """Nobody else can be working: the only process has just started."""
    tx.execute(
        update(message).where(message.c.owner.is_not(None)).values(owner=None, lease_until=None)
    )


def behind(tx: Tx) -> int:
    """How many messages do not yet stand as they should."""
    count: int = tx.execute(
        select(func.count()).where(message.c.posted_rev < message.c.wanted_rev)
    ).scalar_one()
    return count


def _finish(tx: Tx, claimed: Claimed, **values: Any) -> bool:
    changing = _FREE | values
    guard = {"wanted": claimed.id, "was_owner": claimed.owner, "was_claims": claimed.claims}
    row = tx.execute(_finishing(tuple(changing)), changing | guard).first()
    if row is None or row.wanted_rev != values.get("posted_rev"):
        # What stands as it should gives nobody anything to do.
        tx.tell(TOPIC)
    return row is not None


@cache
def _finishing(names: tuple[str, ...]) -> Executable:
    # Fenced: a sender that overslept its lease changes nothing.
    return (
        update(message)
        .where(
            message.c.id == bindparam("wanted"),
            message.c.owner == bindparam("was_owner"),
            message.c.claims == bindparam("was_claims"),
        )
        .values({name: bindparam(name) for name in names})
        .returning(message.c.wanted_rev)
    )
