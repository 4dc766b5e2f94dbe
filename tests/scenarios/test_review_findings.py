"""What reviews found wrong has an owner, is mended, comes again, and is verified by a person."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.errors import NotFoundError
from bot.domain.people import Clicker
from bot.start import key_peppers
from bot.store import escalations
from bot.usecases.erase import erase
from bot.usecases.export_reviews import evals_since, reviews_since
from bot.usecases.review_case import ask_for_review
from bot.usecases.review_findings import look_at_finding
from tests.scenarios.test_audit import mentions
from tests.scenarios.test_breaker import answered, writes
from tests.world import PEOPLE, POLICY, words_in

if TYPE_CHECKING:
    from tests.world import World

# How Slack delivers makes no difference here.
pytestmark = pytest.mark.parametrize("way", ["http"], indirect=True)

WRONG = {"error_type": "accuracy", "severity": "major", "cause": "prompt"}


@pytest.fixture
async def office(world: World) -> World:
    """Alice and Bob review; Bob and Carol are admins; Dave is one of the policy's people."""
    who = "  others: {users: [U04DAVE]}\nadmins: [seconds]\nroutes:\n"
    world.policy = POLICY.replace("routes:\n", who, 1)
    await world.stop_bot()
    await world.start_bot()
    return world


async def objects(world: World, by: str = "alice", **over: Any) -> None:
    """One more refund that went out, and somebody who finds it wrong."""
    world.clock.forward(days=1)
    await world.house._census.take()
    asked = await (await world.agent()).asks_refund(20)
    before = len(world.cards())
    await world.desk.ledger.run(
        lambda tx: ask_for_review(tx, world.desk.book, escalations.find(tx, asked.id))
    )
    await world.until(lambda: len(world.cards()) > before)
    card = world.cards()[-1]
    await card.click("Incorrect…", by=by)
    await world.submit(by, **(WRONG | over))
    await card.until(lambda seen: "❌ Incorrect" in seen.text)


async def presses(world: World, who: str, label: str) -> None:
    """A button of what this person was answered last."""
    ts, message = answered(world, who)
    (action,) = [
        one["action_id"]
        for block in message.blocks
        if block["type"] == "actions"
        for one in block["elements"]
        if one["text"]["text"] == label
    ]
    status, answer = await world.control(
        "click", user=PEOPLE[who], channel="C01REV", ts=ts, action_id=action
    )
    assert status == 200, answer


def directly(world: World, channel: str) -> str:
    """What was written there to one person, as soon as there is such a channel."""
    found = world.slack.channels.get(channel)
    return "" if found is None else "\n".join(one.text for one in found.messages.values())


async def told(world: World, who: str, what: str) -> None:
    await world.until(lambda: any(what in said for said in world.whispers_to(who)))


async def form_of(world: World, who: str) -> str:
    return "\n".join(words_in(await world.modal_of(who)))


async def test_a_finding_from_the_first_error_to_the_last_word(office: World) -> None:
    """Errors of a kind are one; its owner says what was changed, and a new error says it was not
    enough.
    """
    assert await writes(office, "bob", "findings") == (
        "✅ Reviews have found nothing that is still to be mended."
    )
    await objects(office, owner="U04DAVE", correction="Not without a receipt.")
    await office.until(lambda: "Alice would like you to mend" in directly(office, "D04DAVE"))
    await objects(office, by="bob", severity="critical")
    await objects(office, error_type="tone")

    listed = await writes(office, "bob", "findings")
    mine = await writes(office, "dave", "findings mine")
    assert listed.startswith("*2 findings*")
    assert "*Accuracy* · refund · the prompt" in listed
    assert "🔴 open · 2 errors, the worst critical" in listed
    assert "👤 Dave" in listed
    assert "Nobody owns it yet." in listed
    assert mine.startswith("*1 finding*")
    assert await writes(office, "carol", "findings mine") == (
        "✅ No finding that is still to be mended is yours."
    )

    await presses(office, "dave", "Fixed…")
    await office.submit("dave", note="The prompt asks for a receipt.")
    assert "🔧 Fixed, says Dave" in await form_of(office, "dave")
    await presses(office, "dave", "Fixed…")
    await told(office, "dave", "Dave has said before that it is fixed")
    await objects(office)
    again = await writes(office, "dave", "findings mine")
    assert "🔴 open · 3 errors" in again
    assert "came again once" in again

    await presses(office, "dave", "Fixed…")
    await office.submit("dave", note="The tool checks the receipt.")
    await writes(office, "dave", "findings refund")
    await presses(office, "dave", "Verify…")
    assert "Is it mended?" in await form_of(office, "dave")
    await office.submit("dave", outcome="verified", note="None in a week.")
    assert "✅ Verified by Dave" in await form_of(office, "dave")
    assert "Dave" not in await writes(office, "bob", "findings")
    assert "“None in a week.”" in await writes(office, "bob", "findings refund")

    await writes(office, "bob", "findings")
    await presses(office, "bob", "Fixed…")
    await office.submit("bob", note="Kinder words.")
    await objects(office, error_type="tone")
    listed = await writes(office, "bob", "findings")
    assert listed.startswith("*1 finding*")
    assert "came again once" in listed
    for _ in range(2):
        await presses(office, "bob", "Own…")
        await office.submit("bob", owner="U02BOB", due="2099-01-31")
        assert "👤 Bob, due 31 Jan 2099" in await form_of(office, "bob")


async def test_reviews_of_approvals_are_taken_along(office: World) -> None:
    """With the chance that their coin had, and with sensitive arguments masked."""
    since = office.clock.now - timedelta(days=1)
    await objects(office, correction="Half of it.")

    (line,) = [one async for one in reviews_since(office.desk.ledger, since)]
    (example,) = [one async for one in evals_since(office.desk.ledger, since)]
    later = [one async for one in evals_since(office.desk.ledger, since + timedelta(days=9))]

    assert (line["purpose"], line["pi"], line["reviewer"]["id"]) == ("audit", None, "U01ALICE")
    assert line["finding"].startswith("fin_")
    assert (example["id"], example["expected"]) == (line["case"], "Half of it.")
    assert example["actual"]["arguments"]["amount"] == 20
    assert later == []


async def test_only_its_owner_and_admins_change_a_finding(office: World) -> None:
    """Reviewers see it, and name an owner while there is none; others know nothing of it."""
    await objects(office)
    listed = await writes(office, "alice", "findings")
    (finding,) = [word.strip("`") for word in listed.split() if word.startswith("`fin_")]
    hidden = await writes(office, "dave", f"findings {finding}")
    none = await writes(office, "dave", "findings refund")
    assert "no such finding" in hidden
    assert hidden == await writes(office, "dave", "findings fin_1")
    assert "found nothing wrong in “refund”" in none
    assert "Did you mean “refund”?" in await writes(office, "alice", "findings refnud")

    dave = Clicker(id="U04DAVE", name="dave", team_id=None)
    with pytest.raises(NotFoundError, match="no such finding"):
        await look_at_finding(office.desk, finding, dave)

    await writes(office, "alice", f"findings {finding}")
    await presses(office, "alice", "Own…")
    await office.submit("alice", owner="U05GUEST")
    assert "does not name this person" in str(await office.modal_of("alice"))
    yesterday = f"{office.clock.now:%Y}-01-01"
    await office.submit("alice", owner="U03CAROL", due=yesterday)
    assert "This day is over" in str(await office.modal_of("alice"))
    await office.submit("alice", owner="U03CAROL", due="2099-01-31")
    assert "👤 Carol, due 31 Jan 2099" in await form_of(office, "alice")
    await presses(office, "alice", "Fixed…")
    await told(office, "alice", "Only Carol, who owns it")
    await writes(office, "bob", "findings")
    await presses(office, "bob", "Fixed…")
    await office.submit("bob", note="A new rule.")
    await writes(office, "bob", "findings")
    await presses(office, "bob", "Verify…")
    await office.submit("bob", outcome="open")
    assert "came again once" in await writes(office, "bob", f"findings {finding}")

    await erase(office.desk.ledger, key_peppers(office.settings)[0], "U03CAROL", with_comments=True)
    assert await mentions(office, "U03CAROL") == []
    assert "👤 erased" in await writes(office, "bob", "findings")
