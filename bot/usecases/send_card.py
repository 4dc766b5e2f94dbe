"""One card, from the claim to what came of it. The call to Slack stands between two commits."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, assert_never

import structlog

from bot.cards import wording_operators
from bot.cards.around import Card
from bot.cards.copy_card import copy_card
from bot.cards.digest_card import digest_card, minimal_digest_card
from bot.cards.escalation_card import card, minimal_card
from bot.cards.reminder_card import minimal_reminder_card, reminder_card
from bot.cards.review_card import minimal_review_card, review_card
from bot.cards.session_card import session_card
from bot.cards.storm_card import minimal_storm_card, storm_card
from bot.domain.outgoing import Alert, Later, Never, Outcome, Refused, Sent, Unsure, is_person
from bot.domain.pacing import lane, rest
from bot.domain.request import URGENCIES
from bot.store import (
    copies,
    escalations,
    journal,
    messages,
    outbox,
    pace,
    relays,
    reminders,
    review_sessions,
    reviews,
)
from bot.usecases.fall_back import fall_back
from bot.usecases.look import around, counted
from bot.usecases.look_at_digest import digest_of
from bot.usecases.review_case import see_review
from bot.usecases.review_sessions import see_session
from bot.usecases.settling import topic
from bot.usecases.show_report import report_refused, see_report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.cards.around import Around
    from bot.domain.escalation import Escalation
    from bot.domain.pacing import Paced
    from bot.policy.book import Book
    from bot.senders.slack import SlackSender
    from bot.store.messages import Claimed
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk, Workspace

# A channel that cannot take the card may be mended by a person; look again this often.
_NEVER_AGAIN_FOR = timedelta(minutes=5)
_LONGEST_WAIT = 60.0
# So long may Slack stumble over a card that nobody sees, before it is shown elsewhere.
_PATIENCE = timedelta(minutes=2)
# A most urgent card does not wait longer for an answer about a lost one: a copy is better.
_URGENT_PATIENCE = timedelta(seconds=60)
_MOST_URGENT = URGENCIES.index("critical")
# What is settled, and cannot be drawn so, is left alone after this long.
_SETTLED_PATIENCE = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What the card says now, and the revision that this is."""

    claimed: Claimed
    card: Card
    #: Slack has asked for a rest since it was claimed.
    held: Paced | None = None
    #: Of the one escalation that it shows.
    trace: str | None = None
    #: A most urgent one that has been unsure for too long.
    hurries: bool = False
    #: A reminder of what has been answered meanwhile: it is not posted any more.
    pointless: bool = False


async def send_card(desk: Desk, sender: SlackSender, claimed: Claimed) -> Outcome:
    """Render the card from the state as it is now, send it, and remember how that went.

    In a task of its own: whatever that logs from now on carries the escalation's trace.
    """
    rendered = await desk.ledger.read(_render, desk.book, desk.workspace, claimed)
    if rendered.trace is not None:
        structlog.contextvars.bind_contextvars(trace=rendered.trace)
    outcome = await _call(desk, sender, rendered)
    if outcome is None:
        return Later(reason="overslept")
    await desk.ledger.run_behind(_settle, desk.book, desk.workspace, rendered.claimed, outcome)
    return outcome


def _render(tx: Tx, book: Book, workspace: Workspace | None, claimed: Claimed) -> Rendered:
    # Read together: the revision is the one of the state that is drawn.
    claimed = messages.reread(tx, claimed)
    if claimed.review_id is not None:
        return _render_review(tx, book, claimed, claimed.review_id)
    if claimed.session_id is not None:
        return _render_session(tx, book, claimed, claimed.session_id)
    if claimed.report_id is not None:
        return Rendered(claimed=claimed, card=see_report(tx, claimed), held=_held(tx, claimed))
    pairs = []
    for found in escalations.find_all(tx, claimed.escalation_ids):
        escalation = counted(tx, book, _team(workspace), found)
        pairs.append((escalation, around(tx, book, escalation)))
    return Rendered(
        claimed=claimed,
        card=_draw_copy(tx, workspace, claimed, pairs)
        or _draw_reminder(tx, workspace, claimed, pairs)
        or _draw(tx, book, claimed, pairs),
        held=_held(tx, claimed),
        trace=pairs[0][0].trace if len(pairs) == 1 else None,
        hurries=(
            claimed.priority == _MOST_URGENT
            and claimed.tried_since is not None
            and tx.now() - claimed.tried_since >= _URGENT_PATIENCE
        ),
        pointless=(claimed.kind == "reminder" and all(one.status != "open" for one, _ in pairs)),
    )


def _render_review(tx: Tx, book: Book, claimed: Claimed, review_id: str) -> Rendered:
    seen = see_review(tx, book, review_id)
    draw = minimal_review_card if claimed.minimal else review_card
    return Rendered(
        claimed=claimed,
        card=draw(seen.review, seen.material, seen.around),
        held=_held(tx, claimed),
        trace=seen.material.trace,
        # Whoever has not seen it by then need not any more.
        pointless=not seen.review.open,
    )


def _render_session(tx: Tx, book: Book, claimed: Claimed, session_id: str) -> Rendered:
    seen = see_session(tx, book, session_id)
    return Rendered(
        claimed=claimed,
        card=session_card(seen.session, seen.around),
        held=_held(tx, claimed),
        pointless=not seen.session.left,
    )


def _draw_copy(
    tx: Tx,
    workspace: Workspace | None,
    claimed: Claimed,
    pairs: Sequence[tuple[Escalation, Around]],
) -> Card | None:
    """A copy leads to the card that can be used, as long as there is something to decide."""
    if claimed.copy_of is None or all(one.status != "open" for one, _ in pairs):
        return None
    place = copies.standing(tx, claimed.copy_of)
    link = workspace.permalink(*place) if workspace is not None and place is not None else None
    return copy_card([one for one, _ in pairs], link)


def _draw_reminder(
    tx: Tx,
    workspace: Workspace | None,
    claimed: Claimed,
    pairs: Sequence[tuple[Escalation, Around]],
) -> Card | None:
    """It leads to the card in the same channel, or else to the first that stood anywhere."""
    if claimed.kind != "reminder":
        return None
    rows = []
    for escalation, seen in pairs:
        place = reminders.card_in(tx, escalation.id, claimed.channel)
        link = workspace.permalink(*place) if workspace and place else escalation.permalink
        rows.append((escalation, seen, link))
    return (minimal_reminder_card if claimed.minimal else reminder_card)(rows)


def _draw(tx: Tx, book: Book, claimed: Claimed, pairs: Sequence[tuple[Escalation, Around]]) -> Card:
    if claimed.run is not None:
        digest = digest_of(tx, book, claimed.id, claimed.run, pairs)
        return (minimal_digest_card if claimed.minimal else digest_card)(digest)
    if claimed.kind == "storm":
        return (minimal_storm_card if claimed.minimal else storm_card)(pairs)
    ((escalation, seen),) = pairs
    return (minimal_card if claimed.minimal else card)(escalation, seen)


def _held(tx: Tx, claimed: Claimed) -> Paced | None:
    """What may not be called now, though it was free when the card was claimed."""
    if claimed.ts is not None:
        return "update" if pace.held(tx, ["update"]) else None
    if claimed.unsure_since is not None and pace.held(tx, ["history"]):
        return "history"
    return "post" if pace.held(tx, ["post", lane("post", claimed.channel)]) else None


async def _call(desk: Desk, sender: SlackSender, rendered: Rendered) -> Outcome | None:
    """None when it is too late to begin: the row is somebody else's by now."""
    claimed, drawn = rendered.claimed, rendered.card
    if _overslept(claimed):
        return None
    now = asyncio.get_running_loop().time()
    shortcut = desk.shortcuts.take(claimed.posted_channel, claimed.ts, now)
    if shortcut is not None:
        return await _redraw_at_once(sender, shortcut, rendered)
    if rendered.held is not None:
        return Later(reason="held", after=0, limit=rendered.held)
    if claimed.ts is not None:
        return await sender.update(
            channel=claimed.posted_channel or claimed.channel,
            ts=claimed.ts,
            text=drawn.text,
            blocks=drawn.blocks,
        )
    place: str | Later | Never = claimed.channel
    if is_person(claimed.channel):
        place = await sender.direct(claimed.channel)
    if claimed.unsure_since is not None:
        # From the first of them: any of several posts may be the one that arrived.
        since = claimed.tried_since or claimed.created_at
        found = (
            await sender.find(claimed.id, channel=place, since=since)
            if isinstance(place, str)
            else place
        )
        if isinstance(found, Later) and not rendered.hurries:
            return Unsure(reason=found.reason, limit=found.limit, after=found.after, sent_now=False)
        if isinstance(found, Sent):
            return found
    if not isinstance(place, str):
        return place
    if rendered.pointless:
        return Never(reason="answered")
    if _overslept(claimed):
        return None
    return await sender.post(claimed.id, channel=place, text=drawn.text, blocks=drawn.blocks)


async def _redraw_at_once(sender: SlackSender, shortcut: str, rendered: Rendered) -> Outcome:
    claimed, drawn = rendered.claimed, rendered.card
    if await sender.redraw(shortcut, text=drawn.text, blocks=drawn.blocks):
        return Sent(channel=claimed.posted_channel or "", ts=claimed.ts or "")
    # The ordinary way is open, when its turn comes.
    return Later(reason="response_url", after=0)


def _overslept(claimed: Claimed) -> bool:
    return asyncio.get_running_loop().time() >= claimed.deadline


def _settle(
    tx: Tx, book: Book, workspace: Workspace | None, claimed: Claimed, outcome: Outcome
) -> None:
    # Like every verb: first the escalations, then what shows them.
    escalations.hold(tx, claimed.escalation_ids)
    match outcome:
        case Sent():
            _settle_sent(tx, workspace, claimed, outcome)
        case Later(limit=str(method)) | Unsure(limit=str(method)):
            channel = claimed.channel if method == "post" else None
            pace.hold(tx, lane(method, channel), rest(outcome.after))
            messages.settle_held(tx, claimed, problem=outcome.reason)
        case Later():
            wait = backoff(claimed.attempts, at_least=outcome.after)
            messages.settle_later(tx, claimed, wait=wait, problem=outcome.reason)
            _fall_back_in_time(tx, book, workspace, claimed, outcome.reason)
        case Unsure():
            _settle_unsure(tx, claimed, outcome)
            _fall_back_in_time(tx, book, workspace, claimed, outcome.reason)
        case Refused() | Never() if claimed.report_id is not None:
            report_refused(tx, claimed, outcome)
        case Refused() if not claimed.minimal:
            messages.settle_later(
                tx, claimed, wait=timedelta(0), problem=outcome.reason, minimal=True
            )
            _alert(tx, claimed, wording_operators.card_refused(claimed.about, outcome.reason))
        case Refused() | Never() if claimed.kind == "reminder":
            messages.settle_given_up(tx, claimed, problem=outcome.reason)
        case Never(reason="message_not_found") if claimed.ts is not None:
            again = claimed.copy_of is None and _any_open(tx, claimed)
            messages.settle_gone(tx, claimed, again=again)
        case Refused() | Never():
            _settle_never(tx, book, workspace, claimed, outcome.reason)
        case _:
            assert_never(outcome)


def _settle_unsure(tx: Tx, claimed: Claimed, outcome: Unsure) -> None:
    """An update may simply be repeated; a post has to be looked for first."""
    since = tx.now() if outcome.sent_now else claimed.unsure_since
    messages.settle_later(
        tx,
        claimed,
        wait=backoff(claimed.attempts),
        problem=outcome.reason,
        unsure_since=since if claimed.ts is None else None,
    )


def _settle_never(
    tx: Tx, book: Book, workspace: Workspace | None, claimed: Claimed, reason: str
) -> None:
    if claimed.copy_of is None and _any_open(tx, claimed):
        messages.settle_later(tx, claimed, wait=_NEVER_AGAIN_FOR, problem=reason)
        fall_back(tx, book, _team(workspace), claimed, reason)
        return
    since = claimed.failing_since or tx.now()
    if claimed.ts is None or tx.now() - since > _SETTLED_PATIENCE:
        messages.settle_given_up(tx, claimed, problem=reason)
    else:
        messages.settle_later(tx, claimed, wait=_NEVER_AGAIN_FOR, problem=reason)


def _fall_back_in_time(
    tx: Tx, book: Book, workspace: Workspace | None, claimed: Claimed, reason: str
) -> None:
    """Slack has stumbled over it for a while, and nobody has seen it anywhere."""
    since = claimed.failing_since
    if (
        claimed.kind in {"reminder", "review", "session", "report"}
        or since is None
        or tx.now() - since < _PATIENCE
    ):
        return
    if _any_open(tx, claimed) and not messages.is_seen(tx, claimed.escalation_ids):
        fall_back(tx, book, _team(workspace), claimed, reason)


def _team(workspace: Workspace | None) -> str | None:
    return workspace.team_id if workspace else None


def _any_open(tx: Tx, claimed: Claimed) -> bool:
    """Whether there is something on it that people can still answer."""
    if claimed.review_id is not None:
        return reviews.find(tx, claimed.review_id).open
    if claimed.session_id is not None:
        return review_sessions.any_open(tx, claimed.session_id)
    shown = escalations.find_all(tx, claimed.escalation_ids)
    return any(escalation.status == "open" for escalation in shown)


def _settle_sent(tx: Tx, workspace: Workspace | None, claimed: Claimed, outcome: Sent) -> None:
    first = claimed.ts is None
    is_card = claimed.kind != "reminder"
    if first:
        before = copies.standing(tx, claimed.id)
        if before is not None and before != (outcome.channel, outcome.ts):
            # Somebody has clicked on an earlier copy meanwhile: that one is the card now.
            copies.take_place(tx, claimed.id, channel=outcome.channel, ts=outcome.ts)
            messages.settle_held(tx, claimed, problem="a copy")
            return
    # What we found in the history may show an older state: it still has to be brought up to date.
    drawn = claimed if claimed.unsure_since is None else replace(claimed, wanted_rev=0)
    if messages.settle_sent(tx, drawn, channel=outcome.channel, ts=outcome.ts):
        if first and is_card:
            stands(tx, workspace, claimed.escalation_ids, outcome.channel, outcome.ts)
    elif (
        first
        and copies.take_place(tx, claimed.id, channel=outcome.channel, ts=outcome.ts) == "first"
        and is_card
    ):
        # The lease was lost while Slack took its time; what stands there is ours all the same.
        stands(tx, workspace, claimed.escalation_ids, outcome.channel, outcome.ts)


def stands(
    tx: Tx, workspace: Workspace | None, escalation_ids: Sequence[str], channel: str, ts: str
) -> None:
    """A card of these escalations has come to stand there: now there is something to link to."""
    for escalation_id in escalation_ids:
        journal.note(tx, escalation_id, "card.posted", None, channel=channel, ts=ts)
        escalation = escalations.lock(tx, escalation_id)
        if workspace is not None and escalation.permalink is None:
            link = workspace.permalink(channel, ts)
            escalations.save(
                tx,
                escalation,
                replace(escalation, permalink=link, version=escalation.version + 1),
            )
            tx.tell(topic(escalation_id))
        if escalation.request.supersedes is not None:
            escalations.hold(tx, [escalation.request.supersedes])
            messages.touch(tx, escalation.request.supersedes)


async def card_failed(desk: Desk, claimed: Claimed, error: str) -> None:
    """Our own drawing or sending broke: a minimal card goes out, and the operators are told."""
    await desk.ledger.run_behind(_card_failed, claimed, error)


def _card_failed(tx: Tx, claimed: Claimed, error: str) -> None:
    escalations.hold(tx, claimed.escalation_ids)
    # It may have broken after Slack had taken the card, so that is not forgotten.
    wait = _NEVER_AGAIN_FOR if claimed.minimal else timedelta(0)
    messages.settle_later(
        tx,
        claimed,
        wait=wait,
        problem=error,
        unsure_since=tx.now() if claimed.ts is None else None,
        minimal=True,
    )
    if not claimed.minimal:
        _alert(tx, claimed, wording_operators.card_refused(claimed.about, error))


def _alert(tx: Tx, claimed: Claimed, text: str) -> None:
    for escalation_id in claimed.escalation_ids:
        journal.note(tx, escalation_id, "card.refused", None, channel=claimed.channel)
    outbox.owe(tx, Alert(text=text))


def backoff(attempts: int, *, at_least: float | None = None) -> timedelta:
    """Full jitter between nothing and `2^attempts` seconds, one minute at most.

    What Slack asked for comes first, and a little more, so that a crowd does not return at once.
    """
    jitter = random.uniform(0, min(_LONGEST_WAIT, 2.0 ** min(attempts, 10)))  # noqa: S311
    if at_least is not None:
        return timedelta(seconds=at_least + jitter / 10)
    return timedelta(seconds=jitter)


async def try_again(desk: Desk) -> None:
    """Slack answers again: nobody waits for the next of the tries that are five minutes apart."""
    await desk.ledger.run_behind(messages.look_again)


async def free_leases(desk: Desk) -> None:
    """Only for the start of the only process: what a dead one had claimed is free again."""

    def free(tx: Tx) -> None:
        messages.free_leases(tx)
        relays.free_leases(tx)
        outbox.free_leases(tx)

    await desk.ledger.run_behind(free)
