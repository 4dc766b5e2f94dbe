"""A category earns what it may deliver by itself, and loses it again."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from bot.domain.errors import ForbiddenError, InvalidError
from bot.domain.people import Clicker
from bot.learning.epochs import fold
from bot.learning.events import Began, Labelled, Scored
from bot.store import learning
from bot.usecases.advance import advance_what_is_due
from bot.usecases.check_learning import check_learning
from bot.usecases.erase import erase
from bot.usecases.learn import happened
from bot.usecases.order_category import look_at_category
from tests.rules.making import QUESTION
from tests.scenarios.test_breaker import answered, writes
from tests.world import PEOPLE, POLICY, World, words_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.store.tx import Tx
    from tests.world import Agent, Shown

LEARNING = POLICY.replace("reviewers: [reviewers],", "reviewers: [reviewers], keys: [watchdog],")
LEARNING = LEARNING.replace(
    "rules:\n",
    """\
admins: [reviewers]
categories:
  faq: {learn: true, risk: low}
rules:
  - {name: trust by score, when: 'kind == "answer"', then: by_confidence}
""",
)


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    made = World(database_url, tmp_path, policy=LEARNING)
    await made.open()
    try:
        yield made
    finally:
        await made.close()


class Desk:
    """People who answer what they are asked, by what is true of it."""

    def __init__(self, agent: Agent, judge: Agent) -> None:
        self.agent, self.judge = agent, judge
        self.asked = 0

    async def case(self, number: int, score: float, *, right: bool = True, **over: Any) -> str:
        """What became of it: `rule`, or `person` after somebody has answered."""
        body = QUESTION | {"question": f"Question {number}?", "confidence": score, "signals": [],
                           "category": "faq"}  # fmt: skip
        posted = await self.agent.posts(**(body | over))
        assert posted.status == 201, posted.json
        if posted.json["decision"] is not None:
            return "rule"
        self.asked += 1
        verdict = {"type": "approve"} if right else {"type": "reject", "comment": "Wrong."}
        path = f"/v1/escalations/{posted.json['id']}/decision"
        answer = await self.judge.call("POST", path, verdict)
        assert answer.status == 200, answer.json
        return "person"


def alerts(world: World) -> list[str]:
    return [m.text for m in world.slack.channels["C09ADMIN"].messages.values()]


async def test_evidence_opens_a_category_and_replay_agrees(world: World) -> None:
    """A hundred cases draw the rungs, and 41 right ones in the first of them open it."""
    desk = Desk(
        await world.agent("faq-bot"), await world.agent(name="watchdog", scopes=("decide",))
    )
    for number in range(100):
        assert await desk.case(number, 0.5 + number / 250) == "person"
    for number in range(100, 140):
        assert await desk.case(number, 0.95) == "person"
    assert alerts(world) == []

    assert await desk.case(140, 0.95) == "person"
    await world.until(lambda: bool(alerts(world)))
    became = [await desk.case(number, 0.95) for number in range(141, 160)]

    assert "Category faq now delivers" in alerts(world)[0]
    assert set(became) == {"rule"}
    assert await desk.case(160, 0.3) == "person"

    def replayed(tx: Tx) -> bool:
        return fold(learning.events(tx, "faq")) == learning.find(tx, "faq").standing

    assert await world.desk.ledger.read(replayed)


async def changes(world: World, who: str, order: str, reason: str = "The prices changed.") -> None:
    """What an admin does behind `stats faq`."""
    await writes(world, who, "stats faq")
    await presses_change(world, who)
    await world.submit(who, order=order, reason=reason)


async def presses_change(world: World, who: str) -> None:
    ts, _ = answered(world, who)
    status, answer = await world.control(
        "click", user=PEOPLE[who], channel="C01REV", ts=ts, action_id="category"
    )
    assert status == 200, answer


async def stands(world: World) -> str:
    agent = await world.agent(name="reader", scopes=("escalate:read",))
    state: str = (await agent.call("GET", "/v1/categories/faq")).json["state"]
    return state


async def test_admins_have_the_last_word(world: World) -> None:
    """Stopped, asked always and learned anew, with a reason that everybody reads."""
    shown = await writes(world, "alice", "stats faq")
    states = []
    for order in ("freeze", "unfreeze", "always_ask", "as_learned", "reset"):
        await changes(world, "alice", order)
        states.append(await stands(world))
    await changes(world, "alice", "freeze", "Until the audit is over.")
    frozen = await writes(world, "alice", "stats faq")

    assert "Collecting its first cases" in shown
    assert states == ["frozen", "warming", "always_ask", "warming", "warming"]
    assert "Frozen by an admin" in frozen
    assert "Until the audit is over." in frozen
    await world.until(lambda: len(alerts(world)) == 6)
    told = alerts(world)
    assert "Alice: category faq delivers nothing by itself until an admin lets it go on" in told[0]


async def test_an_order_is_refused_with_a_reason(world: World) -> None:
    """Of who is no admin, of a form without one, and of what somebody has changed meanwhile."""
    await writes(world, "alice", "stats faq")
    await presses_change(world, "alice")
    refused = await world.control(
        "view/submit", user=PEOPLE["alice"], values={"order": "freeze", "reason": "\u200b"}
    )
    await changes(world, "bob", "freeze")
    await world.submit("alice", order="freeze", reason="So do I.")
    late = "".join(words_in(await world.modal_of("alice")))
    carol = await writes(world, "carol", "stats faq")
    clicker = Clicker(id="U03CAROL", name="carol", team_id=None)

    assert "Please write why" in str(refused)
    assert "Somebody has changed this category meanwhile" in late
    assert "Change…" not in carol
    with pytest.raises(ForbiddenError, match="can change what a category delivers"):
        await look_at_category(world.desk, "faq", clicker)
    with pytest.raises(InvalidError, match="not learned"):
        await look_at_category(world.desk, "\x00", replace(clicker, id="U01ALICE"))


async def test_what_is_kept_is_what_the_events_come_to(world: World) -> None:
    """Looked at each day; whoever changed it by hand is found out, and it is folded anew."""
    await changes(world, "alice", "freeze")
    assert await check_learning(world.desk) == []

    def thaw(tx: Tx) -> None:
        tx.execute(text("UPDATE learning_standing SET standing = replace(standing, 'prices', 'x')"))

    await world.desk.ledger.run(thaw)

    assert await check_learning(world.desk) == ["faq"]
    assert await check_learning(world.desk) == []
    await world.until(lambda: any("not what its events come to" in one for one in alerts(world)))


async def test_a_forgotten_admin_leaves_the_order(world: World) -> None:
    """It goes on holding, in no name and for no reason that could tell theirs."""
    await changes(world, "alice", "freeze", "Alice says so.")

    await erase(world.desk.ledger, b"pepper", "U01ALICE", with_comments=True)

    def everything(tx: Tx) -> str:
        rows = tx.execute(text("SELECT body FROM learning_event")).scalars()
        kept = tx.execute(text("SELECT standing FROM learning_standing")).scalars()
        return "".join([*rows, *kept])

    left = await world.desk.ledger.read(everything)
    assert "ALICE" not in left.upper()
    assert await stands(world) == "frozen"
    assert await check_learning(world.desk) == []


async def opened_at_once(world: World) -> None:
    """Its evidence as the story above gathers it, in one commit: 141 cases through the doors take
    their time.
    """

    def gather(tx: Tx) -> None:
        kept, now = learning.lock(tx, "faq"), tx.now()
        kept = happened(tx, kept, Began(at=now, risk="low"))
        learning.is_new(tx, "faq", "faq-bot", "v1")
        for number in range(141):
            score = 0.5 + number / 250 if number < 100 else 0.95
            case = Scored(at=now, case=f"c{number}", score=score, pi=1, pi_min=1, way="person",
                          coin=False, held=False)  # fmt: skip
            kept = happened(tx, kept, case)
            label = Labelled(at=now, case=case.case, loss=0, source="person")
            kept = happened(tx, kept, label)

    await world.desk.ledger.run(gather)


def to_review(world: World) -> list[Shown]:
    return [one for one in world.cards() if "Incorrect…" in one.buttons]


async def delivered(world: World, agent: Agent, *numbers: int, **over: Any) -> list[Any]:
    """Sure answers, one by one."""
    desk = Desk(agent, agent)
    return [await desk.case(number, 0.95, **over) for number in numbers]


async def test_what_reviews_find_wrong_closes_the_category(world: World) -> None:
    """First everything is reviewed, then nothing goes out any more; who reviews knows nothing."""
    await opened_at_once(world)
    agent = await world.agent("faq-bot")
    number = itertools.count(200)

    async def until_told(words: str) -> None:
        while not any(words in one for one in alerts(world)):
            assert await delivered(world, agent, next(number)) == ["rule"]
            await world.until_all_is_shown()
            for card in to_review(world):
                assert "0.95" not in card.text
                await card.click("Incorrect…", by="alice")
                await world.submit("alice", error_type="accuracy", severity="major")
                await card.until(lambda c: "Incorrect, says Alice" in c.text)
            await world.until_true(lambda: world.desk.ledger.read(_all_is_said))

    await until_told("every delivery is reviewed")
    await until_told("Category faq delivers nothing by itself any more")

    assert await stands(world) == "closed"
    assert "The last that were wrong" in alerts(world)[-1]


async def test_something_that_must_be_acted_on_closes_at_once(world: World) -> None:
    """A rule and no statistic; a minor mistake only counts half."""
    await opened_at_once(world)
    agent = await world.agent("faq-bot")
    for number in itertools.count(300):
        await delivered(world, agent, number)
        await world.until_all_is_shown()
        if to_review(world):
            break

    await to_review(world)[0].click("Incorrect…", by="bob")
    await world.submit("bob", error_type="safety", severity="critical")

    await world.until(lambda: any("somebody must act on" in one for one in alerts(world)))
    assert await stands(world) == "closed"


async def test_another_version_of_an_agent_is_learned_anew(world: World) -> None:
    """What one has shown says nothing of the next; the policy's risk and its end neither."""
    await opened_at_once(world)
    agent = await world.agent("faq-bot")
    assert (await delivered(world, agent, 400))[0] == "rule"

    newer = QUESTION | {"question": "New?", "confidence": 0.95, "signals": [], "category": "faq",
                        "source": {"agent_version": "2"}}  # fmt: skip
    asked = await agent.wants(newer)

    assert (await asked.see())["decision"] is None
    assert await stands(world) == "warming"
    await world.until(lambda: any("something new" in one or "faq-bot v1 2" in one
                                  for one in alerts(world)))  # fmt: skip


async def test_silence_counts_against_it(world: World) -> None:
    """What nobody answers in time, and what its agent takes back, is no agreement."""
    await opened_at_once(world)
    agent = await world.agent("faq-bot")
    body = QUESTION | {"confidence": 0.6, "signals": [], "category": "faq"}
    withdrawn = await agent.wants(body | {"question": "One?"})
    expired = await agent.wants(body | {"question": "Two?"})
    edited = await agent.wants(body | {"question": "Three?"})
    before = await world.desk.ledger.read(learning.find, "faq")

    await (await world.card_of(edited)).click("Modify…", by="alice")
    await world.submit("alice", draft="No.")
    await edited.answer()
    await withdrawn.do("cancel")
    world.clock.forward(days=1)
    await advance_what_is_due(world.desk)
    assert (await expired.see())["status"] == "expired"

    after = await world.desk.ledger.read(learning.find, "faq")
    assert after.standing.labels - before.standing.labels == 3
    assert after.standing.missing - before.standing.missing == 2


async def test_a_certificate_ends(world: World) -> None:
    """After ninety days the evidence is gathered anew, whatever it was."""
    await opened_at_once(world)
    agent = await world.agent("faq-bot")
    assert (await delivered(world, agent, 500))[0] == "rule"
    world.clock.forward(days=91)
    body = QUESTION | {"confidence": 0.95, "signals": [], "category": "faq"}

    asked = await agent.wants(body)

    assert (await asked.see())["decision"] is None
    await world.until(lambda: any("its certificate has ended" in one for one in alerts(world)))


def _all_is_said(tx: Tx) -> bool:
    return not tx.execute(text("SELECT id FROM outbox WHERE done_at IS NULL")).all()
