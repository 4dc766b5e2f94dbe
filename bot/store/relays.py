"""What we owe the agents' own addresses: each event of an escalation, until it is delivered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select, update

from bot.domain.addresses import host_of
from bot.store.tables import endpoint, relay

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.domain.escalation import Escalation
    from bot.domain.outgoing import RelayEvent
    from bot.store.tx import Tx

TOPIC = "relays"
#: Longer than a delivery may take (bot/senders/agent.py).
LEASE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """One event for one owner until the lease ends; `id` is its `webhook-id`."""

    id: str
    escalation_id: str
    agent: str
    event: RelayEvent
    url: str
    host: str
    attempts: int
    owner: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Dead:
    """An event that was given up."""

    id: str
    escalation_id: str
    agent: str
    event: RelayEvent
    host: str
    attempts: int
    problem: str
    created_at: datetime


def owe(tx: Tx, escalation: Escalation, event: RelayEvent) -> None:
    """The agent shall hear of it at the address it gave; without one it waits for itself."""
    callback = escalation.request.callback
    if callback is None:
        return
    disabled = _disabled(tx, escalation.agent, callback.url)
    now = tx.now()
    tx.add(
        relay,
        {
            "id": tx.new_id("whk"),
            "escalation_id": escalation.id,
            "agent": escalation.agent,
            "event": event,
            "url": callback.url,
            "host": host_of(callback.url),
            "state": "dead" if disabled else "pending",
            "created_at": now,
            "due_at": now,
            "attempts": 0,
            "problem": disabled,
        },
    )
    tx.tell(TOPIC)


def claim(tx: Tx, owner: str, limit: int, busy_hosts: Collection[str]) -> list[Claimed]:
    """Take what is due, the oldest first, and nothing for hosts that are busy enough."""
    now = tx.now()
    rows = tx.execute(
        select(relay)
        .where(
            relay.c.state == "pending",
            relay.c.due_at <= now,
            or_(relay.c.owner.is_(None), relay.c.lease_until <= now),
            relay.c.host.not_in(sorted(busy_hosts)),
        )
        .order_by(relay.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    if not rows:
        return []
    tx.execute(
        update(relay)
        .where(relay.c.id.in_([row.id for row in rows]))
        .values(owner=owner, lease_until=now + LEASE, attempts=relay.c.attempts + 1)
    )
    return [
        Claimed(
            id=row.id,
            escalation_id=row.escalation_id,
            agent=row.agent,
            event=row.event,
            url=row.url,
            host=row.host,
            attempts=row.attempts + 1,
            owner=owner,
            created_at=row.created_at,
        )
        for row in rows
    ]


def settle_delivered(tx: Tx, claimed: Claimed) -> None:
    _finish(tx, claimed, state="delivered", delivered_at=tx.now(), problem=None)
    tx.execute(
        update(endpoint)
        .where(endpoint.c.agent == claimed.agent, endpoint.c.url == claimed.url)
        .values(failing_since=None)
    )


def settle_later(tx: Tx, claimed: Claimed, *, wait: timedelta, problem: str) -> None:
    _finish(tx, claimed, due_at=tx.now() + wait, problem=problem[:300])


def settle_dead(tx: Tx, claimed: Claimed, *, problem: str) -> None:
    _finish(tx, claimed, state="dead", problem=problem[:300])


def failing_since(tx: Tx, claimed: Claimed) -> datetime:
    """Since when nothing arrives at this address; from now on, when this is the first time."""
    now = tx.now()
    tx.add_once(
        endpoint,
        {"agent": claimed.agent, "url": claimed.url, "failing_since": now, "disabled_at": None},
    )
    mine = (endpoint.c.agent == claimed.agent, endpoint.c.url == claimed.url)
    tx.execute(
        update(endpoint).where(*mine, endpoint.c.failing_since.is_(None)).values(failing_since=now)
    )
    since: datetime = tx.execute(select(endpoint.c.failing_since).where(*mine)).scalar_one()
    return since


def disable(tx: Tx, claimed: Claimed, why: str) -> bool:
    """Nothing more is sent there until somebody replays something. False when it was so before."""
    failing_since(tx, claimed)
    mine = (endpoint.c.agent == claimed.agent, endpoint.c.url == claimed.url)
    changed = tx.execute(
        update(endpoint)
        .where(*mine, endpoint.c.disabled_at.is_(None))
        .values(disabled_at=tx.now(), why=why)
    )
    tx.execute(
        update(relay)
        .where(relay.c.agent == claimed.agent, relay.c.url == claimed.url,
               relay.c.state == "pending")
        .values(state="dead", problem=why, owner=None, lease_until=None)
    )  # fmt: skip
    return changed.rowcount == 1


def dead(tx: Tx, limit: int) -> list[Dead]:
    """What was given up, the newest first."""
    rows = tx.execute(
        select(relay).where(relay.c.state == "dead").order_by(relay.c.id.desc()).limit(limit)
    )
    return [
        Dead(
            id=row.id,
            escalation_id=row.escalation_id,
            agent=row.agent,
            event=row.event,
            host=row.host,
            attempts=row.attempts,
            problem=row.problem or "",
            created_at=row.created_at,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An event for an agent's own address, and how that stands."""

    event: RelayEvent
    host: str
    state: str
    attempts: int
    problem: str | None
    created_at: datetime
    delivered_at: datetime | None


def about(tx: Tx, escalation_id: str) -> list[Told]:
    """Every event of the escalation, the oldest first."""
    rows = tx.execute(
        select(relay).where(relay.c.escalation_id == escalation_id).order_by(relay.c.id)
    )
    return [
        Told(
            event=row.event,
            host=row.host,
            state=row.state,
            attempts=row.attempts,
            problem=row.problem,
            created_at=row.created_at,
            delivered_at=row.delivered_at,
        )
        for row in rows
    ]


def replay(tx: Tx, wanted: str) -> list[str]:
    """Send again what was given up: one event, or all of an escalation. Their ids."""
    rows = tx.execute(
        select(relay).where(
            relay.c.state == "dead", or_(relay.c.id == wanted, relay.c.escalation_id == wanted)
        )
    ).all()
    for row in rows:
        tx.execute(
            update(endpoint)
            .where(endpoint.c.agent == row.agent, endpoint.c.url == row.url)
            .values(disabled_at=None, failing_since=None, why=None)
        )
        tx.execute(
            update(relay)
            .where(relay.c.id == row.id)
            .values(state="pending", attempts=0, due_at=tx.now(), owner=None, lease_until=None)
        )
    tx.tell(TOPIC)
    return [row.id for row in rows]


def counts(tx: Tx) -> dict[str, int]:
    """How many are pending, and how many were given up."""
    rows = tx.execute(
        select(relay.c.state, func.count().label("number"))
        .where(relay.c.state.in_(["pending", "dead"]))
        .group_by(relay.c.state)
    )
    return {row.state: row.number for row in rows}


def free_leases(tx: Tx) -> None:
    """Nobody else can be working: the only process has just started."""
    tx.execute(update(relay).where(relay.c.owner.is_not(None)).values(owner=None, lease_until=None))


def _disabled(tx: Tx, agent: str, url: str) -> str | None:
    row = tx.execute(
        select(endpoint.c.why).where(
            endpoint.c.agent == agent, endpoint.c.url == url, endpoint.c.disabled_at.is_not(None)
        )
    ).one_or_none()
    return None if row is None else row.why or "disabled"


def _finish(tx: Tx, claimed: Claimed, **values: Any) -> bool:
    # Fenced: a sender that overslept its lease changes nothing.
    done = tx.execute(
        update(relay)
        .where(
            relay.c.id == claimed.id,
            relay.c.owner == claimed.owner,
            relay.c.attempts == claimed.attempts,
            relay.c.state == "pending",
        )
        .values({"owner": None, "lease_until": None} | values)
    )
    tx.tell(TOPIC)
    return done.rowcount == 1
