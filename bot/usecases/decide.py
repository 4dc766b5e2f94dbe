"""A vote, whichever door it came through: one path for buttons, forms and the API."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog

from bot.cards import direct_words
from bot.domain.digest import digest, effective
from bot.domain.errors import (
    Fault,
    InvalidError,
    PendingError,
    StaleActionError,
    UnavailableError,
    UncertainError,
)
from bot.domain.escalation import Decision, Escalation, Intent, Need, Proposal, Vote
from bot.domain.outgoing import Direct
from bot.domain.request import REFUSALS, URGENCIES
from bot.observe import tracing
from bot.policy.plan import plan
from bot.store import answer_times, escalations, messages, outbox, timers
from bot.usecases.authority import Standing, still_counts, voters
from bot.usecases.ballot import checked, edited_at
from bot.usecases.read_directory import read_directory
from bot.usecases.settling import keep, lock_in_time

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from bot.domain.directory import Directory
    from bot.domain.people import Actor
    from bot.domain.request import Edit, Request
    from bot.policy.book import Book
    from bot.store.tx import Tx
    from bot.usecases.authority import Voter
    from bot.usecases.ballot import Ballot
    from bot.usecases.desk import Desk
    from bot.usecases.pauses import Pauses

log = structlog.get_logger()

_STALE = "The action has changed since it was shown. Look at it again."


async def decide(desk: Desk, escalation_id: str, ballot: Ballot, voter: Voter) -> Escalation:
    """Count the vote, and settle the escalation when it was the last one needed.

    Raises NotFoundError, AlreadySettledError, ForbiddenError, AgentPausedError, StaleActionError,
    PendingError, InvalidError whose faults point into the ballot (`/modified_arguments/amount`,
    `/comment`), UnavailableError, and UncertainError when not even the next try could find out.
    """
    book = desk.book
    seen, directory = await desk.ledger.read(
        _look, book, desk.team_id, escalation_id, voter, desk.pauses
    )
    if seen.ended(directory.now):
        await desk.ledger.run(_end, book, escalation_id)
    ballot = checked(seen, ballot)
    need, request = _asked_for(book, seen, ballot)
    standing = Standing(book=book, directory=directory, seen=seen, voter=voter)
    counts = _check_may_vote(standing, ballot, need)
    if seen.pause is not None and ballot.type not in REFUSALS:
        raise seen.pause.refusal(directory.now)
    cast = partial(
        _cast,
        book=book,
        team_id=desk.team_id,
        escalation_id=escalation_id,
        ballot=ballot,
        actor=voter.actor(directory),
        need=need,
        request=request,
        counts=counts,
    )
    try:
        after = await desk.ledger.run(cast)
    except UncertainError as lost:
        try:
            after = await desk.ledger.run(_cast_unless_counted, seen, voter.actor(directory), cast)
        except UnavailableError:
            raise lost from None
    with tracing(after.trace):
        log.info("vote.counted", escalation=after.id, vote=ballot.type, status=after.status)
    return after


def _look(
    tx: Tx, book: Book, team_id: str | None, escalation_id: str, voter: Voter, pauses: Pauses
) -> tuple[Escalation, Directory]:
    found = escalations.find(tx, escalation_id)
    # Without a lock, and before anything else: most of those who come late are answered here.
    found.refuse_if_settled()
    found = replace(found, pause=pauses.of(tx, found.agent))
    routes = (found.need.route, found.shown_need.route)
    groups = [name for route in routes for name in book.groups_asked(found, route)]
    return found, read_directory(tx, book, team_id, voter.ids, groups=groups)


def _end(tx: Tx, book: Book, escalation_id: str) -> None:
    """Time was over before the vote came, whoever votes."""
    lock_in_time(tx, book, escalation_id).refuse_if_settled()


def _cast_unless_counted(
    tx: Tx, seen: Escalation, actor: Actor, cast: Callable[[Tx], Escalation]
) -> Escalation:
    """Whoever has the lock sees all of a commit whose answer was lost, or nothing of it."""
    found = escalations.lock(tx, seen.id)
    if any(vote.actor.id == actor.id and vote not in seen.votes for vote in found.votes):
        return found
    return cast(tx)


def _check_may_vote(standing: Standing, ballot: Ballot, need: Need) -> bool:
    """Whether the vote agrees to an action. Raises ForbiddenError."""
    seen = standing.seen
    match ballot.type:
        case "approve":
            proposal = seen.proposal
            of_proposal = proposal is not None and ballot.shown_digest != seen.action_digest
            authors = {proposal.by.id} if proposal is not None and of_proposal else set()
            standing.check_may_agree(need, frozenset(authors))
            return True
        case "modify":
            standing.check_asked()
            return standing.may_agree(
                need, frozenset({standing.voter.actor(standing.directory).id})
            )
        case "respond":
            # Who steers a workflow answers for it: as with an approval, not for oneself.
            standing.check_may_agree(need, frozenset())
            return True
        case _:
            standing.check_asked()
            return False


def _asked_for(book: Book, seen: Escalation, ballot: Ballot) -> tuple[Need, Request]:
    """Which action the ballot is about, and whose agreement that action needs today."""
    if ballot.edit is not None:
        _refuse_stale_form(seen, ballot)
        request = seen.request.edited(ballot.edit)
        return _need_of_edit(book, seen, request), request
    if ballot.type == "approve":
        shown = ballot.shown_digest or seen.shown_digest
        if seen.proposal is not None and shown == seen.proposal.digest:
            return _need_today(book, seen, seen.shown, seen.proposal.need), seen.shown
        if shown != seen.action_digest:
            raise StaleActionError(_STALE)
    if ballot.type == "respond":
        # Options are chosen by their place, in the question that was shown.
        _refuse_stale_form(seen, ballot)
    return _need_today(book, seen, seen.request, seen.need), seen.request


def _need_today(book: Book, seen: Escalation, request: Request, stored: Need) -> Need:
    """Where the policy changed meanwhile, the larger number of approvals counts."""
    today = plan(book, request, seen.agent)
    more = 1 if today.then == "reject" else today.need.approvals
    return Need(route=stored.route, approvals=max(stored.approvals, more))


def _need_of_edit(book: Book, seen: Escalation, request: Request) -> Need:
    planned = plan(book, request, seen.agent)
    if planned.then == "reject":
        raise InvalidError(
            "The policy refuses this edit.",
            [Fault(edited_at(request), f"the policy refuses this: {planned.comment}")],
        )
    if planned.then == "approve":
        return seen.need
    return Need(
        route=planned.need.route, approvals=max(seen.need.approvals, planned.need.approvals)
    )


def _cast(
    tx: Tx,
    *,
    book: Book,
    team_id: str | None,
    escalation_id: str,
    ballot: Ballot,
    actor: Actor,
    need: Need,
    request: Request,
    counts: bool,
) -> Escalation:
    before = lock_in_time(tx, book, escalation_id)
    before.refuse_if_settled()
    refusing = ballot.type in {"reject", "revise"}
    if before.intent is not None and not (refusing and before.intent.agrees):
        raise PendingError("Somebody has just decided this; it counts in some seconds.")
    agreeing = ballot.type in {"approve", "modify"}
    runs = effective(request) if agreeing else None
    vote = Vote(
        actor=actor,
        type=ballot.type,
        effective_digest=None if runs is None else digest(runs),
        at=tx.now(),
        comment=ballot.comment,
        guidance=ballot.guidance,
        stop_run=ballot.stop_run,
        counts=counts,
    )
    if vote.type == "approve" and vote.effective_digest not in _on_the_table(before):
        raise StaleActionError(_STALE)
    if vote.type == "modify":
        _refuse_stale_form(before, ballot)
    if actor.type == "human" and all(one.actor.id != actor.id for one in before.votes):
        answer_times.add(tx, before.id, actor.id, vote.at - before.asked_at)
    after = before.count(vote)
    if agreeing:
        after = _recounted(tx, book, team_id, after, vote, need)
    if not agreeing or len(after.agreeing(vote.effective_digest or "")) >= need.approvals:
        decision = _decision(tx, book, after, vote, ballot, request, runs)
        _tell_whose_click_it_was(tx, before, decision)
        grace = book.route(need.route).grace
        # A program has nothing to take back with.
        if grace and actor.type != "key":
            return _intend(tx, before, after, decision, grace)
        return keep(
            tx,
            before,
            after.decide(decision),
            "escalation.decided",
            actor,
            type=decision.type,
            digest=decision.effective_digest,
        )
    if ballot.edit is not None:
        after = _propose(tx, book, after, vote, ballot.edit, need)
    elif after.proposal is not None and vote.effective_digest == after.proposal.digest:
        after = replace(after, proposal=replace(after.proposal, need=need))
    else:
        after = replace(after, need=need)
    return keep(
        tx,
        before,
        after,
        "escalation.proposed" if ballot.type == "modify" else "vote.cast",
        actor,
        type=vote.type,
        digest=vote.effective_digest,
    )


def _tell_whose_click_it_was(tx: Tx, before: Escalation, decision: Decision) -> None:
    """A click within its grace gives way to somebody else's refusal."""
    if before.intent is None:
        return
    clicked = before.intent.decision
    if clicked.decided_by.id != decision.decided_by.id:
        text = direct_words.overridden(before, clicked, decision)
        outbox.owe(tx, Direct(user=clicked.decided_by.id, text=text))


def _intend(
    tx: Tx, before: Escalation, after: Escalation, decision: Decision, grace: timedelta
) -> Escalation:
    """It counts when the grace is over, or at the deadline: whichever comes first."""
    until = min(tx.now() + grace, after.expires_at)
    timers.move(tx, after.id, "grace", until)
    return keep(
        tx,
        before,
        after.intend(Intent(decision=decision, until=until)),
        "vote.intended",
        decision.decided_by,
        type=decision.type,
        digest=decision.effective_digest,
        until=until.isoformat(),
    )


def _recounted(
    tx: Tx, book: Book, team_id: str | None, voted: Escalation, vote: Vote, need: Need
) -> Escalation:
    """Earlier votes for the same action, by what is known at this moment.

    A voice that does not count now is lost: its owner may come back, and vote again.
    """
    directory = read_directory(tx, book, team_id, voters(voted))
    votes = tuple(
        replace(one, counts=still_counts(book, directory, voted, need, one))
        if one.counts and one.effective_digest == vote.effective_digest
        else one
        for one in voted.votes
    )
    return replace(voted, votes=votes)


def _refuse_stale_form(seen: Escalation, ballot: Ballot) -> None:
    """A form that was filled in over another state of the action would mix the two."""
    if ballot.shown_digest not in {None, seen.shown_digest}:
        raise StaleActionError(_STALE)


def _on_the_table(seen: Escalation) -> set[str]:
    return {seen.action_digest, seen.shown_digest}


def _propose(
    tx: Tx, book: Book, after: Escalation, vote: Vote, edit: Edit, need: Need
) -> Escalation:
    """The edit waits for the agreement it needs, where the people who can give it will see it."""
    assert vote.effective_digest is not None  # noqa: S101 - an edit agrees to itself
    channel = book.route(need.route).channel
    if channel not in messages.channels(tx, after.id):
        messages.owe(tx, after.id, channel=channel, priority=URGENCIES.index(after.urgency))
    return replace(
        after,
        proposal=Proposal(
            arguments=edit.arguments,
            answer=edit.answer,
            digest=vote.effective_digest,
            need=need,
            by=vote.actor,
        ),
    )


def _decision(
    tx: Tx,
    book: Book,
    voted: Escalation,
    vote: Vote,
    ballot: Ballot,
    request: Request,
    runs: dict[str, Any] | None,
) -> Decision:
    """The completing vote makes the decision; the author's note to an edit goes with it."""
    edited = runs is not None and vote.effective_digest != voted.action_digest
    notes = [v for v in voted.votes if v.effective_digest == vote.effective_digest]
    tool = request.tool
    return Decision(
        id=tx.new_id("dec"),
        type="modify" if edited else "approve" if runs is not None else vote.type,
        provenance="human",
        effective=runs,
        effective_digest=vote.effective_digest,
        modified_arguments=tool.arguments if edited and tool is not None else None,
        modified_answer=request.answer if edited else None,
        option_ids=ballot.option_ids,
        response=ballot.response,
        comment=vote.comment or next((v.comment for v in notes if v.comment), None),
        guidance=vote.guidance or next((v.guidance for v in notes if v.guidance), None),
        stop_run=vote.stop_run,
        decided_by=vote.actor,
        decided_at=vote.at,
        expires_at=None if runs is None else vote.at + voted.valid_for,
        rule=None,
        votes=voted.votes,
        policy_version=book.version,
    )
