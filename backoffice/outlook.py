"""Predictions as the pages ask for them, with the settings of this installation."""

from __future__ import annotations

from uuid import UUID

from backoffice import work
from huntred.applications.models import Application
from huntred.applications.rules import ENDED_KINDS
from huntred.pages import Page
from huntred.predictions import service as predictions
from huntred.predictions.service import CardChances, Terms
from huntred.predictions.types import Forecast, Outlook
from huntred.vacancies.models import Vacancy

MOST_RANKED = 200
"""How many cards of a column are put in order by their chance: those with the best affinity."""


def terms() -> Terms:
    settings = work.wiring().settings
    return Terms(settings.enable_ml_features, settings.ml_min_data_points)


def of_vacancy(vacancy: Vacancy) -> Outlook:
    """Of one that is open."""
    return predictions.outlook(work.work_of(vacancy.unit), vacancy, terms(), now=work.now())


def of_applications(unit: str, applications: list[Application]) -> CardChances:
    """Of those that have not ended; whether chances are shown at all where none are given."""
    going_on = [application for application in applications if application.stage.kind not in ENDED_KINDS]
    return predictions.card_chances(work.work_of(unit), going_on, terms())


def ranked(page: Page[Application], chances: dict[UUID, Forecast]) -> Page[Application]:
    """The cards with the best chance first."""
    if not chances:
        return page
    return Page(sorted(page.items, key=lambda one: -chances[one.id].value if one.id in chances else 0.0))
