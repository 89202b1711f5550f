"""What a unit's own past says of what is open now, and what it does not say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from huntred.applications.models import Application
from huntred.db.unit_of_work import UnitOfWork
from huntred.predictions import repository, rules
from huntred.predictions.types import Forecast, Outlook, Prediction
from huntred.vacancies.models import Vacancy

__all__ = ["CardChances", "Terms", "card_chances", "outlook"]


@dataclass(frozen=True)
class Terms:
    """The settings. enabled: ENABLE_ML_FEATURES. needed: ML_MIN_DATA_POINTS, the least ended cases of a unit."""

    enabled: bool
    needed: int


@dataclass(frozen=True)
class CardChances:
    """For each application the chance of a hire, where that is shown. summary: whether it is, and on what."""

    summary: Prediction
    by_application: dict[UUID, Forecast]


def outlook(uow: UnitOfWork, vacancy: Vacancy, terms: Terms, *, now: datetime) -> Outlook:
    """The chance that an open vacancy of the unit is filled, and when."""
    if not terms.enabled:
        off = Prediction("off", 0, terms.needed)
        return Outlook(off, off)
    cases = repository.vacancy_cases(uow.session, uow.unit)
    traits = repository.vacancy_traits(vacancy)
    gone = (now - vacancy.published_at).total_seconds() / 86_400 if vacancy.published_at else 0.0
    return Outlook(
        rules.predict_chance(traits, cases, needed=terms.needed),
        rules.predict_days(traits, cases, needed=terms.needed, gone_days=gone),
    )


def card_chances(uow: UnitOfWork, applications: Sequence[Application], terms: Terms) -> CardChances:
    """The chance of a hire for each of these applications of the unit."""
    if not terms.enabled:
        return CardChances(Prediction("off", 0, terms.needed), {})
    cases = repository.application_cases(uow.session, uow.unit)
    if len(cases) < terms.needed:
        return CardChances(Prediction("insufficient", len(cases), terms.needed), {})
    check = rules.check_chance(cases)
    if not check.better:
        return CardChances(Prediction("unproven", len(cases), terms.needed, check=check), {})
    chances = {
        application.id: rules.chance(repository.application_traits(application), cases) for application in applications
    }
    return CardChances(Prediction("shown", len(cases), terms.needed, check=check), chances)
