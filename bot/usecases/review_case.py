"""What went out without a person is put to one afterwards, and what they find is written down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.cards import wording_people, wording_review
from bot.cards.around import Around
from bot.domain.errors import ForbiddenError
from bot.domain.material import material_of_case, material_of_output
from bot.domain.review import LASTS, Review, Verdict
from bot.policy.allowed import why_no_review
from bot.policy.slots import next_slot
from bot.store import escalations, journal, outputs, people, reviews
from bot.usecases.authority import SlackVoter
from bot.usecases.end_of_time import CLOCK
from bot.usecases.learn import learn_from_review
from bot.usecases.look_again import ask_a_second, hear_the_second
from bot.usecases.read_directory import read_directory
from bot.usecases.review_findings import file_objection, owner_named
from bot.usecases.who_reviews import groups_asked, judged_before

if TYPE_CHECKING:
    from datetime import datetime

    from bot.cards.review_form import Found
    from bot.domain.directory import Denial
    from bot.domain.escalation import Escalation
    from bot.domain.journal import Event
    from bot.domain.material import Material
    from bot.domain.output import Output
    from bot.domain.people import Actor, Clicker, Via
    from bot.policy.book import Book
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk

# Few enough that clicks in between do not wait.
_AT_ONCE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A review, and what it is about as a card needs it."""

    review: Review
    material: Material
    around: Around


def ask_for_review(tx: Tx, book: Book, case: Escalation) -> None:
    """The case, which is decided, goes to the people of its route."""
    route = book.route(case.need.route)
    now = tx.now()
    asked = Review(
        id=tx.new_id("rev"),
        escalation_id=case.id,
        category=case.request.category or "",
        route=route.name,
        created_at=now,
        expires_at=now + LASTS,
    )
    reviews.ask(tx, asked, channel=route.channel)
    journal.note(tx, case.id, "review.asked", None, review=asked.id)


def ask_about(tx: Tx, book: Book, output: Output) -> None:
    """An output that was chosen goes to the people of its category: at once, or with its digest."""
    assert output.chosen is not None  # noqa: S101 - nobody is asked about any other
    route, now = book.default_route(), tx.now()
    digest = book.digests.get(book.review_way(output.category).digest or "")
    due = None if digest is None else next_slot(digest, now)
    asked = Review(
        id=tx.new_id("rev"),
        escalation_id=output.escalation_id,
        output_id=output.id,
        purpose=output.chosen,
        category=output.category,
        route=route.name,
        created_at=now,
        expires_at=(due or now) + LASTS,
        digest=None if digest is None else digest.name,
        due_at=due,
    )
    reviews.ask(tx, asked, channel=route.channel if digest is None else None)
    _note(tx, asked, "review.asked", None)


async def look_at_review(desk: Desk, review_id: str) -> Seen:
    """Raises NotFoundError."""
    return await desk.ledger.read(see_review, desk.book, review_id)


def see_review(tx: Tx, book: Book, review_id: str) -> Seen:
    found = reviews.find(tx, review_id)
    ids = {one.id for one in found.skipped}
    if found.verdict is not None:
        ids.add(found.verdict.actor.id)
    names = {person.id: person.display_name for person in people.find(tx, ids).values()}
    return Seen(
        review=found,
        material=material_of(tx, found),
        around=Around(now=tx.now(), names=names, timezone=book.timezone),
    )


def material_of(tx: Tx, review: Review) -> Material:
    """What the review is about."""
    if review.escalation_id is not None:
        return material_of_case(escalations.find(tx, review.escalation_id))
    output = outputs.find(tx, review.output_id or "")
    return material_of_output(output, outputs.content(tx, output.id))


async def judge(desk: Desk, review_id: str, clicker: Clicker, via: Via, finding: Found) -> Review:
    """Right or wrong, said once. Raises NotFoundError, ForbiddenError, InvalidError (it is over, or
    nobody can be that owner).
    """
    return await desk.ledger.run(
        _judge, desk.book, desk.team_id, review_id, SlackVoter(clicker, via), finding
    )


async def skip(desk: Desk, review_id: str, clicker: Clicker, via: Via) -> Review:
    """Left to the others. Raises NotFoundError, ForbiddenError, ReviewOverError."""
    voter = SlackVoter(clicker, via)
    return await desk.ledger.run(_skip, desk.book, desk.team_id, review_id, voter)


def _judge(
    tx: Tx, book: Book, team_id: str | None, review_id: str, voter: SlackVoter, finding: Found
) -> Review:
    before, actor = _locked(tx, book, team_id, review_id, voter)
    verdict = Verdict(
        correct=finding.correct,
        actor=actor,
        at=tx.now(),
        error_type=finding.error_type,
        severity=finding.severity,
        root_cause=finding.root_cause,
        correction=finding.correction,
    )
    after = before.judged(verdict)
    reviews.save(tx, before, after)
    _note(tx, after, "review.judged", actor, correct=verdict.correct)
    learn_from_review(tx, after)
    if not verdict.correct:
        owner = None if finding.owner is None else owner_named(tx, book, team_id, finding.owner)
        file_objection(tx, after, owner)
    hear_the_second(tx, after)
    ask_a_second(tx, book, after)
    return after


def _skip(tx: Tx, book: Book, team_id: str | None, review_id: str, voter: SlackVoter) -> Review:
    before, actor = _locked(tx, book, team_id, review_id, voter)
    after = before.skip(actor, tx.now())
    if after is not before:
        reviews.save(tx, before, after)
        _note(tx, after, "review.skipped", actor)
    return after


def _locked(
    tx: Tx, book: Book, team_id: str | None, review_id: str, voter: SlackVoter
) -> tuple[Review, Actor]:
    """For somebody who is asked, and nobody of the agent's own."""
    found = reviews.lock(tx, review_id)
    groups = groups_asked(book, found)
    directory = read_directory(tx, book, team_id, voter.ids, groups=groups)
    denial = why_no_review(book, directory, material_of(tx, found), groups, voter.clicker)
    if denial is not None:
        raise ForbiddenError(denied(denial, directory.now, book))
    if voter.clicker.id in judged_before(tx, found):
        raise ForbiddenError(wording_review.ANSWERED_BEFORE)
    return found, voter.actor(directory)


def denied(denial: Denial, now: datetime, book: Book) -> str:
    return wording_people.denied(denial, now, book.timezone, this=wording_review.REVIEW_THIS)


async def end_overdue_reviews(desk: Desk) -> int:
    """How many nobody had answered in time."""
    return await desk.ledger.run_behind(_expire_some)


def _expire_some(tx: Tx) -> int:
    found = reviews.overdue(tx, _AT_ONCE)
    # By category, since each is locked as it learns: two replicas take them in the same order.
    for before in sorted(found, key=lambda one: one.category):
        after = before.expire(tx.now())
        reviews.save(tx, before, after)
        _note(tx, after, "review.expired", CLOCK)
        learn_from_review(tx, after)
    return len(found)


def _note(tx: Tx, review: Review, event: Event, actor: Actor | None, **more: Any) -> None:
    about = {} if review.output_id is None else {"output": review.output_id}
    journal.note(tx, review.escalation_id, event, actor, review=review.id, **about, **more)
