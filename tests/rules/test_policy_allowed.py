"""Who may decide, and what the others are told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.escalation import Escalation, Need
from bot.domain.people import Clicker, Person
from bot.domain.request import Request
from bot.policy.allowed import key_may_decide, why_not
from bot.policy.book import Book, Route

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DEFAULT = Need(route="default", approvals=1)
STRICT = Need(route="strict", approvals=1)
BOOK = Book(
    version="sha256:0",
    timezone="UTC",
    groups={
        "leads": ("U01ALICE", "U02BOB"),
        "empty": (),
        "many": tuple(f"U{n}" for n in range(12)),
    },
    routes={
        "default": Route(name="default", channel="C01REV", reviewers=("leads",), keys=("judge",)),
        "strict": Route(
            name="strict", channel="C02RND", reviewers=("leads",), no_self_approval=True
        ),
        "nobody": Route(name="nobody", channel="C02RND", reviewers=("empty",)),
        "many": Route(name="many", channel="C02RND", reviewers=("many",)),
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


def answer(
    need: Need = DEFAULT,
    user: str = "U01ALICE",
    team: str | None = "T1",
    on_behalf_of: str | None = None,
    owners: set[str] | None = None,
    authors: set[str] | None = None,
    **known: Any,
) -> str | None:
    """What Alice is told when she clicks, with what our people table says of her."""
    return why_not(
        BOOK,
        escalation(on_behalf_of),
        need,
        person=Clicker(id=user, name="alice", team_id=team),
        known=Person(
            **{"id": user, "display_name": "Alice", "email": "alice@example.com", **known}
        ),
        team_id="T1",
        owners=frozenset(owners or ()),
        authors=frozenset(authors or ()),
    )


def test_a_reviewer_of_the_route_may_decide() -> None:
    """Being in a group of the route is enough, with or without a workspace in the click."""
    assert answer() is None
    assert answer(team=None) is None
    assert answer(need=Need(route="long gone", approvals=1)) is None


@pytest.mark.parametrize(
    ("need", "expected"),
    [
        (DEFAULT, "Only <@U01ALICE> and <@U02BOB> can decide this."),
        (Need(route="nobody", approvals=1), "Only nobody can decide this."),
    ],
)
def test_others_learn_who_may(need: Need, expected: str) -> None:
    """A refusal says whom to ask."""
    assert answer(need=need, user="U03CAROL") == expected


def test_a_long_list_of_reviewers_is_cut() -> None:
    """Ten names are enough to find somebody."""
    told = answer(need=Need(route="many", approvals=1))

    assert told is not None
    assert told.count("<@") == 10
    assert told.endswith(" and 2 more can decide this.")


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({"bot": True}, "a bot"),
        ({"deleted": True}, "deactivated"),
        ({"guest": True}, "a guest"),
        ({"team": "T2"}, "from another one"),
    ],
)
def test_a_reviewer_must_be_a_member(known: dict[str, Any], words: str) -> None:
    """Standing in the policy does not turn a guest, a bot or a stranger into a colleague."""
    told = answer(**known)

    assert told is not None
    assert words in told


def test_somebody_we_know_nothing_of_is_asked_to_wait() -> None:
    """Without our own record nobody can say whether this is a guest."""
    told = why_not(
        BOOK,
        escalation(),
        DEFAULT,
        person=Clicker(id="U01ALICE", name="alice", team_id=None),
        known=None,
        team_id=None,
        owners=frozenset(),
        authors=frozenset(),
    )

    assert told == "I do not know your Slack account yet. Please try again in a minute."


@pytest.mark.parametrize(
    ("self_made", "words"),
    [
        ({"owners": {"U01ALICE"}}, "You own the agent"),
        ({"authors": {"U01ALICE"}}, "You wrote this change"),
        ({"on_behalf_of": "U01ALICE"}, "on your behalf"),
        ({"on_behalf_of": " Alice@Example.com"}, "on your behalf"),
        ({"on_behalf_of": "alice@example.com", "email": None}, "I cannot see your address"),
    ],
)
def test_nobody_approves_their_own(self_made: dict[str, Any], words: str) -> None:
    """Self is the key's owner, who started the run, and who wrote the change."""
    told = answer(need=STRICT, **self_made)

    assert told is not None
    assert words in told
    assert answer(need=DEFAULT, **self_made) is None


@pytest.mark.parametrize("on_behalf_of", [None, "U02BOB", "bob@example.com", "cron job"])
def test_what_others_started_may_be_decided(on_behalf_of: str | None) -> None:
    """A route without self-approval is open to everybody else."""
    assert answer(need=STRICT, on_behalf_of=on_behalf_of, owners={"U02BOB"}) is None


def test_a_key_decides_only_where_it_is_listed() -> None:
    """`keys` of the route, by NAME."""
    assert key_may_decide(BOOK, DEFAULT, "judge")
    assert not key_may_decide(BOOK, STRICT, "judge")
    assert not key_may_decide(BOOK, DEFAULT, "refund-bot")
