"""What the auditor says to the operators: what is wrong, what follows from it, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.durations import in_words

if TYPE_CHECKING:
    from datetime import timedelta

    from bot.domain.findings import Kind

#: What is wrong, for one and for several; what follows, and what to do.
_WORDS: dict[Kind, tuple[str, str, str]] = {
    "no_timer": (
        "1 open question will not end at its deadline",
        "{} open questions will not end at their deadlines",
        "A vote, a redeem or a cancel still ends it when its time is over. Look for `tick.` and "
        "`timer.failed` in the log.",
    ),
    "no_card": (
        "1 open question has no card in Slack",
        "{} open questions have no card in Slack",
        "Nobody sees it. Its agent can cancel it and ask again.",
    ),
    "card_late": (
        "1 card has been behind for more than two minutes",
        "{} cards have been behind for more than two minutes",
        "People see an old state, or nothing. Look for `card.sent` in the log: its reason is "
        "Slack's own; a crowd of cards passes by itself.",
    ),
    "no_callback": (
        "1 settled question lacks the callback that its agent asked for",
        "{} settled questions lack the callbacks that their agents asked for",
        "The agent can still read the answer. Report it: this is a mistake in Pullcord.",
    ),
    "lease_overdue": (
        "1 sending was begun and left, and nobody takes it over",
        "{} sendings were begun and left, and nobody takes them over",
        "Look whether the workers still live, and restart the bot if they do not.",
    ),
    "pace_far": (
        "Slack will not be called there for more than ten minutes",
        "Slack will not be called at {} places for more than ten minutes",
        "Cards wait so long. Slack may have asked for it: look for `ratelimited` in the log.",
    ),
    "unsealed": (
        "1 entry of the journal has not been sealed for more than five minutes",
        "{} entries of the journal have not been sealed for more than five minutes",
        "Until it is, it can be changed unseen. Look for `tick.` in the log.",
    ),
    "listener": (
        "A process has not heard the other replicas for a minute",
        "",
        "Agents and cards there may wait up to five seconds longer. Look for `listener.` in its "
        "log.",
    ),
    "clock": (
        "The clock of a machine that runs the bot is {example} away from the database's",
        "",
        "Slack refuses what seems too old, and so do we. Look at the time service of both.",
    ),
}
#: The same, as something that has passed.
_NAMES: dict[Kind, str] = {
    "no_timer": "open questions without a working deadline",
    "no_card": "open questions without a card",
    "card_late": "cards that are behind",
    "no_callback": "missing callbacks",
    "lease_overdue": "sendings that were left",
    "pace_far": "a long rest at Slack's door",
    "unsealed": "a journal that is not sealed",
    "listener": "a process that does not hear the others",
    "clock": "a clock that is off",
}


def found(kind: Kind, count: int, example: str) -> str:
    one, several, what_to_do = _WORDS[kind]
    said = (one if count == 1 else several).format(count, example=example)
    such_as = "" if kind == "clock" else f" ({example})" if count == 1 else f" (such as {example})"
    return f"The auditor found: {said}{such_as}. {what_to_do}"


def name_of(kind: Kind) -> str:
    """What is wrong, in a few words."""
    return _NAMES[kind]


def over(kind: Kind, lasted: timedelta) -> str:
    return f"The auditor finds no more: {_NAMES[kind]}. It was so for {in_words(lasted)}."
