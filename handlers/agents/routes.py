"""The table of addresses: the server and its description are both made from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.domain.output import OutputBatch
from bot.domain.people import Caller
from bot.domain.request import Request
from bot.usecases.desk import Desk
from handlers.agents import categories, escalations, examples, outputs, queue, shapes, verbs
from handlers.agents.bodies import DecisionBody, MessageBody, Nothing, OutcomeBody, RedeemBody
from handlers.agents.callers import caller_of

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler
    from pydantic import BaseModel

Handle = Callable[[Desk, Caller, web.Request], Awaitable[web.Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One method of one address; any one of the scopes opens it."""

    method: str
    path: str
    name: str
    summary: str
    scopes: tuple[str, ...]
    handle: Handle
    #: Status → what the answer says, and its shape.
    answers: dict[int, tuple[str, type[BaseModel] | None]]
    body: type[BaseModel] | None = None
    body_required: bool = True
    example: dict[str, Any] | None = None
    #: Names in `openapi.PARAMETERS`.
    parameters: tuple[str, ...] = ()
    #: Error codes beyond those that every route has.
    codes: tuple[str, ...] = field(default=())


_READERS = ("escalate:read", "decide", "admin")
_WHOLE = "The escalation as it is now"

ROUTES = (
    Route(
        method="POST",
        path="/v1/escalations",
        name="createEscalation",
        summary="Ask people",
        scopes=("escalate:create",),
        handle=escalations.create,
        answers={
            201: ("The escalation was made", shapes.Escalation),
            200: ("It was made before, by this key and body; this is how it stands now",
                  shapes.Escalation),
        },
        body=Request,
        example=examples.REQUEST,
        parameters=("Idempotency-Key", "traceparent"),
        codes=(
            "idempotency_key_required", "idempotency_key_reused", "owner_required", "rate_limited",
            "agent_paused",
        ),
    ),
    Route(
        method="GET",
        path="/v1/escalations",
        name="listEscalations",
        summary="List escalations, oldest first",
        scopes=_READERS,
        handle=escalations.list_them,
        answers={200: ("A page", shapes.EscalationPage)},
        parameters=("status", "category", "group_key", "after", "limit"),
        codes=("invalid",),
    ),
    Route(
        method="POST",
        path="/v1/outputs",
        name="reportOutputs",
        summary="Report what was done without asking; people look at some of it",
        scopes=("outputs:create",),
        handle=outputs.report,
        answers={
            202: ("All of it was taken; the same again gets the same answer",
                  shapes.OutputAnswers),
        },
        body=OutputBatch,
        example=examples.OUTPUTS,
        codes=("invalid",),
    ),
    Route(
        method="GET",
        path="/v1/queue",
        name="readQueue",
        summary="How many questions wait for people, and how long the oldest has",
        scopes=_READERS,
        handle=queue.read,
        answers={200: ("What is open: the agent's own; all of it for decide and admin",
                       shapes.Queue)},
    ),
    Route(
        method="GET",
        path="/v1/categories",
        name="listCategories",
        summary="How each category fares: how much people see of it, and how often they disagree",
        scopes=_READERS,
        handle=categories.list_them,
        answers={
            200: ("Those of the policy, then those that were only seen; the agent's own cases are "
                  "counted, all of them for decide and admin", shapes.CategoryList),
        },
    ),
    Route(
        method="GET",
        path="/v1/categories/{name}",
        name="readCategory",
        summary="How one category fares",
        scopes=_READERS,
        handle=categories.read,
        answers={200: ("As the last 28 days have it", shapes.Category)},
        parameters=("name",),
        codes=("not_found",),
    ),
    Route(
        method="GET",
        path="/v1/escalations/{id}",
        name="readEscalation",
        summary="Read one escalation, or wait for its answer",
        scopes=_READERS,
        handle=escalations.read,
        answers={
            200: ("As it is now: settled, changed, or still open when the wait is over",
                  shapes.Escalation),
            304: ("Still the version that If-None-Match names", None),
        },
        parameters=("wait", "Prefer", "If-None-Match"),
        codes=("invalid",),
    ),
    Route(
        method="POST",
        path="/v1/escalations/{id}/cancel",
        name="cancelEscalation",
        summary="Withdraw the question",
        scopes=("escalate:cancel",),
        handle=verbs.cancel,
        answers={200: (_WHOLE, shapes.Escalation)},
        body=Nothing,
        body_required=False,
        example={},
        codes=("already_settled",),
    ),
    Route(
        method="POST",
        path="/v1/escalations/{id}/redeem",
        name="redeemEscalation",
        summary="Take the approval into the hand, once, before running it",
        scopes=("escalate:redeem",),
        handle=verbs.redeem,
        answers={200: ("What may run; the same redeem_id gets it for ever", shapes.Handout)},
        body=RedeemBody,
        example=examples.REDEEM,
        codes=(
            "nothing_to_run", "digest_mismatch", "already_redeemed", "agent_paused",
            "approval_expired",
        ),
    ),
    Route(
        method="POST",
        path="/v1/escalations/{id}/outcome",
        name="reportOutcome",
        summary="Say what became of the action",
        scopes=("escalate:redeem",),
        handle=verbs.outcome,
        answers={200: (_WHOLE, shapes.Escalation)},
        body=OutcomeBody,
        example=examples.OUTCOME,
        codes=("nothing_to_run", "outcome_recorded"),
    ),
    Route(
        method="POST",
        path="/v1/escalations/{id}/messages",
        name="answerPeople",
        summary="Answer a reviewer's question, or tell the reviewers more",
        scopes=("escalate:create",),
        handle=verbs.message,
        answers={
            201: ("It was said; the escalation as it is now", shapes.Escalation),
            200: ("The agent has just said the same; nothing changed", shapes.Escalation),
        },
        body=MessageBody,
        example=examples.MESSAGE,
        codes=("already_settled",),
    ),
    Route(
        method="POST",
        path="/v1/escalations/{id}/decision",
        name="decideEscalation",
        summary="Cast this key's vote, where the route lists the key",
        scopes=("decide",),
        handle=verbs.decide,
        answers={200: (_WHOLE + ", still open if votes are missing", shapes.Escalation)},
        body=DecisionBody,
        example=examples.DECISION,
        codes=(
            "own_escalation",
            "already_settled",
            "decision_pending",
            "digest_mismatch",
            "agent_paused",
        ),
    ),
)  # fmt: skip


def guarded(desk: Desk, route: Route) -> Handler:
    """The route's handler behind the key check: nothing of a stranger's body is read."""

    async def answer(request: web.Request) -> web.StreamResponse:
        caller = await caller_of(desk, request, route.scopes)
        return await route.handle(desk, caller, request)

    return answer
