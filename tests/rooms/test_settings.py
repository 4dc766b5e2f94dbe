"""The environment, read once, with a sentence for every mistake."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from bot.settings import SettingError, Settings, read_settings

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
    ("name", "value"),
    [
        ("PULLCORD_PORT", "eighty"),
        ("PULLCORD_PORT", "70000"),
        ("PULLCORD_DATABASE_URL", "mysql://x"),
        ("SLACK_API_URL", "slack.com"),
        ("PULLCORD_SECRET", "short"),
        ("PULLCORD_ADMIN_CHANNEL", "reviews"),
        ("PULLCORD_LOG", "loud"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence begins with the name, and a secret's value is not repeated."""
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingError) as refused:
        read_settings()

    assert str(refused.value).startswith(name)
    if name == "PULLCORD_SECRET":
        assert "short" not in str(refused.value)


def test_slack_is_needed_to_serve() -> None:
    """Each missing setting says where to find it."""
    with pytest.raises(SettingError, match="SLACK_BOT_TOKEN"):
        Settings(_env_file=None).need_slack()
    with pytest.raises(SettingError, match="SLACK_SIGNING_SECRET"):
        Settings(_env_file=None, slack_bot_token="xoxb-1").need_slack()


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
