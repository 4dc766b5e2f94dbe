"""Verdicts as lines: the same fields whatever was judged, and nothing sensitive in them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.domain.output import Content, Output, Shape
from bot.usecases.export_reviews import Judged, eval_line, review_line
from tests.rules.making import NOW, make_answer, make_escalation, make_request
from tests.rules.test_cards_review import make_review, make_verdict

WRONG = make_verdict(
    correct=False, error_type="tone", severity="minor", root_cause="prompt", correction="Be kind."
)
SHAPE = Shape(length=3, calls=())


def judged(**over: Any) -> Judged:
    fields: dict[str, Any] = {
        "review": make_review(),
        "verdict": WRONG,
        "escalation": None,
        "output": None,
        "content": None,
        "pi": 0.15,
        "finding": "fin_1",
        "confirmed": None,
    }
    return Judged(**(fields | over))


def output(**over: Any) -> Output:
    fields: dict[str, Any] = {
        "id": "out_1",
        "agent": "faq-bot",
        "item_id": "q-1",
        "digest": "",
        "category": "faq",
        "agent_version": "v1",
        "at": NOW,
        "score": None,
        "third": 0,
        "pi": 0.1,
        "coin": True,
        "shape": SHAPE,
    }
    return Output(**(fields | over))


def test_a_verdict_is_one_line() -> None:
    """With its purpose and chance, without which it says nothing of all."""
    review = make_review(created_at=NOW - timedelta(hours=1))
    line = review_line(judged(review=review, escalation=make_escalation(make_answer())))

    assert line == {
        "id": "rev_1",
        "case": "esc_01JABCDEFGHJKMNPQRSTVWXYZ0",
        "agent": "refund-bot",
        "agent_version": None,
        "category": "warranty",
        "purpose": "audit",
        "second_of": None,
        "pi": 0.15,
        "verdict": "incorrect",
        "error_type": "tone",
        "severity": "minor",
        "root_cause": "prompt",
        "correction": "Be kind.",
        "loss": 0.5,
        "confirmed": None,
        "finding": "fin_1",
        "reviewer": {"type": "human", "id": "U01BOB"},
        "asked_at": "2026-03-02T11:00:00Z",
        "judged_at": "2026-03-02T12:00:00Z",
    }


def test_an_example_has_what_was_given_and_what_came_of_it() -> None:
    """A draft, an action with masked arguments, one without, and an output as it was reported."""
    source = {"agent_version": "v3"}
    draft = eval_line(judged(escalation=make_escalation(make_answer(source=source))))
    action = eval_line(judged(escalation=make_escalation(make_request(metadata={"n": 1}))))
    plain = eval_line(judged(escalation=make_escalation(make_request(tool=None))))
    said = Content(input={"q": 1}, output=["a"], metadata={"n": 2})
    reported = eval_line(judged(output=output(), content=said, verdict=make_verdict()))

    assert (draft["input"], draft["actual"]) == (
        "Does my warranty cover water damage?", "Yes, for the first two years.",
    )  # fmt: skip
    assert (draft["agent_version"], draft["expected"]) == ("v3", "Be kind.")
    assert action["input"].keys() == {"action", "reason", "impact"}
    assert action["actual"]["tool"] == "issue_refund"
    assert "89234" not in str(action["actual"])
    assert action["metadata"]["own"] == {"n": 1}
    assert plain["actual"] is None
    assert (reported["id"], reported["input"], reported["actual"]) == ("q-1", {"q": 1}, ["a"])
    assert (reported["verdict"], reported["expected"], reported["agent_version"]) == (
        "correct", None, "v1",
    )  # fmt: skip
    assert reported["metadata"]["agent"] == "faq-bot"
    assert list(draft) == list(reported) == [
        "id", "input", "expected", "actual", "verdict", "error_type", "category", "agent_version",
        "metadata",
    ]  # fmt: skip


def test_what_a_rule_approved_is_called_by_its_escalation() -> None:
    """It has no id of the agent's own; and one whose agent states no version says so."""
    of_rule = judged(
        output=output(item_id=None, agent_version="", escalation_id="esc_1"),
        review=make_review(escalation_id="esc_1", output_id="out_1", purpose="sample"),
    )
    nothing = judged(review=make_review(escalation_id=None))

    assert (of_rule.case, of_rule.agent_version) == ("esc_1", None)
    assert (nothing.case, nothing.agent, nothing.agent_version) == ("", "", None)
