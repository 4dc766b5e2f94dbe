"""The address of a PostgreSQL database: what may stand in it, and how it is connected to.

The driver reads the address itself, several hosts and certificates included. What it would take
for a setting of the server, and what only libpq knows, is refused before anything is tried.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

#: libpq's options that work here. `channel_binding` and the like are not among them: a
#: promise that the driver cannot keep must not be passed over.
OPTIONS = (
    "application_name", "connect_timeout", "dbname", "host", "options", "passfile", "password",
    "port", "sslcert", "sslcrl", "sslkey", "sslmode", "sslpassword", "sslrootcert",
    "target_session_attrs", "user",
)  # fmt: skip
_SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_SESSIONS = ("any", "primary", "standby", "read-write", "read-only", "prefer-standby")
EXPECTED = "expected sqlite:///FILE or postgresql://user:password@host/name"
_HOST = re.compile(r"(\[[0-9A-Fa-f:.%a-z]*\]|[^:\[\]]*)(:[0-9]{1,5})?")
_PORTS = re.compile(r"[0-9]{1,5}(,[0-9]{1,5})*")
# A click has three seconds in all.
_CONNECT_SECONDS = 2.0


class Address(NamedTuple):
    """What the driver is given."""

    dsn: str
    connect_seconds: float


def is_postgres(database_url: str) -> bool:
    return urlsplit(database_url).scheme.partition("+")[0] in {"postgresql", "postgres"}


def postgres_address(database_url: str) -> Address:
    """Raises ValueError with a sentence for people."""
    parts = urlsplit(database_url)
    path = parts.path.strip("/") and parts.path
    hosts = parts.netloc.rpartition("@")[2]
    if not (hosts or path or parts.query):
        raise ValueError(EXPECTED)
    if not all(_HOST.fullmatch(host) for host in hosts.split(",")):
        raise ValueError("a port is a number")
    kept, seconds = [], _CONNECT_SECONDS
    for option in parts.query.split("&") if parts.query else ():
        # Passed on as it was written, so that nothing is encoded otherwise than it was.
        name, value = next(iter(parse_qsl(option, keep_blank_values=True)), (option, ""))
        _check(name, value)
        if name == "connect_timeout":
            seconds = float(value)
        else:
            kept.append(option)
    query = f"?{'&'.join(kept)}" if kept else ""
    return Address(f"postgresql://{parts.netloc}{path}{query}", seconds)


def _check(name: str, value: str) -> None:
    if name not in OPTIONS:
        raise ValueError(
            f"the option {name!r} is not known here. Leave it out; these are: {', '.join(OPTIONS)}"
        )
    if not value:
        raise ValueError(f"the option {name!r} has no value")
    if name == "sslmode" and value not in _SSL_MODES:
        raise ValueError(f"sslmode is one of {', '.join(_SSL_MODES)}")
    if name == "target_session_attrs" and value not in _SESSIONS:
        raise ValueError(f"target_session_attrs is one of {', '.join(_SESSIONS)}")
    if name == "connect_timeout" and not (value.isascii() and value.isdigit() and int(value)):
        raise ValueError("connect_timeout is a whole number of seconds")
    if name == "port" and not _PORTS.fullmatch(value):
        raise ValueError("a port is a number")


def connector(
    address: Address, name: str, command_seconds: float | None
) -> Callable[[], Awaitable[Any]]:
    """Opens one connection each time it is called; `name` is how the server's operator sees it."""
    import asyncpg  # costs the start on SQLite nothing

    async def connect() -> Any:
        connection = await asyncpg.connect(
            address.dsn, timeout=address.connect_seconds, command_timeout=command_seconds
        )
        settings = {"application_name": name} if "application_name=" not in address.dsn else {}
        if command_seconds is not None:
            # A replica that was stopped in the middle must not hold its locks for ever. Not in
            # the address: some poolers refuse settings that come with the greeting.
            settings["idle_in_transaction_session_timeout"] = f"{command_seconds:.0f}s"
        for setting, value in settings.items():
            await connection.execute("SELECT set_config($1, $2, false)", setting, value)
        return connection

    return connect
