"""Asking: one escalation a question, however often it is sent."""

from __future__ import annotations

import asyncio
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


async def test_a_question_becomes_an_escalation(agent: Agent) -> None:
    """201, an address to come back to, and every field as it was sent."""
    answer = await agent.posts()

    made = answer.json
    assert answer.status == 201
    assert answer.headers["Location"] == f"/v1/escalations/{made['id']}"
    assert answer.headers["ETag"] == '"1"'
    assert (made["status"], made["agent"], made["decision"]) == ("open", "refund-bot", None)
    assert made["tool"]["arguments"] == REQUEST["tool"]["arguments"]
    assert made["callback_state"] == {"thread": "t-1"}
    assert made["action_digest"].startswith("sha256:")


async def test_the_same_question_again_is_the_same_escalation(agent: Agent) -> None:
    """Sent again, in another order of keys and form of numbers, it answers 200 as it is now."""
    first = await agent.posts(key="k")
    await agent.send("POST", f"{first.headers['Location']}/cancel")

    turned = dict(reversed(REQUEST.items())) | {"confidence": 0.720}
    again = await agent.posts(turned, key="k")

    assert again.status == 200
    assert again.json["id"] == first.json["id"]
    assert again.json["status"] == "cancelled"
    assert again.headers["ETag"] == '"2"'


async def test_a_key_keeps_its_first_body(agent: Agent) -> None:
    """Another body under a used key is refused, and so are 1 and true for one another."""
    await agent.posts(key="k", metadata={"n": 1})

    answers = [
        await agent.posts(key="k", metadata={"n": 2}),
        await agent.posts(key="k", metadata={"n": True}),
    ]

    assert [(a.status, a.code) for a in answers] == [(422, "idempotency_key_reused")] * 2


async def test_parallel_twins_make_one_escalation(agent: Agent) -> None:
    """Twenty tries at once: one is told 201, all hold the same escalation."""
    answers = await asyncio.gather(*(agent.posts(key="k") for _ in range(20)))

    assert sorted(answer.status for answer in answers) == [200] * 19 + [201]
    assert len({answer.json["id"] for answer in answers}) == 1


async def test_a_refused_request_uses_up_no_key(agent: Agent) -> None:
    """After a 422 the same key takes the corrected body."""
    refused = await agent.posts(key="k", deadline="2020-01-01T00:00:00Z")

    answer = await agent.posts(key="k")

    assert (refused.code, refused.pointers) == ("invalid", ["/deadline"])
    assert answer.status == 201


async def test_keys_of_one_name_are_one_agent(door: Door, agent: Agent) -> None:
    """A second key of the same name shares escalations and idempotency keys; others see nothing."""
    twin, stranger = await door.agent("refund-bot"), await door.agent("other-bot")
    path = await agent.asks()
    first = await agent.posts(key="k")

    same, other = await twin.posts(key="k"), await stranger.posts(key="k")

    assert same.json["id"] == first.json["id"]
    assert other.status == 201
    assert (await twin.send("GET", path)).status == 200
    assert (await stranger.send("GET", path)).code == "not_found"


@pytest.mark.parametrize("key", [None, "", " ", "a" * 256, "a\tb", "schlüssel"])
async def test_without_a_proper_idempotency_key_nothing_is_asked(
    agent: Agent, key: str | None
) -> None:
    """1 to 255 printable characters, or 400."""
    headers = {} if key is None else {"Idempotency_Key": key}

    answer = await agent.send("POST", "/v1/escalations", REQUEST, **headers)

    assert (answer.status, answer.code) == (400, "idempotency_key_required")


@pytest.mark.parametrize(
    ("over", "pointer", "word"),
    [
        ({"kind": "review"}, "/kind", "by the system"),
        ({"kind": "poem"}, "/kind", "must be"),
        ({"callback": {"url": "https://a.example"}}, "/callback", "no callback secret"),
        ({"supersedes": "esc_1"}, "/supersedes", "decided with revise"),
        ({"options": [{"id": "a", "label": "A"}]}, "/options", "belongs to kind guidance"),
        ({"urgancy": "low"}, "/urgancy", "did you mean urgency?"),
        ({"risk": {"levl": "low"}}, "/risk/levl", "did you mean level?"),
        ({"confidence": "0.7"}, "/confidence", "must be a number"),
        ({"action": "x" * 301}, "/action", "at most 300 characters"),
        ({"action": " "}, "/action", "must say something"),
        ({"reason": None}, "/reason", "must be given for kind approval"),
        ({"deadline": "tomorrow"}, "/deadline", "2026-11-03T14:30:00Z"),
        ({"deadline": "2026-11-04T12:00:00"}, "/deadline", "with its offset"),
        ({"deadline": "2027-11-04T12:00:00Z"}, "/deadline", "30 days"),
        ({"valid_for": "soon"}, "/valid_for", "duration"),
        ({"valid_for": "999999999w"}, "/valid_for", "ten years"),
        ({"valid_for": "٣s"}, "/valid_for", "duration"),
        ({"tool": {"name": "t", "arguments": {"a/b": [2**53]}}}, "/tool/arguments/a~1b/0", "±"),
        ({"tool": {"name": "t", "input_schema": {"$ref": "https://x.example"}}},
         "/tool/input_schema/$ref", ""),
        ({"tool": {"name": "t", "editable": ["/a~2"]}}, "/tool/editable/0", "JSON Pointer"),
        ({"tool": {"name": "t", "sensitive": ["card"]}}, "/tool/sensitive/0", "JSON Pointer"),
    ],
)  # fmt: skip
async def test_every_mistake_has_its_pointer(
    agent: Agent, over: dict[str, Any], pointer: str, word: str
) -> None:
    """The answer says where the mistake is and, in words, what to send instead."""
    answer = await agent.posts(**over)

    assert (answer.status, answer.code) == (422, "invalid")
    assert answer.pointers == [pointer]
    assert word in answer.json["errors"][0]["message"]


async def test_all_missing_fields_are_named_at_once(agent: Agent) -> None:
    """Nobody has to ask three times to learn what is required."""
    answer = await agent.posts({"kind": "approval"})

    assert answer.pointers == ["/action", "/reason", "/impact"]


async def test_a_rule_answers_at_once(agent: Agent) -> None:
    """What the policy approves is decided in the answer to the POST."""
    made = (await agent.posts(category="tiny")).json

    assert made["status"] == "decided"
    assert made["decision"]["provenance"] == "rule"
    assert made["decision"]["effective"]["tool"] == "issue_refund"


async def test_a_route_against_self_approval_wants_an_owner(door: Door, agent: Agent) -> None:
    """A key without an owner is told so; one with an owner may ask."""
    owned = await door.agent("owned-bot", owners=("U01ALICE",))

    refused, taken = await agent.posts(category="owned"), await owned.posts(category="owned")

    assert (refused.status, refused.code) == (422, "owner_required")
    assert taken.status == 201


async def test_the_articles_checkpoint_comes_back_as_it_was(agent: Agent) -> None:
    """Keys that only the agent knows are kept, in the checkpoint and in its steps."""
    checkpoint = CLAIM["checkpoint"] | {"budget": {"left": 12}, "run_id": "r-1"}

    answer = await agent.posts(CLAIM | {"checkpoint": checkpoint})

    assert answer.status == 201
    kept = answer.json["checkpoint"]
    assert {name: kept[name] for name in checkpoint} == checkpoint


@pytest.mark.parametrize(
    ("body", "over", "pointers"),
    [
        (QUESTION, {"confidence": None}, ["/confidence"]),
        (QUESTION, {"answer": " "}, ["/answer"]),
        (QUESTION, {"tool": {"name": "t"}}, ["/tool"]),
        (QUESTION, {"allowed_decisions": ["respond"]}, ["/allowed_decisions/0"]),
        (REQUEST, {"question": "Why?", "answer": "So."}, ["/question", "/answer"]),
        (CLAIM, {"checkpoint": None}, ["/checkpoint"]),
        (CLAIM, {"checkpoint": {"workflow_id": ""}}, ["/checkpoint/workflow_id"]),
        (CLAIM, {"checkpoint": {"workflow_id": "w", "completed_steps": [7]}},
         ["/checkpoint/completed_steps/0"]),
        (CLAIM, {"checkpoint": {"workflow_id": "w", "mine": 2**60}}, ["/checkpoint/mine"]),
        (CLAIM, {"tool": {"name": "t"}, "answer": "a"}, ["/tool", "/answer"]),
        (CLAIM, {"allowed_decisions": ["approve"]}, ["/allowed_decisions/0"]),
        (CLAIM, {"options": [{"id": "a", "label": "A"}, {"id": "a", "label": "A "}]},
         ["/options/1/id", "/options/1/label"]),
        (CLAIM, {"response_schema": {"$ref": "https://x.example"}}, ["/response_schema/$ref"]),
    ],
)  # fmt: skip
async def test_each_kind_says_what_it_needs(
    agent: Agent, body: dict[str, Any], over: dict[str, Any], pointers: list[str]
) -> None:
    """What no person could answer is refused at the door, with its places."""
    answer = await agent.posts(body | over)

    assert (answer.status, answer.pointers) == (422, pointers)


async def test_missing_fields_of_a_kind_are_all_named(agent: Agent) -> None:
    """One answer says everything that is wrong."""
    answer = await agent.posts({"kind": "answer", "urgancy": "low"})

    assert set(answer.pointers) == {"/question", "/answer", "/confidence", "/urgancy"}
