"""Every environment variable, read once. Nothing else in the house looks at the environment."""

from __future__ import annotations

import os
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal, NamedTuple
from urllib.parse import urlsplit

from pydantic import Field, StringConstraints, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.domain.durations import parse_duration
from bot.store.open import sqlite_path

_SLACK = "https://slack.com/api/"


class SettingError(Exception):
    """A setting is missing or wrong; the sentence names it and says what to do."""


class SlackAccess(NamedTuple):
    """How we speak to Slack, and how Slack speaks to us: signed over HTTP, over a socket, or both.

    Without secrets `/slack/events` does not exist; without an app token there is no socket.
    """

    bot_token: str
    signing_secrets: tuple[str, ...]
    app_token: str | None


class Settings(BaseSettings):
    """Names are those of the environment, in lower case."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True
    )

    slack_bot_token: str | None = None
    slack_signing_secret: Annotated[tuple[str, ...], NoDecode] = ()
    slack_app_token: str | None = None
    slack_api_url: str = _SLACK
    pullcord_database_url: str = "sqlite:///pullcord.db"
    pullcord_policy_file: Path = Path("policy.yml")
    pullcord_host: str = "127.0.0.1"
    pullcord_port: Annotated[int, Field(ge=0, le=65535)] = 8080
    pullcord_drain_seconds: Annotated[float, Field(ge=0, le=300)] = 0
    pullcord_secret: Annotated[tuple[str, ...], NoDecode] = ()
    pullcord_admin_channel: (
        Annotated[str, StringConstraints(pattern=r"^([CGD][A-Z0-9]+|#\S+)$")] | None
    ) = None
    pullcord_audit_channel: (
        Annotated[str, StringConstraints(pattern=r"^([CGD][A-Z0-9]+|#\S+)$")] | None
    ) = None
    pullcord_retention: timedelta | None = None
    pullcord_heartbeat_url: str | None = None
    pullcord_callback_allow: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = ()
    pullcord_log: Literal["console", "json"] | None = None
    pullcord_pace: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)] = 1.0

    @field_validator("slack_signing_secret", "pullcord_secret", mode="before")
    @classmethod
    def _by_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("slack_api_url")
    @classmethod
    def _is_a_base(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")) or not value.endswith("/"):
            raise ValueError("expected an http(s) address that ends in /api/")
        return value

    @field_validator("pullcord_heartbeat_url")
    @classmethod
    def _is_an_address(cls, value: str | None) -> str | None:
        if not value:
            return None
        try:
            parts = urlsplit(value)
            # A port that is none is noticed only when it is asked for.
            if parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0:
                return value
        except ValueError:
            pass
        raise ValueError("expected an http(s) address")

    @field_validator("pullcord_database_url")
    @classmethod
    def _is_a_database(cls, value: str) -> str:
        sqlite_path(value)
        return value

    @field_validator("pullcord_secret")
    @classmethod
    def _is_long(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if any(len(secret) < 16 for secret in value):
            raise ValueError("expected at least 16 characters")
        return value

    @field_validator("pullcord_retention", mode="before")
    @classmethod
    def _is_long_enough(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        keep = parse_duration(value.strip())
        if keep < timedelta(days=30):
            raise ValueError("expected at least 30d, or nothing to keep everything")
        return keep

    @field_validator("pullcord_callback_allow", mode="before")
    @classmethod
    def _are_networks(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        try:
            return tuple(ip_network(part.strip()) for part in value.split(",") if part.strip())
        except ValueError as error:
            raise ValueError(f"expected networks such as 10.0.0.0/8, {error}") from None

    @property
    def log_form(self) -> Literal["console", "json"]:
        return self.pullcord_log or ("console" if sys.stderr.isatty() else "json")

    @property
    def sqlite_file(self) -> Path | None:
        return sqlite_path(self.pullcord_database_url)

    @property
    def secret_file(self) -> Path | None:
        """Where the secret is kept that is made when none is set; None on PostgreSQL."""
        file = self.sqlite_file
        return None if file is None else file.with_name(file.name + ".secret")

    def secrets(self) -> tuple[str, ...]:
        """The current secret first. On SQLite one is made beside the database when none is set.

        Raises SettingError.
        """
        if self.pullcord_secret:
            return self.pullcord_secret
        file = self.secret_file
        if file is None:
            raise SettingError(
                "PULLCORD_SECRET is not set. On PostgreSQL it is required, the same for all "
                "replicas: set it to a long random text, such as the output of "
                "`openssl rand -hex 32`, and keep it with your backups."
            )
        return (_kept_in(file),)

    def need_slack(self) -> SlackAccess:
        """What `serve` cannot do without. Raises SettingError."""
        if not self.slack_bot_token:
            raise SettingError(
                "SLACK_BOT_TOKEN is not set. It is the xoxb-… token of your Slack app; to try "
                "Pullcord without Slack, run `make demo`."
            )
        if not self.slack_bot_token.startswith("xoxb-"):
            raise SettingError(
                "SLACK_BOT_TOKEN does not begin with xoxb-. Take the Bot User OAuth Token from "
                "OAuth & Permissions of your Slack app"
                + (", and put the xapp-… token into SLACK_APP_TOKEN." if _app(self) else ".")
            )
        if self.slack_app_token and not self.slack_app_token.startswith("xapp-"):
            raise SettingError(
                "SLACK_APP_TOKEN does not begin with xapp-. Take an app-level token with the scope "
                "connections:write from Basic Information of your Slack app, or unset it to have "
                "Slack deliver over HTTP."
            )
        if not self.slack_app_token and not self.slack_signing_secret:
            raise SettingError(
                "Neither SLACK_SIGNING_SECRET nor SLACK_APP_TOKEN is set, so nobody could click "
                "anything. Set the signing secret (Basic Information of your Slack app) to have "
                "Slack deliver over HTTP, or an app-level token (xapp-…) for Socket Mode."
            )
        return SlackAccess(
            self.slack_bot_token, self.slack_signing_secret, self.slack_app_token or None
        )


def _app(settings: Settings) -> bool:
    return (settings.slack_bot_token or "").startswith("xapp-")


@contextmanager
def hidden_from_bolt() -> Iterator[None]:
    """Slack's library reads variables of its own while it is built; meanwhile there are none.

    With SLACK_CLIENT_ID and SLACK_CLIENT_SECRET it would set up OAuth with files in the home
    folder, and drop the token it was given.
    """
    hidden = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("SLACK_")}
    try:
        yield
    finally:
        os.environ.update(hidden)


def read_settings() -> Settings:
    """Raises SettingError, which names each wrong setting."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingError(
            "\n".join(
                f"{str(e['loc'][0]).upper()} is wrong: {e['msg'].removeprefix('Value error, ')}"
                for e in error.errors(include_input=False)
            )
        ) from None


def _kept_in(file: Path) -> str:
    try:
        # Created with its final mode: at no moment can anybody else read it.
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
    except FileExistsError:
        kept = file.read_text().strip()
        if len(kept) < 16:
            raise SettingError(
                f"{file} is empty or cut off. Put it back from your backup; if there are no keys "
                "yet, delete it and start again."
            ) from None
        return kept
    except OSError as error:
        raise SettingError(
            f"The secret cannot be kept in {file} ({error.strerror}). Make the folder writable or "
            "set PULLCORD_SECRET."
        ) from None
    made = secrets.token_hex(32)
    with os.fdopen(handle, "w") as writer:
        writer.write(made + "\n")
        writer.flush()
        os.fsync(writer.fileno())
    return made
