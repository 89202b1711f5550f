"""Reads the forms that open and change interview times."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from backoffice import work
from backoffice.formats import local, viewer_zone
from backoffice.forms import FormReader
from huntred.errors import FieldInvalid
from huntred.interviews import rules
from huntred.interviews.models import InterviewSlot
from huntred.interviews.types import SlotChange, SlotPlan

# The zones of Mexico; since 2022 only the northern border changes its clocks.
ZONES = (
    "America/Mexico_City", "America/Monterrey", "America/Merida", "America/Cancun", "America/Mazatlan",
    "America/Hermosillo", "America/Chihuahua", "America/Ciudad_Juarez", "America/Ojinaga", "America/Matamoros",
    "America/Tijuana",
)  # fmt: skip
_MOST_WEEKS_APART = 8


def read_plan(form: MultiDict[str, str]) -> SlotPlan:
    """Read the form that opens times: one day, or a series by weekdays until a day or for so many days."""
    reader = FormReader(form)
    first = reader.required(reader.day("first_day"), "first_day")
    return SlotPlan(
        interviewer_id=reader.required(reader.id("interviewer_id"), "interviewer_id"),
        days=_days(reader, first),
        from_time=reader.required(reader.time("from_time"), "from_time"),
        to_time=reader.required(reader.time("to_time"), "to_time"),
        minutes=reader.integer("minutes") or 30,
        modality=reader.text("modality"),
        vacancy_id=reader.id("vacancy_id"),
        # A division's consultant offers times of the division; a vacancy brings its own.
        division_id=next(iter(work.current_work().scope.divisions), None),
        address=reader.text("address", longest=500),
        latitude=reader.coordinate("latitude"),
        longitude=reader.coordinate("longitude"),
        video_url=_video_url(reader),
        timezone=reader.text("timezone") or str(viewer_zone()),
        room_id=_room(reader),
        capacity=_capacity(reader),
        on_holidays=reader.text("holidays"),
    )


def read_change(form: MultiDict[str, str]) -> SlotChange:
    reader = FormReader(form)
    return SlotChange(
        from_time=reader.required(reader.time("from_time"), "from_time"),
        minutes=reader.integer("minutes") or 30,
        modality=reader.text("modality"),
        address=reader.text("address", longest=500),
        video_url=_video_url(reader),
        room_id=_room(reader),
        capacity=_capacity(reader),
    )


def change_values(slot: InterviewSlot, timezone: str) -> dict[str, str]:
    """What the form that changes a slot begins with."""
    zone = ZoneInfo(slot.timezone or timezone)
    minutes = int((slot.ends_at - slot.starts_at).total_seconds() // 60)
    return {
        "from_time": slot.starts_at.astimezone(zone).strftime("%H:%M"), "minutes": str(minutes),
        "modality": slot.modality, "address": slot.address, "video_url": slot.video_url,
        "room_id": str(slot.room_id or ""), "capacity": str(slot.capacity),
    }  # fmt: skip


def read_moment(raw: str) -> datetime:
    """Read "2026-03-02T10:15" in the viewer's time zone. Raises FieldInvalid."""
    try:
        found = datetime.fromisoformat(raw)
    except ValueError:
        raise FieldInvalid("to", "not_a_time") from None
    return found if found.tzinfo else found.replace(tzinfo=viewer_zone())


def moment_value(at: datetime) -> str:
    """The same as the field of a form wants it."""
    return local(at).strftime("%Y-%m-%dT%H:%M")


def _days(reader: FormReader, first: date) -> tuple[date, ...]:
    last, count = reader.day("last_day"), reader.integer("count")
    weekdays = {int(value) for value in reader.texts("weekdays") if value in set("0123456")}
    if last is None and count is None:
        return (first,)
    if last is not None and not first <= last <= first + timedelta(days=rules.LONGEST_SERIES_DAYS):
        raise FieldInvalid("last_day", "out_of_range")
    if count is not None and not 1 <= count <= rules.LONGEST_SERIES_DAYS:
        raise FieldInvalid("count", "out_of_range")
    apart = reader.integer("every_weeks") or 1
    if not 1 <= apart <= _MOST_WEEKS_APART:
        raise FieldInvalid("every_weeks", "out_of_range")
    if last == first:
        return (first,)
    if not weekdays:
        raise FieldInvalid("weekdays", "missing")
    return rules.recurring_days(first, weekdays, every_weeks=apart, until=last, count=count)


def _capacity(reader: FormReader) -> int:
    value = reader.integer("capacity")
    return 1 if value is None else value


def _room(reader: FormReader) -> UUID | None:
    return reader.id("room_id") if reader.text("modality") == "in_person" else None


def _video_url(reader: FormReader) -> str:
    value = reader.text("video_url", longest=500)
    if value and not value.startswith("https://"):
        raise FieldInvalid("video_url", "not_a_link")
    return value
