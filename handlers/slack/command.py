"""`/pullcord`, answered to the person who wrote it and to nobody else."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from aiohttp import ClientError

from bot.cards.wording_command import HELP
from bot.usecases.commands.dispatch import answer, next_page
from handlers.slack.who import OddPayloadError, read_click, read_command

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.usecases.desk import Desk

log = logging.getLogger("pullcord.slack")
# Slack waits three seconds for our answer.
_ANSWER_SECONDS = 2.0


def pullcord(desk: Desk) -> Callable[..., Awaitable[None]]:
    """What Slack gets as the answer to a command is ephemeral."""

    async def listener(ack: Any, body: Any) -> None:
        try:
            clicker, text, places = read_command(body)
        except OddPayloadError:
            # Nobody to ask the policy about; what anybody may read does no harm.
            await ack(text=HELP, response_type="ephemeral")
            return
        said = await answer(desk, clicker, text, places)
        await ack(text=said.text, blocks=said.blocks, response_type="ephemeral")

    return listener


def turn_queue(desk: Desk) -> Callable[..., Awaitable[None]]:
    """The next page, in the place of the one that was clicked: only its reader sees either."""

    async def listener(ack: Any, body: Any, client: AsyncWebClient) -> None:
        try:
            click = read_click(body)
            said = await next_page(desk, click.clicker, click.value)
        except (OddPayloadError, ValueError):
            await ack()
            return
        if click.response_url is not None:
            answered = {"replace_original": True, "response_type": "ephemeral",
                        "text": said.text, "blocks": said.blocks}  # fmt: skip
            await send_back(client, click.response_url, answered)
        await ack()

    return listener


async def send_back(client: AsyncWebClient, response_url: str, body: dict[str, Any]) -> None:
    session = client.session
    assert session is not None  # noqa: S101 - the house gives its client one
    try:
        async with (
            asyncio.timeout(_ANSWER_SECONDS),
            session.post(response_url, json=body, allow_redirects=False) as answer,
        ):
            if answer.status != 200:
                log.warning("page.not_turned status=%s", answer.status)
    except (ClientError, OSError, TimeoutError) as error:
        # They see that nothing turned, and press again.
        log.warning("page.not_turned reason=%s", type(error).__name__)
