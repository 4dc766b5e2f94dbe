"""Verdicts as lines of JSON, and as examples for eval tools."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.cards.arguments import masked_plainly
from bot.store import escalations, outputs, review_findings, reviews, scored_cases

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from datetime import datetime

    from bot.domain.escalation import Escalation
    from bot.domain.output import Content, Output
    from bot.domain.review import Purpose, Review, Verdict
    from bot.store.ledger import Ledger
    from bot.store.tx import Tx

_PAGE = 200
#: A case that is only looked at once more, or that is known to be wrong, is an example already.
_EXAMPLES: frozenset[Purpose] = frozenset({"audit", "sample", "anomaly", "re_evaluation"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A verdict, and what it is about: an escalation, or an output that an agent reported."""

    review: Review
    verdict: Verdict
    escalation: Escalation | None
    output: Output | None
    content: Content | None
    #: The chance that it had to be looked at; None where that is not known.
    pi: float | None
    finding: str | None
    #: What a second reviewer said of an objection.
    confirmed: bool | None

    @property
    def case(self) -> str:
        """What the agent calls it: its own id of an output, ours of an escalation."""
        if self.output is not None and self.output.item_id is not None:
            return self.output.item_id
        return self.review.escalation_id or ""

    @property
    def agent(self) -> str:
        if self.output is not None:
            return self.output.agent
        return "" if self.escalation is None else self.escalation.agent

    @property
    def agent_version(self) -> str | None:
        if self.output is not None:
            return self.output.agent_version or None
        source = None if self.escalation is None else self.escalation.request.source
        return None if source is None else source.agent_version


async def reviews_since(ledger: Ledger, since: datetime) -> AsyncIterator[dict[str, Any]]:
    """One JSON-ready object a verdict given since then, oldest first."""
    async for one in _since(ledger, since):
        yield review_line(one)


async def evals_since(ledger: Ledger, since: datetime) -> AsyncIterator[dict[str, Any]]:
    """One an error, and in each category as many right ones, as far as there are."""
    taken = await _examples(ledger, since)
    async for one in _since(ledger, since):
        if one.review.id in taken:
            yield eval_line(one)


def review_line(one: Judged) -> dict[str, Any]:
    """Fields are added in later releases, never renamed."""
    review, verdict = one.review, one.verdict
    return {
        "id": review.id,
        "case": one.case,
        "agent": one.agent,
        "agent_version": one.agent_version,
        "category": review.category,
        "purpose": review.purpose,
        "second_of": review.second_of,
        "pi": one.pi,
        "verdict": _said(verdict),
        "error_type": verdict.error_type,
        "severity": verdict.severity,
        "root_cause": verdict.root_cause,
        "correction": verdict.correction,
        "loss": verdict.loss,
        "confirmed": one.confirmed,
        "finding": one.finding,
        "reviewer": {"type": verdict.actor.type, "id": verdict.actor.id},
        "asked_at": _stamp(review.created_at),
        "judged_at": _stamp(verdict.at),
    }


def eval_line(one: Judged) -> dict[str, Any]:
    """The same; `id` is what `re_evaluates` takes. Sensitive arguments are masked."""
    verdict = one.verdict
    given, made, own = _material(one)
    return {
        "id": one.case,
        "input": given,
        "expected": verdict.correction,
        "actual": made,
        "verdict": _said(verdict),
        "error_type": verdict.error_type,
        "category": one.review.category,
        "agent_version": one.agent_version,
        "metadata": {
            "agent": one.agent,
            "review": one.review.id,
            "severity": verdict.severity,
            "root_cause": verdict.root_cause,
            "confirmed": one.confirmed,
            "judged_at": _stamp(verdict.at),
            "own": own,
        },
    }


def _material(one: Judged) -> tuple[Any, Any, Mapping[str, Any]]:
    """What the agent was given, what it made of it, and its own metadata."""
    if one.content is not None:
        return one.content.input, one.content.output, one.content.metadata
    assert one.escalation is not None  # noqa: S101 - it is about the one or the other
    request = one.escalation.request
    if request.answer is not None:
        return request.question, request.answer, request.metadata
    given = {"action": request.action, "reason": request.reason, "impact": request.impact}
    made = None
    if request.tool is not None:
        made = {"tool": request.tool.name, "arguments": masked_plainly(request.tool)}
    return given, made, request.metadata


async def _examples(ledger: Ledger, since: datetime) -> set[str]:
    """Ids of reviews: of every case that was wrong, and of as many right ones.

    Which of them follows from their ids alone, so that two exports have the same.
    """
    wrong: dict[str, tuple[str, str]] = {}
    right: dict[str, tuple[str, str]] = {}
    after = (since, "")
    while page := await ledger.read(reviews.judged_after, *after, _PAGE):
        for one in page:
            assert one.verdict is not None  # noqa: S101 - that is what was asked for
            after = (one.verdict.at, one.id)
            if one.purpose in _EXAMPLES:
                case = one.output_id or one.escalation_id or ""
                (right if one.verdict.correct else wrong)[case] = (one.id, one.category)
    needed = Counter(category for _, category in wrong.values())
    taken = {review_id for review_id, _ in wrong.values()}
    for case in sorted(right.keys() - wrong.keys(), key=_shuffled):
        review_id, category = right[case]
        if needed[category]:
            needed[category] -= 1
            taken.add(review_id)
    return taken


def _shuffled(case: str) -> bytes:
    return hashlib.sha256(case.encode()).digest()


async def _since(ledger: Ledger, since: datetime) -> AsyncIterator[Judged]:
    after = (since, "")
    while page := await ledger.read(_page, *after):
        for one in page:
            yield one
            after = (one.verdict.at, one.review.id)


def _page(tx: Tx, since: datetime, review_id: str) -> Sequence[Judged]:
    found = reviews.judged_after(tx, since, review_id, _PAGE)
    cases = {one.id: one for one in escalations.find_all(tx, _ids(found, "escalation_id"))}
    made = outputs.find_all(tx, _ids(found, "output_id"))
    contents = outputs.contents(tx, [*made])
    chances = scored_cases.chances(tx, list(cases))
    linked = review_findings.links(tx, [one.id for one in found])
    judged = []
    for one in found:
        assert one.verdict is not None  # noqa: S101 - that is what was asked for
        output = made.get(one.output_id or "")
        finding, confirmed = linked.get(one.id, (None, None))
        judged.append(
            Judged(
                review=one,
                verdict=one.verdict,
                escalation=cases.get(one.escalation_id or ""),
                output=output,
                content=contents.get(one.output_id or ""),
                pi=_chance(one, output, chances),
                finding=finding,
                confirmed=confirmed,
            )
        )
    return judged


def _ids(found: Sequence[Review], of: str) -> list[str]:
    return list(dict.fromkeys(getattr(one, of) for one in found if getattr(one, of) is not None))


def _chance(one: Review, output: Output | None, chances: Mapping[str, float]) -> float | None:
    if one.purpose == "audit":
        return chances.get(one.escalation_id or "")
    return output.pi if one.purpose == "sample" and output is not None else None


def _said(verdict: Verdict) -> str:
    return "correct" if verdict.correct else "incorrect"


def _stamp(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
