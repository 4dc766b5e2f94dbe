"""Every error as a problem document (RFC 9457), aiohttp's own and the unforeseen ones too."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.domain.errors import AgentPausedError, InvalidError, PullcordError, RateLimitedError
from handlers.agents.answers import limit_headers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp.typedefs import Handler

log = logging.getLogger("pullcord.agents")

#: Seconds after which asking again makes sense when the database could not answer.
_RETRY_AFTER = "2"

#: code → (status, title). The codes are for programs and stay.
CODES: dict[str, tuple[int, str]] = {
    "malformed_json": (400, "The body is not JSON"),
    "idempotency_key_required": (400, "An Idempotency-Key is required"),
    "bad_request": (400, "The request is not proper HTTP"),
    "unauthorized": (401, "The key is missing or not valid"),
    "forbidden": (403, "This key may not do that"),
    "own_escalation": (403, "Nobody decides their own escalation"),
    "not_found": (404, "There is no such thing"),
    "method_not_allowed": (405, "This address takes other methods"),
    "already_settled": (409, "It is settled already"),
    "decision_pending": (409, "Somebody has just decided"),
    "already_redeemed": (409, "Another redeemer has it"),
    "agent_paused": (409, "The agent is paused"),
    "digest_mismatch": (409, "The action is another one"),
    "nothing_to_run": (409, "Nothing may run"),
    "outcome_recorded": (409, "Another outcome is recorded"),
    "approval_expired": (410, "The approval is too old"),
    "too_large": (413, "The body is too large"),
    "unsupported_media_type": (415, "The body must be application/json"),
    "invalid": (422, "The request cannot be used as it is"),
    "idempotency_key_reused": (422, "The Idempotency-Key had another body"),
    "owner_required": (422, "The key needs an owner"),
    "rate_limited": (429, "Too many questions"),
    "internal": (500, "Something went wrong here"),
    "unavailable": (503, "Not just now"),
}
_BY_STATUS = {
    404: ("not_found", "There is nothing at this address. /docs lists what there is."),
    405: ("method_not_allowed", "This address takes other methods; `Allow` names them."),
    413: ("too_large", "The body is too large."),
    415: ("unsupported_media_type", "Send the body as application/json."),
}


class DoorError(PullcordError):
    """A refusal that only HTTP knows: its code is given."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code  # type: ignore[misc]  # one class for the few codes of the door


def problem(
    code: str,
    detail: str,
    *,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> web.Response:
    """The answer for one code; `more` are further members of the document."""
    usual, title = CODES[code]
    document = {
        "type": f"/docs#{code}",
        "title": title,
        "status": status or usual,
        "detail": detail,
        "code": code,
    } | more
    return web.Response(
        # Plain ASCII, so that half a character in a pointer is escaped and not an error.
        body=json.dumps(document).encode(),
        status=status or usual,
        content_type="application/problem+json",
        headers={"Cache-Control": "no-store"} | dict(headers or {}),
    )


@web.middleware
async def problem_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Nothing but problem documents leaves by way of an error. Slack's door answers for itself."""
    if request.path.startswith("/slack/"):
        return await handler(request)
    try:
        return await handler(request)
    except PullcordError as error:
        return _of_refusal(error)
    except web.HTTPException as error:
        return of_http(error)
    except (web.RequestPayloadError, ConnectionResetError):
        return problem("bad_request", "The body broke off or was not framed as HTTP says.")
    except Exception:
        log.exception("request.failed", extra={"method": request.method, "path": request.path})
        return problem("internal", "Something went wrong here. The operators' log says what.")


def _of_refusal(error: PullcordError) -> web.Response:
    headers: dict[str, str] = {}
    more: dict[str, Any] = {}
    if isinstance(error, InvalidError):
        more["errors"] = [{"pointer": f.pointer, "message": f.message} for f in error.faults]
    if error.code == "unauthorized":
        headers["WWW-Authenticate"] = "Bearer"
    if error.code == "unavailable":
        headers["Retry-After"] = _RETRY_AFTER
    if isinstance(error, AgentPausedError):
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, RateLimitedError):
        headers |= limit_headers(error.allowance) | {"Retry-After": str(error.allowance.reset)}
    answer = problem(error.code, str(error), headers=headers, **more)
    if error.code == "too_large":
        # What is still under way is not worth reading.
        answer.force_close()
    return answer


def of_http(error: web.HTTPException) -> web.StreamResponse:
    """One of aiohttp's own answers; those that are no errors stay as they are."""
    if error.status < HTTPStatus.BAD_REQUEST:
        return error
    code, detail = _BY_STATUS.get(
        error.status,
        ("bad_request", error.reason)
        if error.status < HTTPStatus.INTERNAL_SERVER_ERROR
        else ("internal", "Something went wrong here."),
    )
    headers = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
    return problem(code, detail, status=error.status, headers=headers)
