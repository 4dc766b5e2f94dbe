"""Bodies: read no further than they may be long, and the small ones of the verbs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field, JsonValue

from bot.domain.errors import Fault
from bot.domain.escalation import OutcomeStatus
from bot.domain.intake import inexact, parse, refuse
from bot.domain.request import DecisionType, Long, Name, Part
from bot.usecases.decide import Ballot
from handlers.agents.problems import DoorError

if TYPE_CHECKING:
    from aiohttp import web

LONGEST_BODY = 256 * 1024


class Nothing(Part):
    """A body that says nothing: `{}`, or none at all."""


class RedeemBody(Part):
    """Who takes the approval into their hand; the same `redeem_id` may ask again for ever."""

    redeem_id: Name = Field(description="made by the redeemer, before it runs anything")
    digest: Name | None = Field(None, description="the `effective_digest` that would be run")


class OutcomeBody(Part):
    """What became of the action."""

    status: OutcomeStatus
    note: Long | None = None


class DecisionBody(Part):
    """One vote of the calling key."""

    type: DecisionType
    comment: Long | None = Field(None, description="required to reject or revise")
    guidance: Long | None = Field(None, description="for the rest of the run")
    modified_arguments: dict[str, JsonValue] | None = Field(
        None, description="all arguments of the tool; with type modify only"
    )
    action_digest: Name | None = Field(
        None, description="the digest of what the voter has seen; refused when it has changed"
    )
    response: JsonValue = Field(None, description="for kind guidance, in a later release")
    option_ids: list[Name] = Field([], description="for kind guidance, in a later release")
    modified_answer: str | None = Field(None, description="for kind answer, in a later release")

    def ballot(self) -> Ballot:
        """Raises InvalidError for what does not go with an approval."""
        faults = [
            Fault(f"/{name}", f"belongs to kind {kind}, which comes with a later release")
            for name, kind, value in (
                ("response", "guidance", self.response),
                ("option_ids", "guidance", self.option_ids or None),
                ("modified_answer", "answer", self.modified_answer),
            )
            if value is not None
        ]
        if self.type == "respond":
            faults.append(Fault("/type", "must be approve, modify, reject or revise here"))
        if self.type != "modify" and self.modified_arguments is not None:
            faults.append(Fault("/modified_arguments", "goes with type modify only"))
        if self.type == "modify" and self.modified_arguments is None:
            faults.append(Fault("/modified_arguments", "is missing"))
        faults += inexact(self.modified_arguments, "/modified_arguments")
        if faults:
            refuse(faults)
        return Ballot(
            type=self.type,
            shown_digest=self.action_digest,
            arguments=self.modified_arguments,
            comment=self.comment,
            guidance=self.guidance,
        )


async def json_body(request: web.Request) -> Any:
    """The parsed body. Raises DoorError (too_large, unsupported_media_type), MalformedError,
    InvalidError.
    """
    _check_type(request)
    return parse(await _bytes_of(request))


async def json_body_if_any(request: web.Request) -> Any:
    """The same where a body may be left out: `{}` then."""
    if not request.body_exists:
        return {}
    body = await _bytes_of(request)
    if not body:
        return {}
    _check_type(request)
    return parse(body)


def _check_type(request: web.Request) -> None:
    charset = (request.charset or "utf-8").lower().replace("_", "-")
    if request.content_type != "application/json" or charset not in {"utf-8", "utf8"}:
        raise DoorError("unsupported_media_type", "Send the body as application/json, in UTF-8.")
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise DoorError("unsupported_media_type", "Send the body without a Content-Encoding.")


async def _bytes_of(request: web.Request) -> bytes:
    """Never holds more than the limit and one chunk, whatever `Content-Length` says."""
    if (request.content_length or 0) > LONGEST_BODY:
        raise _too_large()
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > LONGEST_BODY:
            raise _too_large()
    return bytes(body)


def _too_large() -> DoorError:
    return DoorError(
        "too_large",
        f"The body is longer than {LONGEST_BODY // 1024} KiB. Link to large evidence instead.",
    )
