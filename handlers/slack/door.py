"""Slack's one address: the seal is checked here, Bolt finds the listener, and the answer leaves
after the commit.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.cards import names
from bot.observe import CLICKS
from handlers.slack import (
    actions,
    categories,
    command,
    digests,
    events,
    forms,
    hands,
    home,
    overlays,
    reports,
    review_findings,
    reviews,
    sessions,
)
from handlers.slack.signature import Seal
from handlers.slack.who import well_formed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.usecases.desk import Desk

PATH = "/slack/events"
# Slack's own payloads stay far below; a modal may carry 250 KB and a copy of its message.
_LARGEST = 2 * 1024 * 1024


class _OurOwnToken(AsyncAuthorize):
    """One workspace, one token: no call to Slack on a click's way, and no environment read."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._token = client.token

    async def __call__(self, **asked: Any) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=asked.get("enterprise_id"),
            team_id=asked.get("team_id"),
            bot_token=self._token,
        )


def make_bolt(desk: Desk, client: AsyncWebClient) -> AsyncApp:
    """Bolt with our listeners. `process_before_response`: a listener runs to its end, which is
    after the commit, before Slack gets its 200.
    """
    quiet = logging.getLogger("pullcord.bolt")
    quiet.setLevel(logging.ERROR)
    bolt = AsyncApp(
        client=client,
        authorize=_OurOwnToken(client),
        # The door checks it itself: with several secrets, and without an exception for junk.
        request_verification_enabled=False,
        ignoring_self_events_enabled=False,
        process_before_response=True,
        logger=quiet,
    )
    bolt.action(names.APPROVE)(actions.approve(desk))
    bolt.action(names.UNDO)(actions.undo_click(desk))
    bolt.action(names.MODIFY)(actions.open_modify(desk))
    bolt.action(names.REJECT)(actions.open_reject(desk))
    bolt.action(names.DETAILS)(actions.open_details(desk))
    bolt.action(names.MORE)(hands.menu(desk))
    bolt.action(re.compile(f"{names.OPTION}_[0-9]{{1,2}}"))(actions.choose_option(desk))
    bolt.action(re.compile(f"{names.PAGE_PREV}|{names.PAGE_NEXT}"))(actions.turn_page(desk))
    bolt.action(re.compile(f"{names.DIGEST_PREV}|{names.DIGEST_NEXT}"))(digests.turn_page(desk))
    bolt.action(names.TOGETHER)(digests.open_together(desk))
    bolt.view(names.TOGETHER_FORM)(digests.together(desk))
    bolt.action(names.ANSWER)(actions.open_answer(desk))
    bolt.action(names.QUEUE_NEXT)(command.turn_queue(desk))
    for part in (names.FILTER_ROUTE, names.FILTER_CATEGORY, names.FILTER_URGENCY):
        bolt.action(part)(home.choose_filter(desk))
    bolt.action(names.RESUME)(home.resume(desk))
    bolt.action(names.COME_BACK)(home.back(desk))
    bolt.action(names.SETTINGS)(home.open_settings(desk))
    bolt.view(names.SETTINGS_FORM)(home.save_settings(desk))
    bolt.view(names.ANSWER_FORM)(forms.answer(desk))
    bolt.view(names.MODIFY_FORM)(forms.modify(desk))
    bolt.view(names.REJECT_FORM)(forms.reject(desk))
    bolt.view(names.ASK_FORM)(hands.ask(desk))
    bolt.view(names.LATER_FORM)(hands.later(desk))
    for answer in overlays.ANSWERS:
        bolt.action(answer)(overlays.answered(desk, answer))
    bolt.action(names.NOT_SIMILAR)(hands.unlike(desk))
    bolt.action(names.CATEGORY)(categories.open_change(desk))
    bolt.view(names.CATEGORY_FORM)(categories.change(desk))
    bolt.action(names.REPORT)(reports.send_report(desk))
    bolt.action(names.RIGHT)(reviews.right(desk))
    bolt.action(names.WRONG)(reviews.open_wrong(desk))
    bolt.action(names.SKIP)(reviews.leave(desk))
    bolt.action(names.READ_ALL)(reviews.open_all(desk))
    bolt.view(names.WRONG_FORM)(reviews.wrong(desk))
    bolt.action(names.SESSION)(sessions.start(desk))
    bolt.view(names.SESSION_FORM)(sessions.answer(desk))
    for pressed in review_findings.BUTTONS:
        bolt.action(pressed)(review_findings.opens(desk, pressed))
    for form in review_findings.VIEWS:
        bolt.view(form)(review_findings.submitted(desk, form))
    for kind in events.OF_PEOPLE:
        bolt.event(kind)(events.person_changed(desk))
    for kind in events.OF_USERGROUPS:
        bolt.event(kind)(events.usergroup_changed(desk))
    bolt.event("app_home_opened")(home.opened(desk))
    bolt.event("message")(events.somebody_wrote(desk))
    # Whatever we have no use for is taken politely, so that Slack does not send it again.
    everything = re.compile(".*", re.DOTALL)
    bolt.action(everything)(_take)
    bolt.view(everything)(_take)
    bolt.view_closed(everything)(_take)
    bolt.event(everything)(_take)
    bolt.shortcut(everything)(_take)
    bolt.options(everything)(_take)
    # Any name: whoever installs the app may have called the command something else.
    bolt.command(everything)(command.pullcord(desk))
    return bolt


async def _take(ack: Any) -> None:
    await ack()


def add_route(app: web.Application, bolt: AsyncApp, secrets: Sequence[str]) -> None:
    """Open the door at `/slack/events` for deliveries that carry Slack's seal."""
    seal = Seal(secrets)

    async def deliver(request: web.Request) -> web.StreamResponse:
        with CLICKS.time():
            body = await _read(request)
            if body is None:
                return web.Response(status=413, text="too large")
            if not seal.genuine(request.headers, body):
                return web.Response(status=401, text="not signed by Slack, or too long ago")
            asked = _as_bolt_has_it(request, body)
            if asked is None or not well_formed(asked.body):
                # Signed, but not what Slack sends: taken, so that it does not come again.
                return web.Response(status=200)
            answer = await bolt.async_dispatch(asked)
            if answer.status == 404:
                # Of a kind that nobody knows: taken, and nothing done.
                return web.Response(status=200)
            return await to_aiohttp_response(answer)

    app.router.add_post(PATH, deliver)


def _as_bolt_has_it(request: web.Request, body: bytes) -> AsyncBoltRequest | None:
    try:
        return AsyncBoltRequest(
            body=body.decode(),
            query=request.query_string,
            headers={name: [value] for name, value in request.headers.items()},
        )
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None


async def _read(request: web.Request) -> bytes | None:
    body = bytearray()
    async for piece in request.content.iter_any():
        body += piece
        if len(body) > _LARGEST:
            return None
    return bytes(body)
