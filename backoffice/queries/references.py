"""References as the pages list them, each with its application, profile and vacancy, in one query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from huntred.applications.models import Application
from huntred.conversations.models import OutboxRow
from huntred.people.models import UnitProfile
from huntred.references import rules
from huntred.references.models import Referee, ReferenceRequest
from huntred.vacancies.models import Vacancy


@dataclass(frozen=True)
class Listed:
    request: ReferenceRequest
    application: Application
    profile: UnitProfile
    vacancy: Vacancy


@dataclass(frozen=True)
class ToCall:
    """Somebody of whom only a number was given."""

    referee: Referee
    profile: UnitProfile


def listed(session: Session, limit: int = 200) -> list[Listed]:
    """Return what this scope sees, latest first."""
    query = _with_application().order_by(ReferenceRequest.asked_at.desc(), ReferenceRequest.id).limit(limit)
    return [Listed(*row) for row in session.execute(query)]


def ready(session: Session, limit: int = 20) -> list[Listed]:
    """Return what is ready, or was declined, and nobody put away; the oldest first."""
    query = (
        _with_application()
        .where(ReferenceRequest.state.in_(("ready", "declined")), ReferenceRequest.seen_at.is_(None))
        .order_by(ReferenceRequest.ended_at, ReferenceRequest.id)
        .limit(limit)
    )
    return [Listed(*row) for row in session.execute(query)]


def to_call(session: Session, limit: int = 20) -> list[ToCall]:
    """Return whom a consultant has to call; soonest due first."""
    query = (
        select(Referee, UnitProfile)
        .join(ReferenceRequest, Referee.request_id == ReferenceRequest.id)
        .join(Application, ReferenceRequest.application_id == Application.id)
        .join(UnitProfile, Application.profile_id == UnitProfile.id)
        .where(Referee.state == "asked", Referee.email == "", ReferenceRequest.state == "given")
        .order_by(ReferenceRequest.due_at, Referee.id)
        .limit(limit)
    )
    return [ToCall(*row) for row in session.execute(query)]


def undelivered(session: Session, request: ReferenceRequest) -> dict[UUID, str]:
    """Return the referees whose letter did not arrive, each with what the mail server said of it."""
    letters = {rules.letter_of(request.id, referee.id): referee.id for referee in request.referees}
    query = select(OutboxRow.source_id, OutboxRow.error).where(
        OutboxRow.source == rules.LETTERS, OutboxRow.source_id.in_(letters),
        OutboxRow.state.in_(("failed", "refused")),
    )  # fmt: skip
    return {letters[source_id]: error or "" for source_id, error in session.execute(query)}


def _with_application() -> Select[Any]:
    return (
        select(ReferenceRequest, Application, UnitProfile, Vacancy)
        .join(Application, ReferenceRequest.application_id == Application.id)
        .join(UnitProfile, Application.profile_id == UnitProfile.id)
        .join(Vacancy, Application.vacancy_id == Vacancy.id)
    )
