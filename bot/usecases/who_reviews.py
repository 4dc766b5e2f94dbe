"""Whom a review is put to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.store import looks
from bot.usecases.read_directory import read_directory

if TYPE_CHECKING:
    from bot.domain.review import Review
    from bot.policy.book import Book
    from bot.store.tx import Tx


def groups_asked(book: Book, review: Review) -> tuple[str, ...]:
    """Names of the groups whose members may answer."""
    if review.output_id is None:
        return book.route(review.route).reviewers
    return book.review_way(review.category).reviewers


def judged_before(tx: Tx, review: Review) -> frozenset[str]:
    """Who has answered for the same case already: a second look is somebody else's."""
    return frozenset() if review.second_of is None else looks.reviewers_of_case(tx, review)


def anybody_else(tx: Tx, book: Book, review: Review) -> bool:
    """Whether one of those who are asked has not answered for the case yet."""
    directory = read_directory(tx, book, None, ())
    asked = book.members(groups_asked(book, review), directory)
    return bool(asked - looks.reviewers_of_case(tx, review))
