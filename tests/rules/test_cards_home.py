"""The Home tab: rows that can be decided, a queue that can be filtered, within what Slack takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cards import names
from bot.cards.blocks import modal
from bot.cards.home import Home, Team, home_view, stranger_view
from bot.cards.home_filter import filter_row, filtered
from bot.domain.pause import Pause
from bot.domain.person_settings import PersonSettings, QueueFilter, WorkingHours
from bot.usecases.viewers import Viewers
from sandbox.limits import check_view
from tests.rules.judge import judge_view, texts
from tests.rules.making import NOW, human, make_around, make_escalation, make_guidance, make_request
from tests.rules.test_cards_open import buttons

AROUND = make_around()
EVIL = "<!channel> <https://evil.example|help> *&* \u202e" + "x" * 400
NINE_TO_FIVE = WorkingHours(start=time(9), end=time(17), days=(0, 1, 2, 3, 4))


def make_team(**over: Any) -> Team:
    fields: dict[str, Any] = {
        "rows": [], "total": 0, "above": 0, "filter": QueueFilter(), "routes": ["default", "money"],
        "categories": ["refund"],
    }  # fmt: skip
    return Team(**(fields | over))


def make_home(**over: Any) -> Home:
    fields: dict[str, Any] = {
        "now": NOW, "waiting": [], "more_waiting": False, "asleep": 0, "taken": [],
        "more_taken": False, "team": make_team(), "reviews": True, "answers": 0, "median": None,
        "paused": [], "admin": False, "settings": PersonSettings(), "zone": "Europe/London",
    }  # fmt: skip
    return Home(**(fields | over))


def judged(home: Home) -> list[str]:
    """Its words, after Slack's judge has looked."""
    view = home_view(home)
    judge_home(view)
    return texts(view["blocks"])


def judge_home(view: dict[str, Any]) -> None:
    """A tab takes what a modal takes."""
    assert view.keys() == {"type", "blocks"}
    assert len(view["blocks"]) <= 100
    judge_view(modal("Home", view["blocks"], callback_id="home", metadata="", close="Close"))
    check_view(view)


def beside(view: dict[str, Any]) -> list[str]:
    """What the buttons beside the lines do."""
    return [one["accessory"]["action_id"] for one in view["blocks"] if "accessory" in one]


def rows(count: int, prefix: str, **over: Any) -> list[Any]:
    return [(make_escalation(id=f"esc_{prefix}{n}", **over), AROUND) for n in range(count)]


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({}, "✅ Nothing waits for you."),
        ({"asleep": 1}, "✅ Nothing waits for you. 💤 1 snoozed is left out."),
        ({"taken": rows(1, "t")}, "✅ Nothing else waits for you."),
        ({"reviews": False}, "Nothing here is asked of you: no route of the policy names you"),
    ],
)
def test_a_tab_without_anything_says_so(over: dict[str, Any], said: str) -> None:
    """And says whether anything could ever stand there; nothing is to be filtered or resumed."""
    told = judged(make_home(**over))

    assert told[0] == "Waiting for you"
    assert told[1].startswith(said)
    assert told[-6:] == [
        "Team queue",
        "Nothing is open.",
        "⏱ *Your answer time* · too few to say: 0 answers in the last 30 days",
        "Settings",
        "🟢 You are not away\n🕘 No working hours",
        "Settings…",
    ]
    assert "Paused agents" not in told


def test_a_stranger_sees_one_sentence() -> None:
    view = stranger_view()

    judge_home(view)
    assert "no route of the policy" in texts(view["blocks"])[1]


def test_each_row_is_decided_in_its_place() -> None:
    """What waits stands first, then what one took, and whether there is more of either."""
    mine = make_escalation(id="esc_mine").take(human(), NOW)
    waiting = [*rows(1, "a"), (make_escalation(make_guidance(), id="esc_claim"), AROUND)]

    told = judged(make_home(
        taken=[(mine, AROUND)], waiting=waiting, more_waiting=True, more_taken=True, asleep=2
    ))  # fmt: skip
    view = home_view(make_home(waiting=waiting))

    assert told.index("Waiting for you") < told.index("You took") < told.index("Team queue")
    assert any(text.startswith("👀 Alice is looking") for text in told)
    assert "💤 2 snoozed are left out." in told
    assert [text[:8] for text in told].count("And more") == 2
    assert buttons(view["blocks"])[:3] == ["approve", "modify", "reject"]


def test_the_teams_queue_leads_to_all_of_each() -> None:
    """How each stands is said, and how many there are; with a filter, how many match it."""
    raised = make_around(raised_after=timedelta(minutes=20))
    taken = make_escalation(id="esc_t", tier=1).take(human(), NOW)
    team = make_team(rows=[(taken, raised), *rows(1, "x")], total=2)

    whole = judged(make_home(team=team))
    part = judged(make_home(team=replace(team, total=1234, filter=QueueFilter(urgency="high"))))
    above = judged(make_home(team=replace(team, total=6, above=4)))
    none = judged(make_home(team=make_team(filter=QueueFilter(category="gone"))))
    one = home_view(make_home(team=team))

    assert "2 open" in whole
    assert "1,234 match the filter; 2 here. `/pullcord queue all` has every one." in part
    assert "6 open, 4 of them above" in above
    assert "Nothing matches the filter." in none
    assert "👀 Alice is looking · 🔔 tier 1: nobody answered for 20 min" in "\n".join(whole)
    assert beside(one) == [names.DETAILS] * 2


def test_the_filter_shows_what_was_chosen() -> None:
    """Also where nothing of it is open any more; what does not fit into a menu is left out."""
    chosen = QueueFilter(route="gone", category=None, urgency="high")

    row = filter_row(chosen, ["default", "x" * 200], [f"c{n}" for n in range(99)])

    routes, categories, urgencies = row["elements"]
    assert [one["value"] for one in routes["options"]] == ["*", "=gone", "=default"]
    assert routes["initial_option"]["value"] == "=gone"
    assert categories["initial_option"]["text"]["text"] == "All categories"
    assert len(categories["options"]) == 26
    assert urgencies["initial_option"]["text"]["text"] == "High"
    assert row["block_id"] != filter_row(QueueFilter(), [], [])["block_id"]


def test_a_choice_changes_one_part_of_the_filter() -> None:
    before = QueueFilter(route="money", urgency="low")

    assert filtered(before, names.FILTER_CATEGORY, "=refund").category == "refund"
    assert filtered(before, names.FILTER_ROUTE, "*").route is None
    assert filtered(before, names.FILTER_URGENCY, "=high") == QueueFilter(
        route="money", urgency="high"
    )
    assert filtered(before, names.FILTER_URGENCY, "*").urgency is None


@pytest.mark.parametrize(
    ("action_id", "value"),
    [
        (names.FILTER_ROUTE, ""),
        (names.FILTER_ROUTE, "money"),
        (names.FILTER_ROUTE, "=" + "x" * 200),
        (names.FILTER_CATEGORY, "=a\x00b"),
        (names.FILTER_URGENCY, "=loud"),
        ("something", "=x"),
    ],
)
def test_what_no_menu_says_changes_nothing(action_id: str, value: str) -> None:
    """Whatever a payload carries."""
    with pytest.raises(ValueError, match="one of our menus"):
        filtered(QueueFilter(), action_id, value)


@pytest.mark.parametrize(
    ("count", "median", "said"),
    [
        (4, 60, "too few to say: 4 answers in the last 30 days"),
        (1, 60, "too few to say: 1 answer in"),
        (24, 370, "half within 6 min · 24 answers in the last 30 days"),
    ],
)
def test_the_answer_time_is_a_median_of_enough(count: int, median: int, said: str) -> None:
    told = judged(make_home(answers=count, median=timedelta(seconds=median)))

    assert any(said in text for text in told)


def test_paused_agents_are_resumed_by_admins() -> None:
    """Others see that they are paused, by whom and how long."""
    paused = [
        Pause(agent=EVIL, since=NOW, until=NOW + timedelta(hours=1), by=human("Bob")),
        Pause(agent="faq-bot", since=NOW - timedelta(hours=2), until=None, by=human(EVIL)),
        *(Pause(agent=f"a{n}", since=NOW, until=None, by=human()) for n in range(5)),
    ]

    admin = make_home(paused=paused, admin=True)
    told = judged(admin)
    others = home_view(make_home(paused=paused))

    assert any("stopped by Bob until" in text for text in told)
    assert any("2 h ago, until an admin resumes it" in text for text in told)
    assert "And 1 more: `/pullcord status`" in told
    assert beside(home_view(admin)) == [names.RESUME] * 6
    assert beside(others) == []


def test_settings_say_what_others_see() -> None:
    """Away until when, with the way back; and working hours in a zone."""
    away = PersonSettings(away_until=NOW + timedelta(hours=1), hours=NINE_TO_FIVE)
    over = PersonSettings(away_until=NOW, hours=replace(NINE_TO_FIVE, zone="Asia/Tokyo"))

    told = judged(make_home(settings=away))
    home = make_home(settings=over)

    assert any(text.startswith("🌙 *Away* until") for text in told)
    assert any("Mon–Fri 09:00–17:00 (Europe/London)" in text for text in told)
    assert "I'm back" in told
    assert "I'm back" not in judged(home)
    assert any("(Asia/Tokyo)" in text for text in judged(home))


_TEXT = st.one_of(st.just(EVIL), st.text(min_size=1, max_size=200))


@settings(max_examples=8, deadline=None)
@given(
    said=_TEXT, waiting=st.integers(0, 200), taken=st.integers(0, 100),
    team=st.integers(0, 200), paused=st.integers(0, 50), categories=st.integers(0, 80),
)  # fmt: skip
def test_however_much_there_is_slack_takes_it(
    said: str, waiting: int, taken: int, team: int, paused: int, categories: int
) -> None:
    """Two hundred that wait, a hundred taken, fifty paused, and words that obey nobody."""
    long = (f"{said} because " * 20)[:2900]
    request = make_request(reason=long, impact=long)
    held = make_escalation(request).take(human(said), NOW)
    some = [
        (replace(held, id=f"esc_{at}", agent=said), make_around())
        for at in range(max(waiting, taken, team))
    ]
    pauses = [
        Pause(agent=f"{said[:100]}{at}", since=NOW, until=None, by=human(said))
        for at in range(paused)
    ]
    names_of = [f"{said[:50]}{at}" for at in range(categories)]

    judged(make_home(
        waiting=some[:waiting], more_waiting=True, admin=True,
        taken=[(replace(one, id=f"{one.id}t"), seen) for one, seen in some[:taken]],
        team=make_team(rows=some[:team], total=team, routes=names_of, categories=names_of),
        paused=pauses, asleep=3,
    ))  # fmt: skip


def test_twelve_long_ones_still_fit() -> None:
    """However much is said, Slack takes the tab: texts give way alike."""
    request = make_request(reason="Because. " * 300, impact="Then. " * 300)

    view = home_view(make_home(
        taken=rows(200, "m", request=request), waiting=rows(200, "w", request=request)
    ))  # fmt: skip

    judge_home(view)


def test_only_who_looked_lately_is_kept_fresh() -> None:
    """The newest ones, for a quarter of an hour; who cannot be reached is left alone."""
    viewers = Viewers(most=2)
    viewers.opened("U1", 0)
    viewers.opened("U2", 1)
    viewers.opened("U3", 2)

    assert [one.id for one in viewers.due(2)] == ["U2", "U3"]
    second, third = viewers.due(2)
    viewers.looked(second, "a view", "h1", 2)
    assert [one.id for one in viewers.due(3)] == ["U3"]
    viewers.opened("U2", 3)
    assert [(one.id, one.shown) for one in viewers.due(3)][-1] == ("U2", "a view")
    for at in (3, 9, 15):
        viewers.looked(third, None, None, at)
    assert [one.id for one in viewers.due(30)] == ["U2"]
    viewers.looked(third, None, None, 31)
    assert viewers.due(1000) == []


def test_what_stands_there_is_known_by_its_hash() -> None:
    """Whoever opens it sees what was published last, by us or by somebody else."""
    viewers = Viewers()
    viewers.opened("U1", 0, "h0")
    (first,) = viewers.due(0)
    viewers.looked(first, "a view", "h1", 0)

    viewers.opened("U1", 1, "h1")
    (same,) = viewers.due(1)
    viewers.opened("U1", 2, "h9")
    (other,) = viewers.due(2)

    assert first.hash == "h1"
    assert (same.shown, same.hash) == ("a view", "h1")
    assert (other.shown, other.hash) == (None, "h9")
