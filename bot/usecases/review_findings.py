"""What reviews found wrong is gathered kind by kind, owned by somebody, mended, and verified."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.cards import wording_review_findings as wording
from bot.domain.errors import Fault, ForbiddenError, InvalidError, NotFoundError
from bot.domain.outgoing import Direct
from bot.domain.people import Named
from bot.domain.review_finding import Kind, Objection, Step, begin
from bot.store import escalations, journal, outbox, outputs, review_findings
from bot.usecases.authority import SlackVoter
from bot.usecases.commands.asker import recognise_in
from bot.usecases.finding_evidence import counted
from bot.usecases.read_directory import read_directory

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bot.cards.blocks import Markup
    from bot.cards.finding_forms import Judged, Ownership
    from bot.domain.journal import Event
    from bot.domain.people import Actor, Clicker
    from bot.domain.review import Purpose, Review
    from bot.domain.review_finding import ReviewFinding
    from bot.policy.book import Book
    from bot.store.tx import Tx
    from bot.usecases.commands.asker import Asker
    from bot.usecases.desk import Desk


#: Reviews whose objections are news.
_NEWS: frozenset[Purpose] = frozenset({"audit", "sample", "anomaly", "double"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A finding as its form needs it, or as it has become."""

    finding: ReviewFinding
    counted: Sequence[Markup]
    now: datetime


def file_objection(tx: Tx, review: Review, owner: Named | None) -> None:
    """The error that the review found joins those of its kind, or is the first.

    What was known to be wrong before is no news, and neither is another try of it.
    """
    verdict = review.verdict
    if review.purpose not in _NEWS or verdict is None or not verdict.error_type:
        return
    kind = Kind(
        category=review.category, error_type=verdict.error_type, root_cause=verdict.root_cause
    )
    error = Objection(
        kind=kind,
        severity=verdict.severity or "major",
        went_out_at=_went_out_at(tx, review),
        at=verdict.at,
    )
    before = review_findings.of_kind(tx, kind)
    if before is None:
        after = begin(tx.new_id("fin"), review.route, error)
        _note(tx, after, "finding.begun", verdict.actor)
    else:
        after = before.join(error)
        if after.reopened > before.reopened:
            _note(tx, after, "finding.reopened", verdict.actor)
            if after.owner is not None:
                again = wording.came_again(after.kind, after.id)
                outbox.owe(tx, Direct(user=after.owner.id, text=again))
    if owner is not None and after.owner is None:
        after = after.own(owner, after.due)
        _note(tx, after, "finding.owned", verdict.actor)
        _tell_owner(tx, after, verdict.actor)
    review_findings.put(tx, after)
    review_findings.link(tx, after.id, review.id)


def owner_named(tx: Tx, book: Book, team_id: str | None, person_id: str) -> Named:
    """Raises InvalidError for somebody whom the policy does not name, or who may not act."""
    directory = read_directory(tx, book, team_id, {person_id})
    known = directory.people.get(person_id)
    barred = directory.bar(person_id) not in {None, "stale"}
    if known is None or barred or person_id not in book.people(directory):
        raise InvalidError(wording.NOT_KNOWN, [Fault("/owner", wording.NOT_KNOWN)])
    return Named(type="human", id=person_id, display_name=known.display_name)


def seen_by(asker: Asker, one: ReviewFinding) -> bool:
    """Reviewers of its route or category see it, its owner, and admins."""
    book = asker.book
    groups = book.route(one.route).reviewers
    listed = book.category(one.kind.category)
    if listed is not None and listed.review is not None:
        groups += listed.review.reviewers
    return (
        asker.admin
        or _owns(asker.clicker, one)
        or asker.clicker.id in book.members(groups, asker.directory)
    )


async def look_at_finding(desk: Desk, finding_id: str, clicker: Clicker) -> Looked:
    """For a form of somebody who may change it. Raises NotFoundError, ForbiddenError."""
    return await desk.ledger.read(_look, desk.book, desk.team_id, finding_id, clicker)


async def own_finding(desk: Desk, finding_id: str, clicker: Clicker, wanted: Ownership) -> Looked:
    """Raises NotFoundError, ForbiddenError, InvalidError (an odd owner, or a day that is over)."""

    def change(tx: Tx, before: ReviewFinding, actor: Actor) -> ReviewFinding:
        if wanted.due is not None and wanted.due < _today(desk.book, tx.now()):
            raise InvalidError(wording.PAST, [Fault("/due", wording.PAST)])
        owner = owner_named(tx, desk.book, desk.team_id, wanted.owner)
        after = before.own(owner, wanted.due)
        _note(tx, after, "finding.owned", actor)
        if before.owner is None or before.owner.id != owner.id:
            _tell_owner(tx, after, actor)
        return after

    return await _changed(desk, finding_id, clicker, change)


async def fix_finding(desk: Desk, finding_id: str, clicker: Clicker, note: str) -> Looked:
    """Raises NotFoundError, ForbiddenError, FindingStateError."""

    def change(tx: Tx, before: ReviewFinding, actor: Actor) -> ReviewFinding:
        after = before.fix(Step(actor=actor, at=tx.now(), comment=note))
        _note(tx, after, "finding.fixed", actor)
        return after

    return await _changed(desk, finding_id, clicker, change)


async def verify_finding(desk: Desk, finding_id: str, clicker: Clicker, said: Judged) -> Looked:
    """Mended, or open again. Raises NotFoundError, ForbiddenError, FindingStateError."""

    def change(tx: Tx, before: ReviewFinding, actor: Actor) -> ReviewFinding:
        if said.outcome == "open":
            _note(tx, before, "finding.reopened", actor)
            return before.reopen()
        after = before.verify(Step(actor=actor, at=tx.now(), comment=said.comment))
        _note(tx, after, "finding.verified", actor)
        return after

    return await _changed(desk, finding_id, clicker, change)


async def _changed(
    desk: Desk,
    finding_id: str,
    clicker: Clicker,
    change: Callable[[Tx, ReviewFinding, Actor], ReviewFinding],
) -> Looked:
    def verb(tx: Tx) -> Looked:
        before = review_findings.lock(tx, finding_id)
        _check(recognise_in(tx, desk.book, desk.team_id, clicker), before)
        directory = read_directory(tx, desk.book, desk.team_id, {clicker.id})
        after = change(tx, before, SlackVoter(clicker, "modal").actor(directory))
        review_findings.put(tx, after)
        return Looked(finding=after, counted=(), now=tx.now())

    return await desk.ledger.run(verb)


def _look(tx: Tx, book: Book, team_id: str | None, finding_id: str, clicker: Clicker) -> Looked:
    found = review_findings.find(tx, finding_id)
    _check(recognise_in(tx, book, team_id, clicker), found)
    return Looked(finding=found, counted=counted(tx, found), now=tx.now())


def _went_out_at(tx: Tx, review: Review) -> datetime:
    if review.output_id is not None:
        return outputs.find(tx, review.output_id).at
    return escalations.find(tx, review.escalation_id or "").created_at


def _today(book: Book, now: datetime) -> date:
    """By the policy's clock."""
    return now.astimezone(UTC if book.timezone == "UTC" else ZoneInfo(book.timezone)).date()


def _check(asker: Asker, one: ReviewFinding) -> None:
    """The owner and admins change it; what nobody owns, whoever sees it."""
    if not seen_by(asker, one):
        raise NotFoundError(wording.NO_SUCH)
    if not (asker.admin or one.owner is None or _owns(asker.clicker, one)):
        raise ForbiddenError(wording.not_yours(one.owner.display_name or one.owner.id))


def _owns(clicker: Clicker, one: ReviewFinding) -> bool:
    return one.owner is not None and one.owner.id == clicker.id


def _tell_owner(tx: Tx, one: ReviewFinding, by: Actor) -> None:
    if one.owner is not None and one.owner.id != by.id:
        text = wording.yours(by.display_name or by.id, one.kind, one.id)
        outbox.owe(tx, Direct(user=one.owner.id, text=text))


def _note(tx: Tx, one: ReviewFinding, event: Event, actor: Actor) -> None:
    """Of the house and not of a question: the finding outlives the cases that it came from."""
    journal.note(tx, None, event, actor, finding=one.id, category=one.kind.category)
