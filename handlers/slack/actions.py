"""Buttons: a vote, or a form to be opened."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from slack_sdk.errors import SlackApiError, SlackClientError

from bot.cards import names, whispers, wording_grace, wording_pause, wording_whispers
from bot.cards.details import details
from bot.cards.draft_form import draft_form
from bot.cards.forms import modify_form, notice, reject_form
from bot.cards.guidance_form import guidance_form
from bot.domain.errors import (
    AgentPausedError,
    AlreadySettledError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    PendingError,
    PullcordError,
    StaleActionError,
    UnavailableError,
    UncertainError,
)
from bot.domain.outgoing import Whisper
from bot.domain.people import Via
from bot.usecases.adopt import adopt_clicked
from bot.usecases.authority import SlackVoter
from bot.usecases.ballot import Ballot
from bot.usecases.decide import decide
from bot.usecases.look import look, with_names
from bot.usecases.tell import tell, tell_who_was_faster, who_was_faster
from bot.usecases.undo import undo
from handlers.slack.digest_pages import page_of
from handlers.slack.who import Click, OddPayloadError, read_click

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.cards.around import Around
    from bot.domain.escalation import Escalation
    from bot.usecases.desk import Desk

log = logging.getLogger("pullcord.slack")
# Slack waits three seconds for our answer, and a trigger lives no longer.
_OPEN_SECONDS = 2.0

Listener = "Callable[..., Awaitable[None]]"


def approve(desk: Desk) -> Callable[..., Awaitable[None]]:
    async def choose(_: str, __: str, shown: str) -> Ballot:
        return Ballot(type="approve", shown_digest=shown)

    return _votes(desk, choose)


def choose_option(desk: Desk) -> Callable[..., Awaitable[None]]:
    """One of the ways on that a paused workflow offers."""

    async def choose(escalation_id: str, value: str, shown: str) -> Ballot:
        place = names.unpack_page(value)
        escalation, _ = await look(desk, escalation_id)
        options = escalation.request.options
        chosen = (options[place].id,) if place < len(options) else ()
        return Ballot(type="respond", option_ids=chosen, shown_digest=shown)

    return _votes(desk, choose)


def _votes(
    desk: Desk, choose: Callable[[str, str, str], Awaitable[Ballot]]
) -> Callable[..., Awaitable[None]]:
    """A button that is a vote: one commit, then the answer."""

    async def listener(ack: Any, body: Any, client: AsyncWebClient) -> None:
        try:
            click = read_click(body)
            escalation_id, shown = names.unpack(click.value)
        except (OddPayloadError, ValueError):
            await ack()
            return
        via = via_of(click)
        try:
            offer_shortcut(desk, click)
            ballot = await choose(escalation_id, click.value, shown)
            after = await decide(desk, escalation_id, ballot, SlackVoter(click.clicker, via))
        except PullcordError as refusal:
            await explain(desk, client, click, escalation_id, refusal)
        else:
            page = await page_of(desk, click.place)
            if page is not None:
                await show_view(client, click, page)
            elif after.intent is not None:
                # The card itself says it; who clicked in a modal sees that one.
                if click.view_id:
                    title = wording_grace.PENDING_TITLE
                    await show_view(client, click, notice(title, wording_grace.PENDING))
            elif after.status == "open":
                counted = whispers.vote_counted(after)
                await say(desk, client, click, counted, title=wording_whispers.VOTE_TITLE)
            elif click.view_id:
                await show_view(
                    client,
                    click,
                    notice(wording_whispers.DONE_TITLE, wording_whispers.APPROVED_NOTICE),
                )
            look_again(desk, click)
        await remember_place(desk, click, escalation_id)
        await ack()

    return listener


def undo_click(desk: Desk) -> Callable[..., Awaitable[None]]:
    """A click is taken back before it counts."""

    async def listener(ack: Any, body: Any, client: AsyncWebClient) -> None:
        try:
            click = read_click(body)
            escalation_id, _ = names.unpack(click.value)
            number = names.unpack_page(click.value)
        except (OddPayloadError, ValueError):
            await ack()
            return
        via: Via = "modal" if click.view_id else "button"
        try:
            offer_shortcut(desk, click)
            await undo(desk, escalation_id, SlackVoter(click.clicker, via), number)
        except PullcordError as refusal:
            await explain(desk, client, click, escalation_id, refusal)
        else:
            if click.view_id:
                undone = notice(wording_grace.UNDONE_TITLE, wording_grace.UNDONE)
                await show_view(client, click, undone)
        await remember_place(desk, click, escalation_id)
        await ack()

    return listener


def open_modify(desk: Desk) -> Callable[..., Awaitable[None]]:
    def draw(escalation: Escalation, around: Around) -> dict[str, Any]:
        form = modify_form if escalation.request.answer is None else draft_form
        return form(escalation, around)

    return opens(desk, draw, may_run=True)


def open_answer(desk: Desk) -> Callable[..., Awaitable[None]]:
    return opens(desk, guidance_form, may_run=True)


def open_reject(desk: Desk) -> Callable[..., Awaitable[None]]:
    return opens(desk, reject_form)


def open_details(desk: Desk) -> Callable[..., Awaitable[None]]:
    return opens(desk, details, settled_too=True)


def turn_page(desk: Desk) -> Callable[..., Awaitable[None]]:
    async def listener(ack: Any, body: Any, client: AsyncWebClient) -> None:
        try:
            click = read_click(body)
            escalation_id, _ = names.unpack(click.value)
            page = names.unpack_page(click.value)
            escalation, around = await look(desk, escalation_id)
        except (OddPayloadError, ValueError, PullcordError):
            await ack()
            return
        await show_view(client, click, details(escalation, around, page))
        await ack()

    return listener


def opens(
    desk: Desk,
    draw: Callable[[Escalation, Around], dict[str, Any]],
    *,
    settled_too: bool = False,
    may_run: bool = False,
    see: Callable[[Desk, str], Awaitable[tuple[Escalation, Around]]] = look,
) -> Callable[..., Awaitable[None]]:
    """A button that opens a modal about its escalation: one read, one call.

    `may_run`: what is entered there lets the agent go on, which it may not while it is paused.
    """

    async def listener(ack: Any, body: Any, client: AsyncWebClient) -> None:
        try:
            click = read_click(body)
            escalation_id, _ = names.unpack(packed(click))
            escalation, around = await see(desk, escalation_id)
            if not settled_too:
                escalation.refuse_if_settled()
            if may_run and escalation.pause is not None:
                raise escalation.pause.refusal(around.now)
        except (OddPayloadError, ValueError):
            pass
        except PullcordError as refusal:
            await explain(desk, client, click, escalation_id, refusal)
        else:
            await show_view(client, click, draw(escalation, around))
            # What is entered there changes this message.
            offer_shortcut(desk, click)
            await remember_place(desk, click, escalation_id)
        await ack()

    return listener


def via_of(click: Click) -> Via:
    if click.home:
        return "home"
    if click.block_id.endswith(names.IN_DIGEST):
        return "digest"
    return "modal" if click.view_id else "button"


def look_again(desk: Desk, click: Click) -> None:
    """Their Home tab shows what came of the click."""
    if click.home:
        desk.viewers.opened(click.clicker.id, asyncio.get_running_loop().time())


def offer_shortcut(desk: Desk, click: Click) -> None:
    if click.message is not None and click.response_url is not None:
        now = asyncio.get_running_loop().time()
        desk.shortcuts.offer(click.message, click.response_url, now)


async def remember_place(desk: Desk, click: Click, escalation_id: str) -> None:
    """The card that was clicked may be a copy that nobody knew of: it must not stay as it is."""
    if click.message is None:
        return
    try:
        await adopt_clicked(desk, escalation_id, click.message)
    except PullcordError as error:
        # The click has counted; whoever clicks there again, or the sweep, brings it up again.
        log.warning("copy.not_known reason=%s", error)


def packed(click: Click) -> str:
    """A menu's options cannot carry the id and the digest; the menu's block does."""
    return click.block_id if click.value in names.IN_MENU else click.value


async def show_view(client: AsyncWebClient, click: Click, view: dict[str, Any]) -> None:
    """Open the modal, or put it in the place of the one that was clicked in."""
    try:
        async with asyncio.timeout(_OPEN_SECONDS):
            if click.view_id:
                kept = names.returning(view["private_metadata"], click.place)
                leads_back = click.place and "@" not in view["private_metadata"]
                view = view | {"private_metadata": kept} if leads_back else view
                await client.views_update(view_id=click.view_id, view=view)
            else:
                await client.views_open(trigger_id=click.trigger_id, view=view)
    except (SlackApiError, SlackClientError, OSError, TimeoutError) as error:
        # They see that nothing opened and press again; the trigger is used up either way.
        log.warning("view.not_opened reason=%s", type(error).__name__, exc_info=error)


async def explain(
    desk: Desk, client: AsyncWebClient, click: Click, escalation_id: str, refusal: PullcordError
) -> None:
    """Why the click did nothing."""
    late = isinstance(refusal, AlreadySettledError | StaleActionError | PendingError)
    try:
        if late and click.channel and not click.view_id:
            await tell_who_was_faster(desk, escalation_id, _whisper(click, click.channel, ""))
        else:
            await say(desk, client, click, await in_words(desk, escalation_id, refusal))
    except UnavailableError as silent:
        await _say_at_once(client, click, silent_words(silent))


async def say(
    desk: Desk,
    client: AsyncWebClient,
    click: Click,
    sentence: str,
    *,
    title: str = wording_whispers.NOTICE_TITLE,
) -> None:
    """Privately, where they clicked: in the modal, or below the card."""
    if click.view_id or click.home:
        await show_view(client, click, notice(title, sentence))
    elif click.channel:
        try:
            await tell(desk, _whisper(click, click.channel, sentence))
        except UnavailableError:
            # What cannot be remembered is said now, or never.
            await _say_at_once(client, click, sentence)


async def _say_at_once(client: AsyncWebClient, click: Click, sentence: str) -> None:
    if click.view_id or click.home:
        await show_view(client, click, notice(wording_whispers.SILENT_TITLE, sentence))
    elif click.channel:
        try:
            async with asyncio.timeout(_OPEN_SECONDS):
                await client.chat_postEphemeral(
                    channel=click.channel, user=click.clicker.id, text=sentence
                )
        except (SlackApiError, SlackClientError, OSError, TimeoutError) as error:
            log.warning("word.not_said reason=%s", type(error).__name__, exc_info=error)


def silent_words(silent: UnavailableError) -> str:
    return whispers.database_silent(perhaps_recorded=isinstance(silent, UncertainError))


def _whisper(click: Click, channel: str, sentence: str) -> Whisper:
    return Whisper(
        user=click.clicker.id, channel=channel, text=sentence, response_url=click.response_url
    )


async def in_words(desk: Desk, escalation_id: str, refusal: PullcordError) -> str:
    """Why a click did nothing, for the person who clicked."""
    match refusal:
        case AlreadySettledError() | StaleActionError() | PendingError():
            escalation, around = await look(desk, escalation_id)
            return who_was_faster(escalation, around.now)
        case ForbiddenError() | NotFoundError() | InvalidError():
            return whispers.not_allowed(await with_names(desk, str(refusal)))
        case AgentPausedError():
            _, around = await look(desk, escalation_id)
            return wording_pause.refused_click(refusal.agent, refusal.until, around.now)
        case UnavailableError():
            return silent_words(refusal)
        case _:
            return whispers.went_wrong()
