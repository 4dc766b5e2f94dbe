"""The composition root: settings → rooms → doors, started and stopped in order."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import aiohttp
import structlog
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot import observe
from bot.domain.errors import PullcordError
from bot.senders.agent import agent_sender
from bot.senders.answers import SlackUnreachableError
from bot.senders.files import FileSender
from bot.senders.heartbeat import beat
from bot.senders.slack import SlackSender
from bot.settings import hidden_from_bolt
from bot.start import (
    DatabaseClock,
    StartError,
    TimeOrderedIds,
    make_desk,
    only_process,
    prepare_database,
    same_secrets,
)
from bot.store import escalations, messages, pauses, relays, schema
from bot.usecases.advance import advance_what_is_due
from bot.usecases.check_learning import check_learning
from bot.usecases.compare import compare
from bot.usecases.desk import Desk, Workspace
from bot.usecases.home import refresh_homes
from bot.usecases.keys import write_down_uses
from bot.usecases.learn_people import everything_again
from bot.usecases.look_again import look_twice, show_known_errors
from bot.usecases.make_digest import make_due_digests
from bot.usecases.make_report import make_due_report
from bot.usecases.overlays import propose_rules
from bot.usecases.pauses import tell_cards
from bot.usecases.plan_sampling import plan_the_day
from bot.usecases.quarterly_review import review_quarter
from bot.usecases.retention import remove_what_is_old
from bot.usecases.review_case import end_overdue_reviews
from bot.usecases.review_sessions import make_due_sessions
from bot.usecases.seal import make_checkpoint, seal_what_is_new
from bot.usecases.send_card import free_leases, try_again
from bot.usecases.show import look_for_everybody
from bot.usecases.sweep import sweep
from bot.usecases.watch_rates import watch_rates
from bot.workers.auditor import EVERY_SECONDS as AUDIT_SECONDS
from bot.workers.auditor import Auditor
from bot.workers.census import Census
from bot.workers.outbox import Outbox
from bot.workers.pictures import Pictures
from bot.workers.policy_file import LOOK_SECONDS, PolicyFile, say_what_is_idle
from bot.workers.relays import Relays
from bot.workers.ticker import Ticker
from bot.workers.waker import CommitWaker
from handlers import agents, health, slack

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from slack_bolt.app.async_app import AsyncApp

    from bot.settings import Settings
    from bot.store.tx import Tx

log = structlog.get_logger()

# Shorter than a sender's lease (bot/store/messages.py): whoever still waits still owns.
_SLACK_SECONDS = 10.0
_GAUGES_SECONDS = 15.0
_COMPARE_SECONDS = 10.0
# A week of cases is counted, and changes slowly.
_RATES_SECONDS = 60.0
# A stop takes no longer than these together: requests, then workers, then the database.
_FINISH_SECONDS = 5.0
_STOP_SECONDS = 12.0
# Who waits for an answer is looked for this often, whatever the wake-up calls say.
_SWEEP_SECONDS = 5.0
_KEYS_SECONDS = 60.0
_COPIES_SECONDS = 10.0
_DIGEST_SECONDS = 5.0


def _machine_now() -> datetime:
    # It is this machine's own clock that is compared with the database's.
    return datetime.now(UTC)  # noqa: TID251


class House:
    """All rooms of one running bot. Made once; started and stopped in order."""

    def __init__(
        self,
        settings: Settings,
        desk: Desk,
        waker: CommitWaker,
        instance: str,
        monotonic: Callable[[], float] = time.monotonic,
        machine_now: Callable[[], datetime] = _machine_now,
    ) -> None:
        self.desk = desk
        self._settings = settings
        self._waker = waker
        self._instance = instance
        self._ticker = Ticker()
        self._schema: str | None = None
        self._policy = PolicyFile(settings.pullcord_policy_file, desk, self._meet_new_people)
        self._slack = "waiting"
        self._monotonic = monotonic
        self._draining = False
        self._machine_now = machine_now
        self.socket: slack.Socket | None = None
        desk.checkup = self.check

    async def start(self) -> web.Application:
        """The application with every door, and the workers behind it running.

        Raises SettingError, StartError.
        """
        access = self._settings.need_slack()
        ledger = self.desk.ledger
        await prepare_database(ledger)
        say_what_is_idle(self.desk.book, str(self._settings.pullcord_policy_file))
        if self._settings.sqlite_file is not None:
            await free_leases(self.desk)
        # Slack's library minds its own timeout only with a session of its own.
        self._session = aiohttp.ClientSession(
            trust_env=False, timeout=aiohttp.ClientTimeout(total=_SLACK_SECONDS)
        )
        client = self._client(access.bot_token)
        self.sender = SlackSender(client)
        self.pictures = Pictures(self.desk, FileSender(client), instance=self._instance)
        self._census = Census(self.desk, self.sender, self._instance)
        self._outbox = Outbox(
            self.desk,
            self.sender,
            instance=self._instance,
            admin_channel=self._settings.pullcord_admin_channel,
            audit_channel=self._settings.pullcord_audit_channel,
        )
        self._on_stop = AsyncExitStack()
        to_agents = await self._on_stop.enter_async_context(agent_sender(self.desk.callback_allow))
        self._relays = Relays(self.desk, to_agents, instance=self._instance)
        watch = self._settings.pullcord_heartbeat_url
        self.auditor = Auditor(
            self.desk,
            instance=self._instance,
            machine_now=self._machine_now,
            beat=None if watch is None else partial(beat, self._session, watch),
        )
        app = web.Application(
            middlewares=[agents.problem_middleware], client_max_size=16 * 1024 * 1024
        )
        app.on_response_prepare.append(self._say_goodbye)
        agents.add_routes(app, self.desk)
        health.add_routes(app, self.desk, self)
        with hidden_from_bolt():
            bolt = slack.make_bolt(self.desk, client)
        if access.signing_secrets:
            slack.add_route(app, bolt, access.signing_secrets)

        # Counted when asked: agents come and go faster than the other gauges are measured.
        observe.WAITING.set_function(lambda: self._waker.waiting)
        # Last, when nothing can fail any more: the workers.
        if ledger.hears_others is not None:
            ledger.listen()
            observe.show_listener(lambda: bool(ledger.hears_others))
        self._hello = asyncio.create_task(self._until_slack_answers())
        self._hello.add_done_callback(_say_if_it_died)
        self._outbox.start()
        self.pictures.start()
        self._relays.start()
        self._ticker.every(1, "timers", lambda: advance_what_is_due(self.desk))
        self._ticker.every(1, "pauses", lambda: tell_cards(self.desk))
        # A bot that never lives for long brings together what is due all the same.
        self._ticker.every(
            _DIGEST_SECONDS, "digests", lambda: make_due_digests(self.desk), at_once=True
        )
        self._ticker.every(
            _DIGEST_SECONDS, "report", lambda: make_due_report(self.desk), at_once=True
        )
        self._ticker.every(3600, "proposals", lambda: propose_rules(self.desk))
        self._ticker.every(86_400, "learning", lambda: check_learning(self.desk))
        self._ticker.every(600, "quarter", lambda: review_quarter(self.desk), at_once=True)
        self._ticker.every(60, "sampling", lambda: plan_the_day(self.desk), at_once=True)
        self._ticker.every(
            _DIGEST_SECONDS, "sessions", lambda: make_due_sessions(self.desk), at_once=True
        )
        self._ticker.every(60, "reviews", lambda: end_overdue_reviews(self.desk))
        self._ticker.every(3600, "second looks", lambda: look_twice(self.desk))
        self._ticker.every(3600, "known errors", lambda: show_known_errors(self.desk))
        self._ticker.every(_SWEEP_SECONDS, "waiting", lambda: look_for_everybody(self.desk))
        self._ticker.every(LOOK_SECONDS, "policy", self._policy.look)
        self._ticker.every(2, "seal", lambda: seal_what_is_new(self.desk))
        self._ticker.every(3600, "checkpoint", lambda: make_checkpoint(self.desk))
        keep = self._settings.pullcord_retention
        self._ticker.every(3600, "retention", lambda: remove_what_is_old(self.desk, keep))
        self._ticker.every(1, "homes", lambda: refresh_homes(self.desk, self.sender))
        self._ticker.every(_COPIES_SECONDS, "copies", self.look_for_copies)
        self._ticker.every(_GAUGES_SECONDS, "gauges", self.measure)
        self._ticker.every(_RATES_SECONDS, "rates", self.measure_rates)
        if ledger.hears_others is not None:
            self._ticker.every(_COMPARE_SECONDS, "compare", self.compare)
        self._ticker.every(AUDIT_SECONDS, "auditor", self.auditor.look)
        self._ticker.every(_KEYS_SECONDS, "keys", lambda: write_down_uses(self.desk))
        if access.app_token:
            self._open_socket(bolt, self._client(access.app_token))
        self._ticker.start()
        return app

    def _client(self, token: str) -> AsyncWebClient:
        return AsyncWebClient(
            token,
            base_url=self._settings.slack_api_url,
            timeout=int(_SLACK_SECONDS),
            session=self._session,
            retry_handlers=[],  # its own retry posts a card twice when an answer is lost
        )

    def _open_socket(self, bolt: AsyncApp, client: AsyncWebClient) -> None:
        socket = slack.Socket(bolt, client, monotonic=self._monotonic, dice=random.SystemRandom())
        self.watchdog = slack.Watchdog(self.desk, socket, self._monotonic)
        socket.start()
        self._ticker.every(1, "socket", self.watchdog.look)
        observe.show_socket(lambda: socket.state == "ok", lambda: socket.silent_seconds)
        self.socket = socket

    async def stop(self) -> None:
        """Doors are closed by now: finish what is under way, then let go."""
        if self.socket is not None:
            observe.hide_socket()
            await self.socket.stop()
        await self._ticker.stop()
        await self.auditor.stop()
        self._hello.cancel()
        with suppress(asyncio.CancelledError):
            await self._hello
        await self._census.stop()
        await self._witness_the_end()
        await self._outbox.stop()
        await self.pictures.stop()
        await self._relays.stop()
        with suppress(PullcordError):
            await write_down_uses(self.desk)
        self._waker.wake_everybody()
        if self.desk.ledger.hears_others is not None:
            observe.hide_listener()
        await self._session.close()
        await self._on_stop.aclose()

    async def _witness_the_end(self) -> None:
        """A last checkpoint; without the database there is none, and the stop goes on."""
        try:
            await make_checkpoint(self.desk)
        except PullcordError as error:
            log.warning("audit.no_last_checkpoint", reason=str(error))

    async def check(self) -> dict[str, str]:
        """What /readyz says, part by part."""
        trouble = self._policy.trouble
        found = {
            "database": "ok",
            "schema": "unknown",
            "policy": "ok" if trouble is None else f"stale: {trouble}",
            "slack": self._slack_now,
        }
        hears = self.desk.ledger.hears_others
        if hears is not None:
            found["listener"] = "ok" if hears else "down"
        if self._draining:
            found["process"] = "stopping"
        try:
            standing = await self.desk.ledger.read(schema.standing_now)
        except PullcordError as error:
            return found | {"database": type(error).__name__}
        return found | {"schema": "ok" if schema.usable(standing) else standing}

    def drain(self) -> None:
        """From now on /readyz sends everybody elsewhere, and no connection is kept open."""
        self._draining = True

    def reload_policy(self) -> None:
        """Within a second, and without waiting whether the file is still being written."""
        self._policy.hurry()

    @property
    def _slack_now(self) -> str:
        """The worse of the two ways: ours to Slack, and in Socket Mode Slack's to us."""
        ways = {self._slack, self.socket.state if self.socket else "ok"}
        return next(state for state in ("waiting", "degraded", "ok") if state in ways)

    async def measure(self) -> None:
        """Bring the gauges of /metrics up to date."""
        waiting, behind, told, paused, now = await self.desk.ledger.read(_counts)
        observe.OPEN.clear()
        for route, urgency, count, _ in waiting:
            observe.OPEN.labels(route=route, urgency=urgency).set(count)
        oldest = min((moment for *_, moment in waiting), default=now)
        observe.OLDEST.set((now - oldest).total_seconds())
        observe.BEHIND.set(behind)
        observe.PAUSED.set(paused)
        for state in ("pending", "dead"):
            observe.RELAYS.labels(state=state).set(told.get(state, 0))

    async def measure_rates(self) -> None:
        """How much people see of each category of the policy, beside what they should."""
        rates = await watch_rates(self.desk)
        for gauge in (observe.CASES, observe.ESCALATION_RATE, observe.TARGET_RATE):
            gauge.clear()
        for one in rates:
            observe.CASES.labels(category=one.category).set(one.volume.cases)
            observe.TARGET_RATE.labels(category=one.category).set(one.band[1])
            if one.volume.escalation_rate is not None:
                observe.ESCALATION_RATE.labels(category=one.category).set(
                    one.volume.escalation_rate
                )

    async def look_for_copies(self) -> None:
        """Close cards that a lost answer left standing in a channel."""
        await sweep(self.desk, self.sender, self._instance)

    async def compare(self) -> None:
        """Say what is in force here, and look whether all replicas say the same."""
        mine = {"PULLCORD_SECRET": same_secrets(self._settings), "policy": self.desk.book.version}
        differing = await compare(self.desk, mine)
        observe.DIFFERING.set(len(differing))
        if differing:
            log.warning("replicas.differ", what=differing)

    async def _say_goodbye(self, _request: web.Request, answer: web.StreamResponse) -> None:
        if self._draining:
            # Its next question goes to another replica, and finds no connection just closed.
            answer.headers["Connection"] = "close"
            answer.force_close()

    async def _meet_new_people(self) -> None:
        """Whom a new policy names may decide at once; before Slack has answered, nobody may."""
        if self._slack != "waiting":
            await everything_again(self.desk)

    async def _until_slack_answers(self) -> None:
        """Ask Slack who we are until it says so, then once a minute whether it still answers."""
        wait = 0.5
        while True:
            if await self.ask_slack():
                wait = 0.5
                await asyncio.sleep(60)
            else:
                await asyncio.sleep(wait)
                wait = min(wait * 2, 30)

    async def ask_slack(self) -> bool:
        """Whether Slack answers now; /readyz, a metric and the log say so too."""
        try:
            await self._meet_slack()
            if self._slack != "ok":
                # What an operator had to mend may be mended now.
                await try_again(self.desk)
        except (SlackUnreachableError, PullcordError) as error:
            self._slack = "waiting" if self._slack == "waiting" else "degraded"
            observe.SLACK_UP.set(0)
            log.warning("slack.unreachable", reason=str(error))
            return False
        self._slack = "ok"
        observe.SLACK_UP.set(1)
        return True

    async def _meet_slack(self) -> None:
        hello = await self.sender.hello()
        self.desk.workspace = Workspace(
            team_id=hello["team_id"], url=hello["url"], bot_user_id=hello["user_id"]
        )
        if self._slack == "waiting":
            # Ready means that people can decide, and nobody may whom we do not know.
            await self._census.take()
            await everything_again(self.desk)
            self._census.start()
            log.info("slack.reached", team=hello["team_id"])


def _say_if_it_died(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("slack.watch_died", exc_info=error)


def _counts(
    tx: Tx,
) -> tuple[list[tuple[str, str, int, datetime]], int, dict[str, int], int, datetime]:
    paused = len(pauses.every(tx))
    return escalations.open_now(tx), messages.behind(tx), relays.counts(tx), paused, tx.now()


async def serve(settings: Settings) -> None:
    """Run until SIGTERM or Ctrl-C. Raises SettingError, PolicyError, StartError."""
    settings.need_slack()
    async with only_process(settings.sqlite_file):
        ids = TimeOrderedIds()
        desk, waker = make_desk(settings, DatabaseClock(), ids)
        house = House(settings, desk, waker, ids.new("bot"))
        stop = _Stop()
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, house.reload_policy)
        try:
            app = await house.start()
        except BaseException:
            await desk.ledger.close()
            raise
        try:
            runner = agents.ProblemRunner(app, shutdown_timeout=_FINISH_SECONDS)
            await runner.setup()
            try:
                await web.TCPSite(runner, settings.pullcord_host, settings.pullcord_port).start()
            except OSError as error:
                raise StartError(
                    f"Cannot listen on {settings.pullcord_host}:{settings.pullcord_port} "
                    f"({error.strerror}). Set PULLCORD_HOST and PULLCORD_PORT."
                ) from None
            address = runner.addresses[0]
            log.info("bot.ready", address=f"http://{address[0]}:{address[1]}")
            await stop.wanted()
            house.drain()
            log.info("bot.stopping", drain_seconds=settings.pullcord_drain_seconds)
            await stop.wanted_again(settings.pullcord_drain_seconds)
            waker.wake_everybody()
            await runner.cleanup()
        finally:
            await _in_time(house.stop())
            await _in_time(desk.ledger.close())
        log.info("bot.stopped")


class _Stop:
    """SIGTERM or Ctrl-C; a second one is in a hurry."""

    def __init__(self) -> None:
        self._asked = asyncio.Event()
        self._again = asyncio.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, self._hear)

    def _hear(self) -> None:
        (self._again if self._asked.is_set() else self._asked).set()

    async def wanted(self) -> None:
        await self._asked.wait()

    async def wanted_again(self, seconds: float) -> None:
        """Until then, or until the time is over."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._again.wait(), seconds)


async def _in_time(work: Coroutine[object, object, None]) -> None:
    """What is cut off here is taken up by another replica, or at the next start."""
    try:
        await asyncio.wait_for(work, _STOP_SECONDS)
    except TimeoutError:
        log.warning("stop.cut_off", seconds=_STOP_SECONDS)
