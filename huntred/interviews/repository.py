"""Queries over slots and interviews, and the locks that keep two from taking one time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select, text
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from huntred.access.models import User
from huntred.applications.models import Application
from huntred.interviews.models import Interview, InterviewSlot


def lock_calendars(session: Session, owners: Iterable[UUID]) -> None:
    """Take turns with everybody else who writes into these people's calendars, until the transaction ends.

    Rows cannot be locked instead: of a user, this role may not write any. Sorted, so that two never wait crosswise.
    """
    for owner in sorted(set(owners)):
        session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:owner, 7))"), {"owner": str(owner)})


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


def live_of_slot(session: Session, slot_id: UUID) -> Interview | None:
    """The interview that holds the slot."""
    query = select(Interview).where(Interview.slot_id == slot_id, Interview.state != "cancelled")
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


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


def overlapping(
    session: Session, person_id: UUID, interviewer_id: UUID, start: datetime, end: datetime, *, but: UUID | None
) -> bool:
    """Say whether the person or the interviewer has another interview at that time, in whichever unit."""
    # Of db/policies.py: it sees past row-level security, and says yes or no.
    return bool(session.scalar(select(func.app_busy(person_id, interviewer_id, start, end, but))))


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
            ~exists().where(Interview.slot_id == InterviewSlot.id, Interview.state != "cancelled"),
            ~_busy(application.person_id),
        )
        .order_by(InterviewSlot.vacancy_id.is_(None), InterviewSlot.starts_at, InterviewSlot.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def _serves(application: Application) -> ColumnElement[bool]:
    any_vacancy = InterviewSlot.vacancy_id.is_(None) & or_(
        InterviewSlot.division_id.is_(None), InterviewSlot.division_id == application.division_id
    )
    return or_(InterviewSlot.vacancy_id == application.vacancy_id, any_vacancy)


def _busy(person_id: UUID) -> ColumnElement[bool]:
    """The slot's interviewer or the person has an interview at that time."""
    taken, taken_slot, taken_application = aliased(Interview), aliased(InterviewSlot), aliased(Application)
    return (
        select(taken.id)
        .join(taken_slot, taken_slot.id == taken.slot_id)
        .join(taken_application, taken_application.id == taken.application_id)
        .where(
            taken.state == "booked",
            taken_slot.starts_at < InterviewSlot.ends_at,
            taken_slot.ends_at > InterviewSlot.starts_at,
            or_(taken.interviewer_id == InterviewSlot.interviewer_id, taken_application.person_id == person_id),
        )
        .correlate(InterviewSlot)
        .exists()
    )


def slots_of(session: Session, interviewer_id: UUID, start: datetime, end: datetime) -> list[InterviewSlot]:
    """Slots of an interviewer, not cancelled, that touch the span."""
    query = select(InterviewSlot).where(
        InterviewSlot.interviewer_id == interviewer_id,
        InterviewSlot.cancelled_at.is_(None),
        InterviewSlot.starts_at < end,
        InterviewSlot.ends_at > start,
    )
    return list(session.scalars(query))


def between(session: Session, start: datetime, end: datetime) -> list[tuple[InterviewSlot, str, Interview | None]]:
    """Slots that begin in the span, with their interviewer's name and whatever is booked; cancelled ones left out."""
    query = (
        select(InterviewSlot, func.coalesce(User.name, ""), Interview)
        .outerjoin(User, User.id == InterviewSlot.interviewer_id)
        .outerjoin(Interview, (Interview.slot_id == InterviewSlot.id) & (Interview.state != "cancelled"))
        .options(
            joinedload(Interview.application).joinedload(Application.vacancy),
            joinedload(Interview.application).joinedload(Application.profile),
        )
        .where(InterviewSlot.starts_at >= start, InterviewSlot.starts_at < end, InterviewSlot.cancelled_at.is_(None))
        .order_by(InterviewSlot.starts_at, InterviewSlot.id)
    )
    return [(slot, name, booked) for slot, name, booked in session.execute(query).unique()]


def is_colleague(session: Session, user_id: UUID) -> bool:
    """Say whether an active user of the units in scope has this id (the policies hide all others)."""
    query = select(User.id).where(User.id == user_id, User.active)
    return session.scalars(query).first() is not None
