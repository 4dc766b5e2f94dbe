"""How each category fares: how much comes, how much of it people see, how often they disagree."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from bot.domain.category import Phase
from bot.domain.errors import NotFoundError
from bot.domain.interval import wilson
from bot.learning.sampling import Review, hajek
from bot.learning.terms import TERMS
from bot.store import categories, learning
from bot.store.categories import Volume
from bot.usecases.learn import USUAL_RISK, as_seen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.people import Caller
    from bot.domain.request import DecisionType
    from bot.policy.book import Book, Category
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk

#: Beyond this, odds are as good as certain, and JSON has no infinity.
_MOST_ODDS = 1e9
WINDOW = timedelta(days=28)
#: `fixed`: delivers from its threshold on; `person`: people see all of it. The others are learned.
State = Literal["fixed", "person", "unlisted"] | Phase
#: How wrong the agent was when people said so; an edit is half a mistake.
_LOSS: dict[DecisionType, float] = {"approve": 0.0, "modify": 0.5, "reject": 1.0, "revise": 1.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Error:
    """How often people disagreed, with the interval of 95 %; all None where nobody decided."""

    rate: float | None
    low: float | None
    high: float | None
    reviewed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryNow:
    """One category, as the last 28 days have it."""

    name: str
    state: State
    volume: int
    escalation_rate: float | None
    target_escalation_rate: float | None
    threshold: float | None
    evidence: float | None
    error: Error
    expires_at: str | None
    #: The share of what goes out by itself that people review afterwards.
    audit_rate: float | None = None


async def every_category(desk: Desk, caller: Caller) -> list[CategoryNow]:
    """Those of the policy in its order, then those that were only seen."""
    return await desk.ledger.read(_every, desk.book, _whose(caller), None)


async def one_category(desk: Desk, caller: Caller, name: str) -> CategoryNow:
    """Raises NotFoundError for one that is neither listed nor was seen lately."""
    found = await desk.ledger.read(_every, desk.book, _whose(caller), name)
    if not found:
        raise NotFoundError(f"There is no category {name[:64]!r}.")
    return found[0]


def categories_now(tx: Tx, book: Book, only: str | None = None) -> list[CategoryNow]:
    """The same within a transaction, of all agents; of one category, or of all."""
    return _every(tx, book, None, only)


def _whose(caller: Caller) -> str | None:
    return None if caller.reads_everything else caller.agent


def _every(tx: Tx, book: Book, agent: str | None, only: str | None) -> list[CategoryNow]:
    since = tx.now() - WINDOW
    volumes = categories.volumes(tx, since, agent, only)
    verdicts = categories.verdicts(tx, since, agent, only)
    listed = [name for name in book.categories if only in {None, name}]
    seen = sorted({*volumes, *verdicts} - {*listed})
    found = []
    for name in (*listed, *seen):
        category = book.category(name)
        said = verdicts.get(name, {})
        now = _now(name, category, volumes.get(name, Volume()), said, book.scores_high_risk)
        if now.state == "warming":
            now = _learned(tx, now)
        elif now.state == "fixed":
            now = replace(now, error=_weighed(said, categories.audits(tx, name, since, agent)))
        found.append(now)
    return found


def _learned(tx: Tx, now: CategoryNow) -> CategoryNow:
    """What was measured weighs each case by its chance to be seen, so it is the better figure."""
    seen = as_seen(now.name, learning.find(tx, now.name).standing)
    measured = seen.measured
    cut = seen.cut if seen.phase in {"open", "suspicious"} else None
    return replace(
        now,
        state=seen.phase,
        # All of it is delivered: the least score there is is enough.
        threshold=None if cut is None else max(cut, now.threshold or 0.0),
        evidence=None if seen.warming < 1 else round(min(seen.evidence, _MOST_ODDS), 2),
        error=now.error
        if measured is None
        else Error(
            rate=round(measured.rate, 4),
            low=round(measured.low, 4),
            high=round(measured.high, 4),
            reviewed=measured.reviewed,
        ),
        expires_at=None if seen.ends is None else seen.ends.isoformat().replace("+00:00", "Z"),
        audit_rate=None if cut is None else seen.audit_rate,
    )


def _now(
    name: str,
    listed: Category | None,
    volume: Volume,
    said: Mapping[DecisionType, int],
    scores_high_risk: bool,
) -> CategoryNow:
    rate = volume.escalation_rate
    state = _state(listed, scores_high_risk)
    return CategoryNow(
        name=name,
        state=state,
        volume=volume.cases,
        escalation_rate=None if rate is None else round(rate, 4),
        target_escalation_rate=listed.target_escalation_rate if listed else None,
        threshold=listed.threshold if listed else None,
        evidence=None,
        error=_error(said),
        expires_at=None,
        # Of a fixed threshold: that of a mature category of its risk.
        audit_rate=TERMS[listed.risk or USUAL_RISK].audit_mature
        if listed and state == "fixed"
        else None,
    )


def _state(listed: Category | None, scores_high_risk: bool) -> State:
    if listed is None:
        return "unlisted"
    if listed.risk == "critical" or (listed.risk == "high" and not scores_high_risk):
        return "person"
    if listed.learn:
        return "warming"
    return "person" if listed.threshold is None else "fixed"


def _weighed(said: Mapping[DecisionType, int], audits: Sequence[tuple[float, float]]) -> Error:
    """Everything people saw, each case by its chance to be seen: what they were asked was sure to
    be; of what went out a coin chose. Without any of the latter it is about the asked ones only.
    """
    asked = [
        Review(stratum="", pi=1.0, loss=_LOSS[type_])
        for type_, count in said.items()
        for _ in range(count)
    ]
    every = [*asked, *(Review(stratum="", pi=pi, loss=loss) for pi, loss in audits)]
    found = hajek(every) if audits else None
    if found is None:
        return _error(said)
    return Error(
        rate=round(found.rate, 4),
        low=round(found.low, 4),
        high=round(found.high, 4),
        reviewed=found.reviewed,
    )


def _error(said: Mapping[DecisionType, int]) -> Error:
    reviewed = sum(said.values())
    if not reviewed:
        return Error(rate=None, low=None, high=None, reviewed=0)
    loss = sum(_LOSS[type_] * count for type_, count in said.items())
    low, high = wilson(loss, reviewed)
    return Error(
        rate=round(loss / reviewed, 4),
        low=round(low, 4),
        high=round(high, 4),
        reviewed=reviewed,
    )
