"""Agents that give an address are told there: signed, at least once, under one id."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text
from standardwebhooks import Webhook, WebhookVerificationError

from bot.domain.errors import InvalidError
from bot.store import relays
from bot.usecases.keys import revoke_key
from bot.usecases.relay import WAITS, dead_letters, replay
from tests.receiver import Receiver, receiver, secret_of
from tests.world import REFUND

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.store.tx import Tx
    from tests.world import Agent, World

# How Slack delivers makes no difference here.
pytestmark = pytest.mark.parametrize("way", ["http"], indirect=True)


@pytest.fixture
async def hook() -> AsyncIterator[Receiver]:
    async with receiver() as made:
        yield made


@pytest.fixture
async def agent(world: World) -> Agent:
    return await world.agent(callback_secret=True)


def at(hook: Receiver) -> dict[str, Any]:
    return {"callback": {"url": hook.url}, "callback_state": {"thread": "t-1"}}


async def test_the_answer_comes_signed(world: World, agent: Agent, hook: Receiver) -> None:
    """A decision arrives with the whole resource, its state, and a signature that holds."""
    asked = await agent.asks(**at(hook))
    card = await world.card_of(asked)

    await card.click("Approve", by="alice")
    await hook.until(1)

    told = hook.arrived[0].opened(secret_of(agent.key))
    seen = await asked.see()
    assert told["type"] == "escalation.decided"
    assert told["data"]["id"] == asked.id
    assert told["data"]["decision"] == seen["decision"]
    assert told["data"]["callback_state"] == {"thread": "t-1"}
    assert hook.arrived[0].headers["content-type"] == "application/json"
    await world.until_true(lambda: all_delivered(world))


async def settled(world: World, tries: int) -> None:
    """Until that many tries have been written down."""

    async def look() -> bool:
        rows = await world.desk.ledger.read(tries_of)
        return rows == [(tries, None)]

    await world.until_true(look)


def tries_of(tx: Tx) -> list[tuple[int, str | None]]:
    return [tuple(row) for row in tx.execute(text("SELECT attempts, owner FROM relay"))]


def problems(tx: Tx) -> list[str]:
    return [row.problem for row in tx.execute(text("SELECT problem FROM relay"))]


async def all_delivered(world: World) -> bool:
    await world.house.measure()
    async with world.http.get(world.url + "/metrics") as metrics:
        return 'pullcord_callbacks{state="pending"} 0.0' in await metrics.text()


async def test_every_end_is_told(world: World, agent: Agent, hook: Receiver) -> None:
    """Expired, withdrawn and decided by rule: each once, each under an id of its own."""
    expired = await agent.asks(**at(hook))
    withdrawn = await agent.asks(**at(hook))
    await agent.asks_refund(20, **at(hook))
    await hook.until(1)

    await withdrawn.do("cancel")
    await hook.until(2)
    world.clock.forward(hours=5)
    await hook.until(3)

    told = [json.loads(one.body) for one in hook.arrived]
    assert [one["type"] for one in told] == [
        "escalation.decided",
        "escalation.cancelled",
        "escalation.expired",
    ]
    assert told[0]["data"]["decision"]["provenance"] == "rule"
    assert told[2]["data"]["id"] == expired.id
    assert len({one.id for one in hook.arrived}) == 3


async def test_a_failed_try_is_made_again_under_the_same_id(
    world: World, agent: Agent, hook: Receiver
) -> None:
    """500 and Retry-After: the next try comes when it may, with the same webhook-id."""
    hook.answers = [(500, {}), (503, {"Retry-After": "100"})]
    asked = await agent.asks(**at(hook))
    await (await world.card_of(asked)).click("Approve", by="alice")
    await hook.until(1)

    await world.until_time_true(lambda: len(hook.arrived) >= 2, seconds=1)
    early = world.clock.now
    await world.until_time_true(lambda: len(hook.arrived) >= 3, seconds=5)

    assert len({one.id for one in hook.arrived}) == 1
    assert (world.clock.now - early).total_seconds() >= 100
    stamps = [int(one.headers["webhook-timestamp"]) for one in hook.arrived]
    assert stamps[2] > stamps[1] >= stamps[0]


async def test_410_switches_the_address_off(world: World, agent: Agent, hook: Receiver) -> None:
    """Gone means gone: nothing more is sent, the operators are told once, and replay undoes it."""
    hook.answers = [(410, {})]
    first, second = await agent.asks(**at(hook)), await agent.asks(**at(hook))
    await (await world.card_of(first)).click("Approve", by="alice")
    await world.until(lambda: any("switched off" in t for t in alerts(world)))
    await (await world.card_of(second)).click("Approve", by="alice")

    given_up = await dead_letters(world.desk.ledger)
    again = await replay(world.desk.ledger, second.id)
    await hook.until(2)

    assert {one.escalation_id for one in given_up} == {first.id, second.id}
    assert len(alerts(world)) == 1
    assert again == [hook.arrived[1].id]
    assert (await second.see())["status"] == "decided"


async def test_two_that_find_an_address_gone_are_one_alert(
    world: World, agent: Agent, hook: Receiver
) -> None:
    """Both were under way when it went: it is switched off, and said, once."""
    before = gone()
    hook.silent, hook.answers = True, [(410, {})] * 2
    for _ in range(2):
        await (await agent.asks(**at(hook))).do("cancel")
    await hook.until(2)

    hook.spoken.set()
    await world.until(lambda: gone() == before + 2)
    await world.until(lambda: bool(alerts(world)))

    assert len(await dead_letters(world.desk.ledger)) == 2
    assert len(alerts(world)) == 1


def gone() -> float:
    labels = {"kind": "callback", "outcome": "gone"}
    return REGISTRY.get_sample_value("pullcord_sent_total", labels) or 0.0


async def test_what_never_arrives_is_given_up_with_a_word(
    world: World, agent: Agent, hook: Receiver
) -> None:
    """After all tries it is a dead letter, and the operators know how to send it again."""
    hook.answers = [(500, {})] * (len(WAITS) + 1)
    asked = await agent.asks(**at(hook))
    await (await world.card_of(asked)).click("Approve", by="alice")

    for tries, wait in enumerate(WAITS, 1):
        await hook.until(tries)
        await settled(world, tries)
        world.clock.forward(seconds=wait * 1.2 + 1)
        world.waker.committed({relays.TOPIC: None})
    await world.until(lambda: bool(alerts(world)))

    (letter,) = await dead_letters(world.desk.ledger)
    assert len(hook.arrived) == len(WAITS) + 1 == letter.attempts
    assert f"replay {letter.id}" in alerts(world)[0]
    assert hook.url not in alerts(world)[0]


async def test_what_we_cannot_send_is_a_failed_try(
    world: World, agent: Agent, hook: Receiver
) -> None:
    """Somebody damaged its row: that counts as a try and comes again, when it is mended at last."""
    hook.answers = [(500, {})]
    await (await agent.asks(**at(hook))).do("cancel")
    await settled(world, 1)

    await world.desk.ledger.run(points_to, "gopher://agent.example.com/hook")
    world.clock.forward(seconds=WAITS[0] * 1.2 + 1)
    world.waker.committed({relays.TOPIC: None})
    await settled(world, 2)
    await world.desk.ledger.run(points_to, hook.url)
    world.clock.forward(seconds=WAITS[1] * 1.2 + 1)
    world.waker.committed({relays.TOPIC: None})

    await hook.until(2)
    assert hook.arrived[0].id == hook.arrived[1].id


def points_to(tx: Tx, url: str) -> None:
    tx.execute(text("UPDATE relay SET url = :url"), {"url": url})


async def test_five_days_of_failures_switch_the_address_off(
    world: World, agent: Agent, hook: Receiver
) -> None:
    """Each event is new, and none arrives: the address is left alone."""
    hook.answers = [(500, {})] * 1000
    await (await agent.asks(**at(hook))).do("cancel")
    await hook.until(1)
    await settled(world, 1)
    world.clock.forward(hours=121)

    await (await agent.asks(**at(hook))).do("cancel")
    await world.until(lambda: any("five days" in words for words in alerts(world)))

    assert (await dead_letters(world.desk.ledger))[0].agent == "refund-bot"


async def test_every_live_secret_signs(world: World, agent: Agent, hook: Receiver) -> None:
    """During a rotation the old receiver and the new one can both read it; then only the new."""
    newer = await world.agent(callback_secret=True)
    asked, later = await agent.asks(**at(hook)), await agent.asks(**at(hook))
    await (await world.card_of(asked)).click("Approve", by="alice")
    await hook.until(1)

    await revoke_key(world.desk.ledger, agent.key.split("_")[1])
    await (await world.card_of(later)).click("Approve", by="alice")
    await hook.until(2)

    both, one = hook.arrived
    assert both.opened(secret_of(agent.key)) == both.opened(secret_of(newer.key))
    assert one.opened(secret_of(newer.key))["type"] == "escalation.decided"
    with pytest.raises(WebhookVerificationError):
        one.opened(secret_of(agent.key))


async def test_without_a_live_secret_nothing_leaves(
    world: World, agent: Agent, hook: Receiver
) -> None:
    """An unsigned word would teach receivers to believe anybody."""
    asked = await agent.asks(**at(hook))
    await revoke_key(world.desk.ledger, agent.key.split("_")[1])

    await (await world.card_of(asked)).click("Approve", by="alice")
    await settled(world, 1)

    assert hook.arrived == []
    assert await world.desk.ledger.read(problems) == ["no live key of this agent has a secret"]


async def test_a_signature_is_for_one_body_and_one_moment(
    world: World, agent: Agent, hook: Receiver
) -> None:
    """Every flipped bit, an old or another stamp, another id or secret: none is believed."""
    asked = await agent.asks(**at(hook))
    await (await world.card_of(asked)).click("Approve", by="alice")
    await hook.until(1)
    (arrived,) = hook.arrived
    proof = Webhook(secret_of(agent.key))

    forged = [
        (bytes([*arrived.body[:n], arrived.body[n] ^ 1, *arrived.body[n + 1 :]]), {})
        for n in range(0, len(arrived.body), 7)
    ]
    stamp = int(arrived.headers["webhook-timestamp"])
    forged += [(arrived.body, {"webhook-timestamp": str(stamp + n)}) for n in (-301, -1, 1, 301)]
    forged += [(arrived.body, {"webhook-id": "whk_other"}), (arrived.body + b" ", {})]

    for body, headers in forged:
        with pytest.raises((WebhookVerificationError, UnicodeDecodeError)):
            proof.verify(body, arrived.headers | headers)
    with pytest.raises(WebhookVerificationError):
        arrived.opened(secret_of("pc_another_key"))
    # A genuine one that somebody has kept for six minutes.
    old = datetime.fromtimestamp(stamp - 360, UTC)
    kept = {
        "webhook-timestamp": str(stamp - 360),
        "webhook-signature": proof.sign(arrived.id, old, arrived.body.decode()),
    }
    with pytest.raises(WebhookVerificationError, match="too old"):
        proof.verify(arrived.body, arrived.headers | kept)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://10.0.0.7/hook", "private network"),
        ("https://169.254.169.254/latest/meta-data", "private network"),
        ("http://agent.example.com/hook", None),
        ("https://user:pw@agent.example.com/hook", "user name"),
        ("ftp://agent.example.com/hook", "http(s)"),
    ],
)
async def test_an_address_that_cannot_be_used_is_refused_at_once(
    world: World, agent: Agent, url: str, words: str | None
) -> None:
    """422 that says why; by http only where the operators allow private addresses at all."""
    answer = await agent.posts(**REFUND, callback={"url": url})

    if words is None:
        assert answer.status == 201  # the name may turn out to be one of those allowed
    else:
        assert answer.status == 422
        assert answer.json["errors"][0]["pointer"] == "/callback/url"
        assert words in answer.json["errors"][0]["message"]


async def test_a_key_says_which_hosts(world: World, hook: Receiver) -> None:
    """A key for two hosts sends nothing anywhere else, however they are written."""
    hosts = ("agent.example.com", "[2606:2800:21f::1]")
    agent = await world.agent(callback_secret=True, callback_hosts=hosts)

    refused = await agent.posts(**REFUND, **at(hook))
    taken = await agent.posts(**REFUND, callback={"url": "https://Agent.Example.com./x"})
    literal = await agent.posts(**REFUND, callback={"url": "https://[2606:2800:21F::1]/x"})

    assert refused.status == 422
    assert "only 2606:2800:21f::1, agent.example.com" in refused.json["errors"][0]["message"]
    assert (taken.status, literal.status) == (201, 201)


async def test_a_name_that_leads_inside_is_given_up_at_once(world: World) -> None:
    """It is looked at when the bot connects; there is no second try, and operators hear of it."""
    world.callback_allow = ""
    await world.stop_bot()
    await world.start_bot()
    agent = await world.agent(callback_secret=True)

    for _ in range(3):
        asked = await agent.asks(callback={"url": "https://localhost:9/hook"})
        await asked.do("cancel")
    await world.until(lambda: bool(alerts(world)))

    async def all_given_up() -> bool:
        return len(await dead_letters(world.desk.ledger)) == 3

    await world.until_true(all_given_up)
    letter, *others = await dead_letters(world.desk.ledger)
    with pytest.raises(InvalidError, match="Nothing that was given up"):
        await replay(world.desk.ledger, "whk_nothing")
    assert (letter.attempts, len(others)) == (1, 2)
    assert "may not reach" in alerts(world)[0]
    assert len(alerts(world)) == 1


async def test_a_replay_comes_before_the_address(world: World, hook: Receiver) -> None:
    """What was taken once is answered again, though the key that asks now could not ask it."""
    agent, plain = await world.agent(callback_secret=True), await world.agent()
    first = await agent.posts(key="k", **REFUND, **at(hook))

    again = await plain.posts(key="k", **REFUND, **at(hook))

    assert (again.status, again.json["id"]) == (200, first.json["id"])


async def test_a_slow_agent_holds_nobody_up(world: World, agent: Agent, hook: Receiver) -> None:
    """Ten events for an address that never answers; another agent's arrive meanwhile."""
    async with receiver() as slow:
        slow.silent = True
        there = slow.url.replace("127.0.0.1", "localhost")
        for _ in range(10):
            await (await agent.asks(callback={"url": there})).do("cancel")
        await slow.until(4)
        quick = await world.agent("quick-bot", callback_secret=True)
        await quick.asks_refund(21, **at(hook))

        await hook.until(1)

        assert len(slow.arrived) == 4
        slow.spoken.set()


def alerts(world: World) -> list[str]:
    return [m.text for m in world.slack.channels["C09ADMIN"].messages.values()]
