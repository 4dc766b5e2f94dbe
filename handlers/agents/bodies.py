"""Bodies: read no further than they may be long, and the small ones of the verbs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field, JsonValue

from bot.domain.errors import Fault
from bot.domain.escalation import OutcomeStatus
from bot.domain.intake import inexact, parse, refuse
from bot.domain.request import Because, DecisionType, Edit, Long, Name, Page, Part
from bot.usecases.ballot import Ballot
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


class MessageBody(Part):
    """What the agent has to say to the people who look at its question."""

    text: Because = Field(description="plain text; it goes into the card's thread as it is")


class DecisionBody(Part):
    """One vote of the calling key."""

    type: DecisionType
    comment: Long | None = Field(None, description="required to reject or revise")
    guidance: Long | None = Field(None, description="for the rest of the run")
    modified_arguments: dict[str, JsonValue] | None = Field(
        None, description="all arguments of the tool; with type modify only"
    )
    modified_answer: Page | None = Field(
        None, description="the whole text to send, for kind answer; with type modify only"
    )
    response: JsonValue = Field(
        None, description="text, or a value of `response_schema`; with type respond only"
    )
    option_ids: list[Name] = Field(
        [], max_length=20, description="ids of `options`; with type respond only"
    )
    action_digest: Name | None = Field(
        None, description="the digest of what the voter has seen; refused when it has changed"
    )

    def ballot(self) -> Ballot:
        """Raises InvalidError for what does not go together."""
        faults = [
            Fault(f"/{name}", f"goes with type {kind} only")
            for name, kind, given in (
                ("modified_arguments", "modify", self.modified_arguments is not None),
                ("modified_answer", "modify", self.modified_answer is not None),
                ("response", "respond", self.response is not None),
                ("option_ids", "respond", bool(self.option_ids)),
            )
            if given and self.type != kind
        ]
        faults += inexact(self.modified_arguments, "/modified_arguments")
        faults += inexact(self.response, "/response")
        edit = Edit(arguments=self.modified_arguments, answer=self.modified_answer)
        if self.type == "modify" and edit == Edit():
            faults.append(Fault("/modified_arguments", "is missing, or /modified_answer"))
        if edit.arguments is not None and edit.answer is not None:
            faults.append(Fault("/modified_answer", "must not stand beside /modified_arguments"))
        if faults:
            refuse(faults)
        return Ballot(
            type=self.type,
            shown_digest=self.action_digest,
            edit=edit if self.type == "modify" else None,
            option_ids=tuple(self.option_ids),
            response=self.response,
            comment=self.comment,
            guidance=self.guidance,
        )


async def json_body(request: web.Request) -> Any:
    """The parsed body. Raises DoorError (too_large, unsupported_media_type), MalformedError,
    InvalidError.
    """
    return parse(await json_bytes(request, LONGEST_BODY, "Link to large evidence instead."))


async def json_bytes(request: web.Request, longest: int, instead: str) -> bytes:
    """What says that it is JSON, unread. Raises DoorError; `instead`: what to do if too large."""
    _check_type(request)
    return await _bytes_of(request, longest, instead)


async def json_body_if_any(request: web.Request) -> Any:
    """The same where a body may be left out: `{}` then."""
    if not request.body_exists:
        return {}
    body = await _bytes_of(request, LONGEST_BODY, "Link to large evidence instead.")
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


async def _bytes_of(request: web.Request, longest: int, instead: str) -> bytes:
    """Never holds more than the limit and one chunk, whatever `Content-Length` says."""
    if (request.content_length or 0) > longest:
        raise _too_large(longest, instead)
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > longest:
            raise _too_large(longest, instead)
    return bytes(body)


def _too_large(longest: int, instead: str) -> DoorError:
    size = f"{longest // 1024} KiB"
    return DoorError("too_large", f"The body is longer than {size}. {instead}")
