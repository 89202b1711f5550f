"""What the pages of campaigns read besides the area's own service."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from huntred.tracking.models import Campaign
from huntred.vacancies.models import Vacancy

_MOST = 500
_MOST_CHOICES = 300


def campaigns(session: Session, units: Iterable[str]) -> list[Campaign]:
    """Those that are active first, the latest first."""
    query = select(Campaign).where(Campaign.unit.in_(units))
    return list(session.scalars(query.order_by(Campaign.active.desc(), Campaign.created_at.desc()).limit(_MOST)))


def vacancy(session: Session, vacancy_id: UUID | None) -> Vacancy | None:
    return session.get(Vacancy, vacancy_id) if vacancy_id else None


def open_vacancies(session: Session, unit: str, chosen: UUID | None) -> list[Vacancy]:
    """The latest that are open, and the one that was chosen, whatever became of it."""
    query = select(Vacancy).where(Vacancy.unit == unit, or_(Vacancy.state == "open", Vacancy.id == chosen))
    return list(session.scalars(query.order_by(Vacancy.published_at.desc().nulls_last()).limit(_MOST_CHOICES)))


def words(session: Session, unit: str) -> dict[str, list[str]]:
    """Sources and media that the unit has used, so that the same one is written the same way."""
    return {
        name: sorted(filter(None, session.scalars(select(column).where(Campaign.unit == unit).distinct())))
        for name, column in (("source", Campaign.source), ("medium", Campaign.medium))
    }
