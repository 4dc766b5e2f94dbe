"""What every open card has around its question: headline, small print, what was before, buttons."""

from __future__ import annotations

from bot.cards import names, offers, wording, wording_pause
from bot.cards.argument_lines import difference_lines
from bot.cards.around import Around
from bot.cards.blocks import (
    Block,
    Element,
    actions,
    context,
    header,
    link_to,
    mrkdwn,
    option,
    overflow,
    plain,
    quote,
    rich,
    section,
    words,
)  # fmt: skip
from bot.cards.facts import facts, raised
from bot.cards.moments import fallback, moment
from bot.cards.text import clean, clip, disclosed, length, one_line
from bot.domain.durations import in_words
from bot.domain.escalation import Escalation
from bot.domain.request import Request

_ACTION, _LINE, _COMMENT = 600, 400, 600
HEADER = 150
_MOST_IN_MENU = 5


def headline(action: str) -> Block:
    """What is asked, as the agent said it."""
    line = one_line(action)
    if fits(line, HEADER):
        return header(line)
    return rich(words(clip(line, _ACTION), bold=True))


def whole_headline(action: str) -> bool:
    return fits(one_line(action), _ACTION)


def small_print(escalation: Escalation, around: Around, limit: int = _LINE) -> Block:
    """What kind of thing it is, and until when it can be answered."""
    due = moment(escalation.expires_at, around.now)
    if escalation.overdue(around.now):
        answer = wording.answer_was_due(due)
    else:
        left = in_words(escalation.expires_at - around.now)
        answer = wording.answer_by(due, left, around.on_timeout)
    return context(plain(wording.and_then(clip(facts(escalation), limit))), mrkdwn(answer))


def pause(escalation: Escalation, around: Around) -> list[Block]:
    """Why there is nothing but Reject: it stands before everything else."""
    if escalation.pause is None:
        return []
    return [section(wording_pause.on_card(escalation.pause, around.now))]


def what_came_before(escalation: Escalation, around: Around) -> list[Block]:
    """That nobody had answered for long; and for an alternative: what people asked for, with a
    link, and what is different now.
    """
    waited = one_line_context(raised(escalation, around))
    before = around.predecessor
    if before is None:
        return waited
    blocks = [
        *waited,
        rich(words(wording.ALTERNATIVE_TO), *named(before), words(wording.SENT_BACK_WITH)),
    ]
    decision = before.decision
    if decision is not None and decision.comment:
        blocks.append(quote(clip(clean(decision.comment).strip(), _COMMENT)))
    return [*blocks, *_different(before.request, escalation.request)]


def named(other: Escalation) -> list[Element]:
    """Another escalation by its headline, with a link to its card where it has one."""
    elements = [words(clip(one_line(other.request.headline), 150), bold=True)]
    if other.permalink is not None:
        elements += [words(wording.SEPARATOR), link_to(other.permalink, wording.OPEN_IT)]
    return elements


def _different(old: Request, new: Request) -> list[Block]:
    """The change in the arguments; between tools, or without one, in what would be done."""
    if old.tool and new.tool and old.tool.name == new.tool.name:
        # Hidden in either is hidden in both.
        hidden = list(dict.fromkeys([*old.tool.sensitive, *new.tool.sensitive]))
        tool = old.tool.model_copy(update={"sensitive": hidden})
        if tool.arguments != new.tool.arguments:
            request = old.model_copy(update={"tool": tool})
            return difference_lines(request, new.tool.arguments, wording.DIFFERENT)[0]
    if old.answer and new.answer and old.answer != new.answer:
        before = quote(clip(disclosed(old.answer).strip(), _COMMENT))
        return [rich(words(wording.DRAFT_BEFORE, bold=True)), before]
    if old.headline == new.headline:
        return []
    pair = wording.arrow(*(clip(one_line(one.headline), 200) for one in (old, new)))
    return [rich(words(wording.DIFFERENT + "  ", bold=True), words("".join(pair)))]


def proposal(escalation: Escalation, around: Around) -> tuple[list[Block], bool]:
    """Whose edit stands there in place of the request, and whether all of it is in view."""
    found = escalation.proposal
    if found is None:
        return [], True
    who = clip(one_line(around.name_of(found.by)), 60)
    return difference_lines(escalation.request, found.arguments or {}, wording.proposes(who))


def one_line_context(text: str) -> list[Block]:
    return [context(plain(one_line(text), _LINE))] if text else []


def row_of(escalation: Escalation, buttons: list[Element], *more: str) -> Block:
    """The buttons, and the menu of what is needed less often."""
    return actions(actions_id(escalation), [*buttons, *menu_of(*more)])


def menu_of(*more: str) -> list[Element]:
    """Each a label and its value; Slack takes five, so the last ones give way."""
    shown = [option(label, value) for label, value in zip(more[::2], more[1::2], strict=True)]
    return [overflow(names.MORE, shown[:_MOST_IN_MENU])] if shown else []


def approval_row(escalation: Escalation, *, whole: bool) -> list[Block]:
    """Approve only where everything is in view; where it is not, the way to all of it."""
    approvable = offers.allowed(escalation, "approve")
    buttons = []
    if approvable:
        shown = offers.approve_button if whole else offers.details_button
        buttons.append(shown(escalation))
    buttons += offers.form_buttons(escalation)
    hands = offers.hands(escalation)
    if whole or not approvable:
        return [row_of(escalation, buttons, wording.SHOW_EVERYTHING, names.SHOW_EVERYTHING, *hands)]
    return [context(plain(wording.NOT_ALL_HERE)), row_of(escalation, buttons, *hands)]


def actions_id(escalation: Escalation) -> str:
    """New with every change, as Slack asks; and what the overflow menu belongs to."""
    return names.pack(escalation.id, escalation.shown_digest, escalation.version)


def question_text(escalation: Escalation, around: Around) -> str:
    """The whole question, for a phone's notification and for screen readers."""
    request = escalation.shown
    by = fallback(escalation.expires_at, around.now, around.timezone)
    proposer = around.name_of(escalation.proposal.by) if escalation.proposal else None
    label, because = wording.because(request)
    return wording.question(
        escalation.agent, request.kind, request.headline, proposer, label, because, by
    )


def fits(text: str, limit: int) -> bool:
    return length(text) <= limit
