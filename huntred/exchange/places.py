"""Where a row of another system's file belongs here: its vacancy and its stage, by what was said or by their names."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from contract.text import normalise
from huntred.applications import repository as applications
from huntred.applications.models import Stage
from huntred.db.unit_of_work import UnitOfWork
from huntred.exchange.suggesting import kind_of_stage
from huntred.vacancies.models import Vacancy

# What is said of a vacancy whose applications are left out.
NOT_IMPORTED = "-"


class UnknownPlace(Exception):
    """field: vacancy or stage."""

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__(field)


class Places:
    """The vacancies and stages of a unit, read once for a batch. values: field → theirs → ours, as somebody said."""

    def __init__(self, uow: UnitOfWork, values: Mapping[str, Mapping[str, str]]) -> None:
        rows = uow.session.execute(
            select(Vacancy.id, Vacancy.number, Vacancy.title).where(Vacancy.unit == uow.unit, Vacancy.state != "draft")
        ).all()
        self._by_id = {str(row.id): row.id for row in rows}
        self._by_number = {str(row.number): row.id for row in rows}
        self._by_title: dict[str, list[UUID]] = {}
        for row in rows:
            self._by_title.setdefault(normalise(row.title), []).append(row.id)
        self._stages = applications.stages(uow.session, uow.unit)
        self._values = values

    def vacancy_of(self, theirs: str) -> UUID | None:
        """Return the vacancy, or none where its applications are to be left out. Raises UnknownPlace."""
        said = self._values.get("vacancy", {}).get(theirs, "")
        if said == NOT_IMPORTED:
            return None
        found = self._by_id.get(said) or self.guessed_vacancy(theirs)
        if found is None:
            raise UnknownPlace("vacancy")
        return found

    def stage_of(self, theirs: str) -> Stage:
        """Return the stage; the first one where nothing is told. Raises UnknownPlace."""
        said = self._values.get("stage", {}).get(theirs, "")
        found = next((one for one in self._stages if str(one.id) == said), None) or self.guessed_stage(theirs)
        if found is None:
            raise UnknownPlace("stage")
        return found

    def has_vacancy(self, ours: str) -> bool:
        return ours in self._by_id

    def has_stage(self, ours: str) -> bool:
        return any(str(one.id) == ours for one in self._stages)

    def guessed_vacancy(self, theirs: str) -> UUID | None:
        """By its number, or by a title that only one vacancy has."""
        titled = self._by_title.get(normalise(theirs), [])
        return self._by_number.get(theirs.strip()) or (titled[0] if len(titled) == 1 else None)

    def guessed_stage(self, theirs: str) -> Stage | None:
        """By its name, or by what its words mean."""
        if not theirs:
            return self._of_kind("new")
        named = next((one for one in self._stages if normalise(one.name) == normalise(theirs)), None)
        return named or self._of_kind(kind_of_stage(theirs))

    def _of_kind(self, kind: str) -> Stage | None:
        return next((one for one in self._stages if one.kind == kind), None)
