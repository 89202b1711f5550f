"""A vacancy with people on its board.

    cards = Cards.of(desk, consultant_id=user.id)
    cards.add("Rosa Ibáñez", "screening", days=3)     an application that has stood there for three days
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from contract.ids import new_id
from contract.text import normalise
from huntred.applications.models import Application, ApplicationMove, RejectReason, Stage
from huntred.companies.models import Company
from huntred.vacancies.models import Vacancy
from tests.factories.desk import Desk


@dataclass
class Cards:
    """stages: by kind, the first of each."""

    desk: Desk
    vacancy: Vacancy
    stages: dict[str, Stage]

    @classmethod
    def of(cls, desk: Desk, unit: str = "amigro", **vacancy: Any) -> Cards:
        company = Company(id=new_id(), unit=unit, name="Industrias del Norte")
        desk.add(company)
        values = {"title": "Soldadura industrial", "state": "open", "city": "Saltillo"} | vacancy
        position = Vacancy(
            id=new_id(), unit=unit, company_id=company.id, search_text=normalise(values["title"]), **values
        )
        desk.add(position)
        stages: dict[str, Stage] = {}
        for stage in desk.rows(select(Stage).where(Stage.unit == unit).order_by(Stage.ord)):
            stages.setdefault(stage.kind, stage)
        return cls(desk, position, stages)

    def add(
        self, name: str = "Rosa Ibáñez", kind: str = "new", *, days: float = 0, score: str | None = "0.80",
        conversation: Any = None, **values: Any,
    ) -> Application:  # fmt: skip
        first_name, _, last_name = name.partition(" ")
        profile = self.desk.profile(
            self.vacancy.unit, first_name=first_name, last_name=last_name, search_text=normalise(name),
            headline="Soldadura", city="Saltillo",
        )  # fmt: skip
        if conversation is not None:
            self.desk.execute(
                "UPDATE conversations SET person_id = :person WHERE id = :id",
                person=profile.person_id, id=conversation.id,
            )  # fmt: skip
        since = self.desk.now - timedelta(days=days)
        application = Application(
            id=new_id(), unit=self.vacancy.unit, division_id=self.vacancy.division_id, vacancy_id=self.vacancy.id,
            person_id=profile.person_id, profile_id=profile.id, stage_id=self.stages[kind].id,
            conversation_id=conversation.id if conversation else None,
            score=None if score is None else Decimal(score), moved_at=since, created_at=since, version=0, **values,
        )  # fmt: skip
        self.desk.add(application)
        return application

    def now(self, application: Application) -> Application:
        """The row as it stands now."""
        found: Application = self.desk.one(Application, application.id)
        return found

    def stands(self, application: Application) -> str:
        """The kind of the stage where it stands now."""
        return self.now(application).stage.kind

    def moves(self, application: Application) -> list[ApplicationMove]:
        query = select(ApplicationMove).where(ApplicationMove.application_id == application.id)
        return self.desk.rows(query.order_by(ApplicationMove.version))

    def reason(self, number: int = 0) -> UUID:
        query = select(RejectReason.id).where(RejectReason.unit == self.vacancy.unit).order_by(RejectReason.ord)
        found: UUID = self.desk.rows(query)[number]
        return found

    def limit(self, kind: str, wip_limit: int) -> None:
        self.desk.execute(
            "UPDATE stages SET wip_limit = :limit WHERE id = :id", limit=wip_limit, id=self.stages[kind].id
        )
