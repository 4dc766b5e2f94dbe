"""The review card: what was asked and what went out, and nothing of what would sway the reader."""

from __future__ import annotations

from typing import Any

from bot.cards import frame, names, wording, wording_forms, wording_review
from bot.cards.argument_lines import argument_lines
from bot.cards.around import Around, Card
from bot.cards.blocks import (
    Block,
    actions,
    button,
    context,
    modal,
    mrkdwn,
    plain,
    plain_section,
    prose,
    quote,
    rich,
    section,
    words,
)
from bot.cards.moments import fallback, moment
from bot.cards.text import chunks, clip, disclosed, length, one_line, paragraphs
from bot.domain.escalation import Escalation
from bot.domain.review import Review, Verdict

_DRAFT, _PROSE, _NAME, _PIECE = 3000, 2000, 60, 2800
_HEADLINE = 600
# No text of a question is longer; more would burst the modal.
_LONGEST = 12_000


def review_card(review: Review, case: Escalation, around: Around) -> Card:
    """As it should look now, whether it is open or over."""
    if not review.open:
        return _over(review, case, around)
    due = moment(review.expires_at, around.now)
    category, agent = clip(review.category, _NAME), clip(one_line(case.agent), _NAME)
    material, whole = _material(case)
    buttons = [
        button(wording_review.RIGHT, names.RIGHT, review.id, style="primary"),
        button(wording_review.WRONG, names.WRONG, review.id),
        button(wording_review.SKIP, names.SKIP, review.id),
    ]
    if not whole:
        buttons.append(button(wording_review.READ_ALL, names.READ_ALL, review.id))
    blocks = [
        frame.headline(case.request.headline),
        context(mrkdwn(wording_review.small_print(category, agent, due))),
        *material,
        *([] if whole else [context(plain(wording_review.NOT_ALL_HERE))]),
        actions(f"{review.id}|{len(review.skipped)}", buttons),
        *_skipped(review, around),
    ]
    return Card(text=_asked(review, case, around), blocks=blocks)


def minimal_review_card(review: Review, case: Escalation, around: Around) -> Card:
    """The plainest there is, for when Slack refused the full one."""
    if not review.open:
        full = _over(review, case, around)
        return Card(text=full.text, blocks=[plain_section(full.text)])
    buttons = [
        button(wording_review.READ_ALL, names.READ_ALL, review.id),
        button(wording_review.RIGHT, names.RIGHT, review.id),
        button(wording_review.WRONG, names.WRONG, review.id),
        button(wording_review.SKIP, names.SKIP, review.id),
    ]
    text = _asked(review, case, around)
    why = context(plain(wording_review.MINIMAL_WHY))
    return Card(text=text, blocks=[plain_section(text), why, actions(review.id, buttons)])


def review_pages(case: Escalation) -> dict[str, Any]:
    """All of it in a modal: what did not fit on the card."""
    request = case.request
    texts = [
        (wording_review.QUESTION, one_line(request.headline)),
        (wording.WHY, paragraphs(request.reason or "")),
        (wording.WHAT_HAPPENS, paragraphs(request.impact or "")),
        (wording_review.THE_ANSWER, disclosed(request.answer or "").strip()),
    ]
    blocks = [
        plain_section(piece) if number else prose(label, piece)
        for label, text in texts
        for number, piece in enumerate(chunks(clip(text, _LONGEST), _PIECE))
    ]
    blocks += argument_lines(request.tool).blocks
    return modal(
        wording_review.READ_TITLE, blocks, callback_id=names.NOTICE, metadata="",
        close=wording_forms.CANCEL,
    )  # fmt: skip


def _material(case: Escalation) -> tuple[list[Block], bool]:
    request = case.request
    headline = frame.whole_headline(request.headline)
    if request.answer is not None:
        draft = disclosed(request.answer).strip()
        label = rich(words(wording_review.THE_ANSWER, bold=True))
        return [label, quote(clip(draft, _DRAFT))], headline and length(draft) <= _DRAFT
    reason, impact = paragraphs(request.reason or ""), paragraphs(request.impact or "")
    arguments = argument_lines(request.tool)
    whole = arguments.whole and length(reason) <= _PROSE and length(impact) <= _PROSE
    return [
        prose(wording.WHY, clip(reason, _PROSE)),
        prose(wording.WHAT_HAPPENS, clip(impact, _PROSE)),
        *arguments.blocks,
    ], headline and whole


def _asked(review: Review, case: Escalation, around: Around) -> str:
    by = fallback(review.expires_at, around.now, around.timezone)
    headline = clip(one_line(case.request.headline), _HEADLINE)
    return wording_review.question(clip(one_line(case.agent), _NAME), headline, by)


def _over(review: Review, case: Escalation, around: Around) -> Card:
    verdict = review.verdict
    headline = clip(one_line(case.request.headline), _HEADLINE)
    if verdict is None:
        said = wording_review.EXPIRED
        text = wording_review.became(headline, said)
        return Card(text=text, blocks=[frame.headline(headline), plain_section(said)])
    sentence = wording_review.JUDGED_RIGHT if verdict.correct else wording_review.JUDGED_WRONG
    return Card(
        text=wording_review.became(headline, sentence),
        blocks=[
            frame.headline(case.request.headline),
            *_verdict(verdict, around),
            *frame.one_line_context(_went_out(case)),
        ],
    )


def _verdict(verdict: Verdict, around: Around) -> list[Block]:
    who = clip(one_line(around.name_of(verdict.actor)), _NAME)
    at = moment(verdict.at, around.now)
    blocks = [section(wording_review.judged(who, at, correct=verdict.correct))]
    blocks += frame.one_line_context(
        wording_review.wrong(verdict.error_type, verdict.severity, verdict.root_cause)
    )
    if verdict.correction:
        blocks.append(rich(words(wording_review.RIGHT_WOULD_BE, bold=True)))
        blocks.append(quote(clip(paragraphs(verdict.correction), _PROSE)))
    return blocks


def _went_out(case: Escalation) -> str:
    confidence = case.request.confidence
    at = "" if confidence is None else wording_review.at_confidence(confidence)
    return wording_review.went_out(clip(one_line(case.rule or ""), _NAME), at)


def _skipped(review: Review, around: Around) -> list[Block]:
    people = [clip(one_line(around.name_of(one)), _NAME) for one in review.skipped[:5]]
    return frame.one_line_context(wording_review.skipped(people)) if people else []
