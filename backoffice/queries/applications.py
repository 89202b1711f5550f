"""What the pages of applications read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session, aliased

from backoffice.queries.today import STILL_DAYS
from huntred.access.models import User
from huntred.applications.models import Application, ApplicationMove, RejectReason, Stage
from huntred.interviews.models import Interview, InterviewSlot
from huntred.people.models import UnitProfile
from huntred.search import narrowing
from huntred.vacancies.models import Vacancy

ENDED = ("hired", "rejected", "withdrawn")
KINDS = ("new", "screening", "interview", "offer", "hired", "rejected", "withdrawn")


@dataclass(frozen=True)
class ApplicationFilter:
    """kind: one of KINDS, `open` for all that have not ended, empty for all. still: only what nobody moves."""

    text: str = ""
    kind: str = "open"
    vacancy_id: UUID | None = None
    still: bool = False


def stage_ids(session: Session, kind: str) -> list[UUID]:
    """The stages of a kind (as `ApplicationFilter.kind` names it) that this scope sees."""
    query = select(Stage.id).where(Stage.kind.not_in(ENDED) if kind == "open" else Stage.kind == kind)
    return list(session.scalars(query.order_by(Stage.id)))


def matching(session: Session, wanted: ApplicationFilter, *, now: datetime) -> Select[Application]:
    """Return what a filter leaves, in no order; the kind apart, whose stages the list reads one by one."""
    query = select(Application)
    typed = narrowing.typed(wanted.text)
    if typed is not None:
        person = (Application.profile_id, UnitProfile.id, UnitProfile.search_text)
        vacancy = (Application.vacancy_id, Vacancy.id, Vacancy.search_text)
        query = query.where(*narrowing.of_two(session, typed, person, vacancy))
    if wanted.vacancy_id:
        query = query.where(Application.vacancy_id == wanted.vacancy_id)
    if wanted.still:
        before = now - timedelta(days=STILL_DAYS)
        # Nothing moves before it is there: said so, the index by creation begins where the first may stand.
        query = query.where(Application.moved_at < before, Application.created_at < before)
        # A value and no join, as in `narrowing`: the rows come in their order.
        query = query.where(
            select(Vacancy.state == "open").where(Vacancy.id == Application.vacancy_id).scalar_subquery()
        )
    return query


def moves(session: Session, application_id: UUID) -> list[Row[tuple[ApplicationMove, str, str, str, str]]]:
    """The history, newest first: the move, from, to, who, the reason of a rejection."""
    before, after = aliased(Stage), aliased(Stage)
    return list(
        session.execute(
            select(ApplicationMove, before.name, after.name, User.name, RejectReason.name)
            .outerjoin(before, ApplicationMove.from_stage_id == before.id)
            .join(after, ApplicationMove.to_stage_id == after.id)
            .outerjoin(User, ApplicationMove.user_id == User.id)
            .outerjoin(RejectReason, ApplicationMove.reject_reason_id == RejectReason.id)
            .where(ApplicationMove.application_id == application_id)
            .order_by(ApplicationMove.at.desc(), ApplicationMove.version.desc())
        )
    )


def interviews_of(session: Session, application_id: UUID) -> list[Interview]:
    return list(
        session.scalars(
            select(Interview)
            .join(InterviewSlot, Interview.slot_id == InterviewSlot.id)
            .where(Interview.application_id == application_id)
            .order_by(InterviewSlot.starts_at.desc())
        )
    )
