"""What a unit's own past says of what is open now, and what it does not say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from huntred.applications.models import Application
from huntred.db.unit_of_work import UnitOfWork
from huntred.predictions import next_stage, repository, rules, stays
from huntred.predictions.types import Case, Forecast, NextStage, Outlook, Prediction, Stay, Terms, Traits
from huntred.vacancies.models import Vacancy

__all__ = ["CardSteps", "Chances", "Terms", "card_chances", "card_steps", "fill_chances", "outlook"]

R = TypeVar("R", Vacancy, Application)


@dataclass(frozen=True)
class Chances:
    """For each vacancy or application the chance of a good end, where that is shown. summary: whether, and on what."""

    summary: Prediction
    by_id: dict[UUID, Forecast]


@dataclass(frozen=True)
class CardSteps:
    """For each application where it is likely to go next, where that is told. by_stage: whether it is, and on what."""

    by_stage: dict[UUID, Prediction]
    by_application: dict[UUID, NextStage]


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


def fill_chances(uow: UnitOfWork, vacancies: Sequence[Vacancy], terms: Terms) -> Chances:
    """The chance that each of these open vacancies of the unit is filled: what `outlook` says of one."""
    return _chances(uow, vacancies, terms, repository.vacancy_cases, repository.vacancy_traits)


def card_chances(uow: UnitOfWork, applications: Sequence[Application], terms: Terms) -> Chances:
    """The chance of a hire for each of these applications of the unit."""
    return _chances(uow, applications, terms, repository.application_cases, repository.application_traits)


def _chances(
    uow: UnitOfWork, rows: Sequence[R], terms: Terms, past: Callable[[Session, str], tuple[Case, ...]],
    traits_of: Callable[[R], Traits],
) -> Chances:  # fmt: skip
    """past: reads the cases of a unit that have ended; not asked where predictions are off."""
    if not terms.enabled:
        return Chances(Prediction("off", 0, terms.needed), {})
    cases = past(uow.session, uow.unit)
    told = rules.chance_is_told(cases, needed=terms.needed)
    if told.state != "shown" or not rows:
        return Chances(told, {})
    weights = rules.weigh_chance(cases)
    return Chances(told, {row.id: rules.chance(traits_of(row), cases, weights) for row in rows})


def card_steps(
    uow: UnitOfWork, applications: Sequence[Application], stage_ids: Sequence[UUID], terms: Terms, *, now: datetime
) -> CardSteps:
    """The likely next stage of each of these applications of the unit. stage_ids: what is told about, besides theirs.

    Nothing is moved by it, and that somebody does not continue is never suggested.
    """
    asked = {*stage_ids, *(application.stage_id for application in applications)}
    if not terms.enabled:
        return CardSteps(dict.fromkeys(asked, Prediction("off", 0, terms.needed)), {})
    ended = stays.ended(uow.session, uow.unit)
    by_stage = {
        stage: next_stage.summary(there, needed=terms.needed, proven=_before_today(there, now))
        for stage in asked for there in [ended.get(stage, ())]
    }
    going = [one for one in applications if by_stage[one.stage_id].state == "shown"]
    found: dict[UUID, NextStage] = {}
    for stage in {one.stage_id for one in going}:
        here = stays.standing(uow.session, [one for one in going if one.stage_id == stage], now=now)
        found |= next_stage.suggest(ended[stage], here, now=now)
    return CardSteps(by_stage, found)


def _before_today(ended: tuple[Stay, ...], now: datetime) -> tuple[Stay, ...]:
    """What is looked back on: the same all day long, so that it is judged once a day and not after every move."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return tuple(stay for stay in ended if stay.ended_at < today)
