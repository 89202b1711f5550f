"""What the pages of companies read."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from huntred.companies.models import Company, Contact
from huntred.errors import NotFound
from huntred.search import narrowing
from huntred.vacancies.models import Vacancy


def matching(session: Session, text: str) -> Select[Company]:
    """Return what a search leaves, in no order."""
    found = narrowing.condition(session, "company", Company.id, Company.search_text, text)
    return select(Company) if found is None else select(Company).where(found)


def vacancy_counts(session: Session, ids: Sequence[UUID]) -> dict[UUID, int]:
    """Open vacancies of each company."""
    rows = session.execute(
        select(Vacancy.company_id, func.count(Vacancy.id))
        .where(Vacancy.company_id.in_(ids), Vacancy.state == "open")
        .group_by(Vacancy.company_id)
    )
    return {row[0]: row[1] for row in rows}


def company_or_404(session: Session, company_id: UUID) -> Company:
    """Raises NotFound."""
    company = session.get(Company, company_id)
    if company is None:
        raise NotFound("company")
    return company


def contacts(session: Session, company_id: UUID) -> list[Contact]:
    return list(session.scalars(select(Contact).where(Contact.company_id == company_id).order_by(Contact.name)))


def vacancies(session: Session, company_id: UUID) -> list[Vacancy]:
    return list(
        session.scalars(
            select(Vacancy).where(Vacancy.company_id == company_id).order_by(Vacancy.created_at.desc()).limit(100)
        )
    )
