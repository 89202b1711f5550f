"""Offer, book, move and cancel interviews; confirm attendance; arrive. Slots stand in `slots.py`."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from huntred.applications import moves
from huntred.applications import service as applications
from huntred.applications.models import Application
from huntred.applications.rules import ENDED_KINDS
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid, NotFound
from huntred.geography import distance_km
from huntred.interviews import repository, rules
from huntred.interviews.errors import (
    AlreadyBooked,
    InterviewOver,
    NoLongerFree,
    NotBookable,
    PlaceUnknown,
    SlotTaken,
    TooEarlyToArrive,
    VideoInterview,
)
from huntred.interviews.events import (
    AttendanceConfirmed,
    CandidateArrived,
    InterviewBooked,
    InterviewCancelled,
    InterviewerAnswered,
    InterviewMoved,
)
from huntred.interviews.models import Interview, InterviewSlot
from huntred.interviews.slots import cancel_slot, make_slots, week
from huntred.interviews.types import Arrival, SlotPlan, WeekEntry

__all__ = [
    "Arrival", "SlotPlan", "WeekEntry", "ahead_of_applications", "arrive", "book_slot", "cancel", "cancel_slot",
    "confirm_attendance", "free_slots", "get", "interviewer_answers", "make_slots", "next_of_person",
    "record_outcome", "reschedule", "week",
]  # fmt: skip

_CANCELLERS = ("candidate", "interviewer", "consultant")
_ANSWERS = ("confirmed", "declined", "handed_over")
# Far more than anybody is shown: enough to choose from several days.
_LOOKED_AT = 300


def get(uow: UnitOfWork, interview_id: UUID) -> Interview:
    """Raises NotFound."""
    interview = repository.interview(uow.session, interview_id)
    if interview is None:
        raise NotFound(f"interview {interview_id}")
    return interview


def free_slots(
    uow: UnitOfWork, application_id: UUID, *, now: datetime, limit: int = 6, timezone: str = "America/Mexico_City"
) -> list[InterviewSlot]:
    """Times that this application can be interviewed at, spread over days; empty where none is left.

    Raises NotFound, NotBookable.
    """
    application = applications.get(uow, application_id)
    _require_bookable(application)
    free = repository.free(uow.session, application, now + rules.SHORTEST_NOTICE, limit=_LOOKED_AT)
    own = [slot for slot in free if slot.vacancy_id is not None]
    return rules.spread(own or free, limit, timezone)


def book_slot(uow: UnitOfWork, slot_id: UUID, application_id: UUID, *, now: datetime) -> Interview:
    """Book a slot once; the same request again returns the same interview.

    Raises NotFound, NotBookable, AlreadyBooked, SlotTaken, NoLongerFree.
    """
    application = applications.get(uow, application_id)
    slot = _lock_slot(uow, slot_id, application)
    held = repository.live_of_slot(uow.session, slot.id)
    if held is not None and held.application_id == application.id:
        return held
    if held is not None:
        raise SlotTaken(f"slot {slot_id}")
    _require_bookable(application)
    _require_free(uow, slot, application, now, but=None)
    _end_past(uow, application, now)
    interview = Interview(
        unit=slot.unit, division_id=application.division_id, slot=slot, application_id=application.id,
        interviewer_id=slot.interviewer_id, state="booked", interviewer_answer="pending", sequence=0,
        cancelled_by="", reason="", generated=False, booked_at=now,
    )  # fmt: skip
    try:
        with uow.session.begin_nested():
            uow.session.add(interview)
    except IntegrityError:
        # The unique index is the last word: a writer that took no locks was faster.
        raise SlotTaken(f"slot {slot_id}") from None
    moves.advance(uow, application, "interview", now=now)
    uow.record(InterviewBooked(interview.id), unit=interview.unit)
    return interview


def reschedule(uow: UnitOfWork, interview_id: UUID, slot_id: UUID, *, now: datetime) -> Interview:
    """Move an interview to another slot; its old one is free again. The same slot again changes nothing.

    Raises NotFound, InterviewOver, SlotTaken, NoLongerFree.
    """
    application = applications.get(uow, get(uow, interview_id).application_id)
    slot = _lock_slot(uow, slot_id, application)
    interview = _locked(uow, interview_id)
    _require_ahead(interview, now)
    if interview.slot_id == slot.id:
        return interview
    if repository.live_of_slot(uow.session, slot.id) is not None:
        raise SlotTaken(f"slot {slot_id}")
    _require_free(uow, slot, application, now, but=interview.id)
    was_at, was_with = interview.slot.starts_at, interview.interviewer_id
    interview.slot = slot
    interview.interviewer_id = slot.interviewer_id
    interview.interviewer_answer = "pending"
    interview.attendance_confirmed_at = None
    interview.arrived_at = None
    interview.sequence += 1
    try:
        with uow.session.begin_nested():
            uow.session.flush()
    except IntegrityError:
        raise SlotTaken(f"slot {slot_id}") from None
    # Only the back office works in the name of a user: a candidate need not be told what he or she has just done.
    by = "consultant" if uow.scope.user_id else "candidate"
    uow.record(InterviewMoved(interview.id, was_at, was_with, by), unit=interview.unit)
    return interview


def cancel(uow: UnitOfWork, interview_id: UUID, by: str, reason: str, *, now: datetime) -> Interview:
    """Cancel it; its slot is free again. Again: nothing more happens. by: candidate, interviewer, consultant.

    Raises NotFound, InterviewOver where it has taken place.
    """
    if by not in _CANCELLERS:
        raise FieldInvalid("by", "unknown")
    interview = _locked(uow, interview_id)
    if interview.state == "cancelled":
        return interview
    if interview.state != "booked":
        raise InterviewOver(f"interview {interview_id} is {interview.state}")
    interview.state = "cancelled"
    interview.cancelled_at = now
    interview.cancelled_by = by
    interview.reason = reason.strip()
    interview.sequence += 1
    uow.session.flush()
    uow.record(InterviewCancelled(interview.id, by), unit=interview.unit)
    return interview


def confirm_attendance(uow: UnitOfWork, interview_id: UUID, *, now: datetime) -> bool:
    """Note that the candidate will come; True the first time, False where it was known. Raises InterviewOver."""
    interview = _locked(uow, interview_id)
    _require_ahead(interview, now)
    if interview.attendance_confirmed_at is not None:
        return False
    interview.attendance_confirmed_at = now
    uow.record(AttendanceConfirmed(interview.id), unit=interview.unit)
    return True


def arrive(uow: UnitOfWork, interview_id: UUID, latitude: float, longitude: float, *, now: datetime) -> Arrival:
    """Measure how far the candidate is; within 200 m the arrival is noted, once.

    Raises NotFound, InterviewOver, VideoInterview, TooEarlyToArrive, PlaceUnknown.
    """
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise FieldInvalid("location", "not_a_location")
    interview = _locked(uow, interview_id)
    _require_ahead(interview, now)
    slot = interview.slot
    if slot.modality == "video":
        raise VideoInterview(f"interview {interview_id}")
    if now < slot.starts_at - rules.ARRIVAL_OPENS:
        raise TooEarlyToArrive(f"interview {interview_id} begins at {slot.starts_at.isoformat()}")
    place_latitude, place_longitude = _place(interview)
    metres = round(distance_km(latitude, longitude, place_latitude, place_longitude) * 1000)
    arrived = metres <= rules.ARRIVAL_METRES
    if arrived and interview.arrived_at is None:
        interview.arrived_at = now
        uow.record(CandidateArrived(interview.id), unit=interview.unit)
    return Arrival(arrived, metres)


def next_of_person(uow: UnitOfWork, person_id: UUID, *, now: datetime) -> Interview | None:
    """The person's next interview in this unit that is not over yet."""
    return repository.next_of_person(uow.session, uow.unit, person_id, now)


def ahead_of_applications(
    uow: UnitOfWork, application_ids: list[UUID], *, now: datetime | None
) -> dict[UUID, Interview]:
    """The interview ahead of each application that has one; without `now`, also one whose time is over."""
    if not application_ids:
        return {}
    return repository.ahead_of_applications(uow.session, application_ids, now)


def interviewer_answers(
    uow: UnitOfWork, interview_id: UUID, answer: str, *, hand_over_to: UUID | None = None, now: datetime
) -> Interview:
    """The interviewer confirms, declines (the interview is cancelled, the slot too) or hands it to a colleague.

    Raises NotFound, InterviewOver, FieldInvalid, NoLongerFree where the colleague is busy then.
    """
    if answer not in _ANSWERS:
        raise FieldInvalid("answer", "unknown")
    if answer == "handed_over":
        _lock_colleague(uow, interview_id, hand_over_to)
    interview = _locked(uow, interview_id)
    _require_ahead(interview, now)
    was_with = interview.interviewer_id
    if answer == "confirmed":
        if interview.interviewer_answer == "confirmed":
            return interview
        interview.interviewer_answer = "confirmed"
    elif answer == "declined":
        interview.interviewer_answer = "declined"
        interview.slot.cancelled_at = now
        cancel(uow, interview.id, "interviewer", "", now=now)
    else:
        _hand_over(uow, interview, hand_over_to)
    uow.record(InterviewerAnswered(interview.id, answer, was_with), unit=interview.unit)
    return interview


def record_outcome(uow: UnitOfWork, interview_id: UUID, attended: bool, *, now: datetime) -> Interview:
    """Say afterwards whether the candidate came. Raises NotFound, InterviewOver where it was cancelled."""
    interview = _locked(uow, interview_id)
    if interview.state == "cancelled":
        raise InterviewOver(f"interview {interview_id} was cancelled")
    if now < interview.slot.starts_at:
        raise FieldInvalid("attended", "not_yet")
    interview.state = "attended" if attended else "missed"
    return interview


def _lock_colleague(uow: UnitOfWork, interview_id: UUID, colleague: UUID | None) -> None:
    """Calendars are locked before rows, here as in booking: two never wait crosswise."""
    if colleague is not None:
        application = applications.get(uow, get(uow, interview_id).application_id)
        repository.lock_calendars(uow.session, (application.person_id, colleague))


def _hand_over(uow: UnitOfWork, interview: Interview, colleague: UUID | None) -> None:
    if colleague is None:
        raise FieldInvalid("hand_over_to", "missing")
    if colleague == interview.interviewer_id or not repository.is_colleague(uow.session, colleague):
        raise FieldInvalid("hand_over_to", "unknown")
    application = applications.get(uow, interview.application_id)
    slot = interview.slot
    if repository.overlapping(
        uow.session, application.person_id, colleague, slot.starts_at, slot.ends_at, but=interview.id
    ):
        raise NoLongerFree(f"user {colleague} has another interview then")
    interview.interviewer_id = colleague
    interview.interviewer_answer = "handed_over"
    interview.sequence += 1
    slot.interviewer_id = colleague


def _lock_slot(uow: UnitOfWork, slot_id: UUID, application: Application) -> InterviewSlot:
    seen = repository.slot(uow.session, slot_id)
    if seen is None or seen.unit != application.unit:
        raise NotFound(f"slot {slot_id}")
    repository.lock_calendars(uow.session, (application.person_id, seen.interviewer_id))
    slot = repository.slot(uow.session, slot_id, lock=True)
    if slot is None:
        raise NoLongerFree(f"slot {slot_id} is gone")
    return slot


def _require_bookable(application: Application) -> None:
    if application.stage.kind in ENDED_KINDS:
        raise NotBookable(f"application {application.number} is {application.stage.kind}")
    if application.knocked_out and application.stage.kind == "new":
        # A consultant who moves it on has decided otherwise.
        raise NotBookable(f"application {application.number} did not pass the questions")


def _require_free(
    uow: UnitOfWork, slot: InterviewSlot, application: Application, now: datetime, *, but: UUID | None
) -> None:
    if slot.cancelled_at is not None or slot.starts_at <= now:
        raise NoLongerFree(f"slot {slot.id} is cancelled or past")
    if slot.vacancy_id is not None and slot.vacancy_id != application.vacancy_id:
        raise NotFound(f"slot {slot.id}")
    if repository.overlapping(
        uow.session, application.person_id, slot.interviewer_id, slot.starts_at, slot.ends_at, but=but
    ):
        raise NoLongerFree(f"slot {slot.id} overlaps another interview")


def _end_past(uow: UnitOfWork, application: Application, now: datetime) -> None:
    """Let a further round be booked: one whose time is over is put to attended or missed, as far as is known."""
    earlier = repository.booked_of_application(uow.session, application.id)
    if earlier is None:
        return
    if earlier.slot.ends_at > now:
        raise AlreadyBooked(earlier.id)
    earlier.state = "attended" if earlier.arrived_at or earlier.attendance_confirmed_at else "missed"
    uow.session.flush()


def _require_ahead(interview: Interview, now: datetime) -> None:
    if interview.state != "booked" or interview.slot.ends_at <= now:
        raise InterviewOver(f"interview {interview.id} is {interview.state}")


def _place(interview: Interview) -> tuple[float, float]:
    slot, vacancy = interview.slot, interview.application.vacancy
    if slot.latitude is not None and slot.longitude is not None:
        return slot.latitude, slot.longitude
    if not slot.address and vacancy.latitude is not None and vacancy.longitude is not None:
        return vacancy.latitude, vacancy.longitude
    raise PlaceUnknown(f"interview {interview.id}")


def _locked(uow: UnitOfWork, interview_id: UUID) -> Interview:
    interview = repository.interview(uow.session, interview_id, lock=True)
    if interview is None:
        raise NotFound(f"interview {interview_id}")
    return interview
