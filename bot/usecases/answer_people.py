"""The agent answers a reviewer's question, or tells the reviewers more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cards import thread_words
from bot.domain.conversation import Message
from bot.domain.people import Named
from bot.store import messages
from bot.usecases.cancel import agent_actor
from bot.usecases.settling import keep, lock_in_time
from bot.usecases.show import check_own
from bot.usecases.speak import speak

if TYPE_CHECKING:
    from bot.domain.escalation import Escalation
    from bot.domain.people import Caller
    from bot.policy.book import Book
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk


async def answer_people(
    desk: Desk, caller: Caller, escalation_id: str, text: str
) -> tuple[Escalation, bool]:
    """The escalation, and whether that is new: the agent's last words once more are said once.

    Raises NotFoundError, AlreadySettledError, and InvalidError when enough was said.
    """
    return await desk.ledger.run_behind(_answer, desk.book, caller, escalation_id, text)


def _answer(
    tx: Tx, book: Book, caller: Caller, escalation_id: str, text: str
) -> tuple[Escalation, bool]:
    before = lock_in_time(tx, book, escalation_id)
    check_own(before, caller)
    before.refuse_if_settled()
    asked = before.unanswered
    # The answer belongs where the question was asked; a card may stand in several channels.
    thread = next((one.thread for one in reversed(before.messages) if one.thread), None)
    thread = thread or messages.first_standing(tx, before.id)
    message = Message(
        id=tx.new_id("mes"),
        sender=Named(type="key", id=caller.agent, display_name=caller.agent),
        text=text,
        at=tx.now(),
        thread=thread,
    )
    after = before.say(message)
    if after is before:
        return after, False
    among = [] if thread is None else messages.shown_at(tx, channel=thread[0], ts=thread[1])
    who = asked[-1].sender if asked else None
    words = thread_words.answer(
        after.agent,
        (who.display_name or who.id) if who else None,
        text,
        after.request.headline if len(among) > 1 else None,
    )
    speak(tx, after, words, thread=thread, by=who.id if who else None)
    kept = keep(tx, before, after, "message.answered", agent_actor(caller), message=message.id)
    return kept, True
