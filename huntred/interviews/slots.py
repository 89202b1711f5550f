"""Times that interviewers offer: make them, take them away, show a week of them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid, NotFound
from huntred.interviews import repository, rules
from huntred.interviews.errors import SlotHasInterview
from huntred.interviews.models import InterviewSlot
from huntred.interviews.types import SlotPlan, WeekEntry
from huntred.vacancies import service as vacancies


def make_slots(uow: UnitOfWork, plan: SlotPlan, *, now: datetime) -> list[InterviewSlot]:
    """Make the slots of a plan; what has passed or overlaps a slot of the interviewer is left out.

    Raises FieldInvalid, NotFound.
    """
    _check(plan)
    if not repository.is_colleague(uow.session, plan.interviewer_id):
        raise FieldInvalid("interviewer_id", "unknown")
    division_id, address = plan.division_id, plan.address
    latitude, longitude = plan.latitude, plan.longitude
    if plan.vacancy_id is not None:
        vacancy = vacancies.get(uow, plan.vacancy_id)
        division_id = vacancy.division_id
        if plan.modality == "in_person" and not address:
            address, latitude, longitude = vacancy.address, vacancy.latitude, vacancy.longitude
    repository.lock_calendars(uow.session, (plan.interviewer_id,))
    made: list[InterviewSlot] = []
    for start, end in rules.slot_times(plan.days, plan.from_time, plan.to_time, plan.minutes, plan.timezone):
        if start <= now or repository.slots_of(uow.session, plan.interviewer_id, start, end):
            continue
        slot = InterviewSlot(
            unit=uow.unit, division_id=division_id, vacancy_id=plan.vacancy_id, interviewer_id=plan.interviewer_id,
            starts_at=start, ends_at=end, modality=plan.modality, address=address, latitude=latitude,
            longitude=longitude, video_url=plan.video_url, generated=False, created_at=now,
        )  # fmt: skip
        uow.session.add(slot)
        uow.session.flush()
        made.append(slot)
    return made


def cancel_slot(uow: UnitOfWork, slot_id: UUID, *, now: datetime) -> InterviewSlot:
    """Take a free slot away; again: nothing more happens. Raises NotFound, SlotHasInterview."""
    slot = repository.slot(uow.session, slot_id, lock=True)
    if slot is None:
        raise NotFound(f"slot {slot_id}")
    if repository.live_of_slot(uow.session, slot_id) is not None:
        raise SlotHasInterview(f"slot {slot_id}")
    slot.cancelled_at = slot.cancelled_at or now
    return slot


def week(uow: UnitOfWork, start: datetime, end: datetime) -> list[WeekEntry]:
    """Every slot that begins in the span, by time, with whoever is booked; of all units in scope."""
    entries = []
    for slot, interviewer, interview in repository.between(uow.session, start, end):
        if interview is None:
            entries.append(WeekEntry(slot, interviewer))
            continue
        application = interview.application
        profile = application.profile
        name = " ".join(part for part in (profile.first_name, profile.last_name, profile.second_last_name) if part)
        entries.append(WeekEntry(slot, interviewer, interview, name, application.vacancy.title, application.number))
    return entries


def _check(plan: SlotPlan) -> None:
    if plan.modality not in {"in_person", "video"}:
        raise FieldInvalid("modality", "unknown")
    if not 5 <= plan.minutes <= rules.LONGEST_SLOT_MINUTES:
        raise FieldInvalid("minutes", "out_of_range")
    if not plan.days:
        raise FieldInvalid("days", "missing")
    if plan.from_time >= plan.to_time:
        raise FieldInvalid("to_time", "before_start")
    if plan.modality == "video" and plan.vacancy_id is None and not plan.video_url:
        raise FieldInvalid("video_url", "missing")
    try:
        ZoneInfo(plan.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        raise FieldInvalid("timezone", "unknown") from None
