"""Admins answer a proposed rule, and take back one that they accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.cards import names, whispers
from bot.cards.overlay_card import overlay_card
from bot.domain.errors import PullcordError, UnavailableError
from bot.usecases.look import with_names
from bot.usecases.overlays import Answer, answer_proposal
from handlers.slack.actions import say, silent_words
from handlers.slack.command import send_back
from handlers.slack.who import OddPayloadError, read_click

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.usecases.desk import Desk

ANSWERS: dict[str, Answer] = {
    names.ACCEPT_RULE: "accepted",
    names.DECLINE_RULE: "declined",
    names.REVOKE_RULE: "revoked",
}


def answered(desk: Desk, action: str) -> Callable[..., Awaitable[None]]:
    """The card that was clicked says at once what became of it."""

    async def listener(ack: Any, body: Any, client: AsyncWebClient) -> None:
        try:
            click = read_click(body)
            overlay_id = names.unpack_review(click.value)
        except (OddPayloadError, ValueError):
            await ack()
            return
        try:
            after = await answer_proposal(desk, overlay_id, click.clicker, ANSWERS[action])
        except UnavailableError as silent:
            await say(desk, client, click, silent_words(silent))
        except PullcordError as refusal:
            sentence = whispers.not_allowed(await with_names(desk, str(refusal)))
            await say(desk, client, click, sentence)
        else:
            card = overlay_card(after)
            if click.response_url is not None:
                redrawn = {"replace_original": True, "text": card.text, "blocks": card.blocks}
                await send_back(client, click.response_url, redrawn)
        await ack()

    return listener
