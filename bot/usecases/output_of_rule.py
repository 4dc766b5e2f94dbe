"""An action that a rule approved went out without a person too: it counts as an output."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bot.domain.digest import effective
from bot.domain.output import Output, Shape
from bot.store import outputs, sampling
from bot.usecases.plan_sampling import plan_for
from bot.usecases.review_case import ask_about
from bot.usecases.scoring import score_of
from bot.usecases.take_output import tossed

if TYPE_CHECKING:
    from bot.domain.escalation import Escalation
    from bot.domain.request import Request
    from bot.domain.unusual import Unusual
    from bot.policy.book import Book
    from bot.policy.plan import Plan
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk


def is_output(book: Book, request: Request, planned: Plan) -> bool:
    """Whether a rule approves it. Of what the policy does not list nobody is asked anything."""
    return planned.then == "approve" and book.category(request.category) is not None


async def judge_action(desk: Desk, agent: str, request: Request, planned: Plan) -> Unusual | None:
    """How unusual it is; None where it is no output."""
    if not is_output(desk.book, request, planned):
        return None
    kind = (request.category or "", agent, _version(request))
    (found,) = await desk.unusual.judge(desk.ledger, [(kind, _shape(request))])
    return found


def record_action(
    tx: Tx, book: Book, secret: bytes, approved: Escalation, found: Unusual | None
) -> None:
    """In the transaction that approves it, after the escalation itself.

    `found`: None of a learned rule, which is known only there.
    """
    request = approved.request
    category = request.category or ""
    made = tossed(
        secret,
        plan_for(tx, book, category),
        Output(
            id=tx.new_id("out"),
            agent=approved.agent,
            item_id=None,
            digest=approved.action_digest,
            category=category,
            agent_version=_version(request),
            at=tx.now(),
            score=score_of(request),
            shape=_shape(request),
            escalation_id=approved.id,
        ),
        found,
        case=approved.id,
    )
    outputs.add(tx, made, None)
    if made.chosen is not None:
        ask_about(tx, book, made)
    sampling.count(tx, {(category, made.third): 1}, by=made.id)


def _version(request: Request) -> str:
    return (request.source.agent_version if request.source else None) or ""


def _shape(request: Request) -> Shape:
    calls = () if request.tool is None else (request.tool.name,)
    return Shape(length=len(json.dumps(effective(request))), calls=calls)
