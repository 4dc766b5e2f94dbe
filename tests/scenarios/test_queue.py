"""What the list of open questions knows of each: who has it, what sleeps, whom a tier asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.scenarios.test_breaker import writes
from tests.scenarios.test_reminders import later
from tests.world import POLICY

if TYPE_CHECKING:
    from tests.world import World

_TIERS = (
    "{channel: C01REV, reviewers: [reviewers], grace: 10m, "
    "tiers: [{after: 10m, urgency: high}, {after: 20m, reviewers: [onlookers]}]}"
)
BUSY = (
    POLICY.replace("groups:\n", "groups:\n  onlookers: {users: [U04DAVE]}\n", 1)
    .replace(
        '{channel: C01REV, reviewers: [reviewers], quick_reasons: ["Customer already paid back"]}',
        _TIERS,
    )
    .replace(
        "rules:\n",
        'digests:\n  desk: {cron: "0 9 * * *", timezone: Etc/UTC, channel: C01REV}\nrules:\n'
        "  - {name: can wait, when: 'urgency == \"low\"', then: batch, digest: desk}\n",
        1,
    )
)


@pytest.fixture
async def busy(world: World) -> World:
    """Alice and Bob review `default`, and Dave from its second tier on; it is noon."""
    world.policy = BUSY
    world.clock.now = world.clock.now.replace(hour=12, minute=0, second=0, microsecond=0)
    await world.stop_bot()
    await world.start_bot()
    return world


async def test_a_row_says_who_has_it_and_where_it_waits(busy: World) -> None:
    """Nobody begins what another one is doing; what sleeps is left out, and counted."""
    agent = await busy.agent()
    taken, named, clicked, slept = [
        await agent.asks(action=action) for action in ("Taken", "Named", "Clicked", "Asleep")
    ]
    await agent.asks(
        action="Collected", urgency="low", risk={"level": "low", "reversibility": "reversible"}
    )
    card = await busy.card_of(clicked)
    await card.click("Approve", by="alice")
    await writes(busy, "alice", f"take {taken.id}")
    await writes(busy, "alice", f"assign {named.id} @bob")
    await writes(busy, "alice", f"snooze {slept.id} 1h")

    mine = await writes(busy, "bob", "queue")
    every = await writes(busy, "bob", "queue all")
    route = await writes(busy, "bob", "queue default")
    asleep = await writes(busy, "bob", "queue urgent")

    assert "Clicked\n" in mine
    assert "⏳ Alice approves it: counts in 10 min" in mine
    assert "👀 Alice is looking" in mine
    assert "👉 assigned to Bob" in mine
    assert "🗂 no card yet: comes with digest desk in 21 h" in mine
    assert mine.startswith("4 waiting for you")
    assert "Asleep" not in mine + route
    assert "That is all" in mine
    assert "💤 1 snoozed is left out: `/pullcord queue all`" in mine
    assert "💤 snoozed for 1 h by Alice" in every
    assert "snoozed is left out" in route
    assert asleep == "✅ Nothing urgent is open."


async def test_what_only_a_tier_asks_is_in_the_queue(busy: World) -> None:
    """From that tier on it waits for them too; they see nothing else of the route, by no word."""
    agent = await busy.agent()
    before = await writes(busy, "dave", "queue")
    raised = await agent.asks(action="Nobody answered")
    await busy.card_of(raised)
    await later(busy, minutes=11)
    first = await writes(busy, "dave", "queue default")
    await later(busy, minutes=10)
    await busy.house._census.take()
    fresh = await agent.asks(action="Just asked")

    mine = await writes(busy, "dave", "queue")
    urgent = await writes(busy, "dave", "queue urgent")
    route = await writes(busy, "dave", "queue default")
    every = await writes(busy, "dave", "queue all")
    other = await writes(busy, "dave", "queue money")
    alices = await writes(busy, "alice", "queue")
    story = await writes(busy, "dave", f"why {raised.id}")
    await writes(busy, "dave", f"snooze {raised.id} 30m")
    slept = await writes(busy, "dave", "queue")

    assert before == "✅ Nothing waits for you."
    assert first == "✅ Nothing is open on default."
    assert mine.startswith("1 waiting for you\n1. Nobody answered")
    assert "🔔 tier 2: nobody answered for 20 min, onlookers asked as well" in mine
    assert urgent.startswith("1 urgent")
    assert all("Just asked" not in seen for seen in (mine, urgent, route, every))
    assert fresh.id not in route
    assert other == "The route money does not ask you. Yours: default."
    assert alices.startswith("2 waiting for you")
    assert "Since a tier also: Dave." in story
    assert "Nobody had answered after 20 min" in story
    assert "🔔 nobody had answered: tier 1 came" in story
    assert "🔔 nobody had answered: tier 2 came, onlookers asked as well" in story
    assert slept == ("✅ Nothing waits for you. · 💤 1 snoozed is left out: `/pullcord queue all`")


@pytest.mark.parametrize(("database_url", "way"), [("sqlite", "http")], indirect=True)
async def test_why_knows_who_had_it_and_what_was_clicked(busy: World) -> None:
    """Takes, snoozes, grace and the digest stand in the story, and how it is now above it."""
    agent = await busy.agent()
    asked = await agent.asks(action="Looked at")
    waits = await agent.asks(
        action="Collected", urgency="low", risk={"level": "low", "reversibility": "reversible"}
    )
    card = await busy.card_of(asked)
    for text in (f"take {asked.id}", f"release {asked.id}", f"snooze {asked.id} 5m"):
        await writes(busy, "alice", text)
    await later(busy, minutes=6)
    await card.click("Approve", by="bob")
    story = await writes(busy, "alice", f"why {asked.id}")
    collected = await writes(busy, "alice", f"why {waits.id}")
    await card.until(lambda seen: "Undo" in seen.buttons)
    await card.click("Undo", by="bob")
    after = await writes(busy, "alice", f"why {asked.id}")

    for line in (
        "👀 Alice took it",
        "Alice let go of it",
        "💤 Alice snoozed it until",
        "⏰ its snooze was over",
        "⏳ Bob approved it; it counts from",
    ):
        assert line in story, line
    assert "*Bob approves this.* It counts in 10 min" in story
    assert "↩️ Bob took the click back" in after
    assert "approves this" not in after
    assert "🗂 it can wait: promised to the digest desk" in collected
    assert "Has no card yet: it comes with the digest “desk”" in collected
