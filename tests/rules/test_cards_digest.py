"""A digest: what can wait, in rows that are decided where they stand, within Slack's limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.cards import names, wording_digest
from bot.cards.blocks import MESSAGE, size_of
from bot.cards.digest_card import digest_card, minimal_digest_card
from bot.cards.digest_modals import digest_page, gone_page, together_form
from bot.cards.digest_rows import Digest, alike
from bot.cards.question_row import Row
from bot.domain.digest_run import DigestRun
from tests.rules.judge import judge_message, judge_rows, judge_view, texts
from tests.rules.making import (
    NOW,
    make_answer,
    make_around,
    make_decision,
    make_escalation,
    make_guidance,
    make_proposal,
    make_request,
    make_tool,
)
from tests.rules.test_cards_limits import arounds, escalations

SLOT = datetime(2026, 3, 3, 15, tzinfo=UTC)
HARMLESS = {"risk": {"level": "low", "reversibility": "reversible"}}


def row(amount: float = 12.0, **over: Any) -> Row:
    """A harmless refund that differs from others in its amount."""
    arguments = {"order": "89234", "amount": amount, "currency": "USD"}
    request = make_request(
        **HARMLESS | {"action": f"Refund {amount:g}", "tool": make_tool(arguments=arguments)} | over
    )
    return make_escalation(request), make_around()


def settled(one: Row) -> Row:
    changes = {"status": "decided", "decision": make_decision(), "settled_at": NOW}
    return replace(one[0], **changes), one[1]  # type: ignore[arg-type]


def digest(*rows: Row, run: DigestRun | None = None, **over: Any) -> Digest:
    """The desk's of Tuesday at three, each question under an id of its own, one minute apart."""
    several = [
        (replace(one, id=f"esc_{at}", created_at=NOW + timedelta(minutes=at)), around)
        for at, (one, around) in enumerate(rows)
    ]
    made = run or DigestRun(digest="desk", slot=SLOT, made_at=SLOT)
    shown: dict[str, Any] = {"timezone": "Europe/London", "next": SLOT + timedelta(hours=18)}
    return Digest(message_id="msg_1", run=made, rows=several, **shown | over)


def words(blocks: list[dict[str, Any]]) -> str:
    return "\n".join(texts(blocks))


def labels(blocks: list[dict[str, Any]], at: int) -> list[str]:
    (block,) = [one for one in blocks if one.get("block_id", "").startswith(f"esc_{at}|")]
    return [one["text"]["text"] for one in block["elements"] if one["type"] == "button"]


def together(blocks: list[dict[str, Any]]) -> list[str]:
    return [one["accessory"]["text"]["text"] for one in blocks if "accessory" in one]


def test_a_fresh_digest() -> None:
    """How much waits since when; the groups, the oldest question's first; when the next comes."""
    card = digest_card(digest(row(), row(category="mail"), row(13), row(category=None)))

    assert card.blocks[0]["text"]["text"] == ("Desk digest · 4 waiting · oldest 27 h · Tue 15:00")
    said = words(card.blocks)
    order = ("*refund* (2)", "1. Refund 12", "2. Refund 13", "*mail* (1)", "3. Refund 12",
             "*no category* (1)", "4. Refund 12", "Next digest Wed 09:00")  # fmt: skip
    places = [said.index(one) for one in order]
    assert places == sorted(places)
    assert "waits 27 h" in said
    assert card.text == (
        "Desk digest: 4 waiting. refund (2), mail (1), no category (1). "
        "The first answer is due by 02 Mar 16:00 GMT."
    )
    judge_message(card.text, card.blocks)


@pytest.mark.parametrize(
    "over",
    [
        {"risk": {"level": "high"}},
        {"risk": {"level": "low", "reversibility": "irreversible"}},
        {"reason": "x" * 3000},
        {"tool": {"name": "t", "arguments": {"a": "x" * 2000}}},
    ],
)
def test_what_is_not_approved_in_its_row(over: dict[str, Any]) -> None:
    """Risky, final, or not wholly in view: read under its details, and only a glimpse here."""
    blocks = digest_card(digest(row(**over), row(category="other"))).blocks

    assert labels(blocks, 0)[0] == "Details…"
    assert labels(blocks, 1) == ["Approve", "Modify…", "Reject…"]
    assert size_of(blocks[2]) < 800


def test_what_became_of_its_rows() -> None:
    """Counted in the title, struck through with who did it; at last without a button."""
    some = digest_card(digest(settled(row()), row(13)))
    none = digest_card(digest(settled(row()), settled(row(13)), next=None))
    one = digest_card(digest(settled(row())))

    assert some.blocks[0]["text"]["text"].startswith("Desk digest · 1 of 2 waiting · oldest")
    assert "*Approved* by Alice" in words(some.blocks)
    assert none.blocks[0]["text"]["text"] == "Desk digest · all 2 settled · Tue 15:00"
    assert "*refund* (all settled)" in words(none.blocks)
    assert none.text == "Desk digest: all 2 settled."
    assert "next digest" not in words(none.blocks).lower()
    assert [block for block in none.blocks if block["type"] == "actions"] == []
    assert one.blocks[0]["text"]["text"] == "Desk digest · answered · Tue 15:00"


def test_a_late_digest_says_so() -> None:
    """Since when; one that somebody asked for is never late."""
    due = SLOT - timedelta(hours=6)
    run = DigestRun(digest="desk", slot=SLOT, made_at=SLOT, due=due, alone=2)
    card = digest_card(digest(row(), run=run))

    assert "This digest is late: it was due at 09:00 GMT." in words(card.blocks)
    assert "Due within the hour stand on their own above · next digest Wed 09:00" in words(
        card.blocks
    )
    assert "late" not in words(digest_card(digest(row())).blocks)


def test_pages_of_ten() -> None:
    """The message has the first ten; a modal any other, and the way to the next."""
    many = digest(*(row(n) for n in range(23)))
    card = digest_card(many)
    second, last, beyond = (digest_page(many, at) for at in (1, 2, 99))

    assert "13 more on 2 further pages" in words(card.blocks)
    assert "1 more on the next page" in words(digest_card(digest(*many.rows[:11])).blocks)
    assert "Page 2 of 3" in words(second["blocks"])
    assert "11. Refund 10" in words(second["blocks"])
    turns = [one["action_id"] for one in second["blocks"][-1]["elements"]]
    assert turns == ["digest_prev", "digest_next"]
    assert last["blocks"] == beyond["blocks"]
    assert [one["action_id"] for one in last["blocks"][-1]["elements"]] == ["digest_prev"]
    assert names.from_where(second["private_metadata"]) == ("", "msg_1|1")
    assert digest_page(digest(row()), 0)["blocks"][-1]["type"] == "context"
    for view in (second, last, gone_page()):
        judge_view(view)


def test_identical_ones_are_listed_before_they_are_approved() -> None:
    """The same tool and names of arguments; nothing else is offered, and each is told whole."""
    waits = digest(row(), row(13), row(14), row(category="mail"))
    blocks = digest_card(waits).blocks
    assert together(blocks) == ["Approve these 3 identical…"]

    form = together_form(waits, 0, "esc_0")
    assert form["title"]["text"] == "Approve 3 together?"
    said = words(form["blocks"])
    assert all(f"{n}. Refund {11 + n}" in said for n in (1, 2, 3))
    assert [one for one, _ in names.unpack_all(form["private_metadata"])] == [
        "esc_0", "esc_1", "esc_2"
    ]  # fmt: skip
    judge_view(form)
    assert "nothing left" in words(together_form(waits, 7, "esc_0")["blocks"])
    assert "nothing left" in words(together_form(digest(settled(row())), 0, "esc_0")["blocks"])


@pytest.mark.parametrize(
    "odd",
    [
        row(13, risk={"level": "critical"}),
        row(13, risk={"level": "low", "reversibility": "irreversible"}),
        row(13, allowed_decisions=["reject"]),
        row(13, tool=None),
        row(13, tool=make_tool(name="other")),
        row(13, tool=make_tool(arguments={"order": "1"})),
        row(13, reason="x" * 3000),
        (replace(row(13)[0], need=replace(row()[0].need, approvals=2)), make_around()),
        (replace(row(13)[0], proposal=make_proposal()), make_around()),
        (row(13)[0], make_around(predecessor=make_escalation())),
        (make_escalation(make_answer(category="refund")), make_around()),
        (make_escalation(make_guidance(category="refund")), make_around()),
        settled(row(13)),
    ],
)
def test_what_is_not_identical(odd: Row) -> None:
    """Another tool, other people, a risk, an edit, or something that is not in view."""
    found = alike(digest(row(), odd, row(14)).pages[0], "esc_0")

    assert [one.id for _, (one, _) in found] == ["esc_0", "esc_2"]


def test_so_many_are_approved_together_as_can_be_read() -> None:
    """What would not fit into one window any more is left for the next time."""
    wordy = digest(*(row(n, reason="x" * 690, impact="y" * 690) for n in range(10)))

    found = alike(wordy.pages[0], "esc_0")

    assert 1 < len(found) < 10
    assert digest_card(wordy).blocks
    judge_view(together_form(wordy, 0, "esc_0"))


def test_ten_groups_of_settled_rows_fit() -> None:
    """The most blocks that there can be, with long words in each: Slack takes fifty."""
    decision = make_decision(comment="z" * 3000, guidance="g" * 3000)
    talkative = [
        (replace(settled(row(category=f"c{n}"))[0], decision=decision), make_around())
        for n in range(11)
    ]
    run = DigestRun(digest="desk", slot=SLOT, made_at=SLOT, due=NOW)

    card = digest_card(digest(*talkative, run=run))

    assert len(card.blocks) <= 50
    assert size_of(card.blocks) <= MESSAGE
    judge_message(card.text, card.blocks)


def test_the_minimal_digest_can_be_decided() -> None:
    """Headlines, and the ways in."""
    card = minimal_digest_card(digest(row(), (make_escalation(make_guidance()), make_around())))

    assert labels(card.blocks, 0) == ["Show everything", "Reject…"]
    assert labels(card.blocks, 1) == ["Show everything", "Answer…", "Reject…"]
    judge_message(card.text, card.blocks)


@given(st.lists(st.tuples(escalations(), arounds), min_size=1, max_size=3), st.integers(1, 12))
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@pytest.mark.timeout(900)
def test_slack_takes_every_digest(several: list[Row], count: int) -> None:
    """No text, however long or hostile, makes one that Slack refuses."""
    made = digest(*(several * 12)[:count])
    for draw in (digest_card, minimal_digest_card):
        judge_rows(draw(made))
    for at in range(len(made.pages)):
        judge_view(digest_page(made, at))


@pytest.mark.parametrize("junk", ["", "msg_1", "msg_1|x", "msg 1|2", "a|1|b|c"])
def test_places_are_read_strictly(junk: str) -> None:
    """Whatever did not come from one of our buttons is refused."""
    with pytest.raises(ValueError, match="one of our buttons"):
        names.unpack_place(junk)


def test_what_is_said_to_who_asks_for_one() -> None:
    """Nothing waits, so many come, so many stand alone; or there is no such digest."""
    assert wording_digest.asked_now("desk", 0, 0) == "Nothing waits for the desk digest."
    assert wording_digest.asked_now("desk", 3, 0) == "The desk digest comes now, with 3."
    assert wording_digest.asked_now("desk", 3, 1).endswith("got cards of their own.")
    assert "Did you mean 'desk'?" in wording_digest.no_such("dsk", ["desk"])
    assert wording_digest.no_such("x", ["desk", "ops"]).endswith("The policy has desk, ops.")
    assert wording_digest.no_such("x", []).endswith("The policy has none.")
