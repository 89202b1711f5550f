"""Offer, book, move and cancel interviews; confirm attendance; arrive. Slots stand in `slots.py`."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from psycopg.errors import ExclusionViolation
from sqlalchemy.exc import IntegrityError

from huntred.applications import moves
from huntred.applications import service as applications
from huntred.applications.models import Application
from huntred.applications.rules import ENDED_KINDS
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid, NotFound, RuleBroken
from huntred.geography import distance_km
from huntred.interviews import proposals, repository, rules
from huntred.interviews.errors import (
    AlreadyBooked,
    CalendarClash,
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
    InterviewAttended,
    InterviewBooked,
    InterviewCancelled,
    InterviewerAnswered,
    InterviewMoved,
)
from huntred.interviews.models import Interview, InterviewSlot
from huntred.interviews.slots import cancel_slot, change_slot, make_slots
from huntred.interviews.types import Arrival, CalendarEntry, SlotPlan

__all__ = [
    "Arrival", "CalendarEntry", "SlotPlan", "accept_proposal", "ahead_of_applications", "arrive", "book_slot", "cancel",
    "cancel_slot", "change_slot", "confirm_attendance", "free_slots", "get", "interviewer_answers", "make_slots",
    "next_of_person", "record_outcome", "reschedule",
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
    mine = next((one for one in held if one.application_id == application.id), None)
    if mine is not None:
        return mine
    _require_place(uow, slot, but=None)
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
    except IntegrityError as error:
        # The database is the last word: a writer that took no locks was faster.
        raise _refusal(error, slot_id) from None
    moves.advance(uow, application, "interview", now=now)
    uow.record(InterviewBooked(interview.id), unit=interview.unit)
    return interview


def reschedule(uow: UnitOfWork, interview_id: UUID, slot_id: UUID, *, now: datetime) -> Interview:
    """Move an interview to another slot; its old one is free again. The same slot again changes nothing.

    Raises NotFound, InterviewOver, SlotTaken, NoLongerFree.
    """
    seen = get(uow, interview_id)
    application = applications.get(uow, seen.application_id)
    slot = _lock_slot(uow, slot_id, application, also=(seen.interviewer_id,))
    interview = _locked(uow, interview_id)
    _require_ahead(interview, now)
    if interview.slot_id == slot.id:
        return interview
    _require_place(uow, slot, but=interview.id)
    _require_free(uow, slot, application, now, but=interview.id)
    # Whoever moves it, a question that was open is none any more.
    proposals.end_waiting(uow, interview.id, "withdrawn", keep_slot=slot.id, now=now)
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
    except IntegrityError as error:
        raise _refusal(error, slot_id) from None
    # Only the back office works in the name of a user: a candidate need not be told what he or she has just done.
    by = "consultant" if uow.scope.user_id else "candidate"
    uow.record(InterviewMoved(interview.id, was_at, was_with, by), unit=interview.unit)
    return interview


def accept_proposal(uow: UnitOfWork, interview_id: UUID, *, now: datetime) -> Interview:
    """The candidate takes the time proposed: the interview moves there.

    Raises NotFound, ProposalOver, InterviewOver, SlotTaken, NoLongerFree.
    """
    repository.lock_calendars_of(uow.session, interview_id)
    was = get(uow, interview_id).slot
    accepted = proposals.accepted_slot(uow, interview_id, now=now)
    interview = reschedule(uow, interview_id, accepted.slot_id, now=now)
    uow.session.refresh(was, ["booked"])
    if rules.overlaps(was.starts_at, was.ends_at, accepted.slot.starts_at, accepted.slot.ends_at) and not was.booked:
        # Half of it is taken now: nobody could book it.
        was.cancelled_at = now
    return interview


def cancel(uow: UnitOfWork, interview_id: UUID, by: str, reason: str, *, now: datetime) -> Interview:
    """Cancel it; its slot is free again. Again: nothing more happens. by: candidate, interviewer, consultant.

    Raises NotFound, InterviewOver where it has taken place.
    """
    if by not in _CANCELLERS:
        raise FieldInvalid("by", "unknown")
    repository.lock_calendars_of(uow.session, interview_id)
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
    proposals.end_waiting(uow, interview.id, "withdrawn", now=now)
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
    repository.lock_calendars_of(uow.session, interview_id, () if hand_over_to is None else (hand_over_to,))
    interview = _locked(uow, interview_id)
    _require_ahead(interview, now)
    was_with = interview.interviewer_id
    if answer == "confirmed":
        if interview.interviewer_answer == "confirmed":
            return interview
        interview.interviewer_answer = "confirmed"
    elif answer == "declined":
        interview.interviewer_answer = "declined"
        # Of a group, nobody else is interviewed then either.
        for one in repository.live_of_slot(uow.session, interview.slot_id):
            if one.state == "booked":
                cancel(uow, one.id, "interviewer", "", now=now)
        interview.slot.cancelled_at = now
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
    if attended:
        uow.record(InterviewAttended(interview.id), unit=interview.unit)
    return interview


def _hand_over(uow: UnitOfWork, interview: Interview, colleague: UUID | None) -> None:
    if colleague is None:
        raise FieldInvalid("hand_over_to", "missing")
    if colleague == interview.interviewer_id or not repository.is_colleague(uow.session, colleague):
        raise FieldInvalid("hand_over_to", "unknown")
    application = applications.get(uow, interview.application_id)
    slot = interview.slot
    taken = repository.busy(uow.session, slot, application.person_id, colleague, but=interview.id)
    if taken:
        raise CalendarClash(taken, repository.name_of(uow.session, taken, colleague, slot.room_id))
    # Of a group, all of them are interviewed by one.
    for one in repository.live_of_slot(uow.session, slot.id):
        one.interviewer_id = colleague
        one.interviewer_answer = "handed_over"
        one.sequence += 1
        if one.id != interview.id:
            uow.record(InterviewerAnswered(one.id, "handed_over", slot.interviewer_id), unit=one.unit)
    slot.interviewer_id = colleague
    try:
        with uow.session.begin_nested():
            uow.session.flush()
    except IntegrityError as error:
        raise _refusal(error, slot.id) from None


def _lock_slot(
    uow: UnitOfWork, slot_id: UUID, application: Application, also: tuple[UUID, ...] = ()
) -> InterviewSlot:
    seen = repository.slot(uow.session, slot_id)
    if seen is None or seen.unit != application.unit:
        raise NotFound(f"slot {slot_id}")
    room = (seen.room_id,) if seen.room_id else ()
    repository.lock_calendars(uow.session, (application.person_id, seen.interviewer_id, *room, *also))
    slot = repository.slot(uow.session, slot_id, lock=True)
    if slot is None:
        raise NoLongerFree(f"slot {slot_id} is gone")
    return slot


def _refusal(error: IntegrityError, slot_id: UUID) -> RuleBroken:
    """What the database's own constraints mean."""
    if isinstance(error.orig, ExclusionViolation):
        return NoLongerFree(f"slot {slot_id} overlaps another interview")
    return SlotTaken(f"slot {slot_id}")


def _require_place(uow: UnitOfWork, slot: InterviewSlot, *, but: UUID | None) -> None:
    """A group has room for as many as its capacity, those who are being asked counted."""
    live = [one for one in repository.live_of_slot(uow.session, slot.id) if one.id != but]
    if len(live) + repository.held_for_proposals(uow.session, slot.id, but=but) >= slot.capacity:
        raise SlotTaken(f"slot {slot.id}")


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
    taken = repository.busy(uow.session, slot, application.person_id, slot.interviewer_id, but=but)
    if taken:
        raise CalendarClash(taken, repository.name_of(uow.session, taken, slot.interviewer_id, slot.room_id))


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
