"""Applications that began in another recruiting system: they stand where they stood there, and nobody is told."""

from __future__ import annotations

from datetime import datetime

from huntred.applications import moves
from huntred.applications.models import Application, Stage
from huntred.applications.types import MoveNote
from huntred.db.unit_of_work import UnitOfWork
from huntred.people.models import UnitProfile
from huntred.vacancies.models import Vacancy

SOURCE = "import"


def enter(
    uow: UnitOfWork, vacancy: Vacancy, profile: UnitProfile, stage: Stage, note: MoveNote, *,
    at: datetime, now: datetime,
) -> Application:  # fmt: skip
    """Make an application to a vacancy for which the person has none. at: when they applied, there.

    No ApplicationReceived: what follows from that (webhooks, mails, points) belongs to who applies here.
    """
    application = Application(
        unit=vacancy.unit, division_id=vacancy.division_id, vacancy_id=vacancy.id, person_id=profile.person_id,
        profile_id=profile.id, stage=stage, source=SOURCE, answers=[], knocked_out=False, created_at=at, moved_at=now,
        generated=False, version=0,
    )  # fmt: skip
    uow.session.add(application)
    uow.session.flush()
    moves.write(uow, application, None, now=now, note=note)
    uow.session.flush()
    return application
