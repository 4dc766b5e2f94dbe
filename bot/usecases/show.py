"""Reading: one escalation, a page of them, or one as soon as it changes."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.errors import NotFoundError, UnavailableError
from bot.domain.escalation import Escalation
from bot.store import escalations
from bot.store.escalations import Filter
from bot.usecases.settling import topic

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.domain.escalation import Status
    from bot.domain.people import Caller
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk

#: A caller that has gone is noticed this often; its wait ends then.
LOOK_UP_SECONDS = 5.0


def check_own(found: Escalation, caller: Caller) -> None:
    """Other agents' escalations do not exist for this caller. Raises NotFoundError."""
    if found.agent != caller.agent:
        raise NotFoundError(f"There is no escalation {found.id!r}.")


async def show(desk: Desk, caller: Caller, escalation_id: str) -> Escalation:
    """Raises NotFoundError."""
    found = await desk.ledger.read(escalations.find, escalation_id)
    if not caller.reads_everything:
        check_own(found, caller)
    return found


async def wait_for(
    desk: Desk,
    caller: Caller,
    escalation_id: str,
    *,
    seconds: float,
    beyond_version: int | None = None,
    gone: Callable[[], bool] = lambda: False,
) -> Escalation:
    """The escalation as soon as it is settled, or when the time is over or the caller `gone`.

    With `beyond_version` any change is enough. Raises NotFoundError, and UnavailableError when the
    database cannot answer in the beginning or at the end.
    """
    clock = asyncio.get_running_loop()
    until = clock.time() + seconds
    version: int | None = None
    news: Escalation | None = None
    while True:
        # The sleep is prepared before the read: a commit in between is then not missed.
        async with desk.waker.listening(topic(escalation_id)) as sleep:
            try:
                # The last word was committed here: who waits for it need not read it again.
                found = news or await show(desk, caller, escalation_id)
            except UnavailableError:
                # A database that starts again is no reason to send a crowd of agents away.
                if version is None or clock.time() >= until or desk.waker.closing:
                    raise
            else:
                over = clock.time() >= until or gone() or desk.waker.closing
                if over or _ends_the_wait(found, beyond_version):
                    return found
                # Thousands may lie here, so nothing of what was read is kept.
                version = found.version
                del found
            while not await sleep(min(until - clock.time(), LOOK_UP_SECONDS), version):
                if clock.time() >= until or gone():
                    break
            news = _last_word(sleep.news, beyond_version)


def _last_word(news: object, beyond_version: int | None) -> Escalation | None:
    """What was committed here, where it ends the wait."""
    if isinstance(news, Escalation) and _ends_the_wait(news, beyond_version):
        return news
    return None


def _ends_the_wait(found: Escalation, beyond_version: int | None) -> bool:
    changed = beyond_version is not None and found.version != beyond_version
    return found.status != "open" or changed


async def look_for_everybody(desk: Desk) -> int:
    """Wake whoever waits for an escalation that is no longer as they know it.

    The truth, should a wake-up call be lost: one question for all who wait here.
    """
    waiting = {name.partition(":")[2]: known for name, known in desk.waker.awaited()}
    found = await desk.ledger.read(escalations.versions, waiting) if waiting else {}
    missed = [topic(id_) for id_, known in waiting.items() if known - {found.get(id_)}]
    desk.waker.committed(dict.fromkeys(missed))
    return len(missed)


async def list_page(
    desk: Desk,
    caller: Caller,
    *,
    status: Status | None,
    category: str | None,
    group_key: str | None,
    after: str | None,
    limit: int,
) -> tuple[list[Escalation], str | None]:
    """A page, oldest first, and the id to go on after; None at the end."""
    which = Filter(
        agent=None if caller.reads_everything else caller.agent,
        status=status,
        category=category,
        group_key=group_key,
        after=after,
    )
    found = await desk.ledger.read(escalations.page, which, limit + 1)
    more = len(found) > limit
    return found[:limit], found[limit - 1].id if more else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What waits for people now."""

    open: int
    oldest_seconds: float
    by_urgency: dict[str, int]
    by_route: dict[str, int]


async def queue(desk: Desk, caller: Caller) -> Queue:
    """The caller's own open questions; everybody's for those who read everything."""
    agent = None if caller.reads_everything else caller.agent
    return await desk.ledger.read(_queue, agent)


def _queue(tx: Tx, agent: str | None) -> Queue:
    rows = escalations.open_now(tx, agent)
    urgency, route = Counter[str](), Counter[str]()
    for its_route, its_urgency, number, _ in rows:
        urgency[its_urgency] += number
        route[its_route] += number
    now = tx.now()
    oldest = min((since for *_, since in rows), default=now)
    return Queue(
        open=urgency.total(),
        oldest_seconds=max(0.0, (now - oldest).total_seconds()),
        by_urgency=dict(urgency),
        by_route=dict(route),
    )
