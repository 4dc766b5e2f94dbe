"""An agent that is not sure hands its draft to a person; what they send is what goes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.rules.making import QUESTION
from tests.world import POLICY, Asked

if TYPE_CHECKING:
    from tests.world import World

PARAGRAPH = "The warranty covers water damage for twenty-four months. " * 30
LONG = "\n\n".join([PARAGRAPH.strip()] * 6)


async def unsure(world: World, **over: Any) -> Asked:
    agent = await world.agent("faq-bot")
    answer = await agent.posts(**(QUESTION | over))
    assert answer.status == 201, answer.json
    return Asked(agent, answer.json["id"])


async def test_the_draft_goes_out_as_it_stands(world: World) -> None:
    """Approve hands the agent its own text, to be sent once."""
    world.policy = POLICY + "categories: {faq: {threshold: 0.9}}\n"
    await world.stop_bot()
    await world.start_bot()
    asked = await unsure(world, category="faq")
    card = await world.card_of(asked)
    assert "Yes, for the first two years." in card.text
    assert "Confidence 0.55 (needs 0.90)" in card.text

    await card.click("Approve", by="alice")

    decision = await asked.answer()
    assert decision["effective"] == {"answer": "Yes, for the first two years."}
    assert decision["effective_digest"] == (await asked.see())["action_digest"]
    assert (await asked.do("redeem", redeem_id="r1")).json["effective"] == decision["effective"]
    assert (await asked.do("redeem", redeem_id="r2")).json["code"] == "already_redeemed"


async def test_the_edited_text_is_what_goes_out(world: World) -> None:
    """Modify… shows the draft; the agent gets the edited text, and the card quotes it."""
    asked = await unsure(world)
    card = await world.card_of(asked)

    await card.click("Modify…", by="alice")
    await world.submit("alice", draft="No, it does not.", note="See clause 4")

    decision = await asked.answer()
    assert (decision["type"], decision["modified_answer"]) == ("modify", "No, it does not.")
    assert decision["effective"] == {"answer": "No, it does not."}
    assert decision["modified_arguments"] is None
    assert decision["comment"] == "See clause 4"
    await card.until(lambda c: not c.buttons)
    assert "No, it does not." in card.text


async def test_a_long_draft_is_edited_in_pieces(world: World) -> None:
    """Only the piece that was touched changes, and the pieces join to the letter."""
    asked = await unsure(world, answer=LONG)
    card = await world.card_of(asked)
    assert card.buttons == ["Show everything", "Modify…", "Reject…"]

    await card.click("Modify…", by="alice")
    await world.submit("alice", draft="Short.")

    sent = (await asked.answer())["modified_answer"]
    assert sent.startswith("Short.")
    assert LONG.endswith(sent.removeprefix("Short."))
    assert len(sent) < len(LONG)


async def test_an_untouched_draft_is_an_approval(world: World) -> None:
    """Opening the form and sending it is the same as Approve."""
    asked = await unsure(world, answer=LONG)
    card = await world.card_of(asked)

    await card.click("Modify…", by="alice")
    await world.submit("alice")

    decision = await asked.answer()
    assert (decision["type"], decision["effective"]["answer"]) == ("approve", LONG)


async def test_an_empty_text_is_not_sent(world: World) -> None:
    """The error stands at the text, and at the note where the note is to blame."""
    asked = await unsure(world, answer=LONG)
    card = await world.card_of(asked)

    await card.click("Modify…", by="alice")
    empty = await world.submit("alice", **{f"draft{n}": " " for n in ("", "_2", "_3", "_4", "_5")})
    odd = await world.submit("alice", draft="Fine.", note="\0")

    assert list(empty["errors"]) == ["draft"]
    assert list(odd["errors"]) == ["note"]
    assert (await asked.see())["status"] == "open"


async def test_an_edit_that_more_people_have_to_agree_to(world: World) -> None:
    """On a route of two the edited text is a proposal; the second person agrees to exactly that."""
    world.policy = POLICY.replace(
        "default: {channel: C01REV, reviewers: [reviewers],",
        "default: {channel: C01REV, reviewers: [reviewers], approvals: 2,",
    )
    await world.stop_bot()
    await world.start_bot()
    asked = await unsure(world)
    card = await world.card_of(asked)
    await card.click("Modify…", by="bob")

    await card.click("Modify…", by="alice")
    await world.submit("alice", draft="No.")
    await card.until(lambda c: "proposes" in c.text)
    late = await world.submit("bob", draft="Perhaps.")
    await card.click("Approve", by="bob")

    assert list(late["errors"]) == ["draft"]
    decision = await asked.answer()
    assert (decision["modified_answer"], len(decision["votes"])) == ("No.", 2)


async def test_a_rule_refuses_an_edit(world: World) -> None:
    """The policy looks at the edited text too, and its words stand at the text."""
    world.policy = POLICY.replace(
        "rules:\n",
        "rules:\n"
        "  - {name: no promises, when: 'answer.contains(\"guarantee\")', then: reject,"
        " comment: Promise nothing.}\n",
    )
    await world.stop_bot()
    await world.start_bot()
    asked = await unsure(world)
    card = await world.card_of(asked)

    await card.click("Modify…", by="alice")
    answer = await world.submit("alice", draft="We guarantee it.")

    assert answer["errors"] == {"draft": "The policy refuses this: Promise nothing."}
    assert (await asked.see())["status"] == "open"
