"""A card that stands in its channel twice: where the other one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cards import wording, wording_settled
from bot.cards.around import Card
from bot.cards.blocks import context, escaped, link_to, plain, rich, words
from bot.cards.text import clip, one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.escalation import Escalation


def copy_card(shown: Sequence[Escalation], link: str | None) -> Card:
    """Without a button: the one to use is the one that `link` leads to."""
    what = wording_settled.copy_of(clip(one_line(shown[0].shown.headline), 150), len(shown))
    elements = [words(what, bold=True)]
    if link is not None:
        elements += [words(wording.SEPARATOR), link_to(link, wording.OPEN_IT)]
    return Card(
        text=escaped(f"{what}: {wording_settled.COPY_CLOSED}", 2000),
        blocks=[rich(*elements), context(plain(wording_settled.COPY_CLOSED))],
    )
