"""What can be done to an escalation: cancel, redeem, report the outcome, decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.intake import model_from
from bot.domain.resource import resource
from bot.usecases.answer_people import answer_people
from bot.usecases.authority import KeyVoter
from bot.usecases.cancel import cancel as cancel_escalation
from bot.usecases.decide import decide as count_vote
from bot.usecases.redeem import redeem as redeem_approval
from bot.usecases.report_outcome import report_outcome
from handlers.agents.answers import etag, json_answer
from handlers.agents.bodies import (
    DecisionBody,
    MessageBody,
    Nothing,
    OutcomeBody,
    RedeemBody,
    json_body,
    json_body_if_any,
)
from handlers.agents.queries import escalation_id

if TYPE_CHECKING:
    from aiohttp import web

    from bot.domain.escalation import Escalation
    from bot.domain.people import Caller
    from bot.usecases.desk import Desk


async def cancel(desk: Desk, caller: Caller, request: web.Request) -> web.Response:
    """The agent no longer needs an answer."""
    wanted = escalation_id(request)
    model_from(Nothing, await json_body_if_any(request))
    return _whole(await cancel_escalation(desk, caller, wanted))


async def redeem(desk: Desk, caller: Caller, request: web.Request) -> web.Response:
    """Exactly what may run, to one redeemer."""
    wanted = escalation_id(request)
    body = model_from(RedeemBody, await json_body(request))
    found = await redeem_approval(
        desk, caller, wanted, redeem_id=body.redeem_id, digest=body.digest
    )
    whole = resource(found)
    return json_answer(
        {
            "id": found.id,
            "decision_id": whole["decision"]["id"],
            "effective": whole["decision"]["effective"],
            "effective_digest": whole["decision"]["effective_digest"],
            "redeemed": whole["redeemed"],
        },
        headers={"ETag": etag(found)},
    )


async def outcome(desk: Desk, caller: Caller, request: web.Request) -> web.Response:
    """What became of the action."""
    wanted = escalation_id(request)
    body = model_from(OutcomeBody, await json_body(request))
    return _whole(await report_outcome(desk, caller, wanted, status=body.status, note=body.note))


async def decide(desk: Desk, caller: Caller, request: web.Request) -> web.Response:
    """One vote of a program whose key the route lists; a name in a body is never believed."""
    wanted = escalation_id(request)
    ballot = model_from(DecisionBody, await json_body(request)).ballot()
    return _whole(await count_vote(desk, wanted, ballot, KeyVoter(caller)))


async def message(desk: Desk, caller: Caller, request: web.Request) -> web.Response:
    """201 for a new message, 200 where the agent has just said the same."""
    wanted = escalation_id(request)
    body = model_from(MessageBody, await json_body(request))
    found, new = await answer_people(desk, caller, wanted, body.text)
    return _whole(found, status=201 if new else 200)


def _whole(found: Escalation, status: int = 200) -> web.Response:
    return json_answer(resource(found), status=status, headers={"ETag": etag(found)})
