"""Some cases are looked at by a second person, who does not know it: what is a verdict worth?"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.review import LASTS, Review
from bot.learning.attention import (
    DOUBLED,
    DOUBLED_AFTER,
    DOUBLED_BEFORE,
    SEEDED_EACH,
    may_be_seeded,
    wants_second,
)
from bot.learning.coin import draw, toss
from bot.policy.slots import next_slot
from bot.store import journal, looks, review_findings, reviews
from bot.usecases.who_reviews import anybody_else

if TYPE_CHECKING:
    from bot.domain.review import Purpose
    from bot.policy.book import Book
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk

# One a day and category, so that a week's are spread over it.
_DAY = timedelta(days=1)


def ask_a_second(tx: Tx, book: Book, judged: Review) -> None:
    """At an objection, where the category wants it."""
    verdict = judged.verdict
    if verdict is None or not wants_second(judged, verdict):
        return
    if book.review_way(judged.category).second_look and anybody_else(tx, book, judged):
        ask_again(tx, book, judged, "second")


def ask_again(tx: Tx, book: Book, judged: Review, purpose: Purpose) -> None:
    """The same case once more, as it was asked for the first time: nothing tells them apart."""
    now = tx.now()
    way = book.review_way(judged.category)
    digest = None if judged.output_id is None else book.digests.get(way.digest or "")
    due = None if digest is None else next_slot(digest, now)
    route = book.route(judged.route)
    asked = Review(
        id=tx.new_id("rev"),
        escalation_id=judged.escalation_id,
        output_id=judged.output_id,
        purpose=purpose,
        second_of=judged.id,
        category=judged.category,
        route=route.name,
        created_at=now,
        expires_at=(due or now) + LASTS,
        digest=None if digest is None else digest.name,
        due_at=due,
    )
    reviews.ask(tx, asked, channel=route.channel if digest is None else None)
    about = {} if judged.output_id is None else {"output": judged.output_id}
    journal.note(tx, judged.escalation_id, "review.asked", None, review=asked.id, **about)


def hear_the_second(tx: Tx, judged: Review) -> None:
    """What a second person says of an objection stands beside it."""
    verdict = judged.verdict
    if judged.purpose == "second" and judged.second_of is not None and verdict is not None:
        review_findings.second(tx, judged.second_of, verdict.actor, wrong=not verdict.correct)


async def look_twice(desk: Desk) -> int:
    """How many approvals were put to a second person, chosen by a coin."""
    return await desk.ledger.run_behind(_double, desk.book, desk.coin_secret)


def _double(tx: Tx, book: Book, secret: bytes) -> int:
    tx.queue_up("double")
    now = tx.now()
    found = looks.approved_once(tx, now - DOUBLED_BEFORE, now - DOUBLED_AFTER)
    chosen = [reviews.find(tx, one) for one in found if toss(secret, one, DOUBLED, "double")]
    asked = [one for one in chosen if anybody_else(tx, book, one)]
    for one in asked:
        ask_again(tx, book, one, "double")
    return len(asked)


async def show_known_errors(desk: Desk) -> int:
    """How many known errors were put to people who know nothing of it."""
    done = 0
    for category in await desk.ledger.read(looks.categories_with_known_errors):
        done += await desk.ledger.run_behind(_show_one, desk.book, desk.coin_secret, category)
    return done


def _show_one(tx: Tx, book: Book, secret: bytes, category: str) -> bool:
    """About one a week for each who reviews; no more than one a day."""
    tx.queue_up("seeded", category)
    now = tx.now()
    if looks.seeded_since(tx, category, now - _DAY):
        return False
    people = looks.reviewers_since(tx, category, now - SEEDED_EACH)
    if looks.seeded_since(tx, category, now - SEEDED_EACH) >= len(people):
        return False
    known = [one for one in looks.known_errors(tx, category) if may_be_seeded(one, now)]
    # Nobody can tell from the outside which comes.
    known.sort(key=lambda one: draw(secret, f"{one.review_id} {now:%Y-%m-%d}", "seeded"))
    for one in known:
        found = reviews.find(tx, one.review_id)
        if anybody_else(tx, book, found):
            ask_again(tx, book, found, "seeded")
            return True
    return False
