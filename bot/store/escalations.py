"""Escalations and their decisions: written whole, read whole, changed under a guard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from sqlalchemy import (
    Row,
    Text,
    and_,
    bindparam,
    func,
    null,
    or_,
    select,
    type_coerce,
    update,
)

from bot.domain.conversation import Message
from bot.domain.errors import AlreadySettledError, NotFoundError
from bot.domain.escalation import (
    Decision,
    Escalation,
    Intent,
    Need,
    Outcome,
    Proposal,
    Redeemed,
    Status,
    Vote,
)
from bot.domain.hands import NOBODY, Hands
from bot.domain.request import Request
from bot.domain.run import RunGuidance
from bot.store.tables import decision, escalation
from bot.store.tx import MOMENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Set
    from datetime import datetime

    from sqlalchemy import Executable

    from bot.store.tx import Tx

_VOTES = TypeAdapter(tuple[Vote, ...])
_PROPOSAL = TypeAdapter(Proposal | None)
_DECISION = TypeAdapter(Decision)
_REDEEMED = TypeAdapter(Redeemed | None)
_OUTCOME = TypeAdapter(Outcome | None)
_INTENT = TypeAdapter(Intent | None)
_HANDS = TypeAdapter(Hands)
_MESSAGES = TypeAdapter(tuple[Message, ...])
_RUN_GUIDANCE = TypeAdapter(tuple[RunGuidance, ...])

_REFUSED = or_(
    escalation.c.status.in_(["expired", "cancelled"]),
    and_(escalation.c.status == "decided", decision.c.type.in_(["reject", "revise"])),
)
# Far below what either database takes as parameters of one statement.
_AT_ONCE = 1000

_WHOLE = select(escalation, decision.c.body.label("decision")).outerjoin(
    decision, decision.c.escalation_id == escalation.c.id
)
_ONE = _WHOLE.where(escalation.c.id == bindparam("wanted"))
_ONE_NOW = _ONE.add_columns(MOMENT.label("moment"))
_LOCK = (
    select(escalation, null().label("decision"), MOMENT.label("moment"))
    .where(escalation.c.id == bindparam("wanted"))
    .with_for_update()
)
_THESE = _WHOLE.where(escalation.c.id.in_(bindparam("ids", expanding=True))).order_by(
    escalation.c.id
)
_HOLD = (
    select(MOMENT)
    .where(escalation.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(escalation.c.id)
    .with_for_update()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which escalations a list shows. `agent` None: everybody's."""

    agent: str | None = None
    status: Status | None = None
    category: str | None = None
    group_key: str | None = None
    after: str | None = None


def insert(tx: Tx, new: Escalation) -> None:
    """Remember a new escalation; a decision that came with it (by rule) too."""
    tx.add(escalation, {"id": new.id} | _changing(new) | _fixed(new))
    if new.decision is not None:
        tx.add(decision, _decision_row(new))


def find(tx: Tx, escalation_id: str) -> Escalation:
    """Raises NotFoundError."""
    return _from_row(_one(tx, _ONE if tx.alone else _ONE_NOW, escalation_id))


def lock(tx: Tx, escalation_id: str) -> Escalation:
    """The escalation as it is now, and nobody else's to change until the commit.

    Raises NotFoundError.
    """
    if tx.alone:
        return find(tx, escalation_id)
    row = _one(tx, _LOCK, escalation_id)
    # Whoever had the lock before us may have decided it, which only a second look can see.
    return _from_row(row) if row.status == "open" else find(tx, escalation_id)


def hold(tx: Tx, ids: Iterable[str]) -> None:
    """Lock them without reading them: whoever also writes their messages begins here."""
    if tx.alone:
        return
    for (micros,) in tx.execute(_HOLD, {"ids": sorted(ids)}):
        tx.told(micros)


def save(tx: Tx, before: Escalation, after: Escalation) -> None:
    """Write what changed, guarded by the version and the state that `before` was read with.

    Raises AlreadySettledError when somebody else changed it meanwhile: with the lock held that
    cannot happen, and if it ever does, nothing is decided twice.
    """
    if after is before:
        return
    guard = {"wanted": before.id, "was_version": before.version, "was_status": before.status}
    written = tx.execute(_SAVE, _changing(after) | guard)
    if written.rowcount != 1:
        raise AlreadySettledError("Someone else changed this escalation just now. Read it again.")
    if (
        after.decision is not None
        and before.decision is None
        and not tx.add_once(decision, _decision_row(after))
    ):
        raise AlreadySettledError("Someone else decided this escalation just now.")


def page(tx: Tx, which: Filter, limit: int) -> list[Escalation]:
    """Oldest first; ids sort by time."""
    conditions = [
        column == value
        for column, value in (
            (escalation.c.agent, which.agent),
            (escalation.c.status, which.status),
            (escalation.c.category, which.category),
            (escalation.c.group_key, which.group_key),
        )
        if value is not None
    ]
    if which.after is not None:
        conditions.append(escalation.c.id > which.after)
    rows = tx.execute(_WHOLE.where(*conditions).order_by(escalation.c.id).limit(limit))
    return [_from_row(row) for row in rows]


def ids_taken_by(tx: Tx, person_id: str, limit: int) -> list[str]:
    """What is open and in this person's hands, the one that ends first before the others."""
    rows = tx.execute(
        select(escalation.c.id)
        .where(escalation.c.taken_by == person_id, escalation.c.status == "open")
        .order_by(escalation.c.expires_at, escalation.c.id)
        .limit(limit)
    )
    return list(rows.scalars())


def find_all(tx: Tx, ids: Iterable[str]) -> list[Escalation]:
    """Those of the ids that exist, oldest first."""
    rows = tx.execute(_THESE, {"ids": list(ids)})
    return [_from_row(row) for row in rows]


def decided_after(tx: Tx, since: datetime, decision_id: str, limit: int) -> list[Escalation]:
    """By the moment of their decision, oldest first, after that one of that moment."""
    later = or_(
        decision.c.decided_at > since,
        and_(decision.c.decided_at == since, decision.c.id > decision_id),
    )
    rows = tx.execute(
        _WHOLE.where(later).order_by(decision.c.decided_at, decision.c.id).limit(limit)
    )
    return [_from_row(row) for row in rows]


def versions(tx: Tx, ids: Iterable[str]) -> dict[str, int]:
    """How those of the ids that exist stand, without reading what they are about."""
    wanted = sorted(ids)
    return {
        row.id: row.version
        for at in range(0, len(wanted), _AT_ONCE)
        for row in tx.execute(
            select(escalation.c.id, escalation.c.version).where(
                escalation.c.id.in_(wanted[at : at + _AT_ONCE])
            )
        )
    }


def alternatives_to(tx: Tx, escalation_id: str) -> list[Escalation]:
    """What its agent came back with, oldest first; the first few."""
    rows = tx.execute(
        _WHOLE.where(escalation.c.supersedes == escalation_id).order_by(escalation.c.id).limit(5)
    )
    return [_from_row(row) for row in rows]


def approvals_by_rule(tx: Tx, agent: str, rule: str, since: datetime) -> int:
    """How often this rule approved for this agent since then."""
    count: int = tx.execute(
        select(func.count()).where(
            escalation.c.agent == agent,
            escalation.c.approved_by_rule == rule,
            escalation.c.created_at > since,
        )
    ).scalar_one()
    return count


def refused_lately(tx: Tx, action_digest: str, since: datetime) -> bool:
    """Whether this very action was rejected, revised, cancelled or left to expire since then."""
    found = tx.execute(
        select(escalation.c.id)
        .outerjoin(decision, decision.c.escalation_id == escalation.c.id)
        .where(
            escalation.c.action_digest == action_digest,
            escalation.c.settled_at > since,
            _REFUSED,
        )
        .limit(1)
    )
    return found.first() is not None


def last_refusals(tx: Tx, digests: Iterable[str], since: datetime) -> dict[str, datetime]:
    """When each of these actions was last rejected, revised, cancelled or left to expire, if it
    was since then.
    """
    wanted = sorted(set(digests))
    rows = tx.execute(
        select(escalation.c.action_digest, func.max(escalation.c.settled_at).label("at"))
        .outerjoin(decision, decision.c.escalation_id == escalation.c.id)
        .where(escalation.c.action_digest.in_(wanted), escalation.c.settled_at > since, _REFUSED)
        .group_by(escalation.c.action_digest)
    )
    return {row.action_digest: row.at for row in rows}


def open_now(tx: Tx, agent: str | None = None) -> list[tuple[str, str, int, datetime]]:
    """`(route, urgency, how many, the oldest's created_at)` of what waits for people."""
    whose = [] if agent is None else [escalation.c.agent == agent]
    rows = tx.execute(
        select(
            escalation.c.route,
            escalation.c.urgency,
            func.count(),
            func.min(escalation.c.created_at),
        )
        .where(escalation.c.status == "open", *whose)
        .group_by(escalation.c.route, escalation.c.urgency)
    )
    return [tuple(row) for row in rows]


def voted_on(tx: Tx, by: Set[str] | None = None) -> list[str]:
    """Ids of what is open and has a vote: anybody's, or one of these people's."""
    rows = tx.execute(
        select(escalation.c.id, escalation.c.votes)
        .where(escalation.c.status == "open", type_coerce(escalation.c.votes, Text) != "[]")
        .order_by(escalation.c.id)
    )
    return [row.id for row in rows if by is None or any(v["actor"]["id"] in by for v in row.votes)]


def _fixed(new: Escalation) -> dict[str, Any]:
    ruled = new.decision is not None and new.decision.provenance == "rule"
    approved_by_rule = ruled and new.decision is not None and new.decision.effective is not None
    return {
        "agent": new.agent,
        "owners": sorted(new.owners),
        "category": new.request.category,
        "group_key": new.request.group_key,
        "created_at": new.created_at,
        "action_digest": new.action_digest,
        "valid_for_seconds": int(new.valid_for.total_seconds()),
        "rule": new.rule,
        "approved_by_rule": new.rule if approved_by_rule else None,
        "why": new.why,
        "handoff": new.handoff,
        "supersedes": new.request.supersedes,
        "request": new.request.facts(),
        "trace": new.trace,
        "calls_back": None if new.request.callback is None else True,
        "on_timeout": new.on_timeout,
        "digest": new.digest,
        "digest_due": new.digest_due,
        "run_guidance": _RUN_GUIDANCE.dump_python(new.run_guidance, mode="json") or None,
        "learns": True if new.learns else None,
        "ruled": None if new.request.category is None else ruled,
    }


def _changing(now: Escalation) -> dict[str, Any]:
    return {
        "status": now.status,
        "version": now.version,
        "urgency": now.urgency,
        "expires_at": now.expires_at,
        "settled_at": now.settled_at,
        "route": now.need.route,
        "approvals": now.need.approvals,
        "votes": _VOTES.dump_python(now.votes, mode="json"),
        "proposal": _PROPOSAL.dump_python(now.proposal, mode="json"),
        "redeemed": _REDEEMED.dump_python(now.redeemed, mode="json"),
        "outcome": _OUTCOME.dump_python(now.outcome, mode="json"),
        "permalink": now.permalink,
        "reminded": now.reminded,
        "tier": now.tier,
        "intent": _INTENT.dump_python(now.intent, mode="json"),
        "hands": None if now.hands == NOBODY else _HANDS.dump_python(now.hands, mode="json"),
        "taken_by": now.hands.taken.by.id if now.hands.taken and now.status == "open" else None,
        "snoozed_until": now.snoozed_until if now.status == "open" else None,
        "messages": _MESSAGES.dump_python(now.messages, mode="json") if now.messages else None,
    }


_CHANGING = ("status", "version", "urgency", "expires_at", "settled_at", "route", "approvals",
             "votes", "proposal", "redeemed", "outcome", "permalink", "reminded", "tier",
             "intent", "hands", "taken_by", "snoozed_until", "messages")  # fmt: skip
_SAVE = (
    update(escalation)
    .where(
        escalation.c.id == bindparam("wanted"),
        escalation.c.version == bindparam("was_version"),
        escalation.c.status == bindparam("was_status"),
    )
    .values({name: bindparam(name) for name in _CHANGING})
)


def _decision_row(of: Escalation) -> dict[str, Any]:
    made = of.decision
    assert made is not None  # noqa: S101 - both callers have looked
    # A program's vote is no person's verdict, and there is no wrong answer to a question.
    judged = (
        made.decided_by.type == "human"
        and of.request.kind != "guidance"
        and of.request.category is not None
    )
    return {
        "id": made.id,
        "escalation_id": of.id,
        "type": made.type,
        "decided_at": made.decided_at,
        "body": _DECISION.dump_python(made, mode="json"),
        "category": of.request.category if judged else None,
        "agent": of.agent if judged else None,
    }


def _one(tx: Tx, statement: Executable, escalation_id: str) -> Row[Any]:
    row = tx.execute(statement, {"wanted": escalation_id}).one_or_none()
    if row is None:
        raise NotFoundError(f"There is no escalation {escalation_id[:64]!r}.")
    if not tx.alone:
        tx.told(row.moment)
    return row


def _from_row(row: Row[Any]) -> Escalation:
    return Escalation(
        id=row.id,
        agent=row.agent,
        owners=frozenset(row.owners),
        status=row.status,
        version=row.version,
        created_at=row.created_at,
        expires_at=row.expires_at,
        request=Request.model_validate(row.request),
        action_digest=row.action_digest,
        urgency=row.urgency,
        need=Need(route=row.route, approvals=row.approvals),
        valid_for=timedelta(seconds=row.valid_for_seconds),
        rule=row.rule,
        why=row.why,
        handoff=row.handoff,
        votes=_VOTES.validate_python(row.votes),
        proposal=_PROPOSAL.validate_python(row.proposal),
        decision=None if row.decision is None else _DECISION.validate_python(row.decision),
        settled_at=row.settled_at,
        redeemed=_REDEEMED.validate_python(row.redeemed),
        outcome=_OUTCOME.validate_python(row.outcome),
        permalink=row.permalink,
        trace=row.trace,
        on_timeout=row.on_timeout or "expire",
        reminded=row.reminded,
        tier=row.tier,
        # An older replica that settles it leaves it there.
        intent=_INTENT.validate_python(row.intent if row.status == "open" else None),
        digest=row.digest,
        digest_due=row.digest_due,
        hands=NOBODY if row.hands is None else _HANDS.validate_python(row.hands),
        messages=() if row.messages is None else _MESSAGES.validate_python(row.messages),
        learns=bool(row.learns),
        run_guidance=_RUN_GUIDANCE.validate_python(row.run_guidance or ()),
    )
