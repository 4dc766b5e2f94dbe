"""Somebody wants a report for themselves: it comes to them directly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.cards import names, whispers, wording_report
from bot.domain.errors import PullcordError, UnavailableError
from bot.usecases.look import with_names
from bot.usecases.make_report import report_directly
from handlers.slack.actions import say, silent_words
from handlers.slack.who import OddPayloadError, read_click

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.usecases.desk import Desk


def send_report(desk: Desk) -> Callable[..., Awaitable[None]]:
    """They are told at once that it is on its way."""

    async def listener(ack: Any, body: Any, client: AsyncWebClient) -> None:
        try:
            click = read_click(body)
        except OddPayloadError:
            await ack()
            return
        category = None if click.value == names.EVERYTHING else click.value
        try:
            await report_directly(desk, click.clicker, category)
        except UnavailableError as silent:
            words = silent_words(silent)
        except PullcordError as refusal:
            words = whispers.not_allowed(await with_names(desk, str(refusal)))
        else:
            words = wording_report.ON_ITS_WAY
        await say(desk, client, click, words)
        await ack()

    return listener
