"""A report's pictures: drawn elsewhere, uploaded, and shared once in the thread of its message.

An upload shows nothing to anybody; sharing is what must not happen twice. So it is written down
just before, and whoever finds that looks into the thread first. They are then shared under the same
ids: Slack does not take a file twice.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, assert_never

import structlog

from bot.cards import wording_charts, wording_report
from bot.domain.drawn import DrawingFailedError
from bot.domain.outgoing import Alert, Later, Never, Refused, Sent, Unsure
from bot.domain.pacing import lane, rest
from bot.store import duties, messages, outbox, pace, reports
from bot.usecases.send_card import backoff
from bot.usecases.turns import may_post

if TYPE_CHECKING:
    from bot.domain.drawn import Draw
    from bot.domain.outgoing import Outcome
    from bot.senders.files import FileSender
    from bot.store.reports import Owing
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk

log = structlog.get_logger()

_DUTY = "pictures"
#: Longer than drawing and all calls for one report may take together.
LEASE = timedelta(minutes=3)
# After that no sharing begins: somebody else may have begun.
_BEGINS_WITHIN = LEASE.total_seconds() - 30
# After a day nobody waits for them any more.
_PATIENCE = timedelta(days=1)
# Slack looks through a picture before it shows it within a message.
_LOOKED_THROUGH = timedelta(seconds=20)


async def share_pictures(
    desk: Desk,
    sender: FileSender,
    draw: Draw,
    owner: str,
    *,
    begins_within: float = _BEGINS_WITHIN,
) -> int:
    """How many reports have got theirs now. One replica does it at a time.

    Whoever begins to share later than `begins_within` seconds may not be the only one any more.
    """
    if not await desk.ledger.read(reports.owing):
        return 0
    deadline = asyncio.get_running_loop().time() + begins_within
    owed = await desk.ledger.run_behind(_take, owner)
    done = 0
    for one in owed[:1]:
        outcome = await _share(desk, sender, draw, one, deadline)
        if outcome is not None:
            await desk.ledger.run_behind(_settle, one, outcome)
            done += isinstance(outcome, Sent)
    await desk.ledger.run_behind(duties.leave, _DUTY, owner)
    return done


def _take(tx: Tx, owner: str) -> list[Owing]:
    """What is owed, as it is now that nobody else works on it."""
    return reports.owing(tx) if duties.take(tx, _DUTY, owner, LEASE) else []


async def _share(
    desk: Desk, sender: FileSender, draw: Draw, owing: Owing, deadline: float
) -> Outcome | None:
    """None: there was no use in beginning now."""
    kept = owing.kept
    if not kept.facts.charts:
        return Sent(channel=owing.channel, ts=owing.ts)
    files = kept.files
    if kept.tried_at is not None:
        found = await sender.shared_in(
            files, channel=owing.channel, thread_ts=owing.ts, since=kept.tried_at
        )
        if isinstance(found, Later):
            return Unsure(reason=found.reason, limit=found.limit, after=found.after, sent_now=False)
        if found is not None:
            return found
    elif not files:
        try:
            pictures = await draw(kept.facts)
        except DrawingFailedError as error:
            await desk.ledger.run_behind(_without, owing, str(error))
            return None
        uploaded = await sender.upload(pictures)
        if not isinstance(uploaded, tuple):
            return uploaded
        files = uploaded
        await desk.ledger.run_behind(reports.uploaded, kept.id, files)
    if asyncio.get_running_loop().time() >= deadline:
        return None
    if not await desk.ledger.run_behind(_turn, desk, owing):
        return None
    titles = [wording_charts.TITLES[chart] for chart in kept.facts.charts]
    return await sender.share(
        list(zip(files, titles, strict=True)), channel=owing.channel, thread_ts=owing.ts
    )


def _turn(tx: Tx, desk: Desk, owing: Owing) -> bool:
    """It is a post like others, so it keeps the pace of posts; whether its turn has come."""
    if not may_post(tx, desk.pace, pace.ahead(tx), owing.channel):
        return False
    reports.announce(tx, owing.kept.id)
    return True


def _settle(tx: Tx, owing: Owing, outcome: Outcome) -> None:
    report_id = owing.kept.id
    match outcome:
        case Sent():
            reports.end(tx, report_id, "shared", wait=_LOOKED_THROUGH, problem=None)
        case Later(limit=str(method)) | Unsure(limit=str(method)):
            channel = owing.channel if method == "post" else None
            pace.hold(tx, lane(method, channel), rest(outcome.after))
            reports.later(tx, report_id, wait=timedelta(0), problem=outcome.reason)
        case Refused():
            # Slack does not know these files any more.
            reports.later(
                tx, report_id, wait=backoff(owing.kept.attempts), problem=outcome.reason, anew=True
            )
            _give_up_in_the_end(tx, owing, outcome.reason)
        case Later() | Unsure():
            # What may have been shared stands in the history after a while.
            least = messages.SETTLE.total_seconds() if isinstance(outcome, Unsure) else None
            wait = backoff(owing.kept.attempts, at_least=least)
            reports.later(tx, report_id, wait=wait, problem=outcome.reason)
            _give_up_in_the_end(tx, owing, outcome.reason)
        case Never():
            _without(tx, owing, wording_report.not_sent(outcome.reason))
        case _:
            assert_never(outcome)


def _give_up_in_the_end(tx: Tx, owing: Owing, reason: str) -> None:
    if tx.now() - owing.kept.made_at > _PATIENCE:
        _without(tx, owing, wording_report.not_sent(reason))


def _without(tx: Tx, owing: Owing, reason: str) -> None:
    if reports.end(tx, owing.kept.id, "failed", wait=timedelta(0), problem=reason[:300]):
        log.warning("report.without_pictures", report=owing.kept.id, reason=reason)
        outbox.owe(tx, Alert(text=wording_report.no_pictures(reason)))
