"""Queries over slots and interviews, and the locks that keep two from taking one time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, cast, func, or_, select, text, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, aliased, contains_eager

from huntred.access.models import User
from huntred.applications.models import Application
from huntred.interviews.models import Interview, InterviewProposal, InterviewSlot, Room


def lock_calendars(session: Session, owners: Iterable[UUID]) -> None:
    """Take turns with everybody else who writes into these people's calendars, until the transaction ends.

    Rows cannot be locked instead: of a user, this role may not write any. Sorted, so that two never wait crosswise.
    """
    for owner in sorted(set(owners)):
        session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:owner, 7))"), {"owner": str(owner)})


def lock_calendars_of(session: Session, interview_id: UUID, also: Iterable[UUID] = ()) -> None:
    """Likewise for everybody in an interview: before any of its rows is locked, so that two never wait crosswise."""
    query = (
        select(Application.person_id, InterviewSlot.interviewer_id, InterviewSlot.room_id)
        .join(Interview, Interview.application_id == Application.id)
        .join(InterviewSlot, InterviewSlot.id == Interview.slot_id)
        .where(Interview.id == interview_id)
    )
    owners = [owner for row in session.execute(query) for owner in row if owner is not None]
    lock_calendars(session, (*owners, *also))


def slot(session: Session, slot_id: UUID, *, lock: bool = False) -> InterviewSlot | None:
    query = select(InterviewSlot).where(InterviewSlot.id == slot_id)
    if lock:
        query = query.with_for_update(of=InterviewSlot).execution_options(populate_existing=True)
    return session.scalars(query).one_or_none()


def interview(session: Session, interview_id: UUID, *, lock: bool = False) -> Interview | None:
    query = select(Interview).where(Interview.id == interview_id)
    if lock:
        query = query.with_for_update(of=Interview).execution_options(populate_existing=True)
    return session.scalars(query).one_or_none()


def live_of_slot(session: Session, slot_id: UUID) -> list[Interview]:
    """The interviews that hold places of the slot."""
    query = select(Interview).where(Interview.slot_id == slot_id, Interview.state != "cancelled").order_by(Interview.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def held_for_proposals(session: Session, slot_id: UUID, *, but: UUID | None) -> int:
    """How many places of the slot are kept for candidates who have not answered yet; but: an interview's own."""
    query = select(func.count()).where(InterviewProposal.slot_id == slot_id, InterviewProposal.state == "waiting")
    if but is not None:
        query = query.where(InterviewProposal.interview_id != but)
    return session.scalar(query) or 0


def proposal(session: Session, proposal_id: UUID, *, lock: bool = False) -> InterviewProposal | None:
    query = select(InterviewProposal).where(InterviewProposal.id == proposal_id)
    if lock:
        query = query.with_for_update(of=InterviewProposal).execution_options(populate_existing=True)
    return session.scalars(query).one_or_none()


def waiting_proposals(session: Session, interview_ids: Iterable[UUID]) -> dict[UUID, InterviewProposal]:
    """The proposal that waits for its answer, by interview."""
    query = select(InterviewProposal).where(
        InterviewProposal.interview_id.in_(list(interview_ids)), InterviewProposal.state == "waiting"
    )
    found = session.scalars(query.execution_options(populate_existing=True))
    return {one.interview_id: one for one in found}


def expired_proposals(session: Session, unit: str, now: datetime) -> list[UUID]:
    query = select(InterviewProposal.id).where(
        InterviewProposal.unit == unit, InterviewProposal.state == "waiting", InterviewProposal.expires_at <= now
    )
    return list(session.scalars(query.order_by(InterviewProposal.expires_at).limit(200)))


def booked_of_application(session: Session, application_id: UUID) -> Interview | None:
    query = select(Interview).where(Interview.application_id == application_id, Interview.state == "booked")
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def ahead_of_applications(session: Session, ids: list[UUID], after: datetime | None) -> dict[UUID, Interview]:
    query = (
        select(Interview)
        .join(Interview.slot)
        .options(contains_eager(Interview.slot))
        .where(Interview.application_id.in_(ids), Interview.state == "booked")
    )
    if after is not None:
        query = query.where(InterviewSlot.ends_at > after)
    return {found.application_id: found for found in session.scalars(query)}


def next_of_person(session: Session, unit: str, person_id: UUID, after: datetime) -> Interview | None:
    query = (
        select(Interview)
        .join(Interview.slot)
        .join(Interview.application)
        .options(contains_eager(Interview.slot), contains_eager(Interview.application).joinedload(Application.vacancy))
        .where(
            Interview.unit == unit,
            Application.person_id == person_id,
            Interview.state == "booked",
            InterviewSlot.ends_at > after,
        )
        .order_by(InterviewSlot.starts_at)
        .limit(1)
    )
    return session.scalars(query).first()


def busy(
    session: Session, slot: InterviewSlot, person_id: UUID, interviewer_id: UUID, *, but: UUID | None
) -> str:
    """Return who or what is taken at the slot's time, in whichever unit: person, interviewer, room; or empty."""
    # Of db/policy_sql.py: it sees past row-level security, and says which.
    asked = func.app_busy(
        person_id, interviewer_id, slot.room_id, slot.starts_at, slot.ends_at, but, slot.id
    )
    return session.scalar(select(asked)) or ""


def slot_there(
    session: Session, interviewer_id: UUID, room_id: UUID | None, start: datetime, end: datetime, *, but: list[UUID]
) -> str:
    """Return what has an open time then, in whichever unit: interviewer, room; or empty."""
    asked = func.app_slot_there(interviewer_id, room_id, start, end, cast(but, ARRAY(Uuid)))
    return session.scalar(select(asked)) or ""


def free(session: Session, application: Application, after: datetime, *, limit: int) -> list[InterviewSlot]:
    """Slots that this application could take, those of its own vacancy first, then by time.

    Who is busy is judged within the scope; booking looks at all units.
    """
    query = (
        select(InterviewSlot)
        .where(
            InterviewSlot.unit == application.unit,
            InterviewSlot.cancelled_at.is_(None),
            InterviewSlot.starts_at > after,
            _serves(application),
            _places_left(),
            ~_busy(application.person_id),
        )
        .order_by(InterviewSlot.vacancy_id.is_(None), InterviewSlot.starts_at, InterviewSlot.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def _places_left() -> ColumnElement[bool]:
    held = (
        select(func.count())
        .where(InterviewProposal.slot_id == InterviewSlot.id, InterviewProposal.state == "waiting")
        .correlate(InterviewSlot)
        .scalar_subquery()
    )
    return InterviewSlot.booked + held < InterviewSlot.capacity


def _serves(application: Application) -> ColumnElement[bool]:
    any_vacancy = InterviewSlot.vacancy_id.is_(None) & or_(
        InterviewSlot.division_id.is_(None), InterviewSlot.division_id == application.division_id
    )
    return or_(InterviewSlot.vacancy_id == application.vacancy_id, any_vacancy)


def _busy(person_id: UUID) -> ColumnElement[bool]:
    """The slot's interviewer or room has another slot that is booked or held then, or the person an interview."""
    held = union_all(
        select(Interview.slot_id, Interview.application_id).where(Interview.state == "booked"),
        select(InterviewProposal.slot_id, Interview.application_id)
        .join(Interview, Interview.id == InterviewProposal.interview_id)
        .where(InterviewProposal.state == "waiting"),
    ).subquery()
    taken, of_person = aliased(InterviewSlot), aliased(Application)
    return (
        select(taken.id)
        .join(held, held.c.slot_id == taken.id)
        .join(of_person, of_person.id == held.c.application_id)
        .where(
            taken.starts_at < InterviewSlot.ends_at,
            taken.ends_at > InterviewSlot.starts_at,
            or_(
                of_person.person_id == person_id,
                (taken.id != InterviewSlot.id)
                & or_(taken.interviewer_id == InterviewSlot.interviewer_id, taken.room_id == InterviewSlot.room_id),
            ),
        )
        .correlate(InterviewSlot)
        .exists()
    )


def following(session: Session, slot: InterviewSlot) -> list[InterviewSlot]:
    """The slot and those of its series from then on, not cancelled, locked in order of id."""
    query = (
        select(InterviewSlot)
        .where(
            InterviewSlot.series_id == slot.series_id,
            InterviewSlot.starts_at >= slot.starts_at,
            InterviewSlot.cancelled_at.is_(None),
        )
        .order_by(InterviewSlot.id)
        .with_for_update(of=InterviewSlot)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))


def rooms(session: Session, unit: str | None = None, *, active: bool = True) -> list[Room]:
    query = select(Room).order_by(Room.unit, Room.name)
    if unit is not None:
        query = query.where(Room.unit == unit)
    if active:
        query = query.where(Room.active)
    return list(session.scalars(query))


def is_colleague(session: Session, user_id: UUID) -> bool:
    """Say whether an active user of the units in scope has this id (the policies hide all others)."""
    query = select(User.id).where(User.id == user_id, User.active)
    return session.scalars(query).first() is not None


def name_of(session: Session, what: str, interviewer_id: UUID, room_id: UUID | None) -> str:
    """Return the name of the interviewer or the room, whichever `what` says; empty for a candidate."""
    if what == "interviewer":
        return session.scalar(select(User.name).where(User.id == interviewer_id)) or ""
    if what == "room":
        return session.scalar(select(Room.name).where(Room.id == room_id)) or ""
    return ""
