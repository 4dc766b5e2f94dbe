"""Outputs that wait for a digest's slot come together, and people look at one after the other."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from bot.cards.around import Around
from bot.domain.errors import ForbiddenError
from bot.policy.allowed import why_no_review
from bot.store import people, review_sessions
from bot.usecases.authority import SlackVoter
from bot.usecases.read_directory import read_directory
from bot.usecases.review_case import denied, material_of
from bot.usecases.who_reviews import groups_asked, judged_before

if TYPE_CHECKING:
    from bot.domain.material import Material
    from bot.domain.people import Clicker
    from bot.domain.review import Review, Session
    from bot.policy.book import Book
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk

log = structlog.get_logger()

#: More than that in one message is more than anybody does at a sitting; the rest has its own.
_MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenSession:
    session: Session
    around: Around


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """What somebody looks at next in a session, and how many there are for them with it."""

    review: Review
    material: Material
    left: int


async def make_due_sessions(desk: Desk) -> int:
    """How many came. Safe to run anywhere, any number of times: the rows decide."""
    made = 0
    for waiting in await desk.ledger.read(review_sessions.due):
        while outputs := await desk.ledger.run_behind(_begin, desk.book, waiting):
            made += 1
            log.info("session.made", digest=waiting[0], category=waiting[1], outputs=outputs)
    return made


def _begin(tx: Tx, book: Book, waiting: review_sessions.Waiting) -> int:
    # Where the policy has the digest no more they come all the same.
    digest = book.digests.get(waiting[0])
    channel = book.default_route().channel if digest is None else digest.channel
    return review_sessions.begin(tx, waiting, channel=channel, most=_MOST)


def see_session(tx: Tx, book: Book, session_id: str) -> SeenSession:
    """Raises NotFoundError."""
    session = review_sessions.find(tx, session_id)
    ids = {one.verdict.actor.id for one in session.reviews if one.verdict is not None}
    names = {person.id: person.display_name for person in people.find(tx, ids).values()}
    return SeenSession(
        session=session, around=Around(now=tx.now(), names=names, timezone=book.timezone)
    )


async def next_in_session(desk: Desk, session_id: str, clicker: Clicker) -> Next | None:
    """None where nothing is left for them. Raises NotFoundError, ForbiddenError."""
    return await desk.ledger.read(_next, desk.book, desk.team_id, session_id, clicker)


def _next(
    tx: Tx, book: Book, team_id: str | None, session_id: str, clicker: Clicker
) -> Next | None:
    session, now = review_sessions.find(tx, session_id), tx.now()
    voter = SlackVoter(clicker, "modal")
    groups = groups_asked(book, session.reviews[0])
    directory = read_directory(tx, book, team_id, voter.ids, groups=groups)
    mine = [
        one
        for one in session.left
        if not one.over(now)
        and all(who.id != clicker.id for who in one.skipped)
        and clicker.id not in judged_before(tx, one)
    ]
    denial = None
    # Each has an order of their own, so that two who begin together do not answer the same.
    for one in sorted(mine, key=lambda one: _turn(clicker.id, one.id)):
        material = material_of(tx, one)
        why = why_no_review(book, directory, material, groups, clicker)
        if why is None:
            return Next(review=one, material=material, left=len(mine))
        denial = why
    if denial is not None:
        raise ForbiddenError(denied(denial, directory.now, book))
    return None


def _turn(person_id: str, review_id: str) -> bytes:
    return hashlib.sha256(f"{person_id} {review_id}".encode()).digest()
