"""What somebody chose, checked against what was asked before it becomes a vote."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bot.domain.errors import Fault, InvalidError
from bot.domain.request import Edit
from bot.domain.schemas import violations

if TYPE_CHECKING:
    from bot.domain.escalation import Escalation
    from bot.domain.request import DecisionType, Request, ToolCall

_LONGEST_ANSWER = 12_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """What somebody chose. `shown_digest` binds an approval to the action that was in view."""

    type: DecisionType
    shown_digest: str | None = None
    #: What they put in place of the agent's own; for `modify` only.
    edit: Edit | None = None
    #: Chosen options and given words or values; for `respond` only.
    option_ids: tuple[str, ...] = ()
    response: Any = None
    comment: str | None = None
    guidance: str | None = None
    stop_run: bool = False


def checked(seen: Escalation, ballot: Ballot) -> Ballot:
    """The ballot, or a refusal; an edit that changes nothing is an approval.

    Raises InvalidError whose faults point into the ballot.
    """
    own = seen.request.decisions
    if ballot.type not in own:
        raise InvalidError(
            f"The agent accepts only {', '.join(sorted(own)) or 'no decision'} here.",
            [Fault("/type", f"must be one of {', '.join(sorted(own))}")],
        )
    match ballot.type:
        case "reject" | "revise":
            if not (ballot.comment or "").strip():
                raise InvalidError(
                    "A refusal says why.", [Fault("/comment", "must say why, for the agent")]
                )
        case "modify":
            ballot = _edited(seen, ballot)
            if ballot.type not in own:
                raise InvalidError(
                    "Nothing was changed, and the agent accepts no approval as it stands.",
                    [Fault(edited_at(seen.request), "must change something")],
                )
        case "respond":
            _check_response(seen.request, ballot)
        case _:
            pass
    return ballot


def edited_at(request: Request) -> str:
    """Where an edit stands in a ballot, as a JSON Pointer."""
    return "/modified_arguments" if request.answer is None else "/modified_answer"


def _check_response(request: Request, ballot: Ballot) -> None:
    known = {option.id for option in request.options}
    faults = [
        Fault(f"/option_ids/{at}", "is no option of this escalation")
        for at, one in enumerate(ballot.option_ids)
        if one not in known
    ]
    if len(set(ballot.option_ids)) < len(ballot.option_ids):
        faults.append(Fault("/option_ids", "must not name one twice"))
    response = ballot.response
    if response is None and not ballot.option_ids:
        faults.append(Fault("/response", "must be given, or one of the options in /option_ids"))
    if response is not None and request.response_schema is not None:
        broken = violations(request.response_schema, response)
        faults += [Fault("/response" + fault.pointer, fault.message) for fault in broken]
    elif response is not None and not _is_words(response):
        faults.append(Fault("/response", f"must be text of 1 to {_LONGEST_ANSWER} characters"))
    if faults:
        raise InvalidError("This is no answer to the question.", faults)


def _is_words(response: Any) -> bool:
    return isinstance(response, str) and 0 < len(response.strip()) <= _LONGEST_ANSWER


def _edited(seen: Escalation, ballot: Ballot) -> Ballot:
    edit = ballot.edit or Edit()
    if seen.request.answer is not None:
        return _edited_answer(seen, ballot, edit.answer)
    tool, arguments = seen.request.tool, edit.arguments
    if tool is None or arguments is None:
        raise InvalidError(
            "There are no arguments to modify.",
            [Fault("/modified_arguments", "must be the tool's arguments; approve or reject")],
        )
    shown = seen.shown.tool
    if shown is not None and not changed_pointers(shown.arguments, arguments):
        return _as_approval(ballot, seen.shown_digest)
    if not changed_pointers(tool.arguments, arguments):
        # Back to what the agent asked: an approval of that, beside the proposal on the table.
        return _as_approval(ballot, seen.action_digest)
    faults = []
    if tool.input_schema is not None:
        before = set(violations(tool.input_schema, tool.arguments))
        faults = [f for f in violations(tool.input_schema, arguments) if f not in before]
    faults += _touched_what_is_fixed(tool, arguments)
    if faults:
        raise InvalidError(
            "The edited arguments are not what the tool takes.",
            [Fault("/modified_arguments" + f.pointer, f.message) for f in faults],
        )
    return ballot


def _edited_answer(seen: Escalation, ballot: Ballot, answer: str | None) -> Ballot:
    if answer is None or not 0 < len(answer.strip()) <= len(answer) <= _LONGEST_ANSWER:
        raise InvalidError(
            "There is no answer to send.",
            [Fault("/modified_answer", f"must be text of 1 to {_LONGEST_ANSWER} characters")],
        )
    if answer == seen.shown.answer:
        return _as_approval(ballot, seen.shown_digest)
    if answer == seen.request.answer:
        return _as_approval(ballot, seen.action_digest)
    return ballot


def _as_approval(ballot: Ballot, of_digest: str) -> Ballot:
    return replace(ballot, type="approve", edit=None, shown_digest=of_digest)


def _touched_what_is_fixed(tool: ToolCall, arguments: dict[str, Any]) -> list[Fault]:
    """Only what the agent declared editable may change."""
    editable = tool.editable
    if editable is None:
        # Every declared property; without a schema, those that the agent filled in.
        declared = (tool.input_schema or {}).get("properties")
        names = declared if isinstance(declared, dict) else tool.arguments
        editable = [_step(name) for name in names]
    return [
        Fault(pointer, "is not editable")
        for pointer in changed_pointers(tool.arguments, arguments)
        if not any(pointer == e or pointer.startswith(e + "/") for e in editable)
    ]


def _step(name: str) -> str:
    """One step of a JSON Pointer."""
    return "/" + name.replace("~", "~0").replace("/", "~1")


def changed_pointers(before: Any, after: Any, at: str = "") -> list[str]:
    """JSON Pointers of the deepest places where two values differ."""
    if isinstance(before, dict) and isinstance(after, dict):
        found = []
        for name in sorted(before.keys() | after.keys()):
            step = at + _step(name)
            if name not in before or name not in after:
                found.append(step)
            else:
                found += changed_pointers(before[name], after[name], step)
        return found
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = enumerate(zip(before, after, strict=True))
        return [p for index, (b, a) in pairs for p in changed_pointers(b, a, f"{at}/{index}")]
    # To Python 1 and true are equal; to a tool they are not.
    same = before == after and isinstance(before, bool) == isinstance(after, bool)
    return [] if same else [at]
