"""The policy file: what is understood, and what its author is told."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.directory import Directory
from bot.policy.book import Book, Group, Limit
from bot.policy.load import Finding, PolicyError, load

SMALL = """\
version: 1
groups:
  leads: {users: [U01ALICE, U02BOB]}
routes:
  default: {channel: C01REV, reviewers: [leads]}
"""


NOTHING_KNOWN = Directory(now=datetime(2026, 3, 2, tzinfo=UTC), team_id=None)


def findings(text: str | bytes) -> list[str]:
    """What `policy check` prints for a wrong file."""
    with pytest.raises(PolicyError) as caught:
        load(text, "policy.yml")
    return str(caught.value).splitlines()


def finding(text: str | bytes) -> str:
    (only,) = findings(text)
    return only


def route(**keys: str) -> str:
    """The small policy with other keys on its route."""
    written = {"channel": "C01REV", "reviewers": "[leads]", **keys}
    inside = ", ".join(f"{key}: {value}" for key, value in written.items())
    return SMALL.replace("{channel: C01REV, reviewers: [leads]}", f"{{{inside}}}")


def rule(text: str) -> str:
    """The small policy with one rule, in line 7."""
    return f"{SMALL}rules:\n  - {{{text}}}\n"


def test_a_small_policy_has_sensible_defaults() -> None:
    """A group and a route are enough; everything else has the contract's default."""
    book = load(SMALL, "policy.yml")

    only = book.default_route()
    assert (only.name, only.approvals, only.no_self_approval) == ("default", 1, False)
    assert (only.deadline, only.valid_for) == (timedelta(hours=4), timedelta(hours=24))
    assert (only.keys, only.quick_reasons, book.rules) == ((), (), ())
    assert book.timezone == "UTC"


def test_everything_that_can_be_said_is_understood() -> None:
    """Each key of this release arrives in the Book as its author meant it."""
    book = load(
        """\
version: 1
timezone: Europe/London
groups:
  leads: {users: [U01ALICE, U02BOB, U02BOB]}
  night: {users: [W09NIGHT]}
admins: [night]
routes:
  default:
    channel: "#reviews"
    reviewers: [leads, night]
    approvals: 2
    deadline: 1h30m
    on_timeout: expire
    no_self_approval: true
    keys: [second-opinion]
    valid_for: 90s
    quick_reasons: [Wrong amount, Wrong customer]
  money: {channel: C03MONEY, reviewers: [leads]}
rules:
  - name: tiny
    when: 'tool.name == "refund"'
    then: approve
    route: money
    comment: fine
    urgency: high
    approvals: 2
    limit: 20/1d
    even_high_risk: true
""",
        "policy.yml",
    )

    first = book.default_route()
    assert book.timezone == "Europe/London"
    assert (first.channel, first.reviewers, first.approvals) == ("#reviews", ("leads", "night"), 2)
    assert (first.deadline, first.valid_for) == (timedelta(minutes=90), timedelta(seconds=90))
    assert (first.no_self_approval, first.keys) == (True, ("second-opinion",))
    assert first.quick_reasons == ("Wrong amount", "Wrong customer")
    (tiny,) = book.rules
    assert (tiny.name, tiny.then, tiny.route, tiny.comment) == ("tiny", "approve", "money", "fine")
    assert (tiny.urgency, tiny.approvals, tiny.even_high_risk) == ("high", 2, True)
    assert tiny.limit == Limit(count=20, per=timedelta(days=1))
    assert tiny.line == 20


def test_the_book_knows_its_people() -> None:
    """Reviewers and admins are Slack ids, found through groups."""
    book = load(
        SMALL.replace("routes:", "  night: {users: [U09]}\nadmins: [night]\nroutes:"), "policy.yml"
    )

    assert book.reviewers("default", NOTHING_KNOWN) == {"U01ALICE", "U02BOB"}
    assert book.people(NOTHING_KNOWN) == {"U01ALICE", "U02BOB", "U09"}
    assert (book.admins, book.rolls()) == (("night",), ())


def test_a_group_may_be_slacks_own() -> None:
    """By ids, by a usergroup, by addresses, and by all of them together."""
    book = load(
        """\
version: 1
groups:
  leads: {usergroup: S01LEADS}
  night: {emails: [Ada@Example.com, ada@example.COM, bob@example.com]}
  both: {users: [U01ALICE], usergroup: S02BOTH, emails: [carol@example.com]}
routes:
  default: {channel: C01REV, reviewers: [leads], approvals: 7}
  night: {channel: C01REV, reviewers: [night], approvals: 2}
""",
        "policy.yml",
    )

    assert book.groups == {
        "leads": Group(usergroup="S01LEADS"),
        "night": Group(emails=("ada@example.com", "bob@example.com")),
        "both": Group(users=("U01ALICE",), usergroup="S02BOTH", emails=("carol@example.com",)),
    }
    assert book.rolls() == (
        "S01LEADS", "S02BOTH", "ada@example.com", "bob@example.com", "carol@example.com",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("{usergroup: leads}", "a Slack usergroup id such as S0123ABCD, got 'leads'"),
        ("{usergroup: [S01LEADS]}", "a Slack usergroup id such as S0123ABCD, got a list"),
        ("{emails: [ada]}", "an e-mail address such as ada@example.com, got 'ada'"),
        ("{emails: ['<!channel>@x.example']}", "an e-mail address such as ada@example.com"),
        ("{emails: ada@example.com}", "a list such as [a, b], got 'ada@example.com'"),
        ("{}", "a list of Slack user ids such as [U0123ABCD]; it is missing"),
    ],
)
def test_a_wrong_group_is_named(group: str, expected: str) -> None:
    """With its line and its key."""
    wrong = findings(SMALL.replace("{users: [U01ALICE, U02BOB]}", group))

    assert any(found.startswith("policy.yml:3: groups.leads") for found in wrong)
    assert any(expected in found for found in wrong)


def test_addresses_count_as_voices() -> None:
    """Each is one person at the most; nobody but Slack knows how many a usergroup has."""
    two = SMALL.replace("{users: [U01ALICE, U02BOB]}", "{users: [U01ALICE], emails: [b@x.example]}")
    three = two.replace("[leads]}", "[leads], approvals: 3}")
    anybody = three.replace("users: [U01ALICE]", "usergroup: S01LEADS")

    assert "has reviewers (2), got 3" in finding(three)
    assert load(anybody, "policy.yml").default_route().approvals == 3


def test_a_route_that_is_gone_is_the_default_one() -> None:
    """An escalation may be older than the policy, and still reaches somebody."""
    book = load(SMALL, "policy.yml")

    assert book.route("long gone") == book.default_route()
    gone = book.reviewers("long gone", NOTHING_KNOWN)
    assert gone == book.reviewers("default", NOTHING_KNOWN)


def test_the_version_is_a_fingerprint_of_the_file() -> None:
    """Each decision names the exact file that was in force."""
    expected = "sha256:" + hashlib.sha256(SMALL.encode()).hexdigest()[:16]

    assert load(SMALL, "policy.yml").version == expected
    assert load(SMALL.encode(), "elsewhere.yml").version == expected
    assert load(SMALL + "\n", "policy.yml").version != expected


def test_a_book_cannot_be_changed() -> None:
    """The policy in force changes only by loading another file."""
    book = load(SMALL, "policy.yml")

    with pytest.raises(ValueError, match="frozen"):
        book.timezone = "UTC"  # type: ignore[misc]


def test_a_rule_list_that_is_commented_out_is_no_mistake() -> None:
    """`rules:` with nothing behind it means no rules."""
    assert load(SMALL + "rules:\n#  - later\nadmins:\n", "policy.yml").rules == ()


def test_a_finding_says_where_what_and_instead_of_what() -> None:
    """File, line, key, what was expected, and what stands there."""
    with pytest.raises(PolicyError) as caught:
        load(route(approvals="two"), "policy.yml")

    assert str(caught.value) == (
        "policy.yml:5: routes.default.approvals: expected a whole number of at least 1, got 'two'"
    )
    assert caught.value.findings == (
        Finding(5, "routes.default.approvals", "a whole number of at least 1, got 'two'"),
    )
    assert caught.value.code == "policy"


def test_all_findings_come_at_once_in_the_order_of_the_file() -> None:
    """One look at the file can mend all of it."""
    found = findings(
        """\
version: 2
timezone: Europe/Londn
rutes: {}
groups:
  leads: {users: [alice, U02BOB]}
routes:
  default: {channel: reviews, reviewers: [leeds]}
rules:
  - {name: a, when: 'tool.name ==', then: aprove, route: defalt}
  - {name: a, when: 'true', then: reject}
"""
    )

    assert found == [
        "policy.yml:1: version: expected 1, the only version there is, got '2'",
        "policy.yml:2: timezone: expected an IANA time zone such as Europe/London, "
        "got 'Europe/Londn'; did you mean Europe/London?",
        "policy.yml:3: rutes: expected a key that exists; did you mean routes?",
        "policy.yml:5: groups.leads.users: expected a Slack user id such as U0123ABCD, got 'alice'",
        "policy.yml:7: routes.default.channel: expected a Slack channel id such as C0123ABCD, "
        "or \"#name\" in quotes, got 'reviews'",
        "policy.yml:7: routes.default.reviewers: expected a group of this file (leads), "
        "got 'leeds'; did you mean leads?",
        "policy.yml:9: rules.a.when: expected a CEL expression, but at character 13: "
        "mismatched input its end",
        "policy.yml:9: rules.a.then: expected approve, reject, escalate, batch or by_confidence, "
        "got 'aprove'; did you mean approve?",
        "policy.yml:9: rules.a.route: expected a route of this file (default), got 'defalt'; "
        "did you mean default?",
        "policy.yml:10: rules.a.comment: expected words for the agent: "
        "a rule that rejects says why; it is missing",
        "policy.yml:10: rules.a.name: expected a name of its own; "
        "the rule in line 9 has it already",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (route(deadline="31d"), "longer than zero and at most 30d, got '31d'"),
        (route(deadline="0s"), "longer than zero and at most 30d, got '0s'"),
        (route(deadline="soon"), "a duration such as 30m, 4h or 7d, got 'soon'"),
        (route(deadline="[4h]"), "a duration such as 30m, 4h or 7d, got a list"),
        (route(deadline=""), "a duration such as 30m, 4h or 7d, got nothing"),
        (route(approvals='"1"'), "a whole number of at least 1, got '1'"),
        (route(approvals="0"), "a whole number of at least 1, got '0'"),
        (route(approvals="3"), "as the route 'default' has reviewers (2), got 3"),
        (route(approvals="4", keys="[k]"), "has reviewers (2 and 1 keys), got 4"),
        (route(no_self_approval="yes"), "true or false, got 'yes'"),
        (route(reviewers="leads"), "a list such as [a, b], got 'leads'"),
        (route(channel="{a: b}"), "in quotes, got keys with values"),
        (route(quick_reasons="[a, b, c, d, e, f]"), "at most 5 reasons, got 6"),
        (route(quick_reasons="['']"), "a short reason, got ''"),
        (route(quick_reasons=f"[{'x' * 76}]"), "at most 75 characters, got 76"),
        (route(colour="red"), "a key that exists"),
        (rule("name: a, when: 'true', then: escalate, approvals: 3"), "(2), got 3"),
        (rule("name: a, when: 'true', then: approve, limit: 20"), "such as 20/1d, got '20'"),
        (rule("name: a, when: 'true', then: approve, limit: 0/1d"), "such as 20/1d, got '0/1d'"),
        (rule("name: a, when: 'true', then: approve, limit: 2/d"), "20/1d, got '2/d'"),
        (rule("name: a, when: 'true', then: reject, comment: no, limit: 2/1d"), "no limit here"),
        (rule("name: a, when: '1 + 1', then: approve"), "true or false; this one is int"),
        (rule("when: 'true', then: escalate"), "rules.#1.name: expected a name on one line"),
        (rule("name: a, then: escalate"), 'urgency == "low"\'; it is missing'),
        (SMALL.replace("routes", "ruotes"), "at least one route"),
        (SMALL.partition("routes")[0] + "routes: {}", "at least one route"),
        (SMALL.partition("routes")[0] + "routes: [a]", "names with keys below them, got a list"),
        (SMALL.replace("users: [U01ALICE, U02BOB]", ""), "such as [U0123ABCD]; it is missing"),
        (SMALL.replace(", reviewers: [leads]", ""), "such as [billing-leads]; it is missing"),
        (SMALL.replace("channel: C01REV, ", ""), "in quotes; it is missing"),
        (SMALL.replace("default:", "my route:"), "a name of letters, digits, - and _"),
        (SMALL.replace("groups:", "groups: {}\nwere:"), "there is no group in this file"),
        (SMALL.replace("version: 1", "version: 1\nversion: 1"), "it stands in line 1 already"),
        (SMALL + "  default: {}\n", "default: expected each key once; it stands in line 5 already"),
        (SMALL + "rules: [nonsense]", "rules.#1: expected keys with values, got 'nonsense'"),
        (SMALL + "? [a]\n: b\n", "a plain word as a key"),
    ],
)
def test_mistakes_are_explained(text: str, expected: str) -> None:
    """What is wrong is said in words that help to mend it."""
    assert any(expected in line for line in findings(text)), findings(text)


def test_one_reviewer_and_one_key_are_two_voices() -> None:
    """Approvals are counted against everybody who can vote on the route, keys included."""
    book = load(route(approvals="3", keys="[second-opinion]"), "policy.yml")

    assert book.default_route().approvals == 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "policy.yml:1: file: expected a policy that begins with `version: 1`, got nothing"),
        ("# only a comment\n", "policy.yml:1: file: expected a policy that begins"),
        ("just words", "policy.yml:1: file: expected keys with values, got 'just words'"),
        ("- a\n- list", "policy.yml:1: file: expected keys with values, got a list"),
        ("version: 1\n\tgroups: {}", "policy.yml:2: file: expected valid YAML, but found char"),
        ("a: [1,\n", "policy.yml:1: file: expected valid YAML, but "),
        ("b: 1\na: 'open\n\n\n", "policy.yml:2: file: expected valid YAML, but found unexpected"),
        ("a: b: c", "policy.yml:1: file: expected valid YAML, but mapping values"),
        ("version: 1\n---\nversion: 1\n", "policy.yml:2: file: expected one document"),
        ("a: &x [1]\nb: *x\n", "policy.yml:1: file: expected values written out, without &"),
        ("b: *x\n", "policy.yml:1: file: expected values written out, without &"),
        ("a: !!python/object:os.system x", "policy.yml:1: file: expected plain values, without !"),
        ("a: b\nc: \0", "policy.yml:2: file: expected text without control characters"),
        (b"a: b\nc: \xff", "policy.yml:2: file: expected text in UTF-8"),
        ("a: \ud800", "policy.yml:1: file: expected text without control characters"),
        ('a: "\\0"', "policy.yml:1: file: expected text without control characters"),
        ('a: "\\Uffffffff"', "policy.yml:1: file: expected valid YAML; a character here"),
        ("a: " + "[" * 200_000, "policy.yml:1: file: expected at most 16 levels of nesting"),
        ("- " * 100_000, "policy.yml:1: file: expected at most 16 levels of nesting"),
        ("a: b\n" * 300_000, "policy.yml:1: file: expected a policy of at most 256 KiB"),
        ("%YAML 3.0\n---\na: b", "policy.yml:1: file: expected valid YAML, but found incompat"),
    ],
)
def test_a_file_that_is_no_policy_is_refused_with_a_line(text: str | bytes, expected: str) -> None:
    """Bombs, binary and broken YAML get the same kind of answer as a typo."""
    assert finding(text).startswith(expected)


def test_many_aliases_do_not_grow() -> None:
    """A billion laughs is refused where its first anchor stands, before anything is expanded."""
    bomb = "a: &a [x, x]\n" + "".join(
        f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )

    assert finding(bomb).startswith("policy.yml:1: file: expected values written out")


def test_yaml_from_other_editors_is_understood() -> None:
    """A byte order mark, CRLF and words that YAML 1.1 takes for booleans are just text."""
    text = SMALL.replace("leads", "no").replace("default", "on").replace("\n", "\r\n")

    book = load(b"\xef\xbb\xbf" + text.encode(), "policy.yml")

    assert isinstance(book, Book)
    assert book.default_route().name == "on"
    assert book.default_route().reviewers == ("no",)


def test_the_sample_policy_is_a_safe_start() -> None:
    """The commented sample loads, and its only approving rule is bounded."""
    sample = Path(__file__).parents[2] / "policy.yml"

    book = load(sample.read_bytes(), "policy.yml")

    assert list(book.routes) == ["default", "money"]
    approving = [rule for rule in book.rules if rule.then == "approve"]
    assert [(rule.name, rule.limit is not None) for rule in approving] == [("tiny refunds", True)]
    assert not any(rule.even_high_risk for rule in book.rules)


def test_what_the_sample_keeps_for_later_is_right() -> None:
    """Taken out of their comments, its lines are a good policy, and each says that it waits."""
    sample = (Path(__file__).parents[2] / "policy.yml").read_text()

    book = load(sample.replace("# later: ", ""), "policy.yml")

    waiting = [line for line in sample.splitlines() if "# later: " in line]
    headings = ("schedules:",)
    assert len({idle.line for idle in book.idle}) == sum(
        not line.endswith(headings) for line in waiting
    )
    assert [rule.then for rule in book.rules][-3:] == ["batch", "by_confidence", "escalate"]
