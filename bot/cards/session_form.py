"""One output of a review session in a modal: what there is to look at, and what to say of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from bot.cards import names, wording_forms, wording_sessions
from bot.cards.blocks import context, divider, kept_safe, modal, plain, rich, section, words
from bot.cards.review_card import material_blocks
from bot.cards.review_form import Found, of_what_is_wrong, radio, read_review
from bot.cards.states import FormError, chosen, state_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.material import Material
    from bot.domain.review import Review


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is in a session; all that their modal carries."""

    session_id: str
    review_id: str
    #: How many they have answered since they started.
    answered: int = 0


def session_form(
    place: Place, review: Review, material: Material, *, left: int, note: str | None = None
) -> dict[str, Any]:
    """`left`: how many there still are for them, this one with it. `note`: of the one before."""
    blocks = [
        *([section(kept_safe(note))] if note else []),
        context(plain(wording_sessions.where(place.answered, left))),
        *material_blocks(material),
        divider(),
        radio(
            _named(names.VERDICT, review.id),
            wording_sessions.VERDICT_LABEL,
            wording_sessions.VERDICTS,
        ),
        rich(words(wording_sessions.WRONG_ONLY, bold=True)),
        *of_what_is_wrong(optional=True, named=lambda name: _named(name, review.id)),
    ]
    return modal(
        wording_sessions.TITLE,
        blocks,
        callback_id=names.SESSION_FORM,
        metadata=names.pack_session(place.session_id, place.review_id, place.answered),
        submit=wording_sessions.SUBMIT,
        close=wording_sessions.CLOSE,
    )


def read_session(values: Mapping[str, Any], review_id: str) -> Found | Literal["skip"]:
    """What somebody says of the review. Raises FormError."""
    # Slack keeps what was typed under a name that comes again, so each review has names of its own.
    ours = {name.partition("|")[0]: value for name, value in values.items()}
    said = chosen(state_of(ours, names.VERDICT))
    try:
        match said:
            case "skip":
                return "skip"
            case "right":
                _check_nothing_wrong(ours)
                return Found(correct=True)
            case "wrong":
                return read_review(ours)
    except FormError as faulty:
        raise FormError(
            {_named(name, review_id): _instead(name, why) for name, why in faulty.errors.items()}
        ) from None
    raise FormError({_named(names.VERDICT, review_id): wording_forms.NOT_A_CHOICE})


def _check_nothing_wrong(values: Mapping[str, Any]) -> None:
    """Somebody who has said what is wrong did not mean "Correct"."""
    for name in (names.ERROR_TYPE, names.SEVERITY, names.ROOT_CAUSE):
        if chosen(state_of(values, name)) is not None:
            raise FormError({names.VERDICT: wording_sessions.NOT_WRONG})


def _instead(name: str, why: str) -> str:
    """What to do, where a choice was left out."""
    if why != wording_forms.NOT_A_CHOICE:
        return why
    return {
        names.ERROR_TYPE: wording_sessions.SAY_WHAT,
        names.SEVERITY: wording_sessions.SAY_HOW_BAD,
    }.get(name, why)


def _named(name: str, review_id: str) -> str:
    return f"{name}|{review_id}"
