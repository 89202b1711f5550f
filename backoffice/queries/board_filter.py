"""What a board can be narrowed to, and the conditions that follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, select, true

from contract.text import normalise
from huntred.applications.models import Application, Stage
from huntred.applications.rules import ENDED_KINDS
from huntred.people.models import UnitProfile
from huntred.vacancies.models import Vacancy

ORDERS = ("wait", "score", "chance")
AGES = ("due", "late")


@dataclass(frozen=True)
class BoardFilter:
    """age: `due` or `late` only. least_score: 0 to 100. passed: only who passed the questions. order: one of ORDERS."""

    text: str = ""
    age: str = ""
    least_score: int = 0
    passed: bool = False
    order: str = "wait"

    @property
    def narrows(self) -> bool:
        return bool(self.text or self.age or self.least_score or self.passed)

    @property
    def args(self) -> dict[str, str]:
        """As an address carries it."""
        given = {
            "text": self.text, "age": self.age, "score": str(self.least_score or ""),
            "passed": "1" if self.passed else "", "order": self.order if self.order != "wait" else "",
        }  # fmt: skip
        return {name: value for name, value in given.items() if value}


def conditions(wanted: BoardFilter) -> list[ColumnElement[bool]]:
    """On applications."""
    found: list[ColumnElement[bool]] = []
    told = [
        UnitProfile.search_text.contains(word, autoescape=True) | Vacancy.search_text.contains(word, autoescape=True)
        for word in normalise(wanted.text).split()
    ]
    if told:
        # A value and no join, which PostgreSQL may begin at the wrong end: it reads the texts of the cards alone.
        found.append(
            select(and_(*told))
            .select_from(UnitProfile)
            .join(Vacancy, Vacancy.id == Application.vacancy_id)
            .where(UnitProfile.id == Application.profile_id)
            .correlate(Application)
            .scalar_subquery()
        )
    if wanted.least_score:
        found.append(Application.score >= Decimal(wanted.least_score) / 100)
    if wanted.passed:
        found.append(~Application.knocked_out)
    return found


def aged(stage: Stage, wanted: BoardFilter, now: datetime) -> ColumnElement[bool]:
    """Whether a card of the stage has stood as long as is asked for."""
    if not wanted.age:
        return true()
    latest = came_by(stage, wanted, now)
    return ~true() if latest is None else Application.moved_at <= latest


def came_by(stage: Stage, wanted: BoardFilter, now: datetime) -> datetime | None:
    """When a card of the stage has to have come, to stand as long as is asked for; none where no card ages."""
    if stage.ageing_days is None or stage.kind in ENDED_KINDS:
        return None
    return now - timedelta(days=(2 if wanted.age == "late" else 1) * stage.ageing_days)
