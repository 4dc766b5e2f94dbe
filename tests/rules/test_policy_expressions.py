"""What `when` can say, and how it behaves on values that were made to break it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from bot.domain.request import Request
from bot.policy.expressions import CannotEvaluateError, Expression
from bot.policy.facts import NAMES, facts_of


def request(**fields: Any) -> Request:
    return Request(**{"action": "Refund", "reason": "Broken", "impact": "Money leaves", **fields})


def with_arguments(**arguments: Any) -> Request:
    return request(tool={"name": "issue_refund", "arguments": arguments})


def holds(source: str, asked: Request | None = None, agent: str = "refund-bot") -> bool:
    return Expression(source).matches(facts_of(asked or request(), agent))


def trouble(source: str, asked: Request | None = None) -> str:
    with pytest.raises(CannotEvaluateError) as caught:
        holds(source, asked)
    return str(caught.value)


@pytest.mark.parametrize(
    "source",
    [
        'tool.name == "" && tool.arguments == {} && tool.server == "" && tool.sensitive == []',
        "tool.annotations == {} && tool.input_schema == {} && tool.editable == []",
        'context.reasoning == "" && context.attempts == [] && context.retrieved == []',
        'source.framework == "" && source.on_behalf_of == ""',
        'risk.level == "medium" && risk.cost.amount == "" && risk.blast_radius == ""',
        'category == "" && tags == [] && allowed_decisions == [] && metadata == {}',
        'deadline == "" && valid_for == "" && group_key == "" && body == ""',
        "callback_state == null",
        "!has(request.confidence) && has(request.tool.name)",
        "!has(tool.arguments.amount)",
        'agent == "refund-bot" && kind == "approval" && urgency == "normal"',
    ],
)
def test_what_is_absent_is_empty(source: str) -> None:
    """Rules need no has() before each step: absent objects have their sub-objects."""
    assert holds(source)


def test_empty_parts_inside_lists_are_filled_too() -> None:
    """An attempt without a result has an empty one; a score that was not sent stays absent."""
    asked = request(
        context={"attempts": [{"what": "called twice"}], "retrieved": [{"title": "Terms"}]}
    )

    assert holds('context.attempts.all(a, a.result == "")', asked)
    assert holds('context.retrieved.all(r, r.url == "" && !has(r.score))', asked)


def test_a_number_that_is_absent_has_no_answer() -> None:
    """No number means "not said", so a rule that compares it cannot be evaluated."""
    assert trouble("confidence >= 0.9") == "`confidence` is missing"
    assert not holds("has(request.confidence) && confidence >= 0.9")
    assert holds("has(request.confidence) && confidence >= 0.9", request(confidence=0.95))


@pytest.mark.parametrize("amount", [60, 60.0])
@pytest.mark.parametrize(
    "comparison", ["> 50", "> 50.0", "== 60", "== 60.0", "<= 60", "<= 60.0", "in [60]", "in [60.0]"]
)
def test_numbers_compare_as_numbers(amount: float, comparison: str) -> None:
    """JSON says 60 and 60.0 for the same amount, and so do the people who write rules."""
    assert holds(f"tool.arguments.amount {comparison}", with_arguments(amount=amount))


def test_numbers_compare_alike_where_their_kind_is_known() -> None:
    """The engine's checker knows that a size is whole; comparing it to a decimal is still fine."""
    asked = request(tags=["a", "b"], risk={"cost": {"amount": "247.50", "currency": "USD"}})

    assert holds("size(tags) > 1.5 && 1 == 1.0", asked)
    assert holds("double(risk.cost.amount) > 50", asked)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("tool.name ==", "at character 13: mismatched input its end"),
        ("urgency\n== 'low' x", "at its line 2, character 10: extraneous input 'x'"),
        ("amount > 5", "at character 1: undeclared reference to 'amount'"),
        ("size(tags) > 'a'", "at character 12: found no matching overload"),
        ("'a'", "true or false; this one is string"),
        ("(" * 5000 + "true" + ")" * 5000, "a CEL expression, but "),
        ("tool." + ".".join("a" * 20_000) + " == 1", "Exceeded max recursion depth"),
        ("!" * 200_000 + "true", "a CEL expression, but "),
        ("urgency == '\ud800'", "a CEL expression, but "),
        ("", "a CEL expression, but "),
        ("action.matches(reason)", "a pattern written out in quotes"),
        ("action.matches('a' + reason)", "a pattern written out in quotes"),
        ("action.matches('(')", "a regular expression in RE2 syntax, got '('"),
        ("action.matches(r'(?=a)')", "a regular expression in RE2 syntax"),
    ],
)
def test_a_wrong_expression_is_refused_with_its_place(source: str, expected: str) -> None:
    """The author of a rule learns at load what is wrong, and at which character."""
    with pytest.raises(ValueError, match=r"^a ") as caught:
        Expression(source)

    assert expected in str(caught.value)


@pytest.mark.parametrize(
    "source",
    [
        "action.matches('^Ref') // a comment with a matches(reason) and a ' in it",
        'action.matches("""^Ref""") && "matches(reason)" != ""',
        r"action.matches(r'^\w+$')",
        r"action.matches('^Re\x66') && 'it\'s' != ''",
        "action.matches( '^Ref' )",
    ],
)
def test_patterns_written_out_are_fine(source: str) -> None:
    """Every way in which CEL can quote a pattern counts as written out."""
    assert holds(source)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("tool.arguments.amount > 5", "`amount` is missing"),
        ("tool.arguments.order > 5", "these values do not go together: _>_(string, int64)"),
        ("tool.arguments.count + 1.5 > 2.0", "do not go together: _+_(int64, double)"),
        ("tool.name", "the result is string, neither true nor false"),
        ("1 / (tool.arguments.count - 2) == 1", "it divides by zero"),
        ("tool.arguments.count + 9223372036854775807 > 0", "a number is too large"),
        ("double(tool.arguments.order + 'x') > 1.0", "a value cannot be converted"),
        ("tool.arguments.order.x == 1", "a value has no fields"),
        ("[1][tool.arguments.count] == 1", "the engine gave no answer"),
        ("{action: 1, 'Refund': 2} == {}", "the engine gave no answer"),
        ("metadata[tool.arguments.order] == 1", "a key is missing"),
    ],
)
def test_what_has_no_answer_says_why(source: str, expected: str) -> None:
    """The reason stands on the card, so it is short and in words."""
    asked = with_arguments(order="89234", count=2)

    assert expected in trouble(source, asked)


def test_a_text_does_not_end_at_its_first_nul() -> None:
    """The engine reads C strings; such a value never reaches it."""
    asked = with_arguments(currency="USD\0EUR")

    assert trouble('tool.arguments.currency == "USD"', asked).startswith("`tool` contains")
    assert trouble("request.tool.arguments == {}", asked).startswith("`request` contains")
    assert trouble('metadata["a"] == 1', request(metadata={"a\0b": 1})).startswith("`metadata`")


def test_only_the_values_that_a_rule_looks_at_can_trouble_it() -> None:
    """Broken metadata does not switch off rules about the tool."""
    asked = request(metadata={"note": "\ud800"}, tool={"name": "issue_refund"})

    assert holds('tool.name == "issue_refund"', asked)
    assert trouble("metadata == {}", asked) == "`metadata` contains a character that is none"


def test_names_inside_texts_are_not_looked_at() -> None:
    """A rule that only quotes the word metadata does not depend on it."""
    asked = request(metadata={"note": "\0"})

    assert holds('"metadata" != "" && tool.arguments == {} // metadata', asked)


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def test_values_nested_too_deep_never_reach_the_engine() -> None:
    """At 100,000 levels the engine would take the process with it."""
    shallow, deep = with_arguments(x=nested(32)), with_arguments(x=nested(70))
    deepest = with_arguments().with_arguments({"x": nested(100_000)})

    assert holds("size(tool.arguments.x) == 1", shallow)
    assert "nested more than 64 levels" in trouble("size(tool.arguments.x) == 1", deep)
    assert "cannot be read" in trouble("size(tool.arguments.x) == 1", deepest)


@pytest.mark.parametrize(
    "source",
    [
        "tool.arguments.x.all(a, tool.arguments.x.all(b, a + b >= 0))",
        "size(tool.arguments.x.map(a, tool.arguments.x.map(b, a + b))) > 0",
    ],
)
@pytest.mark.timeout(30)
def test_loops_over_what_an_agent_sent_come_to_an_end(source: str) -> None:
    """A long list cannot hold up the bot: beyond 10,000 steps there is no answer."""
    assert trouble(source, with_arguments(x=list(range(1000)))) == (
        "there is too much to look through"
    )


def test_lists_beyond_a_thousand_entries_are_not_looked_at() -> None:
    """The engine copies a growing list at each step of .map, so long ones are a person's work."""
    source = "tool.arguments.x.all(a, a >= 0)"

    assert holds(source, with_arguments(x=list(range(1000))))
    assert "more than 1,000 entries" in trouble(source, with_arguments(x=list(range(1001))))
    assert "more than 10,000 values" in trouble(source, with_arguments(x=[[1] * 100] * 100))


@pytest.mark.parametrize("pattern", ["^(a+)+$", "(x+x+)+y", "(a|aa)+$"])
@pytest.mark.timeout(30)
def test_patterns_take_time_linear_in_the_text(pattern: str) -> None:
    """What hangs a backtracking engine for ever is answered at once."""
    assert not holds(
        f"tool.arguments.x.matches('{pattern}')", with_arguments(x="a" * 200_000 + "b")
    )


@pytest.mark.parametrize(
    "source",
    [
        "metadata[tool.arguments.secret] == 1",
        "int(tool.arguments.secret) > 1",
        "timestamp(tool.arguments.secret) > timestamp(deadline)",
        "tool.arguments.secret > 5",
        "tool.arguments.secret.x == 1",
        "tool.arguments.secret && true",
        "tool.arguments[tool.arguments.secret] == 1",
    ],
)
def test_no_value_is_repeated_in_a_reason(source: str) -> None:
    """Reasons stand on cards and in logs, and the value may be one marked as sensitive."""
    assert "hunter2" not in trouble(source, with_arguments(secret="hunter2"))


def test_numbers_beyond_64_bits_are_not_looked_at() -> None:
    """The engine would refuse them with the whole object in its words."""
    asked = with_arguments(secret="hunter2", x=[2**70])

    assert trouble("tool.arguments.x[0] > 5", asked) == (
        "`tool` contains a number that is too large"
    )


def test_one_expression_serves_many_threads() -> None:
    """It is compiled once and shared."""
    expression = Expression("tool.arguments.amount > 50.0")
    facts = [facts_of(with_arguments(amount=amount), "a") for amount in range(100)]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(expression.matches, facts * 20))

    assert answers == [amount > 50 for amount in range(100)] * 20


def test_facts_have_every_name_except_absent_numbers() -> None:
    """What an expression may name at load is there when it is evaluated."""
    assert set(facts_of(request(), "a")) == set(NAMES) - {"confidence"}
    assert set(facts_of(request(confidence=1), "a")) == set(NAMES)
