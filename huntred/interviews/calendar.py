"""What the calendar and its feed show: slots of a span with whoever comes, of all units in scope."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from huntred.access.models import User
from huntred.applications.models import Application
from huntred.db.unit_of_work import UnitOfWork
from huntred.interviews.models import Interview, InterviewProposal, InterviewSlot
from huntred.interviews.types import CalendarEntry, Guest
from huntred.people.service import full_name
from huntred.vacancies.models import Vacancy

# Of a month of a large unit; what is beyond is said on the page.
MOST_ENTRIES = 3000
_MOST_FED = 2000
STATES = ("booked", "free", "waiting", "over")


@dataclass(frozen=True)
class Filter:
    """What of the calendar is wanted; none: everything. state: one of STATES."""

    interviewer_id: UUID | None = None
    vacancy_id: UUID | None = None
    room_id: UUID | None = None
    state: str = ""


def between(uow: UnitOfWork, start: datetime, end: datetime, wanted: Filter = Filter()) -> list[CalendarEntry]:
    """Slots that begin in the span, by time; cancelled ones left out, MOST_ENTRIES at most."""
    query = (
        select(InterviewSlot, func.coalesce(User.name, ""))
        .outerjoin(User, User.id == InterviewSlot.interviewer_id)
        .where(InterviewSlot.starts_at >= start, InterviewSlot.starts_at < end, InterviewSlot.cancelled_at.is_(None))
        .order_by(InterviewSlot.starts_at, InterviewSlot.ends_at, InterviewSlot.id)
        .limit(MOST_ENTRIES)
    )
    if wanted.interviewer_id is not None:
        query = query.where(InterviewSlot.interviewer_id == wanted.interviewer_id)
    if wanted.room_id is not None:
        query = query.where(InterviewSlot.room_id == wanted.room_id)
    if wanted.vacancy_id is not None:
        of_vacancy = (
            select(Interview.slot_id).join(Interview.application).where(Application.vacancy_id == wanted.vacancy_id)
        )
        query = query.where(or_(InterviewSlot.vacancy_id == wanted.vacancy_id, InterviewSlot.id.in_(of_vacancy)))
    found = [(slot, name) for slot, name in uow.session.execute(query)]
    guests, held = _guests(uow.session, [slot.id for slot, _ in found])
    entries = [
        CalendarEntry(slot, name, tuple(guests.get(slot.id, ())), tuple(held.get(slot.id, ()))) for slot, name in found
    ]
    return [entry for entry in entries if _is_wanted(entry, wanted.state)]


def entry_of(uow: UnitOfWork, slot: InterviewSlot) -> CalendarEntry:
    """One slot as the calendar has it."""
    name = uow.session.scalar(select(User.name).where(User.id == slot.interviewer_id)) or ""
    guests, held = _guests(uow.session, [slot.id])
    return CalendarEntry(slot, name, tuple(guests.get(slot.id, ())), tuple(held.get(slot.id, ())))


def led_or_owned_by(uow: UnitOfWork, user_id: UUID, start: datetime, end: datetime) -> list[Interview]:
    """Interviews of the span that the user leads or whose vacancy is theirs, not cancelled, in scope, by time."""
    query = (
        select(Interview)
        .join(Interview.slot)
        .join(Interview.application)
        .join(Application.vacancy)
        .options(
            contains_eager(Interview.slot),
            contains_eager(Interview.application).contains_eager(Application.vacancy),
            contains_eager(Interview.application).joinedload(Application.profile),
        )
        .where(
            Interview.state != "cancelled",
            InterviewSlot.starts_at >= start,
            InterviewSlot.starts_at < end,
            or_(Interview.interviewer_id == user_id, Vacancy.consultant_id == user_id),
        )
        .order_by(InterviewSlot.starts_at, Interview.id)
        .limit(_MOST_FED)
    )
    return list(uow.session.scalars(query).unique())


def _is_wanted(entry: CalendarEntry, state: str) -> bool:
    if state == "free":
        return entry.places_left > 0
    if state == "booked":
        return any(guest.interview.state == "booked" for guest in entry.guests)
    if state == "waiting":
        return bool(entry.held_for) or any(guest.proposal for guest in entry.guests)
    if state == "over":
        return any(guest.interview.state in ("attended", "missed") for guest in entry.guests)
    return True


def _guests(session: Session, slot_ids: list[UUID]) -> tuple[dict[UUID, list[Guest]], dict[UUID, list[Guest]]]:
    """Who is booked, and who is asked to come, by slot."""
    if not slot_ids:
        return {}, {}
    people = (
        joinedload(Interview.application).joinedload(Application.vacancy),
        joinedload(Interview.application).joinedload(Application.profile),
    )
    booked = session.scalars(
        select(Interview)
        .options(*people)
        .where(Interview.slot_id.in_(slot_ids), Interview.state != "cancelled")
        .order_by(Interview.booked_at, Interview.id)
    ).unique().all()  # fmt: skip
    asked = session.execute(
        select(InterviewProposal, Interview)
        .join(Interview, Interview.id == InterviewProposal.interview_id)
        .options(*people)
        .where(
            InterviewProposal.state == "waiting",
            or_(InterviewProposal.slot_id.in_(slot_ids), Interview.slot_id.in_(slot_ids)),
        )
    ).unique().all()  # fmt: skip
    waiting = {interview.id: proposal for proposal, interview in asked}
    guests: dict[UUID, list[Guest]] = defaultdict(list)
    held: dict[UUID, list[Guest]] = defaultdict(list)
    for interview in booked:
        guests[interview.slot_id].append(_guest(interview, waiting.get(interview.id)))
    for proposal, interview in asked:
        held[proposal.slot_id].append(_guest(interview, proposal))
    return guests, held


def _guest(interview: Interview, proposal: InterviewProposal | None) -> Guest:
    application = interview.application
    return Guest(interview, full_name(application.profile), application.vacancy.title, application.number, proposal)
