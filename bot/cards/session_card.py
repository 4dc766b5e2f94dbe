"""The message that brings outputs together for a review, and leads to a form with one at a time."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bot.cards import frame, names, wording_sessions
from bot.cards.around import Around, Card
from bot.cards.blocks import Block, actions, button, context, header, mrkdwn, plain, plain_section
from bot.cards.moments import fallback, moment
from bot.cards.text import clip, one_line

if TYPE_CHECKING:
    from bot.domain.review import Session

_NAME, _CATEGORY, _PEOPLE = 60, 80, 5


def session_card(session: Session, around: Around) -> Card:
    """As it should look now. It says nothing of what others have found until all are answered."""
    category = clip(one_line(session.category), _CATEGORY)
    headline = wording_sessions.headline(category, len(session.reviews))
    if not session.left:
        return _over(session, category, headline)
    by = fallback(session.ends, around.now, around.timezone)
    answered = len(session.reviews) - len(session.left)
    start = button(wording_sessions.START, names.SESSION, session.id, style="primary")
    return Card(
        text=wording_sessions.asks(category, len(session.left), by),
        blocks=[
            header(headline),
            context(mrkdwn(wording_sessions.explained(moment(session.ends, around.now)))),
            *([_progress(session, around, answered)] if answered else []),
            actions(f"{session.id}|{answered}", [start]),
        ],
    )


def _progress(session: Session, around: Around, answered: int) -> Block:
    by = Counter(
        clip(one_line(around.name_of(one.verdict.actor)), _NAME)
        for one in session.reviews
        if one.verdict is not None
    )
    who = [wording_sessions.of_person(*one) for one in by.most_common(_PEOPLE)]
    return context(plain(wording_sessions.progress(answered, len(session.reviews), who)))


def _over(session: Session, category: str, headline: str) -> Card:
    said = [one.verdict.correct for one in session.reviews if one.verdict is not None]
    what = wording_sessions.done(sum(said), len(said) - sum(said), len(session.reviews) - len(said))
    return Card(
        text=wording_sessions.became(category, what),
        blocks=[frame.headline(headline), plain_section(what)],
    )
