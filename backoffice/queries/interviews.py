"""What the pages of interviews read besides the service's week."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from huntred.access.models import User
from huntred.errors import NotFound
from huntred.interviews.models import InterviewSlot
from huntred.vacancies.models import Vacancy


def slot_or_404(session: Session, slot_id: UUID) -> InterviewSlot:
    """Raises NotFound."""
    slot = session.get(InterviewSlot, slot_id)
    if slot is None:
        raise NotFound("slot")
    return slot


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
