"""A day of three people: what cannot wait is answered at once, the rest twice a day, together."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from tests.day import LOW, a_day
from tests.receiver import receiver
from tests.scenarios.test_breaker import writes
from tests.scenarios.test_conversation import replies
from tests.scenarios.test_digests import press_in_modal
from tests.scenarios.test_hands import in_threads, standing, told
from tests.scenarios.test_home import home, opens, presses
from tests.scenarios.test_reminders import reminders
from tests.world import REFUND

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.day import Day
    from tests.world import Asked, Way


@pytest.fixture
async def day(database_url: str, way: Way, tmp_path: Path) -> AsyncIterator[Day]:
    async with a_day(database_url, way, tmp_path) as made:
        yield made


async def test_a_day(day: Day) -> None:
    """Forty questions of four categories, two digests, three people: each has exactly one end, and
    everybody is told the same of it.
    """
    async with receiver() as hook:
        batched = await _before_nine(day, {"callback": {"url": hook.url}})
        await _at_nine(day, batched)
        batched += await _at_noon(day)
        await _at_three(day, batched[16:])

        ends = Counter([one["status"] for one in [await asked.see() for asked in day.all]])
        decided = [one for one in day.all if (await one.see())["status"] == "decided"]
        assert (len(day.all), ends) == (40, {"decided": 39, "cancelled": 1})
        assert await day.digests() == dict.fromkeys([one.id for one in batched], 1)
        assert await writes(day.world, "bob", "queue all") == "✅ Nothing is open."
        assert "*Nothing is open.*" in await writes(day.world, "bob", "status")
        await hook.until(3)
        for one in (json.loads(arrived.body)["data"] for arrived in hook.arrived):
            seen = next(asked for asked in decided if asked.id == one["id"])
            assert one["decision"] == (await seen.see())["decision"]
        for card in day.world.cards() + day.world.cards("#money"):
            await card.until(lambda shown: not shown.buttons or "Next page" in shown.buttons)
        assert await day.verdict() == []


async def _before_nine(day: Day, called: dict[str, Any]) -> list[Asked]:
    """What cannot wait."""
    world = day.world
    batched = [await day.refund(10 + n, **LOW) for n in range(12)]
    batched += [await day.mail(f"Answer mail {n}", **LOW) for n in range(4)]
    asked, unseen, undone = [await day.refund(200 + n) for n in range(3)]
    both, against, later = [
        await day.refund(2000 + n, category="payout", **called) for n in range(3)
    ]
    kept, gone, late, withdrawn = [
        await day.mail(f"Delete account {n}", "account") for n in range(4)
    ]
    payouts = [await world.card_of(one, "#money") for one in (both, against, later)]
    cards = [await world.card_of(one) for one in (asked, undone, kept, gone)]

    await cards[0].click("I'm looking", by="alice")
    await standing(world, asked)
    await replies(world, cards[0], "U01ALICE", "Has the parcel come back?")
    assert (await asked.see())["messages"][0]["text"] == "Has the parcel come back?"
    await asked.do("messages", text="Yes, on Monday.")
    await world.until(lambda: any("Yes, on Monday." in text for text in in_threads(world)))
    await cards[0].click("Approve", by="alice")
    await cards[1].click("Approve", by="bob")
    await cards[1].until(lambda card: "Undo" in card.buttons)
    await cards[1].click("Undo", by="bob")
    await cards[1].until(lambda card: "Approve" in card.buttons)
    await cards[1].click("Reject…", by="alice")
    await world.submit("alice", reason="Paid already")
    await cards[2].click("Reject…", by="alice")
    await world.submit("alice", reason="Still in use")
    await cards[3].click("Approve", by="bob")
    await withdrawn.do("cancel")
    for who in ("bob", "carol"):
        await payouts[0].click("Approve", by=who)
    await payouts[1].click("Approve", by="bob")
    await payouts[1].click("Reject…", by="carol")
    await world.submit("carol", reason="Too much")
    await payouts[2].click("Snooze or assign…", by="carol")
    await world.submit("carol", until="1h")
    await day.goes_to(8, 1)

    assert [(await one.answer())["type"] for one in (asked, undone, kept, gone)] == [
        "approve", "reject", "reject", "approve",
    ]  # fmt: skip
    assert [(await one.answer())["type"] for one in (both, against)] == ["approve", "reject"]
    await day.goes_to(8, 30)
    await world.until(lambda: len(reminders(world)) == 1)
    assert not told(world, "U03CAROL")
    day.left = (unseen, late, later)
    return batched


async def _at_nine(day: Day, batched: list[Asked]) -> None:
    """The first digest; what nobody has answered is asked elsewhere, and what was snoozed wakes."""
    world = day.world
    unseen, late, later = day.left
    await day.goes_to(9)
    await world.until(lambda: bool(told(world, "U03CAROL")))
    raised = await world.card_of(unseen, "#money")
    await raised.click("Approve", by="carol")
    for who in ("bob", "carol"):
        await (await world.card_of(later, "#money")).click("Approve", by=who)
    assert (await later.answer())["type"] == "approve"
    card = await world.card_of(batched[0])
    assert "Desk digest · 16 waiting" in card.text
    assert not any(one.id in json.dumps(card.message.blocks) for one in batched[10:])

    await day.together(card)
    await card.until(lambda card: card.row(batched[0])[:1] == ["Undo"])
    await card.click("Undo", by="alice", of=batched[0])
    await card.click("Next page", by="bob")
    await press_in_modal(world, "bob", batched[10], "approve")
    await press_in_modal(world, "bob", batched[12], "reject")
    await world.submit("bob", reason="Not like this")
    await world.control("view/close", user="U02BOB", all=True)
    await day.goes_to(9, 2)
    assert (await unseen.answer())["decided_by"]["display_name"] == "Carol"
    assert [(await one.answer())["type"] for one in batched[1:11]] == ["approve"] * 10
    assert (await batched[12].answer())["comment"] == "Not like this"
    await card.until(lambda card: "5 of 16 waiting" in card.text)

    await opens(world, "bob")
    await world.until(lambda: "customer0@email.com" in home(world, "bob"))
    await presses(world, "bob", batched[0].id, "approve")
    await day.goes_to(10)
    assert (await late.answer())["provenance"] == "timeout"
    assert (await batched[0].answer())["decided_by"]["via"] == "home"
    # The clock of what can wait begins with its digest: after an hour others are asked.
    elsewhere = [await world.card_of(one, "#money") for one in (batched[11], *batched[13:])]
    for one in elsewhere:
        await one.click("Approve", by="carol")
    await day.goes_to(10, 1)
    await card.until(lambda card: "all 16 settled" in card.text)


async def _at_noon(day: Day) -> list[Asked]:
    """Work goes on, and one agent is stopped for an hour."""
    world = day.world
    await day.goes_to(12)
    batched = [await day.refund(30 + n, **LOW) for n in range(10)]
    four = [await day.mail(f"Write to customer {n}") for n in range(4)]
    card = await world.card_of(four[0])
    assert "14 open" in await writes(world, "bob", "queue all")
    assert "refund-bot is paused" in await writes(world, "carol", "pause refund-bot 1h")
    refused = await day.refunds.posts(**REFUND)
    assert refused.json["code"] == "agent_paused"
    assert "paused" in await writes(world, "alice", "status")
    await writes(world, "carol", "resume refund-bot")
    for one in four:
        await (await world.card_of(one)).click("Approve", by="bob")
    await card.until(lambda card: "Undo" in card.buttons)
    await day.goes_to(12, 1)
    return batched


async def _at_three(day: Day, batched: list[Asked]) -> None:
    """The second digest, cleared with one click, while its agent is paused for a moment."""
    world = day.world
    await writes(world, "carol", "pause refund-bot 4h")
    await day.goes_to(15)
    card = await world.card_of(batched[0])
    assert card.row(batched[0]) == ["Details…", "Reject…"]
    await writes(world, "carol", "resume refund-bot")
    await card.until(lambda card: card.row(batched[0])[:1] == ["Approve"])
    await day.together(card)
    await day.goes_to(15, 1)
    await card.until(lambda card: "all 10 settled" in card.text)
