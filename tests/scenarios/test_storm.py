"""More is asked in a channel than it can take: questions share cards, and each is answered."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.world import REFUND

if TYPE_CHECKING:
    from tests.world import Asked, Shown, World

QUESTIONS = Path(__file__).parents[2] / "examples" / "questions"
WAITING = 24


def example(name: str) -> dict[str, Any]:
    question: dict[str, Any] = json.loads((QUESTIONS / f"{name}.json").read_text())
    return question


def holds(card: Shown, asked: Asked) -> bool:
    return asked.id in json.dumps(card.message.blocks)


async def storm(world: World, *questions: dict[str, Any], count: int = WAITING) -> list[Asked]:
    """So many that the channel cannot take them as single cards; these come first."""
    world.keep_pace()
    agent = await world.agent()
    # One that uses up the channel's slot, so that all others wait together.
    await world.card_of(await agent.asks())
    asked = [await agent.wants(question) for question in questions]
    asked += [await agent.asks() for _ in range(WAITING - len(questions))]
    asked += await asyncio.gather(*(agent.asks() for _ in range(count - len(asked))))
    await until_all_stand(world, asked)
    return asked


async def until_all_stand(world: World, asked: list[Asked]) -> None:
    seen: dict[str, str] = {}

    def all_stand() -> bool:
        for card in world.cards():
            seen.setdefault(card.ts, json.dumps(card.message.blocks))
        everything = "".join(seen.values())
        return all(one.id in everything for one in asked)

    await world.let_time_run(all_stand)


async def test_a_crowd_of_questions_shares_cards(world: World) -> None:
    """Twenty-four wait: they stand on a few cards, each once, each with buttons of its own."""
    asked = await storm(world)

    cards = [await world.card_of(one) for one in asked]
    assert len(world.cards()) == 1 + 1 + 14
    assert all(
        card.row(one) == ["Approve", "Modify…", "Reject…"]
        for card, one in zip(cards, asked, strict=True)
    )
    assert world.refused() == []
    for one, card in zip(asked, cards, strict=True):
        link = f"/archives/C01REV/p{card.ts.replace('.', '')}"
        await world.until_true(lambda one=one, link=link: _leads_to(one, link))


async def test_a_row_is_decided_like_a_card(world: World) -> None:
    """Approve, Modify… and Reject… act on their own row; the others stay as they are."""
    asked = await storm(world)
    card = await world.card_of(asked[0])
    approved, modified, rejected, untouched = asked[:4]

    await card.click("Approve", by="alice", of=approved)
    await card.click("Modify…", by="alice", of=modified)
    await world.submit("alice", field_0="200")
    await card.click("Reject…", by="bob", of=rejected)
    await world.submit("bob", reason="Customer already paid back")
    await world.let_time_run(
        lambda: "3 still open" not in card.text and "7 still open" in card.text
    )

    assert (await approved.answer())["type"] == "approve"
    assert (await modified.answer())["effective"]["arguments"]["amount"] == 200
    assert (await rejected.answer())["comment"] == "Customer already paid back"
    assert (await untouched.see())["status"] == "open"
    assert [bool(card.row(one)) for one in asked[:4]] == [False, False, False, True]
    assert "Approved* by Alice" in card.text
    assert "200" in card.text
    assert "Rejected* by Bob" in card.text
    assert "Customer already paid back" in card.text


async def test_the_second_person_at_a_row_is_told(world: World) -> None:
    """A row that somebody settled meanwhile: who was faster, and nothing changes."""
    asked = await storm(world)
    card = await world.card_of(asked[0])
    await card.click("Approve", by="alice", of=asked[0])

    await card.click("Approve", by="bob", of=asked[0], stale=True)

    (told,) = await world.whispered("bob")
    assert "Alice approved this" in told
    assert (await asked[0].answer())["decided_by"]["display_name"] == "Alice"


async def test_a_storm_card_without_open_rows_has_no_buttons(world: World) -> None:
    """When everything on it is settled, however it was, there is nothing left to press."""
    asked = await storm(world)
    card = await world.card_of(asked[0])
    mine = [one for one in asked if holds(card, one)]
    assert len(mine) == 10

    await card.click("Approve", by="alice", of=mine[0])
    await mine[0].do("redeem", redeem_id="refund-1")
    await mine[0].do("outcome", status="succeeded")
    for one in mine[1:]:
        await one.do("cancel")
    await world.let_time_run(lambda: not card.buttons and "all settled" in card.text)

    assert "succeeded" in card.text
    assert card.text.count("Withdrawn* by refund-bot") == 9
    assert all(holds(card, one) for one in mine)


async def test_every_kind_is_decided_from_a_storm_card(world: World) -> None:
    """Guidance opens its form; a long text its modal, where Approve, Modify… and Reject… stand."""
    asked = await storm(
        world,
        example("paused_claim"),
        example("unsure_answer"),
        REFUND | {"reason": "Because. " * 300},
        REFUND | {"reason": "Since. " * 400},
        REFUND | {"reason": "So. " * 700},
    )
    paused, unsure, long, longer, longest = asked[:5]
    card = await world.card_of(paused)

    assert card.row(long) == ["Show everything", "Modify…", "Reject…"]
    assert "Answer…" in card.row(paused)
    await card.click("Answer…", by="alice", of=paused)
    form = await world.modal_of("alice")
    await world.submit(
        "alice", chosen=form["blocks"][_index(form, "chosen")]["element"]["options"][0]["value"]
    )
    await card.click("Approve", by="alice", of=unsure)
    await _in_modal(world, card, long, "approve")
    await _in_modal(world, card, longer, "modify")
    await world.submit("alice", field_0="200")
    await _in_modal(world, card, longest, "reject")
    await world.submit("alice", reason="Too long")

    types = [(await one.answer())["type"] for one in asked[:5]]
    assert types == ["respond", "approve", "approve", "modify", "reject"]
    await world.let_time_run(lambda: "5 still open" in card.text)


async def _leads_to(asked: Asked, link: str) -> bool:
    return str((await asked.see())["permalink"]).endswith(link)


def _index(view: dict[str, Any], block_id: str) -> int:
    return [block.get("block_id") for block in view["blocks"]].index(block_id)


async def _in_modal(world: World, card: Shown, asked: Asked, action: str) -> None:
    await card.click("Show everything", by="alice", of=asked)
    status, answer = await world.control(
        "view/click", user="U01ALICE", action_id=action, confirmed=True
    )
    assert status == 200, answer


async def test_urgent_questions_keep_cards_of_their_own(world: World) -> None:
    """In a storm, what is urgent stands alone, and before everything that came earlier."""
    world.keep_pace()
    agent = await world.agent()
    await world.card_of(await agent.asks())
    crowd = [await agent.asks() for _ in range(WAITING)]
    urgent = [await agent.asks(urgency=level) for level in ("high", "critical")]

    await world.let_time_run(lambda: len(world.cards()) == 3)

    _, critical, high = world.cards()
    assert [holds(critical, urgent[1]), holds(high, urgent[0])] == [True, True]
    assert [holds(card, one) for card in (critical, high) for one in crowd].count(True) == 0
    await world.let_time_run(lambda: len(world.cards()) == 4)
    assert sum(holds(world.cards()[3], one) for one in crowd) == 10


async def test_votes_and_proposals_stand_in_their_row(world: World) -> None:
    """Where two must agree, the row counts; a proposal is shown in it and agreed to there."""
    world.policy = world.policy.replace(
        "reviewers: [reviewers],", "reviewers: [reviewers], approvals: 2,"
    )
    await world.stop_bot()
    await world.start_bot()
    asked = await storm(world)
    voted, proposed = asked[:2]
    card = await world.card_of(voted)

    await card.click("Approve", by="alice", of=voted)
    await card.click("Modify…", by="alice", of=proposed)
    await world.submit("alice", field_0="200")
    await world.let_time_run(
        lambda: "Approvals 1 of 2: Alice" in card.text and "Alice proposes" in card.text
    )
    assert (await voted.see())["status"] == "open"
    await card.click("Approve", by="bob", of=voted)
    await card.click("Approve", by="bob", of=proposed)

    assert (await voted.answer())["type"] == "approve"
    assert (await proposed.answer())["effective"]["arguments"]["amount"] == 200


async def test_a_lost_answer_makes_no_second_storm_card(world: World) -> None:
    """Slack took the storm card and its answer was lost: it is found, and stands there once."""
    world.keep_pace()
    agent = await world.agent()
    await world.card_of(await agent.asks())
    asked = [await agent.asks() for _ in range(WAITING)]
    await world.control("faults", method="chat.postMessage", drop=True, after=True, times=1)

    await until_all_stand(world, asked)
    for one in asked:
        await world.card_of(one)
    await world.let_time_run(lambda: len(world.cards()) == 16)

    card = await world.card_of(asked[0])
    await card.click("Approve", by="alice", of=asked[0])
    await world.let_time_run(lambda: "9 still open" in card.text)


async def test_a_refused_storm_card_goes_out_minimal(world: World) -> None:
    """Slack refuses the blocks: a plain card goes out, and each row is decided in its modal."""
    world.keep_pace()
    agent = await world.agent()
    await world.card_of(await agent.asks())
    asked = [await agent.asks() for _ in range(WAITING)]
    await world.control("faults", method="chat.postMessage", error="invalid_blocks", times=1)

    await world.let_time_run(lambda: len(world.cards()) == 16)
    card = next(card for card in world.cards() if card.buttons.count("Show everything") == 10)
    mine = [one for one in asked if holds(card, one)]
    await _in_modal(world, card, mine[0], "approve")

    assert (await mine[0].answer())["type"] == "approve"
    await world.let_time_run(lambda: "9 still open" in card.text)
    assert "Approved by Alice" in card.text


async def test_a_deleted_storm_card_comes_back_whole(world: World) -> None:
    """Somebody deletes it while rows are open: it is put up again, with all of them."""
    asked = await storm(world)
    card = await world.card_of(asked[0])
    mine = [one for one in asked if holds(card, one)]
    del world.slack.channels[card.channel].messages[card.ts]

    await mine[0].do("cancel")
    await world.let_time_run(lambda: any(holds(c, mine[0]) for c in world.cards()))

    again = await world.card_of(mine[0])
    assert all(holds(again, one) for one in mine)
    await again.click("Approve", by="alice", of=mine[1])
    assert (await mine[1].answer())["type"] == "approve"


@pytest.mark.parametrize(("database_url", "way"), [("sqlite", "http")], indirect=True)
async def test_three_hundred_questions_are_soon_in_view(world: World) -> None:
    """A bulk of questions needs a tenth of the messages, loses none, and shows none twice."""
    asked = await storm(world, count=300)

    assert len(world.cards()) <= 1 + 28 + 20
    shown = [(card, json.dumps(card.message.blocks)) for card in world.cards()]
    for one in asked:
        (card,) = [card for card, text in shown if one.id in text]
        assert card.row(one) == ["Approve", "Modify…", "Reject…"]
    assert world.refused() == []
