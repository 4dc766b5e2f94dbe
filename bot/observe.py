"""What an operator sees: events in the log and numbers at /metrics."""

from __future__ import annotations

import logging
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

import structlog
from prometheus_client import REGISTRY, Counter, Gauge, Histogram

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SENT = Counter("pullcord_sent_total", "Calls to Slack, by how they went", ["kind", "outcome"])
OPEN = Gauge("pullcord_open", "Open escalations", ["route", "urgency"])
OLDEST = Gauge("pullcord_oldest_open_seconds", "Age of the oldest open escalation")
RELAYS = Gauge(
    "pullcord_callbacks", "Callbacks that are not delivered yet, or were given up", ["state"]
)
CASES = Gauge(
    "pullcord_category_cases", "Cases of a category of the policy in seven days", ["category"]
)
ESCALATION_RATE = Gauge(
    "pullcord_category_escalation_rate", "The share of them that people were asked", ["category"]
)
TARGET_RATE = Gauge(
    "pullcord_category_target_rate", "The most that people should be asked", ["category"]
)
FINDINGS = Gauge("pullcord_findings", "What the auditor finds wrong", ["kind"])
HEARTBEATS = Counter(
    "pullcord_heartbeats_total", "Signs of life to the operators' own watch", ["outcome"]
)
BEHIND = Gauge("pullcord_messages_behind", "Messages that do not yet stand as they should")
WAITING = Gauge("pullcord_waiting_agents", "Agents that wait for an answer at this process")
PAUSED = Gauge("pullcord_paused_agents", "Agents that people have stopped for a while")
SLACK_UP = Gauge("pullcord_slack_up", "1 while Slack answers, 0 while it does not")
POLICY_STALE = Gauge("pullcord_policy_stale", "1 while the policy file cannot be used, else 0")
# Registered only in Socket Mode: elsewhere a socket that is not up would be no trouble.
SOCKET_UP = Gauge("pullcord_socket_up", "1 while Slack's socket is open, else 0", registry=None)
SOCKET_SILENT = Gauge(
    "pullcord_socket_silent_seconds", "Since Slack last sent anything over it", registry=None
)
# Registered only on PostgreSQL: elsewhere there are no others.
LISTENER_UP = Gauge(
    "pullcord_listener_up",
    "1 while this process hears what other replicas commit, else 0",
    registry=None,
)
DIFFERING = Gauge(
    "pullcord_replicas_differ", "Settings in which the replicas differ though they must not"
)
CLICKS = Histogram(
    "pullcord_slack_ack_seconds",
    "From a delivery of Slack to our answer",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3),
)


@contextmanager
def tracing(trace: str | None) -> Iterator[None]:
    """What is logged inside carries the agent's own trace, where it sent one."""
    with structlog.contextvars.bound_contextvars(**({} if trace is None else {"trace": trace})):
        yield


def show_socket(up: Callable[[], float], silent_seconds: Callable[[], float]) -> None:
    """Have /metrics look at the socket from now on."""
    SOCKET_UP.set_function(up)
    SOCKET_SILENT.set_function(silent_seconds)
    for gauge in (SOCKET_UP, SOCKET_SILENT):
        REGISTRY.register(gauge)


def hide_socket() -> None:
    """The opposite of `show_socket`."""
    for gauge in (SOCKET_UP, SOCKET_SILENT):
        REGISTRY.unregister(gauge)


def show_listener(up: Callable[[], float]) -> None:
    """Have /metrics look at the listener from now on."""
    LISTENER_UP.set_function(up)
    REGISTRY.register(LISTENER_UP)


def hide_listener() -> None:
    """The opposite of `show_listener`."""
    REGISTRY.unregister(LISTENER_UP)


def start_logging(form: Literal["console", "json"]) -> None:
    """Events on stderr: for eyes on a terminal, else one JSON object a line."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            # The rich one would print local variables, and with them keys and questions.
            exception_formatter=structlog.dev.plain_traceback,
        )
        if form == "console"
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, renderer]
        if form == "json"
        else [*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processor=renderer,
            foreign_pre_chain=[*shared, structlog.processors.format_exc_info]
            if form == "json"
            else shared,
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
