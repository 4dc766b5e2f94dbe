"""Carries what people do to the app: signed, and with three seconds to answer."""

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
        body = urlencode({"payload": orjson.dumps(payload).decode()}).encode()
        return await self._send(payload["type"], body, _FORM, summary)

    async def command(self, fields: dict[str, str]) -> Answer:
        """Deliver a slash command."""
        summary = f"{fields['command']} {fields['text']}".strip()
        return await self._send("command", urlencode(fields).encode(), _FORM, summary)

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
        body = orjson.dumps(envelope)
        what = f"event {event['type']}"
        first = await self._send(what, body, "application/json", summary)
        if not first.ok and not first.final:
            task = asyncio.create_task(self._again(what, body, summary, first))
            self._retries.add(task)
            task.add_done_callback(self._retries.discard)
        return first

    async def _again(self, what: str, body: bytes, summary: str, failed: Answer) -> None:
        for number, wait in enumerate(self.retry_waits, start=1):
            await asyncio.sleep(wait)
            reason = _RETRY_REASONS.get(failed.error or "", "http_error")
            retry = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": reason}
            failed = await self._send(what, body, "application/json", summary, retry)
            if failed.ok or failed.final:
                return

    async def _send(
        self,
        what: str,
        body: bytes,
        content_type: str,
        summary: str,
        more: dict[str, str] | None = None,
    ) -> Answer:
        headers = signed_headers(self.signing_secret, int(self._workspace.now()), body)
        headers |= {"Content-Type": content_type, "User-Agent": "Slackbot 1.0", **(more or {})}
        started = time.perf_counter()
        answer = await self._post(body, headers, started)
        detail = f"{summary} · {answer.error}" if answer.error else summary
        self._workspace.log.add(TO_APP, what, status=answer.status, ms=answer.ms, summary=detail)
        self._workspace.changes.happened()
        return answer

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
