"""Carries what people do to the app, over its socket or signed by HTTP: three seconds to answer."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp
import orjson

from sandbox.activity import TO_APP
from sandbox.clocks import new_id
from sandbox.events import subscription
from sandbox.records import APP_ID, BOT_USER_ID, TEAM_ID, Json
from sandbox.signing import signed_headers
from sandbox.sockets import Kind, Sockets
from sandbox.workspace import Workspace

ANSWER_SECONDS = 3.0
# Slack tries an event three more times: at once, after a minute, after five.
RETRY_WAITS = (0.0, 60.0, 300.0)
# What apps of old compared; Slack still sends it.
VERIFICATION_TOKEN = "sandbox-verification-token"  # noqa: S105

_RETRY_REASONS = {"timed_out": "http_timeout", "connection_failed": "connection_failed"}
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    """What the app said; status 0 means that it said nothing in time."""

    status: int
    ms: float
    body: str
    error: str | None = None
    # The app asked to be left alone with this one: `X-Slack-No-Retry: 1`.
    final: bool = False

    @property
    def ok(self) -> bool:
        """Whether Slack takes the delivery for received."""
        return 200 <= self.status < 300

    def json(self) -> Json | None:
        """Return the body as an object (an empty body is an empty one), None when it is neither."""
        if not self.body.strip():
            return {}
        try:
            value: Any = orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return None
        return value if isinstance(value, dict) else None

    def as_json(self) -> Json:
        """What the control API reports."""
        answer: Json = {"status": self.status, "ms": round(self.ms, 1), "body": self.body}
        return answer | ({"error": self.error} if self.error else {})


KEPT_BACK = Answer(0, 0.0, "", "not_subscribed")


@dataclass(frozen=True, kw_only=True)
class _Parcel:
    """What is to be carried, whichever way it goes."""

    what: str
    summary: str
    kind: Kind
    payload: Json
    # Whether the app's answer may carry more than "received".
    answerable: bool

    def as_http(self) -> tuple[bytes, str]:
        """The body and its type, as Slack posts them."""
        match self.kind:
            case "events_api":
                return orjson.dumps(self.payload), "application/json"
            case "interactive":
                form = {"payload": orjson.dumps(self.payload).decode()}
                return urlencode(form).encode(), _FORM
            case "slash_commands":
                return urlencode(self.payload).encode(), _FORM


class Delivery:
    """The way from Slack to the app."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        signing_secret: str,
        events_url: str,
        answer_seconds: float = ANSWER_SECONDS,
        retry_waits: tuple[float, ...] = RETRY_WAITS,
    ) -> None:
        """Deliver to `events_url`; it, the secret and the waits may change while running.

        A test that is about something else may be more patient than Slack.
        """
        self._answer_seconds = answer_seconds
        self.signing_secret = signing_secret
        self.events_url = events_url
        self.sockets = Sockets(self._of_the_socket)
        self.retry_waits = retry_waits
        self._workspace = workspace
        self._session: aiohttp.ClientSession | None = None
        self._retries: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Get ready; call inside the loop that will deliver."""
        # No limit: two hundred people may click at the same moment.
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            timeout=aiohttp.ClientTimeout(total=self._answer_seconds),
        )

    async def close(self) -> None:
        """Give up retries and connections."""
        for task in self._retries:
            task.cancel()
        await asyncio.gather(*self._retries, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def interact(self, payload: Json, summary: str) -> Answer:
        """Deliver a click, a submission or a closed view."""
        what = payload["type"]
        answerable = what in {"view_submission", "block_suggestion"}
        parcel = _Parcel(
            what=what, summary=summary, kind="interactive", payload=payload, answerable=answerable
        )
        return await self._send(parcel)

    async def command(self, fields: dict[str, str]) -> Answer:
        """Deliver a slash command."""
        summary = f"{fields['command']} {fields['text']}".strip()
        parcel = _Parcel(
            what="command",
            summary=summary,
            kind="slash_commands",
            payload=dict(fields),
            answerable=True,
        )
        return await self._send(parcel)

    async def anything(self, kind: Kind, payload: Any) -> Answer:
        """Deliver what no person does: for apps that want to be sure of themselves."""
        parcel = _Parcel(what=kind, summary="on order", kind=kind, payload=payload, answerable=True)
        return await self._send(parcel)

    async def event(self, event: Json, summary: str) -> Answer:
        """Deliver an event; a failure is tried again in the background, as Slack does.

        What the app has not subscribed to (or has no scope for) is kept back.
        """
        if not self._workspace.installation.hears(subscription(event)):
            return KEPT_BACK
        envelope = {
            "token": VERIFICATION_TOKEN,
            "team_id": TEAM_ID,
            "api_app_id": APP_ID,
            "event": event,
            "type": "event_callback",
            "event_id": new_id("Ev"),
            "event_time": int(self._workspace.now()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": TEAM_ID,
                    "user_id": BOT_USER_ID,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
        }
        parcel = _Parcel(
            what=f"event {event['type']}",
            summary=summary,
            kind="events_api",
            payload=envelope,
            answerable=False,
        )
        first = await self._send(parcel)
        if not first.ok and not first.final:
            task = asyncio.create_task(self._again(parcel, first))
            self._retries.add(task)
            task.add_done_callback(self._retries.discard)
        return first

    async def _again(self, parcel: _Parcel, failed: Answer) -> None:
        for number, wait in enumerate(self.retry_waits, start=1):
            await asyncio.sleep(wait)
            failed = await self._send(parcel, attempt=number, reason=failed.error)
            if failed.ok or failed.final:
                return

    async def _send(
        self, parcel: _Parcel, *, attempt: int = 0, reason: str | None = None
    ) -> Answer:
        over_socket = self.sockets.connected
        carry = self._over_socket if over_socket else self._over_http
        answer = await carry(parcel, attempt, reason)
        words = [parcel.summary, *(["over the socket"] if over_socket else [])]
        detail = " · ".join([*words, *([answer.error] if answer.error else [])])
        self._workspace.log.add(
            TO_APP, parcel.what, status=answer.status, ms=answer.ms, summary=detail
        )
        self._workspace.changes.happened()
        return answer

    async def _over_socket(self, parcel: _Parcel, attempt: int, reason: str | None) -> Answer:
        more: Json = {"accepts_response_payload": parcel.answerable}
        if parcel.kind == "events_api":
            why = "timeout" if reason == "timed_out" else reason
            more |= {"retry_attempt": attempt, "retry_reason": why or ""}
        started = time.perf_counter()
        try:
            said = await self.sockets.deliver(
                parcel.kind, parcel.payload, self._answer_seconds, **more
            )
        except TimeoutError:
            return Answer(0, _ms(started), "", "timed_out")
        except ConnectionError:
            return Answer(0, _ms(started), "", "connection_failed")
        return Answer(200, _ms(started), "" if said is None else orjson.dumps(said).decode())

    async def _over_http(self, parcel: _Parcel, attempt: int, reason: str | None) -> Answer:
        body, content_type = parcel.as_http()
        headers = signed_headers(self.signing_secret, int(self._workspace.now()), body)
        headers |= {"Content-Type": content_type, "User-Agent": "Slackbot 1.0"}
        if attempt:
            why = {"timed_out": "http_timeout", "connection_failed": "connection_failed"}.get(
                reason or "", "http_error"
            )
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": why}
        return await self._post(body, headers, time.perf_counter())

    def _of_the_socket(self, what: str, summary: str) -> None:
        self._workspace.log.add(TO_APP, what, status=200, ms=0, summary=summary)
        self._workspace.changes.happened()

    async def _post(self, body: bytes, headers: dict[str, str], started: float) -> Answer:
        if self._session is None:
            raise RuntimeError("Delivery.open() has not been called")
        try:
            async with self._session.post(self.events_url, data=body, headers=headers) as response:
                text = await response.text(errors="replace")
                final = response.headers.get("X-Slack-No-Retry") == "1"
                return Answer(response.status, _ms(started), text, final=final)
        except TimeoutError:
            return Answer(0, _ms(started), "", "timed_out")
        except (aiohttp.ClientError, OSError, ValueError):
            return Answer(0, _ms(started), "", "connection_failed")


def _ms(started: float) -> float:
    return (time.perf_counter() - started) * 1000
