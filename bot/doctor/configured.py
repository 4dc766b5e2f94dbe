"""What can be said of the settings without asking anybody: tokens, the secret, the policy."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from bot.doctor.lines import note, ok, wrong
from bot.policy.load import PolicyError, load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.doctor.lines import Line
    from bot.policy.book import Book
    from bot.settings import Settings

_BOT_TOKEN = "copy the Bot User OAuth Token, xoxb-…, from OAuth & Permissions of your Slack app"  # noqa: S105
_APP_TOKEN = (
    "make one with the scope connections:write under Basic Information, App-Level Tokens "  # noqa: S105
    "of your Slack app: xapp-…"
)
_SIGNING = "copy the Signing Secret from Basic Information of your Slack app"


def look_at_tokens(settings: Settings) -> Iterator[Line]:
    """Whether each is there and of the right kind, and which way Slack's deliveries come."""
    yield _token("SLACK_BOT_TOKEN", settings.slack_bot_token, "xoxb-", _BOT_TOKEN)
    if settings.slack_app_token:
        yield _token("SLACK_APP_TOKEN", settings.slack_app_token, "xapp-", _APP_TOKEN)
        if settings.slack_signing_secret:
            yield note("SLACK_SIGNING_SECRET is set too: /slack/events is open besides the socket")
    elif not settings.slack_signing_secret:
        yield wrong(
            "SLACK_SIGNING_SECRET is not set",
            f"{_SIGNING}; for Socket Mode set SLACK_APP_TOKEN instead",
        )
    elif any(secret.startswith(("xox", "xapp")) for secret in settings.slack_signing_secret):
        yield wrong("SLACK_SIGNING_SECRET holds a token", _SIGNING)
    else:
        yield ok(f"SLACK_SIGNING_SECRET: {len(settings.slack_signing_secret)} set")
    if not settings.slack_app_token:
        yield note(
            "HTTP: Slack has to reach this bot. In the app's settings, the Request URLs of "
            "Interactivity, Event Subscriptions and /pullcord are https://YOUR-HOST/slack/events"
        )
    if settings.slack_api_url != "https://slack.com/api/":
        yield note(f"SLACK_API_URL: calls go to {settings.slack_api_url} instead of Slack")


def _token(name: str, value: str | None, prefix: str, to_do: str) -> Line:
    if not value:
        return wrong(f"{name} is not set", to_do)
    if not value.startswith(prefix):
        return wrong(f"{name} does not begin with {prefix}", to_do)
    if not (value.isascii() and value.isprintable()) or " " in value:
        return wrong(f"{name} has characters that no token has", to_do)
    return ok(f"{name} is set")


def look_at_secret(settings: Settings) -> Line:
    """Whether the secret behind the keys is there, and nobody else can read it."""
    if settings.pullcord_secret:
        return ok("PULLCORD_SECRET is set; keep it with your backups")
    if settings.secret_file is None:
        return wrong(
            "PULLCORD_SECRET is not set, and PostgreSQL needs it",
            "set it to a long random text, such as the output of `openssl rand -hex 32`",
        )
    return _kept(settings.secret_file)


def _kept(file: Path) -> Line:
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
        length = len(file.read_text().strip())
    except FileNotFoundError:
        return ok(f"secret: {file} does not exist yet; the first start makes it")
    except (OSError, UnicodeDecodeError) as error:
        return wrong(f"secret: {file} cannot be read ({error})", "let the bot's user read it")
    if length < 16:
        return wrong(f"secret: {file} is empty or cut off", "put it back from your backup")
    if mode & 0o077:
        return wrong(f"secret: others can read {file} (mode {mode:04o})", f"chmod 600 {file}")
    return ok(f"secret: {file}, mode {mode:04o}; keep it with your backups")


def look_at_callbacks(settings: Settings) -> Iterator[Line]:
    """Said loudly: whatever an agent names in these networks is connected to."""
    if settings.pullcord_callback_allow:
        networks = ", ".join(map(str, settings.pullcord_callback_allow))
        yield note(
            f"PULLCORD_CALLBACK_ALLOW: every agent with a callback secret can make this bot "
            f"connect to any address and port in {networks}, by plain http too"
        )


def read_policy(file: Path) -> tuple[Book | None, list[Line]]:
    """The policy, if it can be used, and a line for each mistake in it."""
    try:
        book = load(file.read_bytes(), str(file))
    except OSError as error:
        to_do = "start from the policy.yml of the project, or set PULLCORD_POLICY_FILE"
        return None, [wrong(f"policy: {file} cannot be read ({error.strerror})", to_do)]
    except PolicyError as error:
        to_do = "correct it; the bot does not start with it"
        return None, [
            wrong(f"policy: {finding.within(str(file))}", to_do) for finding in error.findings
        ]
    return book, [ok(f"policy: {file}, {len(book.routes)} routes, {len(book.rules)} rules")]
