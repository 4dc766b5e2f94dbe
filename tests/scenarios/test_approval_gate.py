"""An agent asks, a person in Slack answers, the agent goes on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.world import Asked, World


async def test_the_agent_goes_on_with_what_was_approved(world: World) -> None:
    """An approval reaches the waiting agent, which may run exactly what it asked for."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)
    waiting = asyncio.create_task(asked.answer())

    await card.click("Approve", by="alice")

    decision = await waiting
    assert decision["type"] == "approve"
    assert decision["provenance"] == "human"
    assert decision["decided_by"]["display_name"] == "Alice"
    assert decision["effective"] == {
        "tool": "issue_refund",
        "arguments": {"order": "89234", "amount": 247.5, "currency": "USD"},
    }
    assert decision["effective_digest"] == (await asked.see())["action_digest"]


async def test_what_the_waiting_agent_is_handed_is_what_stands(world: World) -> None:
    """Whoever waits is answered with the commit itself: word for word what is read afterwards."""
    agent = await world.agent()
    every = approved, edited, refused, cancelled = [await agent.asks() for _ in range(4)]
    for one in every:
        await world.until_true(lambda one=one: _has_a_link(one))
    waiting = [asyncio.create_task(one.see(wait=20)) for one in every]

    await (await world.card_of(approved)).click("Approve", by="alice")
    await (await world.card_of(edited)).click("Modify…", by="alice")
    await world.submit("alice", field_0="200.5", note="Shipping, « 5 € » \U0001f69a")
    await (await world.card_of(refused)).click("Reject…", by="alice")
    await world.submit("alice", reason="Not again")
    await cancelled.do("cancel")

    assert await asyncio.gather(*waiting) == [await one.see() for one in every]


async def test_a_settled_card_loses_its_buttons(world: World) -> None:
    """After the decision the card says who decided, and nobody can click it any more."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)

    await card.click("Approve", by="alice")

    await card.until(lambda c: not c.buttons)
    assert "Approved" in card.text
    assert "Alice" in card.text


async def test_the_modified_amount_is_what_runs(world: World) -> None:
    """Modify… opens a typed form; the agent gets the edited arguments, and the card the diff."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)

    await card.click("Modify…", by="alice")
    await world.submit("alice", field_0="200", note="Shipping is not refundable")

    decision = await asked.answer()
    assert decision["type"] == "modify"
    assert decision["modified_arguments"]["amount"] == 200
    assert decision["effective"]["arguments"] == {
        "order": "89234",
        "amount": 200,
        "currency": "USD",
    }
    assert decision["comment"] == "Shipping is not refundable"
    assert decision["effective_digest"] != (await asked.see())["action_digest"]
    await card.until(lambda c: not c.buttons)
    assert "247.5" in card.text
    assert "200" in card.text


async def test_a_wrong_amount_is_said_at_its_field(world: World) -> None:
    """The form stays open with the reason at the field, and nothing is decided."""
    schema = {"properties": {"amount": {"type": "number", "multipleOf": 0.5}}}
    tool = {"name": "issue_refund", "arguments": {"amount": 247.5}, "input_schema": schema}
    asked = await (await world.agent()).asks(tool=tool)
    card = await world.card_of(asked)

    await card.click("Modify…", by="alice")
    answer = await world.submit("alice", field_0="200.30")

    assert answer["response_action"] == "errors"
    assert list(answer["errors"]) == ["field_0"]
    assert (await asked.see())["status"] == "open"


async def test_an_untouched_form_is_an_approval(world: World) -> None:
    """Submitting Modify… without a change approves what was asked."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)

    await card.click("Modify…", by="alice")
    await world.submit("alice")

    assert (await asked.answer())["type"] == "approve"


async def test_a_rejection_says_why(world: World) -> None:
    """The reason goes to the agent, which may run nothing."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)

    await card.click("Reject…", by="bob")
    await world.submit("bob", reason="The photos show another product.", options=["stop_run"])

    decision = await asked.answer()
    assert decision["type"] == "reject"
    assert decision["comment"] == "The photos show another product."
    assert decision["stop_run"] is True
    assert decision["effective"] is None
    assert (await asked.do("redeem", redeem_id="r1")).json["code"] == "nothing_to_run"


async def test_a_quick_reason_is_enough(world: World) -> None:
    """The policy's ready-made reasons save typing on a phone."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)

    await card.click("Reject…", by="bob")
    await world.submit("bob", quick_reason="Customer already paid back")

    assert (await asked.answer())["comment"] == "Customer already paid back"


async def test_asking_for_alternatives_is_a_revise(world: World) -> None:
    """The reviewer can send the question back instead of closing it."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)

    await card.click("Reject…", by="bob")
    await world.submit("bob", reason="Offer store credit first.", options=["revise"])

    decision = await asked.answer()
    assert decision["type"] == "revise"
    assert decision["comment"] == "Offer store credit first."


async def test_a_reject_without_a_reason_is_not_taken(world: World) -> None:
    """The form asks for the reason; nothing is decided."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)

    await card.click("Reject…", by="bob")
    answer = await world.submit("bob")

    assert answer["response_action"] == "errors"
    assert (await asked.see())["status"] == "open"


async def test_the_second_person_is_told_who_was_faster(world: World) -> None:
    """Two people answer one card: the first answer stands, the second person is told kindly."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)

    await card.click("Approve", by="alice")
    world.clock.forward(seconds=4)
    await card.until(lambda c: not c.buttons)
    await card.click("Approve", by="bob", stale=True)

    assert (await asked.answer())["decided_by"]["display_name"] == "Alice"
    (whisper,) = await world.whispered("bob")
    assert whisper == "Alice approved this 4 s before you. Nothing changed by your click."
    assert world.whispers_to("alice") == []


async def test_somebody_who_is_not_asked_is_told_who_is(world: World) -> None:
    """A click of somebody outside the route's reviewers decides nothing and is answered."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)

    await card.click("Approve", by="dave")

    (whisper,) = await world.whispered("dave")
    assert "Alice" in whisper
    assert "Bob" in whisper
    assert "<@" not in whisper
    assert (await asked.see())["status"] == "open"


async def test_nobody_answers(world: World) -> None:
    """After the deadline the card is closed, the agent is told, and a late click is refused."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)

    world.clock.forward(hours=4)
    await card.click("Approve", by="alice", stale=True)

    assert (await asked.see())["status"] == "expired"
    (whisper,) = await world.whispered("alice")
    assert "Nothing changed by your click." in whisper
    await card.until(lambda c: not c.buttons)
    assert "Nobody answered" in card.text


async def test_time_runs_out_without_anybody_looking(world: World) -> None:
    """The ticker expires what is due; the waiting agent wakes."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)
    waiting = asyncio.create_task(asked.see(wait=20))

    world.clock.forward(hours=4)

    assert (await waiting)["status"] == "expired"
    await card.until(lambda c: not c.buttons)


async def test_the_agent_withdraws(world: World) -> None:
    """A cancelled card loses its buttons; cancelling again is the same, deciding is refused."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)

    first = await asked.do("cancel")
    again = await asked.do("cancel")

    assert (first.status, again.status) == (200, 200)
    assert first.json["status"] == "cancelled"
    await card.until(lambda c: not c.buttons)


async def test_the_outcome_stands_on_the_card(world: World) -> None:
    """People see what became of what they approved."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)
    await card.click("Approve", by="alice")

    await asked.do("redeem", redeem_id="r1")
    reported = await asked.do("outcome", status="succeeded", note="receipt 17")

    assert reported.json["outcome"]["status"] == "succeeded"
    await card.until(lambda c: "succeeded" in c.text)


async def test_two_approvals_where_the_route_wants_two(world: World) -> None:
    """The first approval stands on the card; the second decides."""
    asked = await (await world.agent()).asks_refund(2000)
    card = await world.card_of(asked, "#money")

    await card.click("Approve", by="bob")
    await card.until(lambda c: "1 of 2" in c.text)
    assert (await asked.see())["status"] == "open"
    await card.click("Approve", by="carol")

    decision = await asked.answer()
    assert decision["type"] == "approve"
    assert [vote["actor"]["display_name"] for vote in decision["votes"]] == ["Bob", "Carol"]


async def test_an_edit_that_needs_other_people_is_their_proposal(world: World) -> None:
    """Alice raises the amount beyond her authority: Bob and Carol must agree to the edit."""
    asked = await (await world.agent()).asks_refund(900)
    card = await world.card_of(asked)

    await card.click("Modify…", by="alice")
    await world.submit("alice", field_0="1500")
    proposal = await world.card_of(asked, "#money")
    assert (await asked.see())["status"] == "open"
    assert "1500" in proposal.text
    await proposal.click("Approve", by="bob")
    await proposal.click("Approve", by="carol")

    decision = await asked.answer()
    assert decision["type"] == "modify"
    assert decision["effective"]["arguments"]["amount"] == 1500
    assert decision["decided_by"]["display_name"] == "Carol"


async def test_an_edit_that_the_policy_refuses_stays_in_the_form(world: World) -> None:
    """The policy is asked again about the edited action."""
    world.policy = world.policy.replace(
        "rules:",
        "rules:\n  - {name: no round sums, when: 'tool.arguments.amount == 1000', "
        'then: reject, comment: "Round sums are refused."}',
    )
    await world.stop_bot()
    await world.start_bot()
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)

    await card.click("Modify…", by="alice")
    answer = await world.submit("alice", field_0="1000")

    assert "Round sums are refused." in str(answer["errors"])
    assert (await asked.see())["status"] == "open"


async def test_show_everything_opens_the_whole_question(world: World) -> None:
    """The overflow menu opens a modal with the agent's reasoning."""
    asked = await (await world.agent()).asks(context={"reasoning": "The hinge was broken."})
    card = await world.card_of(asked)

    await card.click("Show everything", by="alice")

    modal = await world.modal_of("alice")
    assert "The hinge was broken." in str(modal)


async def _has_a_link(asked: Asked) -> bool:
    """Its card stands, and that is the last of it before somebody decides."""
    return (await asked.see())["permalink"] is not None
