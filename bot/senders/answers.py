"""What an answer of Slack's means for whoever asked: sent, later, never, refused, or unsure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.domain.directory import Nobody
from bot.domain.outgoing import Later, Never, Outcome, Refused, Sent, Unsure

if TYPE_CHECKING:
    from bot.domain.pacing import Paced

_REFUSED = {
    "invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long", "no_text",
    "markdown_text_conflict", "attachment_payload_limit_exceeded", "too_many_attachments",
}  # fmt: skip
_NEVER = {
    "channel_not_found", "not_in_channel", "is_archived", "invalid_auth", "not_authed",
    "token_revoked", "token_expired", "account_inactive", "missing_scope", "restricted_action",
    "message_not_found", "cant_update_message", "edit_window_closed", "team_access_not_granted",
    "user_not_in_channel", "user_not_found", "org_login_required", "ekm_access_denied",
    "messages_tab_disabled", "no_permission", "not_allowed_token_type", "plan_upgrade_required",
    "is_inactive", "user_disabled", "user_not_visible", "cannot_dm_bot", "access_denied",
    "method_not_supported_for_channel_type", "posting_to_channel_denied", "thread_not_found",
    "restricted_action_thread_locked",
}  # fmt: skip
# Two spellings of the same: as an HTTP status, and as an error in the body.
_LIMITED = {"ratelimited", "rate_limited", "message_limit_exceeded"}
_LATER = _LIMITED | {"service_unavailable"}


class SlackUnreachableError(Exception):
    """Slack does not answer, or does not know the token; the message says which."""


def reason_of(error: BaseException) -> str:
    """One word or two for a log or an alert."""
    if isinstance(error, SlackApiError):
        said = _said(error)
        details = said.get("errors") or []
        first = f" ({details[0]})" if details else ""
        return f"{said.get('error') or _status(error)}{first}"
    return type(error).__name__


def _said(error: SlackApiError) -> dict[str, Any]:
    """Slack's own words; a proxy's error page has none."""
    data = getattr(error.response, "data", None)
    return data if isinstance(data, dict) else {}


def _status(error: SlackApiError) -> int | None:
    # A body that is no JSON comes with aiohttp's answer instead of the library's own.
    answer = error.response
    status: int | None = getattr(answer, "status_code", None) or getattr(answer, "status", None)
    return status


async def asked(call: Any, nobody: set[str]) -> dict[str, Any] | Nobody | Never | Later:
    """The answer to a question about people, which may be asked again as often as we like."""
    try:
        answer = await call
    except SlackApiError as error:
        code = str(_said(error).get("error") or "")
        if code in nobody:
            return Nobody(reason=code)
        refused = refusal(error)
        return refused if isinstance(refused, Later | Never) else Later(reason=refused.reason)
    except (SlackClientError, ClientError, OSError, TimeoutError) as error:
        return Later(reason=type(error).__name__)
    return answer.data if isinstance(answer.data, dict) else {}


async def outcome_of(call: Any, method: Paced) -> Outcome:
    try:
        answer = await call
    except SlackApiError as error:
        return refusal(error, method)
    except (SlackClientError, ClientError, OSError, TimeoutError) as error:
        # The connection broke: perhaps before Slack heard us, perhaps after.
        return Unsure(reason=type(error).__name__)
    return Sent(channel=str(answer.get("channel") or ""), ts=str(answer.get("ts") or ""))


def refusal(error: SlackApiError, method: Paced | None = None) -> Later | Refused | Never | Unsure:
    code = str(_said(error).get("error") or "")
    reason = reason_of(error)
    if _status(error) == 429 or code in _LATER:
        header = {k.lower(): v for k, v in error.response.headers.items()}.get("retry-after", "")
        limited = _status(error) == 429 or code in _LIMITED
        return Later(
            reason=reason,
            after=float(header) if str(header).isdigit() else None,
            limit=method if limited else None,
        )
    if code in _REFUSED:
        return Refused(reason=reason)
    if code in _NEVER:
        return Never(reason=reason)
    # Slack itself stumbled (5xx, internal_error): some of it may have succeeded.
    return Unsure(reason=reason)
