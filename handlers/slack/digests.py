"""Digests: their pages, and several questions that are approved together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.cards import names, wording_digest
from bot.cards.blocks import Markup, escaped
from bot.cards.digest_modals import gone_page, together_form
from bot.cards.forms import notice
from bot.domain.errors import PullcordError, UnavailableError
from bot.usecases.approve_together import approve_together
from bot.usecases.authority import SlackVoter
from bot.usecases.look import look
from bot.usecases.look_at_digest import look_at_digest
from handlers.slack.actions import in_words, say, show_view, silent_words
from handlers.slack.digest_pages import page_of, read_page
from handlers.slack.who import OddPayloadError, read_click, read_form

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.usecases.desk import Desk


def turn_page(desk: Desk) -> Callable[..., Awaitable[None]]:
    """Opens a page for the one who pressed; the message in the channel stays as it is."""

    async def listener(ack: Any, body: Any, client: AsyncWebClient) -> None:
        try:
            click = read_click(body)
            page = await read_page(desk, click.value)
        except (OddPayloadError, ValueError):
            pass
        except UnavailableError as silent:
            await say(desk, client, click, silent_words(silent))
        else:
            await show_view(client, click, page)
        await ack()

    return listener


def open_together(desk: Desk) -> Callable[..., Awaitable[None]]:
    """The list of what would be approved: one read, one call."""

    async def listener(ack: Any, body: Any, client: AsyncWebClient) -> None:
        try:
            click = read_click(body)
            message_id, at, first = names.unpack_place(click.value)
            digest = await look_at_digest(desk, message_id)
        except (OddPayloadError, ValueError):
            pass
        except UnavailableError as silent:
            await say(desk, client, click, silent_words(silent))
        else:
            form = gone_page() if digest is None else together_form(digest, at, first)
            await show_view(client, click, form)
        await ack()

    return listener


def together(desk: Desk) -> Callable[..., Awaitable[None]]:
    """Each is decided by itself; who pressed is told privately what did not work."""

    async def listener(ack: Any, body: Any) -> None:
        try:
            form = read_form(body)
            shown = names.unpack_all(form.metadata)
        except (OddPayloadError, ValueError):
            await ack()
            return
        voter = SlackVoter(form.clicker, "digest")
        became = await approve_together(desk, shown, voter)
        refused = [(one, why) for one, why in became if isinstance(why, PullcordError)]
        still_open = [
            now for _, now in became if not isinstance(now, PullcordError) and now.status == "open"
        ]
        pending = sum(now.intent is not None for now in still_open)
        waiting = len(still_open) - pending
        page = await page_of(desk, form.place)
        if refused or waiting:
            done = len(became) - len(refused) - len(still_open)
            lines = [wording_digest.approved(done, len(became))]
            lines += [wording_digest.pending(pending)] if pending else []
            lines += [wording_digest.counted(waiting)] if waiting else []
            lines += [await _why(desk, *one) for one in refused]
            view = notice(wording_digest.RESULT_TITLE, "\n".join(lines))
            await ack(response_action="update", view=view)
        elif page is not None:
            await ack(response_action="update", view=page)
        else:
            await ack(response_action="clear")

    return listener


async def _why(desk: Desk, escalation_id: str, refusal: PullcordError) -> Markup:
    try:
        escalation, _ = await look(desk, escalation_id)
        why = await in_words(desk, escalation_id, refusal)
    except PullcordError:
        return wording_digest.not_approved(escalation_id, escaped(str(refusal)))
    return wording_digest.not_approved(escalation.shown.headline, why)
