"""The card that proposes a rule, and what it says once somebody has answered."""

from __future__ import annotations

from bot.cards import names, wording_overlays
from bot.cards.around import Card
from bot.cards.blocks import Block, actions, button, confirm, context, header, plain, prose, section
from bot.cards.text import clip, one_line
from bot.domain.overlay import Overlay

_WORD, _LINES, _CASES = 120, 20, 2000


def overlay_card(one: Overlay) -> Card:
    said = wording_overlays.proposal(clip(one_line(one.rule), _WORD), one.approved, one.people)
    blocks: list[Block] = [
        header(wording_overlays.TITLE),
        section(said),
        prose(wording_overlays.WHICH, _cases(one)),
        context(plain(wording_overlays.at_most(one.approved))),
        context(plain(wording_overlays.GUARDS)),
    ]
    if one.state == "proposed":
        blocks.append(actions(one.id, [_accept(one), _decline(one)]))
        return Card(text=said, blocks=blocks)
    by = one.by
    who = clip(one_line(by.display_name or by.id), _WORD) if by else ""
    became = wording_overlays.answered(one, who)
    blocks.append(section(became))
    if one.state == "accepted":
        revoke = button(wording_overlays.REVOKE, names.REVOKE_RULE, one.id)
        blocks.append(actions(one.id, [revoke]))
    return Card(text=became, blocks=blocks)


def _cases(one: Overlay) -> str:
    """Line by line what they have in common."""
    of = one.pattern
    tool = of.tool if of.server is None else f"{of.tool} ({of.server})"
    lines = [
        f"{tool} {wording_overlays.from_agent(of.agent, of.category)}",
        *(wording_overlays.between(name, *ends) for name, ends in of.ranges.items()),
        *(wording_overlays.one_of(name, values) for name, values in of.among.items()),
        *([wording_overlays.anything(of.free)] if of.free else []),
        wording_overlays.risk(of.risk, of.reversibility),
    ]
    return clip("\n".join(clip(one_line(line), _WORD) for line in lines[:_LINES]), _CASES)


def _accept(one: Overlay) -> dict[str, object]:
    sure = confirm(
        wording_overlays.CONFIRM_TITLE, wording_overlays.CONFIRM, wording_overlays.CONFIRM_YES,
        wording_overlays.CONFIRM_NO,
    )  # fmt: skip
    return button(wording_overlays.ACCEPT, names.ACCEPT_RULE, one.id, style="primary", confirm=sure)


def _decline(one: Overlay) -> dict[str, object]:
    return button(wording_overlays.DECLINE, names.DECLINE_RULE, one.id)
