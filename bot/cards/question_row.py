"""A question as a row among others: a card made small, with its own buttons.

Approve stands in it only where the whole action is in view.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import frame, names, offers, wording, wording_pause, wording_storm
from bot.cards.argument_lines import argument_lines, difference_lines
from bot.cards.around import Around
from bot.cards.blocks import Block, Element, actions, mrkdwn, plain, plain_section, rich, words
from bot.cards.facts import doubts, raised, support
from bot.cards.guidance_card import said_thing
from bot.cards.in_hand import in_hand_of_row
from bot.cards.pending import pending_buttons, pending_line
from bot.cards.settled_card import settled_words, traces, what_became
from bot.cards.text import clip, disclosed, length, one_line, paragraphs
from bot.domain.escalation import Escalation

#: One escalation and what is around it.
Row = tuple[Escalation, Around]

_MINIMAL = 200


def open_row(
    number: int,
    escalation: Escalation,
    around: Around,
    cap: int,
    *,
    dangerous_too: bool = True,
    way_in: str = wording.SHOW_EVERYTHING,
    also: Sequence[str] = (),
    glimpse: int | None = None,
) -> list[Block]:
    """Three blocks. `way_in` names the button to all of it; `also` is small print of the place.

    What has to be cut, and so is read elsewhere, is cut to a `glimpse`.

    Without `dangerous_too`, what is risky or cannot be undone is approved in its modal only.
    """
    headline = one_line(escalation.shown.headline)
    said, whole = asked_for(escalation, around, cap)
    if glimpse is not None and not whole:
        said, _ = asked_for(escalation, around, min(cap, glimpse))
    # What it is an alternative to, and what is different now, has no room here.
    whole = whole and frame.fits(headline, cap) and around.predecessor is None
    whole = whole and (dangerous_too or not escalation.shown.dangerous)
    approves = whole and offers.allowed(escalation, "approve")
    first = [offers.approve_button(escalation)] if approves else []
    if not approves:
        first = [offers.details_button(escalation, way_in)]
    menu = (way_in, names.SHOW_EVERYTHING) if approves else ()
    print_ = frame.small_print(escalation, around, cap)
    if escalation.pause is not None:
        print_["elements"].append(mrkdwn(wording_pause.in_row(escalation.pause, around.now)))
    # Where all came by the same way, a line on each would only take the place of what differs.
    unsure = doubts(escalation, around, why=not also)
    more = [
        raised(escalation, around),
        wording.SEPARATOR.join(filter(None, [*also, unsure])),
        support(escalation, around) if escalation.intent is None else "",
    ]
    if approves and escalation.request.kind == "answer":
        more.append(wording.APPROVE_SENDS)
    print_["elements"] += [
        plain(wording_storm.beside(one_line(text)), cap) for text in more if text
    ]
    print_["elements"] += in_hand_of_row(escalation, around, cap)
    buttons = [*first, *offers.form_buttons(escalation)]
    if escalation.intent is not None:
        print_["elements"].append(mrkdwn(pending_line(escalation, escalation.intent, around)))
        buttons = pending_buttons(escalation, escalation.intent)
        menu = (way_in, names.SHOW_EVERYTHING)
    return [
        rich(words(wording_storm.row(number, clip(headline, cap)), bold=True), *said),
        print_,
        frame.row_of(escalation, buttons, *menu),
    ]


def _approval(escalation: Escalation, around: Around, cap: int) -> tuple[list[Element], bool]:
    request = escalation.shown
    reason, impact = paragraphs(request.reason or ""), paragraphs(request.impact or "")
    arguments = argument_lines(request.tool, together=cap)
    said, whole = _proposed(escalation, around, cap)
    said += _labelled(wording.WHY, reason, cap) + _labelled(wording.WHAT_HAPPENS, impact, cap)
    for block in arguments.blocks:
        said += [words("\n"), *_elements(block)]
    return said, whole and arguments.whole and frame.fits(reason, cap) and frame.fits(impact, cap)


def _answer(escalation: Escalation, around: Around, cap: int) -> tuple[list[Element], bool]:
    draft = disclosed(escalation.shown.answer or "").strip()
    title = wording.WOULD_ANSWER
    if escalation.proposal is not None:
        title = clip(wording.proposes(one_line(around.name_of(escalation.proposal.by))), cap)
    return _labelled(title, draft, cap), frame.fits(draft, cap)


def _guidance(escalation: Escalation, around: Around, cap: int) -> tuple[list[Element], bool]:  # noqa: ARG001
    """Why it stopped and what it suggests; the ways on stand in the form of `Answer…`."""
    request = escalation.request
    point = request.checkpoint
    stopped = (point and point.pause_reason) or request.reason or ""
    said = _labelled(wording.WHY_IT_STOPPED, paragraphs(stopped), cap) if stopped else []
    if point is not None and point.agent_recommendation is not None:
        said += _labelled(wording.IT_SUGGESTS, said_thing(point.agent_recommendation), cap)
    labels = [one_line(option.label) for option in request.options]
    if labels:
        said += _labelled(wording.YOU_CAN, wording_storm.options(labels), cap)
    return said, False


_BODIES = {"approval": _approval, "answer": _answer, "guidance": _guidance}


def _proposed(escalation: Escalation, around: Around, cap: int) -> tuple[list[Element], bool]:
    """Whose edit stands there in place of the request, and whether all of it is in view."""
    found = escalation.proposal
    if found is None:
        return [], True
    title = clip(wording.proposes(one_line(around.name_of(found.by))), cap)
    blocks, whole = difference_lines(escalation.request, found.arguments or {}, title, together=cap)
    return [words("\n"), *(element for block in blocks for element in _elements(block))], whole


def settled_row(
    number: int, escalation: Escalation, around: Around, cap: int, *, traced: bool = True
) -> list[Block]:
    """Struck through, with who did it; at most four blocks, or three without what came of it."""
    headline = wording_storm.row(number, clip(one_line(escalation.request.headline), cap))
    became, *more = what_became(escalation, around)
    return [
        rich(words(headline, strike=True)),
        became,
        *_together(more, cap),
        *([traces(escalation)] if traced else []),
    ]


def _labelled(label: str, text: str, cap: int) -> list[Element]:
    shown = clip(text, cap) or wording.EMPTY
    return [words(f"\n{label}  ", bold=True), words(shown)]


def _together(blocks: list[Block], cap: int) -> list[Block]:
    """What several blocks say as one, cut where it becomes too long."""
    parts: list[Element] = []
    for block in blocks:
        for part in block["elements"] if block["type"] == "rich_text" else [_as_rich(block)]:
            kept: list[Element] = []
            for run in part["elements"]:
                if cap > 1:
                    kept.append({**run, "text": clip(run["text"], cap)})
                    cap -= length(kept[-1]["text"])
            if kept:
                parts.append({**part, "elements": kept})
    return [{"type": "rich_text", "elements": parts}] if parts else []


def _as_rich(small_print: Block) -> Element:
    runs = [words(element["text"]) for element in small_print["elements"]]
    return {"type": "rich_text_section", "elements": runs}


def _elements(block: Block) -> list[Element]:
    elements: list[Element] = block["elements"][0]["elements"]
    return elements


def minimal_row(number: int, escalation: Escalation, around: Around) -> list[Block]:
    """The plainest there is."""
    line = clip(wording_storm.row(number, one_line(escalation.shown.headline)), _MINIMAL)
    if escalation.status != "open":
        return [plain_section(f"{line}: {clip(settled_words(escalation, around), _MINIMAL)}")]
    buttons = [offers.details_button(escalation)]
    if offers.allowed(escalation, "respond"):
        buttons.append(offers.answer_button(escalation))
    if offers.can_refuse(escalation):
        buttons.append(offers.reject_button(escalation))
    return [plain_section(line), actions(frame.actions_id(escalation), buttons)]


def asked_for(escalation: Escalation, around: Around, cap: int) -> tuple[list[Element], bool]:
    """What a row says below its headline, and whether all of it is there."""
    return _BODIES[escalation.request.kind](escalation, around, cap)
