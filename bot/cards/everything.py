"""All that is known of an escalation, in blocks with the length of their text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.cards import wording, wording_confidence, wording_details, wording_run
from bot.cards.arguments import difference, rows, value_in_words
from bot.cards.around import Around
from bot.cards.blocks import (
    Block,
    Element,
    boxed,
    context,
    escaped,
    link,
    mrkdwn,
    plain,
    prose,
    rich,
    words,
)  # fmt: skip
from bot.cards.evidence import shown_evidence
from bot.cards.facts import facts, raised, signal_in_words, support, why_here
from bot.cards.guidance_card import said_step, when_done
from bot.cards.moments import fallback, moment
from bot.cards.settled_card import settled_words
from bot.cards.text import chunks, clean, clip, disclosed, length, one_line, paragraphs
from bot.domain.escalation import Escalation
from bot.domain.request import Request, ToolCall

Sized = tuple[Block, int]

_CHUNK, _SHORT, _LABEL, _GROUP = 2500, 200, 150, 2000
#: What a block's own words and marks may add to its text.
_MARGIN = 20
#: What of a checkpoint is told in words; the rest is shown as data.
_CHECKPOINT_SAID = {
    "pause_reason", "completed_steps", "remaining_steps", "alternatives_considered",
    "agent_recommendation",
}  # fmt: skip


def everything(escalation: Escalation, around: Around) -> tuple[list[Sized], bool]:
    """The blocks in reading order, and whether every argument could be written out."""
    request = escalation.shown
    told = list(_question(escalation, around))
    readable = True
    if request.tool is not None:
        described, readable = _tool(request.tool)
        told += described
    if request.body:
        told += _text(wording_details.BODY, request.body)
    told += _checkpoint(request, around)
    told += _options(request)
    told += _risk(request)
    told += _context(request)
    for evidence in request.evidence:
        title = wording.attached(evidence.title or evidence.type)
        if evidence.content is not None:
            as_it_is = shown_evidence(evidence)
            told += (
                _text(title, _written(evidence.content))
                if as_it_is is None
                else _long(title, as_it_is)
            )
        if evidence.url:
            told += _link(title, evidence.url)
    told += _doubts(request)
    told += _how_it_came_here(escalation, around)
    return told, readable


def _question(escalation: Escalation, around: Around) -> Iterator[Sized]:
    request = escalation.shown
    for piece in chunks(clean(request.headline).strip(), _CHUNK) or ["–"]:
        yield rich(words(piece, bold=True)), length(piece)
    due = moment(escalation.expires_at, around.now)
    line = facts(escalation)
    due_line = mrkdwn(wording_details.due(due))
    yield context(plain(wording.and_then(line)), due_line), length(line) + 100
    if escalation.status != "open":
        sentence = settled_words(escalation, around)
        yield rich(words(clip(sentence, _CHUNK), bold=True)), length(sentence)
    if escalation.proposal is not None and request.answer is None:
        changed = difference(escalation.request, escalation.proposal.arguments or {})
        who = clip(one_line(around.name_of(escalation.proposal.by)), 60)
        lines = [f"{label}: {''.join(wording.arrow(old, new))}" for label, old, new in changed]
        yield from _text(wording.proposes(who), "\n".join(lines))
    for said in escalation.run_guidance:
        who = clip(one_line(around.name_of(said.sender)), 60)
        yield from _text(wording_run.said_for_the_run(who), said.text)
    if request.question and request.question != request.headline:
        yield from _text(wording.THE_QUESTION, request.question)
    if request.answer:
        title = wording.WOULD_ANSWER
        if escalation.proposal is not None:
            title = wording.proposes(clip(one_line(around.name_of(escalation.proposal.by)), 60))
        # What goes out goes out as it is, so nothing in it may stay out of sight.
        yield from _text(title, disclosed(request.answer))
    if request.reason:
        yield from _text(wording.WHY, request.reason)
    if request.impact:
        yield from _text(wording.WHAT_HAPPENS, request.impact)


def _tool(tool: ToolCall) -> tuple[list[Sized], bool]:
    told: list[Sized] = []
    title = wording_details.tool(tool.name, tool.server)
    group: list[Element] = [words(clip(one_line(title), 600) + "\n", bold=True)]
    size = 600
    written = rows(tool, indent=2)
    for row in written:
        label = clip(row.label, _LABEL)
        cost = length(label) + length(row.text) + 2
        if cost > _SHORT or "\n" in row.text or row.label != label:
            told.append((rich(*group), size))
            told += _long(row.label, row.text)
            group, size = [], 0
        else:
            group += [words(f"{label} "), words(row.text, code=True), words("\n")]
            size += cost
        if size > _GROUP:
            told.append((rich(*group), size))
            group, size = [], 0
    if not written:
        group.append(words(wording.NO_ARGUMENTS))
    told = [sized for sized in [*told, (rich(*group), size)] if sized[0]["elements"][0]["elements"]]
    if tool.description:
        told += _text(wording_details.TOOL_SAYS, tool.description)
    return told, all(row.readable for row in written)


def _long(label: str, text: str) -> Iterator[Sized]:
    """A value in a box of its own, or in several one after the other."""
    for piece in chunks(label, _CHUNK):
        yield rich(words(piece, bold=True)), length(piece)
    for piece in chunks(text, _CHUNK):
        yield boxed(piece), length(piece)


def _text(label: str, text: str) -> Iterator[Sized]:
    pieces = chunks(paragraphs(text), _CHUNK) or [""]
    heading = clip(one_line(label), _LABEL)
    for index, piece in enumerate(pieces):
        title = wording_details.continued(heading) if index else heading
        yield prose(title, piece), length(piece) + length(title) + _MARGIN


def _link(label: str, url: str) -> Iterator[Sized]:
    if clean(url) != url or not url.startswith(("http://", "https://")) or length(url) > 3000:
        yield from _text(label, url)
        return
    heading = clip(one_line(label), _LABEL)
    size = length(heading) + 2 * length(url)
    yield rich(words(heading + "\n", bold=True), link(url)), size


def _checkpoint(request: Request, around: Around) -> Iterator[Sized]:
    """The paused workflow, whole: every step, and the keys that only its agent knows."""
    point = request.checkpoint
    if point is None:
        return
    if point.pause_reason:
        yield from _text(wording.WHY_IT_STOPPED, point.pause_reason)
    for label, things in (
        (wording.DONE, point.completed_steps),
        (wording.STILL_TO_DO, point.remaining_steps),
        (wording.IT_CONSIDERED, point.alternatives_considered),
    ):
        if things:
            yield from _text(label, "\n".join(_step(thing, around) for thing in things))
    if point.agent_recommendation is not None:
        yield from _text(wording.IT_SUGGESTS, _written(point.agent_recommendation))
    more = {
        name: value
        for name, value in point.model_dump(mode="json").items()
        if value is not None and (name not in _CHECKPOINT_SAID)
    }
    yield from _long(wording_details.STATE, _written(more))


def _step(step: str | Mapping[str, Any], around: Around) -> str:
    at = when_done(step)
    said = said_step(step)
    if at is not None:
        said = f"{said}{wording.SEPARATOR}{fallback(at, around.now, around.timezone)}"
    return wording_details.item(said)


def _options(request: Request) -> Iterator[Sized]:
    lines = []
    for option in request.options:
        label = wording.recommended(option.label, yes=option.recommended)
        lines.append(f"{label}: {option.description}" if option.description else label)
    if lines:
        yield from _text(wording.YOU_CAN, "\n".join(map(wording_details.item, lines)))


def _risk(request: Request) -> Iterator[Sized]:
    risk = request.risk
    lines = [*risk.reasons]
    if risk.blast_radius:
        lines.append(wording_details.blast_radius(risk.blast_radius))
    if risk.data_classes:
        lines.append(wording_details.data_classes(risk.data_classes))
    if lines:
        yield from _text(wording_details.RISK, "\n".join(lines))


def _context(request: Request) -> Iterator[Sized]:
    state = request.context
    if state is None:
        return
    if state.reasoning:
        yield from _text(wording_details.REASONING, state.reasoning)
    for attempt in state.attempts:
        yield from _text(
            wording_details.TRIED, wording_details.attempt(attempt.what, attempt.result)
        )
    for source in state.retrieved:
        title = wording_details.source(source.title, source.score)
        if source.text:
            yield from _text(title, source.text)
        if source.url:
            yield from _link(title, source.url)
        if not source.text and not source.url:
            read = clip(one_line(title), _LABEL)
            yield rich(words(read, bold=True)), length(read)


def _doubts(request: Request) -> Iterator[Sized]:
    lines = (
        [] if request.confidence is None else [wording_confidence.confidence(request.confidence)]
    )
    for signal in request.signals:
        line = signal_in_words(signal.name, signal.value, signal.threshold)
        lines.append(f"{line}: {signal.explanation}" if signal.explanation else line)
    if lines:
        yield from _text(wording_details.HOW_SURE, "\n".join(lines))


def _how_it_came_here(escalation: Escalation, around: Around) -> Iterator[Sized]:
    lines = [wording_details.route(escalation.shown_need.route)]
    more = (why_here(escalation), raised(escalation, around), support(escalation, around))
    lines += [line[0].upper() + line[1:] for line in more if line]
    source = escalation.request.source
    if source is not None and source.on_behalf_of:
        lines.append(wording_details.on_behalf_of(source.on_behalf_of))
    yield from _text(wording_details.HOW_IT_CAME_HERE, "\n".join(lines))
    yield context(mrkdwn(escaped(escalation.id, 100))), 100


def _written(content: Any) -> str:
    if isinstance(content, str):
        return content
    return value_in_words(content, indent=2) or wording.TOO_DEEP
