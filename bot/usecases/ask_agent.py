"""A reviewer asks the agent something before they decide."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bot.cards import thread_words
from bot.domain.conversation import Message
from bot.domain.people import Named
from bot.store import relays
from bot.usecases.arrange import Arranging, arrange
from bot.usecases.settling import keep
from bot.usecases.speak import speak

if TYPE_CHECKING:
    from bot.domain.escalation import Escalation
    from bot.usecases.authority import Voter
    from bot.usecases.desk import Desk


async def ask_agent(
    desk: Desk,
    escalation_id: str,
    voter: Voter,
    text: str,
    *,
    source: str,
    thread: tuple[str, str] | None = None,
) -> Escalation:
    """The agent is told, and the card says that its answer is waited for.

    `thread`: they wrote it there; else it is put into the card's thread for all to see. The same
    `source` again is the same question. Raises InvalidError when enough was asked, and as
    `arrange` does.
    """
    return await arrange(
        desk, escalation_id, voter, partial(_ask, text=text, source=source, thread=thread)
    )


def _ask(of: Arranging, text: str, source: str, thread: tuple[str, str] | None) -> Escalation:
    message = Message(
        id=of.tx.new_id("mes"),
        sender=Named(type=of.actor.type, id=of.actor.id, display_name=of.actor.display_name),
        text=text,
        at=of.tx.now(),
        thread=thread,
        source=source,
    )
    after = of.found.say(message)
    if after is of.found:
        return after
    if thread is None:
        words = thread_words.question(of.name, after.agent, text)
        speak(of.tx, after, words, by=of.actor.id)
    relays.owe(of.tx, after, "escalation.message")
    return keep(of.tx, of.found, after, "message.asked", of.actor, message=message.id)
