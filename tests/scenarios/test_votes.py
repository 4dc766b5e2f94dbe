"""Who counts, for which action, and what happens when the policy changes in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.directory import Directory
from bot.domain.errors import StaleActionError
from bot.domain.people import Caller
from bot.usecases import decide as decide_module
from bot.usecases.authority import KeyVoter
from bot.usecases.ballot import Ballot
from bot.usecases.look import look
from tests.world import POLICY, REFUND

if TYPE_CHECKING:
    from tests.world import Agent, Asked, World


async def with_policy(world: World, policy: str) -> None:
    """The operator changes the policy and restarts the bot."""
    world.policy = policy
    await world.stop_bot()
    await world.start_bot()


async def program(world: World, name: str = "watchdog") -> Agent:
    return await world.agent(name, scopes=("decide",))


async def decision(voter: Agent, asked: Asked, **body: Any) -> Any:
    return await voter.call("POST", f"/v1/escalations/{asked.id}/decision", body)


async def test_nobody_counts_twice(world: World) -> None:
    """A person's later vote replaces the earlier one."""
    asked = await (await world.agent()).asks_refund(2000)
    card = await world.card_of(asked, "#money")

    await card.click("Approve", by="bob")
    await card.until(lambda c: "1 of 2" in c.text)
    await card.click("Approve", by="bob")

    assert "1 of 2" in (await world.whispered("bob", 2))[1]
    assert (await asked.see())["status"] == "open"


async def test_one_rejection_decides(world: World) -> None:
    """Approvals before it do not matter."""
    asked = await (await world.agent()).asks_refund(2000)
    card = await world.card_of(asked, "#money")
    await card.click("Approve", by="bob")
    await card.until(lambda c: "1 of 2" in c.text)

    await card.click("Reject…", by="carol")
    await world.submit("carol", reason="Too much.")

    assert (await asked.answer())["type"] == "reject"


async def test_who_left_the_route_no_longer_counts(world: World) -> None:
    """Bob approved and was then taken off the list: two others are needed."""
    asked = await (await world.agent()).asks_refund(2000)
    card = await world.card_of(asked, "#money")
    await card.click("Approve", by="bob")
    await card.until(lambda c: "1 of 2" in c.text)
    people = "seconds: {users: [U01ALICE, U03CAROL]}"
    await with_policy(world, POLICY.replace("seconds: {users: [U02BOB, U03CAROL]}", people))

    await card.click("Approve", by="carol", stale=True)
    assert (await asked.see())["status"] == "open"
    await card.click("Approve", by="alice", stale=True)

    assert (await asked.answer())["type"] == "approve"


async def test_the_larger_number_of_approvals_counts(world: World) -> None:
    """The policy asked for one when the card went out and asks for two now."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)
    stricter = POLICY.replace("reviewers: [reviewers],", "reviewers: [reviewers], approvals: 2,")
    await with_policy(world, stricter)

    await card.click("Approve", by="alice", stale=True)
    await card.until(lambda c: "1 of 2" in c.text)
    await with_policy(world, POLICY)
    await card.click("Approve", by="bob")

    assert len((await asked.answer())["votes"]) == 2


async def test_a_route_that_is_gone_falls_back_to_the_first(world: World) -> None:
    """The people of the default route decide then."""
    asked = await (await world.agent()).asks_refund(2000)
    card = await world.card_of(asked, "#money")
    renamed = POLICY.replace("  money:", "  finance:").replace("route: money", "route: finance")
    await with_policy(world, renamed)

    await card.click("Approve", by="carol", stale=True)
    assert (await asked.see())["status"] == "open"
    await card.click("Approve", by="alice", stale=True)
    await card.click("Approve", by="bob", stale=True)

    assert (await asked.answer())["type"] == "approve"


async def test_nobody_approves_their_own_agents_action(world: World) -> None:
    """On a route without self-approval the owner may refuse, but not agree."""
    await with_policy(
        world,
        POLICY.replace(
            "reviewers: [reviewers],", "reviewers: [reviewers], no_self_approval: true,"
        ),
    )
    agent = await world.agent(owners=("U01ALICE",))
    first, second = await agent.asks(), await agent.asks(action="Another refund")
    card = await world.card_of(first)

    await card.click("Approve", by="alice")
    assert "You own the agent" in (await world.whispered("alice"))[0]
    other = await world.card_of(second)
    await other.click("Reject…", by="alice")
    await world.submit("alice", reason="My agent is wrong.")

    assert (await first.see())["status"] == "open"
    assert (await second.answer())["type"] == "reject"
    await card.click("Approve", by="bob")
    assert (await first.answer())["decided_by"]["display_name"] == "Bob"


async def test_nobody_agrees_to_their_own_edit(world: World) -> None:
    """Without self-approval an edit is a proposal of its author, for somebody else."""
    await with_policy(
        world,
        POLICY.replace(
            "reviewers: [reviewers],", "reviewers: [reviewers], no_self_approval: true,"
        ),
    )
    asked = await (await world.agent(owners=("U09OWNER",))).asks()
    card = await world.card_of(asked)

    await card.click("Modify…", by="alice")
    answer = await world.submit("alice", field_0="200")
    assert answer["response_action"] == "update"
    await card.until(lambda c: "proposes" in c.text)
    await card.click("Approve", by="alice")
    assert "You wrote this change" in (await world.whispered("alice"))[0]
    assert (await asked.see())["status"] == "open"
    await card.click("Approve", by="bob")

    made = await asked.answer()
    assert (made["type"], made["effective"]["arguments"]["amount"]) == ("modify", 200)


async def test_a_key_without_owner_cannot_ask_there(world: World) -> None:
    """Whether somebody approves their own action could not be told: 422 says what to do."""
    await with_policy(
        world,
        POLICY.replace(
            "reviewers: [reviewers],", "reviewers: [reviewers], no_self_approval: true,"
        ),
    )

    answer = await (await world.agent()).posts(**REFUND)

    assert (answer.status, answer.json["code"]) == (422, "owner_required")
    assert "--owner" in answer.json["detail"]


async def test_a_form_over_another_state_is_refused(world: World) -> None:
    """Bob's proposal came while Alice was typing: her edit would mix the two."""
    asked = await (await world.agent()).asks_refund(900)
    card = await world.card_of(asked)
    await card.click("Modify…", by="alice")
    await card.click("Modify…", by="bob")
    await world.submit("bob", field_0="1500")
    await card.until(lambda c: "proposes" in c.text)

    answer = await world.submit("alice", field_0="100")

    assert answer["response_action"] == "errors"
    assert "Bob changed this while you were editing" in answer["errors"]["field_0"]
    assert (await asked.see())["status"] == "open"


async def test_the_original_can_still_be_approved_beside_a_proposal(world: World) -> None:
    """Votes count per action: the agent's own is still on the table."""
    asked = await (await world.agent()).asks_refund(900)
    card = await world.card_of(asked)
    original = (await asked.see())["action_digest"]
    first_button = f"{asked.id}|{original}"
    await card.click("Modify…", by="alice")
    await world.submit("alice", field_0="1500")
    await card.until(lambda c: "proposes" in c.text)

    await card.click("Approve", by="bob", stale=True, value=first_button)

    assert (await asked.answer())["effective_digest"] == original


async def test_an_edit_down_to_what_a_rule_approves_needs_no_more_people(world: World) -> None:
    """Nobody else has to agree to less than what the policy lets through alone."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)

    await card.click("Modify…", by="alice")
    await world.submit("alice", field_0="12")

    made = await asked.answer()
    assert (made["type"], made["provenance"]) == ("modify", "human")


async def test_a_program_votes_where_its_route_lists_it(world: World) -> None:
    """One vote of its own beside a person's; elsewhere it is forbidden."""
    voter = await program(world)
    agent = await world.agent()
    large, small = await agent.asks_refund(2000), await agent.asks()

    first = await decision(voter, large, type="approve")
    elsewhere = await decision(voter, small, type="approve")
    card = await world.card_of(large, "#money")
    await card.click("Approve", by="bob")

    assert (first.status, first.json["status"]) == (200, "open")
    assert (elsewhere.status, elsewhere.json["code"]) == (403, "forbidden")
    made = await large.answer()
    assert [vote["actor"]["id"] for vote in made["votes"]] == ["watchdog", "U02BOB"]


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"type": "reject"}, 422, "/comment"),
        ({"type": "modify"}, 422, "/modified_arguments"),
        (
            {"type": "modify", "modified_arguments": {"order": "89234", "amount": "x"}},
            422,
            "/modified_arguments/amount",
        ),
        (
            {
                "type": "modify",
                "modified_arguments": {"order": "1", "amount": 2000, "currency": "USD"},
            },
            422,
            "/modified_arguments/order",
        ),
        (
            {"type": "modify", "modified_arguments": {"order": "89234", "amount": 1}},
            422,
            "/modified_arguments/currency",
        ),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_wrong_ballot_says_where(
    world: World, body: dict[str, Any], code: int, pointer: str
) -> None:
    """Each fault with its pointer, and nothing is decided."""
    voter = await program(world)
    asked = await (await world.agent()).asks_refund(2000)

    answer = await decision(voter, asked, **body)

    assert answer.status == code, answer.json
    assert pointer in [error["pointer"] for error in answer.json["errors"]]
    assert (await asked.see())["status"] == "open"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_ballot_for_another_action_is_a_mismatch(world: World) -> None:
    """409 digest_mismatch, for the program that looked at something else."""
    voter = await program(world)
    asked = await (await world.agent()).asks_refund(2000)

    answer = await decision(voter, asked, type="approve", action_digest="sha256:" + "0" * 64)

    assert (answer.status, answer.json["code"]) == (409, "digest_mismatch")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_agent_may_narrow_what_people_choose(world: World) -> None:
    """What it does not accept is refused at every door, and no rule approves it either."""
    voter = await program(world)
    agent = await world.agent()
    asked = await agent.asks_refund(2000, allowed_decisions=["reject", "revise"])
    tiny = await agent.asks_refund(12, allowed_decisions=["reject"])

    answer = await decision(voter, asked, type="approve")

    assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, "/type")
    assert (await world.card_of(asked, "#money")).buttons == ["Reject…"]
    assert (await tiny.see())["status"] == "open"
    assert "accepts no approval" in (await world.card_of(tiny)).text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_every_declared_property_is_editable_without_a_list(world: World) -> None:
    """`editable` left out means all of them."""
    voter = await program(world)
    tool = {k: v for k, v in REFUND["tool"].items() if k != "editable"}
    tool["arguments"] = {"order": "1", "amount": 2000, "currency": "USD"}
    asked = await (await world.agent()).asks(tool=tool)

    changed = {"order": "2", "amount": 3000, "currency": "EUR"}
    await decision(voter, asked, type="modify", modified_arguments=changed)
    card = await world.card_of(asked, "#money")
    await card.until(lambda c: "proposes" in c.text)
    await card.click("Approve", by="bob")

    assert (await asked.answer())["effective"]["arguments"] == changed


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_strangers_form_decides_nothing(world: World) -> None:
    """Whoever may not decide may look, and is told who may."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)

    await card.click("Reject…", by="dave")
    answer = await world.submit("dave", reason="I do not like it.")

    assert answer["response_action"] == "update"
    assert "Only Alice and Bob" in str(await world.modal_of("dave"))
    assert (await asked.see())["status"] == "open"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_form_that_comes_too_late_says_who_was_faster(world: World) -> None:
    """The text in the form is not lost without a word."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)
    await card.click("Modify…", by="alice")
    await card.click("Approve", by="bob")

    answer = await world.submit("alice", field_0="200")

    assert answer["response_action"] == "update"
    assert "Bob approved this" in str(await world.modal_of("alice"))
    late = await card.click("Reject…", by="alice", stale=True)
    assert late["status"] == 200
    assert "Bob approved this" in (await world.whispered("alice"))[0]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_arguments_without_a_schema_can_be_modified(world: World) -> None:
    """The form comes from the values then; without a tool there is nothing to modify."""
    voter = await program(world)
    agent = await world.agent()
    bare = {"name": "issue_refund", "arguments": {"amount": 2000}}
    asked = await agent.asks(tool=bare)
    card = await world.card_of(asked, "#money")
    assert "Modify…" in card.buttons

    wrong = await decision(voter, asked, type="modify", modified_arguments={"amount": True})
    await card.click("Approve", by="bob")

    assert wrong.status == 200
    assert (await asked.see())["status"] == "open"
    without = await agent.asks(tool=None)
    assert "Modify…" not in (await world.card_of(without)).buttons


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_without_a_tool_there_is_nothing_to_modify(world: World) -> None:
    """422, and what can be done instead."""
    world.policy = world.policy.replace("channel: C01REV,", "channel: C01REV, keys: [watchdog],")
    await world.stop_bot()
    await world.start_bot()
    voter = await program(world)
    asked = await (await world.agent()).asks(tool=None)

    answer = await decision(voter, asked, type="modify", modified_arguments={"amount": 1})

    assert answer.status == 422
    assert "approve or reject" in str(answer.json["errors"])
    seen = await voter.call("GET", f"/v1/escalations/{asked.id}")
    assert seen.json["agent"] == "refund-bot"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_under_the_lock_the_action_is_looked_at_again(world: World) -> None:
    """A vote that was checked against an action which then left the table counts for nothing."""
    asked = await (await world.agent()).asks()
    seen, _ = await look(world.desk, asked.id)
    gone = seen.request.with_arguments({"amount": 1})
    caller = Caller(key_id="k", agent="watchdog", scopes=frozenset({"decide"}))
    actor = KeyVoter(caller).actor(Directory(now=world.clock.now, team_id=None))

    with pytest.raises(StaleActionError):
        await world.desk.ledger.run(
            decide_module._cast,
            book=world.desk.book,
            team_id=world.desk.team_id,
            escalation_id=asked.id,
            ballot=Ballot(type="approve"),
            actor=actor,
            need=seen.need,
            request=gone,
            counts=True,
        )

    assert (await asked.see())["status"] == "open"


STRICT = POLICY.replace(
    "approvals: 2, keys: [watchdog]", "no_self_approval: true, keys: [watchdog, second]"
)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_key_does_not_agree_to_its_own_edit_either(world: World) -> None:
    """Self-approval through the API is self-approval."""
    await with_policy(world, STRICT)
    voter = await world.agent("watchdog", scopes=("decide",), owners=("U07OPS",))
    asked = await (await world.agent(owners=("U09OWNER",))).asks_refund(2000)
    edited = {"order": "89234", "amount": 1500, "currency": "USD"}

    answer = await decision(voter, asked, type="modify", modified_arguments=edited)
    own = await decision(voter, asked, type="approve")
    other = await decision(await program(world, "second"), asked, type="approve")

    assert (answer.status, answer.json["status"]) == (200, "open")
    assert (own.status, own.json["code"]) == (403, "forbidden")
    assert other.json["decision"]["effective"]["arguments"] == edited


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_key_of_the_same_owner_does_not_approve(world: World) -> None:
    """Nor one that speaks for the person who started the run."""
    await with_policy(world, STRICT)
    voter = await world.agent("watchdog", scopes=("decide",), owners=("U09OWNER",))
    agent = await world.agent(owners=("U09OWNER",))
    stranger = await world.agent("other-bot", owners=("U08ELSE",))
    mine = await agent.asks_refund(2000)
    behalf = await stranger.asks_refund(2000, source={"on_behalf_of": "U09OWNER"})

    assert (await decision(voter, mine, type="approve")).status == 403
    assert (await decision(voter, behalf, type="approve")).status == 403


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("started_by", "status"),
    [
        ("Bob@Sandbox.Example", 403),
        ("u02bob", 403),
        ("carol@sandbox.example", 200),
        ("cron job", 200),
    ],
)
async def test_a_key_speaks_for_its_owners_address_too(
    world: World, started_by: str, status: int
) -> None:
    """The run was started by its owner, known by id or by e-mail."""
    await with_policy(world, STRICT)
    voter = await world.agent("watchdog", scopes=("decide",), owners=("U02BOB",))
    agent = await world.agent(owners=("U09OWNER",))
    asked = await agent.asks_refund(2000, source={"on_behalf_of": started_by})

    assert (await decision(voter, asked, type="approve")).status == status


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_key_whose_owner_we_cannot_see_does_not_approve_what_an_address_asks(
    world: World,
) -> None:
    """It may be theirs."""
    await with_policy(world, STRICT)
    voter = await world.agent("watchdog", scopes=("decide",), owners=("U07OPS",))
    agent = await world.agent(owners=("U09OWNER",))
    asked = await agent.asks_refund(2000, source={"on_behalf_of": "ops@sandbox.example"})

    assert (await decision(voter, asked, type="approve")).status == 403


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_key_named_like_a_person_is_not_that_person(world: World) -> None:
    """Its vote does not take the person's place."""
    await with_policy(world, POLICY.replace("keys: [watchdog]", "keys: [U02BOB]"))
    asked = await (await world.agent()).asks_refund(2000)
    card = await world.card_of(asked, "#money")
    await card.click("Approve", by="bob")

    answer = await decision(await program(world, "U02BOB"), asked, type="approve")

    assert len(answer.json["decision"]["votes"]) == 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"amount": 1, "force": True}, "/modified_arguments/force"),
        ({"amount": 1, "flags": [False, {"a": 1}]}, "/modified_arguments/flags/0"),
        ({"amount": 1, "flags": [0]}, "/modified_arguments/flags"),
    ],
)
async def test_nothing_slips_in_beside_an_edit(
    world: World, changed: dict[str, Any], pointer: str
) -> None:
    """Undeclared properties, and 0 that became false, are refused with their pointer."""
    voter = await program(world)
    tool = {
        "name": "issue_refund",
        "arguments": {"amount": 2000, "flags": [0, {"a": 1}]},
        "input_schema": {"properties": {"amount": {"type": "number"}}},
    }
    asked = await (await world.agent()).asks(tool=tool)

    answer = await decision(
        voter, asked, type="modify", modified_arguments={"flags": [0, {"a": 1}]} | changed
    )

    assert answer.status == 422, answer.json
    assert pointer in [error["pointer"] for error in answer.json["errors"]]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_an_edit_back_to_the_original_is_an_approval(world: World) -> None:
    """Whoever undoes a proposal agrees to what the agent asked."""
    asked = await (await world.agent()).asks_refund(2000)
    card = await world.card_of(asked, "#money")
    await card.click("Approve", by="bob")
    await card.click("Modify…", by="carol")
    await world.submit("carol", field_0="1500")
    await card.until(lambda c: "proposes" in c.text)

    await card.click("Modify…", by="carol")
    await world.submit("carol", field_0="2000")

    made = await asked.answer()
    assert (made["type"], made["modified_arguments"]) == ("approve", None)
    assert len([v for v in made["votes"] if v["effective_digest"] == made["effective_digest"]]) == 2
