"""What Slack says about our app, its channels and its people. Asks only, and changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.domain.people import Person
from bot.senders.answers import reason_of

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from datetime import datetime

    from slack_sdk.web.async_client import AsyncWebClient


class SurveyError(Exception):
    """Slack refused, or did not answer; the message is its own word for why."""

    def __init__(self, reason: str, needed: str | None = None) -> None:
        super().__init__(reason)
        #: The scope that Slack asks for, when that was the reason.
        self.needed = needed


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """Whom Slack takes us for, and what the answer carried besides."""

    team: str
    team_id: str
    user: str
    user_id: str
    is_bot: bool
    #: None when Slack did not say; then nothing can be concluded.
    scopes: frozenset[str] | None
    date: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A channel as our bot sees it."""

    id: str
    name: str
    is_archived: bool
    is_member: bool
    is_shared: bool


class SlackSurvey:
    """One question, one answer. Every method raises SurveyError."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def hello(self) -> Hello:
        answer = await _answer(self._client.auth_test())
        headers = {name.lower(): value for name, value in answer.headers.items()}
        scopes = headers.get("x-oauth-scopes")
        return Hello(
            team=_text(answer, "team"),
            team_id=_text(answer, "team_id"),
            user=_text(answer, "user"),
            user_id=_text(answer, "user_id"),
            is_bot=bool(answer.get("bot_id")),
            scopes=None if scopes is None else frozenset(scopes.replace(" ", "").split(",")),
            date=_moment(headers.get("date", "")),
        )

    async def channel(self, channel_id: str) -> Channel:
        answer = await _answer(self._client.conversations_info(channel=channel_id))
        return _channel(answer.get("channel"))

    async def channels(self) -> list[Channel]:
        """Every public channel, and the private ones that the bot is in; archived ones too."""
        found: list[Channel] = []
        cursor = None
        while True:
            page = await _answer(
                self._client.conversations_list(
                    types="public_channel,private_channel", limit=1000, cursor=cursor
                )
            )
            listed = page.get("channels")
            found += [_channel(one) for one in listed] if isinstance(listed, list) else []
            cursor = _object(page.get("response_metadata")).get("next_cursor")
            if not cursor:
                return found

    async def person(self, user_id: str) -> Person:
        answer = await _answer(self._client.users_info(user=user_id))
        return _person(_object(answer.get("user")), user_id)

    async def person_at(self, email: str) -> Person:
        answer = await _answer(self._client.users_lookupByEmail(email=email))
        user = _object(answer.get("user"))
        return _person(user, str(user.get("id")))

    async def members(self, usergroup: str) -> frozenset[str]:
        answer = await _answer(self._client.usergroups_users_list(usergroup=usergroup))
        users = answer.get("users")
        return frozenset(map(str, users)) if isinstance(users, list) else frozenset()

    async def open_socket(self, app_token: str) -> None:
        """Whether Slack would let us connect: the address it gives is not used."""
        await _answer(self._client.apps_connections_open(app_token=app_token))


def _person(user: dict[str, Any], user_id: str) -> Person:
    profile = _object(user.get("profile"))
    return Person(
        id=user_id,
        display_name=str(profile.get("display_name") or user.get("real_name") or user_id),
        team_id=user.get("team_id"),
        deleted=bool(user.get("deleted")),
        bot=bool(user.get("is_bot")),
        guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
    )


async def _answer(call: Awaitable[Any]) -> Any:
    try:
        return await call
    except SlackApiError as error:
        data = getattr(error.response, "data", None)
        needed = data.get("needed") if isinstance(data, dict) else None
        raise SurveyError(reason_of(error), needed) from error
    except (SlackClientError, ClientError, OSError, TimeoutError) as error:
        raise SurveyError(reason_of(error)) from error
    except (AttributeError, TypeError, ValueError) as error:
        raise SurveyError("something that is not Slack's") from error


def _channel(value: object) -> Channel:
    seen = _object(value)
    return Channel(
        id=str(seen.get("id") or ""),
        name=str(seen.get("name") or ""),
        is_archived=bool(seen.get("is_archived")),
        is_member=bool(seen.get("is_member")),
        is_shared=bool(seen.get("is_ext_shared")),
    )


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(answer: Any, key: str) -> str:
    return str(answer.get(key) or "")


def _moment(header: str) -> datetime | None:
    try:
        return parsedate_to_datetime(header)
    except ValueError:
        return None
