"""All checks in their order; none keeps the next from being made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.doctor.at_slack import greet, look_at_channels, look_at_people, look_at_socket
from bot.doctor.configured import look_at_callbacks, look_at_secret, look_at_tokens, read_policy
from bot.doctor.lines import note, wrong
from bot.doctor.listening import look_at_port
from bot.doctor.stored import look_at_database
from bot.senders.survey import SlackSurvey

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from datetime import datetime

    from bot.doctor.lines import Line
    from bot.domain.ports import Clock, Ids
    from bot.policy.book import Book
    from bot.settings import Settings

_SLACK_SECONDS = 10.0


async def examine(
    settings: Settings, clock: Clock, ids: Ids, machine_now: Callable[[], datetime]
) -> AsyncIterator[Line]:
    """A line as soon as it is known. `machine_now` is this machine's own clock."""
    for line in look_at_tokens(settings):
        yield line
    yield look_at_secret(settings)
    for line in look_at_callbacks(settings):
        yield line
    book, lines = read_policy(settings.pullcord_policy_file)
    for line in lines:
        yield line
    stored = look_at_database(settings, clock, ids, machine_now)
    for line in await _surely("database", stored):
        yield line
    timeout = aiohttp.ClientTimeout(total=_SLACK_SECONDS)
    async with aiohttp.ClientSession(trust_env=False, timeout=timeout) as http:
        async for line in _at_slack(settings, _survey(settings, http), book, machine_now):
            yield line
        for line in await _surely("port", look_at_port(settings, http)):
            yield line


def _survey(settings: Settings, http: aiohttp.ClientSession) -> SlackSurvey:
    return SlackSurvey(
        AsyncWebClient(
            settings.slack_bot_token,
            base_url=settings.slack_api_url,
            session=http,
            retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=2)],
        )
    )


async def _at_slack(
    settings: Settings,
    survey: SlackSurvey,
    book: Book | None,
    machine_now: Callable[[], datetime],
) -> AsyncIterator[Line]:
    if settings.slack_app_token:
        for line in await _surely("Socket Mode", look_at_socket(survey, settings.slack_app_token)):
            yield line
    if not settings.slack_bot_token:
        yield note("Slack: not asked for anything without SLACK_BOT_TOKEN")
        return
    hello, lines = await greet(survey, machine_now)
    for line in lines:
        yield line
    if hello is None:
        yield note("Slack: channels and people could not be looked at without a token that works")
        return
    places = _places(book, settings.pullcord_admin_channel)
    for line in await _surely("channels", look_at_channels(survey, places)):
        yield line
    if book is not None:
        for line in await _surely("people", look_at_people(survey, book, hello.team_id)):
            yield line


def _places(book: Book | None, admin_channel: str | None) -> dict[str, list[str]]:
    """Every channel that is written to, and for what."""
    places: dict[str, list[str]] = {}
    for route in book.routes.values() if book else ():
        places.setdefault(route.channel, []).append(f"route {route.name}")
        for tier in route.tiers:
            if tier.channel is not None:
                places.setdefault(tier.channel, []).append(f"a tier of route {route.name}")
    if book and book.report is not None:
        places.setdefault(book.report.channel, []).append("the weekly report")
    if admin_channel:
        places.setdefault(admin_channel, []).append("PULLCORD_ADMIN_CHANNEL")
    return places


async def _surely(what: str, check: Awaitable[list[Line]]) -> list[Line]:
    """A check that breaks is a finding itself: the others shall still be made."""
    try:
        return await check
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        return [wrong(f"{what}: the check itself failed ({reason})", "see the setting it is about")]
