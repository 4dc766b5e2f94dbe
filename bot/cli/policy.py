"""`python -m bot policy …`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.running import fail
from bot.domain.errors import InvalidError, PullcordError
from bot.domain.intake import parse, request_from
from bot.policy.load import PolicyError, load
from bot.policy.plan import plan
from bot.usecases.by_rule import foreseen

if TYPE_CHECKING:
    from bot.policy.book import Book

app = typer.Typer(help="The policy file.", no_args_is_help=True, rich_markup_mode=None)


@app.command("check")
def check(file: Path) -> None:
    """Read a policy file and say what is wrong with it."""
    book = _book(file)
    typer.echo(f"{file}: {len(book.routes)} routes, {len(book.rules)} rules, nothing wrong.")
    for idle in book.idle:
        typer.echo(idle.within(str(file)))


@app.command("try")
def try_escalation(
    file: Path,
    escalation: Path,
    agent: Annotated[str, typer.Option(help="The agent that would ask.")] = "agent",
) -> None:
    """What the policy would do with an escalation, and why."""
    book = _book(file)
    try:
        request = request_from(parse(escalation.read_bytes()))
    except InvalidError as error:
        faults = "\n".join(f"{escalation}: {f.pointer}: {f.message}" for f in error.faults)
        fail(faults or f"{escalation}: {error}")
    except PullcordError as error:
        fail(f"{escalation}: {error}")
    planned = plan(book, request, agent)
    typer.echo(
        f'{planned.then} rule="{planned.rule or ""}" route={planned.need.route} '
        f"approvals={planned.need.approvals} urgency={planned.urgency} "
        f"digest={planned.digest or ''}"
    )
    for reason in planned.reasons:
        typer.echo(reason)
    if planned.then == "by_confidence":
        typer.echo(f"{planned.rule}: {foreseen(book, request, planned)}")


def _book(file: Path) -> Book:
    try:
        return load(file.read_bytes(), str(file))
    except PolicyError as error:
        fail(str(error))
