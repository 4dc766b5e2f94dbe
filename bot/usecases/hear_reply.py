"""Somebody wrote in a thread: below a card it is a question to the agent, if they may ask one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.cards import wording_hands
from bot.domain.conversation import LONGEST_TEXT
from bot.domain.errors import AlreadySettledError, ForbiddenError, InvalidError, NotFoundError
from bot.domain.outgoing import Whisper
from bot.store import messages, outbox
from bot.usecases.ask_agent import ask_agent
from bot.usecases.authority import SlackVoter
from bot.usecases.look import with_names

if TYPE_CHECKING:
    from bot.domain.people import Clicker
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadReply:
    """What a person said in a thread of a channel."""

    by: Clicker
    channel: str
    thread_ts: str
    ts: str
    #: Names in it are `<@U…>` still.
    text: str
    #: Whom it calls first: then it is for them.
    to: str | None
    #: False where the thread is known to be somebody else's.
    below_us: bool = True


async def hear_reply(desk: Desk, reply: ThreadReply) -> bool:
    """Each delivery counts once. False: whose thread it is will be known soon, so tell us again."""
    if reply.to is not None:
        return True
    shown = await desk.ledger.read(_shown, reply)
    if shown is None:
        return False
    if len(shown) > 1:
        await _tell_once(desk, reply, "which", wording_hands.WHICH_ONE)
    for escalation_id in shown if len(shown) == 1 else ():
        why, sentence = await _ask(desk, escalation_id, reply)
        await _tell_once(desk, reply, why, sentence)
    return True


def _shown(tx: Tx, reply: ThreadReply) -> list[str] | None:
    shown = messages.shown_at(tx, channel=reply.channel, ts=reply.thread_ts)
    if not shown and reply.below_us and messages.perhaps_posted(tx, reply.channel):
        return None
    return shown


async def _ask(desk: Desk, escalation_id: str, reply: ThreadReply) -> tuple[str, str]:
    """What became of it, as one word and as a sentence for the person."""
    text = await with_names(desk, reply.text)
    if len(text) > LONGEST_TEXT:
        return f"long_{reply.ts}", wording_hands.not_passed_on(wording_hands.TOO_LONG)
    try:
        asked = await ask_agent(
            desk,
            escalation_id,
            SlackVoter(reply.by, "thread"),
            text,
            source=f"{reply.channel}/{reply.ts}",
            thread=(reply.channel, reply.thread_ts),
        )
    except AlreadySettledError:
        return "settled", wording_hands.not_passed_on(wording_hands.SETTLED_ALREADY)
    except ForbiddenError as refusal:
        sentence = await with_names(desk, str(refusal))
        return "forbidden", wording_hands.not_passed_on(sentence)
    except (InvalidError, NotFoundError) as refusal:
        return "refused", wording_hands.not_passed_on(str(refusal))
    return "passed_on", wording_hands.passed_on(asked.agent)


async def _tell_once(desk: Desk, reply: ThreadReply, why: str, sentence: str) -> None:
    """In this thread they need to hear it only the first time."""
    name = f"thread_{reply.channel}_{reply.thread_ts}_{reply.by.id}_{why}"
    whisper = Whisper(
        user=reply.by.id, channel=reply.channel, text=sentence, thread_ts=reply.thread_ts
    )
    await desk.ledger.run(outbox.owe_once, name, whisper)
