"""Slack's Web API as we use it: one call, one outcome, nothing retried behind our back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.domain.directory import Nobody
from bot.domain.outgoing import Later, Never, Outcome, Refused, Sent, Unsure
from bot.domain.people import Person

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.domain.outgoing import Whisper
    from bot.domain.pacing import Paced

#: Names the metadata of our messages; the payload is only an opaque id.
CARD_EVENT = "pullcord_card"

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
_NO_SUCH_PERSON = {"user_not_found", "users_not_found", "user_not_visible"}
# Slack calls these people; they are not.
_NO_PEOPLE = ("is_bot", "is_workflow_bot", "is_connector_bot")
# Two spellings of the same: as an HTTP status, and as an error in the body.
_LIMITED = {"ratelimited", "rate_limited", "message_limit_exceeded"}
_LATER = _LIMITED | {"service_unavailable"}
# A busy channel has a long history; what is looked for was posted lately.
_MOST_PAGES, _PAGE = 20, 200
# Seconds by which our clock and Slack's may differ.
_SKEW = 120
_ANSWER_SECONDS = 5


class SlackSender:
    """Sends through a client whose own retries are switched off."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._direct: dict[str, str] = {}
        # Of the bot; metadata can be copied into a message of somebody else's.
        self._me: str | None = None

    async def post(
        self,
        message_id: str,
        *,
        channel: str,
        text: str,
        blocks: list[dict[str, Any]],
        thread_ts: str | None = None,
    ) -> Outcome:
        """A new message, findable by its id in the metadata."""
        return await _outcome(
            self._client.chat_postMessage(
                channel=channel,
                text=text,
                blocks=blocks or None,
                thread_ts=thread_ts,
                metadata={"event_type": CARD_EVENT, "event_payload": {"id": message_id}},
                unfurl_links=False,
                unfurl_media=False,
            ),
            "post",
        )

    async def update(
        self, *, channel: str, ts: str, text: str, blocks: list[dict[str, Any]]
    ) -> Outcome:
        """Another content for a message that stands. Doing it twice is the same as once."""
        return await _outcome(
            self._client.chat_update(channel=channel, ts=ts, text=text, blocks=blocks), "update"
        )

    async def redraw(self, response_url: str, *, text: str, blocks: list[dict[str, Any]]) -> bool:
        """Another content for the message that was clicked, through the click's own address."""
        return await self._answered(
            response_url, {"replace_original": True, "text": text, "blocks": blocks}
        )

    async def direct(self, user: str) -> str | Later | Never:
        """The channel between a person and the bot; it stays the same, so it is asked once."""
        if user not in self._direct:
            opened = await _asked(self._client.conversations_open(users=user), _NO_SUCH_PERSON)
            if isinstance(opened, Nobody):
                return Never(reason=opened.reason)
            if not isinstance(opened, dict):
                return opened
            channel = opened.get("channel")
            found = _text(channel.get("id")) if isinstance(channel, dict) else None
            if found is None:
                return Later(reason="odd_answer")
            self._direct[user] = found
        return self._direct[user]

    async def find(
        self, message_id: str, *, channel: str, since: datetime, thread_ts: str | None = None
    ) -> Sent | Later | None:
        """The message, if an earlier post of it did arrive although its answer was lost."""
        found = await self.cards_in(channel, since=since, wanted=message_id, thread_ts=thread_ts)
        if isinstance(found, Later):
            return found
        # Without the right to read the channel we cannot know; a copy is better than a loss.
        return None if isinstance(found, Never) else next(iter(found), None)

    async def cards_in(
        self,
        channel: str,
        *,
        since: datetime,
        until: datetime | None = None,
        wanted: str | None = None,
        pages: int = _MOST_PAGES,
        thread_ts: str | None = None,
    ) -> list[Sent] | Later | Never:
        """Our messages in the channel's history; `wanted`: only the one of that id.

        Bounded: what stands behind the last page that is read is taken for not there.
        """
        found: list[Sent] = []
        try:
            if channel.startswith("#"):
                channel = await self._id_of(channel) or channel
            cursor = None
            for _ in range(pages):
                asked: dict[str, Any] = {
                    "channel": channel,
                    "oldest": f"{since.timestamp() - _SKEW:.6f}",
                    "latest": None if until is None else f"{until.timestamp() + _SKEW:.6f}",
                    "include_all_metadata": True,
                    "limit": _PAGE,
                    "cursor": cursor,
                }
                # What stands in a thread is not in the channel's own history.
                page = await (
                    self._client.conversations_history(**asked)
                    if thread_ts is None
                    else self._client.conversations_replies(ts=thread_ts, **asked)
                )
                found += (
                    Sent(channel=channel, ts=ts, message_id=message_id)
                    for message_id, ts in _our_messages(page.data, self._me)
                    if wanted in {None, message_id}
                )
                cursor = _cursor(page.data)
                if not cursor or (wanted and found):
                    break
        except SlackApiError as error:
            outcome = _refusal(error, "history")
            if isinstance(outcome, Later | Never):
                return outcome
            return Later(reason=outcome.reason)
        except (SlackClientError, ClientError, OSError, TimeoutError) as error:
            return Later(reason=type(error).__name__)
        return found

    async def _id_of(self, name: str) -> str | None:
        """History is asked by id only, though a message may be posted by name."""
        cursor = None
        for _ in range(_MOST_PAGES):
            page = await self._client.conversations_list(
                types="public_channel,private_channel",
                exclude_archived=True,
                limit=1000,
                cursor=cursor,
            )
            for channel in page["channels"] or []:
                if f"#{channel.get('name')}" == name:
                    return str(channel["id"])
            cursor = _cursor(page.data)
            if not cursor:
                break
        return None

    async def whisper(self, whisper: Whisper) -> Outcome:
        """Say it where they clicked; through the click's own address first."""
        words = {"text": whisper.text, "response_type": "ephemeral", "replace_original": False}
        if whisper.response_url and await self._answered(whisper.response_url, words):
            return Sent(channel=whisper.channel, ts="")
        return await _outcome(
            self._client.chat_postEphemeral(
                channel=whisper.channel,
                user=whisper.user,
                text=whisper.text,
                thread_ts=whisper.thread_ts,
            ),
            "ephemeral",
        )

    async def _answered(self, response_url: str, body: dict[str, Any]) -> bool:
        """Answer a click at its own address; False: the ordinary way is still open.

        Slack's library offers a helper that never says whether it worked; this one looks.
        """
        session = self._client.session
        if session is None:
            return False
        try:
            async with (
                asyncio.timeout(_ANSWER_SECONDS),
                session.post(response_url, json=body, allow_redirects=False) as answer,
            ):
                return answer.status == 200
        except (ClientError, OSError, TimeoutError):
            return False

    async def say(self, *, channel: str, text: str) -> Outcome:
        """A plain sentence in a channel."""
        return await _outcome(
            self._client.chat_postMessage(
                channel=channel, text=text, unfurl_links=False, unfurl_media=False
            ),
            "post",
        )

    async def publish(self, user: str, view: dict[str, Any]) -> Outcome:
        """Another content for a person's Home tab."""
        return await _outcome(self._client.views_publish(user_id=user, view=view), "home")

    async def hello(self) -> dict[str, str]:
        """`{team_id, url, user_id}` of the token. Raises SlackUnreachableError."""
        try:
            answer = await self._client.auth_test()
        except (SlackApiError, SlackClientError, ClientError, OSError, TimeoutError) as error:
            raise SlackUnreachableError(reason_of(error)) from error
        found = {key: str(answer.get(key) or "") for key in ("team_id", "url", "user_id")}
        self._me = found["user_id"] or None
        return found

    async def person(self, user_id: str) -> Person | Nobody | Never | Later:
        """Who this is to Slack."""
        answer = await _asked(self._client.users_info(user=user_id), _NO_SUCH_PERSON)
        if not isinstance(answer, dict):
            return answer
        found = _person(answer.get("user"))
        if found is None or found.id != user_id:
            return Later(reason="odd_answer")
        return found

    async def person_at(self, email: str) -> Person | Nobody | Never | Later:
        """Whose address this is to Slack."""
        answer = await _asked(self._client.users_lookupByEmail(email=email), _NO_SUCH_PERSON)
        if not isinstance(answer, dict):
            return answer
        return _person(answer.get("user")) or Later(reason="odd_answer")

    async def members(self, usergroup: str) -> frozenset[str] | Nobody | Never | Later:
        """Who belongs to a usergroup."""
        answer = await _asked(
            self._client.usergroups_users_list(usergroup=usergroup), {"no_such_subteam"}
        )
        if not isinstance(answer, dict):
            return answer
        users = answer.get("users")
        if not isinstance(users, list):
            return Later(reason="odd_answer")
        return frozenset(user for user in users if isinstance(user, str))


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


async def _asked(call: Any, nobody: set[str]) -> dict[str, Any] | Nobody | Never | Later:
    """The answer to a question about people, which may be asked again as often as we like."""
    try:
        answer = await call
    except SlackApiError as error:
        code = str(_said(error).get("error") or "")
        if code in nobody:
            return Nobody(reason=code)
        refusal = _refusal(error)
        return refusal if isinstance(refusal, Later | Never) else Later(reason=refusal.reason)
    except (SlackClientError, ClientError, OSError, TimeoutError) as error:
        return Later(reason=type(error).__name__)
    return answer.data if isinstance(answer.data, dict) else {}


def _person(user: object) -> Person | None:
    """Slack's user object; None when it is none."""
    if not isinstance(user, dict) or not _text(user.get("id")):
        return None
    profile = user.get("profile")
    profile = profile if isinstance(profile, dict) else {}
    names = (profile.get("display_name"), user.get("real_name"), user["id"])
    return Person(
        id=user["id"],
        display_name=next(name for name in names if name and isinstance(name, str)),
        team_id=_text(user.get("team_id")),
        email=_text(profile.get("email")),
        tz=_text(user.get("tz")),
        deleted=bool(user.get("deleted")),
        bot=any(user.get(key) for key in _NO_PEOPLE) or user["id"] == "USLACKBOT",
        guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _our_messages(page: object, me: str | None) -> Iterator[tuple[str, str]]:
    """Id and ts of those that carry our metadata."""
    listed = page.get("messages") if isinstance(page, dict) else None
    for message in listed if isinstance(listed, list) else ():
        metadata = message.get("metadata") if isinstance(message, dict) else None
        if not isinstance(metadata, dict) or metadata.get("event_type") != CARD_EVENT:
            continue
        payload = metadata.get("event_payload")
        message_id = _text(payload.get("id")) if isinstance(payload, dict) else None
        ts = _text(message.get("ts"))
        if message_id and ts and me in {None, message.get("user")}:
            yield message_id, ts


def _cursor(page: object) -> str | None:
    more = page.get("response_metadata") if isinstance(page, dict) else None
    return _text(more.get("next_cursor")) if isinstance(more, dict) else None


async def _outcome(call: Any, method: Paced) -> Outcome:
    try:
        answer = await call
    except SlackApiError as error:
        return _refusal(error, method)
    except (SlackClientError, ClientError, OSError, TimeoutError) as error:
        # The connection broke: perhaps before Slack heard us, perhaps after.
        return Unsure(reason=type(error).__name__)
    return Sent(channel=str(answer.get("channel") or ""), ts=str(answer.get("ts") or ""))


def _refusal(error: SlackApiError, method: Paced | None = None) -> Later | Refused | Never | Unsure:
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
