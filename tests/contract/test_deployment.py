"""What lies ready for operators agrees with the program, and with itself."""

from __future__ import annotations

import configparser
import re
from typing import Any

import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase

from bot import observe
from bot.main import _FINISH_SECONDS, _STOP_SECONDS
from bot.settings import Settings
from bot.store.address import is_postgres
from docs.pages import ROOT, text_of

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
REPLICAS = sorted(name for name in SERVICES if name.startswith("pullcord-"))
HAPROXY = (ROOT / "deploy/haproxy.cfg").read_text()
PROMETHEUS = yaml.safe_load((ROOT / "deploy/prometheus.yml").read_text())
ALERTS = yaml.safe_load((ROOT / "deploy/alerts.yml").read_text())
#: Of the Compose specification, what is used here.
KNOWN = {
    "image", "restart", "environment", "volumes", "read_only", "tmpfs", "cap_drop", "security_opt",
    "stop_grace_period", "depends_on", "shm_size", "healthcheck", "ports",
}  # fmt: skip
FILLED_IN = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_SIGNING_SECRET": "a signing secret",
    "PULLCORD_SECRET": "a secret for tests only",
    "PULLCORD_ADMIN_CHANNEL": "C0123ADMIN",
    "POSTGRES_PASSWORD": "2f1e",
}
VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


def filled_in(text: str) -> str:
    """As compose puts what stands in `.env` in its place."""
    return VARIABLE.sub(lambda found: FILLED_IN.get(found[1], found[3] or ""), text)


def seconds(duration: str) -> float:
    found = re.fullmatch(r"(\d+)s", duration)
    assert found
    return float(found[1])


def test_two_replicas_are_the_same() -> None:
    """In everything but their name."""
    assert REPLICAS == ["pullcord-1", "pullcord-2"]
    assert SERVICES["pullcord-1"] == SERVICES["pullcord-2"]


def test_its_settings_start_the_bot(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every name is a setting, and the values of the file are taken as they are."""
    given = SERVICES["pullcord-1"]["environment"]
    for name, value in given.items():
        monkeypatch.setenv(name, filled_in(value))

    settings = Settings(_env_file=None)

    assert {name.lower() for name in given} <= set(Settings.model_fields)
    assert settings.need_slack().signing_secrets == ("a signing secret",)
    assert settings.secrets() == ("a secret for tests only",)
    assert is_postgres(settings.pullcord_database_url)
    assert settings.pullcord_host == "0.0.0.0"


def test_it_reaches_its_database() -> None:
    """User, password, host and name are those that the database is made with."""
    made = SERVICES["postgres"]["environment"]
    url = SERVICES["pullcord-1"]["environment"]["PULLCORD_DATABASE_URL"]

    assert filled_in(url) == (
        f"postgresql://{made['POSTGRES_USER']}:{filled_in(made['POSTGRES_PASSWORD'])}"
        f"@postgres/{made['POSTGRES_DB']}"
    )
    assert SERVICES["pullcord-1"]["depends_on"]["postgres"]["condition"] == "service_healthy"
    assert "pg_isready" in SERVICES["postgres"]["healthcheck"]["test"]


def test_a_stop_has_the_time_it_needs() -> None:
    """Nobody is killed while it drains, and nobody is sent there once it stops."""
    replica = SERVICES["pullcord-1"]
    drain = float(replica["environment"]["PULLCORD_DRAIN_SECONDS"])
    looks = re.search(r"check inter (\d+)s fall 1", HAPROXY)

    # Requests, then the workers, then the database.
    longest = drain + _FINISH_SECONDS + 2 * _STOP_SECONDS
    assert longest < seconds(replica["stop_grace_period"])
    assert looks is not None
    assert float(looks[1]) * 2 < drain
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(ROOT / "deploy/pullcord.service")
    assert float(unit["Service"]["TimeoutStopSec"]) > _FINISH_SECONDS + 2 * _STOP_SECONDS
    assert unit["Service"]["ExecStart"].endswith("python -m bot serve")


def test_the_balancer_knows_the_replicas() -> None:
    """By their names and their port, asks for readiness, and waits longer than agents do."""
    port = SERVICES["pullcord-1"]["environment"]["PULLCORD_PORT"]

    found = re.findall(r"^    server (\S+) (\S+):(\d+)$", HAPROXY, re.MULTILINE)
    assert found == [(name, name, port) for name in REPLICAS]
    assert "uri /readyz" in HAPROXY
    for side in ("client", "server"):
        (waits,) = re.findall(rf"timeout {side} (\d+)s", HAPROXY)
        assert int(waits) > 55 + 5
    (mapped,) = SERVICES["balancer"]["ports"]
    assert re.search(r"bind :(\d+)", HAPROXY)[1] == mapped.rpartition(":")[2]  # type: ignore[index]
    assert "/metrics" not in HAPROXY


def test_prometheus_asks_every_replica_for_what_there_is() -> None:
    """Each target is a replica, and each alert is about a figure that exists."""
    port = SERVICES["pullcord-1"]["environment"]["PULLCORD_PORT"]
    (job,) = PROMETHEUS["scrape_configs"]
    figures = {
        metric.describe()[0].name
        for metric in vars(observe).values()
        if isinstance(metric, MetricWrapperBase)
    }

    assert job["static_configs"] == [{"targets": [f"{name}:{port}" for name in REPLICAS]}]
    assert PROMETHEUS["rule_files"] == ["alerts.yml"]
    asked = {
        name
        for group in ALERTS["groups"]
        for rule in group["rules"]
        for name in re.findall(r"\b(?:pullcord_\w+|up)\b", rule["expr"].partition("{")[0])
    }
    assert asked - {"up"} <= figures
    assert asked <= set(re.findall(r"`(\w+)`", text_of_page()))


def text_of_page() -> str:
    from pathlib import Path

    return text_of(Path("docs/howto/deployment.md"))


def test_compose_is_whole() -> None:
    """Known keys only, every image with its version, every volume and file there."""
    for service in SERVICES.values():
        assert service.keys() <= KNOWN
        image = service["image"]
        assert ":" in image or image == "${PULLCORD_IMAGE:-pullcord}"
        for other in service.get("depends_on", ()):
            assert other in SERVICES
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            if source.startswith("./deploy/"):
                assert (ROOT / source).is_file()
            elif not source.startswith("./"):
                assert source in COMPOSE["volumes"]
        for published in service.get("ports", ()):
            assert published.startswith("127.0.0.1:")


def test_every_variable_is_in_the_example() -> None:
    """Whatever has to be set stands in `.env.example`, and nothing that is not asked for."""
    asked = set(VARIABLE.findall((ROOT / "compose.yml").read_text()))
    example = (ROOT / ".env.example").read_text()
    listed = set(re.findall(r"^(\w+)=", example, re.MULTILINE))

    assert {name for name, _, _ in asked} - {"PULLCORD_IMAGE"} == listed
    must = {name for name, sign, _ in asked if sign == "?"}
    may = {"SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN", "PULLCORD_HEARTBEAT_URL"}
    assert must == listed - may
