"""What is decided without a person: by a rule that approves or rejects, or by a score."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.cards import wording_confidence, wording_operators
from bot.domain.digest import effective
from bot.domain.escalation import Decision
from bot.domain.people import Actor
from bot.domain.scored_case import ScoredCase
from bot.learning.coin import toss
from bot.learning.terms import TERMS
from bot.policy.confidence import why_not_enough
from bot.policy.hard_rules import beyond_scores, risk_of
from bot.policy.plan import escalated
from bot.store import escalations
from bot.usecases.judge_case import as_control
from bot.usecases.learn import admitted
from bot.usecases.scoring import SCORER, score_of

if TYPE_CHECKING:
    from bot.domain.boundary import Judged
    from bot.domain.escalation import Escalation
    from bot.domain.request import Request
    from bot.domain.scored_case import Held
    from bot.policy.book import Book
    from bot.policy.plan import Plan
    from bot.store.tx import Tx

#: What was refused is not approved by a rule, a score or the clock for this long.
REFUSAL_LASTS = timedelta(hours=24)


def weighed(
    tx: Tx,
    book: Book,
    secret: bytes,
    escalation_id: str,
    agent: str,
    request: Request,
    planned: Plan,
    action_digest: str,
    judged: Judged | None = None,
) -> tuple[Plan, ScoredCase | None]:
    """The plan once more: it approves only where nothing speaks for a person.

    The case is what a score might have decided; None where no rule has asked for the score.
    `judged`: what its category's learned boundary thinks of it, where it has one.
    `secret`: what the coin is tossed with that chooses whom people look at afterwards.
    """
    if planned.then not in {"approve", "by_confidence"}:
        return planned, None
    by_score = planned.then == "by_confidence"
    category = book.category(request.category)
    case = _case(book, request)
    # What holds whatever the score is comes first: such a case says nothing about the score.
    not_enough = why_not_enough(category, case.score) if by_score else None
    learned = category if not_enough == "learning" else None
    held = (
        _why_never(book, request, planned)
        or _refused_lately(tx, action_digest)
        or (None if learned else not_enough)
        or _limit_used_up(tx, agent, planned)
    )
    case = replace(case, held=held)
    if learned is not None:
        version = (request.source.agent_version if request.source else None) or ""
        case = admitted(
            tx,
            secret,
            learned,
            escalation_id=escalation_id,
            agent=agent,
            version=f"{SCORER} {version}".strip(),
            case=replace(case, judged=judged and as_control(judged, secret, escalation_id)),
        )
    elif by_score:
        rate = TERMS[risk_of(book, request)].audit_mature
        case = replace(case, coin=toss(secret, escalation_id, rate), pi=rate)
    if case.held is None:
        planned = replace(planned, then="approve")
    else:
        planned = escalated(book, planned, _in_words(book, request, planned, case))
    return planned, case if by_score else None


def foreseen(book: Book, request: Request, planned: Plan) -> str:
    """What the score of a plan by confidence comes to, as far as the request alone says."""
    case = _case(book, request)
    never = _why_never(book, request, planned)
    held = never or why_not_enough(book.category(request.category), case.score)
    if held is None:
        return wording_confidence.would_deliver(case)
    return wording_confidence.would_ask(_in_words(book, request, planned, replace(case, held=held)))


def _case(book: Book, request: Request) -> ScoredCase:
    return ScoredCase(
        category=request.category,
        score=score_of(request),
        scorer=SCORER,
        threshold=book.threshold(request.category),
        held=None,
        confidence=request.confidence,
    )


def _why_never(book: Book, request: Request, planned: Plan) -> Held | None:
    if "approve" not in request.decisions:
        return "not_wanted"
    if request.outside_domain:
        return "outside_domain"
    # A rule that approves at a high risk has said so itself.
    by_score = planned.then == "by_confidence"
    beyond = by_score and beyond_scores(book, request, even_high_risk=planned.even_high_risk)
    return "risk" if beyond else None


def _refused_lately(tx: Tx, action_digest: str) -> Held | None:
    refused = escalations.refused_lately(tx, action_digest, tx.now() - REFUSAL_LASTS)
    return "refused_lately" if refused else None


def _limit_used_up(tx: Tx, agent: str, planned: Plan) -> Held | None:
    limit, rule = planned.limit, planned.rule or ""
    if limit is None:
        return None
    # One at a time, or two at once would both be the last one.
    tx.queue_up("rule", agent, rule)
    used = escalations.approvals_by_rule(tx, agent, rule, tx.now() - limit.per)
    return "limit" if used >= limit.count else None


def _in_words(book: Book, request: Request, planned: Plan, case: ScoredCase) -> str:
    rule, limit = planned.rule or "", planned.limit
    if case.held == "not_wanted":
        return wording_operators.approval_not_wanted(rule)
    if case.held == "refused_lately":
        return wording_operators.refused_lately(rule)
    if case.held == "limit" and limit is not None:
        return wording_operators.limit_used_up(rule, limit.count, limit.per)
    return wording_confidence.held(case, risk_of(book, request))


def decided_by_rule(tx: Tx, book: Book, escalation: Escalation, planned: Plan) -> Decision:
    """The decision that leaves with the answer to its POST."""
    approved = planned.then == "approve"
    now = tx.now()
    return Decision(
        id=tx.new_id("dec"),
        type="approve" if approved else "reject",
        provenance="rule",
        effective=effective(escalation.request) if approved else None,
        effective_digest=escalation.action_digest if approved else None,
        modified_arguments=None,
        comment=planned.comment,
        guidance=None,
        stop_run=False,
        decided_by=Actor(
            type="rule",
            id=planned.rule or "",
            display_name=None,
            authenticated_by="policy",
            via="rule",
        ),
        decided_at=now,
        expires_at=now + escalation.valid_for if approved else None,
        rule=planned.rule,
        votes=(),
        policy_version=book.version,
    )
