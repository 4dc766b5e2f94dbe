"""The storm card: several escalations in one message, each with its own buttons.

When more is asked in a channel than it can take as single cards, this is how people see all of it
soon. A row is a card made small: Approve stands in it only where the whole action is in view.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import frame, names, offers, wording, wording_pause, wording_storm
from bot.cards.argument_lines import argument_lines, difference_lines
from bot.cards.around import Around, Card
from bot.cards.blocks import (
    MESSAGE,
    Block,
    Element,
    actions,
    context,
    divider,
    header,
    mrkdwn,
    plain,
    plain_section,
    rich,
    size_of,
    words,
)  # fmt: skip
from bot.cards.facts import doubts, raised, support
from bot.cards.guidance_card import said_thing
from bot.cards.moments import fallback
from bot.cards.pending import pending_buttons, pending_line
from bot.cards.settled_card import settled_words, traces, what_became
from bot.cards.text import clip, disclosed, length, one_line, paragraphs
from bot.domain.escalation import Escalation

#: One escalation and what is around it.
Row = tuple[Escalation, Around]

#: What a text of a row may count. The rows of one message give way alike, until all fit.
_CAPS = (700, 500, 350, 250, 150, 80, 40)
_MINIMAL, _AGENTS, _IN_TEXT = 200, 3, 250


def storm_card(rows: Sequence[Row]) -> Card:
    """All rows as they should look now, in the order in which they were asked."""
    drawn = (_drawn(rows, cap) for cap in _CAPS)
    fitting = (blocks for blocks in drawn if size_of(blocks) <= MESSAGE)
    blocks = next(fitting, None) or minimal_storm_card(rows).blocks
    return Card(text=_text(rows), blocks=blocks)


def minimal_storm_card(rows: Sequence[Row]) -> Card:
    """The plainest there is, for when Slack refused the full one."""
    blocks = [header(_title(rows)), context(plain(wording_storm.MINIMAL_WHY))]
    for number, (escalation, around) in enumerate(rows, 1):
        line = clip(wording_storm.row(number, one_line(escalation.shown.headline)), _MINIMAL)
        if escalation.status != "open":
            became = clip(settled_words(escalation, around), _MINIMAL)
            blocks.append(plain_section(f"{line}: {became}"))
            continue
        buttons = [offers.details_button(escalation)]
        if offers.allowed(escalation, "respond"):
            buttons.append(offers.answer_button(escalation))
        if offers.can_refuse(escalation):
            buttons.append(offers.reject_button(escalation))
        blocks += [plain_section(line), actions(frame.actions_id(escalation), buttons)]
    return Card(text=_text(rows), blocks=blocks)


def _open(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row[0].status == "open"]


def _title(rows: Sequence[Row]) -> str:
    return wording_storm.title(len(rows), len(_open(rows)))


def _text(rows: Sequence[Row]) -> str:
    """For a phone's notification and for screen readers: who asks, and what."""
    still_open = _open(rows)
    if not still_open:
        return wording_storm.settled_text(len(rows))
    agents = list(dict.fromkeys(one_line(escalation.agent) for escalation, _ in still_open))
    lines = [
        clip(wording_storm.row(number, one_line(escalation.shown.headline)), _IN_TEXT)
        for number, (escalation, _) in enumerate(rows, 1)
        if escalation.status == "open"
    ]
    first, around = min(still_open, key=lambda row: row[0].expires_at)
    by = fallback(first.expires_at, around.now, around.timezone)
    few = [clip(agent, 60) for agent in agents[:_AGENTS]]
    return wording_storm.text(few, len(agents) - len(few), lines, by)


def _drawn(rows: Sequence[Row], cap: int) -> list[Block]:
    blocks = [header(_title(rows))]
    if _open(rows):
        blocks.append(context(plain(wording_storm.WHY_TOGETHER)))
    for number, (escalation, around) in enumerate(rows, 1):
        draw = _open_row if escalation.status == "open" else _settled_row
        # Fifty blocks are enough only because nothing divides the first row from the title.
        blocks += draw(number, escalation, around, cap)[number == 1 :]
    return blocks


def _open_row(number: int, escalation: Escalation, around: Around, cap: int) -> list[Block]:
    headline = one_line(escalation.shown.headline)
    said, whole = _BODIES[escalation.request.kind](escalation, around, cap)
    # What it is an alternative to, and what is different now, has no room here.
    whole = whole and frame.fits(headline, cap) and around.predecessor is None
    approves = whole and offers.allowed(escalation, "approve")
    first = [offers.approve_button(escalation)] if approves else []
    if not approves:
        first = [offers.details_button(escalation)]
    menu = (wording.SHOW_EVERYTHING, names.SHOW_EVERYTHING) if approves else ()
    print_ = frame.small_print(escalation, around, cap)
    if escalation.pause is not None:
        print_["elements"].append(mrkdwn(wording_pause.in_row(escalation.pause, around.now)))
    more = [raised(escalation, around), doubts(escalation, around), support(escalation, around)]
    if approves and escalation.request.kind == "answer":
        more.append(wording.APPROVE_SENDS)
    print_["elements"] += [
        plain(wording_storm.beside(one_line(text)), cap) for text in more if text
    ]
    buttons = [*first, *offers.form_buttons(escalation)]
    if escalation.intent is not None:
        print_["elements"].append(mrkdwn(pending_line(escalation, escalation.intent, around)))
        buttons = pending_buttons(escalation, escalation.intent)
        menu = (wording.SHOW_EVERYTHING, names.SHOW_EVERYTHING)
    return [
        divider(),
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


def _settled_row(number: int, escalation: Escalation, around: Around, cap: int) -> list[Block]:
    headline = wording_storm.row(number, clip(one_line(escalation.request.headline), cap))
    became, *more = what_became(escalation, around)
    return [
        divider(),
        rich(words(headline, strike=True)),
        became,
        *_together(more, cap),
        traces(escalation),
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
