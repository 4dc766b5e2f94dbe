"""The environment, read once, with a sentence for every mistake."""

from __future__ import annotations

import os
import stat
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.settings import SettingError, Settings, hidden_from_bolt, read_settings
from handlers.slack import make_bolt

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith(("SLACK_", "PULLCORD_")):
            monkeypatch.delenv(name)


def test_defaults_are_those_of_the_contract() -> None:
    """Without anything set: SQLite here, port 8080 on this machine only."""
    settings = read_settings()

    assert settings.pullcord_database_url == "sqlite:///pullcord.db"
    assert (settings.pullcord_host, settings.pullcord_port) == ("127.0.0.1", 8080)
    assert settings.slack_api_url == "https://slack.com/api/"


def test_a_dotenv_file_is_read(tmp_path: Path) -> None:
    """`.env` beside the command counts."""
    (tmp_path / ".env").write_text("PULLCORD_PORT=9999\nSLACK_SIGNING_SECRET=one, two\n")

    settings = read_settings()

    assert settings.pullcord_port == 9999
    assert settings.slack_signing_secret == ("one", "two")


@pytest.mark.parametrize(
    ("given", "kept"), [("365d", timedelta(days=365)), ("", None), (None, None)]
)
def test_how_long_things_are_kept(given: str | None, kept: timedelta | None) -> None:
    """Nothing said means for ever."""
    assert Settings(_env_file=None, pullcord_retention=given).pullcord_retention == kept


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PULLCORD_PORT", "eighty"),
        ("PULLCORD_PORT", "70000"),
        ("PULLCORD_DATABASE_URL", "mysql://x"),
        ("SLACK_API_URL", "slack.com"),
        ("PULLCORD_SECRET", "short"),
        ("PULLCORD_ADMIN_CHANNEL", "reviews"),
        ("PULLCORD_LOG", "loud"),
        ("PULLCORD_CALLBACK_ALLOW", "10.0.0.1/8"),
        ("PULLCORD_CALLBACK_ALLOW", "inside"),
        ("PULLCORD_AUDIT_CHANNEL", "audit"),
        ("PULLCORD_HEARTBEAT_URL", "watch.example.com/secret"),
        ("PULLCORD_HEARTBEAT_URL", "ftp://watch.example.com"),
        ("PULLCORD_HEARTBEAT_URL", "https:///secret"),
        ("PULLCORD_HEARTBEAT_URL", "https://[watch/secret"),
        ("PULLCORD_HEARTBEAT_URL", "https://watch.example.com:many/secret"),
        ("PULLCORD_RETENTION", "7d"),
        ("PULLCORD_RETENTION", "a while"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence begins with the name, and a secret's value is not repeated."""
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingError) as refused:
        read_settings()

    assert str(refused.value).startswith(name)
    if name in {"PULLCORD_SECRET", "PULLCORD_HEARTBEAT_URL"}:
        assert not {"short", "secret"} & set(str(refused.value).split("/"))


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, "SLACK_BOT_TOKEN is not set"),
        ({"slack_signing_secret": "s"}, "SLACK_BOT_TOKEN is not set"),
        ({"slack_bot_token": "xoxb-1"}, "Neither SLACK_SIGNING_SECRET nor SLACK_APP_TOKEN"),
        ({"slack_bot_token": "xoxp-1", "slack_signing_secret": "s"}, "begin with xoxb-"),
        ({"slack_bot_token": "xapp-1", "slack_signing_secret": "s"}, "into SLACK_APP_TOKEN"),
        ({"slack_bot_token": "xoxb-1", "slack_app_token": "xoxb-1"}, "begin with xapp-"),
        (
            {"slack_bot_token": "xoxb-1", "slack_app_token": "1", "slack_signing_secret": "s"},
            "begin with xapp-",
        ),
    ],
)
def test_slack_is_needed_to_serve(given: dict[str, Any], named: str) -> None:
    """Each missing or mixed-up setting is named in one sentence, and no token is repeated."""
    with pytest.raises(SettingError) as refused:
        Settings(_env_file=None, **given).need_slack()

    assert named in str(refused.value)
    assert "\n" not in str(refused.value)
    assert not any(value in str(refused.value) for value in ("xoxp-1", "xapp-1", "xoxb-1"))


def test_slack_comes_by_http_by_socket_or_both() -> None:
    """An app token is Socket Mode; the signing secret is then a matter of choice."""
    http = Settings(_env_file=None, slack_bot_token="xoxb-1", slack_signing_secret="s,t")
    socket = Settings(_env_file=None, slack_bot_token="xoxb-1", slack_app_token="xapp-1")
    both = Settings(
        _env_file=None, slack_bot_token="xoxb-1", slack_app_token="xapp-1", slack_signing_secret="s"
    )

    assert http.need_slack() == ("xoxb-1", ("s", "t"), None)
    assert socket.need_slack() == ("xoxb-1", (), "xapp-1")
    assert both.need_slack() == ("xoxb-1", ("s",), "xapp-1")


async def test_slacks_library_sees_none_of_its_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would set up OAuth with files by itself; what is ours stays in the environment."""
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "a secret")
    desk: Any = None

    with hidden_from_bolt():
        bolt = make_bolt(desk, AsyncWebClient("xoxb-ours"))

    assert bolt.oauth_flow is None
    assert bolt.installation_store is None
    assert bolt.client.token == "xoxb-ours"
    assert os.environ["SLACK_CLIENT_ID"] == "1.2"


def test_a_secret_is_made_beside_sqlite(tmp_path: Path) -> None:
    """Made once, readable by nobody else, and the same ever after."""
    settings = Settings(_env_file=None, pullcord_database_url=f"sqlite:///{tmp_path}/a.db")

    first = settings.secrets()

    kept = tmp_path / "a.db.secret"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert settings.secrets() == first
    assert len(first[0]) == 64


def test_a_cut_off_secret_is_not_replaced(tmp_path: Path) -> None:
    """A new secret would silently kill every key: somebody has to decide that."""
    (tmp_path / "a.db.secret").write_text("")
    settings = Settings(_env_file=None, pullcord_database_url=f"sqlite:///{tmp_path}/a.db")

    with pytest.raises(SettingError, match="backup"):
        settings.secrets()


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """The sentence names the file and the way out."""
    settings = Settings(_env_file=None, pullcord_database_url=f"sqlite:///{tmp_path}/no/a.db")

    with pytest.raises(SettingError, match="PULLCORD_SECRET"):
        settings.secrets()


def test_postgresql_needs_the_secret() -> None:
    """Replicas must share it, so none is made up."""
    settings = Settings(_env_file=None, pullcord_database_url="postgresql://u@h/d")
    with pytest.raises(SettingError, match="PULLCORD_SECRET is not set"):
        settings.secrets()

    given = Settings(
        _env_file=None,
        pullcord_database_url="postgresql://u@h/d",
        pullcord_secret="the newest of all,the older one of them",
    )
    assert given.secrets() == ("the newest of all", "the older one of them")
    assert given.sqlite_file is None


def test_logs_are_json_without_a_terminal() -> None:
    """A container's log is for machines; a setting overrides."""
    assert Settings(_env_file=None).log_form in {"json", "console"}
    assert Settings(_env_file=None, pullcord_log="console").log_form == "console"
