"""What a card says of who has it in hand, its forms, and messages to people and into threads."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.cards import direct_words, thread_words
from bot.cards.ask_form import ask_form, read_question
from bot.cards.digest_card import digest_card
from bot.cards.escalation_card import card
from bot.cards.later_form import later_form, read_later
from bot.cards.states import FormError
from bot.cards.storm_card import storm_card
from bot.domain.conversation import Message
from bot.domain.escalation import Escalation
from bot.domain.hands import Taken
from bot.domain.people import Named
from tests.rules.judge import judge_message, judge_view, texts
from tests.rules.making import (
    NOW,
    human,
    make_answer,
    make_around,
    make_decision,
    make_escalation,
    make_guidance,
)
from tests.rules.test_cards_digest import digest
from tests.rules.test_cards_limits import NASTY

AROUND = make_around(names={"U01BOB": "Bobby"})
ALICE, BOB = human("Alice"), human("Bob")
UNTIL = NOW + timedelta(hours=1, minutes=30)
TIME = f"<!date^{int(UNTIL.timestamp())}^{{time}}|13:30 UTC>"


def in_hand(escalation: Escalation) -> list[str]:
    """The lines below the small print."""
    drawn = card(escalation, AROUND)
    judge_message(drawn.text, drawn.blocks)
    found = [text for text in texts(drawn.blocks) if text[:1] in "👀👉💤❓💬"]
    return found[0].split("\n") if found else []


def says(sender: Named, text: str) -> Message:
    return Message(id="mes_1", sender=sender, text=text, at=NOW)


PERSON = Named(type="human", id="U01ALICE", display_name="Alice")
AGENT = Named(type="key", id="refund-bot", display_name="refund-bot")


def test_the_card_says_who_has_it_in_hand() -> None:
    """One line each, with times in each reader's zone and names as they are now."""
    bob = Named(type="human", id="U01BOB", display_name="Bob")
    taken = make_escalation().take(ALICE, NOW + timedelta(hours=1)).assign(bob, ALICE)

    assert in_hand(make_escalation()) == []
    assert in_hand(taken) == [
        f"👀 Alice is looking at it (until {TIME})",
        "👉 Assigned to Bobby by Alice",
    ]
    assert in_hand(make_escalation().snooze(BOB, UNTIL)) == [f"💤 Snoozed until {TIME} by Bobby"]
    assert in_hand(make_escalation().assign(bob, BOB)) == ["👉 Assigned to Bobby"]


def test_the_card_says_what_waits_for_an_answer() -> None:
    """The newest question until the agent speaks; then what it said."""
    asked = make_escalation(messages=(says(PERSON, "Why?"), says(PERSON, "And when?")))
    answered = replace(asked, messages=(*asked.messages, says(AGENT, "On *Monday*, <!here>")))

    assert in_hand(asked) == [
        "❓ Alice asks refund-bot: “And when?” (and 1 more) · waiting for its answer"
    ]
    assert in_hand(answered) == ["💬 refund-bot says: “On *Monday*, &lt;!here&gt;”"]


def in_small_print(blocks: list[dict[str, Any]]) -> list[str]:
    """What the rows of a message say of it, each in one line."""
    return [text for text in texts(blocks) if text[:1] in "👀👉💤❓💬"]


def test_a_row_says_the_same_in_one_line() -> None:
    """On a storm card and in a digest; what is settled is in nobody's hand."""
    bob = Named(type="human", id="U01BOB", display_name="Bob")
    taken = make_escalation(id="esc_1").take(ALICE, NOW + timedelta(hours=1)).assign(bob, ALICE)
    asked = make_escalation(id="esc_2", messages=(says(PERSON, "why " * 60),))
    rests = make_escalation(id="esc_3").snooze(BOB, UNTIL)
    over = replace(taken, id="esc_4").cancel(NOW)
    rows = [(one, AROUND) for one in (taken, asked, rests, over)]
    expected = [
        f"👀 Alice is looking at it (until {TIME}) · 👉 Assigned to Bobby by Alice",
        f"❓ Alice asks refund-bot: “{('why ' * 60)[:199]}…” · waiting for its answer",
        f"💤 Snoozed until {TIME} by Bobby",
    ]

    assert in_small_print(storm_card(rows).blocks) == expected
    assert in_small_print(digest_card(digest(*rows)).blocks) == expected


def test_ten_rows_in_hand_fit() -> None:
    """However long the names and the words are: all are there, with their buttons."""
    long = Named(type="human", id="U09LONG", display_name="&" * 300)
    busy = make_escalation(messages=(says(long, "&" * 3000),))
    busy = busy.assign(long, human("&" * 300)).snooze(human("<" * 300), UNTIL)
    busy = replace(busy, hands=replace(busy.hands, taken=Taken(by=human(">" * 300), until=UNTIL)))
    rows = [(replace(busy, id=f"esc_{at}"), AROUND) for at in range(10)]

    for drawn in (storm_card(rows), digest_card(digest(*rows))):
        judge_message(drawn.text, drawn.blocks)
        assert len(in_small_print(drawn.blocks)) == 10
        assert sum(block["type"] == "actions" for block in drawn.blocks) == 10


@pytest.mark.parametrize("text", [*NASTY, "long " * 800])
@pytest.mark.parametrize("request_", [None, make_answer(), make_guidance()])
def test_whatever_is_said_slack_takes_it(text: str, request_: Any) -> None:
    """On the card, in a thread, in a message to one person, and in the forms."""
    somebody = Named(type="human", id="U01ALICE", display_name=text)
    escalation = make_escalation(request_, messages=(says(somebody, text),), agent=text[:300])
    escalation = escalation.take(human(), NOW).assign(somebody, human("Bob"))

    in_hand(escalation)
    in_hand(replace(escalation, messages=(says(AGENT, text),)))
    for words in (
        thread_words.question(text, text, text),
        thread_words.answer(text, text, text, text),
        thread_words.answer(text, None, text),
    ):
        judge_message(words.text, words.blocks)
    judge_message(direct_words.assigned(escalation, text, NOW), [])
    judge_message(direct_words.taken_over(escalation, text), [])
    refuses = make_decision(type="reject", comment=text, decided_by=human(display_name=text))
    judge_message(direct_words.overridden(escalation, make_decision(), refuses), [])
    judge_message(thread_words.cannot_wait(text, []).text, [])
    around = make_around(colleagues={"U01ALICE": text, "U02BOB": ""})
    judge_view(later_form(escalation, around))
    judge_view(ask_form(escalation, around))


def test_who_is_told_directly_can_go_there() -> None:
    """With a link to the card, where there is one."""
    linked = make_escalation(permalink="https://x.slack.com/archives/C01/p1?a=1&b=2")

    assert direct_words.taken_over(linked, "Bob") == (
        "👀 Bob has taken this over from you: Send refund of $247.50 to customer@email.com. "
        "<https://x.slack.com/archives/C01/p1?a=1&amp;b=2|Open the card>"
    )
    assert "Open" not in direct_words.woken(make_escalation(), NOW)
    assert thread_words.cannot_wait("Bob", ["U1", "U2"]).text == (
        "🔔 Bob says that this cannot wait. <@U1> <@U2> Please look at it now."
    )


@pytest.mark.parametrize(
    ("clicked", "refuses", "told"),
    [
        ("approve", {"type": "reject", "comment": "Paid already."},
         "❌ Your approval does not count, because Bob rejects this: Send refund of $247.50 to "
         "customer@email.com. “Paid already.”"),
        ("modify", {"type": "revise"},
         "❌ Your change does not count, because Bob sends this back: Send refund of $247.50 to "
         "customer@email.com."),
        ("respond", {"type": "reject", "decided_by": human("watchdog", type="key")},
         "❌ Your answer does not count, because the program watchdog rejects this: Send refund of "
         "$247.50 to customer@email.com."),
    ],
)  # fmt: skip
def test_whose_click_gave_way_is_told(clicked: str, refuses: dict[str, Any], told: str) -> None:
    """What they had chosen, who refuses it, and with which words."""
    refusal = make_decision(**{"decided_by": BOB} | refuses)

    assert direct_words.overridden(make_escalation(), make_decision(type=clicked), refusal) == told


def test_the_form_lists_colleagues_by_name() -> None:
    """Only those who are asked; without anybody there is nothing to choose."""
    many = {f"U{n:03}": f"Name {n:03}" for n in range(150)}

    listed = later_form(make_escalation(), make_around(colleagues=many))["blocks"][-1]
    nobody = later_form(make_escalation(), AROUND)["blocks"]

    assert len(listed["element"]["options"]) == 100
    assert "person" not in [block.get("block_id") for block in nobody]


def later(**states: Any) -> dict[str, Any]:
    return {block: {"input": state} for block, state in states.items()}


def chosen(value: Any) -> dict[str, Any]:
    return {"selected_option": {"value": value}}


def test_a_moment_and_a_person_are_read() -> None:
    """A length, the morning, a moment, a colleague, or a colleague besides."""
    at = int(UNTIL.timestamp())

    assert read_later(later(until=chosen("15m"))).when == timedelta(minutes=15)
    assert read_later(later(until=chosen("1h"))).when == timedelta(hours=1)
    assert read_later(later(until=chosen("morning"))).when == "morning"
    picked = read_later(later(until_at={"selected_date_time": at}, person=chosen("U02BOB")))
    assert (picked.when, picked.person, picked.when_at) == (UNTIL, "U02BOB", "until_at")
    assert read_later(later(person=chosen("U02BOB"))).when is None
    assert (
        datetime(1970, 1, 1, tzinfo=UTC)
        == read_later(later(until_at={"selected_date_time": 0})).when
    )


@pytest.mark.parametrize(
    ("values", "where"),
    [
        ({}, "until"),
        (later(until=chosen("9h")), "until"),
        (later(until_at={"selected_date_time": "1"}), "until"),
        (later(until_at={"selected_date_time": True}), "until"),
        (later(until_at={"selected_date_time": -1}), "until"),
        (later(until=chosen("1h"), until_at={"selected_date_time": 1}), "until_at"),
    ],
)
def test_what_a_form_cannot_mean_is_said_there(values: Any, where: str) -> None:
    """Nothing, two moments, or what the form never offered."""
    with pytest.raises(FormError) as wrong:
        read_later(values)

    assert list(wrong.value.errors) == [where]


@pytest.mark.parametrize("typed", [None, "", " \u200b", "a\x00b", "x" * 3001])
def test_a_question_has_words(typed: str | None) -> None:
    """Empty, unseen, unsendable and too long ones are said at their field."""
    with pytest.raises(FormError) as wrong:
        read_question(later(question={"value": typed}))

    assert list(wrong.value.errors) == ["question"]
    assert read_question(later(question={"value": " Why? "})) == "Why?"
