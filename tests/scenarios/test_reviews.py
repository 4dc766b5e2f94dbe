"""What went out by rule is looked at afterwards, by people who are told nothing beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.store import escalations
from bot.usecases.review_case import ask_for_review, end_overdue_reviews
from tests.world import words_in

if TYPE_CHECKING:
    from bot.store.tx import Tx
    from tests.world import Asked, Shown, World


async def asked_to_review(world: World, **over: Any) -> tuple[Asked, Shown]:
    """A small refund that a rule approved, and the card that asks whether that was right."""
    asked = await (await world.agent()).asks_refund(20, **over)
    assert (await asked.see())["decision"]["provenance"] == "rule"

    def ask(tx: Tx) -> None:
        ask_for_review(tx, world.desk.book, escalations.find(tx, asked.id))

    await world.desk.ledger.run(ask)
    before = len(world.cards())
    await world.until(lambda: len(world.cards()) > before or bool(world.cards()))
    return asked, world.cards()[-1]


@pytest.mark.every_way
async def test_the_first_who_answers_is_believed(world: World) -> None:
    """Correct, in one click; who comes later is told, and what had happened stands there then."""
    asked, card = await asked_to_review(world)
    before = await asked.see()

    await card.click("Correct", by="alice")
    await card.until(lambda c: "✅ Correct, says Alice" in c.text)
    await card.click("Correct", by="bob", stale=True)

    assert card.buttons == []
    assert "tiny refunds" in card.text
    assert "Alice has reviewed this before you" in (await world.whispered("bob"))[0]
    assert await asked.see() == before


async def test_what_is_wrong_is_said_in_a_form(world: World) -> None:
    """Its kind, how bad it is, where it comes from, and what would be right."""
    _, card = await asked_to_review(world)

    await card.click("Incorrect…", by="bob")
    await world.submit(
        "bob", error_type="accuracy", severity="major", cause="tool", correction="Half of it."
    )
    await card.until(lambda c: "❌ Incorrect, says Bob" in c.text)

    assert "Accuracy · major · a tool" in card.text
    assert "Half of it." in card.text


async def test_who_would_rather_not_leaves_it_to_the_others(world: World) -> None:
    """The card stays, and says who is not to be waited for."""
    _, card = await asked_to_review(world)

    await card.click("Skip", by="bob")
    await card.until(lambda c: "Skipped by Bob" in c.text)
    await card.click("Skip", by="bob")

    assert card.buttons == ["Correct", "Incorrect…", "Skip"]
    assert "Left to the others" in (await world.whispered("bob"))[0]


async def test_only_who_is_asked_may_answer(world: World) -> None:
    """Strangers may not, and nobody reviews what an agent did on their own behalf."""
    _, card = await asked_to_review(world, source={"on_behalf_of": "U01ALICE"})

    await card.click("Correct", by="carol")
    await card.click("Correct", by="alice")

    assert "can review this" in (await world.whispered("carol"))[0]
    assert "somebody else has to review this" in (await world.whispered("alice"))[0]
    assert "Skip" in card.buttons


async def test_a_week_without_an_answer_is_an_answer(world: World) -> None:
    """It counts as not agreed to; a form that was open then changes nothing."""
    _, card = await asked_to_review(world)
    await card.click("Incorrect…", by="bob")
    world.clock.forward(days=7)
    await world.house._census.take()

    await world.submit("bob", error_type="tone", severity="minor")
    said = "".join(words_in(await world.modal_of("bob")))
    assert "Time for this review is over" in said
    assert await end_overdue_reviews(world.desk) == 1
    assert await end_overdue_reviews(world.desk) == 0
    await card.until(lambda c: "Nobody reviewed it in time" in c.text)
    await card.click("Incorrect…", by="bob", stale=True)
    assert "Time for this review is over" in (await world.whispered("bob"))[0]


async def test_a_channel_that_takes_no_card_keeps_the_review(world: World) -> None:
    """The operators hear of it, and it comes when the channel is mended."""
    await world.control("faults", method="chat.postMessage", error="not_in_channel", times=1)
    asked = await (await world.agent()).asks_refund(20)
    await world.desk.ledger.run(
        lambda tx: ask_for_review(tx, world.desk.book, escalations.find(tx, asked.id))
    )
    admin = world.slack.channels["C09ADMIN"].messages
    await world.until(lambda: any("rev_" in one.text for one in admin.values()))
    assert world.cards() == []

    world.clock.forward(minutes=6)
    await world.until(lambda: bool(world.cards()))
    assert world.cards()[0].buttons == ["Correct", "Incorrect…", "Skip"]
