"""What `/pullcord` answers, privately: help, and why there is no other answer."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards.blocks import Markup, joined, said
from bot.cards.command_list import COMMANDS, Command
from bot.cards.wording import APPROVE, MODIFY, REJECT, SHOW_EVERYTHING


def _line(one: Command) -> str:
    return f"• `{one.usage}` {one.does}{' (admins)' if one.admins else ''}"


HELP = Markup(
    "*Pullcord* puts the questions of your AI agents on cards. The people whom its policy names "
    f"answer there: *{APPROVE}* (the agent runs exactly what the card shows), *{MODIFY}* (it runs "
    f"what you wrote), *{REJECT}* (nothing runs, and it reads why), *{SHOW_EVERYTHING}*.\n"
    "Behind `/pullcord` you can write:\n" + "\n".join(map(_line, COMMANDS)) + "\n"
    "`queue` shows the IDs; a link to the card will do as well. Only you see the answers."
)
FAILED = "That did not work, and nothing changed. Please try again in a moment."
FOREIGN = "Only full members of this workspace can ask that."
NOT_NAMED = (
    "Only people whom the policy names can ask that, and it names you in none of its groups. Ask "
    "your operators to put you into one."
)
REVIEWS_NOTHING = (
    "The policy asks you on no route, so there is nothing here for you. `/pullcord who` says whom "
    "it asks."
)


def unknown(word: str, near: str | None) -> Markup:
    """`near` is one of our own words."""
    sentence = said("There is no command “{word}”.", word=word)
    if near is not None:
        sentence = joined(" ", [sentence, Markup(f"Did you mean `/pullcord {near}`?")])
    return joined("\n", [sentence, HELP])


def usage(command: Command) -> Markup:
    return Markup(f"Write `/pullcord {command.usage}`: {command.does}.")


def misunderstood(word: str, command: Command) -> Markup:
    return joined(" ", [said("I do not understand “{word}” there.", word=word), usage(command)])


def no_such_id(words: str) -> Markup:
    """Also for what exists and is not theirs to see."""
    return said(
        "There is no question {words} on your routes. `/pullcord queue` shows the IDs, which begin "
        "with esc_; a link to the card will do as well.",
        words=words,
    )


def too_many(most: int) -> Markup:
    return Markup(f"That is too much for one answer; give at most {most}.")


def which_digest(names: Sequence[str]) -> Markup:
    """There is not exactly one in this channel."""
    if not names:
        return Markup("The policy has no digests.")
    return said("Which one? Write `/pullcord digest NAME now`: {names}.", names=", ".join(names))
