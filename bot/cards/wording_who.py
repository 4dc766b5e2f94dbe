"""What `/pullcord who`, `oncall` and `away` say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.cards.blocks import Markup, joined, said
from bot.cards.moments import moment
from bot.cards.wording_why import channel as channel_words
from bot.domain.durations import in_words

BY_GROUPS = "These are the groups of the policy: they are asked at any time."
FROM_GROUPS = (
    "Schedules are not acted on yet: these are the groups of the policy, and they are asked at "
    "any time."
)
AWAY_IS_A_HINT = "Away is a hint: those who are away are asked all the same, and may answer."
NO_SHIFTS = Markup(
    "Nobody can be put on call yet: schedules come with a later release. Until then the policy's "
    "groups are asked at any time; `/pullcord who` names them."
)
BACK = Markup("You are back; others no longer see that you are away.")


def route(
    name: str,
    channel: str,
    approvals: int,
    people: Sequence[Markup],
    more: int,
    keys: Sequence[str],
) -> Markup:
    listed = [*people, *([Markup(f"{more} more")] if more else [])]
    listed += [said("the program {name}", name=one) for one in keys]
    needs = f", {approvals} approvals" if approvals > 1 else ""
    return joined(
        "",
        [
            said("*{name}* in ", name=name),
            channel_words(channel),
            Markup(f"{needs}: "),
            joined(", ", listed) if listed else Markup("⚠️ nobody that I know of"),
        ],
    )


def person(name: str, away: datetime | None, now: datetime) -> Markup:
    who = said("{name}", name=name)
    if away is None:
        return who
    return joined("", [who, Markup(" (🌙 away until "), moment(away, now), Markup(")")])


def more_routes(count: int) -> Markup:
    return Markup(f"{count} more routes: `/pullcord who ROUTE`.")


def no_such_name(word: str, near: str | None) -> Markup:
    sentence = said("The policy has no route, group or schedule “{word}”.", word=word)
    if near is not None:
        sentence = joined(" ", [sentence, said("Did you mean “{near}”?", near=near)])
    return sentence


def one_name(word: str) -> Markup:
    return said(
        "I do not understand “{word}” there. Write `/pullcord who`, or one name of a route or a "
        "group, with a time behind it if you like.",
        word=word,
    )


def away_until(until: datetime, now: datetime) -> Markup:
    return joined(
        "",
        [
            Markup("🌙 Others see in `/pullcord who` that you are away until "),
            moment(until, now),
            Markup(". It is a hint: you are asked all the same. `/pullcord away off` ends it."),
        ],
    )


def away_too_long(most: timedelta) -> Markup:
    return Markup(f"Give a time of up to {in_words(most)}, such as `/pullcord away 2h`.")
