"""What people ask behind `/pullcord`, and what each of them may know."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import UncertainError
from bot.domain.people import Clicker
from bot.store import escalations, people
from bot.usecases.commands import dispatch, hands
from bot.usecases.commands.asker import recognise
from tests.receiver import receiver
from tests.scenarios.test_breaker import ADMINS, answered, words_of, writes
from tests.world import PEOPLE

if TYPE_CHECKING:
    from bot.store.tx import Tx
    from tests.world import World

MORE = ADMINS.replace(
    "admins:",
    "  watchers: {users: [U04DAVE]}\n"
    "schedules:\n"
    "  primary: {rotation: {people: [U01ALICE], handover: 'Mon 09:00', every: 1w}}\n"
    "digests:\n"
    '  desk: {cron: "0 9 * * *", channel: C01REV}\n'
    '  late: {cron: "0 9 * * *", channel: "#money"}\n'
    "admins:",
    1,
)


@pytest.fixture
async def busy(world: World) -> World:
    """Alice reviews `default`, Carol `money`, Bob both; Bob and Carol are admins, Dave looks on."""
    world.policy = MORE
    await world.stop_bot()
    await world.start_bot()
    return world


async def turns(world: World, who: str) -> str:
    """The page after this person has pressed the button of the last answer."""
    ts, message = answered(world, who)
    status, answer = await world.control(
        "click", user=PEOPLE[who], channel="C01REV", ts=ts, action_id="queue_next"
    )
    assert status == 200, answer
    return words_of(message)


async def test_the_queue_is_read_page_by_page(busy: World) -> None:
    """The urgent first; each sees what asks them, and what has their vote is no longer theirs."""
    agent = await busy.agent()
    plain = [await agent.asks(action=f"Refund number {at}") for at in range(12)]
    big = await agent.asks_refund(2000, action="The large one")
    tiny = await agent.asks_refund(20)
    card = await busy.card_of(big, "#money")

    alice = await writes(busy, "alice", "queue")
    rest = await turns(busy, "alice")
    bob = await writes(busy, "bob", "queue all")
    urgent = await writes(busy, "carol", "queue urgent")
    money = await writes(busy, "alice", "queue money")
    await card.click("Approve", by="carol")
    voted = await writes(busy, "carol", "queue")
    still = await writes(busy, "carol", "queue money")

    assert alice.startswith("12 waiting for you\n1. Refund number 0")
    assert all(f"Refund number {at}\n" in alice for at in range(10))
    assert "large" not in alice
    assert rest.split("\n")[1:2] == ["11. Refund number 10"]
    assert "11–12 of 12" in rest
    assert bob.startswith("13 open\n1. The large one")
    assert "Urgent" in bob
    assert urgent.startswith("1 urgent\n1. The large one")
    assert "Approvals 0 of 2" in urgent
    assert money == "The route money does not ask you. Yours: default."
    assert voted == "✅ Nothing waits for you."
    assert "Approvals 1 of 2" in still
    assert (await tiny.see())["status"] == "decided"

    one = await writes(busy, "alice", f"show {plain[0].id}")
    hidden = await writes(busy, "alice", f"show {big.id} nonsense")
    linked = await writes(busy, "bob", f"show <{(await big.see())['permalink']}> {plain[1].id}")
    assert "Refund number 0" in one
    assert "There is no question" in hidden
    assert "The large one" not in hidden
    assert "The large one" in linked
    assert "Refund number 1\n" in linked


async def test_a_reader_of_the_queue_is_looked_at_again(busy: World) -> None:
    """A page is turned for whoever may read it then; what is no button of ours turns nothing."""
    agent = await busy.agent()
    for at in range(11):
        await agent.asks(action=f"Refund number {at}")
    await writes(busy, "alice", "queue all")
    busy.desk.book = busy.desk.book.model_copy(update={"groups": {}})

    refused = await turns(busy, "alice")

    assert refused.startswith("Only people whom the policy names")
    for odd in ("", "1|loud|1|x|mine", "1|high|999999999999999999|x|mine", "|||"):
        with pytest.raises(ValueError, match="our buttons"):
            await dispatch.next_page(busy.desk, _alice(), odd)


def _alice(team: str | None = None) -> Clicker:
    return Clicker(id="U01ALICE", name="alice", team_id=team)


async def test_why_tells_the_whole_story(busy: World) -> None:
    """Who was asked by which rule, where the card stood, who voted, and what the agent was told."""
    async with receiver() as address:
        agent = await busy.agent(callback_secret=True)
        asked = await agent.asks_refund(2000, callback={"url": address.url})
        card = await busy.card_of(asked, "#money")
        await card.click("Approve", by="bob")
        await card.click("Approve", by="carol")
        await asked.answer()
        await asked.do("redeem", redeem_id="r")
        await busy.until_time_true(lambda: bool(address.arrived), seconds=1)

        story = await writes(busy, "carol", f"why {asked.id}")
        hidden = await writes(busy, "alice", f"why {asked.id}")
        lacking = await writes(busy, "alice", "why")

    for part in (
        "the policy's rule “large refunds” matched",
        "*Asked* on route money (needs 2 approvals): Bob, Carol, the program watchdog.",
        "refund-bot asked",
        "its card came to stand in <#C03MONEY>",
        "Bob approved it; more votes are needed",
        "✅ Carol approved it: decided",
        "refund-bot took the approval to run it",
        "callback escalation.decided to 127.0.0.1",
    ):
        assert part in story, part
    assert "There is no question" in hidden
    assert lacking.startswith("Write `/pullcord why ID`")


async def test_status_stats_and_doctor_say_how_it_stands(busy: World) -> None:
    """Numbers for everybody of the workspace, names of routes for those whom they ask."""
    agent = await busy.agent()
    asked = await agent.asks()
    await agent.asks_refund(20)
    await (await busy.card_of(asked)).click("Approve", by="alice")
    busy.clock.forward(minutes=6)
    await agent.asks_refund(2000)
    empty = await writes(busy, "dave", "stats")

    dave = await writes(busy, "dave", "status")
    carol = await writes(busy, "carol", "status")
    stats = await writes(busy, "carol", "stats")
    refund = await writes(busy, "alice", "stats refund")
    typo = await writes(busy, "alice", "stats refnud")
    odd = await writes(busy, "alice", "stats of <!channel>")
    well = await writes(busy, "carol", "doctor")

    assert empty.startswith("The policy asks you on no route")
    assert dave.startswith("*1 open* (1 urgent) · oldest 0 s · none ends within 15 min · 1 agent")
    assert "money" not in dave
    assert "Your routes: money 1" in carol
    assert "*refund*: 3 asked · 1 answered by rule · 1 approved or answered · 1 open" in stats
    assert refund.split("\n")[1] == stats.split("\n")[1]
    assert "Did you mean “refund”?" in typo
    assert odd.startswith("Nothing of the category “of &lt;!channel&gt;” was asked")
    assert well.startswith("*All is well.*\n✅ database: ok")

    await busy.control("faults", method="auth.test", error="invalid_auth", times=99)
    await busy.house.ask_slack()
    ill = await writes(busy, "carol", "doctor")
    hinted = await writes(busy, "dave", "doctor")
    assert "⚠️ Slack: degraded" in ill
    assert "⚠️ Slack: not as it should be" in hinted


async def test_who_is_asked_and_who_is_away(busy: World) -> None:
    """By the groups of the policy, at any time; away is a hint that its owner takes back."""
    away = await writes(busy, "alice", "away 2h")
    who = await writes(busy, "dave", "who")
    one = await writes(busy, "dave", "who money tomorrow 9am")
    by_group = await writes(busy, "dave", "who reviewers")
    typo = await writes(busy, "dave", "who monye")
    two = await writes(busy, "dave", "who money default")
    oncall = await writes(busy, "dave", "oncall")
    shift = await writes(busy, "dave", "oncall me 2h")
    back = await writes(busy, "alice", "away off")
    after = await writes(busy, "dave", "who default")

    assert "away until" in away
    assert "*default* in <#C01REV>: Alice (🌙 away until" in who
    assert "Away is a hint" in who
    assert "Schedules are not acted on yet" in who
    assert one.startswith("*money* in <#C03MONEY>, 2 approvals: Bob, Carol, the program watchdog")
    assert "default" not in one
    assert by_group.startswith("*default*")
    assert "Did you mean “money”?" in typo
    assert "I do not understand “default”" in two
    assert oncall == who
    assert "Nobody can be put on call yet" in shift
    assert "You are back" in back
    assert "away" not in after
    for odd in ("away", "away soon", "away 99w", "away 0s"):
        assert "`/pullcord away 2h`" in await writes(busy, "alice", odd)


async def test_dead_callbacks_are_sent_again_by_admins(busy: World) -> None:
    """One by its own id or all of a question; others are told whom to ask."""
    async with receiver() as address:
        address.answers.append((410, {}))
        agent = await busy.agent(callback_secret=True)
        asked = await agent.asks(callback={"url": address.url})
        await (await busy.card_of(asked)).click("Approve", by="alice")
        await asked.answer()

        async def given_up() -> bool:
            busy.waker.committed({"relays": None})
            return "1 callback was given up" in await writes(busy, "bob", "dead")

        await busy.until_true(given_up)
        listed = await writes(busy, "bob", "dead")
        refused = await writes(busy, "alice", "dead")
        lacking = await writes(busy, "bob", "replay")
        many = await writes(busy, "bob", "replay " + "esc_x " * 11)
        missing = await writes(busy, "bob", "replay esc_x whk_y")
        again = await writes(busy, "bob", f"replay {asked.id}")
        await busy.until_time_true(lambda: len(address.arrived) > 1, seconds=1)

    assert asked.id in json.dumps(listed)
    assert "410 Gone" in listed
    assert refused == "Only Bob and Carol can look at callbacks."
    assert lacking.startswith("Write `/pullcord replay ID…`")
    assert "at most 10" in many
    assert "Nothing that was given up has the id esc_x, whk_y" in missing
    assert again.startswith("↻ 1 callback is sent again")
    assert "No callback was given up" in await writes(busy, "bob", "dead")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_whatever_is_written_gets_an_answer(busy: World) -> None:
    """In words, to the person alone; those of elsewhere learn nothing, and a fault stays ours."""
    for text, said in {
        "": "Behind `/pullcord` you can write",
        "HELP": "Behind `/pullcord` you can write",
        "quue mine": "Did you mean `/pullcord queue`?",
        "take": "Write `/pullcord take ID…`",
        "take " + "esc_x " * 11: "at most 10",
        "escalate esc_1": "There is no question esc_1",
        "snooze esc_1": "Write `/pullcord snooze ID…",
        "snooze esc_1 soon": "I do not understand “soon”",
        "assign esc_1": "Whom? Write `@`",
        "assign esc_1 @zoe": "I know nobody of the policy called “@zoe”",
        "digest": "Write `/pullcord digest [NAME] now`",
        "digest now": "Nothing waits for",
        "digest dsk now": "desk",
        "status now": "I do not understand “now”",
        "doctor now": "I do not understand “now”",
        "dead now": "I do not understand “now”",
        "queue mine urgent": "I do not understand “urgent”",
        "queue monye": "Did you mean `/pullcord queue money`?",
        "show": "Write `/pullcord show ID…`",
        "show a b c d e f": "at most 5",
        "show https://x.slack.com/archives/C01REV/p1700000000000000": "There is no question",
        "pause": "Write `/pullcord pause",
        "pause a b c": "Write `/pullcord pause",
        "resume": "Write `/pullcord resume",
        "stats": "Nothing was asked in the last seven days",
        "queue": "✅ Nothing waits for you.",
    }.items():
        assert said in await writes(busy, "bob", text), text

    where = {"user": PEOPLE["gus"], "channel": "C01REV", "command": "/pullcord"}
    await busy.control("command", **where, text="status")
    assert busy.whispers_to("gus")[0].startswith("Only people whom the policy names can ask that")
    which = await dispatch.answer(busy.desk, _alice(), "digest now")
    assert which.text.startswith("Which one? Write `/pullcord digest NAME now`: desk, late.")
    card = await dispatch.answer(busy.desk, _alice("T0OTHER"), "status")
    assert card.text == "Only full members of this workspace can ask that."

    async def breaks() -> dict[str, str]:
        raise RuntimeError("a mistake of ours")

    busy.desk.checkup = breaks
    asked = await (await busy.agent()).asks()
    await busy.desk.ledger.run(_named_alike)
    assert "More than one person" in await writes(busy, "bob", f"assign {asked.id} Bob")

    async def silent(*_: object) -> None:
        raise UncertainError("the answer was lost")

    (known,) = await busy.desk.ledger.read(escalations.find_all, [asked.id])
    bob = await recognise(busy.desk, Clicker(id="U02BOB", name="bob", team_id=None))
    said = await hands.in_turn(busy.desk, bob, [known], silent)
    assert "I do not know whether" in said[0]
    assert "That did not work" in await writes(busy, "bob", "doctor")
    await busy.desk.ledger.close()
    assert "not recorded" in await writes(busy, "bob", "status")


def _named_alike(tx: Tx) -> None:
    (carol,) = people.find(tx, ["U03CAROL"]).values()
    people.remember(tx, replace(carol, display_name="bob"), rev=99)


@pytest.mark.parametrize(("database_url", "way"), [("sqlite", "http")], indirect=True)
async def test_several_are_arranged_at_once(busy: World) -> None:
    """Each has its line: done, settled by somebody, refused with words, or none of theirs."""
    agent = await busy.agent()
    first, second = [await agent.asks(action=f"Refund number {at}") for at in range(2)]
    big = await agent.asks_refund(2000, action="The large one")
    card = await busy.card_of(first)
    await busy.card_of(second)

    taken = await writes(busy, "alice", f"take {first.id} {second.id} {big.id}")
    await card.until(lambda c: "👀 Alice is looking at it" in c.text)
    freed = await writes(busy, "alice", f"release {second.id}")
    nothing = await writes(busy, "bob", f"release {first.id}")
    slept = await writes(busy, "alice", f"snooze {first.id} 30m")
    over = await writes(busy, "alice", f"snooze {first.id} today 0:00")
    late = await writes(busy, "alice", f"snooze {first.id} 9w")
    me = await writes(busy, "alice", f"assign {first.id} me")
    named = await writes(busy, "alice", f"assign {first.id} @bob")
    token = await writes(busy, "alice", f"assign {first.id} <@U02BOB|bob>")
    stranger = await writes(busy, "alice", f"assign {first.id} <@U03CAROL|carol>")
    unknown = await writes(busy, "alice", f"assign {first.id} <@U99NOBODY>")
    admin = await writes(busy, "carol", f"take {second.id}")
    hurried = await writes(busy, "alice", f"escalate {first.id}")
    twice = await writes(busy, "alice", f"escalate {first.id}")
    await card.click("Approve", by="bob")
    settled = await writes(busy, "alice", f"take {first.id} {second.id}")

    assert taken.count("👀 You look at it until") == 2
    assert f"There is no question {big.id}" in taken
    assert "You no longer look at it" in freed
    assert "nothing changed" in nothing
    assert "💤 Nobody is reminded until" in slept
    assert "That moment is over already" in over
    assert "It has to be answered by" in late
    assert "Assigned to Alice" in me
    assert "Assigned to Bob" in named
    assert "Assigned to Bob" in token
    assert "Not done: Carol cannot be asked" in stranger
    assert "Not done: U99NOBODY cannot be asked" in unknown
    assert "👀 You look at it until" in admin
    assert "It is urgent now" in hurried
    assert "This is urgent already" in twice
    assert "Not done: " in settled
    assert "Bob approved" in settled
    assert "click" not in settled
    assert "👀 You look at it" in settled
