"""What the home page shows: today's interviews, who waits for a person, what stands still or is at risk."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, joinedload, lazyload

from backoffice.formats import viewer_zone
from huntred.access.models import User
from huntred.applications.models import Application, Stage
from huntred.attention import service as attention
from huntred.attention.types import Attention
from huntred.conversations.models import ChatMessage, Conversation, Handoff
from huntred.db.lanes import first
from huntred.db.unit_of_work import UnitOfWork
from huntred.interviews.models import Interview, InterviewSlot
from huntred.people.models import UnitProfile
from huntred.vacancies.models import Vacancy

STILL_DAYS = 5
MOST_COUNTED = 1000
_LOOKED_AT, _AT_RISK = 12, 6
_ENDED = ("hired", "rejected", "withdrawn")


@dataclass(frozen=True)
class InterviewToday:
    interview: Interview
    profile: UnitProfile
    vacancy: Vacancy
    interviewer: User


@dataclass(frozen=True)
class Waiting:
    handoff: Handoff
    conversation: Conversation
    profile: UnitProfile | None
    said: str
    """What the person wrote last; "" where they wrote nothing."""


@dataclass(frozen=True)
class VacancyAtRisk:
    """told: what its facts want, at least one thing."""

    vacancy: Vacancy
    told: Attention


@dataclass(frozen=True)
class Counts:
    open_vacancies: int
    new_applications: int
    waiting: int


def day_bounds(now: datetime) -> tuple[datetime, datetime]:
    """The beginning and the end of today in Mexico City."""
    start = datetime.combine(now.astimezone(viewer_zone()).date(), time(), viewer_zone())
    return start, start + timedelta(days=1)


def interviews_today(session: Session, now: datetime) -> list[InterviewToday]:
    start, end = day_bounds(now)
    rows = session.execute(
        select(Interview, UnitProfile, Vacancy, User)
        .join(InterviewSlot, Interview.slot_id == InterviewSlot.id)
        .join(Application, Interview.application_id == Application.id)
        .join(UnitProfile, Application.profile_id == UnitProfile.id)
        .join(Vacancy, Application.vacancy_id == Vacancy.id)
        .join(User, Interview.interviewer_id == User.id)
        .where(InterviewSlot.starts_at >= start, InterviewSlot.starts_at < end, Interview.state != "cancelled")
        # Each table that row-level security guards costs planning, and the page shows nothing of these.
        .options(
            contains_eager(Interview.slot).lazyload(InterviewSlot.room),
            lazyload(Vacancy.company),
            lazyload(Vacancy.requirements),
        )
        .order_by(InterviewSlot.starts_at)
        .limit(100)
    ).all()
    return [InterviewToday(*row) for row in rows]


def waiting(session: Session, limit: int = 20) -> list[Waiting]:
    """Who asked for a person and has none yet, longest wait first."""
    said = (
        select(ChatMessage.text)
        .where(
            ChatMessage.conversation_id == Conversation.id, ChatMessage.author == "person", ChatMessage.text != ""
        )
        .order_by(ChatMessage.at.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Handoff, Conversation, UnitProfile, func.coalesce(said, ""))
        .join(Conversation, Handoff.conversation_id == Conversation.id)
        .outerjoin(
            UnitProfile,
            (UnitProfile.person_id == Conversation.person_id) & (UnitProfile.unit == Conversation.unit),
        )
        .where(Handoff.state == "queued")
        .order_by(Handoff.requested_at)
        .limit(limit)
    ).all()
    return [Waiting(*row) for row in rows]


def standing_still(session: Session, now: datetime, limit: int = 10) -> tuple[list[Application], int]:
    """Open applications that nobody has moved for days, the oldest first, and how many there are, to MOST_COUNTED."""
    condition = (
        Stage.kind.not_in(_ENDED),
        Application.moved_at < now - timedelta(days=STILL_DAYS),
        Vacancy.state == "open",
    )
    of_all = (
        select(Application)
        .join(Stage, Application.stage_id == Stage.id)
        .join(Vacancy, Application.vacancy_id == Vacancy.id)
        .where(*condition)
    )
    some = of_all.with_only_columns(Application.id).limit(MOST_COUNTED).subquery()
    total = session.scalar(select(func.count()).select_from(some))
    units = session.info["scope"].units
    rows = session.scalars(
        first(
            of_all, Application.moved_at, Application.id, (Application.unit, units), None, limit, descending=False
        ).options(
            joinedload(Application.vacancy).options(lazyload(Vacancy.company), lazyload(Vacancy.requirements)),
            joinedload(Application.profile),
        )
    ).all()  # fmt: skip
    return list(rows), int(total or 0)


def at_risk(uow: UnitOfWork, user_id: UUID, now: datetime) -> list[VacancyAtRisk]:
    """Vacancies whose facts want somebody: the user's own first, then those about which most is raised.

    What is shown is read now.
    """
    units = uow.scope.units
    ids = attention.wanting(uow, units, first_of=user_id, limit=_LOOKED_AT, now=now)
    found: dict[UUID, VacancyAtRisk] = {}
    rows = uow.session.scalars(select(Vacancy).where(Vacancy.id.in_(ids), Vacancy.state == "open")).unique().all()
    for unit in dict.fromkeys(row.unit for row in rows):
        own = UnitOfWork(uow.session, replace(uow.scope, units=(unit,)))
        told = attention.of_all(own, [row for row in rows if row.unit == unit], now=now)
        found |= {row.id: VacancyAtRisk(row, told[row.id]) for row in rows if row.id in told and told[row.id].alerts}
    return [found[one] for one in ids if one in found][:_AT_RISK]


def counts(session: Session, now: datetime) -> Counts:
    start, _ = day_bounds(now)

    def count(query: object) -> int:
        return int(session.scalar(query) or 0)  # type: ignore[call-overload]

    return Counts(
        # Not of ids, which the index of what is open does not know.
        open_vacancies=count(select(func.count(Vacancy.unit)).where(Vacancy.state == "open")),
        new_applications=count(
            select(func.count(Application.id)).where(Application.created_at >= start - timedelta(days=6))
        ),
        waiting=count(select(func.count(Handoff.id)).where(Handoff.state == "queued")),
    )
