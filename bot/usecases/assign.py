"""One of the people who are asked is named, and told so directly."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bot.cards import direct_words, wording_hands
from bot.domain.errors import Fault, ForbiddenError, InvalidError
from bot.domain.outgoing import Direct
from bot.domain.people import Clicker, Named
from bot.store import outbox
from bot.usecases.arrange import Arranging, arrange
from bot.usecases.authority import SlackVoter, Standing
from bot.usecases.settling import keep

if TYPE_CHECKING:
    from bot.domain.escalation import Escalation
    from bot.usecases.authority import Voter
    from bot.usecases.desk import Desk


async def assign(desk: Desk, escalation_id: str, voter: Voter, person_id: str) -> Escalation:
    """The card names them, and they get a message with a link; naming the same again changes
    nothing.

    Raises InvalidError for somebody who may not decide it, and as `arrange` does.
    """
    return await arrange(
        desk,
        escalation_id,
        voter,
        partial(change, person_id=person_id),
        about=frozenset({person_id}),
    )


def change(of: Arranging, person_id: str) -> Escalation:
    """The verb without its transaction, for a form that does several at once."""
    named = SlackVoter(Clicker(id=person_id, name=person_id, team_id=None), via="button")
    who = named.actor(of.directory)
    standing = Standing(book=of.book, directory=of.directory, seen=of.found, voter=named)
    try:
        standing.check_asked()
    except ForbiddenError as refusal:
        name = who.display_name or person_id
        sentence = wording_hands.cannot_be_assigned(name, str(refusal))
        raise InvalidError(sentence, [Fault("/person", sentence)]) from None
    before = of.found.hands.assigned
    if before is not None and before.to.id == person_id:
        return of.found
    to = Named(type="human", id=person_id, display_name=who.display_name)
    after = of.found.assign(to, of.actor)
    if person_id != of.actor.id:
        text = direct_words.assigned(after, of.name, of.tx.now())
        outbox.owe(of.tx, Direct(user=person_id, text=text))
    return keep(of.tx, of.found, after, "escalation.assigned", of.actor)
