"""The form behind "Settings…": away, and when somebody works."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from bot.cards import names, wording_forms
from bot.cards import wording_settings as words_of
from bot.cards.blocks import field_of, modal, option
from bot.cards.states import FormError, moment_in, state_of, ticked, typed
from bot.cards.text import clip, one_line
from bot.domain.person_settings import PersonSettings, WorkingHours, known_zone

_WEEK = range(5)
_ZONE = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsAnswer:
    away_until: datetime | None
    hours: WorkingHours | None


def settings_form(settings: PersonSettings, zone: str, now: datetime) -> dict[str, Any]:
    """`zone` is what Slack says."""
    hours = settings.hours
    away: dict[str, Any] = {"type": "datetimepicker", "action_id": names.INPUT}
    if settings.away_until is not None and settings.away_until > now:
        away["initial_date_time"] = int(settings.away_until.timestamp())
    week = [option(label, str(day)) for day, label in enumerate(words_of.DAYS)]
    days: dict[str, Any] = {"type": "checkboxes", "action_id": names.INPUT, "options": week}
    if hours is not None:
        days["initial_options"] = [week[day] for day in hours.days]
    own: dict[str, Any] = {
        "type": "plain_text_input", "action_id": names.INPUT, "max_length": _ZONE,
    }  # fmt: skip
    if hours is not None and hours.zone is not None:
        own["initial_value"] = hours.zone
    blocks = [
        field_of(names.AWAY, words_of.AWAY_LABEL, away, optional=True, hint=words_of.AWAY_HINT),
        field_of(names.DAYS, words_of.DAYS_LABEL, days, optional=True, hint=words_of.DAYS_HINT),
        field_of(
            names.START, words_of.START_LABEL, _clock(hours.start if hours else time(9)),
            optional=True,
        ),
        field_of(
            names.END, words_of.END_LABEL, _clock(hours.end if hours else time(17)),
            optional=True, hint=words_of.END_HINT,
        ),
        field_of(
            names.ZONE, words_of.ZONE_LABEL, own, optional=True, hint=words_of.zone_hint(zone)
        ),
    ]  # fmt: skip
    return modal(
        words_of.TITLE, blocks, callback_id=names.SETTINGS_FORM, metadata="",
        submit=words_of.SUBMIT, close=wording_forms.CANCEL,
    )  # fmt: skip


def read_settings(values: Mapping[str, Any]) -> SettingsAnswer:
    """Raises FormError with a sentence for each field that is wrong."""
    errors: dict[str, str] = {}
    away = moment_in(state_of(values, names.AWAY))
    days = ticked(state_of(values, names.DAYS))
    zone = one_line(typed(state_of(values, names.ZONE)) or "")
    if not days <= {str(day) for day in range(7)}:
        raise FormError({names.DAYS: words_of.NO_DAY})
    if zone and not (len(zone) <= _ZONE and known_zone(zone)):
        errors[names.ZONE] = words_of.no_such_zone(clip(zone, _ZONE))
    times = {at: _time(values, at, errors) for at in (names.START, names.END)}
    start, end = times[names.START], times[names.END]
    if days and not errors:
        for at, one in times.items():
            if one is None:
                errors[at] = words_of.BOTH_TIMES
        if start is not None and start == end:
            errors[names.END] = words_of.SAME_TIMES
    if errors:
        raise FormError(errors)
    if not days or start is None or end is None:
        return SettingsAnswer(away_until=away, hours=None)
    worked = tuple(sorted(int(day) for day in days))
    hours = WorkingHours(start=start, end=end, days=worked, zone=zone or None)
    return SettingsAnswer(away_until=away, hours=hours)


def _clock(at: time) -> dict[str, Any]:
    return {"type": "timepicker", "action_id": names.INPUT, "initial_time": f"{at:%H:%M}"}


def _time(values: Mapping[str, Any], block_id: str, errors: dict[str, str]) -> time | None:
    said = typed(state_of(values, block_id), "selected_time")
    if said is None:
        return None
    try:
        return time.fromisoformat(said).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        errors[block_id] = words_of.NO_TIME
        return None
