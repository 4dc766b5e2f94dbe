"""An agent asks. The escalation, its journal, its timer and its card are owed in one commit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from bot.cards import wording, wording_confidence, wording_operators
from bot.domain.addresses import BadCallbackError, check_callback
from bot.domain.digest import asked, digest
from bot.domain.durations import parse_duration
from bot.domain.errors import (
    Fault,
    InvalidError,
    KeyReusedError,
    OwnerRequiredError,
    RateLimitedError,
)
from bot.domain.escalation import Escalation
from bot.domain.outgoing import Alert
from bot.domain.people import Actor
from bot.domain.request import URGENCIES, Request, earliest, more_urgent
from bot.observe import tracing
from bot.policy.plan import plan
from bot.policy.slots import next_slot
from bot.policy.steps import first_steps
from bot.store import (
    escalations,
    inbound,
    journal,
    messages,
    outbox,
    relays,
    runs,
    scored_cases,
    timers,
)
from bot.usecases import limits
from bot.usecases.by_rule import decided_by_rule, weighed
from bot.usecases.judge_case import judge_case
from bot.usecases.output_of_rule import is_output, judge_action, record_action
from bot.usecases.overlays import laid_over
from bot.usecases.review_case import ask_for_review
from bot.usecases.settling import topic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.addresses import Network
    from bot.domain.boundary import Judged
    from bot.domain.errors import Allowance
    from bot.domain.people import Caller
    from bot.domain.unusual import Unusual
    from bot.policy.book import Book
    from bot.policy.plan import Plan
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk
    from bot.usecases.overlays import Overlays
    from bot.usecases.pauses import Pauses

log = structlog.get_logger()

_FARTHEST_DEADLINE = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """`replayed`: the key was used before, and this is what became of that request."""

    escalation: Escalation
    replayed: bool
    #: What is left of the agent's rate, where the policy sets one.
    allowance: Allowance | None = None


async def open_escalation(
    desk: Desk,
    caller: Caller,
    *,
    key: str,
    body_hash: str,
    request: Request,
    trace: str | None = None,
) -> Opened:
    """Ask people, unless a rule of the policy answers.

    Raises KeyReusedError, AgentPausedError, InvalidError (a deadline out of bounds, a callback that
    cannot be), OwnerRequiredError, RateLimitedError.
    A refused request uses up no key.
    """
    planned = plan(desk.book, request, caller.agent)
    judged = await judge_case(desk, caller.agent, request, planned)
    unusual = await judge_action(desk, caller.agent, request, planned)
    try:
        opened = await desk.ledger.run_behind(
            _open,
            desk.book,
            desk.crowds,
            desk.pauses,
            desk.overlays,
            caller,
            key,
            body_hash,
            request,
            planned,
            digest(asked(request)),
            judged,
            unusual,
            desk.callback_allow,
            desk.coin_secret,
            trace,
        )
    except RateLimitedError as refusal:
        if refusal.crowded:
            await desk.ledger.run_behind(_tell_operators, caller.agent, refusal.allowance.quota)
        raise
    if trace is not None:
        # Only those who sent one look for it; the others' questions stand in the journal.
        with tracing(trace):
            log.info("escalation.opened", escalation=opened.escalation.id, agent=caller.agent)
    return opened


def _tell_operators(tx: Tx, agent: str, most: int) -> None:
    """Once an hour: the agent itself will not stop asking."""
    name = f"max_open_{agent}_{tx.now():%Y%m%d%H}"
    outbox.owe_once(tx, name, Alert(text=wording_operators.too_many_open(agent, most)))


def _replay(tx: Tx, agent: str, key: str, body_hash: str) -> Opened:
    earlier = inbound.recall(tx, agent, key)
    assert earlier is not None  # noqa: S101 - the conflict has proven that the row is there
    earlier_hash, escalation_id = earlier
    if earlier_hash != body_hash:
        raise KeyReusedError(
            "This Idempotency-Key was used with another body. Use a new key for a new question, "
            "or send the first body again."
        )
    return Opened(escalation=escalations.find(tx, escalation_id), replayed=True)


def _open(
    tx: Tx,
    book: Book,
    crowds: limits.Crowds,
    pauses: Pauses,
    overlays: Overlays,
    caller: Caller,
    key: str,
    body_hash: str,
    request: Request,
    planned: Plan,
    action_digest: str,
    judged: Judged | None,
    unusual: Unusual | None,
    callback_allow: Sequence[Network],
    coin_secret: bytes,
    trace: str | None,
) -> Opened:
    escalation_id = tx.new_id("esc")
    if not inbound.remember(tx, caller.agent, key, body_hash, escalation_id):
        return _replay(tx, caller.agent, key, body_hash)
    now = tx.now()
    pause = pauses.of(tx, caller.agent)
    if pause is not None:
        raise pause.refusal(now)
    _check_callback(caller, request, callback_allow)
    allowance = limits.spend(tx, book, caller.agent)
    _check_deadline(request.deadline, now)
    _check_supersedes(tx, caller, request)
    planned = laid_over(tx, book, overlays, caller.agent, request, planned)
    planned, case = weighed(
        tx, book, coin_secret, escalation_id, caller.agent, request, planned, action_digest, judged
    )
    if planned.asks_people:
        limits.check_open(tx, book, caller.agent, crowds)
        _check_owner(book, caller, planned)

    valid_for = _valid_for(request, planned)
    urgency = more_urgent(request.urgency, planned.urgency)
    slot = _slot(book, planned, now)
    # Only a deadline of its own does not let it wait for the slot.
    waits = slot is not None and (request.deadline is None or request.deadline > slot)
    escalation = Escalation(
        id=escalation_id,
        agent=caller.agent,
        owners=caller.owners,
        status="open",
        version=1,
        created_at=now,
        expires_at=earliest(request.deadline, now + planned.deadline)
        if slot is None
        else request.deadline or slot + planned.deadline,
        request=request,
        action_digest=action_digest,
        urgency=urgency,
        need=planned.need,
        valid_for=valid_for,
        rule=planned.rule,
        why=_why(caller.agent, planned),
        handoff=book.handoff(request.category) or wording.HANDOFF,
        trace=trace,
        on_timeout=planned.on_timeout,
        digest=planned.digest if waits else None,
        digest_due=slot if waits else None,
        run_guidance=(
            () if request.group_key is None else runs.guidance(tx, caller.agent, request.group_key)
        ),
    )
    if planned.asks_people:
        escalation = replace(escalation, learns=case is not None and case.counts)
        escalations.insert(tx, escalation)
        route = book.route(planned.need.route)
        timers.put(tx, escalation.id, "expire", escalation.expires_at)
        for step, at in first_steps(route, escalation.asked_at, escalation.expires_at):
            timers.put(tx, escalation.id, step, at)
        if not waits:
            messages.owe(
                tx, escalation.id, channel=route.channel, priority=URGENCIES.index(urgency)
            )
    else:
        escalation = escalation.decide(decided_by_rule(tx, book, escalation, planned))
        escalations.insert(tx, escalation)
        relays.owe(tx, escalation, "escalation.decided")
        if case is None and is_output(book, request, planned):
            record_action(tx, book, coin_secret, escalation, unusual)
    if case is not None:
        scored_cases.record(tx, escalation.id, case)
        if case.way == "audit":
            ask_for_review(tx, book, escalation)
    journal.note(
        tx,
        escalation.id,
        "escalation.opened",
        Actor(
            type="key",
            id=caller.agent,
            display_name=caller.agent,
            authenticated_by="api_key",
            via="api",
        ),
        key=caller.key_id,
        then=planned.then,
        rule=planned.rule,
        route=planned.need.route,
        **({} if trace is None else {"trace": trace}),
        **({"digest": planned.digest} if waits else {}),
        **({} if case is None else {"score": case.score, "threshold": case.threshold}),
    )
    if escalation.decision is not None:
        journal.note(
            tx,
            escalation.id,
            "escalation.decided",
            escalation.decision.decided_by,
            type=escalation.decision.type,
            digest=escalation.decision.effective_digest,
        )
    if request.supersedes is not None:
        # Its card says what came of it, with a link; held, lest it move to a storm card meanwhile.
        escalations.hold(tx, [request.supersedes])
        messages.touch(tx, request.supersedes)
    tx.tell(topic(escalation.id))
    return Opened(escalation=escalation, replayed=False, allowance=allowance)


def _why(agent: str, planned: Plan) -> str | None:
    """Why people are asked, where there is more to say than the rule that says so."""
    system = planned.foreign_system
    if system is None or not planned.asks_people:
        return planned.why
    foreign = wording_confidence.foreign_system(agent, system)
    return foreign if planned.why is None else f"{foreign}; {planned.why}"


def _check_callback(caller: Caller, request: Request, allow: Sequence[Network]) -> None:
    if request.callback is None:
        return
    if not caller.callback_secret:
        raise InvalidError(
            "This key cannot sign a callback.",
            [Fault("/callback", "this key has no callback secret: make one with `keys create NAME "
                   "--callback-secret`, or leave callback out and wait with GET …?wait=55")],
        )  # fmt: skip
    try:
        check_callback(request.callback.url, caller.callback_hosts, allow)
    except BadCallbackError as bad:
        raise InvalidError(
            "The callback cannot go there.", [Fault("/callback/url", str(bad))]
        ) from None


def _check_deadline(deadline: datetime | None, now: datetime) -> None:
    if deadline is None:
        return
    if deadline <= now:
        raise InvalidError(
            "The deadline is in the past.", [Fault("/deadline", f"must be after {now.isoformat()}")]
        )
    if deadline > now + _FARTHEST_DEADLINE:
        raise InvalidError(
            "The deadline is too far ahead.",
            [Fault("/deadline", "must be within 30 days; leave it out for the policy's own")],
        )


def _check_supersedes(tx: Tx, caller: Caller, request: Request) -> None:
    if request.supersedes is None:
        return
    before = next(iter(escalations.find_all(tx, [request.supersedes])), None)
    mine = before is not None and before.agent == caller.agent
    if before is None or not mine or before.decision is None or before.decision.type != "revise":
        raise InvalidError(
            "Nothing was sent back under that id.",
            [Fault("/supersedes", "must be your own escalation that was decided with revise")],
        )


def _check_owner(book: Book, caller: Caller, planned: Plan) -> None:
    route = book.route(planned.need.route)
    if route.no_self_approval and not caller.owners:
        raise OwnerRequiredError(
            f"The route {route.name!r} forbids self-approval, so this key must say who owns it: "
            "create one with `keys create NAME --owner U…`."
        )


def _slot(book: Book, planned: Plan, now: datetime) -> datetime | None:
    """When its digest comes next, for what can wait."""
    digest = book.digests.get(planned.digest or "")
    return None if digest is None else next_slot(digest, now)


def _valid_for(request: Request, planned: Plan) -> timedelta:
    if request.valid_for is None:
        return planned.valid_for
    return min(planned.valid_for, parse_duration(request.valid_for))
