"""What each event makes of a category's standing: the only transitions there are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import reduce
from typing import TYPE_CHECKING, assert_never

from bot.learning.detector import ALARM, heard, loudness
from bot.learning.events import (
    Began,
    Complained,
    Frozen,
    Labelled,
    Overridden,
    Reset,
    Scored,
    TimePassed,
    Unfrozen,
    VersionChanged,
)
from bot.learning.ladder import RUNGS, WARM_UP, above, bet, cuts_of, odds, stakes
from bot.learning.standing import (
    MOST_MISSING,
    RECENT,
    Beginning,
    Incident,
    Order,
    Pending,
    Standing,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.learning.events import Event
    from bot.learning.ladder import Wealth
    from bot.learning.standing import Reason

_MISSING = frozenset({"timeout", "withdrawn"})
_EVIDENCE = _MISSING | {"person", "audit"}
#: From this loss on a case is named when an opening is taken back.
_WRONG = 0.5
_MOST_WRONG = 5
#: A case without a label for so long counts as one that nobody answered.
LOST_AFTER = timedelta(days=30)


def fold(events: Iterable[Event], standing: Standing | None = None) -> Standing:
    """The same to the last bit, in whatever batches the events come."""
    return reduce(after, events, standing or Standing())


def after(standing: Standing, event: Event) -> Standing:
    """The standing once this has happened too.

    Whether people must be told is seen by comparing: another `incident`, more `open_rungs`,
    another `phase`.
    """
    if standing.certificate_ends is not None and event.at >= standing.certificate_ends:
        standing = _anew(standing, "expired", event.at)
    standing = _without_lost(standing, event.at)
    match event:
        case Began():
            if standing.epoch and event.risk == standing.risk:
                return standing
            reason: Reason = "terms" if standing.epoch else "start"
            return _anew(replace(standing, risk=event.risk), reason, event.at)
        case Scored():
            return _scored(standing, event)
        case Labelled():
            return _labelled(standing, event)
        case TimePassed():
            return standing
        case VersionChanged():
            return _anew(standing, "version", event.at, said=event.what)
        case Reset():
            return _anew(standing, "reset", event.at, said=event.reason)
        case Frozen():
            return replace(standing, frozen=Order(event.by, event.reason, event.at))
        case Unfrozen():
            return _opened(replace(standing, frozen=None), event.at)
        case Overridden():
            order = Order(event.by, event.reason, event.at) if event.always_ask else None
            return _opened(replace(standing, always_ask=order), event.at)
        case Complained():
            if not standing.open_rungs:
                return standing
            complained = replace(standing, wrong=(*standing.wrong, event.case)[-_MOST_WRONG:])
            return _anew(complained, "complaint", event.at, said=event.reason)
        case _:
            assert_never(event)


def _anew(standing: Standing, reason: Reason, at: datetime, said: str = "") -> Standing:
    """A new epoch: all evidence is dropped, and labels of older cases count no more."""
    incident = standing.incident
    if standing.open_rungs:
        incident = Incident(reason, at, standing.epoch, standing.wrong, said)
    return Standing(
        risk=standing.risk,
        epoch=standing.epoch + 1,
        began=Beginning(reason, at, said),
        frozen=standing.frozen,
        always_ask=standing.always_ask,
        incident=incident,
    )


def _scored(standing: Standing, event: Scored) -> Standing:
    # A held case is outside every region; one without a label on its way has nothing to wait for.
    if event.held:
        return standing
    if not standing.cuts:
        # Labels of the cases that drew the rungs are not evidence about these rungs.
        warm_up = (*standing.warm_up, repr(event.score))
        if len(warm_up) < WARM_UP:
            return replace(standing, warm_up=warm_up)
        cuts = cuts_of(warm_up)
        shares = tuple(above(warm_up, cut) for cut in cuts)
        return replace(standing, warm_up=(), cuts=cuts, shares=shares)
    rung = next(at for at, cut in enumerate(standing.cuts) if event.score >= float(cut))
    standing = replace(standing, recent=f"{standing.recent}{rung}"[-RECENT:])
    if event.way == "rule":
        return standing
    case = Pending(event.score, event.pi, event.pi_min, event.coin, event.at.timestamp())
    return replace(standing, pending={**standing.pending, event.case: case})


def _without_lost(standing: Standing, at: datetime) -> Standing:
    """Cases that nobody has settled for a month are missing; else one would hold up all others."""
    lost = at.timestamp() - LOST_AFTER.total_seconds()
    while standing.pending:
        # The oldest has no label: else it would be evidence already.
        name, case = next(iter(standing.pending.items()))
        if case.since > lost:
            break
        standing = _judged(standing, name, 1.0, at, missing=True)
    return standing


def _labelled(standing: Standing, event: Labelled) -> Standing:
    # A second label finds its case labelled or gone, and so does one of an earlier epoch.
    case = standing.pending.get(event.case)
    if case is None or case.loss is not None or event.source not in _EVIDENCE:
        return standing
    missing = event.source in _MISSING
    loss = 1.0 if missing else event.loss
    return _judged(standing, event.case, loss, event.at, missing=missing)


def _judged(standing: Standing, name: str, loss: float, at: datetime, *, missing: bool) -> Standing:
    """A label is seen and measured at once; it becomes evidence when its turn has come."""
    case = standing.pending[name]
    tallies = [
        tally.add(loss=loss, pi=case.pi, audit=case.coin) if case.score >= float(cut) else tally
        for tally, cut in zip(standing.tallies, standing.cuts, strict=True)
    ]
    standing = replace(
        standing,
        pending={**standing.pending, name: case._replace(loss=loss)},
        labels=standing.labels + 1,
        missing=standing.missing + missing,
        tallies=tuple(tallies),
    )
    cut, alpha = standing.cut, standing.alpha
    if cut is not None and alpha is not None and case.score >= cut:
        if loss >= _WRONG:
            standing = replace(standing, wrong=(*standing.wrong, name)[-_MOST_WRONG:])
        if case.coin:
            sums = heard(standing.sums, alpha=alpha, loss=loss)
            standing = replace(standing, sums=sums, audits=standing.audits + 1)
            if loudness(sums) >= ALARM:
                return _anew(standing, "alarm", at)
    return _opened(_weighed(standing), at)


def _weighed(standing: Standing) -> Standing:
    """Labels become evidence in the order of their cases.

    Who approves is faster than who rejects: in the order of the labels the first hundred could
    look good whatever they are.
    """
    pending, wealth = dict(standing.pending), list(standing.wealth)
    cuts = [float(cut) for cut in standing.cuts]
    for name, case in standing.pending.items():
        if case.loss is None:
            break
        del pending[name]
        won: dict[float, Wealth] = {}
        for rung, cut in enumerate(cuts):
            alpha = standing.alpha_of(rung)
            if alpha is None or case.score < cut:
                continue
            if alpha not in won:
                won[alpha] = stakes(alpha=alpha, loss=case.loss, pi=case.pi, pi_min=case.pi_min)
            wealth[rung] = bet(wealth[rung], won[alpha])
    return replace(standing, pending=pending, wealth=tuple(wealth))


def _opened(standing: Standing, at: datetime) -> Standing:
    """Opens what has its evidence, in the order of the rungs and never past one that has not."""
    if standing.frozen or standing.always_ask or standing.missing_share > MOST_MISSING:
        return standing
    rung = standing.open_rungs
    while rung < RUNGS and standing.alpha_of(rung) is not None:
        if odds(standing.wealth[rung]) < standing.terms.bar or not _seen(standing, rung):
            break
        rung += 1
    if rung == standing.open_rungs:
        return standing
    ends = standing.certificate_ends or at + standing.terms.life
    return replace(standing, open_rungs=rung, audits=0, certificate_ends=ends)


def _seen(standing: Standing, rung: int) -> bool:
    """Whether a label came from the band that the rung adds: what is delivered was looked at.

    Evidence is about the cases that come; this is for a warm-up whose mix was another.
    """
    if not rung or standing.shares[rung] == standing.shares[rung - 1]:
        return True
    return standing.tallies[rung].reviewed > standing.tallies[rung - 1].reviewed
