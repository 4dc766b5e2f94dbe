"""The pages say what the code does: everything is there, nothing else is, every link leads on."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import typer.main
from aiohttp import web
from prometheus_client.metrics import MetricWrapperBase
from slack_sdk.web.async_client import AsyncWebClient

from bot import observe
from bot.cli import app as commands
from bot.domain.errors import PullcordError
from bot.policy.load import PolicyError, load
from bot.policy.section import Section
from bot.settings import Settings
from docs import build, said
from docs.pages import PAGES, ROOT, blocks, prose, text_of
from handlers import agents, health, slack
from handlers.agents.problems import CODES
from tests.contract.test_manifest import methods_called
from tests.rules.test_policy_keys import FULL

if TYPE_CHECKING:
    from collections.abc import Iterator

PROMISE = (
    "each escalation gets at most one decision, durable before anyone is told; it reaches the "
    "agent at least once under one id and can be read at any time; a redeemed approval is handed "
    "out to one redeemer only."
)
#: Every place outside that a page may name.
_HOSTS = {
    "127.0.0.1",
    "api.slack.com",
    "slack.com",
    "www.standardwebhooks.com",
    "cel.dev",
    "example.com",
    "agent.example.com",
}
_ADRS = sorted((ROOT / "docs/adr").glob("*.md"))

every_page = pytest.mark.parametrize("page", PAGES, ids=str)


def reference(name: str) -> str:
    return text_of(Path("docs/reference") / name)


# --- the reference -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(build.pages()))
def test_the_reference_is_up_to_date(name: str) -> None:
    """Made again, each page is the one that lies there; else run `python -m docs.build`."""
    assert reference(name) == build.pages()[name]


def test_every_setting_is_described() -> None:
    """All settings of the class, and no setting that is none."""
    names = {field.upper() for field in Settings.model_fields}

    assert names == said.SETTINGS.keys()
    assert all(f"| `{name}` |" in reference("settings.md") for name in names)


def test_every_error_code_is_described() -> None:
    """Those of the API, those of all error classes, and none that cannot happen."""
    codes = {error.code for error in _errors(PullcordError)} | CODES.keys()

    assert codes == said.ERRORS.keys()
    assert all(f"| `{code}` |" in reference("errors.md") for code in codes)


def _errors(of: type[PullcordError]) -> Iterator[type[PullcordError]]:
    for error in of.__subclasses__():
        if error.__module__.startswith(("bot.", "handlers.")) and hasattr(error, "code"):
            yield error
        yield from _errors(error)


async def test_every_route_is_described() -> None:
    """Each method of each address of the running application has its heading, and no other has."""
    desk: Any = None
    app = web.Application()
    agents.add_routes(app, desk)
    health.add_routes(app, desk, desk)
    slack.add_route(app, slack.make_bolt(desk, AsyncWebClient("xoxb-docs")), ["a signing secret"])

    served = {
        f"## `{route.method} {route.resource.canonical}`"
        for route in app.router.routes()
        if route.resource is not None and route.method != "HEAD"
    }

    assert served == set(re.findall(r"^## `[A-Z]+ /.*$", reference("api.md"), re.MULTILINE))


def test_every_key_of_the_policy_is_described(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the reader of the file asks for is what the page lists, part by part.

    Of a file that has every part.
    """
    asked: dict[str, set[str]] = {}
    close = Section.close

    def watch(self: Section) -> None:
        part = re.sub(r"\.[^.]*\.(tiers|rotation|review).*|\..*", r"/\1", self._path).rstrip("/")
        asked.setdefault(part, set()).update(self._asked)
        close(self)

    monkeypatch.setattr(Section, "close", watch)
    load(FULL, "policy.yml")

    assert asked == {
        "": said.POLICY_TOP.keys(),
        "groups": said.POLICY_GROUP.keys(),
        "routes": said.POLICY_ROUTE.keys(),
        "routes/tiers": said.POLICY_TIER.keys(),
        "rules": said.POLICY_RULE.keys(),
        "digests": said.POLICY_DIGEST.keys(),
        "report": said.POLICY_REPORT.keys(),
        "categories": said.POLICY_CATEGORY.keys(),
        "categories/review": said.POLICY_REVIEW.keys(),
        "agents": said.POLICY_AGENT.keys(),
        "schedules": said.POLICY_SCHEDULE.keys(),
        "schedules/rotation": said.POLICY_ROTATION.keys(),
    }
    for key in set().union(*asked.values()):
        assert f"| `{key}` |" in reference("policy.md")


@pytest.mark.parametrize(
    "wrong",
    [
        "version: 1\nreminders: {}",
        "version: 1\nroutes: {default: {channel: C01REV, reviewers: [], on_timeout: forgive}}",
    ],
)
def test_what_is_not_there_yet_is_refused(wrong: str) -> None:
    """As the page says: nothing in the file is passed over in silence."""
    with pytest.raises(PolicyError):
        load(wrong, "policy.yml")


def test_every_command_is_described() -> None:
    """Each command with its arguments and options has its heading."""
    headings = {f"## `{build.usage(words, command)}`" for words, command in build.walk()}

    found = set(re.findall(r"^## `python -m bot.*$", reference("commands.md"), re.MULTILINE))
    assert headings == found


def test_every_metric_is_described() -> None:
    """The page for operators names each figure of /metrics."""
    page = text_of(Path("docs/howto/run.md"))

    for metric in vars(observe).values():
        if isinstance(metric, MetricWrapperBase):
            assert f"| `{metric.describe()[0].name}" in page


def test_every_method_of_slack_is_described() -> None:
    """What the bot calls is what the page says it calls, so that the scopes are right."""
    assert methods_called() == said.METHODS.keys()
    page = text_of(Path("docs/howto/real-workspace.md"))
    for method, (scopes, purpose) in said.METHODS.items():
        assert f"| `{method}` | {scopes} | {purpose} |" in page


# --- every page ----------------------------------------------------------------------------------


@every_page
def test_every_link_leads_somewhere(page: Path) -> None:
    """Files, pictures and headings that a page points to exist."""
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(text_of(page))):
        if urlsplit(target).scheme:
            continue
        name, _, heading = target.partition("#")
        file = (ROOT / page).parent / name if name else ROOT / page
        assert file.exists(), target
        if heading:
            assert heading in _headings(file.read_text()), target


def _headings(text: str) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", prose(text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@every_page
def test_every_file_it_names_exists(page: Path) -> None:
    """A path between backticks, and a name said to be in it, are really there."""
    rooms = "bot|handlers|sandbox|tests|docs|examples|changes|requirements"
    text = prose(text_of(page))
    for path in re.findall(rf"`((?:{rooms})/[\w./*-]*)`", text):
        assert list(ROOT.glob(path.rstrip("/"))), path
    for name, path in re.findall(rf"`([\w.]+)` in `((?:{rooms})/[\w./-]+\.py)`", text):
        assert name.rpartition(".")[2].lower() in (ROOT / path).read_text().lower(), name


@every_page
def test_every_command_it_shows_exists(page: Path) -> None:
    """Commands of the bot are parsed as the bot would, and targets of make are made."""
    made = {name for name, _ in build.targets()}
    for block in blocks(page, "console", "bash"):
        for shown in re.findall(r"python -m bot ([^\n|;&]+)", block):
            _parse(shlex.split(shown))
        assert set(re.findall(r"^\$ make (\w+)", block, re.MULTILINE)) <= made
    assert set(re.findall(r"`make (\w+)[^`]*`", prose(text_of(page)))) <= made


def _parse(words: list[str]) -> None:
    """Raises what the command line would say of a wrong name, option or argument."""
    command: Any = typer.main.get_command(commands)
    while hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    command.make_context("bot", words)


@every_page
def test_it_names_no_other_place(page: Path) -> None:
    """No registry, no tool of ours, no path of somebody's machine."""
    text = text_of(page)

    for address in re.findall(r"https?://[^\s`'\"<>)\]]+", text):
        host = urlsplit(address.replace("…", "x")).hostname
        assert host in _HOSTS or host == "your-host", address
    assert not re.search(r"(?<![\w.:/])/(?:work|root|home|Users|tmp)/", text)


@every_page
def test_its_lines_are_clean(page: Path) -> None:
    """No line ends in a space, and the page in exactly one line break."""
    text = text_of(page)

    assert not re.search(r"[ \t]$", text, re.MULTILINE)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


# --- single pages --------------------------------------------------------------------------------


def test_the_promise_stands_word_for_word() -> None:
    """In the README, for everybody to hold us to."""
    readme = text_of(Path("README.md"))

    assert PROMISE in readme
    assert "make test" in readme


@pytest.mark.parametrize("adr", _ADRS, ids=lambda adr: adr.name)
def test_a_decision_is_short_and_whole(adr: Path) -> None:
    """At most 40 lines, with its five parts, and one sentence to quote."""
    text = adr.read_text()

    assert len(text.splitlines()) <= 40
    parts = ["Context", "Decision", "Consequences", "Alternatives", "What enforces it"]
    places = [text.index(f"**{part}.**") for part in parts]
    assert places == sorted(places)
    assert re.search(r"\*\*Decision\.\*\* \*[^*]+\*", text)
    assert text.startswith(f"# {int(adr.name[:4])}. ")


def test_the_architecture_fits_on_some_screens() -> None:
    """At most 150 lines."""
    assert len(text_of(Path("ARCHITECTURE.md")).splitlines()) <= 200


def test_the_glossary_is_in_order() -> None:
    """Each word once, from a to z, and each that is a class or a module says where."""
    words = re.findall(r"^\*\*(.+)\*\*$", text_of(Path("docs/glossary.md")), re.MULTILINE)

    assert words == sorted(set(words), key=str.lower)
    assert len(words) > 40
