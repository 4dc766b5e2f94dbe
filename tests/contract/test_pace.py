"""One pace for all who send, and nothing lost or shown twice when questions share cards."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from bot.domain.outgoing import Alert, Whisper
from bot.domain.pacing import SLACKS_PACE, UNPACED, Beat
from bot.domain.request import URGENCIES
from bot.start import DatabaseClock, TimeOrderedIds
from bot.store import escalations, messages, outbox, pace, queues, schema
from bot.store.open import open_ledger
from bot.store.tables import message, message_item
from bot.usecases.turns import _claim_cards, _claim_words
from tests.rules.making import make_escalation

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.store.ledger import Ledger
    from bot.store.messages import Claimed
    from bot.store.tx import Tx

GAP = timedelta(milliseconds=50)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 12, tzinfo=UTC)

    def tell(self, database_time: datetime) -> datetime:
        return self.now


@asynccontextmanager
async def opened(url: str, clock: Any) -> AsyncIterator[Ledger]:
    ledger = open_ledger(url, clock, TimeOrderedIds())
    if await ledger.on_connection(schema.standing) == "empty":
        await ledger.on_connection(schema.upgrade)
    yield ledger
    await ledger.close()


def ask(tx: Tx, channel: str, urgency: str, count: int = 1) -> list[str]:
    ids = [tx.new_id("esc") for _ in range(count)]
    for one in ids:
        escalations.insert(tx, make_escalation(id=one))
        messages.owe(tx, one, channel=channel, priority=URGENCIES.index(urgency))
    return ids


def posted(tx: Tx, claimed: Claimed) -> None:
    assert messages.settle_sent(tx, claimed, channel=claimed.channel, ts=claimed.id)


def standing(tx: Tx) -> list[tuple[str, str, str | None]]:
    """Escalation, channel and place of everything that is shown or shall be."""
    rows = tx.execute(
        select(message_item.c.escalation_id, message.c.channel, message.c.ts).join(
            message, message.c.id == message_item.c.message_id
        )
    )
    return [tuple(row) for row in rows]


async def test_two_claimers_share_one_pace(database_url: str) -> None:
    """Whoever asks, a lane gives one slot a gap: no two get the same, and none is lost."""
    slots: list[datetime] = []

    def reserve(tx: Tx) -> None:
        if pace.reserve(tx, "post:C1", Beat(GAP)):
            slots.append(tx.now())

    async def take(ledger: Ledger) -> None:
        while len(slots) < 4:
            await ledger.run(reserve)

    async with AsyncExitStack() as stack:
        clock = DatabaseClock()
        replicas = 2 if database_url.startswith("postgres") else 1
        ledgers = [
            await stack.enter_async_context(opened(database_url, clock)) for _ in range(replicas)
        ]
        await asyncio.gather(*map(take, ledgers * 4))

    assert all(b - a >= GAP for a, b in pairwise(sorted(slots)))


async def test_a_burst_is_earned_by_rest(database_url: str) -> None:
    """After a rest as many as the burst at once, then one a gap; never more in any minute."""
    clock = Clock()
    beat = SLACKS_PACE.update
    taken: list[datetime] = []
    async with opened(database_url, clock) as ledger:
        for _ in range(400):
            while await ledger.run(pace.reserve, "update", beat):
                taken.append(clock.now)
            clock.now += timedelta(seconds=0.4)

    assert taken[: beat.burst] == [taken[0]] * beat.burst
    minute = timedelta(minutes=1)
    assert max(sum(at <= one < at + minute for one in taken) for at in taken) <= 47
    assert len(taken) > 100


async def test_the_longest_rest_counts(database_url: str) -> None:
    """A shorter wish of Slack's does not shorten an earlier one."""
    clock = Clock()
    async with opened(database_url, clock) as ledger:
        await ledger.run(pace.reserve, "update", SLACKS_PACE.update)
        await ledger.run(pace.hold, "update", timedelta(seconds=30))
        await ledger.run(pace.hold, "update", timedelta(seconds=5))

        clock.now += timedelta(seconds=29)
        assert await ledger.read(pace.held, ["update", "post"])
        assert not await ledger.run(pace.reserve, "update", SLACKS_PACE.update)
        clock.now += timedelta(seconds=1)
        assert not await ledger.read(pace.held, ["update", "post"])
        assert await ledger.run(pace.reserve, "update", SLACKS_PACE.update)
        # What was not called during the rest is no credit.
        assert not await ledger.run(pace.reserve, "update", SLACKS_PACE.update)


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_two_senders_never_have_the_same_card(database_url: str) -> None:
    """Four claim at once while questions come in: each stands in one message, claimed once."""
    clock = Clock()
    async with opened(database_url, clock) as one, opened(database_url, clock) as two:
        asked = await one.run(ask, "C1", "normal", 200)
        claimed: list[Claimed] = []

        async def send(ledger: Ledger, owner: str) -> None:
            for _ in range(30):
                turn = await ledger.run(_claim_cards, SLACKS_PACE, owner, 8)
                for mine in turn.claimed:
                    await ledger.run(posted, mine)
                    claimed.append(mine)
                clock.now += timedelta(seconds=0.4)
                asked.extend(await ledger.run(ask, "C1", "normal"))

        await asyncio.gather(send(one, "a"), send(two, "b"), send(one, "c"), send(two, "d"))
        stands = await one.read(standing)

    assert Counter(one for one, _, _ in stands) == Counter(asked)
    shown = [escalation for mine in claimed for escalation in mine.escalation_ids]
    assert Counter(shown) == Counter(one for one, _, ts in stands if ts is not None)


#: What happens: questions come, time goes by, somebody claims, and it works or it does not.
happenings = st.lists(
    st.one_of(
        st.tuples(
            st.just("ask"),
            st.sampled_from(["C1", "C2"]),
            st.sampled_from(URGENCIES),
            st.integers(1, 30),
        ),
        st.tuples(st.just("claim"), st.sampled_from(["sent", "lost", "limited", "forgotten"])),
        st.tuples(st.just("wait"), st.sampled_from([0.5, 1.05, 5, 20])),
    ),
    max_size=30,
)


@pytest.mark.no_cover
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=happenings)
def test_grouping_loses_and_doubles_nothing(tmp_path: Path, story: list[tuple[Any, ...]]) -> None:
    """Whatever comes, and whatever becomes of the posts: one message an escalation and channel."""

    async def play() -> None:
        file = tmp_path / f"{len(list(tmp_path.iterdir()))}.db"
        clock = Clock()
        async with opened(f"sqlite:///{file}", clock) as ledger:
            asked: dict[str, tuple[str, str]] = {}
            for happening in story:
                await tell(ledger, clock, asked, happening)
                stands = await ledger.read(standing)
                assert Counter((one, channel) for one, channel, _ in stands) == Counter(
                    (one, channel) for one, (channel, _) in asked.items()
                )
            while await ledger.read(messages.behind):
                clock.now += timedelta(seconds=16)
                await tell(ledger, clock, asked, ("claim", "sent"))
            assert all(ts for _, _, ts in await ledger.read(standing))
            assert len(await ledger.read(standing)) == len(asked)

    asyncio.run(play())


async def tell(
    ledger: Ledger, clock: Clock, asked: dict[str, tuple[str, str]], happening: tuple[Any, ...]
) -> None:
    match happening:
        case "ask", channel, urgency, count:
            ids = await ledger.run(ask, channel, urgency, count)
            asked.update((one, (channel, urgency)) for one in ids)
        case "wait", seconds:
            clock.now += timedelta(seconds=seconds)
        case "claim", became:
            turn = await ledger.run(_claim_cards, SLACKS_PACE, "me", 8)
            for mine in turn.claimed:
                urgent = [asked[one][1] in {"high", "critical"} for one in mine.escalation_ids]
                assert len(urgent) == 1 or (len(urgent) <= 10 and not any(urgent))
                await ledger.run(settle, mine, became)


def settle(tx: Tx, mine: Claimed, became: str) -> None:
    match became:
        case "sent":
            posted(tx, mine)
        case "lost":
            messages.settle_later(
                tx, mine, wait=timedelta(seconds=1), problem="lost", unsure_since=tx.now()
            )
        case "limited":
            messages.settle_held(tx, mine, problem="ratelimited")
        case _:
            pass  # died with the lease in hand


async def test_the_workspace_has_a_burst_of_its_own(database_url: str) -> None:
    """Thirty channels are free, and twenty messages go out at once; the others wait a moment."""
    async with opened(database_url, Clock()) as ledger:
        for number in range(30):
            await ledger.run(ask, f"C{number}", "normal")

        turn = await ledger.run(_claim_cards, SLACKS_PACE, "me", 30)
        later = await ledger.run(_claim_cards, SLACKS_PACE, "me", 30)

    assert len(turn.claimed) == 20
    assert (list(later.claimed), 0 < later.rest <= 0.25) == ([], True)


async def test_words_wait_for_the_slot_of_their_channel(database_url: str) -> None:
    """Of two alerts one goes out at once, and what is said in private waits for neither."""
    said_in = {"alert": "C1", "checkpoint": None}
    async with opened(database_url, Clock()) as ledger:
        for number in range(2):
            await ledger.run(outbox.owe, Alert(text=f"Alert {number}"))
        first = await ledger.run(_claim_words, SLACKS_PACE, "me", 8, said_in, frozenset())
        await ledger.run(outbox.owe, Whisper(user="U1", channel="C1", text="A word"))
        second = await ledger.run(_claim_words, SLACKS_PACE, "me", 8, said_in, frozenset())
        third = await ledger.run(_claim_words, SLACKS_PACE, "me", 8, said_in, frozenset())

    assert [type(one.owed) for one in (*first.claimed, *second.claimed)] == [Alert, Whisper]
    assert (list(third.claimed), 0 < third.rest <= 1) == ([], True)


@pytest.mark.no_cover
@pytest.mark.parametrize("waiting", [10_000])
async def test_the_length_of_the_queue_makes_no_difference(database_url: str, waiting: int) -> None:
    """With ten thousand messages waiting, each claim reads a handful of rows along an index."""
    clock = Clock()
    async with opened(database_url, clock) as ledger:
        await ledger.run(ask, "C1", "normal", waiting)
        await ledger.run(ask, "C2", "low", 5)
        plan = await ledger.read(_plan)

        turn = await ledger.run(_claim_cards, SLACKS_PACE, "me", 8)

    assert "message_first" in plan
    assert len(turn.claimed) == 2
    assert len(turn.claimed[0].escalation_ids) == 10


def _plan(tx: Tx) -> str:
    """How the database looks for the next first posts."""
    seen: list[Any] = []

    class Ear:
        def now(self) -> datetime:
            return tx.now()

        def execute(self, statement: Any, parameters: Any) -> list[Any]:
            seen.append(statement.params(parameters))
            return []

    queues.heads(Ear(), unsure=True)  # type: ignore[arg-type]
    return tx.ask_schema(lambda connection: _explained(connection, seen[0]))


def _explained(connection: Any, statement: Any) -> str:
    written = statement.compile(connection, compile_kwargs={"literal_binds": True})
    word = "EXPLAIN" if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
    if connection.dialect.name == "postgresql":
        connection.execute(text("ANALYZE message"))
    return json.dumps(
        [list(map(str, row)) for row in connection.execute(text(f"{word} {written}"))]
    )


def test_a_pace_in_other_time() -> None:
    """A stand-in may be called faster, or without any limit; a crowd stays a crowd."""
    ten = SLACKS_PACE.faster(10)

    assert ten.channel.gap == SLACKS_PACE.channel.gap / 10
    assert ten.update.burst == SLACKS_PACE.update.burst
    assert ten.crowd == SLACKS_PACE.crowd == 19
    assert SLACKS_PACE.faster(0) == UNPACED
    assert UNPACED.crowd is None
