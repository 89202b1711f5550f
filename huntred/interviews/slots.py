"""Times that interviewers offer: made once or as a series, changed, taken away. `calendar.py` shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from contract.ids import new_id
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid, NotFound
from huntred.interviews import repository, rules
from huntred.interviews.errors import CalendarClash, OnHoliday, SlotHasInterview
from huntred.interviews.holidays import holiday
from huntred.interviews.models import InterviewSlot
from huntred.interviews.types import Made, SlotChange, SlotPlan
from huntred.units import service as units
from huntred.vacancies import service as vacancies

_HOLIDAY_CHOICES = ("", "skip", "keep")


def make_slots(uow: UnitOfWork, plan: SlotPlan, *, now: datetime) -> Made:
    """Make the slots of a plan; what has passed, or when the interviewer or the room has a slot, is left out.

    Several of one plan are a series. Raises FieldInvalid, NotFound, OnHoliday; CalendarClash where all would be left
    out because of the interviewer or the room.
    """
    _check(uow, plan)
    plan = _on_workdays(plan)
    plan = _placed(uow, plan)
    repository.lock_calendars(uow.session, _owners(plan.interviewer_id, plan.room_id))
    spans = list(rules.slot_times(plan.days, plan.from_time, plan.to_time, plan.minutes, plan.timezone))
    if len(spans) > rules.MOST_SLOTS:
        raise FieldInvalid("days", "too_many_slots")
    made: list[InterviewSlot] = []
    clash = ""
    for start, end in spans:
        if start <= now:
            continue
        if taken := repository.slot_there(uow.session, plan.interviewer_id, plan.room_id, start, end, but=[]):
            clash = clash or taken
            continue
        made.append(_add(uow, plan, start, end, now))
        uow.session.flush()
    if not made and clash:
        raise CalendarClash(clash, repository.name_of(uow.session, clash, plan.interviewer_id, plan.room_id))
    if len(made) > 1:
        series = new_id()
        for slot in made:
            slot.series_id = series
    return Made(made, len(spans) - len(made))


def change_slot(
    uow: UnitOfWork, slot_id: UUID, change: SlotChange, *, following: bool = False, now: datetime
) -> tuple[int, int]:
    """Change a slot, or it and those of its series from then on; return how many were changed and how many stayed.

    One that anybody is booked into or asked about, or that has begun, stays: an interview moves only with its
    candidate's yes. Raises NotFound, FieldInvalid, SlotHasInterview where nothing could change, CalendarClash.
    """
    slot = _get(uow, slot_id)
    _check_place(uow, change.modality, change.room_id, change.capacity, change.minutes)
    if change.modality == "video" and slot.vacancy_id is None and not change.video_url:
        raise FieldInvalid("video_url", "missing")
    repository.lock_calendars(uow.session, _owners(slot.interviewer_id, slot.room_id, change.room_id))
    chosen = _chosen(uow, slot, following)
    free = [one for one in chosen if one.starts_at > now and not _is_used(uow, one)]
    if not free:
        raise SlotHasInterview(f"slot {slot_id}")
    mine = [one.id for one in free]
    for one in free:
        _change(uow, one, change, mine, now)
    uow.session.flush()
    return len(free), len(chosen) - len(free)


def cancel_slot(uow: UnitOfWork, slot_id: UUID, *, following: bool = False, now: datetime) -> tuple[int, int]:
    """Take a free slot away, or it and those of its series from then on; return how many went and how many stayed.

    Again: nothing more happens. Raises NotFound, SlotHasInterview where none could go.
    """
    slot = _get(uow, slot_id)
    repository.lock_calendars(uow.session, _owners(slot.interviewer_id, slot.room_id))
    chosen = _chosen(uow, slot, following)
    free = [one for one in chosen if not _is_used(uow, one)]
    if chosen and not free:
        raise SlotHasInterview(f"slot {slot_id}")
    for one in free:
        one.cancelled_at = one.cancelled_at or now
    return len(free), len(chosen) - len(free)


def require_no_holiday(uow: UnitOfWork, at: datetime, timezone: str, *, meant: bool) -> None:
    """Raises OnHoliday where the day is one off by law in the place, and was not said to be meant."""
    day = at.astimezone(ZoneInfo(timezone or units.get(uow, uow.unit).timezone)).date()
    if not meant and (name := holiday(day)):
        raise OnHoliday(name, day)


def _get(uow: UnitOfWork, slot_id: UUID) -> InterviewSlot:
    slot = repository.slot(uow.session, slot_id)
    if slot is None:
        raise NotFound(f"slot {slot_id}")
    return slot


def _chosen(uow: UnitOfWork, slot: InterviewSlot, following: bool) -> Sequence[InterviewSlot]:
    if following and slot.series_id is not None:
        return repository.following(uow.session, slot)
    locked = repository.slot(uow.session, slot.id, lock=True)
    return [] if locked is None else [locked]


def _is_used(uow: UnitOfWork, slot: InterviewSlot) -> bool:
    live = repository.live_of_slot(uow.session, slot.id)
    return bool(live) or repository.held_for_proposals(uow.session, slot.id, but=None) > 0


def _change(uow: UnitOfWork, slot: InterviewSlot, change: SlotChange, mine: list[UUID], now: datetime) -> None:
    zone = ZoneInfo(slot.timezone or units.get(uow, slot.unit).timezone)
    day = slot.starts_at.astimezone(zone).date()
    start = datetime.combine(day, change.from_time, zone)
    end = start + timedelta(minutes=change.minutes)
    if start <= now:
        raise FieldInvalid("from_time", "out_of_range")
    taken = repository.slot_there(uow.session, slot.interviewer_id, change.room_id, start, end, but=mine)
    if taken:
        raise CalendarClash(taken, repository.name_of(uow.session, taken, slot.interviewer_id, change.room_id))
    if (slot.address, slot.modality) != (change.address, change.modality):
        slot.latitude = slot.longitude = None
    slot.starts_at, slot.ends_at = start, end
    slot.modality, slot.address, slot.video_url = change.modality, change.address, change.video_url
    slot.room_id, slot.capacity = change.room_id, change.capacity


def _add(uow: UnitOfWork, plan: SlotPlan, start: datetime, end: datetime, now: datetime) -> InterviewSlot:
    slot = InterviewSlot(
        unit=uow.unit, division_id=plan.division_id, vacancy_id=plan.vacancy_id, interviewer_id=plan.interviewer_id,
        starts_at=start, ends_at=end, modality=plan.modality, address=plan.address, latitude=plan.latitude,
        longitude=plan.longitude, video_url=plan.video_url, room_id=plan.room_id, capacity=plan.capacity, booked=0,
        timezone=plan.timezone, generated=False, created_at=now,
    )  # fmt: skip
    uow.session.add(slot)
    return slot


def _placed(uow: UnitOfWork, plan: SlotPlan) -> SlotPlan:
    """The plan with what its vacancy and its room bring along."""
    if plan.vacancy_id is not None:
        vacancy = vacancies.get(uow, plan.vacancy_id)
        plan = replace(plan, division_id=vacancy.division_id)
        if plan.modality == "in_person" and not plan.address and plan.room_id is None:
            plan = replace(
                plan, address=vacancy.address, latitude=vacancy.latitude, longitude=vacancy.longitude
            )
    if plan.room_id is not None and not plan.address:
        room = next(room for room in repository.rooms(uow.session, uow.unit) if room.id == plan.room_id)
        plan = replace(plan, address=", ".join(part for part in (room.name, room.address) if part))
    return plan


def _on_workdays(plan: SlotPlan) -> SlotPlan:
    off = [(name, day) for day in plan.days if (name := holiday(day))]
    if not off or plan.on_holidays == "keep":
        return plan
    if plan.on_holidays != "skip":
        raise OnHoliday(*off[0])
    days = tuple(day for day in plan.days if not holiday(day))
    if not days:
        raise FieldInvalid("days", "nothing_made")
    return replace(plan, days=days)


def _owners(*owners: UUID | None) -> set[UUID]:
    return {owner for owner in owners if owner is not None}


def _check(uow: UnitOfWork, plan: SlotPlan) -> None:
    _check_place(uow, plan.modality, plan.room_id, plan.capacity, plan.minutes)
    if not plan.days:
        raise FieldInvalid("days", "missing")
    if plan.from_time >= plan.to_time:
        raise FieldInvalid("to_time", "before_start")
    if plan.modality == "video" and plan.vacancy_id is None and not plan.video_url:
        raise FieldInvalid("video_url", "missing")
    if plan.on_holidays not in _HOLIDAY_CHOICES:
        raise FieldInvalid("holidays", "unknown")
    try:
        ZoneInfo(plan.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        raise FieldInvalid("timezone", "unknown") from None
    if not repository.is_colleague(uow.session, plan.interviewer_id):
        raise FieldInvalid("interviewer_id", "unknown")


def _check_place(uow: UnitOfWork, modality: str, room_id: UUID | None, capacity: int, minutes: int) -> None:
    if modality not in {"in_person", "video"}:
        raise FieldInvalid("modality", "unknown")
    if not 5 <= minutes <= rules.LONGEST_SLOT_MINUTES:
        raise FieldInvalid("minutes", "out_of_range")
    if not 1 <= capacity <= rules.MOST_IN_A_GROUP:
        raise FieldInvalid("capacity", "out_of_range")
    if room_id is not None and room_id not in {room.id for room in repository.rooms(uow.session, uow.unit)}:
        raise FieldInvalid("room_id", "unknown")
