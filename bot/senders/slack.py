"""Slack's Web API as we use it: one call, one outcome, nothing retried behind our back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.domain.directory import Nobody
from bot.domain.outgoing import Later, Never, Outcome, Overtaken, Published, Sent
from bot.senders.answers import SlackUnreachableError, asked, outcome_of, reason_of, refusal
from bot.senders.payloads import CARD_EVENT, cursor_in, our_messages, person_in, text_or_none

if TYPE_CHECKING:
    from datetime import datetime

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.domain.outgoing import Whisper
    from bot.domain.people import Person


_NO_SUCH_PERSON = {"user_not_found", "users_not_found", "user_not_visible"}
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
        return await outcome_of(
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
        return await outcome_of(
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
            opened = await asked(self._client.conversations_open(users=user), _NO_SUCH_PERSON)
            if isinstance(opened, Nobody):
                return Never(reason=opened.reason)
            if not isinstance(opened, dict):
                return opened
            channel = opened.get("channel")
            found = text_or_none(channel.get("id")) if isinstance(channel, dict) else None
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
                    for message_id, ts in our_messages(page.data, self._me)
                    if wanted in {None, message_id}
                )
                cursor = cursor_in(page.data)
                if not cursor or (wanted and found):
                    break
        except SlackApiError as error:
            outcome = refusal(error, "history")
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
            cursor = cursor_in(page.data)
            if not cursor:
                break
        return None

    async def whisper(self, whisper: Whisper) -> Outcome:
        """Say it where they clicked; through the click's own address first."""
        words = {"text": whisper.text, "response_type": "ephemeral", "replace_original": False}
        if whisper.response_url and await self._answered(whisper.response_url, words):
            return Sent(channel=whisper.channel, ts="")
        return await outcome_of(
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

    async def say(
        self, *, channel: str, text: str, blocks: list[dict[str, Any]] | None = None
    ) -> Outcome:
        """A plain sentence in a channel, or what stands in its place."""
        return await outcome_of(
            self._client.chat_postMessage(
                channel=channel,
                text=text,
                blocks=blocks or None,
                unfurl_links=False,
                unfurl_media=False,
            ),
            "post",
        )

    async def publish(
        self, user: str, view: dict[str, Any], hash_: str | None
    ) -> Published | Overtaken | Later | Never:
        """Another content for a person's Home tab, in the place of the one with that hash; None:
        whatever stands there.
        """
        answer = await asked(
            self._client.views_publish(user_id=user, view=view, hash=hash_), {"hash_conflict"}
        )
        if isinstance(answer, Nobody):
            return Overtaken()
        if not isinstance(answer, dict):
            return answer
        stands = answer.get("view")
        found = stands.get("hash") if isinstance(stands, dict) else None
        return Published(hash=text_or_none(found))

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
        answer = await asked(self._client.users_info(user=user_id), _NO_SUCH_PERSON)
        if not isinstance(answer, dict):
            return answer
        found = person_in(answer.get("user"))
        if found is None or found.id != user_id:
            return Later(reason="odd_answer")
        return found

    async def person_at(self, email: str) -> Person | Nobody | Never | Later:
        """Whose address this is to Slack."""
        answer = await asked(self._client.users_lookupByEmail(email=email), _NO_SUCH_PERSON)
        if not isinstance(answer, dict):
            return answer
        return person_in(answer.get("user")) or Later(reason="odd_answer")

    async def members(self, usergroup: str) -> frozenset[str] | Nobody | Never | Later:
        """Who belongs to a usergroup."""
        answer = await asked(
            self._client.usergroups_users_list(usergroup=usergroup), {"no_such_subteam"}
        )
        if not isinstance(answer, dict):
            return answer
        users = answer.get("users")
        if not isinstance(users, list):
            return Later(reason="odd_answer")
        return frozenset(user for user in users if isinstance(user, str))
