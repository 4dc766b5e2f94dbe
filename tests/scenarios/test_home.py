"""The Home tab of people who look at it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from bot.cards.home_filter import filtered
from bot.domain.errors import ForbiddenError
from bot.domain.people import Clicker
from bot.usecases.change_settings import come_back, filter_queue, settings_of
from bot.usecases.home import refresh_homes
from tests.scenarios.test_breaker import ADMINS, writes
from tests.scenarios.test_deadlines import under
from tests.world import PEOPLE, words_in

if TYPE_CHECKING:
    from tests.world import World


def home(world: World, who: str) -> str:
    found = world.slack.homes.get(PEOPLE[who])
    return "\n".join(words_in(found.view["blocks"])) if found else ""


@pytest.fixture
async def guarded(world: World) -> World:
    """Bob and Carol are admins."""
    world.policy = ADMINS
    await world.stop_bot()
    await world.start_bot()
    return world


async def opens(world: World, who: str, tab: str = "home") -> None:
    status, answer = await world.control("home", user=PEOPLE[who], tab=tab)
    assert (status, answer["status"]) == (200, 200), answer


async def looks(world: World, who: str) -> str:
    """What they see when they open it now."""
    await opens(world, who)
    await refresh_homes(world.desk, world.house.sender)
    return home(world, who)


async def press(world: World, who: str, action: str, value: str | None = None) -> None:
    """A button or a menu of the tab itself."""
    status, answer = await world.control(
        "home/click", user=PEOPLE[who], action_id=action, value=value, confirmed=True
    )
    assert (status, answer["status"]) == (200, 200), answer


async def presses(world: World, who: str, asked_id: str, action: str, **more: Any) -> None:
    blocks = world.slack.homes[PEOPLE[who]].view["blocks"]
    row = next(b["block_id"] for b in blocks if asked_id in b.get("block_id", ""))
    status, answer = await world.control(
        "home/click", user=PEOPLE[who], action_id=action, block_id=row, confirmed=True, **more
    )
    assert (status, answer["status"]) == (200, 200), answer


async def test_what_waits_for_somebody_is_decided_on_their_home_tab(world: World) -> None:
    """Urgent first, decided in place, and fresh a moment later; others' routes are not theirs."""
    agent = await world.agent()
    first = await agent.asks(action="The older one")
    urgent = await agent.asks(action="The urgent one", urgency="high")
    await agent.asks_refund(2000, action="Only for Carol and Bob")
    card = await world.card_of(first)
    await card.click("I'm looking", by="bob")

    await opens(world, "alice")
    await world.until(lambda: "The older one" in home(world, "alice"))
    seen = home(world, "alice")
    await opens(world, "bob")
    await world.until(lambda: "Only for Carol" in home(world, "bob"))
    assert "\nYou took\n" in home(world, "bob")
    await presses(world, "alice", urgent.id, "reject")
    await world.submit("alice", reason="No")
    await presses(world, "alice", first.id, "approve")
    await world.until(lambda: "Nothing waits for you." in home(world, "alice"))
    assert "too few to say: 2 answers" in home(world, "alice")

    assert seen.index("The urgent one") < seen.index("The older one")
    assert "Only for Carol" not in seen
    assert "Bob is looking at it" in seen
    decision = await first.answer()
    assert (decision["decided_by"]["via"], (await urgent.answer())["type"]) == ("home", "reject")
    await opens(world, "carol", tab="messages")
    assert home(world, "carol") == ""


@pytest.mark.parametrize(("database_url", "way"), [("sqlite", "http")], indirect=True)
async def test_what_happens_there_is_said_there(world: World) -> None:
    """A click that comes too late, or counts as one of two, opens a notice over the tab."""
    agent = await world.agent()
    asked = await agent.asks_refund(2000)
    card = await world.card_of(asked, "#money")
    await world.control("faults", method="views.publish", error="internal_error")
    for who in ("gus", "gus", "carol", "carol"):
        seen = await looks(world, who)
    assert "Send refund" in seen
    assert "no route of the policy" in home(world, "gus")
    assert "Settings" not in home(world, "gus")

    stale = world.slack.homes["U03CAROL"]
    await presses(world, "carol", asked.id, "approve")
    assert "1 of 2" in str(await world.modal_of("carol"))
    await world.control("view/close", user=PEOPLE["carol"], all=True)
    await card.click("Reject…", by="bob")
    await world.submit("bob", reason="No")
    await asked.answer()
    world.slack.homes["U03CAROL"] = stale
    await presses(world, "carol", asked.id, "approve")
    assert "Bob rejected this" in str(await world.modal_of("carol"))


async def test_the_teams_queue_is_filtered_and_the_filter_is_kept(guarded: World) -> None:
    """Per person, in the database: whoever comes back, after a restart too, finds it so."""
    agent = await guarded.agent()
    await agent.asks(action="The plain one", category="refund")
    await agent.asks(action="The urgent one", category="closing", urgency="high")
    await agent.asks_refund(2000, action="The large one", category="refund")
    alice = await looks(guarded, "alice")
    assert "3 open" in await looks(guarded, "bob")
    assert "2 open" in alice
    assert "money" not in alice

    await press(guarded, "bob", "filter_category", "=refund")
    refunds = team_in(await looks(guarded, "bob"))
    await press(guarded, "bob", "filter_route", "=money")
    large = team_in(await looks(guarded, "bob"))
    await press(guarded, "bob", "filter_urgency", "=low")
    none = team_in(await looks(guarded, "bob"))
    await press(guarded, "bob", "filter_urgency", "*")
    await guarded.stop_bot()
    await guarded.start_bot()
    later = team_in(await looks(guarded, "bob"))

    assert "2 match the filter" in refunds
    assert "The urgent one" not in refunds
    assert "1 match the filter" in large
    assert "Nothing matches the filter." in none
    assert "1 match the filter" in later
    assert "The large one" in later
    assert "2 open" in await looks(guarded, "alice")
    clicker = Clicker(id="U01ALICE", name="alice", team_id=None)
    choice = partial(filtered, action_id="filter_route", value="=money")
    await filter_queue(guarded.desk, clicker, choice)
    # A route that is not hers is no wish.
    assert "2 open" in await looks(guarded, "alice")


def team_in(seen: str) -> str:
    """From the team's queue on."""
    return seen.partition("Team queue")[2]


async def test_a_paused_agent_is_resumed_by_an_admin_only(guarded: World) -> None:
    """Whoever is none, and pressed a button that once stood there, is told whom to ask."""
    await guarded.agent()
    await writes(guarded, "bob", "pause refund-bot 1h")
    alice, bob = await looks(guarded, "alice"), await looks(guarded, "bob")
    homes = guarded.slack.homes
    homes["U01ALICE"] = replace(homes["U01ALICE"], view=homes["U02BOB"].view)

    await press(guarded, "alice", "resume")
    refused = str(await guarded.modal_of("alice"))
    still = await writes(guarded, "carol", "status")
    await press(guarded, "bob", "resume")

    assert "Paused agents" in alice
    assert "Resume" not in alice
    assert "Resume" in bob
    assert "Only Bob and Carol can pause and resume agents" in refused
    assert "refund-bot is paused" in still
    assert "refund-bot is paused" not in await writes(guarded, "carol", "status")
    assert "Paused agents" not in await looks(guarded, "bob")


async def test_a_person_says_when_they_are_there(guarded: World) -> None:
    """Away and working hours, seen by whoever wants to assign something to them; what makes no
    sense is told at its field.
    """
    world = guarded
    world.clock.now = world.clock.now.replace(hour=12, minute=0, second=0, microsecond=0)
    await world.house._census.take()
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)
    assert "No working hours" in await looks(world, "bob")
    noon = int(world.clock.now.timestamp())
    today = str(world.clock.now.weekday())

    async def answers(**values: Any) -> dict[str, Any]:
        await press(world, "bob", "settings")
        said = await world.submit("bob", **values)
        await world.control("view/close", user="U02BOB", all=True)
        return dict(said.get("errors") or {})

    night: dict[str, Any] = {"days": [today], "start": "22:00", "end": "06:00"}
    mars = await answers(zone="Mars/Olympus", **night)
    assert mars["zone"].startswith("I know no time zone “Mars/Olympus”")
    assert (await answers(days=[today], start="09:00", end="09:00")).keys() == {"end"}
    assert (await answers(away=noon - 60, **night)).keys() == {"away"}
    assert (await answers(away=noon + 90 * 86400, **night)).keys() == {"away"}
    assert "No working hours" in await looks(world, "bob")
    assert await answers(away=noon + 7200, zone="Etc/UTC", **night) == {}
    saved = await looks(world, "bob")

    named = await writes(world, "alice", f"assign {asked.id} @bob")
    await card.click("Snooze or assign…", by="alice")
    form = str(await world.modal_of("alice"))
    await world.control("view/close", user="U01ALICE", all=True)
    await press(world, "bob", "come_back")
    back = await writes(world, "alice", f"assign {asked.id} @bob")
    there = await looks(world, "bob")
    assert await answers(days=[]) == {}

    assert "22:00–06:00 (Etc/UTC)" in saved
    assert "*Away* until" in saved
    assert "Assigned to Bob. 🌙 away for 2 h, outside working hours" in named
    assert "🌙 away for 2 h, outside working hours" in form
    assert "You are not away" in there
    assert "Bob. 🌙 outside working hours" in back
    assert "🌙" not in await writes(world, "alice", f"assign {asked.id} @bob")


async def test_half_of_the_answers_came_within_so_long(world: World) -> None:
    """Of the last thirty days, from five on; a click that was taken back does not count."""
    await under(world, "grace: 10m")
    agent = await world.agent()
    for minutes in (1, 2, 3, 4, 30):
        asked = await agent.asks()
        world.clock.forward(minutes=minutes)
        await looks(world, "alice")
        await presses(world, "alice", asked.id, "approve")
    five = await looks(world, "alice")
    await presses(world, "alice", asked.id, "undo")
    four = await looks(world, "alice")
    world.clock.forward(days=31)
    await world.house._census.take()

    assert "half within 3 min · 5 answers" in five
    assert "too few to say: 4 answers" in four
    assert "too few to say: 0 answers" in await looks(world, "alice")


@pytest.mark.parametrize(("database_url", "way"), [("sqlite", "http")], indirect=True)
async def test_a_tab_that_somebody_else_drew_is_drawn_as_it_is_now(world: World) -> None:
    """Another replica has published since: ours is made anew, and what waits is not lost."""
    agent = await world.agent()
    await looks(world, "alice")
    stands = world.slack.homes["U01ALICE"]
    world.slack.homes["U01ALICE"] = replace(stands, hash="1.other", view={"blocks": []})

    await agent.asks(action="Asked meanwhile")
    world.desk.viewers.opened("U01ALICE", asyncio.get_running_loop().time())
    await refresh_homes(world.desk, world.house.sender)

    assert "Asked meanwhile" in home(world, "alice")
    assert "hash_conflict" in str(world.slack.log.last())


@pytest.mark.parametrize(("database_url", "way"), [("sqlite", "http")], indirect=True)
async def test_odd_presses_on_the_tab_change_nothing(guarded: World) -> None:
    """What none of our menus says, and people whom the policy does not name."""
    gus = Clicker(id="U05GUEST", name="gus", team_id=None)

    for verb in (settings_of(guarded.desk, gus), come_back(guarded.desk, gus)):
        with pytest.raises(ForbiddenError):
            await verb
    await (await guarded.agent()).asks()
    await looks(guarded, "bob")
    homes = guarded.slack.homes
    homes["U05GUEST"] = replace(homes["U02BOB"], user="U05GUEST")
    for action, value in (("filter_route", "=money"), ("settings", None)):
        await press(guarded, "gus", action, value)
        assert "Only people whom the policy names" in str(await guarded.modal_of("gus"))
        await guarded.control("view/close", user="U05GUEST", all=True)
