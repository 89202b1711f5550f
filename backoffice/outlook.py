"""Predictions as the pages ask for them, with the settings of this installation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from flask import current_app

from backoffice import work
from huntred.applications.models import Application, Stage
from huntred.applications.rules import ENDED_KINDS
from huntred.pages import Page
from huntred.predictions import service as predictions
from huntred.predictions.service import CardSteps, Chances, Terms
from huntred.predictions.types import Forecast, NextStage, Outlook, Prediction
from huntred.vacancies.models import Vacancy

MOST_RANKED = 200
"""How many cards of a column are put in order by their chance: those with the best affinity."""


def terms() -> Terms:
    settings = work.wiring().settings
    return Terms(settings.enable_ml_features, settings.ml_min_data_points)


def of_vacancy(vacancy: Vacancy) -> Outlook:
    """Of one that is open."""
    return predictions.outlook(work.work_of(vacancy.unit), vacancy, terms(), now=work.now())


def of_applications(unit: str, applications: list[Application]) -> Chances:
    """Of those that have not ended; whether chances are shown at all where none are given."""
    going_on = [application for application in applications if application.stage.kind not in ENDED_KINDS]
    return predictions.card_chances(work.work_of(unit), going_on, terms())


@dataclass(frozen=True)
class Likely:
    """One who is likely to go to a stage next."""

    application: Application
    step: NextStage


@dataclass(frozen=True)
class StepsAhead:
    """What is told of the next stages of a board's cards.

    summary: whether anything is, on what: of the stage that has most cases where none is told. told: in how many of
    the stages. likely: by stage, who of the one before is likely to go there, the surest first.
    """

    stages: tuple[Stage, ...]
    steps: CardSteps
    summary: Prediction
    told: int
    likely: dict[UUID, list[Likely]]
    names: dict[UUID, str]

    def name(self, stage_id: UUID) -> str:
        return self.names[stage_id]


def steps_of(unit: str, applications: list[Application], stages: Iterable[Stage] = ()) -> CardSteps:
    """The likely next stage of those that have not ended. stages: what is told about, besides theirs."""
    going_on = [application for application in applications if application.stage.kind not in ENDED_KINDS]
    return predictions.card_steps(
        work.work_of(unit), going_on, [stage.id for stage in stages], terms(), now=work.now()
    )


def steps_ahead(unit: str, applications: list[Application], stages: list[Stage]) -> StepsAhead | None:
    """Of the cards of a board; none where the unit has no stages to go through."""
    going = tuple(stage for stage in stages if stage.kind not in ENDED_KINDS)
    if not going:
        return None
    steps = steps_of(unit, applications, going)
    shown = [p for p in steps.by_stage.values() if p.state == "shown"]
    summary = (shown or sorted(steps.by_stage.values(), key=lambda p: p.cases))[-1]
    likely: dict[UUID, list[Likely]] = {}
    for application in applications:
        step = steps.by_application.get(application.id)
        if step is not None:
            likely.setdefault(step.to_stage_id, []).append(Likely(application, step))
    for found in likely.values():
        found.sort(key=lambda one: (-one.step.forecast.value, str(one.application.id)))
    _hinted()[unit] = frozenset(stage for stage, p in steps.by_stage.items() if p.state == "shown")
    return StepsAhead(going, steps, summary, len(shown), likely, {stage.id: stage.name for stage in stages})


def hinted(unit: str) -> frozenset[UUID]:
    """The stages whose cards were told a next one when this process last looked: room is kept, so nothing jumps."""
    return _hinted().get(unit, frozenset()) if terms().enabled else frozenset()


def _hinted() -> dict[str, frozenset[UUID]]:
    return cast("dict[str, frozenset[UUID]]", current_app.extensions.setdefault("hinted", {}))


def ranked(page: Page[Application], chances: dict[UUID, Forecast]) -> Page[Application]:
    """The cards with the best chance first."""
    if not chances:
        return page
    return Page(sorted(page.items, key=lambda one: -chances[one.id].value if one.id in chances else 0.0))
