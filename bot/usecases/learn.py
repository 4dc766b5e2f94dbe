"""What people decide teaches a category what it may deliver by itself."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.cards import wording_learning
from bot.domain.category import Closing, Learned, Measured
from bot.domain.outgoing import Alert
from bot.learning.admit import admit
from bot.learning.epochs import after
from bot.learning.events import Began, Complained, Labelled, Scored, TimePassed, VersionChanged
from bot.store import boundaries, journal, learning, outbox, scored_cases

if TYPE_CHECKING:
    from bot.domain.boundary import Said
    from bot.domain.escalation import Decision, Escalation
    from bot.domain.review import Review
    from bot.domain.scored_case import Held, ScoredCase
    from bot.learning.admit import Admission
    from bot.learning.events import Event, Source
    from bot.learning.standing import Standing
    from bot.learning.terms import Risk
    from bot.policy.book import Category
    from bot.store.learning import Kept
    from bot.store.tx import Tx

#: Of a category whose risk nobody has stated.
USUAL_RISK: Risk = "medium"
_EDITED = 0.5
#: Nobody has said what was wrong with a case that was left or taken back.
_SAID_BY_PEOPLE = frozenset({"person", "audit"})


def admitted(
    tx: Tx,
    secret: bytes,
    category: Category,
    *,
    escalation_id: str,
    agent: str,
    version: str,
    case: ScoredCase,
) -> ScoredCase:
    """The case as its category stands now; `case.held` says what holds whatever the score is.

    The category stays locked until the intake's commit.
    """
    kept = _up_to_date(tx, category, agent, version)
    assert case.score is not None  # noqa: S101 - without one nothing was learned from it
    way = _way(kept, secret, escalation_id, case, at_least=category.threshold)
    forced = not way.waits and case.judged is not None and case.judged.held is not None
    if forced:
        # It stays in its region, as a case that was sure to be labelled: so no boundary, whatever
        # it has learned meanwhile, can move what the evidence is about (docs/learning.md).
        way = _way(kept, secret, escalation_id, case, at_least=math.inf)
    scored = Scored(
        at=tx.now(),
        case=escalation_id,
        score=case.score,
        pi=way.pi,
        pi_min=way.pi_min,
        way=way.way,
        coin=way.coin,
        held=way.held,
    )
    happened(tx, kept, scored)
    least = kept.standing.threshold
    return replace(
        case,
        threshold=least if least is None else max(least, category.threshold or least),
        held=case.held or ("boundary" if forced else _why_a_person(kept.standing, way)),
        coin=way.coin,
        pi=way.pi,
        pi_min=way.pi_min,
        epoch=way.epoch,
        counts=way.counts,
    )


def _way(
    kept: Kept, secret: bytes, escalation_id: str, case: ScoredCase, *, at_least: float | None
) -> Admission:
    assert case.score is not None  # noqa: S101 - without one nothing was learned from it
    return admit(
        kept.standing,
        case=escalation_id,
        score=case.score,
        secret=secret,
        held=case.held is not None,
        at_least=at_least,
    )


def _up_to_date(tx: Tx, category: Category, agent: str, version: str) -> Kept:
    """Time may have ended a certificate; the policy's risk or the agent may be another by now."""
    kept = learning.lock(tx, category.name)
    now = tx.now()
    kept = happened(tx, kept, Began(at=now, risk=category.risk or USUAL_RISK))
    kept = happened(tx, kept, TimePassed(at=now))
    fresh = learning.is_new(tx, category.name, agent, version)
    if fresh and (kept.standing.warm_up or kept.standing.cuts):
        what = wording_learning.of_version(agent, version)
        kept = happened(tx, kept, VersionChanged(at=now, what=what))
    return kept


def _why_a_person(standing: Standing, way: Admission) -> Held | None:
    if not way.waits:
        return None
    if way.way == "audit":
        return "watched"
    if standing.frozen or standing.always_ask:
        return "frozen" if standing.frozen else "always_ask"
    return "learning" if standing.threshold is None else "below"


def happened(tx: Tx, kept: Kept, event: Event) -> Kept:
    """The category after this too; whoever should know of it is told. What changes nothing is
    not written down.
    """
    standing = after(kept.standing, event)
    if standing is kept.standing:
        return kept
    told = learning.append(tx, kept, event, standing)
    _tell(tx, kept.category, kept.standing, standing)
    return told


def learn_from_decision(tx: Tx, settled: Escalation) -> None:
    """A person has agreed or not; or nobody has, which counts as not."""
    if not settled.learns:
        return
    loss, source = _label(settled.decision, withdrawn=settled.status == "cancelled")
    _labelled(tx, settled.id, loss, source)


def learn_from_review(tx: Tx, ended: Review) -> None:
    """What was found of something that had gone out already, where a threshold's coin chose it."""
    if ended.purpose != "audit" or ended.escalation_id is None:
        return
    verdict = ended.verdict
    if verdict is None:
        _labelled(tx, ended.escalation_id, 1.0, "timeout")
        return
    category = _labelled(tx, ended.escalation_id, verdict.loss, "audit")
    if category is not None and verdict.severity == "critical":
        # A rule and no statistic: somebody must act, so nothing more goes out by itself.
        complaint = Complained(
            at=tx.now(),
            case=ended.escalation_id,
            by=verdict.actor.id,
            reason=wording_learning.CRITICAL,
        )
        happened(tx, learning.lock(tx, category), complaint)


def _labelled(tx: Tx, escalation_id: str, loss: float, source: Source) -> str | None:
    """The category, where the case was one of a category that is learned."""
    category = scored_cases.learned_category(tx, escalation_id)
    if category is not None:
        label = Labelled(at=tx.now(), case=escalation_id, loss=loss, source=source)
        happened(tx, learning.lock(tx, category), label)
        if source in _SAID_BY_PEOPLE:
            said: Said = "overridden" if loss >= _EDITED else "approved"
            boundaries.append(tx, category, escalation_id, said)
    return category


def _label(made: Decision | None, *, withdrawn: bool) -> tuple[float, Source]:
    if made is None:
        return 1.0, "withdrawn" if withdrawn else "timeout"
    if made.provenance == "timeout":
        return 1.0, "timeout"
    if made.type == "modify":
        return _EDITED, "person"
    return (0.0 if made.type == "approve" else 1.0), "person"


def as_seen(name: str, standing: Standing) -> Learned:
    """The category as cards speak of it."""
    found, order = standing.measured, standing.frozen or standing.always_ask
    incident = standing.incident
    return Learned(
        name=name,
        phase="always_ask" if standing.always_ask else standing.phase,
        epoch=standing.epoch,
        cut=standing.cut,
        share=standing.share,
        alpha=standing.alpha,
        evidence=standing.evidence,
        measured=None
        if found is None
        else Measured(
            rate=found.rate,
            low=found.low,
            high=found.high,
            reviewed=found.reviewed,
            audits=found.audits,
        ),
        audit_rate=standing.audit_rate,
        ends=standing.certificate_ends,
        missing=standing.missing_share,
        warming=standing.warming,
        closing=None
        if incident is None
        else Closing(
            reason=incident.reason,
            at=incident.at,
            epoch=incident.epoch,
            cases=incident.cases,
            said=incident.said,
        ),
        order=order.reason if order else None,
    )


def _tell(tx: Tx, category: str, before: Standing, now: Standing) -> None:
    """The operators hear of what is opened, doubted and closed."""
    if now.incident is not None and now.incident != before.incident:
        journal.note(
            tx, None, "category.closed", None,
            category=category, epoch=now.incident.epoch, reason=now.incident.reason,
        )  # fmt: skip
        closing = as_seen(category, now).closing
        assert closing is not None  # noqa: S101 - there is an incident
        outbox.owe(tx, Alert(text=wording_learning.closed(category, closing)))
    elif now.open_rungs > before.open_rungs:
        journal.note(
            tx, None, "category.opened", None,
            category=category, epoch=now.epoch, rungs=now.open_rungs, threshold=repr(now.cut),
        )  # fmt: skip
        outbox.owe(tx, Alert(text=wording_learning.opened(as_seen(category, now))))
    elif now.suspicious and not before.suspicious:
        journal.note(tx, None, "category.doubted", None, category=category, epoch=now.epoch)
        outbox.owe(tx, Alert(text=wording_learning.doubted(category)))
