"""When somebody works, what the form makes of it, and what others read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from bot.cards import names
from bot.cards.later_form import later_form
from bot.cards.settings_form import read_settings, settings_form
from bot.cards.states import FormError
from bot.cards.wording_settings import absent, when
from bot.domain.person_settings import Absence, PersonSettings, WorkingHours, absence, known_zone
from tests.rules.judge import judge_view
from tests.rules.making import NOW, make_around, make_escalation

WEEK = (0, 1, 2, 3, 4)
DAY = WorkingHours(start=time(9), end=time(17, 30), days=WEEK)
NIGHT = WorkingHours(start=time(22), end=time(6), days=(4,))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "zone", "moment", "works"),
    [
        (DAY, "UTC", "2026-03-02 09:00", True),  # a Monday
        (DAY, "UTC", "2026-03-02 17:30", False),
        (DAY, "UTC", "2026-03-01 12:00", False),
        (DAY, "Asia/Tokyo", "2026-03-02 09:00", False),
        (DAY, "Asia/Tokyo", "2026-03-02 00:00", True),
        (replace(DAY, zone="Asia/Tokyo"), "UTC", "2026-03-02 00:00", True),
        (DAY, "Mars/Olympus", "2026-03-02 09:00", True),
        (DAY, "Europe/Berlin", "2026-07-06 07:00", True),  # summer there
        (NIGHT, "UTC", "2026-03-06 23:00", True),  # a Friday
        (NIGHT, "UTC", "2026-03-07 05:59", True),
        (NIGHT, "UTC", "2026-03-07 06:00", False),
        (NIGHT, "UTC", "2026-03-06 05:00", False),
        (NIGHT, "UTC", "2026-03-07 23:00", False),
    ],
)
def test_working_hours_are_by_the_persons_own_clock(
    hours: WorkingHours, zone: str, moment: str, works: bool
) -> None:
    """A night belongs to the day on which it begins; a zone that nobody knows is UTC."""
    assert hours.covers(at(moment), zone) is works


def test_who_said_nothing_is_there() -> None:
    gone = PersonSettings(away_until=NOW + timedelta(hours=2), hours=replace(NIGHT, days=(0,)))

    assert absence(PersonSettings(), "UTC", NOW) is None
    assert absence(PersonSettings(away_until=NOW), "UTC", NOW) is None
    assert absence(PersonSettings(hours=replace(DAY, days=tuple(range(7)))), "UTC", NOW) is None
    assert absence(gone, "UTC", NOW) == Absence(away_until=gone.away_until, off_hours=gone.hours)


def test_hours_are_read_at_a_glance() -> None:
    """Days in a row by the first and the last."""
    assert when(DAY) == "Mon–Fri 09:00–17:30"
    assert when(replace(DAY, days=(0, 1, 3))) == "Mon, Tue, Thu 09:00–17:30"
    away = Absence(away_until=NOW + timedelta(hours=2), off_hours=None)
    assert absent(away, NOW) == "🌙 away for 2 h"


def test_the_hint_stands_below_the_name() -> None:
    """In the menu of people to assign something to."""
    around = replace(
        make_around(now=NOW),
        colleagues={"U1": "Alice", "U2": "Bob"},
        absences={"U2": Absence(away_until=None, off_hours=DAY)},
    )

    view = later_form(make_escalation(), around)

    judge_view(view)
    alice, bob = view["blocks"][-1]["element"]["options"]
    assert "description" not in alice
    assert bob["description"]["text"] == "🌙 outside working hours (Mon–Fri 09:00–17:30)"


def test_the_form_is_filled_with_what_was_said() -> None:
    """Without working hours it proposes times, and no day: nothing is said by saving it so."""
    said = PersonSettings(
        away_until=NOW + timedelta(hours=1), hours=replace(DAY, zone="Asia/Tokyo")
    )

    full, empty = settings_form(said, "UTC", NOW), settings_form(PersonSettings(), "UTC", NOW)
    over = settings_form(replace(said, away_until=NOW), "UTC", NOW)

    for view in (full, empty, over):
        judge_view(view)
    elements = {block["block_id"]: block["element"] for block in full["blocks"]}
    assert len(elements[names.DAYS]["initial_options"]) == 5
    assert elements[names.END]["initial_time"] == "17:30"
    assert elements[names.ZONE]["initial_value"] == "Asia/Tokyo"
    assert "initial_date_time" not in over["blocks"][0]["element"]
    assert read_settings(values()).hours is None


def values(**fields: Any) -> dict[str, Any]:
    """What Slack sends of a form in which this was entered."""
    made: dict[str, Any] = {
        names.START: {"selected_time": "09:00"}, names.END: {"selected_time": "17:00"},
    }  # fmt: skip
    if "days" in fields:
        days = [{"value": day} for day in fields.pop("days")]
        made[names.DAYS] = {"selected_options": days}
    if "zone" in fields:
        made[names.ZONE] = {"value": fields.pop("zone")}
    made |= {name: {"selected_time": one} for name, one in fields.items()}
    return {name: {names.INPUT: state} for name, state in made.items()}


def test_a_form_says_when_somebody_works() -> None:
    answer = read_settings(values(days=["4", "0"], zone=" Asia/Tokyo "))

    assert answer.away_until is None
    assert answer.hours == WorkingHours(start=time(9), end=time(17), days=(0, 4), zone="Asia/Tokyo")


@pytest.mark.parametrize(
    ("entered", "wrong"),
    [
        ({"days": ["9"]}, {"days"}),
        ({"days": ["0", "mon"]}, {"days"}),
        ({"days": ["0"], "start": None}, {"start"}),
        ({"days": ["0"], "start": 9, "end": None}, {"start", "end"}),
        ({"days": ["0"], "start": "25:00"}, {"start"}),
        ({"days": ["0"], "end": "<!channel>"}, {"end"}),
        ({"days": ["0"], "start": "17:00"}, {"end"}),
        ({"days": [], "zone": "Mars/Olympus"}, {"zone"}),
        ({"days": ["0"], "zone": "../../etc/passwd"}, {"zone"}),
        ({"days": ["0"], "zone": "Europe"}, {"zone"}),
        ({"days": ["0"], "zone": "a\x00b"}, {"zone"}),
        ({"days": ["0"], "zone": "x" * 5000}, {"zone"}),
    ],
)
def test_what_makes_no_sense_is_told_at_its_field(entered: dict[str, Any], wrong: set[str]) -> None:
    """Whatever a payload carries."""
    with pytest.raises(FormError) as refused:
        read_settings(values(**entered))

    assert refused.value.errors.keys() == wrong


def test_zones_are_known_by_their_names() -> None:
    assert known_zone("Europe/London")
    assert not known_zone("")
