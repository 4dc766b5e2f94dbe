"""The weekly report: three sentences, the pictures, every number in words, then the findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.cards import wording_charts
from bot.cards import wording_report as wording
from bot.cards.around import Card
from bot.cards.blocks import (
    Block,
    Markup,
    actions,
    context,
    escaped,
    header,
    joined,
    picture,
    plain,
    plain_section,
    prose,
    rich,
    section,
    words,
)
from bot.cards.finding_rows import buttons_for
from bot.cards.text import clip, one_line
from bot.domain.report import Pictures, Report

_NAME, _TITLE = 60, 80
# Each section's words within what a message may hold together.
_SECTION = 2600
_FINDINGS = 8


def report_card(
    report: Report,
    *,
    pictures: Pictures,
    files: Sequence[str] = (),
    names: Mapping[str, str],
    made_late: bool = False,
) -> Card:
    """`files`: Slack's ids of its pictures, in the order of `report.charts`, once they stand there;
    `names`: Slack id → display name.
    """
    shown = files if pictures == "shared" else ()
    blocks: list[Block] = [
        header(wording.title(report)),
        *([context(plain(one)) for one in _small_print(report, made_late=made_late)]),
        section(wording.summary(report)),
        *(section(wording.turn(one)) for one in report.turns[1:4]),
    ]
    for chart, file in zip(report.charts, shown, strict=False):
        blocks.append(picture(file, wording_charts.alt_text(chart, report)))
    if report.charts:
        blocks.append(context(plain(wording.charts(pictures))))
    blocks += [prose(label, clip("\n".join(lines), _SECTION)) for label, lines in _numbers(report)]
    blocks.append(context(plain(wording.METHOD)))
    blocks += _findings(report, names)
    return Card(text=_said(report), blocks=blocks)


def report_in_text(report: Report, names: Mapping[str, str]) -> str:
    """The same for a terminal."""
    parts = [wording.title(report), *_small_print(report, made_late=False)]
    parts.append(wording.plainly(wording.summary(report)))
    parts += [wording.plainly(wording.turn(one)) for one in report.turns[1:]]
    found = _found(report, names) or [wording.NO_FINDINGS]
    for label, lines in [*_numbers(report), (wording.FINDINGS, found)]:
        parts.append("\n".join([label, *(f"  {line}" for line in lines)]))
    return "\n\n".join([*parts, wording.METHOD])


def _said(report: Report) -> Markup:
    """For notifications and screen readers."""
    return joined(": ", [escaped(wording.title(report)), wording.summary(report)])


def _small_print(report: Report, *, made_late: bool) -> list[str]:
    said = []
    if report.category is not None:
        said.append(wording.of_category(clip(one_line(report.category), _NAME)))
    if made_late:
        said.append(wording.LATE)
    return said


def _numbers(report: Report) -> list[tuple[str, list[str]]]:
    """Every number of the pictures, and what has none."""
    parts = [(wording.ERRORS, wording.errors(report))]
    if report.categories:
        lines = [
            wording.category(one, clip(one_line(one.name), _NAME)) for one in report.categories
        ]
        if report.more_categories:
            lines.append(wording.more_categories(report.more_categories))
        parts.append((wording.CATEGORIES, lines))
    if any(one.count for one in report.answers):
        parts.append((wording.ANSWERS, wording.answers(report.answers)))
    return parts


def _findings(report: Report, names: Mapping[str, str]) -> list[Block]:
    """A row each, with what can be done about it."""
    lines = _found(report, names)
    blocks: list[Block] = [
        rich(words(wording.FINDINGS, bold=True))
        if lines
        else prose(wording.FINDINGS, wording.NO_FINDINGS)
    ]
    for one, line in zip(report.findings, lines, strict=False):
        blocks.append(plain_section(line))
        pressed = buttons_for(one.id, one.state)
        if pressed:
            blocks.append(actions(f"{one.id}|{one.state}", pressed))
    left = len(report.findings) - len(lines)
    if left > 0:
        blocks.append(context(plain(wording.more_findings(left))))
    return blocks


def _found(report: Report, names: Mapping[str, str]) -> list[str]:
    lines = []
    for one in report.findings[:_FINDINGS]:
        owner = None if one.owner is None else names.get(one.owner, one.owner)
        owner = None if owner is None else clip(one_line(owner), _NAME)
        lines.append(wording.finding(one, clip(one_line(one.title), _TITLE), owner))
    return lines
