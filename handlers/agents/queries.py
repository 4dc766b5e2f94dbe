"""What stands in the address and the headers, checked like a body: nothing is silently dropped."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from bot.domain.errors import Fault, NotFoundError
from bot.domain.escalation import Status
from bot.domain.intake import refuse
from bot.domain.trace import trace_of
from handlers.agents.problems import DoorError

if TYPE_CHECKING:
    from aiohttp import web

LONGEST_WAIT = 55.0
_LIMIT, _MOST = 50, 200
_ID = re.compile(r"esc_[0-9A-Za-z]{1,60}")
_NAME = re.compile("[^\0\ud800-\udfff]{1,64}")
_KEY = re.compile(r"[\x20-\x7e]{1,255}")
_SECONDS = re.compile(r"[0-9]{1,20}(\.[0-9]{1,20})?")
_WAIT = re.compile(r"""(?:^|[,;])\s*wait\s*=\s*"?([^",;]*)"?""", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Which page of which escalations."""

    status: Status | None
    category: str | None
    group_key: str | None
    after: str | None
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """How long to wait, and what to say of the client's preference."""

    seconds: float
    applied: str | None


def escalation_id(request: web.Request) -> str:
    """Raises NotFoundError for what cannot be an id, before the database sees it."""
    sent = request.match_info["id"]
    if not _ID.fullmatch(sent):
        raise NotFoundError(f"There is no escalation {sent[:64]!r}.")
    return sent


def category_name(request: web.Request) -> str:
    """Raises NotFoundError for what cannot be a name, before the database sees it."""
    sent = request.match_info["name"]
    if not _NAME.fullmatch(sent):
        raise NotFoundError(f"There is no category {sent[:64]!r}.")
    return sent


def idempotency_key(request: web.Request) -> str:
    """Raises DoorError."""
    sent = request.headers.getall("Idempotency-Key", [])
    if len(sent) != 1 or not _KEY.fullmatch(sent[0]):
        raise DoorError(
            "idempotency_key_required",
            "Send one Idempotency-Key of 1 to 255 printable characters: the same for every try "
            "of one question, another for another question.",
        )
    return sent[0]


def listing(request: web.Request) -> Listing:
    """Raises InvalidError."""
    sent = _once_each(request, "status", "category", "group_key", "after", "limit")
    faults = []
    statuses = get_args(Status)
    status = sent.get("status")
    if status is not None and status not in statuses:
        faults.append(Fault("?status", f"must be one of {', '.join(statuses)}"))
    faults += [
        Fault(f"?{name}", f"must be 1 to {longest} characters of text")
        for name, longest in (("category", 64), ("group_key", 256))
        if name in sent and not re.fullmatch(f"[^\0\ud800-\udfff]{{1,{longest}}}", sent[name])
    ]
    limit = sent.get("limit", str(_LIMIT))
    if not re.fullmatch("[0-9]{1,3}", limit) or not 1 <= int(limit) <= _MOST:
        faults.append(Fault("?limit", f"must be a whole number from 1 to {_MOST}"))
    after = None
    if "after" in sent and (after := _id_in(sent["after"])) is None:
        faults.append(Fault("?after", "must be `next` of an earlier page, as it came"))
    if faults:
        refuse(faults)
    return Listing(
        status=status,  # type: ignore[arg-type]  # one of the literals, or refused above
        category=sent.get("category"),
        group_key=sent.get("group_key"),
        after=after,
        limit=int(limit),
    )


def cursor(last_id: str) -> str:
    """Opaque to agents, so that we may change what pages are cut by."""
    return urlsafe_b64encode(last_id.encode()).decode().rstrip("=")


def wait(request: web.Request) -> Wait:
    """`?wait=` or, where it is not given, `Prefer: wait=`. Raises InvalidError."""
    sent = _once_each(request, "wait")
    if "wait" in sent:
        return Wait(seconds=_seconds(sent["wait"], "?wait"), applied=None)
    preferred = _WAIT.search(",".join(request.headers.getall("Prefer", [])))
    if preferred is None:
        return Wait(seconds=0, applied=None)
    seconds = _seconds(preferred.group(1).strip(), "Prefer")
    return Wait(seconds=seconds, applied=f"wait={seconds:g}")


def no_parameters(request: web.Request) -> None:
    """This address takes none. Raises InvalidError."""
    _once_each(request)


def traceparent(request: web.Request) -> str | None:
    """The caller's place in its own trace; what is not valid counts as not sent (W3C)."""
    sent = request.headers.getall("traceparent", [])
    return trace_of(sent[0].strip()) if len(sent) == 1 else None


def has_current(request: web.Request, version: int) -> bool:
    """Whether `If-None-Match` names this version (weakly compared, RFC 9110 §13.1.2)."""
    named = request.if_none_match or ()
    return any(tag.value in {"*", str(version)} for tag in named)


def _seconds(text: str, where: str) -> float:
    if not _SECONDS.fullmatch(text):
        refuse([Fault(where, "must be a number of seconds, such as 55")])
    return min(float(text), LONGEST_WAIT)


def _once_each(request: web.Request, *known: str) -> dict[str, str]:
    faults = [
        Fault(f"?{name}", f"unknown parameter; there are {', '.join(known) or 'none here'}")
        for name in request.query
        if name not in known
    ] + [
        Fault(f"?{name}", "is there twice")
        for name in known
        if len(request.query.getall(name, [])) > 1
    ]
    if faults:
        refuse(faults)
    return dict(request.query)


def _id_in(text: str) -> str | None:
    try:
        found = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
    except ValueError:
        return None
    return found if _ID.fullmatch(found) else None
