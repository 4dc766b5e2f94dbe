"""What a value of the policy file can be: a description for people, and how to read it.

A reader raises ValueError: empty when the description says enough, else with better words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from bot.domain.durations import parse_duration
from bot.policy.book import Limit
from bot.policy.findings import nearest, one_of, quoted

T = TypeVar("T")


@dataclass(frozen=True)
class Kind(Generic[T]):
    """`read` gets the value as it was written, and whether it stood in quotes."""

    what: str
    read: Callable[[str, bool], T]


def text(what: str, longest: int) -> Kind[str]:
    def read(value: str, _quoted: bool) -> str:
        if not value.strip():
            raise ValueError
        if len(value) > longest:
            raise ValueError(f"{what} of at most {longest} characters, got {len(value)}")
        return value

    return Kind(what, read)


def shaped(what: str, pattern: str) -> Kind[str]:
    """A text that matches a pattern as a whole."""
    shape = re.compile(pattern)

    def read(value: str, _quoted: bool) -> str:
        if not shape.fullmatch(value):
            raise ValueError
        return value

    return Kind(what, read)


def whole(least: int) -> Kind[int]:
    def read(value: str, quoted: bool) -> int:
        if quoted or not re.fullmatch("[0-9]{1,9}", value) or int(value) < least:
            raise ValueError
        return int(value)

    return Kind(f"a whole number of at least {least}", read)


def choice(options: Sequence[Any]) -> Kind[Any]:
    """One of a few words."""

    def read(value: str, _quoted: bool) -> str:
        if value not in options:
            raise ValueError(f"{one_of(options)}, got {quoted(value)}{nearest(value, options)}")
        return value

    return Kind(one_of(options), read)


def duration(longest: timedelta, *, or_none: bool = False) -> Kind[timedelta]:
    """`or_none`: zero may be said as well."""
    what = f"a duration such as {'10s' if or_none else '30m, 4h or 7d'}"

    def read(value: str, _quoted: bool) -> timedelta:
        try:
            length = parse_duration(value)
        except ValueError:
            raise ValueError from None
        if or_none and not length:
            return length
        if not timedelta(0) < length <= longest:
            most = f"{longest.days}d" if longest.days else f"{longest.seconds // 60}m"
            least = "" if or_none else "longer than zero and "
            raise ValueError(f"{what}, {least}at most {most}, got {quoted(value)}")
        return length

    return Kind(what, read)


def _flag(value: str, is_quoted: bool) -> bool:
    if is_quoted or value not in {"true", "false"}:
        raise ValueError
    return value == "true"


def _limit(value: str, _quoted: bool) -> Limit:
    count, _, per = value.partition("/")
    if not re.fullmatch("[0-9]{1,9}", count) or int(count) < 1:
        raise ValueError
    return Limit(count=int(count), per=PERIOD.read(per, False))


def _share(value: str, is_quoted: bool) -> float:
    if is_quoted or not re.fullmatch(r"[01]|[01]?\.[0-9]{1,9}", value) or float(value) > 1:
        raise ValueError
    return float(value)


def _email(value: str, _quoted: bool) -> str:
    if not re.fullmatch(r"[^\s@<>|]{1,64}@[^\s@<>|]{1,190}", value):
        raise ValueError
    return value.casefold()


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _zone(value: str, _quoted: bool) -> str:
    if value not in _zones():
        raise ValueError(
            f"an IANA time zone such as Europe/London, got {quoted(value)}"
            + nearest(value, _zones())
        )
    ZoneInfo(value)  # read and kept now: when a card is drawn nobody may wait for the disk
    return value


PERIOD = duration(timedelta(days=3650))
FLAG = Kind("true or false", _flag)
LIMIT = Kind("a number per duration such as 20/1d", _limit)
ZONE = Kind("an IANA time zone such as Europe/London", _zone)
SHARE = Kind("a number from 0 to 1 such as 0.15", _share)
NAME = shaped("a name of letters, digits, - and _", r"\w[\w.-]{0,63}")
USER = shaped("a Slack user id such as U0123ABCD", "[UW][A-Z0-9]{2,20}")
USERGROUP = shaped("a Slack usergroup id such as S0123ABCD", "S[A-Z0-9]{2,20}")
EMAIL = Kind("an e-mail address such as ada@example.com", _email)
CHANNEL = shaped(
    'a Slack channel id such as C0123ABCD, or "#name" in quotes',
    r"[CGD][A-Z0-9]{2,20}|#[^\sA-Z#@<>|,]{1,80}",
)
RULE_NAME = shaped("a name on one line, of at most 100 characters", r"(?=.*\S).{1,100}")
KEY = text("the NAME of an API key", 128)
AGENT = shaped(
    "the NAME of an API key: letters, digits, '.', - and _", "[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
)
LABEL = text("a name", 64)
