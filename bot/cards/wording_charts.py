"""The words within a report's pictures, and those that say the same to who does not see them."""

from __future__ import annotations

from datetime import UTC, date, timedelta
from typing import assert_never

from bot.cards.text import clip, one_line
from bot.domain.durations import in_words
from bot.domain.report import (
    CategoryInReport,
    Chart,
    Report,
    Reviewed,
    Share,
    State,
    TypeOfError,
    WeekOfAnswers,
    WeekOfErrors,
)

TARGET = "where it should be"
SCORE = "score"
HALF, MOST = "half within", "nine of ten within"
WEEKS = "weeks that began on"
TITLES: dict[Chart, str] = {
    "errors": "Error rate, week by week",
    "types": "What was wrong this week",
    "seen": "How much people saw",
    "by_itself": "What goes out by itself",
    "answers": "Until people's first word",
}
_STATES: dict[State, str] = {
    "fixed": "set in the policy",
    "person": "people see all of it",
    "unlisted": "not in the policy",
    "warming": "collecting first cases",
    "gathering": "gathering evidence",
    "open": "open",
    "suspicious": "doubted: all is reviewed",
    "closed": "closed",
    "frozen": "frozen by an admin",
    "always_ask": "always asked",
}
# What Slack takes as the text of a file's picture; that of a block may be twice as long.
_ALT = 1000
_NAME = 34


def figure(share: float) -> str:
    """`3.1`: percent, and no more digits than it deserves."""
    return f"{share * 100:.1f}".removesuffix(".0")


def percent(share: float) -> str:
    return f"{figure(share)} %"


def between(share: Share) -> str:
    """`3.1 % [1.4–5.9]`"""
    return f"{percent(share.rate)} [{figure(share.low)}–{figure(share.high)}]"


def percents(value: float, _position: int | None = None) -> str:
    """Of an axis in percent."""
    return f"{value:g} %"


def minutes(value: float, _position: int | None = None) -> str:
    """Of an axis in minutes."""
    return duration(value) if value else "0"


def duration(length: float) -> str:
    return in_words(timedelta(minutes=length))


def day(of: date) -> str:
    """`3 Mar`"""
    return f"{of.day} {of:%b}"


def few(reviewed: int) -> str:
    return f" n too small: {reviewed}" if reviewed else " none reviewed"


def type_of_error(one: TypeOfError) -> str:
    found = f"{one.type}: {one.count} found"
    return f"{found}, n too small" if one.share is None else f"{found}, {between(one.share)}"


def seen(one: CategoryInReport) -> str:
    """`12 %, target 5–15 %`; in words where it lies, for who does not tell the marks apart."""
    if one.escalation_rate is None:
        return "no case"
    rate = percent(one.escalation_rate)
    if one.band is None:
        return f"{rate}, no target"
    low, high = one.band
    side = ""
    if one.escalation_rate > high:
        side = "too many: "
    elif one.escalation_rate < low:
        side = "too few: "
    return f"{side}{rate}, target {figure(low)}–{percent(high)}"


def by_itself(one: CategoryInReport) -> str:
    """`0.83 and more, until 30 Sep`"""
    if one.threshold is None:
        return _STATES[one.state]
    least = f"{one.threshold:.2f} and more" if one.threshold > 0 else "all of it"
    if one.ends is not None:
        return f"{least}, until {day(one.ends.astimezone(UTC))}"
    return f"{least}, {_STATES[one.state]}"


def alt_text(chart: Chart, report: Report) -> str:
    """The picture in words, with its numbers."""
    return clip(f"{TITLES[chart]}: {'; '.join(_said(chart, report))}.", _ALT)


def _said(chart: Chart, report: Report) -> list[str]:
    match chart:
        case "errors":
            return [_week(one) for one in report.weeks if one.seen.reviewed]
        case "types":
            return [type_of_error(one) for one in report.types]
        case "seen":
            return [f"{_named(one)}: {seen(one)}" for one in report.charted]
        case "by_itself":
            return [f"{_named(one)}: {by_itself(one)}" for one in report.charted]
        case "answers":
            return [answered(one) for one in report.answers if one.count]
        case _:
            assert_never(chart)


def answered(one: WeekOfAnswers) -> str:
    return f"{day(one.began)} {speed(one)}"


def speed(one: WeekOfAnswers) -> str:
    """`half within 6 min, nine of ten within 1 h 20 min`"""
    assert one.half_seconds is not None  # noqa: S101 - there are answers
    assert one.most_seconds is not None  # noqa: S101
    half, most = timedelta(seconds=one.half_seconds), timedelta(seconds=one.most_seconds)
    return f"{HALF} {in_words(half)}, {MOST} {in_words(most)}"


def _week(one: WeekOfErrors) -> str:
    return f"{day(one.began)} {_rate(one.seen)}"


def _rate(seen: Reviewed) -> str:
    if seen.errors is None:
        return f"n too small ({seen.reviewed})"
    return f"{between(seen.errors)} of {seen.reviewed}"


def _named(one: CategoryInReport) -> str:
    return clip(one_line(one.name), _NAME)
