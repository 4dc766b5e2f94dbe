"""A workflow pauses with its checkpoint, a person says how to go on, the workflow resumes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.rules.making import CLAIM
from tests.world import POLICY, Asked, words_in

if TYPE_CHECKING:
    from tests.world import Agent, World

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["clause"],
    "properties": {
        "clause": {"enum": ["7.2", "9.1", "12"]},
        "share": {"type": "number", "minimum": 0, "maximum": 1},
    },
}

RULES = """rules:
  - name: over budget
    when: 'kind == "guidance" && checkpoint.over_budget == true'
    then: approve
    route: money
"""


async def paused(agent: Agent, **over: Any) -> Asked:
    answer = await agent.posts(**(CLAIM | over))
    assert answer.status == 201, answer.json
    return Asked(agent, answer.json["id"])


async def test_one_click_on_an_option_resumes_the_workflow(world: World) -> None:
    """The agent gets the option's id, and its checkpoint back as it was."""
    asked = await paused(await world.agent("claims-bot"))
    card = await world.card_of(asked)
    assert card.buttons == ["Apply clause 7.2", "Clause 9.1", "Combined, clause 12", "Answer…"]

    await card.click("Clause 9.1", by="alice")

    decision = await asked.answer()
    assert (decision["type"], decision["option_ids"]) == ("respond", ["9.1"])
    assert (decision["response"], decision["effective"]) == (None, None)
    assert (await asked.see())["checkpoint"]["completed_steps"] == (
        CLAIM["checkpoint"]["completed_steps"]
    )
    await card.until(lambda c: not c.buttons)
    assert "Clause 9.1" in card.text
    assert "Answered" in card.text
    assert (await asked.do("redeem", redeem_id="r1")).json["code"] == "nothing_to_run"


async def test_an_answer_in_ones_own_words(world: World) -> None:
    """Words that shall hold on come back as guidance for the rest of the run."""
    asked = await paused(await world.agent("claims-bot"))
    card = await world.card_of(asked)

    await card.click("Answer…", by="bob")
    await world.submit("bob", response="Property damage first.", keep=["keep"])

    decision = await asked.answer()
    assert decision["response"] == "Property damage first."
    assert decision["guidance"] == "Property damage first."
    assert decision["decided_by"]["display_name"] == "Bob"


async def test_an_option_with_words_beside_it(world: World) -> None:
    """In the form an option can be chosen and explained at once."""
    asked = await paused(await world.agent("claims-bot"))
    card = await world.card_of(asked)

    await card.click("Answer…", by="bob")
    await world.submit("bob", chosen="2", response="Half each.")

    decision = await asked.answer()
    assert (decision["option_ids"], decision["response"]) == (["12"], "Half each.")
    assert decision["guidance"] is None


async def test_an_empty_answer_is_none(world: World) -> None:
    """The form says what it waits for, stays open, and nothing is decided."""
    asked = await paused(await world.agent("claims-bot"))
    card = await world.card_of(asked)

    await card.click("Answer…", by="bob")
    answer = await world.submit("bob", response="  ")

    assert list(answer["errors"]) == ["chosen"]
    assert (await asked.see())["status"] == "open"


async def test_the_agents_own_form(world: World) -> None:
    """`response_schema` becomes typed fields; the answer is a value of it."""
    asked = await paused(await world.agent("claims-bot"), options=[], response_schema=SCHEMA)
    card = await world.card_of(asked)

    await card.click("Answer…", by="alice")
    wrong = await world.submit("alice", field_0="1", field_1="0.5", keep=["keep"], note="\0")
    await world.submit("alice", field_0="1", field_1="0.5", keep=["keep"], note="As last year")

    assert list(wrong["errors"]) == ["note"]
    decision = await asked.answer()
    assert decision["response"] == {"clause": "9.1", "share": 0.5}
    assert (decision["comment"], decision["guidance"]) == ("As last year", "As last year")


async def test_an_answer_that_the_schema_refuses(world: World) -> None:
    """What only the schema as a whole can tell is said at the field, and nothing is decided."""
    schema = SCHEMA | {
        "properties": SCHEMA["properties"] | {"why": {"type": "string", "pattern": "^[a-z]+$"}}
    }
    asked = await paused(await world.agent("claims-bot"), options=[], response_schema=schema)
    card = await world.card_of(asked)

    await card.click("Answer…", by="alice")
    answer = await world.submit("alice", field_0="1", field_2="NO")

    assert list(answer["errors"]) == ["field_2"]
    assert (await asked.see())["status"] == "open"


async def test_a_refusal_stands_in_the_menu(world: World) -> None:
    """Nobody has to guide: the workflow can be stopped, with a reason, and acknowledges it."""
    asked = await paused(await world.agent("claims-bot"))
    card = await world.card_of(asked)

    await card.click("Reject…", by="alice")
    await world.submit("alice", reason="Close the claim.", options=["stop_run"])

    decision = await asked.answer()
    assert (decision["type"], decision["stop_run"]) == ("reject", True)
    assert (await asked.do("outcome", status="not_run")).status == 200
    await card.until(lambda c: "acknowledged" in c.text)


async def test_the_second_to_answer_is_told(world: World) -> None:
    """One answer an escalation, as with every other question."""
    asked = await paused(await world.agent("claims-bot"))
    card = await world.card_of(asked)
    await card.click("Answer…", by="bob")

    await card.click("Clause 9.1", by="alice")
    await world.submit("bob", response="No, 7.2.")
    told = words_in((await world.modal_of("bob"))["blocks"])
    await card.click("Apply clause 7.2", by="bob", stale=True)

    assert (await asked.answer())["option_ids"] == ["9.1"]
    assert told[0].startswith("Alice answered this")
    assert "Alice answered this" in (await world.whispered("bob"))[0]


async def test_a_stranger_guides_nobody(world: World) -> None:
    """Being in the channel is not enough, for an option as for an approval."""
    asked = await paused(await world.agent("claims-bot"))
    card = await world.card_of(asked)

    await card.click("Clause 9.1", by="dave")

    assert "Only" in (await world.whispered("dave"))[0]
    assert (await asked.see())["status"] == "open"


async def test_rules_read_the_checkpoint(world: World) -> None:
    """A rule sees what only this agent keeps there; one that approves finds nothing to approve."""
    world.policy = POLICY.replace("rules:\n", RULES)
    await world.stop_bot()
    await world.start_bot()

    asked = await paused(
        await world.agent("claims-bot"), checkpoint=CLAIM["checkpoint"] | {"over_budget": True}
    )

    card = await world.card_of(asked, "#money")
    assert "accepts no approval here" in card.text
