"""What `/pullcord` answers: every answer fits into Slack, says what it should, and obeys nobody."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards import (
    names,
    wording_command,
    wording_letters,
    wording_pause,
    wording_queue,
    wording_who,
)
from bot.cards.checkup_answer import Checkup, checkup_answer
from bot.cards.command_answers import no_such_command, sentence
from bot.cards.command_list import COMMANDS
from bot.cards.escalation_card import card, minimal_card
from bot.cards.letters_answer import letters_answer
from bot.cards.queue_answer import Page, queue_answer
from bot.cards.show_answer import show_answer
from bot.cards.stats_answer import Line, stats_answer
from bot.cards.status_answer import Status, status_answer
from bot.cards.storm_card import storm_card
from bot.cards.text import length
from bot.cards.whereabouts import whereabouts
from bot.cards.who_answer import Asked, who_answer
from bot.cards.why_answer import Story, why_answer
from bot.domain.escalation import Intent, Need
from bot.domain.hands import Assigned, Hands, Snoozed, Taken
from bot.domain.pause import Pause
from bot.domain.people import Actor, Named
from tests.rules.judge import OUR_CARDS, TOKEN, judge_message, texts
from tests.rules.making import (
    NOW,
    human,
    make_answer,
    make_around,
    make_decision,
    make_escalation,
    make_guidance,
    make_request,
    make_vote,
)

if TYPE_CHECKING:
    from bot.cards.around import Card

EVIL = "<!channel> <https://evil.example|help> *&* \u202e" + "x" * 400
LATER_THAN = NOW + timedelta(hours=1)


def judged(card: Card) -> str:
    """Its words, after Slack's judge has looked; channels of ours may be named by their ids."""
    plain = re.sub(r"<#C[A-Z0-9]+>", "#channel", json.dumps({"t": card.text, "b": card.blocks}))
    read: dict[str, Any] = json.loads(plain)
    judge_message(read["t"], read["b"])
    return "\n".join(texts(read["b"])) or str(read["t"])


def make_pause(**over: Any) -> Pause:
    fields: dict[str, Any] = {
        "agent": "refund-bot", "since": NOW, "until": NOW + timedelta(hours=2), "by": human("Bob"),
    }  # fmt: skip
    return Pause(**(fields | over))


def test_help_lists_every_command() -> None:
    """In one message, and whom it is for."""
    said = judged(sentence(wording_command.HELP))

    assert all(f"• `{one.usage}`" in said for one in COMMANDS)
    assert "`pause AGENT [1h]` stop an agent: it asks nothing new and runs nothing (admins)" in said


@pytest.mark.parametrize(
    ("written", "first_line"),
    [
        ("hlep", "There is no command “hlep”. Did you mean `/pullcord help`?"),
        ("quue", "There is no command “quue”. Did you mean `/pullcord queue`?"),
        ("xyz", "There is no command “xyz”."),
    ],
)
def test_another_word_gets_the_nearest_and_help(written: str, first_line: str) -> None:
    """A typo is told from what there is, and comes with help."""
    said = judged(no_such_command(written))

    assert said == f"{first_line}\n{wording_command.HELP}"


@given(st.text(min_size=1))
def test_nothing_written_there_is_obeyed(written: str) -> None:
    """No mention, no link, and short enough for Slack."""
    answered = no_such_command(f"{written}<!channel>").text

    assert length(answered) < 3000
    assert not TOKEN.search(answered)


def test_mistakes_are_told_in_words() -> None:
    """What was not understood, and how it is written; whatever it was."""
    pause = next(one for one in COMMANDS if one.name == "pause")
    said = [
        judged(sentence(one))
        for one in (
            wording_command.usage(pause),
            wording_command.misunderstood(EVIL, pause),
            wording_command.no_such_id(EVIL),
            wording_command.too_many(5),
            wording_command.which_digest([]),
            wording_command.which_digest(["desk", EVIL]),
            wording_queue.no_such_list(EVIL, None),
            wording_queue.no_such_list("monye", "money"),
            wording_queue.not_your_route(EVIL, ["default"]),
            wording_pause.no_such_agent(EVIL, None),
            wording_who.no_such_name(EVIL, None),
            wording_who.no_such_name("monye", "money"),
            wording_who.one_name(EVIL),
            wording_who.away_too_long(timedelta(days=60)),
        )
    ]

    assert said[0].startswith("Write `/pullcord pause AGENT [1h]`")
    assert "Did you mean `/pullcord queue money`?" in said[7]
    assert "Did you mean “money”?" in said[11]


def make_status(**over: Any) -> Status:
    fields: dict[str, Any] = {
        "now": LATER_THAN, "by_urgency": {"normal": 12, "high": 1, "critical": 1}, "oldest": NOW,
        "soon": 3, "agents": 9, "behind": 0, "callbacks": 2, "dead": 0,
        "by_route": {"default": 13, "money": 1}, "paused": [],
    }  # fmt: skip
    return Status(**(fields | over))


@pytest.mark.parametrize(
    ("over", "first", "second"),
    [
        (
            {},
            "*14 open* (2 urgent) · oldest 1 h · ⚠️ *3 end within 15 min* · 9 agents wait",
            "Callbacks: 2 on their way, none given up · Cards in Slack: all up to date",
        ),
        (
            {"by_urgency": {"low": 1}, "soon": 1, "agents": 1, "dead": 3, "behind": 2},
            "*1 open* · oldest 1 h · ⚠️ *1 ends within 15 min* · 1 agent waits",
            "Callbacks: 2 on their way, ⚠️ 3 given up (`/pullcord dead`) · "
            "Cards in Slack: ⚠️ 2 behind",
        ),
        (
            {"soon": 0, "by_urgency": {"normal": 2}, "oldest": None},
            "*2 open* · none ends within 15 min · 9 agents wait",
            "Callbacks: 2 on their way, none given up · Cards in Slack: all up to date",
        ),
        (
            {"by_urgency": {}, "oldest": None, "by_route": {}},
            "✅ *Nothing is open.* No agent waits for an answer.",
            "Callbacks: 2 on their way, none given up · Cards in Slack: all up to date",
        ),
    ],
)
def test_the_status_is_two_lines(over: dict[str, Any], first: str, second: str) -> None:
    """What waits, and whether all works; only what is wrong has a mark."""
    said = judged(status_answer(make_status(**over)))

    assert said.split("\n")[:2] == [first, second]


def test_the_status_names_routes_and_paused_agents() -> None:
    """The fullest routes first, and no more than fit."""
    many = {f"r{number:02}": number for number in range(15)} | {EVIL: 99}
    paused = [make_pause(agent=EVIL), *(make_pause(agent=f"a{n}", until=None) for n in range(9))]

    said = judged(status_answer(make_status(by_route=many, paused=paused)))

    assert "r14 14 · r13 13" in said
    assert "6 more" in said
    assert "a3 is paused until somebody resumes it" in said
    assert "⏸ and 2 more" in said


def make_page(number: int = 3, **over: Any) -> Page:
    shown = [
        (
            make_escalation(id=f"esc_{at}", permalink=f"{OUR_CARDS}C01/p{at}" if at else None),
            make_around(now=LATER_THAN),
        )
        for at in range(number)
    ]
    fields = {"which": "mine", "rows": shown, "total": number, "seen": 0, "next": None}
    return Page(**(fields | over))


def test_a_page_of_the_queue_leads_to_its_cards() -> None:
    """A row says what is asked, until when, by whom and where; its id can be copied."""
    said = judged(queue_answer(make_page(2)))

    assert said.startswith("2 waiting for you\n1. Send refund of $247.50 to customer@email.com")
    assert "answer within 3 h · asked 1 h ago · from refund-bot · route default" in said
    assert "Open it" in said
    assert "That is all" in said


def test_a_long_queue_has_pages() -> None:
    """The button goes on where this page ends; counting goes on too."""
    first = queue_answer(make_page(10, total=24, next="10|normal|1|esc_9|mine"))
    second = queue_answer(make_page(4, which=EVIL, total=24, seen=20))

    assert "1–10 of 24" in judged(first)
    assert "Next page" in judged(first)
    assert "21–24 of 24" in judged(second)
    assert "21. Send" in judged(second)
    assert "Next page" not in judged(second)


def test_a_row_says_what_is_special() -> None:
    """Urgent, several approvals, a paused agent, and an answer that was due."""
    special = make_escalation(
        make_request(action=EVIL[:300], urgency="high"), urgency="high", agent=EVIL,
        pause=make_pause(agent=EVIL), need=Need(route=EVIL, approvals=2), votes=(make_vote(),),
        expires_at=NOW,
    )  # fmt: skip

    rows = [(special, make_around(now=LATER_THAN))]

    said = judged(queue_answer(make_page(which="all", rows=rows, total=1)))

    assert "Urgent · the answer was due just now" in said


def test_a_row_says_where_it_is() -> None:
    """Clicked, taken, named, asleep, raised, and promised to a digest; however long the names."""
    evil = human(EVIL, id="U01EVIL")
    everything = replace(
        make_escalation(tier=2, digest=EVIL, digest_due=LATER_THAN + timedelta(hours=2)),
        intent=Intent(decision=make_decision(decided_by=evil), until=LATER_THAN),
        hands=Hands(
            taken=Taken(by=evil, until=LATER_THAN),
            assigned=Assigned(to=Named(type="human", id="U02BOB", display_name=EVIL), by=evil),
            snoozed=Snoozed(by=evil, until=LATER_THAN + timedelta(minutes=9)),
        ),
    )
    around = make_around(
        now=LATER_THAN, raised_after=timedelta(minutes=20), also_asked=(EVIL, "desk")
    )
    by_time = replace(around, also_asked=())
    stands = replace(everything, permalink=f"{OUR_CARDS}C01/p1", intent=None)

    marks = whereabouts(everything, around)
    said = judged(queue_answer(make_page(rows=[(everything, around)] * 10, total=10, asleep=2)))

    assert [mark[:1] for mark in marks] == ["⏳", "👀", "👉", "💤", "🔔", "🗂"]
    assert marks[0].endswith("approves it: counts in 0 s")
    assert "💤 snoozed for 9 min by " in marks[3]
    assert marks[4].startswith("🔔 tier 2: nobody answered for 20 min, ")
    assert marks[4].endswith("desk asked as well")
    assert marks[5].endswith("in 2 h")
    assert "💤 2 snoozed are left out: `/pullcord queue all`" in said
    assert whereabouts(stands, by_time)[-1] == "🔔 tier 2: nobody answered for 20 min"
    assert whereabouts(make_escalation(), make_around()) == []


@pytest.mark.parametrize(
    ("which", "later", "said"),
    [
        ("mine", 0, "✅ Nothing waits for you."),
        ("urgent", 0, "✅ Nothing urgent is open."),
        ("money", 0, "✅ Nothing is open on money."),
        ("all", 10, "Nothing more: what stood on the pages behind has been answered meanwhile."),
    ],
)
def test_an_empty_queue_says_so(which: str, later: int, said: str) -> None:
    """Also a page whose questions have been answered since the one before."""
    answer = queue_answer(Page(which=which, rows=[], total=0, seen=later, next=None))

    assert judged(answer) == said


def test_questions_are_shown_as_they_stand() -> None:
    """Open ones with what they need, settled ones with what became of them; and what is missing."""
    link = f"{OUR_CARDS}C01/p1"
    pairs = [
        (make_escalation(permalink=link), make_around()),
        (make_escalation(make_request(reason=EVIL), id="esc_2", pause=make_pause()), make_around()),
        (make_escalation(make_guidance(), id="esc_3"), make_around()),
        (
            make_escalation(id="esc_4", status="decided", decision=make_decision(), settled_at=NOW),
            make_around(),
        ),
    ]

    said = judged(show_answer(pairs, wording_command.no_such_id("esc_x")))

    assert "Why: Order #89234 was returned" in said
    assert "refund-bot is paused* by Bob" in said
    assert "Approved by Alice" in said
    assert "There is no question esc_x on your routes. `/pullcord queue` shows the IDs" in said
    assert judged(show_answer([], wording_command.no_such_id("esc_x"))).startswith("There is no")


def test_a_question_is_shown_with_who_has_it_and_where_it_waits() -> None:
    """As a card would say it: the digest it comes with, who looks, and a click within its grace."""
    waits = make_escalation(digest="desk", digest_due=NOW + timedelta(hours=5))
    hands = Hands(taken=Taken(by=human("Bob"), until=NOW + timedelta(minutes=30)))
    made = make_decision()
    clicked = Intent(decision=made, until=NOW + timedelta(minutes=1))

    first = judged(show_answer([(waits, make_around())], None))
    second = judged(show_answer([(make_escalation(hands=hands), make_around())], None))
    third = judged(show_answer([(make_escalation(intent=clicked), make_around())], None))

    assert "Has no card yet: it comes with the digest “desk”" in first
    assert "Bob is looking at it" in second
    assert "Alice approves this" in third


@dataclass
class Told:
    """An entry, a card or a callback, as the store hands it over."""

    at: datetime = NOW
    event: str = "escalation.opened"
    actor: Actor | None = None
    data: Any = None
    channel: str = "C01REV"
    ts: str | None = None
    behind: bool = True
    attempts: int = 0
    problem: str | None = None
    created_at: datetime = NOW
    host: str = "agent.example.com"
    state: str = "pending"
    delivered_at: datetime | None = None


def make_story(**over: Any) -> Story:
    fields: dict[str, Any] = {
        "escalation": make_escalation(), "around": make_around(now=LATER_THAN), "raised": (),
        "entries": [Told(actor=human(EVIL), data={})], "messages": [], "callbacks": [],
        "asked": ["Alice", EVIL], "more_asked": 3, "keys": ["watchdog"],
        "names": {human("Bob").id: "Bob"}, "others": 0,
    }  # fmt: skip
    return Story(**(fields | over))


def test_a_story_has_every_event_in_words() -> None:
    """In the order of time, whatever it was; one that this version does not know by its name."""
    minutes = iter(range(100))

    def event(name: str, actor: Actor | None = None, **data: Any) -> Told:
        return Told(NOW + timedelta(minutes=next(minutes)), name, actor, data)

    program = Actor(type="key", id="refund-bot", display_name="refund-bot",
                    authenticated_by="api_key", via="api")  # fmt: skip
    clock = Actor(type="timeout", id="deadline", display_name=None,
                  authenticated_by="clock", via="timer")  # fmt: skip
    entries = [
        event("escalation.opened", program),
        event("card.posted", channel="C01REV"),
        event("card.posted", channel="#money"),
        event("card.posted", channel="U01ALICE"),
        event("card.refused", channel=EVIL),
        event("escalation.proposed", human("Bob"), type="modify"),
        event("vote.cast", human("Carol"), type="approve"),
        event("escalation.decided", human("Bob"), type="reject"),
        event("escalation.redeemed", program),
        event("vote.intended", human("Bob"), type="approve", until=LATER_THAN.isoformat()),
        event("vote.intended", human("Bob"), type="approve", until=EVIL),
        event("vote.undone", human("Bob"), type="approve"),
        event("escalation.reminded", clock, number=1),
        event("escalation.raised", clock, tier=1, reviewers=["seconds", EVIL]),
        event("escalation.raised", clock),
        event("escalation.taken", human("Bob")),
        event("escalation.released", human("Bob")),
        event("escalation.released", clock),
        event("escalation.assigned", human("Bob")),
        event("escalation.snoozed", human("Bob"), until=LATER_THAN.isoformat()),
        event("escalation.woken", clock),
        event("escalation.hurried", human("Bob")),
        event("message.asked", human("Bob")),
        event("message.answered", program),
        event("outcome.reported", program, status="succeeded"),
        event("outcome.reported", program),
        event("escalation.cancelled", program),
        event("escalation.expired"),
        event("reviewer.took", replace(human("Zoe"), display_name=None)),
        event("something.new"),
    ]

    said = judged(why_answer(make_story(entries=entries)))

    lines = [re.sub(r"<!date.*?>\s+", "", line) for line in said.split("\n") if line]
    assert lines[2] == "*Why:* the policy's rule “refunds over 50” matched."
    assert lines[3].startswith("*Asked* on route default (needs 1 approval): Alice, &lt;!channel")
    told = [re.sub(r" <!date.*?>", " TIME", line) for line in lines[4:-1]]
    assert told == [
        "refund-bot asked",
        "its card came to stand in #channel",
        "its card came to stand in #money",
        "its card came to stand in a direct message",
        told[4],
        "✏️ Bob proposed a change",
        "Carol approved it; more votes are needed",
        "✅ Bob rejected it: decided",
        "refund-bot took the approval to run it",
        "⏳ Bob approved it; it counts from TIME",
        "⏳ Bob approved it; it counts from a moment",
        "↩️ Bob took the click back",
        "🔔 nobody had answered; those who are asked were reminded",
        told[13],
        "🔔 nobody had answered: tier ? came",
        "👀 Bob took it",
        "Bob let go of it",
        "the half hour was over; nobody has it any more",
        "👉 Bob named somebody to look at it",
        "💤 Bob snoozed it until TIME",
        "⏰ its snooze was over",
        "🔔 Bob said that it cannot wait",
        "❓ Bob asked the agent",
        "💬 refund-bot answered",
        "refund-bot reported: succeeded",
        "refund-bot reported: an outcome",
        "🚫 refund-bot withdrew it",
        "⌛ nobody had answered in time; it expired",
        "U01ZOE reviewer took",
        "Pullcord something new",
    ]
    assert told[13].startswith("🔔 nobody had answered: tier 1 came, seconds, &lt;!channel")
    assert lines[-1].startswith("⏳ *still open*, the answer is due by")


def test_a_story_tells_of_what_did_not_arrive() -> None:
    """Cards that do not stand, and each callback with its tries."""
    messages = [
        Told(),
        Told(attempts=3, problem=EVIL, channel="#gone"),
        Told(behind=False),
        Told(ts="1.2"),
    ]
    callbacks = [
        Told(event="escalation.decided", attempts=1),
        Told(event="escalation.decided", attempts=12, state="dead", problem=EVIL),
        Told(event="escalation.decided", attempts=2, state="delivered", delivered_at=LATER_THAN),
    ]
    settled = make_escalation(
        status="decided", decision=make_decision(), why=EVIL, rule=None, settled_at=NOW
    )

    said = judged(why_answer(make_story(
        escalation=settled, messages=messages, callbacks=callbacks, others=9, asked=[],
        more_asked=0, keys=(),
    )))  # fmt: skip

    assert said.count("does not stand yet") == 2
    assert "does not stand yet, not tried yet" in said
    assert "callback escalation.decided to agent.example.com on its way, 1 try" in said
    assert "given up, 12 tries: &lt;!channel" in said
    assert "delivered, 2 tries" in said
    assert "nobody that I know of" in said
    assert "9 more stand on that card" in said
    assert "still open" not in said


@pytest.mark.parametrize(
    ("rule", "why", "said"),
    [
        (None, None, "no rule of the policy matched"),
        ("big", "the limit is used up", "the limit is used up (rule “big”)"),
    ],
)
def test_a_story_begins_with_why(rule: str | None, why: str | None, said: str) -> None:
    """Why people are asked at all."""
    assert said in judged(why_answer(make_story(escalation=make_escalation(rule=rule, why=why))))


def test_a_very_long_story_keeps_both_ends() -> None:
    """What is in between is counted."""
    entries = [Told(NOW + timedelta(seconds=n), "vote.cast", human(EVIL), {"type": "approve"})
               for n in range(200)]  # fmt: skip

    said = judged(why_answer(make_story(entries=entries, keys=())))

    assert "… 170 more …" in said


def test_who_is_asked_route_by_route() -> None:
    """With those who are away, and the programs; that schedules come later is said once."""
    asked = [
        Asked(route="default", channel="C01REV", approvals=1,
              people=[("Alice", None), (EVIL, LATER_THAN)], more=2, keys=("watchdog",)),
        Asked(route="money", channel="#money", approvals=2, people=[], more=0, keys=()),
        *(Asked(route=f"r{n}", channel=EVIL, approvals=1, people=[("Bob", None)], more=0, keys=())
          for n in range(12)),
    ]  # fmt: skip

    said = judged(who_answer(asked, NOW, timed=False, schedules=True))

    assert "*default* in #channel: Alice, " in said
    assert "🌙 away until" in said
    assert "2 more, the program watchdog" in said
    assert "*money* in #money, 2 approvals: ⚠️ nobody that I know of" in said
    assert "4 more routes" in said
    assert said.endswith(f"{wording_who.FROM_GROUPS} {wording_who.AWAY_IS_A_HINT}")
    plain = judged(who_answer(asked[1:2], NOW, timed=False, schedules=False))
    assert plain.endswith(wording_who.BY_GROUPS)
    assert judged(who_answer(asked[1:2], NOW, timed=True, schedules=False)).endswith(
        wording_who.FROM_GROUPS
    )


def make_line(**over: Any) -> Line:
    fields: dict[str, Any] = {
        "category": "refund", "asked": 9, "by_rule": 2, "agreed": 3, "refused": 1, "expired": 1,
        "open": 2, "median": timedelta(minutes=6),
    }  # fmt: skip
    return Line(**(fields | over))


def test_stats_have_a_line_a_category() -> None:
    """What became of them, and how fast people were; nothing is counted that is not there."""
    few = judged(stats_answer(
        [make_line(), make_line(category="", by_rule=0, median=None)], whole=True, most=5000
    ))  # fmt: skip
    many = judged(stats_answer(
        [make_line(category=EVIL) for _ in range(12)], whole=False, most=5000
    ))  # fmt: skip

    assert (
        "*refund*: 9 asked · 2 answered by rule · 3 approved or answered · 1 refused · 1 expired · "
        "2 open · half of the answers within 6 min · people were asked about 77.8 %"
    ) in few
    assert judged(stats_answer([make_line(band=(0.05, 0.15))], whole=True, most=1)).count(
        "people were asked about 77.8 % (target 5 to 15 %)"
    )
    assert "*without a category*: 9 asked · 3 approved or answered" in few
    assert "(the latest 5,000 questions)" in many
    assert "2 more categories" in many
    assert judged(stats_answer([], whole=True, most=1)) == (
        "Nothing was asked in the last seven days.\nReport…"
    )


def test_under_the_stats_a_report_can_be_asked_for() -> None:
    """Of the one category that was asked for, or of everything."""

    def value(**over: Any) -> str:
        card = stats_answer([make_line()], whole=True, most=1, **over)
        (pressed,) = [one for one in card.blocks if one["type"] == "actions"]
        return str(pressed["elements"][0]["value"])

    assert value(one_category=True) == "refund"
    assert value() == names.EVERYTHING


@dataclass
class Letter:
    """A callback that was given up."""

    id: str = "whk_1"
    escalation_id: str = "esc_1"
    agent: str = "refund-bot"
    event: str = "escalation.decided"
    host: str = "agent.example.com"
    attempts: int = 13
    problem: str = EVIL
    created_at: datetime = NOW


def test_dead_callbacks_have_a_row_each() -> None:
    """Both ids can be copied; replaying says how many went."""
    said = judged(letters_answer([Letter(), Letter(problem="", attempts=1)], 23, LATER_THAN))

    assert said.startswith("23 callbacks were given up; the latest 2")
    assert "1 h ago · 13 tries" in said
    assert "1 h ago · 1 try · no reason known" in said
    one = judged(letters_answer([Letter()], 1, LATER_THAN))
    assert one.startswith("1 callback was given up\n")
    assert judged(letters_answer([], 0, NOW)) == wording_letters.NONE_DEAD
    replayed = [
        judged(sentence(wording_letters.replayed(again, missing)))
        for again, missing in ((["a"], []), (["a", "b"], [EVIL]), ([], ["esc_x"]))
    ]
    assert replayed[0] == "↻ 1 callback is sent again, and its address is tried again."
    assert replayed[1].startswith("↻ 2 callbacks are sent again")
    assert replayed[2].startswith("Nothing that was given up has the id esc_x.")


def make_checkup(**over: Any) -> Checkup:
    fields: dict[str, Any] = {
        "now": NOW, "parts": {"database": "ok", "slack": "ok"}, "findings": [],
        "heard_of_people": timedelta(minutes=3), "behind": 0, "callbacks": 0, "dead": 0,
        "paused": 0,
    }  # fmt: skip
    return Checkup(**(fields | over))


def test_a_checkup_says_what_is_not_well() -> None:
    """All well in one glance; the reasons of a trouble are for admins."""
    well = judged(checkup_answer(make_checkup(paused=1), details=False))
    ill = make_checkup(
        parts={"policy": f"stale: {EVIL}", "odd": "gone"},
        findings=[("card_late", timedelta(hours=1))],
        heard_of_people=None, behind=1, dead=2, paused=2,
    )  # fmt: skip
    told, hinted = (judged(checkup_answer(ill, details=one)) for one in (True, False))

    assert well.startswith("*All is well.*\n✅ database: ok")
    assert "⏸ 1 agent is paused" in well
    assert told.startswith("*Something is not as it should be.*\n⚠️ policy file: stale: ")
    assert "⚠️ policy file: not as it should be" in hinted
    assert "stale" not in hinted
    assert "Slack has told nothing of anybody yet" in told
    assert "1 has been behind" in told
    assert "2 given up" in told
    assert "auditor: cards that are behind, for 1 h" in told
    assert "⏸ 2 agents are paused" in told
    late = judged(checkup_answer(make_checkup(heard_of_people=timedelta(hours=2), behind=5),
                                 details=True))  # fmt: skip
    assert "⚠️ people: Slack last told of them 2 h ago" in late
    assert "5 have been behind" in late


@pytest.mark.parametrize("request_", [make_request(), make_answer(), make_guidance()])
@pytest.mark.parametrize("until", [None, NOW + timedelta(days=2)])
def test_a_paused_agents_card_offers_only_reject(request_: Any, until: datetime | None) -> None:
    """Whatever is asked, on every kind of card, and it says why."""
    held = make_escalation(request_, pause=make_pause(until=until))
    drawn = [
        card(held, make_around()),
        minimal_card(held, make_around()),
        storm_card([(held, make_around())]),
    ]

    for one in drawn:
        said = judged(one)
        assert "paused" in said
        pressed = [
            text
            for block in one.blocks
            if block["type"] == "actions"
            for text in texts(block["elements"])
        ]
        assert set(pressed) <= {"Reject…", "Show everything"}
        assert "Reject…" in pressed


def test_pausing_is_told_with_what_stays_open() -> None:
    """To the admin at once, to the operators in their channel."""
    told = [
        judged(sentence(wording_pause.paused(make_pause(until=until), NOW, number)))
        for until, number in ((None, 0), (NOW + timedelta(hours=1), 1), (NOW, 12_000))
    ]
    alerts = [
        judged(sentence(one))
        for one in (
            wording_pause.paused_alert(make_pause(agent=EVIL), NOW),
            wording_pause.resumed_alert("refund-bot", replace(human("Bob"), display_name=None)),
            wording_pause.ran_out_alert(EVIL),
            wording_pause.resumed("refund-bot"),
            wording_pause.was_not_paused("refund-bot"),
            wording_pause.no_such_agent("refnd-bot", "refund-bot"),
            wording_pause.refused_click("refund-bot", None, NOW),
        )
    ]

    assert "until an admin resumes it" in told[0]
    assert "It has no open questions." in told[0]
    assert "(in 1 h). It can ask" in told[1]
    assert "Its open question stays open" in told[1]
    assert "Its 12,000 open questions" in told[2]
    assert alerts[1] == "▶️ U01BOB resumed refund-bot."
    assert "Did you mean “refund-bot”?" in alerts[5]
