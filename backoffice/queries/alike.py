"""What the pages of similar vacancies read: how much hangs on each, and who is on both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from huntred.applications.models import Application
from huntred.interviews.models import Interview
from huntred.shortlists.models import ShortlistEntry
from huntred.vacancies.models import Vacancy


@dataclass(frozen=True)
class Hanging:
    """How many: applications, interviews ahead, people on the shortlist."""

    applications: int = 0
    interviews: int = 0
    shortlist: int = 0


NOTHING = Hanging()
Counts = dict[UUID, Hanging]


def hanging(session: Session, ids: Sequence[UUID]) -> Counts:
    of = Application.vacancy_id
    applied = select(of, func.count()).where(of.in_(ids)).group_by(of)
    ahead = (
        select(of, func.count())
        .join(Interview, Interview.application_id == Application.id)
        .where(of.in_(ids), Interview.state == "booked")
        .group_by(of)
    )
    listed = (
        select(ShortlistEntry.vacancy_id, func.count())
        .where(ShortlistEntry.vacancy_id.in_(ids))
        .group_by(ShortlistEntry.vacancy_id)
    )
    found = [{row[0]: row[1] for row in session.execute(query)} for query in (applied, ahead, listed)]
    return {id_: Hanging(*(counted.get(id_, 0) for counted in found)) for id_ in ids}


def in_both(session: Session, first_id: UUID, second_id: UUID) -> int:
    """How many people applied to both."""
    other = select(Application.person_id).where(Application.vacancy_id == second_id)
    return (
        session.scalar(
            select(func.count()).where(Application.vacancy_id == first_id, Application.person_id.in_(other))
        )
        or 0
    )


def vacancies(session: Session, ids: Sequence[UUID]) -> list[Vacancy]:
    return list(session.scalars(select(Vacancy).where(Vacancy.id.in_(ids))))
