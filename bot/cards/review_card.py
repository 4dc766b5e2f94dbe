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
from bot.domain.material import Material, TextOf
from bot.domain.review import Review, Verdict

_DRAFT, _PROSE, _NAME, _PIECE = 3000, 2000, 60, 2800
_HEADLINE = 600
#: Together, and of how many tools.
_ARGUMENTS, _FEWEST, _TOOLS = 1500, 100, 5
#: Of so many in the modal, which takes a hundred blocks.
_ALL = 20
_WENT_OUT: frozenset[TextOf] = frozenset({"answer", "output"})
# No text of a question is longer; more would burst the modal.
_LONGEST = 12_000


def review_card(review: Review, material: Material, around: Around) -> Card:
    """As it should look now, whether it is open or over."""
    if not review.open:
        return _over(review, material, around)
    due = moment(review.expires_at, around.now)
    category, agent = clip(review.category, _NAME), clip(one_line(material.agent), _NAME)
    shown, whole = shown_material(material)
    buttons = [
        button(wording_review.RIGHT, names.RIGHT, review.id, style="primary"),
        button(wording_review.WRONG, names.WRONG, review.id),
        button(wording_review.SKIP, names.SKIP, review.id),
    ]
    if not whole:
        buttons.append(button(wording_review.READ_ALL, names.READ_ALL, review.id))
    blocks = [
        frame.headline(_headline(material)),
        context(mrkdwn(wording_review.small_print(category, agent, due))),
        *shown,
        *([] if whole else [context(plain(wording_review.NOT_ALL_HERE))]),
        actions(f"{review.id}|{len(review.skipped)}", buttons),
        *_skipped(review, around),
    ]
    return Card(text=_asked(review, material, around), blocks=blocks)


def minimal_review_card(review: Review, material: Material, around: Around) -> Card:
    """The plainest there is, for when Slack refused the full one."""
    if not review.open:
        full = _over(review, material, around)
        return Card(text=full.text, blocks=[plain_section(full.text)])
    buttons = [
        button(wording_review.READ_ALL, names.READ_ALL, review.id),
        button(wording_review.RIGHT, names.RIGHT, review.id),
        button(wording_review.WRONG, names.WRONG, review.id),
        button(wording_review.SKIP, names.SKIP, review.id),
    ]
    text = _asked(review, material, around)
    why = context(plain(wording_review.MINIMAL_WHY))
    return Card(text=text, blocks=[plain_section(text), why, actions(review.id, buttons)])


def review_pages(material: Material) -> dict[str, Any]:
    """All of it in a modal: what did not fit on the card."""
    return modal(
        wording_review.READ_TITLE, material_blocks(material), callback_id=names.NOTICE,
        metadata="", close=wording_forms.CANCEL,
    )  # fmt: skip


def material_blocks(material: Material) -> list[Block]:
    """All of it, for a modal."""
    reported = any(what == "output" for what, _ in material.texts)
    asked = wording_review.TEXTS["input" if reported else "question"]
    texts = [(asked, one_line(material.headline))] + [
        (wording_review.TEXTS[what], _readable(what, text)) for what, text in material.texts
    ]
    blocks = [
        plain_section(piece) if number else prose(label, piece)
        for label, text in texts
        for number, piece in enumerate(chunks(clip(text, _LONGEST), _PIECE))
    ]
    tools = [block for tool in material.tools[:_ALL] for block in argument_lines(tool).blocks]
    return blocks + tools


def shown_material(material: Material) -> tuple[list[Block], bool]:
    """What there is to look at, and whether all of it is there."""
    whole = frame.whole_headline(_headline(material))
    blocks: list[Block] = []
    for what, text in material.texts:
        readable = _readable(what, text)
        if what in _WENT_OUT:
            blocks.append(rich(words(wording_review.TEXTS[what], bold=True)))
            blocks.append(quote(clip(readable or wording.EMPTY, _DRAFT)))
            whole = whole and length(readable) <= _DRAFT
        elif readable or what != "input":
            blocks.append(prose(wording_review.TEXTS[what], clip(readable, _PROSE)))
            whole = whole and length(readable) <= _PROSE
    left = _ARGUMENTS
    for tool in material.tools[:_TOOLS]:
        lines = argument_lines(tool, together=left)
        blocks += lines.blocks
        whole = whole and lines.whole
        left = max(_FEWEST, left // 2)
    return blocks, whole and len(material.tools) <= _TOOLS


def _readable(what: TextOf, text: str) -> str:
    """What went out is shown as it is, with all that is hidden in it."""
    return disclosed(text).strip() if what in _WENT_OUT else paragraphs(text)


def _headline(material: Material) -> str:
    agent = clip(one_line(material.agent), _NAME)
    return one_line(material.headline) or wording_review.did_something(agent)


def _asked(review: Review, material: Material, around: Around) -> str:
    by = fallback(review.expires_at, around.now, around.timezone)
    headline = clip(one_line(_headline(material)), _HEADLINE)
    return wording_review.question(clip(one_line(material.agent), _NAME), headline, by)


def _over(review: Review, material: Material, around: Around) -> Card:
    verdict = review.verdict
    headline = clip(one_line(_headline(material)), _HEADLINE)
    if verdict is None:
        said = wording_review.EXPIRED
        text = wording_review.became(headline, said)
        return Card(text=text, blocks=[frame.headline(headline), plain_section(said)])
    sentence = wording_review.JUDGED_RIGHT if verdict.correct else wording_review.JUDGED_WRONG
    return Card(
        text=wording_review.became(headline, sentence),
        blocks=[
            frame.headline(_headline(material)),
            *_verdict(verdict, around),
            *frame.one_line_context(_went_out(material)),
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


def _went_out(material: Material) -> str:
    sure = material.confidence
    at = "" if sure is None else wording_review.at_confidence(sure)
    if material.rule is None:
        return wording_review.went_out_unasked(at)
    return wording_review.went_out(clip(one_line(material.rule), _NAME), at)


def _skipped(review: Review, around: Around) -> list[Block]:
    people = [clip(one_line(around.name_of(one)), _NAME) for one in review.skipped[:5]]
    return frame.one_line_context(wording_review.skipped(people)) if people else []
