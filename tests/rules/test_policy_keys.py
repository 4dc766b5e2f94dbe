"""Every key of the policy file beyond people, routes and rules: right, wrong, and not acted on."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from bot.policy.book import (
    Agent,
    Category,
    Digest,
    Limit,
    QuietHours,
    ReviewWay,
    Rotation,
    Schedule,
    Tier,
    WeeklyReport,
)
from bot.policy.load import load
from tests.rules.test_policy_load import SMALL, findings, route, rule

#: The file of the contract, with every key that its text names besides.
FULL = """\
version: 1
timezone: Europe/London
groups:
  billing-leads: {users: [U01ALICE, U02BOB], schedule: primary}
admins: [billing-leads]
routes:
  default: {channel: C01REV, reviewers: [billing-leads], approvals: 1, deadline: 4h,
            on_timeout: expire, remind_after: [30m, 2h]}
  money:
    channel: "#money"
    reviewers: [billing-leads]
    approvals: 2
    no_self_approval: true
    deadline: 4h
    on_timeout: reject
    tiers:
      - {after: 1h, channel: C02RND, reviewers: [billing-leads], urgency: high}
      - {after: 2h, urgency: critical}
    keys: [second-opinion]
    assign: suggest
    grace: 10s
    valid_for: 1h
    fallback: default
    quiet_hours: 22:00-07:00
    quick_reasons: [Wrong amount]
digests:
  desk: {cron: "0 9,15 * * 1-5", timezone: America/New_York, channel: C01REV}
  night: {cron: 30 2 * * SUN, channel: "#night"}
report: {cron: 0 9 * * 1, channel: "#quality"}
rules:
  - {name: tiny, when: 'tool.name == "issue_refund"', then: approve, limit: 20/1d}
  - {name: can wait, when: 'urgency == "low"', then: batch, digest: desk, route: money}
  - {name: trust, when: 'kind == "answer"', then: by_confidence, limit: 5/1h}
  - {name: the rest, when: 'true', then: escalate, route: default}
categories:
  faq: {preset: faq-chatbot, risk: low, target_escalation_rate: 0.15, threshold: .9, learn: true,
        sample: 0.1, handoff: "A specialist is looking at this.",
        review: {digest: desk, reviewers: [billing-leads], second_look: true}}
  "credit notes": {threshold: 1}
agents:
  refund-bot: {systems: [billing, crm], max_open: 1000, rate: 100/1m}
schedules:
  primary: {ical: "https://calendar.example.com/primary.ics?token=1"}
  second: {rotation: {people: [U01ALICE, U02BOB, U01ALICE], handover: "Mon 09:00", every: 1w}}
  daily:
    rotation: {people: [U01ALICE], handover: 08:30, every: 2d}
"""


def chapter(text: str) -> str:
    """The small policy with one more chapter, which begins in line 6."""
    return SMALL + text + "\n"


def test_what_a_route_does_while_nobody_answers_is_understood() -> None:
    """Each key that is about waiting arrives as its author meant it."""
    book = load(FULL, "policy.yml")

    default, money = book.routes["default"], book.routes["money"]
    assert (default.on_timeout, money.on_timeout) == ("expire", "reject")
    assert default.remind_after == (timedelta(minutes=30), timedelta(hours=2))
    assert money.tiers == (
        Tier(
            after=timedelta(hours=1),
            channel="C02RND",
            reviewers=("billing-leads",),
            urgency="high",
        ),
        Tier(after=timedelta(hours=2), urgency="critical"),
    )
    assert (money.grace, default.grace) == (timedelta(seconds=10), timedelta(0))
    assert (money.fallback, money.assign) == ("default", "suggest")
    assert money.quiet_hours == QuietHours(start=time(22), end=time(7))
    assert (default.tiers, default.fallback, default.assign, default.quiet_hours) == (
        (), None, None, None,
    )  # fmt: skip


def test_every_other_chapter_is_understood() -> None:
    """Digests, categories, agents and schedules; a digest without a zone has the file's."""
    book = load(FULL, "policy.yml")

    desk, night = book.digests.values()
    assert desk == Digest(
        name="desk", cron="0 9,15 * * 1-5", timezone="America/New_York", channel="C01REV"
    )
    assert (night.timezone, night.channel) == ("Europe/London", "#night")
    assert book.report == WeeklyReport(
        cron="0 9 * * 1", timezone="Europe/London", channel="#quality"
    )
    assert book.categories["faq"] == Category(
        name="faq", preset="faq-chatbot", risk="low", target_escalation_rate=0.15, threshold=0.9,
        learn=True, sample=0.1, handoff="A specialist is looking at this.",
        review=ReviewWay(digest="desk", reviewers=("billing-leads",), second_look=True),
    )  # fmt: skip
    assert book.review_way("faq") == book.categories["faq"].review
    assert book.review_way("refund") == ReviewWay(reviewers=book.default_route().reviewers)
    assert book.categories["credit notes"] == Category(name="credit notes", threshold=1)
    assert book.agents == {
        "refund-bot": Agent(
            name="refund-bot",
            systems=("billing", "crm"),
            max_open=1000,
            rate=Limit(count=100, per=timedelta(minutes=1)),
        )
    }
    primary, second, daily = book.schedules.values()
    assert primary == Schedule(
        name="primary", ical="https://calendar.example.com/primary.ics?token=1"
    )
    assert second.rotation == Rotation(
        people=("U01ALICE", "U02BOB", "U01ALICE"), weekday=0, at=time(9), every=timedelta(weeks=1)
    )
    assert daily.rotation is not None
    assert (daily.rotation.weekday, daily.rotation.at) == (None, time(8, 30))


def test_a_group_may_come_from_a_schedule() -> None:
    """How many are on call nobody knows yet, so any number of approvals is believed."""
    text = SMALL.replace("users: [U01ALICE, U02BOB]", "schedule: primary").replace(
        "[leads]}", "[leads], approvals: 3}"
    )

    book = load(text + "schedules: {primary: {ical: 'https://a.example/'}}\n", "policy.yml")

    assert book.groups["leads"].schedule == "primary"
    assert [idle.key for idle in book.idle] == ["groups.leads.schedule", "schedules.primary.ical"]


def test_a_rule_that_batches_has_its_digest() -> None:
    """And one that trusts a confidence may have a limit, as one that approves may."""
    tiny, can_wait, trust, _ = load(FULL, "policy.yml").rules

    assert (tiny.digest, can_wait.then, can_wait.digest) == (None, "batch", "desk")
    assert (trust.then, trust.limit) == ("by_confidence", Limit(count=5, per=timedelta(hours=1)))


def test_what_is_not_acted_on_says_so() -> None:
    """One line a key, where the key stands, with what happens in its place; nothing else."""
    lines = [idle.within("policy.yml") for idle in load(FULL, "policy.yml").idle]

    keys = [line.split(": ")[:3] for line in lines]
    assert keys == [
        [f"policy.yml:{line}", key, "not acted on yet"]
        for line, key in [
            (4, "groups.billing-leads.schedule"),
            (20, "routes.money.assign"),
            (43, "schedules.primary.ical"),
            (44, "schedules.second.rotation"),
            (46, "schedules.daily.rotation"),
        ]
    ]
    assert all(line.split(": ", 3)[3].strip() for line in lines)
    assert "policy.yml:20: routes.money.assign: not acted on yet: nobody is named; all reviewers " \
        "of the route are asked alike" in lines  # fmt: skip


def test_what_is_acted_on_needs_no_word() -> None:
    """The keys of a plain policy, and of what a category says to the end user, just work."""
    plain = load(route(on_timeout="expire", grace="0s"), "policy.yml")
    kind = load(chapter("categories: {faq: {handoff: A specialist looks at this.}}"), "policy.yml")

    assert plain.idle == kind.idle == ()
    assert kind.handoff("faq") == "A specialist looks at this."
    assert kind.handoff("refund") is kind.handoff(None) is None


@pytest.mark.parametrize(
    "cron",
    ["0 9,15 * * 1-5", "*/10 * * * *", "0 0 29 2 *", "0 9 L * *", "0 9 * * MON#1", "0  9 * * fri"],
)
def test_a_cron_expression_is_any_that_fires(cron: str) -> None:
    """Five fields, with lists, steps, names, the last day and the n-th weekday."""
    book = load(chapter(f"digests: {{desk: {{cron: '{cron}', channel: C01REV}}}}"), "policy.yml")

    assert book.digests["desk"].cron == cron


DIGEST = "digests: {{desk: {{cron: '{}', channel: C01REV}}}}"
ROTA = "schedules: {{on: {{rotation: {{people: [U01A], handover: '{}', every: {}}}}}}}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # digests
        (chapter(DIGEST.format("0 9 * *")), "digests.desk.cron: expected five fields of cron"),
        (chapter(DIGEST.format("0 0 9 * * *")), "digests.desk.cron: expected five fields of cron"),
        (chapter(DIGEST.format("60 9 * * *")), "'60 9 * * *': the minute is wrong, or never comes"),
        (chapter(DIGEST.format("0 9 * * 1-")), "the day-of-week is wrong, or never comes"),
        (chapter(DIGEST.format("0 0 30 2 *")), "the day-of-month is wrong, or never comes"),
        (chapter(DIGEST.format("@daily")), "got '@daily'"),
        (chapter(DIGEST.format("1," * 200 + "1 9 * * *")), "expected five fields of cron"),
        (chapter("digests: {desk: {cron: 0 9 * * *}}"), "digests.desk.channel: expected a Slack"),
        (chapter("digests: {desk: {channel: C01REV}}"), "day of the week); it is missing"),
        (chapter("digests: {desk: {at: 9}}"), "digests.desk.at: expected a key that exists"),
        (chapter("digests: [desk]"), "digests: expected names with keys below them, got a list"),
        (chapter("digests: {d: 9am}"), "digests.d: expected keys with values, got '9am'"),
        (
            chapter("digests: {d: {cron: 0 9 * * *, channel: C01, timezone: London}}"),
            "digests.d.timezone: expected an IANA time zone",
        ),
        # report
        (chapter("report: {cron: 0 9 * * 1}"), "report.channel: expected a Slack channel id"),
        (chapter("report: {channel: C01}"), "report.cron: expected five fields of cron"),
        (chapter("report: {at: 9}"), "report.at: expected a key that exists"),
        (chapter("report: weekly"), "report: expected keys with values, got 'weekly'"),
        (
            chapter("report: {cron: 0 9 * * 1, channel: C01, timezone: London}"),
            "report.timezone: expected an IANA time zone",
        ),
        # groups
        (
            SMALL.replace("users: [U01ALICE, U02BOB]", "schedule: primry")
            + "schedules: {primary: {ical: 'https://a.example/'}}\n",
            "policy.yml:3: groups.leads.schedule: expected a schedule of this file (primary), got "
            "'primry'; did you mean primary?",
        ),
        (
            SMALL.replace("users: [U01ALICE, U02BOB]", "schedule: [primary]"),
            "letters, digits, - and _, got a list",
        ),
        # rules
        (rule("name: a, when: 'true', then: batch"), "the name of a digest, for what can wait"),
        (
            rule("name: a, when: 'true', then: batch, digest: desk"),
            "a digest of this file (there is no digest in this file), got 'desk'",
        ),
        (
            rule("name: a, when: 'true', then: batch, digest: dusk")
            + "digests: {desk: {cron: 0 9 * * *, channel: C01REV}}\n",
            "policy.yml:7: rules.a.digest: expected a digest of this file (desk), got 'dusk'; "
            "did you mean desk?",
        ),
        (rule("name: a, when: 'true', then: batch, digest: [a]"), "- and _, got a list"),
        (rule("name: a, when: 'true', then: escalate, digest: d"), "only a rule that batches has"),
        (rule("name: a, when: 'true', then: batch, digest: d, limit: 2/1d"), "no limit here"),
        (chapter("rules:\n" + "  - {}\n" * 1001), "rules: expected at most 1,000 rules, got 1,001"),
        # routes
        (route(on_timeout="never"), "expire, reject or approve, got 'never'"),
        (route(remind_after="30m"), "remind_after: expected a list such as [a, b], got '30m'"),
        (route(remind_after="[2h, 30m]"), "the shortest time first, and each only once"),
        (route(remind_after="[30m, 30m]"), "the shortest time first, and each only once"),
        (route(remind_after="[4h]"), "reminders before the route's deadline"),
        (route(remind_after="[soon]"), "a duration such as 30m, 4h or 7d, got 'soon'"),
        (route(remind_after=f"[{', '.join(f'{n}m' for n in range(1, 22))}]"), "at most 20 rem"),
        (route(tiers="[{channel: C02}]"), "routes.default.tiers.#1.after: expected a duration"),
        (route(tiers="[{after: 1h}]"), "tiers.#1.reviewers: expected what the tier adds"),
        (route(tiers="[{after: 4h, channel: C02}]"), "a tier before the route's deadline"),
        (
            route(tiers="[{after: 2h, channel: C02}, {after: 1h, channel: C03}]"),
            "routes.default.tiers.#2.after: expected the earliest tier first",
        ),
        (route(tiers="[{after: 1h, reviewers: [leeds]}]"), "got 'leeds'; did you mean leads?"),
        (route(tiers="[{after: 1h, urgency: urgent}]"), "got 'urgent'"),
        (route(tiers="[{after: 1h, channel: C02, approvals: 2}]"), "#1.approvals: expected a key"),
        (route(tiers="[later]"), "tiers.#1: expected keys with values, got 'later'"),
        (
            route(tiers=f"[{', '.join(f'{{after: {n}m, channel: C2}}' for n in range(1, 22))}]"),
            "at most 20 tiers, got 21",
        ),
        (route(grace="soon"), "a duration such as 10s, got 'soon'"),
        (route(grace="61m"), "a duration such as 10s, at most 60m, got '61m'"),
        (route(grace="2m", deadline="2m"), "grace: expected less than the route's deadline"),
        (route(fallback="default"), "fallback: expected a way that does not lead back"),
        (route(fallback="money"), "a route of this file (default), got 'money'"),
        (route(fallback="[a]"), "letters, digits, - and _, got a list"),
        (route(quiet_hours="22-7"), "two different times such as \"22:00-07:00\", got '22-7'"),
        (route(quiet_hours="07:00-07:00"), "two different times"),
        (route(quiet_hours="22:00-24:00"), "two different times"),
        (route(assign="all"), "one or suggest, got 'all'"),
        # categories
        (chapter("categories: {faq: {preset: faq}}"), "got 'faq'"),
        (chapter("categories: {faq: {preset: faq-chatbots}}"), "did you mean faq-chatbot?"),
        (chapter("categories: {faq: {risk: none}}"), "low, medium, high or critical, got 'none'"),
        (chapter("categories: {faq: {threshold: 1.1}}"), "a number from 0 to 1 such as 0.15"),
        (chapter("categories: {faq: {threshold: '0.9'}}"), "from 0 to 1 such as 0.15, got '0.9'"),
        (
            chapter("categories: {faq: {review: {digest: desc}}}")
            + "digests: {desk: {cron: 0 9 * * *, channel: C01REV}}\n",
            "policy.yml:6: categories.faq.review.digest: expected a digest of this file (desk), "
            "got 'desc'; did you mean desk?",
        ),
        (
            chapter("categories: {faq: {review: {reviewers: [leeds]}}}"),
            "categories.faq.review.reviewers: expected a group of this file (leads), got 'leeds'",
        ),
        (
            chapter("categories: {faq: {review: {second_look: maybe}}}"),
            "categories.faq.review.second_look: expected true or false, got 'maybe'",
        ),
        (chapter("categories: {faq: {review: desk}}"), "review: expected keys with values, got"),
        (chapter("categories: {faq: {review: {at: 9}}}"), "review.at: expected a key that exists"),
        (chapter("categories: {faq: {sample: 10%}}"), "from 0 to 1 such as 0.15, got '10%'"),
        (chapter("categories: {faq: {sample: -0.1}}"), "from 0 to 1 such as 0.15, got '-0.1'"),
        (chapter("categories: {faq: {target_escalation_rate: nan}}"), "0.15, got 'nan'"),
        (chapter("categories: {faq: {learn: yes}}"), "true or false, got 'yes'"),
        (chapter("categories: {faq: {handoff: ''}}"), "a sentence for the agent's end user, got"),
        (chapter(f"categories: {{faq: {{handoff: {'x' * 501}}}}}"), "at most 500 characters"),
        (chapter("categories: {faq: {treshold: 0.9}}"), "did you mean threshold?"),
        (chapter(f"categories: {{{'x' * 65}: {{}}}}"), "a name of at most 64 characters, got 65"),
        # agents
        (chapter("agents: {refund bot: {}}"), "agents: expected the NAME of an API key"),
        (chapter("agents: {a: {max_open: 0}}"), "a whole number of at least 1, got '0'"),
        (chapter("agents: {a: {rate: 100}}"), "a number per duration such as 20/1d, got '100'"),
        (chapter("agents: {a: {systems: billing}}"), "a list such as [a, b], got 'billing'"),
        (chapter("agents: {a: {owner: U01}}"), "agents.a.owner: expected a key that exists"),
        # schedules
        (chapter("schedules: {on: {}}"), "an `ical` address or a `rotation`; both are missing"),
        (chapter("schedules: {on: {ical: 'http://a.example/'}}"), "the https address of an iCal"),
        (chapter("schedules: {on: {ical: 'https://'}}"), "iCalendar file, got something else"),
        (chapter("schedules: {on: {ical: 'https://a b'}}"), "iCalendar file, got something else"),
        (chapter("schedules: {on: {ical: 'https://[x/'}}"), "iCalendar file, got something else"),
        (chapter("schedules: {on: {cal: x}}"), "schedules.on.cal: expected a key that exists"),
        (
            chapter(ROTA.format("Mon 09:00", "1w").replace("rota", "ical: 'https://a/', rota")),
            "either `ical` or `rotation`, not both",
        ),
        (chapter(ROTA.format("Monday 9am", "1w")), "a day and a time such as \"Mon 09:00\", or"),
        (chapter(ROTA.format("Mon 09:00", "10d")), "every: expected whole weeks such as 1w"),
        (chapter(ROTA.format("09:00", "36h")), "every: expected whole days such as 1d or 1w"),
        (chapter(ROTA.format("09:00", "1d").replace("U01A", "alice")), "got 'alice'"),
        (chapter(ROTA.format("09:00", "1d").replace("U01A", "")), "at least one Slack user id"),
        (
            chapter(ROTA.format("09:00", "1d").replace("U01A", ", ".join(["U01A"] * 101))),
            "at most 100 people, got 101",
        ),
        (chapter("schedules: {on: {rotation: {every: 1d}}}"), "[U0123ABCD]; it is missing"),
        (chapter("schedules: {on: {rotation: {every: 1d}}}"), "or a time only; it is missing"),
        (chapter("schedules: {on: {rotation: weekly}}"), "rotation: expected keys with values"),
        # all of them
        (
            chapter("agents:\n" + "".join(f"  a{n}: {{}}\n" for n in range(1001))),
            "agents: expected at most 1,000 names, got 1,001",
        ),
        (chapter('categories: {"a\\nb": {learn: 1}}'), "categories.a\\nb.learn: expected true"),
    ],
)  # fmt: skip
def test_each_mistake_is_explained(text: str, expected: str) -> None:
    """Wrong types, names that do not exist, and what contradicts itself, in words that help."""
    assert any(expected in line for line in findings(text)), findings(text)


def test_fallbacks_must_end() -> None:
    """A ring of fallbacks is named at each of its routes, and what only leads into it is not."""
    ring = """\
version: 1
groups:
  leads: {users: [U01ALICE]}
routes:
  into: {channel: C01REV, reviewers: [leads], fallback: one}
  one: {channel: C01REV, reviewers: [leads], fallback: two}
  two: {channel: C01REV, reviewers: [leads], fallback: one}
"""

    assert findings(ring) == [
        f"policy.yml:{line}: routes.{name}.fallback: expected a way that does not lead back to "
        "this route"
        for line, name in ((6, "one"), (7, "two"))
    ]
    assert load(ring.replace("fallback: one}\n  one", "}\n  one").replace(", fallback: one", ""),
                "policy.yml").routes["one"].fallback == "two"  # fmt: skip


def test_the_address_of_a_calendar_is_never_repeated() -> None:
    """Whoever has it can read the calendar, and findings go to the log and to Slack."""
    wrong = chapter("schedules: {on: {ical: 'http://calendar.example.com/private-1234'}}")

    assert "1234" not in "".join(findings(wrong))


@pytest.mark.parametrize(
    "line",
    [
        "a: b\n",
        "k{}: b\n",
        "digests: {{d{}: {{timezone: Europe/Londn}}}}\n",
        "- {{name: r{}, when: 'tool.', then: x}}\n",
    ],
)
def test_a_file_full_of_mistakes_is_given_up(line: str) -> None:
    """A hundred findings are enough for one reading; the last one says that there are more."""
    body = "".join(line.format(number) for number in range(5000))

    found = findings(chapter("rules:\n" + body if line.startswith("-") else body))

    assert len(found) == 101
    assert found[-1].endswith("file: expected fewer mistakes; reading ended here, after 100")
