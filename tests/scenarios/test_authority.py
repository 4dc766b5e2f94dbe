"""Every kind of person at every door: exactly those decide who may, and everybody else is told.

`AUTHORITY_STEP=1` takes all 1,960 cases of the product, which is some minutes' work; usually it
is everybody who may do something, and each twentieth of those who may not.
"""

from __future__ import annotations

import itertools
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.rules.making import CLAIM
from tests.world import Asked, words_in

if TYPE_CHECKING:
    from tests.world import Agent, Shown, World

STEP = int(os.environ.get("AUTHORITY_STEP", "20"))

ROLES = ("by id", "by usergroup", "by address", "admin", "stranger")
ACCOUNTS = ("member", "guest", "ultra guest", "bot", "deactivated", "foreign", "unknown")
#: Whose wish it is; `allowed`: their own, on a route that does not mind.
SELVES = ("nobody's", "allowed", "owner", "on behalf", "editor")
DOORS = ("approve", "modify", "reject", "approve in everything", "option", "answer")
MINDS = ("fresh", "stale")

_ACCOUNT: dict[str, dict[str, Any]] = {
    "member": {},
    "guest": {"is_restricted": True},
    "ultra guest": {"is_ultra_restricted": True},
    "bot": {"is_bot": True},
    "deactivated": {"deleted": True},
    "foreign": {"team_id": "T99OTHER"},
    "unknown": {},
}
_WHERE = {"allowed": "#money"}
#: Who is refused at one of these is told by a whisper, else in their modal.
_BUTTONS = {"approve": "Approve", "option": "Clause 9.1"}


class Case(NamedTuple):
    """One person before one question."""

    role: str
    account: str
    whose: str
    door: str
    mind: str

    @property
    def user(self) -> str:
        return f"U{ROLES.index(self.role)}{ACCOUNTS.index(self.account)}MATRIX"

    @property
    def real(self) -> bool:
        """A paused workflow has nothing that somebody could have edited."""
        return self.whose != "editor" or not self.guides

    @property
    def guides(self) -> bool:
        return self.door in {"option", "answer"}

    @property
    def asked(self) -> bool:
        return self.role in ROLES[:3] and self.account == "member" and self.mind == "fresh"

    @property
    def expected(self) -> str:
        """The policy in six lines, written down a second time."""
        if not self.asked:
            return "refused"
        if self.door == "reject" or self.whose == "allowed":
            return "decided"
        if self.door == "modify":
            return "proposed"
        return "decided" if self.whose == "nobody's" else "refused"


EVERY_CASE = [
    case
    for case in map(Case._make, itertools.product(ROLES, ACCOUNTS, SELVES, DOORS, MINDS))
    if case.real
]
PEOPLE = sorted({case.user: case for case in EVERY_CASE}.items())


def email_of(user: str) -> str:
    return f"{user.lower()}@sandbox.example"


def slice_of(cases: list[Case]) -> list[Case]:
    """Everybody who is asked, and as many others as make each two circumstances meet."""
    chosen = [case for case in cases if case.asked]
    missing = {pair for case in cases for pair in _pairs(case)}
    missing -= {pair for case in chosen for pair in _pairs(case)}
    for case in cases:
        if new := _pairs(case) & missing:
            missing -= new
            chosen.append(case)
    return chosen


def _pairs(case: Case) -> set[tuple[tuple[int, str], tuple[int, str]]]:
    return set(itertools.combinations(enumerate(case), 2))


@dataclass
class Matrix:
    """The world with all its people, and questions that serve until somebody has changed them."""

    world: World
    theirs: Agent
    others: Agent
    untouched: dict[tuple[str, ...], Asked] = field(default_factory=dict)
    amounts: Any = field(default_factory=lambda: itertools.count(200))

    async def question(self, case: Case) -> tuple[tuple[str, ...], Asked, Shown]:
        mine = case.user if case.whose in {"on behalf", "editor"} else ""
        key = (case.whose, mine, str(case.guides))
        asked = self.untouched.get(key)
        where = _WHERE.get(case.whose, "#reviews")
        if asked is None:
            agent = self.theirs if case.whose in {"owner", "allowed"} else self.others
            over: dict[str, Any] = {}
            if case.whose == "on behalf":
                names = itertools.cycle([case.user, email_of(case.user).upper()])
                source = next(itertools.islice(names, ROLES.index(case.role), None))
                over["source"] = {"on_behalf_of": source}
            if case.whose == "allowed":
                over["category"] = "lax"
            self.untouched[key] = asked = await _posted(agent, case, over)
            await self.world.until_true(lambda asked=asked: _stands(asked))
            if case.whose == "editor":
                await self.propose(case, asked)
        return key, asked, await self.world.card_of(asked, where)

    async def propose(self, case: Case, asked: Asked) -> None:
        """An edit of their own; or of a reviewer's, where they cannot write one."""
        card = await self.world.card_of(asked)
        who = case.user if case._replace(mind="fresh").asked else "U99RITA"
        await card.click("Modify…", by=who)
        await self.world.submit(who, field_0=str(next(self.amounts)))
        await card.until(lambda c: "proposes" in c.text)

    async def act(self, case: Case, card: Shown) -> list[str]:
        """Go through the door; what the person then reads, privately or in their modal."""
        before = len(self.world.whispers_to(case.user))
        self.world.slack.modals.clear(case.user)
        if case.door in _BUTTONS:
            await card.click(_BUTTONS[case.door], by=case.user)
            return []
        if case.door == "approve in everything":
            await card.click("Show everything", by=case.user)
            status, answer = await self.world.control(
                "view/click", user=case.user, action_id="approve", confirmed=True
            )
            assert status == 200, answer
        elif case.door == "modify":
            await card.click("Modify…", by=case.user)
            await self.world.submit(case.user, field_0=str(next(self.amounts)))
        elif case.door == "answer":
            await card.click("Answer…", by=case.user)
            await self.world.submit(case.user, response="Go on.")
        else:
            await card.click("Reject…", by=case.user)
            await self.world.submit(case.user, reason="No.")
        assert len(self.world.whispers_to(case.user)) == before
        shown = self.world.slack.modals.top(case.user)
        return words_in([shown.view["title"], shown.view["blocks"]]) if shown else []

    async def went(self, case: Case) -> str:
        """What became of it; whoever is refused must have been told."""
        key, asked, card = await self.question(case)
        before, heard = await asked.see(), len(self.world.whispers_to(case.user))
        read = await self.act(case, card)
        after = await asked.see()
        if after["version"] == before["version"]:
            if case.door in _BUTTONS:
                read = await self.world.whispered(case.user, heard + 1)
            assert "Nothing changed by your click." in "\n".join(read), (case, read)
            assert (after["status"], after["decision"]) == ("open", None)
            return "refused"
        del self.untouched[key]
        if after["status"] == "decided":
            assert after["decision"]["decided_by"]["id"] == case.user
            return "decided"
        assert "Now a proposal" in read, (case, read)
        return "proposed"


async def build(world: World) -> Matrix:
    """The people in Slack, the policy that names them, and a bot that knows them."""
    named = {role: [c.user for _, c in PEOPLE if c.role == role] for role in ROLES}
    users = ", ".join([*named["by id"], "U99RITA"])
    addresses = ", ".join(map(email_of, named["by address"]))
    world.policy = f"""\
version: 1
groups:
  listed: {{users: [{users}]}}
  slacks: {{usergroup: S01MATRIX}}
  posts: {{emails: [{addresses}]}}
  admins: {{users: [{", ".join(named["admin"])}]}}
admins: [admins]
routes:
  strict: {{channel: C01REV, reviewers: [listed, slacks, posts], no_self_approval: true}}
  lax: {{channel: C03MONEY, reviewers: [listed, slacks, posts]}}
rules:
  - {{name: lax, when: 'category == "lax"', then: escalate, route: lax}}
"""
    await world.stop_bot()
    await world.control("users", id="U99RITA", real_name="Rita Reviewer")
    for user, case in PEOPLE:
        await world.control(
            "users", id=user, real_name=user, email=email_of(user), **_ACCOUNT[case.account]
        )
        if case.account == "unknown":
            for method, match in (("users.info", user), ("users.lookupByEmail", email_of(user))):
                await fail(world, method, match)
    await world.control("usergroups", id="S01MATRIX", users=named["by usergroup"])
    await world.start_bot()
    return Matrix(
        world=world,
        theirs=await world.agent("their-bot", owners=tuple(user for user, _ in PEOPLE)),
        others=await world.agent("other-bot", owners=("U09OWNER",)),
    )


async def _posted(agent: Agent, case: Case, over: dict[str, Any]) -> Asked:
    if not case.guides:
        return await agent.asks(**over)
    answer = await agent.posts(**(CLAIM | over))
    assert answer.status == 201, answer.json
    return Asked(agent, answer.json["id"])


async def _stands(asked: Asked) -> bool:
    """After this nothing but people changes its version."""
    return (await asked.see())["permalink"] is not None


async def fail(world: World, method: str, match: str = "") -> None:
    await world.control("faults", method=method, match=match, status=500, times=1_000_000)


async def nobody_unasked(world: World, cases: list[Case]) -> None:
    matrix = await build(world)
    fresh = [case for case in cases if case.mind == "fresh"]
    stale = [case for case in cases if case.mind == "stale"]
    wrong = [(c, went) for c in fresh if (went := await matrix.went(c)) != c.expected]
    for case in stale:  # while their authors still may write
        await matrix.question(case)

    for method in ("users.info", "users.lookupByEmail", "usergroups.users.list"):
        await fail(world, method)
    world.clock.forward(minutes=61)
    wrong += [(c, went) for c in stale if (went := await matrix.went(c)) != c.expected]

    assert wrong == []


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("database_url", "way"), [("sqlite", "http")], indirect=True)
async def test_nobody_decides_who_may_not(world: World) -> None:
    """Roles, accounts, self-approval and an old people table, at six doors: the whole product."""
    assert len(EVERY_CASE) == 1960
    await nobody_unasked(world, [c for n, c in enumerate(EVERY_CASE) if c.asked or not n % STEP])


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("database_url", "way"), [("postgres", "http"), ("sqlite", "socket")], indirect=True
)
async def test_nobody_decides_who_may_not_elsewhere(world: World) -> None:
    """A slice in which each two circumstances still meet, and everybody who may decide does."""
    cases = slice_of(EVERY_CASE)
    assert {pair for case in cases for pair in _pairs(case)} == {
        pair for case in EVERY_CASE for pair in _pairs(case)
    }
    await nobody_unasked(world, cases)
