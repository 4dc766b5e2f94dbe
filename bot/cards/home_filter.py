"""The filter of the team's queue on the Home tab: three menus, and what comes back from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.cards import names
from bot.cards import wording_home as words_of
from bot.cards.blocks import OPTION_VALUE, Block, Element, actions, option, plain
from bot.cards.text import clip, one_line
from bot.domain.person_settings import QueueFilter
from bot.domain.request import URGENCIES

# More would make no menu that a person reads; the rest is found with `/pullcord queue`.
_MOST, _LABEL = 25, 40
_EVERYTHING, _THIS = "*", "="


def filter_row(chosen: QueueFilter, routes: Sequence[str], categories: Sequence[str]) -> Block:
    """What is chosen stands in it, also where nothing of it is open any more."""
    levels = [(words_of.urgency(one), one) for one in reversed(URGENCIES)]
    menus = [
        _menu(names.FILTER_ROUTE, words_of.EVERY_ROUTE, _named(routes, chosen.route), chosen.route),
        _menu(
            names.FILTER_CATEGORY, words_of.EVERY_CATEGORY,
            _named(categories, chosen.category), chosen.category,
        ),
        _menu(names.FILTER_URGENCY, words_of.EVERY_URGENCY, levels, chosen.urgency),
    ]  # fmt: skip
    # New with each choice, so that Slack shows this one and not what was pressed.
    return actions(names.input_of("filter", chosen.route, chosen.category, chosen.urgency), menus)


def filtered(before: QueueFilter, action_id: str, value: str) -> QueueFilter:
    """The filter after a choice. Raises ValueError for what none of our menus says."""
    if value[:1] not in {_EVERYTHING, _THIS} or len(value) > OPTION_VALUE or "\x00" in value:
        raise ValueError("This did not come from one of our menus.")
    wish = value[1:] if value[0] == _THIS else None
    match action_id:
        case names.FILTER_ROUTE:
            return replace(before, route=wish)
        case names.FILTER_CATEGORY:
            return replace(before, category=wish)
        case names.FILTER_URGENCY if wish is None or wish in URGENCIES:
            return replace(before, urgency=wish)
        case _:
            raise ValueError("This did not come from one of our menus.")


def _named(known: Sequence[str], chosen: str | None) -> list[tuple[str, str]]:
    found = list(dict.fromkeys([*([chosen] if chosen else []), *known]))[:_MOST]
    # A name that does not fit into a menu cannot be chosen there.
    return [(clip(one_line(one), _LABEL), one) for one in found if len(one) < OPTION_VALUE]


def _menu(
    action_id: str, everything: str, named: Sequence[tuple[str, str]], chosen: str | None
) -> Element:
    options = [option(everything, _EVERYTHING)]
    options += [option(label or words_of.FILTER, _THIS + value) for label, value in named]
    at = next((n for n, (_, value) in enumerate(named, 1) if value == chosen), 0)
    return {
        "type": "static_select", "action_id": action_id, "options": options,
        "initial_option": options[at], "placeholder": plain(words_of.FILTER, 150),
    }  # fmt: skip
