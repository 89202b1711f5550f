"""What the pages of interviews read besides the calendar itself."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from huntred.access.models import Grant, User
from huntred.errors import NotFound
from huntred.interviews.models import InterviewSlot, Room
from huntred.units.models import Unit
from huntred.vacancies.models import Vacancy


def slot_or_404(session: Session, slot_id: UUID) -> InterviewSlot:
    """Raises NotFound."""
    slot = session.get(InterviewSlot, slot_id)
    if slot is None:
        raise NotFound("slot")
    return slot


def room_or_404(session: Session, room_id: UUID) -> Room:
    """Raises NotFound."""
    room = session.get(Room, room_id)
    if room is None:
        raise NotFound("room")
    return room


def units(session: Session) -> list[Unit]:
    return list(session.scalars(select(Unit)))


def interviewers(session: Session, codes: Sequence[str]) -> list[User]:
    """Active users with a role in one of the units."""
    query = select(User).where(User.active, User.id.in_(select(Grant.user_id).where(Grant.unit.in_(codes))))
    return list(session.scalars(query.order_by(User.name, User.email).limit(500)))


def with_slots(session: Session, chosen: UUID | None) -> list[Vacancy]:
    """Open vacancies to filter by, and the one that is filtered by though it may be closed."""
    query = select(Vacancy).where(or_(Vacancy.state == "open", Vacancy.id == chosen))
    return list(session.scalars(query.order_by(Vacancy.title, Vacancy.number).limit(500)))


def user(session: Session, user_id: UUID) -> User | None:
    return session.get(User, user_id)


def open_vacancies(session: Session, unit: str) -> list[Vacancy]:
    return list(
        session.scalars(
            select(Vacancy)
            .where(Vacancy.unit == unit, Vacancy.state == "open")
            .order_by(Vacancy.title, Vacancy.number)
            .limit(500)
        )
    )
