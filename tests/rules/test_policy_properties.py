"""What holds for every request, every number and every file, not only for the examples."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.request import Request
from bot.policy.book import Book, Route, Rule
from bot.policy.expressions import CannotEvaluateError, Expression
from bot.policy.facts import facts_of
from bot.policy.load import PolicyError, load
from bot.policy.plan import plan
from tests.rules.test_policy_keys import FULL

SAMPLE_TEXT = (Path(__file__).parents[2] / "policy.yml").read_text()
SAMPLE = load(SAMPLE_TEXT, "policy.yml")

texts = st.text(st.characters(codec=None, exclude_categories=[]), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)
levels = st.sampled_from(["low", "medium", "high", "critical"])
expressions = st.sampled_from(
    [
        "true",
        "confidence > 0.5",
        "tool.arguments.amount < 50.0",
        "tool.arguments.amount + 1 < 50",
        'tool.name == "issue_refund" && metadata.a',
        "request.metadata == {} || tool.arguments == metadata",
        "size(tool.arguments) > 1.5",
        'action.matches("^a*$")',
        "tool.arguments.amount",
    ]
)


@st.composite
def requests(draw: st.DrawFn) -> Request:
    """Anything that an agent can bring through the door, and a little more."""
    arguments = draw(st.dictionaries(st.just("amount") | texts, values, max_size=4))
    asked = Request(
        action="Refund",
        reason="Broken",
        impact="Money leaves",
        tool={"name": "issue_refund", "arguments": {}} if draw(st.booleans()) else None,
        risk={"level": draw(levels)},
        confidence=draw(st.none() | st.floats(0, 1)),
        metadata=draw(st.dictionaries(st.just("a") | texts, values, max_size=4)),
    )
    return asked.with_arguments(arguments)


@given(requests(), texts)
def test_the_policy_always_has_an_answer(asked: Request, agent: str) -> None:
    """Whatever an agent sends, plan() does not raise, and somebody is named."""
    planned = plan(SAMPLE, asked, agent)

    assert planned.need.route in SAMPLE.routes
    assert planned.need.approvals >= 1


@given(requests(), st.lists(expressions, min_size=1, max_size=3))
def test_no_approval_comes_out_of_doubt(asked: Request, whens: list[str]) -> None:
    """A rule approves only what it is true of, and nothing of high risk."""
    rules = tuple(Rule(name=when, when=when, then="approve", line=1) for when in whens)
    book = Book(
        version="sha256:0",
        timezone="UTC",
        routes={"default": Route(name="default", channel="C01REV", reviewers=())},
        rules=rules,
    )

    planned = plan(book, asked, "a")

    if planned.then == "approve":
        assert planned.rule is not None
        assert Expression(planned.rule).matches(facts_of(asked, "a"))
        assert asked.risk.level in {"low", "medium"}


@given(st.integers(-(2**53) + 1, 2**53 - 1), st.sampled_from(["<", "<=", "==", "!=", ">=", ">"]))
@example(60, "==")
def test_integers_and_decimals_compare_alike(number: int, comparison: str) -> None:
    """60 and 60.0 are one amount, on either side of every comparison."""
    bound = 60

    answers = {
        Expression(f"metadata.amount {comparison} {limit}").matches(
            facts_of(Request(action="a", reason="b", impact="c", metadata={"amount": amount}), "a")
        )
        for amount in (number, float(number))
        for limit in (str(bound), f"{bound}.0")
    }

    assert len(answers) == 1


@given(values, expressions)
def test_an_expression_answers_or_says_that_it_cannot(value: Any, source: str) -> None:
    """True, false or CannotEvaluateError; the engine's own troubles stay inside."""
    asked = Request(action="a", reason="b", impact="c").model_copy(
        update={"metadata": {"a": value}}
    )

    words = ""
    try:
        assert Expression(source).matches(facts_of(asked, "a")) in {True, False}
    except CannotEvaluateError as trouble:
        words = str(trouble)

    assert words.isprintable()


@given(texts | st.sampled_from(["true", "tool.", "matches(", "'", '"""', "//", "("]))
def test_no_text_crashes_the_compiler(source: str) -> None:
    """Any text is an expression, or a ValueError with words."""
    words = "a CEL expression"
    try:
        Expression(source)
    except ValueError as error:
        words = str(error)

    assert words.startswith("a ")


def check_findings(text: str | bytes) -> None:
    """The file loads, or each finding names a line that it has."""
    try:
        load(text, "policy.yml")
    except PolicyError as error:
        found = [finding.line for finding in error.findings]
    else:
        return

    assert found == sorted(found)
    assert found[0] >= 1
    assert found[-1] <= max(1, len(text.splitlines()))


@given(st.text() | st.text(alphabet="a:-[]{}'\"\n \t&*!|>#?%\\x0\r\x85\u2028,", max_size=60))
@example("a: [\n")
@example("\n\n'")
@example("\x85\x85'\r\r")
def test_any_text_is_a_policy_or_an_explanation(text: str) -> None:
    """Random YAML never raises anything but PolicyError, whose lines are in the file."""
    check_findings(text)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_policy_or_an_explanation(raw: bytes) -> None:
    """The file may be anything at all, also what is no text."""
    check_findings(raw)


@given(st.data())
def test_a_damaged_policy_is_still_explained(data: st.DataObject) -> None:
    """Cut something out of a good file, put something in: the answer is a Book or findings."""
    policy = data.draw(st.sampled_from([SAMPLE_TEXT, FULL]))
    start = data.draw(st.integers(0, len(policy)))
    end = data.draw(st.integers(start, min(len(policy), start + 40)))
    patch = data.draw(st.text(alphabet="a1:-[]{}'\"\n &*!|>#,", max_size=6))

    check_findings(policy[:start] + patch + policy[end:])


values_of_keys = st.sampled_from(
    ["", "[]", "{}", "1", "-1", "''", "null", "true", "a b", "[a]", "[[a]]", "{a: b}", "[{a: b}]",
     "'0 9 * * *'", "1h", "0s", "9999d", "C01", '"#x"', "https://a", "'Mon 09:00'", "22:00-07:00",
     "1e9", "0.5", "money", "desk", "primary", "reject", "batch", "[{after: 1h, after: 2h}]"]
)  # fmt: skip


@given(line=st.sampled_from(FULL.splitlines()), text=values_of_keys, data=st.data())
def test_any_value_under_any_key_is_a_policy_or_an_explanation(
    line: str, text: str, data: st.DataObject
) -> None:
    """Put something else behind one of the colons of a policy that has every key."""
    keys = [found.end() for found in re.finditer(r"[\w-]+:(?= |$)", line)]
    at = data.draw(st.sampled_from(keys))
    end = re.search(r"[,}]|$", line[at:])
    assert end is not None

    check_findings(FULL.replace(line, f"{line[:at]} {text}{line[at + end.start() :]}", 1))
