"""Who may decide, and whom the others are told to ask."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.cards.wording_people import denied
from bot.domain.directory import Denial, Directory, Roll
from bot.domain.escalation import Escalation, Need
from bot.domain.people import Clicker, Person
from bot.domain.request import Request
from bot.policy.allowed import key_may_decide, why_no_admin, why_not
from bot.policy.book import Book, Group, Route

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(minutes=61)
DEFAULT = Need(route="default", approvals=1)
STRICT = Need(route="strict", approvals=1)
SLACKS = Need(route="slacks", approvals=1)
NOBODY = Need(route="nobody", approvals=1)
MANY = Need(route="many", approvals=1)
BOOK = Book(
    version="sha256:0",
    timezone="UTC",
    groups={
        "leads": Group(users=("U01ALICE", "U02BOB")),
        "empty": Group(),
        "many": Group(users=tuple(f"U{n}" for n in range(12))),
        "slacks": Group(usergroup="S01LEADS", emails=("carol@example.com",)),
    },
    admins=("slacks",),
    routes={
        "default": Route(name="default", channel="C01REV", reviewers=("leads",), keys=("judge",)),
        "strict": Route(
            name="strict", channel="C02RND", reviewers=("leads",), no_self_approval=True
        ),
        "nobody": Route(name="nobody", channel="C02RND", reviewers=("empty",)),
        "many": Route(name="many", channel="C02RND", reviewers=("many",)),
        "slacks": Route(name="slacks", channel="C02RND", reviewers=("slacks",)),
    },
)


def person(user: str, **known: Any) -> Person:
    given = {"display_name": user[3:].title(), "team_id": "T1", "fetched_at": NOW}
    return Person(id=user, **(given | {"email": f"{user[3:].lower()}@example.com"} | known))


def directory(
    *people: Person, leads: datetime | None = NOW, carol: datetime | None = NOW
) -> Directory:
    """Alice and Carol are known, and Alice leads by Slack's word."""
    known = [person("U01ALICE"), person("U02BOB"), person("U03CAROL"), *people]
    return Directory(
        now=NOW,
        team_id="T1",
        people={one.id: one for one in known},
        rolls={
            "S01LEADS": Roll(key="S01LEADS", members=frozenset({"U01ALICE"}), fetched_at=leads),
            "carol@example.com": Roll(
                key="carol@example.com", members=frozenset({"U03CAROL"}), fetched_at=carol
            ),
        },
    )


def escalation(on_behalf_of: str | None = None) -> Escalation:
    source = {"on_behalf_of": on_behalf_of} if on_behalf_of else None
    return Escalation(
        id="esc_1",
        agent="refund-bot",
        owners=frozenset(),
        status="open",
        version=1,
        created_at=NOW,
        expires_at=NOW + timedelta(hours=4),
        request=Request.model_validate(
            {"action": "Refund", "reason": "Broken", "impact": "Money leaves", "source": source}
        ),
        action_digest="sha256:0",
        urgency="normal",
        need=DEFAULT,
        valid_for=timedelta(hours=24),
        rule=None,
        why=None,
        handoff="A person is looking at this.",
    )


def clicker(user: str, team: str | None = "T1") -> Clicker:
    return Clicker(id=user, name=user, team_id=team)


def denial(
    need: Need = DEFAULT,
    user: str = "U01ALICE",
    team: str | None = "T1",
    here: Directory | None = None,
    on_behalf_of: str | None = None,
    owners: frozenset[str] = frozenset(),
    authors: frozenset[str] = frozenset(),
    **how: bool,
) -> Denial | None:
    return why_not(
        BOOK,
        here or directory(),
        replace(escalation(on_behalf_of), owners=owners),
        need,
        person=clicker(user, team),
        authors=authors,
        **how,
    )


def told(found: Denial | None) -> str:
    """What the person reads."""
    assert found is not None
    return denied(found, NOW, "Europe/Berlin")


def test_a_reviewer_of_the_route_may_decide() -> None:
    """Being in a group of the route is enough, with or without a workspace in the click."""
    assert denial() is None
    assert denial(team=None) is None
    assert denial(need=Need(route="long gone", approvals=1)) is None


def test_slack_says_who_is_in_its_groups() -> None:
    """By a usergroup, and by an address."""
    assert denial(SLACKS, "U01ALICE") is None
    assert denial(SLACKS, "U03CAROL") is None
    assert told(denial(SLACKS, "U02BOB")) == "Only <@U01ALICE> and <@U03CAROL> can decide this."


@pytest.mark.parametrize(
    ("need", "expected"),
    [
        (DEFAULT, "Only <@U01ALICE> and <@U02BOB> can decide this."),
        (NOBODY, "Nobody is listed who can decide this."),
    ],
)
def test_others_learn_who_may(need: Need, expected: str) -> None:
    """A refusal says whom to ask."""
    assert told(denial(need, "U03CAROL")) == expected


def test_a_long_list_of_reviewers_is_cut() -> None:
    """Ten names are enough to find somebody."""
    words = told(denial(MANY))

    assert words.count("<@") == 10
    assert words.endswith(" and 2 more can decide this.")


def test_who_cannot_decide_is_not_recommended() -> None:
    """Bob is named by the policy, and has left."""
    here = directory(person("U02BOB", deleted=True))

    assert told(denial(user="U03CAROL", here=here)) == "Only <@U01ALICE> can decide this."


@pytest.mark.parametrize(
    ("known", "team", "words"),
    [
        ({"bot": True}, "T1", "this account is a bot. Please ask <@U02BOB>."),
        ({"deleted": True}, "T1", "is deactivated, so it can no longer decide this. Please ask"),
        ({"guest": True}, "T1", "you are a guest here. Please ask <@U02BOB>."),
        ({}, "T2", "you are from another one. Please ask <@U02BOB>."),
        ({"team_id": "T2"}, "T1", "you are from another one"),
        ({"team_id": "T2"}, None, "you are from another one"),
        ({"team_id": None}, None, "you are from another one"),
    ],
)
def test_a_reviewer_must_be_a_member(known: dict[str, Any], team: str | None, words: str) -> None:
    """Standing in the policy does not turn a guest, a bot or a stranger into a colleague."""
    here = directory(person("U01ALICE", **known))

    assert words in told(denial(here=here, team=team))
    assert denial(here=here, team=team, fresh=False) is not None


def test_somebody_we_know_nothing_of_is_asked_to_wait() -> None:
    """Without our own record nobody can say whether this is a guest."""
    words = told(denial(MANY, "U3"))

    assert words.startswith("I do not know your Slack account yet. Please try again in a minute")
    assert denial(MANY, "U3", fresh=False) is not None


def test_what_slack_said_an_hour_ago_does_not_count() -> None:
    """With the time since when, in the reader's zone, and somebody who can decide meanwhile."""
    old = directory(person("U01ALICE", fetched_at=LONG_AGO))
    just = directory(person("U01ALICE", fetched_at=NOW - timedelta(minutes=60)))

    assert told(denial(here=old)) == (
        "I could not refresh who you are from Slack since 11:59 CET. Please try again in a "
        "minute, or ask <@U02BOB>."
    )
    assert denial(here=just) is None
    assert denial(here=old, fresh=False) is None


def test_nobody_is_recommended_while_slack_is_away() -> None:
    """The others would be refused as well."""
    old = [person(user, fetched_at=LONG_AGO) for user in ("U01ALICE", "U02BOB")]

    assert told(denial(here=directory(*old))).endswith("Please try again in a minute.")


def test_before_slack_has_answered_nobody_decides() -> None:
    """Which workspace is ours is not known yet; earlier votes stand."""
    here = replace(directory(), team_id=None)

    assert told(denial(here=here)).startswith("I could not refresh who you are")
    assert denial(here=here, fresh=False) is None


@pytest.mark.parametrize("user", ["U01ALICE", "U02BOB"])
def test_an_old_roll_counts_for_nobody(user: str) -> None:
    """Neither for those whom it names, nor against those who may have joined since."""
    words = told(denial(SLACKS, user, here=directory(leads=LONG_AGO)))

    assert words.startswith(
        "I could not refresh from Slack since 11:59 CET who belongs to the groups that are asked."
    )
    assert "or ask" in words
    assert denial(SLACKS, "U03CAROL", here=directory(leads=LONG_AGO)) is None


def test_a_roll_that_was_never_called_counts_for_nobody() -> None:
    """Slack has not said yet who is in the usergroup."""
    here = replace(directory(), rolls={})

    assert told(denial(SLACKS, here=here)) == (
        "Slack has not told me yet who belongs to the groups that are asked. "
        "Please try again in a minute."
    )


def test_an_earlier_vote_stands_while_slack_is_away() -> None:
    """What we learn takes a voice away; what we do not hear does not."""
    here = directory(leads=LONG_AGO)

    assert denial(SLACKS, "U01ALICE", here=here, fresh=False) is None
    assert denial(SLACKS, "U02BOB", here=here, fresh=False) is not None


def test_admins_are_members_too() -> None:
    """Named by the policy, known to Slack, and heard of lately."""
    here, old = directory(), directory(leads=LONG_AGO)
    guest = directory(person("U01ALICE", guest=True))

    assert why_no_admin(BOOK, here, clicker("U01ALICE")) is None
    assert BOOK.is_admin(clicker("U01ALICE"), here)
    for user, team, there in (
        ("U02BOB", "T1", here),
        ("U01ALICE", "T1", old),
        ("U01ALICE", "T1", guest),
        ("U01ALICE", "T2", here),
    ):
        assert why_no_admin(BOOK, there, clicker(user, team)) is not None
        assert not BOOK.is_admin(clicker(user, team), there)
    stranger = why_no_admin(BOOK, here, clicker("U02BOB"))
    assert stranger is not None
    words = denied(stranger, NOW, "UTC", this="pause an agent")
    assert words == "Only <@U01ALICE> and <@U03CAROL> can pause an agent."


ALICE = frozenset({"U01ALICE"})


@pytest.mark.parametrize(
    ("self_made", "known", "words"),
    [
        ({"owners": ALICE}, {}, "You own the agent"),
        ({"authors": ALICE}, {}, "You wrote this change"),
        ({"on_behalf_of": "U01ALICE"}, {}, "on your behalf"),
        ({"on_behalf_of": " Alice@Example.com"}, {}, "on your behalf"),
        ({"on_behalf_of": "alice@example.com"}, {"email": "ALICE@example.com"}, "on your behalf"),
        ({"on_behalf_of": "alice@example.com"}, {"email": None}, "I cannot see your address"),
    ],
)
def test_nobody_approves_their_own(
    self_made: dict[str, Any], known: dict[str, Any], words: str
) -> None:
    """Self is the key's owner, who started the run, and who wrote the change."""
    here = directory(person("U01ALICE", **known))

    refusal = told(denial(STRICT, here=here, **self_made))

    assert words in refusal
    assert "Please ask <@U02BOB>." in refusal
    assert denial(STRICT, here=here, **self_made, fresh=False) is not None
    assert denial(STRICT, here=here, **self_made, agreeing=False) is None
    assert denial(DEFAULT, here=here, **self_made) is None


def test_two_selves_do_not_recommend_each_other() -> None:
    """Bob owns the agent, and Alice wrote the change: neither can agree."""
    words = told(denial(STRICT, authors=ALICE, owners=frozenset({"U02BOB"})))

    assert words == "You wrote this change, so somebody else has to agree to it."


@pytest.mark.parametrize("on_behalf_of", [None, "U02BOB", "bob@example.com", "cron job"])
def test_what_others_started_may_be_decided(on_behalf_of: str | None) -> None:
    """A route without self-approval is open to everybody else."""
    owners = frozenset({"U02BOB"})

    assert denial(STRICT, on_behalf_of=on_behalf_of, owners=owners) is None


def test_a_key_decides_only_where_it_is_listed() -> None:
    """`keys` of the route, by NAME."""
    assert key_may_decide(BOOK, DEFAULT, "judge")
    assert not key_may_decide(BOOK, STRICT, "judge")
    assert not key_may_decide(BOOK, DEFAULT, "refund-bot")
