"""Who somebody is: asked of Slack ahead of time, and noticed when it changes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.rooms.test_slack_door import knock, signed
from tests.world import POLICY, REFUND

if TYPE_CHECKING:
    from tests.world import Asked, Shown, World

ALICE, BOB, CAROL, DAVE = "U01ALICE", "U02BOB", "U03CAROL", "U04DAVE"
BY_SLACK = POLICY.replace(
    "reviewers: {users: [U01ALICE, U02BOB]}",
    "reviewers: {usergroup: S01LEADS, emails: [Carol@Sandbox.Example]}",
)
#: Events that no sandbox would send are knocked in with Slack's seal, which only HTTP has.
by_hand = pytest.mark.parametrize(("database_url", "way"), [("sqlite", "http")], indirect=True)
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def with_policy(world: World, policy: str) -> None:
    """The operator changes the policy and restarts the bot."""
    world.policy = policy
    await world.stop_bot()
    await world.start_bot()


async def decides(world: World, who: str) -> bool:
    """Whether this person's approval of a new question counts at this moment."""
    asked = await (await world.agent()).asks()
    await (await world.card_of(asked)).click("Approve", by=who)
    return (await asked.see())["status"] == "decided"


async def until_decides(world: World, who: str) -> Asked:
    """A question that this person could decide, however long the bot takes to hear of them."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)

    async def again() -> bool:
        if (await asked.see())["status"] == "open":
            await card.click("Approve", by=who, stale=True)
        return (await asked.see())["status"] == "decided"

    await world.until_true(again)
    return asked


async def event(world: World, **event: Any) -> int:
    """Slack's events, as an attacker's dream of them; only the seal is right, or the socket."""
    said = json.dumps({"type": "event_callback", "team_id": "T01SANDBOX", "event": event})
    if world.way == "socket":
        _, answer = await world.control("socket/deliver", type="events_api", json=said)
        return int(answer["status"])
    body = said.encode()
    return (await knock(world, body, signed(body) | {"Content-Type": "application/json"}))[0]


def alerts(world: World) -> list[str]:
    return [m.text for m in world.slack.channels["C09ADMIN"].messages.values()]


async def alerted(world: World, words: str) -> str:
    await world.until(lambda: any(words in text for text in alerts(world)))
    return next(text for text in alerts(world) if words in text)


async def told(world: World, who: str, words: str) -> None:
    await world.until(lambda: any(words in said for said in world.whispers_to(who)))


async def test_a_usergroup_and_an_address_make_reviewers(world: World) -> None:
    """Slack says who is in the group and whose address it is; the others learn whom to ask."""
    await with_policy(world, BY_SLACK)

    assert await decides(world, "bob")
    assert await decides(world, "carol")
    assert not await decides(world, "dave")
    (whisper,) = await world.whispered("dave")
    assert whisper.startswith("Only Alice, Bob and Carol can decide this.")


async def test_whoever_joins_or_leaves_the_usergroup_is_noticed(world: World) -> None:
    """Those who leave are out at once; those who join, as soon as Slack has confirmed it."""
    await with_policy(world, BY_SLACK)
    await world.control("usergroups", id="S01LEADS", users=[ALICE, DAVE])
    await world.control("users", id=CAROL, display_name="Caz")

    assert not await decides(world, "bob")
    await until_decides(world, "dave")
    await world.control("usergroups", id="S01LEADS", disabled=True)
    await world.until_true(lambda: _refused(world, "dave"))
    assert "Slack knows nobody there (no_such_subteam)" in await alerted(world, "S01LEADS")
    assert await decides(world, "carol")


async def _refused(world: World, who: str) -> bool:
    return not await decides(world, who)


async def test_who_leaves_is_out_although_slack_stumbles(world: World) -> None:
    """The event itself is enough to take rights away; it gives nobody any."""
    await with_policy(world, BY_SLACK)
    for method in ("users.info", "users.lookupByEmail", "usergroups.users.list"):
        await world.control("faults", method=method, status=500, times=10_000)

    await world.control("users", id=ALICE, deleted=True)
    await world.control("usergroups", id="S01LEADS", users=[ALICE, DAVE])
    await world.control("users", id=CAROL, email="carol@elsewhere.example")

    for who in ("alice", "bob", "carol", "dave"):
        assert not await decides(world, who)
    assert "deactivated" in (await world.whispered("alice"))[0]


@sqlite_only
async def test_a_guest_who_becomes_a_member_may_decide(world: World) -> None:
    """The event makes us look, and what Slack says then counts."""
    await with_policy(world, POLICY.replace("[U01ALICE, U02BOB]", "[U01ALICE, U05GUEST]"))
    assert not await decides(world, "gus")
    assert "you are a guest here. Please ask Alice." in (await world.whispered("gus"))[0]

    await world.control("users", id="U05GUEST", is_restricted=False)

    await until_decides(world, "gus")


@by_hand
async def test_an_old_event_that_comes_again_is_mended(world: World) -> None:
    """Slack tries for minutes: what was true then locks somebody out only until we have looked."""
    user = {"id": ALICE, "deleted": True, "profile": {"email": "alice@sandbox.example"}}

    assert await event(world, type="user_change", user=user) == 200

    await until_decides(world, "alice")


@by_hand
async def test_an_event_gives_nobody_rights(world: World) -> None:
    """Whatever it says of a guest: Slack is asked, and Slack says guest."""
    await with_policy(world, POLICY.replace("[U01ALICE, U02BOB]", "[U01ALICE, U05GUEST]"))
    user = {"id": "U05GUEST", "is_restricted": False, "team_id": "T01SANDBOX"}

    assert await event(world, type="user_change", user=user) == 200
    assert (
        await event(world, type="subteam_members_changed", subteam_id="S1", added_users=["U"])
        == 200
    )

    assert not await decides(world, "gus")


ODD: list[dict[str, Any]] = [
    {"type": "user_change"},
    {"type": "user_change", "user": None},
    {"type": "user_change", "user": "U01ALICE"},
    {"type": "user_change", "user": {"id": ["U01ALICE"]}},
    {"type": "user_change", "user": {"id": "U" * 5000, "profile": 5, "deleted": "no"}},
    {"type": "team_join", "user": {"id": "U01ALICE", "profile": {"email": {}}}},
    {"type": "subteam_members_changed"},
    {"type": "subteam_members_changed", "subteam_id": 5, "removed_users": 5},
    {"type": "subteam_members_changed", "subteam_id": "S01LEADS", "removed_users": [None, 5]},
    {"type": "subteam_updated", "subteam": []},
    {"type": "subteam_created", "subteam": {"id": "S\u0000"}},
    {"type": "user_change", "user": {"id": "U01ALICE\ud800"}},
    {"type": "user_change", "user": {"id": "U01ALICE", "profile": {"email": "\ud800@\u0000"}}},
]


@pytest.mark.parametrize("way", ["http"], indirect=True)
async def test_an_odd_event_changes_nothing(world: World) -> None:
    """Missing, null or of a wrong type: taken politely."""
    for odd in ODD:
        assert await event(world, **odd) == 200, odd

    assert await decides(world, "alice")


async def test_what_no_event_told_is_seen_after_ten_minutes(world: World) -> None:
    """Events can get lost; Slack is asked anyway."""
    await with_policy(world, BY_SLACK)
    for who in ("alice", "bob", "carol"):  # all of them were asked about before they change
        await until_decides(world, who)
    await world.control("settings", events=[])
    await world.control("users", id=ALICE, deleted=True)
    await world.control("usergroups", id="S01LEADS", users=[ALICE, DAVE])
    await world.control("users", id=CAROL, email="carol@elsewhere.example")

    world.clock.forward(minutes=10)

    await until_decides(world, "dave")
    for who in ("alice", "bob", "carol"):
        await world.until_true(lambda who=who: _refused(world, who))
    assert "carol@sandbox.example" in await alerted(world, "users_not_found")


async def test_what_changed_while_the_bot_was_down_is_seen_at_the_start(world: World) -> None:
    """Nobody has listened; so everything is asked for again."""
    await with_policy(world, BY_SLACK)
    await world.stop_bot()
    await world.control("settings", events=[])
    await world.control("users", id=BOB, is_bot=True)
    await world.control("usergroups", id="S01LEADS", users=[BOB, DAVE])

    await world.start_bot()

    await until_decides(world, "dave")
    await world.until_true(lambda: _refused(world, "bob"))
    await told(world, "bob", "this account is a bot")


@sqlite_only
async def test_a_new_colleague_with_a_known_address_may_decide(world: World) -> None:
    """The policy names the address before its owner has an account."""
    await with_policy(
        world, POLICY.replace("{users: [U01ALICE, U02BOB]}", "{emails: [eve@x.example]}")
    )
    assert "eve@x.example" in await alerted(world, "users_not_found")

    await world.control("users", id="U06EVE", real_name="Eve Early", email="eve@x.example")

    await until_decides(world, "U06EVE")


async def test_after_an_hour_without_slack_nobody_decides(world: World) -> None:
    """In words with the time, with one alert; and it goes on soon after Slack is back."""
    await with_policy(world, BY_SLACK)
    for method in ("users.info", "users.lookupByEmail", "usergroups.users.list"):
        await world.control("faults", method=method, status=500, times=10_000)
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)

    world.clock.forward(minutes=59)
    assert await decides(world, "bob")
    world.clock.forward(minutes=2)
    for who in ("bob", "carol"):
        await card.click("Approve", by=who)

    assert (await asked.see())["status"] == "open"
    (whisper,) = await world.whispered("bob")
    assert whisper.startswith("I could not refresh who you are from Slack since ")
    assert "Please try again in a minute." in whisper
    assert "nobody can decide through Slack any more" in await alerted(world, "told me nothing")
    async with world.http.delete(f"{world.sandbox_url}control/faults") as cleared:
        assert cleared.status == 200
    await card.click("Approve", by="alice", stale=True)
    await until_decides(world, "alice")
    assert len([text for text in alerts(world) if "told me nothing" in text]) == 1


@sqlite_only
async def test_an_old_usergroup_refuses_by_itself(world: World) -> None:
    """The people are known, but no longer whether they still belong to it."""
    await with_policy(world, BY_SLACK)
    await world.control(
        "faults", method="usergroups.users.list", error="missing_scope", times=10_000
    )
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)

    world.clock.forward(minutes=61)
    assert "missing_scope" in await alerted(world, "does not tell me who S01LEADS is")
    await until_decides(world, "carol")
    await card.click("Approve", by="bob")

    await told(world, "bob", "who belongs to the groups that are asked")
    assert (await asked.see())["status"] == "open"
    assert len([text for text in alerts(world) if "S01LEADS" in text]) == 1


@sqlite_only
async def test_a_usergroup_that_slack_never_told_of_names_nobody(world: World) -> None:
    """Without the scope for it; the operators are told once, however often the bot starts."""
    fault = {"method": "usergroups.users.list", "error": "missing_scope", "times": 10_000}
    await world.control("faults", **fault)
    await with_policy(world, BY_SLACK)
    assert "missing_scope" in await alerted(world, "does not tell me who S01LEADS is")

    assert not await decides(world, "bob")
    await told(world, "bob", "Slack has not told me yet who belongs to the groups")
    await with_policy(world, BY_SLACK)

    asked = [one for one in world.slack.log.last() if one["what"] == fault["method"]]
    assert len(asked) == 2
    assert len([text for text in alerts(world) if "S01LEADS" in text]) == 1


@sqlite_only
async def test_slack_is_asked_no_sooner_than_it_wants(world: World) -> None:
    """429 with Retry-After: this kind of question rests, and the others go on."""
    await with_policy(world, BY_SLACK)
    await world.control("faults", method="users.info", status=429, retry_after=2)
    before = world.slack.log.last()[-1]["n"]

    await world.control("users", id=ALICE, display_name="Al")
    await world.control("usergroups", id="S01LEADS", users=[ALICE, DAVE])
    await until_decides(world, "dave")

    calls = [one for one in world.slack.log.last() if one["n"] > before]
    infos = [one for one in calls if one["what"] == "users.info"]
    assert infos[0]["status"] == 429
    assert infos[1]["at"] - infos[0]["at"] >= 2
    assert any(one["what"] == "usergroups.users.list" and one["n"] < infos[1]["n"] for one in calls)


@sqlite_only
async def test_people_whom_slack_does_not_know_stay_unknown(world: World) -> None:
    """Being named in the policy makes nobody a member."""
    policy = world.policy.replace("[U01ALICE, U02BOB]", "[U01ALICE, U02BOB, U99NOBODY]")
    await with_policy(world, policy)

    assert not await decides(world, "dave")

    (whisper,) = await world.whispered("dave")
    assert whisper.startswith("Only Alice and Bob can decide this.")


QUORUM = POLICY.replace(
    "seconds: {users: [U02BOB, U03CAROL]}", "seconds: {usergroup: S01LEADS, users: [U03CAROL]}"
)


async def large(world: World) -> tuple[Asked, Shown]:
    asked = await (await world.agent()).asks_refund(2000)
    return asked, await world.card_of(asked, "#money")


async def test_a_voter_who_leaves_is_no_longer_counted_nor_shown(world: World) -> None:
    """What stands on the card is what counts; the settled card and the resource agree."""
    await with_policy(world, QUORUM)
    asked, card = await large(world)
    await card.click("Approve", by="bob")
    await card.until(lambda c: "Approvals 1 of 2: Bob" in c.text)

    await world.control("usergroups", id="S01LEADS", users=[ALICE])
    await card.until(lambda c: "Approvals 0 of 2" in c.text)
    await card.click("Approve", by="carol")
    await card.until(lambda c: "Approvals 1 of 2: Carol" in c.text)
    assert "1 of 2" in (await world.whispered("carol"))[0]
    await card.click("Approve", by="alice")

    made = await asked.answer()
    await card.until(lambda c: not c.buttons)
    assert "Approved by Carol, Alice" in card.text
    counted = {vote["actor"]["id"]: vote["counts"] for vote in made["votes"]}
    assert counted == {BOB: False, CAROL: True, ALICE: True}


@sqlite_only
async def test_a_new_policy_is_seen_on_the_cards(world: World) -> None:
    """Whoever it no longer names is no longer counted, nor shown."""
    _, card = await large(world)
    await card.click("Approve", by="bob")
    await card.until(lambda c: "Approvals 1 of 2: Bob" in c.text)

    await with_policy(
        world, POLICY.replace("seconds: {users: [U02BOB", "seconds: {users: [U01ALICE")
    )

    await card.until(lambda c: "Approvals 0 of 2" in c.text)


@sqlite_only
async def test_a_voter_who_is_deactivated_is_no_longer_counted(world: World) -> None:
    """One who comes back before anybody else has voted counts again."""
    await with_policy(world, QUORUM)
    _, card = await large(world)
    await card.click("Approve", by="bob")
    await card.until(lambda c: "Approvals 1 of 2: Bob" in c.text)

    await world.control("users", id=BOB, deleted=True)
    await card.until(lambda c: "Approvals 0 of 2" in c.text)
    await world.control("users", id=BOB, deleted=False, display_name="Bobby")
    await card.until(lambda c: "Approvals 1 of 2: Bobby" in c.text)


@sqlite_only
async def test_a_lost_voice_has_to_be_raised_again(world: World) -> None:
    """Bob left, Carol voted, Bob came back: nothing is decided until he says so again."""
    await with_policy(world, QUORUM)
    asked, card = await large(world)
    await card.click("Approve", by="bob")
    await world.control("usergroups", id="S01LEADS", users=[ALICE])
    await card.click("Approve", by="carol")
    await world.control("usergroups", id="S01LEADS", users=[ALICE, BOB])
    await card.until(lambda c: "Approvals 1 of 2: Carol" in c.text)

    async def bob_again() -> bool:
        await card.click("Approve", by="bob", stale=True)
        return (await asked.see())["status"] == "decided"

    await world.until_true(bob_again)

    assert len([v for v in (await asked.answer())["votes"] if v["counts"]]) == 2


@sqlite_only
async def test_a_vote_stands_while_slack_is_away(world: World) -> None:
    """Bob voted when he was known; that nothing more is heard of him takes nothing away."""
    await with_policy(world, QUORUM)
    asked, card = await large(world)
    await card.click("Approve", by="bob")
    await world.control("faults", method="users.info", match="U02BOB", status=500, times=10_000)

    world.clock.forward(minutes=70)

    async def carol_votes() -> bool:
        await card.click("Approve", by="carol", stale=True)
        return (await asked.see())["status"] == "decided"

    await world.until_true(carol_votes)
    assert REFUND["action"] == (await asked.see())["action"]
