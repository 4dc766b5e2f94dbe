"""The Home tab: rows that can be decided, within what Slack takes."""

from __future__ import annotations

from typing import Any

from bot.cards.blocks import modal
from bot.cards.home import home_view
from bot.usecases.viewers import Viewers
from sandbox.limits import check_view
from tests.rules.judge import judge_view, texts
from tests.rules.making import NOW, human, make_around, make_escalation, make_guidance, make_request
from tests.rules.test_cards_open import buttons

AROUND = make_around()


def judge_home(view: dict[str, Any]) -> None:
    """A tab takes what a modal takes."""
    assert view.keys() == {"type", "blocks"}
    judge_view(modal("Home", view["blocks"], callback_id="home", metadata="", close="Close"))
    check_view(view)


def rows(count: int, prefix: str, **over: Any) -> list[Any]:
    return [(make_escalation(id=f"esc_{prefix}{n}", **over), AROUND) for n in range(count)]


def test_a_tab_without_anything_says_so() -> None:
    """And says whether anything could ever stand there."""
    nothing = home_view([], [], more=False, reviews=True)
    never = home_view([], [], more=False, reviews=False)

    judge_home(nothing)
    assert texts(nothing["blocks"]) == ["Waiting for you", "Nothing waits for you."]
    assert "no route of the policy" in texts(never["blocks"])[1]


def test_each_row_is_decided_in_its_place() -> None:
    """What one took stands first, and says so; then what waits, and whether there is more."""
    mine = make_escalation(id="esc_mine").take(human(), NOW)
    waiting = [*rows(1, "a"), (make_escalation(make_guidance(), id="esc_claim"), AROUND)]

    view = home_view([(mine, AROUND)], waiting, more=True, reviews=True)
    only_mine = home_view([(mine, AROUND)], [], more=False, reviews=True)

    judge_home(view)
    told = texts(view["blocks"])
    assert told[0] == "You took"
    assert any(text.startswith("👀 Alice is looking") for text in told)
    assert told[-1].startswith("And more")
    assert buttons(view["blocks"])[:3] == ["approve", "modify", "reject"]
    assert texts(only_mine["blocks"])[-1] == "Nothing else waits for you."


def test_fifteen_long_ones_still_fit() -> None:
    """However much is said, Slack takes the tab: texts give way alike."""
    request = make_request(reason="Because. " * 300, impact="Then. " * 300)

    view = home_view(rows(5, "m", request=request), rows(10, "w", request=request),
                     more=True, reviews=True)  # fmt: skip

    judge_home(view)
    assert len(view["blocks"]) <= 100


def test_only_who_looked_lately_is_kept_fresh() -> None:
    """The newest ones, for a quarter of an hour; who cannot be reached is left alone."""
    viewers = Viewers(most=2)
    viewers.opened("U1", 0)
    viewers.opened("U2", 1)
    viewers.opened("U3", 2)

    assert [one.id for one in viewers.due(2)] == ["U2", "U3"]
    second, third = viewers.due(2)
    viewers.looked(second, "a view", 2)
    assert [one.id for one in viewers.due(3)] == ["U3"]
    viewers.opened("U2", 3)
    assert [(one.id, one.shown) for one in viewers.due(3)][-1] == ("U2", "a view")
    for at in (3, 9, 15):
        viewers.looked(third, None, at)
    assert [one.id for one in viewers.due(30)] == ["U2"]
    viewers.looked(third, None, 31)
    assert viewers.due(1000) == []
