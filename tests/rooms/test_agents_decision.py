"""Programs that decide: one vote a key, for the action that was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from handlers.agents.examples import REQUEST
from tests.rooms.test_agents_door import Agent, Door, open_door
from tests.rules.making import CLAIM, QUESTION

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    async with open_door(tmp_path) as made:
        yield made


@pytest.fixture
async def agent(door: Door) -> Agent:
    return await door.agent()


@pytest.fixture
async def watchdog(door: Door) -> Agent:
    return await door.watchdog()


async def test_a_key_votes_only_where_it_is_listed(
    door: Door, agent: Agent, watchdog: Agent
) -> None:
    """Not on routes without it, and never on its own escalations."""
    path, elsewhere = await agent.asks(), await agent.asks(category="people")
    both = await door.agent("refund-bot", "decide")

    unlisted = await watchdog.send("POST", f"{elsewhere}/decision", {"type": "approve"})
    own = await both.send("POST", f"{path}/decision", {"type": "approve"})

    assert (unlisted.status, unlisted.code) == (403, "forbidden")
    assert (own.status, own.code) == (403, "own_escalation")


async def test_two_votes_are_two_keys(door: Door, agent: Agent, watchdog: Agent) -> None:
    """One key twice is one vote; the second key completes the decision."""
    path, sentry = await agent.asks(category="two"), await door.watchdog("sentry")

    once = await watchdog.send("POST", f"{path}/decision", {"type": "approve"})
    twice = await watchdog.send("POST", f"{path}/decision", {"type": "approve"})
    both = await sentry.send("POST", f"{path}/decision", {"type": "approve"})

    assert [a.json["status"] for a in (once, twice, both)] == ["open", "open", "decided"]
    voters = [vote["actor"]["id"] for vote in both.json["decision"]["votes"]]
    assert voters == ["watchdog", "sentry"]


async def test_a_late_vote_is_told_who_was_faster(agent: Agent, watchdog: Agent) -> None:
    """The first decision stands through every door."""
    path = await agent.asks()
    await watchdog.send("POST", f"{path}/decision", {"type": "approve"})

    answer = await watchdog.send(
        "POST", f"{path}/decision", {"type": "reject", "comment": "Too late."}
    )

    assert (answer.status, answer.code) == (409, "already_settled")


async def test_an_overdue_escalation_takes_no_vote(
    door: Door, agent: Agent, watchdog: Agent
) -> None:
    """The vote that comes after the deadline settles it as expired and is refused."""
    path = await agent.asks(deadline="2026-11-03T12:10:00Z")
    door.clock.forward(minutes=11)

    answer = await watchdog.send("POST", f"{path}/decision", {"type": "approve"})

    assert answer.code == "already_settled"
    assert (await agent.sees(path))["status"] == "expired"


async def test_a_modified_action_is_what_runs(agent: Agent, watchdog: Agent) -> None:
    """`effective` carries the edit, and its digest is another one."""
    path = await agent.asks()
    edited = REQUEST["tool"]["arguments"] | {"amount": 200}

    answer = await watchdog.send(
        "POST", f"{path}/decision", {"type": "modify", "modified_arguments": edited}
    )

    decision = answer.json["decision"]
    assert decision["type"] == "modify"
    assert decision["effective"]["arguments"] == edited
    assert decision["effective_digest"] != answer.json["action_digest"]


async def test_a_vote_for_another_action_is_refused(agent: Agent, watchdog: Agent) -> None:
    """The digest of what was seen must be the digest of what would run."""
    path = await agent.asks()

    answer = await watchdog.send(
        "POST", f"{path}/decision", {"type": "approve", "action_digest": "sha256:old"}
    )

    assert (answer.status, answer.code) == (409, "digest_mismatch")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/type"),
        ({"type": "respond"}, "/type"),
        ({"type": "aprove"}, "/type"),
        ({"type": "reject"}, "/comment"),
        ({"type": "revise", "comment": " "}, "/comment"),
        ({"type": "approve", "decided_by": "U01ALICE"}, "/decided_by"),
        ({"type": "approve", "modified_arguments": {}}, "/modified_arguments"),
        ({"type": "modify"}, "/modified_arguments"),
        ({"type": "modify", "modified_arguments": {"amount": 2**60}}, "/modified_arguments/amount"),
        ({"type": "modify", "modified_arguments": REQUEST["tool"]["arguments"] | {"amount": 900}},
         "/modified_arguments/amount"),
        ({"type": "modify", "modified_arguments": REQUEST["tool"]["arguments"] | {"order": "1"}},
         "/modified_arguments/order"),
        ({"type": "approve", "response": "x"}, "/response"),
        ({"type": "approve", "option_ids": ["a"]}, "/option_ids"),
        ({"type": "approve", "modified_answer": "x"}, "/modified_answer"),
    ],
)  # fmt: skip
async def test_a_wrong_ballot_is_refused_with_its_pointer(
    agent: Agent, watchdog: Agent, body: dict[str, Any], pointer: str
) -> None:
    """A name in a body, an edit of what is fixed, a refusal without a reason: none is counted."""
    path = await agent.asks()

    answer = await watchdog.send("POST", f"{path}/decision", body)

    assert (answer.status, answer.pointers) == (422, [pointer])
    assert (await agent.sees(path))["version"] == 1


SCHEMA = {"type": "object", "properties": {"clause": {"enum": ["7.2", "9.1", "12"]}}}


async def test_a_program_guides_a_workflow(agent: Agent, watchdog: Agent) -> None:
    """Options and a value of the agent's own schema, in one answer."""
    path = (await agent.posts(CLAIM | {"response_schema": SCHEMA})).headers["Location"]

    answer = await watchdog.send(
        "POST",
        f"{path}/decision",
        {"type": "respond", "option_ids": ["12"], "response": {"clause": "12"}, "guidance": "Ask."},
    )

    decision = answer.json["decision"]
    assert (decision["type"], decision["option_ids"]) == ("respond", ["12"])
    assert (decision["response"], decision["guidance"]) == ({"clause": "12"}, "Ask.")
    assert decision["effective"] is None
    assert decision["expires_at"] is None


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"type": "approve"}, "/type"),
        ({"type": "respond"}, "/response"),
        ({"type": "respond", "option_ids": ["nope"]}, "/option_ids/0"),
        ({"type": "respond", "option_ids": ["12", "12"]}, "/option_ids"),
        ({"type": "respond", "response": "words"}, "/response"),
        ({"type": "respond", "response": {"clause": "13"}}, "/response/clause"),
        ({"type": "respond", "response": 2**60}, "/response"),
        ({"type": "reject"}, "/comment"),
    ],
)
async def test_a_wrong_answer_is_refused_with_its_pointer(
    agent: Agent, watchdog: Agent, body: dict[str, Any], pointer: str
) -> None:
    """Unknown options, values beside the schema, and nothing at all: the workflow stays paused."""
    path = (await agent.posts(CLAIM | {"response_schema": SCHEMA})).headers["Location"]

    answer = await watchdog.send("POST", f"{path}/decision", body)

    assert (answer.status, answer.pointers) == (422, [pointer])
    assert (await agent.sees(path))["version"] == 1


async def test_an_answer_to_another_question_is_refused(agent: Agent, watchdog: Agent) -> None:
    """The digest of what was seen must be the digest of what was asked, for guidance too."""
    path = (await agent.posts(CLAIM)).headers["Location"]

    answer = await watchdog.send(
        "POST",
        f"{path}/decision",
        {"type": "respond", "option_ids": ["12"], "action_digest": "sha256:old"},
    )

    assert (answer.status, answer.code) == (409, "digest_mismatch")


async def test_words_are_an_answer_where_no_schema_says_otherwise(
    agent: Agent, watchdog: Agent
) -> None:
    """Text of some length; anything else is no answer."""
    path = (await agent.posts(CLAIM)).headers["Location"]

    blank, number, words = [
        await watchdog.send("POST", f"{path}/decision", {"type": "respond", "response": response})
        for response in (" ", 7, "Property first.")
    ]

    assert (blank.status, number.status) == (422, 422)
    assert words.json["decision"]["response"] == "Property first."


async def test_a_program_edits_an_answer(agent: Agent, watchdog: Agent) -> None:
    """The whole text, not the arguments; the agent's own text again is an approval."""
    first, second = [(await agent.posts(QUESTION)).headers["Location"] for _ in range(2)]

    async def modify(path: str, **body: Any) -> Any:
        return await watchdog.send("POST", f"{path}/decision", {"type": "modify"} | body)

    wrong = [
        await modify(first, modified_arguments={"a": 1}),
        await modify(first, modified_answer=" "),
        await modify(first, modified_answer="x", modified_arguments={}),
    ]
    edited = await modify(first, modified_answer="No.")
    same = await modify(second, modified_answer=QUESTION["answer"])

    assert [one.pointers for one in wrong] == [["/modified_answer"]] * 3
    assert edited.json["decision"]["effective"] == {"answer": "No."}
    assert same.json["decision"]["type"] == "approve"


async def test_nothing_changed_where_only_changes_are_wanted(agent: Agent, watchdog: Agent) -> None:
    """Where the agent takes no approval, an edit has to change something."""
    narrowed = QUESTION | {"allowed_decisions": ["modify", "reject"]}
    path = (await agent.posts(narrowed)).headers["Location"]

    answer = await watchdog.send(
        "POST", f"{path}/decision", {"type": "modify", "modified_answer": QUESTION["answer"]}
    )

    assert (answer.status, answer.pointers) == (422, ["/modified_answer"])


async def test_an_edit_back_to_the_draft_agrees_to_the_draft(
    door: Door, agent: Agent, watchdog: Agent
) -> None:
    """Beside somebody's proposal the agent's own text is still on the table."""
    path = (await agent.posts(QUESTION | {"category": "two"})).headers["Location"]
    sentry = await door.watchdog("sentry")
    body = {"type": "modify", "modified_answer": "No."}
    await watchdog.send("POST", f"{path}/decision", body)

    body = {"type": "modify", "modified_answer": QUESTION["answer"]}
    back = await sentry.send("POST", f"{path}/decision", body)
    done = await watchdog.send(
        "POST",
        f"{path}/decision",
        {"type": "approve", "action_digest": back.json["action_digest"]},
    )

    assert back.json["status"] == "open"
    decision = done.json["decision"]
    assert (decision["type"], decision["effective"]) == ("approve", {"answer": QUESTION["answer"]})
