"""`python -m bot audit verify`, `erase` and `export`."""

from __future__ import annotations

import json
import re
import sys
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.cli.running import beside_the_bot, fail
from bot.settings import read_settings
from bot.start import key_peppers
from bot.store.seals import Head
from bot.usecases.erase import erase
from bot.usecases.export import decisions
from bot.usecases.export_reviews import evals_since, reviews_since
from bot.usecases.seal import verify

if TYPE_CHECKING:
    from bot.store.ledger import Ledger

app = typer.Typer(help="The sealed journal.", no_args_is_help=True, rich_markup_mode=None)

_WITNESS = re.compile(r"([1-9][0-9]*):([0-9a-f]{64})")


@app.command("verify")
def verify_chain(
    checkpoint: Annotated[
        list[str] | None,
        typer.Option(help="SEQ:HASH as the audit channel has it; repeatable.", metavar="SEQ:HASH"),
    ] = None,
) -> None:
    """Recompute the whole chain. Exit code 1, and a line each, when it is broken."""
    witnessed = []
    for given in checkpoint or ():
        found = _WITNESS.fullmatch(given)
        if found is None:
            fail(f"--checkpoint {given[:80]!r} is none: expected SEQ:HASH, as it was posted.")
        witnessed.append(Head(seq=int(found[1]), hash=found[2]))
    verdict = beside_the_bot(read_settings(), partial(verify, witnessed=witnessed), begins=False)
    for sentence in verdict.breaks:
        typer.echo(sentence)
    more = [f"{verdict.erased} of erased people"] if verdict.erased else []
    more += [f"{verdict.removed} removed by retention"] if verdict.removed else []
    more += [f"{verdict.unsealed} not sealed yet"] if verdict.unsealed else []
    typer.echo(
        f"{verdict.entries} entries, the chain ends at {verdict.head.seq}:{verdict.head.hash}"
        + "".join(f", {one}" for one in more)
    )
    if verdict.breaks:
        raise SystemExit(1)


def erase_person(
    person: Annotated[str, typer.Argument(metavar="PERSON", help="Slack id or e-mail address.")],
    with_comments: Annotated[
        bool, typer.Option("--with-comments", help="What they wrote as well.")
    ] = False,
) -> None:
    """Put a pseudonym in a person's place, everywhere; the sealed journal stays whole."""
    settings = read_settings()

    async def work(ledger: Ledger) -> int:
        # Not before: it would make a secret beside a database that is not there.
        pepper = key_peppers(settings)[0]
        return await erase(ledger, pepper, person, with_comments=with_comments)

    changed = beside_the_bot(settings, work, begins=False)
    typer.echo(f"{changed} records now name a pseudonym.")
    typer.echo("If the policy names this person, Slack will tell of them again.", err=True)


def export(
    kind: Annotated[Literal["decisions", "reviews", "evals"], typer.Option()],
    since: Annotated[str, typer.Option(help="A date such as 2026-01-31, in UTC.", metavar="DATE")],
) -> None:
    """Lines of JSON on stdout; how far it is, on stderr."""
    try:
        start = datetime.fromisoformat(since)
    except ValueError:
        fail(f"--since {since[:40]!r} is no date: expected one such as 2026-01-31.")
    start = start.replace(tzinfo=UTC) if start.tzinfo is None else start

    lines = {"decisions": decisions, "reviews": reviews_since, "evals": evals_since}[kind]

    async def work(ledger: Ledger) -> int:
        count = 0
        async for one in lines(ledger, start):
            sys.stdout.write(json.dumps(one, ensure_ascii=False) + "\n")
            count += 1
            if count % 1000 == 0:
                typer.echo(f"{count} …", err=True)
        return count

    typer.echo(f"{beside_the_bot(read_settings(), work, begins=False)} {kind}.", err=True)
