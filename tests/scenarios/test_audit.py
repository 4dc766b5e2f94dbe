"""The journal cannot be changed unseen; people can be forgotten; decisions can be taken along."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from bot.domain.errors import InvalidError
from bot.start import key_peppers
from bot.store import erasures, escalations, journal, seals
from bot.usecases.erase import erase, pseudonym
from bot.usecases.export import decisions, line
from bot.usecases.retention import remove_what_is_old
from bot.usecases.seal import make_checkpoint, seal_what_is_new, verify

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tests.world import Asked, World

# How Slack delivers makes no difference here.
pytestmark = pytest.mark.parametrize("way", ["http"], indirect=True)

_TRIGGERS = (
    "journal_append_only",
    "journal_kept",
    "settled_stays_settled",
    "decided_once",
    "decision_kept",
)


async def a_busy_day(world: World, questions: int = 4) -> list[Asked]:
    """Some questions, decided by Alice or Bob, and everything sealed."""
    agent = await world.agent()
    asked = [await agent.asks(action=f"Refund number {n}") for n in range(questions)]
    for number, one in enumerate(asked):
        card = await world.card_of(one)
        await card.click("Approve", by="alice" if number % 2 else "bob")
        await card.until(lambda c: not c.buttons)
    await seal_what_is_new(world.desk)
    return asked


async def change(world: World, *statements: str) -> None:
    """As somebody who has the database in their hands: first of all the triggers go."""

    def work(connection: Connection) -> None:
        if connection.dialect.name == "postgresql":
            for table in ("journal", "seal", "escalation", "decision"):
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        else:
            for trigger in _TRIGGERS:
                connection.execute(text(f"DROP TRIGGER IF EXISTS {trigger}"))
        for statement in statements:
            connection.execute(text(statement))
        if connection.dialect.name == "postgresql":
            for table in ("journal", "seal", "escalation", "decision"):
                connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))

    await world.desk.ledger.on_connection(work)


async def test_an_untouched_journal_is_whole(world: World) -> None:
    """Every entry is in the chain, each once."""
    await a_busy_day(world)

    verdict = await verify(world.desk.ledger)

    assert verdict.breaks == []
    assert verdict.unsealed == 0
    assert verdict.entries == verdict.head.seq >= 12


async def test_what_is_written_late_is_sealed_too(world: World) -> None:
    """An entry with an earlier time than the last sealed one is not skipped."""
    (asked,) = await a_busy_day(world, 1)
    before = await world.desk.ledger.read(seals.head)
    for back in (timedelta(minutes=-5), timedelta(hours=-5)):
        world.clock.now += back
        await world.desk.ledger.run(journal.note, asked.id, "card.refused", None)
        world.clock.now -= back
    await seal_what_is_new(world.desk)
    in_the_hour = await world.desk.ledger.read(seals.unsealed)
    await make_checkpoint(world.desk)

    verdict = await verify(world.desk.ledger)

    assert in_the_hour == 1
    assert verdict.head.seq == before.seq + 2
    assert (verdict.breaks, verdict.unsealed) == ([], 0)


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE journal SET data = '{}' WHERE event = 'escalation.decided'", "was changed"),
        ("UPDATE journal SET event = 'escalation.expired' WHERE event = 'escalation.decided'",
         "was changed"),
        ("UPDATE journal SET at = at + 1", "was changed"),
        ("UPDATE journal SET actor = REPLACE(actor, 'U01ALICE', 'U02BOB')", "who did it"),
        ("UPDATE journal SET actor = REPLACE(actor, 'U01ALICE', 'erased-1')", "who did it"),
        ("DELETE FROM journal WHERE event = 'escalation.decided'", "was deleted"),
        ("DELETE FROM seal WHERE seq = 3", "1 seals before it are missing"),
        ("UPDATE seal SET removed = true WHERE seq = 3", "the journal tells of 0"),
        ("UPDATE seal SET salt = NULL WHERE seq = 3", "who did it"),
        ("UPDATE seal SET hash = 'f' || substr(hash, 2) || '0' WHERE seq = 3", "was changed"),
    ],
)  # fmt: skip
async def test_whatever_is_changed_is_found(world: World, statement: str, says: str) -> None:
    """By somebody who can do anything with the database, except compute every hash anew."""
    await a_busy_day(world)

    await change(world, statement)
    verdict = await verify(world.desk.ledger)

    assert any(says in sentence for sentence in verdict.breaks), verdict.breaks


@pytest.mark.parametrize(
    ("statements", "says"),
    [
        (["UPDATE decision SET type = 'reject'"], "not the one in the journal"),
        (["UPDATE decision SET body = REPLACE(body, 'U01ALICE', 'U03CAROL')"],
         "not the one in the journal"),
        (["UPDATE decision SET body = REPLACE(body, '247.5', '2475')"],
         "what may run is not what was decided"),
        (["UPDATE decision SET body = REPLACE(body, '247.5', '9999999999999999999')"],
         "what may run is not what was decided"),
        (["DELETE FROM decision WHERE id = (SELECT max(id) FROM decision)"],
         "its decision is missing"),
        (["UPDATE escalation SET status = 'expired' WHERE status = 'decided'"],
         "it is expired, and the journal says decided"),
        (["UPDATE escalation SET status = 'decided' WHERE status = 'open'"],
         "it is decided, and the journal says nothing of that"),
        (["INSERT INTO decision (id, escalation_id, type, decided_at, body) SELECT 'dec_0', "
          "(SELECT id FROM escalation WHERE status = 'cancelled'), type, decided_at, body "
          "FROM decision ORDER BY id LIMIT 1"],
         "it is cancelled, and has a decision"),
    ],
)  # fmt: skip
async def test_decisions_are_compared_with_the_journal(
    world: World, statements: list[str], says: str
) -> None:
    """What everybody reads is what was sealed: its kind, its author, and what may run."""
    await a_busy_day(world, 2)
    await a_busy_day_by_key(world)
    await (await world.agent()).asks()
    await seal_what_is_new(world.desk)
    before = await verify(world.desk.ledger)

    await change(world, *statements)
    verdict = await verify(world.desk.ledger)

    assert before.breaks == []
    assert any(says in sentence for sentence in verdict.breaks), verdict.breaks


async def test_a_forged_tail_is_found_by_a_witness(world: World) -> None:
    """Whoever cuts the end off, or computes it anew, meets the checkpoints in the channel."""
    await a_busy_day(world)
    await make_checkpoint(world.desk)
    kept = await world.desk.ledger.read(seals.head)

    await change(
        world,
        f"DELETE FROM checkpoint WHERE seq = {kept.seq}",
        f"DELETE FROM journal WHERE id IN (SELECT entry_id FROM seal WHERE seq > {kept.seq - 3})",
        f"DELETE FROM seal WHERE seq > {kept.seq - 3}",
    )
    alone = await verify(world.desk.ledger)
    witnessed = await verify(world.desk.ledger, [kept])
    forged = await verify(world.desk.ledger, [seals.Head(seq=1, hash="0" * 64)])

    assert all("the journal says nothing" in one for one in alone.breaks)
    assert f"checkpoint {kept.seq}: the chain ends before it" in witnessed.breaks[0]
    assert "checkpoint 1: the chain has another hash there" in forged.breaks[0]


async def test_the_databases_own_checkpoints_are_compared(world: World) -> None:
    """A witness outside that says another thing than the table is a break by itself."""
    await a_busy_day(world)
    await make_checkpoint(world.desk)
    kept = await world.desk.ledger.read(seals.head)

    verdict = await verify(world.desk.ledger, [seals.Head(seq=kept.seq, hash="1" * 64)])
    honest = await verify(world.desk.ledger, [kept])

    assert honest.breaks == []
    assert "another hash than was witnessed" in verdict.breaks[0]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET event = 'x'",
        "DELETE FROM journal",
        "UPDATE escalation SET status = 'open'",
        "UPDATE decision SET type = 'reject'",
        "UPDATE decision SET body = '{}'",
        "DELETE FROM decision",
    ],
)
async def test_the_database_itself_refuses(world: World, statement: str) -> None:
    """A slip of the pen at a console changes nothing."""
    await a_busy_day(world, 1)

    with pytest.raises(Exception, match=r"append-only|settled|does not change"):
        await world.desk.ledger.on_connection(lambda c: c.execute(text(statement)))

    assert (await verify(world.desk.ledger)).breaks == []


async def test_checkpoints_reach_the_audit_channel(world: World) -> None:
    """Once an hour while something happens, and one of where the bot stopped."""
    world.audit_channel = "C09ADMIN"
    await world.stop_bot()
    await world.start_bot()
    await a_busy_day(world, 1)

    await make_checkpoint(world.desk)
    await make_checkpoint(world.desk)
    await world.until(lambda: len(told(world)) >= 1)
    head = await world.desk.ledger.read(seals.head)
    await (await world.agent()).asks()
    await world.stop_bot()
    await world.start_bot()
    await world.until(lambda: len(told(world)) >= 2)

    assert f"{head.seq}:{head.hash}" in told(world)[0]
    assert len(told(world)) == 2


async def test_a_person_is_forgotten_and_the_chain_holds(world: World) -> None:
    """A pseudonym, the same everywhere, in place of Alice; twice is the same as once."""
    asked = await a_busy_day(world)
    late = await world.card_of(asked[1])
    await late.click("Approve", by="alice", stale=True)
    await world.whispered("alice")
    pepper = key_peppers(world.settings)[0]
    alias = pseudonym(pepper, "U01ALICE")

    changed = await erase(world.desk.ledger, pepper, "U01ALICE", with_comments=False)
    with pytest.raises(InvalidError, match="Nobody here is 'U01ALICE'"):
        await erase(world.desk.ledger, pepper, "U01ALICE", with_comments=False)

    assert changed > 0
    assert await mentions(world, "U01ALICE") == []
    decision = (await asked[1].see())["decision"]
    assert decision["decided_by"]["id"] == alias
    assert decision["votes"][0]["actor"] == decision["decided_by"]
    assert (await asked[0].see())["decision"]["decided_by"]["id"] == "U02BOB"
    await seal_what_is_new(world.desk)
    verdict = await verify(world.desk.ledger)
    assert verdict.breaks == []
    assert verdict.erased == 2


@pytest.mark.parametrize("nobody", ["u01alice", "refund-bot", "U01ALIC"])
async def test_only_people_are_forgotten_and_only_by_their_whole_name(
    world: World, nobody: str
) -> None:
    """Neither an agent, nor whoever is spelled nearly so."""
    await a_busy_day(world, 2)

    with pytest.raises(InvalidError, match="Nobody here"):
        await erase(world.desk.ledger, key_peppers(world.settings)[0], nobody, with_comments=False)


async def test_an_alternative_outlives_nobody(world: World) -> None:
    """What it refers to goes after it, so that its card can always be drawn."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)
    await card.click("Reject…", by="alice")
    await world.submit("alice", reason="Cheaper?", options=["revise"])
    await card.until(lambda c: not c.buttons)
    world.clock.forward(days=20)
    newer = await asked.agent.asks(supersedes=asked.id)
    late_card = await world.card_of(newer)
    await newer.do("cancel")
    await late_card.until(lambda c: not c.buttons)
    await world.until_all_is_shown()
    world.clock.forward(days=20)
    await seal_what_is_new(world.desk)

    early = await remove_what_is_old(world.desk, timedelta(days=30))
    world.clock.forward(days=20)
    late = await remove_what_is_old(world.desk, timedelta(days=30))

    assert (early, late) == (0, 2)


async def test_a_reason_is_part_of_the_decision(world: World) -> None:
    """It stays when its author is forgotten, who may be named by their address as well."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)
    await card.click("I'm looking", by="alice")
    await card.click("Ask the agent…", by="alice")
    await world.submit("alice", question="Are there photos?")
    await card.click("Reject…", by="alice")
    await world.submit("alice", reason="Not without photos.")
    await card.until(lambda c: not c.buttons)
    email = world.slack.people["U01ALICE"].email

    await erase(world.desk.ledger, key_peppers(world.settings)[0], email, with_comments=False)

    decision = (await asked.see())["decision"]
    assert decision["comment"] == "Not without photos."
    assert decision["decided_by"]["display_name"] is None
    (asked_back,) = (await asked.see())["messages"]
    assert asked_back["text"] == "Are there photos?"
    assert asked_back["from"] == {
        "type": "human", "id": decision["decided_by"]["id"], "display_name": None,
    }  # fmt: skip
    found = await world.desk.ledger.read(escalations.find, asked.id)
    assert found.hands.taken is not None
    assert found.hands.taken.by.id == decision["decided_by"]["id"]


async def test_comments_are_erased_with_the_person(world: World) -> None:
    """With --with-comments, the reason is gone too."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)
    await card.click("Ask the agent…", by="alice")
    await world.submit("alice", question="Where does Mrs Smith live?")
    await card.click("I'm looking", by="alice")
    still_open = await asked.agent.asks()
    open_card = await world.card_of(still_open)
    await open_card.click("I'm looking", by="alice")
    await open_card.until(lambda c: "is looking" in c.text)
    await card.click("Reject…", by="alice")
    await world.submit("alice", reason="Ask Mrs Smith first.")
    await card.until(lambda c: not c.buttons)

    await erase(world.desk.ledger, key_peppers(world.settings)[0], "U01ALICE", with_comments=True)

    decision = (await asked.see())["decision"]
    assert decision["comment"] == "(erased)"
    assert decision["votes"][0]["comment"] == "(erased)"
    found = await world.desk.ledger.read(escalations.find, asked.id)
    (told,) = line(found)["messages"]
    assert told["text"] == "(erased)"
    assert told["from"] == {"type": "human", "id": decision["decided_by"]["id"]}


async def test_old_questions_go_and_their_seals_stay(world: World) -> None:
    """After the retention nothing of them is left but a number, and the chain holds."""
    old = await a_busy_day(world, 2)
    world.clock.forward(days=40)
    (young,) = await a_busy_day_by_key(world)
    await world.until_all_is_shown()
    await seal_what_is_new(world.desk)

    removed = await remove_what_is_old(world.desk, timedelta(days=30))
    nothing = await remove_what_is_old(world.desk, None)
    await seal_what_is_new(world.desk)

    assert (removed, nothing) == (2, 0)
    assert (await old[0].agent.call("GET", f"/v1/escalations/{old[0].id}")).status == 404
    assert (await young.see())["status"] == "cancelled"
    assert await mentions(world, old[0].id) == []
    verdict = await verify(world.desk.ledger)
    assert verdict.breaks == []
    assert verdict.removed >= 6


async def test_what_may_still_be_redeemed_is_kept(world: World) -> None:
    """However long a route lets an agent take: its approval is not over before that."""
    world.policy = world.policy.replace("channel: C01REV,", "channel: C01REV, valid_for: 60d,")
    await world.stop_bot()
    await world.start_bot()
    (asked,) = await a_busy_day(world, 1)
    digest = (await asked.see())["decision"]["effective_digest"]
    world.clock.forward(days=59)

    early = await remove_what_is_old(world.desk, timedelta(days=30))
    redeemed = await asked.do("redeem", redeem_id="r-1", digest=digest)

    await world.until_all_is_shown()
    await seal_what_is_new(world.desk)
    world.clock.forward(days=2)
    late = await remove_what_is_old(world.desk, timedelta(days=30))

    assert (early, late) == (0, 1)
    assert redeemed.status == 200


async def a_busy_day_by_key(world: World) -> list[Asked]:
    asked = await (await world.agent()).asks()
    await asked.do("cancel")
    return [asked]


async def test_decisions_are_taken_along(world: World) -> None:
    """One line each, oldest first, without sensitive values."""
    asked = await a_busy_day(world)
    by_rule = await (await world.agent()).asks_refund(20)
    since = datetime.now(UTC) - timedelta(days=1)

    edited = await (await world.agent()).asks(action="Refund number 9")
    await (await world.card_of(edited)).click("Modify…", by="alice")
    await world.submit("alice", field_0="200")
    lines = [one async for one in decisions(world.desk.ledger, since)]
    later = [one async for one in decisions(world.desk.ledger, since + timedelta(days=2))]

    assert [one["id"] for one in lines] == [one.id for one in (*asked, by_rule, edited)]
    assert lines[0]["decided_by"] == {"type": "human", "id": "U02BOB"}
    assert lines[0]["arguments"]["order"] == "••••34"
    assert lines[-2]["provenance"] == "rule"
    assert lines[-1]["modified_arguments"]["amount"] == 200
    assert lines[-1]["modified_arguments"]["order"] == "••••34"
    assert json.loads(json.dumps(lines)) == lines
    assert later == []


async def test_whose_wish_it_was_is_forgotten_too(world: World) -> None:
    """Owners and starters of settled questions; of open ones when they are settled, not before."""
    agent = await world.agent(owners=("U01ALICE",))
    source = {"on_behalf_of": "Alice@Sandbox.example"}
    settled, open_one = [await agent.asks(source=source) for _ in range(2)]
    told_of_her = await (await world.agent("other-bot")).asks(reason="As U01ALICE has asked")
    for one in (settled, told_of_her):
        await (await world.card_of(one)).click("Approve", by="bob")
    pepper = key_peppers(world.settings)[0]
    await world.until_true(lambda: known(world, "U01ALICE"))

    await erase(world.desk.ledger, pepper, "U01ALICE", with_comments=False)
    first = await mentions(world, "U01ALICE"), await mentions(world, "Alice@Sandbox")
    await open_one.do("cancel")
    for name in ("U01ALICE", "alice@sandbox.example"):
        await erase(world.desk.ledger, pepper, name, with_comments=False)
    second = await mentions(world, "U01ALICE"), await mentions(world, "Alice@Sandbox")

    assert first == (["escalation"] * 2, ["escalation"])
    # What an agent wrote about her is nobody's name.
    assert second == (["escalation"], [])
    assert (await settled.see())["status"] == "decided"


async def known(world: World, person_id: str) -> bool:
    return bool(await world.desk.ledger.read(erasures.ids_of, person_id))


async def mentions(world: World, word: str) -> list[str]:
    """Tables in which the word still stands."""

    def look(connection: Connection) -> list[str]:
        found = []
        for table in (
            "escalation", "decision", "journal", "outbox", "inbound", "relay", "review",
            "review_finding", "review_finding_case",
        ):  # fmt: skip
            rows = connection.execute(text(f"SELECT * FROM {table}")).all()
            found += [table for row in rows if word in str(tuple(row))]
        return found

    return await world.desk.ledger.on_connection(look)


def told(world: World) -> list[str]:
    messages: Any = world.slack.channels["C09ADMIN"].messages.values()
    return [m.text for m in messages if "Checkpoint" in m.text]
