"""What the weekly report says: never more than the statistics allow.

Each rate is weighted by the chances with which its cases were chosen, and comes with its interval
of 95 %. Below 15 reviews there is no rate, and a difference whose interval covers 0 is none yet.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards.blocks import Markup, joined, said
from bot.cards.wording_charts import (
    between,
    by_itself,
    day,
    percent,
    seen,
    speed,
    type_of_error,
)
from bot.cards.wording_learning import why_closed
from bot.domain.report import (
    ENOUGH,
    CategoryInReport,
    Change,
    FindingInReport,
    Pictures,
    Report,
    Reviewed,
    Share,
    Turn,
    WeekOfAnswers,
)

_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}

ASK_FOR_IT = "have a report made"
BUTTON = "Report…"
ERRORS, CATEGORIES, ANSWERS, FINDINGS = (
    "What was wrong", "What people saw, and what goes out by itself", "How fast people answered",
    "Findings",
)  # fmt: skip
NO_FINDINGS = "No finding is open."
NO_ERRORS = "Nothing was found wrong."
LATE = "It comes late: the bot was not running when it was due."
_BY_PEOPLE = {"reset", "complaint"}
_BEFORE = "in the four weeks before"
_PICTURES: dict[Pictures, str] = {
    "owed": "The charts follow.",
    "shared": "The charts stand in this message's thread as well.",
    "failed": "The charts could not be made this time. All of their numbers stand here.",
}
METHOD = (
    "Rates are weighted by the chance with which each case was chosen; in brackets the interval "
    "of 95 %. They tell how often reviewers disagreed, which is not the same as the truth."
)
ON_ITS_WAY = Markup("The report of the last seven days comes to you directly, with its charts.")


def title(report: Report) -> str:
    """`Weekly report · 23 Nov – 29 Nov`"""
    return f"Weekly report · {day(report.first)} – {day(report.last)}"


def of_category(category: str) -> str:
    return f"Only of category {category}"


_HELPED: dict[Change, str] = {
    "fell": "it fell",
    "rose": "it rose",
    "unclear": "no evidence yet",
}


def plainly(words: Markup) -> str:
    """For a terminal, where nothing is parsed."""
    for entity, character in _ENTITIES.items():
        words = Markup(words.replace(entity, character))
    return words


# --- the three sentences -------------------------------------------------------------------------


def summary(report: Report) -> Markup:
    return joined(" ", [Markup(_volume(report.week)), Markup(_errors(report)), _news(report)])


def _volume(week: Reviewed) -> str:
    return f"Reviewed {week.reviewed:,} of {week.outputs:,} {_outputs(week.outputs)}."


def _outputs(count: int) -> str:
    return "output" if count == 1 else "outputs"


def _errors(report: Report) -> str:
    week, before = report.week, report.before
    if week.errors is None:
        return f"Error rate: n too small ({week.reviewed} reviewed, {ENOUGH} are needed)."
    rate = f"Error rate {between(week.errors)}"
    if before.errors is None:
        return f"{rate}; too few were reviewed {_BEFORE} to compare."
    return f"{rate}, {_compared(report.change, before.errors)} {_BEFORE}."


def _compared(change: Change | None, before: Share) -> str:
    match change:
        case "fell":
            return f"down from {percent(before.rate)}"
        case "rose":
            return f"up from {percent(before.rate)}"
        case _:
            return f"no evidence yet that it is another than the {percent(before.rate)}"


def _news(report: Report) -> Markup:
    """What else there is to know first: what closed or opened; else how much people saw."""
    if report.turns:
        return turn(report.turns[0])
    with_target = [one for one in report.categories if one.band and one.escalation_rate is not None]
    if not with_target:
        return Markup("No category has a target for what people see.")
    outside = [one for one in with_target if not _inside(one)]
    if not outside:
        return Markup("People saw as much of each category as its target says.")
    first = outside[0]
    words = said("People saw {seen} of {name}", seen=seen(first), name=first.name)
    more = f", and {len(outside) - 1} more are off their targets." if outside[1:] else "."
    return joined("", [words, Markup(more)])


def _inside(one: CategoryInReport) -> bool:
    assert one.band is not None  # noqa: S101 - only asked of those with a target
    assert one.escalation_rate is not None  # noqa: S101
    return one.band[0] <= one.escalation_rate <= one.band[1]


def turn(one: Turn) -> Markup:
    """`refund closed itself on Tue 24 Nov: reviews found too much that was wrong.`"""
    when = f"{one.at:%a} {day(one.at)}"
    if one.closed_by is None:
        return said("{name} began to go out by itself on {when}.", name=one.category, when=when)
    because = why_closed(one.closed_by)
    closed = "closed" if one.closed_by in _BY_PEOPLE else "closed itself"
    words = f"{{name}} {closed} on {{when}}: {{because}}."
    return said(words, name=one.category, when=when, because=because)


# --- the numbers ---------------------------------------------------------------------------------


def errors(report: Report) -> list[str]:
    """A line each: what was found, and how the weeks before were."""
    lines = [type_of_error(one) for one in report.types if one.count]
    lines = lines or [NO_ERRORS if report.week.reviewed else "Nothing was reviewed."]
    before = report.before
    if before.errors is not None:
        lines.append(f"{_BEFORE}: {between(before.errors)} on {before.reviewed:,} reviewed")
    return [one[:1].upper() + one[1:] for one in lines]


def category(one: CategoryInReport, name: str) -> str:
    cases = "1 case" if one.cases == 1 else f"{one.cases:,} cases"
    words = f"{name}: {cases}, people saw {seen(one)}. By itself: {by_itself(one)}"
    if one.evidence is not None and one.threshold is not None:
        words += f", evidence {int(one.evidence):,}:1"
    return words


def more_categories(count: int) -> str:
    return f"{count} more categories had fewer cases"


def answers(weeks: Sequence[WeekOfAnswers]) -> list[str]:
    before, week = weeks[-2:]
    return [f"This week {_speed(week)}", f"The week before {_speed(before)}"]


def _speed(week: WeekOfAnswers) -> str:
    if not week.count:
        return "nobody answered"
    words = "1 answer" if week.count == 1 else f"{week.count:,} answers"
    return f"{words}: {speed(week)}"


def finding(one: FindingInReport, name: str, owner: str | None) -> str:
    """`open: Accuracy · refund · the prompt · 4 errors · Ana · due 3 Dec`"""
    errors = "1 error" if one.errors == 1 else f"{one.errors:,} errors"
    parts = [f"{one.state}: {name}", errors, owner or "nobody owns it"]
    if one.due is not None:
        parts.append(f"due {day(one.due)}")
    if one.tried:
        parts.append(f"{one.right:,} of {one.tried:,} tried again are right now")
    if one.before is not None and one.after is not None and one.change is not None:
        parts.append(f"{between(one.before)} → {between(one.after)}, {_HELPED[one.change]}")
    elif one.state == "fixed":
        parts.append("no evidence yet that it helped")
    return " · ".join(parts)


def more_findings(count: int) -> str:
    return f"{count} more: `/pullcord findings` lists them"


def charts(state: Pictures) -> str:
    return _PICTURES[state]


# --- for the operators ---------------------------------------------------------------------------


def not_posted(channel: str, reason: str) -> Markup:
    return said(
        "The weekly report cannot be posted in {channel} ({reason}). Invite the bot there, or name "
        "another channel under `report` in the policy; it is tried again for a day.",
        channel=channel, reason=reason,
    )  # fmt: skip


def no_pictures(reason: str) -> Markup:
    return said(
        "The weekly report went out without its charts: {reason}. Its numbers are all there.",
        reason=reason,
    )


HUNG = "drawing them took too long and was stopped"
DRAWING_FAILED = "drawing them failed, and the log says how"


def not_sent(reason: str) -> str:
    return f"Slack did not take them ({reason})"
